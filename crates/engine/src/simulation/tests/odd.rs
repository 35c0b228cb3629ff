//! Odd companies: whatever comes in, every figure that comes out is finite or null.

use std::sync::Arc;

use chrono::Datelike;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::world::*;
use crate::calendar::PeriodKind;
use crate::forecast::Forecast;
use crate::model::Model;
use crate::programs::RuleBook;
use crate::programs::terms::{Accelerator, Caps, Measure, Pay, ProgramKind, Rate, RateTier, Terms, TierMode};
use crate::simulation::Extras;

#[derive(Debug, Clone)]
struct Odd {
    partners: usize,
    products: usize,
    units: Vec<f64>,
    rate: i64,
    percent: bool,
    tiered: Option<TierMode>,
    period: PeriodKind,
    cap: Option<i64>,
    budget: Option<i64>,
    accelerator: bool,
    list_price: i64,
    change: i64,
    beta: Option<(f64, f64)>,
    ends_on: u32,
    mdf: bool,
}

fn odd() -> impl Strategy<Value = Odd> {
    let units = prop::collection::vec(prop_oneof![Just(0.0), 0.0..3.0f64, Just(1e6)], 7);
    let beta = prop_oneof![
        Just(None),
        (-50.0..50.0f64, 0.0..40.0f64).prop_map(Some),
        Just(Some((f64::INFINITY, 1.0))),
    ];
    let mode = prop_oneof![Just(None), Just(Some(TierMode::Marginal)), Just(Some(TierMode::Retroactive))];
    let period = prop_oneof![
        Just(PeriodKind::Transaction),
        Just(PeriodKind::Month),
        Just(PeriodKind::Quarter),
        Just(PeriodKind::Year)
    ];
    let money = prop_oneof![Just(None), (0i64..5000).prop_map(Some)];
    let terms = (0i64..5000, any::<bool>(), mode, period, money.clone(), money, any::<bool>(), any::<bool>());
    let rest = (
        1usize..4,
        1usize..3,
        units,
        prop_oneof![Just(0i64), Just(1), Just(1000)],
        0i64..400,
        beta,
        1u32..31,
    );
    (terms, rest).prop_map(|(t, r)| Odd {
        partners: r.0,
        products: r.1,
        units: r.2,
        list_price: r.3,
        change: r.4,
        beta: r.5,
        ends_on: r.6,
        rate: t.0,
        percent: t.1,
        tiered: t.2,
        period: t.3,
        cap: t.4,
        budget: t.5,
        accelerator: t.6,
        mdf: t.7,
    })
}

fn terms(odd: &Odd) -> Terms {
    let pay = |v: i64| if odd.percent { Pay::Percent(v.into()) } else { Pay::PerUnit(v.into()) };
    let tier = |from: i64, v: i64| RateTier { from: from.into(), pay: pay(v) };
    let rate = match odd.tiered {
        None => Rate::Flat(pay(odd.rate)),
        Some(mode) => Rate::Tiered { tiers: vec![tier(0, odd.rate / 2), tier(3, odd.rate)], mode },
    };
    Terms {
        kind: if odd.mdf { ProgramKind::Mdf } else { ProgramKind::Spiff },
        rate,
        measure: if odd.percent { Measure::Revenue } else { Measure::Units },
        period: odd.period,
        target: odd.accelerator.then_some(2.into()),
        accelerator: odd
            .accelerator
            .then_some(Accelerator { above_attainment: 100.into(), multiplier: Decimal::new(15, 1) }),
        caps: Caps {
            per_transaction: None,
            per_partner: odd.cap.map(Into::into),
            program_budget: odd.budget.map(Into::into),
        },
        ..spiff(1)
    }
}

fn odd_model(odd: &Odd) -> Model {
    let programs = vec![program("spiff", vec![terms(odd)])];
    let (mut world, mut panel) =
        company(odd.partners, odd.products, programs, |i, k, t| odd.units[(i + 2 * k + 3 * t) % 7]);
    for product in &mut world.catalog.products {
        product.prices[0].list_price = odd.list_price.into();
    }
    if odd.partners > 1 {
        world.catalog.partners[1].parent = Some(0);
    }
    world.as_of = world.as_of.with_day(odd.ends_on.min(30)).expect("a day of June");
    panel.returned_units[0] = 5.0;
    let fitted = Model::fit(Arc::new(world.clone()), panel.clone(), &|_| ());
    assert!(fitted.exposure.iter().all(|v| v.is_finite() && *v > 0.0));
    model((world, panel), odd.beta)
}

