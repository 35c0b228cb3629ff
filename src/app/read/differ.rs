//! Two readings of one question, held against each other. What the built-in reader
//! found in the words of the question, a model does not overrule: the person chooses.

use rust_decimal::Decimal;
use serde_json::{Value, json};
use spiffcast_engine::company::Company;
use spiffcast_engine::reading::{Choice, Clarification, Provenance, Reading, Source, Status};
use spiffcast_engine::scenario::{self, Draft, audience};

use super::BETWEEN;
use super::accept::Accepted;
use crate::app::keep;

/// What comes of a model's accepted draft.
pub enum Weighed {
    /// It is the reading.
    Taken,
    /// The person chooses.
    Open(Clarification),
    /// It contradicts what was understood, and the other reading cannot be chosen.
    Refused(String),
}

/// Holds a draft against what the built-in reader understood. `chosen` is what the
/// person said when asked before.
pub fn weigh(
    company: &Company,
    question: &str,
    own: &Reading,
    accepted: &Accepted,
    chosen: Option<&str>,
) -> Weighed {
    let Some(ours) = &own.scenario else { return Weighed::Taken };
    let differences = contradicted(own, ours, &accepted.draft);
    let id = choice_of(&accepted.draft);
    if own.status == Status::Ready || chosen == Some(id.as_str()) {
        // A certain reading was agreed with by grounding; a choice is a choice.
        return Weighed::Taken;
    }
    let open = own.clarifications.first().filter(|_| own.status == Status::NeedsClarification);
    let Some(open) = open else {
        return match differences.as_slice() {
            [] => Weighed::Taken,
            fields => {
                Weighed::Refused(format!("it contradicts what the question says of: {}", fields.join(", ")))
            }
        };
    };
    if same(ours, &accepted.draft) {
        // Both leave the unknown words without a trace. One in the place of the verb is
        // said by the change itself; any other may be a condition that both dropped.
        let verb = is_verb_alone(question, &own.unused_words);
        return if verb { Weighed::Taken } else { Weighed::Open(open.clone()) };
    }
    if differences.is_empty() {
        return Weighed::Taken;
    }
    let choice = |id: &str, label: String, draft: &Draft| Choice {
        id: id.to_owned(),
        label,
        patch: serde_json::to_value(draft).unwrap_or_default(),
    };
    let mut choices = vec![
        choice("built-in", in_words(ours, company), ours),
        choice(&id, in_words(&accepted.draft, company), &accepted.draft),
    ];
    choices.extend(open.choices.iter().filter(|c| c.id == "rephrase").cloned());
    Weighed::Open(Clarification {
        field: BETWEEN.to_owned(),
        question: "The built-in reader and the language model read this differently. Which is meant?"
            .to_owned(),
        choices,
    })
}

/// What may stand between the beginning of a sentence and its verb.
const BEFORE_A_VERB: &[&str] = &[
    "what", "if", "we", "i", "you", "they", "please", "could", "can", "would", "should", "shall", "let's",
    "lets", "let", "us", "to", "just", "want", "suppose", "say", "and", "then", "did",
];
/// What may stand between a verb and the name of a program.
const AFTER_A_VERB: &[&str] =
    &["up", "down", "out", "the", "our", "that", "this", "my", "your", "those", "these"];

/// Whether the only word that was not understood stands where the verb of the change
/// stands: at the beginning, before what is changed.
fn is_verb_alone(question: &str, unused: &[String]) -> bool {
    let [unknown] = unused else { return false };
    let trimmed = |w: &str| w.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let words: Vec<String> = question.split_whitespace().map(trimmed).collect();
    let Some(at) = words.iter().position(|w| *w == unknown.to_lowercase()) else { return false };
    let known = |list: &[&str], word: &String| list.contains(&word.as_str());
    let begins = words[..at].iter().all(|w| known(BEFORE_A_VERB, w));
    begins && words.get(at + 1).is_some_and(|w| known(AFTER_A_VERB, w))
}

/// The identifier of a model's reading as a choice: of what it says, so that nothing
/// else is taken for it when the model is asked again.
fn choice_of(draft: &Draft) -> String {
    let digest = keep::digest(draft);
    let digest = digest.trim_start_matches("sha256:");
    format!("llm-{}", &digest[..digest.len().min(12)])
}

/// A draft in words: what changes, when, for whom.
fn in_words(draft: &Draft, company: &Company) -> String {
    let levers = draft.options.iter().flat_map(|o| &o.levers);
    let what: Vec<String> = levers.map(|l| scenario::describe(l, company)).collect();
    let what = if what.is_empty() { "a question without a change".to_owned() } else { what.join(", ") };
    let period = &draft.period;
    let who = audience::describe(&draft.audience, &company.catalog);
    format!("{what}, {} ({} to {}), for {who}", period.label, period.start, period.end)
}

