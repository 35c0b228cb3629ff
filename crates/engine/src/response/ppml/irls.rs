//! The steps of the fit on a chosen sample, and the detection of separation.

use rayon::prelude::*;

use super::absorb::Absorber;
use super::{RESIDUAL_SHARE_MIN, Sample};
use crate::response::linear;

/// Where the steps ended.
pub(super) struct Steps {
    pub beta: Vec<f64>,
    pub identified: Vec<bool>,
    pub residual_share: Vec<f64>,
    pub level_share: Vec<f64>,
    pub mu: Vec<f64>,
    pub freed: Vec<Vec<f64>>,
    pub bread: Vec<f64>,
    pub iterations: usize,
    pub converged: bool,
    /// Positions in the sample.
    pub separated: Vec<usize>,
}

const ITERATIONS_MAX: usize = 60;
/// Relative change of the deviance at which the fit has settled.
const DEVIANCE_TOLERANCE: f64 = 1e-10;
/// Effects are taken out of a column up to this share of its length in the end;
/// while the deviance still moves, less is enough.
const ABSORB_TOLERANCE: f64 = 1e-9;
const ABSORB_TOLERANCE_FIRST: f64 = 1e-3;
/// A settled fit moves no linear predictor by more; one that is still sliding to
/// minus infinity moves by about one a step.
const DRIFT: f64 = 0.02;
const COLLINEAR: f64 = 1e-9;
const ETA_MIN: f64 = -80.0;

struct State<'a> {
    sample: &'a Sample,
    absorber: Absorber<'a>,
    /// Regressors, then the working outcome, freed from the effects.
    columns: Vec<Vec<f64>>,
    working: Vec<f64>,
    eta: Vec<f64>,
    mu: Vec<f64>,
    beta: Vec<f64>,
    identified: Vec<bool>,
    residual_share: Vec<f64>,
    level_share: Vec<f64>,
    bread: Vec<f64>,
    tolerance: f64,
}

/// Runs the steps until the deviance settles and nothing drifts.
pub(super) fn iterate(sample: &Sample) -> Steps {
    let mut state = State::new(sample);
    // The starting means lie outside the model, so their deviance binds nothing.
    let mut deviance = f64::INFINITY;
    let mut separated = Vec::new();
    let (mut iterations, mut converged) = (0, false);
    while iterations < ITERATIONS_MAX && !converged {
        iterations += 1;
        let change = state.step(&mut deviance);
        let drift = change.moved.iter().fold(0.0_f64, |m, d| m.max(d.abs()));
        if change.settled {
            if drift <= DRIFT {
                converged = true;
            } else if let Some(rows) = separation(&sample.y, &change.moved) {
                separated = rows;
                break;
            }
        }
    }
    // The information belongs to the final means.
    state.free_columns();
    state.solve();
    let k = sample.x.len();
    state.columns.truncate(k);
    Steps {
        beta: state.beta,
        identified: state.identified,
        residual_share: state.residual_share,
        level_share: state.level_share,
        mu: state.mu,
        freed: state.columns,
        bread: state.bread,
        iterations,
        converged,
        separated,
    }
}

struct Change {
    settled: bool,
    /// Of the linear predictor, a row each.
    moved: Vec<f64>,
}

impl<'a> State<'a> {
    fn new(sample: &'a Sample) -> Self {
        let k = sample.x.len();
        let mean = sample.y.iter().sum::<f64>() / sample.y.len() as f64;
        let mu: Vec<f64> = sample.y.iter().map(|y| (y + mean) / 2.0).collect();
        let mut columns = sample.x.clone();
        columns.push(vec![0.0; sample.y.len()]);
        Self {
            sample,
            absorber: Absorber::new(&sample.groups, &sample.levels),
            columns,
            working: vec![0.0; sample.y.len()],
            eta: mu.iter().map(|m| m.ln()).collect(),
            mu,
            beta: vec![0.0; k],
            identified: vec![true; k],
            residual_share: vec![0.0; k],
            level_share: vec![0.0; k],
            bread: vec![0.0; k * k],
            tolerance: ABSORB_TOLERANCE_FIRST,
        }
    }

    /// Frees all columns at the weights of the current means. The working outcome
    /// is moved by its change since the last step: both differ from the original
    /// columns by effects only, so that the work already done is kept.
    fn free_columns(&mut self) {
        let k = self.sample.x.len();
        let weighted: Vec<f64> = self.mu.iter().zip(&self.sample.weights).map(|(m, w)| m * w).collect();
        self.absorber.set_weights(&weighted);
        for i in 0..self.mu.len() {
            let z = self.eta[i] + (self.sample.y[i] - self.mu[i]) / self.mu[i];
            self.columns[k][i] += z - self.working[i];
            self.working[i] = z;
        }
        let (absorber, x, working) = (&self.absorber, &self.sample.x, &self.working);
        let tolerance = self.tolerance;
        self.columns.par_iter_mut().enumerate().for_each(|(c, column)| {
            let original = if c < k { &x[c] } else { working };
            let (around_mean, _) = sums_of_squares(absorber.weights(), original);
            absorber.residualise(column, around_mean, tolerance);
        });
    }

