//! From draws to a [`Quantity`]. Knows nothing of partners or rules: it takes the
//! values of one quantity, pair by pair.
//!
//! # Two layers out of pairs
//!
//! Draws come in pairs that share everything a change acts through (response,
//! market shocks, levels) and differ in their counts. Write a single draw as
//! `μ + ε`: `μ` is the conditional expectation given what the pair shares, `ε` the
//! luck of the counts. Of a pair `(a, b)`:
//!
//! * `(a − b)² / 2` has expectation `Var(ε) = W`, the variance within pairs;
//! * the pair mean `(a + b) / 2` has variance `Var(μ) + W / 2`.
//!
//! So `Var(μ) = Var(pair mean) − W / 2`, the one-way analysis of variance with two
//! repetitions. The distribution of `μ` is estimated by moving every pair mean
//! towards their mean by the factor `√max(0, 1 − (W/2) / Var(pair mean))`: mean and
//! variance are then those of `μ`. What is known as an expectation (units, revenue,
//! margin come from the rate λ itself) has no luck in it: `W = 0`, factor 1.
//! Single draws give the quantiles of outcomes.

use super::markets::places;
use crate::forecast::Quantity;

/// One quantity in one pair of draws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairValue {
    /// Expectation, or the mean of the two draws.
    pub expected: f64,
    /// How far apart `expected` itself would be in the two draws: 0 for an expectation,
    /// their difference for what is known from draws only, that of the latter alone where
    /// it is the sum of both. Signed, so that differences of quantities have theirs.
    pub apart: f64,
    /// The two draws.
    pub outcomes: [f64; 2],
}

impl PairValue {
    /// A quantity known as an expectation, with two outcomes around it.
    pub fn known(expected: f64, outcomes: [f64; 2]) -> Self {
        Self { expected, apart: 0.0, outcomes }
    }

    /// A quantity known from two draws only.
    pub fn drawn(outcomes: [f64; 2]) -> Self {
        let [a, b] = outcomes;
        Self { expected: (a + b) / 2.0, apart: a - b, outcomes }
    }

    /// How much of `expected` is luck, W: half the squared difference of its two draws.
    fn luck(&self) -> f64 {
        self.apart.powi(2) / 2.0
    }

    /// The value less `part` times another one.
    pub fn less(&self, part: f64, other: &Self) -> Self {
        Self {
            expected: self.expected - part * other.expected,
            apart: self.apart - part * other.apart,
            outcomes: std::array::from_fn(|d| self.outcomes[d] - part * other.outcomes[d]),
        }
    }
}

/// The conditional expectations of all pairs, with the luck taken out of their
/// spread (see the head of this module). In the order given.
pub fn expectations(values: &[PairValue]) -> Vec<f64> {
    let n = values.len() as f64;
    let mean = mean_of(values);
    let luck = values.iter().map(PairValue::luck).sum::<f64>() / n.max(1.0) / 2.0;
    let variance = variance_of(values, mean);
    let factor = if luck <= 0.0 || variance <= 0.0 { 1.0 } else { (1.0 - luck / variance).max(0.0).sqrt() };
    values.iter().map(|v| mean + factor * (v.expected - mean)).collect()
}

/// Mean, quantiles of the conditional expectation, Monte Carlo error and quantiles
/// of outcomes. All null where there are no values or one is not finite.
pub fn quantity(values: &[PairValue]) -> Quantity {
    let finite = |v: &PairValue| v.expected.is_finite() && v.outcomes.iter().all(|o| o.is_finite());
    if values.is_empty() || !values.iter().all(finite) {
        return Quantity::default();
    }
    let mean = mean_of(values);
    if values.iter().all(|v| *v == PairValue::known(0.0, [0.0; 2])) {
        // What a change does not reach: nothing to sort.
        let zero = Some(0.0);
        return Quantity {
            mean: zero,
            p10: zero,
            p50: zero,
            p90: zero,
            mcse: zero,
            outcome_p10: zero,
            outcome_p90: zero,
        };
    }
    let expected = expectations(values);
    let outcomes: Vec<f64> = values.iter().flat_map(|v| v.outcomes).collect();
    let [p10, p50, p90] = quantiles(&expected, [0.1, 0.5, 0.9]);
    let [outcome_p10, outcome_p90] = quantiles(&outcomes, [0.1, 0.9]);
    Quantity {
        mean: Some(mean),
        p10: Some(p10),
        p50: Some(p50),
        p90: Some(p90),
        mcse: Some(error_of_mean(values.iter().map(|v| v.expected))),
        outcome_p10: Some(outcome_p10),
        outcome_p90: Some(outcome_p90),
    }
}

/// Quantiles by linear interpolation between order statistics. `levels` ascend;
/// `values` is not empty.
pub fn quantiles<const N: usize>(values: &[f64], levels: [f64; N]) -> [f64; N] {
    // Whole numbers in the same order are quicker to put in order.
    let mut keys: Vec<i64> = values.iter().map(|v| ordered(v.to_bits() as i64)).collect();
    let value = |key: i64| f64::from_bits(ordered(key) as u64);
    let mut out = [0.0; N];
    let mut from = 0;
    for (slot, level) in out.iter_mut().zip(levels) {
        let at = level * (keys.len() - 1) as f64;
        let low = (at.floor() as usize).min(keys.len() - 1);
        // Everything before `from` is already no greater than the rest.
        let (_, lower, rest) = keys[from..].select_nth_unstable(low - from);
        let lower = *lower;
        let upper = rest.iter().copied().min().unwrap_or(lower);
        *slot = value(lower) + (value(upper) - value(lower)) * (at - low as f64);
        from = low;
    }
    out
}

