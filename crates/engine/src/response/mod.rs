//! How sales answer an incentive: estimation from the history's own changes,
//! shrinkage and an evidence grade. Says "nothing is known" where that is so; no
//! constant here pretends to be an estimate.

mod changes;
mod check;
pub(crate) mod linear;
pub(crate) mod lives;
mod model;
mod moderate;
mod naive;
mod own;
pub mod ppml;
mod price;
mod priors;
mod rows;
mod shift;
mod shrink;
mod spread;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_priors;
#[cfg(test)]
mod tests_shrink;
#[cfg(test)]
pub(crate) mod world;

pub use check::Imputation;
pub use model::{fit, fit_with};
pub use naive::naive;
pub use priors::{PriorKind, Priors, UserPrior};
pub use shift::{Shift, ShiftSource};

use serde::{Deserialize, Serialize};

use crate::calendar::Month;
use crate::company::Company;
use crate::forecast::Grade;
use crate::panel::Panel;
use lives::Lives;

/// Months of carry-over that are estimated besides the month itself: lags 0, 1, 2.
pub const LAGS: usize = 3;

/// An incentive whose variation the effects leave less of than this share of its
/// level says nothing (FORECASTING.md §2, evidence grade).
pub(crate) const LEVEL_SHARE_MIN: f64 = 1e-6;

/// What the history says about every product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResponseModel {
    /// One a product of the catalogue, in its order.
    pub products: Vec<ProductResponse>,
    /// What eligible partners take from the others: an assumption, always named.
    pub shift: Shift,
    /// The user's own knowledge that went in.
    pub priors: Vec<UserPrior>,
}

/// The response of one product and the evidence behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductResponse {
    /// Evidence grade.
    pub grade: Grade,
    /// Distinct changes of the incentive in the history.
    pub changes: usize,
    /// Share of the estimate from this product's own history, 0 to 1.
    pub share_from_history: f64,
    /// Least and greatest effective incentive observed, as a share of list price.
    pub range: [f64; 2],
    /// Such as `LEAD NOT CLEAN`.
    pub flags: Vec<String>,
    /// `None`: nothing is known, from this product or any other.
    pub lags: Option<LagResponse>,
    /// What the estimate was made of.
    pub diagnostics: Diagnostics,
}

/// Log units per 1.0 of effective incentive at lags 0, 1 and 2, jointly normal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LagResponse {
    /// Posterior mean.
    pub mean: [f64; LAGS],
    /// Lower Cholesky factor of the posterior covariance.
    pub cholesky: [[f64; LAGS]; LAGS],
}

/// What an estimate was made of, to be shown and tested. Pairs are coefficient and
/// standard error, log units per 1.0 of effective incentive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Diagnostics {
    /// The product's own lag 0 before shrinkage.
    pub unshrunk: Option<(f64, f64)>,
    /// The incentive of next month on sales now: 0 unless buyers wait for it.
    pub lead: Option<(f64, f64)>,
    /// The firm-facing incentive, one for all products; where little is known it leans
    /// on half of the seller's (flag `FIRM INCENTIVE HARDLY KNOWN`). `None`: the history
    /// says nothing, and the seller's response holds for the sum of both.
    pub firm: Option<(f64, f64)>,
    /// The lift of the treated months, found again from untreated months alone.
    pub imputation: Option<Imputation>,
    /// What the user knows of this product, with its standard error.
    pub user: Option<(f64, f64)>,
    /// Mean of all products at lag 0, and the spread between them.
    pub pooled: Option<(f64, f64)>,
    /// Partner months behind the own estimate.
    pub rows: usize,
    /// Partners that effectively carry it.
    pub clusters: f64,
    /// Loadings, lag by lag, of the part of the posterior's error that all products
    /// share on the normals behind it: that of their mean, as far as this product leans
    /// on it. With its transpose, part of the covariance of [`LagResponse`].
    pub common: [[f64; LAGS]; LAGS],
}

/// A product's response split for joint draws over products: with standard normals
/// `u` drawn once for all products and `z` for each, lag `l` of a product is
/// `mean[l] + Σ_m common[l][m]·u[m] + Σ_m own_cholesky[l][m]·z[m]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JointResponse {
    /// Posterior mean.
    pub mean: [f64; LAGS],
    /// Loadings on the draws that all products share.
    pub common: [[f64; LAGS]; LAGS],
    /// Lower Cholesky factor of the rest.
    pub own_cholesky: [[f64; LAGS]; LAGS],
}

impl ProductResponse {
    /// The response for draws of several products at once. Products that lean on
    /// their common mean err together: drawn one by one their sum would look too
    /// certain. `None` where nothing is known.
    pub fn joint(&self) -> Option<JointResponse> {
        let lags = self.lags?;
        let common = self.diagnostics.common;
        let mut rest = lags.covariance();
        for (a, row) in rest.iter_mut().enumerate() {
            for (b, rest) in row.iter_mut().enumerate() {
                *rest -= (0..LAGS).map(|m| common[a][m] * common[b][m]).sum::<f64>();
            }
        }
        Some(JointResponse { mean: lags.mean, common, own_cholesky: linear::cholesky(&rest) })
    }
}

impl LagResponse {
    /// Posterior covariance.
    pub fn covariance(&self) -> [[f64; LAGS]; LAGS] {
        let l = &self.cholesky;
        std::array::from_fn(|a| std::array::from_fn(|b| (0..LAGS).map(|m| l[a][m] * l[b][m]).sum()))
    }

    /// Standard deviation of the coefficient at a lag.
    pub fn se(&self, lag: usize) -> f64 {
        self.cholesky[lag].iter().map(|v| v * v).sum::<f64>().sqrt()
    }
}

/// The history, indexed for estimation.
pub(crate) struct Data<'a> {
    company: &'a Company,
    panel: &'a Panel,
    lives: Lives,
    /// Number of each partner's region.
    region: Vec<u32>,
    /// Series of each product.
    series_of: Vec<Vec<usize>>,
}

impl<'a> Data<'a> {
    fn new(company: &'a Company, panel: &'a Panel, usable_through: Month) -> Self {
        let regions = company.catalog.regions();
        let number = |r: &str| regions.iter().position(|n| *n == r).unwrap_or(0) as u32;
        let mut series_of = vec![Vec::new(); company.catalog.products.len()];
        for (s, (_, product)) in panel.series.iter().enumerate() {
            series_of[*product].push(s);
        }
        Self {
            company,
            panel,
            lives: Lives::of(company, panel, usable_through),
            region: company.catalog.partners.iter().map(|p| number(&p.region)).collect(),
            series_of,
        }
    }
}
