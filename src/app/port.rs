//! The port between the faces and the chain: what a page, the API or a test may
//! ask of the copilot, in plain values. It must not know how an answer is made,
//! nor HTTP, terminals or storage.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spiffcast_engine::accuracy::given::{GivenArm, GivenScore};
use spiffcast_engine::accuracy::{FigureScores, TrackRecord};
use spiffcast_engine::calendar::Span;
use spiffcast_engine::company::Company;
use spiffcast_engine::earnings::why::SaleExplained;
use spiffcast_engine::earnings::{Outlook, Statement, WhatIf};
use spiffcast_engine::finding::Finding;
use spiffcast_engine::programs::ProgramVersion;
use spiffcast_engine::reading::Status;
use spiffcast_engine::scenario::{Draft, ExtraSale};
use tokio::sync::watch;

use super::programs::{ClauseFound, ClauseQuery};
use crate::answer::{Answer, ReportFormat};
use crate::auth::Who;
use crate::program_record::ProgramRecord;

/// A question with the choices made so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AskRequest {
    /// The question in words.
    pub question: String,
    /// Identifier of the answer that this question follows up on.
    #[serde(default)]
    pub conversation: Option<String>,
    /// Answers to clarifications: path of the field to the identifier of the choice.
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    /// Fields of the conversation's scenario to set instead of reading words: path of
    /// the field, as the provenance has it, to its value. A period may be text such as
    /// `Q4 2026`. The question is not read then.
    #[serde(default)]
    pub corrections: BTreeMap<String, serde_json::Value>,
    /// The partner who asks, or whom staff asks for. Never of a request's body: the
    /// faces set it from who is asking.
    #[serde(skip)]
    pub partner: Option<String>,
}

/// The steps of a question, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Looking up clauses and catalogue entries.
    Retrieve,
    /// Words to a draft.
    Read,
    /// Draft to a checked scenario.
    Check,
    /// Playing both arms.
    Simulate,
    /// Saying it in words.
    Tell,
    /// Forecasting past changes again; no part of a question.
    Backtest,
    /// Reading, checking and keeping files that were sent; no part of a question.
    Files,
    /// Learning from them; no part of a question.
    Learn,
}

impl Stage {
    /// The five of a question, in order.
    pub const ALL: [Self; 5] = [Self::Retrieve, Self::Read, Self::Check, Self::Simulate, Self::Tell];

    /// The word of the events and the pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retrieve => "retrieve",
            Self::Read => "read",
            Self::Check => "check",
            Self::Simulate => "simulate",
            Self::Tell => "tell",
            Self::Backtest => "backtest",
            Self::Files => "files",
            Self::Learn => "learn",
        }
    }
}

/// How far an answer has come.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Step {
    /// The stage at work.
    pub stage: Stage,
    /// Share of this stage that is done, 0 to 1.
    pub done: f64,
}

/// Where the chain says how far it is and hears that nobody waits any longer.
/// Cheap to clone; all clones are one.
#[derive(Debug, Clone)]
pub struct Progress {
    step: Arc<watch::Sender<Step>>,
    cancelled: Arc<AtomicBool>,
}

impl Default for Progress {
    fn default() -> Self {
        let start = Step { stage: Stage::Retrieve, done: 0.0 };
        Self { step: Arc::new(watch::Sender::new(start)), cancelled: Arc::default() }
    }
}

impl Progress {
    /// A progress that nobody has reported to yet. Use it as it is where nobody
    /// watches.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says how far a stage is; `done` outside 0 to 1 is brought back into it.
    pub fn report(&self, stage: Stage, done: f64) {
        let done = if done.is_finite() { done.clamp(0.0, 1.0) } else { 0.0 };
        self.step.send_replace(Step { stage, done });
    }

    /// Watches the steps. Slow watchers miss steps in between, never the last.
    pub fn subscribe(&self) -> watch::Receiver<Step> {
        self.step.subscribe()
    }

    /// Asks the chain to stop.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether the chain should stop. Long loops look at it between blocks.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// [`AskError::Cancelled`] once [`Progress::cancel`] was called: `progress.check()?`
    /// between two steps.
    pub fn check(&self) -> Result<(), AskError> {
        if self.is_cancelled() { Err(AskError::Cancelled) } else { Ok(()) }
    }
}

