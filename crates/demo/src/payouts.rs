//! The company's recorded payouts.

use chrono::NaiveDate;
use rust_decimal::Decimal;

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
    /// `own`, `override` or `clawback`.
    pub role: String,
    /// For period `transaction`.
    pub transaction_id: Option<String>,
    /// `accrued`, `approved` or `paid`.
    pub status: String,
    /// Amount paid.
    pub paid: Option<Decimal>,
    /// Day of payment.
    pub paid_on: Option<NaiveDate>,
}
