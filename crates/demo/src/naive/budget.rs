//! Step 7, `program_budget`: pro rata in the period in which it runs out; in order for
//! transactions, together with the month's cap.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::caps::{Months, transaction_dues};
use super::own::{Due, Group};
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
            let budget = dues.iter().filter_map(|(g, d)| groups[*g].dues[*d].budget).min();
            if let Some(budget) = budget {
                share(groups, &dues, (budget - spent).max(Decimal::ZERO));
            }
            spent += dues.iter().map(|(g, d)| groups[*g].dues[*d].paid).sum::<Decimal>();
        }
    }
}

/// Shares what is left among the amounts of one period: pro rata of the rounded amounts,
/// cents left over to the largest fractions, ties by partner id.
fn share(groups: &mut [Group], dues: &[(usize, usize)], left: Decimal) {
    let total: Decimal = dues.iter().map(|(g, d)| groups[*g].dues[*d].capped).sum();
    if total <= left {
        return;
    }
    let mut fractions = Vec::new();
    let mut given = Decimal::ZERO;
    for (g, d) in dues {
        let partner = groups[*g].partner;
        let due = &mut groups[*g].dues[*d];
        let exact = left * due.capped / total;
        due.paid = exact.trunc_with_scale(2);
        given += due.paid;
        fractions.push((exact - due.paid, partner, *g, *d));
        if !due.capped.is_zero() {
            due.reason = Some("budget_exhausted");
        }
    }
    fractions.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let cent = Decimal::new(1, 2);
    for (_, _, g, d) in fractions {
        if given + cent > left {
            break;
        }
        groups[g].dues[d].paid += cent;
        given += cent;
    }
}

/// Transactions in order: the sum of the lines, `per_transaction`, what is left of the
/// month, what is left of the budget. What is paid after all three uses both up.
fn pay_transactions(groups: &mut [Group]) {
    let mut months = Months::default();
    let mut spent: BTreeMap<u32, Decimal> = BTreeMap::new();
    for group in groups.iter_mut().filter(|g| g.transaction.is_some()) {
        let (partner, day) = (group.partner, group.start);
        group.dues = transaction_dues(&group.items, |due: &Due, before| {
            let cap = due.terms.cap_per_partner?;
            Some((cap - months.used(partner, day) - before).max(Decimal::ZERO))
        });
        for due in &mut group.dues {
            let used = spent.entry(due.version).or_default();
            if let Some(budget) = due.budget {
                let left = (budget - *used).max(Decimal::ZERO);
                if due.capped > left {
                    due.paid = left;
                    due.reason = Some("budget_exhausted");
                }
            }
            *used += due.paid;
            months.add(partner, day, due.paid);
        }
    }
}
