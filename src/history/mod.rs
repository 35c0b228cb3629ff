//! History: files of tables and programs, checked and turned into the plain values
//! the engine reads. The only user of polars. It must not know about questions,
//! scenarios, forecasts or who is asking; nothing above it sees a data frame.

mod cells;
mod checked;
mod csv_shape;
mod demo;
mod error;
mod frame;
mod import;
mod ledgers;
mod limits;
mod manifest;
mod panel;
mod partners;
mod products;
mod programs;
mod report;
mod returns;
mod source;
mod spec;
mod store;
mod stored;
mod transactions;
mod workbook;

use std::path::{Path, PathBuf};

use spiffcast_engine::calendar::FiscalCalendar;
use spiffcast_engine::company::Company;
use spiffcast_engine::finding::SourceFinding;
use spiffcast_engine::panel::Panel;

pub use demo::write_demo;
pub use error::HistoryError;
pub use import::{ImportReport, back, import};
pub use manifest::Digests;
pub use store::{Move, MoveKind};

/// Checked data, ready for questions.
#[derive(Debug, Clone)]
pub struct DataSet {
    /// Catalogue, programs, lines and ledgers.
    pub company: Company,
    /// The same sales as monthly arrays.
    pub panel: Panel,
    /// What the data is, for the bundle of every answer.
    pub digests: Digests,
    /// What somebody should look at; found by the import.
    pub warnings: Vec<SourceFinding>,
}

/// Where data comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The demo company inside the binary.
    Demo,
    /// A data folder that [`import`] filled.
    Folder(PathBuf),
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A table is being read.
    Reading {
        /// Which.
        table: &'static str,
    },
    /// A table is being checked.
    Checking {
        /// Which.
        table: &'static str,
        /// How many rows it has.
        rows: usize,
    },
    /// The checked tables are being packed.
    Packing,
    /// The new set is being written.
    Writing,
    /// The pointer is being moved.
    Publishing,
}

impl std::fmt::Display for Stage {
    /// For a progress line.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Reading { table } => write!(f, "reading {table}"),
            Self::Checking { table, rows } => write!(f, "checking {table} ({rows} rows)"),
            Self::Packing => f.write_str("packing the tables"),
            Self::Writing => f.write_str("writing the new set"),
            Self::Publishing => f.write_str("putting it in service"),
        }
    }
}

/// Whether a data folder holds imported data: whether [`load`] has something to load.
/// A damaged pointer counts, so that it is reported and not passed over.
pub fn has_data(folder: &Path) -> bool {
    !matches!(store::Store::new(folder).pointer(), Ok(None))
}

/// Whether a table of this name may be imported.
pub fn is_table(name: &str) -> bool {
    spec::ALL.iter().any(|spec| spec.name == name)
}

/// Puts beside the files of `source` what it lacks of the set that serves from a data
/// folder: tables of other names and program files that were not sent. Does nothing
/// where no data was imported yet.
///
/// # Errors
/// [`HistoryError::Damaged`] where the set is not what was imported, and what the file
/// system says.
pub fn complete(source: &Path, data: &Path) -> Result<(), HistoryError> {
    let store = store::Store::new(data);
    let Some(pointer) = store.pointer()? else { return Ok(()) };
    let manifest = store.verify(&pointer.current)?;
    let from = store.set_folder(&pointer.current);
    for name in manifest.files.keys() {
        let table = name.strip_suffix(".parquet");
        let sent = match table {
            Some(table) => source::extensions().any(|e| source.join(format!("{table}.{e}")).exists()),
            None => source.join(name).exists(),
        };
        if !sent {
            let to = source.join(name);
            let folder = to.parent().unwrap_or(source);
            std::fs::create_dir_all(folder).map_err(HistoryError::io(folder, "make the folder"))?;
            std::fs::copy(from.join(name), &to).map_err(HistoryError::io(&to, "copy the file"))?;
        }
    }
    Ok(())
}

/// The last moves of the pointer of a data folder, oldest first; none before the first
/// import.
///
/// # Errors
/// [`HistoryError::Damaged`] where the pointer cannot be read.
pub fn moves(folder: &Path) -> Result<Vec<Move>, HistoryError> {
    Ok(store::Store::new(folder).pointer()?.map(|pointer| pointer.moves).unwrap_or_default())
}

/// Keeps imports away from a data folder, until the guard is dropped.
///
/// # Errors
/// [`HistoryError::Busy`] while one is at work.
pub fn hold(folder: &Path) -> Result<Hold, HistoryError> {
    Ok(Hold(store::Store::new(folder).lock()?))
}

