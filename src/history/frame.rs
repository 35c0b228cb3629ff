//! From the bytes of one table file to columns of text and days: the only place
//! where polars reads. It knows which columns a table has, not what they mean.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use polars::prelude::*;

use super::limits::{COLUMNS_MAX, ROWS_MAX, UNPACKED_BYTES_MAX};
use super::report::{FileReport, Rows};
use super::spec::{Spec, holds_days};
use super::{csv_shape, workbook};

/// One column. Every other type of a Parquet file is turned into text first.
#[derive(Debug)]
pub(super) enum Column {
    /// Text, as in CSV.
    Text(StringChunked),
    /// Days since 1970-01-01, as in a Parquet DATE column.
    Days(Int32Chunked),
}

/// The known columns of one table.
#[derive(Debug)]
pub(super) struct RawTable {
    /// Number of rows.
    pub rows: usize,
    /// Where the rows are in the file.
    pub places: Rows,
    columns: Vec<(&'static str, Column)>,
}

impl RawTable {
    /// A column, where the file has it.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|(n, _)| *n == name).map(|(_, c)| c)
    }
}

/// How a table is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Comma-separated text.
    Csv,
    /// Apache Parquet.
    Parquet,
    /// A sheet of a workbook.
    Xlsx,
}

/// Reads a table. `None` where there is nothing to check: the report says why.
pub(super) fn read(spec: &Spec, format: Format, bytes: &[u8], report: &mut FileReport) -> Option<RawTable> {
    let table = match format {
        Format::Csv => csv(spec, bytes, report),
        Format::Parquet => guarded("Parquet file", report, |report| parquet(spec, bytes, report)),
        Format::Xlsx => guarded("XLSX workbook", report, |report| xlsx(spec, bytes, report)),
    }?;
    if spec.needed && table.rows == 0 && report.errors() == 0 {
        report.error(format!("no rows; {} must have at least one", spec.name));
    }
    Some(table)
}

/// A damaged file may trip an assertion inside a decoder; that must not take a running
/// server down.
fn guarded<T>(
    what: &str,
    report: &mut FileReport,
    read: impl FnOnce(&mut FileReport) -> Option<T>,
) -> Option<T> {
    catch_unwind(AssertUnwindSafe(|| read(report))).unwrap_or_else(|_| {
        report.error(format!("not a readable {what} (damaged or of an unsupported type); write it again"));
        None
    })
}

fn xlsx(spec: &Spec, bytes: &[u8], report: &mut FileReport) -> Option<RawTable> {
    let mut sheet = workbook::read(bytes, spec.name, report)?;
    let known = known_columns(spec, sheet.header.iter().map(String::as_str), report);
    let rows = sheet.lines.len();
    let mut column =
        |at: usize| std::mem::take(&mut sheet.columns[at]).into_iter().collect::<StringChunked>();
    let columns = known.into_iter().map(|(at, name)| (name, Column::Text(column(at)))).collect();
    Some(RawTable { rows, places: Rows::Lines(sheet.lines), columns })
}

fn csv(spec: &Spec, bytes: &[u8], report: &mut FileReport) -> Option<RawTable> {
    let shape = csv_shape::scan(bytes, report)?;
    let known = known_columns(spec, shape.header.iter().map(String::as_str), report);
    let places = Rows::Lines(shape.lines);
    let Rows::Lines(lines) = &places else { return None };
    let rows = lines.len();
    let series = if rows == 0 || known.is_empty() {
        known.iter().map(|_| StringChunked::full_null(PlSmallStr::EMPTY, rows)).collect()
    } else {
        match read_text(&shape.body, shape.header.len(), known.iter().map(|(at, _)| *at).collect()) {
            Ok(columns) if columns.iter().all(|c| c.len() == rows) => columns,
            Ok(_) => {
                report.error("the rows of the file could not be told apart; check its quotes");
                return None;
            }
            Err(e) => {
                report.error(format!("not a readable CSV file: {}", first_line(&e)));
                return None;
            }
        }
    };
    let columns = known.into_iter().map(|(_, name)| name).zip(series.into_iter().map(Column::Text)).collect();
    Some(RawTable { rows, places, columns })
}

