//! Importing a company's files: checked as a whole, then served from a folder.

use std::path::Path;

use crate::config::Settings;
use crate::history::{self, HistoryError, Stage};
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
}

/// Checks the files of `source` and makes them the data that serves.
pub async fn import(
    settings: &Settings,
    source: &Path,
    progress: &dyn Fn(Stage),
) -> Result<ImportReport, ImportError> {
    let report = history::import(source, &settings.data_dir, settings.calendar, progress)?;
    let store = Store::open(&settings.data_dir).await?;
    let now = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let detail = serde_json::json!({ "data": report.digests.data, "rules": report.digests.rules });
    store.record(&now, "import", &report.digests.data, &detail.to_string()).await?;
    Ok(report)
}
