//! What becomes of an approved draft: its version files and its payload, in a folder of
//! their own under the data folder, as a zip and as data. The database holds what is in
//! them; a file that is not there, or not whole, is written again. Nothing that serves is
//! read from here.

use std::fs::{self, File};
use std::io::{self, Cursor, Write};
use std::path::Path;

use spiffcast_engine::programs::front_matter;
use zip::write::SimpleFileOptions;

use super::make::sha256;
use super::port::{Content, DraftError, Payload, PayloadVersion};
use crate::store::DraftRow;

/// Folder of approved drafts under the data folder.
pub const FOLDER: &str = "approved";
/// The payload among the files.
const PAYLOAD: &str = "change.json";

/// Puts the files of an approved draft in their place; where that is, relative to the data
/// folder. What is there already, and whole, stays.
///
/// # Errors
/// Where the file system refuses.
pub fn write(data_dir: &Path, content: &Content, payload: &Payload) -> io::Result<String> {
    let place = format!("{FOLDER}/{}", payload.draft);
    let folder = data_dir.join(&place);
    for file in content.changes.iter().flat_map(|c| &c.files) {
        put(&folder.join(&file.file), file.text.as_bytes())?;
    }
    put(&folder.join(PAYLOAD), &serde_json::to_vec_pretty(payload).unwrap_or_default())?;
    Ok(place)
}

/// A file in one step: it is there, whole and on disk, or it is not.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    // A name of its own: two requests may write the same file.
    let making = folder.join(format!(".new-{}", uuid::Uuid::now_v7()));
    let made = || -> io::Result<()> {
        let mut file = File::create_new(&making)?;
        file.write_all(bytes)?;
        let mut permissions = file.metadata()?.permissions();
        permissions.set_readonly(true);
        file.set_permissions(permissions)?;
        file.sync_all()?;
        fs::rename(&making, path)
    };
    if let Err(error) = made() {
        let _ = fs::remove_file(&making);
        return Err(error);
    }
    flush(folder)
}

/// Makes names in a folder last, where the system lets a folder be opened.
fn flush(folder: &Path) -> io::Result<()> {
    match File::open(folder).and_then(|f| f.sync_all()) {
        Err(error) if cfg!(unix) => Err(error),
        _ => Ok(()),
    }
}

/// The version files as a zip that the import takes.
///
/// # Errors
/// A fault of ours: it is made in memory.
pub fn archive(content: &Content) -> Result<Vec<u8>, DraftError> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut write = || -> zip::result::ZipResult<()> {
        for file in content.changes.iter().flat_map(|c| &c.files) {
            zip.start_file(file.file.as_str(), SimpleFileOptions::default())?;
            zip.write_all(file.text.as_bytes())?;
        }
        Ok(())
    };
    write().map_err(|e| DraftError::Internal(format!("the archive: {e}")))?;
    let done = zip.finish().map_err(|e| DraftError::Internal(format!("the archive: {e}")))?;
    Ok(done.into_inner())
}

/// The approved change as data; the same whenever it is asked for.
///
/// # Errors
/// Where the draft is not approved.
pub fn payload(row: &DraftRow, content: &Content) -> Result<Payload, DraftError> {
    let (Some(by), Some(at), "approved") = (&row.decided_by, &row.decided_at, row.state.as_str()) else {
        return Err(DraftError::NotFound("The draft is not approved: it has no files yet."));
    };
    let mut versions = Vec::new();
    for change in &content.changes {
        for file in &change.files {
            let parsed = front_matter::parse(&file.file, &file.text);
            let (version, _) =
                parsed.map_err(|_| DraftError::Internal(format!("{} does not parse", file.file)))?;
            versions.push(PayloadVersion {
                program: change.program.clone(),
                name: version.name,
                version: file.version,
                part: file.part,
                terms: serde_json::to_value(&version.terms).unwrap_or_default(),
                file: file.file.clone(),
                sha256: sha256(&file.text),
                markdown: file.text.clone(),
            });
        }
    }
    Ok(Payload {
        kind: "spiffcast.program-change",
        format: 1,
        draft: row.id.clone(),
        title: row.title.clone(),
        answer: row.answer.clone(),
        drafted_by: row.author.clone(),
        approved_by: by.clone(),
        approved_at: at.clone(),
        versions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_or_not_there_and_is_written_again_where_it_is_gone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a/b/v4.md");
        // What a process that was killed while it wrote leaves behind is in nobody's way.
        fs::create_dir_all(folder.path().join("a/b")).expect("a folder");
        fs::write(folder.path().join("a/b/.new-left-behind"), "ha").expect("written");
        for _ in 0..2 {
            put(&path, b"whole").expect("put");
            assert_eq!(fs::read(&path).expect("there"), b"whole");
        }
        assert!(fs::metadata(&path).expect("there").permissions().readonly());
        fs::remove_file(&path).expect("gone");
        fs::write(&path, "wh").expect("half of it");
        put(&path, b"whole").expect("put again");
        assert_eq!(fs::read(&path).expect("there"), b"whole");
    }
}
