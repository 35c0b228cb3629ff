//! Scores a reader on questions with expected readings (data/questions/README.md):
//! exact match, field accuracy, precision and recall of asking back, and the share
//! of silent errors with the upper end of its 95% interval. Pure: the caller reads
//! the files, runs the reader and measures the time.

mod compare;
mod score;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Status;

pub use compare::{Judgement, Verdict, judge};
pub use score::{Score, wilson_upper};

/// A question of a set: one line of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Unique in its file.
    pub id: String,
    /// The words.
    pub question: String,
    /// Earlier turns of the conversation, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub previous: Vec<String>,
    /// The partner who asks, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// What the reading must be.
    pub expect: Expected,
    /// Other readings that are as good.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accept: Vec<Expected>,
    /// Words to group by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// An expected reading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// How the reading ends.
    pub status: Status,
    /// Parts of the scenario, for `ready`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<Value>,
    /// The field asked about, for `needs_clarification`: a part of its path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// Reads a set: one JSON object a line, blank lines left out.
///
/// # Errors
/// The line, from 1, and what is wrong with it.
pub fn parse(text: &str) -> Result<Vec<Question>, (usize, String)> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(i, line)| serde_json::from_str(line).map_err(|e| (i + 1, e.to_string()))).collect()
}
