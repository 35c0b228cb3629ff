//! Limits that terms must keep after a change: rates between nothing and the
//! list price, percents between 0 and 100, tiers in order.

use rust_decimal::Decimal;

use crate::calendar::Span;
use crate::catalog::{Catalog, Product};
use crate::programs::Terms;
use crate::programs::terms::{Pay, Rate};

use super::change::{MAGNITUDE_MAX, Misfit};
use super::figures;

/// Everything that is wrong with terms after a change, over the days it holds.
pub(crate) fn broken(terms: &Terms, catalog: &Catalog, span: Span) -> Vec<Misfit> {
    let mut found = Vec::new();
    let pays: Vec<Pay> = match &terms.rate {
        Rate::Flat(pay) => vec![*pay],
        Rate::Tiered { tiers, .. } => {
            if tiers.windows(2).any(|w| w[0].from >= w[1].from)
                || tiers.iter().any(|t| t.from < Decimal::ZERO)
            {
                found.push(crossing(terms));
            }
            tiers.iter().map(|t| t.pay).collect()
        }
    };
    let price = lowest_price(terms, catalog, span);
    found.extend(pays.into_iter().find_map(|pay| rate(pay, price, &terms.currency)));
    found.extend(numbers(terms));
    if terms.caps.per_transaction.is_some() && terms.period != crate::calendar::PeriodKind::Transaction {
        found.push(Misfit::new(
            "parameter_does_not_fit",
            "parameter",
            "A cap per transaction needs a program that settles every transaction by itself".to_owned(),
            "Use cap_per_partner",
        ));
    }
    found
}

fn rate(pay: Pay, lowest_price: Option<Decimal>, currency: &str) -> Option<Misfit> {
    let message = match pay {
        Pay::Percent(v) if v < Decimal::ZERO || v > Decimal::ONE_HUNDRED => {
            format!("The rate would be {}; a percent rate lies between 0% and 100%", figures::percent(v))
        }
        Pay::PerUnit(v) if v < Decimal::ZERO => {
            format!("The rate would be {} per unit; it cannot be negative", figures::money(v, currency))
        }
        Pay::PerUnit(v) if lowest_price.is_some_and(|p| v > p) => format!(
            "The rate would be {} per unit, more than the lowest list price it covers ({})",
            figures::money(v, currency),
            figures::money(lowest_price.unwrap_or_default(), currency)
        ),
        _ => return None,
    };
    Some(Misfit::new("rate_out_of_bounds", "value", message, "Use a smaller change"))
}

/// The lowest list price in force on the span among products the terms cover.
fn lowest_price(terms: &Terms, catalog: &Catalog, span: Span) -> Option<Decimal> {
    let sold = |p: &&Product| {
        terms.covers(&p.sku, &p.family) && p.end_of_life_on.is_none_or(|end| end >= span.start)
    };
    let prices = |p: &Product| {
        let later = p.prices.iter().filter(|r| r.effective_from.is_some_and(|f| span.contains(f)));
        later.map(|r| r.list_price).chain([p.price_on(span.start).list_price]).min()
    };
    catalog.products.iter().filter(sold).filter_map(prices).min()
}

fn crossing(terms: &Terms) -> Misfit {
    let Rate::Tiered { tiers, .. } = &terms.rate else {
        return Misfit::new("tiers_cross", "value", String::new(), "");
    };
    let list: Vec<String> = tiers.iter().map(|t| figures::number(t.from)).collect();
    Misfit::new(
        "tiers_cross",
        "value",
        format!("The tiers would start at {}: they must rise from 0", list.join(", ")),
        "Keep the threshold between its neighbours",
    )
}

fn numbers(terms: &Terms) -> Vec<Misfit> {
    let zero = Decimal::ZERO;
    let max = MAGNITUDE_MAX;
    let checks = [
        ("minimum", terms.minimum, zero, max),
        ("target", terms.target, zero, max),
        ("override", terms.override_percent, zero, Decimal::ONE_HUNDRED),
        ("accelerator multiplier", terms.accelerator.map(|a| a.multiplier), zero, Decimal::ONE_HUNDRED),
        (
            "accelerator attainment",
            terms.accelerator.map(|a| a.above_attainment),
            zero,
            Decimal::ONE_THOUSAND,
        ),
        ("growth threshold", terms.growth.map(|g| g.above), -Decimal::ONE_HUNDRED, Decimal::ONE_THOUSAND),
        ("cap per partner", terms.caps.per_partner, zero, max),
        ("cap per transaction", terms.caps.per_transaction, zero, max),
        ("program budget", terms.caps.program_budget, zero, max),
    ];
    let outside = |(name, value, low, high): (&str, Option<Decimal>, Decimal, Decimal)| {
        let value = value.filter(|v| *v < low || *v > high)?;
        Some(Misfit::new(
            "value_out_of_bounds",
            "value",
            format!("The {name} would be {}", figures::number(value)),
            format!("It must lie between {} and {}", figures::number(low), figures::number(high)),
        ))
    };
    checks.into_iter().filter_map(outside).collect()
}
