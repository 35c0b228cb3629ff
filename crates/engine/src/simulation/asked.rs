//! How likely an option keeps a condition: the share of draws of the conditional
//! expectation that do, for a goal-seek. Knows nothing of levers or values tried.

use super::ledger::{DRAWS, Groups};
use super::metrics::{Name, Side, Sums};
use super::spread::{PairValue, expectations};

/// What a bound is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// The option's own figure.
    Level,
    /// Option less baseline.
    Change,
    /// The change in percent of the baseline's figure.
    ChangePercent,
}

/// A bound on a total of an option.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// Which total.
    pub metric: Name,
    /// Compared how.
    pub scale: Scale,
    /// At least the value, else at most.
    pub at_least: bool,
    /// Units, money, share or percent, as metric and scale say.
    pub value: f64,
}

/// Share of draws in which `arm` keeps the bound; 0 where nothing is known.
pub fn probability(sums: &Sums, arm: usize, bound: &Bound) -> f64 {
    let values = match bound.metric {
        Name::Roi => return return_probability(sums, arm, bound),
        metric => margins(sums, arm, metric, bound),
    };
    let sign = if bound.at_least { 1.0 } else { -1.0 };
    share(expectations(&values).into_iter().map(|v| sign * v >= 0.0))
}

/// How far each pair is above the bound.
fn margins(sums: &Sums, arm: usize, metric: Name, bound: &Bound) -> Vec<PairValue> {
    let base = sums.values(Groups::TOTAL, Side::Level(0), metric);
    let level = sums.values(Groups::TOTAL, Side::Level(arm), metric);
    let change = sums.values(Groups::TOTAL, Side::Difference(arm), metric);
    let by = PairValue::known(bound.value, [bound.value; DRAWS]);
    match bound.scale {
        Scale::Level => level.iter().map(|v| v.less(1.0, &by)).collect(),
        Scale::Change => change.iter().map(|v| v.less(1.0, &by)).collect(),
        Scale::ChangePercent => {
            change.iter().zip(&base).map(|(v, b)| v.less(bound.value / 100.0, b)).collect()
        }
    }
}

/// The return on incentive is a ratio of two differences; where nothing more is
/// paid there is none, and no bound on it is kept.
fn return_probability(sums: &Sums, arm: usize, bound: &Bound) -> f64 {
    let of = |name| expectations(&sums.values(Groups::TOTAL, Side::Difference(arm), name));
    let value = if bound.scale == Scale::ChangePercent { bound.value / 100.0 } else { bound.value };
    let keeps = |(net, payout): (f64, f64)| {
        payout > 0.0 && if bound.at_least { net / payout >= value } else { net / payout <= value }
    };
    share(of(Name::Net).into_iter().zip(of(Name::Payout)).map(keeps))
}

fn share(kept: impl Iterator<Item = bool>) -> f64 {
    let (mut yes, mut all) = (0.0, 0.0);
    for kept in kept {
        all += 1.0;
        yes += f64::from(u8::from(kept));
    }
    if all > 0.0 { yes / all } else { 0.0 }
}
