//! The terms of a program version as lines that people can read.

use rust_decimal::Decimal;
use spiffcast_engine::calendar::PeriodKind;
use spiffcast_engine::catalog::Catalog;
use spiffcast_engine::programs::Terms;
use spiffcast_engine::programs::terms::{Measure, Pay, ProgramKind, Rate, StackingMode, TierMode};

use crate::reports::format;

/// A term.
pub struct TermLine {
    /// What it is.
    pub name: &'static str,
    /// What it says; one entry a line.
    pub values: Vec<String>,
}

/// `SPIFF`, `Rebate` …
pub fn kind(kind: ProgramKind) -> &'static str {
    match kind {
        ProgramKind::Spiff => "SPIFF",
        ProgramKind::Rebate => "Rebate",
        ProgramKind::Commission => "Commission",
        ProgramKind::Growth => "Growth bonus",
        ProgramKind::Mdf => "Development fund",
    }
}

/// The rate in one line.
pub fn rate(terms: &Terms) -> String {
    match &terms.rate {
        Rate::Flat(flat) => pay(*flat, &terms.currency),
        Rate::Tiered { tiers, .. } => match (tiers.first(), tiers.last()) {
            (Some(first), Some(last)) => format!(
                "{} to {}, {} tiers",
                pay_short(first.pay, &terms.currency),
                pay_short(last.pay, &terms.currency),
                tiers.len()
            ),
            _ => format::NONE.to_owned(),
        },
    }
}

/// Days in force.
pub fn effective(terms: &Terms) -> String {
    format::span(terms.effective.start, terms.effective.end)
}

/// What is covered, in one line.
pub fn products(terms: &Terms, catalog: &Catalog) -> String {
    let names = terms.applies_to.skus.iter().map(|sku| {
        catalog
            .product(sku)
            .map_or_else(|| sku.clone(), |ix| format!("{} ({sku})", catalog.products[ix].name))
    });
    let families = terms.applies_to.families.iter().map(|f| format!("the {f} family"));
    let all: Vec<String> = names.chain(families).collect();
    if all.is_empty() { "All products".to_owned() } else { all.join(", ") }
}

/// Every term that is set.
pub fn lines(terms: &Terms, catalog: &Catalog) -> Vec<TermLine> {
    let mut lines = Vec::new();
    let mut add = |name, values: Vec<String>| {
        if !values.is_empty() {
            lines.push(TermLine { name, values });
        }
    };
    let one = |value: Option<String>| value.into_iter().collect::<Vec<_>>();
    let cash = |v: Decimal| money(v, &terms.currency);
    add("Kind", vec![kind(terms.kind).to_owned()]);
    add("In force", vec![effective(terms)]);
    add("Rate", rate_lines(terms));
    add("Counts", vec![format!("{} {}", measure(terms.measure), period(terms.period))]);
    add("Products", vec![products(terms, catalog)]);
    add("Who qualifies", eligibility(terms));
    add("Minimum", one(terms.minimum.map(|v| amount(v, terms))));
    add("Target", one(terms.target.map(|v| amount(v, terms))));
    add(
        "Accelerator",
        one(terms.accelerator.map(|a| {
            format!("× {} above {}% of target", a.multiplier.normalize(), a.above_attainment.normalize())
        })),
    );
    add(
        "Growth",
        one(terms.growth.map(|g| {
            format!("on what is more than {}% above the same period last year", g.above.normalize())
        })),
    );
    add(
        "Override",
        one(terms
            .override_percent
            .map(|p| format!("{}% of the children's qualifying revenue to the parent", p.normalize()))),
    );
    add(
        "Bundle",
        if terms.bundle.is_empty() { vec![] } else { vec![format!("all of {}", terms.bundle.join(", "))] },
    );
    add("Claim", one(terms.claim_within_days.map(|d| format!("within {d} days of the sale"))));
    add("Cap a transaction", one(terms.caps.per_transaction.map(cash)));
    add(
        "Cap a partner",
        one(terms.caps.per_partner.map(|v| format!("{} {}", cash(v), cap_period(terms.period)))),
    );
    add(
        "Budget",
        one(terms.caps.program_budget.map(|v| format!("{} over the life of the version", cash(v)))),
    );
    add(
        "Stacking",
        one(terms.stacking.as_ref().map(|s| {
            let mode = match s.mode {
                StackingMode::Stack => "all programs of the group pay",
                StackingMode::BestOf => "the best one of the group pays",
                StackingMode::Exclusive => "the first of the group by priority pays",
            };
            format!("group {}: {mode} (priority {})", s.group, s.priority)
        })),
    );
    lines
}

