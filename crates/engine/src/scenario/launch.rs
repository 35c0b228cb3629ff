//! A program that a lever launches: its terms read with the checks of a program file,
//! and laid into the rules beside the programs that exist.

use serde_json::Value;

use crate::calendar::Span;
use crate::company::Company;
use crate::finding::{Finding, Severity, SourceFinding};
use crate::programs::front_matter::{Defaults, from_json};
use crate::programs::rule_book::{ProgramRules, Segment};
use crate::programs::{ProgramVersion, RuleBook};

use super::findings::{error, suggest, warning};
use super::rules::lever_span;
use super::{Draft, Lever, Operation, Parameter, audience, bounds};

/// Everything wrong with a launch; lays it where nothing is.
pub(super) fn check(
    lever: &Lever,
    path: &str,
    draft: &Draft,
    company: &Company,
    book: &mut RuleBook,
    found: &mut Vec<Finding>,
) {
    let before = found.len();
    if lever.operation != Operation::Launch || lever.parameter != Parameter::Program {
        let message = "launch and program only go together".to_owned();
        found.push(error(
            "operation_does_not_fit",
            format!("{path}.operation"),
            message,
            "Use launch with program",
        ));
    }
    if lever.value.is_some() {
        let message = "A launch has terms and no value".to_owned();
        found.push(error("value_not_wanted", format!("{path}.value"), message, "Leave value null"));
    }
    if book.program_mut(&lever.program).is_some() {
        let message = format!("There is a program {:?} already", lever.program);
        found.push(error("program_exists", format!("{path}.program"), message, "Propose another identifier"));
    }
    if lever.terms.is_none() {
        let message = "A launch needs the terms of the new program".to_owned();
        found.push(error(
            "terms_missing",
            format!("{path}.terms"),
            message,
            "Give kind, measure, period and rate",
        ));
    }
    if found.len() > before {
        return;
    }
    let Some(span) = lever_span(lever, draft, company) else { return };
    let field = format!("{path}.terms");
    match version(lever, span, company) {
        Err(problems) => found.extend(problems.into_iter().map(|p| finding(p, &field))),
        Ok(version) => {
            names(&version, &field, company, found);
            for misfit in bounds::broken(&version.terms, &company.catalog, span) {
                found.push(error(misfit.code, field.clone(), misfit.message, misfit.hint));
            }
            if version.terms.currency != company.catalog.currency {
                let message = format!(
                    "The terms are in {}; everything here is in {}",
                    version.terms.currency, company.catalog.currency
                );
                found.push(error("other_currency", field.clone(), message, ""));
            }
            lay(book, lever, version, span, draft, company);
        }
    }
}

/// The version that a launch lever proposes.
///
/// # Errors
/// What is wrong with its terms.
pub(super) fn version(
    lever: &Lever,
    span: Span,
    company: &Company,
) -> Result<ProgramVersion, Vec<SourceFinding>> {
    let defaults = Defaults {
        id: Some(lever.program.clone()),
        version: Some(1),
        currency: Some(company.catalog.currency.clone()),
        effective: Some(span),
    };
    let terms = lever.terms.clone().unwrap_or(Value::Null);
    from_json("terms", &terms, &defaults).map(|(version, _)| version)
}

/// Adds the program to the rules, on the days and for the audience of the lever.
pub(super) fn lay(
    book: &mut RuleBook,
    lever: &Lever,
    version: ProgramVersion,
    span: Span,
    draft: &Draft,
    company: &Company,
) {
    let who = lever.audience.as_ref().unwrap_or(&draft.audience);
    let Some(days) = version.terms.effective.intersection(&span) else { return };
    let segment = Segment {
        version: 1,
        span: days,
        audience: audience::mask(who, &company.catalog, company.today()),
        terms: Some(version.terms),
        changed: true,
    };
    book.programs.push(ProgramRules {
        id: lever.program.clone(),
        name: version.name,
        segments: vec![segment],
    });
}

fn finding(problem: SourceFinding, field: &str) -> Finding {
    let key = problem.column.as_deref().map(|c| format!(".{c}")).unwrap_or_default();
    let make = if problem.severity == Severity::Error {
        error
    } else {
        |c: &str, f: String, m, h: &str| warning(c, f, m, h)
    };
    make("terms", format!("{field}{key}"), problem.message, "")
}

/// Names in the terms must be names of the catalogue.
fn names(version: &ProgramVersion, field: &str, company: &Company, found: &mut Vec<Finding>) {
    let catalog = &company.catalog;
    let skus: Vec<&str> = catalog.products.iter().map(|p| p.sku.as_str()).collect();
    let terms = &version.terms;
    let lists: [(&[String], Vec<&str>, &str); 5] = [
        (&terms.applies_to.skus, skus.clone(), "applies_to.skus"),
        (&terms.bundle, skus, "bundle.skus_all"),
        (&terms.applies_to.families, catalog.families(), "applies_to.families"),
        (&terms.eligible.tiers, catalog.tiers(), "eligible.tiers"),
        (&terms.eligible.regions, catalog.regions(), "eligible.regions"),
    ];
    for (named, known, key) in lists {
        for name in named.iter().filter(|n| !known.contains(&n.as_str())) {
            let hint = suggest(name, known.iter().copied());
            found.push(error(
                "unknown_name",
                format!("{field}.{key}"),
                format!("{name:?} is not known"),
                hint,
            ));
        }
    }
}

/// The name of a launched program: that of its terms, else its identifier.
pub(super) fn name(lever: &Lever) -> &str {
    let named = lever.terms.as_ref().and_then(|t| t.get("name")).and_then(Value::as_str);
    named.unwrap_or(&lever.program)
}

/// A launch in words.
pub(super) fn describe(lever: &Lever, company: &Company) -> String {
    let pays = lever.terms.as_ref().and_then(|t| t.get("rate")).map(|rate| {
        let text = |key: &str| rate.get(key).and_then(Value::as_str).map(str::to_owned);
        match (text("per_unit"), text("percent")) {
            (Some(amount), _) => match amount.parse() {
                Ok(amount) => {
                    format!(", {} per unit", super::figures::money(amount, &company.catalog.currency))
                }
                Err(_) => String::new(),
            },
            (None, Some(percent)) => format!(", {percent}% of revenue"),
            _ => ", by tiers".to_owned(),
        }
    });
    format!("{} launched{}", name(lever), pays.unwrap_or_default())
}
