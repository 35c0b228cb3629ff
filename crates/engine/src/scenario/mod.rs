//! The scenario: what a question becomes, what the API accepts, what reports
//! print. A [`Draft`] is a proposal from a reader, a person or a language model;
//! a [`Scenario`] can only be made from it by checking. Nothing here computes a
//! forecast.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::Span;

pub mod audience;
mod beside;
pub(crate) mod bounds;
pub mod change;
pub mod check;
mod correct;
pub mod describe;
pub mod figures;
pub(crate) mod findings;
mod intents;
mod launch;
pub(crate) mod lists;
pub mod rules;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_intents;

pub use beside::side_by_side;
pub use check::{Checked, Scenario, check};
pub use correct::{CORRECTIONS_MAX, correct};
pub use describe::{describe, label, label_of};
pub use intents::check_earnings;
pub use rules::rule_book;

/// What is being asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// What one option brings.
    Forecast,
    /// Two to eight options side by side.
    Compare,
    /// One lever over a range.
    Sweep,
    /// The value of a lever that reaches a goal.
    GoalSeek,
    /// A partner's own outlook.
    Earnings,
    /// About the rules; answered by citing clauses.
    Lookup,
    /// The period is past: what would have happened.
    Hindcast,
}

/// A span with the name people gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// First day, ISO.
    pub start: chrono::NaiveDate,
    /// Last day, ISO, included.
    pub end: chrono::NaiveDate,
    /// Such as `Q3 2026`.
    pub label: String,
}

impl Period {
    /// The days.
    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }
}

/// To whom a change applies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Audience {
    /// Alternatives; empty: everyone.
    #[serde(default)]
    pub include: Vec<AudienceEntry>,
    /// Alternatives; wins over `include`.
    #[serde(default)]
    pub exclude: Vec<AudienceEntry>,
}

/// All non-empty lists must match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AudienceEntry {
    /// Tier names.
    #[serde(default)]
    pub tiers: Vec<String>,
    /// Region names.
    #[serde(default)]
    pub regions: Vec<String>,
    /// `reseller`, `distributor`, `msp`, `referral`.
    #[serde(default)]
    pub partner_types: Vec<String>,
    /// Partner identifiers.
    #[serde(default)]
    pub partners: Vec<String>,
}

/// Which term of a program a lever moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Parameter {
    /// Flat per-unit or percent rate.
    Rate,
    /// Rate of a tier.
    TierRate,
    /// Threshold of a tier.
    TierThreshold,
    /// `marginal` or `retroactive`.
    RateMode,
    /// Least measure that earns.
    Minimum,
    /// Target of the measure.
    Target,
    /// Accelerator's factor.
    AcceleratorMultiplier,
    /// Accelerator's attainment, percent.
    AcceleratorAbove,
    /// Growth threshold, percent.
    GrowthAbove,
    /// Override, percent.
    Override,
    /// Cap a partner and period.
    CapPerPartner,
    /// Cap a transaction.
    CapPerTransaction,
    /// Budget of the version.
    ProgramBudget,
    /// Tiers that qualify.
    EligibleTiers,
    /// Regions that qualify.
    EligibleRegions,
    /// Partner types that qualify.
    EligiblePartnerTypes,
    /// `required` or `not_required`.
    DealRegistration,
    /// `true` or `false`.
    NewCustomerOnly,
    /// SKUs or families covered.
    Products,
    /// Whether the program runs.
    Active,
    /// A new program.
    Program,
}

/// How a lever moves its parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Relative: 40 by 5 becomes 42.
    IncreaseByPercent,
    /// Relative, down.
    DecreaseByPercent,
    /// Points of a percent: 3% by 5 becomes 8%.
    IncreaseByPoints,
    /// Points of a percent, down.
    DecreaseByPoints,
    /// Money or measure: 40 by 5 becomes 45.
    IncreaseByAmount,
    /// Money or measure, down.
    DecreaseByAmount,
    /// Becomes the value.
    SetTo,
    /// Times the value.
    MultiplyBy,
    /// Adds to a list.
    Add,
    /// Takes from a list.
    Remove,
    /// Stops a program (`active`).
    Pause,
    /// Starts a new program (`program`).
    Launch,
}

