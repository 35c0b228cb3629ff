//! The days of a random world: few, so that lines meet, and most of them the first or
//! the last of something.

use chrono::{Datelike, Days as Count, Months, NaiveDate};

use super::draw::Draw;
use crate::calendar::{Month, period_of};
use crate::terms::Period;

pub struct Days {
    /// Of the year that is paid, ascending.
    pub now: Vec<NaiveDate>,
    /// A year earlier.
    pub before: Vec<NaiveDate>,
    pub first_month: u32,
}

impl Days {
    pub fn new(draw: &mut Draw, first_month: u32) -> Self {
        let month = Month::new(2026, draw.between(1, 12) as i32);
        let period = *draw.pick(&[Period::Quarter, Period::Half, Period::Year]);
        let (first, last) = period_of(period, month.first(), first_month);
        let mut now = vec![month.first(), month.last(), month.plus(1).first(), first, last];
        for _ in 0..3 {
            let month = month.plus(draw.between(0, 1) as i32);
            now.push(month.first() + Count::new(draw.between(0, 27) as u64));
        }
        now.sort();
        now.dedup();
        let before = now.iter().map(|day| *day - Months::new(12)).collect();
        Self { now, before, first_month }
    }

    /// A day of a sale: one in four a year earlier.
    pub fn sale(&self, draw: &mut Draw) -> NaiveDate {
        let days = if draw.once_in(4) { &self.before } else { &self.now };
        *draw.pick(days)
    }

    /// Whether every fiscal period ends with this day.
    pub fn ends_all(&self, day: NaiveDate) -> bool {
        period_of(Period::Year, day, self.first_month).1 == day
    }
}

/// A day of 2025 or 2026, often the first of a month.
pub fn any(draw: &mut Draw) -> NaiveDate {
    let first = Month::new(2025, draw.between(1, 24) as i32).first();
    let day = first + Count::new(if draw.once_in(2) { 0 } else { draw.between(0, 27) as u64 });
    debug_assert!(day.year() >= 2025);
    day
}
