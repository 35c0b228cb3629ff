//! Step 7, `program_budget`: pro rata in the period in which it runs out; in order for
//! transactions, together with the month's cap.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::caps::{Months, transaction_dues};
use super::marks::reached;
use super::own::Group;
use super::pay::pay_lines;
use super::{floor, minor_digits};
use crate::terms::Period;

/// Lets every version's budget run out over its life.
pub fn share_budgets(groups: &mut [Group]) {
    pay_transactions(groups);
    let mut periods: BTreeMap<u32, BTreeMap<NaiveDate, Vec<(usize, usize)>>> = BTreeMap::new();
    for (g, group) in groups.iter().enumerate() {
        for (d, due) in group.dues.iter().enumerate() {
            if due.terms.period != Period::Transaction {
                periods.entry(due.version).or_default().entry(group.start).or_default().push((g, d));
            }
        }
    }
    for of_version in periods.into_values() {
        let mut spent = Decimal::ZERO;
        for dues in of_version.into_values() {
            let budgets = || dues.iter().filter_map(|(g, d)| groups[*g].dues[*d].budget);
            let budget = budgets().min();
            reached!("budget.lowest_of_a_change" if budget != budgets().max());
            if let Some(budget) = budget {
                share(groups, &dues, (budget - spent).max(Decimal::ZERO));
            }
            spent += dues.iter().map(|(g, d)| groups[*g].dues[*d].paid).sum::<Decimal>();
        }
    }
}

/// Shares what is left among the amounts of one period: pro rata of the rounded amounts,
/// cents left over to the largest fractions, ties by partner id. In whole minor units, so
/// that equal fractions are equal.
fn share(groups: &mut [Group], dues: &[(usize, usize)], left: Decimal) {
    let Some((g, d)) = dues.first() else { return };
    let digits = minor_digits(&groups[*g].dues[*d].terms.currency);
    let minor = |amount: Decimal| {
        let whole = amount.trunc_with_scale(digits) * Decimal::from(10_u32.pow(digits));
        whole.to_i128().unwrap_or_default()
    };
    let left = minor(left);
    let total: i128 = dues.iter().map(|(g, d)| minor(groups[*g].dues[*d].capped)).sum();
    reached!("budget.just_enough" if total == left && total > 0);
    if total <= left {
        return;
    }
    reached!("budget.nothing_left" if left == 0);
    reached!("budget.shared" if left > 0 && dues.len() > 1);
    let mut fractions = Vec::new();
    let mut spare = left;
    for (g, d) in dues {
        let product = left * minor(groups[*g].dues[*d].capped);
        spare -= product / total;
        fractions.push((product % total, product / total, groups[*g].partner, *g, *d));
    }
    fractions.sort_by(|a, b| b.0.cmp(&a.0).then(a.2.cmp(b.2)));
    let fraction = |at: i128| usize::try_from(at).ok().and_then(|at| fractions.get(at)).map(|f| f.0);
    reached!("budget.cents_left_over" if spare > 0);
    reached!("budget.tie" if spare > 0 && fraction(spare - 1) == fraction(spare));
    for (_, whole, _, g, d) in fractions {
        let cent = i128::from(spare > 0);
        spare -= cent;
        let due = &mut groups[g].dues[d];
        due.paid = Decimal::from_i128_with_scale(whole + cent, digits);
        if due.paid < due.capped {
            due.reason = Some("budget_exhausted");
        }
    }
}

/// Transactions in order: the sum of the lines, `per_transaction`, what is left of the
/// month, what is left of the budget. What is paid after all three uses both up.
fn pay_transactions(groups: &mut [Group]) {
    let mut months = Months::default();
    let mut spent: BTreeMap<u32, Decimal> = BTreeMap::new();
    for group in groups.iter_mut().filter(|g| g.transaction.is_some()) {
        let (partner, day) = (group.partner, group.start);
        group.month_used = months.used(partner, day);
        group.dues = transaction_dues(&group.items, &pay_lines(&group.items), group.month_used);
        for due in &mut group.dues {
            let used = spent.entry(due.version).or_default();
            if let Some(budget) = due.budget {
                let left = (floor(budget, &due.terms.currency) - *used).max(Decimal::ZERO);
                reached!("budget.transaction_just_enough" if due.capped == left && !left.is_zero());
                if due.capped > left {
                    reached!("budget.transaction_cut" if !left.is_zero());
                    reached!("budget.transaction_nothing_left" if left.is_zero());
                    due.paid = left;
                    due.reason = Some("budget_exhausted");
                }
            }
            *used += due.paid;
            months.add(partner, day, due.paid);
        }
    }
}
