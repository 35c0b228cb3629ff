//! Sales if nothing changed (FORECASTING.md §3): a discounted Gamma–Poisson filter a
//! series, on history that is cleaned of incentives, late reporting, pooled seasons, a
//! damped trend a product and the shocks that partners of a product and region share.
//! Gives levels and their uncertainty; draws nothing.
//!
//! The order of work: [`reporting_lag`] says how much of the last months is known,
//! `cells` lays out what counts, `learn` estimates levels and market effects in turn,
//! `widths` checks the widths on the history's own last year, `ahead` goes on.
//!
//! # What odd histories give
//!
//! Every number is finite, whatever comes in. A series without sales leans on its
//! partner's and product's means and says so by its width; a history without sales
//! gives zeros. One month of history gives that month, without season or trend. A
//! single month far from all others (1000 times) is cut to ten times the mean of the
//! others for its own series and for everything pooled. Returns never lower sales:
//! they are a share of them, at most all. Far ahead (ten years) shocks have faded, the
//! trend has run out, and season and level stay.

use serde::{Deserialize, Serialize};

mod ahead;
mod cells;
pub mod count;
mod effects;
mod filter;
mod kalman;
mod learn;
mod levels;
mod markets;
mod partners;
mod published;
mod reporting;
mod season;
mod shares;
mod shocks;
mod trend;
mod widths;

#[cfg(test)]
mod tests;

use crate::calendar::Month;
use crate::company::Company;
use crate::panel::Panel;
use ahead::Ahead;
use cells::Cells;
use learn::Learned;
use widths::Widths;

pub use filter::{Filter, Level, Step};
pub use published::{POOL_MIN, Pool, SharedBaseline};
pub use reporting::reporting_lag;

/// Expected sales ahead, cleaned of incentives. Series are those of the panel; cells
/// are series-major over `months` from `first_month`.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// First month ahead.
    pub first_month: Month,
    /// Months ahead.
    pub months: usize,
    /// Expected units at no incentive; times exp(β·x) is the expectation under one.
    /// What is known of the common shocks of the last months is in it, and fades.
    pub mean: Vec<f64>,
    /// Gamma shape of the level's posterior, one a series: its relative standard
    /// deviation is `1 / sqrt(level_shape)`.
    pub level_shape: Vec<f64>,
    /// Gamma shape of the overdispersion of single months, one a cell.
    pub dispersion: Vec<f64>,
    /// Net revenue of a unit as a share of list price, one a series.
    pub net_price_share: Vec<f64>,
    /// Expected share of units that come back, one a series.
    pub return_share: Vec<f64>,
    /// Position in `markets` of each series.
    pub market_of: Vec<usize>,
    /// Products in regions, each with what its partners' sales share.
    pub markets: Vec<MarketAhead>,
    /// What moves markets from month to month.
    pub shocks: Shocks,
    /// Standard deviation in logs of what a partner's sales of a month share over
    /// products, new every month.
    pub partner_sigma: f64,
}

/// How far a market as a whole may lie from its expectation. Its log deviation in
/// month `j` is
/// `width[j] · (s_j + c_j + level[j]·u + slope[j]·v + common[j]·w_j) − ½·variance`,
/// where u is a standard normal of the market, v one of the product, w_j one of the
/// month for all markets; s is an AR(1) path that is a normal of standard deviation
/// `start` in the month before the first, and c the path of the whole company.
#[derive(Debug, Clone, PartialEq)]
pub struct MarketAhead {
    /// Region, as a position in the sorted regions of the catalogue.
    pub region: usize,
    /// Product.
    pub product: usize,
    /// Standard deviation of the shock in the month before the first one ahead.
    pub start: f64,
    /// Loading on the market's own lasting error, by month.
    pub level: Vec<f64>,
    /// Loading on the error of the product's trend, by month.
    pub slope: Vec<f64>,
    /// Loading on the error that all markets share in a month.
    pub common: Vec<f64>,
    /// Factor on all of it, by month, from the history's own last year.
    pub width: Vec<f64>,
}

/// What moves markets from month to month, in logs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shocks {
    /// AR(1) coefficient of a market's own shocks, 0 to below 1.
    pub rho: f64,
    /// Standard deviation of a month's new shock.
    pub sigma: f64,
    /// Share of a new shock's variance that the markets of a product have in common.
    pub product_share: f64,
    /// The shock that all markets have in common; all zero where none was seen.
    pub company: Process,
}

/// An AR(1) process whose state in the month before the first is known up to an error.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Process {
    /// Coefficient, 0 to below 1.
    pub rho: f64,
    /// Standard deviation of a month's new shock.
    pub sigma: f64,
    /// Standard deviation of the state in the month before the first.
    pub start: f64,
}

impl Process {
    /// Variance in month `j`, the first being 0.
    pub fn variance(&self, j: usize) -> f64 {
        let kept = self.rho.powi(2 * (j as i32 + 1));
        let long_run =
            if self.rho < 1.0 { self.sigma * self.sigma / (1.0 - self.rho * self.rho) } else { 0.0 };
        kept * self.start * self.start + long_run * (1.0 - kept)
    }
}

impl MarketAhead {
    /// Variance of the log deviation in a month.
    pub fn variance(&self, shocks: &Shocks, j: usize) -> f64 {
        let own = Process { rho: shocks.rho, sigma: shocks.sigma, start: self.start };
        let shock = own.variance(j) + shocks.company.variance(j);
        let lasting = self.level[j].powi(2) + self.slope[j].powi(2) + self.common[j].powi(2);
        self.width[j].powi(2) * (shock + lasting)
    }
}

/// A fitted baseline: everything that does not depend on which months are asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fitted {
    learned: Learned,
    widths: Widths,
    shares: shares::Shares,
}

/// Learns from a history.
///
/// `exposure` is exp(β̂·x) a history cell, series-major like the panel, so that
/// levels are those at no incentive; a missing, zero or non-finite cell counts as 1.
/// Months through `usable_through` are whole; those after it count as far as
/// `reported_share` says (0 to 1, the first entry being the month after
/// `usable_through`), later ones not at all.
pub fn fit(
    company: &Company,
    panel: &Panel,
    exposure: &[f64],
    usable_through: Month,
    reported_share: &[f64],
) -> Fitted {
    let cells = Cells::of(company, panel, exposure, usable_through, reported_share);
    let learned = Learned::of(&cells, None);
    let widths = Widths::learn(company, panel, exposure, &cells, &learned.setting);
    let shares = shares::estimate(company, panel, &cells);
    Fitted { learned, widths, shares }
}

impl Fitted {
    /// Forecasts `months` months from `first`, for the company of the history. Every
    /// number is finite.
    pub fn forecast(&self, company: &Company, first: Month, months: usize) -> Baseline {
        let (learned, widths) = (&self.learned, &self.widths);
        let mut baseline = Ahead { company, learned, widths, first, months }.forecast();
        baseline.net_price_share.clone_from(&self.shares.net_price);
        baseline.return_share.clone_from(&self.shares.returned);
        baseline
    }
}

/// [`fit`] and [`Fitted::forecast`] in one.
pub fn forecast(
    company: &Company,
    panel: &Panel,
    exposure: &[f64],
    usable_through: Month,
    reported_share: &[f64],
    first: Month,
    months: usize,
) -> Baseline {
    fit(company, panel, exposure, usable_through, reported_share).forecast(company, first, months)
}

/// Bounds of a gamma shape: below, draws are all but always zero; above, all alike.
pub(crate) const SHAPE_MIN: f64 = 0.05;
pub(crate) const SHAPE_MAX: f64 = 1e6;
