//! What single terms are worth, for checks that compare them: prices of the products
//! a version covers, pay of one unit, pay at a threshold. Estimates at list price;
//! nothing here is paid out.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::catalog::{Catalog, Product};
use crate::programs::money::{self, PERCENT};
use crate::programs::terms::{Measure, Pay, Rate, RateTier, Terms};
use crate::scenario::figures;

/// The products that a version covers and that are on sale on a day.
pub(super) fn on_sale<'c>(terms: &Terms, catalog: &'c Catalog, day: NaiveDate) -> Vec<&'c Product> {
    let sold = |p: &&Product| {
        p.launched_on.is_none_or(|from| from <= day) && p.end_of_life_on.is_none_or(|to| day <= to)
    };
    catalog.products.iter().filter(|p| terms.covers(&p.sku, &p.family)).filter(sold).collect()
}

/// What a rate pays on one unit at a price.
pub(super) fn unit_pay(pay: Pay, list_price: Decimal) -> Decimal {
    match pay {
        Pay::PerUnit(amount) => amount,
        Pay::Percent(percent) => money::mul(money::mul(percent, PERCENT), list_price),
    }
}

/// The rates of a version, with the thresholds they hold from; a flat one from 0.
pub(super) fn tiers(rate: &Rate) -> Vec<RateTier> {
    match rate {
        Rate::Flat(pay) => vec![RateTier { from: Decimal::ZERO, pay: *pay }],
        Rate::Tiered { tiers, .. } => tiers.clone(),
    }
}

/// The least that one counted unit of the measure earns at a rate: where measure and
/// rate count different things, at the price that gives least.
pub(super) fn per_measure(pay: Pay, measure: Measure, products: &[&Product], day: NaiveDate) -> Decimal {
    let prices = products.iter().map(|p| p.price_on(day).list_price);
    match (pay, measure) {
        (Pay::PerUnit(amount), Measure::Units) => amount,
        (Pay::Percent(percent), Measure::Revenue) => money::mul(percent, PERCENT),
        (Pay::Percent(_), Measure::Units) => prices.min().map_or(Decimal::ZERO, |price| unit_pay(pay, price)),
        (Pay::PerUnit(amount), Measure::Revenue) => {
            prices.max().map_or(Decimal::ZERO, |price| money::div(amount, price))
        }
    }
}

/// A rate as people write it.
pub(super) fn shown(pay: Pay, terms: &Terms) -> String {
    match pay {
        Pay::PerUnit(amount) => format!("{} a unit", money_shown(amount, terms)),
        Pay::Percent(percent) => format!("{}%", percent.normalize()),
    }
}

/// An amount of money as people write it: `$5,114.00`.
pub(super) fn money_shown(amount: Decimal, terms: &Terms) -> String {
    figures::money(amount.round_dp(4), &terms.currency)
}

/// An amount of money as a program file writes it: `5114.00`.
pub(super) fn amount_shown(amount: Decimal) -> String {
    let amount = amount.round_dp(4).normalize();
    if amount.scale() <= 2 { format!("{amount:.2}") } else { amount.to_string() }
}
