//! The scorer against readings made by hand.

use serde_json::json;

use super::*;
use crate::reading::{Clarification, Reading};

fn reading(status: Status, scenario: Value) -> Reading {
    let scenario = (!scenario.is_null()).then(|| serde_json::from_value(scenario).expect("a draft"));
    Reading {
        status,
        scenario,
        reader: "built-in".into(),
        unused_words: vec![],
        provenance: vec![],
        clarifications: vec![],
        findings: vec![],
        chosen: vec![],
    }
}

fn question(expect: Value) -> Question {
    serde_json::from_value(json!({"id": "1", "question": "?", "expect": expect})).expect("a question")
}

fn scenario(value: &str) -> Value {
    json!({
        "intent": "forecast",
        "period": {"start": "2026-07-01", "end": "2026-09-30", "label": "Q3"},
        "options": [{"label": "", "levers": [{"program": "a", "parameter": "rate", "operation": "set_to", "value": value}]}]
    })
}

fn wanted(value: &str) -> Value {
    json!({"status": "ready", "scenario": {"intent": "forecast", "options": [{"levers": [
        {"program": "a", "parameter": "rate", "operation": "set_to", "value": value}]}]}})
}

#[test]
fn a_scenario_is_right_silent_or_partly_right() {
    let right = judge(&question(wanted("5.0")), &reading(Status::Ready, scenario("5")));
    assert_eq!(right.verdict, Verdict::Right);
    let wrong = judge(&question(wanted("6")), &reading(Status::Ready, scenario("5")));
    assert_eq!(wrong.verdict, Verdict::SilentError);
    assert!(wrong.fields.0 + 1 == wrong.fields.1, "{:?}", wrong.fields);
}

#[test]
fn a_lever_too_many_or_an_audience_is_not_overlooked() {
    let mut more = scenario("5");
    let lever = more["options"][0]["levers"][0].clone();
    more["options"][0]["levers"].as_array_mut().expect("levers").push(lever);
    let judged = judge(&question(wanted("5")), &reading(Status::Ready, more));
    assert_eq!(judged.verdict, Verdict::SilentError);
    let mut narrow = scenario("5");
    narrow["audience"] = json!({"include": [{"tiers": ["Gold"]}], "exclude": []});
    assert_eq!(judge(&question(wanted("5")), &reading(Status::Ready, narrow)).verdict, Verdict::SilentError);
}

#[test]
fn periods_hold_where_they_stand() {
    let mut expect = wanted("5");
    expect["scenario"]["period"] = json!({"start": "2026-08-01", "end": "2026-08-31"});
    let mut own = scenario("5");
    own["options"][0]["levers"][0]["period"] =
        json!({"start": "2026-08-01", "end": "2026-08-31", "label": "August"});
    assert_eq!(judge(&question(expect.clone()), &reading(Status::Ready, own)).verdict, Verdict::Right);
    assert_eq!(
        judge(&question(expect), &reading(Status::Ready, scenario("5"))).verdict,
        Verdict::SilentError
    );
}

#[test]
fn asking_back_is_right_about_the_right_field_only() {
    let ask = question(json!({"status": "needs_clarification", "field": "operation"}));
    let mut asked = reading(Status::NeedsClarification, Value::Null);
    asked.clarifications.push(Clarification {
        field: "options[0].levers[1].operation".into(),
        question: "?".into(),
        choices: vec![],
    });
    assert_eq!(judge(&ask, &asked).verdict, Verdict::Right);
    asked.clarifications[0].field = "period".into();
    assert_eq!(judge(&ask, &asked).verdict, Verdict::AskedNeedlessly);
    assert_eq!(judge(&ask, &reading(Status::Failed, Value::Null)).verdict, Verdict::Refused);
}

#[test]
fn scores_add_up() {
    let mut score = Score::default();
    let pairs = [
        (question(wanted("5")), reading(Status::Ready, scenario("5"))),
        (question(wanted("5")), reading(Status::NeedsClarification, Value::Null)),
        (question(json!({"status": "needs_clarification"})), reading(Status::Ready, scenario("5"))),
        (question(json!({"status": "unsupported"})), reading(Status::Unsupported, Value::Null)),
    ];
    for (question, reading) in &pairs {
        score.add(question, reading, &judge(question, reading));
    }
    assert_eq!(
        (score.questions, score.answerable, score.exact, score.needless, score.silent_errors),
        (4, 2, 1, 1, 1)
    );
    assert_eq!(score.clarification_recall(), 0.0);
    assert_eq!(score.silent_error_rate(), 0.25);
}

#[test]
fn the_upper_end_is_wilsons() {
    // By hand: 0 of 400 gives z²/(n + z²).
    assert!((wilson_upper(0, 400) - 0.009_512).abs() < 1e-5);
    assert!((wilson_upper(2, 600) - 0.012_067).abs() < 2e-4);
    assert_eq!(wilson_upper(0, 0), 1.0);
}

#[test]
fn a_bad_line_is_named() {
    let text = "{\"id\":\"1\",\"question\":\"?\",\"expect\":{\"status\":\"failed\"}}\n\n{oops}\n";
    assert_eq!(parse(text).expect_err("the third line").0, 3);
}
