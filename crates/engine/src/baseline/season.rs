//! Seasonality by month of the year, pooled: what all markets share, what a region
//! adds, a family, a family in a region, and a product, each drawn towards none by
//! how much such additions turn out to matter (a mixed model whose variances are
//! found by expectation and maximisation: Dempster, Laird and Rubin 1977). Months of
//! a market err together, so that its shocks are whitened first. Below two years of
//! history there is none.

use serde::{Deserialize, Serialize};

use nalgebra::{SMatrix, SVector};

use super::cells::Cells;
use super::kalman::Ar;
use super::markets::{Market, Seen};

type Matrix = SMatrix<f64, 12, 12>;
type Vector = SVector<f64, 12>;

/// Seasonal factors in logs, by market and month of the year.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Season {
    pub log: Vec<[f64; 12]>,
    /// Squared error of a month, one a market, beside what all markets share.
    pub error: Vec<f64>,
    /// Squared error of a month of what all markets share.
    pub shared_error: f64,
}

const MONTHS_MIN: usize = 24;
/// No month of the year sells this many times more or less than the mean, in logs.
const LOG_MAX: f64 = 2.5;
/// Standard deviation of a market's slope that is allowed for while its season is
/// looked at, in logs a year.
const SLOPE_SD: f64 = 0.15;
const VARIANCE_START: f64 = 0.01;
const SWEEPS: usize = 12;
const COLUMNS: usize = 15;

/// Parts of a season.
const PARTS: usize = 5;

/// Information that one market's months give on its season.
struct Evidence {
    weight: Matrix,
    score: Vector,
}

impl Season {
    /// No season.
    pub(super) fn none(markets: usize) -> Self {
        Self { log: vec![[0.0; 12]; markets], error: vec![0.0; markets], shared_error: 0.0 }
    }

    pub(super) fn estimate(cells: &Cells, markets: &[Market], seen: &[Seen], ar: Ar) -> Self {
        if cells.end < MONTHS_MIN {
            return Self::none(markets.len());
        }
        let evidence: Vec<Evidence> =
            markets.iter().zip(seen).map(|(market, seen)| evidence(cells, market, seen, ar)).collect();
        let groups: [Vec<usize>; PARTS] = [
            vec![0; markets.len()],
            markets.iter().map(|m| m.region).collect(),
            markets.iter().map(|m| m.family).collect(),
            markets.iter().map(|m| m.family * cells.regions + m.region).collect(),
            markets.iter().map(|m| m.product).collect(),
        ];
        let counts = [1, cells.regions, cells.families, cells.families * cells.regions, cells.products];
        let mut parts: Vec<Part> =
            groups.into_iter().zip(counts).map(|(of, count)| Part::new(of, count, &evidence)).collect();
        for _ in 0..SWEEPS {
            for p in 0..PARTS {
                let others = |g: usize| {
                    let rest = parts.iter().enumerate().filter(|(q, _)| *q != p);
                    rest.fold(Vector::zeros(), |sum, (_, part)| sum + part.log[part.of[g]])
                };
                let others: Vec<Vector> = (0..markets.len()).map(others).collect();
                parts[p].update(&evidence, &others);
            }
        }
        let mut season = Self::none(markets.len());
        for g in 0..markets.len() {
            let sum = parts.iter().fold(Vector::zeros(), |sum, part| sum + part.log[part.of[g]]);
            season.log[g] = std::array::from_fn(|m| sum[m].clamp(-LOG_MAX, LOG_MAX));
            season.error[g] = parts[1..].iter().map(|part| part.error[part.of[g]]).sum();
        }
        season.shared_error = parts[0].error[0];
        season
    }
}

/// One kind of addition to the season.
struct Part {
    /// Group of each market.
    of: Vec<usize>,
    weight: Vec<Matrix>,
    log: Vec<Vector>,
    /// Mean squared error of a month, by group.
    error: Vec<f64>,
    variance: f64,
}

impl Part {
    fn new(of: Vec<usize>, groups: usize, evidence: &[Evidence]) -> Self {
        let mut weight = vec![Matrix::zeros(); groups];
        of.iter().zip(evidence).for_each(|(g, e)| weight[*g] += e.weight);
        Self {
            of,
            weight,
            log: vec![Vector::zeros(); groups],
            error: vec![0.0; groups],
            variance: VARIANCE_START,
        }
    }

    /// Best guess given the other parts, then the variance that fits it.
    fn update(&mut self, evidence: &[Evidence], others: &[Vector]) {
        let mut score = vec![Vector::zeros(); self.log.len()];
        for ((g, e), other) in self.of.iter().zip(evidence).zip(others) {
            score[*g] += e.score - e.weight * other;
        }
        let (mut spread, mut known) = (0.0, 0.0);
        for (g, score) in score.iter().enumerate() {
            if self.weight[g].trace() <= 0.0 {
                continue;
            }
            let posterior = self.weight[g] + Matrix::identity() / self.variance;
            let Some(inverse) = posterior.try_inverse() else { continue };
            let guess = inverse * score;
            // Level is not season: factors of a year have mean 1, roughly.
            self.log[g] = guess.add_scalar(-guess.mean());
            self.error[g] = inverse.trace() / 12.0;
            spread += self.log[g].norm_squared() + inverse.trace();
            known += 12.0;
        }
        if known > 0.0 {
            self.variance = (spread / known).clamp(1e-6, 1.0);
        }
    }
}

/// Whitens a market's months and takes out its level and slope.
fn evidence(cells: &Cells, market: &Market, seen: &Seen, ar: Ar) -> Evidence {
    let settled = &cells.settled[market.product];
    let noise: Vec<f64> = (0..seen.noise.len())
        .map(|t| if settled.contains(&t) { seen.noise[t] } else { f64::INFINITY })
        .collect();
    let filtered = ar.filter::<COLUMNS>(&noise, |t| {
        let mut row = [0.0; COLUMNS];
        row[12] = 1.0;
        row[13] = (t as f64 - cells.end as f64) / 12.0;
        row[14] = seen.log[t];
        row[cells.panel.month(t).of_year()] = 1.0;
        row
    });
    let mut gram = filtered.gram;
    gram[13][13] += 1.0 / (SLOPE_SD * SLOPE_SD);
    for nuisance in [13, 12] {
        let pivot = gram[nuisance][nuisance];
        if pivot <= 1e-12 {
            continue;
        }
        let row = gram[nuisance];
        for line in &mut gram {
            let share = line[nuisance] / pivot;
            line.iter_mut().zip(&row).for_each(|(v, r)| *v -= share * r);
        }
    }
    Evidence {
        weight: Matrix::from_fn(|a, b| (gram[a][b] + gram[b][a]) / 2.0),
        score: Vector::from_fn(|a, _| gram[a][14]),
    }
}
