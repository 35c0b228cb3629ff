//! Least squares with absorbed effects, for outcomes that may be negative (logarithms,
//! prices). Shares the absorption and the standard errors with the Poisson fit.

use super::absorb::Absorber;
use super::irls::COLLINEAR;
use super::{Design, DesignError, Fit, RESIDUAL_SHARE_MIN, Sample, check_columns};
use crate::response::linear::{self, dot};

/// Effects are taken out up to this share of a column's length.
const TOLERANCE: f64 = 1e-10;

/// Fits `y = xβ + effects` by weighted least squares. `mu` of the result is 1
/// everywhere: the working weight, not a mean.
pub fn fit_linear(design: &Design) -> Result<Fit, DesignError> {
    check_columns(design, f64::NEG_INFINITY)?;
    let sample = Sample::whole(design);
    if sample.rows.is_empty() {
        return Err(DesignError::Empty);
    }
    let (k, n) = (sample.x.len(), sample.y.len());
    let mut absorber = Absorber::new(&sample.groups, &sample.levels);
    absorber.set_weights(&sample.weights);
    let w = &sample.weights;
    let around_zero = |c: &[f64]| c.iter().zip(w).map(|(v, w)| w * v * v).sum::<f64>();
    let around_mean = |c: &[f64]| {
        let mean = dot(c, w) / absorber.total();
        c.iter().zip(w).map(|(v, w)| w * (v - mean) * (v - mean)).sum::<f64>()
    };
    let free = |column: &[f64]| {
        let scale = around_mean(column).max(f64::MIN_POSITIVE);
        let mut freed = column.to_vec();
        absorber.residualise(&mut freed, scale, TOLERANCE, true);
        freed
    };
    let freed: Vec<Vec<f64>> = sample.x.iter().map(|c| free(c)).collect();
    let mut residual = free(&sample.y);
    let weighted: Vec<Vec<f64>> =
        freed.iter().map(|c| c.iter().zip(w).map(|(c, w)| c * w).collect()).collect();
    let information: Vec<f64> = (0..k * k).map(|at| dot(&weighted[at / k], &freed[at % k])).collect();
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    let left = |c: usize| information[c * k + c];
    let residual_share: Vec<f64> = (0..k).map(|c| share(left(c), around_mean(&sample.x[c]))).collect();
    let level_share: Vec<f64> = (0..k).map(|c| share(left(c), around_zero(&sample.x[c]))).collect();
    let mut identified: Vec<bool> = residual_share.iter().map(|s| *s >= RESIDUAL_SHARE_MIN).collect();
    let bread = linear::inverse(&information, k, &mut identified, COLLINEAR);
    let moments: Vec<f64> = weighted.iter().map(|c| dot(c, &residual)).collect();
    let beta = linear::times(&bread, &moments);
    for (beta, column) in beta.iter().zip(&freed) {
        residual.iter_mut().zip(column).for_each(|(r, x)| *r -= beta * x);
    }
    Ok(Fit {
        beta,
        identified,
        residual_share,
        level_share,
        rows: sample.rows,
        mu: vec![1.0; n],
        residual,
        freed,
        bread,
        dropped_zero: 0,
        dropped_single: 0,
        dropped_separated: 0,
        iterations: 1,
        converged: true,
        weights: sample.weights,
        groups: sample.groups,
        levels: sample.levels,
    })
}
