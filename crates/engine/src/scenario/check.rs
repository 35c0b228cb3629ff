//! From a draft to a scenario: the only way there. Finds everything that is wrong
//! at once, each with its path, and keeps the warnings of a draft that passes.

use serde::Serialize;

use crate::calendar::Span;
use crate::catalog::PartnerType;
use crate::company::Company;
use crate::finding::{Finding, Severity};
use crate::programs::RuleBook;
use crate::programs::rule_book::ProgramRules;

use super::change::{self, Misfit};
use super::findings::{error, info, suggest, warning};
use super::rules::{extends, gaps, lay, lever_span};
use super::{Audience, Draft, Intent, Lever, Operation, Parameter, Period, bounds, intents, launch};

/// Longest period that can be asked about, in days: three years.
const PERIOD_DAYS_MAX: i64 = 1096;
/// Most levers in all options together.
const LEVERS_MAX: usize = 16;

/// A draft that passed every check. Cannot be made in any other way (DESIGN.md,
/// invariant 3), nor changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Scenario(Draft);

impl std::ops::Deref for Scenario {
    type Target = Draft;
    fn deref(&self) -> &Draft {
        &self.0
    }
}

impl Scenario {
    /// The draft it was made from.
    pub fn into_draft(self) -> Draft {
        self.0
    }
}

/// What a check gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// Present when no finding is an error.
    pub scenario: Option<Scenario>,
    /// Everything found, warnings too.
    pub findings: Vec<Finding>,
}

/// Checks a draft against the company and, if nothing is wrong, makes it a scenario.
pub fn check(draft: Draft, company: &Company) -> Checked {
    let mut findings = Vec::new();
    shape(&draft, company, &mut findings);
    if draft.intent != Intent::Earnings && draft.intent != Intent::Lookup {
        period(&draft.period, "period", &draft, company, &mut findings);
    }
    audience(&draft.audience, "audience", company, &mut findings);
    for (o, option) in draft.options.iter().enumerate() {
        let mut book = RuleBook::of(&company.programs);
        for (l, lever) in option.levers.iter().enumerate() {
            let path = format!("options[{o}].levers[{l}]");
            check_lever(lever, &path, &draft, company, &mut book, &mut findings);
        }
    }
    let failed = findings.iter().any(|f| f.severity == Severity::Error);
    Checked { scenario: (!failed).then_some(Scenario(draft)), findings }
}

/// Number of options and levers, and the parts that an intent needs.
fn shape(draft: &Draft, company: &Company, found: &mut Vec<Finding>) {
    let options = draft.options.len();
    let (least, most) = match draft.intent {
        Intent::Forecast | Intent::Hindcast => (1, 1),
        Intent::Compare => (2, 8),
        Intent::Sweep | Intent::GoalSeek => (1, 8),
        Intent::Earnings | Intent::Lookup => (0, 0),
    };
    if options < least || options > most {
        let wanted = if least == most { format!("exactly {least}") } else { format!("{least} to {most}") };
        let message = format!("{} needs {wanted} options, not {options}", change::name_of(&draft.intent));
        found.push(error("number_of_options", "options", message, ""));
    }
    let levers: usize = draft.options.iter().map(|o| o.levers.len()).sum();
    if levers > LEVERS_MAX {
        let message = format!("{levers} changes are more than {LEVERS_MAX}");
        found.push(error("too_many_levers", "options", message, "Ask in several questions"));
    }
    for (o, option) in draft.options.iter().enumerate() {
        if option.levers.is_empty() {
            let message = "The option changes nothing".to_owned();
            found.push(error("no_lever", format!("options[{o}].levers"), message, "Say what to change"));
        }
    }
    let parts = [
        ("sweep", Intent::Sweep, draft.sweep.is_some()),
        ("goal", Intent::GoalSeek, draft.goal.is_some()),
        ("earnings", Intent::Earnings, draft.earnings.is_some()),
        ("lookup", Intent::Lookup, draft.lookup.is_some()),
    ];
    for (key, intent, present) in parts {
        if present != (draft.intent == intent) {
            let message = if present {
                format!("{key} is only for the intent {}", change::name_of(&intent))
            } else {
                format!("The intent {} needs {key}", change::name_of(&intent))
            };
            found.push(error("intent_mismatch", key, message, ""));
        }
    }
    intents::check(draft, company, found);
}

