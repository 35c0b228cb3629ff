//! Shocks common to the partners of a product and region: an AR(1) process in logs
//! a month, from the autocovariances of the groups' sales around their own mean,
//! season and trend. What they explain is taken out of the overdispersion of single
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
const RHO_MAX: f64 = 0.95;
const SIGMA_MAX: f64 = 1.0;

/// Autocovariances at 0, 1 and 2 months over all groups, without counting noise.
#[derive(Default)]
struct Moments {
    at: [f64; 3],
    groups: f64,
    months: f64,
}

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
    let mut moments = Moments::default();
    groups.iter().for_each(|g| moments.add(g));
    let (rho, sigma) = moments.solve();
    let common = sigma * sigma;
    let dispersion =
        fitted.overdispersion.iter().map(|phi| (1.0 / (phi - common).max(1e-6)).clamp(SHAPE_MIN, SHAPE_MAX));
    Shocks { rho, sigma, dispersion: dispersion.collect() }
}

impl Moments {
    /// Rows of a group: sold, expected, variance of the counts.
    fn add(&mut self, group: &[[f64; 3]]) {
        let alive: Vec<&[f64; 3]> = group.iter().filter(|c| c[1] > 0.0).collect();
        let mean = alive.iter().map(|c| c[1]).sum::<f64>() / alive.len().max(1) as f64;
        if alive.len() < MONTHS_MIN || mean < UNITS_MIN {
            return;
        }
        let log: Vec<f64> = alive.iter().map(|c| ((c[0] + 0.5) / (c[1] + 0.5)).ln()).collect();
        let n = log.len();
        let centre = log.iter().sum::<f64>() / n as f64;
        let noise = alive.iter().map(|c| c[2] / (c[1] * c[1])).sum::<f64>() / n as f64;
        for lag in 0..3 {
            let together: f64 = (lag..n).map(|t| (log[t] - centre) * (log[t - lag] - centre)).sum();
            self.at[lag] += together / (n - lag) as f64 - if lag == 0 { noise } else { 0.0 };
        }
        self.groups += 1.0;
        self.months += n as f64;
    }

    /// (ρ, σ): ρ from lag 1 over lag 0 after undoing what the groups' own mean took
    /// out, which is the variance of a mean of n months.
    fn solve(&self) -> (f64, f64) {
        if self.groups == 0.0 {
            return (0.0, 0.0);
        }
        let n = self.months / self.groups;
        let at = self.at.map(|v| v / self.groups);
        let (mut rho, mut variance) = (0.0_f64, at[0].max(0.0));
        for _ in 0..20 {
            let mean_variance = variance * (1.0 + rho) / (1.0 - rho).max(0.05) / n;
            variance = (at[0] + mean_variance).max(0.0);
            if variance <= 1e-8 {
                return (0.0, 0.0);
            }
            rho = ((at[1] + mean_variance) / variance).clamp(0.0, RHO_MAX);
        }
        let sigma = (variance * (1.0 - rho * rho)).sqrt().min(SIGMA_MAX);
        (rho, sigma)
    }
}
