//! The way back: a backup is unpacked beside what serves, looked at in every part, and
//! only then put in its place.

use std::fs;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::{About, BackupError, DATABASE, POINTER, Result, archive, failed, key_file, swap};
use crate::config::Settings;
use crate::history;
use crate::store::{self, AuditRow, Head, Store, StoreError};

/// What was put in service.
#[derive(Debug, Clone)]
pub struct Restored {
    /// When the backup was made, RFC 3339.
    pub made_at: String,
    /// Rows of the trail, with the one that tells of the restore.
    pub rows: i64,
    /// Whether it holds imported data.
    pub has_data: bool,
    /// Where what was there is now; `None` where nothing was.
    pub aside: Option<PathBuf>,
}

/// Puts a backup in the place of what a data folder holds. What was there is put aside,
/// and everybody is signed out. With `replace` also where what is there is not in the
/// backup.
///
/// # Errors
/// Where the folder is in use, the backup is not whole or not as it was written, or what
/// is there is newer: then nothing was replaced.
pub async fn restore(settings: &Settings, file: &Path, replace: bool) -> Result<Restored> {
    let folder = &settings.data_dir;
    let key = key_file(settings);
    if !key.is_file() {
        return Err(BackupError::NoKey(key.display().to_string()));
    }
    fs::create_dir_all(folder).map_err(failed(folder))?;
    let in_use = || BackupError::InUse(folder.display().to_string());
    let alone = store::alone(folder)?.ok_or_else(in_use)?;
    let _no_import = history::hold(folder)?;
    let id = Uuid::now_v7();
    let staging = Staging(folder.join(format!("restored-{id}")));
    fs::create_dir(&staging.0).map_err(failed(&staging.0))?;
    let about = archive::unpack(file, &staging.0)?;
    let (store, made) = checked(file, &about, &staging.0, &key).await?;
    let before = what_is_there(folder, &key).await;
    if !replace {
        covers(&store, &made, &before).await?;
    }
    let now = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let gone = match &before {
        There::Trail(head) => Some(head.to_string()),
        _ => None,
    };
    let detail = serde_json::json!({ "made_at": about.made_at, "replaced": gone }).to_string();
    let subject = made.to_string();
    let row = AuditRow { at: &now, who: "terminal", action: "restore", subject: &subject, detail: &detail };
    store.restored(&row).await?;
    let rows = store.audit_head().await?.seq;
    store.close().await;
    for lock in ["in-use.lock", "opening.lock"] {
        let _ = fs::remove_file(staging.0.join(lock));
    }
    let aside = format!("replaced-{id}");
    let has_data = staging.0.join(POINTER).is_file();
    swap::swap(folder, &format!("restored-{id}"), &aside, &alone)?;
    let aside = Some(folder.join(aside)).filter(|aside| aside.is_dir());
    Ok(Restored { made_at: about.made_at, rows, has_data, aside })
}

/// A folder of what was unpacked; gone when it was not used.
struct Staging(PathBuf);

impl Drop for Staging {
    fn drop(&mut self) {
        // Once the swap is written down, what it names must stay until it is through.
        let going_on = self.0.parent().is_some_and(|folder| folder.join("restoring.json").exists());
        if !going_on {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}

/// Looks at every part of what was unpacked: the trail by its key and head, the data by
/// their digests. Gives the database, and its head.
async fn checked(file: &Path, about: &About, staged: &Path, key: &Path) -> Result<(Store, Head)> {
    let shown = || file.display().to_string();
    if !staged.join(DATABASE).is_file() {
        return Err(BackupError::NotABackup(shown(), "it holds no database".to_owned()));
    }
    history::check(staged)?;
    let head: Head =
        about.head.parse().map_err(|e| BackupError::NotABackup(shown(), format!("head: {e}")))?;
    let store = Store::open_with(staged, key).await.map_err(|error| match error {
        StoreError::Migration(e) => BackupError::NotABackup(
            shown(),
            format!("its database is of a newer Spiffcast than this one, or damaged ({e}); restore it with that version"),
        ),
        StoreError::Database(e) => BackupError::NotABackup(shown(), format!("its database cannot be read ({e})")),
        other => other.into(),
    })?;
    if let Some(what) = store.damage().await? {
        return Err(BackupError::NotABackup(shown(), format!("its database is damaged ({what})")));
    }
    let found = store.verify_audit(Some(&head)).await?;
    if let Some((row, what)) = found.broken {
        return Err(BackupError::Broken(shown(), row, what));
    }
    Ok((store, found.head))
}

/// What a folder holds now.
enum There {
    Nothing,
    Trail(Head),
    /// A database that cannot be read, and why.
    Unreadable(String),
}

async fn what_is_there(folder: &Path, key: &Path) -> There {
    if !folder.join(DATABASE).is_file() {
        return There::Nothing;
    }
    // Nobody else has it open: the lock is held.
    match Store::look_at(folder, key).await {
        Ok(head) => There::Trail(head),
        Err(error) => There::Unreadable(error.to_string()),
    }
}

/// Whether a backup holds all that was done in a folder.
async fn covers(store: &Store, made: &Head, there: &There) -> Result<()> {
    match there {
        There::Nothing => Ok(()),
        There::Unreadable(why) => {
            let what = format!("the database that is there cannot be read ({why})");
            Err(BackupError::Newer(what, "it and the data beside it"))
        }
        There::Trail(head) => {
            if store.verify_audit(Some(head)).await?.broken.is_none() {
                return Ok(());
            }
            let what = match head.seq - made.seq {
                1 => "what is there is newer than the backup, by a row of the audit trail".to_owned(),
                rows @ 2.. => {
                    format!("what is there is newer than the backup, by {rows} rows of the audit trail")
                }
                _ => "what is there is not in the backup: their audit trails differ".to_owned(),
            };
            Err(BackupError::Newer(what, "what was done since, answers, users and imports included"))
        }
    }
}
