//! One sheet of an XLSX workbook as rows of text, as its cells hold them: numbers
//! written out in full, dates as ISO days. Read cell by cell, so that a sheet which
//! claims a billion cells costs only those it has. It must not know what the columns mean.

use std::io::{self, Cursor, Read};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, XlsxError};
use spiffcast_engine::finding::SourceFinding;

use super::limits::{
    CELL_BYTES_MAX, COLUMNS_MAX, ROWS_MAX, WORKBOOK_BYTES_MAX, WORKBOOK_FREE, WORKBOOK_PARTS_MAX,
    WORKBOOK_TIMES_MAX,
};
use super::report::FileReport;

/// The rows of a sheet that hold anything.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Texts of the first row, trimmed.
    pub header: Vec<String>,
    /// The row of the sheet that each record stands in, from 1.
    pub lines: Vec<u32>,
    /// One column after the other, as many as the header has; `None`: an empty cell.
    pub columns: Vec<Vec<Option<String>>>,
}

/// Reads the sheet named `wanted`, else the first. `None` where it cannot be read: the
/// report says why.
pub(super) fn read(bytes: &[u8], wanted: &str, report: &mut FileReport) -> Option<Sheet> {
    if let Err(problem) = unpacks(bytes) {
        report.error(problem);
        return None;
    }
    let unreadable =
        |e: XlsxError| format!("not a readable XLSX workbook ({e}); save it again, without a password");
    let mut book = match Xlsx::new(Cursor::new(bytes)) {
        Ok(book) => book,
        Err(e) => {
            report.error(unreadable(e));
            return None;
        }
    };
    let names = book.sheet_names();
    let named = names.iter().find(|n| n.eq_ignore_ascii_case(wanted)).or(names.first()).cloned();
    let Some(name) = named else {
        report.error("the workbook has no sheet");
        return None;
    };
    let mut rows = Rows::default();
    let mut read = || -> Result<Result<(), Stop>, XlsxError> {
        let mut cells = book.worksheet_cells_reader(&name)?;
        while let Some(cell) = cells.next_cell()? {
            let (row, column) = cell.get_position();
            if let Err(stop) = rows.put(row, column as usize, cell.get_value(), report) {
                return Ok(Err(stop));
            }
        }
        Ok(Ok(()))
    };
    match read() {
        Ok(Ok(())) => rows.finish(report),
        Ok(Err(Stop)) => None,
        Err(e) => {
            report.error(unreadable(e));
            None
        }
    }
}

/// What it takes to unpack the file, counted and thrown away: sizes that a file states
/// of itself prove nothing.
fn unpacks(bytes: &[u8]) -> Result<(), String> {
    let unreadable = |e: &dyn std::fmt::Display| format!("not a readable XLSX workbook ({e}); save it again");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| unreadable(&e))?;
    if archive.len() > WORKBOOK_PARTS_MAX {
        return Err(format!("more than {WORKBOOK_PARTS_MAX} parts; save the table as CSV or Parquet"));
    }
    let fits = (bytes.len() as u64).saturating_mul(WORKBOOK_TIMES_MAX).max(WORKBOOK_FREE);
    let mut left = WORKBOOK_BYTES_MAX.min(fits);
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|e| unreadable(&e))?;
        left -= io::copy(&mut part.take(left + 1), &mut io::sink()).map_err(|e| unreadable(&e))?.min(left);
        if left == 0 {
            return Err(format!(
                "more than {WORKBOOK_BYTES_MAX} bytes, or {WORKBOOK_TIMES_MAX} times its size, unpacked; save the table \
                 as CSV or Parquet"
            ));
        }
    }
    Ok(())
}

/// Reading ends; the report says why.
struct Stop;

/// Rows as they come in.
#[derive(Default)]
struct Rows {
    sheet: Sheet,
    /// The row of the header, from 0.
    header: Option<u32>,
}

