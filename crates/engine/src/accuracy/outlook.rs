//! The forecast of sales as the rules stand: the baseline times what the incentives
//! that are announced do to it.

use crate::baseline::count::Count;
use crate::baseline::{Baseline, MarketAhead};
use crate::calendar::Month;
use crate::model::Model;
use crate::programs::RuleBook;
use crate::programs::incentive::incentives;
use crate::simulation::effect::{Beta, NORMALS, REGRESSORS, effect, lagged_incentive};
use crate::simulation::market::{Incentive, net_prices};

/// Months ahead of a model's history.
#[derive(Debug, Clone)]
pub struct Outlook {
    /// Expected units at the announced incentives, series-major.
    pub expected: Vec<f64>,
    /// What they rest on.
    pub baseline: Baseline,
    /// How the log of each cell moves with the standard normals of its product's
    /// response; empty: not at all.
    pub(crate) response: Vec<[f64; NORMALS]>,
}

/// Months of history whose mean incentive the level is taken to be learned at, as the
/// simulation has it.
const ANCHOR_MONTHS: usize = 12;

/// Forecasts the months after the panel of a model whose data end with a month.
pub fn outlook(model: &Model, months: usize) -> Outlook {
    outlook_from(model, model.panel.month(model.panel.months), months)
}

/// Forecasts months from `first` on, which may be the last of the panel where that is
/// not over.
pub(crate) fn outlook_from(model: &Model, first: Month, months: usize) -> Outlook {
    let (company, panel) = (&*model.company, &model.panel);
    let upto = ((first.0 - panel.first_month.0).max(0) as usize).min(panel.months);
    let baseline = model.baseline.forecast(company, first, months);
    let prices = net_prices(company, panel, &baseline.net_price_share, first, months);
    let rules = RuleBook::of(&company.programs);
    let found = incentives(company, panel, &rules, first, months, &baseline.mean, &prices);
    let ahead = Incentive::of(found, model.tells_firm_apart());
    let mut expected = baseline.mean.clone();
    let mut response = vec![[0.0; NORMALS]; expected.len()];
    for (s, (_, product)) in panel.series.iter().enumerate() {
        let Some(beta) = Beta::of(&model.response.products[*product]) else { continue };
        let path = |past: &[f64], next: &[f64]| {
            let past = &past[s * panel.months..s * panel.months + upto];
            [past, &next[s * months..(s + 1) * months]].concat()
        };
        let main = path(&model.incentive.main, &ahead.main);
        let firm = path(&model.incentive.firm, &ahead.firm);
        let seen = anchor(&main, &firm, model.usable_months());
        for j in 0..months {
            let x = lagged_incentive(&main, &firm, upto + j);
            let effect = effect(Some(&beta), &x, &seen, 0.0);
            let variance: f64 = effect.deviation.iter().map(|d| d * d).sum();
            expected[s * months + j] *= (effect.log_mean + variance / 2.0).exp();
            response[s * months + j] = effect.deviation;
        }
    }
    Outlook { expected, baseline, response }
}

/// Mean incentives of the last whole months.
fn anchor(main: &[f64], firm: &[f64], usable: usize) -> [f64; REGRESSORS] {
    let from = usable.saturating_sub(ANCHOR_MONTHS);
    let mut sum = [0.0; REGRESSORS];
    for t in from..usable {
        sum.iter_mut().zip(lagged_incentive(main, firm, t)).for_each(|(slot, x)| *slot += x);
    }
    sum.map(|v| v / ((usable - from) as f64).max(1.0))
}

impl Outlook {
    /// Of a baseline alone, where there are no incentives.
    pub fn of(baseline: Baseline) -> Self {
        Self { expected: baseline.mean.clone(), baseline, response: Vec::new() }
    }

    /// First month.
    pub fn first(&self) -> Month {
        self.baseline.first_month
    }

    /// Number of months.
    pub fn months(&self) -> usize {
        self.baseline.months
    }

    /// Predictive distribution of one cell, everything that is uncertain in it.
    pub fn count(&self, series: usize, month: usize) -> Count {
        let (baseline, at) = (&self.baseline, series * self.months() + month);
        let market = &baseline.markets[baseline.market_of[series]];
        let spread = (1.0 + 1.0 / baseline.level_shape[series])
            * (1.0 + 1.0 / baseline.dispersion[at])
            * self.common_variance(market, at, month).exp();
        Count::new(self.expected[at], 1.0 / (spread - 1.0).max(1e-9))
    }

    /// Variance of the log of what a cell shares with others.
    fn common_variance(&self, market: &MarketAhead, at: usize, month: usize) -> f64 {
        let baseline = &self.baseline;
        market.variance(&baseline.shocks, month) + baseline.partner_sigma.powi(2) + self.response_variance(at)
    }

    fn response_variance(&self, at: usize) -> f64 {
        self.response.get(at).map_or(0.0, |d| d.iter().map(|d| d * d).sum())
    }
}
