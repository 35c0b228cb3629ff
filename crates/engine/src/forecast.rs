//! What comes out of a simulation, as JSON prints it (DESIGN.md, "What comes
//! back"). Plain values: made by [`crate::simulation`], read by the summary, the
//! pages and the reports. Nothing is computed here.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A quantity with its uncertainty. `mean`, `p10`, `p50`, `p90` are of the
/// conditional expectation given the response and the market shocks: what the
/// change does. `outcome_p10`, `outcome_p90` add the spread of single outcomes:
/// what the quarter may bring. `mcse` is the Monte Carlo standard error of `mean`.
/// Null where undefined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quantity {
    /// Mean.
    pub mean: Option<f64>,
    /// 10th percentile.
    pub p10: Option<f64>,
    /// Median.
    pub p50: Option<f64>,
    /// 90th percentile.
    pub p90: Option<f64>,
    /// Monte Carlo standard error of the mean.
    pub mcse: Option<f64>,
    /// 10th percentile of outcomes.
    pub outcome_p10: Option<f64>,
    /// 90th percentile of outcomes.
    pub outcome_p90: Option<f64>,
}

/// One metric in every arm.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Metric {
    /// Rules as they are.
    pub baseline: Quantity,
    /// One an option.
    pub options: Vec<Quantity>,
    /// Option less baseline, on the same draws; one an option.
    pub difference: Vec<Quantity>,
}

/// Metrics by name: `units`, `revenue`, `margin`, `payout`, `fund_accrual`, `net`,
/// `roi`, `partners_earning`, `uptake_share`. Money in the company's currency.
pub type Metrics = BTreeMap<String, Metric>;

/// First and last day of the period asked about, and of the tail after it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Horizon {
    /// First day.
    pub start: NaiveDate,
    /// Last day of the period.
    pub end: NaiveDate,
    /// Last day of the tail that pays for pull-forward.
    pub tail_end: NaiveDate,
}

/// Cost of an option by cause.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CostSplit {
    /// Baseline volume at the new rule, less at the old one.
    pub mechanical: Quantity,
    /// The rest: paid on volume that the change brings.
    pub behavioural: Quantity,
}

/// A program's budget in one arm.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BudgetArm {
    /// Share of draws in which it runs out within the horizon.
    pub probability_exhausted: f64,
    /// When, over the draws in which it does: `p10`, `p50`, `p90` as ISO days.
    pub exhausted_on: BTreeMap<String, NaiveDate>,
    /// Pay that the budget cut, of those whom figures count.
    pub unfunded: Quantity,
}

/// A program's budget.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Budget {
    /// Program.
    pub program: String,
    /// The whole budget of the version, decimal text.
    pub budget: String,
    /// Left today, decimal text; empty where figures count some partners alone: what is spent
    /// is everybody's.
    pub left: String,
    /// Rules as they are.
    pub baseline: BudgetArm,
    /// One an option.
    pub options: Vec<BudgetArm>,
}

/// Lift at which an option pays for itself.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Breakeven {
    /// Share of baseline units; null where no lift is enough.
    pub lift: Option<f64>,
    /// Share of draws whose lift is above it.
    pub probability: Option<f64>,
}

/// The cap a partner of a program in one arm. From a part of the draws.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CapArm {
    /// Share of draws in which it cuts somebody's pay in the period.
    pub probability: f64,
    /// Partners whose pay it cuts.
    pub partners: Quantity,
    /// Pay that it cuts, before budgets.
    pub cut: Quantity,
}

/// Where the cap a partner of a program binds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CapUse {
    /// Program.
    pub program: String,
    /// Rules as they are.
    pub baseline: CapArm,
    /// One an option.
    pub options: Vec<CapArm>,
    /// Whom it is most likely to cut, at most 20.
    pub partners: Vec<PartnerChance>,
}

/// A tier of a program, the lowest aside where it begins at 0, and who reaches it in
/// the period. From a part of the draws.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TierReach {
    /// Program.
    pub program: String,
    /// Which tier, counted from 1.
    pub tier: usize,
    /// Its threshold, in the program's measure; the baseline's where it has one.
    pub from: f64,
    /// Partners that reach it under the rules as they are.
    pub baseline: Quantity,
    /// One an option.
    pub options: Vec<Quantity>,
    /// Whose chance of reaching it an option moves most, at most 20.
    pub partners: Vec<PartnerChance>,
}

/// How likely something is for a partner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PartnerChance {
    /// Partner id.
    pub partner: String,
    /// Chance under the rules as they are, 0 to 1.
    pub baseline: f64,
    /// One an option.
    pub options: Vec<f64>,
}

/// What the net result of an option depends on: one assumption moved, all else as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TornadoBar {
    /// Position of the option.
    #[serde(default)]
    pub option: usize,
    /// The assumption, in words.
    pub assumption: String,
    /// What it is at its low end, in words.
    pub low: String,
    /// And at its high end.
    pub high: String,
    /// Change of net (option less baseline, mean) at the low end, in currency.
    pub net_low: f64,
    /// And at the high end.
    pub net_high: f64,
}

/// Two options against each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// Position of the first option.
    pub a: usize,
    /// Position of the second.
    pub b: usize,
    /// Metric compared.
    pub metric: String,
    /// Share of draws in which B is better.
    pub probability_b_better: f64,
}

