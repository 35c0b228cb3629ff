//! PAYOUTS.md, step 3: which of the programs for which a line qualifies pay it,
//! a line at a time and group by group. A superseded line does not count in its
//! program's measure, whatever later cuts the winner.

use rust_decimal::Decimal;

use crate::sales::SaleLine;

use super::ledger::{self, Ledger};
use super::payout::Reason;
use super::rules::{ProgramIx, Rule, RuleIx};
use super::terms::{Stacking, StackingMode};
use super::tiers;

/// One program's say on a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The rule that qualified.
    pub rule: RuleIx,
    /// The program that pays instead, if one does.
    pub superseded_by: Option<ProgramIx>,
}

impl Claim {
    /// The reason why the line does not count here.
    pub fn reason(&self, ledger: &Ledger<'_>) -> Option<Reason> {
        let program = self.superseded_by?;
        ledger.rules.of(program).next().map(|r| Reason::SupersededBy(r.program_id.to_owned()))
    }
}

/// Resolves the groups among `claims`: at most one claim a program.
pub fn resolve(ledger: &Ledger<'_>, line: &SaleLine, claims: &mut [Claim]) {
    let rule = |claim: &Claim| &ledger.rules.rules[claim.rule];
    if claims.len() < 2 || claims.iter().all(|c| choosy(rule(c)).is_none()) {
        return;
    }
    for at in 0..claims.len() {
        let Some(own) = rule(&claims[at]).terms.stacking.as_ref() else { continue };
        // Every group is resolved once, at its first member.
        let in_group = |c: &&Claim| group_of(rule(c)) == Some(own.group.as_str());
        if claims[..at].iter().any(|c| in_group(&c)) {
            continue;
        }
        let members: Vec<&Claim> = claims[at..].iter().filter(in_group).collect();
        let Some(winner) = winner(ledger, line, &members) else { continue };
        let group = own.group.clone();
        for claim in claims[at..].iter_mut() {
            let member = &ledger.rules.rules[claim.rule];
            if group_of(member) == Some(group.as_str()) && member.program != winner {
                claim.superseded_by = Some(winner);
            }
        }
    }
}

/// The program that a group keeps; `None` when all of it pays. Members that
/// disagree on the mode are resolved by the strictest one (the documents are
/// silent: the reading that pays less).
fn winner(ledger: &Ledger<'_>, line: &SaleLine, members: &[&Claim]) -> Option<ProgramIx> {
    let rule = |c: &Claim| &ledger.rules.rules[c.rule];
    let has = |mode| members.iter().any(|c| choosy(rule(c)) == Some(mode));
    let priority = |r: &Rule<'_>| r.terms.stacking.as_ref().map_or(i64::MAX, |s| s.priority);
    let rules = members.iter().map(|c| rule(c));
    if has(StackingMode::Exclusive) {
        rules.min_by_key(|r| (priority(r), r.program_id)).map(|r| r.program)
    } else if has(StackingMode::BestOf) {
        rules
            .min_by(|a, b| {
                let (one, other) = (flat_pay(a, line), flat_pay(b, line));
                other.cmp(&one).then_with(|| (priority(a), a.program_id).cmp(&(priority(b), b.program_id)))
            })
            .map(|r| r.program)
    } else {
        None
    }
}

/// What the line alone would earn, cut to the transaction's cap.
pub(super) fn flat_pay(rule: &Rule<'_>, line: &SaleLine) -> Decimal {
    let m = ledger::measure(rule, line);
    let pay = tiers::base(&rule.schedule, tiers::Piece::whole(line.units, line.net_revenue, m), m);
    rule.terms.caps.per_transaction.map_or(pay, |cap| pay.min(cap))
}

fn group_of<'r>(rule: &'r Rule<'_>) -> Option<&'r str> {
    rule.terms.stacking.as_ref().map(|s: &Stacking| s.group.as_str())
}

/// The mode of a group that keeps only one program.
pub fn choosy(rule: &Rule<'_>) -> Option<StackingMode> {
    rule.terms.stacking.as_ref().map(|s| s.mode).filter(|mode| *mode != StackingMode::Stack)
}

/// What all programs of a line make of it: a claim for each that qualifies.
pub fn claims(
    ledger: &Ledger<'_>,
    line: &SaleLine,
    programs: impl Iterator<Item = ProgramIx>,
    claims: &mut Vec<Claim>,
) {
    claims.clear();
    for program in programs {
        if let Ok(rule) = super::qualify::qualify(ledger, program, line) {
            claims.push(Claim { rule, superseded_by: None });
        }
    }
    resolve(ledger, line, claims);
}

/// The programs whose say must be known to know which lines a program is paid:
/// itself, and those that share a group with it in which one is kept.
pub fn rivals(ledger: &Ledger<'_>, program: ProgramIx) -> Vec<ProgramIx> {
    let rules = &ledger.rules.rules;
    let kept = |group: &str| rules.iter().any(|r| group_of(r) == Some(group) && choosy(r).is_some());
    let groups: Vec<&str> = ledger.rules.of(program).filter_map(group_of).filter(|g| kept(g)).collect();
    let shares = |r: &&Rule<'_>| group_of(r).is_some_and(|g| groups.contains(&g));
    let mut all: Vec<ProgramIx> = rules.iter().filter(shares).map(|r| r.program).collect();
    all.push(program);
    all.sort_unstable();
    all.dedup();
    all
}
