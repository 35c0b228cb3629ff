//! The steps of the fit on a chosen sample, and the detection of separation.

use rayon::prelude::*;

use super::absorb::Absorber;
use super::{RESIDUAL_SHARE_MIN, Sample};
use crate::response::linear::{self, dot};

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
pub(super) const COLLINEAR: f64 = 1e-9;
/// Running sums side by side.
const LANES: usize = 8;
const ETA_MIN: f64 = -80.0;

struct State<'a> {
    sample: &'a Sample,
    absorber: Absorber<'a>,
    /// Regressors, then the working outcome, freed from the effects.
    columns: Vec<Vec<f64>>,
    working: Vec<f64>,
    /// Of the original columns at the current weights, around mean and zero.
    squares: Vec<(f64, f64)>,
    eta: Vec<f64>,
    mu: Vec<f64>,
    /// Logarithm of the outcome; 0 where it is 0.
    log_y: Vec<f64>,
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
    state.free_columns(true);
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
        let absorber = Absorber::new(&sample.groups, &sample.levels);
        let tolerance = if absorber.is_exact() { ABSORB_TOLERANCE } else { ABSORB_TOLERANCE_FIRST };
        Self {
            sample,
            absorber,
            columns,
            working: vec![0.0; sample.y.len()],
            squares: Vec::new(),
            eta: mu.iter().map(|m| m.ln()).collect(),
            mu,
            log_y: sample.y.iter().map(|y| if *y > 0.0 { y.ln() } else { 0.0 }).collect(),
            beta: vec![0.0; k],
            identified: vec![true; k],
            residual_share: vec![0.0; k],
            level_share: vec![0.0; k],
            bread: vec![0.0; k * k],
            tolerance,
        }
    }

    /// Frees all columns at the weights of the current means. The working outcome
    /// is moved by its change since the last step: both differ from the original
    /// columns by effects only, so that the work already done is kept.
    fn free_columns(&mut self, last: bool) {
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
        let free = |(c, column): (usize, &mut Vec<f64>)| {
            let squares = sums_of_squares(absorber, if c < k { &x[c] } else { working });
            absorber.residualise(column, squares.0, tolerance, last);
            squares
        };
        self.squares = self.columns.par_iter_mut().enumerate().map(free).collect();
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
            let (around_mean, around_zero) = self.squares[i];
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
        self.free_columns(false);
        self.solve();
        let mut target = self.working.clone();
        target.iter_mut().zip(&self.columns[k]).for_each(|(t, z)| *t -= z);
        for (beta, column) in self.beta.iter().zip(&self.columns) {
            target.iter_mut().zip(column).for_each(|(t, x)| *t += beta * x);
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
            let next = self.deviance();
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

    /// 2·Σ w·(y·ln(y/μ) − y + μ), with ln μ known.
    fn deviance(&self) -> f64 {
        let sample = self.sample;
        let mut sums = [0.0; LANES];
        for from in (0..self.mu.len()).step_by(LANES) {
            let to = (from + LANES).min(self.mu.len());
            let (y, m, w) = (&sample.y[from..to], &self.mu[from..to], &sample.weights[from..to]);
            let (log, eta) = (&self.log_y[from..to], &self.eta[from..to]);
            for i in 0..y.len() {
                sums[i] += w[i] * (y[i] * (log[i] - eta[i]) - y[i] + m[i]);
            }
        }
        2.0 * sums.iter().sum::<f64>()
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

/// Weighted sums of squares of a column around its mean and around zero.
fn sums_of_squares(absorber: &Absorber, column: &[f64]) -> (f64, f64) {
    let w = absorber.weights();
    let mean = dot(w, column) / absorber.total();
    let (mut around_mean, mut around_zero) = ([0.0; LANES], [0.0; LANES]);
    for (w, column) in w.chunks(LANES).zip(column.chunks(LANES)) {
        for (lane, (w, v)) in w.iter().zip(column).enumerate() {
            around_mean[lane] += w * (v - mean) * (v - mean);
            around_zero[lane] += w * v * v;
        }
    }
    (around_mean.iter().sum(), around_zero.iter().sum())
}
