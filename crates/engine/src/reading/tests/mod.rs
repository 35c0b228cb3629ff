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
    let answers: BTreeMap<String, String> = answers.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
    read(question, &Context { company: &company, answers: &answers, previous: None })
}

fn lever_words(lever: &Lever) -> String {
    let name = |v: serde_json::Value| v.as_str().unwrap_or_default().to_owned();
    let parameter = name(serde_json::to_value(lever.parameter).expect("serialises"));
    let operation = name(serde_json::to_value(lever.operation).expect("serialises"));
    let value = lever.value.as_deref().unwrap_or("-");
    let tier = lever.tier_from.as_ref().map(|t| format!(" @{t}")).unwrap_or_default();
    format!("{} {parameter} {operation} {value}{tier}", lever.program)
}

/// A reading as the tables write it.
fn words(reading: &Reading) -> String {
    match reading.status {
        Status::Ready => {
            let draft = reading.scenario.as_ref().expect("a ready reading has a scenario");
            let levers: Vec<String> = draft.options[0].levers.iter().map(lever_words).collect();
            let who = audience::describe(&draft.audience, &company().catalog);
            let mut out = levers.join(" & ");
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
    let errors = reading.findings.iter().filter(|f| f.severity == Severity::Error);
    errors.last().map_or("", |f| f.code.as_str())
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
