//! The discounted Gamma–Poisson filter (FORECASTING.md §3), one pass a series:
//! a_t = δ·a_{t−1} + y_t, b_t = δ·b_{t−1} + E_t, the level being a/b. Two things are
//! added to that text. A month counts with weight 1/(1 + μ/r), the information it
//! has when counts vary more than Poisson's; and what discounting forgets flows
//! back in part from the parent level, so that a long silent series keeps a small,
//! uncertain level and not none. The discount and that part are chosen a family by
//! rolling one-step log score.

use rayon::prelude::*;

use super::cells::Cells;
use super::season::Season;
use super::trend::Trend;

/// A series' level at the end of the history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Level {
    /// Units a month at exposure 1.
    pub mean: f64,
    /// Shape of its Gamma distribution.
    pub shape: f64,
    /// Discount of its family.
    pub discount: f64,
}

/// What the filter found.
pub(super) struct Fitted {
    /// One a series.
    pub level: Vec<Level>,
    /// One over the Gamma shape of single months around their prediction, one a
    /// family, common shocks included.
    pub overdispersion: Vec<f64>,
    /// Exposure of each history cell: incentive, reporting, season, trend.
    pub exposure: Vec<f64>,
}

#[derive(Debug, Clone, Copy)]
struct Setting {
    discount: f64,
    back: f64,
}

/// Parent level and heterogeneity around it.
#[derive(Debug, Clone, Copy)]
struct Parent {
    mean: f64,
    shape: f64,
}

const DISCOUNTS: [f64; 6] = [0.75, 0.84, 0.90, 0.94, 0.97, 0.99];
const BACK: [f64; 2] = [0.05, 0.4];
/// The choice looks at this many series a family at most.
const SERIES_MAX: usize = 1500;
/// Months at the start of a series that are not scored.
const BURN_IN: usize = 6;
/// Before anything is known about it.
const OVERDISPERSION_START: f64 = 0.4;
/// Cells' worth of weight with which a family's overdispersion leans on all.
const LEAN: f64 = 200.0;
/// A month further above its prediction than this many standard deviations counts
/// as if it were that far.
const FAR: f64 = 8.0;

pub(super) fn fit(cells: &Cells, season: &Season, trend: &Trend) -> Fitted {
    let exposure = exposures(cells, season, trend);
    let parents = parents(cells, &exposure);
    let run = Run { cells, exposure: &exposure, parents: &parents };
    let mut overdispersion = vec![OVERDISPERSION_START; cells.families];
    let mut settings = vec![Setting { discount: 0.9, back: 0.05 }; cells.families];
    for _ in 0..2 {
        settings = run.choose(&overdispersion);
        overdispersion = run.overdispersion(&settings, &overdispersion);
    }
    let level = (0..cells.panel.series.len())
        .into_par_iter()
        .map(|s| {
            let f = cells.family[s];
            run.series(s, settings[f], overdispersion[f], |_| {})
        })
        .collect();
    Fitted { level, overdispersion, exposure }
}

fn exposures(cells: &Cells, season: &Season, trend: &Trend) -> Vec<f64> {
    let mut out = cells.exposure.clone();
    for (s, (_, product)) in cells.panel.series.iter().enumerate() {
        for t in cells.life[s].clone() {
            let month = cells.panel.month(t);
            out[cells.panel.at(s, t)] *=
                season.at(cells, s, month) * trend.behind(*product, cells.end - 1 - t);
        }
    }
    out
}

/// Parent of each series: the product's mean, times its tier's factor in the
/// family, times its partner's factor over all products, each leaning on 1.
fn parents(cells: &Cells, exposure: &[f64]) -> Vec<Parent> {
    let n = cells.panel.series.len();
    let sums: Vec<(f64, f64)> = (0..n)
        .map(|s| {
            cells.life[s].clone().fold((0.0, 0.0), |(y, e), t| {
                let at = cells.panel.at(s, t);
                (y + cells.robust_rate(s, t) * cells.exposure[at], e + exposure[at])
            })
        })
        .collect();
    let product = |s: usize| cells.panel.series[s].1;
    let partner = |s: usize| cells.panel.series[s].0;
    let mut mean = {
        let family = group_rate(cells.families, n, |s| cells.family[s], &sums, |_| 0.0);
        let of_product = group_rate(cells.products, n, product, &sums, |s| family[cells.family[s]]);
        (0..n).map(|s| of_product[product(s)]).collect::<Vec<f64>>()
    };
    let tier = |s: usize| cells.family[s] * cells.tiers + cells.tier[s];
    factor(&mut mean, &sums, cells.families * cells.tiers, tier);
    factor(&mut mean, &sums, cells.partners, partner);
    // Heterogeneity left: what the totals vary beyond counting, a family.
    let (mut beyond, mut square) = (vec![0.0; cells.families], vec![0.0; cells.families]);
    for s in 0..n {
        let expected = mean[s] * sums[s].1;
        beyond[cells.family[s]] += ((sums[s].0 - expected).powi(2) - expected) / (1.0 + expected);
        square[cells.family[s]] += expected * expected / (1.0 + expected);
    }
    (0..n)
        .map(|s| {
            let relative = beyond[cells.family[s]] / square[cells.family[s]].max(1e-9);
            Parent { mean: mean[s].max(1e-9), shape: (1.0 / relative.max(0.02)).clamp(0.1, 50.0) }
        })
        .collect()
}

