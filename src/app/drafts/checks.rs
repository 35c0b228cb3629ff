//! Holds the files of a draft to the rules: do they parse, do they pay what the option
//! pays, do they fit together and with what serves, does their text say what their terms
//! say, does the past stay as it is. Reads nothing but its arguments.

use std::collections::{BTreeMap, HashSet};

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use spiffcast_engine::calendar::{PeriodKind, Span};
use spiffcast_engine::company::Company;
use spiffcast_engine::finding::{Severity, SourceFinding};
use spiffcast_engine::programs::lint::lint;
use spiffcast_engine::programs::revise::{Part, with_versions};
use spiffcast_engine::programs::{ProgramVersion, RuleBook, SettleOptions, Terms, front_matter, settle};
use spiffcast_engine::sales::{LineKind, PayoutRole, SaleLine};

use super::port::{Change, CheckFinding, Checks, Content, PastCheck, TrialCheck};

/// Longest stretch of past sales that is put into the days of a change.
const TRIAL_DAYS_MAX: i64 = 366;

/// Checks the files under the rules that serve. `book`: the option's rules, where the
/// draft still fits them.
pub fn checks(company: &Company, content: &Content, book: Option<&RuleBook>) -> Checks {
    let mut checks = Checks::default();
    let mut versions = Vec::new();
    for change in &content.changes {
        versions.extend(parsed(change, &mut checks.findings));
        if change.files.iter().all(|file| file.text == file.generated) {
            checks.findings.extend(left_to_author(change));
        }
    }
    if !checks.findings.iter().any(|f| f.severity == Severity::Error) {
        match with_versions(company, versions) {
            Ok(after) => together(company, &after, content, book, &mut checks),
            Err(found) => checks.findings.extend(found.iter().map(of_source)),
        }
    }
    checks.findings.sort_by_key(|f| f.severity);
    checks.errors = checks.findings.iter().filter(|f| f.severity == Severity::Error).count();
    checks
}

/// The versions of a change, with what is wrong with each alone.
fn parsed(change: &Change, findings: &mut Vec<CheckFinding>) -> Vec<ProgramVersion> {
    let mut versions = Vec::new();
    let budget = |terms: &Terms| terms.caps.program_budget.unwrap_or_default();
    let (mut meant, mut said) = (Decimal::ZERO, Decimal::ZERO);
    for file in &change.files {
        let wanted = front_matter::parse(&file.file, &file.generated);
        match (front_matter::parse(&file.file, &file.text), wanted) {
            (Ok((version, warnings)), Ok((wanted, _))) => {
                findings.extend(warnings.iter().map(of_source));
                let others = other_terms(&version.terms, &wanted.terms);
                if !others.is_empty() {
                    findings.push(error(
                        &file.file,
                        format!("the terms are not those of the option: {}", others.join(", ")),
                        "Ask for the terms you want and draft from that answer; here the text can be changed, and how a budget is shared.",
                    ));
                }
                meant += budget(&wanted.terms);
                said += budget(&version.terms);
                versions.push(version);
            }
            (Err(found), _) | (_, Err(found)) => findings.extend(found.iter().map(of_source)),
        }
    }
    if versions.len() == change.files.len() && said > meant {
        findings.push(error(
            "",
            format!(
                "the budgets of {} come to {said} together, {} more than is left",
                change.name,
                said - meant
            ),
            "Share what is left between the versions, or ask for another budget and draft from that answer.",
        ));
    }
    versions
}

/// The keys in which two terms differ, the amount of a budget aside.
fn other_terms(terms: &Terms, wanted: &Terms) -> Vec<String> {
    let mut leveled = terms.clone();
    if terms.caps.program_budget.is_some() && wanted.caps.program_budget.is_some() {
        leveled.caps.program_budget = wanted.caps.program_budget;
    }
    if leveled == *wanted {
        return Vec::new();
    }
    let keys = |terms: &Terms| serde_json::to_value(terms).ok().and_then(|v| v.as_object().cloned());
    let (own, wanted) = (keys(&leveled).unwrap_or_default(), keys(wanted).unwrap_or_default());
    own.iter().filter(|(key, value)| wanted.get(*key) != Some(*value)).map(|(key, _)| key.clone()).collect()
}

fn left_to_author(change: &Change) -> impl Iterator<Item = CheckFinding> {
    change.files.iter().flat_map(|file| {
        file.left.iter().map(|left| CheckFinding {
            severity: Severity::Warning,
            file: file.file.clone(),
            line: None,
            message: left.clone(),
            hint: "The text was generated; edit it where it does not say this.".to_owned(),
        })
    })
}

fn together(
    company: &Company,
    after: &Company,
    content: &Content,
    book: Option<&RuleBook>,
    checks: &mut Checks,
) {
    let files: HashSet<&str> =
        content.changes.iter().flat_map(|c| &c.files).map(|f| f.file.as_str()).collect();
    let today = company.today();
    // What the rules have already is no matter of the draft.
    let known: HashSet<String> = lint(company, today).into_iter().map(|f| f.message).collect();
    let new = lint(after, today).into_iter();
    checks.findings.extend(
        new.filter(|f| files.contains(f.file.as_str()) && !known.contains(&f.message)).map(|f| {
            CheckFinding {
                severity: f.severity,
                file: f.file,
                line: f.line,
                message: match f.clause {
                    Some(clause) => format!("clause {clause} {}", f.message),
                    None => f.message,
                },
                hint: f.hint,
            }
        }),
    );
    let mut past = PastCheck { lines: 0, moved: 0 };
    for change in &content.changes {
        let (lines, moved) = past_of(company, after, &change.program);
        past.lines += lines;
        past.moved += moved;
    }
    if past.moved > 0 {
        checks.findings.push(error(
            "",
            format!("{} payouts so far would be others", past.moved),
            "A version changes nothing before its first day; compare the days of the files.",
        ));
    }
    checks.past = Some(past);
    let Some(book) = book else { return };
    for change in &content.changes {
        let Some(trial) = trial(company, after, book, change) else { continue };
        if trial.differ > 0 && trial.cut.0 == trial.cut.1 {
            checks.findings.push(CheckFinding {
                severity: Severity::Warning,
                file: String::new(),
                line: None,
                message: format!(
                    "on past sales put into its days the files of {} pay {} instead of {}",
                    change.name, trial.by_files, trial.by_option
                ),
                hint: "A version that begins within a period is rounded on its own: cents are that, more is not."
                    .to_owned(),
            });
        }
        checks.trials.push(trial);
    }
}

