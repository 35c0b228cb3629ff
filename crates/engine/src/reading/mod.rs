//! The built-in reader: words to a draft, with the span each part came from. It
//! knows the language of incentive questions and, of the company, only what the
//! catalogue and the program files say. It must not guess between two close
//! matches, and never drops a word that carries weight without saying so.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::company::Company;
use crate::finding::{Finding, Severity};
use crate::scenario::findings::error;
use crate::scenario::{self, Draft};

mod amount;
mod assemble;
mod audiences;
mod coverage;
mod days;
mod desk;
mod ground;
mod intents;
mod lexicon;
mod lists;
mod names;
mod numbers;
mod operations;
mod periods;
mod place;
mod programs;
mod sheet;
mod spans;
mod spelling;
mod subject;
mod terms;
#[cfg(test)]
mod tests;
mod token;
mod when;
mod years;

pub use ground::{Cited, ground};

use desk::Desk;
use sheet::{Sheet, Use};

/// How reading ended. Four different things, never one masking another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A scenario stands.
    Ready,
    /// Somebody must choose.
    NeedsClarification,
    /// Understood to be outside of what can be answered.
    Unsupported,
    /// Could not be read, or what it says is not allowed.
    Failed,
}

/// Where a field of the draft came from. `source` is `question`, `rule`,
/// `conversation` or `default`; the other fields follow from it. Offsets count
/// Unicode scalar values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum Source {
    /// Words of the question.
    Question {
        /// First character.
        start: usize,
        /// One past the last.
        end: usize,
        /// The words.
        text: String,
    },
    /// A clause of a rule.
    Rule {
        /// Program.
        program: String,
        /// Version.
        version: u32,
        /// Clause number.
        clause: String,
    },
    /// An earlier turn of the conversation.
    Conversation {
        /// Turn, from 1.
        turn: usize,
    },
    /// A named default.
    Default {
        /// Why.
        reason: String,
    },
}

/// A field and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Provenance {
    /// Path of the field.
    pub field: String,
    /// Its source.
    #[serde(flatten)]
    pub source: Source,
}

/// A question back, with choices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Clarification {
    /// Path of the uncertain field.
    pub field: String,
    /// The question to the person.
    pub question: String,
    /// At least two, or none where free text is wanted.
    pub choices: Vec<Choice>,
}

/// One answer to a clarification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Choice {
    /// Stable within the clarification.
    pub id: String,
    /// With its consequence in figures.
    pub label: String,
    /// What it sets: paths of the draft to values.
    pub patch: serde_json::Value,
}

/// What reading a question gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reading {
    /// How it ended.
    pub status: Status,
    /// The checked scenario when `ready`; the best draft so far, or null, otherwise.
    pub scenario: Option<Draft>,
    /// `built-in` or `llm`; `none` for a scenario that was handed in as data.
    pub reader: String,
    /// Words that carry weight and were not used.
    pub unused_words: Vec<String>,
    /// One or more entries a field.
    pub provenance: Vec<Provenance>,
    /// Open questions.
    pub clarifications: Vec<Clarification>,
    /// Everything the checks found.
    pub findings: Vec<Finding>,
}

/// What a question is read against.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The names, the rules and the day.
    pub company: &'a Company,
    /// Answers to clarifications: field to the identifier of the choice.
    pub answers: &'a BTreeMap<String, String>,
    /// The last scenario of the conversation.
    pub previous: Option<&'a Draft>,
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
        };
    }
    let (mut desk, parts, past) = recognise(question, context);
    let found = intents::Found {
        mentions: &parts.mentions,
        numbers: &parts.numbers,
        periods: &parts.periods,
        ops: &parts.ops,
    };
    let draft = match intents::beyond_one_change(&desk.sheet, &found, past) {
        Some(beyond) => {
            desk.outside(beyond.code, beyond.message.to_owned(), beyond.hint);
            None
        }
        None if changes_nothing(&desk.sheet, &parts) => {
            let message = "The question names no change of a program".to_owned();
            desk.fail("no_change", "question", message, EXAMPLE);
            None
        }
        None => assemble::one_change(&mut desk, parts),
    };
    finish(desk, draft)
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

