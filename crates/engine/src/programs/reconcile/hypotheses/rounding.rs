//! Other ways of rounding than once, half away from zero, on the payout line
//! (PAYOUTS.md, step 8).

use rust_decimal::{Decimal, RoundingStrategy};

use crate::programs::adjust::Share;
use crate::programs::ledger::Ledger;
use crate::programs::settle::{self, SettleOptions};
use crate::programs::{cite, money, overrides, trace_steps};
use crate::sales::PayoutRole;

use super::super::bench::Bench;
use super::super::excerpt::PAYEE;
use super::Explanation;

/// Other ways, each for the line and, after it, for every sale.
const WAYS: [(RoundingStrategy, &str); 4] = [
    (RoundingStrategy::MidpointAwayFromZero, "half away from zero"),
    (RoundingStrategy::MidpointNearestEven, "half to even"),
    (RoundingStrategy::ToNegativeInfinity, "down"),
    (RoundingStrategy::ToPositiveInfinity, "up"),
];

/// The exact amount rounded otherwise; a single minor unit is always rounding.
pub(super) fn rounded_otherwise(bench: &Bench<'_>) -> Option<Explanation> {
    let case = &bench.case;
    let unit = Decimal::new(1, bench.digits);
    let apart = (case.recorded - case.expected).abs();
    let parts = parts(bench);
    // Every sale can be off by less than one minor unit.
    if case.expected.is_zero() || apart > unit * Decimal::from(parts.len().max(1)) {
        return None;
    }
    let round = |amount: Decimal, way| money::working(amount).round_dp_with_strategy(bench.digits, way);
    let whole: Decimal = parts.iter().sum();
    for (way, name) in WAYS.into_iter().filter(|_| !parts.is_empty()) {
        let once = round(whole, way);
        let by_sale: Decimal = parts.iter().map(|part| round(*part, way)).sum();
        let how = if once == case.recorded {
            format!("rounded {name}, once")
        } else if by_sale == case.recorded {
            format!("rounded {name} on every sale")
        } else {
            continue;
        };
        return Some(Explanation::new(how, cite::ROUNDING));
    }
    let cause = "rounded in some other way: it is one minor unit away";
    (apart == unit).then(|| Explanation::new(cause, cite::ROUNDING))
}

/// The exact pay of every sale of the line, where no cap of a transaction or budget
/// comes after rounding.
fn parts(bench: &Bench<'_>) -> Vec<Decimal> {
    let cut = bench
        .case
        .due
        .is_some_and(|d| !d.budget_cut.is_zero() || bench.by_transaction() && !d.cap_cut.is_zero());
    if cut || bench.case.key.role == PayoutRole::Clawback {
        return Vec::new();
    }
    let (company, rules) = (&bench.excerpt.company, &bench.excerpt.rules);
    let options =
        SettleOptions { partner: Some(PAYEE), program: Some(bench.program_id), ..SettleOptions::default() };
    let ledger = Ledger::new(company, rules, &options);
    let at = rules.programs.iter().position(|p| p.id == bench.program_id);
    let Some(work) = at.and_then(|at| settle::work(&ledger, rules, &options).nth(at)) else {
        return Vec::new();
    };
    let mut shares: Vec<Share> = Vec::new();
    if bench.case.key.role == PayoutRole::Own {
        for (ix, group) in work.own.groups.groups.iter().enumerate().filter(|(_, g)| g.partner == PAYEE) {
            shares.extend(trace_steps::shares(&ledger, &work.own, ix, group));
        }
    } else {
        let groups = &work.overrides.groups;
        let own = groups.groups.iter().filter(|g| g.partner == PAYEE);
        own.for_each(|group| shares.extend(overrides::line_by_line(&ledger, groups.of(group))));
    }
    let key = &bench.case.key;
    let of_line = shares.iter().filter(|share| {
        let line = ledger.lines[share.entry.line];
        ledger.rules.rules[share.entry.rule].version == key.version
            && match key.transaction {
                Some(id) => line.transaction_id == id,
                None => key.period.contains(line.sold_on),
            }
    });
    of_line.map(|share| share.kept).collect()
}
