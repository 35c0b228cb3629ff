//! Replays the history through the rules with the exact calculator and compares the
//! result with the recorded payouts: what is booked wrong, missing or too much, and
//! why. Reasons are found by paying the line again under imagined rules until one
//! gives the recorded amount; names and statuses prove nothing. It changes nothing
//! and settles no dispute: what the data cannot judge it does not accuse.
//!
//! The way of a line: `books` puts both sides in one shape, `pairing` finds which row
//! stands for which line, `coverage` says which can be judged, `explain` tries the
//! `hypotheses` on an `excerpt` of the company, [`text`] writes the [`report`] out.

mod bench;
mod books;
mod coverage;
mod excerpt;
mod explain;
mod hypotheses;
mod pairing;
pub mod report;
mod tally;
#[cfg(test)]
mod tests;
pub mod text;
mod words;

use crate::catalog::PartnerIx;
use crate::company::Company;
use crate::programs::money;
use crate::sales::PayoutRole;

pub use report::{Difference, DifferenceReason, Reconciliation};
use tally::Tally;

/// Compares the recorded payouts with what the rules give.
///
/// Rows are found by program, version, partner, role, period and transaction; where
/// that fails by a weaker key, so that a wrong version, cut, role or sign in a row is
/// told as that and not as one line missing and one too much. Amounts agree when the
/// recorded one, rounded to the minor unit, is the one due.
pub fn reconcile(company: &Company) -> Reconciliation {
    compared(company, |_| true)
}

/// The same of some partners alone, by partner whether it is one of them. The rules are
/// replayed with everybody, because budgets are shared. An override is told as a sum:
/// its explanation would name sales of others.
pub fn reconcile_some(company: &Company, counted: &[bool]) -> Reconciliation {
    let counts = |partner: PartnerIx| counted.get(partner).copied().unwrap_or(false);
    let mut report = compared(company, counts);
    for one in report.differences.iter_mut().filter(|one| one.role == PayoutRole::Override) {
        one.transactions.clear();
        one.transaction_id = None;
        one.detail =
            "An override: a sum over the sales of partners below, which is not told line by line.".to_owned();
    }
    report
}

fn compared(company: &Company, counts: impl Fn(PartnerIx) -> bool) -> Reconciliation {
    let lines = books::replay(company);
    let mut dues = books::dues(company, &lines);
    dues.retain(|due| counts(due.key.partner));
    let mut rows = books::rows(company);
    rows.retain(|row| counts(row.key.partner));
    let digits = money::minor_digits(&company.catalog.currency);
    let pairing = pairing::pair(&rows, &dues, digits);
    Tally::new(company, &rows, &dues, digits).report(&pairing)
}
