//! The clauses of a version against its terms: figures, dates and names. Both were
//! agreed to, so a reader must find the same in both. It has to guess what a
//! sentence is about and is written to be silent where it cannot know:
//!
//! - Figures count only where they are about the terms: under a heading of
//!   calculation, caps or the like, or written like a rate or a cap elsewhere.
//! - A worked example may hold derived figures; only its rates are held to the terms.
//! - A sentence that looks back may give figures of other versions, and one that
//!   names another program the figures of that one.
//! - Days count as the claims deadline only next to words for reporting, dates as the
//!   life of the version only next to words like "in force".

mod compare;
mod facts;
mod figures;
mod mentions;
mod reword;
mod spoken;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;

use crate::company::Company;
use crate::finding::Severity;
use crate::programs::terms::{Clause, Pay, ProgramVersion, Rate, Terms};

use super::finding::{LintCode, LintFinding};
use super::shape;
use facts::{Fact, facts};
use figures::{Figure, Value, figures};
use spoken::{Spoken, section, sentences};

pub use reword::{Reworded, reword};

/// Checks every clause of a version.
pub(super) fn check(
    version: &ProgramVersion,
    company: &Company,
    today: NaiveDate,
    out: &mut Vec<LintFinding>,
) {
    let own = facts(&version.terms);
    let siblings = company.program(&version.program).into_iter().flat_map(|p| &p.versions);
    let other_versions: Vec<Fact> =
        siblings.filter(|v| v.version != version.version).flat_map(|v| facts(&v.terms)).collect();
    let mut say = |at: usize, byte: usize, sure: bool, message: String| {
        out.push(finding(version, at, byte, sure, message, today));
    };
    for (at, clause) in version.clauses.iter().enumerate() {
        let terms = compare::Terms {
            own: &own,
            other_versions: &other_versions,
            other_programs: &of_named_programs(clause, version, company),
            currency: &version.terms.currency,
        };
        let section = section(&clause.heading);
        for spoken in sentences(&clause.text) {
            let figures = figures(spoken.text);
            for figure in &figures {
                if let Some(wrong) = compare::judge(figure, &spoken, section, &terms) {
                    let message = format!("says {:?}, {}", &spoken.text[figure.at.clone()], wrong.instead);
                    say(at, spoken.start + figure.at.start, wrong.sure, message);
                }
            }
            for (figure, message) in mixed_up_tiers(&figures, &spoken, &version.terms) {
                say(at, spoken.start + figure.at.start, true, message);
            }
        }
    }
    let names: Vec<&str> =
        company.programs.iter().flat_map(|p| &p.versions).map(|v| v.name.as_str()).collect();
    for odd in mentions::odd(version, &company.catalog, &names) {
        say(odd.clause, odd.at, true, odd.says);
    }
}

/// Figures of programs that a clause names, by name or id.
fn of_named_programs(clause: &Clause, version: &ProgramVersion, company: &Company) -> Vec<Fact> {
    let others = company.programs.iter().filter(|p| p.id != version.program);
    let named = |name: &str| mentions::whole_word(&clause.text, name).is_some();
    let of = others.filter(|p| named(&p.id) || p.versions.iter().any(|v| named(&v.name)));
    of.flat_map(|p| &p.versions).flat_map(|v| facts(&v.terms)).collect()
}

/// `2% … from $90,000` where the terms pay another rate from there.
fn mixed_up_tiers<'f>(
    figures: &'f [Figure],
    spoken: &Spoken<'_>,
    terms: &Terms,
) -> Vec<(&'f Figure, String)> {
    let Rate::Tiered { tiers, .. } = &terms.rate else { return Vec::new() };
    let mut found = Vec::new();
    for pair in figures.windows(2).filter(|_| !spoken.example) {
        let between = spoken::words(&spoken.text[pair[0].at.end..pair[1].at.start]);
        // "$40 per unit and, from 60 units, $44" pairs them the other way round.
        let joined = between.ends_with(" from ") && !between.contains(" and ");
        let from = match pair[1].value {
            Value::Money(amount, _) | Value::Units(amount) => amount,
            _ => continue,
        };
        let says = |pay: Pay| match (pay, &pair[0].value) {
            (Pay::PerUnit(a), Value::Money(b, _)) | (Pay::Percent(a), Value::Percent(b)) => a == *b,
            _ => false,
        };
        let tier = tiers.iter().find(|t| t.from == from && joined);
        // A rate that no tier has is told as a figure already.
        if let Some(tier) = tier.filter(|t| !says(t.pay) && tiers.iter().any(|t| says(t.pay))) {
            let said = &spoken.text[pair[0].at.start..pair[1].at.end];
            found.push((
                &pair[0],
                format!("says {said:?}, the terms pay {} from there", shape::shown(tier.pay, terms)),
            ));
        }
    }
    found
}

fn finding(
    version: &ProgramVersion,
    at: usize,
    byte: usize,
    sure: bool,
    message: String,
    today: NaiveDate,
) -> LintFinding {
    let clause = &version.clauses[at];
    let lines_before = clause.text[..byte].matches('\n').count();
    let hint = if version.terms.effective.start < today {
        "Find out which of the two was agreed; what is in force is not edited, so settle it in the next version."
    } else {
        "Correct the clause or the terms so that both say the same."
    };
    let severity = if sure { Severity::Error } else { Severity::Warning };
    let finding = LintFinding::at(LintCode::ClauseContradictsTerms, severity, version, "", message, hint);
    LintFinding {
        line: Some(version.lines.clause_text(at).unwrap_or(clause.line) + lines_before),
        clause: Some(clause.number.clone()),
        ..finding
    }
}