    /// Weighted least squares of the freed working outcome on the freed regressors.
    fn solve(&mut self) {
        let k = self.sample.x.len();
        let w = self.absorber.weights();
        let weighted: Vec<Vec<f64>> =
            self.columns[..k].iter().map(|c| c.iter().zip(w).map(|(c, w)| c * w).collect()).collect();
        let mut information = vec![0.0; k * k];
        for i in 0..k {
            for j in 0..=i {
                information[i * k + j] = dot(&weighted[i], &self.columns[j]);
                information[j * k + i] = information[i * k + j];
            }
            let (around_mean, around_zero) = sums_of_squares(w, &self.sample.x[i]);
            let left = information[i * k + i];
            self.residual_share[i] = if around_mean > 0.0 { left / around_mean } else { 0.0 };
            self.level_share[i] = if around_zero > 0.0 { left / around_zero } else { 0.0 };
            // A constant column keeps rounding errors around its mean.
            if self.residual_share[i] < RESIDUAL_SHARE_MIN || around_mean <= 1e-18 * around_zero {
                self.identified[i] = false;
            }
        }
        self.bread = linear::inverse(&information, k, &mut self.identified, COLLINEAR);
        let moments: Vec<f64> = weighted.iter().map(|c| dot(c, &self.columns[k])).collect();
        self.beta = linear::times(&self.bread, &moments);
    }

    /// One step, halved while the deviance grows.
    fn step(&mut self, deviance_now: &mut f64) -> Change {
        let k = self.sample.x.len();
        self.free_columns();
        self.solve();
        let mut target = self.working.clone();
        for (i, target) in target.iter_mut().enumerate() {
            let explained: f64 = (0..k).map(|c| self.beta[c] * self.columns[c][i]).sum();
            *target -= self.columns[k][i] - explained;
        }
        let before = std::mem::take(&mut self.eta);
        let mut share = 1.0;
        loop {
            self.eta = before
                .iter()
                .zip(&target)
                .map(|(b, t)| (b + share * (t - b)).clamp(ETA_MIN, 700.0))
                .collect();
            self.mu = self.eta.iter().map(|e| e.exp()).collect();
            let next = deviance(self.sample, &self.mu);
            let scale = next.abs().max(1e-3 * self.sample.y.len() as f64);
            if next.is_finite() && next <= *deviance_now + 1e-9 * scale || share < 1e-3 {
                let moved = (*deviance_now - next).abs() / scale;
                let is_exact = self.tolerance <= ABSORB_TOLERANCE;
                let settled = is_exact && share == 1.0 && moved <= DEVIANCE_TOLERANCE;
                // The error of a step is of the order of the square root of its gain.
                self.tolerance = self.tolerance.min((1e-3 * moved.sqrt()).max(ABSORB_TOLERANCE));
                *deviance_now = next;
                let moved = self.eta.iter().zip(&before).map(|(e, b)| e - b).collect();
                return Change { settled, moved };
            }
            share /= 2.0;
        }
    }
}

/// The rows that are separated, when the last move proves it: it is a combination
/// of regressors and effects, zero wherever something was sold, nowhere positive
/// and negative somewhere, so following it forever only raises the likelihood
/// (the criterion of Correia, Guimarães and Zylkin 2019, "Verifying the existence
/// of maximum likelihood estimates for generalized linear models").
fn separation(y: &[f64], moved: &[f64]) -> Option<Vec<usize>> {
    let largest = moved.iter().fold(0.0_f64, |m, d| m.max(-d));
    let zero = 1e-3 * largest;
    let proof = y.iter().zip(moved).all(|(y, d)| if *y > 0.0 { d.abs() <= zero } else { *d <= zero });
    let rows: Vec<usize> = (0..y.len()).filter(|&i| moved[i] < -0.1 * largest).collect();
    (proof && largest > DRIFT && !rows.is_empty()).then_some(rows)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Weighted sums of squares of a column around its mean and around zero.
fn sums_of_squares(w: &[f64], column: &[f64]) -> (f64, f64) {
    let total: f64 = w.iter().sum();
    let mean = dot(w, column) / total;
    let around_mean = column.iter().zip(w).map(|(v, w)| w * (v - mean) * (v - mean)).sum();
    let around_zero = column.iter().zip(w).map(|(v, w)| w * v * v).sum();
    (around_mean, around_zero)
}

fn deviance(sample: &Sample, mu: &[f64]) -> f64 {
    let part = |(y, m): (&f64, &f64)| if *y > 0.0 { y * (y / m).ln() - (y - m) } else { *m };
    2.0 * sample.y.iter().zip(mu).zip(&sample.weights).map(|(ym, w)| w * part(ym)).sum::<f64>()
}
