//! The demo company: embedded in the binary, so that it works from any folder.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use include_dir::{Dir, include_dir};
use spiffcast_engine::calendar::FiscalCalendar;

use super::error::HistoryError;
use super::manifest::{self, Manifest};
use super::source::Source;
use super::{checked, spec, stored};

static DEMO: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/data/demo");

/// The embedded files.
pub(super) fn source() -> Source {
    let mut files = Vec::new();
    collect(&DEMO, &mut files);
    Source::memory(files)
}

/// The manifest that was written with the files. That it fits them is held by a
/// test, so that starting need not hash everything.
pub(super) fn manifest() -> Option<Manifest> {
    serde_json::from_slice(DEMO.get_file(manifest::FILE)?.contents()).ok()
}

fn collect(dir: &'static Dir<'static>, files: &mut Vec<(String, Cow<'static, [u8]>)>) {
    for file in dir.files() {
        let name = file.path().to_string_lossy().replace('\\', "/");
        files.push((name, Cow::Borrowed(file.contents())));
    }
    dir.dirs().for_each(|d| collect(d, files));
}

/// Writes a generated company into a folder: the big tables as Parquet, the rest as
/// they are, and the manifest. The files are checked like an import before anything
/// is written.
///
/// # Errors
/// [`HistoryError::Rejected`] where the files would not pass an import.
pub fn write_demo(files: Vec<(String, Vec<u8>)>, out: &Path) -> Result<(), HistoryError> {
    let files: Vec<(String, Vec<u8>)> = files.into_iter().map(packed).collect();
    let borrowed = files.iter().map(|(name, bytes)| (name.clone(), Cow::Owned(bytes.clone())));
    let mut source = Source::memory(borrowed);
    let warnings = checked::all(&mut source, FiscalCalendar::default(), &|_| ())?.warnings;
    let manifest = Manifest::of(files.iter().map(|(n, b)| (n.as_str(), b.as_slice())), warnings);
    let json = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
    for (name, bytes) in files.iter().map(|(n, b)| (n.as_str(), b)).chain([(manifest::FILE, &json)]) {
        let path = out.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(HistoryError::io(folder, "make the folder"))?;
        }
        fs::write(&path, bytes).map_err(HistoryError::io(&path, "write the file"))?;
    }
    Ok(())
}

/// Transactions and payouts become Parquet; anything that cannot be converted stays
/// as it is, for the check to say what is wrong with it.
fn packed((name, bytes): (String, Vec<u8>)) -> (String, Vec<u8>) {
    for spec in [spec::TRANSACTIONS, spec::PAYOUTS] {
        if name == format!("{}.csv", spec.name)
            && let Some(parquet) = stored::convert(&spec, &bytes)
        {
            return (format!("{}.parquet", spec.name), parquet);
        }
    }
    (name, bytes)
}
