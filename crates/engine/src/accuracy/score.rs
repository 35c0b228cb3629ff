//! Scores of forecasts: CRPS, bias and the probability integral transform first
//! (payouts need means), WAPE, RMSSE and coverage beside them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::baseline::count::{Count, normal_below};

/// Bins of the probability integral transform.
pub const PIT_BINS: usize = 10;

/// One forecast and what came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case {
    mean: f64,
    units: f64,
    crps: f64,
    /// Where what came lies in the forecast, 0 to 1.
    place: f64,
}

/// Scores of many forecasts. Null where nothing was scored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scores {
    /// Forecasts scored.
    pub cases: usize,
    /// Sum of the continuous ranked probability scores over the sum of units.
    pub crps: Option<f64>,
    /// Sum of forecasts over the sum of units, less 1.
    pub bias: Option<f64>,
    /// Sum of absolute errors of the mean over the sum of units.
    pub wape: Option<f64>,
    /// Root mean squared error in units of each series' own month-to-month change.
    pub rmsse: Option<f64>,
    /// Share inside the central 80% of the forecast.
    pub coverage_80: Option<f64>,
    /// Share inside the central 90%.
    pub coverage_90: Option<f64>,
    /// Share of cases in each tenth of the forecast (randomised between neighbouring
    /// counts): all a tenth where forecasts are calibrated.
    pub pit: Vec<f64>,
}

/// A fixed place between 0 and 1 for a case: multiples of the golden ratio and of √2
/// are spread evenly.
pub(super) fn even(a: usize, b: usize) -> f64 {
    (a as f64 * 0.618_033_988_749_895 + b as f64 * std::f64::consts::SQRT_2).fract()
}

impl Case {
    /// Of a count; `place` randomises between the counts next to what came.
    pub(super) fn of_count(count: Count, units: f64, place: f64) -> Self {
        let (fewer, at_most) = count.below(units);
        let place = fewer + place * (at_most - fewer);
        Self { mean: count.mean, units, crps: count.crps(units), place }
    }

    /// Of draws in ascending order.
    pub(super) fn of_draws(sorted: &[f64], mean: f64, units: f64, place: f64) -> Self {
        let n = sorted.len() as f64;
        let distance = sorted.iter().map(|x| (x - units).abs()).sum::<f64>() / n;
        // Half the mean distance of two draws, from their order.
        let spread: f64 =
            sorted.iter().enumerate().map(|(i, x)| (2.0 * i as f64 + 1.0 - n) * x).sum::<f64>() / (n * n);
        let fewer = sorted.partition_point(|x| *x < units) as f64;
        let at_most = sorted.partition_point(|x| *x <= units) as f64;
        let place = (fewer + place * (at_most - fewer + 1.0)) / (n + 1.0);
        Self { mean, units, crps: (distance - spread).max(0.0), place }
    }

    /// Of a normal (CRPS: Gneiting and others 2005, Monthly Weather Review 133).
    pub(super) fn of_normal(mean: f64, sd: f64, units: f64) -> Self {
        if sd.is_nan() || sd <= 1e-9 {
            let place = if units < mean {
                0.0
            } else if units > mean {
                1.0
            } else {
                0.5
            };
            return Self { mean, units, crps: (units - mean).abs(), place };
        }
        let z = (units - mean) / sd;
        let below = normal_below(z);
        let density = (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt();
        let crps = sd * (z * (2.0 * below - 1.0) + 2.0 * density - 1.0 / std::f64::consts::PI.sqrt());
        Self { mean, units, crps: crps.max(0.0), place: below }
    }
}

/// Sums of cases.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    cases: f64,
    units: f64,
    forecast: f64,
    crps: f64,
    absolute: f64,
    scaled: [f64; 2],
    inside: [f64; 2],
    pit: [f64; PIT_BINS],
}

impl Tally {
    pub(super) fn add(&mut self, case: &Case, scale: f64) {
        self.cases += 1.0;
        self.units += case.units;
        self.forecast += case.mean;
        self.crps += case.crps;
        self.absolute += (case.mean - case.units).abs();
        if scale.is_finite() && scale > 0.0 {
            self.scaled[0] += ((case.mean - case.units) / scale).powi(2);
            self.scaled[1] += 1.0;
        }
        self.inside[0] += f64::from((0.1..=0.9).contains(&case.place));
        self.inside[1] += f64::from((0.05..=0.95).contains(&case.place));
        self.pit[((case.place * PIT_BINS as f64) as usize).min(PIT_BINS - 1)] += 1.0;
    }

    /// Adds the cases of another.
    pub(super) fn merge(&mut self, other: &Self) {
        let plus = |own: &mut f64, other: f64| *own += other;
        plus(&mut self.cases, other.cases);
        plus(&mut self.units, other.units);
        plus(&mut self.forecast, other.forecast);
        plus(&mut self.crps, other.crps);
        plus(&mut self.absolute, other.absolute);
        self.scaled.iter_mut().zip(other.scaled).for_each(|(own, other)| *own += other);
        self.inside.iter_mut().zip(other.inside).for_each(|(own, other)| *own += other);
        self.pit.iter_mut().zip(other.pit).for_each(|(own, other)| *own += other);
    }

    pub(super) fn scores(&self) -> Scores {
        let over = |part: f64, whole: f64| Some(part / whole).filter(|v| v.is_finite() && whole > 0.0);
        Scores {
            cases: self.cases as usize,
            crps: over(self.crps, self.units),
            bias: over(self.forecast - self.units, self.units),
            wape: over(self.absolute, self.units),
            rmsse: over(self.scaled[0], self.scaled[1]).map(f64::sqrt),
            coverage_80: over(self.inside[0], self.cases),
            coverage_90: over(self.inside[1], self.cases),
            pit: self.pit.iter().map(|p| p / self.cases.max(1.0)).collect(),
        }
    }
}
