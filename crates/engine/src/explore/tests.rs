//! Sweeps and goals on a small company whose answer is known roughly.

use super::{Exploration, Explored, explore, shown_value, sweep};
use crate::model::Model;
use crate::scenario::{Draft, check};
use crate::simulation::tests::world::{company, model, program, spiff};
use crate::simulation::{Continue, SimulationError};

/// A SPIFF of $40 on a $1,000 product with $300 of margin at 90% of list; 20
/// partners who sell 10 a month and answer with `beta` log units per 1.0 of list.
fn small(beta: f64) -> Model {
    model(company(20, 1, vec![program("spiff", vec![spiff(40)])], |_, _, _| 10.0), Some((beta, 0.2)))
}

fn draft(intent: &str, operation: &str, more: serde_json::Value) -> Draft {
    let mut json = serde_json::json!({
        "intent": intent,
        "period": {"start": "2026-07-01", "end": "2026-09-30", "label": "Q3 2026"},
        "options": [{"label": "The SPIFF", "levers": [
            {"program": "spiff", "parameter": "rate", "operation": operation, "value": null}]}]
    });
    for (key, value) in more.as_object().expect("an object") {
        json[key] = value.clone();
    }
    if intent == "sweep" {
        json["options"][0]["levers"][0]["value"] = json["sweep"]["from"].clone();
    }
    serde_json::from_value(json).expect("a draft")
}

fn run(model: &Model, draft: Draft) -> Result<Explored, SimulationError> {
    let checked = check(draft, &model.company);
    let scenario = checked.scenario.unwrap_or_else(|| panic!("{:?}", checked.findings));
    explore(&Exploration { model, scenario: &scenario, seed: 7, draws: 400, counted: None }, &|_| {
        Continue::Yes
    })
}

fn goal(operation: &str, goal: serde_json::Value) -> Draft {
    let mut goal = goal;
    goal["option"] = 0.into();
    goal["lever"] = 0.into();
    draft("goal_seek", operation, serde_json::json!({ "goal": goal }))
}

#[test]
fn a_sweep_has_every_value_and_shows_the_one_with_the_most_net() {
    let model = small(6.0);
    let range = serde_json::json!({"option": 0, "lever": 0, "from": "0", "to": "90", "step": "10"});
    let explored = run(&model, draft("sweep", "increase_by_percent", serde_json::json!({ "sweep": range })))
        .expect("a sweep");
    let curve = explored.forecast.sweep.as_ref().expect("a curve");
    assert_eq!(
        curve.iter().map(|p| p.value.as_str()).collect::<Vec<_>>(),
        ["0", "10", "20", "30", "40", "50", "60", "70", "80", "90"]
    );
    let units: Vec<f64> =
        curve.iter().map(|p| p.metrics["units"].difference[0].mean.expect("a mean")).collect();
    assert_eq!(units[0], 0.0);
    assert!(units.windows(2).all(|w| w[0] < w[1]), "{units:?}");
    let net = |p: &crate::forecast::CurvePoint| p.metrics["net"].difference[0].mean.expect("a mean");
    let best = curve.iter().max_by(|a, b| net(a).total_cmp(&net(b))).expect("a point");
    let shown = shown_value(&explored.forecast).expect("one of them is shown");
    let point = curve.iter().find(|p| p.value == shown).expect("a point");
    assert_eq!(point.metrics["net"], explored.forecast.metrics["net"], "one value, one figure");
    assert_eq!(explored.shown.options[0].levers[0].value.as_deref(), Some(best.value.as_str()));
    // Same response and market; only the luck of counts depends on what stands beside it.
    let mean = |p: &crate::forecast::Metrics, key: &str| p[key].difference[0].mean.expect("a mean");
    assert_eq!(mean(&explored.forecast.metrics, "units"), mean(&best.metrics, "units"));
    let apart = mean(&explored.forecast.metrics, "net") - mean(&best.metrics, "net");
    let error = best.metrics["net"].difference[0].mcse.expect("an error");
    assert!(apart.abs() < 3.0 * error, "{apart} {error}");
}

#[test]
fn a_sweep_has_bounds() {
    let of = |from: &str, to: &str, step: &str| {
        let part = |s: &str| s.to_owned();
        sweep::values(&crate::scenario::Sweep {
            option: 0,
            lever: 0,
            from: part(from),
            to: part(to),
            step: part(step),
        })
        .len()
    };
    assert_eq!(of("3", "8", "1"), 6);
    assert_eq!(of("0", "1", "0.3"), 4);
    assert_eq!((of("8", "3", "1"), of("0", "5", "0"), of("0", "1000", "1"), of("x", "1", "1")), (0, 0, 0, 0));
}

