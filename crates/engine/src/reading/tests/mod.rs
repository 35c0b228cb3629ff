//! The reader against questions written before it, bad input, and properties that
//! hold for any text.

mod phrasings;

use std::collections::BTreeMap;

use super::*;
use crate::finding::Severity;
use crate::scenario::sample::company;
use crate::scenario::{Lever, audience};

fn read_now(question: &str, answers: &[(&str, &str)]) -> Reading {
    let company = company();
    let names = Names::of(&company);
    let answers: BTreeMap<String, String> = answers.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
    read(
        question,
        &Context { company: &company, names: &names, answers: &answers, previous: None, partner: None },
    )
}

fn lever_words(lever: &Lever) -> String {
    let name = |v: serde_json::Value| v.as_str().unwrap_or_default().to_owned();
    let parameter = name(serde_json::to_value(lever.parameter).expect("serialises"));
    let operation = name(serde_json::to_value(lever.operation).expect("serialises"));
    let value = lever.value.as_deref().unwrap_or("-");
    let tier = lever.tier_from.as_ref().map(|t| format!(" @{t}")).unwrap_or_default();
    format!("{} {parameter} {operation} {value}{tier}", lever.program)
}

/// The parts of a scenario beyond its levers.
fn parts(draft: &crate::scenario::Draft) -> String {
    let mut out = String::new();
    if let Some(sweep) = &draft.sweep {
        out.push_str(&format!(" from {} to {} by {}", sweep.from, sweep.to, sweep.step));
    }
    if let Some(goal) = &draft.goal {
        let value = goal.value.as_deref().unwrap_or("-");
        out.push_str(&format!(" so that {} {} {value}", goal.metric, goal.direction));
        for condition in &goal.subject_to {
            out.push_str(&format!(" and {} {} {}", condition.metric, condition.direction, condition.value));
        }
    }
    if let Some(query) = &draft.earnings {
        out.push_str(&query.partner);
        for extra in &query.extra {
            out.push_str(&format!(" + {} {} {}", extra.units, extra.sku, extra.on));
        }
    }
    if let Some(lookup) = &draft.lookup {
        out.push_str(&format!("{} of {}", lookup.about, lookup.programs.join(", ")));
    }
    out
}

/// A reading as the tables write it.
fn words(reading: &Reading) -> String {
    match reading.status {
        Status::Ready => {
            let draft = reading.scenario.as_ref().expect("a ready reading has a scenario");
            let catalog = company().catalog;
            let own = |l: &Lever| {
                let period = l.period.as_ref().map(|p| format!(" in {}", p.label)).unwrap_or_default();
                let who = l.audience.as_ref().map(|a| format!(" for {}", audience::describe(a, &catalog)));
                format!("{}{period}{}", lever_words(l), who.unwrap_or_default())
            };
            let option = |o: &crate::scenario::ScenarioOption| {
                o.levers.iter().map(own).collect::<Vec<_>>().join(" & ")
            };
            let options: Vec<String> = draft.options.iter().map(option).collect();
            let who = audience::describe(&draft.audience, &catalog);
            let intent = serde_json::to_value(draft.intent).expect("serialises");
            let intent =
                intent.as_str().filter(|i| *i != "forecast").map(|i| format!("{i}: ")).unwrap_or_default();
            let mut out = format!("{intent}{}{}", options.join(" | "), parts(draft));
            if draft.period.label != "Q3 2026" || who != "everyone" {
                out.push_str(&format!("; {}", draft.period.label));
            }
            if who != "everyone" {
                out.push_str(&format!("; {who}"));
            }
            out
        }
        Status::NeedsClarification => {
            let field = reading.clarifications.first().map_or("", |c| c.field.as_str());
            format!("ask {}", field.rsplit('.').next().unwrap_or_default())
        }
        Status::Unsupported => format!("unsupported {}", last_error(reading)),
        Status::Failed => format!("failed {}", last_error(reading)),
    }
}

