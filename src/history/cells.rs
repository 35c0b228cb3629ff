//! Parsers of cells: text, days, decimals, whole numbers, words of a fixed list.
//! Each takes a whole column, in parallel over stretches of rows, and gives one
//! value a row (a placeholder where the cell is bad) and what was wrong.

use std::collections::HashMap;
use std::str::FromStr;

use chrono::NaiveDate;
use rayon::prelude::*;
use rust_decimal::Decimal;

use super::frame::{Column, RawTable};
use super::limits::{CELL_BYTES_MAX, YEARS};
use super::report::{FileReport, Notes, Rows};

/// Rows that one task parses.
const STRETCH: usize = 65_536;

/// Reads columns of one table and reports into one file's report.
pub(super) struct Cells<'a> {
    pub raw: &'a RawTable,
    pub report: &'a mut FileReport,
}

impl<'a> Cells<'a> {
    pub fn new(raw: &'a RawTable, report: &'a mut FileReport) -> Self {
        Self { raw, report }
    }

    /// A pass over the rows by hand, for checks that look at several columns.
    pub fn note(&mut self, notes: Notes) {
        self.report.take(&self.raw.places, notes);
    }

    /// Where a row is, in words.
    pub fn place(&self, row: usize) -> String {
        match &self.raw.places {
            Rows::Lines(lines) => format!("line {}", lines.get(row).copied().unwrap_or_default()),
            Rows::Numbers => format!("row {}", row + 1),
        }
    }

    /// Looks identifiers up in another table; reports those it does not hold.
    /// Bad cells (empty) were reported before.
    pub fn refer(
        &mut self,
        column: &'static str,
        ids: &[&str],
        known: &HashMap<String, usize>,
        table: &str,
    ) -> Vec<Option<usize>> {
        let found: Vec<Option<usize>> = ids.par_iter().map(|id| known.get(*id).copied()).collect();
        let mut notes = Notes::default();
        for (row, id) in ids.iter().enumerate() {
            // An empty list is a table that could not be read, reported there.
            if found[row].is_none() && !id.is_empty() && !known.is_empty() {
                notes.error(row, column, id, format!("no such {column} in {table}"));
            }
        }
        self.note(notes);
        found
    }

