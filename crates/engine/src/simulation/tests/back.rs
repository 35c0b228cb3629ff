//! Looks back: what would have happened, from what did.

use super::world::*;
use crate::forecast::{Forecast, Quantity};
use crate::model::Model;
use crate::programs::RuleBook;
use crate::programs::terms::Caps;
use crate::simulation::{Extras, Sales, SimulationError};

const Q1: (&str, &str) = ("2026-01-01", "2026-03-31");
const BACK: Extras = Extras {
    hindcast: true,
    bounds: &[],
    draws_max: 0,
    tornado: false,
    totals_only: false,
    sales: Sales::Counts,
};

/// Sold a month: 5 + i of SKU1 by partner i of 12.
fn simple(beta: Option<(f64, f64)>) -> Model {
    model(company(12, 2, vec![program("spiff", vec![spiff(40)])], |i, k, _| 5.0 + (i + 3 * k) as f64), beta)
}

fn look(model: &Model, percent: i64, period: (&str, &str)) -> Result<Forecast, SimulationError> {
    let book = scaled(&RuleBook::of(&model.company.programs), "spiff", percent, span(period), None);
    run_with(model, &[arm(book)], period, 400, &BACK)
}

fn mean(q: &Quantity) -> f64 {
    q.mean.expect("a mean")
}

#[test]
fn the_baseline_is_what_happened_and_the_change_is_the_response() {
    let model = simple(Some((3.0, 0.6)));
    let forecast = look(&model, 200, Q1).expect("a forecast");
    assert!(forecast.hindcast);
    let units = &forecast.metrics["units"];
    let sold: f64 = (0..12).map(|i| 5.0 + f64::from(i)).sum::<f64>() * 3.0;
    for part in
        [units.baseline.mean, units.baseline.p10, units.baseline.outcome_p10, units.baseline.outcome_p90]
    {
        assert_eq!(part, Some(sold));
    }
    let payout = &forecast.metrics["payout"];
    assert_eq!((payout.baseline.mean, payout.baseline.outcome_p90), (Some(40.0 * sold), Some(40.0 * sold)));
    // x goes from .04 to .08 of list: ln lift = 3 · .04, se .6 · .04.
    let lift = mean(&units.difference[0]) / sold;
    assert!((lift - (0.12f64.exp() - 1.0)).abs() < 0.004, "{lift}");
    let [low, high] = [units.difference[0].p10, units.difference[0].p90].map(|q| q.expect("a value") / sold);
    let sd = (high - low) / 2.563;
    assert!((sd / (0.024 * 0.12f64.exp()) - 1.0).abs() < 0.2, "nothing but the response: {sd}");
    assert!(units.difference[0].outcome_p90 > units.difference[0].p90, "single sales add to it");
    assert!((mean(&forecast.cost_split[0].mechanical) - 40.0 * sold).abs() < 0.01);
    let months: Vec<&str> = forecast.by.month.iter().map(|r| r.key.as_str()).collect();
    assert_eq!(months, ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05"]);
    assert!(forecast.approximations[0].starts_with("A look back: through 2026-05-31"));
    // A lower rate would have sold less.
    let lower = look(&model, 0, Q1).expect("a forecast");
    let lost = mean(&lower.metrics["units"].difference[0]) / sold;
    assert!((lost - ((-0.12f64).exp() - 1.0)).abs() < 0.004, "{lost}");
}

#[test]
fn the_same_rules_change_nothing_and_no_response_changes_pay_alone() {
    let same = look(&simple(Some((3.0, 0.6))), 100, Q1).expect("a forecast");
    for name in ["units", "payout", "net"] {
        assert_eq!(same.metrics[name].difference[0].mean, Some(0.0), "{name}");
    }
    let unknown = look(&simple(None), 150, Q1).expect("a forecast");
    assert_eq!(unknown.metrics["units"].difference[0].mean, Some(0.0));
    let payout = &unknown.metrics["payout"];
    assert_eq!(payout.difference[0].mean, payout.baseline.mean.map(|v| v / 2.0));
}

#[test]
fn a_period_that_goes_on_is_part_known_and_part_played() {
    let model = simple(Some((3.0, 0.0)));
    let period = ("2026-04-01", "2026-09-30");
    let forecast = look(&model, 200, period).expect("a forecast");
    let units = |at: usize| &forecast.by.month[at].metrics["units"];
    let sold: f64 = (0..12).map(|i| 5.0 + f64::from(i)).sum();
    assert_eq!((units(2).baseline.mean, units(2).baseline.outcome_p90), (Some(sold), Some(sold)));
    assert!(units(3).baseline.outcome_p90 > units(3).baseline.outcome_p10);
    for at in [2, 3] {
        let lift = mean(&units(at).difference[0]) / mean(&units(at).baseline);
        assert!((lift - (0.12f64.exp() - 1.0)).abs() < 0.006, "{at}: {lift}");
    }
    // Ahead of the data a look back is a forecast.
    let ahead = look(&model, 200, Q3).expect("a forecast");
    assert!(!ahead.hindcast);
    let book = scaled(&RuleBook::of(&model.company.programs), "spiff", 200, span(Q3), None);
    assert_eq!(ahead, run(&model, &[arm(book)], Q3, 400).expect("a forecast"));
}

#[test]
fn a_budget_of_the_time_limits_what_would_have_been_paid() {
    // A month is paid 126 · 40 = 5,040; 16,000 last from January into April.
    let terms = crate::programs::Terms {
        effective: span(("2026-01-01", "2026-12-31")),
        caps: Caps { program_budget: Some(16_000.into()), ..Caps::default() },
        ..spiff(40)
    };
    let world = company(12, 1, vec![program("spiff", vec![terms])], |i, _, _| 5.0 + i as f64);
    let forecast = look(&model(world, None), 150, Q1).expect("a forecast");
    let payout = &forecast.metrics["payout"];
    assert_eq!(payout.baseline.mean, Some(15_120.0));
    assert_eq!(forecast.gross_of_pull_forward.payout.options[0].mean, Some(16_000.0));
    assert_eq!(forecast.budgets[0].left, "16000.00");
}

#[test]
fn before_the_data_is_refused() {
    let before = look(&simple(None), 150, ("2023-10-01", "2024-03-31")).expect_err("an error");
    assert_eq!(
        before.to_string(),
        "the period begins on 2023-10-01, before the data do; the earliest start is 2024-01-01"
    );
}
