//! Finds the files of a data set: in a folder or inside the binary. It lists and
//! reads, it does not look inside.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::HistoryError;
use super::frame::Format;
use super::limits::{PROGRAM_BYTES_MAX, PROGRAM_FILES_MAX, TABLE_BYTES_MAX};
use super::report::FileReport;
use super::spec::{self, Spec};

/// How tables may be stored, by the end of the file's name.
const FORMATS: [(&str, Format); 3] =
    [("csv", Format::Csv), ("parquet", Format::Parquet), ("xlsx", Format::Xlsx)];

/// How the name of a table's file may end.
pub(super) fn extensions() -> impl Iterator<Item = &'static str> {
    FORMATS.into_iter().map(|(extension, _)| extension)
}

/// A file by its name relative to the folder.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub name: String,
    place: At,
}

#[derive(Debug, Clone)]
enum At {
    Disk { path: PathBuf, size: u64 },
    Memory(Cow<'static, [u8]>),
}

impl Entry {
    fn size(&self) -> u64 {
        match &self.place {
            At::Disk { size, .. } => *size,
            At::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// The bytes. Read when needed, so that only one table is held at a time.
    pub fn read(&self) -> Result<Cow<'_, [u8]>, HistoryError> {
        match &self.place {
            At::Disk { path, .. } => {
                fs::read(path).map(Cow::Owned).map_err(HistoryError::io(path, "read the file"))
            }
            At::Memory(bytes) => Ok(Cow::Borrowed(bytes)),
        }
    }
}

/// The files of a data set.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// Tables, in the order of [`spec::ALL`].
    pub tables: Vec<(Spec, Format, Entry)>,
    /// Program files, by name.
    pub programs: Vec<Entry>,
    /// What is wrong with the listing itself.
    pub reports: Vec<FileReport>,
}

impl Source {
    /// The files of a folder. Missing tables, doubled ones and strangers are reported.
    pub fn folder(folder: &Path) -> Result<Self, HistoryError> {
        if !folder.is_dir() {
            return Err(HistoryError::NoSource(folder.to_owned()));
        }
        let mut entries = Vec::new();
        list(folder, "", 0, &mut entries)?;
        Ok(Self::of(entries))
    }

    /// Files held in memory.
    pub fn memory(files: impl IntoIterator<Item = (String, Cow<'static, [u8]>)>) -> Self {
        let entry = |(name, bytes)| Entry { name, place: At::Memory(bytes) };
        Self::of(files.into_iter().map(entry).collect())
    }

    /// Leaves out files that are not wanted.
    pub fn keep(&mut self, wanted: impl Fn(&str) -> bool) {
        self.tables.retain(|(_, _, entry)| wanted(&entry.name));
        self.programs.retain(|entry| wanted(&entry.name));
    }

    fn of(mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        let mut source = Self::default();
        for spec in spec::ALL {
            source.table(spec, &mut entries);
        }
        for entry in entries {
            if is_program(&entry.name) {
                source.program(entry);
            } else if !is_ours(&entry.name) {
                let mut report = FileReport::new(entry.name);
                report.warning("not a table or a program of Spiffcast; left out");
                source.reports.push(report);
            }
        }
        source
    }

    fn table(&mut self, spec: Spec, entries: &mut Vec<Entry>) {
        let mut found = Vec::new();
        for (extension, format) in FORMATS {
            let name = format!("{}.{extension}", spec.name);
            if let Some(at) = entries.iter().position(|e| e.name == name) {
                found.push((format, entries.remove(at)));
            }
        }
        let mut report = FileReport::new(found.first().map_or(spec.name, |(_, e)| &e.name));
        match found.len() {
            0 if spec.needed => {
                report.error(format!(
                    "the table is missing; expected {0}.csv, {0}.parquet or {0}.xlsx",
                    spec.name
                ));
            }
            0 => {}
            1 => {
                let (format, entry) = found.remove(0);
                if entry.size() > TABLE_BYTES_MAX {
                    report.error(format!("{} bytes; at most {TABLE_BYTES_MAX} are read", entry.size()));
                } else {
                    self.tables.push((spec, format, entry));
                }
            }
            _ => {
                let names: Vec<&str> = found.iter().map(|(_, e)| e.name.as_str()).collect();
                report.error(format!("there are both {}; keep one", names.join(" and ")));
            }
        }
        self.reports.push(report);
    }

    fn program(&mut self, entry: Entry) {
        let mut report = FileReport::new(entry.name.clone());
        if entry.size() > PROGRAM_BYTES_MAX {
            report.error(format!("{} bytes; at most {PROGRAM_BYTES_MAX} are read", entry.size()));
        } else if self.programs.len() >= PROGRAM_FILES_MAX {
            report.error(format!("more than {PROGRAM_FILES_MAX} program files"));
        } else {
            self.programs.push(entry);
        }
        self.reports.push(report);
    }
}

/// `programs/<id>/v<N>.md`.
fn is_program(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    matches!(parts.as_slice(), ["programs", _, file] if file.starts_with('v') && file.ends_with(".md"))
}

/// Files that belong to a set but are neither table nor program.
fn is_ours(name: &str) -> bool {
    name == super::manifest::FILE || name.starts_with('.') || name.to_ascii_lowercase().starts_with("readme")
}

/// Lists the folder and `programs/*`; never follows deeper.
fn list(folder: &Path, prefix: &str, depth: usize, entries: &mut Vec<Entry>) -> Result<(), HistoryError> {
    let doing = "list the folder";
    for item in fs::read_dir(folder).map_err(HistoryError::io(folder, doing))? {
        let item = item.map_err(HistoryError::io(folder, doing))?;
        let path = item.path();
        let meta = fs::metadata(&path).map_err(HistoryError::io(&path, "look at the file"))?;
        let name = format!("{prefix}{}", item.file_name().to_string_lossy());
        let inside_programs = depth == 0 && name == "programs" || depth == 1;
        if meta.is_file() {
            entries.push(Entry { name, place: At::Disk { path, size: meta.len() } });
        } else if meta.is_dir() && inside_programs {
            list(&path, &format!("{name}/"), depth + 1, entries)?;
        }
        if entries.len() > 2 * PROGRAM_FILES_MAX {
            let source = std::io::Error::other("too many files");
            return Err(HistoryError::Io { path: folder.to_owned(), doing, source });
        }
    }
    Ok(())
}
