//! Sales that a partner imagines on top of its own: how many of which product, in which
//! month. Asks where an amount has no product or a name fits several.

use std::ops::Range;

use serde_json::json;

use crate::calendar::Month;
use crate::reading::desk::{Desk, choice};
use crate::reading::names::{Entity, Mention};
use crate::reading::numbers::{Given, Number};
use crate::reading::periods::PeriodMark;
use crate::reading::sheet::Use;
use crate::scenario::{ExtraSale, figures};

use super::SELL;

/// Sales imagined on top: each amount with the product behind it.
pub(super) fn extra(
    desk: &mut Desk<'_>,
    mentions: &[Mention],
    numbers: &[Number],
    periods: &[PeriodMark],
) -> Option<Vec<ExtraSale>> {
    let catalog = &desk.context.company.catalog;
    let on = month(desk, periods);
    let months = months(desk, periods);
    let mut sales: Vec<ExtraSale> = Vec::new();
    let mut from = 0;
    for (k, number) in numbers.iter().enumerate() {
        let field = format!("earnings.extra[{}]", sales.len());
        let next = numbers.get(k + 1).map_or(usize::MAX, |n| n.at.start);
        let on = own_month(&months, &numbers[0].at, number, next).unwrap_or_else(|| on.clone());
        let text = desk.sheet.text(number.at.clone());
        let units =
            matches!(number.given, Given::Bare | Given::Units) && !number.odd && number.sign != Some(false);
        let Some(value) = number.value.filter(|v| units && v.is_sign_positive() && !v.is_zero()) else {
            desk.ask(&format!("{field}.units"), format!("How many units is {text}?"), vec![]);
            return None;
        };
        let behind = mentions.iter().find(|m| {
            m.is_product() && m.at.start >= number.at.end.max(from) && m.at.start - number.at.end <= 6
        });
        let Some(product) =
            behind.or_else(|| mentions.iter().find(|m| m.is_product() && m.at.end <= number.at.start))
        else {
            desk.ask(&format!("{field}.sku"), format!("{text} of which product?"), vec![]);
            return None;
        };
        from = product.at.end;
        desk.sheet.claim(number.at.start..product.at.end.max(number.at.end), Use::Number);
        let sku = sku(desk, product, &format!("{field}.sku"))?;
        desk.said(field.clone(), number.at.start.min(product.at.start)..product.at.end.max(number.at.end));
        sales.push(ExtraSale { sku: catalog.products[sku].sku.clone(), units: figures::plain(value), on });
    }
    let many = desk.sheet.has(&["many"]);
    let another = |m: &&Mention| {
        let before = m.at.start.saturating_sub(3)..m.at.start;
        m.is_product()
            && !many
            && before.clone().any(|i| desk.sheet.is(i, &["another", "more", "additional", "extra"]))
    };
    if let Some(product) = mentions.iter().find(another).filter(|_| numbers.is_empty()).cloned() {
        let sku = sku(desk, &product, "earnings.extra[0].sku")?;
        desk.said("earnings.extra[0]", product.at.clone());
        return Some(vec![ExtraSale { sku: catalog.products[sku].sku.clone(), units: "1".to_owned(), on }]);
    }
    if numbers.is_empty() {
        let sell = desk.sheet.find_free(SELL);
        if let (Some(i), Some(_)) = (sell, mentions.iter().find(|m| m.is_product())) {
            desk.said("earnings.extra", i..i + 1);
            desk.ask("earnings.extra[0].units", "How many units?".to_owned(), vec![]);
            return None;
        }
    }
    Some(sales)
}

fn sku(desk: &mut Desk<'_>, mention: &Mention, field: &str) -> Option<usize> {
    let catalog = &desk.context.company.catalog;
    let mut fits: Vec<usize> = mention
        .entities
        .iter()
        .flat_map(|e| match e {
            Entity::Product(p) => vec![*p],
            Entity::Family(f) => {
                (0..catalog.products.len()).filter(|p| catalog.products[*p].family == *f).collect()
            }
            _ => Vec::new(),
        })
        .collect();
    fits.sort_unstable();
    fits.dedup();
    if let [one] = fits.as_slice() {
        return Some(*one);
    }
    let choices = fits
        .iter()
        .take(12)
        .map(|p| {
            choice(
                catalog.products[*p].sku.clone(),
                format!("{} ({})", catalog.products[*p].name, catalog.products[*p].sku),
                json!({field: catalog.products[*p].sku}),
            )
        })
        .collect();
    let text = desk.sheet.text(mention.at.clone());
    let answer = desk.ask(field, format!("Which product is {text:?}?"), choices)?;
    catalog.product(&answer)
}

/// Where a month is named, and which.
type Named = (Range<usize>, String);

/// All months that are named, in their order; none where a single one holds for all sales.
fn months(desk: &Desk<'_>, periods: &[PeriodMark]) -> Vec<Named> {
    let today = desk.context.company.today();
    let one = |p: &&PeriodMark| Month::of(p.span.start) == Month::of(p.span.end);
    let named: Vec<Named> = periods
        .iter()
        .filter(one)
        .map(|p| (p.at.clone(), Month::of(p.span.start.max(today)).key()))
        .collect();
    if named.len() > 1 { named } else { Vec::new() }
}

/// "40 EG-300 in September and 10 PX-200 in October": each amount with its own month,
/// behind it or, where the first month stands before the first amount, before it.
fn own_month(months: &[Named], first: &Range<usize>, number: &Number, next: usize) -> Option<String> {
    let leads = months.first()?.0.start < first.start;
    let before = || months.iter().rfind(|(at, _)| at.end <= number.at.start);
    let behind = || months.iter().find(|(at, _)| at.start >= number.at.end && at.start < next);
    let found = if leads { before().or_else(behind) } else { behind().or_else(before) };
    found.or(months.first()).map(|(_, month)| month.clone())
}

/// The month of imagined sales: the one named, else the one that holds today.
fn month(desk: &mut Desk<'_>, periods: &[PeriodMark]) -> String {
    let today = desk.context.company.today();
    let named = periods.iter().find(|p| Month::of(p.span.start) == Month::of(p.span.end));
    let start = named.or(periods.first()).map_or(today, |p| p.span.start.max(today));
    Month::of(start).key()
}
