//! PAYOUTS.md, steps 5 and 6, for a whole group: each line's base pay, then the
//! accelerator, the minimum and growth. Caps come later.

use rust_decimal::Decimal;

use crate::catalog::PartnerIx;
use crate::sales::SaleLine;

use super::accumulate::{Entry, Group};
use super::ledger::Ledger;
use super::money;
use super::payout::Reason;
use super::rules::Rule;
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
    /// Nothing.
    pub const NONE: Self = Self { units: Decimal::ZERO, revenue: Decimal::ZERO };

    /// All that was sold.
    pub fn sold(line: &SaleLine) -> Self {
        Self { units: line.units, revenue: line.net_revenue }
    }

    /// What a rule counts of it: units or net revenue.
    pub fn measure(self, rule: &Rule<'_>) -> Decimal {
        match rule.terms.measure {
            Measure::Units => self.units,
            Measure::Revenue => self.revenue,
        }
    }

    /// With another one.
    pub fn plus(self, other: Quantity) -> Self {
        Self { units: money::add(self.units, other.units), revenue: money::add(self.revenue, other.revenue) }
    }

    /// By absolute value, as returns count.
    pub fn abs(self) -> Self {
        Self { units: self.units.abs(), revenue: self.revenue.abs() }
    }

    /// Takes a return off; never below nothing.
    pub fn minus(self, returned: Quantity) -> Self {
        Self {
            units: money::left(self.units, returned.units),
            revenue: money::left(self.revenue, returned.revenue),
        }
    }
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

/// Steps 5 and 6 for a group as it was sold, into `shares`: one for all its lines
/// where only their sums matter, else one a line.
pub fn share_out_sold(ledger: &Ledger<'_>, group: &Group, entries: &[Entry], shares: &mut Vec<Share>) {
    let sold = entries.iter().map(|entry| ledger.facts[entry.line].sold);
    match group.pays_as_one(ledger) {
        true => share_out(ledger, group, &entries[..1], [group.sold], shares),
        false => share_out(ledger, group, entries, sold, shares),
    }
}

/// Steps 5 and 6 for lines of a group with a quantity each, into `shares`.
pub fn share_out(
    ledger: &Ledger<'_>,
    group: &Group,
    entries: &[Entry],
    quantities: impl IntoIterator<Item = Quantity>,
    shares: &mut Vec<Share>,
) {
    shares.clear();
    let total = lay_out(ledger, entries, quantities, shares);
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
    quantities: impl IntoIterator<Item = Quantity>,
    shares: &mut Vec<Share>,
) -> Decimal {
    let mut running = Decimal::ZERO;
    for (entry, quantity) in entries.iter().zip(quantities) {
        let Quantity { units, revenue } = quantity;
        let measure = quantity.measure(&ledger.rules.rules[entry.rule]);
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