/// Units a unit of exposure by group, half a month of the level above mixed in.
fn group_rate(
    groups: usize,
    series: usize,
    group: impl Fn(usize) -> usize,
    sums: &[(f64, f64)],
    above: impl Fn(usize) -> f64,
) -> Vec<f64> {
    let (mut y, mut e, mut prior) = (vec![0.0; groups], vec![0.0; groups], vec![0.0; groups]);
    for s in 0..series {
        y[group(s)] += sums[s].0;
        e[group(s)] += sums[s].1;
        prior[group(s)] = above(s);
    }
    (0..groups).map(|g| (y[g] + 0.5 * prior[g]) / (e[g] + 0.5)).collect()
}

/// Multiplies the means by group factors, shrunk towards 1 by how much groups
/// differ: Gamma with a shape from the moments of the group totals.
fn factor(mean: &mut [f64], sums: &[(f64, f64)], groups: usize, group: impl Fn(usize) -> usize) {
    let (mut y, mut expected) = (vec![0.0; groups], vec![0.0; groups]);
    for s in 0..mean.len() {
        y[group(s)] += sums[s].0;
        expected[group(s)] += mean[s] * sums[s].1;
    }
    let beyond: f64 = y.iter().zip(&expected).map(|(y, m)| (y - m).powi(2) - m).sum();
    let square: f64 = expected.iter().map(|m| m * m).sum();
    let shape = (square / beyond.max(1e-3 * square).max(1e-9)).clamp(0.2, 1e3);
    for (s, m) in mean.iter_mut().enumerate() {
        *m *= (y[group(s)] + shape) / (expected[group(s)] + shape);
    }
}

/// One step of a series.
struct Step {
    /// Position in its life.
    age: usize,
    units: f64,
    /// Prediction and shape of the level before the month was seen.
    mean: f64,
    shape: f64,
}

struct Run<'a> {
    cells: &'a Cells<'a>,
    exposure: &'a [f64],
    parents: &'a [Parent],
}

