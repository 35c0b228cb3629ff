//! What a backup holds put in the place of what is there, in steps that each happened or
//! did not. The whole is written down before the first one; whoever comes after a crash
//! goes through the same steps again, and those that were done are passed over.
//!
//! ```text
//! data/restoring.json     what goes and what comes (Mark), while it goes on
//! data/restored-…/        what comes, checked
//! data/replaced-…/        what was there
//! ```

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{BackupError, DATABASE, POINTER, Result, failed};
use crate::store::{self, Held};

const MARK: &str = "restoring.json";
/// What is put aside whether or not the backup holds it: a folder without settings is
/// restored as one. The log belongs to the database that was there.
const GOES: [&str; 6] =
    ["spiffcast.db-wal", "spiffcast.db-shm", DATABASE, "priors.toml", "spiffcast.toml", POINTER];

/// What goes and what comes, each below the data folder.
#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    /// Folder of what comes.
    staged: String,
    /// Folder for what was there.
    aside: String,
    /// What comes, in the order it is put in place: files, and sets as folders.
    comes: Vec<String>,
}

/// Puts what is in `staged` in service, and what was there into `aside`.
pub(super) fn swap(folder: &Path, staged: &str, aside: &str, _alone: &Held) -> Result<()> {
    let from = folder.join(staged);
    let mut comes: Vec<String> =
        entries(&from.join("sets"))?.iter().map(|set| format!("sets/{set}")).collect();
    let files = entries(&from)?.into_iter().filter(|name| name != "sets" && name != POINTER);
    comes.extend(files);
    // Last: the rest stands where it leads.
    comes.extend(from.join(POINTER).exists().then(|| POINTER.to_owned()));
    let mark = Mark { staged: staged.to_owned(), aside: aside.to_owned(), comes };
    let (path, making) = (folder.join(MARK), folder.join("restoring.new"));
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&making)?;
        file.write_all(&serde_json::to_vec(&mark)?)?;
        file.sync_all()?;
        flush(&from.join("sets"))?;
        flush(&from)?;
        fs::rename(&making, &path)?;
        flush(folder)
    };
    write().map_err(failed(&path))?;
    go_through(folder, &mark)
}

/// Ends a restore that was killed; whether there was one. To be called before anything
/// of a data folder is read.
///
/// # Errors
/// Where it still goes on in another process, or the file system refuses.
pub fn finish(folder: &Path) -> Result<bool> {
    let path = folder.join(MARK);
    if !path.is_file() {
        return Ok(false);
    }
    let Some(_alone) = store::alone(folder)? else {
        return Err(BackupError::InUse(folder.display().to_string()));
    };
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(failed(&path)(e)),
    };
    let mark: Mark = serde_json::from_slice(&text).map_err(|e| failed(&path)(e.into()))?;
    go_through(folder, &mark)?;
    Ok(true)
}

fn go_through(folder: &Path, mark: &Mark) -> Result<()> {
    let (staged, aside) = (folder.join(&mark.staged), folder.join(&mark.aside));
    for folder in [folder.join("sets"), aside.join("sets")] {
        fs::create_dir_all(&folder).map_err(failed(&folder))?;
    }
    for name in GOES {
        // What came already is not put aside again by who goes on after a crash.
        let came = mark.comes.iter().any(|comes| comes == name) && !staged.join(name).exists();
        if !came {
            rename(&folder.join(name), &aside.join(name))?;
        }
    }
    for name in &mark.comes {
        let (from, to) = (staged.join(name), folder.join(name));
        if from.exists() {
            rename(&to, &aside.join(name))?;
            rename(&from, &to)?;
        }
    }
    let end = || -> std::io::Result<()> {
        for folder in [&aside.join("sets"), &aside, &folder.join("sets"), folder] {
            flush(folder)?;
        }
        fs::remove_file(folder.join(MARK))?;
        flush(folder)
    };
    end().map_err(failed(folder))?;
    let _ = fs::remove_dir_all(&staged);
    // Where nothing was there, nothing is left of it.
    let _ = fs::remove_dir(aside.join("sets"));
    let _ = fs::remove_dir(&aside);
    Ok(())
}

