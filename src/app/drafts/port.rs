//! The port between the faces and the desk of drafts: what a page or the API may ask, in
//! plain values.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spiffcast_engine::finding::{Finding, Severity};
use spiffcast_engine::forecast::Quantity;
use spiffcast_engine::programs::revise::{BudgetLeft, Part};

use super::steps::{Action, Refusal, State};
use crate::app::port::AskError;
use crate::auth::Who;
use crate::store::StoreError;

/// Why something was not done with a draft.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// No draft, answer or file of that name.
    #[error("{0}")]
    NotFound(&'static str),
    /// Not now, or not by this one.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// What was handed in cannot become a draft: one sentence each.
    #[error("{}", .0.join("; "))]
    Unfit(Vec<String>),
    /// The checks of a scenario say no.
    #[error("the scenario does not pass the checks any more")]
    Findings(Vec<Finding>),
    /// Something that is needed does not answer.
    #[error("{0}")]
    Unavailable(String),
    /// A fault of ours; for the log.
    #[error("internal error: {0}")]
    Internal(String),
}

impl From<StoreError> for DraftError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<AskError> for DraftError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Findings(findings) => Self::Findings(findings),
            AskError::NotFound => Self::NotFound("There is no answer of this name."),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

/// What a draft holds, as the database keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Content {
    /// Label of the option.
    pub option: String,
    /// Label of the period.
    pub period: String,
    /// One a program.
    pub changes: Vec<Change>,
}

/// The change of one program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// Program.
    pub program: String,
    /// Its name.
    pub name: String,
    /// Digest over the versions of the program that the draft was made from.
    pub base: String,
    /// Budgets whose rest is shared between the files.
    pub budgets: Vec<BudgetLeft>,
    /// Whether the change has as much of it as the forecast says that it may pay; else all
    /// have it by their days.
    #[serde(default)]
    pub by_forecast: bool,
    /// By their days.
    pub files: Vec<VersionFile>,
}

/// A version file of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VersionFile {
    /// What it is in the change.
    pub part: Part,
    /// Its number.
    pub version: u32,
    /// The version that it was made from.
    pub base: u32,
    /// Where it stands: `programs/spiff-product-x/v4.md`.
    pub file: String,
    /// The proposed text.
    pub text: String,
    /// The text as it was generated: its terms are those of the option.
    pub generated: String,
    /// The text of the version that it was made from.
    pub before: String,
    /// What was left to the author when it was generated.
    pub left: Vec<String>,
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DraftLine {
    /// Identifier.
    pub id: String,
    /// In words.
    pub title: String,
    /// Where it is in its life.
    pub state: State,
    /// Login.
    pub author: String,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// Who approved or rejected it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<String>,
}

/// Everything about a draft.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DraftView {
    /// As in the list.
    #[serde(flatten)]
    pub line: DraftLine,
    /// The answer it was made from.
    pub answer: String,
    /// Which option of it, from 0.
    pub option: usize,
    /// One more with every change; who decides names the one seen.
    pub revision: i64,
    /// The draft that it takes up again.
    pub revises: Option<String>,
    /// Files with their texts.
    pub content: Content,
    /// What the checks say, under the rules that serve.
    pub checks: Checks,
    /// Why it does not fit the rules of today any more; null where it does.
    pub stale: Option<String>,
    /// Whether the rules that serve hold its files.
    pub serves: bool,
    /// What it accrues by month, by the forecast of the answer; the last row is the sum.
    pub impact: Vec<ImpactRow>,
    /// Currency of all money.
    pub currency: String,
    /// Whether data or rules are others now than those the answer was made from.
    pub answer_is_stale: bool,
    /// What was done with it and said about it, oldest first.
    pub thread: Vec<Said>,
    /// Where its files were put, relative to the data folder; null until it is approved.
    pub written_to: Option<String>,
}

/// A line of the thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Said {
    /// RFC 3339, UTC.
    pub at: String,
    /// Login.
    pub who: String,
    /// `drafted`, `edited`, `submitted`, `approved`, `rejected`, `withdrawn`, `revised`
    /// or `comment`.
    pub what: String,
    /// What was said; may be empty.
    pub words: String,
}

