//! The past changes of a company's programs: which day, from which terms to which,
//! over which months they can be looked at, and the rules as they would have been
//! without them. Reads program versions only, never sales.

use chrono::{Days, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::{Month, Span};
use crate::company::Company;
use crate::programs::RuleBook;
use crate::programs::rule_book::Segment;
use crate::programs::terms::{Program, ProgramVersion, Terms};
use crate::simulation::describe_change;

/// What kind of change it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A program began, or began again after a gap.
    Launch,
    /// New terms followed on old ones.
    Change,
    /// A program ended, and nothing followed on the next day.
    End,
}

/// A day on which the terms of a program became others.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PastChange<'a> {
    pub program: &'a Program,
    pub kind: ChangeKind,
    /// Version that began, or the one that ended.
    pub version: u32,
    /// First day of the new state.
    pub on: NaiveDate,
    /// Last day of it; `None`: nothing follows.
    until: Option<NaiveDate>,
    before: Option<&'a Terms>,
    pub after: Option<&'a Terms>,
}

/// All changes of all programs, by day and program. A renewal on the same terms is
/// none.
pub(super) fn past_changes(company: &Company) -> Vec<PastChange<'_>> {
    let mut found: Vec<PastChange<'_>> = company.programs.iter().flat_map(of_program).collect();
    found.sort_by(|a, b| (a.on, &a.program.id, a.version).cmp(&(b.on, &b.program.id, b.version)));
    found
}

fn of_program(program: &Program) -> Vec<PastChange<'_>> {
    let mut versions: Vec<&ProgramVersion> = program.versions.iter().collect();
    versions.sort_by_key(|v| v.terms.effective.start);
    let mut found = Vec::new();
    for (i, version) in versions.iter().enumerate() {
        let (span, next) = (version.terms.effective, versions.get(i + 1));
        let Some(after_end) = span.end.succ_opt() else { continue };
        let previous = i.checked_sub(1).map(|p| &versions[p].terms);
        let joined = previous.is_some_and(|p| p.effective.end + Days::new(1) >= span.start);
        let before = previous.filter(|_| joined);
        if before.is_none_or(|before| !same_terms(before, &version.terms)) {
            found.push(PastChange {
                program,
                kind: if joined { ChangeKind::Change } else { ChangeKind::Launch },
                version: version.version,
                on: span.start,
                until: Some(span.end),
                before,
                after: Some(&version.terms),
            });
        }
        if next.is_none_or(|next| next.terms.effective.start > after_end) {
            found.push(PastChange {
                program,
                kind: ChangeKind::End,
                version: version.version,
                on: after_end,
                until: next.map(|next| next.terms.effective.start - Days::new(1)),
                before: Some(&version.terms),
                after: None,
            });
        }
    }
    found
}

/// Whether two versions pay the same, their days apart.
fn same_terms(a: &Terms, b: &Terms) -> bool {
    *a == Terms { effective: a.effective, ..b.clone() }
}

impl PastChange<'_> {
    /// The last month of data that a forecast of it may use.
    pub fn origin(&self) -> Month {
        Month::of(self.on).plus(-1)
    }

    /// The months it is looked at: from that of its day, `months` at most, and no
    /// longer than the new state lasted.
    pub fn window(&self, months: usize) -> (Month, Month) {
        let first = Month::of(self.on);
        let longest = first.plus(months.max(1) as i32 - 1);
        let last = self.until.map_or(longest, |day| Month::of(day).min(longest));
        (first, last.max(first))
    }

    /// The days of the window.
    pub fn span(&self, months: usize) -> Span {
        let (first, last) = self.window(months);
        Span::new(first.first_day(), last.last_day())
    }

    /// The rules as they would have been: the state before goes on over the window,
    /// as a version of its own with its budget whole.
    pub fn without(&self, rules: &RuleBook, months: usize) -> RuleBook {
        let mut book = rules.clone();
        let Some(program) = book.program_mut(&self.program.id) else { return book };
        let end = self.until.unwrap_or(NaiveDate::MAX).min(self.span(months).end);
        let span = Span::new(self.on, end);
        let version = 1 + program.segments.iter().map(|s| s.version).max().unwrap_or(0);
        let terms = self.before.map(|before| Terms { effective: span, ..before.clone() });
        program.segments.push(Segment { version, span, audience: None, terms, changed: true });
        book
    }

    /// The terms that tell what kind of program it is.
    pub fn terms(&self) -> Option<&Terms> {
        self.after.or(self.before)
    }

    /// What changed, in words.
    pub fn words(&self) -> String {
        match self.after {
            Some(after) => describe_change(self.before, after),
            None => {
                let paying = self.before.map(|before| describe_change(None, before)).unwrap_or_default();
                format!("ended, {}", paying.replacen("began, paying", "having paid", 1))
            }
        }
    }
}
