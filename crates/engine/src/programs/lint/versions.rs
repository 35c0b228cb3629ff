//! The versions of one program beside each other: dates, order, shared periods.
//! Looks at dates alone, not at what is paid.

use chrono::{Days, NaiveDate};

use crate::calendar::{FiscalCalendar, Span};
use crate::finding::Severity;
use crate::programs::assemble;
use crate::programs::terms::{Program, ProgramVersion};

use super::finding::{LintCode, LintFinding};

/// Checks the dates of a program's versions.
pub(super) fn check(
    program: &Program,
    calendar: FiscalCalendar,
    today: NaiveDate,
    out: &mut Vec<LintFinding>,
) {
    out.extend(program.versions.iter().filter_map(reversed));
    for (at, later) in program.versions.iter().enumerate() {
        for earlier in &program.versions[..at] {
            out.extend(pair(earlier, later, calendar));
        }
        out.extend(program.versions[..at].last().and_then(|before| out_of_order(before, later)));
    }
    let mut by_day: Vec<&ProgramVersion> =
        program.versions.iter().filter(|v| v.terms.effective.days() > 0).collect();
    by_day.sort_by_key(|v| v.terms.effective);
    out.extend(gaps(&by_day));
    out.extend(not_in_force(&by_day, today));
}

fn reversed(version: &ProgramVersion) -> Option<LintFinding> {
    let days = version.terms.effective;
    (days.start > days.end).then(|| {
        LintFinding::at(
            LintCode::DatesReversed,
            Severity::Error,
            version,
            "effective.from",
            format!("takes effect on {} and ends before that, on {}", days.start, days.end),
            "Exchange the two dates of `effective`, or correct the wrong one.",
        )
    })
}

fn pair(earlier: &ProgramVersion, later: &ProgramVersion, calendar: FiscalCalendar) -> Option<LintFinding> {
    let (one, other) = (&earlier.terms, &later.terms);
    let error = |code, message: String, hint: String| {
        Some(LintFinding::at(code, Severity::Error, later, "effective", message, hint))
    };
    if let Some(both) = one.effective.intersection(&other.effective).filter(|both| both.days() > 0) {
        let message =
            format!("version {} and version {} both hold {}", earlier.version, later.version, counted(both));
        let hint = format!("Let one version end the day before the other begins ({}).", earlier.file);
        return error(LintCode::VersionsOverlap, message, hint);
    }
    if (one.measure, one.period) == (other.measure, other.period) {
        return None;
    }
    let shared = assemble::shared_period(earlier, later, calendar)?;
    let message = format!(
        "shares the fiscal period {} with version {}, which counts another measure or period",
        shown(shared),
        earlier.version
    );
    error(
        LintCode::PeriodShared,
        message,
        "Let the change of measure or period begin with a fiscal period.".to_owned(),
    )
}

fn out_of_order(before: &ProgramVersion, version: &ProgramVersion) -> Option<LintFinding> {
    (version.terms.effective.start < before.terms.effective.start).then(|| {
        LintFinding::at(
            LintCode::VersionsOutOfOrder,
            Severity::Warning,
            version,
            "effective.from",
            format!(
                "takes effect on {}, before version {} ({})",
                version.terms.effective.start, before.version, before.terms.effective.start
            ),
            "Number the versions in the order of their days, or correct the date.",
        )
    })
}

/// One finding a program, at the version after the last gap, so that a program that
/// runs in windows on purpose costs one line.
fn gaps(by_day: &[&ProgramVersion]) -> Option<LintFinding> {
    let between = by_day.windows(2).filter_map(|pair| {
        let gap = Span::new(
            pair[0].terms.effective.end + Days::new(1),
            pair[1].terms.effective.start - Days::new(1),
        );
        (gap.days() > 0).then_some((gap, pair[1]))
    });
    let gaps: Vec<(Span, &ProgramVersion)> = between.collect();
    let (_, after) = gaps.last()?;
    let days: i64 = gaps.iter().map(|(gap, _)| gap.days()).sum();
    let listed: Vec<String> = gaps.iter().map(|(gap, _)| counted(*gap)).collect();
    Some(LintFinding::at(
        LintCode::VersionsGapped,
        Severity::Warning,
        after,
        "effective.from",
        format!("{days} days without a version, on which nothing is paid: {}", listed.join(", ")),
        "If the program was meant to run on, add a version for those days; if it runs in windows, leave it.",
    ))
}

