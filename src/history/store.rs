//! The data folder: sets under their digest and one pointer file that says which
//! of them serves.
//!
//! ```text
//! data/current.json            {"current": "<set>", "previous": "<set>", "moves": […]}
//! data/sets/<set>/manifest.json, partners.parquet …, programs/<id>/v<N>.md
//! data/import.lock             held while an import writes
//! ```
//!
//! A set is written beside its place, flushed, and renamed into it; then the pointer
//! is replaced by a rename. Whatever moment the process dies at, the pointer names a
//! complete set. With it goes who moved it and when ([`Move`]), so that a move whose row
//! of the audit trail was never written is found, and its row written, later.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::HistoryError;
use super::manifest::{self, Digests, Manifest, sha256};

pub(super) const POINTER: &str = "current.json";

/// Which set serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pointer {
    pub current: String,
    pub previous: Option<String>,
    /// The last moves, oldest first.
    #[serde(default)]
    pub moves: Vec<Move>,
}

/// Moves that the pointer keeps. Each one sees to the rows of all that it keeps, so
/// that only as many killed in a row, each right after its move, would lose one.
const MOVES_KEPT: usize = 16;

/// A move of the pointer: other data serve from then on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Tells it from others to the same set.
    pub id: String,
    /// Whether the set came by an import, or had served before.
    pub kind: MoveKind,
    /// Login of who did it.
    pub who: String,
    /// RFC 3339, UTC.
    pub at: String,
    /// The set that serves since.
    pub set: String,
    /// Its digests.
    pub digests: Digests,
}

/// How other data came to serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveKind {
    /// They were imported.
    Import,
    /// They are those from before the last import.
    Back,
}

impl Pointer {
    /// The pointer after a move of now.
    pub fn moved(before: Option<Self>, kind: MoveKind, set: String, digests: Digests, who: &str) -> Self {
        let (previous, mut moves) = before.map_or((None, Vec::new()), |p| (Some(p.current), p.moves));
        let at = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        let id = Uuid::now_v7().to_string();
        moves.push(Move { id, kind, who: who.to_owned(), at, set: set.clone(), digests });
        let old = moves.len().saturating_sub(MOVES_KEPT);
        moves.drain(..old);
        Self { current: set, previous, moves }
    }
}

/// A data folder.
pub(super) struct Store<'p> {
    folder: &'p Path,
}

impl<'p> Store<'p> {
    pub fn new(folder: &'p Path) -> Self {
        Self { folder }
    }

    /// The folder of a set.
    pub fn set_folder(&self, set: &str) -> PathBuf {
        self.folder.join("sets").join(set)
    }

