//! Shocks common to the partners of a market, an AR(1) process in logs: its
//! coefficient and variance by restricted likelihood over a grid, from the data's own
//! market effects (level and slope of each market taken out), and how far the shocks
//! of different markets move together.

use rayon::prelude::*;

use super::cells::Cells;
use super::kalman::Ar;
use super::markets::{Market, Seen};

/// Before anything is known, and what thin data are drawn towards.
pub(super) const START: Ar = Ar { rho: 0.6, variance: 0.02 };
const RHOS: [f64; 11] = [0.0, 0.2, 0.35, 0.5, 0.6, 0.7, 0.78, 0.85, 0.9, 0.95, 0.98];
const SDS: [f64; 12] = [0.01, 0.03, 0.06, 0.09, 0.12, 0.15, 0.18, 0.22, 0.28, 0.36, 0.5, 0.8];
/// Standard deviation with which the coefficient leans on 0.6: some ten markets of
/// three years outweigh it.
const RHO_LEAN: f64 = 0.3;
/// A slope in a market's months is allowed for with this standard deviation, a year.
const SLOPE_SD: f64 = 0.15;
/// At most so many markets speak, the largest ones evenly spaced.
const MARKETS_MAX: usize = 200;
/// A market says something about shocks if its months are this little noise.
const NOISE_MAX: f64 = 0.5;
const MONTHS_MIN: usize = 12;

/// A market's months, ready to be looked at again and again.
struct Rows {
    log: Vec<f64>,
    noise: Vec<f64>,
}

/// The process, from markets' months with their season and trend taken out.
pub(super) fn estimate(cells: &Cells, markets: &[Market], seen: &[Seen], known: &[Vec<f64>]) -> Ar {
    let mut rows: Vec<Rows> = Vec::new();
    for (g, (market, seen)) in markets.iter().zip(seen).enumerate() {
        let settled = &cells.settled[market.product];
        let inside = |t: usize| settled.contains(&t) && seen.noise[t] <= NOISE_MAX;
        if (0..seen.noise.len()).filter(|t| inside(*t)).count() < MONTHS_MIN {
            continue;
        }
        rows.push(Rows {
            log: seen.log.iter().zip(&known[g]).map(|(log, known)| log - known).collect(),
            noise: (0..seen.noise.len())
                .map(|t| if inside(t) { seen.noise[t] } else { f64::INFINITY })
                .collect(),
        });
    }
    posterior(&rows)
}

/// The process behind one run of months.
pub(super) fn of_one(seen: &Seen) -> Option<Ar> {
    let known = seen.noise.iter().filter(|n| **n <= NOISE_MAX).count();
    let rows = Rows { log: seen.log.clone(), noise: seen.noise.clone() };
    (known >= MONTHS_MIN).then(|| posterior(&[rows]))
}

fn posterior(rows: &[Rows]) -> Ar {
    if rows.is_empty() {
        return START;
    }
    let step = rows.len().div_ceil(MARKETS_MAX);
    let grid: Vec<Ar> =
        RHOS.iter().flat_map(|rho| SDS.map(|sd| Ar { rho: *rho, variance: sd * sd })).collect();
    let score = |ar: &Ar| -> f64 {
        let all: f64 = rows.iter().step_by(step).map(|rows| likelihood(*ar, rows)).sum();
        all - ((ar.rho - START.rho) / RHO_LEAN).powi(2) / 2.0
    };
    let scores: Vec<f64> = grid.par_iter().map(score).collect();
    mean_of(&grid, &scores)
}

/// Mean of the grid under its likelihood: smoother than the best point.
fn mean_of(grid: &[Ar], scores: &[f64]) -> Ar {
    let best = scores.iter().copied().filter(|s| s.is_finite()).fold(f64::NEG_INFINITY, f64::max);
    let (mut sum, mut rho, mut sd) = (0.0, 0.0, 0.0);
    for (ar, score) in grid.iter().zip(scores).filter(|(_, s)| s.is_finite()) {
        let weight = (score - best).exp();
        sum += weight;
        rho += weight * ar.rho;
        sd += weight * ar.variance.sqrt();
    }
    if sum > 0.0 { Ar { rho: rho / sum, variance: (sd / sum).powi(2) } } else { START }
}

/// Restricted log likelihood of a market, level and slope integrated out (Harville
/// 1974): the level without a prior, the slope with one.
fn likelihood(ar: Ar, rows: &Rows) -> f64 {
    let end = rows.log.len() as f64;
    let f = ar.filter(&rows.noise, |t| [rows.log[t], 1.0, (t as f64 - end) / 12.0]);
    let [[yy, y1, yt], [_, s11, s1t], [_, _, stt]] = f.gram;
    if s11 <= 0.0 {
        return 0.0;
    }
    let slope = stt - s1t * s1t / s11 + 1.0 / (SLOPE_SD * SLOPE_SD);
    let toward = yt - y1 * s1t / s11;
    let left = yy - y1 * y1 / s11 - toward * toward / slope;
    -(f.log_det + s11.ln() + slope.ln() + left) / 2.0
}

/// Which part of a new shock all markets share, and which the markets of a product.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Together {
    pub company: f64,
    pub product: f64,
}

/// Shares by moments of the markets' months, `left[g][t]` being their standardised
/// one-step errors (NaN where there is none) and `share[g][t]` the part of such an
/// error's variance that is a new shock.
pub(super) fn together(markets: &[Market], left: &[Vec<f64>], share: &[Vec<f64>]) -> Together {
    let months = left.first().map_or(0, Vec::len);
    let products = markets.iter().map(|m| m.product + 1).max().unwrap_or(0);
    let (mut within, mut within_pairs, mut all, mut all_pairs) = (0.0, 0.0, 0.0, 0.0);
    for t in 0..months {
        let mut of_product = vec![[0.0; 4]; products];
        let mut of_all = [0.0; 4];
        for (g, market) in markets.iter().enumerate() {
            let (e, w) = (left[g][t], share[g][t].sqrt());
            if !e.is_finite() {
                continue;
            }
            for sums in [&mut of_product[market.product], &mut of_all] {
                sums[0] += e * w;
                sums[1] += e * e * w * w;
                sums[2] += w * w;
                sums[3] += w.powi(4);
            }
        }
        let pairs = |s: &[f64; 4]| (s[0] * s[0] - s[1], s[2] * s[2] - s[3]);
        for sums in &of_product {
            let (product, weight) = pairs(sums);
            within += product;
            within_pairs += weight;
        }
        let (total, weight) = pairs(&of_all);
        all += total;
        all_pairs += weight;
    }
    let company = if all_pairs > within_pairs { (all - within) / (all_pairs - within_pairs) } else { 0.0 };
    let company = company.clamp(0.0, 1.0);
    let product = if within_pairs > 0.0 { within / within_pairs - company } else { 0.0 };
    Together { company, product: product.clamp(0.0, 1.0 - company) }
}
