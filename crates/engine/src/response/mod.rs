//! How sales answer an incentive: estimation from the history's own changes,
//! shrinkage and an evidence grade. Says "nothing is known" where that is so; no
//! constant here pretends to be an estimate.

mod changes;
pub(crate) mod linear;
pub(crate) mod lives;
mod model;
mod naive;
mod own;
pub mod ppml;
mod rows;
mod shrink;

#[cfg(test)]
mod tests;

pub use model::fit;
pub use naive::naive;

use crate::calendar::Month;
use crate::company::Company;
use crate::forecast::Grade;
use crate::panel::Panel;
use lives::Lives;

/// Months of carry-over that are estimated besides the month itself: lags 0, 1, 2.
pub const LAGS: usize = 3;

/// An incentive whose variation the effects leave less of than this share of its
/// level says nothing (FORECASTING.md §2, evidence grade).
pub(crate) const RESIDUAL_SHARE_MIN: f64 = 1e-6;

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
    /// What the estimate was made of.
    pub diagnostics: Diagnostics,
}

/// Log units per 1.0 of effective incentive at lags 0, 1 and 2, jointly normal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LagResponse {
    /// Posterior mean.
    pub mean: [f64; LAGS],
    /// Lower Cholesky factor of the posterior covariance.
    pub cholesky: [[f64; LAGS]; LAGS],
}

/// What an estimate was made of, to be shown and tested. Pairs are coefficient and
/// standard error, log units per 1.0 of effective incentive.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Diagnostics {
    /// The product's own lag 0 before shrinkage.
    pub unshrunk: Option<(f64, f64)>,
    /// The incentive of next month on sales now: 0 unless buyers wait for it.
    pub lead: Option<(f64, f64)>,
    /// The firm-facing incentive, one for all products. `None`: the history cannot
    /// tell it from the seller's, whose response holds for the sum of both.
    pub firm: Option<(f64, f64)>,
    /// Mean of all products at lag 0, and the spread between them.
    pub pooled: Option<(f64, f64)>,
    /// Partner months behind the own estimate.
    pub rows: usize,
    /// Partners that effectively carry it.
    pub clusters: f64,
}

impl LagResponse {
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
