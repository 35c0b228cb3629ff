//! The judge of drafts that a language model proposes, over the shipped questions of
//! both companies: a draft made of the expected reading is accepted, the same draft
//! spoilt plausibly in one thing is accepted in none, and neither is one for a
//! question that has a word more which narrows it.

use std::collections::BTreeMap;

use serde_json::Value;
use spiffcast_engine::company::Company;
use spiffcast_engine::finding::Severity;
use spiffcast_engine::reading::evaluate::{Question, Verdict, judge, parse};
use spiffcast_engine::reading::{Context, Names, Reading, Status, ground, read};
use spiffcast_engine::scenario::Draft;

use crate::catalogue;
use crate::spoilt;

/// What became of the drafts of one company's questions.
#[derive(Debug, Default)]
pub struct Figures {
    /// Right drafts, and those of them that were accepted.
    pub right: usize,
    pub right_accepted: usize,
    /// Spoilt drafts, and those of them that were accepted.
    pub spoilt: usize,
    pub spoilt_accepted: Vec<String>,
    /// Right drafts refused.
    pub refused: Vec<String>,
}

/// Holds the drafts of a company's questions against their words.
pub fn figures(company: &Company, sets: &[&str]) -> Figures {
    let (names, answers) = (Names::of(company), BTreeMap::new());
    let mut out = Figures::default();
    for question in sets.iter().flat_map(|set| parse(set).expect("a set without errors")) {
        let partner = question.partner.as_deref();
        let mut last: Option<Reading> = None;
        for turn in &question.previous {
            let context =
                Context { company, names: &names, answers: &answers, previous: last.as_ref(), partner };
            last = Some(read(turn, &context));
        }
        let context = Context { company, names: &names, answers: &answers, previous: last.as_ref(), partner };
        let own = read(&question.question, &context);
        let Some(draft) = proposed(&question, &own) else { continue };
        // Where asking is as good, the words settle less than one reading.
        if question.accept.iter().any(|e| e.status != Status::Ready) {
            continue;
        }
        let as_good = |draft: &Draft| {
            let reading = Reading { status: Status::Ready, scenario: Some(draft.clone()), ..own.clone() };
            judge(&question, &reading).verdict == Verdict::Right
        };
        let accepted = |draft: &Draft, words: &str| {
            ground(draft, words, &[], &context).iter().all(|f| f.severity != Severity::Error)
        };
        out.right += 1;
        if accepted(&draft, &question.question) {
            out.right_accepted += 1;
        } else {
            let why = ground(&draft, &question.question, &[], &context);
            out.refused.push(format!("{} {}: {:?}", question.id, question.question, why.first()));
        }
        let right = own.status == Status::Ready && judge(&question, &own).verdict == Verdict::Right;
        for (what, bad) in spoilt::of(&draft, company).into_iter().filter(|(_, bad)| !as_good(bad)) {
            out.spoilt += 1;
            if accepted(&bad, &question.question) {
                out.spoilt_accepted.push(format!("{} {what}: {}", question.id, question.question));
            }
            // With a slip in it the reader is not certain any more; the judge must be as strict.
            for words in slips(&question.question).into_iter().filter(|_| right) {
                out.spoilt += 1;
                if accepted(&bad, &words) {
                    out.spoilt_accepted.push(format!("{} {what}: {words}", question.id));
                }
            }
        }
        for words in narrowed(&question.question).into_iter().filter(|_| right) {
            out.spoilt += 1;
            if accepted(&draft, &words) {
                out.spoilt_accepted.push(format!("{} narrowed: {words}", question.id));
            }
        }
    }
    out
}

/// The expected scenario as a model would send it: numbers with decimals it need not
/// have, periods with its own words. `None` where no scenario is expected.
fn proposed(question: &Question, own: &Reading) -> Option<Draft> {
    let mut scenario =
        question.expect.scenario.clone().filter(|_| question.expect.status == Status::Ready)?;
    let own_period = own.scenario.as_ref().map(|d| serde_json::to_value(&d.period).expect("serialises"));
    let map = scenario.as_object_mut()?;
    if !map.contains_key("period") {
        map.insert("period".to_owned(), own_period?);
    }
    // An expectation gives only some keys of a goal.
    let own_goal = own.scenario.as_ref().and_then(|d| serde_json::to_value(&d.goal).ok());
    if let (Some(Value::Object(goal)), Some(Value::Object(own))) = (map.get_mut("goal"), own_goal) {
        for (key, value) in own {
            goal.entry(key).or_insert(value);
        }
    }
    written(&mut scenario);
    serde_json::from_value(scenario).ok()
}

fn written(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.contains_key("start") && map.contains_key("end") {
                map.insert("label".to_owned(), Value::from("as the model calls it"));
            }
            if map.contains_key("levers") {
                map.entry("label").or_insert_with(|| Value::from("an option"));
            }
            if let Some(Value::String(text)) = map.get_mut("value")
                && !text.is_empty()
                && text.chars().all(|c| c.is_ascii_digit())
            {
                text.push_str(".0");
            }
            map.values_mut().for_each(written);
        }
        Value::Array(items) => items.iter_mut().for_each(written),
        _ => {}
    }
}

/// The question with a word that the reader does not know in it.
fn slips(question: &str) -> Vec<String> {
    vec![format!("zorp {question}"), format!("{question} zorp"), question.replacen(' ', " zorp ", 1)]
}

/// The question with something more that narrows it: no draft without it is right.
fn narrowed(question: &str) -> Vec<String> {
    let bare = question.trim_end_matches(['?', '.', '!', ' ']);
    vec![
        format!("{bare} for zorpian partners"),
        format!("{bare} unless sales drop"),
        format!("{bare} except Zorpia"),
        format!("{bare}, but not Zorpia"),
    ]
}

const DEMO: &[&str] = &[
    include_str!("../../../../data/questions/demo.jsonl"),
    include_str!("../../../../data/questions/blind-demo.jsonl"),
    include_str!("../../../../data/questions/aside-demo.jsonl"),
];
const SECOND: &[&str] = &[
    include_str!("../../../../data/questions/harrow.jsonl"),
    include_str!("../../../../data/questions/blind-harrow.jsonl"),
    include_str!("../../../../data/questions/aside-harrow.jsonl"),
];

#[test]
fn right_drafts_are_accepted_and_spoilt_ones_are_not() {
    for (name, company, sets) in [("demo", catalogue::demo(), DEMO), ("second", catalogue::second(), SECOND)]
    {
        let figures = figures(&company, sets);
        eprintln!(
            "{name}: {} of {} right drafts accepted, {} of {} spoilt ones",
            figures.right_accepted,
            figures.right,
            figures.spoilt_accepted.len(),
            figures.spoilt
        );
        assert!(figures.spoilt_accepted.is_empty(), "{}", figures.spoilt_accepted.join("\n"));
        let share = figures.right_accepted as f64 / figures.right as f64;
        assert!(share >= 0.98, "{name}: {share:.3} accepted\n{}", figures.refused.join("\n"));
    }
}
