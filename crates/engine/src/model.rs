//! What was learned from a company's history: its incentives, the response to them
//! and the state of reporting. The expensive part of an answer; the caller keeps it
//! by the digest of the data. Knows no scenario and draws nothing.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::baseline::{self, Fitted};
use crate::calendar::Month;
use crate::catalog::{PartnerIx, ProductIx};
use crate::company::Company;
use crate::panel::Panel;
use crate::programs::RuleBook;
use crate::programs::cells::LineMemory;
use crate::programs::incentive::{Cells, predicted_volume};
use crate::response::{self, LAGS, Priors, ResponseModel};
use crate::simulation::effect::{Beta, LOG_LIFT_MAX, lagged_incentive};
use crate::simulation::market::Incentive;
use crate::simulation::number;

/// What was learned from a company's history.
#[derive(Debug, Clone)]
pub struct Model {
    /// The company itself.
    pub company: Arc<Company>,
    /// Its sales by month.
    pub panel: Panel,
    /// Effective incentive of every history cell, as the response takes it.
    pub(crate) incentive: Incentive,
    /// How sales answer an incentive.
    pub response: ResponseModel,
    /// Last month that is wholly reported.
    pub usable_through: Month,
    /// Share of units known by now, of each month after it.
    pub reported_share: Vec<f64>,
    /// `exp(β̂·x)` of every history cell: what the incentive of the time is taken
    /// to have done to its sales.
    pub exposure: Vec<f64>,
    /// What would be sold anyway.
    pub baseline: Fitted,
    /// What the past lines say of single lines to come.
    pub(crate) lines: Arc<LineMemory>,
}

/// Everything of a model that is not the data it was learned from: what can be kept and
/// read again instead of fitting. Any format of serde that keeps floats bit by bit gives
/// the same forecasts.
#[derive(Debug, Serialize, Deserialize)]
pub struct Learned<'a> {
    /// Pairs and months of the panel that it was learned from.
    series: Cow<'a, [(PartnerIx, ProductIx)]>,
    months: usize,
    incentive: Cow<'a, Incentive>,
    response: Cow<'a, ResponseModel>,
    usable_through: Month,
    reported_share: Cow<'a, [f64]>,
    exposure: Cow<'a, [f64]>,
    baseline: Cow<'a, Fitted>,
}

impl Model {
    /// What can be kept.
    pub fn learned(&self) -> Learned<'_> {
        Learned {
            series: Cow::Borrowed(&self.panel.series),
            months: self.panel.months,
            incentive: Cow::Borrowed(&self.incentive),
            response: Cow::Borrowed(&self.response),
            usable_through: self.usable_through,
            reported_share: Cow::Borrowed(&self.reported_share),
            exposure: Cow::Borrowed(&self.exposure),
            baseline: Cow::Borrowed(&self.baseline),
        }
    }

    /// The model of a company from what was learned from it before. The caller vouches
    /// that company, rules and settings are the same.
    ///
    /// # Errors
    /// The company and its panel back, where `learned` is of another panel.
    pub fn of_learned(
        company: Arc<Company>,
        panel: Panel,
        learned: Learned<'_>,
    ) -> Result<Self, Box<(Arc<Company>, Panel)>> {
        let cells = panel.series.len() * panel.months;
        let fits = *learned.series == *panel.series
            && learned.months == panel.months
            && learned.exposure.len() == cells
            && learned.response.products.len() == company.catalog.products.len();
        if !fits {
            return Err(Box::new((company, panel)));
        }
        Ok(Self {
            company,
            panel,
            incentive: learned.incentive.into_owned(),
            response: learned.response.into_owned(),
            usable_through: learned.usable_through,
            reported_share: learned.reported_share.into_owned(),
            exposure: learned.exposure.into_owned(),
            baseline: learned.baseline.into_owned(),
            lines: Arc::new(LineMemory::default()),
        })
    }

    /// Learns from a history. `progress` is told the share done, 0 to 1.
    pub fn fit(company: Arc<Company>, panel: Panel, progress: &dyn Fn(f64)) -> Self {
        Self::fit_with(company, panel, &Priors::default(), progress)
    }

    /// [`Model::fit`] with what the user knows besides the history.
    pub fn fit_with(company: Arc<Company>, panel: Panel, priors: &Priors, progress: &dyn Fn(f64)) -> Self {
        progress(0.0);
        let rules = RuleBook::of(&company.programs);
        let expected = predicted_volume(&panel);
        let prices = usual_net_prices(&company, &panel);
        let lines = Arc::new(LineMemory::default());
        let (first, months) = (panel.first_month, panel.months);
        let cells = Cells {
            company: &company,
            panel: &panel,
            first,
            months,
            expected: &expected,
            net_price: &prices,
        };
        let found = cells.incentives(&rules, &lines);
        progress(0.3);
        let (usable_through, reported_share) = baseline::reporting_lag(&company);
        let response =
            response::fit_with(&company, &panel, &found.seller, &found.firm, usable_through, priors);
        progress(0.8);
        let told_apart = response.products.iter().any(|p| p.diagnostics.firm.is_some());
        let incentive = Incentive::of(found, told_apart);
        let exposure = exposure(&panel, &response, &incentive);
        let baseline = baseline::fit(&company, &panel, &exposure, usable_through, &reported_share);
        progress(1.0);
        Self {
            company,
            panel,
            incentive,
            response,
            usable_through,
            reported_share,
            exposure,
            baseline,
            lines,
        }
    }

    /// Whether the firm-facing incentive has a response of its own.
    pub fn tells_firm_apart(&self) -> bool {
        self.response.products.iter().any(|p| p.diagnostics.firm.is_some())
    }

    /// Months of the panel, from its first, that are wholly reported.
    pub fn usable_months(&self) -> usize {
        (self.usable_through.0 - self.panel.first_month.0 + 1).clamp(0, self.panel.months as i32) as usize
    }
}

