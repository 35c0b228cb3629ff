//! What can go wrong with data, and what to do about it.

use std::path::{Path, PathBuf};

use spiffcast_engine::finding::SourceFinding;

/// Why data could not be loaded or imported. Whatever the reason, the data that
/// served before still serves.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The files were read and something in them is wrong.
    #[error("{}", rejection(.findings, *.errors))]
    Rejected {
        /// Errors and warnings, in the order of the files; of each file the first 100.
        findings: Vec<SourceFinding>,
        /// How many errors there are, shown or not.
        errors: usize,
    },
    /// The folder to import from is not there or not a folder.
    #[error(
        "{0}: not a folder; give the folder that holds partners.csv, products.csv, transactions.csv and programs/"
    )]
    NoSource(PathBuf),
    /// The data folder holds no imported data.
    #[error("{0}: no data has been imported here; run `spiffcast import SRC --data {0}`")]
    NoData(PathBuf),
    /// A stored file is not what the import wrote.
    #[error("{path}: {what}; import the data again, or go back to the set before it")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Another import is writing to the same data folder.
    #[error("{0}: another import is running; wait until it has ended")]
    Busy(PathBuf),
    /// There is no earlier set to go back to.
    #[error("{0}: there is no earlier data to go back to")]
    NoPrevious(PathBuf),
    /// The file system refused.
    #[error("{path}: cannot {doing}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
}

impl HistoryError {
    pub(super) fn io(path: &Path, doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, doing, source }
    }

    pub(super) fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), what: what.into() }
    }
}

fn rejection(findings: &[SourceFinding], errors: usize) -> String {
    use std::fmt::Write;
    let noun = if errors == 1 { "error" } else { "errors" };
    let mut text = format!("the data has {errors} {noun}; nothing was changed");
    for finding in findings {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n{finding}");
    }
    text
}
