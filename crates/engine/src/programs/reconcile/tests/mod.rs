//! Books that are right, and books in which one thing was planted: each is named,
//! and what only looks like it is not.

mod booking;
mod coverage;
mod keys;
mod limits;
mod qualify;
mod rates;
mod shown;

use super::{Reconciliation, reconcile};
use crate::calendar::Span;
use crate::company::Company;
use crate::programs::testing::{World, d};
use crate::programs::{RuleBook, SettleOptions, settle};
use crate::sales::{PayoutRole, RecordedPayout};

/// A company whose books are as the rules say, to be spoilt.
pub struct Books {
    pub company: Company,
}

impl Books {
    /// Rows `R1`, `R2` … in the order of the payout lines that are not nothing.
    pub fn right(world: &World) -> Self {
        let mut company = world.company();
        let rules = RuleBook::of(&company.programs);
        let lines = settle(&company, &rules, &SettleOptions::default()).payouts;
        let owed = lines.iter().filter(|line| !line.amount.is_zero());
        let row = |(ix, line): (usize, &crate::programs::PayoutLine)| RecordedPayout {
            id: format!("R{}", ix + 1),
            program_id: line.program_id.clone(),
            program_version: line.program_version,
            partner: line.partner,
            period: Span::new(line.period_start, line.period_end),
            accrued: line.amount,
            role: line.role,
            transaction_id: line.transaction_id.clone(),
            status: "accrued".into(),
            paid: None,
            paid_on: None,
        };
        company.payouts = owed.enumerate().map(row).collect();
        Self { company }
    }

    /// A row, to spoil.
    pub fn row(&mut self, id: &str) -> &mut RecordedPayout {
        self.company.payouts.iter_mut().find(|p| p.id == id).expect("a row")
    }

    /// Another amount in a row.
    pub fn pay(&mut self, id: &str, amount: &str) -> &mut Self {
        self.row(id).accrued = d(amount);
        self
    }

    /// Takes a row out.
    pub fn lose(&mut self, id: &str) -> &mut Self {
        self.company.payouts.retain(|p| p.id != id);
        self
    }

    /// A copy of a row with another amount.
    pub fn add(&mut self, id: &str, like: &str, amount: &str) -> &mut RecordedPayout {
        let row = self.row(like).clone();
        self.company.payouts.push(RecordedPayout { id: id.into(), accrued: d(amount), ..row });
        self.company.payouts.last_mut().expect("just pushed")
    }

    pub fn report(&self) -> Reconciliation {
        reconcile(&self.company)
    }

    /// Every difference as `ROW VERSION PARTNER ROLE START DUE BOOKED REASON`.
    pub fn told(&self) -> Vec<String> {
        let tell = |d: &super::Difference| {
            format!(
                "{} v{} {} {} {} {} {} {}",
                d.payout_id.as_deref().unwrap_or("-"),
                d.program_version,
                d.partner_id,
                d.role.as_str(),
                d.period_start,
                d.expected,
                d.recorded,
                d.reason.as_str()
            )
        };
        self.report().differences.iter().map(tell).collect()
    }

    /// The reason of the only difference.
    pub fn reason(&self) -> &'static str {
        let report = self.report();
        assert_eq!(report.differences.len(), 1, "{:#?}", report.differences);
        report.differences[0].reason.as_str()
    }

    /// The sentence of the only difference.
    pub fn detail(&self) -> String {
        self.report().differences.pop().expect("a difference").detail
    }
}

/// Rows of one world by what they are, for the tests that must find one.
pub fn own(partner: usize) -> impl Fn(&RecordedPayout) -> bool {
    move |row| row.partner == partner && row.role == PayoutRole::Own
}
