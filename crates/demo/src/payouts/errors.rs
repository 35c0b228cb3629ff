//! Errors that a finance department makes, seeded into the recorded payouts.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::books::{Books, Line};
use crate::naive::{PayoutLine, Reason, Role, Settlement};
use crate::random::Stream;
use crate::terms::{Pay, Period, Rate, Terms};

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ErrorKind {
    /// The rate of the version before was paid.
    WrongVersionRate,
    /// A partner that is not eligible was paid.
    IneligiblePartnerPaid,
    /// The cap of the partner was left out.
    CapNotApplied,
    /// Lines reported after the claim window were paid.
    LateReportPaid,
    /// The parent's override was not booked.
    OverrideMissed,
    /// No reason that anybody could name.
    Unknown,
}

impl ErrorKind {
    /// The word of the truth file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WrongVersionRate => "wrong_version_rate",
            Self::IneligiblePartnerPaid => "ineligible_partner_paid",
            Self::CapNotApplied => "cap_not_applied",
            Self::LateReportPaid => "late_report_paid",
            Self::OverrideMissed => "override_missed",
            Self::Unknown => "unknown",
        }
    }
}

/// An error with both amounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeededError {
    /// Row of `payouts`; `None` where it is missing.
    pub payout_id: Option<String>,
    /// What went wrong.
    pub kind: ErrorKind,
    /// Where it belongs, with the amount that the rules give.
    pub line: PayoutLine,
    /// What the rules give; nothing for a line that should not exist.
    pub expected: Decimal,
    /// What is recorded; nothing for a line that is missing.
    pub recorded: Decimal,
}

impl SeededError {
    pub(super) fn new(fault: &Fault, id: Option<String>, line: &PayoutLine, amount: Decimal) -> Self {
        let recorded = if id.is_some() { amount } else { Decimal::ZERO };
        Self { payout_id: id, kind: fault.kind, line: line.clone(), expected: line.amount, recorded }
    }
}

/// An error before rows have ids.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fault {
    pub entry: usize,
    pub kind: ErrorKind,
}

/// A payout line and the amount that is recorded for it.
pub(super) type Entry = (PayoutLine, Decimal);

/// How many of each kind.
const COUNTS: [(ErrorKind, usize); 6] = [
    (ErrorKind::CapNotApplied, 3),
    (ErrorKind::IneligiblePartnerPaid, 4),
    (ErrorKind::WrongVersionRate, 5),
    (ErrorKind::LateReportPaid, 4),
    (ErrorKind::OverrideMissed, 4),
    (ErrorKind::Unknown, 5),
];

/// Every line that is not nothing with what is recorded for it, and which of them are wrong.
pub(super) fn seed_errors(
    seed: u64,
    books: &Books,
    settlement: &Settlement,
    last_day: NaiveDate,
) -> (Vec<Entry>, Vec<Fault>) {
    let mut entries: Vec<Entry> =
        settlement.lines.iter().filter(|l| !l.amount.is_zero()).map(|l| (l.clone(), l.amount)).collect();
    let late = pay_not_counted(books, settlement, &Reason::ReportedLate);
    let ineligible = pay_not_counted(books, settlement, &Reason::TierNotEligible);
    let mut faults: Vec<Fault> = Vec::new();
    for (kind, count) in COUNTS {
        let mut stream = Stream::new(seed, kind.as_str(), &[]);
        if kind == ErrorKind::IneligiblePartnerPaid {
            for line in strangers(&entries, &ineligible, &mut stream, count, last_day) {
                faults.push(Fault { entry: entries.len(), kind });
                entries.push(line);
            }
            continue;
        }
        let mut wrong: Vec<(usize, Decimal)> = entries
            .iter()
            .enumerate()
            .filter(|(e, _)| faults.iter().all(|f| f.entry != *e))
            .filter_map(|(e, (line, _))| Some((e, wrong_amount(kind, books, line, &late, &mut stream)?)))
            .collect();
        stream.shuffle(&mut wrong);
        // One of each program first, so that an error does not only befall the commonest.
        let mut seen = BTreeSet::new();
        let (mut wrong, others): (Vec<_>, Vec<_>) =
            wrong.into_iter().partition(|(e, _)| seen.insert(entries[*e].0.program.clone()));
        wrong.extend(others);
        for (entry, amount) in wrong.into_iter().take(count) {
            entries[entry].1 = amount;
            faults.push(Fault { entry, kind });
        }
    }
    (entries, faults)
}

