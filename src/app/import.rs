//! Importing a company's files: checked as a whole, then served from a folder.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::ledger;
use crate::config::Settings;
use crate::history::{self, Digests, HistoryError, MoveKind, Place, Stage};
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
    /// The trail cannot be opened or written. Where the data moved already, the next
    /// start writes the row.
    #[error("the audit trail cannot be written: {0}")]
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
    // A trail that cannot be written is found out before anything is moved.
    let store = Store::of(settings).await?;
    record_moves(settings, &store).await?;
    let report = history::import(source, &settings.data_dir, settings.calendar, who, &|stage| {
        progress(Step::Files(stage));
    })?;
    record_moves(settings, &store).await?;
    if report.unchanged {
        record_unchanged(&store, who, &report).await?;
    }
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

/// Writes the rows of the audit trail that moves of the pointer still lack: of the one
/// just made, and of those whose process was killed before it came to that. Whoever
/// opens a data folder does; how many there were.
///
/// # Errors
/// Where the pointer cannot be read or the trail not be written; the next one to open
/// the folder tries again.
pub async fn record_moves(settings: &Settings, store: &Store) -> Result<usize, ImportError> {
    let mut written = 0;
    for moved in history::moves(&settings.data_dir)? {
        let Digests { data, rules } = &moved.digests;
        let (action, subject) = match moved.kind {
            MoveKind::Import => ("import", data),
            MoveKind::Back => ("back", &moved.set),
        };
        let detail = serde_json::json!({ "data": data, "rules": rules, "move": moved.id }).to_string();
        let row = AuditRow { at: &moved.at, who: &moved.who, action, subject, detail: &detail };
        written += usize::from(store.record_once(&row, &moved.id).await?);
    }
    Ok(written)
}

/// An import of what served already moves nothing, and is told all the same.
async fn record_unchanged(store: &Store, who: &str, report: &ImportReport) -> Result<(), StoreError> {
    let at = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let Digests { data, rules } = &report.digests;
    let detail = serde_json::json!({ "data": data, "rules": rules, "unchanged": true }).to_string();
    store.record(&AuditRow { at: &at, who, action: "import", subject: data, detail: &detail }).await
}
