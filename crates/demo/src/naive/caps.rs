//! Step 7 without budgets, and step 8: `per_transaction`, `per_partner` and rounding.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::marks::reached;
use super::own::{Due, Group};
use super::pay::{LinePay, pay_lines};
use super::{Item, floor, round};

/// Fills the dues of groups that run over a period. Transactions share their month and
/// their budget in one order and are paid by [`super::budget`].
pub fn pay_groups(groups: &mut [Group]) {
    for group in groups.iter_mut().filter(|g| g.transaction.is_none()) {
        group.dues = period_dues(&group.items, &pay_lines(&group.items));
    }
}

/// Steps 7 and 8 of lines over a period, budget aside: in order, the partner's total of
/// the period may not exceed the `per_partner` of the line's version.
pub fn period_dues<'a>(items: &[Item<'a>], pays: &[LinePay]) -> Vec<Due<'a>> {
    let mut total = Decimal::ZERO;
    sum_by_version(items, pays, |item, earned| {
        let left = item
            .terms
            .cap_per_partner
            .map(|cap| (floor(cap, &item.terms.currency) - total).max(Decimal::ZERO));
        let kept = left.map_or(earned, |left| earned.min(left));
        reached!("caps.cut_inside_a_line" if left.is_some_and(|left| left > Decimal::ZERO && left < earned));
        reached!("caps.used_up" if left.is_some_and(|left| left.is_zero() && earned > Decimal::ZERO));
        reached!("caps.just_enough" if left == Some(earned) && !earned.is_zero());
        total += kept;
        kept
    })
}

/// Sums the lines of a group by version after `cut` took its part of each, then rounds.
fn sum_by_version<'a>(
    items: &[Item<'a>],
    pays: &[LinePay],
    mut cut: impl FnMut(&Item, Decimal) -> Decimal,
) -> Vec<Due<'a>> {
    let mut dues: Vec<Due> = Vec::new();
    for (item, pay) in items.iter().zip(pays) {
        let kept = cut(item, pay.earned);
        let at = dues.iter().position(|d| d.version == item.version).unwrap_or_else(|| {
            dues.push(empty(item, pay));
            dues.len() - 1
        });
        let due = &mut dues[at];
        due.units += item.units;
        due.revenue += item.revenue;
        due.measure += item.measure();
        due.base += pay.base;
        due.earned += pay.earned;
        due.capped += kept;
        if due.reason != pay.reason {
            reached!("caps.reason_of_some_lines");
            due.reason = None;
        }
        // A scenario may change a cap within the version: the least one holds.
        let least = |a: Option<Decimal>, b: Option<Decimal>| a.into_iter().chain(b).min();
        due.cap_per_transaction = least(due.cap_per_transaction, item.terms.cap_per_transaction);
        due.cap_per_partner = least(due.cap_per_partner, item.terms.cap_per_partner);
        due.budget = least(due.budget, item.terms.program_budget);
    }
    reached!("caps.two_versions_in_a_group" if dues.len() > 1);
    for due in &mut dues {
        due.capped = round(due.capped, &due.terms.currency);
        due.paid = due.capped;
    }
    dues
}

fn empty<'a>(item: &Item<'a>, pay: &LinePay) -> Due<'a> {
    Due {
        version: item.version,
        terms: item.terms,
        units: Decimal::ZERO,
        revenue: Decimal::ZERO,
        measure: Decimal::ZERO,
        base: Decimal::ZERO,
        earned: Decimal::ZERO,
        capped: Decimal::ZERO,
        paid: Decimal::ZERO,
        cap_per_transaction: None,
        cap_per_partner: None,
        budget: None,
        reason: pay.reason,
    }
}

/// What a transaction is due: by version the rounded sum of its lines, cut to
/// `per_transaction`, then to what the month leaves of which `used` was paid before. The
/// versions of one transaction use up one another's caps in order.
pub fn transaction_dues<'a>(items: &[Item<'a>], pays: &[LinePay], used: Decimal) -> Vec<Due<'a>> {
    let mut dues = sum_by_version(items, pays, |_, earned| earned);
    reached!("caps.two_versions_in_a_transaction" if dues.len() > 1);
    in_order(&mut dues, Decimal::ZERO, |due| due.cap_per_transaction);
    in_order(&mut dues, used, |due| due.cap_per_partner);
    dues
}

fn in_order(dues: &mut [Due], mut used: Decimal, cap: impl Fn(&Due) -> Option<Decimal>) {
    for due in dues {
        if let Some(cap) = cap(due) {
            let left = (floor(cap, &due.terms.currency) - used).max(Decimal::ZERO);
            reached!("caps.transaction_cut" if left < due.capped && used.is_zero());
            reached!("caps.month_cut" if left < due.capped && !used.is_zero());
            reached!("caps.month_just_enough" if left == due.capped && !used.is_zero() && !left.is_zero());
            due.capped = due.capped.min(left);
        }
        used += due.capped;
        due.paid = due.capped;
    }
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
