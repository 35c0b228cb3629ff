//! What the spread between products may be before it is weighed by what the products
//! say: which covariances of responses, lag by lag, are thought of, and how likely each
//! is beforehand. Estimates nothing else.
//!
//! Products of one company differ mostly in how strongly their sales answer, less in how
//! the answer spreads over the months: T = τ²·u uᵀ + ω²·I, u the direction of their mean.
//! Both have half-normal priors, τ with three tenths of the size of the mean as its scale, ω with a
//! tenth. Where the estimates lie further apart than chance allows once in a hundred
//! (DerSimonian and Laird 1986), the scales are at least that.

use super::LAGS;
use super::shrink::{Matrix, Mean, Own, Vector};

/// Scale of the strength's spread, in sizes of the mean.
const STRENGTH: f64 = 0.3;
/// Scale of the spread of every lag besides, in the same.
const SHAPE: f64 = 0.1;
/// Scale of the latter, as a share of what the estimates lie apart.
const SHAPE_APART: f64 = 1.0 / 3.0;
/// Values of τ and ω that are thought of, up to so many scales.
const STRENGTHS: usize = 20;
const SHAPES: usize = 12;
const SCALES_MAX: f64 = 6.0;
const NORMAL_99: f64 = 2.326_347_874_040_841;

/// Covariances between products with the log of their prior weight. `fixed`: the mean
/// where products do not differ.
pub(super) fn possible(own: &[Own], fixed: &Mean, active: [bool; LAGS]) -> Vec<(Matrix, f64)> {
    let direction = direction(fixed);
    let size = direction.norm();
    let unit = if size > 0.0 { direction / size } else { first(active) };
    let apart = (0..LAGS).map(|l| apart(own, l)).fold(0.0, f64::max).sqrt();
    let strength = (STRENGTH * size).max(apart).max(1e-9);
    let shape = (SHAPE * size).max(SHAPE_APART * apart).max(1e-9);
    let of_one = unit * unit.transpose();
    let each = Matrix::from_fn(|a, b| f64::from(u8::from(a == b && active[a])));
    // One lag has no shape.
    let shapes = if active.iter().filter(|a| **a).count() > 1 { values(SHAPES) } else { vec![(0.0, 0.0)] };
    let mut all = Vec::new();
    for (tau, log_tau) in values(STRENGTHS) {
        for (omega, log_omega) in &shapes {
            let between = of_one * (tau * strength).powi(2) + each * (omega * shape).powi(2);
            all.push((between, log_tau + log_omega));
        }
    }
    all
}

/// The mean, later lags as far as they are told apart from nothing, γ³/(γ² + Var γ): a
/// lag that is only noise shall not be one in which products differ.
fn direction(fixed: &Mean) -> Vector {
    let told = |l: usize| {
        let square = fixed.estimate[l].powi(2);
        let doubt = if l == 0 { 0.0 } else { fixed.error[(l, l)].max(0.0) };
        let share = square / (square + doubt);
        if share.is_finite() { share * fixed.estimate[l] } else { 0.0 }
    };
    Vector::from_fn(|l, _| told(l))
}

fn first(active: [bool; LAGS]) -> Vector {
    let first = active.iter().position(|a| *a).unwrap_or(0);
    Vector::from_fn(|l, _| f64::from(u8::from(l == first)))
}

/// Multiples of a scale, closer together near nothing, with their half-normal weights.
fn values(count: usize) -> Vec<(f64, f64)> {
    let at = |i: usize| {
        let u = (i as f64 + 0.5) / count as f64;
        let v = SCALES_MAX * u * u;
        (v, u.ln() - 0.5 * v * v)
    };
    (0..count).map(at).collect()
}

/// Variance of a lag between products by moments, less what chance gives once in a
/// hundred (χ² by Wilson and Hilferty 1931).
fn apart(own: &[Own], lag: usize) -> f64 {
    let told: Vec<(f64, f64)> = own.iter().filter_map(|o| o.lag(lag)).collect();
    if told.len() < 2 {
        return 0.0;
    }
    let sum = |f: &dyn Fn(f64, f64) -> f64| told.iter().map(|(b, v)| f(*b, *v)).sum::<f64>();
    let weight = sum(&|_, v| 1.0 / v);
    let mean = sum(&|b, v| b / v) / weight;
    let squares = sum(&|_, v| v.powi(-2));
    let q = sum(&|b, v| (b - mean).powi(2) / v);
    let ninths = 2.0 / (9.0 * (told.len() - 1) as f64);
    let chance = (told.len() - 1) as f64 * (1.0 - ninths + NORMAL_99 * ninths.sqrt()).powi(3);
    let variance = (q - chance) / (weight - squares / weight);
    if variance.is_finite() { variance.max(0.0) } else { 0.0 }
}
