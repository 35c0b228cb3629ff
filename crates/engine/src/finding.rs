//! What a check found. A check never stops at the first problem: it returns all
//! of them, each saying what is wrong, where, and what to do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Cannot go on.
    Error,
    /// Goes on, but somebody should look.
    Warning,
    /// Worth knowing.
    Info,
}

/// A finding about a scenario or a reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// Stable snake_case code, for programs.
    pub code: String,
    /// Path of the field, such as `options[0].levers[0].value`.
    pub field: String,
    /// What is wrong, for people.
    pub message: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

impl Finding {
    /// What is wrong and what to do, as sentences.
    pub fn said(&self) -> String {
        let parts = [&self.message, &self.hint].map(|part| part.trim());
        let ended = |part: &str| if part.ends_with(['.', '?', '!', ':']) { "" } else { "." };
        let sentences =
            parts.iter().filter(|part| !part.is_empty()).map(|part| format!("{part}{}", ended(part)));
        sentences.collect::<Vec<String>>().join(" ")
    }
}

/// A finding about a file that was handed in: a table or a program version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFinding {
    /// How bad.
    pub severity: Severity,
    /// Name of the file, relative to the folder that was imported.
    pub file: String,
    /// Line in the file, from 1, where known.
    pub line: Option<usize>,
    /// Column or key, where it matters.
    pub column: Option<String>,
    /// The offending value, shortened.
    pub value: Option<String>,
    /// What is wrong and what was expected.
    pub message: String,
}

impl SourceFinding {
    /// An error in a file.
    pub fn error(file: impl Into<String>, line: Option<usize>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            file: file.into(),
            line,
            column: None,
            value: None,
            message: message.into(),
        }
    }

    /// A warning about a file.
    pub fn warning(file: impl Into<String>, line: Option<usize>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(file, line, message) }
    }

    /// Adds the column and the value.
    pub fn at(mut self, column: impl Into<String>, value: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self.value = Some(value.into());
        self
    }
}

impl std::fmt::Display for SourceFinding {
    /// `error transactions.csv:17 sold_on "2026-02-30": not a date; expected YYYY-MM-DD`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        write!(f, "{severity} {}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, " {column}")?;
        }
        if let Some(value) = &self.value {
            write!(f, " {value:?}")?;
        }
        write!(f, ": {}", self.message)
    }
}
