//! Poisson pseudo-maximum likelihood with absorbed fixed effects: the conditional
//! mean of `y` is `exp(xβ + effects)`. Consistent for any distribution of `y`
//! with that mean; standard errors come from [`Fit::clustered`]. Knows nothing of
//! partners, products or incentives: it takes columns and gives coefficients.
//!
//! Iteratively reweighted least squares on columns freed from the effects
//! (Correia, Guimarães and Zylkin 2020, "Fast Poisson estimation with
//! high-dimensional fixed effects"), each step started from the last one's columns.

mod absorb;
mod cluster;
mod direct;
mod impute;
mod irls;
mod ols;
mod sample;

#[cfg(test)]
mod tests;

pub use cluster::Covariance;
pub use impute::untreated;
pub use ols::fit_linear;
use sample::Sample;

/// What to fit. All columns have the length of `y`.
#[derive(Debug, Clone, Copy)]
pub struct Design<'a> {
    /// Outcome, not negative.
    pub y: &'a [f64],
    /// Regressors, one column each.
    pub x: &'a [Vec<f64>],
    /// Sets of effects: the group of every row, numbered from 0. Gaps are allowed
    /// but cost memory.
    pub groups: &'a [Vec<u32>],
    /// Weight of every row, positive; `None`: all alike. The coefficients mean the
    /// same with any weights that do not follow the errors; good ones make them
    /// more certain.
    pub weights: Option<&'a [f64]>,
}

/// A design that cannot be fitted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DesignError {
    /// Columns of different lengths.
    #[error("{what} has {found} rows where the outcome has {expected}: give every column one value a row")]
    Length {
        /// Which column.
        what: String,
        /// Its length.
        found: usize,
        /// Length of the outcome.
        expected: usize,
    },
    /// A value that is not a finite number, or a negative outcome.
    #[error("{what} row {row} is {value}: outcomes must be finite and not negative, regressors finite")]
    Value {
        /// Which column.
        what: String,
        /// Which row, from 0.
        row: usize,
        /// The value, as text.
        value: String,
    },
    /// Nothing was left after dropping empty groups.
    #[error("no row is left after dropping groups that are all zero or of one row: nothing was sold")]
    Empty,
}

/// A fitted model. Rows are those that were used: see `rows`.
#[derive(Debug, Clone)]
pub struct Fit {
    /// Coefficients; zero where not identified.
    pub beta: Vec<f64>,
    /// Whether the effects and the other regressors leave a coefficient anything
    /// to be estimated from.
    pub identified: Vec<bool>,
    /// Weighted sum of squares of each regressor that the effects leave, as a share
    /// of its sum of squares around its mean. Below [`RESIDUAL_SHARE_MIN`] it is not identified.
    pub residual_share: Vec<f64>,
    /// The same as a share of its sum of squares around zero: its level.
    pub level_share: Vec<f64>,
    /// Positions in the design of the rows that were used, ascending.
    pub rows: Vec<u32>,
    /// Fitted mean of the rows used.
    pub mu: Vec<f64>,
    /// Outcome less fitted mean of the rows used.
    pub residual: Vec<f64>,
    /// Regressors freed from the effects at the final weights.
    pub freed: Vec<Vec<f64>>,
    /// Inverse of the information, `k × k` row by row, zero where not identified.
    pub bread: Vec<f64>,
    /// Rows dropped because a whole group is zero.
    pub dropped_zero: usize,
    /// Rows dropped because they are alone in a group.
    pub dropped_single: usize,
    /// Rows dropped because a combination of regressors and effects predicts their
    /// zero perfectly (separation).
    pub dropped_separated: usize,
    /// Steps of the last round.
    pub iterations: usize,
    /// Whether the last round settled.
    pub converged: bool,
    weights: Vec<f64>,
    groups: Vec<Vec<u32>>,
    levels: Vec<usize>,
}

/// A regressor whose variation is absorbed up to this share is not identified: what is
/// left multiplies its standard error by more than 30, and is the exceptions of a rule
/// (a few shops that kept their own weeks) rather than a contrast.
pub const RESIDUAL_SHARE_MIN: f64 = 1e-3;

const ROUNDS_MAX: usize = 8;

/// Fits a design: drops what cannot be informative, iterates, and drops separated
/// rows until there are none.
pub fn fit(design: &Design) -> Result<Fit, DesignError> {
    check_columns(design, 0.0)?;
    let mut keep = vec![true; design.y.len()];
    let (mut zero, mut single, mut separated) = (0, 0, 0);
    let mut round = 0;
    loop {
        let sample = Sample::select(design, &mut keep);
        zero += sample.dropped_zero;
        single += sample.dropped_single;
        if sample.rows.is_empty() {
            return Err(DesignError::Empty);
        }
        let steps = irls::iterate(&sample);
        round += 1;
        if !steps.separated.is_empty() && round < ROUNDS_MAX {
            separated += steps.separated.len();
            for s in &steps.separated {
                keep[sample.rows[*s] as usize] = false;
            }
            continue;
        }
        let residual = sample.y.iter().zip(&steps.mu).map(|(y, m)| y - m).collect();
        return Ok(Fit {
            beta: steps.beta,
            identified: steps.identified,
            residual_share: steps.residual_share,
            level_share: steps.level_share,
            rows: sample.rows,
            mu: steps.mu,
            residual,
            freed: steps.freed,
            bread: steps.bread,
            dropped_zero: zero,
            dropped_single: single,
            dropped_separated: separated,
            iterations: steps.iterations,
            converged: steps.converged && steps.separated.is_empty(),
            weights: sample.weights,
            groups: sample.groups,
            levels: sample.levels,
        });
    }
}

/// Lengths and values; outcomes must not be below `least`.
fn check_columns(design: &Design, least: f64) -> Result<(), DesignError> {
    let expected = design.y.len();
    let length = |what: String, found: usize| {
        if found == expected { Ok(()) } else { Err(DesignError::Length { what, found, expected }) }
    };
    let value = |what: String, column: &[f64], least: f64| match column
        .iter()
        .position(|v| !v.is_finite() || *v < least)
    {
        None => Ok(()),
        Some(row) => Err(DesignError::Value { what, row, value: column[row].to_string() }),
    };
    value("the outcome".to_owned(), design.y, least)?;
    for (c, column) in design.x.iter().enumerate() {
        length(format!("regressor {c}"), column.len())?;
        value(format!("regressor {c}"), column, f64::NEG_INFINITY)?;
    }
    if let Some(weights) = design.weights {
        length("the weights".to_owned(), weights.len())?;
        value("the weights".to_owned(), weights, f64::MIN_POSITIVE)?;
    }
    for (g, groups) in design.groups.iter().enumerate() {
        length(format!("set of effects {g}"), groups.len())?;
    }
    Ok(())
}
