//! Periods as people type them after a command: `2026-Q2`, `H1 2026`, `2026-05`,
//! `2025`, `2026-01-01..2026-03-31`. Always absolute: no "today" and no words of a
//! question, which are for [`crate::reading`].

use chrono::NaiveDate;
use thiserror::Error;

use crate::calendar::{FiscalCalendar, Month, Span};
use crate::reading::days::{Almanac, range_words};

/// Why a period was not understood.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PeriodError {
    /// Nothing that is written like a period.
    #[error(
        "`{0}` is not a period: write a quarter (2026-Q2), a half (2026-H1), a month (2026-05), a fiscal year (2026), a day (2026-05-31), or two of them with .. between (2026-01-01..2026-03-31)"
    )]
    Unknown(String),
    /// Written like one, but there is none of that number.
    #[error("`{0}` does not exist: {1}")]
    OutOfRange(String, &'static str),
    /// A range that ends before it starts.
    #[error("`{0}` ends before it starts: write the earlier period first")]
    Backwards(String),
}

/// Reads a period in a fiscal calendar. Years, halves and quarters are fiscal, a
/// year named after the calendar year in which it ends; months and days are those of
/// the calendar. `Q2 2026`, `2026-Q2`, `2026Q2` and `FY2026-Q2` are the same.
///
/// # Errors
/// What is wrong with the text, and how to write it.
pub fn parse_period(text: &str, calendar: FiscalCalendar) -> Result<Span, PeriodError> {
    let whole = text.trim();
    let Some((from, to)) = whole.split_once("..") else { return one(whole, calendar) };
    let (from, to) = (one(from.trim(), calendar)?, one(to.trim(), calendar)?);
    if from.start > to.end {
        return Err(PeriodError::Backwards(whole.to_owned()));
    }
    Ok(Span::new(from.start, to.end))
}

/// What people call a span: `Q3 2026`, `H1 FY2027`, `July 2026`, `2026`, or its days.
pub fn period_name(span: Span, calendar: FiscalCalendar) -> String {
    use crate::calendar::PeriodKind::{Half, Month, Quarter, Year};
    let whole = |kind: &_| calendar.period_of(*kind, span.start) == span;
    match [Month, Quarter, Half, Year].into_iter().find(whole) {
        Some(kind) => Almanac { today: span.start, calendar, past: false }.name(kind, span),
        None => range_words(span),
    }
}

fn one(text: &str, calendar: FiscalCalendar) -> Result<Span, PeriodError> {
    let unknown = || PeriodError::Unknown(text.to_owned());
    if let Some(day) = day(text)? {
        return Ok(Span::new(day, day));
    }
    let upper = text.to_ascii_uppercase();
    let parts: Vec<&str> = upper.split([' ', '-']).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [one] => match glued(one) {
            Some((year, part)) => of_year(text, year, part, calendar),
            None => Ok(months(calendar.first_month_of(year(one).ok_or_else(unknown)?), 12)),
        },
        [first, second] => match (year(first), year(second)) {
            (Some(year), None) => of_year(text, year, second, calendar),
            (None, Some(year)) if first.starts_with(['Q', 'H']) => of_year(text, year, first, calendar),
            _ => Err(unknown()),
        },
        _ => Err(unknown()),
    }
}

/// `2026-05-31`: an error where it looks like a day and is none.
fn day(text: &str) -> Result<Option<NaiveDate>, PeriodError> {
    let shape = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if !shape {
        return Ok(None);
    }
    let none = |_| PeriodError::OutOfRange(text.to_owned(), "the calendar has no such day");
    text.parse().map(Some).map_err(none)
}

/// `2026`, `FY2026`, `FY26`.
fn year(text: &str) -> Option<i32> {
    let (digits, fiscal) = text.strip_prefix("FY").map_or((text, false), |digits| (digits, true));
    let number: i32 = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())??;
    match digits.len() {
        4 => Some(number),
        2 if fiscal => Some(2000 + number),
        _ => None,
    }
}

/// `2026Q2` as year and part.
fn glued(text: &str) -> Option<(i32, &str)> {
    let at = text.rfind(['Q', 'H'])?;
    Some((year(&text[..at])?, &text[at..]))
}

