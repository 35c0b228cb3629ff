//! What a company knew on a past day.

use chrono::{Days, NaiveDate};

use crate::company::Company;
use crate::sales::LineKind;

/// A partner that is inactive today counts as active on a past day if it had sold
/// within so many days before: the data do not say when it left.
const LEFT_AFTER_DAYS: u64 = 120;

/// The company as its data stood on `day`: lines reported by then (sold by then where
/// nothing says when they were reported), registrations and payouts of the time. The
/// catalogue, targets and programs stay: terms are announced ahead.
pub fn as_known(company: &Company, day: NaiveDate) -> Company {
    let mut known = company.clone();
    known.as_of = day.min(company.as_of);
    known.lines.retain(|l| l.sold_on <= day && l.reported_on.is_none_or(|reported| reported <= day));
    known.registrations.retain(|r| r.submitted_on <= day);
    known.payouts.retain(|p| p.period.end <= day);
    let since = day.checked_sub_days(Days::new(LEFT_AFTER_DAYS)).unwrap_or(day);
    for line in known.lines.iter().filter(|l| l.kind == LineKind::Sale && l.sold_on > since) {
        known.catalog.partners[line.partner].active = true;
    }
    known
}
