//! Sweeps, goals, launches, outlooks and questions about the rules: what passes, and
//! everything that is wrong at once.

use serde_json::{Value, json};

use super::sample::company;
use super::{Draft, check, describe, label, rule_book};

fn draft(value: Value) -> Draft {
    serde_json::from_value(value).expect("a draft")
}

fn codes(value: Value) -> Vec<String> {
    check(draft(value), &company()).findings.into_iter().map(|f| format!("{} {}", f.code, f.field)).collect()
}

fn with(intent: &str, value: Value, part: &str, content: Value) -> Value {
    json!({
        "intent": intent,
        "period": {"start": "2026-07-01", "end": "2026-09-30", "label": "Q3 2026"},
        "options": [{"label": "", "levers": [
            {"program": "spiff-product-x", "parameter": "rate", "operation": "set_to", "value": value}]}],
        part: content
    })
}

fn sweep(from: &str, to: &str, step: &str) -> Value {
    let part = json!({"option": 0, "lever": 0, "from": from, "to": to, "step": step});
    with("sweep", Value::Null, "sweep", part)
}

#[test]
fn a_sweep_is_checked_at_both_ends() {
    assert_eq!(codes(sweep("40", "50", "2")), Vec::<String>::new());
    assert_eq!(codes(sweep("50", "40", "2")), ["range_empty sweep"]);
    assert_eq!(codes(sweep("40", "50", "0")), ["step_not_positive sweep.step"]);
    assert_eq!(codes(sweep("40", "50", "0.01")), ["too_many_values sweep.step"]);
    assert_eq!(codes(sweep("40", "600", "100")), ["rate_out_of_bounds options[0].levers[0].value"]);
    let mut elsewhere = sweep("40", "50", "2");
    elsewhere["sweep"]["lever"] = json!(3);
    assert!(codes(elsewhere).contains(&"no_such_lever sweep".to_owned()));
}

fn goal(part: Value) -> Value {
    with("goal_seek", Value::Null, "goal", part)
}

#[test]
fn a_goal_needs_a_metric_a_direction_and_its_value() {
    let right = json!({"option": 0, "lever": 0, "metric": "units", "direction": "at_least", "value": "10",
        "relative": "percent", "subject_to": [{"metric": "payout", "direction": "at_most", "value": "60000"}], "confidence": "0.8"});
    assert_eq!(codes(goal(right.clone())), Vec::<String>::new());
    let mut wrong = right.clone();
    wrong["metric"] = json!("happiness");
    wrong["value"] = Value::Null;
    wrong["confidence"] = json!("80");
    wrong["subject_to"][0]["direction"] = json!("maximize");
    assert_eq!(
        codes(goal(wrong)),
        [
            "unknown_metric goal.metric",
            "value_missing goal.value",
            "unknown_direction goal.subject_to[0].direction",
            "value_out_of_bounds goal.confidence"
        ]
    );
    let mut even = right.clone();
    even["direction"] = json!("break_even");
    assert_eq!(codes(goal(even)), ["value_not_wanted goal.value"]);
    let mut given = goal(right);
    given["options"][0]["levers"][0]["value"] = json!("45");
    assert_eq!(codes(given), ["value_not_wanted options[0].levers[0].value"]);
}

fn launch(program: &str, terms: Value) -> Value {
    json!({
        "intent": "forecast",
        "period": {"start": "2026-10-01", "end": "2026-12-31", "label": "Q4 2026"},
        "audience": {"include": [{"regions": ["EMEA"]}], "exclude": []},
        "options": [{"label": "", "levers": [
            {"program": program, "parameter": "program", "operation": "launch", "value": null, "terms": terms}]}]
    })
}

fn terms(rate: Value) -> Value {
    json!({"name": "Y SPIFF", "kind": "spiff", "measure": "units", "period": "month", "rate": rate,
        "applies_to": {"skus": ["PY-100"]}})
}

#[test]
fn a_launch_joins_the_rules_on_its_days_and_for_its_audience() {
    let company = company();
    let checked = check(draft(launch("spiff-y", terms(json!({"per_unit": "30"})))), &company);
    assert_eq!(checked.findings, vec![]);
    let scenario = checked.scenario.expect("a scenario");
    let lever = &scenario.options[0].levers[0];
    assert_eq!(label(lever, &company), "Y SPIFF launched");
    assert_eq!(describe(lever, &company), "Y SPIFF launched, $30.00 per unit");
    let book = rule_book(&scenario, 0, &company);
    let rules = book.programs.last().expect("the new program");
    assert_eq!((rules.id.as_str(), rules.segments.len()), ("spiff-y", 1));
    let day = |s: &str| s.parse().expect("a date");
    let in_emea = company.catalog.partner("P-0003").expect("a partner");
    let in_amer = company.catalog.partner("P-0001").expect("a partner");
    assert!(rules.segment(in_emea, day("2026-10-01")).is_some());
    assert!(rules.segment(in_emea, day("2026-09-30")).is_none());
    assert!(rules.segment(in_amer, day("2026-10-01")).is_none());
}

#[test]
fn a_launch_is_refused_for_what_a_program_file_would_be() {
    let at = "options[0].levers[0]";
    let of = |rate: Value| codes(launch("spiff-y", terms(rate)));
    assert_eq!(of(json!({"per_unit": "400"})), [format!("rate_out_of_bounds {at}.terms")]);
    assert_eq!(of(json!({})).len(), 1);
    assert_eq!(
        codes(launch("spiff-product-x", terms(json!({"per_unit": "30"})))),
        [format!("program_exists {at}.program")]
    );
    let mut unknown = terms(json!({"per_unit": "30"}));
    unknown["applies_to"] = json!({"skus": ["PZ-9"]});
    assert_eq!(codes(launch("spiff-y", unknown)), [format!("unknown_name {at}.terms.applies_to.skus")]);
}

#[test]
fn outlooks_and_questions_about_the_rules_name_what_exists() {
    let bare = |part: &str, content: Value| json!({"intent": part, "period": {"start": "2026-07-01", "end": "2026-09-30", "label": ""}, part: content});
    let query = json!({"partner": "P-0003", "extra": [{"sku": "PX-100", "units": "20", "on": "2026-08"}]});
    assert_eq!(codes(bare("earnings", query)), Vec::<String>::new());
    let query = json!({"partner": "P-9", "extra": [{"sku": "PZ", "units": "-1", "on": "August"}]});
    let wanted = [
        "unknown_partner earnings.partner",
        "unknown_product earnings.extra[0].sku",
        "not_a_quantity earnings.extra[0].units",
        "not_a_month earnings.extra[0].on",
    ];
    assert_eq!(codes(bare("earnings", query)), wanted);
    assert_eq!(codes(bare("lookup", json!({"programs": [], "about": "caps"}))), Vec::<String>::new());
    let lookup = json!({"programs": ["nope"], "about": "weather"});
    assert_eq!(
        codes(bare("lookup", lookup)),
        ["unknown_program lookup.programs", "unknown_topic lookup.about"]
    );
}