#[test]
fn a_rise_in_units_is_reached_at_about_the_rate_that_the_response_says() {
    // 10% more units: exp(6 Δ) = 1.1, Δ = 0.0159 of list, about $56; sure to 80% a little more.
    let wanted = goal(
        "set_to",
        serde_json::json!({
        "metric": "units", "direction": "at_least", "value": "10", "relative": "percent", "confidence": "0.8"}),
    );
    let explored = run(&small(6.0), wanted).expect("a goal");
    let goal = explored.forecast.goal.as_ref().expect("a result");
    let value: f64 = goal.value.as_deref().expect("a value").parse().expect("a number");
    assert!(goal.reached && (55.0..59.0).contains(&value), "{value} {}", goal.message);
    assert_eq!(explored.shown.options[0].levers[0].value, goal.value);
    assert!(goal.curve.windows(2).all(|w| w[0].value.parse::<f64>().ok() < w[1].value.parse::<f64>().ok()));
    assert!(goal.message.contains("10%"), "{}", goal.message);
}

#[test]
fn a_condition_holds_the_goal_back_and_it_says_so() {
    // Payouts today: 600 units × $40 = $24,000. 40% more units cost far more.
    let wanted = goal(
        "set_to",
        serde_json::json!({
        "metric": "units", "direction": "at_least", "value": "40", "relative": "percent",
        "subject_to": [{"metric": "payout", "direction": "at_most", "value": "30000"}]}),
    );
    let explored = run(&small(6.0), wanted).expect("a goal");
    let goal = explored.forecast.goal.as_ref().expect("a result");
    assert!(!goal.reached && goal.value.is_none(), "{}", goal.message);
    assert!(goal.message.starts_with("Not reachable"), "{}", goal.message);
    assert!(goal.message.contains("The most is units "), "{}", goal.message);
    let payout = explored.forecast.metrics["payout"].options[0].mean.expect("a mean");
    assert!(payout < 31_000.0, "the closest keeps the condition: {payout}");
}

#[test]
fn how_high_under_a_budget_is_the_highest_that_keeps_it() {
    let wanted = goal(
        "set_to",
        serde_json::json!({
        "metric": "payout", "direction": "at_most", "value": "36000", "confidence": "0.8"}),
    );
    let explored = run(&small(2.0), wanted).expect("a goal");
    let goal = explored.forecast.goal.as_ref().expect("a result");
    let value: f64 = goal.value.as_deref().expect("a value").parse().expect("a number");
    // Without a response $60 would cost 36,000; with one, and sure to 80%, less.
    assert!((48.0..60.0).contains(&value), "{value} {}", goal.message);
}

#[test]
fn break_even_is_found_where_the_gain_pays_for_the_rate() {
    // Weak response: every raise loses; the most that pays for itself is today's rate or less.
    let weak =
        run(&small(0.5), goal("set_to", serde_json::json!({"metric": "net", "direction": "break_even"})));
    let weak = weak.expect("a goal").forecast.goal.expect("a result");
    let value = |r: &crate::forecast::GoalResult| r.value.as_deref().and_then(|v| v.parse::<f64>().ok());
    assert!(value(&weak).is_some_and(|v| v <= 40.0), "{}", weak.message);
    let strong =
        run(&small(8.0), goal("set_to", serde_json::json!({"metric": "net", "direction": "break_even"})));
    let strong = strong.expect("a goal").forecast.goal.expect("a result");
    assert!(value(&strong).is_some_and(|v| v > 60.0), "{}", strong.message);
    assert_eq!(
        strong,
        run(&small(8.0), goal("set_to", serde_json::json!({"metric": "net", "direction": "break_even"})))
            .expect("again")
            .forecast
            .goal
            .expect("a result")
    );
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let model = small(6.0);
    let range = serde_json::json!({"sweep": {"option": 0, "lever": 0, "from": "0", "to": "20", "step": "5"}});
    let wanted =
        serde_json::json!({"metric": "units", "direction": "at_least", "value": "5", "relative": "percent"});
    for draft in [draft("sweep", "increase_by_percent", range), goal("set_to", wanted)] {
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            let explored = pool.install(|| run(&model, draft.clone()).expect("an answer"));
            serde_json::to_string(&explored.forecast).expect("JSON")
        };
        let one = with(1);
        assert_eq!(one, with(2));
        assert_eq!(one, with(7));
    }
}

#[test]
fn a_look_back_is_played_from_what_was_sold() {
    let mut past = draft("hindcast", "set_to", serde_json::json!({}));
    let lever = &mut past.options[0].levers[0];
    lever.value = Some("80".to_owned());
    past.period.start = "2026-01-01".parse().expect("a day");
    past.period.end = "2026-03-31".parse().expect("a day");
    let explored = run(&small(3.0), past).expect("a forecast");
    assert!(explored.forecast.hindcast);
    let units = &explored.forecast.metrics["units"];
    assert_eq!((units.baseline.mean, units.baseline.outcome_p90), (Some(600.0), Some(600.0)));
    // x from .04 to .08 of list: 3 · .04.
    let lift = units.difference[0].mean.expect("a mean") / 600.0;
    assert!((lift - (0.12f64.exp() - 1.0)).abs() < 0.006, "{lift}");
}
