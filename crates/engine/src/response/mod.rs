//! How sales answer an incentive: estimation from the history's own changes,
//! shrinkage and an evidence grade. Says "nothing is known" where that is so; no
//! constant here pretends to be an estimate.

pub(crate) mod linear;
pub mod ppml;

use crate::forecast::Grade;

/// Months of carry-over that are estimated besides the month itself: lags 0, 1, 2.
pub const LAGS: usize = 3;

/// What the history says about every product.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseModel {
    /// One a product of the catalogue, in its order.
    pub products: Vec<ProductResponse>,
}

/// The response of one product and the evidence behind it.
#[derive(Debug, Clone, PartialEq)]
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
}

/// Log units per 1.0 of effective incentive at lags 0, 1 and 2, jointly normal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LagResponse {
    /// Posterior mean.
    pub mean: [f64; LAGS],
    /// Lower Cholesky factor of the posterior covariance.
    pub cholesky: [[f64; LAGS]; LAGS],
}