fn last_error(reading: &Reading) -> &str {
    let mut errors = reading.findings.iter().filter(|f| f.severity == Severity::Error);
    errors.next_back().map_or("", |f| f.code.as_str())
}

fn all_of(table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(question, expected)| {
            let reading = read_now(question, &[]);
            let got = words(&reading);
            (got != *expected).then(|| {
                format!(
                    "{question}\n    wanted {expected}\n    got    {got}  unused {:?}",
                    reading.unused_words
                )
            })
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} read wrong:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}

#[test]
fn rates_are_read() {
    all_of(phrasings::RATES);
}

#[test]
fn other_terms_are_read() {
    all_of(phrasings::PARAMETERS);
}

#[test]
fn periods_are_read() {
    all_of(phrasings::PERIODS);
}

#[test]
fn audiences_are_read() {
    all_of(phrasings::AUDIENCES);
}

#[test]
fn doubts_are_asked_about() {
    all_of(phrasings::DOUBTS);
}

#[test]
fn bad_questions_fail_with_a_reason() {
    all_of(phrasings::BAD);
}

#[test]
fn casual_wordings_are_read() {
    all_of(phrasings::VARIED);
}

#[test]
fn ordinary_words_and_set_phrases_say_nothing() {
    all_of(phrasings::SPEECH);
}

#[test]
fn short_forms_are_read() {
    all_of(phrasings::SHORT);
}

#[test]
fn what_stays_and_whose_change_it_is_is_read() {
    all_of(phrasings::APART);
}

#[test]
fn figures_and_times_in_more_words_are_read() {
    all_of(phrasings::FIGURES);
}

#[test]
fn goals_and_ranges_are_read() {
    all_of(phrasings::GOALS);
}

#[test]
fn questions_about_the_rules_are_read() {
    all_of(phrasings::RULES);
}

mod followups;
mod grounding;
mod paraphrases;
mod properties;

#[test]
fn the_question_of_the_design_gives_its_scenario() {
    let reading = read_now("raise the Product X SPIFF 5% for Q3", &[]);
    assert_eq!(reading.status, Status::Ready);
    let expected = serde_json::json!({
        "intent": "forecast",
        "period": {"start": "2026-07-01", "end": "2026-09-30", "label": "Q3 2026"},
        "audience": {"include": [], "exclude": []},
        "options": [{"label": "Product X SPIFF +5%", "levers": [{
            "program": "spiff-product-x", "parameter": "rate", "operation": "increase_by_percent", "value": "5",
            "tier_from": null, "period": null, "audience": null, "terms": null}]}],
        "sweep": null, "goal": null, "earnings": null, "lookup": null
    });
    assert_eq!(serde_json::to_value(&reading.scenario).expect("serialises"), expected);
    let of = |field: &str| -> Vec<Source> {
        reading.provenance.iter().filter(|p| p.field == field).map(|p| p.source.clone()).collect()
    };
    let words = |start, end, text: &str| Source::Question { start, end, text: text.into() };
    assert_eq!(of("options[0].levers[0].value"), [words(26, 28, "5%")]);
    assert_eq!(of("options[0].levers[0].program"), [words(10, 25, "Product X SPIFF")]);
    assert_eq!(of("options[0].levers[0].operation"), [words(0, 5, "raise")]);
    assert_eq!(of("period"), [words(33, 35, "Q3")]);
    assert!(reading.unused_words.is_empty() && reading.findings.is_empty());
}

#[test]
fn a_long_question_is_refused() {
    let reading = read_now(&"raise ".repeat(2_000), &[]);
    assert_eq!(words(&reading), "failed question_too_long");
}

