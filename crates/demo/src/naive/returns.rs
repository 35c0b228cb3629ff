//! Step 10: returns, one after the other. The group of the original line is calculated
//! again with everything returned so far taken off, and the difference clawed back.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::caps::{period_dues, transaction_dues};
use super::lookup::Lookup;
use super::marks::reached;
use super::overrides::{parent, share};
use super::own::Group;
use super::pay::pay_lines;
use super::{PayoutLine, Role, round};
use crate::books::Line;
use crate::terms::Measure;

/// Clawbacks with the same key are summed: payee, version, period and transaction.
type Key<'a> = (&'a str, u32, NaiveDate, NaiveDate, Option<&'a str>);

#[derive(Default)]
struct Sum {
    units: Decimal,
    revenue: Decimal,
    measure: Decimal,
    amount: Decimal,
}

/// The clawback lines of a program. The quantities of the groups are lowered.
pub fn clawbacks(lookup: &Lookup, program: usize, groups: &mut [Group]) -> Vec<PayoutLine> {
    let mut sale_at: HashMap<(&str, u32), (usize, usize)> = HashMap::new();
    for (g, group) in groups.iter().enumerate() {
        for (i, item) in group.items.iter().enumerate() {
            sale_at.insert((item.line.transaction_id.as_str(), item.line.line_no), (g, i));
        }
    }
    let mut clawed: HashMap<usize, Decimal> = HashMap::new();
    let mut sums: BTreeMap<Key, Sum> = BTreeMap::new();
    for back in &lookup.returns {
        let original = back.return_of.as_deref().unwrap_or_default();
        let Some((g, i)) = sale_at.get(&(original, back.line_no)).copied() else {
            reached!("returns.of_a_line_that_does_not_count");
            continue;
        };
        let group = &mut groups[g];
        let (units, revenue) = take_off(group, i, back);
        let taken = clawed.entry(g).or_default();
        let paid: Decimal = group.dues.iter().map(|d| d.paid).sum();
        let due = due_now(group);
        reached!("returns.still_due" if due > Decimal::ZERO);
        reached!("returns.more_due_than_paid" if paid - *taken < due);
        reached!("returns.again_from_a_group" if !taken.is_zero());
        reached!("returns.of_two_versions" if group.dues.len() > 1);
        reached!("returns.of_a_capped_group" if group.dues.iter().any(|d| d.capped < d.earned.trunc_with_scale(0)));
        reached!("returns.of_a_budget_that_ran_out" if group.dues.iter().any(|d| d.paid < d.capped));
        reached!("returns.after_a_month_with_a_cap" if !group.month_used.is_zero() && group.dues[0].cap_per_partner.is_some());
        let own = (paid - *taken - due).max(Decimal::ZERO);
        *taken += own;

        let item = &group.items[i];
        let (start, end) = lookup.period(item.terms.period, back.sold_on);
        reached!("returns.in_the_same_period" if start == group.start);
        reached!("returns.in_a_later_period" if start > group.end);
        reached!("returns.written_negative" if back.units < Decimal::ZERO || back.net_revenue < Decimal::ZERO);
        let mut add = |payee, amount: Decimal| {
            if amount.is_zero() {
                return;
            }
            reached!("returns.own" if payee == group.partner);
            reached!("returns.of_an_override" if payee != group.partner);
            reached!("returns.summed" if sums.contains_key(&(payee, item.version, start, end, group.transaction)));
            let sum = sums.entry((payee, item.version, start, end, group.transaction)).or_default();
            sum.units -= units;
            sum.revenue -= revenue;
            sum.measure -= match item.terms.measure {
                Measure::Units => units,
                Measure::Revenue => revenue,
            };
            sum.amount -= amount;
        };
        add(group.partner, own);
        if let (Some(share), Some(parent)) = (share(item.terms, revenue), parent(lookup, item)) {
            add(parent, round(share, &item.terms.currency));
        }
    }
    sums.into_iter().map(|(k, s)| line(lookup, program, k, s)).collect()
}

/// Lowers the original line by what came back, never below nothing.
fn take_off(group: &mut Group, item: usize, back: &Line) -> (Decimal, Decimal) {
    let item = &mut group.items[item];
    let units = back.units.abs().min(item.units);
    let revenue = back.net_revenue.abs().min(item.revenue);
    reached!("returns.again_of_a_line" if item.units < item.line.units || item.revenue < item.line.net_revenue);
    item.units -= units;
    item.revenue -= revenue;
    (units, revenue)
}

/// What the group would be due on what is left, budget aside. The month's cap of a
/// transaction leaves what it left when it was paid.
fn due_now(group: &Group) -> Decimal {
    let pays = pay_lines(&group.items);
    let dues = if group.transaction.is_some() {
        transaction_dues(&group.items, &pays, group.month_used)
    } else {
        period_dues(&group.items, &pays)
    };
    dues.iter().map(|d| d.capped).sum()
}

fn line(lookup: &Lookup, program: usize, key: Key, sum: Sum) -> PayoutLine {
    let (partner, version, period_start, period_end, transaction) = key;
    PayoutLine {
        program: lookup.programs[program].id.to_owned(),
        version,
        partner: partner.to_owned(),
        role: Role::Clawback,
        period_start,
        period_end,
        transaction_id: transaction.map(str::to_owned),
        qualifying_units: sum.units,
        qualifying_revenue: sum.revenue,
        measure: sum.measure,
        base: sum.amount,
        uplift: Decimal::ZERO,
        cap_cut: Decimal::ZERO,
        budget_cut: Decimal::ZERO,
        amount: sum.amount,
        reason: String::new(),
    }
}
