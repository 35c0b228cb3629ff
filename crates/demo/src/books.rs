//! The records of a company as its tables hold them (DESIGN.md, "Data in"): what the
//! generator writes and the naive calculator reads. Plain data; money is exact.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::terms::{Terms, Version};

/// A row of `partners`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    /// Key.
    pub id: String,
    /// Company name.
    pub name: String,
    /// `reseller`, `distributor`, `msp` or `referral`.
    pub partner_type: String,
    /// Tier today.
    pub tier: String,
    /// Region.
    pub region: String,
    /// Country.
    pub country: String,
    /// Direct parent.
    pub parent: Option<String>,
    /// First day as a partner.
    pub onboarded_on: NaiveDate,
    /// Status `active`.
    pub active: bool,
}

/// A row of `partner_tiers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierChange {
    /// Partner.
    pub partner: String,
    /// Tier held from that day.
    pub tier: String,
    /// First day.
    pub from: NaiveDate,
}

/// A row of `products`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Key.
    pub sku: String,
    /// Display name.
    pub name: String,
    /// Family.
    pub family: String,
    /// List price before the first row of `product_prices`.
    pub list_price: Decimal,
    /// Unit cost before the first row of `product_prices`.
    pub unit_cost: Decimal,
    /// First day on sale.
    pub launched_on: Option<NaiveDate>,
    /// Last day on sale.
    pub end_of_life_on: Option<NaiveDate>,
}

/// A row of `product_prices`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceChange {
    /// Product.
    pub sku: String,
    /// First day.
    pub from: NaiveDate,
    /// List price from that day.
    pub list_price: Decimal,
    /// Unit cost from that day.
    pub unit_cost: Decimal,
}

/// A row of `transactions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Transaction.
    pub transaction_id: String,
    /// From 1.
    pub line_no: u32,
    /// Day of the sale or return.
    pub sold_on: NaiveDate,
    /// Day it became known.
    pub reported_on: Option<NaiveDate>,
    /// Seller.
    pub partner: String,
    /// Product.
    pub sku: String,
    /// Units; of a return by absolute value.
    pub units: Decimal,
    /// Net revenue; of a return by absolute value.
    pub net_revenue: Decimal,
    /// End customer.
    pub customer: Option<String>,
    /// Registration claimed.
    pub registration: Option<String>,
    /// Of a return: the transaction it takes back (same `line_no`). A sale has none.
    pub return_of: Option<String>,
}

/// A row of `deal_registrations`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Key.
    pub id: String,
    /// Partner.
    pub partner: String,
    /// Product.
    pub sku: String,
    /// Day of submission.
    pub submitted_on: NaiveDate,
    /// `approved`, `rejected` or `submitted`.
    pub status: String,
    /// Day of approval.
    pub approved_on: Option<NaiveDate>,
    /// Last day of validity.
    pub expires_on: Option<NaiveDate>,
    /// Expected close.
    pub expected_close_on: Option<NaiveDate>,
    /// Expected units.
    pub estimated_units: Option<u32>,
}

/// A row of `targets`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Program.
    pub program: String,
    /// Partner.
    pub partner: String,
    /// First day of the fiscal period.
    pub period_start: NaiveDate,
    /// Of the measure.
    pub target: Decimal,
}

/// A change laid over the terms of a program, as a scenario's lever is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Program.
    pub program: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day, included.
    pub to: NaiveDate,
    /// Partners it holds for; `None`: everyone.
    pub partners: Option<Vec<String>>,
    /// The terms instead; `None`: the program is paused. Their `from` and `to` are
    /// those of the version they change.
    pub terms: Option<Terms>,
}

/// Everything the naive calculator needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Books {
    /// Partners.
    pub partners: Vec<Partner>,
    /// Tier history.
    pub tier_changes: Vec<TierChange>,
    /// Products.
    pub products: Vec<Product>,
    /// Price changes.
    pub price_changes: Vec<PriceChange>,
    /// Sales and returns, in any order.
    pub lines: Vec<Line>,
    /// Deal registrations.
    pub registrations: Vec<Registration>,
    /// Target overrides.
    pub targets: Vec<Target>,
    /// Versions of all programs.
    pub versions: Vec<Version>,
    /// Changes laid over them; of several that hold, the last counts.
    pub changes: Vec<Change>,
    /// First month of the fiscal year, 1 to 12.
    pub first_month: u32,
}
