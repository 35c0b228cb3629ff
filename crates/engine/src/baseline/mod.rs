//! Sales if nothing changed: a discounted Gamma–Poisson filter a series with
//! pooled seasonality. Gives levels and their uncertainty; draws nothing.

use crate::calendar::Month;

/// Expected sales ahead, cleaned of incentives. Series are those of the panel;
/// cells are series-major over `months` from `first_month`.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// First month ahead.
    pub first_month: Month,
    /// Months ahead.
    pub months: usize,
    /// Expected units at no incentive; times exp(β·x) is the expectation under one.
    pub mean: Vec<f64>,
    /// Gamma shape of the level's posterior, one a series: its relative standard
    /// deviation is `1 / sqrt(level_shape)`.
    pub level_shape: Vec<f64>,
    /// Gamma shape of the overdispersion of single months, one a series.
    pub dispersion: Vec<f64>,
    /// Net revenue of a unit as a share of list price, one a series.
    pub net_price_share: Vec<f64>,
    /// Expected share of units that come back, one a series.
    pub return_share: Vec<f64>,
    /// AR(1) coefficient of the common shock of a product × region.
    pub shock_rho: f64,
    /// Standard deviation of a month's new shock, in logs.
    pub shock_sigma: f64,
}