impl Rows {
    fn put(
        &mut self,
        row: u32,
        column: usize,
        value: &DataRef<'_>,
        report: &mut FileReport,
    ) -> Result<(), Stop> {
        let line = row + 1;
        let text = match text(value) {
            Ok(None) => return Ok(()),
            Ok(Some(text)) => text,
            Err(problem) => {
                let place = format!("column {}: {problem}", letters(column));
                report.add(SourceFinding::error(report.file.clone(), Some(line as usize), place));
                return Ok(());
            }
        };
        if text.len() > CELL_BYTES_MAX {
            let problem = format!("a cell of {} bytes; at most {CELL_BYTES_MAX} are allowed", text.len());
            report.add(SourceFinding::error(report.file.clone(), Some(line as usize), problem));
            return Ok(());
        }
        if *self.header.get_or_insert(row) == row {
            self.name(column, text, report)
        } else {
            self.cell(line, column, text, report)
        }
    }

    fn name(&mut self, column: usize, text: String, report: &mut FileReport) -> Result<(), Stop> {
        if column >= COLUMNS_MAX {
            report.error(format!("more than {COLUMNS_MAX} columns"));
            return Err(Stop);
        }
        let header = &mut self.sheet.header;
        header.resize(header.len().max(column + 1), String::new());
        header[column] = text.trim().to_owned();
        self.sheet.columns.resize_with(header.len(), Vec::new);
        Ok(())
    }

    fn cell(&mut self, line: u32, column: usize, text: String, report: &mut FileReport) -> Result<(), Stop> {
        let sheet = &mut self.sheet;
        if column >= sheet.header.len() {
            let problem =
                format!("column {} holds {text:?} and has no name in the first row", letters(column));
            report.add(SourceFinding::error(report.file.clone(), Some(line as usize), problem));
            return Ok(());
        }
        if sheet.lines.last() != Some(&line) {
            if sheet.lines.last().is_some_and(|last| *last > line) {
                report.error("the rows of the sheet are out of order; save the workbook again");
                return Err(Stop);
            }
            if sheet.lines.len() == ROWS_MAX {
                report.error(format!("more than {ROWS_MAX} rows"));
                return Err(Stop);
            }
            sheet.lines.push(line);
        }
        let rows = sheet.lines.len();
        let cells = &mut sheet.columns[column];
        cells.resize(rows, None);
        cells[rows - 1] = Some(text);
        Ok(())
    }

    fn finish(mut self, report: &mut FileReport) -> Option<Sheet> {
        if self.header.is_none() {
            report.error("the sheet is empty; its first row must name the columns");
            return None;
        }
        let rows = self.sheet.lines.len();
        for cells in &mut self.sheet.columns {
            cells.resize(rows, None);
        }
        Some(self.sheet)
    }
}

/// The text of a cell; `None` where it is empty.
fn text(value: &DataRef<'_>) -> Result<Option<String>, String> {
    Ok(match value {
        DataRef::Empty => None,
        DataRef::String(s) => filled(s),
        DataRef::SharedString(s) => filled(s),
        DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => filled(s),
        DataRef::Int(n) => Some(n.to_string()),
        DataRef::Float(x) => Some(number(*x)),
        DataRef::Bool(b) => Some(b.to_string()),
        DataRef::DateTime(t) if t.is_datetime() => Some(day(t)),
        DataRef::DateTime(t) => Some(t.as_f64().to_string()),
        DataRef::Error(e) => return Err(format!("the formula gives {e}")),
    })
}

/// A number as the spreadsheet shows it: 15 digits that count, so that 3 × 480.1 is
/// 1440.3 and not 1440.3000000000002.
fn number(x: f64) -> String {
    format!("{x:.14e}").parse::<f64>().unwrap_or(x).to_string()
}

fn filled(s: &str) -> Option<String> {
    (!s.is_empty()).then(|| s.to_owned())
}

