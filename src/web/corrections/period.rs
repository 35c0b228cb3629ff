//! When: the days of a scenario, or of one change.

use spiffcast_engine::calendar::{Month, PeriodKind};
use spiffcast_engine::company::Company;
use spiffcast_engine::named_period::period_name;
use spiffcast_engine::scenario::Period;

use super::control::{Control, Editor};
use super::{PERIODS, SET};

/// Quarters ahead that are offered as periods.
const QUARTERS: i32 = 5;

/// The period as people write it.
pub fn editor(path: &str, period: &Period, company: &Company) -> Editor {
    let calendar = company.calendar;
    let span = period.span();
    let days = || format!("{}..{}", span.start, span.end);
    let whole = |kind| calendar.period_of(kind, span.start) == span;
    let named = [PeriodKind::Quarter, PeriodKind::Half, PeriodKind::Year].into_iter().any(whole);
    let value = if named { period_name(span, calendar) } else { days() };
    let hint = match offered(company).get(1) {
        Some(next) => format!("Such as {next}, 2026-08 or 2026-08-10..2026-09-05."),
        None => String::new(),
    };
    let name = format!("{SET}{path}");
    let text = Control::Text { name, label: String::new(), value, list: PERIODS, optional: false };
    Editor::line(vec![text], hint)
}

/// The quarters from today on.
pub fn offered(company: &Company) -> Vec<String> {
    let calendar = company.calendar;
    let quarter = |n: i32| {
        let first = calendar.period_of(PeriodKind::Quarter, company.today());
        let month = Month::of(first.start).plus(3 * n);
        period_name(calendar.period_of(PeriodKind::Quarter, month.first_day()), calendar)
    };
    (0..QUARTERS).map(quarter).collect()
}
