//! How much of the last months is already known: earlier months, looked at as many
//! days after their end as the last ones are now (the chain ladder of claims
//! reserving: Mack 1993, ASTIN Bulletin 23). Looks at dates only.

use chrono::{Datelike, NaiveDate};

use crate::calendar::Month;
use crate::company::Company;
use crate::sales::LineKind;

/// Longest delay that is looked at, in days; a month this old is wholly known.
const DELAY_MAX: i64 = 180;
/// Earlier months that speak for each of the last ones.
const MONTHS_LOOKED_AT: i32 = 24;
/// A month known to this share is whole.
const WHOLE: f64 = 0.995;
/// Fewer lines tell nothing about delays: then sales are taken to come evenly.
const LINES_MIN: f64 = 30.0;
/// The last month counts as over if the data reach its last days (DESIGN.md, "Data in").
const LAST_DAYS: i64 = 3;

/// The last month that is wholly reported, and for each month after it, up to that
/// of the as-of day, the share of its units expected to be reported by now.
pub fn reporting_lag(company: &Company) -> (Month, Vec<f64>) {
    let last = Month::of(company.as_of);
    let known = Known::of(company);
    let share = |age: i32| known.share(age).unwrap_or_else(|| passed(company.as_of, last.plus(-age)));
    let mut age = 0;
    while age < 12 && share(age) < WHOLE {
        age += 1;
    }
    (last.plus(-age), (0..age).rev().map(share).collect())
}

/// Share of a month's days that are past.
fn passed(as_of: NaiveDate, month: Month) -> f64 {
    let days = month.span();
    let left = (days.end - as_of).num_days();
    if left < LAST_DAYS { 1.0 } else { 1.0 - left as f64 / days.days() as f64 }
}

/// Lines of settled months: how many there are, and how many were known at each age.
struct Known {
    /// By age in months: known when a month had that age, and all.
    by_age: Vec<[f64; 2]>,
}

impl Known {
    fn of(company: &Company) -> Self {
        let as_of = company.as_of;
        let last = Month::of(as_of);
        let ages = (DELAY_MAX / 28 + 1) as i32;
        let mut by_age = vec![[0.0; 2]; ages as usize];
        for line in company.lines.iter().filter(|l| l.kind == LineKind::Sale) {
            let month = Month::of(line.sold_on);
            let old = last.0 - month.0;
            if (as_of - month.last_day()).num_days() < DELAY_MAX || old > MONTHS_LOOKED_AT + ages {
                continue;
            }
            let reported = line.reported_on.unwrap_or(line.sold_on).max(line.sold_on);
            for (age, [known, all]) in by_age.iter_mut().enumerate() {
                *all += 1.0;
                if reported <= same_day(as_of, month.plus(age as i32)) {
                    *known += 1.0;
                }
            }
        }
        Self { by_age }
    }

    fn share(&self, age: i32) -> Option<f64> {
        let [known, all] = *usize::try_from(age).ok().and_then(|age| self.by_age.get(age))?;
        (all >= LINES_MIN).then(|| known / all)
    }
}

/// The day of another month that lies as near to its end as `day` does if that is in
/// the month's last days, else the same day of the month.
fn same_day(day: NaiveDate, month: Month) -> NaiveDate {
    let left = (Month::of(day).last_day() - day).num_days();
    let days = month.span();
    if left < LAST_DAYS {
        return days.end - chrono::Days::new(left.unsigned_abs());
    }
    (days.start + chrono::Days::new(u64::from(day.day0()))).min(days.end)
}
