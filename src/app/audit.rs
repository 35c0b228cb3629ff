//! The audit trail for those who look at it: verified, taken away, read by filters.
//! Nothing here adds a row.

use std::io::Write;
use std::path::Path;

use super::keep;
use crate::auth::Who;
use crate::config::Settings;
use crate::store::{AuditRow, Store, StoreError};

pub use crate::store::{Filter, Head, NotAHead, SealedRow, Verified};

/// Why it was not done; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The folder has no database.
    #[error("there is no audit trail in {0}; name the data folder with --data")]
    NoTrail(String),
    /// The trail cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file cannot be read or written.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// A file holds something else.
    #[error("{0}: {1}")]
    NotAHead(String, NotAHead),
    /// Where the rows go to takes no more.
    #[error("the rows cannot be written: {0}")]
    Io(#[from] std::io::Error),
}

type Result<T> = std::result::Result<T, AuditError>;

/// The trail of a data folder. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Trail {
    store: Store,
}

impl Trail {
    /// The trail of a database that is open.
    pub(super) fn of(store: Store) -> Self {
        Self { store }
    }

    /// The trail of a data folder that has one.
    ///
    /// # Errors
    /// Where there is none, or where it or its key cannot be opened.
    pub async fn open(settings: &Settings) -> Result<Self> {
        if !settings.data_dir.join("spiffcast.db").is_file() {
            return Err(AuditError::NoTrail(settings.data_dir.display().to_string()));
        }
        Ok(Self::of(Store::of(settings).await?))
    }

    /// Goes through all of it; with `kept`, also whether it still holds that head.
    pub async fn verify(&self, kept: Option<&Head>) -> Result<Verified> {
        Ok(self.store.verify_audit(kept).await?)
    }

    /// The last row and its seal.
    pub async fn head(&self) -> Result<Head> {
        Ok(self.store.audit_head().await?)
    }

    /// Rows by filters, newest first.
    pub async fn rows(&self, filter: &Filter) -> Result<Vec<SealedRow>> {
        Ok(self.store.audit_rows(filter).await?)
    }

    /// Every action that it tells of, by name.
    pub async fn actions(&self) -> Result<Vec<String>> {
        Ok(self.store.audit_actions().await?)
    }

    /// Writes every row as a line of JSON, oldest first, the one that tells of it last; how
    /// many there were.
    pub async fn export(&self, out: &mut impl Write) -> Result<u64> {
        let (at, who) = (keep::now(), Who::terminal().login);
        let row = AuditRow { at: &at, who: &who, action: "export", subject: "audit", detail: "{}" };
        self.store.record(&row).await?;
        let mut rows = 0;
        let each = |row: SealedRow| -> Result<()> {
            serde_json::to_writer(&mut *out, &row).map_err(std::io::Error::from)?;
            out.write_all(b"\n")?;
            rows += 1;
            Ok(())
        };
        self.store.each_audit_row(each).await?;
        out.flush()?;
        Ok(rows)
    }
}

/// A head that was kept in a file.
pub fn read_head(file: &Path) -> Result<Head> {
    let text = std::fs::read_to_string(file).map_err(|e| failed(file, e))?;
    text.parse().map_err(|e| AuditError::NotAHead(file.display().to_string(), e))
}

/// A file of its owner's alone, never over one that is there.
pub fn new_file(file: &Path) -> Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map_err(|e| failed(file, e))
}

fn failed(file: &Path, error: std::io::Error) -> AuditError {
    AuditError::File(file.display().to_string(), error)
}