/// One line of the list of recent answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecentAnswer {
    /// Identifier of the answer.
    pub id: String,
    /// The question, or the label of the scenario that was handed in.
    pub title: String,
    /// The headline, where there is one.
    pub headline: Option<String>,
    /// How the reading ended.
    pub status: Status,
    /// RFC 3339, UTC.
    pub created_at: String,
}

/// Which kept answers are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ScenarioQuery {
    /// Words of the question, the headline, the note or the tags.
    pub text: String,
    /// A tag.
    pub tag: Option<String>,
    /// Which of them.
    pub shelf: Shelf,
    /// Page, from 0.
    pub page: usize,
}

/// Which kept answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shelf {
    /// All but what was put away.
    #[default]
    Current,
    /// Made from data or rules that are others now.
    Stale,
    /// Put away.
    Archived,
}

/// Kept answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ScenarioList {
    /// Newest first, a page of them.
    pub scenarios: Vec<KeptAnswer>,
    /// How many there are in all.
    pub total: usize,
    /// Every tag in use.
    pub tags: Vec<String>,
}

/// A kept answer with what was said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KeptAnswer {
    /// Identifier of the answer.
    pub id: String,
    /// The question, or the label of the scenario that was handed in.
    pub title: String,
    /// The headline, where there is one.
    pub headline: Option<String>,
    /// How the reading ended.
    pub status: Status,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// What somebody wrote about it.
    pub note: String,
    /// Sorted.
    pub tags: Vec<String>,
    /// Whether it was put away.
    pub archived: bool,
    /// Whether data, rules or priors are others now than those it was made from.
    pub stale: bool,
}

/// What somebody says about an answer; takes the place of what was said before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Annotation {
    /// Free text.
    pub note: String,
    /// Up to twelve.
    pub tags: Vec<String>,
    /// Puts it away, or back.
    pub archived: bool,
}

/// How good forecasts have been here: the JSON of `/api/v1/accuracy`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AccuracyReport {
    /// Whether the track record is there.
    pub state: RecordState,
    /// When it was made, RFC 3339, UTC.
    pub made_at: Option<String>,
    /// Past changes and past sales, forecast again; null until it is computed.
    pub record: Option<TrackRecord>,
    /// Scores over `forecasts`.
    pub ledger: LedgerScores,
    /// Forecasts given here: scored ones first, then those that wait, each newest first.
    pub forecasts: Vec<LedgerEntry>,
}

/// Whether the track record of the data that serves is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordState {
    /// Nobody has asked for it yet.
    NotComputed,
    /// It is being made.
    Running,
    /// It is there.
    Computed,
}

/// A forecast that was given here.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LedgerEntry {
    /// Identifier of the last answer that gave it.
    pub answer: String,
    /// The question, or the label of the scenario.
    pub title: String,
    /// RFC 3339, UTC.
    pub asked_at: String,
    /// How many answers gave it.
    pub times: usize,
    /// Last day of the data it was made from.
    pub as_of: NaiveDate,
    /// The days asked about.
    pub period: Span,
    /// The changed programs.
    pub programs: Vec<String>,
    /// What was said: the rules as they were, then the options.
    pub arms: Vec<GivenArm>,
    /// What came; null until the period is over.
    pub score: Option<GivenScore>,
}

/// Scores over the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LedgerScores {
    /// Forecasts that were held against what came.
    pub scored: usize,
    /// Forecasts whose period is not over.
    pub waiting: usize,
    /// Units.
    pub units: FigureScores,
    /// Payouts.
    pub payout: FigureScores,
}

/// Why there is no answer. A question that was read but cannot be simulated
/// (`needs_clarification`, `unsupported`, `failed`) is an [`Answer`], not an error.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The request itself is not acceptable: an empty question, a draft that does
    /// not pass the checks.
    #[error("{}", told(.0))]
    Findings(Vec<Finding>),
    /// Nothing of that name.
    #[error("not found")]
    NotFound,
    /// Something that is needed does not answer; says what, for people.
    #[error("{0}")]
    Unavailable(String),
    /// Somebody cancelled.
    #[error("cancelled")]
    Cancelled,
    /// A fault of ours. The detail belongs in the log, never on a page.
    #[error("internal error: {0}")]
    Internal(String),
}

fn told(findings: &[Finding]) -> String {
    let lines: Vec<&str> = findings.iter().map(|f| f.message.as_str()).collect();
    lines.join("; ")
}

