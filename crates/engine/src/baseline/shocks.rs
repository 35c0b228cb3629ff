//! Shocks common to the partners of a product and region: an AR(1) process in logs
//! a month, from how far the groups' sales, without season, move apart over months. What they explain is taken out of the overdispersion of single
//! partners, so that a simulation that draws both does not count it twice.

use super::cells::Cells;
use super::filter::Fitted;
use super::{SHAPE_MAX, SHAPE_MIN};

/// Market shocks and what is left for single months of single partners.
pub(super) struct Shocks {
    pub rho: f64,
    pub sigma: f64,
    /// Gamma shape, one a family.
    pub dispersion: Vec<f64>,
}

/// A group whose months sell less on average tells nothing of shocks in logs.
const UNITS_MIN: f64 = 8.0;
const MONTHS_MIN: usize = 18;
const RHO_MAX: f64 = 0.9;
const SIGMA_MAX: f64 = 1.0;

/// Half mean squared differences of the groups' logs at distances of 1 to
/// [`DISTANCES`] months, without counting noise: ν + γ₀·(1 − ρ^distance) for an
/// AR(1), where ν is what the counting noise was misjudged by.
/// Differences, because the groups' own levels and trends need not be known well.
#[derive(Default)]
struct Variogram {
    half_square: [f64; DISTANCES],
    pairs: [f64; DISTANCES],
}

const DISTANCES: usize = 6;

pub(super) fn estimate(cells: &Cells, fitted: &Fitted) -> Shocks {
    let mut groups = vec![vec![[0.0; 3]; cells.end]; cells.products * cells.regions];
    for (s, (_, product)) in cells.panel.series.iter().enumerate() {
        let life = cells.life[s].clone();
        let (sold, exposed) = life.clone().fold((0.0, 0.0), |(y, e), t| {
            let at = cells.panel.at(s, t);
            (y + cells.robust_rate(s, t) * cells.exposure[at], e + fitted.exposure[at])
        });
        let phi = fitted.overdispersion[cells.family[s]];
        for t in life {
            let at = cells.panel.at(s, t);
            let mean = if exposed > 0.0 { sold / exposed * fitted.exposure[at] } else { 0.0 };
            let cell = &mut groups[product * cells.regions + cells.region[s]][t];
            cell[0] += cells.robust_rate(s, t) * cells.exposure[at];
            cell[1] += mean;
            cell[2] += mean + phi * mean * mean;
        }
    }
    let mut variogram = Variogram::default();
    groups.iter().for_each(|g| variogram.add(g));
    let (rho, sigma) = variogram.solve();
    let common = sigma * sigma;
    let dispersion =
        fitted.overdispersion.iter().map(|phi| (1.0 / (phi - common).max(1e-6)).clamp(SHAPE_MIN, SHAPE_MAX));
    Shocks { rho, sigma, dispersion: dispersion.collect() }
}

impl Variogram {
    /// Rows of a group: sold, expected, variance of the counts.
    fn add(&mut self, group: &[[f64; 3]]) {
        let alive: Vec<&[f64; 3]> = group.iter().filter(|c| c[1] > 0.0).collect();
        let n = alive.len();
        let mean = alive.iter().map(|c| c[1]).sum::<f64>() / n.max(1) as f64;
        if n < MONTHS_MIN || mean < UNITS_MIN {
            return;
        }
        let log: Vec<f64> = alive.iter().map(|c| ((c[0] + 0.5) / (c[1] + 0.5)).ln()).collect();
        let noise = alive.iter().map(|c| c[2] / (c[1] * c[1])).sum::<f64>() / n as f64;
        let slope = (log[n - 6..].iter().sum::<f64>() - log[..6].iter().sum::<f64>()) / 6.0 / (n - 6) as f64;
        for d in 1..=DISTANCES {
            for t in d..n {
                let moved = log[t] - log[t - d] - slope * d as f64;
                self.half_square[d - 1] += 0.5 * moved * moved - noise;
                self.pairs[d - 1] += 1.0;
            }
        }
    }

    /// (ρ, σ) by least squares of ν and γ₀ over a grid of ρ.
    fn solve(&self) -> (f64, f64) {
        if self.pairs[DISTANCES - 1] == 0.0 {
            return (0.0, 0.0);
        }
        let seen: [f64; DISTANCES] = std::array::from_fn(|d| self.half_square[d] / self.pairs[d]);
        let mut best = (f64::INFINITY, 0.0, 0.0);
        for step in 5..=(RHO_MAX * 100.0) as i32 {
            let rho = f64::from(step) / 100.0;
            let shape: [f64; DISTANCES] = std::array::from_fn(|d| 1.0 - rho.powi(d as i32 + 1));
            let mean = |v: &[f64; DISTANCES]| v.iter().sum::<f64>() / DISTANCES as f64;
            let (shape_mean, seen_mean) = (mean(&shape), mean(&seen));
            let (xy, xx) = shape.iter().zip(&seen).fold((0.0, 0.0), |(a, b), (s, v)| {
                (a + (s - shape_mean) * (v - seen_mean), b + (s - shape_mean).powi(2))
            });
            let variance = (xy / xx).max(0.0);
            let left = |(s, v): (&f64, &f64)| (v - seen_mean - variance * (s - shape_mean)).powi(2);
            let error: f64 = shape.iter().zip(&seen).map(left).sum();
            if error < best.0 {
                best = (error, rho, variance);
            }
        }
        let (_, rho, variance) = best;
        if variance <= 1e-8 {
            return (0.0, 0.0);
        }
        (rho, (variance * (1.0 - rho * rho)).sqrt().min(SIGMA_MAX))
    }
}
