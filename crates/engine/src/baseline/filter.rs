//! The discounted Gamma–Poisson filter (FORECASTING.md §3), one pass a series:
//! a_t = δ·a_{t−1} + y_t, b_t = δ·b_{t−1} + E_t, the level being a/b. Two things are
//! added to that text. A month counts with weight 1/(1 + φμ), the information it has
//! when counts vary more than Poisson's; and what discounting forgets flows back in
//! part from the parent level, so that a long silent series keeps a small, uncertain
//! level and not none. Knows one series at a time.

use serde::{Deserialize, Serialize};

use super::levels::Parent;

/// What a filter is run with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Filter {
    /// δ: what is left of last month's knowledge; above 0 to 1.
    pub discount: f64,
    /// Share of what is forgotten that flows back from the parent; 0 to 1.
    pub back: f64,
    /// Units a month at exposure 1 that the level starts from; positive.
    pub parent_mean: f64,
    /// Gamma shape of the start; positive.
    pub parent_shape: f64,
    /// φ: one over the Gamma shape of single months around their expectation.
    pub overdispersion: f64,
}

/// What is known of a series' level.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Units a month at exposure 1.
    pub mean: f64,
    /// Shape of its Gamma distribution.
    pub shape: f64,
}

/// A month as the filter saw it coming.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Position in the rows.
    pub t: usize,
    /// Units, cut where they were too far off to be believed.
    pub units: f64,
    /// Prediction.
    pub mean: f64,
    /// Gamma shape of the level behind the prediction.
    pub shape: f64,
}

/// A month further above its prediction than this many standard deviations (and ten
/// units) counts as if it were that far.
const FAR: f64 = 8.0;

impl Filter {
    pub(super) fn new(parent: Parent, discount: f64, back: f64, overdispersion: f64) -> Self {
        let (parent_mean, parent_shape) = (parent.mean, parent.shape);
        Self { discount, back, parent_mean, parent_shape, overdispersion }
    }

    /// Runs over months of units and exposure; months without exposure are passed
    /// over. `seen` is told every month before it is learned from.
    #[inline]
    pub fn run(&self, units: &[f64], exposure: &[f64], mut seen: impl FnMut(Step)) -> Level {
        let phi = self.overdispersion;
        let rate = self.parent_shape / self.parent_mean;
        let (mut a, mut b) = (self.parent_shape, rate);
        let back = (1.0 - self.discount) * self.back;
        let (back_a, back_b) = (back * self.parent_shape, back * rate);
        for (t, (units, exposure)) in units.iter().zip(exposure).enumerate() {
            a = self.discount * a + back_a;
            b = self.discount * b + back_b;
            if *exposure <= 0.0 {
                continue;
            }
            let mean = a / b * exposure;
            let most = mean + 10.0;
            let units = if *units <= most {
                *units
            } else {
                let spread = (mean + mean * mean * (1.0 / a + phi + phi / a)).sqrt();
                units.min(most + FAR * spread)
            };
            seen(Step { t, units, mean, shape: a });
            let weight = 1.0 / (1.0 + mean * phi);
            a += weight * units;
            b += weight * exposure;
        }
        Level { mean: a / b, shape: a }
    }
}
