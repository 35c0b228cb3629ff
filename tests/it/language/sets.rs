//! The shipped questions through a model that reads first: one that is always right is
//! taken, one that is plausibly wrong never.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};
use spiffcast::app::evaluate::{self, About, Evaluation};
use spiffcast::app::read::Readers;
use spiffcast::config::ReaderPolicy::Auto;
use spiffcast::language::LanguageModel;
use spiffcast_engine::reading::Status;
use spiffcast_engine::reading::evaluate::Question;
use spiffcast_engine::scenario::Draft;

use super::endpoint::{Scripted, question_of, says};
use super::over;

const DEMO: &str = include_str!("../../../data/questions/demo.jsonl");
const HARROW: &str = include_str!("../../../data/questions/harrow.jsonl");
/// Questions of each set that are put.
const EACH: usize = 60;

/// Questions that expect a scenario of levers which can be written out in full, spread
/// over the set.
fn answerable(set: &str, many: usize) -> Vec<(Question, Value)> {
    let all = evaluate::questions(set).expect("a set without errors");
    let full = |q: Question| {
        let standing = q.previous.is_empty() && q.partner.is_none();
        let standing = standing && q.accept.is_empty() && q.expect.status == Status::Ready;
        let draft = q.expect.scenario.clone().filter(|_| standing).and_then(in_full)?;
        Some((q, draft))
    };
    let all: Vec<(Question, Value)> = all.into_iter().filter_map(full).collect();
    assert!(all.len() >= many, "only {} questions can be written out", all.len());
    let step = all.len() / many;
    all.into_iter().step_by(step).take(many).collect()
}

/// An expected scenario as a model would write it; nothing for those that launch
/// programs or change none.
fn in_full(mut scenario: Value) -> Option<Value> {
    let levers: Vec<&Value> =
        scenario["options"].as_array()?.iter().flat_map(|o| o["levers"].as_array()).flatten().collect();
    if levers.is_empty()
        || levers.iter().any(|l| l["operation"] == "launch")
        || !scenario["period"].is_object()
    {
        return None;
    }
    label(&mut scenario);
    // Whatever is left out gets its empty form on the way through the type.
    let draft: Draft = serde_json::from_value(scenario).ok()?;
    serde_json::to_value(draft).ok()
}

/// Periods and options need a label; expectations have none.
fn label(scenario: &mut Value) {
    scenario["period"]["label"] = json!("as asked");
    for option in scenario["options"].as_array_mut().into_iter().flatten() {
        option["label"] = json!("as asked");
        for lever in option["levers"].as_array_mut().into_iter().flatten() {
            if lever["period"].is_object() {
                lever["period"]["label"] = json!("as asked");
            }
        }
    }
}

/// An endpoint that answers each question with its draft.
async fn answering(drafts: Vec<(String, Value)>) -> Scripted {
    let drafts: BTreeMap<String, String> =
        drafts.into_iter().map(|(q, d)| (plain(&q), d.to_string())).collect();
    Scripted::new(move |body, _| says(drafts.get(&question_of(&body)).map_or("{}", String::as_str))).await
}

