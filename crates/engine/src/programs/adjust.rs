//! PAYOUTS.md, steps 5 and 6, for a whole group: each line's base pay, then the
//! accelerator, the minimum and growth. Caps come later.

use rust_decimal::Decimal;

use crate::catalog::PartnerIx;
use crate::sales::SaleLine;

use super::accumulate::{Entry, Group};
use super::ledger::Ledger;
use super::money;
use super::payout::Reason;
use super::rules::{Factor, Rule, Schedule};
use super::terms::Measure;
use super::tiers::{self, Piece};

/// What is left of a line once returns are taken off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantity {
    /// Units.
    pub units: Decimal,
    /// Net revenue.
    pub revenue: Decimal,
}

impl Quantity {
    /// All that was sold.
    pub fn sold(line: &SaleLine) -> Self {
        Self { units: line.units, revenue: line.net_revenue }
    }

    /// Of several lines.
    pub fn sum(all: impl Iterator<Item = Quantity>) -> Self {
        let none = Self { units: Decimal::ZERO, revenue: Decimal::ZERO };
        all.fold(none, |sum, one| Self {
            units: money::add(sum.units, one.units),
            revenue: money::add(sum.revenue, one.revenue),
        })
    }

    /// Takes a return off; never below nothing.
    pub fn minus(self, returned: Quantity) -> Self {
        Self {
            units: money::left(self.units, returned.units),
            revenue: money::left(self.revenue, returned.revenue),
        }
    }
}

/// Whether the lines of a group may be paid as if they were one: all under the same
/// rule, and the rate multiplies what is measured (or is flat and split nowhere).
/// Then only sums matter, which makes the recalculation after a return cheap.
pub fn pays_as_one(ledger: &Ledger<'_>, entries: &[Entry]) -> bool {
    let Some(first) = entries.first() else { return false };
    let rule = &ledger.rules.rules[first.rule];
    let of_measure = |factor: &Factor| factor.of_units == (rule.terms.measure == Measure::Units);
    let linear = match &rule.schedule {
        Schedule::Flat(factor) => of_measure(factor) || rule.terms.accelerator.is_none(),
        Schedule::Marginal(tiers) => tiers.iter().all(|(_, factor)| of_measure(factor)),
        Schedule::Retroactive(tiers) => {
            rule.terms.accelerator.is_none() || tiers.iter().all(|(_, factor)| of_measure(factor))
        }
    };
    linear && entries.iter().all(|entry| entry.rule == first.rule)
}

/// One line's part in the pay of its group. Amounts are exact, not yet rounded.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// The line and its terms.
    pub entry: Entry,
    /// The line in the running measure.
    pub piece: Piece,
    /// Step 5.
    pub base: Decimal,
    /// What the accelerator adds (takes, below 1).
    pub accelerated: Decimal,
    /// The running measure above which the accelerator works, if there is one.
    pub accelerates_above: Option<Decimal>,
    /// Last year's measure, where growth is asked for.
    pub baseline: Option<Decimal>,
    /// After step 6.
    pub pay: Decimal,
    /// After the partner's cap of the period (step 7), not for period `transaction`.
    pub kept: Decimal,
    /// Why the pay is nothing, where that has a name.
    pub reason: Option<Reason>,
}

/// Steps 5 and 6 for all lines of a group, into `shares`.
pub fn share_out(
    ledger: &Ledger<'_>,
    group: &Group,
    entries: &[Entry],
    quantity: impl Fn(&Entry) -> Quantity,
    shares: &mut Vec<Share>,
) {
    shares.clear();
    let total = lay_out(ledger, entries, quantity, shares);
    for share in shares.iter_mut() {
        let rule = &ledger.rules.rules[share.entry.rule];
        share.base = tiers::base(&rule.schedule, share.piece, total);
        accelerate(ledger, rule, group, total, share);
        share.pay = money::add(share.base, share.accelerated);
        if rule.terms.minimum.is_some_and(|minimum| minimum > total) {
            share.pay = Decimal::ZERO;
            share.reason = Some(Reason::BelowMinimum);
        }
        grow(ledger, rule, group, total, share);
        share.kept = share.pay;
    }
}

/// Places every line in the running measure; the sum is M (step 4).
fn lay_out(
    ledger: &Ledger<'_>,
    entries: &[Entry],
    quantity: impl Fn(&Entry) -> Quantity,
    shares: &mut Vec<Share>,
) -> Decimal {
    let mut running = Decimal::ZERO;
    for entry in entries {
        let Quantity { units, revenue } = quantity(entry);
        let measure = measure_of(&ledger.rules.rules[entry.rule], units, revenue);
        let from = running;
        running = money::add(running, measure);
        shares.push(Share {
            entry: *entry,
            piece: Piece { units, revenue, measure, from, to: running },
            base: Decimal::ZERO,
            accelerated: Decimal::ZERO,
            accelerates_above: None,
            baseline: None,
            pay: Decimal::ZERO,
            kept: Decimal::ZERO,
            reason: None,
        });
    }
    running
}

fn measure_of(rule: &Rule<'_>, units: Decimal, revenue: Decimal) -> Decimal {
    match rule.terms.measure {
        Measure::Units => units,
        Measure::Revenue => revenue,
    }
}

/// The part of the line above target × attainment is multiplied, split by tiers
/// like the base.
fn accelerate(ledger: &Ledger<'_>, rule: &Rule<'_>, group: &Group, total: Decimal, share: &mut Share) {
    let Some(accelerator) = rule.terms.accelerator else { return };
    let Some(target) = ledger.target(rule, group.partner, group.period) else { return };
    let threshold = money::mul(money::mul(target, accelerator.above_attainment), money::PERCENT);
    share.accelerates_above = Some(threshold);
    if let Some(above) = share.piece.between(threshold, None) {
        let extra = money::sub(accelerator.multiplier, Decimal::ONE);
        share.accelerated = money::mul(tiers::base(&rule.schedule, above, total), extra);
    }
}

/// The line's pay × max(0, (M − B·(1 + above/100)) / M).
fn grow(ledger: &Ledger<'_>, rule: &Rule<'_>, group: &Group, total: Decimal, share: &mut Share) {
    let Some(growth) = rule.terms.growth else { return };
    let baseline = baseline(ledger, share.entry, group.partner, group);
    share.baseline = Some(baseline);
    if baseline <= Decimal::ZERO {
        share.pay = Decimal::ZERO;
        share.reason.get_or_insert(Reason::NoBaseline);
        return;
    }
    let bar = growth_bar(baseline, growth.above);
    let above = money::left(total, bar);
    share.pay = if total > Decimal::ZERO { money::share(share.pay, above, total) } else { Decimal::ZERO };
}

/// B·(1 + above/100).
pub fn growth_bar(baseline: Decimal, above: Decimal) -> Decimal {
    money::mul(baseline, money::add(Decimal::ONE, money::mul(above, money::PERCENT)))
}

/// A single transaction has no period a year earlier: nothing to grow from.
fn baseline(ledger: &Ledger<'_>, entry: Entry, partner: PartnerIx, group: &Group) -> Decimal {
    if group.kind == crate::calendar::PeriodKind::Transaction {
        return Decimal::ZERO;
    }
    ledger.baseline(entry.rule, partner, group.period)
}
