//! Collects what the checks of one file find: all of it counted, the first hundred
//! in file order kept.

use spiffcast_engine::finding::{Severity, SourceFinding};

use super::limits::SHOWN_MAX;

/// Where a row of a table is in its file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Rows {
    /// The physical line each row starts on, from 1 (CSV).
    Lines(Vec<u32>),
    /// Only the number of the row is known (Parquet).
    Numbers,
}

/// One finding before it is placed in the file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Note {
    pub row: usize,
    pub severity: Severity,
    pub column: &'static str,
    pub value: String,
    pub message: String,
}

/// Notes of one pass over a table, in row order; counts all, keeps the first hundred.
#[derive(Debug, Default)]
pub(super) struct Notes {
    kept: Vec<Note>,
    errors: usize,
    warnings: usize,
}

impl Notes {
    pub fn error(&mut self, row: usize, column: &'static str, value: &str, message: impl Into<String>) {
        self.errors += 1;
        self.keep(Severity::Error, row, column, value, message);
    }

    pub fn warning(&mut self, row: usize, column: &'static str, value: &str, message: impl Into<String>) {
        self.warnings += 1;
        self.keep(Severity::Warning, row, column, value, message);
    }

    fn keep(
        &mut self,
        severity: Severity,
        row: usize,
        column: &'static str,
        value: &str,
        message: impl Into<String>,
    ) {
        if self.kept.len() < SHOWN_MAX {
            self.kept.push(Note { row, severity, column, value: shorten(value), message: message.into() });
        }
    }

    pub fn append(&mut self, later: Notes) {
        self.errors += later.errors;
        self.warnings += later.warnings;
        let room = SHOWN_MAX.saturating_sub(self.kept.len());
        self.kept.extend(later.kept.into_iter().take(room));
    }
}

/// Everything found in one file.
#[derive(Debug)]
pub(super) struct FileReport {
    pub file: String,
    errors: usize,
    warnings: usize,
    shown: Vec<(usize, SourceFinding)>,
}

impl FileReport {
    pub fn new(file: impl Into<String>) -> Self {
        Self { file: file.into(), errors: 0, warnings: 0, shown: Vec::new() }
    }

    pub fn errors(&self) -> usize {
        self.errors
    }

    /// Adds a finding about the file as a whole, or about a known line.
    pub fn add(&mut self, finding: SourceFinding) {
        match finding.severity {
            Severity::Error => self.errors += 1,
            _ => self.warnings += 1,
        }
        self.shown.push((finding.line.unwrap_or(0), finding));
    }

    /// An error about the file as a whole.
    pub fn error(&mut self, message: impl Into<String>) {
        self.add(SourceFinding::error(self.file.clone(), None, message));
    }

    /// A warning about the file as a whole.
    pub fn warning(&mut self, message: impl Into<String>) {
        self.add(SourceFinding::warning(self.file.clone(), None, message));
    }

    /// Places the notes of one pass in the file.
    pub fn take(&mut self, rows: &Rows, notes: Notes) {
        self.errors += notes.errors;
        self.warnings += notes.warnings;
        for note in notes.kept {
            let (at, line, message) = match rows {
                Rows::Lines(lines) => {
                    let line = lines.get(note.row).map_or(0, |l| *l as usize);
                    (line, Some(line), note.message)
                }
                Rows::Numbers => (note.row + 1, None, format!("row {}: {}", note.row + 1, note.message)),
            };
            let mut finding = SourceFinding::error(self.file.clone(), line, message);
            finding.severity = note.severity;
            self.shown.push((at, finding.at(note.column, note.value)));
        }
    }

    /// The first hundred in file order, and a last line that counts the rest.
    pub fn finish(mut self) -> Vec<SourceFinding> {
        self.shown.sort_by_key(|(at, _)| *at);
        let total = self.errors + self.warnings;
        let mut out: Vec<_> = self.shown.into_iter().take(SHOWN_MAX).map(|(_, f)| f).collect();
        if total > out.len() {
            let message = format!(
                "{} more findings are not shown ({} errors and {} warnings in all)",
                total - out.len(),
                self.errors,
                self.warnings
            );
            out.push(SourceFinding {
                severity: Severity::Info,
                ..SourceFinding::error(self.file, None, message)
            });
        }
        out
    }
}

/// A value as it is shown: at most 80 characters, so that a huge or binary field
/// does not flood the terminal.
pub(super) fn shorten(value: &str) -> String {
    const SHOWN: usize = 80;
    if value.chars().nth(SHOWN).is_none() {
        return value.to_owned();
    }
    let head: String = value.chars().take(SHOWN).collect();
    format!("{head}… ({} bytes)", value.len())
}
