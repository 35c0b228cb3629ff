//! PAYOUTS.md, step 10: what is taken back when goods come back. Each return makes
//! its group be calculated again, without budget; stacking and other groups stay.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::calendar::{PeriodKind, Span};
use crate::catalog::PartnerIx;

use super::accumulate::{self, Entry};
use super::adjust::{self, Quantity};
use super::caps;
use super::ledger::{Ledger, LineIx};
use super::money;
use super::overrides;
use super::quick::QuickMap;
use super::rules::RuleIx;
use super::settle::OwnPay;

/// What makes a clawback line one: version, payee, period and, for period
/// `transaction`, a line of the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClawbackKey {
    /// Payee.
    pub partner: PartnerIx,
    /// The whole fiscal period of the return, or its day.
    pub period: Span,
    /// Version of the original line.
    pub version: u32,
    /// The transaction number of the original.
    pub transaction: Option<u32>,
}

/// Clawbacks of one key, summed; amounts positive.
#[derive(Debug, Clone, PartialEq)]
pub struct Clawback {
    /// What is taken back.
    pub amount: Decimal,
    /// Returned units.
    pub units: Decimal,
    /// Returned revenue.
    pub revenue: Decimal,
    /// Rule and line of an original.
    pub original: Entry,
    /// Every step: the return, and what was taken back for it.
    pub steps: Vec<ClawbackStep>,
}

/// One return.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClawbackStep {
    /// The return.
    pub returned: LineIx,
    /// The sale.
    pub original: LineIx,
    /// Paid for the group before any clawback; `None` for an override.
    pub paid: Option<Decimal>,
    /// Taken back from the group before.
    pub before: Decimal,
    /// What the group is due now.
    pub due_now: Decimal,
    /// What is taken back.
    pub amount: Decimal,
}

/// The clawbacks of one program. `originals`: returns and their sales, in the order
/// of the returns.
pub fn clawbacks(
    ledger: &Ledger<'_>,
    own: &OwnPay,
    originals: &[(LineIx, LineIx)],
) -> BTreeMap<ClawbackKey, Clawback> {
    let mut all = BTreeMap::new();
    let mut marked = vec![false; ledger.lines.len()];
    originals.iter().for_each(|(_, original)| marked[*original] = true);
    let places = accumulate::find(&own.groups, &marked);
    let mut state = State::default();
    for (returned, original) in originals {
        let Some((group, rule)) = places.get(original).copied() else { continue };
        let entry = Entry { line: *original, rule };
        let step = state.own(ledger, own, group, *returned, *original);
        let partner = own.groups.groups[group].partner;
        book(ledger, &mut all, partner, entry, step);
        if let Some((parent, percent)) = overrides::payee(ledger, &entry) {
            let revenue = ledger.lines[*returned].net_revenue.abs();
            let amount = money::round(overrides::of(percent, revenue), ledger.digits);
            let step =
                ClawbackStep { paid: None, before: Decimal::ZERO, due_now: Decimal::ZERO, amount, ..step };
            book(ledger, &mut all, parent, entry, step);
        }
    }
    all
}

#[derive(Default)]
struct State {
    returned: QuickMap<LineIx, Quantity>,
    clawed: QuickMap<usize, Decimal>,
    /// By group: what is left of it, where it can be paid as one line.
    whole: QuickMap<usize, Option<Quantity>>,
}

impl State {
    /// max(0, paid for the group − clawed back from it so far − due now).
    fn own(
        &mut self,
        ledger: &Ledger<'_>,
        own: &OwnPay,
        group: usize,
        returned: LineIx,
        original: LineIx,
    ) -> ClawbackStep {
        self.take_off(ledger, own, group, returned, original);
        let due_now = self.due_now(ledger, own, group);
        let paid = own.paid(group);
        let clawed = self.clawed.entry(group).or_default();
        let before = *clawed;
        let amount = money::left(money::sub(paid, before), due_now);
        *clawed = money::add(before, amount);
        ClawbackStep { returned, original, paid: Some(paid), before, due_now, amount }
    }

