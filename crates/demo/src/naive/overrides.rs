//! Step 9: what the direct parent receives of its children's qualifying revenue.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::lookup::Lookup;
use super::own::{Group, cut};
use super::{Item, PayoutLine, Role, round};
use crate::terms::{Period, Terms};

/// The active direct parent of a line's partner.
pub fn parent<'a>(lookup: &Lookup<'a>, item: &Item) -> Option<&'a str> {
    let partner = lookup.partner(&item.line.partner)?;
    let parent = lookup.partner(partner.parent.as_deref()?)?;
    parent.active.then_some(parent.id.as_str())
}

/// percent × revenue.
pub fn share(terms: &Terms, revenue: Decimal) -> Option<Decimal> {
    terms.override_percent.map(|percent| revenue * percent / Decimal::ONE_HUNDRED)
}

/// An override while it is summed.
struct Sum<'a> {
    parent: &'a str,
    version: u32,
    terms: &'a Terms,
    period: (NaiveDate, NaiveDate),
    transaction: Option<&'a str>,
    units: Decimal,
    revenue: Decimal,
    amount: Decimal,
}

/// One line a parent, period and version; gross of returns. `per_partner` holds for it
/// apart from the parent's own pay; the budget does not.
pub fn payout_lines(lookup: &Lookup, program: usize, groups: &[Group]) -> Vec<PayoutLine> {
    let mut sums = sums(lookup, groups);
    sums.retain(|s| !s.amount.is_zero());
    let mut used: HashMap<(&str, NaiveDate), Decimal> = HashMap::new();
    let mut lines = Vec::new();
    for sum in &sums {
        let mut kept = sum.amount;
        if let Some(cap) = sum.terms.cap_per_transaction {
            kept = kept.min(cap);
        }
        let over = match sum.terms.period {
            Period::Transaction => sum.period.0.with_day(1).unwrap_or(sum.period.0),
            _ => sum.period.0,
        };
        let used = used.entry((sum.parent, over)).or_default();
        if let Some(cap) = sum.terms.cap_per_partner {
            kept = kept.min((cap - *used).max(Decimal::ZERO));
        }
        let amount = round(kept);
        *used += amount;
        let (start, end) = cut(sum.period.0, sum.period.1, sum.transaction, sum.terms);
        lines.push(PayoutLine {
            program: lookup.programs[program].id.to_owned(),
            version: sum.version,
            partner: sum.parent.to_owned(),
            role: Role::Override,
            period_start: start,
            period_end: end,
            transaction_id: sum.transaction.map(str::to_owned),
            qualifying_units: sum.units,
            qualifying_revenue: sum.revenue,
            measure: sum.revenue,
            base: sum.amount,
            uplift: Decimal::ZERO,
            cap_cut: (round(sum.amount) - amount).max(Decimal::ZERO),
            budget_cut: Decimal::ZERO,
            amount,
            reason: String::new(),
        });
    }
    lines
}

/// Sums in the order of the first lines.
fn sums<'a>(lookup: &Lookup<'a>, groups: &[Group<'a>]) -> Vec<Sum<'a>> {
    let mut items: Vec<(&Item, &Group)> =
        groups.iter().flat_map(|g| g.items.iter().map(move |i| (i, g))).collect();
    items.sort_by_key(|(item, _)| item.sale);
    let mut at: HashMap<(&str, u32, NaiveDate, Option<&str>), usize> = HashMap::new();
    let mut sums: Vec<Sum> = Vec::new();
    for (item, group) in items {
        let Some(amount) = share(item.terms, item.revenue) else { continue };
        let Some(parent) = parent(lookup, item) else { continue };
        let at = *at.entry((parent, item.version, group.start, group.transaction)).or_insert_with(|| {
            sums.push(Sum {
                parent,
                version: item.version,
                terms: item.terms,
                period: (group.start, group.end),
                transaction: group.transaction,
                units: Decimal::ZERO,
                revenue: Decimal::ZERO,
                amount: Decimal::ZERO,
            });
            sums.len() - 1
        });
        sums[at].units += item.units;
        sums[at].revenue += item.revenue;
        sums[at].amount += amount;
    }
    sums
}