/// One row of a breakdown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    /// Month `2026-07`, program id, SKU, tier, region or partner id.
    pub key: String,
    /// Name for people; equals `key` where there is none.
    pub name: String,
    /// Its metrics.
    pub metrics: Metrics,
}

/// Breakdowns.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Breakdown {
    /// By calendar month.
    pub month: Vec<Row>,
    /// By program.
    pub program: Vec<Row>,
    /// By product.
    pub product: Vec<Row>,
    /// By tier held today.
    pub tier: Vec<Row>,
    /// By region.
    pub region: Vec<Row>,
    /// By partner.
    pub partner: Vec<Row>,
}

/// How well the history supports an estimate (FORECASTING.md §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Grade {
    /// Randomised or staggered, untouched controls, clean lead.
    A,
    /// Controls, lead not clean or few changes.
    B,
    /// Variation over time only.
    C,
    /// History says nothing.
    #[serde(rename = "PRIOR ONLY")]
    PriorOnly,
}

impl Grade {
    /// As shown to people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::PriorOnly => "PRIOR ONLY",
        }
    }
}

/// A response coefficient: log units per 1.0 of effective incentive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Coefficient {
    /// Posterior mean; null where nothing is known.
    pub mean: Option<f64>,
    /// Posterior standard deviation.
    pub se: Option<f64>,
}

/// The evidence behind the response of one product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Product.
    pub sku: String,
    /// Grade.
    pub grade: Grade,
    /// Share of the estimate that comes from this product's own history, 0 to 1.
    pub share_from_history: f64,
    /// Distinct changes of the incentive in the history.
    pub changes: usize,
    /// The estimate.
    pub response: Coefficient,
    /// Observed range of effective incentive, as a share of list price.
    pub range: [f64; 2],
    /// `EXTRAPOLATION`, `LEAD NOT CLEAN`, …
    pub flags: Vec<String>,
}

/// A past change of a program and what happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Precedent {
    /// Program.
    pub program: String,
    /// Version that began.
    pub version: u32,
    /// Day it began.
    pub on: NaiveDate,
    /// What changed, in words.
    pub change: String,
    /// Units of the covered products among eligible partners in the three months before.
    pub units_before: f64,
    /// And in the three months from that day.
    pub units_after: f64,
}

/// How such forecasts have done so far.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Accuracy {
    /// Share of outcomes inside their 80% interval.
    pub coverage_80: f64,
    /// Weighted absolute percentage error.
    pub wape: f64,
    /// Events scored.
    pub events: usize,
}

/// A point of a sweep or of a goal's curve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CurvePoint {
    /// Value of the lever, decimal text.
    pub value: String,
    /// Metrics at that value.
    pub metrics: Metrics,
}

/// The answer of a goal-seek.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GoalResult {
    /// Whether a value was found.
    pub reached: bool,
    /// The value, decimal text.
    pub value: Option<String>,
    /// Metrics at the value.
    pub metrics: Metrics,
    /// The curve around it.
    pub curve: Vec<CurvePoint>,
    /// In words.
    pub message: String,
}

/// Figures before pull-forward is paid for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GrossOfPullForward {
    /// Units within the period only.
    pub units: Metric,
    /// Payout within the period only.
    pub payout: Metric,
    /// Net within the period only.
    pub net: Metric,
}

/// A forecast of the baseline and every option.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Forecast {
    /// Last day of the data.
    pub as_of: NaiveDate,
    /// Currency of all money.
    pub currency: String,
    /// Days covered.
    pub horizon: Horizon,
    /// Totals.
    pub metrics: Metrics,
    /// Without the tail.
    pub gross_of_pull_forward: GrossOfPullForward,
    /// One an option.
    pub cost_split: Vec<CostSplit>,
    /// One a program with a budget.
    pub budgets: Vec<Budget>,
    /// One an option.
    pub breakeven: Vec<Breakeven>,
    /// Every pair of options.
    pub comparison: Vec<Comparison>,
    /// Breakdowns.
    pub by: Breakdown,
    /// One a product that a change reaches.
    pub evidence: Vec<Evidence>,
    /// The last changes of the programs.
    pub precedents: Vec<Precedent>,
    /// Rules approximated in simulated cells, and assumptions, in words.
    pub approximations: Vec<String>,
    /// Draws that were played: as many as asked for, or more where that was too few for
    /// the figures to be precise.
    #[serde(default)]
    pub draws: usize,
    /// Whether the period has begun and the baseline is what was sold.
    #[serde(default)]
    pub hindcast: bool,
    /// Where caps a partner bind; one a program.
    #[serde(default)]
    pub caps: Vec<CapUse>,
    /// Who crosses a tier; one a program and tier.
    #[serde(default)]
    pub tiers: Vec<TierReach>,
    /// What the net of each option depends on, option by option, widest first; empty where
    /// not asked.
    #[serde(default)]
    pub tornado: Vec<TornadoBar>,
    /// For a sweep.
    pub sweep: Option<Vec<CurvePoint>>,
    /// For a goal-seek.
    pub goal: Option<GoalResult>,
    /// Null until enough was scored.
    pub accuracy: Option<Accuracy>,
}