fn read_text(body: &[u8], width: usize, projection: Vec<usize>) -> PolarsResult<Vec<StringChunked>> {
    let schema: Schema = (0..width).map(|i| Field::new(format!("c{i}").into(), DataType::String)).collect();
    let names: Vec<String> = projection.iter().map(|i| format!("c{i}")).collect();
    let mut sorted = projection;
    sorted.sort_unstable();
    let frame = CsvReadOptions::default()
        .with_has_header(false)
        .with_schema(Some(Arc::new(schema)))
        .with_projection(Some(Arc::new(sorted)))
        .with_rechunk(true)
        .into_reader_with_file_handle(Cursor::new(body))
        .finish()?;
    names
        .iter()
        .map(|name| Ok(frame.column(name)?.as_materialized_series().str()?.rechunk().into_owned()))
        .collect()
}

fn parquet(spec: &Spec, bytes: &[u8], report: &mut FileReport) -> Option<RawTable> {
    let unreadable = |e: PolarsError| format!("not a readable Parquet file: {}", first_line(&e));
    let mut reader = ParquetReader::new(Cursor::new(bytes));
    let metadata = match reader.get_metadata() {
        Ok(metadata) => metadata.clone(),
        Err(e) => {
            report.error(unreadable(e));
            return None;
        }
    };
    let unpacked: u64 = metadata.row_groups.iter().map(|g| g.total_byte_size() as u64).sum();
    if metadata.num_rows > ROWS_MAX || unpacked > UNPACKED_BYTES_MAX {
        report.error(format!(
            "{} rows, {unpacked} bytes unpacked; at most {ROWS_MAX} rows and {UNPACKED_BYTES_MAX} bytes are read",
            metadata.num_rows
        ));
        return None;
    }
    let schema = match reader.schema() {
        Ok(schema) => schema,
        Err(e) => {
            report.error(unreadable(e));
            return None;
        }
    };
    if schema.len() > COLUMNS_MAX {
        report.error(format!("{} columns; at most {COLUMNS_MAX} are read", schema.len()));
        return None;
    }
    let known = known_columns(spec, schema.iter_names().map(|n| n.as_str()), report);
    let names: Vec<String> = known.iter().map(|(_, name)| (*name).to_owned()).collect();
    if names.is_empty() {
        return Some(RawTable { rows: metadata.num_rows, places: Rows::Numbers, columns: Vec::new() });
    }
    let frame = match reader.with_columns(Some(names)).finish() {
        Ok(frame) => frame,
        Err(e) => {
            report.error(unreadable(e));
            return None;
        }
    };
    let mut columns = Vec::with_capacity(known.len());
    for (_, name) in known {
        match frame.column(name).and_then(|c| typed(name, c.as_materialized_series())) {
            Ok(column) => columns.push((name, column)),
            Err(e) => report.error(format!("column {name}: {}; write it as text", first_line(&e))),
        }
    }
    Some(RawTable { rows: frame.height(), places: Rows::Numbers, columns })
}

fn typed(name: &str, series: &Series) -> PolarsResult<Column> {
    let is_time = matches!(series.dtype(), DataType::Date | DataType::Datetime(..));
    if holds_days(name) && is_time {
        let days = series.cast(&DataType::Date)?;
        return Ok(Column::Days(days.date()?.physical().rechunk().into_owned()));
    }
    match series.dtype() {
        DataType::String => Ok(Column::Text(series.str()?.rechunk().into_owned())),
        DataType::List(_) | DataType::Struct(_) | DataType::Binary => {
            polars_bail!(ComputeError: "type {} is not supported", series.dtype())
        }
        _ => Ok(Column::Text(series.strict_cast(&DataType::String)?.str()?.rechunk().into_owned())),
    }
}

/// Position and name of the known columns; reports unknown, doubled and missing ones.
fn known_columns<'n>(
    spec: &Spec,
    header: impl Iterator<Item = &'n str>,
    report: &mut FileReport,
) -> Vec<(usize, &'static str)> {
    let mut known: Vec<(usize, &'static str)> = Vec::new();
    for (at, name) in header.enumerate() {
        match spec.column(name) {
            Some(column) if known.iter().any(|(_, k)| *k == column) => {
                report.error(format!("column {column} appears twice"));
            }
            Some(column) => known.push((at, column)),
            None => {
                let near = spec.column(&name.to_ascii_lowercase().replace([' ', '-'], "_"));
                let hint = near.map(|n| format!("; did you mean {n}?")).unwrap_or_default();
                report
                    .warning(format!("unknown column {:?} is left out{hint}", super::report::shorten(name)));
            }
        }
    }
    for column in spec.required {
        if !known.iter().any(|(_, k)| k == column) {
            report.error(format!(
                "column {column} is missing; {} needs {}",
                spec.name,
                spec.required.join(", ")
            ));
        }
    }
    known
}

fn first_line(e: &PolarsError) -> String {
    e.to_string().lines().next().unwrap_or("unreadable").to_owned()
}
