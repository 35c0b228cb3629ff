//! PAYOUTS.md, step 3: which of the programs for which a line qualifies pay it,
//! a line at a time and group by group. A superseded line does not count in its
//! program's measure, whatever later cuts the winner.

use rust_decimal::Decimal;

use super::adjust::Quantity;
use super::ledger::{Ledger, LineIx};
use super::payout::Reason;
use super::qualify;
use super::rules::{ProgramIx, Rule, RuleIx};
use super::sieve::{Follow, RuleSet};
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
fn resolve(ledger: &Ledger<'_>, ix: LineIx, claims: &mut [Claim]) {
    let rule = |claim: &Claim| &ledger.rules.rules[claim.rule];
    let grouped = claims.iter().filter(|c| rule(c).terms.stacking.is_some());
    if grouped.clone().count() < 2 || grouped.clone().all(|c| choosy(rule(c)).is_none()) {
        return;
    }
    let sold = ledger.facts[ix].sold;
    for at in 0..claims.len() {
        let Some(own) = rule(&claims[at]).terms.stacking.as_ref() else { continue };
        // Every group is resolved once, at its first member.
        let in_group = |c: &&Claim| group_of(rule(c)) == Some(own.group.as_str());
        if claims[..at].iter().any(|c| in_group(&c)) {
            continue;
        }
        let members: Vec<&Claim> = claims[at..].iter().filter(in_group).collect();
        let Some(winner) = winner(ledger, sold, &members) else { continue };
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
fn winner(ledger: &Ledger<'_>, sold: Quantity, members: &[&Claim]) -> Option<ProgramIx> {
    let rule = |c: &Claim| &ledger.rules.rules[c.rule];
    let has = |mode| members.iter().any(|c| choosy(rule(c)) == Some(mode));
    let priority = |r: &Rule<'_>| r.terms.stacking.as_ref().map_or(i64::MAX, |s| s.priority);
    let rules = members.iter().map(|c| rule(c));
    if has(StackingMode::Exclusive) {
        rules.min_by_key(|r| (priority(r), r.program_id)).map(|r| r.program)
    } else if has(StackingMode::BestOf) {
        rules
            .min_by(|a, b| {
                let (one, other) = (flat_pay(a, sold), flat_pay(b, sold));
                other.cmp(&one).then_with(|| (priority(a), a.program_id).cmp(&(priority(b), b.program_id)))
            })
            .map(|r| r.program)
    } else {
        None
    }
}

/// What the line alone would earn, cut to the transaction's cap.
pub(super) fn flat_pay(rule: &Rule<'_>, sold: Quantity) -> Decimal {
    let Quantity { units, revenue } = sold;
    let m = sold.measure(rule);
    let pay = tiers::base(&rule.schedule, tiers::Piece::whole(units, revenue, m), m);
    rule.terms.caps.per_transaction.map_or(pay, |cap| pay.min(cap))
}

fn group_of<'r>(rule: &'r Rule<'_>) -> Option<&'r str> {
    rule.terms.stacking.as_ref().map(|s: &Stacking| s.group.as_str())
}

/// The mode of a group that keeps only one program.
pub fn choosy(rule: &Rule<'_>) -> Option<StackingMode> {
    rule.terms.stacking.as_ref().map(|s| s.mode).filter(|mode| *mode != StackingMode::Stack)
}

/// What the rules that `follow` looks at make of a sale: a claim for each under which
/// it qualifies.
pub(crate) fn claims(ledger: &Ledger<'_>, follow: &mut Follow<'_>, ix: LineIx, claims: &mut Vec<Claim>) {
    claims.clear();
    qualify::qualifying(ledger, follow, ix, |rule| claims.push(Claim { rule, superseded_by: None }));
    resolve(ledger, ix, claims);
}

/// Why a sale does not count in a program, by the first reason of steps 1 to 3; `None`:
/// it counts. One sale at a time, for whoever asks; the same tests as for all lines.
pub fn why_not(ledger: &Ledger<'_>, program: ProgramIx, ix: LineIx) -> Option<Reason> {
    let line = ledger.lines[ix];
    let every = RuleSet::of(&ledger.rules.rules, |_| true);
    let mut of_line = Vec::new();
    claims(ledger, &mut ledger.rules.sieve.follow(line.partner, &every), ix, &mut of_line);
    match of_line.iter().find(|c| ledger.rules.rules[c.rule].program == program) {
        Some(claim) => claim.reason(ledger),
        None => match ledger.rules.rule(program, line.partner, line.sold_on) {
            Ok(rule) => qualify::fails(ledger, rule, ix),
            Err(reason) => Some(reason),
        },
    }
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
