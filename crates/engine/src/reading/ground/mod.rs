//! Grounding: whether a draft that somebody proposed (a language model, say) says
//! what the question says. The built-in reader reads the same words; what it read
//! for certain must not be contradicted, what it would have to ask nobody may settle,
//! and where it could not read at all every part of the draft must be found in the
//! words. Accepts nothing on trust.

mod agree;
mod evidence;

use std::collections::BTreeSet;

use crate::finding::{Finding, Severity};
use crate::scenario::Draft;
use crate::scenario::findings::error;

use super::reader::Reader;
use super::sheet::Sheet;
use super::{Context, Reading, Status, apart, asides, lexicon, read, token, unreadable};

/// A clause that a draft cites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// Program.
    pub program: String,
    /// Version.
    pub version: u32,
    /// Number of the clause.
    pub clause: String,
    /// Its words.
    pub text: String,
}

/// Everything in a draft that is not grounded, as errors; empty when all of it is.
/// `context` holds the conversation that the question goes on with.
pub fn ground(draft: &Draft, question: &str, cited: &[Cited], context: &Context<'_>) -> Vec<Finding> {
    if let Some(finding) = unreadable(question) {
        return vec![finding];
    }
    let own = read(question, context);
    let mut found = Vec::new();
    let words = Sheet::new(context.company, context.names, question, token::tokens(question));
    if own.status == Status::Ready && asides::names_a_stranger(&words) {
        let message = "The words are about somebody whom the draft does not name".to_owned();
        found.push(error("words_dropped", "question", message, "Ask who is meant"));
    }
    match (own.status, &own.scenario) {
        (Status::Ready, Some(read)) => agree::check(draft, read, context.company, &mut found),
        (Status::NeedsClarification, Some(read)) if only_words_are_left(&own) => {
            agree::check(draft, read, context.company, &mut found);
            words_left(question, &own, context, &mut found);
        }
        (Status::NeedsClarification, _) => unsettled(&own, &mut found),
        (Status::Failed, _) if not_understood(&own) => {
            evidence::check(draft, question, cited, context, &mut found);
            words_left(question, &own, context, &mut found);
        }
        _ => outside(&own, &mut found),
    }
    found.dedup();
    found
}

/// Whether all that is open is what to do about words that were not understood.
fn only_words_are_left(own: &Reading) -> bool {
    !own.clarifications.is_empty() && own.clarifications.iter().all(|c| c.field == "question")
}

/// Whether the reader found no change at all, as against one that is not allowed.
fn not_understood(own: &Reading) -> bool {
    let mut errors = own.findings.iter().filter(|f| f.severity == Severity::Error).peekable();
    errors.peek().is_some() && errors.all(|f| f.code == "no_change")
}

/// What the words leave open nobody may settle.
fn unsettled(own: &Reading, found: &mut Vec<Finding>) {
    for open in &own.clarifications {
        let hint = open.choices.iter().map(|c| c.label.as_str()).collect::<Vec<_>>().join(" / ");
        found.push(error("unsettled", open.field.clone(), open.question.clone(), hint));
    }
}

/// A question that is understood and not answered, or that says what is not allowed.
fn outside(own: &Reading, found: &mut Vec<Finding>) {
    let why = own.findings.iter().rfind(|f| f.severity == Severity::Error);
    let message = why.map_or("The question asks for something else", |f| f.message.as_str());
    let code = why.map_or("unsupported", |f| f.code.as_str());
    let message = format!("The words do not give this draft: {message}");
    found.push(error("unsettled", format!("question ({code})"), message, "Ask the person"));
}

/// Words that the draft has no place for: one that the language knows, or that
/// narrows something, may not be passed over.
fn words_left(question: &str, own: &Reading, context: &Context<'_>, found: &mut Vec<Finding>) {
    let left: BTreeSet<&str> = own.unused_words.iter().map(String::as_str).collect();
    let reader = Reader::new(question, context);
    let (desk, _) = reader.recognise_all();
    for i in 0..desk.sheet.len() {
        let token = &desk.sheet.tokens[i];
        let known = lexicon::known(&token.word) || token.text.chars().any(|c| !c.is_alphabetic());
        if left.contains(token.text.as_str()) && (known || apart::narrows(&desk.sheet, i)) {
            let message = format!("{:?} of the question has no place in the draft", token.text);
            found.push(error("words_dropped", "question", message, "Ask what it means"));
        }
    }
}