fn day(t: &ExcelDateTime) -> String {
    let (year, month, day, h, m, s, _) = t.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (h, m, s) == (0, 0, 0) { date } else { format!("{date}T{h:02}:{m:02}:{s:02}") }
}

/// A column as spreadsheets name it: A, B … Z, AA.
fn letters(column: usize) -> String {
    let last = char::from(b'A' + (column % 26) as u8);
    if column < 26 { last.to_string() } else { format!("{}{last}", letters(column / 26 - 1)) }
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::{ExcelDateTime as Day, Format, Formula, Workbook};

    use super::*;

    fn scanned(book: &mut Workbook) -> (Option<Sheet>, Vec<String>) {
        let bytes = book.save_to_buffer().expect("a workbook");
        let mut report = FileReport::new("t.xlsx");
        let sheet = read(&bytes, "t", &mut report);
        (sheet, report.finish().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn cells_come_as_a_csv_file_would_have_them() {
        let mut book = Workbook::new();
        book.add_worksheet().write_string(0, 0, "other").expect("written");
        let sheet = book.add_worksheet();
        sheet.set_name("T").expect("a name");
        for (at, name) in ["id", "price", "on", ""].into_iter().enumerate() {
            sheet.write_string(0, at as u16, name).expect("written");
        }
        let day = Format::new().set_num_format("dd.mm.yyyy");
        sheet.write_number(1, 0, 42.0).expect("written");
        sheet.write_number(1, 1, 1234567.1).expect("written");
        sheet.write_with_format(1, 2, Day::from_ymd(2026, 6, 30).expect("a day"), &day).expect("written");
        sheet.write_string(3, 0, "P-7").expect("written");
        let (sheet, findings) = scanned(&mut book);
        let sheet = sheet.expect("a sheet");
        assert_eq!(findings, Vec::<String>::new());
        assert_eq!(
            (&sheet.header[..3], &sheet.lines[..]),
            (&["id", "price", "on"].map(String::from)[..], &[2, 4][..])
        );
        let column =
            |at: usize| sheet.columns[at].iter().map(|c| c.as_deref().unwrap_or("-")).collect::<Vec<_>>();
        assert_eq!(
            (column(0), column(1), column(2)),
            (vec!["42", "P-7"], vec!["1234567.1", "-"], vec!["2026-06-30", "-"])
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_row() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write_string(0, 0, "id").expect("written");
        sheet.write_string(1, 0, "a").expect("written");
        sheet.write_string(1, 27, "stray").expect("written");
        sheet.write_formula(2, 0, Formula::new("=1/0").set_result("#DIV/0!")).expect("written");
        let (_, findings) = scanned(&mut book);
        assert!(findings[0].starts_with("error t.xlsx:2: column AB holds \"stray\""), "{findings:?}");
        let (none, findings) = scanned(&mut {
            let mut empty = Workbook::new();
            empty.add_worksheet();
            empty
        });
        assert!(none.is_none() && findings[0].contains("empty"), "{findings:?}");
        let mut report = FileReport::new("t.xlsx");
        assert!(read(b"PK no workbook", "t", &mut report).is_none());
        assert!(report.finish()[0].message.contains("not a readable XLSX workbook"));
    }

    #[test]
    fn a_workbook_that_swells_is_refused_before_it_is_read() {
        use std::io::Write;

        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default())
            .expect("an entry");
        let nothing = vec![b' '; 1 << 20];
        for _ in 0..80 {
            zip.write_all(&nothing).expect("written");
        }
        let bomb = zip.finish().expect("an archive").into_inner();
        assert!(bomb.len() < 1 << 20, "{}", bomb.len());
        let mut report = FileReport::new("t.xlsx");
        assert!(read(&bomb, "t", &mut report).is_none());
        let told: Vec<String> = report.finish().iter().map(ToString::to_string).collect();
        assert!(told[0].contains("times its size"), "{told:?}");
    }
}
