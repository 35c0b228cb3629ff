//! What version files say a rule book: a scenario's changes, laid over versions, written
//! as versions of their own. A version holds for everybody and for all its days, so a
//! change that ends with its period takes three: the old one ends the day before, a new
//! one holds the changed terms, and another one the old terms again. What is left of a
//! budget is shared between them. Decides which versions; writes no text but of them.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::Span;
use crate::company::Company;
use crate::sales::PayoutRole;

use super::lint::{Reworded, reword};
use super::rule_book::{ProgramRules, Segment};
use super::terms::{Program, ProgramVersion, Terms};
use super::{RuleBook, SettleOptions, front_matter, money, settle, written};

/// What a file is in the change of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The version as it is, with an earlier last day.
    Ends,
    /// The changed terms.
    Changed,
    /// The terms as they were before, again.
    Resumes,
}

/// A version to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// Its number; that of the version it is made from where it takes its place.
    pub version: u32,
    /// The version that it is made from.
    pub base: u32,
    /// What it is.
    pub part: Part,
    /// Its terms, days and share of the budget included.
    pub terms: Terms,
}

/// The budget of a version whose days are given to several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BudgetLeft {
    /// The version.
    pub version: u32,
    /// Its budget, decimal text.
    pub budget: String,
    /// What its sales so far have earned, decimal text.
    pub used: String,
    /// What is left for the versions after it, decimal text.
    pub left: String,
}

/// The change of one program.
#[derive(Debug, Clone, PartialEq)]
pub struct Revised {
    /// Program.
    pub program: String,
    /// Versions to be written, by their days.
    pub revisions: Vec<Revision>,
    /// Budgets that are shared.
    pub budgets: Vec<BudgetLeft>,
}

/// Why a change cannot be written as versions; each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotRevise {
    /// It holds for some partners.
    #[error(
        "the change of {0} holds for some partners only, and a version holds for everybody. Ask for a change of who is eligible, or launch a program for those partners"
    )]
    Audience(String),
    /// There is no program to make a version of.
    #[error(
        "{0} is a new program: there is no version to start from. Write its first version by hand, and import it"
    )]
    Launched(String),
    /// The budget is gone.
    #[error("nothing is left of the budget of {0} v{1}: change the budget in the same scenario")]
    NothingLeft(String, u32),
    /// A version that has not begun would be gone altogether.
    #[error(
        "{0} v{1} has not begun, and would be paused on all its days: take its file out of the next import instead"
    )]
    NotBegun(String, u32),
    /// Nothing is other than it was.
    #[error("nothing in the rules would change")]
    Nothing,
}

/// A run of days with the same terms; `None`: paused.
struct Run<'b> {
    span: Span,
    version: u32,
    terms: Option<&'b Terms>,
    changed: bool,
}

/// The versions that say what a rule book says, one entry a changed program.
///
/// # Errors
/// Everything that versions cannot say.
pub fn revise(company: &Company, book: &RuleBook) -> Result<Vec<Revised>, Vec<CannotRevise>> {
    let (mut revised, mut cannot) = (Vec::new(), Vec::new());
    for rules in &book.programs {
        if rules.segments.iter().all(|s| !s.changed) {
            continue;
        }
        let Some(program) = company.program(&rules.id) else {
            cannot.push(CannotRevise::Launched(rules.id.clone()));
            continue;
        };
        match of_program(company, program, rules) {
            Ok(of) if of.revisions.is_empty() => {}
            Ok(of) => revised.push(of),
            Err(why) => cannot.push(why),
        }
    }
    if revised.is_empty() && cannot.is_empty() {
        cannot.push(CannotRevise::Nothing);
    }
    if cannot.is_empty() { Ok(revised) } else { Err(cannot) }
}

fn of_program(company: &Company, program: &Program, rules: &ProgramRules) -> Result<Revised, CannotRevise> {
    if rules.segments.iter().any(|s| s.changed && s.audience.is_some()) {
        return Err(CannotRevise::Audience(program.id.clone()));
    }
    let runs = runs(program, rules);
    let mut next = program.latest().version + 1;
    let mut revised = Revised { program: program.id.clone(), revisions: Vec::new(), budgets: Vec::new() };
    let mut touched: Vec<(u32, Vec<&Run<'_>>)> = Vec::new();
    for run in &runs {
        // Days that a scenario gave to a version after its end are a stretch of their own.
        match touched.last_mut() {
            Some((version, of)) if *version == run.version && adjoins(of, run) => of.push(run),
            _ => touched.push((run.version, vec![run])),
        }
    }
    for (version, of) in touched {
        let Some(base) = program.versions.iter().find(|v| v.version == version) else { continue };
        if of.iter().any(|run| run.changed) {
            of_version(company, base, &of, &mut next, &mut revised)?;
        }
    }
    Ok(revised)
}

fn adjoins(of: &[&Run<'_>], run: &Run<'_>) -> bool {
    of.last().is_some_and(|last| last.span.end + Days::new(1) == run.span.start)
}

/// The days of a program by what holds on them, for everybody.
fn runs<'b>(program: &Program, rules: &'b ProgramRules) -> Vec<Run<'b>> {
    let mut days: Vec<NaiveDate> =
        rules.segments.iter().flat_map(|s| [s.span.start, s.span.end + Days::new(1)]).collect();
    days.sort_unstable();
    days.dedup();
    let mut runs: Vec<Run<'b>> = Vec::new();
    for pair in days.windows(2) {
        let span = Span::new(pair[0], pair[1] - Days::new(1));
        let Some(segment) = rules.segments.iter().rev().find(|s| s.span.contains(span.start)) else {
            continue;
        };
        let run = run_of(program, segment, span);
        match runs.last_mut() {
            Some(last)
                if last.version == run.version
                    && last.changed == run.changed
                    && last.terms == run.terms
                    && last.span.end + Days::new(1) == span.start =>
            {
                last.span.end = span.end;
            }
            _ => runs.push(run),
        }
    }
    runs
}