/// What would be recorded for a line under an error; `None` where it cannot befall it.
fn wrong_amount(
    kind: ErrorKind,
    books: &Books,
    line: &PayoutLine,
    late: &BTreeMap<Key, Decimal>,
    stream: &mut Stream,
) -> Option<Decimal> {
    let plain = line.role == Role::Own && line.reason.is_empty() && line.cap_cut.is_zero();
    let wrong = match kind {
        ErrorKind::WrongVersionRate if plain => {
            let now = flat_monthly(terms(books, &line.program, line.version)?)?;
            let before = flat_monthly(terms(books, &line.program, line.version.checked_sub(1)?)?)?;
            cents(line.base * before.1 / now.1)
        }
        ErrorKind::CapNotApplied if line.role == Role::Own && line.reason.is_empty() => {
            if line.cap_cut.is_zero() || line.transaction_id.is_some() {
                return None;
            }
            cents(line.base + line.uplift)
        }
        ErrorKind::LateReportPaid if plain => {
            line.amount
                + late.get(&(line.program.clone(), line.version, line.partner.clone(), line.period_start))?
        }
        ErrorKind::OverrideMissed if line.role == Role::Override => return Some(line.amount),
        ErrorKind::Unknown if line.role == Role::Own && line.amount > Decimal::from(60) => {
            let slip = Decimal::new(stream.between(315, 5870), 2);
            if stream.chance(0.5) { line.amount + slip } else { line.amount - slip }
        }
        _ => return None,
    };
    (wrong != line.amount).then_some(wrong)
}

/// Program, version, partner and first day of the month within the version.
type Key = (String, u32, String, NaiveDate);

/// The flat pay that lines of monthly SPIFFs would have had, had this reason not kept
/// them out.
fn pay_not_counted(books: &Books, settlement: &Settlement, reason: &Reason) -> BTreeMap<Key, Decimal> {
    let mut lines: BTreeMap<(&str, u32), &Line> = BTreeMap::new();
    for line in books.lines.iter().filter(|l| l.return_of.is_none()) {
        lines.insert((&line.transaction_id, line.line_no), line);
    }
    let mut pay: BTreeMap<Key, Decimal> = BTreeMap::new();
    for c in settlement.considered.iter().filter(|c| c.reason.as_ref() == Some(reason)) {
        let Some(version) = c.version else { continue };
        let Some(terms) = terms(books, &c.program, version) else { continue };
        let Some(line) = lines.get(&(c.transaction_id.as_str(), c.line_no)) else { continue };
        let Some((flat, value)) = flat_monthly(terms) else { continue };
        let amount = match flat {
            Pay::PerUnit(_) => value * line.units,
            Pay::Percent(_) => cents(value * line.net_revenue / Decimal::ONE_HUNDRED),
        };
        let start = crate::calendar::Month::of(line.sold_on).first().max(terms.from);
        *pay.entry((c.program.clone(), version, line.partner.clone(), start)).or_default() += amount;
    }
    pay
}

/// Payouts of months under Product X's SPIFF to partners whose tier is not eligible.
fn strangers(
    entries: &[Entry],
    ineligible: &BTreeMap<Key, Decimal>,
    stream: &mut Stream,
    count: usize,
    last_day: NaiveDate,
) -> Vec<Entry> {
    let sample = entries.iter().find(|(l, _)| l.program == "spiff-product-x" && l.role == Role::Own);
    let Some((sample, _)) = sample else { return Vec::new() };
    let mut found: Vec<Entry> = ineligible
        .iter()
        .filter(|((program, ..), _)| *program == sample.program)
        .map(|((_, version, partner, start), amount)| {
            let line = PayoutLine {
                version: *version,
                partner: partner.clone(),
                period_start: *start,
                period_end: crate::calendar::Month::of(*start).last().min(last_day),
                amount: Decimal::ZERO,
                ..sample.clone()
            };
            (line, *amount)
        })
        .collect();
    stream.shuffle(&mut found);
    found.truncate(count);
    found
}

fn terms<'a>(books: &'a Books, program: &str, version: u32) -> Option<&'a Terms> {
    books.versions.iter().find(|v| v.program == program && v.version == version).map(|v| &v.terms)
}

fn flat_monthly(terms: &Terms) -> Option<(Pay, Decimal)> {
    match &terms.rate {
        Rate::Flat(pay) if terms.period == Period::Month && terms.bundle.is_empty() => match pay {
            Pay::PerUnit(value) | Pay::Percent(value) => Some((*pay, *value)),
        },
        _ => None,
    }
}

fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}