/// Fields that the built-in reader found in the question and that the draft has otherwise.
fn contradicted(own: &Reading, ours: &Draft, theirs: &Draft) -> Vec<String> {
    let (a, b) = (plain(ours), plain(theirs));
    let said = own.provenance.iter().filter(|p| matches!(p.source, Source::Question { .. }));
    let mut fields: Vec<String> = said
        .filter(|p| at(&a, &p.field).is_some() && at(&a, &p.field) != at(&b, &p.field))
        .map(|p| p.field.clone())
        .collect();
    let levers = |d: &Draft| -> Vec<usize> { d.options.iter().map(|o| o.levers.len()).collect() };
    if levers(ours) != levers(theirs) && !ours.options.is_empty() {
        fields.push("options".to_owned());
    }
    fields.sort();
    fields.dedup();
    fields
}

/// Places in the question that the built-in reader found for what the draft says too.
pub fn agreed(own: &Reading, theirs: &Draft) -> Vec<Provenance> {
    let Some(ours) = &own.scenario else { return Vec::new() };
    let (a, b) = (plain(ours), plain(theirs));
    let agrees = |p: &&Provenance| at(&a, &p.field).is_some_and(|value| Some(value) == at(&b, &p.field));
    own.provenance.iter().filter(agrees).cloned().collect()
}

/// Whether two drafts say the same.
pub fn same(ours: &Draft, theirs: &Draft) -> bool {
    plain(ours) == plain(theirs)
}

/// A draft in one form: no labels, numbers and lists the same whenever they mean the same.
fn plain(draft: &Draft) -> Value {
    let mut value = serde_json::to_value(draft).unwrap_or_default();
    simplify(&mut value);
    value
}

fn simplify(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.remove("label");
            map.values_mut().for_each(simplify);
        }
        Value::Array(items) => {
            items.iter_mut().for_each(simplify);
            if items.iter().all(Value::is_string) {
                items.sort_by_key(Value::to_string);
            }
        }
        Value::String(text) => {
            if let Ok(number) = text.parse::<Decimal>() {
                *value = json!(number.normalize().to_string());
            }
        }
        _ => {}
    }
}

/// The value at a path such as `options[0].levers[0].value`.
fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let pointer = path.replace('[', "/").replace(']', "").replace('.', "/");
    value.pointer(&format!("/{pointer}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(value: &str, period_end: &str) -> Draft {
        serde_json::from_value(json!({
            "intent": "forecast",
            "period": {"start": "2026-07-01", "end": period_end, "label": "x"},
            "options": [{"label": "x", "levers": [{
                "program": "a", "parameter": "rate", "operation": "set_to", "value": value}]}]
        }))
        .expect("a draft")
    }

    fn own(field: &str) -> Reading {
        let source = Source::Question { start: 0, end: 1, text: "5".to_owned() };
        Reading {
            status: Status::NeedsClarification,
            scenario: Some(draft("5", "2026-09-30")),
            reader: "built-in".to_owned(),
            unused_words: vec![],
            provenance: vec![Provenance { field: field.to_owned(), source }],
            clarifications: vec![],
            findings: vec![],
            chosen: vec![],
        }
    }

    #[test]
    fn only_what_the_question_said_is_contradicted() {
        let value = own("options[0].levers[0].value");
        let ours = value.scenario.clone().expect("a draft");
        assert!(contradicted(&value, &ours, &draft("5.00", "2026-12-31")).is_empty());
        assert_eq!(contradicted(&value, &ours, &draft("6", "2026-09-30")), ["options[0].levers[0].value"]);
        let period = own("period");
        assert_eq!(contradicted(&period, &ours, &draft("6", "2026-12-31")), ["period"]);
    }

    #[test]
    fn a_lever_more_is_a_difference() {
        let own = own("period");
        let ours = own.scenario.clone().expect("a draft");
        let mut theirs = ours.clone();
        let more = theirs.options[0].levers[0].clone();
        theirs.options[0].levers.push(more);
        assert_eq!(contradicted(&own, &ours, &theirs), ["options"]);
    }

    #[test]
    fn one_unknown_word_may_be_the_verb_and_nothing_else() {
        let verb = |question: &str, unused: &[&str]| {
            is_verb_alone(question, &unused.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>())
        };
        assert!(verb("beef up the Product X SPIFF by 5%", &["beef"]));
        assert!(verb("What if we juice the Product X SPIFF to $45?", &["juice"]));
        assert!(!verb("raise the Product X SPIFF 5% for partners that were late", &["late"]));
        assert!(!verb("late the Product X", &["late", "frumple"]));
        assert!(!verb("sulking resellers get the Product X SPIFF +5%", &["sulking"]));
    }

    #[test]
    fn places_are_kept_for_what_both_say() {
        let own = own("options[0].levers[0].value");
        assert_eq!(agreed(&own, &draft("5", "2026-12-31")).len(), 1);
        assert!(agreed(&own, &draft("6", "2026-12-31")).is_empty());
    }
}
