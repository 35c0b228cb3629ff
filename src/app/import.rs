//! Importing a company's files: checked as a whole, then served from a folder.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::ledger;
use crate::config::Settings;
use crate::history::{self, HistoryError, Place, Stage};
use crate::learned;
use crate::priors::Known;
use crate::published::Publication;
use crate::store::{AuditRow, Store, StoreError};

pub use crate::history::ImportReport;

/// Why an import did not happen. The data that served before still serves.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The files are not right.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The trail could not be written.
    #[error("the import is in place, but could not be recorded: {0}")]
    Store(#[from] StoreError),
    /// Earlier forecasts could not be scored; the next start tries again.
    #[error("the import is in place, but earlier forecasts could not be held against it: {0}")]
    Score(#[from] ledger::ScoreError),
}

/// What an import brought.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The data.
    pub report: ImportReport,
    /// Forecasts given earlier that were held against it.
    pub scored: usize,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// Reading, checking and writing the files.
    Files(Stage),
    /// Learning from them: the share that is done, 0 to 1.
    Learning(f64),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Files(stage) => stage.fmt(f),
            Self::Learning(done) => write!(f, "learning how sales answer, {:.0}%", done * 100.0),
        }
    }
}

/// Checks the files of `source` and makes them the data that serves, holds the
/// forecasts given earlier against it, as far as their periods are over, and learns from
/// it what the next questions will need; what partners' outlooks are made from is published.
pub async fn import(
    settings: &Settings,
    who: &str,
    source: &Path,
    progress: &dyn Fn(Step),
) -> Result<Imported, ImportError> {
    let report = history::import(source, &settings.data_dir, settings.calendar, &|stage| {
        progress(Step::Files(stage));
    })?;
    let store = Store::of(settings).await?;
    let now = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let detail = serde_json::json!({ "data": report.digests.data, "rules": report.digests.rules });
    let (subject, detail) = (&report.digests.data, &detail.to_string());
    store.record(&AuditRow { at: &now, who, action: "import", subject, detail }).await?;
    let place = Place::Folder(settings.data_dir.clone());
    let data = history::load(&place, settings.calendar)?;
    let company = Arc::new(data.company);
    let of_now = || Ok::<_, HistoryError>(Arc::clone(&company));
    let scored = ledger::score(&store, report.as_of, &report.digests.data, of_now).await?;
    let known = Known::of(&settings.data_dir, &company.catalog);
    let model = learned::model(settings, &data.digests, &known, company.clone(), data.panel, &|done| {
        progress(Step::Learning(done));
    });
    Publication::of(settings, &data.digests, &model);
    Ok(Imported { report, scored })
}

/// Notes in the trail that the data before the last import serves again.
pub async fn record_back(store: &Store, who: &str, set: &str) -> Result<(), StoreError> {
    let now = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    store.record(&AuditRow { at: &now, who, action: "back", subject: set, detail: "{}" }).await
}
