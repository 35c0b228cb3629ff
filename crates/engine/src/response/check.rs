//! The cross-check of a product's response: what treated months sold against what
//! untreated ones alone lead to expect (FORECASTING.md §2, imputation). Only reports;
//! never changes an estimate.

use serde::{Deserialize, Serialize};

use super::own::Estimate;
use super::ppml;
use super::rows::{Incentive, Rows};
use super::{Data, LAGS};
use crate::catalog::ProductIx;

/// The lift of the treated months, found twice.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Imputation {
    /// Σy/Σμ̂⁰ − 1 over treated months, μ̂⁰ from untreated ones alone.
    pub lift: f64,
    /// Its standard error.
    pub se: f64,
    /// What the response says of the same months.
    pub fitted: f64,
    /// And its standard error.
    pub fitted_se: f64,
}

impl Imputation {
    /// More than two standard errors apart. Both come from the same sales, so that
    /// their errors do not add up: the larger one counts.
    pub fn disagrees(&self) -> bool {
        (self.lift - self.fitted).abs() > 2.0 * self.se.max(self.fitted_se)
    }
}

/// A month is treated from this share of the observed range above its least on.
const TREATED: f64 = 0.1;
/// Partners are left out in this many lots for the standard error.
const LOTS: u32 = 8;
const TREATED_MIN: usize = 10;

/// `None` where the untreated months do not reach far enough.
pub(super) fn impute(
    data: &Data,
    product: ProductIx,
    x: Incentive,
    range: [f64; 2],
    estimate: &Estimate,
) -> Option<Imputation> {
    let rows = Rows::of(data, product, x, None);
    let edge = range[0] + TREATED * (range[1] - range[0]);
    let is_treated: Vec<bool> = rows.x[0].iter().map(|x| *x > edge).collect();
    // What follows a treated month may still feel it.
    let is_free: Vec<bool> =
        (0..rows.y.len()).map(|i| rows.x[..LAGS].iter().all(|lag| lag[i] <= edge)).collect();
    let groups = [rows.partner.clone(), rows.region_time(data.panel.months)];
    let lift = |left_out: Option<u32>| -> Option<(f64, Vec<(usize, f64)>)> {
        let within = |i: usize| left_out.is_none_or(|lot| rows.partner[i] % LOTS != lot);
        let free: Vec<bool> = (0..rows.y.len()).map(|i| is_free[i] && within(i)).collect();
        let without = ppml::untreated(&rows.y, &groups, None, &free, true).ok()?;
        let cells: Vec<(usize, f64)> = (0..rows.y.len())
            .filter(|&i| is_treated[i] && within(i))
            .filter_map(|i| Some((i, without[i]?)))
            .collect();
        let (sold, expected) = cells.iter().fold((0.0, 0.0), |(y, m), (i, mu)| (y + rows.y[*i], m + mu));
        (cells.len() >= TREATED_MIN && expected > 0.0).then(|| (sold / expected - 1.0, cells))
    };
    let (found, cells) = lift(None)?;
    let lots: Vec<f64> = (0..LOTS).map(|lot| lift(Some(lot)).map(|l| l.0)).collect::<Option<_>>()?;
    let mean = lots.iter().sum::<f64>() / f64::from(LOTS);
    // The jackknife over lots of partners.
    let factor = f64::from(LOTS - 1) / f64::from(LOTS);
    let se = (factor * lots.iter().map(|l| (l - mean).powi(2)).sum::<f64>()).sqrt();
    let (mut total, mut lifted, mut slope) = (0.0, 0.0, [0.0; LAGS]);
    for (i, mu) in &cells {
        let above: [f64; LAGS] = std::array::from_fn(|lag| rows.x[lag][*i] - range[0]);
        let log: f64 = above.iter().zip(estimate.mean).map(|(x, b)| x * b).sum();
        let with = mu * log.exp();
        total += mu;
        lifted += with;
        slope.iter_mut().zip(above).for_each(|(s, x)| *s += with * x);
    }
    let variance: f64 = (0..LAGS)
        .flat_map(|a| (0..LAGS).map(move |b| (a, b)))
        .map(|(a, b)| slope[a] * slope[b] * estimate.covariance[a][b])
        .sum();
    let made = Imputation {
        lift: found,
        se,
        fitted: lifted / total - 1.0,
        fitted_se: variance.max(0.0).sqrt() / total,
    };
    [made.lift, made.se, made.fitted, made.fitted_se].iter().all(|v| v.is_finite()).then_some(made)
}