fn not_in_force(by_day: &[&ProgramVersion], today: NaiveDate) -> Option<LintFinding> {
    let last = by_day.iter().rev().find(|v| v.terms.effective.start <= today);
    if last.is_some_and(|v| v.terms.effective.contains(today)) {
        return None;
    }
    let next = by_day.iter().find(|v| v.terms.effective.start > today);
    let ended = last.map(|v| format!("version {} ended on {}", v.version, v.terms.effective.end));
    let begins = next.map(|v| format!("version {} begins on {}", v.version, v.terms.effective.start));
    let known: Vec<String> = [ended, begins].into_iter().flatten().collect();
    Some(LintFinding::at(
        LintCode::NotInForce,
        Severity::Info,
        last.or(next)?,
        "effective",
        format!("no version holds {today}: {}", known.join(", ")),
        "Add a version if the program should pay today.",
    ))
}

fn shown(span: Span) -> String {
    format!("{} to {}", span.start, span.end)
}

fn counted(span: Span) -> String {
    let days = span.days();
    format!("{} ({days} day{})", shown(span), if days == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::super::finding::LintCode::*;
    use super::super::testing::{Files, fires, silent};

    fn two(first: (&str, &str), second: (&str, &str)) -> Files {
        let mut files = Files::new();
        files.version("p", 1, first, "");
        files.version("p", 2, second, "");
        files
    }

    #[test]
    fn overlapping_days_are_an_error_on_the_line_of_the_dates() {
        let files = two(("2026-01-01", "2026-06-30"), ("2026-06-30", "2026-12-31"));
        fires(&files, VersionsOverlap, "p/v2.md:7", "both hold 2026-06-30 to 2026-06-30 (1 day)");
        silent(&two(("2026-01-01", "2026-06-30"), ("2026-07-01", "2026-12-31")), VersionsOverlap);
    }

    #[test]
    fn gaps_are_counted_in_days() {
        let files = two(("2026-01-01", "2026-06-28"), ("2026-07-01", "2026-12-31"));
        fires(&files, VersionsGapped, "p/v2.md:7", "2026-06-29 to 2026-06-30 (2 days)");
        silent(&two(("2026-01-01", "2026-06-30"), ("2026-07-01", "2026-12-31")), VersionsGapped);
    }

    #[test]
    fn a_period_is_counted_one_way() {
        let shared = |from: &str| {
            let mut files = Files::new();
            files.version("p", 1, ("2026-01-01", "2026-06-29"), "");
            files.version("p", 2, (from, "2026-12-31"), "");
            files.change("p", 2, "period = \"month\"", "period = \"quarter\"");
            files
        };
        fires(&shared("2026-06-30"), PeriodShared, "p/v2.md:7", "2026-06-01 to 2026-06-30 with version 1");
        silent(&shared("2026-07-01"), PeriodShared);
    }

    #[test]
    fn versions_follow_each_other() {
        let files = two(("2026-07-01", "2026-12-31"), ("2026-01-01", "2026-06-30"));
        fires(&files, VersionsOutOfOrder, "p/v2.md:7", "before version 1 (2026-07-01)");
        silent(&two(("2026-01-01", "2026-06-30"), ("2026-07-01", "2026-12-31")), VersionsOutOfOrder);
    }

    #[test]
    fn dates_run_forward() {
        let mut files = Files::new();
        files.version("p", 1, ("2026-01-01", "2026-12-31"), "");
        silent(&files, DatesReversed);
        // The reader of files refuses this before; terms from elsewhere do not pass it.
        files.terms("p", 1, |t| std::mem::swap(&mut t.effective.start, &mut t.effective.end));
        fires(&files, DatesReversed, "p/v1.md:7", "on 2026-12-31 and ends before that");
    }

    #[test]
    fn a_program_that_is_over_is_said() {
        let mut files = Files::new();
        files.version("p", 1, ("2025-01-01", "2026-06-30"), "");
        fires(&files, NotInForce, "p/v1.md:7", "no version holds 2026-07-01: version 1 ended on 2026-06-30");
        let mut running = Files::new();
        running.version("p", 1, ("2025-01-01", "2026-07-01"), "");
        silent(&running, NotInForce);
    }
}
