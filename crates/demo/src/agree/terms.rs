//! The terms of one version of a random program.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::company::{REGIONS, SKUS, TIERS, TYPES};
use super::draw::Draw;
use crate::terms::{Kind, Measure, Pay, Period, Rate, Stacking, StackingMode, Terms, TierMode};

const PERIODS: [Period; 5] =
    [Period::Transaction, Period::Month, Period::Quarter, Period::Half, Period::Year];
const PER_UNIT: [&str; 8] = ["10", "7.5", "3.335", "0.005", "1", "33.33", "40.00", "0"];
const PERCENT: [&str; 8] = ["2", "2.5", "1.005", "0.5", "10", "3.3333", "100", "0"];
const MEASURES: [&str; 8] = ["0", "1", "3", "5", "10", "12.5", "100", "1000"];

/// A measure that terms may name: small for units, larger for revenue.
fn amount(draw: &mut Draw, measure: Measure) -> Decimal {
    let unit = if measure == Measure::Units { Decimal::ONE } else { Decimal::from(40) };
    draw.decimal(&MEASURES) * unit
}

/// New terms. `best_of`: its stacking group keeps the best.
pub fn terms(draw: &mut Draw, currency: &str, group: Option<(&str, bool)>) -> Terms {
    let best_of = group.is_some_and(|(_, best_of)| best_of);
    let measure = if draw.once_in(2) { Measure::Units } else { Measure::Revenue };
    let period = if best_of { Period::Transaction } else { *draw.pick(&PERIODS) };
    let kind = *draw.pick(&[Kind::Spiff, Kind::Rebate, Kind::Commission, Kind::Growth, Kind::Mdf]);
    let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
    let mut terms = Terms::plain(kind, (day("2025-01-01"), day("2027-12-31")), measure, period, flat(draw));
    terms.currency = currency.to_owned();
    if !best_of && draw.once_in(2) {
        terms.rate = tiers(draw, measure);
    }
    terms.stacking = group.map(|(group, best_of)| stacking(draw, group, best_of));
    conditions(draw, &mut terms);
    measures(draw, &mut terms);
    terms
}

fn flat(draw: &mut Draw) -> Rate {
    let of_units = draw.once_in(2);
    Rate::Flat(pay(draw, of_units))
}

fn pay(draw: &mut Draw, of_units: bool) -> Pay {
    if of_units { Pay::PerUnit(draw.decimal(&PER_UNIT)) } else { Pay::Percent(draw.decimal(&PERCENT)) }
}

fn tiers(draw: &mut Draw, measure: Measure) -> Rate {
    let of_units = draw.once_in(2);
    let mut froms: Vec<Decimal> = (0..draw.between(1, 3)).map(|_| amount(draw, measure)).collect();
    froms.sort();
    froms.dedup();
    // Tiers of one rate split a line into parts that must add up to it again.
    let same = draw.maybe(4, |d| pay(d, of_units));
    let tiers = froms.into_iter().map(|from| (from, same.unwrap_or_else(|| pay(draw, of_units)))).collect();
    Rate::Tiers(tiers, if draw.once_in(2) { TierMode::Marginal } else { TierMode::Retroactive })
}

fn stacking(draw: &mut Draw, group: &str, best_of: bool) -> Stacking {
    let mode = match (best_of, draw.between(1, 3)) {
        (true, 1 | 2) => StackingMode::BestOf,
        (_, 1) => StackingMode::Stack,
        _ if draw.once_in(3) => StackingMode::Stack,
        _ => StackingMode::Exclusive,
    };
    Stacking { group: group.to_owned(), mode, priority: draw.between(1, 2) }
}

fn conditions(draw: &mut Draw, terms: &mut Terms) {
    terms.skus = draw.maybe(6, |d| d.some_of(&SKUS)).unwrap_or_default();
    terms.families = draw.maybe(8, |d| d.some_of(&["FX", "FS"])).unwrap_or_default();
    terms.tiers = draw.maybe(5, |d| d.some_of(&TIERS)).unwrap_or_default();
    terms.regions = draw.maybe(12, |d| d.some_of(&REGIONS)).unwrap_or_default();
    terms.partner_types = draw.maybe(12, |d| d.some_of(&TYPES)).unwrap_or_default();
    terms.deal_registration_required = draw.once_in(10);
    terms.new_customer_only = draw.once_in(10);
    terms.bundle = draw.maybe(10, |d| d.some_of(&["X1", "S1", "X2", "X9"])).unwrap_or_default();
    terms.claim_within_days = draw.maybe(8, |d| *d.pick(&[0, 1, 30]));
}

/// Target, accelerator, minimum, growth and override.
fn measures(draw: &mut Draw, terms: &mut Terms) {
    let positive = |d: Decimal| if d.is_zero() { Decimal::TEN } else { d };
    terms.minimum = draw.maybe(5, |d| amount(d, terms.measure));
    terms.target = draw.maybe(4, |d| positive(amount(d, terms.measure)));
    terms.accelerator = draw.maybe(4, |d| {
        (d.decimal(&["0", "50", "80", "100", "120"]), d.decimal(&["1.5", "2", "0.5", "0", "1"]))
    });
    if terms.period != Period::Transaction || draw.once_in(5) {
        terms.growth_above = draw.maybe(7, |d| d.decimal(&["0", "5", "-50", "-100", "33.3"]));
    }
    terms.override_percent = draw.maybe(4, |d| d.decimal(&["1", "0.5", "3.3333", "10", "0"]));
}

/// The next version: mostly the same with another figure or two.
pub fn next(draw: &mut Draw, before: &Terms) -> Terms {
    let mut terms = before.clone();
    terms.rate = match &before.rate {
        Rate::Flat(_) => flat(draw),
        Rate::Tiers(..) => tiers(draw, before.measure),
    };
    if draw.once_in(3) {
        measures(draw, &mut terms);
    }
    if draw.once_in(4) {
        conditions(draw, &mut terms);
    }
    terms
}
