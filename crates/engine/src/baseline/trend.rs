//! A gentle damped trend a product: the slope of its log sales over the last year,
//! of the partners who sold all through it, shrunk over products, fading ahead.

use super::cells::Cells;
use super::season::Season;
use crate::catalog::ProductIx;

/// Slopes in logs a month, one a product.
pub(super) struct Trend {
    slope: Vec<f64>,
}

const WINDOW: usize = 12;
const WINDOW_MIN: usize = 6;
/// What is left of a slope a month later.
const DAMPING: f64 = 0.85;
/// Neighbouring months err together, so that a slope is known less well than from
/// as many independent ones: at AR(1) .7, (1 + .7)/(1 − .7).
const TOGETHER: f64 = 5.7;
const SLOPE_MAX: f64 = 0.08;

impl Trend {
    /// Factor `horizon` months after the last one of the history.
    pub(super) fn ahead(&self, product: ProductIx, horizon: i32) -> f64 {
        let months = horizon.max(0);
        (self.slope[product] * DAMPING * (1.0 - DAMPING.powi(months)) / (1.0 - DAMPING)).exp()
    }

    /// Factor `age` months before it.
    pub(super) fn behind(&self, product: ProductIx, age: usize) -> f64 {
        (-self.slope[product] * age.min(WINDOW) as f64).exp()
    }
}

pub(super) fn estimate(cells: &Cells, season: &Season) -> Trend {
    let window = WINDOW.min(cells.end);
    let from = cells.end - window;
    let mut sold = vec![vec![0.0; window]; cells.products];
    for (s, (_, product)) in cells.panel.series.iter().enumerate() {
        if cells.life[s].start <= from && cells.life[s].end == cells.end {
            for (j, total) in sold[*product].iter_mut().enumerate() {
                let month = cells.panel.month(from + j);
                *total += cells.robust_rate(s, from + j) / season.at(cells, s, month);
            }
        }
    }
    let found: Vec<Option<(f64, f64)>> = sold.iter().map(|y| slope(y)).collect();
    let known: Vec<(f64, f64)> = found.iter().flatten().copied().collect();
    let (mean, tau2) = moments(&known);
    let shrunk = |f: &Option<(f64, f64)>| {
        let (b, variance) = (*f)?;
        Some(mean + tau2 / (tau2 + variance) * (b - mean))
    };
    let slope = found.iter().map(|f| shrunk(f).unwrap_or(0.0).clamp(-SLOPE_MAX, SLOPE_MAX)).collect();
    Trend { slope }
}

/// Slope of the log of a positive series and its squared error.
fn slope(y: &[f64]) -> Option<(f64, f64)> {
    if y.len() < WINDOW_MIN || y.iter().any(|v| *v < 10.0) {
        return None;
    }
    let n = y.len() as f64;
    let middle = (n - 1.0) / 2.0;
    let mean = y.iter().map(|v| v.ln()).sum::<f64>() / n;
    let xx: f64 = (0..y.len()).map(|t| (t as f64 - middle).powi(2)).sum();
    let b = y.iter().enumerate().map(|(t, v)| (t as f64 - middle) * (v.ln() - mean)).sum::<f64>() / xx;
    let error = |(t, v): (usize, &f64)| (v.ln() - mean - b * (t as f64 - middle)).powi(2);
    let noise = y.iter().enumerate().map(error).sum::<f64>() / (n - 2.0);
    Some((b, (TOGETHER * noise / xx).max(1e-8)))
}

/// Mean, shrunk towards no trend by its own error, and spread between products.
fn moments(known: &[(f64, f64)]) -> (f64, f64) {
    if known.is_empty() {
        return (0.0, 0.0);
    }
    let weight: f64 = known.iter().map(|(_, v)| 1.0 / v).sum();
    let squares: f64 = known.iter().map(|(_, v)| 1.0 / (v * v)).sum();
    let mean = known.iter().map(|(b, v)| b / v).sum::<f64>() / weight;
    let q: f64 = known.iter().map(|(b, v)| (b - mean).powi(2) / v).sum();
    let spread = (q - (known.len() as f64 - 1.0)) / (weight - squares / weight);
    let tau2 = if known.len() > 1 && spread.is_finite() { spread.max(0.0) } else { 0.0 };
    let error = 1.0 / weight + tau2 / known.len() as f64;
    (mean * mean * mean / (mean * mean + error).max(f64::MIN_POSITIVE), tau2)
}