/// What the faces may ask of the chain.
#[async_trait]
pub trait Copilot: Send + Sync {
    /// The same copilot on somebody's behalf: what it makes is theirs, what it shows is
    /// what they may see. Faces ask through this one alone, once they know who asks.
    fn on_behalf_of(self: Arc<Self>, who: Arc<Who>) -> Arc<dyn Copilot>;

    /// Answers a question. Every answer that is returned is kept and found again
    /// by [`Copilot::answer`], whatever the status of its reading.
    async fn ask(&self, request: AskRequest, progress: Progress) -> Result<Answer, AskError>;

    /// Answers a scenario that was handed in; findings as an error.
    async fn simulate(&self, draft: Draft, progress: Progress) -> Result<Answer, AskError>;

    /// A kept answer.
    async fn answer(&self, id: &str) -> Result<Option<Answer>, AskError>;

    /// Kept answers, found by words, tag and shelf.
    async fn scenarios(&self, query: ScenarioQuery) -> Result<ScenarioList, AskError>;

    /// What is known of a kept answer besides itself.
    async fn kept(&self, id: &str) -> Result<Option<KeptAnswer>, AskError>;

    /// Keeps what somebody says about an answer.
    async fn annotate(&self, id: &str, said: Annotation) -> Result<(), AskError>;

    /// Makes an answer again with the data and rules of today.
    async fn again(&self, id: &str, progress: Progress) -> Result<Answer, AskError>;

    /// A kept answer once more under a name of its own, with its note and tags; gives the
    /// new identifier.
    async fn duplicate(&self, id: &str) -> Result<String, AskError>;

    /// Sets the options of several answers side by side.
    async fn compare(&self, ids: Vec<String>, progress: Progress) -> Result<Answer, AskError>;

    /// The last answers, newest first.
    async fn recent(&self, limit: usize) -> Result<Vec<RecentAnswer>, AskError>;

    /// Catalogue, programs with clauses, as-of.
    fn company(&self) -> Arc<Company>;

    /// Clauses that speak of something, best first.
    async fn clauses(&self, query: ClauseQuery) -> Result<Vec<ClauseFound>, AskError>;

    /// What a program cost and returned; `None` while it is being worked out.
    async fn program_record(&self, program: &str) -> Result<Option<Arc<ProgramRecord>>, AskError>;

    /// Five example questions from the user's own catalogue.
    fn examples(&self) -> Vec<String>;

    /// The name of the company that stands on documents, where the settings have one.
    fn company_name(&self) -> Option<String> {
        None
    }

    /// What people should know on every page: a degraded part, the demo company.
    fn notices(&self) -> Vec<String>;

    /// Units a month of the products that an answer is about, among the partners
    /// its changes reach, oldest first, up to 18 whole months: (`2026-05`, units).
    fn actuals(&self, answer: &Answer) -> Vec<(String, f64)>;

    /// How good forecasts have been here.
    async fn accuracy(&self) -> Result<AccuracyReport, AskError>;

    /// Makes the track record, where it is not there yet.
    async fn backtest(&self, progress: Progress) -> Result<(), AskError>;

    /// A partner's statement, of all periods or of one as people type it.
    async fn statement(&self, partner: &str, period: Option<String>) -> Result<Statement, AskError>;

    /// What more sales would pay a partner.
    async fn what_if(&self, partner: &str, extra: Vec<ExtraSale>) -> Result<WhatIf, AskError>;

    /// What a partner's quarter will probably pay, with imagined sales where some are given.
    async fn outlook(&self, partner: &str, extra: Vec<ExtraSale>) -> Result<Outlook, AskError>;

    /// The text of a program version, where the partner may read it; nothing about funds.
    async fn own_rules(&self, partner: &str, program: &str, version: u32)
    -> Result<ProgramVersion, AskError>;

    /// The statement of a period and the outlook as a document.
    async fn partner_report(&self, partner: &str, period: Option<String>) -> Result<Vec<u8>, AskError>;

    /// Why a partner's sale was counted or not.
    async fn why(&self, partner: &str, transaction: &str) -> Result<SaleExplained, AskError>;

    /// The report of an answer as a file.
    async fn report(&self, answer: Answer, format: ReportFormat) -> Result<Vec<u8>, AskError>;

    /// Tells the audit trail that a file is about to leave: what it is of (an answer, a
    /// partner, a draft), its name, and the digest of its bytes. Where the trail cannot
    /// take it, nothing leaves.
    async fn exported(&self, subject: &str, file: &str, bytes: &[u8]) -> Result<(), AskError>;
}