fn of_year(text: &str, year: i32, part: &str, calendar: FiscalCalendar) -> Result<Span, PeriodError> {
    let digits = part.trim_start_matches(['Q', 'H']);
    let number: Option<i32> =
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten();
    let Some(number) = number else { return Err(PeriodError::Unknown(text.to_owned())) };
    let out_of = |why| Err(PeriodError::OutOfRange(text.to_owned(), why));
    let first = calendar.first_month_of(year);
    match (part.as_bytes().first(), number) {
        (Some(b'Q'), 1..=4) => Ok(months(first.plus((number - 1) * 3), 3)),
        (Some(b'Q'), _) => out_of("quarters are Q1 to Q4"),
        (Some(b'H'), 1..=2) => Ok(months(first.plus((number - 1) * 6), 6)),
        (Some(b'H'), _) => out_of("halves are H1 and H2"),
        (_, 1..=12) if digits.len() == 2 => Ok(Month(year * 12 + number - 1).span()),
        (_, _) if digits.len() == 2 => out_of("months are 01 to 12"),
        _ => Err(PeriodError::Unknown(text.to_owned())),
    }
}

fn months(first: Month, count: i32) -> Span {
    Span::new(first.first_day(), first.plus(count - 1).last_day())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, first_month: u32) -> String {
        match parse_period(text, FiscalCalendar { first_month }) {
            Ok(span) => format!("{} {}", span.start, span.end),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn spans_are_called_what_people_call_them_and_read_again() {
        for (text, name, first_month) in [
            ("2026-Q3", "Q3 2026", 1),
            ("2026-Q3", "Q3 FY2026", 4),
            ("2026-H2", "H2 2026", 1),
            ("2026-08", "August 2026", 1),
            ("2026", "2026", 1),
            ("2026-08-10..2026-09-05", "10 August 2026 to 5 September 2026", 1),
        ] {
            let calendar = FiscalCalendar { first_month };
            let span = parse_period(text, calendar).expect("a period");
            assert_eq!(period_name(span, calendar), name);
        }
    }

    #[test]
    fn every_way_to_write_a_period() {
        for (text, span) in [
            ("2026-Q2", "2026-04-01 2026-06-30"),
            ("q2 2026", "2026-04-01 2026-06-30"),
            ("2026Q2", "2026-04-01 2026-06-30"),
            ("FY26-Q2", "2026-04-01 2026-06-30"),
            ("H1 2026", "2026-01-01 2026-06-30"),
            ("2026-H2", "2026-07-01 2026-12-31"),
            (" 2026-02 ", "2026-02-01 2026-02-28"),
            ("2025", "2025-01-01 2025-12-31"),
            ("2026-05-31", "2026-05-31 2026-05-31"),
            ("2026-01-01..2026-03-31", "2026-01-01 2026-03-31"),
            ("2025-Q4 .. 2026-02", "2025-10-01 2026-02-28"),
        ] {
            assert_eq!(read(text, 1), span, "{text}");
        }
    }

    #[test]
    fn quarters_halves_and_years_are_fiscal_and_months_are_not() {
        assert_eq!(read("2027-Q1", 4), "2026-04-01 2026-06-30");
        assert_eq!(read("H2 FY2027", 4), "2026-10-01 2027-03-31");
        assert_eq!(read("FY27", 4), "2026-04-01 2027-03-31");
        assert_eq!(read("2027-01", 4), "2027-01-01 2027-01-31");
    }

    #[test]
    fn what_is_not_a_period_says_how_to_write_one() {
        assert_eq!(read("2026-Q5", 1), "`2026-Q5` does not exist: quarters are Q1 to Q4");
        assert_eq!(read("H3 2026", 1), "`H3 2026` does not exist: halves are H1 and H2");
        assert_eq!(read("2026-13", 1), "`2026-13` does not exist: months are 01 to 12");
        assert_eq!(read("2026-02-30", 1), "`2026-02-30` does not exist: the calendar has no such day");
        let backwards = "`2026-03..2026-01` ends before it starts: write the earlier period first";
        assert_eq!(read("2026-03..2026-01", 1), backwards);
        for text in [
            "",
            "..",
            "next quarter",
            "Q2",
            "26",
            "2026-5",
            "05 2026",
            "2026-Q",
            "2026-Q2-1",
            "2026-é",
            "20261",
        ] {
            assert!(read(text, 1).contains("is not a period: write a quarter (2026-Q2)"), "{text}");
        }
    }
}
