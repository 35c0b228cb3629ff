//! Everything taken away into one file, and put back.

use std::path::Path;

use super::{Ended, Failure, settings};
use crate::app::backup::{self, BackupError};
use crate::cli::Outcome;
use crate::cli::arguments::Arguments;

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        let outcome = match &error {
            BackupError::Nothing(_) => Outcome::NotFound,
            BackupError::NotABackup(..) | BackupError::Broken(..) | BackupError::Newer(..) => {
                Outcome::Findings
            }
            _ => Outcome::Broken,
        };
        Self { error: error.into(), outcome }
    }
}

/// Runs `backup`.
pub async fn backup(arguments: &Arguments, file: &Path) -> Ended {
    let (beside, head) = backup::backup(&settings(arguments)?, file).await?;
    eprintln!(
        "The database, the imported data and the settings are in {}, the head of the audit trail (row {}) in {}. \
         The key of the trail is in neither: keep it elsewhere.",
        file.display(),
        head.seq,
        beside.display()
    );
    Ok(Outcome::Done)
}

/// Runs `restore`.
pub async fn restore(arguments: &Arguments, file: &Path, replace: bool) -> Ended {
    let done = backup::restore(&settings(arguments)?, file, replace).await?;
    eprintln!("What was backed up at {} serves again. Everybody has to sign in anew.", done.made_at);
    if !done.has_data {
        eprintln!("It held no imported data.");
    }
    if let Some(aside) = done.aside {
        eprintln!("What was there before is in {}; remove it when it is not missed.", aside.display());
    }
    eprintln!(
        "The audit trail has {} rows, all as they were written; the last one tells of this.",
        done.rows
    );
    Ok(Outcome::Done)
}