impl Run<'_> {
    fn series(&self, s: usize, setting: Setting, phi: f64, mut seen: impl FnMut(Step)) -> Level {
        let parent = self.parents[s];
        let (mut a, mut b) = (parent.shape, parent.shape / parent.mean);
        let kept = setting.discount;
        let back = (1.0 - kept) * setting.back;
        for (age, t) in self.cells.life[s].clone().enumerate() {
            a = kept * a + back * parent.shape;
            b = kept * b + back * parent.shape / parent.mean;
            let at = self.cells.panel.at(s, t);
            let exposure = self.exposure[at];
            if exposure <= 0.0 {
                continue;
            }
            let mean = a / b * exposure;
            let spread = (mean + mean * mean * (1.0 / a + phi + phi / a)).sqrt();
            let units = self.cells.units[at].min(mean + FAR * spread + 10.0);
            seen(Step { age, units, mean, shape: a });
            let weight = 1.0 / (1.0 + mean * phi);
            a += weight * units;
            b += weight * exposure;
        }
        Level { mean: a / b, shape: a, discount: kept }
    }

    /// Every so manieth series of a family, so that the choice is quick.
    fn sampled(&self) -> Vec<Vec<usize>> {
        let mut of_family = vec![Vec::new(); self.cells.families];
        for s in 0..self.cells.panel.series.len() {
            of_family[self.cells.family[s]].push(s);
        }
        let thin = |all: Vec<usize>| {
            let step = all.len().div_ceil(SERIES_MAX).max(1);
            all.into_iter().step_by(step).collect()
        };
        of_family.into_iter().map(thin).collect()
    }

    fn choose(&self, overdispersion: &[f64]) -> Vec<Setting> {
        let best = |(f, series): (usize, &Vec<usize>)| {
            let settings =
                DISCOUNTS.iter().flat_map(|&discount| BACK.iter().map(move |&back| Setting { discount, back }));
            let phi = overdispersion[f];
            let scored = settings.map(|setting| {
                let mut total = 0.0;
                for &s in series {
                    self.series(s, setting, phi, |step| {
                        if step.age >= BURN_IN {
                            let inverse = 1.0 / step.shape + phi + phi / step.shape;
                            total += log_score(step.units, step.mean, 1.0 / inverse.max(1e-9));
                        }
                    });
                }
                (setting, total)
            });
            let start = (Setting { discount: 0.94, back: BACK[0] }, f64::NEG_INFINITY);
            scored.fold(start, |best, one| if one.1 > best.1 { one } else { best }).0
        };
        self.sampled().par_iter().enumerate().map(best).collect()
    }

    /// Moments of the squared one-step errors, by family, leaning on all families.
    fn overdispersion(&self, settings: &[Setting], before: &[f64]) -> Vec<f64> {
        let moments: Vec<(f64, f64, f64)> = self
            .sampled()
            .par_iter()
            .enumerate()
            .map(|(f, series)| {
                let (mut beyond, mut square, mut weight) = (0.0, 0.0, 0.0);
                for &s in series {
                    self.series(s, settings[f], before[f], |step| {
                        if step.age < BURN_IN {
                            return;
                        }
                        let m = step.mean;
                        let w = (m / (m + before[f] * m * m)).powi(2);
                        let error = (step.units - m).powi(2);
                        beyond += w / (m * m) * (error - m - m * m / step.shape) * m.min(1.0);
                        square += w * (1.0 + 1.0 / step.shape) * m.min(1.0);
                        weight += 1.0;
                    });
                }
                (beyond, square, weight)
            })
            .collect();
        let sum = |f: fn(&(f64, f64, f64)) -> f64| moments.iter().map(f).sum::<f64>();
        let all = if sum(|m| m.1) > 0.0 { sum(|m| m.0) / sum(|m| m.1) } else { OVERDISPERSION_START };
        moments
            .iter()
            .map(|(beyond, square, weight)| {
                let lean = if *weight > 0.0 { LEAN * square / weight } else { 1.0 };
                ((beyond + lean * all) / (square + lean).max(1e-12)).clamp(1e-3, 20.0)
            })
            .collect()
    }
}

/// Log probability of a count under a negative binomial with this mean and shape,
/// less the part that no setting changes.
fn log_score(units: f64, mean: f64, shape: f64) -> f64 {
    let mean = mean.max(1e-12);
    let zero = -shape * (mean / shape).ln_1p();
    if units <= 0.0 {
        return zero;
    }
    let rising = if units < 30.0 && units.fract() == 0.0 {
        (0..units as u32).map(|j| shape + f64::from(j)).product::<f64>().ln()
    } else {
        ln_gamma(shape + units) - ln_gamma(shape)
    };
    rising + zero + units * (mean / (shape + mean)).ln()
}

/// Logarithm of the Gamma function for positive arguments, by Stirling's series
/// after shifting to at least 8 (Abramowitz and Stegun 6.1.41).
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 1.0);
    while x < 8.0 {
        shift *= x;
        x += 1.0;
    }
    let inverse = 1.0 / (x * x);
    let series = (1.0 / 12.0 - inverse * (1.0 / 360.0 - inverse / 1260.0)) / x;
    (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + series - f64::ln(shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ln_gamma_matches_factorials_and_the_half() {
        assert!((ln_gamma(11.0) - 3_628_800.0_f64.ln()).abs() < 1e-9);
        assert!((ln_gamma(0.5) - std::f64::consts::PI.sqrt().ln()).abs() < 1e-9);
        assert!((log_score(40.0, 30.0, 2.5) - log_score(40.000_000_1, 30.0, 2.5)).abs() < 1e-6);
    }

    #[test]
    fn scores_are_probabilities() {
        // Sum over counts of exp(score)/y! is one.
        let total: f64 =
            (0..400).map(|y| (log_score(f64::from(y), 6.0, 2.5) - ln_gamma(f64::from(y) + 1.0)).exp()).sum();
        assert!((total - 1.0).abs() < 1e-9, "{total}");
    }
}
