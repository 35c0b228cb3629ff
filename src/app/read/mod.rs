//! Who reads (DESIGN.md, "The way of a question"). Under `auto` the built-in reader
//! reads first, and the language model where that is not certain and no choice settles
//! it; under `llm` the model reads first. A model's draft counts only when it passes the
//! checks and every part of it is grounded; where it differs from what the built-in
//! reader understood, the person is asked with both shown. Otherwise the built-in
//! reading stands, and the reading says so.

mod accept;
mod differ;
mod told;

use std::collections::BTreeMap;
use std::sync::Arc;

use spiffcast_engine::company::Company;
use spiffcast_engine::finding::{Finding, Severity};
use spiffcast_engine::reading::{self, Context, Names, Reading, Status};

use super::port::{AskError, Copilot};
use crate::config::ReaderPolicy;
use crate::language::{Candidates, CitedClause, LanguageError, LanguageModel, Question, Usage};
use crate::retrieval::Retriever;
use crate::state::State;

pub use told::{answerable, cannot_simulate, handed_in, not_simulated};

/// What reading needs: who reads, and what about.
#[derive(Clone)]
pub struct Readers {
    /// The names, the rules and the day.
    pub company: Arc<Company>,
    /// The names of that company.
    pub names: Arc<Names>,
    /// Search over clauses and catalogue, for the language model.
    pub retriever: Arc<dyn Retriever>,
    /// The language model, where one is connected.
    pub language: Option<LanguageModel>,
    /// Who reads first.
    pub policy: ReaderPolicy,
}

impl Readers {
    /// Those of a running Spiffcast.
    pub fn of(state: &State) -> Self {
        Self {
            company: Arc::clone(state.company()),
            names: Arc::clone(state.names()),
            retriever: Arc::clone(&state.retriever),
            language: state.language.clone(),
            policy: state.settings.reader,
        }
    }

    /// The model, where the policy lets it read.
    pub fn second(&self) -> Option<&LanguageModel> {
        self.language.as_ref().filter(|_| self.policy != ReaderPolicy::BuiltIn)
    }
}

/// A question as it is read.
#[derive(Debug, Clone, Copy)]
pub struct ToRead<'a> {
    /// The words.
    pub question: &'a str,
    /// Answers to clarifications: field to the identifier of the choice.
    pub answers: &'a BTreeMap<String, String>,
    /// The last reading of the conversation.
    pub previous: Option<&'a Reading>,
    /// The partner who asks, where one does.
    pub partner: Option<&'a str>,
}

/// What was retrieved for a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retrieved {
    /// Clauses that may govern it.
    pub clauses: Vec<CitedClause>,
    /// Names that it may mean.
    pub near: Candidates,
}

/// A reading and, where a model was asked, which and what it took.
pub struct Read {
    /// The reading.
    pub reading: Reading,
    /// Name of the model that read.
    pub model: Option<String>,
    /// What asking the model took, whether or not its reading was taken.
    pub usage: Usage,
}

/// Field of the clarification between two readings.
const BETWEEN: &str = "reader";

/// The reading of the conversation's last answer, for follow-ups.
pub async fn previous(state: &State, conversation: Option<&str>) -> Result<Option<Reading>, AskError> {
    let Some(id) = conversation else { return Ok(None) };
    Ok(Copilot::answer(state, id).await?.map(|answer| answer.reading))
}

/// Reads a question under the policy.
pub async fn read(readers: &Readers, asked: ToRead<'_>, found: &Retrieved) -> Read {
    let chosen = asked.answers.get(BETWEEN).map(String::as_str);
    let answers = settled(asked.answers, chosen);
    let ToRead { question, previous, partner, .. } = asked;
    let context =
        Context { company: &readers.company, names: &readers.names, answers: &answers, previous, partner };
    let mut own = reading::read(question, &context);
    let settled_here = matches!(chosen, Some("built-in" | "rephrase"));
    match readers.second() {
        _ if settled_here => {}
        Some(model) if wants_second_reader(&own, readers.policy) => {
            return second_reader(&context, model, question, found, own, chosen).await;
        }
        None if readers.policy == ReaderPolicy::Llm => own.findings.push(no_model()),
        _ => {}
    }
    Read { reading: own, model: None, usage: Usage::default() }
}

/// A choice between readings, as an answer that the built-in reader knows.
fn settled(answers: &BTreeMap<String, String>, chosen: Option<&str>) -> BTreeMap<String, String> {
    let mut answers = answers.clone();
    let choice = match chosen {
        Some("built-in") => "ignore",
        Some("rephrase") => "rephrase",
        _ => return answers,
    };
    answers.insert("question".to_owned(), choice.to_owned());
    answers
}

/// A choice between meanings belongs to the person, what is outside of what can be
/// answered stays there, and what cannot be a question at all is not sent anywhere.
/// Words that were not understood (`question`) are what a second reader is for; a
/// certain reading needs none unless the model is to read first.
fn wants_second_reader(own: &Reading, policy: ReaderPolicy) -> bool {
    let open_choice = own.clarifications.iter().any(|c| !c.choices.is_empty() && c.field != "question");
    let unreadable = ["empty_question", "question_too_long", "control_characters", "rephrased"];
    let hopeless = own.findings.iter().any(|f| unreadable.contains(&f.code.as_str()));
    let certain = own.status == Status::Ready && policy != ReaderPolicy::Llm;
    !certain && !open_choice && !hopeless && own.status != Status::Unsupported
}

async fn second_reader(
    context: &Context<'_>,
    model: &LanguageModel,
    words: &str,
    found: &Retrieved,
    mut own: Reading,
    chosen: Option<&str>,
) -> Read {
    let company = context.company;
    let question = Question {
        text: words,
        clauses: &found.clauses,
        near: &found.near,
        previous: context.previous.and_then(|reading| reading.scenario.as_ref()),
    };
    let take = |draft| accept::accept(context, words, &found.clauses, &own, draft);
    let said = model.read(&question, company, take).await;
    let named = Some(model.name().to_owned());
    let (reading, model) = match said.result {
        Ok(accepted) => match differ::weigh(company, words, &own, &accepted, chosen) {
            differ::Weighed::Taken => (accept::reading(accepted, &own, words), named),
            differ::Weighed::Open(clarification) => {
                own.clarifications = vec![clarification];
                (own, named)
            }
            differ::Weighed::Refused(why) => {
                own.findings.push(refused(&why));
                (own, None)
            }
        },
        Err(error) => {
            own.findings.push(stood_in(&error));
            (own, None)
        }
    };
    Read { reading, model, usage: said.usage }
}

fn refused(why: &str) -> Finding {
    let message = format!("The language model's reading was refused: {why}.");
    note("llm_reading_refused", message, "The built-in reader's reading is shown.")
}

fn stood_in(error: &LanguageError) -> Finding {
    if let Some(detail) = error.detail() {
        tracing::warn!("language model endpoint: {detail}");
    }
    match error {
        LanguageError::Checks(wrong) => refused(&accept::for_people(wrong)),
        _ => note("llm_not_used", format!("{error}."), "The built-in reader stood in."),
    }
}

fn no_model() -> Finding {
    let message = "The language model is to read first, and none is connected.".to_owned();
    note("llm_not_connected", message, "The built-in reader stood in. See docs/LANGUAGE_MODELS.md.")
}

fn note(code: &str, message: String, hint: &str) -> Finding {
    Finding {
        severity: Severity::Info,
        code: code.to_owned(),
        field: "reader".to_owned(),
        message,
        hint: hint.to_owned(),
    }
}
