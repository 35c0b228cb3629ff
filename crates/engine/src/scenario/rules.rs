//! A scenario's option as rules: its levers laid over the versions in force, by
//! date and audience. Only says which terms hold; it pays nothing.

use crate::calendar::Span;
use crate::company::Company;
use crate::programs::rule_book::{ProgramRules, Segment};
use crate::programs::{Program, RuleBook};

use super::check::Scenario;
use super::{Draft, Intent, Lever, Operation, Parameter, audience, change, launch};

/// The rules under one option of a scenario. Levers are laid in their order, so a
/// later one builds on what an earlier one did. An option that does not exist
/// gives the rules as they are.
pub fn rule_book(scenario: &Scenario, option: usize, company: &Company) -> RuleBook {
    let mut book = RuleBook::of(&company.programs);
    for lever in scenario.options.get(option).map_or(&[][..], |o| &o.levers) {
        let Some(span) = lever_span(lever, scenario, company) else { continue };
        if lever.operation == Operation::Launch {
            // The check has read the same terms.
            if let Ok(version) = launch::version(lever, span, company) {
                launch::lay(&mut book, lever, version, span, scenario, company);
            }
        } else if let Some(rules) = book.program_mut(&lever.program) {
            lay(rules, lever, span, scenario, company);
        }
    }
    book
}

/// The days on which a lever works: its own period or the scenario's, from today
/// on unless the question is about the past; `None` when nothing is left.
pub fn lever_span(lever: &Lever, draft: &Draft, company: &Company) -> Option<Span> {
    let span = lever.period.as_ref().unwrap_or(&draft.period).span();
    let start = if draft.intent == Intent::Hindcast { span.start } else { span.start.max(company.today()) };
    (start <= span.end).then(|| Span::new(start, span.end))
}

/// Lays one lever over the rules of its program.
pub(crate) fn lay(rules: &mut ProgramRules, lever: &Lever, span: Span, draft: &Draft, company: &Company) {
    let who = lever.audience.as_ref().unwrap_or(&draft.audience);
    let mask = audience::mask(who, &company.catalog, company.today());
    if extends(lever) {
        if let Some(program) = company.program(&lever.program) {
            extend(rules, program, span, mask.as_deref());
        }
        return;
    }
    // The check has applied every lever to every version it meets; a lever that
    // does not fit leaves the terms as they are.
    rules.overlay(span, mask.as_deref(), |terms| {
        change::apply(lever, terms, &company.catalog).unwrap_or_else(|_| Some(terms.clone()))
    });
}

/// Whether a lever makes its program run.
pub(crate) fn extends(lever: &Lever) -> bool {
    lever.parameter == Parameter::Active
        && lever.operation == Operation::SetTo
        && lever.value.as_deref() == Some("true")
}

/// Fills the days of the span on which no version is in force with the terms of
/// the last version that began before them.
fn extend(rules: &mut ProgramRules, program: &Program, span: Span, audience: Option<&[bool]>) {
    for gap in gaps(program, span) {
        let Some(version) = program.versions.iter().rev().find(|v| v.terms.effective.end < gap.start) else {
            continue;
        };
        let mut terms = version.terms.clone();
        terms.effective.end = gap.end;
        rules.segments.push(Segment {
            version: version.version,
            span: gap,
            audience: audience.map(<[bool]>::to_vec),
            terms: Some(terms),
            changed: true,
        });
    }
}

/// The runs of days of a span on which a program has no version in force.
pub(crate) fn gaps(program: &Program, span: Span) -> Vec<Span> {
    let mut gaps = Vec::new();
    let mut from = span.start;
    let mut held: Vec<Span> = program.versions.iter().map(|v| v.terms.effective).collect();
    held.sort_unstable();
    for version in held {
        if version.end < from || version.start > span.end {
            continue;
        }
        if version.start > from {
            gaps.push(Span::new(from, version.start - chrono::Days::new(1)));
        }
        from = from.max(version.end + chrono::Days::new(1));
    }
    if from <= span.end {
        gaps.push(Span::new(from, span.end));
    }
    gaps
}
