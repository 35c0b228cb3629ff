//! Step 7 without budgets, and step 8: `per_transaction`, `per_partner` and rounding.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::own::{Due, Group};
use super::pay::pay_lines;
use super::{Item, round};

/// Fills the dues of groups that run over a period. Transactions share their month and
/// their budget in one order and are paid by [`super::budget`].
pub fn pay_groups(groups: &mut [Group]) {
    for group in groups.iter_mut().filter(|g| g.transaction.is_none()) {
        group.dues = period_dues(&group.items);
    }
}

/// Steps 4 to 8 of a group over a period, budget aside: in order, the partner's total of
/// the period may not exceed the `per_partner` of the line's version.
pub fn period_dues<'a>(items: &[Item<'a>]) -> Vec<Due<'a>> {
    let mut total = Decimal::ZERO;
    sum_by_version(items, |item, earned| {
        let left = item.terms.cap_per_partner.map(|cap| (cap - total).max(Decimal::ZERO));
        let kept = left.map_or(earned, |left| earned.min(left));
        total += kept;
        kept
    })
}

/// Sums the lines of a group by version after `cut` took its part of each, then rounds.
fn sum_by_version<'a>(items: &[Item<'a>], mut cut: impl FnMut(&Item, Decimal) -> Decimal) -> Vec<Due<'a>> {
    let measure: Decimal = items.iter().map(Item::measure).sum();
    let mut dues: Vec<Due> = Vec::new();
    for (item, pay) in items.iter().zip(pay_lines(items)) {
        let kept = cut(item, pay.earned);
        let at = dues.iter().position(|d| d.version == item.version).unwrap_or_else(|| {
            dues.push(empty(item, measure));
            dues.len() - 1
        });
        let due = &mut dues[at];
        due.units += item.units;
        due.revenue += item.revenue;
        due.base += pay.base;
        due.earned += pay.earned;
        due.capped += kept;
        due.reason = due.reason.or(pay.reason);
        due.budget = match (due.budget, item.terms.program_budget) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    for due in &mut dues {
        due.capped = round(due.capped);
        due.paid = due.capped;
    }
    dues
}

fn empty<'a>(item: &Item<'a>, measure: Decimal) -> Due<'a> {
    Due {
        version: item.version,
        terms: item.terms,
        units: Decimal::ZERO,
        revenue: Decimal::ZERO,
        measure,
        base: Decimal::ZERO,
        earned: Decimal::ZERO,
        capped: Decimal::ZERO,
        paid: Decimal::ZERO,
        month_left: None,
        budget: None,
        reason: None,
    }
}

/// What a transaction is due: rounded, cut to `per_transaction`, then to what the month
/// leaves, which `month_left` says for each version.
pub fn transaction_dues<'a>(
    items: &[Item<'a>],
    mut month_left: impl FnMut(&Due, Decimal) -> Option<Decimal>,
) -> Vec<Due<'a>> {
    let mut dues = sum_by_version(items, |_, earned| earned);
    let mut of_transaction = Decimal::ZERO;
    let mut of_month = Decimal::ZERO;
    for due in &mut dues {
        if let Some(cap) = due.terms.cap_per_transaction {
            due.capped = due.capped.min((cap - of_transaction).max(Decimal::ZERO));
        }
        due.month_left = month_left(due, of_month);
        if let Some(left) = due.month_left {
            due.capped = due.capped.min(left);
        }
        of_transaction += due.capped;
        of_month += due.capped;
        due.paid = due.capped;
    }
    dues
}

/// What each partner was paid in each calendar month.
#[derive(Default)]
pub struct Months<'a> {
    used: HashMap<(&'a str, i32, u32), Decimal>,
}

impl<'a> Months<'a> {
    pub fn used(&self, partner: &'a str, day: NaiveDate) -> Decimal {
        self.used.get(&(partner, day.year(), day.month())).copied().unwrap_or_default()
    }

    pub fn add(&mut self, partner: &'a str, day: NaiveDate, amount: Decimal) {
        *self.used.entry((partner, day.year(), day.month())).or_default() += amount;
    }
}
