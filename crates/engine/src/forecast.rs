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
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// Pay that the budget cut.
    pub unfunded: Quantity,
}

/// A program's budget.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Budget {
    /// Program.
    pub program: String,
    /// The whole budget of the version, decimal text.
    pub budget: String,
    /// Left today, decimal text.
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// For a sweep.
    pub sweep: Option<Vec<CurvePoint>>,
    /// For a goal-seek.
    pub goal: Option<GoalResult>,
    /// Null until enough was scored.
    pub accuracy: Option<Accuracy>,
}
