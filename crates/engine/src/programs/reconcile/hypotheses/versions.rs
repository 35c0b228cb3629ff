//! Another version of the program was paid.

use crate::programs::cite;
use crate::programs::terms::{Pay, ProgramVersion, Rate, Terms};
use crate::sales::PayoutRole;

use super::super::bench::Bench;
use super::Explanation;

/// Another version's rate, or all of its terms; the nearest versions first.
pub(super) fn wrong_version(bench: &Bench<'_>) -> Option<Explanation> {
    let own = bench.version()?;
    if let Some(held) = bench.held_instead() {
        let span = own.terms.effective;
        let cause = format!(
            "under version {}, in force from {} to {}; version {} holds then",
            own.version, span.start, span.end, held.version
        );
        return bench.dates_give(bench.case.key.period).then(|| Explanation::new(cause, topic(bench)));
    }
    let program = bench.excerpt.company.programs.iter().find(|p| p.id == bench.program_id)?;
    let mut others: Vec<&ProgramVersion> =
        program.versions.iter().filter(|v| v.version != own.version).collect();
    others.sort_by_key(|v| (v.version.abs_diff(own.version), v.version));
    others.into_iter().find_map(|other| {
        let rate = bench.terms_give(|terms| Terms {
            rate: other.terms.rate.clone(),
            override_percent: other.terms.override_percent,
            ..terms.clone()
        });
        let paid = if rate { told_rate(bench, &own.terms, other) } else { None };
        let paid = paid.or_else(|| (rate || all(bench, own, other)).then(|| told_terms(other)))?;
        Some(Explanation { version: Some(other.version), ..Explanation::new(paid, topic(bench)) })
    })
}

/// All terms of the other version, where it counts over the same kind of period.
fn all(bench: &Bench<'_>, own: &ProgramVersion, other: &ProgramVersion) -> bool {
    own.terms.period == other.terms.period
        && bench.terms_give(|terms| {
            let caps = crate::programs::terms::Caps {
                program_budget: terms.caps.program_budget,
                ..other.terms.caps
            };
            Terms { caps, ..other.terms.clone() }
        })
}

fn topic(bench: &Bench<'_>) -> cite::Topic {
    if bench.case.key.role == PayoutRole::Override { cite::OVERRIDE } else { cite::RATE }
}

fn told_terms(other: &ProgramVersion) -> String {
    let span = other.terms.effective;
    format!("under the terms of version {}, in force from {} to {}", other.version, span.start, span.end)
}

fn told_rate(bench: &Bench<'_>, own: &Terms, other: &ProgramVersion) -> Option<String> {
    let (theirs, ours) = match bench.case.key.role {
        PayoutRole::Override => {
            let percent = |terms: &Terms| Some(format!("{}%", terms.override_percent?.normalize()));
            (percent(&other.terms)?, percent(own)?)
        }
        _ => (flat(&other.terms.rate)?, flat(&own.rate)?),
    };
    let version = other.version;
    Some(format!("at the rate of version {version}, {theirs}, instead of {ours}"))
}

fn flat(rate: &Rate) -> Option<String> {
    match rate {
        Rate::Flat(Pay::PerUnit(value)) => Some(format!("{} a unit", value.normalize())),
        Rate::Flat(Pay::Percent(value)) => Some(format!("{}%", value.normalize())),
        Rate::Tiered { .. } => None,
    }
}
