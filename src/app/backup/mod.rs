//! Everything that a data folder holds and cannot make again, in one archive; and the
//! way back ([`restore`]). The key of the audit trail is never in it: whoever had both
//! could write the trail anew. What was learned and the search index are left out: they
//! are made again from the data.
//!
//! ```text
//! FILE              a zip archive:
//!   backup.json     what it is (About)
//!   spiffcast.db    the database
//!   current.json, sets/<set>/…   the imported data that serves, and those before
//!   spiffcast.toml, priors.toml, the logo
//! FILE.head         head of its audit trail, to keep elsewhere
//! ```

mod archive;
mod restore;
mod swap;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::app::keep;
use crate::auth::Who;
use crate::config::Settings;
use crate::history::{self, HistoryError};
use crate::store::{AuditRow, Head, Store, StoreError};

pub use restore::{Restored, restore};
pub use swap::finish;

/// The database.
const DATABASE: &str = "spiffcast.db";
/// What says which data serve.
const POINTER: &str = "current.json";
/// What the archive says of itself.
const ABOUT: &str = "backup.json";
/// Version of the layout.
const FORMAT: u32 = 1;

/// What a backup says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct About {
    format: u32,
    /// Version of the program that made it.
    version: String,
    /// RFC 3339, UTC.
    made_at: String,
    /// Head of the audit trail that the database has at least.
    head: String,
}

/// Why it was not done; each says what to do. Nothing was replaced.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The folder has no database.
    #[error("there is no database in {0}; name the data folder with --data")]
    Nothing(String),
    /// The database or its key cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The imported data cannot be used.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// A file cannot be read or written.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// The file is no backup, or not a whole one.
    #[error("{0} cannot be restored: {1}")]
    NotABackup(String, String),
    /// Its audit trail is not as it was written.
    #[error("{0} cannot be restored: its audit trail is not as it was written. Row {1}: {2}")]
    Broken(String, i64, String),
    /// There is no key to verify the trail with.
    #[error(
        "the key of the audit trail is not at {0}: put back the one that belongs to this backup, or name its place in \
         SPIFFCAST_AUDIT_KEY_FILE. Without it nobody can tell whether the backup was changed"
    )]
    NoKey(String),
    /// Somebody has the database open.
    #[error("{0} is in use: stop the server, and other commands that run on it, then restore")]
    InUse(String),
    /// What is there is not in the backup.
    #[error(
        "{0}. Restoring would take {1} out of service. If that is what you want, add --replace: they are put aside, \
         not removed"
    )]
    Newer(String, &'static str),
}

type Result<T> = std::result::Result<T, BackupError>;

fn failed(file: &Path) -> impl FnOnce(std::io::Error) -> BackupError {
    let file = file.display().to_string();
    move |error| BackupError::File(file, error)
}

/// The file of the trail's key.
fn key_file(settings: &Settings) -> PathBuf {
    let named = settings.audit_key_file.clone();
    named.unwrap_or_else(|| settings.data_dir.join(crate::config::AUDIT_KEY_FILE))
}

/// Writes everything to a file that is not there yet, of one moment, also while a server
/// runs; and the head of its trail beside it. Where the head is, and it.
///
/// # Errors
/// Where a file cannot be read or written, or an import is at work; nothing is left.
pub async fn backup(settings: &Settings, file: &Path) -> Result<(PathBuf, Head)> {
    let folder = &settings.data_dir;
    if !folder.join(DATABASE).is_file() {
        return Err(BackupError::Nothing(folder.display().to_string()));
    }
    let mut beside = file.as_os_str().to_owned();
    beside.push(".head");
    let beside = PathBuf::from(beside);
    let out = new_file(file)?;
    let done = write(settings, file, out, &beside).await;
    if done.is_err() {
        let _ = std::fs::remove_file(file);
    }
    done
}

async fn write(settings: &Settings, file: &Path, out: File, beside: &Path) -> Result<(PathBuf, Head)> {
    let folder = &settings.data_dir;
    // So that no set goes while it is copied.
    let _no_import = history::hold(folder)?;
    let store = Store::of(settings).await?;
    // The copy holds the row that it was made.
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let (at, who) = (keep::now(), Who::terminal().login);
    let row = AuditRow { at: &at, who: &who, action: "backup", subject: &name, detail: "{}" };
    store.record(&row).await?;
    // Before the copy: the copy holds this head, and maybe later rows.
    let head = store.audit_head().await?;
    let copy = tempfile_beside(file);
    let copied = store.copy_to(&copy).await.map_err(BackupError::from);
    let written = copied.and_then(|()| {
        let made_at = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let about = About { format: FORMAT, version, made_at, head: head.to_string() };
        archive::pack(out, file, &about, &copy, folder, &names(settings)?)
    });
    let _ = std::fs::remove_file(&copy);
    written?;
    let mut kept = new_file(beside)?;
    writeln!(kept, "{head}").and_then(|()| kept.sync_all()).map_err(failed(beside))?;
    Ok((beside.to_owned(), head))
}

/// Files of the data folder that go in, besides the database.
fn names(settings: &Settings) -> Result<Vec<PathBuf>> {
    let mut names = history::files(&settings.data_dir)?;
    let single = ["spiffcast.toml", "priors.toml"].into_iter().map(PathBuf::from);
    let logo = settings.letterhead.logo.as_ref().map(|logo| logo.path.clone());
    let there = |name: &PathBuf| archive::belongs(name) && settings.data_dir.join(name).is_file();
    names.extend(single.chain(logo).filter(there));
    Ok(names)
}

fn tempfile_beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{}", uuid::Uuid::now_v7()));
    PathBuf::from(name)
}

/// A file of its owner's alone, never over one that is there.
fn new_file(file: &Path) -> Result<File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map_err(failed(file))
}
