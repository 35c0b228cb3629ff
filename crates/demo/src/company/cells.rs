//! Draws how many units every pair sells in every month.

use super::incentive::{effective, moves_sales};
use super::market::{AHEAD, Market, NB_R, Pair, ZERO_SHARE};
use crate::random::Stream;
use crate::terms::Version;

/// A pair in a month of the history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Position in the market's pairs.
    pub pair: usize,
    /// Month of the history, from 0.
    pub t: usize,
    /// Effective incentive.
    pub x: f64,
    /// Expected units, zero inflation taken off.
    pub expected: f64,
    /// Units sold, reported or not.
    pub units: u32,
}

/// Effective incentives of all pairs, months of the history and [`AHEAD`] beyond.
pub fn incentives(market: &Market, versions: &[Version]) -> Vec<Vec<f64>> {
    let months = market.shape.months + AHEAD;
    let in_force: Vec<Vec<Version>> = (0..months)
        .map(|t| {
            let month = market.month(t);
            let holds = |v: &&Version| {
                moves_sales(&v.terms) && v.terms.from <= month.first() && month.last() <= v.terms.to
            };
            versions.iter().filter(holds).cloned().collect()
        })
        .collect();
    let path = |pair| (0..months).map(|t| effective(market, &in_force[t], pair, market.month(t))).collect();
    market.pairs.iter().map(path).collect()
}

/// Expected units of a pair in month `t` under these incentives and the shocks that come,
/// zero inflation not yet taken off. `added`: what a departure from the plain world
/// adds to logs, by pair and month; empty: nothing.
pub fn rate(market: &Market, x: &[Vec<f64>], added: &[Vec<f64>], p: usize, t: usize) -> f64 {
    let pair = &market.pairs[p];
    let before = if t == 0 { x[p][0] } else { x[p][t - 1] };
    let plain = market.rate(pair, t, market.shock(pair, t), x[p][t], before);
    added.get(p).map_or(plain, |added| plain * libm::exp(added[t]))
}

/// Share of a pair's rate that is left after zero inflation.
pub fn not_zero(pair: &Pair) -> f64 {
    if pair.long_tail { 1.0 - ZERO_SHARE } else { 1.0 }
}

/// The cells of the history, by pair and month. `added`: as [`rate`] takes it.
pub fn cells(seed: u64, market: &Market, x: &[Vec<f64>], added: &[Vec<f64>]) -> Vec<Cell> {
    let mut cells = Vec::with_capacity(market.pairs.len() * market.shape.months);
    for (p, pair) in market.pairs.iter().enumerate() {
        for t in 0..market.shape.months {
            let rate = rate(market, x, added, p, t);
            let mut stream = Stream::new(seed, "units", &[pair.partner, pair.product, t]);
            let zero = stream.chance(ZERO_SHARE) && pair.long_tail;
            let units = if zero || rate <= 0.0 { 0 } else { stream.negative_binomial(rate, NB_R) };
            cells.push(Cell { pair: p, t, x: x[p][t], expected: rate * not_zero(pair), units });
        }
    }
    cells
}
