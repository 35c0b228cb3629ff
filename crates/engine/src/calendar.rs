//! Days, months and fiscal periods. No time zones and no clock: the whole product
//! works in ISO days, and "today" is always handed in.

use chrono::{Datelike, Days, Months, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The months of the year by name.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `30 June 2026`: a day as sentences name it.
pub fn day_in_words(day: NaiveDate) -> String {
    format!("{} {} {}", day.day(), MONTHS[day.month0() as usize], day.year())
}

/// A run of days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Span {
    /// First day.
    pub start: NaiveDate,
    /// Last day, included.
    pub end: NaiveDate,
}

impl Span {
    /// A span from its two days. `start` after `end` is an empty span.
    pub fn new(start: NaiveDate, end: NaiveDate) -> Self {
        Self { start, end }
    }

    /// Whether a day lies inside.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.start <= day && day <= self.end
    }

    /// The days two spans share, or `None`.
    pub fn intersection(&self, other: &Span) -> Option<Span> {
        let start = self.start.max(other.start);
        let end = self.end.min(other.end);
        (start <= end).then_some(Span { start, end })
    }

    /// Number of days (0 when empty).
    pub fn days(&self) -> i64 {
        ((self.end - self.start).num_days() + 1).max(0)
    }
}

/// A calendar month as a running number: `year * 12 + (month - 1)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Month(pub i32);

impl Month {
    /// The month that holds a day.
    pub fn of(day: NaiveDate) -> Self {
        Self(day.year() * 12 + day.month0() as i32)
    }

    /// Month of the year, 0 for January.
    pub fn of_year(self) -> usize {
        self.0.rem_euclid(12) as usize
    }

    /// First day.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.0.div_euclid(12), self.0.rem_euclid(12) as u32 + 1, 1)
            .unwrap_or(NaiveDate::MIN)
    }

    /// Last day.
    pub fn last_day(self) -> NaiveDate {
        self.plus(1).first_day() - Days::new(1)
    }

    /// The month `n` later (earlier when negative).
    pub fn plus(self, n: i32) -> Self {
        Self(self.0 + n)
    }

    /// First to last day.
    pub fn span(self) -> Span {
        Span::new(self.first_day(), self.last_day())
    }

    /// `2026-07`.
    pub fn key(self) -> String {
        format!("{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}

/// What a program counts over (PAYOUTS.md, `period`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PeriodKind {
    /// Every transaction by itself.
    Transaction,
    /// Calendar month.
    Month,
    /// Fiscal quarter.
    Quarter,
    /// Fiscal half.
    Half,
    /// Fiscal year.
    Year,
}

/// The fiscal calendar: years begin on the first of `first_month` (1 = January).
/// A fiscal year is named after the calendar year in which it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FiscalCalendar {
    /// 1 to 12.
    pub first_month: u32,
}

impl Default for FiscalCalendar {
    fn default() -> Self {
        Self { first_month: 1 }
    }
}

impl FiscalCalendar {
    /// First month of the fiscal year that holds `month`.
    fn year_start(self, month: Month) -> Month {
        let shift = self.first_month as i32 - 1;
        Month((month.0 - shift).div_euclid(12) * 12 + shift)
    }

    /// The fiscal year that holds a day, by the calendar year it ends in.
    pub fn year_of(self, day: NaiveDate) -> i32 {
        self.year_start(Month::of(day)).plus(11).0.div_euclid(12)
    }

    /// First month of a fiscal year.
    pub fn first_month_of(self, fiscal_year: i32) -> Month {
        let shift = self.first_month as i32 - 1;
        let year = if shift == 0 { fiscal_year } else { fiscal_year - 1 };
        Month(year * 12 + shift)
    }

    /// Quarter of the fiscal year (1 to 4) that holds a day.
    pub fn quarter_of(self, day: NaiveDate) -> u32 {
        let month = Month::of(day);
        ((month.0 - self.year_start(month).0) / 3 + 1) as u32
    }

    /// Months in a period of this kind (1 for transactions).
    pub fn months_in(kind: PeriodKind) -> i32 {
        match kind {
            PeriodKind::Transaction | PeriodKind::Month => 1,
            PeriodKind::Quarter => 3,
            PeriodKind::Half => 6,
            PeriodKind::Year => 12,
        }
    }

    /// The whole fiscal period of `kind` that holds a day; for
    /// [`PeriodKind::Transaction`] the day itself.
    pub fn period_of(self, kind: PeriodKind, day: NaiveDate) -> Span {
        if kind == PeriodKind::Transaction {
            return Span::new(day, day);
        }
        let len = Self::months_in(kind);
        let month = Month::of(day);
        let year = self.year_start(month);
        let first = Month(year.0 + (month.0 - year.0) / len * len);
        Span::new(first.first_day(), first.plus(len - 1).last_day())
    }

    /// The same fiscal period one year earlier.
    pub fn year_before(span: Span) -> Span {
        Span::new(span.start - Months::new(12), Month::of(span.end).plus(-12).last_day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(s: &str) -> NaiveDate {
        s.parse().expect("a date")
    }

    #[test]
    fn fiscal_periods_follow_the_first_month() {
        let april = FiscalCalendar { first_month: 4 };
        assert_eq!(april.year_of(day("2026-03-31")), 2026);
        assert_eq!(april.year_of(day("2026-04-01")), 2027);
        assert_eq!(april.quarter_of(day("2026-07-01")), 2);
        assert_eq!(
            april.period_of(PeriodKind::Half, day("2026-11-05")),
            Span::new(day("2026-10-01"), day("2027-03-31"))
        );
        assert_eq!(april.first_month_of(2027).first_day(), day("2026-04-01"));
        let january = FiscalCalendar::default();
        assert_eq!(
            january.period_of(PeriodKind::Quarter, day("2026-08-15")),
            Span::new(day("2026-07-01"), day("2026-09-30"))
        );
        assert_eq!(january.first_month_of(2026).first_day(), day("2026-01-01"));
    }

    #[test]
    fn a_year_before_keeps_month_ends() {
        let feb = Span::new(day("2025-02-01"), day("2025-02-28"));
        assert_eq!(FiscalCalendar::year_before(feb), Span::new(day("2024-02-01"), day("2024-02-29")));
    }
}
