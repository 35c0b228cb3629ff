//! The company's recorded payouts: what the naive calculator finds, as a finance
//! department would have booked it, with a few errors seeded on purpose.

mod errors;

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use crate::books::Books;
use crate::naive::{Role, settle};

pub use errors::{ErrorKind, SeededError};

/// A row of `payouts`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedPayout {
    /// Key.
    pub id: String,
    /// Program.
    pub program: String,
    /// Version.
    pub version: u32,
    /// Payee.
    pub partner: String,
    /// First day.
    pub period_start: NaiveDate,
    /// Last day.
    pub period_end: NaiveDate,
    /// Amount.
    pub accrued: Decimal,
    /// Own, override or clawback.
    pub role: Role,
    /// For period `transaction`.
    pub transaction_id: Option<String>,
    /// `accrued`, `approved` or `paid`.
    pub status: &'static str,
    /// Amount paid.
    pub paid: Option<Decimal>,
    /// Day of payment.
    pub paid_on: Option<NaiveDate>,
}

/// Days after a period until it is approved, and until it is paid.
const APPROVED_AFTER_DAYS: u64 = 12;
const PAID_AFTER_DAYS: u64 = 35;

/// Recorded payouts in order of period, and the errors among them. Lines of nothing
/// are not recorded.
pub fn record(seed: u64, books: &Books, last_day: NaiveDate) -> (Vec<RecordedPayout>, Vec<SeededError>) {
    let settlement = settle(books);
    let (entries, faults) = errors::seed_errors(seed, books, &settlement, last_day);
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|e| {
        let l = &entries[*e].0;
        (l.period_end, &l.program, l.role, &l.partner, &l.transaction_id, l.version)
    });
    let mut payouts: Vec<RecordedPayout> = Vec::with_capacity(entries.len());
    let mut errors = Vec::new();
    for e in order {
        let (line, amount) = &entries[e];
        let fault = faults.iter().find(|f| f.entry == e);
        // An override that was missed has no row; the error says so with no payout id.
        let missed = fault.is_some_and(|f| f.kind == ErrorKind::OverrideMissed);
        let id = (!missed).then(|| format!("A{:06}", payouts.len() + 1));
        if let Some(fault) = fault {
            errors.push(SeededError::new(fault, id.clone(), line, *amount));
        }
        let Some(id) = id else { continue };
        let (status, paid_on) = status(line.period_end, last_day);
        payouts.push(RecordedPayout {
            id,
            program: line.program.clone(),
            version: line.version,
            partner: line.partner.clone(),
            period_start: line.period_start,
            period_end: line.period_end,
            accrued: *amount,
            role: line.role,
            transaction_id: line.transaction_id.clone(),
            status,
            paid: paid_on.map(|_| *amount),
            paid_on,
        });
    }
    (payouts, errors)
}

fn status(period_end: NaiveDate, last_day: NaiveDate) -> (&'static str, Option<NaiveDate>) {
    let paid_on = period_end + Days::new(PAID_AFTER_DAYS);
    if paid_on <= last_day {
        ("paid", Some(paid_on))
    } else if period_end + Days::new(APPROVED_AFTER_DAYS) <= last_day {
        ("approved", None)
    } else {
        ("accrued", None)
    }
}