/// Payouts and fund accruals of a month.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ImpactRow {
    /// `2026-07`; `all` for the sum.
    pub month: String,
    /// Rules as they are.
    pub baseline: Quantity,
    /// With the change.
    pub option: Quantity,
    /// What the change does.
    pub difference: Quantity,
    /// The same three of accruals to funds, where there are any.
    pub funds: Option<[Quantity; 3]>,
}

/// What the checks say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Checks {
    /// How many of them are errors: such a draft is neither submitted nor approved.
    pub errors: usize,
    /// Errors first.
    pub findings: Vec<CheckFinding>,
    /// The payouts so far, settled with the files; null where they do not fit together.
    pub past: Option<PastCheck>,
    /// Sales of before, put into the days of the change; one a program.
    pub trials: Vec<TrialCheck>,
}

/// A finding about a file of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CheckFinding {
    /// How bad.
    pub severity: Severity,
    /// Which file; empty where it is about all of them.
    pub file: String,
    /// Line, from 1.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// Whether the past stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PastCheck {
    /// Payout lines so far of the programs concerned.
    pub lines: usize,
    /// Those that would be others.
    pub moved: usize,
}

/// Whether the files pay what the option pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TrialCheck {
    /// Program.
    pub program: String,
    /// Sale lines that were put into the days of the change.
    pub sales: usize,
    /// What the option's rules pay on them, decimal text.
    pub by_option: String,
    /// What the files pay, decimal text.
    pub by_files: String,
    /// Partners that are paid.
    pub partners: usize,
    /// Partners to whom the two pay different amounts.
    pub differ: usize,
    /// What budgets cut, decimal text: by the option's rules, by the files.
    pub cut: (String, String),
}

/// A change of texts: file to text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// The revision that was looked at.
    pub revision: i64,
    /// Which file, such as `programs/spiff-product-x/v4.md`.
    pub file: String,
    /// Its text, whole.
    pub text: String,
}

/// What a PRM is handed: the approved change as data.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Payload {
    /// `spiffcast.program-change`.
    pub kind: &'static str,
    /// Version of this format.
    pub format: u32,
    /// The draft.
    pub draft: String,
    /// In words.
    pub title: String,
    /// The answer it was made from.
    pub answer: String,
    /// Login of who made it.
    pub drafted_by: String,
    /// Login of who approved it.
    pub approved_by: String,
    /// RFC 3339, UTC.
    pub approved_at: String,
    /// One a version, by program and days.
    pub versions: Vec<PayloadVersion>,
}

/// One version of a payload.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PayloadVersion {
    /// Program.
    pub program: String,
    /// Name.
    pub name: String,
    /// Number.
    pub version: u32,
    /// What it is in the change.
    pub part: Part,
    /// What it pays, as `/api/v1/programs` says it.
    pub terms: serde_json::Value,
    /// Where its file stands.
    pub file: String,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// The file itself: front matter and clauses.
    pub markdown: String,
}

/// The desk of drafts.
#[async_trait]
pub trait Approvals: Send + Sync {
    /// Drafts, newest first; all, or those of a state.
    async fn drafts(&self, state: Option<State>) -> Result<Vec<DraftLine>, DraftError>;

    /// Everything about one.
    async fn draft(&self, id: &str) -> Result<DraftView, DraftError>;

    /// Makes one from an option of an answer; its identifier.
    async fn make(&self, who: &Who, answer: &str, option: usize) -> Result<String, DraftError>;

    /// Changes the text of a file.
    async fn edit(&self, who: &Who, id: &str, edit: Edit) -> Result<(), DraftError>;

    /// Submits, withdraws, approves, rejects or comments. `seen`: the revision that was
    /// looked at.
    async fn step(
        &self,
        who: &Who,
        id: &str,
        action: Action,
        seen: i64,
        words: &str,
    ) -> Result<(), DraftError>;

    /// Begins a new draft where a rejected or withdrawn one ended; its identifier.
    async fn revise(&self, who: &Who, id: &str) -> Result<String, DraftError>;

    /// The files of an approved draft as a zip that the import takes.
    async fn archive(&self, id: &str) -> Result<Vec<u8>, DraftError>;

    /// The approved change as data.
    async fn payload(&self, id: &str) -> Result<Payload, DraftError>;
}
