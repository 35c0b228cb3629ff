//! Programs from checked versions: what a version alone cannot tell, between the
//! versions of one program and between programs of one stacking group. All
//! findings at once.

use std::collections::BTreeMap;

use crate::calendar::{FiscalCalendar, PeriodKind, Span};
use crate::finding::SourceFinding;

use super::terms::{Program, ProgramVersion, Rate, StackingMode};

/// Groups versions by program, sorted, and checks them against each other
/// (PAYOUTS.md): no version twice, dates that do not overlap, one measure and period for versions that share a fiscal period, one
/// currency for all, `best_of` only among flat rates of period `transaction`.
///
/// # Errors
/// Everything that does not fit together.
pub fn assemble(
    versions: Vec<ProgramVersion>,
    calendar: FiscalCalendar,
) -> Result<Vec<Program>, Vec<SourceFinding>> {
    let mut findings = Vec::new();
    currencies(&versions, &mut findings);
    stacking_groups(&versions, &mut findings);
    let mut programs: BTreeMap<String, Vec<ProgramVersion>> = BTreeMap::new();
    for version in versions {
        programs.entry(version.program.clone()).or_default().push(version);
    }
    for versions in programs.values_mut() {
        versions.sort_by_key(|v| v.version);
        for (at, later) in versions.iter().enumerate() {
            for earlier in &versions[..at] {
                pair(earlier, later, calendar, &mut findings);
            }
        }
    }
    if findings.is_empty() {
        Ok(programs.into_iter().map(|(id, versions)| Program { id, versions }).collect())
    } else {
        Err(findings)
    }
}

/// Two versions of one program, by number.
fn pair(
    earlier: &ProgramVersion,
    later: &ProgramVersion,
    calendar: FiscalCalendar,
    findings: &mut Vec<SourceFinding>,
) {
    let (one, other) = (&earlier.terms, &later.terms);
    let mut error = |message: String| {
        findings.push(
            SourceFinding::error(&*later.file, later.lines.key("effective"), message)
                .at("effective", span(other.effective)),
        );
    };
    if earlier.version == later.version {
        error(format!("version {} is also in {}", later.version, earlier.file));
    } else if one.effective.intersection(&other.effective).is_some() {
        error(format!("dates overlap those of version {} ({})", earlier.version, span(one.effective)));
    } else if (one.measure, one.period) != (other.measure, other.period)
        && let Some(shared) = shared_period(earlier, later, calendar)
    {
        error(format!(
            "shares the fiscal period {} with version {} but not its measure and period",
            span(shared),
            earlier.version
        ));
    }
}

fn span(span: Span) -> String {
    format!("{} to {}", span.start, span.end)
}

/// A fiscal period, of either kind, that holds days of both versions.
pub(super) fn shared_period(
    a: &ProgramVersion,
    b: &ProgramVersion,
    calendar: FiscalCalendar,
) -> Option<Span> {
    let (a, b) = (&a.terms, &b.terms);
    let (first, second) = if a.effective.start <= b.effective.start { (a, b) } else { (b, a) };
    [a.period, b.period]
        .into_iter()
        .filter(|kind| *kind != PeriodKind::Transaction)
        .map(|kind| calendar.period_of(kind, first.effective.end))
        .find(|period| period.intersection(&second.effective).is_some())
}

fn currencies(versions: &[ProgramVersion], findings: &mut Vec<SourceFinding>) {
    let Some(first) = versions.first() else { return };
    for version in versions.iter().filter(|v| v.terms.currency != first.terms.currency) {
        let message = format!("one currency for everything: {} uses {}", first.file, first.terms.currency);
        let finding = SourceFinding::error(&*version.file, version.lines.key("currency"), message);
        findings.push(finding.at("currency", version.terms.currency.clone()));
    }
}

/// Where a group keeps the best line, all that share days with it must be
/// comparable line by line.
fn stacking_groups(versions: &[ProgramVersion], findings: &mut Vec<SourceFinding>) {
    let group = |v: &ProgramVersion| v.terms.stacking.clone();
    let best_of = || versions.iter().filter(|v| group(v).is_some_and(|s| s.mode == StackingMode::BestOf));
    for version in versions {
        let terms = &version.terms;
        let flat = terms.period == PeriodKind::Transaction && matches!(terms.rate, Rate::Flat(_));
        let Some(own) = group(version).filter(|own| !flat && own.mode != StackingMode::BestOf) else {
            continue;
        };
        let rival = best_of().find(|v| {
            group(v).is_some_and(|s| s.group == own.group)
                && v.terms.effective.intersection(&terms.effective).is_some()
        });
        if let Some(rival) = rival {
            let message = format!(
                "group `{}` keeps the best of its programs ({}): all need period = \"transaction\" and a flat rate",
                own.group, rival.file
            );
            let line = version.lines.key("stacking");
            findings.push(SourceFinding::error(&*version.file, line, message).at("stacking", own.group));
        }
    }
}