    /// The pointer; `None` before the first import.
    pub fn pointer(&self) -> Result<Option<Pointer>, HistoryError> {
        let path = self.folder.join(POINTER);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(HistoryError::io(&path, "read the pointer")(e)),
        };
        let pointer: Pointer = serde_json::from_slice(&bytes)
            .map_err(|e| HistoryError::damaged(&path, format!("not a pointer ({e})")))?;
        let named = std::iter::once(&pointer.current).chain(&pointer.previous);
        if named.into_iter().any(|set| set.len() != 64 || !set.bytes().all(|b| b.is_ascii_hexdigit())) {
            return Err(HistoryError::damaged(&path, "names something that is not a set"));
        }
        Ok(Some(pointer))
    }

    /// Takes the folder for writing, until the guard is dropped.
    pub fn lock(&self) -> Result<File, HistoryError> {
        fs::create_dir_all(self.folder.join("sets"))
            .map_err(HistoryError::io(self.folder, "make the folder"))?;
        let path = self.folder.join("import.lock");
        let file = File::create(&path).map_err(HistoryError::io(&path, "make the lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(HistoryError::Busy(self.folder.to_owned())),
            Err(TryLockError::Error(e)) => Err(HistoryError::io(&path, "take the lock")(e)),
        }
    }

    /// Writes a complete set under its digest; the pointer is not touched. A set
    /// that is there already and intact stays.
    pub fn write_set(
        &self,
        manifest: &Manifest,
        files: &[(String, Vec<u8>)],
    ) -> Result<String, HistoryError> {
        let set = manifest.set_id();
        let place = self.set_folder(&set);
        if place.exists() {
            if let Ok(stored) = self.verify(&set) {
                // The same data may come with other warnings than last time.
                if stored != *manifest {
                    replace(&place.join(manifest::FILE), &json(manifest))?;
                    flush_folder(&place)?;
                }
                return Ok(set);
            }
            fs::remove_dir_all(&place).map_err(HistoryError::io(&place, "remove the damaged set"))?;
        }
        let making = self.folder.join("sets").join(format!(".new-{set}"));
        if making.exists() {
            fs::remove_dir_all(&making).map_err(HistoryError::io(&making, "remove an unfinished import"))?;
        }
        for (name, bytes) in files {
            write_flushed(&making.join(name), bytes)?;
        }
        write_flushed(&making.join(manifest::FILE), &json(manifest))?;
        flush_folders(&making)?;
        fs::rename(&making, &place).map_err(HistoryError::io(&place, "put the set in place"))?;
        flush_folder(&self.folder.join("sets"))?;
        Ok(set)
    }

    /// Moves the pointer, in one step that either happened or did not.
    pub fn point(&self, pointer: &Pointer) -> Result<(), HistoryError> {
        let path = self.folder.join(POINTER);
        replace(&path, &json(pointer))?;
        flush_folder(self.folder)
    }

    /// Checks every file of a set against its digest.
    pub fn verify(&self, set: &str) -> Result<Manifest, HistoryError> {
        let folder = self.set_folder(set);
        let path = folder.join(manifest::FILE);
        let bytes = fs::read(&path).map_err(HistoryError::io(&path, "read the manifest"))?;
        let manifest: Manifest = serde_json::from_slice(&bytes)
            .map_err(|e| HistoryError::damaged(&path, format!("not a manifest ({e})")))?;
        for (name, digest) in &manifest.files {
            let path = folder.join(name);
            let bytes = fs::read(&path).map_err(HistoryError::io(&path, "read the file"))?;
            if sha256(&bytes) != *digest {
                return Err(HistoryError::damaged(&path, "the file was changed after it was imported"));
            }
        }
        if Manifest::of([], Vec::new()).format != manifest.format {
            return Err(HistoryError::damaged(&path, "written by another version of Spiffcast"));
        }
        Ok(manifest)
    }

    /// Removes sets that nothing points to. Best effort: what cannot be removed now
    /// is removed next time.
    pub fn tidy(&self, pointer: &Pointer) {
        let Ok(entries) = fs::read_dir(self.folder.join("sets")) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let kept = [Some(&pointer.current), pointer.previous.as_ref()];
            if !kept.into_iter().flatten().any(|set| name == set.as_str()) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

/// Plain data, which serde_json cannot fail on.
fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec_pretty(value).unwrap_or_default()
}

/// Puts new bytes in the place of a file in one step: old or new, never in between.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), HistoryError> {
    let making = path.with_extension("new");
    write_flushed(&making, bytes)?;
    fs::rename(&making, path).map_err(HistoryError::io(path, "put the file in place"))
}

fn write_flushed(path: &Path, bytes: &[u8]) -> Result<(), HistoryError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(HistoryError::io(folder, "make the folder"))?;
    }
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(HistoryError::io(path, "write the file"))
}

/// Flushes a folder and those below, deepest first.
fn flush_folders(folder: &Path) -> Result<(), HistoryError> {
    let entries = fs::read_dir(folder).map_err(HistoryError::io(folder, "list the folder"))?;
    for entry in entries.flatten() {
        if entry.path().is_dir() {
            flush_folders(&entry.path())?;
        }
    }
    flush_folder(folder)
}

/// Makes names in a folder last. Not every system lets a folder be opened; there
/// the rename itself has to do.
fn flush_folder(folder: &Path) -> Result<(), HistoryError> {
    match File::open(folder).and_then(|f| f.sync_all()) {
        Err(e) if cfg!(unix) => Err(HistoryError::io(folder, "flush the folder")(e)),
        _ => Ok(()),
    }
}