fn period(period: &Period, path: &str, draft: &Draft, company: &Company, found: &mut Vec<Finding>) {
    let span = period.span();
    let today = company.today();
    if span.start > span.end {
        let message = format!("The period ends on {} before it starts on {}", span.end, span.start);
        found.push(error("period_empty", path, message, "Swap the two days"));
        return;
    }
    if span.days() > PERIOD_DAYS_MAX {
        let message = format!("The period is {} days long", span.days());
        found.push(error(
            "period_too_long",
            path,
            message,
            format!("Ask about at most {PERIOD_DAYS_MAX} days"),
        ));
    }
    if draft.intent == Intent::Hindcast {
        if span.start >= today {
            let message = format!("A look back needs a past period; {} has not begun", period.label);
            found.push(error("period_future", path, message, "Name a past period"));
        }
    } else if span.end < today {
        let message = format!("{} is wholly past: today is {today}", period.label);
        found.push(error("period_past", path, message, "Name a period that ends today or later"));
    } else if span.start < today {
        let message =
            format!("Part of {} is past: actuals stand, the change starts on {today}", period.label);
        found.push(info("period_part_past", path, message));
    }
    if span.end > today + chrono::Days::new(2 * PERIOD_DAYS_MAX as u64) {
        let message = format!("{} lies too far ahead", period.label);
        found.push(error("period_too_far", path, message, "Ask about the next few years"));
    }
}

fn audience(audience: &Audience, path: &str, company: &Company, found: &mut Vec<Finding>) {
    let catalog = &company.catalog;
    let types: Vec<&str> = PartnerType::ALL.iter().map(|t| t.as_str()).collect();
    let partners: Vec<&str> = catalog.partners.iter().map(|p| p.id.as_str()).collect();
    let sides = [("include", &audience.include), ("exclude", &audience.exclude)];
    let mut unknown = Vec::new();
    for (side, entries) in sides {
        for (i, entry) in entries.iter().enumerate() {
            let lists = [
                ("tiers", &entry.tiers, &catalog.tiers(), "unknown_tier"),
                ("regions", &entry.regions, &catalog.regions(), "unknown_region"),
                ("partner_types", &entry.partner_types, &types, "unknown_partner_type"),
                ("partners", &entry.partners, &partners, "unknown_partner"),
            ];
            if lists.iter().all(|(_, names, ..)| names.is_empty()) {
                let message = "An entry that names nobody".to_owned();
                let field = format!("{path}.{side}[{i}]");
                unknown.push(error("empty_audience_entry", field, message, "Leave it out, or name somebody"));
            }
            for (key, names, known, code) in lists {
                for name in names.iter().filter(|n| !known.contains(&n.as_str())) {
                    let field = format!("{path}.{side}[{i}].{key}");
                    let hint = suggest(name, known.iter().copied());
                    unknown.push(error(code, field, format!("{name:?} is not known"), hint));
                }
            }
        }
    }
    found.extend(unknown);
    let mask = super::audience::mask(audience, catalog, company.today());
    if mask.is_some_and(|m| !m.contains(&true)) {
        let message = "No partner is in this audience".to_owned();
        found.push(warning("audience_empty", path, message, "Check tiers, regions and types together"));
    }
}

pub(crate) fn unknown_program(wanted: &str, field: &str, company: &Company) -> Finding {
    let names = company.programs.iter().map(|p| p.name());
    let ids = company.programs.iter().map(|p| p.id.as_str());
    let close = suggest(wanted, names.chain(ids).collect::<Vec<_>>().into_iter());
    error("unknown_program", field, format!("There is no program {wanted:?}"), close)
}

