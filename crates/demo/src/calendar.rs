//! Months and fiscal periods for the generator and the naive calculator. Written
//! apart from the engine's on purpose: a mistake there must not be repeated here.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::terms::Period;

/// A calendar month counted from January of year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month(pub i32);

impl Month {
    /// The month of a day.
    pub fn of(day: NaiveDate) -> Self {
        Self(day.year() * 12 + day.month0() as i32)
    }

    /// A month by year and number from 1.
    pub fn new(year: i32, month: i32) -> Self {
        Self(year * 12 + month - 1)
    }

    /// The month `n` later.
    pub fn plus(self, n: i32) -> Self {
        Self(self.0 + n)
    }

    /// Calendar year.
    pub fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// 0 for January.
    pub fn of_year(self) -> usize {
        self.0.rem_euclid(12) as usize
    }

    /// First day.
    pub fn first(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year(), self.of_year() as u32 + 1, 1).unwrap_or_default()
    }

    /// Last day.
    pub fn last(self) -> NaiveDate {
        self.plus(1).first() - Days::new(1)
    }

    /// `2026-07`.
    pub fn key(self) -> String {
        self.first().format("%Y-%m").to_string()
    }
}

/// First and last day of the fiscal period that holds a day; the day itself for
/// period `transaction`. `first_month` of the fiscal year is 1 to 12.
pub fn period_of(period: Period, day: NaiveDate, first_month: u32) -> (NaiveDate, NaiveDate) {
    let length = match period {
        Period::Transaction => return (day, day),
        Period::Month => 1,
        Period::Quarter => 3,
        Period::Half => 6,
        Period::Year => 12,
    };
    let since_year_start = (day.month() + 12 - first_month) % 12;
    let first = Month::of(day).plus(-((since_year_start % length) as i32));
    (first.first(), first.plus(length as i32 - 1).last())
}

/// The same fiscal period a year earlier.
pub fn year_earlier(first: NaiveDate, last: NaiveDate) -> (NaiveDate, NaiveDate) {
    (first - Months::new(12), Month::of(last).plus(-12).last())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn periods_of_a_year_that_starts_in_april() {
        let of = |p, d| period_of(p, day(d), 4);
        assert_eq!(of(Period::Quarter, "2026-02-10"), (day("2026-01-01"), day("2026-03-31")));
        assert_eq!(of(Period::Half, "2026-02-10"), (day("2025-10-01"), day("2026-03-31")));
        assert_eq!(of(Period::Year, "2026-03-31"), (day("2025-04-01"), day("2026-03-31")));
        assert_eq!(of(Period::Month, "2026-04-30"), (day("2026-04-01"), day("2026-04-30")));
    }

    #[test]
    fn a_february_keeps_its_last_day() {
        assert_eq!(
            year_earlier(day("2025-02-01"), day("2025-02-28")),
            (day("2024-02-01"), day("2024-02-29"))
        );
    }
}