/// Payout lines so far of a program, and how many come out otherwise.
fn past_of(company: &Company, after: &Company, program: &str) -> (usize, usize) {
    let settled = |company: &Company| {
        let options = SettleOptions { program: Some(program), ..SettleOptions::default() };
        settle(company, &RuleBook::of(&company.programs), &options).payouts
    };
    let (now, then) = (settled(company), settled(after));
    let same =
        |(a, b): (&spiffcast_engine::programs::PayoutLine, &spiffcast_engine::programs::PayoutLine)| {
            (a.program_version, &a.partner_id, a.role, a.period_start, &a.transaction_id, a.amount)
                == (b.program_version, &b.partner_id, b.role, b.period_start, &b.transaction_id, b.amount)
        };
    let moved = now.iter().zip(&then).filter(|pair| !same(*pair)).count();
    (now.len(), moved + now.len().abs_diff(then.len()))
}

/// Past sales in the days of a change, paid by the option's rules and by the files.
fn trial(company: &Company, after: &Company, book: &RuleBook, change: &Change) -> Option<TrialCheck> {
    let days = days_of(change)?;
    let from = counted_from(company, change, days);
    let length = days.days().min(TRIAL_DAYS_MAX);
    let first = company.today() - Days::new(length as u64);
    let shift = days.start - first;
    let moved = |line: &SaleLine| SaleLine {
        transaction_id: format!("trial-{}", line.transaction_id),
        sold_on: line.sold_on + shift,
        reported_on: line.reported_on.map(|day| day + shift),
        ..line.clone()
    };
    let sold = |line: &&SaleLine| line.kind == LineKind::Sale && line.sold_on >= first;
    let extra: Vec<SaleLine> = company.lines.iter().filter(sold).map(moved).collect();
    let paid = |company: &Company, book: &RuleBook| {
        let options =
            SettleOptions { program: Some(&change.program), extra: &extra, ..SettleOptions::default() };
        let mut by_partner: BTreeMap<String, Decimal> = BTreeMap::new();
        let mut cut = Decimal::ZERO;
        for line in settle(company, book, &options).payouts {
            if line.period_start >= from && line.role != PayoutRole::Clawback {
                *by_partner.entry(line.partner_id).or_default() += line.amount;
                cut += line.budget_cut;
            }
        }
        by_partner.retain(|_, amount| !amount.is_zero());
        (by_partner, cut)
    };
    let (option, option_cut) = paid(company, book);
    let (files, files_cut) = paid(after, &RuleBook::of(&after.programs));
    let payees: HashSet<&String> = option.keys().chain(files.keys()).collect();
    let differ = payees.iter().filter(|id| option.get(**id) != files.get(**id)).count();
    let sum = |by: &BTreeMap<String, Decimal>| text(by.values().sum());
    Some(TrialCheck {
        program: change.program.clone(),
        sales: extra.len(),
        by_option: sum(&option),
        by_files: sum(&files),
        partners: payees.len(),
        differ,
        cut: (text(option_cut), text(files_cut)),
    })
}

/// First day of the fiscal period that the change begins in: what the option pays in one
/// line there, files may pay in two.
fn counted_from(company: &Company, change: &Change, days: Span) -> NaiveDate {
    let period = company.program(&change.program).map(|p| p.latest().terms.period);
    match period {
        Some(PeriodKind::Transaction) | None => days.start,
        Some(period) => company.calendar.period_of(period, days.start).start,
    }
}

/// The days that a change is about.
fn days_of(change: &Change) -> Option<Span> {
    let spans = |part: Part| {
        let of = move |file: &&super::port::VersionFile| file.part == part;
        let terms = change.files.iter().filter(of).filter_map(|file| {
            front_matter::parse(&file.file, &file.text).ok().map(|(version, _)| version.terms.effective)
        });
        terms.collect::<Vec<Span>>()
    };
    let changed = spans(Part::Changed);
    let all = if changed.is_empty() { spans(Part::Resumes) } else { changed };
    Some(Span::new(all.iter().map(|s| s.start).min()?, all.iter().map(|s| s.end).max()?))
}

fn text(amount: Decimal) -> String {
    amount.normalize().to_string()
}

fn of_source(finding: &SourceFinding) -> CheckFinding {
    let place = finding.column.as_ref().map(|c| format!("{c}: ")).unwrap_or_default();
    CheckFinding {
        severity: finding.severity,
        file: finding.file.clone(),
        line: finding.line,
        message: format!("{place}{}", finding.message),
        hint: String::new(),
    }
}

fn error(file: &str, message: String, hint: &str) -> CheckFinding {
    let (file, hint) = (file.to_owned(), hint.to_owned());
    CheckFinding { severity: Severity::Error, file, line: None, message, hint }
}