/// Runs every recogniser, longest names first.
fn recognise<'a>(question: &str, context: &'a Context<'a>) -> (Desk<'a>, assemble::Parts, bool) {
    let company = context.company;
    let index = names::Index::of(company);
    let mut tokens = token::tokens(question);
    // Polite and vague words may stand anywhere, even inside "from … 15 July".
    tokens.retain(|t| !lexicon::NOISE.contains(&t.word.as_str()));
    spelling::correct(&mut tokens, &index);
    let mut sheet = Sheet::new(company, question, tokens);
    let mut mentions = names::long(&mut sheet, &index);
    let back = intents::looks_back(&sheet);
    let almanac = days::Almanac { today: company.today(), calendar: company.calendar, past: back };
    let periods = periods::find(&mut sheet, &almanac);
    let numbers = numbers::find(&mut sheet);
    mentions.extend(names::short(&mut sheet, &index));
    mentions.extend(names::partners(&mut sheet, &index));
    mentions.sort_by_key(|m| m.at.start);
    let ops = operations::find(&mut sheet);
    for i in 0..sheet.len() {
        // "why don't we", "why not": a way of asking, not a negation.
        if sheet.word(i) == "why" && sheet.is(i + 1, lexicon::NEGATION) {
            sheet.claim(i..i + 2, Use::Idle);
        }
    }
    let parts = assemble::Parts { mentions, numbers, ops, periods };
    (Desk::new(context, sheet, almanac), parts, back)
}

fn changes_nothing(sheet: &Sheet<'_>, parts: &assemble::Parts) -> bool {
    use operations::Verb;
    let switched = sheet.has(&["marginal", "retroactive", "only"]);
    !switched && parts.numbers.is_empty() && parts.ops.iter().all(|o| matches!(o.verb, Verb::Be | Verb::Set))
}

/// Accounts for every word, checks the draft and says how the reading ended.
fn finish(mut desk: Desk<'_>, draft: Option<Draft>) -> Reading {
    let mut unused = coverage::unused(&desk.sheet);
    if draft.is_none() {
        // Where reading stopped early, known words wait for the rest of it.
        unused.words.retain(|w| !lexicon::known(&w.to_lowercase()));
    }
    if let Some(draft) = &draft {
        let checked = scenario::check(draft.clone(), desk.context.company);
        desk.findings.extend(checked.findings);
        let clean = desk.clarifications.is_empty() && !failed(&desk.findings);
        if clean && !unused.heavy.is_empty() {
            ask_about(&mut desk, &unused.heavy, draft);
        }
    }
    let status = if desk.unsupported {
        Status::Unsupported
    } else if failed(&desk.findings) {
        Status::Failed
    } else if !desk.clarifications.is_empty() {
        Status::NeedsClarification
    } else if draft.is_some() {
        Status::Ready
    } else {
        desk.fail("no_change", "question", "The question could not be read".to_owned(), EXAMPLE);
        Status::Failed
    };
    let understood = matches!(status, Status::Ready | Status::NeedsClarification);
    Reading {
        status,
        scenario: draft,
        reader: READER.to_owned(),
        unused_words: if understood || status == Status::Failed { unused.words } else { Vec::new() },
        provenance: desk.provenance,
        clarifications: if understood { desk.clarifications } else { Vec::new() },
        findings: desk.findings,
    }
}

fn failed(findings: &[Finding]) -> bool {
    findings.iter().any(|f| f.severity == Severity::Error)
}

/// Words that would change the meaning were not understood: read it without them?
fn ask_about(desk: &mut Desk<'_>, heavy: &[String], draft: &Draft) {
    let company = desk.context.company;
    let levers = draft.options.iter().flat_map(|o| &o.levers);
    let said: Vec<String> = levers.map(|l| scenario::describe(l, company)).collect();
    let who = scenario::audience::describe(&draft.audience, &company.catalog);
    let without = format!("Leave it out: {}, {}, for {who}", said.join(", "), draft.period.label);
    let choices = vec![desk::choice("ignore", without, serde_json::json!({})), desk::rephrase()];
    let question =
        format!("I did not understand {:?} here, and it may matter. What should I do?", heavy.join(" "));
    if desk.ask("question", question, choices).as_deref() == Some("rephrase") {
        desk.fail("rephrased", "question", "The question is to be asked differently".to_owned(), "Ask again");
    }
}
