//! Both sides in one shape: what the rules give and what the books hold, each with
//! the key that it is matched by. Compares nothing.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::{PeriodKind, Span};
use crate::catalog::PartnerIx;
use crate::company::Company;
use crate::programs::payout::PayoutLine;
use crate::programs::rule_book::RuleBook;
use crate::programs::settle::{SettleOptions, settle};
use crate::programs::terms::ProgramVersion;
use crate::programs::{Program, money};
use crate::sales::{PayoutRole, RecordedPayout};

/// Where a payout belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key<'a> {
    /// Position in [`Company::programs`].
    pub program: usize,
    pub version: u32,
    pub partner: PartnerIx,
    pub role: PayoutRole,
    /// The whole fiscal period, uncut; the day for period `transaction`.
    pub period: Span,
    pub transaction: Option<&'a str>,
}

/// A line that the rules give; may be nothing.
#[derive(Debug)]
pub(super) struct Due<'a> {
    pub key: Key<'a>,
    pub line: &'a PayoutLine,
}

/// A row of the books.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub key: Key<'a>,
    pub payout: &'a RecordedPayout,
}

/// What the rules give for the whole history.
pub(super) fn replay(company: &Company) -> Vec<PayoutLine> {
    let rules = RuleBook::of(&company.programs);
    settle(company, &rules, &SettleOptions::default()).payouts
}

pub(super) fn dues<'a>(company: &Company, lines: &'a [PayoutLine]) -> Vec<Due<'a>> {
    let due = |line: &'a PayoutLine| {
        let program = position(company, &line.program_id)?;
        let key = Key {
            program,
            version: line.program_version,
            partner: line.partner,
            role: line.role,
            period: whole(company, program, line.program_version, line.period_start, line.period_end),
            transaction: line.transaction_id.as_deref(),
        };
        Some(Due { key, line })
    };
    lines.iter().filter_map(due).collect()
}

/// Rows of unknown programs are left out: the import refuses them.
pub(super) fn rows(company: &Company) -> Vec<Row<'_>> {
    let row = |payout| Some(Row { key: row_key(company, payout)?, payout });
    company.payouts.iter().filter_map(row).collect()
}

/// Programs are sorted by identifier.
fn position(company: &Company, id: &str) -> Option<usize> {
    company.programs.binary_search_by(|p| p.id.as_str().cmp(id)).ok()
}

fn row_key<'a>(company: &Company, payout: &'a RecordedPayout) -> Option<Key<'a>> {
    let program = position(company, &payout.program_id)?;
    let (start, end) = (payout.period.start, payout.period.end);
    Some(Key {
        program,
        version: payout.program_version,
        partner: payout.partner,
        role: payout.role,
        period: whole(company, program, payout.program_version, start, end),
        transaction: payout.transaction_id.as_deref(),
    })
}

/// The whole fiscal period of the version's kind that holds the first day.
fn whole(company: &Company, program: usize, version: u32, start: NaiveDate, end: NaiveDate) -> Span {
    let program = &company.programs[program];
    match version_of(program, version).or_else(|| program.version_on(start)) {
        Some(held) => company.calendar.period_of(held.terms.period, start),
        None => Span::new(start, end),
    }
}

/// A version by number.
pub(super) fn version_of(program: &Program, version: u32) -> Option<&ProgramVersion> {
    program.versions.iter().find(|v| v.version == version)
}

impl Row<'_> {
    /// The recorded amount in whole minor units: what is compared.
    pub fn amount(&self, digits: u32) -> Decimal {
        money::round(self.payout.accrued, digits)
    }
}

impl Key<'_> {
    /// What the program counts over.
    pub fn kind(&self, company: &Company) -> PeriodKind {
        let program = &company.programs[self.program];
        let held = version_of(program, self.version).unwrap_or_else(|| program.latest());
        held.terms.period
    }
}