/// Renames what is there; nothing happens where nothing is.
fn rename(from: &Path, to: &Path) -> Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(failed(parent))?;
    }
    match fs::rename(from, to) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(failed(from)(e)),
        _ => Ok(()),
    }
}

/// Names in a folder; none where there is no folder.
fn entries(folder: &Path) -> Result<Vec<String>> {
    let found = match fs::read_dir(folder) {
        Ok(found) => found,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(failed(folder)(e)),
    };
    let mut names: Vec<String> =
        found.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}

/// Makes names in a folder last, where the system lets a folder be opened.
fn flush(folder: &Path) -> std::io::Result<()> {
    match File::open(folder).and_then(|f| f.sync_all()) {
        Err(e) if cfg!(unix) && e.kind() != ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("written");
    }

    fn all(folder: &Path) -> Vec<(String, String)> {
        let names =
            ["spiffcast.db", "spiffcast.db-wal", "priors.toml", POINTER, "sets/a/x", "sets/b/x", "logo.svg"];
        let read =
            |name: &str| fs::read_to_string(folder.join(name)).ok().map(|text| (name.to_owned(), text));
        names.into_iter().filter_map(read).collect()
    }

    fn before(folder: &Path) {
        for (name, text) in [
            ("spiffcast.db", "old"),
            ("spiffcast.db-wal", "old"),
            ("priors.toml", "old"),
            (POINTER, "old"),
            ("sets/a/x", "old"),
            ("restored-1/spiffcast.db", "new"),
            ("restored-1/current.json", "new"),
            ("restored-1/sets/b/x", "new"),
            ("restored-1/sets/a/x", "new"),
            ("restored-1/logo.svg", "new"),
        ] {
            write(&folder.join(name), text);
        }
    }

    /// Wherever it stopped, going through again leads to the same end.
    #[test]
    fn a_restore_that_stopped_anywhere_is_ended_by_the_next() {
        let whole = tempfile::tempdir().expect("a folder");
        before(whole.path());
        let held = store::alone(whole.path()).expect("locked").expect("nobody else");
        swap(whole.path(), "restored-1", "replaced-1", &held).expect("swapped");
        let expected = all(whole.path());
        assert!(expected.iter().all(|(name, text)| text == "new" && name != "priors.toml"), "{expected:?}");
        assert_eq!(expected.len(), 5);
        let aside = all(&whole.path().join("replaced-1"));
        assert_eq!(aside.len(), 5, "{aside:?}");
        assert!(!finish(whole.path()).expect("nothing to do"));
        // Each name either moved or did not when the process died.
        let names = ["spiffcast.db-wal", "spiffcast.db", "priors.toml", POINTER, "sets/a"];
        for stopped in 0..names.len() * 2 {
            let folder = tempfile::tempdir().expect("a folder");
            let folder = folder.path();
            before(folder);
            let comes =
                ["sets/a", "sets/b", "logo.svg", "spiffcast.db", POINTER].map(ToOwned::to_owned).to_vec();
            let mark = Mark { staged: "restored-1".to_owned(), aside: "replaced-1".to_owned(), comes };
            write(&folder.join(MARK), &serde_json::to_string(&mark).expect("JSON"));
            for name in &names[..stopped / 2] {
                rename(&folder.join(name), &folder.join("replaced-1").join(name)).expect("aside");
            }
            if stopped % 2 == 1 {
                for name in &mark.comes {
                    if !folder.join(name).exists() {
                        rename(&folder.join("restored-1").join(name), &folder.join(name)).expect("in place");
                    }
                }
            }
            assert!(finish(folder).expect("ended"), "{stopped}");
            assert_eq!(all(folder), expected, "{stopped}");
            assert!(!folder.join(MARK).exists() && !folder.join("restored-1").exists());
        }
    }
}
