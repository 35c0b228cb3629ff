//! Step 9: what the direct parent receives of its children's qualifying revenue.

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::caps::{Months, period_dues, transaction_dues};
use super::lookup::Lookup;
use super::marks::reached;
use super::own::{Group, payout_line};
use super::pay::LinePay;
use super::{Item, PayoutLine, Role};
use crate::terms::Terms;

/// The active direct parent of a line's partner.
pub fn parent<'a>(lookup: &Lookup<'a>, item: &Item) -> Option<&'a str> {
    let partner = lookup.partner(&item.line.partner)?;
    let parent = lookup.partner(partner.parent.as_deref()?)?;
    reached!("overrides.inactive_parent" if !parent.active);
    parent.active.then_some(parent.id.as_str())
}

/// percent × revenue.
pub fn share(terms: &Terms, revenue: Decimal) -> Option<Decimal> {
    terms.override_percent.map(|percent| revenue * percent / Decimal::ONE_HUNDRED)
}

/// The children's lines on which one parent earns in one period, or one transaction.
struct Children<'a> {
    parent: &'a str,
    period: (NaiveDate, NaiveDate),
    transaction: Option<&'a str>,
    items: Vec<Item<'a>>,
}

/// One line a parent, period and version; gross of returns. The caps hold for it as they
/// hold for own pay, and apart from it; the budget does not.
pub fn payout_lines(lookup: &Lookup, program: usize, groups: &[Group]) -> Vec<PayoutLine> {
    let mut months = Months::default();
    let mut lines = Vec::new();
    for children in children(lookup, groups) {
        let Children { parent, period: (start, end), transaction, items } = children;
        let pays: Vec<LinePay> = items.iter().map(pay).collect();
        reached!("overrides.of_two_children" if items.iter().any(|i| i.line.partner != items[0].line.partner));
        let dues = if transaction.is_some() {
            let dues = transaction_dues(&items, &pays, months.used(parent, start));
            dues.iter().for_each(|due| months.add(parent, start, due.paid));
            dues
        } else {
            period_dues(&items, &pays)
        };
        reached!("overrides.of_two_versions" if dues.len() > 1);
        reached!("overrides.cut" if dues.iter().any(|d| d.capped < d.earned.trunc_with_scale(0)));
        reached!("overrides.of_a_transaction" if transaction.is_some());
        lines.extend(dues.iter().map(|due| {
            let payee = (parent, (start, end), transaction);
            payout_line(lookup.programs[program].id, Role::Override, payee, due)
        }));
    }
    lines
}

fn pay(item: &Item) -> LinePay {
    let amount = share(item.terms, item.revenue).unwrap_or_default();
    LinePay { base: amount, earned: amount, reason: None }
}

/// In the order of the first lines.
fn children<'a>(lookup: &Lookup<'a>, groups: &[Group<'a>]) -> Vec<Children<'a>> {
    let mut items: Vec<(&Item, &Group)> =
        groups.iter().flat_map(|g| g.items.iter().map(move |i| (i, g))).collect();
    items.sort_by_key(|(item, _)| item.sale);
    let mut at: HashMap<(&str, Option<NaiveDate>, Option<&str>), usize> = HashMap::new();
    let mut all: Vec<Children> = Vec::new();
    for (item, group) in items.into_iter().filter(|(item, _)| item.terms.override_percent.is_some()) {
        let Some(parent) = parent(lookup, item) else { continue };
        let transaction = group.transaction;
        let start = transaction.is_none().then_some(group.start);
        let at = *at.entry((parent, start, transaction)).or_insert_with(|| {
            // A transaction's day is that of its first line that earns.
            let period =
                transaction.map_or((group.start, group.end), |_| (item.line.sold_on, item.line.sold_on));
            all.push(Children { parent, period, transaction, items: Vec::new() });
            all.len() - 1
        });
        all[at].items.push(item.clone());
    }
    all
}
