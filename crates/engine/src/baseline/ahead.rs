//! From what was learned to months ahead: expected units, and how far markets and
//! single months may lie from them.

use rayon::prelude::*;

use super::learn::Learned;
use super::widths::Widths;
use super::{Baseline, MarketAhead, Process, SHAPE_MAX, SHAPE_MIN, Shocks};
use crate::calendar::Month;
use crate::catalog::{PartnerIx, ProductIx};
use crate::company::Company;

/// No level forgets further than this many months ahead: beyond it the last one is
/// as good.
const FORGET_MONTHS_MAX: i32 = 12;
/// Log effects ahead are held within this, and their variance.
const LOG_MAX: f64 = 12.0;
const VARIANCE_MAX: f64 = 4.0;

/// Months ahead of a history.
pub(super) struct Ahead<'a> {
    pub company: &'a Company,
    pub learned: &'a Learned,
    pub widths: &'a Widths,
    pub first: Month,
    pub months: usize,
}

impl Ahead<'_> {
    /// The whole forecast, shares of price and returns aside.
    pub(super) fn forecast(&self) -> Baseline {
        let learned = self.learned;
        let n = learned.series.len();
        let factor: Vec<Vec<f64>> = (0..learned.markets.list.len())
            .map(|g| (0..self.months).map(|j| self.factor(g, j)).collect())
            .collect();
        let mean = (0..n)
            .into_par_iter()
            .flat_map_iter(|s| {
                let (level, factor) = (learned.level[s].mean, &factor[learned.markets.of[s]]);
                let (partner, product) = learned.series[s];
                (0..self.months)
                    .map(move |j| finite(level * factor[j] * self.on_sale(partner, product, self.month(j))))
            })
            .collect();
        let middle = self.since_last(self.months / 2).clamp(0, FORGET_MONTHS_MAX);
        let shape = |s: usize| {
            let kept = learned.setting[learned.family[s]].discount.powi(middle);
            (learned.level[s].shape * kept).clamp(SHAPE_MIN, SHAPE_MAX)
        };
        let partner_variance = self.widths.partner_variance(learned.partner_variance);
        let dispersion = |s: usize| {
            let phi = learned.overdispersion_of(s, partner_variance);
            let class = learned.class[s];
            (0..self.months).map(move |j| {
                let wide = self.widths.of_class(class, self.since_last(j));
                (1.0 / (phi * wide * wide).max(1e-6)).clamp(SHAPE_MIN, SHAPE_MAX)
            })
        };
        Baseline {
            first_month: self.first,
            months: self.months,
            mean,
            level_shape: (0..n).map(shape).collect(),
            dispersion: (0..n).flat_map(dispersion).collect(),
            net_price_share: Vec::new(),
            return_share: Vec::new(),
            market_of: learned.markets.of.clone(),
            markets: (0..learned.markets.list.len()).map(|g| self.market(g)).collect(),
            shocks: self.shocks(),
            partner_sigma: partner_variance.ln_1p().sqrt(),
        }
    }

    fn shocks(&self) -> Shocks {
        let effects = &self.learned.effects;
        let company = effects.company.as_ref().map_or_else(Process::default, |c| Process {
            rho: c.ar.rho,
            sigma: c.ar.innovation(),
            start: c.ar.variance_ahead(c.path.shock_variance, (self.since_last(0) - 1).max(0)).sqrt(),
        });
        Shocks {
            rho: effects.ar.rho,
            sigma: effects.ar.innovation(),
            product_share: effects.product_share,
            company,
        }
    }

    fn month(&self, j: usize) -> Month {
        self.first.plus(j as i32)
    }

    /// Months since the last one that counts.
    fn since_last(&self, j: usize) -> i32 {
        self.month(j).0.saturating_sub(self.learned.last_month.0)
    }

    fn factor(&self, g: usize, j: usize) -> f64 {
        let product = self.learned.markets.list[g].product;
        let ahead = self.learned.effects.ahead(g, product, self.month(j), self.since_last(j));
        (ahead.log + (ahead.shock + ahead.company).min(VARIANCE_MAX) / 2.0).clamp(-LOG_MAX, LOG_MAX).exp()
    }

    fn market(&self, g: usize) -> MarketAhead {
        let (effects, market) = (&self.learned.effects, &self.learned.markets.list[g]);
        let known = |j: usize| effects.ahead(g, market.product, self.month(j), self.since_last(j));
        let season = effects.season.error[g];
        let sd = |variance: f64| variance.clamp(0.0, VARIANCE_MAX).sqrt();
        let per_month = |f: &dyn Fn(usize) -> f64| (0..self.months).map(f).collect::<Vec<f64>>();
        MarketAhead {
            region: market.region,
            product: market.product,
            start: sd(effects.ahead(g, market.product, self.first, self.since_last(0) - 1).shock),
            level: per_month(&|j| sd(known(j).level.powi(2) + season)),
            common: per_month(&|j| sd(known(j).company_level.powi(2) + effects.season.shared_error)),
            slope: per_month(&|j| known(j).slope.clamp(-1.0, 1.0)),
            width: per_month(&|j| self.widths.of_market(self.since_last(j))),
        }
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

fn finite(v: f64) -> f64 {
    if v.is_finite() { v.clamp(0.0, 1e12) } else { 0.0 }
}
