//! The built-in reader: words to a draft, with the span each part came from. It
//! knows the language of incentive questions and, of the company, only what the
//! catalogue and the program files say. It must not guess between two close
//! matches, and never drops a word that carries weight without saying so.

use std::collections::BTreeMap;

use crate::company::Company;
use crate::finding::Finding;
use crate::scenario::findings::error;
use crate::scenario::{self, Draft};

mod amount;
mod apart;
mod asides;
mod assemble;
mod audiences;
mod board;
mod clauses;
mod conversation;
mod coverage;
pub(crate) mod days;
mod desk;
mod earnings;
pub mod evaluate;
mod followup;
mod frame;
mod goal;
mod ground;
mod happened;
mod idioms;
mod intents;
mod launch;
mod layout;
mod lexicon;
mod lists;
mod lookup;
mod names;
mod numbers;
mod operations;
mod options;
mod outcome;
mod outside;
mod periods;
mod place;
mod programs;
mod reader;
mod remarks;
mod result;
mod sheet;
mod spans;
mod spelling;
mod splitting;
mod stated;
mod stays;
mod subject;
mod sweep;
mod terms;
#[cfg(test)]
mod tests;
mod token;
mod unmoved;
mod weight;
mod when;
mod years;

pub use ground::{Cited, ground};
pub use names::Names;
pub use result::{Choice, Chosen, Clarification, Provenance, Reading, Source, Status};

use board::Board;
use reader::Reader;
use splitting::Survey;

/// What a question is read against.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The rules and the day.
    pub company: &'a Company,
    /// The names of that company.
    pub names: &'a Names,
    /// Answers to clarifications: field to the identifier of the choice.
    pub answers: &'a BTreeMap<String, String>,
    /// The last reading of the conversation; one without a scenario is no help.
    pub previous: Option<&'a Reading>,
    /// The partner who asks, by identifier, where a partner does. It comes from the
    /// session, never from the question.
    pub partner: Option<&'a str>,
}

/// Longest question, in characters.
pub const QUESTION_CHARS_MAX: usize = 2_000;

/// Reads a question with the built-in reader (DESIGN.md, "What words mean"). Pure:
/// the same question, company and answers give the same reading.
pub fn read(question: &str, context: &Context<'_>) -> Reading {
    if let Some(finding) = unreadable(question) {
        return Reading {
            status: Status::Failed,
            scenario: None,
            reader: READER.to_owned(),
            unused_words: Vec::new(),
            provenance: Vec::new(),
            clarifications: Vec::new(),
            findings: vec![finding],
            chosen: conversation::chosen(context),
        };
    }
    let reader = Reader::new(question, context);
    let survey = Survey::of(&reader, reader.tokens.clone());
    let mut reading = read_once(&reader, &survey);
    consequences(&reader, &survey, &mut reading);
    reading
}

fn read_once(reader: &Reader<'_>, survey: &Survey<'_>) -> Reading {
    let mut board = Board::default();
    let draft = intents::draft(reader, survey, &mut board);
    board.coverage.left_aside(&reader.aside);
    finish(reader.context, board, draft)
}

/// Most choices whose consequence is read ahead.
const CHOICES_AHEAD_MAX: usize = 8;

/// Where an answer completes the reading, the choice carries the whole scenario.
fn consequences(reader: &Reader<'_>, survey: &Survey<'_>, reading: &mut Reading) {
    let Some(open) = reading.clarifications.first_mut() else { return };
    for choice in open.choices.iter_mut().take(CHOICES_AHEAD_MAX) {
        let mut answers = reader.context.answers.clone();
        answers.insert(open.field.clone(), choice.id.clone());
        let context = Context { answers: &answers, ..*reader.context };
        let next = read_once(&reader.answered(&context), survey);
        if let (Status::Ready, Some(draft)) = (next.status, &next.scenario) {
            choice.patch = serde_json::to_value(draft).unwrap_or_default();
        }
    }
}

const READER: &str = "built-in";
const EXAMPLE: &str = "Say which program, what change and when, such as \"raise the … SPIFF 5% for Q3\"";

