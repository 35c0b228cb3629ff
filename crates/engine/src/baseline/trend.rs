//! A gentle damped trend a product: its slope by least squares over the whitened
//! months of its markets, drawn towards the mean of all products by how much slopes
//! differ, and fading ahead.

use serde::{Deserialize, Serialize};

use super::cells::Cells;
use super::kalman::Ar;
use super::markets::{Market, Seen};

/// Slope in logs a year and its squared error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Slope {
    pub mean: f64,
    pub variance: f64,
}

/// Months of history that speak for today's slope.
const WINDOW: usize = 48;
/// What is left of a slope a month later.
const DAMPING: f64 = 0.95;
/// Slopes of products are taken to differ by about this much, with the weight of
/// [`TYPICAL_WEIGHT`] products; so is their mean to differ from none.
const TYPICAL_SD: f64 = 0.06;
const TYPICAL_WEIGHT: f64 = 4.0;
const SLOPE_MAX: f64 = 0.7;

/// Years' worth of slope that lies between the last month and `months` after it;
/// before it, time runs undamped.
pub(super) fn years(months: i32) -> f64 {
    if months <= 0 {
        return f64::from(months) / 12.0;
    }
    DAMPING * (1.0 - DAMPING.powi(months)) / (1.0 - DAMPING) / 12.0
}

/// One a product; `known`: the season of each market's months.
pub(super) fn estimate(
    cells: &Cells,
    markets: &[Market],
    seen: &[Seen],
    known: &[Vec<f64>],
    ar: Ar,
) -> Vec<Slope> {
    let mut found = vec![[0.0; 2]; cells.products];
    for (g, (market, seen)) in markets.iter().zip(seen).enumerate() {
        let [weight, score] = evidence(cells, market, seen, &known[g], ar);
        found[market.product][0] += weight;
        found[market.product][1] += score;
    }
    let raw: Vec<(f64, f64)> = found
        .iter()
        .filter(|[weight, _]| *weight > 1e-9)
        .map(|[weight, score]| (score / weight, 1.0 / weight))
        .collect();
    let (mean, spread) = moments(&raw);
    found
        .iter()
        .map(|[weight, score]| {
            let precision = weight + 1.0 / spread;
            let slope = (score + mean / spread) / precision;
            Slope { mean: slope.clamp(-SLOPE_MAX, SLOPE_MAX), variance: 1.0 / precision }
        })
        .collect()
}

/// Weight and weighted sum of one market's slope, its own level taken out.
fn evidence(cells: &Cells, market: &Market, seen: &Seen, known: &[f64], ar: Ar) -> [f64; 2] {
    let settled = &cells.settled[market.product];
    let n = seen.noise.len();
    let inside = |t: usize| settled.contains(&t) && t + WINDOW >= n;
    let noise: Vec<f64> = (0..n).map(|t| if inside(t) { seen.noise[t] } else { f64::INFINITY }).collect();
    let f = ar.filter(&noise, |t| [seen.log[t] - known[t], 1.0, years(t as i32 + 1 - n as i32)]);
    let [[_, y1, yt], [_, s11, s1t], [_, _, stt]] = f.gram;
    if f.count < 3 || s11 <= 0.0 {
        return [0.0; 2];
    }
    [(stt - s1t * s1t / s11).max(0.0), yt - y1 * s1t / s11]
}

/// Mean of the slopes, drawn towards none, and their variance around it (moments of
/// DerSimonian and Laird 1986, with a typical value mixed in).
fn moments(raw: &[(f64, f64)]) -> (f64, f64) {
    let typical = TYPICAL_SD * TYPICAL_SD;
    let weight: f64 = raw.iter().map(|(_, v)| 1.0 / v).sum();
    if raw.is_empty() || !(weight.is_finite() && weight > 0.0) {
        return (0.0, typical);
    }
    let mean = raw.iter().map(|(b, v)| b / v).sum::<f64>() / weight;
    let squares: f64 = raw.iter().map(|(_, v)| 1.0 / (v * v)).sum();
    let q: f64 = raw.iter().map(|(b, v)| (b - mean).powi(2) / v).sum();
    let n = raw.len() as f64;
    let own = (q - (n - 1.0)) / (weight - squares / weight);
    let own = if n > 1.0 && own.is_finite() { own.clamp(0.0, 0.25) } else { 0.0 };
    let spread = ((n - 1.0) * own + TYPICAL_WEIGHT * typical) / (n - 1.0 + TYPICAL_WEIGHT);
    let precision: f64 = raw.iter().map(|(_, v)| 1.0 / (v + spread)).sum();
    let mean = raw.iter().map(|(b, v)| b / (v + spread)).sum::<f64>() / precision;
    (mean * typical / (typical + 1.0 / precision), spread.max(1e-6))
}
