//! The history as the baseline sees it: sales that can be counted and the exposure
//! they came from. Numbers here are finite and not negative whatever came in.

use std::ops::Range;

use crate::calendar::Month;
use crate::company::Company;
use crate::panel::Panel;
use crate::response::lives::Lives;

/// A month reported to less than this share is left out.
const REPORTED_MIN: f64 = 0.2;
/// A product's first months after its launch and its last before its end are not
/// like the rest: where enough others are there, they teach nothing.
const RAMP_MONTHS: i32 = 6;
const SETTLED_MIN: usize = 4;

/// Cells are series-major like the panel's.
pub(super) struct Cells<'a> {
    pub panel: &'a Panel,
    /// Single months are capped at ten times the series' mean of the other months
    /// (at least ten units): one freak month must not speak for the series or for all.
    pub units: Vec<f64>,
    /// Incentive and reporting; zero where a month cannot count.
    pub exposure: Vec<f64>,
    /// Months that count, one range a series.
    pub life: Vec<Range<usize>>,
    /// One past the last month that counts for anybody.
    pub end: usize,
    /// Months in which a product is past its launch and before its end, by product.
    pub settled: Vec<Range<usize>>,
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
        let mut life: Vec<_> = (0..panel.series.len()).map(|s| lives.months(panel, s)).collect();
        let settled = settled(company, panel, end);
        for (s, months) in life.iter_mut().enumerate() {
            let settled = &settled[panel.series[s].1];
            let kept = months.start.max(settled.start)..months.end.min(settled.end.max(months.start));
            if kept.len() >= SETTLED_MIN {
                *months = kept;
            }
        }
        let mut cells = vec![0.0; panel.units.len()];
        let mut units = vec![0.0; panel.units.len()];
        for (s, months) in life.iter().enumerate() {
            let row = s * panel.months..(s + 1) * panel.months;
            cap(&panel.units[row.clone()], months, &mut units[row]);
            for t in months.clone() {
                let at = panel.at(s, t);
                let own = exposure.get(at).copied().filter(|e| e.is_finite() && *e > 0.0).unwrap_or(1.0);
                cells[at] = own.clamp(1e-3, 1e3) * share(t);
            }
        }
        let catalog = &company.catalog;
        let (families, regions, tiers) = (catalog.families(), catalog.regions(), catalog.tiers());
        let day = panel.first_month.plus(end as i32).first_day();
        let number = |names: &[&str], name: &str| names.binary_search(&name).unwrap_or(0);
        let of_series = |f: &dyn Fn(usize, usize) -> usize| -> Vec<usize> {
            panel.series.iter().map(|(partner, product)| f(*partner, *product)).collect()
        };
        let family: Vec<usize> = catalog.products.iter().map(|p| number(&families, &p.family)).collect();
        let region: Vec<usize> = catalog.partners.iter().map(|p| number(&regions, &p.region)).collect();
        let tier: Vec<usize> = catalog.partners.iter().map(|p| number(&tiers, p.tier_on(day))).collect();
        Self {
            panel,
            units,
            exposure: cells,
            life,
            end,
            settled,
            family: of_series(&|_, k| family[k]),
            region: of_series(&|i, _| region[i]),
            tier: of_series(&|i, _| tier[i]),
            families: families.len(),
            regions: regions.len(),
            tiers: tiers.len(),
            partners: catalog.partners.len(),
            products: catalog.products.len(),
        }
    }

    /// Number of series.
    pub(super) fn series(&self) -> usize {
        self.panel.series.len()
    }

    /// Last month that counts.
    pub(super) fn last_month(&self) -> Month {
        self.panel.first_month.plus(self.end as i32 - 1)
    }
}

fn settled(company: &Company, panel: &Panel, end: usize) -> Vec<Range<usize>> {
    let place = |m: i32| (m - panel.first_month.0).clamp(0, end as i32) as usize;
    let of = |p: &crate::catalog::Product| {
        let from = p.launched_on.map_or(0, |d| place(Month::of(d).0 + RAMP_MONTHS));
        let to = p.end_of_life_on.map_or(end, |d| place(Month::of(d).0 - RAMP_MONTHS));
        from..to.max(from)
    };
    company.catalog.products.iter().map(of).collect()
}

/// Copies the months that count, capped.
fn cap(sold: &[f64], life: &Range<usize>, out: &mut [f64]) {
    let clean = |v: f64| if v.is_finite() { v.clamp(0.0, 1e12) } else { 0.0 };
    let total: f64 = sold[life.clone()].iter().map(|v| clean(*v)).sum();
    for t in life.clone() {
        let units = clean(sold[t]);
        let others = (total - units).max(0.0) / (life.len().max(2) - 1) as f64;
        out[t] = units.min(10.0 * others + 10.0);
    }
}
