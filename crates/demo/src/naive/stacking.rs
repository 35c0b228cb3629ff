//! Step 3: which programs of a group a line counts in. Goes line by line.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::lookup::{InForce, Lookup};
use super::marks::reached;
use super::qualify::{Reason, fails};
use super::{Considered, pay};
use crate::books::Line;
use crate::terms::{Rate, StackingMode, Terms};

/// What became of a sale line under a program.
#[derive(Debug, Clone)]
pub enum Verdict<'a> {
    /// It counts, under these terms of this version.
    Counts(u32, &'a Terms),
    /// It does not; the version is that in force, if any.
    Fails(Option<u32>, Reason),
}

/// Verdicts by program and sale, in the order of [`Lookup::programs`] and [`Lookup::sales`].
pub fn verdicts<'a>(lookup: &Lookup<'a>) -> Vec<Vec<Verdict<'a>>> {
    let mut verdicts: Vec<Vec<Verdict>> =
        lookup.programs.iter().map(|_| Vec::with_capacity(lookup.sales.len())).collect();
    for line in &lookup.sales {
        let mut of_line: Vec<Verdict> = (0..lookup.programs.len()).map(|p| alone(lookup, p, line)).collect();
        resolve(lookup, line, &mut of_line);
        for (p, verdict) in of_line.into_iter().enumerate() {
            verdicts[p].push(verdict);
        }
    }
    verdicts
}

/// Steps 1 and 2, other programs aside.
fn alone<'a>(lookup: &Lookup<'a>, program: usize, line: &Line) -> Verdict<'a> {
    match lookup.in_force(program, line) {
        InForce::None => Verdict::Fails(None, Reason::OutsideEffectiveDates),
        InForce::Paused(version) => Verdict::Fails(Some(version.version), Reason::Paused),
        InForce::Terms(version, terms) => match fails(lookup, terms, line) {
            None => Verdict::Counts(version.version, terms),
            Some(reason) => Verdict::Fails(Some(version.version), reason),
        },
    }
}

/// Step 3 for one line: in each group the losers are superseded by the winner.
fn resolve(lookup: &Lookup, line: &Line, of_line: &mut [Verdict]) {
    let mut groups: BTreeMap<&str, Vec<(usize, &Terms)>> = BTreeMap::new();
    for (p, verdict) in of_line.iter().enumerate() {
        if let Verdict::Counts(_, terms) = verdict
            && let Some(stacking) = &terms.stacking
        {
            groups.entry(stacking.group.as_str()).or_default().push((p, terms));
        }
    }
    for members in groups.into_values().filter(|m| m.len() > 1) {
        let Some(winner) = winner(line, &members) else { continue };
        for (p, _) in members.into_iter().filter(|(p, _)| *p != winner) {
            if let Verdict::Counts(version, _) = of_line[p] {
                let reason = Reason::SupersededBy(lookup.programs[winner].id.to_owned());
                of_line[p] = Verdict::Fails(Some(version), reason);
            }
        }
    }
}

/// `None`: all are paid. Programs are sorted by id, so the first of equals wins.
fn winner(line: &Line, members: &[(usize, &Terms)]) -> Option<usize> {
    let stacking = |t: &Terms| t.stacking.as_ref().map(|s| (s.mode, s.priority));
    let any = |mode| members.iter().any(|(_, t)| stacking(t).is_some_and(|s| s.0 == mode));
    let priority = |t: &Terms| stacking(t).map_or(i64::MAX, |s| s.1);
    let tie = members[1..].iter().any(|(_, t)| priority(t) == priority(members[0].1));
    if any(StackingMode::Exclusive) {
        reached!("stacking.exclusive");
        reached!("stacking.exclusive_among_others" if any(StackingMode::Stack) || any(StackingMode::BestOf));
        reached!("stacking.exclusive_tie" if tie);
        return members.iter().min_by_key(|(p, t)| (priority(t), *p)).map(|m| m.0);
    }
    if any(StackingMode::BestOf) {
        reached!("stacking.best_of");
        let equal = members.iter().all(|(_, t)| flat_pay(t, line) == flat_pay(members[0].1, line));
        reached!("stacking.best_of_tie" if equal);
        reached!("stacking.best_of_tie_of_priority" if equal && tie);
        let best = members.iter().max_by(|(p, a), (q, b)| {
            flat_pay(a, line).cmp(&flat_pay(b, line)).then(priority(b).cmp(&priority(a))).then(q.cmp(p))
        });
        return best.map(|m| m.0);
    }
    reached!("stacking.stack");
    None
}

/// The flat pay of a line after `per_transaction`.
fn flat_pay(terms: &Terms, line: &Line) -> Decimal {
    let Rate::Flat(rate) = &terms.rate else { return Decimal::ZERO };
    let amount = pay::flat(*rate, line.units, line.net_revenue);
    reached!("stacking.best_of_after_the_cap" if terms.cap_per_transaction.is_some_and(|cap| cap < amount));
    terms.cap_per_transaction.map_or(amount, |cap| amount.min(cap))
}

/// The verdicts for the trace, days without a version left out.
pub fn considered(lookup: &Lookup, verdicts: &[Vec<Verdict>]) -> Vec<Considered> {
    let mut considered = Vec::new();
    for (rules, of_program) in lookup.programs.iter().zip(verdicts) {
        for (line, verdict) in lookup.sales.iter().zip(of_program) {
            let (version, reason) = match verdict {
                Verdict::Counts(version, _) => (Some(*version), None),
                Verdict::Fails(None, _) => continue,
                Verdict::Fails(version, reason) => (*version, Some(reason.clone())),
            };
            considered.push(Considered {
                program: rules.id.to_owned(),
                transaction_id: line.transaction_id.clone(),
                line_no: line.line_no,
                version,
                reason,
            });
        }
    }
    considered
}
