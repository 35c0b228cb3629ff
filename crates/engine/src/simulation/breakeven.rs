//! What an option costs by cause, and the lift at which it pays for itself.
//!
//! Cost: *mechanical* is what the baseline's volume is paid under the option's
//! rules less the baseline's pay; *behavioural* the rest, paid on volume that the
//! change brings.
//!
//! Breakeven: `λ* = Δr / (m − r₁)` (FORECASTING.md §2) with every term summed over
//! the treated volume: `Δr` is the mechanical cost, `m` margin after expected
//! returns, `r₁` what the option's rules pay for one extra unit, all programs
//! together. An option pays for itself when its lift of treated units, tail
//! included, is above λ*.

use super::ledger::{DRAWS, Groups};
use super::metrics::{Name, Side, Sums};
use super::play::PairSums;
use super::round::{self, Digits};
use super::spread::{PairValue, quantity};
use super::stage::Stage;
use crate::forecast::{Breakeven, CostSplit};

/// Cost by cause, one an option.
pub fn cost_split(sums: &Sums) -> Vec<CostSplit> {
    let one = |arm: usize| {
        let extra = sums.values(Groups::TOTAL, Side::Difference(arm), Name::Payout);
        let mechanical = |p: &PairSums| PairValue::drawn(p.mechanical[arm - 1]);
        let rest = |(p, extra): (&PairSums, &PairValue)| {
            PairValue::drawn(std::array::from_fn(|d: usize| extra.outcomes[d] - p.mechanical[arm - 1][d]))
        };
        let of = |values: Vec<PairValue>| round::quantity(quantity(&values), Digits::Money);
        CostSplit {
            mechanical: of(sums.pairs.iter().map(mechanical).collect()),
            behavioural: of(sums.pairs.iter().zip(&extra).map(rest).collect()),
        }
    };
    (1..sums.arms).map(one).collect()
}

/// Breakeven, one an option. `known`: by product, whether a response is known.
pub fn breakeven(stage: &Stage, sums: &Sums, known: &[bool]) -> Vec<Breakeven> {
    (1..sums.arms).map(|arm| of_option(stage, sums.pairs, known, arm)).collect()
}

fn of_option(stage: &Stage, pairs: &[PairSums], known: &[bool], arm: usize) -> Breakeven {
    let (gain, any_known) = gain_of_a_lift(stage, known, arm);
    let draws = (pairs.len() * DRAWS).max(1) as f64;
    let cost = pairs.iter().flat_map(|p| p.mechanical[arm - 1]).sum::<f64>() / draws;
    // A lift of 1 brings `gain`; without one no lift pays for a cost.
    let lift = (gain > 0.0).then(|| cost / gain).filter(|v| v.is_finite());
    let lifts = pairs.iter().map(|p| p.lift[arm - 1]).filter(|l| l[0] > 0.0).map(|l| l[1] / l[0]);
    let lifts: Vec<f64> = lifts.collect();
    let probability = |lift: f64| lifts.iter().filter(|l| **l > lift).count() as f64 / lifts.len() as f64;
    let probability = match lift {
        _ if !any_known || lifts.is_empty() => None,
        Some(lift) => Some(probability(lift)),
        None if cost > 0.0 => Some(0.0),
        None => None,
    };
    Breakeven {
        lift: lift.map(|v| round::value(v, Digits::Fine)),
        probability: probability.map(|v| round::value(v, Digits::Share)),
    }
}

/// Margin less the incentive of one more unit, over the treated volume of the
/// period at expected sales; and whether any treated product has a known response.
fn gain_of_a_lift(stage: &Stage, known: &[bool], arm: usize) -> (f64, bool) {
    let (mut gain, mut any_known) = (0.0, false);
    for (i, partner) in stage.market.partners.iter().enumerate().filter(|(i, _)| stage.counts[*i]) {
        for series in partner.series.iter().filter(|s| stage.is_treated(i, s, arm)) {
            let Some(base) = &series.arms[0] else { continue };
            let option = series.arms[arm].as_ref().unwrap_or(base);
            any_known |= known[series.product];
            for h in (0..stage.market.months).filter(|h| stage.months.in_period[*h]) {
                gain += base.mean[h] * (series.margin[h] - option.x[h] * series.list_price[h]);
            }
        }
    }
    (gain, any_known)
}