/// A question as the prompt holds it.
fn plain(question: &str) -> String {
    question.replace('<', "‹").replace('>', "›").split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn put(readers: &Readers, questions: &[Question], drafts: Vec<(String, Value)>) -> Evaluation {
    let endpoint = answering(drafts).await;
    let readers = Readers { language: Some(LanguageModel::connect(&endpoint.settings())), ..readers.clone() };
    evaluate::run(&readers, questions, &|_| ()).await
}

fn accepted(made: &Evaluation) -> usize {
    made.read_by.get("llm").copied().unwrap_or(0)
}

/// Readings of the model that were taken and are wrong.
fn taken_wrongly(made: &Evaluation) -> Vec<String> {
    let wrong = made.wrong.iter().filter(|w| w.reader == "llm");
    wrong.map(|w| format!("{} {} {:?}", w.id, w.question, w.scenario)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_is_right_is_taken() {
    let (mut taken, mut all) = (0, 0);
    for (about, set) in [(About::Demo, DEMO), (About::Second, HARROW)] {
        let readers = over(about).await;
        let questions = answerable(set, EACH);
        let drafts = questions.iter().map(|(q, d)| (q.question.clone(), d.clone())).collect();
        let questions: Vec<Question> = questions.into_iter().map(|(q, _)| q).collect();
        let made = put(&readers, &questions, drafts).await;
        for one in &made.not_taken {
            eprintln!("{} not taken: {} {:?}", one.id, one.question, one.why);
        }
        assert_eq!(made.score.silent_errors, 0);
        assert!(made.tokens.requests > 0, "the model was never asked");
        taken += accepted(&made);
        all += questions.len();
    }
    eprintln!("a model that is right: taken {taken} of {all}");
    assert!(taken as f64 >= 0.98 * all as f64, "{taken} of {all}");
}

/// A draft made wrong in one thing; nothing where it has no such thing.
type Spoil = fn(&mut Value) -> Option<()>;

const WRONG: [(&str, Spoil); 8] = [
    ("number", |d| {
        let value: f64 = first(d)["value"].as_str()?.parse().ok()?;
        first(d)["value"] = json!((value + 1.0).to_string());
        Some(())
    }),
    ("ten times the number", |d| {
        let value: f64 = first(d)["value"].as_str()?.parse().ok()?;
        first(d)["value"] = json!((value * 10.0).to_string());
        Some(())
    }),
    ("sign", |d| {
        let operation = first(d)["operation"].as_str()?.to_owned();
        let other = match operation.split_once("crease_by_")? {
            ("in", unit) => format!("decrease_by_{unit}"),
            (_, unit) => format!("increase_by_{unit}"),
        };
        first(d)["operation"] = json!(other);
        Some(())
    }),
    ("unit", |d| {
        let operation = first(d)["operation"].as_str()?.to_owned();
        let (direction, unit) = operation.split_once("_by_")?;
        let other = if unit == "points" { "percent" } else { "points" };
        first(d)["operation"] = json!(format!("{direction}_by_{other}"));
        Some(())
    }),
    ("amount for percent", |d| {
        let operation = first(d)["operation"].as_str()?.to_owned();
        let (direction, unit) = operation.split_once("_by_")?;
        let other = if unit == "amount" { "percent" } else { "amount" };
        first(d)["operation"] = json!(format!("{direction}_by_{other}"));
        Some(())
    }),
    ("program", |d| {
        let program = first(d)["program"].as_str()?;
        let other = ["spiff-product-x", "spiff-edge", "sp-hydra", "cm-first-order"];
        let near =
            if program.starts_with("sp-") || program.starts_with("cm-") { &other[2..] } else { &other[..2] };
        let next = near.iter().find(|p| **p != program)?;
        first(d)["program"] = json!(next);
        Some(())
    }),
    ("period", |d| {
        let start = d["period"]["start"].as_str()?.to_owned();
        d["period"]["end"] = json!(if start.ends_with("-07-01") { "2026-12-31" } else { "2027-03-31" });
        Some(())
    }),
    ("audience", |d| {
        let include = d["audience"]["include"].as_array_mut()?;
        if include.is_empty() {
            include.push(json!({"tiers": ["Gold"], "regions": [], "partner_types": [], "partners": []}));
        } else {
            include.clear();
        }
        Some(())
    }),
];

fn first(draft: &mut Value) -> &mut Value {
    &mut draft["options"][0]["levers"][0]
}

/// Spoilt drafts of questions that have such a thing, and that are other drafts by it.
fn spoilt(questions: &[(Question, Value)], spoil: Spoil) -> Vec<(Question, Value)> {
    let one = |(question, right): &(Question, Value)| {
        let mut wrong = right.clone();
        spoil(&mut wrong)?;
        (wrong != *right).then(|| (question.clone(), wrong))
    };
    questions.iter().filter_map(one).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_is_plausibly_wrong_is_never_taken() {
    for (about, set) in [(About::Demo, DEMO), (About::Second, HARROW)] {
        let readers = over(about).await;
        let all = answerable(set, EACH);
        for (what, spoil) in WRONG {
            let wrong = spoilt(&all, spoil);
            assert!(wrong.len() >= 10, "{what}: only {} questions", wrong.len());
            let drafts = wrong.iter().map(|(q, d)| (q.question.clone(), d.clone())).collect();
            let questions: Vec<Question> = wrong.into_iter().map(|(q, _)| q).collect();
            let made = put(&readers, &questions, drafts).await;
            let taken = taken_wrongly(&made);
            eprintln!("wrong {what}: taken {} of {}", taken.len(), questions.len());
            assert!(taken.is_empty(), "{what}: {taken:#?}");
        }
    }
}

/// The same with words that the built-in reader does not know, so that it is certain of
/// nothing: then only grounding stands between a wrong draft and its acceptance.
#[tokio::test(flavor = "multi_thread")]
async fn where_the_built_in_reader_is_not_certain_nothing_wrong_is_taken_either() {
    let readers = over(About::Demo).await;
    let mut all = answerable(DEMO, EACH);
    for (question, _) in &mut all {
        question.question.push_str(" wherever the zorbles frumple");
    }
    for (what, spoil) in WRONG {
        let wrong = spoilt(&all, spoil);
        let drafts = wrong.iter().map(|(q, d)| (q.question.clone(), d.clone())).collect();
        let questions: Vec<Question> = wrong.into_iter().map(|(q, _)| q).collect();
        let made = put(&readers, &questions, drafts).await;
        eprintln!("not certain, wrong {what}: taken {} of {}", accepted(&made), questions.len());
        assert!(accepted(&made) == 0, "{what}: {:#?}", taken_wrongly(&made));
    }
    // What leaves the unknown words out is not taken on the model's word.
    let drafts = all.iter().map(|(q, d)| (q.question.clone(), d.clone())).collect();
    let questions: Vec<Question> = all.into_iter().map(|(q, _)| q).collect();
    let made = put(&readers, &questions, drafts).await;
    let refused: HashSet<&str> = made.not_taken.iter().map(|one| one.id.as_str()).collect();
    let taken: Vec<&Question> = questions.iter().filter(|q| !refused.contains(q.id.as_str())).collect();
    let taken: Vec<&str> = taken.iter().map(|q| q.question.as_str()).collect();
    assert_eq!(accepted(&made), 0, "words that carry weight were left out silently, in some of {taken:#?}");
}

/// Phrases that the built-in reader was not made for, through a model that is right and
/// one that is wrong, under the policy that is the default.
#[tokio::test(flavor = "multi_thread")]
async fn phrases_that_nobody_foresaw_are_won_without_a_wrong_one() {
    let readers = Readers { policy: Auto, ..over(About::Demo).await };
    let all = answerable(include_str!("unusual.jsonl"), 30);
    let questions: Vec<Question> = all.iter().map(|(q, _)| q.clone()).collect();
    let alone = evaluate::run(&Readers { language: None, ..readers.clone() }, &questions, &|_| ()).await;
    let drafts = all.iter().map(|(q, d)| (q.question.clone(), d.clone())).collect();
    let made = put(&readers, &questions, drafts).await;
    eprintln!(
        "phrases nobody foresaw: built-in alone {} of {}, with a model that is right {}",
        alone.score.exact,
        questions.len(),
        made.score.exact
    );
    assert!(made.score.silent_errors == 0 && made.score.exact > alone.score.exact, "{:#?}", made.wrong);
    for (what, spoil) in WRONG {
        let wrong = spoilt(&all, spoil);
        let drafts = wrong.iter().map(|(q, d)| (q.question.clone(), d.clone())).collect();
        let questions: Vec<Question> = wrong.into_iter().map(|(q, _)| q).collect();
        let made = put(&readers, &questions, drafts).await;
        let taken = taken_wrongly(&made);
        assert!(taken.is_empty() && made.score.silent_errors == 0, "{what}: {taken:#?}");
    }
}
