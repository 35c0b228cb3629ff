//! The terms of a program version, with the keys of its front matter. Plain data:
//! [`super::front_matter`] reads and checks it, [`settle`](mod@super::settle) pays by it.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::{PeriodKind, Span};
use crate::catalog::PartnerType;

use super::source_lines::SourceLines;

/// A program: its versions, ascending by number.
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// Identifier, the same in every version.
    pub id: String,
    /// At least one, ascending, dates not overlapping.
    pub versions: Vec<ProgramVersion>,
}

impl Program {
    /// The version in force on a day.
    pub fn version_on(&self, day: NaiveDate) -> Option<&ProgramVersion> {
        self.versions.iter().find(|v| v.terms.effective.contains(day))
    }

    /// The newest version.
    pub fn latest(&self) -> &ProgramVersion {
        &self.versions[self.versions.len() - 1]
    }

    /// The name people use: that of the newest version.
    pub fn name(&self) -> &str {
        &self.latest().name
    }
}

/// One Markdown file: terms and the clauses people agreed to.
#[derive(Debug, Clone, PartialEq)]
pub struct ProgramVersion {
    /// Identifier of the program.
    pub program: String,
    /// From 1.
    pub version: u32,
    /// Display name.
    pub name: String,
    /// What it pays.
    pub terms: Terms,
    /// The text, by clause.
    pub clauses: Vec<Clause>,
    /// File it came from, relative to the data folder.
    pub file: String,
    /// Where its keys and clauses stand in that file.
    pub lines: SourceLines,
    /// SHA-256 of the file, hexadecimal.
    pub digest: String,
}

/// A numbered paragraph of the agreed text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clause {
    /// Number, such as `2.1`.
    pub number: String,
    /// Heading it stands under.
    pub heading: String,
    /// The words.
    pub text: String,
    /// Line of the file it starts on, from 1.
    pub line: usize,
}

/// What kind of program it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProgramKind {
    /// Sales performance incentive: reaches the seller.
    Spiff,
    /// Paid back to the firm.
    Rebate,
    /// Share of a deal.
    Commission,
    /// Paid on growth over last year.
    Growth,
    /// Market development fund: accrues to a fund, is not a payout.
    Mdf,
}

impl ProgramKind {
    /// The word of the files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Spiff => "spiff",
            Self::Rebate => "rebate",
            Self::Commission => "commission",
            Self::Growth => "growth",
            Self::Mdf => "mdf",
        }
    }
}

/// What tiers, target, growth and minimum count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Units sold.
    Units,
    /// Net revenue.
    Revenue,
}

/// The terms of one version: PAYOUTS.md key by key.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Terms {
    /// Kind of program.
    pub kind: ProgramKind,
    /// Currency, the company's.
    pub currency: String,
    /// Days in force, both included.
    pub effective: Span,
    /// `None`: a group of its own.
    pub stacking: Option<Stacking>,
    /// Products covered.
    pub applies_to: AppliesTo,
    /// Who and what qualifies.
    pub eligible: Eligible,
    /// What is counted.
    pub measure: Measure,
    /// Over what.
    pub period: PeriodKind,
    /// What is paid.
    pub rate: Rate,
    /// Of the measure, in the period.
    pub minimum: Option<Decimal>,
    /// Of the measure, per period.
    pub target: Option<Decimal>,
    /// Multiplies pay above an attainment.
    pub accelerator: Option<Accelerator>,
    /// Pays on growth only.
    pub growth: Option<Growth>,
    /// Percent of the children's qualifying revenue to the direct parent.
    #[serde(rename = "override")]
    pub override_percent: Option<Decimal>,
    /// SKUs that one deal must hold; empty: no bundle.
    pub bundle: Vec<String>,
    /// Longest `reported_on − sold_on` in days.
    pub claim_within_days: Option<i64>,
    /// Limits.
    pub caps: Caps,
}

impl Terms {
    /// Whether a product falls under the terms: union of SKUs and families, both
    /// empty meaning every product.
    pub fn covers(&self, sku: &str, family: &str) -> bool {
        let a = &self.applies_to;
        (a.skus.is_empty() && a.families.is_empty())
            || a.skus.iter().any(|s| s == sku)
            || a.families.iter().any(|f| f == family)
    }
}

/// How a program shares lines with others of its group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stacking {
    /// Name of the group.
    pub group: String,
    /// How the group is resolved.
    pub mode: StackingMode,
    /// Lowest wins under `exclusive`.
    pub priority: i64,
}

/// How a stacking group is resolved (PAYOUTS.md, step 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StackingMode {
    /// All pay.
    Stack,
    /// The highest flat pay.
    BestOf,
    /// The lowest priority number.
    Exclusive,
}

/// Products covered; both lists empty: every product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AppliesTo {
    /// SKUs.
    pub skus: Vec<String>,
    /// Families.
    pub families: Vec<String>,
}

/// Eligibility; an empty list lets all pass.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Eligible {
    /// Tiers held on the day of the sale.
    pub tiers: Vec<String>,
    /// Regions.
    pub regions: Vec<String>,
    /// Partner types.
    pub partner_types: Vec<PartnerType>,
    /// `deal_registration = "required"`.
    pub deal_registration_required: bool,
    /// Only a customer's first transaction counts.
    pub new_customer_only: bool,
}

/// What one counted unit of measure earns.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rate {
    /// The same rate throughout.
    Flat(Pay),
    /// By tier of the measure; `tiers` ascend by `from`.
    Tiered {
        /// Ascending by `from`.
        tiers: Vec<RateTier>,
        /// Marginal or retroactive.
        mode: TierMode,
    },
}

/// Money a unit or percent of net revenue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pay {
    /// Currency a unit.
    PerUnit(Decimal),
    /// Percent of net revenue.
    Percent(Decimal),
}

impl Pay {
    /// The bare number.
    pub fn value(self) -> Decimal {
        match self {
            Self::PerUnit(v) | Self::Percent(v) => v,
        }
    }

    /// The same unit with another number.
    pub fn with(self, value: Decimal) -> Self {
        match self {
            Self::PerUnit(_) => Self::PerUnit(value),
            Self::Percent(_) => Self::Percent(value),
        }
    }
}

/// A tier holds from its `from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RateTier {
    /// Of the measure.
    pub from: Decimal,
    /// What it pays.
    pub pay: Pay,
}

/// Whether a tier's rate holds for the part above it or for everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TierMode {
    /// Each part at the rate of its tier.
    Marginal,
    /// All at the rate of the tier reached.
    Retroactive,
}

/// Multiplies the pay of what lies above an attainment of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Accelerator {
    /// Percent of target.
    pub above_attainment: Decimal,
    /// Factor; below 1 it decelerates.
    pub multiplier: Decimal,
}

/// Pays on growth over the same period of last year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Growth {
    /// Percent above last year from which growth counts.
    pub above: Decimal,
}

/// Limits in currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Caps {
    /// Of one transaction (period `transaction` only).
    pub per_transaction: Option<Decimal>,
    /// Of one partner in the period (calendar month for period `transaction`).
    pub per_partner: Option<Decimal>,
    /// Of the version over its life.
    pub program_budget: Option<Decimal>,
}