fn run_of<'b>(program: &Program, segment: &'b Segment, span: Span) -> Run<'b> {
    let own = program.versions.iter().find(|v| v.version == segment.version);
    let as_it_was = own
        .is_some_and(|v| segment.terms.as_ref() == Some(&v.terms) && v.terms.effective.contains(span.start));
    Run { span, version: segment.version, terms: segment.terms.as_ref(), changed: !as_it_was }
}

/// The versions in the place of one, for its days.
fn of_version(
    company: &Company,
    base: &ProgramVersion,
    runs: &[&Run<'_>],
    next: &mut u32,
    out: &mut Revised,
) -> Result<(), CannotRevise> {
    let in_place = base.terms.effective.start == runs[0].span.start;
    if in_place && runs.iter().all(|run| run.terms.is_none()) {
        return Err(CannotRevise::NotBegun(base.program.clone(), base.version));
    }
    let mut revisions = Vec::new();
    for (at, run) in runs.iter().enumerate() {
        let Some(terms) = run.terms else { continue };
        let first = in_place && at == 0;
        if first && !run.changed && run.span == base.terms.effective {
            // It ends as it did; what comes after it is new.
            continue;
        }
        let version = if first { base.version } else { *next };
        *next += u32::from(!first);
        let part = match (run.changed, first) {
            (true, _) => Part::Changed,
            (false, true) => Part::Ends,
            (false, false) => Part::Resumes,
        };
        let terms = Terms { effective: run.span, ..terms.clone() };
        revisions.push(Revision { version, base: base.version, part, terms });
    }
    share_budget(company, base, &mut revisions, out)?;
    out.revisions.extend(revisions);
    Ok(())
}

/// Gives what is left of a budget to the versions by the days they still have, in whole
/// units of money where there are several. Together they never pay more than the old one
/// could: what does not divide is given to nobody.
fn share_budget(
    company: &Company,
    base: &ProgramVersion,
    revisions: &mut [Revision],
    out: &mut Revised,
) -> Result<(), CannotRevise> {
    let today = company.today();
    let to_come = |terms: &Terms| {
        let days = terms.effective;
        if terms.caps.program_budget.is_none() || days.end < today {
            return 0;
        }
        Span::new(days.start.max(today), days.end).days()
    };
    let days: i64 = revisions.iter().map(|r| to_come(&r.terms)).sum();
    if days == 0 {
        return Ok(());
    }
    let used = used(company, base);
    for revision in revisions.iter_mut() {
        let (own, whole) = (to_come(&revision.terms), revision.terms.caps.program_budget);
        let Some(whole) = whole.filter(|_| own > 0) else { continue };
        let share = money::share(money::left(whole, used), Decimal::from(own), Decimal::from(days));
        let share = if own == days { share } else { money::floor(share, 0) };
        if share.is_zero() {
            return Err(CannotRevise::NothingLeft(base.program.clone(), base.version));
        }
        // What was earned so far stays with the version that it was earned under.
        let so_far = if revision.part == Part::Ends { used } else { Decimal::ZERO };
        revision.terms.caps.program_budget = Some(money::add(so_far, share));
    }
    if let Some(budget) = base.terms.caps.program_budget {
        let text = |amount: Decimal| amount.normalize().to_string();
        out.budgets.push(BudgetLeft {
            version: base.version,
            budget: text(budget),
            used: text(used),
            left: text(money::left(budget, used)),
        });
    }
    Ok(())
}

/// What a version's sales so far have earned: what its budget counts (PAYOUTS.md, step 7).
fn used(company: &Company, base: &ProgramVersion) -> Decimal {
    let rules = RuleBook::of(&company.programs);
    let options = SettleOptions { program: Some(&base.program), ..SettleOptions::default() };
    let payouts = settle(company, &rules, &options).payouts;
    let own = payouts.iter().filter(|p| p.program_version == base.version && p.role == PayoutRole::Own);
    own.fold(Decimal::ZERO, |sum, p| money::add(sum, p.amount))
}

/// The file of a revision: the text of the version it is made from, with its terms. The
/// second: what the author has to look at. `None` where the text is not that version's.
pub fn file_of(revision: &Revision, base: &ProgramVersion, text: &str) -> Option<Reworded> {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let (version, _) = front_matter::parse(&base.file, &text).ok()?;
    let reworded = reword(&text, &version, &revision.terms);
    let body = front_matter::body(&reworded.text)?;
    let front = written::front_matter(&base.program, revision.version, &base.name, &revision.terms);
    Some(Reworded { text: format!("{front}{body}"), left: reworded.left })
}

/// The company with other version files: those of the same program and number are
/// replaced, others added.
///
/// # Errors
/// Where the versions do not fit together.
pub fn with_versions(
    company: &Company,
    versions: Vec<ProgramVersion>,
) -> Result<Company, Vec<crate::finding::SourceFinding>> {
    let mut all: BTreeMap<(String, u32), ProgramVersion> = BTreeMap::new();
    for version in company.programs.iter().flat_map(|p| p.versions.clone()).chain(versions) {
        all.insert((version.program.clone(), version.version), version);
    }
    let programs = super::assemble::assemble(all.into_values().collect(), company.calendar)?;
    Ok(Company { programs, ..company.clone() })
}

#[cfg(test)]
mod tests;