/// A question that cannot be read at all, and what to do about it.
fn unreadable(question: &str) -> Option<Finding> {
    let fail = |code: &str, message: String, hint: &str| Some(error(code, "question", message, hint));
    if question.trim().is_empty() {
        return fail("empty_question", "The question is empty".to_owned(), EXAMPLE);
    }
    let length = question.chars().count();
    if length > QUESTION_CHARS_MAX {
        let message = format!("The question has {length} characters; at most {QUESTION_CHARS_MAX} are read");
        return fail("question_too_long", message, "Ask a shorter question");
    }
    let hidden = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let at = question.chars().position(hidden)?;
    let message = format!("Character {} of the question is a control character", at + 1);
    fail("control_characters", message, "Type the question again without it")
}

/// Accounts for every word, checks the draft and says how the reading ended.
fn finish(context: &Context<'_>, mut board: Board, draft: Option<Draft>) -> Reading {
    let mut unused = board.coverage.words();
    if draft.is_none() {
        // Where reading stopped early, known words wait for the rest of it.
        unused = board.coverage.unknown();
    }
    if let Some(draft) = &draft {
        let checked = scenario::check(draft.clone(), context.company);
        let new: Vec<Finding> =
            checked.findings.into_iter().filter(|f| !board.findings.contains(f)).collect();
        board.findings.extend(new);
        let clean = board.clarifications.is_empty() && !board.failed();
        let heavy = board.coverage.heavy();
        if clean && !heavy.is_empty() {
            ask_about(context, &mut board, &heavy, draft);
        }
    }
    if draft.is_none() && !board.unsupported && !board.failed() && board.clarifications.is_empty() {
        board.findings.push(error(
            "no_change",
            "question",
            "The question could not be read".to_owned(),
            EXAMPLE,
        ));
    }
    let status = if board.unsupported {
        Status::Unsupported
    } else if board.failed() {
        Status::Failed
    } else if !board.clarifications.is_empty() {
        Status::NeedsClarification
    } else {
        Status::Ready
    };
    let understood = matches!(status, Status::Ready | Status::NeedsClarification);
    board.clarifications.truncate(1);
    conversation::number(&mut board.provenance);
    let mut chosen = conversation::chosen(context);
    chosen.extend(board.chosen);
    Reading {
        status,
        scenario: draft,
        reader: READER.to_owned(),
        unused_words: if understood || status == Status::Failed { unused } else { Vec::new() },
        provenance: board.provenance,
        clarifications: if understood { board.clarifications } else { Vec::new() },
        findings: board.findings,
        chosen,
    }
}

/// Words that would change the meaning were not understood: read it without them?
fn ask_about(context: &Context<'_>, board: &mut Board, heavy: &[String], draft: &Draft) {
    let company = context.company;
    let levers = draft.options.iter().flat_map(|o| &o.levers);
    let said: Vec<String> = levers.map(|l| scenario::describe(l, company)).collect();
    let what = if said.is_empty() { "the rest of the question".to_owned() } else { said.join(", ") };
    let who = scenario::audience::describe(&draft.audience, &company.catalog);
    let without = format!("Leave it out: {what}, {}, for {who}", draft.period.label);
    let choices = vec![desk::choice("ignore", without, serde_json::json!({})), desk::rephrase()];
    let words = heavy.join(" ");
    let (field, question) = if board.coverage.only_strangers() {
        ("audience", format!("I know no partner, tier or region {words:?}. Who is meant?"))
    } else {
        ("question", format!("I did not understand {words:?} here, and it may matter. What should I do?"))
    };
    match context.answers.get(field).map(String::as_str) {
        Some("ignore") => {
            board.provenance.push(conversation::answered(field));
        }
        Some("rephrase") => {
            let message = "The question is to be asked differently".to_owned();
            board.findings.push(error("rephrased", "question", message, "Ask again"));
        }
        _ => board.clarifications.push(Clarification { field: field.to_owned(), question, choices }),
    }
}
