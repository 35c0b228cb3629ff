//! Sales if nothing changed: a discounted Gamma–Poisson filter a series with
//! pooled seasonality. Gives levels and their uncertainty; draws nothing.

mod cells;
mod filter;
mod reporting;
mod season;
mod shares;
mod shocks;
mod trend;

#[cfg(test)]
mod tests;

use rayon::prelude::*;

use crate::calendar::Month;
use crate::catalog::{PartnerIx, ProductIx};
use crate::company::Company;
use crate::panel::Panel;
use cells::Cells;

pub use reporting::reporting_lag;

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

/// No forecast reaches further: beyond it the last one is as good.
const SHAPE_HORIZON_MAX: i32 = 12;

/// Forecasts `months` months from `first` (FORECASTING.md §3).
///
/// `exposure` is exp(β̂·x) a history cell, series-major like the panel, so that
/// levels are those at no incentive; a missing, zero or non-finite cell counts as 1.
/// Months through `usable_through` are whole; those after it count as far as
/// `reported_share` says (0 to 1, the first entry being the month after
/// `usable_through`), later ones not at all. Every number returned is finite.
pub fn forecast(
    company: &Company,
    panel: &Panel,
    exposure: &[f64],
    usable_through: Month,
    reported_share: &[f64],
    first: Month,
    months: usize,
) -> Baseline {
    let cells = Cells::of(company, panel, exposure, usable_through, reported_share);
    let season = season::estimate(&cells);
    let trend = trend::estimate(&cells, &season);
    let fitted = filter::fit(&cells, &season, &trend);
    let shocks = shocks::estimate(&cells, &fitted);
    let shares = shares::estimate(company, panel, &cells);
    let ahead = Ahead { company, cells: &cells, season: &season, trend: &trend, first };
    let mean = (0..panel.series.len())
        .into_par_iter()
        .flat_map_iter(|s| {
            let level = fitted.level[s].mean;
            let ahead = &ahead;
            (0..months).map(move |j| finite(level * ahead.exposure(s, j)))
        })
        .collect();
    let middle = (first.0 + months as i32 / 2 - cells.last_month().0).clamp(0, SHAPE_HORIZON_MAX);
    let shape = |s: usize| {
        let level = &fitted.level[s];
        (level.shape * level.discount.powi(middle)).clamp(SHAPE_MIN, SHAPE_MAX)
    };
    Baseline {
        first_month: first,
        months,
        mean,
        level_shape: (0..panel.series.len()).map(shape).collect(),
        dispersion: (0..panel.series.len()).map(|s| shocks.dispersion[cells.family[s]]).collect(),
        net_price_share: shares.net_price,
        return_share: shares.returned,
        shock_rho: shocks.rho,
        shock_sigma: shocks.sigma,
    }
}

/// Bounds of a gamma shape: below, draws are all but always zero; above, all alike.
pub(crate) const SHAPE_MIN: f64 = 0.05;
pub(crate) const SHAPE_MAX: f64 = 1e6;

fn finite(v: f64) -> f64 {
    if v.is_finite() { v.max(0.0) } else { 0.0 }
}

/// Exposure of months ahead.
struct Ahead<'a> {
    company: &'a Company,
    cells: &'a Cells<'a>,
    season: &'a season::Season,
    trend: &'a trend::Trend,
    first: Month,
}

impl Ahead<'_> {
    fn exposure(&self, series: usize, j: usize) -> f64 {
        let (partner, product) = self.cells.panel.series[series];
        let month = self.first.plus(j as i32);
        let horizon = month.0 - self.cells.last_month().0;
        self.on_sale(partner, product, month)
            * self.season.at(self.cells, series, month)
            * self.trend.ahead(product, horizon)
    }

    /// Share of a month in which a pair can sell: nothing from inactive partners,
    /// before the launch or after the end of life.
    fn on_sale(&self, partner: PartnerIx, product: ProductIx, month: Month) -> f64 {
        if !self.company.catalog.partners[partner].active {
            return 0.0;
        }
        let product = &self.company.catalog.products[product];
        let days = month.span();
        let from = product.launched_on.unwrap_or(days.start).max(days.start);
        let to = product.end_of_life_on.unwrap_or(days.end).min(days.end);
        ((to - from).num_days() + 1).max(0) as f64 / days.days() as f64
    }
}