#[test]
fn answers_carry_the_reading_on() {
    let question = "raise the cloud commission by 5%";
    let asked = read_now(question, &[]);
    let choices: Vec<(&str, &str)> =
        asked.clarifications[0].choices.iter().map(|c| (c.id.as_str(), c.label.as_str())).collect();
    assert_eq!(choices, [("relative", "4.5% becomes 4.725%"), ("points", "4.5% becomes 9.5%")]);
    let field = asked.clarifications[0].field.as_str();
    assert_eq!(field, "options[0].levers[0].operation");
    // Choosing completes the reading: the choice carries the scenario.
    let points = read_now(question, &[(field, "points")]);
    let patch = serde_json::to_value(points.scenario).expect("serialises");
    assert_eq!(asked.clarifications[0].choices[1].patch, patch);
    assert_eq!(
        words(&read_now(question, &[(field, "relative")])),
        "commission-cloud rate increase_by_percent 5"
    );
    assert_eq!(
        words(&read_now(question, &[(field, "points")])),
        "commission-cloud rate increase_by_points 5"
    );
    let wrong = read_now(question, &[(field, "both")]);
    assert_eq!(words(&wrong), "ask operation");
    assert_eq!(wrong.findings[0].code, "unknown_choice");
}

#[test]
fn one_answer_leads_to_the_next_question() {
    let question = "raise the commission 1% for Acme";
    let program = ("options[0].levers[0].program", "commission-cloud");
    let operation = ("options[0].levers[0].operation", "points");
    assert_eq!(words(&read_now(question, &[])), "ask program");
    assert_eq!(words(&read_now(question, &[program])), "ask operation");
    assert_eq!(words(&read_now(question, &[program, operation])), "ask audience");
    assert_eq!(
        words(&read_now(question, &[program, operation, ("audience", "P-0002")])),
        "commission-cloud rate increase_by_points 1; Q3 2026; Acme Cloud Services"
    );
}

#[test]
fn a_program_that_ended_is_extended_when_that_is_the_answer() {
    let extended =
        read_now("raise the Nova Launch SPIFF to $30", &[("options[0].levers[0].active", "extend")]);
    assert_eq!(words(&extended), "spiff-nova active set_to true & spiff-nova rate set_to 30");
    let launched =
        read_now("raise the Nova Launch SPIFF to $30", &[("options[0].levers[0].active", "launch")]);
    assert_eq!(words(&launched), "unsupported launch");
}

#[test]
fn the_default_period_and_a_part_past_one_are_said() {
    let reading = read_now("raise the Product X SPIFF 5%", &[]);
    let default = reading.provenance.iter().find(|p| p.field == "period").expect("a source");
    assert!(matches!(&default.source, Source::Default { reason } if reason.contains("Q3 2026")));
    let reading = read_now("raise the Product X SPIFF 5% this year", &[]);
    assert_eq!(reading.findings[0].code, "period_part_past");
}

#[test]
fn leaving_words_out_takes_consent() {
    let question = "raise the Product X SPIFF 5% for healthcare partners";
    let asked = read_now(question, &[]);
    assert_eq!(asked.unused_words[0], "healthcare");
    assert_eq!(
        words(&read_now(question, &[("question", "ignore")])),
        "spiff-product-x rate increase_by_percent 5"
    );
    assert_eq!(words(&read_now(question, &[("question", "rephrase")])), "failed rephrased");
}

#[test]
fn fiscal_quarters_follow_the_calendar_and_name_the_alternative() {
    let mut company = company();
    company.calendar = crate::calendar::FiscalCalendar { first_month: 2 };
    let answers = BTreeMap::new();
    let reading = read(
        "raise the Product X SPIFF 5% in Q3",
        &Context {
            company: &company,
            names: &Names::of(&company),
            answers: &answers,
            previous: None,
            partner: None,
        },
    );
    let period = reading.scenario.expect("a scenario").period;
    assert_eq!((period.label.as_str(), period.start.to_string().as_str()), ("Q3 FY2027", "2026-08-01"));
    assert_eq!(reading.findings[0].code, "fiscal_calendar");
}
