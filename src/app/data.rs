//! What serves: how much of it there is, what somebody should look at, how complete the
//! last months are; and the port by which the faces bring in other data. It does not
//! read files.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use chrono::NaiveDate;
use spiffcast_engine::baseline::reporting_lag;
use spiffcast_engine::calendar::Month;
use spiffcast_engine::company::Company;
use spiffcast_engine::finding::SourceFinding;
use spiffcast_engine::programs::reconcile::Reconciliation;
use spiffcast_engine::sales::LineKind;

use super::port::{AskError, Progress};
use super::upload::Upload;
use crate::auth::Who;

/// The data that serves.
#[derive(Debug, Clone)]
pub struct DataReport {
    /// Whether it is the demo company.
    pub demo: bool,
    /// Last day.
    pub as_of: NaiveDate,
    /// Currency of all money.
    pub currency: String,
    /// Digest of the tables.
    pub tables: String,
    /// Digest of the program files.
    pub rules: String,
    /// How many there are of what: (`partners`, 240).
    pub counts: Vec<(&'static str, usize)>,
    /// Month by month, oldest first.
    pub months: Vec<MonthCoverage>,
    /// What somebody should look at.
    pub warnings: Vec<SourceFinding>,
    /// Whether there is a set to go back to.
    pub has_previous: bool,
    /// How the last import through this server ended.
    pub last: Option<LastImport>,
}

/// What there is of one month.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthCoverage {
    /// Which.
    pub month: Month,
    /// Transaction lines, returns left out.
    pub lines: usize,
    /// Partners that sold.
    pub partners: usize,
    /// Share of its units expected to be reported by now, 0 to 1.
    pub reported: f64,
}

/// How an import ended.
#[derive(Debug, Clone, PartialEq)]
pub enum LastImport {
    /// It serves.
    Done {
        /// When, RFC 3339, UTC.
        at: String,
        /// Whether the data was the one that served.
        unchanged: bool,
        /// Forecasts given earlier that were held against it.
        scored: usize,
    },
    /// Something in the files is wrong; the data before still serves.
    Rejected {
        /// When, RFC 3339, UTC.
        at: String,
        /// Of each file the first hundred.
        findings: Vec<SourceFinding>,
        /// All of them.
        errors: usize,
    },
}

impl LastImport {
    /// The same without what it says of rows of the files.
    pub fn without_rows(self) -> Self {
        match self {
            Self::Rejected { at, errors, .. } => Self::Rejected { at, findings: Vec::new(), errors },
            done @ Self::Done { .. } => done,
        }
    }
}

/// What the faces may ask about the data.
#[async_trait]
pub trait Intake: Send + Sync {
    /// What serves; findings about rows are not for who is limited to regions.
    async fn data(&self, who: &Who) -> Result<DataReport, AskError>;

    /// Recorded payouts against what the rules give, of the partners that this one may see.
    async fn reconciliation(&self, who: &Who) -> Result<Arc<Reconciliation>, AskError>;

    /// A place for files on their way in.
    fn upload(&self) -> std::io::Result<Upload>;

    /// Imports files and serves them. With `keep`, tables and program files that were
    /// not sent stay as they are. Files that are wrong are no error: the report says so.
    async fn import(&self, who: &Who, upload: Upload, keep: bool, progress: Progress)
    -> Result<(), AskError>;

    /// Serves the data before the last import again.
    async fn back(&self, who: &Who) -> Result<(), AskError>;
}

/// What there is of each month of the history.
pub fn months(company: &Company) -> Vec<MonthCoverage> {
    let mut sold: BTreeMap<Month, (usize, HashSet<usize>)> = BTreeMap::new();
    for line in company.lines.iter().filter(|line| line.kind == LineKind::Sale) {
        let (lines, partners) = sold.entry(Month::of(line.sold_on)).or_default();
        *lines += 1;
        partners.insert(line.partner);
    }
    let (whole, shares) = reporting_lag(company);
    let last = Month::of(company.as_of);
    let Some(first) = sold.keys().next().copied() else { return Vec::new() };
    (first.0..=last.0)
        .map(Month)
        .map(|month| {
            let (lines, partners) = sold.get(&month).map_or((0, 0), |(lines, p)| (*lines, p.len()));
            let late = usize::try_from(month.0 - whole.0 - 1).ok();
            let reported = late.and_then(|at| shares.get(at)).copied().unwrap_or(1.0);
            MonthCoverage { month, lines, partners, reported }
        })
        .collect()
}