    /// Identifiers that must be there; empty where missing or bad.
    pub fn ids(&mut self, column: &'static str) -> Vec<&'a str> {
        self.required(column, "", id)
    }

    /// Identifiers that may be empty.
    pub fn optional_ids(&mut self, column: &'static str) -> Vec<Option<&'a str>> {
        self.optional(column, id)
    }

    /// Names that must be there: any text.
    pub fn names(&mut self, column: &'static str) -> Vec<&'a str> {
        self.required(column, "", name)
    }

    /// Names that may be empty.
    pub fn optional_names(&mut self, column: &'static str) -> Vec<Option<&'a str>> {
        self.optional(column, name)
    }

    /// Decimals that must be there.
    pub fn decimals(&mut self, column: &'static str, bound: Bound) -> Vec<Decimal> {
        self.required(column, Decimal::ZERO, |s| bound.check(decimal(s)?))
    }

    /// Decimals that may be empty.
    pub fn optional_decimals(&mut self, column: &'static str, bound: Bound) -> Vec<Option<Decimal>> {
        self.optional(column, |s| bound.check(decimal(s)?))
    }

    /// Positive whole numbers; `default` where the cell or the column is missing.
    pub fn counts(&mut self, column: &'static str, default: Option<u32>) -> Vec<u32> {
        match default {
            Some(value) => self.optional(column, count).into_iter().map(|n| n.unwrap_or(value)).collect(),
            None => self.required(column, 1, count),
        }
    }

    /// Words of a fixed list; `default` where the cell or the column is missing.
    pub fn words<T: Copy + Send + Sync>(
        &mut self,
        column: &'static str,
        list: &[(&'static str, T)],
        default: Option<T>,
    ) -> Vec<T> {
        let parse = |s: &str| {
            let known = || list.iter().map(|(w, _)| *w).collect::<Vec<_>>().join(", ");
            list.iter()
                .find(|(w, _)| *w == s)
                .map(|(_, t)| *t)
                .ok_or_else(|| format!("expected one of {}", known()))
        };
        match default {
            Some(value) => self.optional(column, parse).into_iter().map(|t| t.unwrap_or(value)).collect(),
            None => self.required(column, list[0].1, parse),
        }
    }

    /// Days that must be there.
    pub fn days(&mut self, column: &'static str) -> Vec<NaiveDate> {
        let epoch = NaiveDate::default();
        let missing = "missing; expected a day such as 2026-06-30";
        match self.raw.column(column) {
            Some(Column::Days(_)) => {
                let days = self.typed_days(column);
                let mut notes = Notes::default();
                for (row, _) in days.iter().enumerate().filter(|(_, d)| d.is_none()) {
                    notes.error(row, column, "", missing);
                }
                self.note(notes);
                days.into_iter().map(|d| d.unwrap_or(epoch)).collect()
            }
            _ => self.required(column, epoch, day),
        }
    }

    /// Days that may be empty.
    pub fn optional_days(&mut self, column: &'static str) -> Vec<Option<NaiveDate>> {
        match self.raw.column(column) {
            Some(Column::Days(_)) => self.typed_days(column),
            _ => self.optional(column, day),
        }
    }

    fn typed_days(&mut self, column: &'static str) -> Vec<Option<NaiveDate>> {
        let Some(Column::Days(days)) = self.raw.column(column) else { return Vec::new() };
        let mut notes = Notes::default();
        let of = |days: i32| NaiveDate::from_epoch_days(days).filter(|d| in_range(*d));
        let parsed = (days.iter().enumerate())
            .map(|(row, value)| {
                let day = value.and_then(of);
                if let (Some(days), None) = (value, day) {
                    notes.error(row, column, &format!("{days} days after 1970-01-01"), YEAR_EXPECTED);
                }
                day
            })
            .collect();
        self.note(notes);
        parsed
    }

    fn required<T: Copy + Send + Sync>(
        &mut self,
        column: &'static str,
        placeholder: T,
        parse: impl Fn(&'a str) -> Result<T, String> + Sync,
    ) -> Vec<T> {
        self.parse(column, placeholder, |cell| match cell {
            Some(text) => parse(text),
            None => Err("missing; a value is required".into()),
        })
    }

    fn optional<T: Copy + Send + Sync>(
        &mut self,
        column: &'static str,
        parse: impl Fn(&'a str) -> Result<T, String> + Sync,
    ) -> Vec<Option<T>> {
        self.parse(column, None, |cell| cell.map(&parse).transpose())
    }

    fn parse<T: Copy + Send + Sync>(
        &mut self,
        column: &'static str,
        placeholder: T,
        parse: impl Fn(Option<&'a str>) -> Result<T, String> + Sync,
    ) -> Vec<T> {
        let raw = self.raw;
        let rows = raw.rows;
        let Some(Column::Text(cells)) = raw.column(column) else {
            // A missing required column was reported once, for the file.
            return vec![placeholder; rows];
        };
        let stretch = |from: usize| {
            let mut notes = Notes::default();
            let one = |row: usize| {
                let cell = cells.get(row).map(trimmed).filter(|c| !c.is_empty());
                parse(cell).unwrap_or_else(|expected| {
                    notes.error(row, column, cell.unwrap_or(""), expected);
                    placeholder
                })
            };
            let values: Vec<T> = (from..rows.min(from + STRETCH)).map(one).collect();
            (values, notes)
        };
        let starts: Vec<usize> = (0..rows).step_by(STRETCH).collect();
        let parts: Vec<(Vec<T>, Notes)> = starts.into_par_iter().map(stretch).collect();
        let (mut values, mut notes) = (Vec::with_capacity(rows), Notes::default());
        for (part, found) in parts {
            values.extend_from_slice(&part);
            notes.append(found);
        }
        self.note(notes);
        values
    }
}

/// What a decimal must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    Any,
    NotNegative,
    AboveZero,
}

impl Bound {
    fn check(self, value: Decimal) -> Result<Decimal, String> {
        match self {
            Self::NotNegative if value < Decimal::ZERO => Err("expected a number not below 0".into()),
            Self::AboveZero if value <= Decimal::ZERO => Err("expected a number above 0".into()),
            _ => Ok(value),
        }
    }
}

/// Without spaces around; most cells have none.
fn trimmed(cell: &str) -> &str {
    match cell.as_bytes() {
        [first, .., last] | [first @ last]
            if *first > b' ' && *last > b' ' && last.is_ascii() && first.is_ascii() =>
        {
            cell
        }
        _ => cell.trim(),
    }
}

fn id(text: &str) -> Result<&str, String> {
    if text.bytes().any(|b| b.is_ascii_control()) {
        return Err("an identifier must not hold line breaks or control characters".into());
    }
    name(text)
}

fn name(text: &str) -> Result<&str, String> {
    if text.len() > CELL_BYTES_MAX {
        return Err(format!("{} bytes; at most {CELL_BYTES_MAX} are allowed", text.len()));
    }
    Ok(text)
}

const DAY_EXPECTED: &str = "not a day of the calendar; expected YYYY-MM-DD such as 2026-06-30";
const YEAR_EXPECTED: &str = "expected a day between 1970 and 2100";

fn in_range(day: NaiveDate) -> bool {
    YEARS.contains(&chrono::Datelike::year(&day))
}

/// An ISO day, exactly `YYYY-MM-DD`.
fn day(text: &str) -> Result<NaiveDate, String> {
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0u32, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
    };
    let [y @ .., b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return Err(DAY_EXPECTED.into()) };
    if y.len() != 4 {
        return Err(DAY_EXPECTED.into());
    }
    let day = number(y).zip(number(&[*m1, *m2])).zip(number(&[*d1, *d2]));
    let day = day.and_then(|((y, m), d)| NaiveDate::from_ymd_opt(y as i32, m, d)).ok_or(DAY_EXPECTED)?;
    if in_range(day) { Ok(day) } else { Err(YEAR_EXPECTED.into()) }
}

const DECIMAL_EXPECTED: &str = "not a number; expected digits with a point, such as 1234.50";

/// Money and quantities: digits with a point, at most a trillion and 8 decimals,
/// so that no later product or sum can overflow.
fn decimal(text: &str) -> Result<Decimal, String> {
    const DECIMALS_MAX: usize = 8;
    let (negative, digits) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let mut point = None;
    for (at, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {}
            b'.' if point.is_none() => point = Some(at),
            _ => return Err(DECIMAL_EXPECTED.into()),
        }
    }
    let whole = point.unwrap_or(digits.len());
    let fraction = digits.len() - whole - usize::from(point.is_some());
    if whole + fraction == 0 {
        return Err(DECIMAL_EXPECTED.into());
    }
    let leading = digits[..whole].iter().take_while(|b| **b == b'0').count();
    if whole - leading > 12 {
        return Err("too large; at most 999999999999 is allowed".into());
    }
    let trailing = digits[whole..].iter().rev().take_while(|b| **b == b'0').count();
    if fraction.saturating_sub(trailing) > DECIMALS_MAX {
        return Err(format!("more than {DECIMALS_MAX} decimals; write money and units as decimal text"));
    }
    let scale = fraction.min(DECIMALS_MAX);
    let end = whole + if scale == 0 { 0 } else { 1 + scale };
    let digit = |n: i128, b: &u8| if b.is_ascii_digit() { n * 10 + i128::from(b - b'0') } else { n };
    let mantissa = digits[..end].iter().fold(0i128, digit);
    Ok(Decimal::from_i128_with_scale(if negative { -mantissa } else { mantissa }, scale as u32))
}

/// A whole number from 1.
fn count(text: &str) -> Result<u32, String> {
    // A Parquet file may hold it as a float.
    let text = text.strip_suffix(".0").unwrap_or(text);
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let number = u32::from_str(text).ok().filter(|n| digits && *n > 0);
    number.ok_or_else(|| "expected a whole number from 1".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_strict_iso() {
        assert_eq!(day("2024-02-29"), Ok(NaiveDate::from_ymd_opt(2024, 2, 29).expect("a day")));
        for bad in [
            "2026-02-30",
            "2026-2-3",
            "30/06/2026",
            "2026-06-30T00:00:00",
            "",
            "x",
            "20260-06-30",
            "+026-06-30",
        ] {
            assert_eq!(day(bad), Err(DAY_EXPECTED.to_owned()), "{bad}");
        }
        assert_eq!(day("0001-01-01"), Err(YEAR_EXPECTED.to_owned()));
        assert_eq!(day("9999-01-01"), Err(YEAR_EXPECTED.to_owned()));
    }

    #[test]
    fn decimals_keep_their_digits_and_refuse_what_is_no_number() {
        for text in ["0", "40.00", "-3.5", "123456789012.12345678", "0.5"] {
            assert_eq!(decimal(text).map(|d| d.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(decimal("+7").map(|d| d.to_string()), Ok("7".to_owned()));
        assert_eq!(decimal(".5").map(|d| d.to_string()), Ok("0.5".to_owned()));
        assert_eq!(decimal("5.").map(|d| d.to_string()), Ok("5".to_owned()));
        assert_eq!(decimal("0.1000000000000").map(|d| d.to_string()), Ok("0.10000000".to_owned()));
        for bad in ["", ".", "-", "1e300", "1,000", "$40", "NaN", "inf", "1_000", "1.2.3", "４", "--1"] {
            assert_eq!(decimal(bad), Err(DECIMAL_EXPECTED.to_owned()), "{bad}");
        }
        assert!(decimal("1000000000000").is_err());
        assert!(decimal("0.30000000000000004").is_err());
    }

    #[test]
    fn counts_begin_at_one() {
        assert_eq!(count("17"), Ok(17));
        for bad in ["0", "-1", "1.5", "4294967296", "+3"] {
            assert!(count(bad).is_err(), "{bad}");
        }
    }
}
