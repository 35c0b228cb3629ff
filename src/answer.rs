//! What an answer is: the JSON of `ask --json` and of the API (DESIGN.md, "What
//! comes back"). Field order is part of the contract: same inputs, same bytes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spiffcast_engine::earnings::standing::Standing;
use spiffcast_engine::earnings::statement::PeriodDue;
use spiffcast_engine::earnings::{Outlook, WhatIf};
use spiffcast_engine::forecast::Forecast;
use spiffcast_engine::reading::Reading;

/// An answered question, or one that needs a choice first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Answer {
    /// The only part that differs between two runs of the same bundle.
    pub run: Run,
    /// How the question was read. `ready` when there is a forecast.
    pub reading: Reading,
    /// Null unless the reading is ready and the intent is simulated.
    pub forecast: Option<Forecast>,
    /// A partner's own earnings, for questions about them; left out otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earnings: Option<Earnings>,
    /// The answer in words; null where there is nothing to tell.
    pub summary: Option<Summary>,
    /// The clauses that govern the answer.
    pub citations: Vec<Citation>,
    /// What reproduces it.
    pub bundle: Bundle,
}

/// What one partner has earned, how far its next marks are and what more sales would
/// pay: exact. The outlook alone is a forecast, and says so at each amount.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Earnings {
    /// Partner identifier.
    pub partner: String,
    /// Its name.
    pub name: String,
    /// Last day of the data.
    pub as_of: chrono::NaiveDate,
    /// The month whose sales are not all in, `2026-07`.
    pub open_month: String,
    /// Currency of all money.
    pub currency: String,
    /// What is due for the quarter that holds the last day of the data.
    pub current: PeriodDue,
    /// Programs that run today, and how far their next marks are.
    pub standings: Vec<Standing>,
    /// What the imagined sales would pay; null where none were asked about.
    pub what_if: Option<WhatIf>,
    /// What the quarter will probably pay, with the imagined sales where there are some: a
    /// forecast beside what is settled. Null in answers from before there was one.
    #[serde(default)]
    pub outlook: Option<Outlook>,
}

/// When and under which name it was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// Identifier, sortable by time.
    pub id: String,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// The question as asked; null for a scenario handed in.
    pub question: Option<String>,
    /// The answer that this one follows up on or corrects; null for the first of a
    /// conversation.
    #[serde(default)]
    pub follows: Option<String>,
    /// The partner it was asked as, or for; left out where none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// What the language model took; left out where none was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Tokens>,
}

/// What asking a language model took, reading and wording together, as its endpoint
/// counts it; zero where it does not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tokens {
    /// Requests that were answered.
    pub requests: u64,
    /// Tokens sent.
    pub prompt: u64,
    /// Tokens received.
    pub completion: u64,
}

/// Plain language, numbers only from the forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// One sentence.
    pub headline: String,
    /// A paragraph.
    pub text: String,
    /// `template` or `llm`.
    pub author: String,
}

/// A clause, quoted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Citation {
    /// Program.
    pub program: String,
    /// Version.
    pub version: u32,
    /// Clause number.
    pub clause: String,
    /// Its words.
    pub quote: String,
}

/// Digests and settings that give the same answer again, byte for byte.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bundle {
    /// Of the tables.
    pub data: String,
    /// Of the program files.
    pub rules: String,
    /// Of the checked scenario; null without one.
    pub scenario: Option<String>,
    /// Of the user's priors.
    pub priors: String,
    /// Of the settings that matter to the answer.
    pub settings: String,
    /// Seed of the draws.
    pub seed: u64,
    /// Number of draws.
    pub draws: usize,
    /// Version of the engine.
    pub engine: String,
    /// `built-in` or `llm`; `none` for a scenario that was handed in as data.
    pub reader: String,
    /// Model name, where one read or told.
    pub model: Option<String>,
    /// Of the track record that `forecast.accuracy` is a line of; null without one.
    #[serde(default)]
    pub track_record: Option<String>,
    /// The regions whose partners alone it was made for and its figures count, sorted; left
    /// out where it is of the whole company.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
}

/// Formats of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportFormat {
    /// Comma-separated values.
    Csv,
    /// Markdown.
    Markdown,
    /// A workbook.
    Xlsx,
    /// JSON.
    Json,
    /// A document for paper and screens.
    Pdf,
}

impl ReportFormat {
    /// The format that a file extension names.
    pub fn from_extension(extension: &str) -> Option<Self> {
        match extension {
            "csv" => Some(Self::Csv),
            "md" => Some(Self::Markdown),
            "xlsx" => Some(Self::Xlsx),
            "json" => Some(Self::Json),
            "pdf" => Some(Self::Pdf),
            _ => None,
        }
    }

    /// The extension, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Markdown => "md",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
            Self::Pdf => "pdf",
        }
    }

    /// The media type that HTTP names it by.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
            Self::Pdf => "application/pdf",
        }
    }
}
