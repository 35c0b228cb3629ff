//! Terms of a program version, key by key of PAYOUTS.md: what the generator writes
//! into front matter and what the naive calculator pays by. Plain data without
//! behaviour, and apart from the engine's types on purpose.

use chrono::NaiveDate;
use rust_decimal::Decimal;

/// `kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Reaches the seller.
    Spiff,
    /// Paid back to the firm.
    Rebate,
    /// Share of a deal.
    Commission,
    /// Paid on growth.
    Growth,
    /// Accrues to a fund.
    Mdf,
}

/// `period`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Every transaction by itself.
    Transaction,
    /// Calendar month.
    Month,
    /// Fiscal quarter.
    Quarter,
    /// Fiscal half.
    Half,
    /// Fiscal year.
    Year,
}

/// `measure`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Units sold.
    Units,
    /// Net revenue.
    Revenue,
}

/// What is paid for a unit or for revenue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pay {
    /// Currency a unit.
    PerUnit(Decimal),
    /// Percent of net revenue.
    Percent(Decimal),
}

/// `rate.mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TierMode {
    /// Each part at its own tier.
    Marginal,
    /// All of it at the tier reached.
    Retroactive,
}

/// `rate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rate {
    /// The same throughout.
    Flat(Pay),
    /// By tier: (`from`, pay), ascending.
    Tiers(Vec<(Decimal, Pay)>, TierMode),
}

/// `stacking.mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StackingMode {
    /// All pay.
    Stack,
    /// The highest flat pay.
    BestOf,
    /// The lowest priority.
    Exclusive,
}

/// `stacking`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stacking {
    /// Name of the group.
    pub group: String,
    /// How it is resolved.
    pub mode: StackingMode,
    /// Lowest wins under `exclusive`.
    pub priority: i64,
}

/// The terms of one version. Empty lists and `None` mean that the key is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Kind of program.
    pub kind: Kind,
    /// Currency.
    pub currency: String,
    /// First day in force.
    pub from: NaiveDate,
    /// Last day in force, included.
    pub to: NaiveDate,
    /// Stacking group.
    pub stacking: Option<Stacking>,
    /// `applies_to.skus`.
    pub skus: Vec<String>,
    /// `applies_to.families`.
    pub families: Vec<String>,
    /// `eligible.tiers`.
    pub tiers: Vec<String>,
    /// `eligible.regions`.
    pub regions: Vec<String>,
    /// `eligible.partner_types`.
    pub partner_types: Vec<String>,
    /// `eligible.deal_registration = "required"`.
    pub deal_registration_required: bool,
    /// `eligible.new_customer_only`.
    pub new_customer_only: bool,
    /// What tiers, target, growth and minimum count.
    pub measure: Measure,
    /// Over what.
    pub period: Period,
    /// What is paid.
    pub rate: Rate,
    /// Of the measure, in the period.
    pub minimum: Option<Decimal>,
    /// Of the measure, per period.
    pub target: Option<Decimal>,
    /// `accelerator`: (`above_attainment`, `multiplier`).
    pub accelerator: Option<(Decimal, Decimal)>,
    /// `growth.above`.
    pub growth_above: Option<Decimal>,
    /// `override.percent`.
    pub override_percent: Option<Decimal>,
    /// `bundle.skus_all`.
    pub bundle: Vec<String>,
    /// Longest `reported_on − sold_on`.
    pub claim_within_days: Option<i64>,
    /// `caps.per_transaction`.
    pub cap_per_transaction: Option<Decimal>,
    /// `caps.per_partner`.
    pub cap_per_partner: Option<Decimal>,
    /// `caps.program_budget`.
    pub program_budget: Option<Decimal>,
}

impl Terms {
    /// The required keys, everything else absent; US dollars.
    pub fn plain(
        kind: Kind,
        (from, to): (NaiveDate, NaiveDate),
        measure: Measure,
        period: Period,
        rate: Rate,
    ) -> Self {
        Self {
            kind,
            currency: "USD".to_owned(),
            from,
            to,
            stacking: None,
            skus: Vec::new(),
            families: Vec::new(),
            tiers: Vec::new(),
            regions: Vec::new(),
            partner_types: Vec::new(),
            deal_registration_required: false,
            new_customer_only: false,
            measure,
            period,
            rate,
            minimum: None,
            target: None,
            accelerator: None,
            growth_above: None,
            override_percent: None,
            bundle: Vec::new(),
            claim_within_days: None,
            cap_per_transaction: None,
            cap_per_partner: None,
            program_budget: None,
        }
    }
}

/// One version of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Identifier of the program.
    pub program: String,
    /// From 1.
    pub version: u32,
    /// Display name.
    pub name: String,
    /// What it pays.
    pub terms: Terms,
}
