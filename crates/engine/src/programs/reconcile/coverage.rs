//! What the data can judge. A line whose period reaches to before the data is not
//! accused; nor are the books for what they do not claim to hold. A row of a period
//! that is not over is judged by the pay on the measure so far, as PAYOUTS.md says
//! what is due then.

use chrono::{Datelike, NaiveDate};

use crate::calendar::{FiscalCalendar, Month, PeriodKind, Span};
use crate::company::Company;

use super::books::{Due, Key, Row, version_of};
use super::report::NotCoveredWhy;

/// Data whose first sale is after this day of a month were not cut there: that sale
/// was simply the first (as the last month counts as whole within its last 3 days).
const CUT_DAY_MAX: u32 = 3;
/// A program with fewer lines than this is not taken to be kept in other books.
const PROGRAM_LINES_MIN: usize = 12;

/// How far the data and the books reach.
#[derive(Debug)]
pub(super) struct Coverage<'a> {
    company: &'a Company,
    /// First day of the data, where they were cut at the start of a month.
    history_from: NaiveDate,
    /// From the month of the first booked period to that of the last one that is over.
    books: Option<Span>,
    /// By program: whether any row is booked, or too little is due to tell.
    booked: Vec<bool>,
    /// By program: whether a row of a period that is not over is booked.
    books_open: Vec<bool>,
}

impl<'a> Coverage<'a> {
    pub fn new(company: &'a Company, rows: &[Row<'_>], dues: &[Due<'_>]) -> Self {
        let is_open = |row: &Row<'_>| row.key.period.end > company.as_of;
        let of = |program: usize| rows.iter().filter(move |row| row.key.program == program);
        let lines = |program: usize| dues.iter().filter(|due| due.key.program == program).count();
        let programs = 0..company.programs.len();
        let booked =
            programs.clone().map(|p| of(p).next().is_some() || lines(p) < PROGRAM_LINES_MIN).collect();
        let books_open = programs.map(|p| of(p).any(is_open)).collect();
        let spans = || rows.iter().map(|row| row.payout.period);
        let first = spans().map(|s| s.start).min();
        let last = spans().map(|s| s.end).filter(|end| *end <= company.as_of).max();
        let books = first.map(|first| {
            let start = Month::of(first).first_day();
            Span::new(start, last.map_or(start, |last| Month::of(last).last_day()))
        });
        let first_sale = company.lines.first().map(|line| line.sold_on);
        let history_from = first_sale.map_or(NaiveDate::MAX, |day| {
            if day.day() <= CUT_DAY_MAX { Month::of(day).first_day() } else { NaiveDate::MIN }
        });
        Self { company, history_from, books, booked, books_open }
    }

    /// Why a booked row of this key cannot be judged; `None`: it can. One that
    /// `agrees` needs no judge.
    pub fn gap(&self, key: &Key<'_>, agrees: bool) -> Option<NotCoveredWhy> {
        if key.period.start > self.company.as_of {
            Some(NotCoveredWhy::AfterAsOf)
        } else if !agrees && self.counts_from(key) < self.history_from {
            Some(NotCoveredWhy::BeforeHistory)
        } else {
            None
        }
    }

    /// As [`Coverage::gap`], for a line that is not booked.
    pub fn gap_unbooked(&self, key: &Key<'_>, cut: Span) -> Option<NotCoveredWhy> {
        let inside = |books: Span| books.start <= cut.start && cut.end <= books.end;
        let gap = self.gap(key, false);
        if gap.is_some() {
            gap
        } else if key.period.end > self.company.as_of && !self.books_open[key.program] {
            Some(NotCoveredWhy::OpenPeriod)
        } else if !self.booked[key.program] {
            Some(NotCoveredWhy::ProgramNotBooked)
        } else if key.period.end <= self.company.as_of && !self.books.is_some_and(inside) {
            Some(NotCoveredWhy::OutsideBooks)
        } else {
            None
        }
    }

    /// The first day whose sales matter: of the fiscal period, as far as a version of
    /// the program was in force; with growth, of the year before.
    fn counts_from(&self, key: &Key<'_>) -> NaiveDate {
        let program = &self.company.programs[key.program];
        let spans = program.versions.iter().filter_map(|v| v.terms.effective.intersection(&key.period));
        let from = spans.map(|s| s.start).min().unwrap_or(key.period.start);
        let held = version_of(program, key.version);
        let grows =
            held.is_some_and(|v| v.terms.growth.is_some() && v.terms.period != PeriodKind::Transaction);
        if grows { FiscalCalendar::year_before(key.period).start } else { from }
    }
}
