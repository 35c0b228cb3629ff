//! The effective incentive of the truth: what one more unit earns its seller, as a
//! share of the list price in force (FORECASTING.md §1).
//!
//! Only flat rates of kinds spiff and commission that ask for nothing but the
//! partner and the day count here; programs over a period (tiers, growth, targets,
//! rebates, funds) and those that ask something of a deal do not move sales in the
//! plain world. No two that count compete in one stacking group.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::market::{Market, Pair};
use super::products::list_price;
use crate::calendar::Month;
use crate::terms::{Kind, Pay, Rate, Terms, Version};

/// Effective incentive of a pair in a month under these versions.
pub fn effective(market: &Market, versions: &[Version], pair: &Pair, month: Month) -> f64 {
    let product = &market.products[pair.product];
    let price = to_f64(list_price(product, &market.price_changes, month));
    let net_share = 1.0 - market.discount(pair.partner, month);
    versions
        .iter()
        .filter(|v| moves_sales(&v.terms) && pays(market, &v.terms, pair, month))
        .map(|v| match &v.terms.rate {
            Rate::Flat(Pay::PerUnit(amount)) => to_f64(*amount) / price,
            Rate::Flat(Pay::Percent(percent)) => to_f64(*percent) / 100.0 * net_share,
            Rate::Tiers(..) => 0.0,
        })
        .sum()
}

/// Whether the terms reach sellers in the plain world.
pub fn moves_sales(terms: &Terms) -> bool {
    matches!(terms.kind, Kind::Spiff | Kind::Commission)
        && matches!(terms.rate, Rate::Flat(_))
        && !terms.deal_registration_required
        && !terms.new_customer_only
        && terms.bundle.is_empty()
}

/// Whether a pair is eligible and covered in a month; versions begin and end with months.
fn pays(market: &Market, terms: &Terms, pair: &Pair, month: Month) -> bool {
    let partner = &market.partners[pair.partner];
    let product = &market.products[pair.product];
    let allows = |list: &[String], value: &str| list.is_empty() || list.iter().any(|v| v == value);
    let everything = terms.skus.is_empty() && terms.families.is_empty();
    terms.from <= month.first()
        && month.last() <= terms.to
        && partner.active
        && allows(&terms.tiers, market.tier(pair.partner, month))
        && allows(&terms.regions, &partner.region)
        && allows(&terms.partner_types, &partner.partner_type)
        && (everything || terms.skus.contains(&product.sku) || terms.families.contains(&product.family))
}

/// A decimal as a float, for the truth's arithmetic only.
pub fn to_f64(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(0.0)
}
