//! PAYOUTS.md, step 10: what is taken back when goods come back. Each return makes
//! its group be calculated again, without budget; stacking and other groups stay.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::{PeriodKind, Span};
use crate::catalog::PartnerIx;

use super::accumulate::{Entry, Group};
use super::adjust::{self, Quantity, Share};
use super::caps::{self, Due};
use super::ledger::{Ledger, LineIx};
use super::money;
use super::overrides;
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
    /// What was returned.
    pub sold: Quantity,
    /// Rule and line of an original.
    pub original: Entry,
    /// Every step, in order: the return, and what was taken back for it.
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

/// The clawbacks of one program for the returns until a day, group by group: groups know
/// nothing of each other.
pub fn clawbacks(ledger: &Ledger<'_>, own: &OwnPay, until: NaiveDate) -> BTreeMap<ClawbackKey, Clawback> {
    let mut all = BTreeMap::new();
    let mut space = Space::default();
    for returns in in_order(ledger, own, until).chunk_by(|a, b| a.2 == b.2) {
        let mut recount = Recount::new(ledger, own, returns[0].2, &mut space);
        for (returned, entry, _) in returns {
            let step = recount.take_back(*returned, entry.line);
            book(ledger, &mut all, recount.group.partner, *entry, step);
            if let Some((parent, percent)) = overrides::payee(ledger, entry) {
                let revenue = ledger.lines[*returned].net_revenue.abs();
                let amount = money::round(overrides::of(percent, revenue), ledger.digits);
                let zero = Decimal::ZERO;
                let step = ClawbackStep { paid: None, before: zero, due_now: zero, amount, ..step };
                book(ledger, &mut all, parent, *entry, step);
            }
        }
    }
    for clawback in all.values_mut() {
        clawback.steps.sort_by_key(|step| ledger.facts[step.returned].place);
    }
    all
}

/// Every return, until a day, of a line that counted: the return, the line and its group; group by
/// group, each group's in order.
fn in_order(ledger: &Ledger<'_>, own: &OwnPay, until: NaiveDate) -> Vec<(LineIx, Entry, usize)> {
    let of_sale = |(entry, group): &(Entry, usize)| {
        let (entry, group) = (*entry, *group);
        let known = ledger.returns_of(entry.line).filter(|back| ledger.facts[*back].sold_on <= until);
        known.map(move |returned| (returned, entry, group))
    };
    let mut all: Vec<_> = own.groups.returned.iter().flat_map(of_sale).collect();
    all.sort_unstable_by_key(|(returned, _, group)| (*group, ledger.facts[*returned].place));
    all
}

/// Space to calculate groups again in, one after the other.
#[derive(Default)]
struct Space {
    left: Vec<Quantity>,
    shares: Vec<Share>,
    dues: Vec<Due>,
}

/// A group that is calculated again with every return.
struct Recount<'r> {
    ledger: &'r Ledger<'r>,
    group: &'r Group,
    entries: &'r [Entry],
    /// Paid for the group.
    paid: Decimal,
    /// What the month had used of its cap when the group was paid.
    month_used: Decimal,
    /// Taken back from the group so far.
    clawed: Decimal,
    /// What is left of all lines, where they can be paid as one.
    whole: Option<Quantity>,
    /// What is left of each line.
    space: &'r mut Space,
}

impl<'r> Recount<'r> {
    fn new(ledger: &'r Ledger<'r>, own: &'r OwnPay, ix: usize, space: &'r mut Space) -> Self {
        let group = &own.groups.groups[ix];
        let entries = own.groups.of(group);
        space.left.clear();
        space.left.extend(entries.iter().map(|entry| ledger.facts[entry.line].sold));
        Self {
            ledger,
            group,
            entries,
            paid: own.paid(ix),
            month_used: own.month_used[ix],
            clawed: Decimal::ZERO,
            whole: group.pays_as_one(ledger).then_some(group.sold),
            space,
        }
    }

    /// max(0, paid for the group − clawed back from it so far − due now).
    fn take_back(&mut self, returned: LineIx, original: LineIx) -> ClawbackStep {
        self.take_off(returned, original);
        let (before, due_now) = (self.clawed, self.due_now());
        let amount = money::left(money::sub(self.paid, before), due_now);
        self.clawed = money::add(before, amount);
        ClawbackStep { returned, original, paid: Some(self.paid), before, due_now, amount }
    }

    /// Books what came back of a line.
    fn take_off(&mut self, returned: LineIx, original: LineIx) {
        let Ok(at) = self.entries.binary_search_by_key(&original, |entry| entry.line) else { return };
        let before = self.space.left[at];
        let after = before.minus(self.ledger.facts[returned].sold.abs());
        self.space.left[at] = after;
        self.whole = self.whole.map(|whole| whole.minus(before.minus(after)));
    }

    /// Steps 4 to 8 without budget, with every quantity returned so far taken off.
    fn due_now(&mut self) -> Decimal {
        let Self { ledger, group, entries, .. } = *self;
        let Space { left, shares, dues } = self.space;
        if let Some(whole) = self.whole {
            adjust::share_out(ledger, group, &entries[..1], [whole], shares);
        } else {
            adjust::share_out(ledger, group, entries, left.iter().copied(), shares);
        }
        dues.clear();
        caps::due(ledger, group, shares, self.month_used, dues);
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
    let entry = all.entry(key).or_insert_with(|| Clawback {
        amount: Decimal::ZERO,
        sold: Quantity::NONE,
        original,
        steps: Vec::new(),
    });
    entry.amount = money::add(entry.amount, step.amount);
    entry.sold = entry.sold.plus(ledger.facts[step.returned].sold.abs());
    entry.steps.push(step);
}

fn key(ledger: &Ledger<'_>, partner: PartnerIx, original: Entry, returned: LineIx) -> ClawbackKey {
    let rule = &ledger.rules.rules[original.rule];
    let kind = rule.terms.period;
    ClawbackKey {
        partner,
        period: ledger.calendar().period_of(kind, ledger.facts[returned].sold_on),
        version: rule.version,
        transaction: (kind == PeriodKind::Transaction).then(|| ledger.facts[original.line].transaction),
    }
}