    /// Books what came back of a line.
    fn take_off(
        &mut self,
        ledger: &Ledger<'_>,
        own: &OwnPay,
        group: usize,
        returned: LineIx,
        original: LineIx,
    ) {
        let (sale, back) = (ledger.lines[original], ledger.lines[returned]);
        let entries = own.groups.of(&own.groups.groups[group]);
        let whole = self.whole.entry(group).or_insert_with(|| {
            let sold = |entry: &Entry| Quantity::sold(ledger.lines[entry.line]);
            adjust::pays_as_one(ledger, entries).then(|| Quantity::sum(entries.iter().map(sold)))
        });
        let none = Quantity { units: Decimal::ZERO, revenue: Decimal::ZERO };
        let so_far = self.returned.entry(original).or_insert(none);
        let before = Quantity::sold(sale).minus(*so_far);
        so_far.units = money::add(so_far.units, back.units.abs());
        so_far.revenue = money::add(so_far.revenue, back.net_revenue.abs());
        let after = Quantity::sold(sale).minus(*so_far);
        if let Some(whole) = whole {
            *whole = whole.minus(before.minus(after));
        }
    }

    /// Steps 4 to 8 without budget, with every quantity returned so far taken off.
    fn due_now(&self, ledger: &Ledger<'_>, own: &OwnPay, ix: usize) -> Decimal {
        let group = &own.groups.groups[ix];
        let entries = own.groups.of(group);
        let (mut shares, mut dues) = (Vec::new(), Vec::new());
        if let Some(whole) = self.whole.get(&ix).copied().flatten() {
            adjust::share_out(ledger, group, &entries[..1], |_| whole, &mut shares);
        } else {
            let left = |entry: &Entry| {
                let sold = Quantity::sold(ledger.lines[entry.line]);
                self.returned.get(&entry.line).map_or(sold, |returned| sold.minus(*returned))
            };
            adjust::share_out(ledger, group, entries, left, &mut shares);
        }
        caps::due(ledger, group, &mut shares, own.month_used[ix], &mut dues);
        dues.iter().fold(Decimal::ZERO, |sum, due| money::add(sum, due.due))
    }
}

fn book(
    ledger: &Ledger<'_>,
    all: &mut BTreeMap<ClawbackKey, Clawback>,
    partner: PartnerIx,
    original: Entry,
    step: ClawbackStep,
) {
    if step.amount.is_zero() {
        return;
    }
    let key = key(ledger, partner, original, step.returned);
    let zero = Decimal::ZERO;
    let entry = all.entry(key).or_insert_with(|| Clawback {
        amount: zero,
        units: zero,
        revenue: zero,
        original,
        steps: Vec::new(),
    });
    let back = ledger.lines[step.returned];
    entry.amount = money::add(entry.amount, step.amount);
    entry.units = money::add(entry.units, back.units.abs());
    entry.revenue = money::add(entry.revenue, back.net_revenue.abs());
    entry.steps.push(step);
}

fn key(ledger: &Ledger<'_>, partner: PartnerIx, original: Entry, returned: LineIx) -> ClawbackKey {
    let rule = &ledger.rules.rules[original.rule];
    let kind = rule.terms.period;
    ClawbackKey {
        partner,
        period: ledger.calendar().period_of(kind, ledger.lines[returned].sold_on),
        version: rule.version,
        transaction: (kind == PeriodKind::Transaction).then(|| ledger.transaction[original.line]),
    }
}

/// The measure that a clawback's rule counts of it.
pub fn measure(ledger: &Ledger<'_>, rule: RuleIx, clawback: &Clawback) -> Decimal {
    match ledger.rules.rules[rule].terms.measure {
        super::terms::Measure::Units => clawback.units,
        super::terms::Measure::Revenue => clawback.revenue,
    }
}
