//! What the data can judge. A line whose period is not over, or reaches to before
//! the data, is not accused; nor are the books for what they do not claim to hold.

use chrono::NaiveDate;

use crate::calendar::{FiscalCalendar, Month, PeriodKind, Span};
use crate::company::Company;

use super::books::{Key, Row, version_of};
use super::report::NotCoveredWhy;

/// How far the data and the books reach.
#[derive(Debug)]
pub(super) struct Coverage<'a> {
    company: &'a Company,
    /// First day of the month of the first sale: months count as whole at this end.
    history_from: NaiveDate,
    /// From the month of the first booked period to that of the last one that is over.
    books: Option<Span>,
    /// By program: whether any row is booked.
    booked: Vec<bool>,
}

impl<'a> Coverage<'a> {
    pub fn new(company: &'a Company, rows: &[Row<'_>]) -> Self {
        let mut booked = vec![false; company.programs.len()];
        rows.iter().for_each(|row| booked[row.key.program] = true);
        let spans = || rows.iter().map(|row| row.payout.period);
        let first = spans().map(|s| s.start).min();
        let last = spans().map(|s| s.end).filter(|end| *end <= company.as_of).max();
        let books = first.map(|first| {
            let start = Month::of(first).first_day();
            Span::new(start, last.map_or(start, |last| Month::of(last).last_day()))
        });
        let first_sale = company.lines.first().map(|line| line.sold_on);
        let history_from = first_sale.map_or(NaiveDate::MAX, |day| Month::of(day).first_day());
        Self { company, history_from, books, booked }
    }

    /// Why a line of this key cannot be judged; `None`: it can.
    pub fn gap(&self, key: &Key<'_>) -> Option<NotCoveredWhy> {
        if key.period.start > self.company.as_of {
            Some(NotCoveredWhy::AfterAsOf)
        } else if self.counts_from(key) < self.history_from {
            Some(NotCoveredWhy::BeforeHistory)
        } else if key.period.end > self.company.as_of {
            Some(NotCoveredWhy::OpenPeriod)
        } else {
            None
        }
    }

    /// As [`Coverage::gap`], for a line that is not booked.
    pub fn gap_unbooked(&self, key: &Key<'_>, cut: Span) -> Option<NotCoveredWhy> {
        let inside = |books: Span| books.start <= cut.start && cut.end <= books.end;
        let gap = self.gap(key);
        if gap.is_some() {
            gap
        } else if !self.booked[key.program] {
            Some(NotCoveredWhy::ProgramNotBooked)
        } else if !self.books.is_some_and(inside) {
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