/// No import is at work while this lives.
#[derive(Debug)]
pub struct Hold(#[expect(dead_code, reason = "held until it is dropped")] std::fs::File);

/// The files that make up the imported data of a folder, with their names in it: the
/// pointer, the set that serves and, where it is whole, the one before. None before the
/// first import.
///
/// # Errors
/// [`HistoryError::Damaged`] where one is not what was imported.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>, HistoryError> {
    let store = store::Store::new(folder);
    let Some(pointer) = store.pointer()? else { return Ok(Vec::new()) };
    let mut found = vec![PathBuf::from(store::POINTER)];
    let mut add = |set: &str, manifest: manifest::Manifest| {
        let below = Path::new("sets").join(set);
        found.push(below.join(manifest::FILE));
        found.extend(manifest.files.keys().map(|name| below.join(name)));
    };
    add(&pointer.current, store.verify(&pointer.current)?);
    // One that cannot serve again is left behind.
    if let Some(set) = pointer.previous
        && let Ok(manifest) = store.verify(&set)
    {
        add(&set, manifest);
    }
    Ok(found)
}

/// Whether the imported data of a folder are what was imported; a folder without any is.
///
/// # Errors
/// [`HistoryError::Damaged`] where not.
pub fn check(folder: &Path) -> Result<(), HistoryError> {
    files(folder).map(|_| ())
}

/// Whether there is a set to go [`back`] to.
pub fn has_previous(folder: &Path) -> bool {
    matches!(store::Store::new(folder).pointer(), Ok(Some(pointer)) if pointer.previous.is_some())
}

/// Loads the data of a place.
///
/// # Errors
/// [`HistoryError::NoData`] before the first import, [`HistoryError::Damaged`] where
/// a stored file is not what the import wrote, [`HistoryError::Rejected`] where the
/// programs do not fit the calendar of the settings.
pub fn load(place: &Place, calendar: FiscalCalendar) -> Result<DataSet, HistoryError> {
    match place {
        Place::Demo => load_demo(calendar),
        Place::Folder(folder) => load_folder(folder, calendar),
    }
}

/// The text of a program file that serves, by its name such as
/// `programs/spiff-product-x/v3.md`; `None` where there is none of that name.
///
/// # Errors
/// Where the data folder cannot be read.
pub fn program_text(place: &Place, file: &str) -> Result<Option<String>, HistoryError> {
    let source = match place {
        Place::Demo => demo::source(),
        Place::Folder(folder) => {
            let store = store::Store::new(folder);
            let pointer = store.pointer()?.ok_or_else(|| HistoryError::NoData(folder.to_owned()))?;
            source::Source::folder(&store.set_folder(&pointer.current))?
        }
    };
    let Some(entry) = source.programs.iter().find(|entry| entry.name == file) else { return Ok(None) };
    Ok(String::from_utf8(entry.read()?.into_owned()).ok())
}

/// Reads and checks a folder as an import would, and stores nothing.
///
/// # Errors
/// As [`import`], but for those of writing.
pub fn examine(folder: &Path, calendar: FiscalCalendar) -> Result<Company, HistoryError> {
    let mut source = source::Source::folder(folder)?;
    Ok(checked::all(&mut source, calendar, &|_| ())?.company)
}

/// Reads and checks files that are held in memory as an import would: path relative to
/// the folder they would stand in, and bytes.
///
/// # Errors
/// As [`examine`].
pub fn examine_files(
    files: Vec<(String, Vec<u8>)>,
    calendar: FiscalCalendar,
) -> Result<Company, HistoryError> {
    let mut source = source::Source::memory(files.into_iter().map(|(name, bytes)| (name, bytes.into())));
    Ok(checked::all(&mut source, calendar, &|_| ())?.company)
}

fn load_demo(calendar: FiscalCalendar) -> Result<DataSet, HistoryError> {
    let damaged = || HistoryError::damaged(Path::new("data/demo/manifest.json"), "not a manifest");
    let manifest = demo::manifest().ok_or_else(damaged)?;
    data_set(demo::source(), manifest, calendar)
}

fn load_folder(folder: &Path, calendar: FiscalCalendar) -> Result<DataSet, HistoryError> {
    let store = store::Store::new(folder);
    let pointer = store.pointer()?.ok_or_else(|| HistoryError::NoData(folder.to_owned()))?;
    let manifest = store.verify(&pointer.current)?;
    data_set(source::Source::folder(&store.set_folder(&pointer.current))?, manifest, calendar)
}

fn data_set(
    mut source: source::Source,
    manifest: manifest::Manifest,
    calendar: FiscalCalendar,
) -> Result<DataSet, HistoryError> {
    // Only what the manifest vouches for is read.
    source.keep(|name| manifest.files.contains_key(name));
    let checked::Checked { company, panel, .. } = checked::all(&mut source, calendar, &|_| ())?;
    Ok(DataSet { company, panel, digests: manifest.digests, warnings: manifest.warnings })
}