/// Every number of a JSON value is finite by construction (others cannot be
/// written); a null must be one that is meant.
fn nulls(value: &serde_json::Value, path: &str, out: &mut Vec<String>) {
    match value {
        serde_json::Value::Null => out.push(path.to_owned()),
        serde_json::Value::Array(all) => all.iter().for_each(|v| nulls(v, path, out)),
        serde_json::Value::Object(all) => {
            for (key, v) in all {
                nulls(v, &format!("{path}.{key}"), out);
            }
        }
        _ => {}
    }
}

/// Whatever is null without being meant to be.
fn lost(forecast: &Forecast) -> Vec<String> {
    let mut found = Vec::new();
    nulls(&serde_json::to_value(forecast).expect("JSON"), "", &mut found);
    let meant = [".metrics.roi", ".breakeven", ".evidence.response", ".sweep", ".goal", ".accuracy"];
    found.retain(|p| !meant.iter().any(|m| p.starts_with(m)));
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]
    #[test]
    fn no_figure_is_ever_lost(odd in odd()) {
        let model = odd_model(&odd);
        let book = scaled(&RuleBook::of(&model.company.programs), "spiff", odd.change, span(Q3), None);
        let extras = Extras { tornado: true, ..Extras::default() };
        let forecast = match run_with(&model, &[arm(book)], Q3, 20, &extras) {
            Ok(forecast) => forecast,
            Err(e) => return Err(TestCaseError::fail(e.to_string())),
        };
        let lost = lost(&forecast);
        prop_assert!(lost.is_empty(), "{lost:?}");
        let low = |m: &crate::forecast::Metric| m.baseline.outcome_p10.unwrap_or(0.0);
        prop_assert!(low(&forecast.metrics["units"]) >= 0.0);
        prop_assert!(low(&forecast.metrics["partners_earning"]) >= 0.0);
    }

    #[test]
    fn no_figure_is_lost_looking_back(odd in odd()) {
        let model = odd_model(&odd);
        let period = ("2026-02-10", "2026-07-20");
        let book = scaled(&RuleBook::of(&model.company.programs), "spiff", odd.change, span(period), None);
        let extras = Extras { hindcast: true, tornado: true, ..Extras::default() };
        let forecast = match run_with(&model, &[arm(book)], period, 20, &extras) {
            Ok(forecast) => forecast,
            Err(e) => return Err(TestCaseError::fail(e.to_string())),
        };
        let lost = lost(&forecast);
        prop_assert!(lost.is_empty(), "{lost:?}");
        prop_assert!(forecast.metrics["units"].options[0].outcome_p10.unwrap_or(0.0) >= 0.0);
    }
}

/// A history in which next to nothing happened, and one in which too much did.
#[test]
fn bare_and_wild_histories_get_an_answer() {
    type Units = fn(usize, usize, usize) -> f64;
    let histories: [(&str, Units); 4] = [
        ("nothing was ever sold", |_, _, _| 0.0),
        ("one product has one sale", |i, k, t| if k == 1 { f64::from(u8::from(i + t == 3)) } else { 6.0 }),
        ("one partner sells nothing", |i, _, _| if i == 0 { 0.0 } else { 6.0 }),
        ("one month is a thousand times the others", |i, _, t| if i + t == 20 { 5000.0 } else { 5.0 }),
    ];
    for (what, units) in histories {
        let model = model(company(3, 2, vec![program("spiff", vec![spiff(40)])], units), Some((2.0, 0.5)));
        for percent in [0, 150, 100_000] {
            let book = scaled(&RuleBook::of(&model.company.programs), "spiff", percent, span(Q3), None);
            let extras = Extras { tornado: true, ..Extras::default() };
            let forecast = run_with(&model, &[arm(book)], Q3, 40, &extras).expect(what);
            let lost = lost(&forecast);
            assert!(lost.is_empty(), "{what}: {lost:?}");
            let far = forecast.evidence[0].flags.iter().any(|f| f == "EXTRAPOLATION");
            assert_eq!(far, percent == 100_000, "{what}");
        }
    }
}

#[test]
fn ten_years_ahead_is_refused_with_the_latest_start() {
    let model = model(company(2, 1, vec![program("spiff", vec![spiff(40)])], |_, _, _| 5.0), None);
    let rules = RuleBook::of(&model.company.programs);
    let far = run(&model, &[arm(rules)], ("2036-07-01", "2036-09-30"), 40).expect_err("too far");
    assert_eq!(
        far.to_string(),
        "the period begins on 2036-07-01, too far ahead of the data; the latest start is 2029-06-30"
    );
}