/// Usual net price of a unit in every history cell: the list price of the month at the
/// share of it that the series brings over all. Never what the cell itself brought: large
/// lots are sold for less, so that an incentive that is a percentage of it would be low
/// where much is sold, and follow the sales that it is to explain (FORECASTING.md §1).
pub(crate) fn usual_net_prices(company: &Company, panel: &Panel) -> Vec<f64> {
    let mut out = Vec::with_capacity(panel.units.len());
    for (s, (_, product)) in panel.series.iter().enumerate() {
        let product = &company.catalog.products[*product];
        let list = |t: usize| number(product.price_on(panel.month(t).first_day()).list_price).max(0.0);
        let at_list: f64 = (0..panel.months).map(|t| panel.units[panel.at(s, t)] * list(t)).sum();
        let revenue: f64 = (0..panel.months).map(|t| panel.revenue[panel.at(s, t)]).sum();
        let share = if at_list > 0.0 && revenue >= 0.0 { revenue / at_list } else { 1.0 };
        out.extend((0..panel.months).map(|t| share * list(t)));
    }
    out
}

pub(crate) fn exposure(panel: &Panel, response: &ResponseModel, incentive: &Incentive) -> Vec<f64> {
    let mut out = Vec::with_capacity(panel.units.len());
    for (s, (_, product)) in panel.series.iter().enumerate() {
        let beta = response.products.get(*product).and_then(Beta::of);
        let cells = s * panel.months..(s + 1) * panel.months;
        let (main, firm) = (&incentive.main[cells.clone()], &incentive.firm[cells]);
        out.extend((0..panel.months).map(|t| {
            let Some(beta) = &beta else { return 1.0 };
            let log = beta.fitted(&lagged_incentive(main, firm, t));
            log.clamp(-LOG_LIFT_MAX * LAGS as f64, LOG_LIFT_MAX * LAGS as f64).exp()
        }));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::usual_net_prices;
    use crate::programs::cells::sample::World;

    #[test]
    fn a_large_lot_at_a_lower_price_does_not_lower_the_incentive_of_its_own_month() {
        let world = World::new(2, &["800"]);
        let mut panel = world.panel("2025-01-01", 4, 0.0);
        // One partner sells ten at 3% off in one month, two at list in others; the other nothing.
        panel.units[..4].copy_from_slice(&[2.0, 10.0, 0.0, 8.0]);
        panel.revenue[..4].copy_from_slice(&[1_600.0, 7_760.0, 0.0, 6_400.0]);
        let prices = usual_net_prices(&world.company, &panel);
        let usual = (1_600.0 + 7_760.0 + 6_400.0) / 20.0;
        assert!(prices[..4].iter().all(|p| (p - usual).abs() < 1e-9), "{prices:?}");
        assert_eq!(prices[4..], [800.0; 4], "without sales, list");
    }
}
