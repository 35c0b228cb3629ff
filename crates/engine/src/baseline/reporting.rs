//! How much of the last months is already known: from the days between sale and
//! report of sales long enough ago. Looks at dates only.

use crate::calendar::Month;
use crate::company::Company;
use crate::sales::LineKind;

/// Longest delay that is looked at, in days; later reports count as this late.
const DELAY_MAX: usize = 180;
/// A month known to this share is whole.
const WHOLE: f64 = 0.995;
/// Fewer reports tell nothing about delays.
const LINES_MIN: usize = 30;
/// The last month counts as over if the data reach its last days (DESIGN.md, "Data in").
const LAST_DAYS: i64 = 3;

/// The last month that is wholly reported, and for each month after it, up to that
/// of the as-of day, the share of its units expected to be reported by now.
pub fn reporting_lag(company: &Company) -> (Month, Vec<f64>) {
    let as_of = company.as_of;
    let last = Month::of(as_of);
    let known = delays(company);
    let share = |month: Month| -> f64 {
        let days = month.span();
        let ending = (days.end - as_of).num_days();
        let is_over = ending < LAST_DAYS;
        let age_of = |d: i64| (as_of - days.start).num_days() - d;
        let reported: f64 = (0..days.days())
            .map(|d| match usize::try_from(age_of(d)) {
                Ok(age) => known.as_ref().map_or(1.0, |k| k[age.min(DELAY_MAX)]),
                // The few days left of a month that counts as over.
                Err(_) if is_over => known.as_ref().map_or(1.0, |k| k[0]),
                Err(_) => 0.0,
            })
            .sum();
        reported / days.days() as f64
    };
    let mut usable = last;
    while share(usable) < WHOLE && last.0 - usable.0 < 12 {
        usable = usable.plus(-1);
    }
    (usable, (usable.0 + 1..=last.0).map(|m| share(Month(m))).collect())
}

/// Share of units reported within so many days, from sales so old that even the
/// latest reports of them are in. `None` where reports are not dated.
fn delays(company: &Company) -> Option<Vec<f64>> {
    let settled = |sold: chrono::NaiveDate| (company.as_of - sold).num_days() >= DELAY_MAX as i64;
    let mut count = vec![0.0; DELAY_MAX + 1];
    let mut lines = 0;
    for line in company.lines.iter().filter(|l| l.kind == LineKind::Sale && settled(l.sold_on)) {
        let delay = line.reported_on.map_or(0, |r| (r - line.sold_on).num_days());
        lines += usize::from(line.reported_on.is_some());
        count[delay.clamp(0, DELAY_MAX as i64) as usize] += 1.0;
    }
    if lines < LINES_MIN {
        return None;
    }
    let total: f64 = count.iter().sum();
    let mut sum = 0.0;
    Some(
        count
            .iter()
            .map(|c| {
                sum += c;
                sum / total
            })
            .collect(),
    )
}
