//! Importing a company's files: checked as a whole, then served from a folder.

use std::path::Path;
use std::sync::Arc;

use super::ledger;
use crate::config::Settings;
use crate::history::{self, HistoryError, Place, Stage};
use crate::store::{Store, StoreError};

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

/// Checks the files of `source` and makes them the data that serves, and holds the
/// forecasts given earlier against it, as far as their periods are over.
pub async fn import(
    settings: &Settings,
    source: &Path,
    progress: &dyn Fn(Stage),
) -> Result<Imported, ImportError> {
    let report = history::import(source, &settings.data_dir, settings.calendar, progress)?;
    let store = Store::open(&settings.data_dir).await?;
    let now = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let detail = serde_json::json!({ "data": report.digests.data, "rules": report.digests.rules });
    store.record(&now, "import", &report.digests.data, &detail.to_string()).await?;
    let load = || history::load(&Place::Folder(settings.data_dir.clone()), settings.calendar);
    let company = || load().map(|data| Arc::new(data.company));
    let scored = ledger::score(&store, report.as_of, &report.digests.data, company).await?;
    Ok(Imported { report, scored })
}