/// One change of one term.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lever {
    /// Program identifier; for `launch` the proposed one.
    pub program: String,
    /// Which term.
    pub parameter: Parameter,
    /// How it moves.
    pub operation: Operation,
    /// Decimal text or a name; null for `pause`, `launch` and goal-seek.
    pub value: Option<String>,
    /// The tier, named by its threshold (decimal text), for the two tier parameters.
    #[serde(default)]
    pub tier_from: Option<String>,
    /// Replaces the scenario's period.
    #[serde(default)]
    pub period: Option<Period>,
    /// Replaces the scenario's audience.
    #[serde(default)]
    pub audience: Option<Audience>,
    /// For `launch`: the new version, with the keys of a program file.
    #[serde(default)]
    pub terms: Option<serde_json::Value>,
}

/// A named set of levers that are pulled together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioOption {
    /// Such as `Product X SPIFF +5%`.
    pub label: String,
    /// At least one.
    pub levers: Vec<Lever>,
}

/// One lever over a range, in the lever's operation. Decimal text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    /// Position in `options`.
    pub option: usize,
    /// Position in its `levers`.
    pub lever: usize,
    /// First value.
    pub from: String,
    /// Last value.
    pub to: String,
    /// Step, positive.
    pub step: String,
}

/// What a goal-seek tries to reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// Position in `options`.
    pub option: usize,
    /// Position in its `levers`; that lever's value is null.
    pub lever: usize,
    /// `units`, `revenue`, `margin`, `payout`, `net`, `roi`, `partners_earning`.
    pub metric: String,
    /// `at_least`, `at_most`, `maximize`, `minimize`, `break_even`.
    pub direction: String,
    /// Decimal text.
    #[serde(default)]
    pub value: Option<String>,
    /// `percent` or `absolute`.
    #[serde(default)]
    pub relative: Option<String>,
    /// Whether an absolute value is what is to be gained over the baseline ("200 extra
    /// units"), not the level to be reached.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gain: bool,
    /// Further conditions.
    #[serde(default)]
    pub subject_to: Vec<Condition>,
    /// Share of draws in which it must hold, decimal text.
    #[serde(default)]
    pub confidence: Option<String>,
}

/// A condition of a goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// As in [`Goal`].
    pub metric: String,
    /// As in [`Goal`].
    pub direction: String,
    /// Decimal text.
    pub value: String,
}

/// A partner's own outlook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EarningsQuery {
    /// Partner identifier.
    pub partner: String,
    /// Sales imagined on top.
    #[serde(default)]
    pub extra: Vec<ExtraSale>,
}

/// An imagined sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtraSale {
    /// Product.
    pub sku: String,
    /// Decimal text.
    pub units: String,
    /// Month, `2026-08`.
    pub on: String,
}

/// A question about the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// Program identifiers; may be empty.
    pub programs: Vec<String>,
    /// `eligibility`, `rate`, `caps`, `period`, `returns`, `other`.
    pub about: String,
}

/// An unchecked scenario: data that somebody proposed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// What is asked for.
    pub intent: Intent,
    /// When the changes apply.
    pub period: Period,
    /// To whom.
    #[serde(default)]
    pub audience: Audience,
    /// What is tried.
    #[serde(default)]
    pub options: Vec<ScenarioOption>,
    /// For [`Intent::Sweep`].
    #[serde(default)]
    pub sweep: Option<Sweep>,
    /// For [`Intent::GoalSeek`].
    #[serde(default)]
    pub goal: Option<Goal>,
    /// For [`Intent::Earnings`].
    #[serde(default)]
    pub earnings: Option<EarningsQuery>,
    /// For [`Intent::Lookup`].
    #[serde(default)]
    pub lookup: Option<Lookup>,
}
