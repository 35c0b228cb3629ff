//! Who has a data folder open: locks that end with the process that holds them, however
//! it ends. It knows nothing of what is in the database.
//!
//! ```text
//! data/in-use.lock     shared by everybody who has the database open; a restore takes it alone
//! data/opening.lock    held alone while the database is made or brought to this version
//! ```

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

use super::StoreError;

/// Longest wait for another process that is opening the database.
const OPENING_WAIT: Duration = Duration::from_secs(30);
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A lock, held until it is dropped.
#[derive(Debug)]
pub struct Held(#[expect(dead_code, reason = "held until it is dropped")] Option<File>);

impl Held {
    /// In the name of a caller who holds the folder.
    pub(super) fn by_caller() -> Self {
        Self(None)
    }
}

fn file(folder: &Path, name: &str) -> Result<File, StoreError> {
    let path = folder.join(name);
    let opened = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    opened.map_err(|e| StoreError::Folder(path.display().to_string(), e))
}

fn failed(folder: &Path, error: std::io::Error) -> StoreError {
    StoreError::Folder(folder.display().to_string(), error)
}

/// Notes that the database of a folder is open here.
///
/// # Errors
/// [`StoreError::Restoring`] while a restore replaces it.
pub(super) fn in_use(folder: &Path) -> Result<Held, StoreError> {
    let file = file(folder, "in-use.lock")?;
    match file.try_lock_shared() {
        Ok(()) => Ok(Held(Some(file))),
        Err(TryLockError::WouldBlock) => Err(StoreError::Restoring(folder.display().to_string())),
        Err(TryLockError::Error(e)) => Err(failed(folder, e)),
    }
}

/// Takes a folder whose database nobody has open; `None` where somebody has.
///
/// # Errors
/// Where the file system refuses.
pub fn alone(folder: &Path) -> Result<Option<Held>, StoreError> {
    let file = file(folder, "in-use.lock")?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Held(Some(file)))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(e)) => Err(failed(folder, e)),
    }
}

/// Waits for a turn to make the database, or to bring it to this version: two that do so
/// at once would both make the same tables.
pub(super) async fn opening(folder: &Path) -> Result<Held, StoreError> {
    let file = file(folder, "opening.lock")?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Held(Some(file))),
            Err(TryLockError::WouldBlock) if begun.elapsed() < OPENING_WAIT => {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            Err(TryLockError::WouldBlock) => return Err(StoreError::Busy),
            Err(TryLockError::Error(e)) => return Err(failed(folder, e)),
        }
    }
}
