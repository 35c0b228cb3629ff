//! Import: read and check everything, write the new set, move the pointer. All or
//! nothing.

use std::path::Path;

use spiffcast_engine::calendar::FiscalCalendar;
use spiffcast_engine::finding::SourceFinding;

use super::checked::{self, Checked};
use super::error::HistoryError;
use super::manifest::{Digests, Manifest};
use super::source::Source;
use super::store::{MoveKind, Pointer, Store};
use super::{Stage, stored};

/// What an import did.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportReport {
    /// Digests of the data that serves from now on.
    pub digests: Digests,
    /// Name of the set: the folder under `sets/`.
    pub set: String,
    /// The set that served before, to go back to.
    pub previous: Option<String>,
    /// Whether the data was already the one that served.
    pub unchanged: bool,
    /// Number of partners.
    pub partners: usize,
    /// Number of products.
    pub products: usize,
    /// Number of programs.
    pub programs: usize,
    /// Number of transaction lines.
    pub lines: usize,
    /// Last day of the data.
    pub as_of: chrono::NaiveDate,
    /// What somebody should look at.
    pub warnings: Vec<SourceFinding>,
}

/// Imports a folder of tables and programs into a data folder. `who`: login of who does.
///
/// # Errors
/// [`HistoryError::Rejected`] with every finding where the files are wrong; other
/// errors where the file system refuses. In every case the data that served before
/// still serves.
pub fn import(
    source: &Path,
    data: &Path,
    calendar: FiscalCalendar,
    who: &str,
    progress: &dyn Fn(Stage),
) -> Result<ImportReport, HistoryError> {
    let prepared = prepare(source, calendar, progress)?;
    let store = Store::new(data);
    let _lock = store.lock()?;
    progress(Stage::Writing);
    let set = store.write_set(&prepared.manifest, &prepared.files)?;
    let before = store.pointer()?;
    progress(Stage::Publishing);
    let unchanged = before.as_ref().is_some_and(|p| p.current == set);
    let pointer = match before {
        Some(pointer) if unchanged => pointer,
        before => {
            let digests = prepared.manifest.digests.clone();
            let pointer = Pointer::moved(before, MoveKind::Import, set, digests, who);
            store.point(&pointer)?;
            pointer
        }
    };
    store.tidy(&pointer);
    Ok(ImportReport {
        digests: prepared.manifest.digests,
        set: pointer.current,
        previous: pointer.previous,
        unchanged,
        partners: prepared.counts[0],
        products: prepared.counts[1],
        programs: prepared.counts[2],
        lines: prepared.counts[3],
        as_of: prepared.as_of,
        warnings: prepared.manifest.warnings,
    })
}

/// Goes back to the set that served before the last import; calling it again goes
/// forward. Gives the name of the set that serves now. `who`: login of who does.
///
/// # Errors
/// [`HistoryError::NoPrevious`] where there is none, [`HistoryError::Damaged`] where
/// it is not what was imported.
pub fn back(data: &Path, who: &str) -> Result<String, HistoryError> {
    let store = Store::new(data);
    let _lock = store.lock()?;
    let pointer = store.pointer()?.ok_or_else(|| HistoryError::NoData(data.to_owned()))?;
    let set = pointer.previous.clone().ok_or_else(|| HistoryError::NoPrevious(data.to_owned()))?;
    let digests = store.verify(&set)?.digests;
    store.point(&Pointer::moved(Some(pointer), MoveKind::Back, set.clone(), digests, who))?;
    Ok(set)
}

struct Prepared {
    manifest: Manifest,
    files: Vec<(String, Vec<u8>)>,
    /// Partners, products, programs, transaction lines.
    counts: [usize; 4],
    as_of: chrono::NaiveDate,
}

/// Everything that can fail because of the data, before anything is written.
fn prepare(
    folder: &Path,
    calendar: FiscalCalendar,
    progress: &dyn Fn(Stage),
) -> Result<Prepared, HistoryError> {
    let mut source = Source::folder(folder)?;
    let Checked { company, warnings, .. } = checked::all(&mut source, calendar, progress)?;
    progress(Stage::Packing);
    let mut files = stored::tables(&company).map_err(|e| HistoryError::Damaged {
        path: folder.to_owned(),
        what: format!("cannot be stored: {e}"),
    })?;
    for file in &source.programs {
        files.push((file.name.clone(), file.read()?.into_owned()));
    }
    let manifest = Manifest::of(files.iter().map(|(n, b)| (n.as_str(), b.as_slice())), warnings);
    let catalog = &company.catalog;
    let counts =
        [catalog.partners.len(), catalog.products.len(), company.programs.len(), company.lines.len()];
    Ok(Prepared { manifest, files, counts, as_of: company.as_of })
}
