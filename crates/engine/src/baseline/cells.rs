//! The history as the baseline sees it: sales that can be counted and the exposure
//! they came from. Numbers here are finite and not negative whatever came in.

use crate::calendar::Month;
use crate::company::Company;
use crate::panel::Panel;
use crate::response::lives::Lives;

/// A month reported to less than this share is left out.
const REPORTED_MIN: f64 = 0.2;

/// Cells are series-major like the panel's.
pub(super) struct Cells<'a> {
    pub panel: &'a Panel,
    pub units: Vec<f64>,
    /// Incentive and reporting; zero where a month cannot count.
    pub exposure: Vec<f64>,
    /// Months that count, one range a series.
    pub life: Vec<std::ops::Range<usize>>,
    /// One past the last month that counts for anybody.
    pub end: usize,
    /// Numbers of the series' family, region and tier (held at the end).
    pub family: Vec<usize>,
    pub region: Vec<usize>,
    pub tier: Vec<usize>,
    pub families: usize,
    pub regions: usize,
    pub tiers: usize,
    pub partners: usize,
    pub products: usize,
}

impl<'a> Cells<'a> {
    pub(super) fn of(
        company: &Company,
        panel: &'a Panel,
        exposure: &[f64],
        usable_through: Month,
        reported_share: &[f64],
    ) -> Self {
        let whole = (usable_through.0 - panel.first_month.0 + 1).clamp(0, panel.months as i32) as usize;
        let partly = reported_share.iter().take_while(|s| **s >= REPORTED_MIN).count();
        let end = (whole + partly).min(panel.months);
        let share = |t: usize| if t < whole { 1.0 } else { reported_share[t - whole].min(1.0) };
        let lives = Lives::of(company, panel, panel.first_month.plus(end as i32 - 1));
        let clean = |v: f64| if v.is_finite() { v.clamp(0.0, 1e12) } else { 0.0 };
        let life: Vec<_> = (0..panel.series.len()).map(|s| lives.months(panel, s)).collect();
        let mut cells = vec![0.0; panel.units.len()];
        for (s, months) in life.iter().enumerate() {
            for t in months.clone() {
                let at = panel.at(s, t);
                let own = exposure.get(at).copied().filter(|e| e.is_finite() && *e > 0.0).unwrap_or(1.0);
                cells[at] = own.clamp(1e-3, 1e3) * share(t);
            }
        }
        let catalog = &company.catalog;
        let (families, regions, tiers) = (catalog.families(), catalog.regions(), catalog.tiers());
        let day = panel.first_month.plus(end as i32).first_day();
        let number = |names: &[&str], name: &str| names.iter().position(|n| *n == name).unwrap_or(0);
        let of_series = |f: &dyn Fn(usize, usize) -> usize| -> Vec<usize> {
            panel.series.iter().map(|(partner, product)| f(*partner, *product)).collect()
        };
        Self {
            panel,
            units: panel.units.iter().map(|v| clean(*v)).collect(),
            exposure: cells,
            life,
            end,
            family: of_series(&|_, k| number(&families, &catalog.products[k].family)),
            region: of_series(&|i, _| number(&regions, &catalog.partners[i].region)),
            tier: of_series(&|i, _| number(&tiers, catalog.partners[i].tier_on(day))),
            families: families.len(),
            regions: regions.len(),
            tiers: tiers.len(),
            partners: catalog.partners.len(),
            products: catalog.products.len(),
        }
    }

    /// Last month that counts.
    pub(super) fn last_month(&self) -> Month {
        self.panel.first_month.plus(self.end as i32 - 1)
    }

    /// Units a unit of exposure, with single months capped at ten times the series'
    /// mean of the other months (at least ten units): for indices over many series,
    /// where one freak month must not speak for all.
    pub(super) fn robust_rate(&self, series: usize, t: usize) -> f64 {
        let at = self.panel.at(series, t);
        if self.exposure[at] <= 0.0 {
            return 0.0;
        }
        let life = &self.life[series];
        let total: f64 = life.clone().map(|t| self.units[self.panel.at(series, t)]).sum();
        let others = (total - self.units[at]) / (life.len().max(2) - 1) as f64;
        self.units[at].min(10.0 * others + 10.0) / self.exposure[at]
    }
}
