//! Drafts that are right pass; drafts that are wrong in one thing do not.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::reading::{Context, Names, Status};
use crate::scenario::sample::{company, day};
use crate::scenario::{AudienceEntry, Draft, Operation, Parameter};

use super::read_now;

fn right(question: &str) -> Draft {
    let reading = read_now(question, &[]);
    assert_eq!(reading.status, Status::Ready, "{question}");
    reading.scenario.expect("a scenario")
}

fn ground(draft: &Draft, question: &str) -> Vec<Finding> {
    let (company, answers) = (company(), BTreeMap::new());
    let names = Names::of(&company);
    let context =
        Context { company: &company, names: &names, answers: &answers, previous: None, partner: None };
    crate::reading::ground(draft, question, &[], &context)
}

type Spoil = fn(&mut Draft);

const WRONG: &[(&str, Spoil)] = &[
    ("number", |d| d.options[0].levers[0].value = Some("7".into())),
    ("sign", |d| d.options[0].levers[0].operation = Operation::DecreaseByPercent),
    ("points for percent", |d| d.options[0].levers[0].operation = Operation::IncreaseByPoints),
    ("set for raise", |d| d.options[0].levers[0].operation = Operation::SetTo),
    ("program", |d| d.options[0].levers[0].program = "spiff-nova".into()),
    ("parameter", |d| d.options[0].levers[0].parameter = Parameter::CapPerPartner),
    ("period", |d| d.period.end = day("2026-12-31")),
    ("audience added", |d| {
        d.audience.include.push(AudienceEntry { tiers: vec!["Gold".into()], ..AudienceEntry::default() })
    }),
    ("audience dropped", |d| d.audience = crate::scenario::Audience::default()),
    ("a second lever", |d| {
        let more = d.options[0].levers[0].clone();
        d.options[0].levers.push(more);
    }),
];

#[test]
fn a_draft_wrong_in_one_thing_is_rejected() {
    let question = "raise the Product X SPIFF 5% for EMEA in Q3";
    let draft = right(question);
    assert_eq!(ground(&draft, question), vec![]);
    for (what, spoil) in WRONG {
        let mut bad = draft.clone();
        spoil(&mut bad);
        assert!(!ground(&bad, question).is_empty(), "{what}");
    }
}

#[test]
fn what_the_words_leave_open_nobody_may_settle() {
    let mut draft = right("raise the cloud commission by 5% relative");
    let question = "raise the cloud commission by 5%";
    for operation in [Operation::IncreaseByPercent, Operation::IncreaseByPoints] {
        draft.options[0].levers[0].operation = operation;
        assert!(!ground(&draft, question).is_empty());
    }
}

#[test]
fn options_are_held_against_the_question_too() {
    let question = "compare raising the Product X SPIFF 5% in Q3 with 10%";
    let mut draft = right("raise the Product X SPIFF 5% for Q3");
    draft.intent = crate::scenario::Intent::Compare;
    let mut second = draft.options[0].clone();
    second.levers[0].value = Some("10".into());
    draft.options.push(second);
    assert_eq!(ground(&draft, question), vec![]);
    draft.options[1].levers[0].value = Some("15".into());
    let codes: Vec<String> = ground(&draft, question).into_iter().map(|f| f.code).collect();
    assert!(codes == ["differs"], "{codes:?}");
}