fn rate_lines(terms: &Terms) -> Vec<String> {
    match &terms.rate {
        Rate::Flat(flat) => vec![pay(*flat, &terms.currency)],
        Rate::Tiered { tiers, mode } => {
            let how = match mode {
                TierMode::Marginal => "Each part at the rate of its tier:",
                TierMode::Retroactive => "Everything at the rate of the tier reached:",
            };
            let tiers = tiers
                .iter()
                .map(|t| format!("from {}: {}", amount(t.from, terms), pay(t.pay, &terms.currency)));
            std::iter::once(how.to_owned()).chain(tiers).collect()
        }
    }
}

fn eligibility(terms: &Terms) -> Vec<String> {
    let e = &terms.eligible;
    let mut out = Vec::new();
    let types: Vec<String> = e.partner_types.iter().map(|t| t.as_str().to_owned()).collect();
    for (name, list) in [("Tiers", &e.tiers), ("Regions", &e.regions), ("Partner types", &types)] {
        if !list.is_empty() {
            out.push(format!("{name}: {}", list.join(", ")));
        }
    }
    if e.deal_registration_required {
        out.push("An approved deal registration is required".to_owned());
    }
    if e.new_customer_only {
        out.push("New customers only".to_owned());
    }
    if out.is_empty() {
        out.push("Every partner".to_owned());
    }
    out
}

fn pay(pay: Pay, currency: &str) -> String {
    match pay {
        Pay::PerUnit(v) => format!("{} a unit", money(v, currency)),
        Pay::Percent(v) => format!("{}% of net revenue", v.normalize()),
    }
}

fn pay_short(pay: Pay, currency: &str) -> String {
    match pay {
        Pay::PerUnit(v) => money(v, currency),
        Pay::Percent(v) => format!("{}%", v.normalize()),
    }
}

fn amount(value: Decimal, terms: &Terms) -> String {
    match terms.measure {
        Measure::Units => format!("{} units", number(value)),
        Measure::Revenue => money(value, &terms.currency),
    }
}

fn number(value: Decimal) -> String {
    let value = value.normalize();
    value
        .to_string()
        .parse::<f64>()
        .map_or_else(|_| value.to_string(), |v| format::number(v, value.scale() as usize))
}

/// Exact: the decimals of the terms, at least two where there are cents.
fn money(value: Decimal, currency: &str) -> String {
    let scale = value.normalize().scale();
    let places = if scale == 0 { 0 } else { scale.max(2) as usize };
    value
        .to_string()
        .parse::<f64>()
        .map_or_else(|_| value.to_string(), |v| format::money_places(v, currency, places))
}

fn measure(measure: Measure) -> &'static str {
    match measure {
        Measure::Units => "units",
        Measure::Revenue => "net revenue",
    }
}

/// What the program counts over.
pub fn period(period: PeriodKind) -> &'static str {
    match period {
        PeriodKind::Transaction => "by transaction",
        PeriodKind::Month => "by month",
        PeriodKind::Quarter => "by quarter",
        PeriodKind::Half => "by half-year",
        PeriodKind::Year => "by year",
    }
}

fn cap_period(period: PeriodKind) -> &'static str {
    match period {
        PeriodKind::Transaction | PeriodKind::Month => "a month",
        PeriodKind::Quarter => "a quarter",
        PeriodKind::Half => "a half-year",
        PeriodKind::Year => "a year",
    }
}
