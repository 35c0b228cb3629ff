//! Questions on the demo company, from a checked scenario to the forecast.

use std::sync::Arc;

use serde_json::{Value, json};
use spiffcast_demo::{Shape, generate};
use spiffcast_engine::explore::{Exploration, explore};
use spiffcast_engine::forecast::Forecast;
use spiffcast_engine::model::Model;
use spiffcast_engine::panel::Panel;
use spiffcast_engine::scenario::{Draft, Scenario, check};
use spiffcast_engine::simulation::Continue;

use crate::clock::best_of;
use crate::engine;

/// The seed of the demo company in the repository.
const SEED: u64 = 7;
const TIMES: usize = 5;

/// Times some questions.
pub fn run() {
    let model = model();
    println!("| question | draws | wall, s | processor, s |");
    println!("|---|---|---|---|");
    for (name, draft, draws) in [
        ("raise the Product X SPIFF 5% for Q3", raised(&["5"]), 20),
        ("the same, draws do not grow below 2,000, no tornado", raised(&["5"]), 1998),
        ("the same", raised(&["5"]), 2000),
        ("the same", raised(&["5"]), 10_000),
        (
            "eight rates of the Product X SPIFF",
            raised(&["5", "10", "15", "20", "25", "30", "35", "40"]),
            2000,
        ),
        ("a sweep of 21 rates", sweep(), 2000),
        ("a rate that sells 3% more", goal(), 2000),
    ] {
        let scenario = checked(&model, &draft);
        let (took, _) = best_of(TIMES, || play(&model, &scenario, draws));
        println!(
            "| {name} | {draws} | {:.3} | {:.3} |",
            took.wall.as_secs_f64(),
            took.processor.as_secs_f64()
        );
    }
}

/// The demo question some times over, for a profiler.
pub fn one(draws: usize, times: usize) {
    let model = model();
    let scenario = checked(&model, &raised(&["5"]));
    let (took, forecast) = best_of(times, || play(&model, &scenario, draws));
    println!("best {:.3} s, processor {:.3} s", took.wall.as_secs_f64(), took.processor.as_secs_f64());
    for name in ["units", "payout", "net"] {
        println!("{name}: {:?}", forecast.metrics[name].difference[0]);
    }
}

fn model() -> Model {
    let company = engine::company(&generate(SEED, &Shape::demo()).books);
    let panel = Panel::of_lines(company.lines.iter(), company.as_of);
    Model::fit(Arc::new(company), panel, &|_| ())
}

fn play(model: &Model, scenario: &Scenario, draws: usize) -> Forecast {
    let ask = Exploration { model, scenario, seed: 1, draws, counted: None };
    explore(&ask, &|_| Continue::Yes).expect("a forecast").forecast
}

fn checked(model: &Model, draft: &Value) -> Scenario {
    let draft: Draft = serde_json::from_value(draft.clone()).expect("a draft");
    let checked = check(draft, &model.company);
    checked.scenario.unwrap_or_else(|| panic!("{:?}", checked.findings))
}

fn draft(intent: &str, options: &[Value]) -> Value {
    json!({
        "intent": intent,
        "period": {"start": "2026-07-01", "end": "2026-09-30", "label": "Q3 2026"},
        "options": options,
    })
}

fn option(operation: &str, value: Option<&str>) -> Value {
    json!({"label": "The SPIFF", "levers": [
        {"program": "spiff-product-x", "parameter": "rate", "operation": operation, "value": value}]})
}

fn raised(percents: &[&str]) -> Value {
    let options: Vec<Value> =
        percents.iter().map(|percent| option("increase_by_percent", Some(percent))).collect();
    draft(if options.len() > 1 { "compare" } else { "forecast" }, &options)
}

fn sweep() -> Value {
    let mut draft = draft("sweep", &[option("increase_by_percent", Some("0"))]);
    draft["sweep"] = json!({"option": 0, "lever": 0, "from": "0", "to": "40", "step": "2"});
    draft
}

fn goal() -> Value {
    let mut draft = draft("goal_seek", &[option("set_to", None)]);
    draft["goal"] = json!({"option": 0, "lever": 0, "metric": "units", "direction": "at_least",
        "value": "3", "relative": "percent", "confidence": "0.8"});
    draft
}
