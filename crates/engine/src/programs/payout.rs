//! What comes out: payout lines and the reasons why something was not paid.
//! Plain data.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::catalog::PartnerIx;
use crate::sales::PayoutRole;

use super::terms::ProgramKind;

/// What is owed to (or taken back from) one partner under one version for one
/// period (PAYOUTS.md, "Payout line"). `base + uplift − cap_cut − budget_cut`
/// is `amount`, all of them rounded to the minor unit. A group that qualified but
/// earned nothing has a line of zero, so that its reason can be told.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PayoutLine {
    /// Program.
    pub program_id: String,
    /// Version.
    pub program_version: u32,
    /// Payee.
    pub partner_id: String,
    /// Own, override or clawback.
    pub role: PayoutRole,
    /// First day: of the fiscal period cut to the version's dates; of a clawback uncut.
    pub period_start: NaiveDate,
    /// Last day, as `period_start`.
    pub period_end: NaiveDate,
    /// For period `transaction`; of a clawback the original's.
    pub transaction_id: Option<String>,
    /// Units that counted; negative where returned.
    #[schemars(with = "String")]
    pub qualifying_units: Decimal,
    /// Net revenue that counted; negative where returned.
    #[schemars(with = "String")]
    pub qualifying_revenue: Decimal,
    /// The part of the measure that this line's version counted.
    #[schemars(with = "String")]
    pub measure: Decimal,
    /// Pay by rate and tiers.
    #[schemars(with = "String")]
    pub base: Decimal,
    /// What accelerator, minimum and growth added; negative where they took.
    #[schemars(with = "String")]
    pub uplift: Decimal,
    /// What the caps cut, positive.
    #[schemars(with = "String")]
    pub cap_cut: Decimal,
    /// What the budget cut, positive.
    #[schemars(with = "String")]
    pub budget_cut: Decimal,
    /// What is due; negative for a clawback.
    #[schemars(with = "String")]
    pub amount: Decimal,
    /// Currency.
    pub currency: String,
    /// Why nothing, or less by the budget, is paid.
    pub reason: Option<Reason>,
    /// `mdf` accrues to a fund and is never summed with payouts.
    pub kind: ProgramKind,
    /// The payee's position in the catalogue.
    #[serde(skip)]
    pub partner: PartnerIx,
}

/// Why a line does not count, or a payout is nothing. The names are those of
/// PAYOUTS.md, steps 2, 3, 6 and 7.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reason {
    /// No version holds the day.
    OutsideEffectiveDates,
    /// A scenario pauses the program on that day.
    Paused,
    /// The SKU is not covered.
    ProductNotCovered,
    /// The tier held that day is not eligible.
    TierNotEligible,
    /// The region is not eligible.
    RegionNotEligible,
    /// The partner type is not eligible.
    PartnerTypeNotEligible,
    /// The partner is not active.
    PartnerInactive,
    /// No approved registration of this partner and SKU on that day.
    NoApprovedDealRegistration,
    /// The customer bought before.
    NotANewCustomer,
    /// The deal lacks a SKU of the bundle.
    BundleIncomplete,
    /// Reported after the claims deadline.
    ReportedLate,
    /// Another program of the stacking group pays the line.
    SupersededBy(String),
    /// The measure stays below the minimum.
    BelowMinimum,
    /// Nothing was sold in the same period of last year.
    NoBaseline,
    /// The budget of the version has run out.
    BudgetExhausted,
}

impl Reason {
    /// The name without its argument.
    pub fn name(&self) -> &'static str {
        match self {
            Self::OutsideEffectiveDates => "outside_effective_dates",
            Self::Paused => "paused",
            Self::ProductNotCovered => "product_not_covered",
            Self::TierNotEligible => "tier_not_eligible",
            Self::RegionNotEligible => "region_not_eligible",
            Self::PartnerTypeNotEligible => "partner_type_not_eligible",
            Self::PartnerInactive => "partner_inactive",
            Self::NoApprovedDealRegistration => "no_approved_deal_registration",
            Self::NotANewCustomer => "not_a_new_customer",
            Self::BundleIncomplete => "bundle_incomplete",
            Self::ReportedLate => "reported_late",
            Self::SupersededBy(_) => "superseded_by",
            Self::BelowMinimum => "below_minimum",
            Self::NoBaseline => "no_baseline",
            Self::BudgetExhausted => "budget_exhausted",
        }
    }
}

impl std::fmt::Display for Reason {
    /// `superseded_by rebate-1`, otherwise the bare name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())?;
        match self {
            Self::SupersededBy(program) => write!(f, " {program}"),
            _ => Ok(()),
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Reason {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Reason".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}
