//! What reading a question gives: the draft, where each part came from, what has to
//! be asked and what was found. Data without behaviour.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::scenario::Draft;

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
    /// The regions that who asks is limited to.
    Regions {
        /// Their names.
        names: Vec<String>,
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

/// A choice that somebody made in the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Chosen {
    /// Path of the field that it settled.
    pub field: String,
    /// What was asked.
    pub question: String,
    /// Identifier of the choice.
    pub choice: String,
    /// Identifiers of all that could be chosen.
    pub among: Vec<String>,
}

impl Chosen {
    /// Whether it settles another question too: about the same part of a change, in the
    /// same words but for the figures, with the same choices. What says that words are to
    /// be left out holds for those words alone, and is no answer to others.
    pub fn settles(&self, open: &Clarification) -> bool {
        let part = |field: &str| field.rsplit('.').next().map(ToOwned::to_owned);
        let words = |text: &str| text.chars().filter(|c| c.is_alphabetic()).collect::<String>();
        let ids = || open.choices.iter().map(|c| &c.id);
        open.field.contains('.')
            && part(&self.field) == part(&open.field)
            && words(&self.question) == words(&open.question)
            && self.among.iter().eq(ids())
            && !matches!(self.choice.as_str(), "ignore" | "rephrase")
    }
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
    /// Choices made so far in the conversation, in order; the next questions go by them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chosen: Vec<Chosen>,
}