fn check_lever(
    lever: &Lever,
    path: &str,
    draft: &Draft,
    company: &Company,
    book: &mut RuleBook,
    found: &mut Vec<Finding>,
) {
    if let Some(own) = &lever.period {
        period(own, &format!("{path}.period"), draft, company, found);
    }
    if let Some(own) = &lever.audience {
        audience(own, &format!("{path}.audience"), company, found);
    }
    if lever.operation == Operation::Launch || lever.parameter == Parameter::Program {
        launch::check(lever, path, draft, company, book, found);
        return;
    }
    let Some(rules) = book.program_mut(&lever.program) else {
        found.push(unknown_program(&lever.program, &format!("{path}.program"), company));
        return;
    };
    let Some(span) = lever_span(lever, draft, company) else { return };
    let here =
        |part: Option<(usize, usize)>| part.is_some_and(|(o, l)| path == format!("options[{o}].levers[{l}]"));
    let goal = draft.goal.as_ref().filter(|_| draft.intent == Intent::GoalSeek);
    if here(goal.map(|g| (g.option, g.lever))) {
        intents::sought(lever, path, span, rules, company, found);
        return;
    }
    let sweep = draft.sweep.as_ref().filter(|s| here(Some((s.option, s.lever))));
    match sweep.filter(|_| draft.intent == Intent::Sweep) {
        Some(sweep) => {
            for value in [&sweep.from, &sweep.to] {
                let at = Lever { value: Some(value.clone()), ..lever.clone() };
                let before = found.len();
                effect(&at, path, span, rules, company, found);
                // Nothing changes at one end of many a range.
                found.retain({
                    let mut i = 0;
                    move |f| {
                        i += 1;
                        i <= before || f.code != "no_change"
                    }
                });
            }
        }
        None => {
            effect(lever, path, span, rules, company, found);
            lay(rules, lever, span, draft, company);
        }
    }
}

/// Applies the lever to all terms it meets and reports what does not fit.
pub(super) fn effect(
    lever: &Lever,
    path: &str,
    span: Span,
    rules: &ProgramRules,
    company: &Company,
    found: &mut Vec<Finding>,
) {
    let held: Vec<_> = rules
        .segments
        .iter()
        .filter_map(|s| Some((s.terms.as_ref()?, s.span.intersection(&span)?)))
        .collect();
    if extends(lever) {
        extension(lever, path, span, company, found);
        return;
    }
    if held.is_empty() {
        found.push(not_in_force(lever, path, span, company));
        return;
    }
    let mut misfits: Vec<Misfit> = Vec::new();
    let mut changes = false;
    for (terms, span) in held {
        match change::apply(lever, terms, &company.catalog) {
            Err(misfit) => misfits.push(misfit),
            Ok(None) => changes = true,
            Ok(Some(new)) => {
                changes |= new != *terms;
                let already = bounds::broken(terms, &company.catalog, span);
                misfits.extend(
                    bounds::broken(&new, &company.catalog, span).into_iter().filter(|m| !already.contains(m)),
                );
            }
        }
    }
    misfits.dedup();
    let clean = misfits.is_empty();
    for misfit in misfits {
        let finding = error(misfit.code, format!("{path}.{}", misfit.at), misfit.message, misfit.hint);
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    if clean && !changes {
        let message = "The terms are like this already: the change does nothing".to_owned();
        found.push(warning("no_change", format!("{path}.value"), message, ""));
    }
    if let Some(program) = company.program(&lever.program) {
        let open = gaps(program, span);
        let uncovered = rules.segments.iter().all(|s| open.iter().all(|g| s.span.intersection(g).is_none()));
        if clean && !open.is_empty() && uncovered {
            let days: Vec<String> = open.iter().map(|g| format!("{} to {}", g.start, g.end)).collect();
            let message =
                format!("No version is in force from {}: the change does nothing there", days.join(", "));
            found.push(warning("partly_in_force", format!("{path}.program"), message, ""));
        }
    }
}

fn extension(lever: &Lever, path: &str, span: Span, company: &Company, found: &mut Vec<Finding>) {
    let Some(program) = company.program(&lever.program) else { return };
    let open = gaps(program, span);
    let first = program.versions.iter().map(|v| v.terms.effective.start).min();
    if open.is_empty() {
        let message = format!("{} runs throughout the period already", program.name());
        found.push(warning("no_change", format!("{path}.value"), message, ""));
    } else if open.iter().all(|g| first.is_some_and(|f| g.start < f)) {
        let message = format!("{} had no version yet that could run then", program.name());
        found.push(error("nothing_to_extend", format!("{path}.program"), message, "Name a later period"));
    }
}

pub(super) fn not_in_force(lever: &Lever, path: &str, span: Span, company: &Company) -> Finding {
    let name = company.program(&lever.program).map_or(lever.program.as_str(), |p| p.name());
    let versions = company.program(&lever.program).map_or_else(String::new, |p| {
        let spans = p
            .versions
            .iter()
            .map(|v| format!("v{} {} to {}", v.version, v.terms.effective.start, v.terms.effective.end));
        spans.collect::<Vec<_>>().join(", ")
    });
    error(
        "not_in_force",
        format!("{path}.program"),
        format!("{name} has no version in force from {} to {} ({versions})", span.start, span.end),
        "Set active to true first to extend the last version, or name another period",
    )
}