/// The bits of a float as a whole number in the order of [`f64::total_cmp`], and back.
fn ordered(bits: i64) -> i64 {
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

/// Monte Carlo standard error of the mean of values, pair by pair. Pairs 2k and 2k + 1
/// mirror each other (`chance`), so couples, not pairs, are independent; and couples lie
/// evenly along one direction (`markets`), so that what differs between neighbours on it,
/// not between all, is what a mean errs by: half the mean squared difference of neighbours
/// estimates the variance within strata.
pub fn error_of_mean(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.collect();
    let couples: Vec<f64> =
        values.chunks(2).map(|couple| couple.iter().sum::<f64>() / couple.len() as f64).collect();
    let n = couples.len() as f64;
    let order = places(couples.len());
    let squares: f64 = order.windows(2).map(|pair| (couples[pair[1]] - couples[pair[0]]).powi(2)).sum();
    (squares / 2.0 / (n - 1.0).max(1.0) / n.max(1.0)).sqrt()
}

fn mean_of(values: &[PairValue]) -> f64 {
    values.iter().map(|v| v.expected).sum::<f64>() / (values.len() as f64).max(1.0)
}

fn variance_of(values: &[PairValue], mean: f64) -> f64 {
    let degrees = (values.len() as f64 - 1.0).max(1.0);
    values.iter().map(|v| (v.expected - mean).powi(2)).sum::<f64>() / degrees
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::keyed::{Key, Stream};

    #[test]
    fn quantiles_are_those_of_a_sorted_list() {
        let values: Vec<f64> = (0..101).rev().map(f64::from).collect();
        assert_eq!(quantiles(&values, [0.1, 0.5, 0.9]), [10.0, 50.0, 90.0]);
        let below: Vec<f64> = values.iter().map(|v| 0.25 - v).collect();
        assert_eq!(quantiles(&below, [0.1, 0.5, 0.9]), [-89.75, -49.75, -9.75]);
        assert_eq!(quantiles(&[3.0], [0.1, 0.9]), [3.0, 3.0]);
        let [half] = quantiles(&[1.0, 2.0], [0.5]);
        assert_eq!(half, 1.5);
    }

    #[test]
    fn the_luck_of_counts_is_taken_out_of_the_spread() {
        // μ ~ N(100, 3²), luck ~ N(0, 8²): the pair mean alone has sd 6.4.
        let pairs = 20_000;
        let draw = |p: u64| {
            let mut g = Key::new(3, Stream::Level, p).generator();
            let mu = 100.0 + 3.0 * g.normal();
            PairValue::drawn([mu + 8.0 * g.normal(), mu + 8.0 * g.normal()])
        };
        let values: Vec<PairValue> = (0..pairs).map(draw).collect();
        let q = quantity(&values);
        let width = (q.p90.expect("a value") - q.p10.expect("a value")) / 2.563;
        assert!((width - 3.0).abs() < 0.25, "{width}");
        assert!((q.mean.expect("a value") - 100.0).abs() < 5.0 * q.mcse.expect("a value"));
        let outcome = (q.outcome_p90.expect("a value") - q.outcome_p10.expect("a value")) / 2.563;
        assert!((outcome - (73.0f64).sqrt()).abs() < 0.2, "{outcome}");
    }

    #[test]
    fn the_luck_of_sales_is_no_luck_of_a_net_whose_margin_is_an_expectation() {
        // Margin N(100, 3²) is known draw by draw; single sales scatter by 40 around it, and
        // a payout of 20 by 2.
        let draw = |p: u64| {
            let mut g = Key::new(7, Stream::Level, p).generator();
            let margin = 100.0 + 3.0 * g.normal();
            let sold = [margin + 40.0 * g.normal(), margin + 40.0 * g.normal()];
            let paid = PairValue::drawn([20.0 + 2.0 * g.normal(), 20.0 + 2.0 * g.normal()]);
            PairValue::known(margin, sold).less(1.0, &paid)
        };
        let net: Vec<PairValue> = (0..20_000).map(draw).collect();
        let by = PairValue::known(80.0, [80.0; 2]);
        for values in [net.clone(), net.iter().map(|v| v.less(1.0, &by)).collect()] {
            let [p10, p90] = quantiles(&expectations(&values), [0.1, 0.9]);
            assert!(((p90 - p10) / 2.563 - 3.0).abs() < 0.1, "{p10} {p90}");
        }
        // Of two that share their luck nothing is left of it.
        let same: Vec<PairValue> = net.iter().map(|v| v.less(1.0, v)).collect();
        assert!(expectations(&same).iter().all(|v| *v == 0.0));
    }

    #[test]
    fn pure_luck_leaves_no_spread_and_an_expectation_keeps_its_own() {
        let luck = |p: u64| {
            let mut g = Key::new(5, Stream::Level, p).generator();
            PairValue::drawn([g.normal(), g.normal()])
        };
        let q = quantity(&(0..4000).map(luck).collect::<Vec<_>>());
        assert!(q.p90.expect("a value") - q.p10.expect("a value") < 0.6, "{q:?}");
        let known: Vec<PairValue> = (0..11).map(|i| PairValue::known(f64::from(i), [0.0, 0.0])).collect();
        assert_eq!(quantity(&known).p90, Some(9.0));
        assert_eq!(quantity(&[]), Quantity::default());
        assert_eq!(quantity(&[PairValue::known(f64::NAN, [0.0; 2])]), Quantity::default());
    }
}
