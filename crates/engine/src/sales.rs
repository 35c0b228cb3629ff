//! What was sold and what was recorded as owed: transaction lines, deal
//! registrations, targets and recorded payouts, as the data files hold them.

use std::cmp::Ordering;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::Span;
use crate::catalog::{PartnerIx, ProductIx};

/// Sale or return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineKind {
    /// A sale.
    Sale,
    /// Goods that came back; units and revenue count by absolute value.
    Return,
}

/// One line of a transaction. Key: (`transaction_id`, `line_no`).
#[derive(Debug, Clone, PartialEq)]
pub struct SaleLine {
    /// Transaction.
    pub transaction_id: String,
    /// Line in the transaction, from 1.
    pub line_no: u32,
    /// Day of the sale: decides the period.
    pub sold_on: NaiveDate,
    /// Day it became known, where recorded.
    pub reported_on: Option<NaiveDate>,
    /// Who sold.
    pub partner: PartnerIx,
    /// What.
    pub product: ProductIx,
    /// How many.
    pub units: Decimal,
    /// Net revenue of the line, in the company's currency.
    pub net_revenue: Decimal,
    /// End customer, where recorded.
    pub customer_id: Option<String>,
    /// Deal registration claimed, where recorded.
    pub deal_registration_id: Option<String>,
    /// Sale or return.
    pub kind: LineKind,
    /// Of a return: the transaction it takes back (same `line_no`).
    pub original_transaction_id: Option<String>,
}

impl SaleLine {
    /// The order of PAYOUTS.md, step 4: `sold_on`, `transaction_id`, `line_no`, compared
    /// as bytes, so that line 10 of a transaction stands before its line 2.
    pub fn order(&self, other: &Self) -> Ordering {
        let bytes = |line: &Self| line.line_no.to_string();
        (self.sold_on, &self.transaction_id)
            .cmp(&(other.sold_on, &other.transaction_id))
            .then_with(|| bytes(self).cmp(&bytes(other)))
    }
}

/// A deal that a partner registered.
#[derive(Debug, Clone, PartialEq)]
pub struct DealRegistration {
    /// Key.
    pub id: String,
    /// Who registered it.
    pub partner: PartnerIx,
    /// For which product.
    pub product: ProductIx,
    /// Day of submission.
    pub submitted_on: NaiveDate,
    /// Free text of the data (`approved`, `rejected`, …); the dates decide.
    pub status: String,
    /// Day of approval.
    pub approved_on: Option<NaiveDate>,
    /// Last day of validity.
    pub expires_on: Option<NaiveDate>,
    /// When the deal is expected to close.
    pub expected_close_on: Option<NaiveDate>,
    /// How many units are expected.
    pub estimated_units: Option<Decimal>,
}

/// A target that overrides the one of the terms.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Program.
    pub program_id: String,
    /// Partner.
    pub partner: PartnerIx,
    /// First day of the fiscal period.
    pub period_start: NaiveDate,
    /// Of the program's measure.
    pub target: Decimal,
}

/// Who a payout line is for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PayoutRole {
    /// The seller's own pay.
    Own,
    /// A parent's share of its children's sales.
    Override,
    /// Pay taken back for returned goods; negative.
    Clawback,
}

impl PayoutRole {
    /// The word of the data files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Override => "override",
            Self::Clawback => "clawback",
        }
    }
}

/// A payout that the company's books hold.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedPayout {
    /// Key.
    pub id: String,
    /// Program.
    pub program_id: String,
    /// Version it was accrued under.
    pub program_version: u32,
    /// Payee.
    pub partner: PartnerIx,
    /// Fiscal period cut to the version's dates.
    pub period: Span,
    /// Amount accrued.
    pub accrued: Decimal,
    /// Own, override or clawback.
    pub role: PayoutRole,
    /// For period `transaction`.
    pub transaction_id: Option<String>,
    /// `accrued`, `approved`, `paid` or `withheld`.
    pub status: String,
    /// Amount paid.
    pub paid: Option<Decimal>,
    /// Day of payment.
    pub paid_on: Option<NaiveDate>,
}
