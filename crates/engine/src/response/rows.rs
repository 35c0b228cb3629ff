//! The rows of one product: a partner and a month each, with the incentive one
//! month ahead, now, and one and two months ago. Leaves out what cannot count:
//! months still being reported, before a partner or product began, after it ended.

use super::LAGS;
use crate::calendar::Month;
use crate::catalog::ProductIx;
use crate::company::Company;
use crate::panel::Panel;

/// Columns of [`Rows::x`]: the lead, then lags 0, 1 and 2.
pub(super) const LEAD: usize = 0;
/// Lag 0.
pub(super) const NOW: usize = 1;

/// The incentive per history cell, series-major like the panel.
#[derive(Clone, Copy)]
pub(super) struct Incentive<'a> {
    cells: &'a [f64],
    months: usize,
}

impl<'a> Incentive<'a> {
    pub(super) fn new(cells: &'a [f64], panel: &Panel) -> Self {
        Self { cells, months: panel.months }
    }

    /// Zero where nothing, or nothing finite, was handed in.
    pub(super) fn at(&self, series: usize, t: usize) -> f64 {
        self.cells.get(series * self.months + t).copied().filter(|v| v.is_finite()).unwrap_or(0.0)
    }
}

/// First and last month in which each partner could sell, as positions of the panel.
pub(super) struct Lives {
    partner: Vec<(usize, usize)>,
    product: Vec<(usize, usize)>,
    /// One past the last month that is wholly reported.
    pub usable: usize,
}

impl Lives {
    pub(super) fn of(company: &Company, panel: &Panel, usable_through: Month) -> Self {
        let usable = (usable_through.0 - panel.first_month.0 + 1).clamp(0, panel.months as i32) as usize;
        let position = |m: Month| (m.0 - panel.first_month.0).max(0) as usize;
        let mut sold = vec![(usize::MAX, 0); company.catalog.partners.len()];
        for (s, (partner, _)) in panel.series.iter().enumerate() {
            for t in (0..usable).filter(|&t| panel.units[panel.at(s, t)] > 0.0) {
                sold[*partner].0 = sold[*partner].0.min(t);
                sold[*partner].1 = sold[*partner].1.max(t);
            }
        }
        let partner = company.catalog.partners.iter().zip(&sold).map(|(p, (first, last))| {
            let begun = p.onboarded_on.map_or(*first, |d| position(Month::of(d)).min(*first));
            (begun, if p.active { usize::MAX } else { *last })
        });
        let product = company.catalog.products.iter().map(|p| {
            let begun = p.launched_on.map_or(0, |d| position(Month::of(d)));
            let ended = p.end_of_life_on.map_or(usize::MAX, |d| {
                let m = Month::of(d).0 - panel.first_month.0;
                m.max(0) as usize
            });
            (begun, ended)
        });
        Self { partner: partner.collect(), product: product.collect(), usable }
    }

    /// The usable months of a series.
    pub(super) fn months(&self, panel: &Panel, series: usize) -> std::ops::Range<usize> {
        let (partner, product) = panel.series[series];
        let first = self.partner[partner].0.max(self.product[product].0);
        let last = self.partner[partner].1.min(self.product[product].1);
        let end = last.saturating_add(1).min(self.usable);
        first.min(end)..end
    }
}

/// One product's rows as columns.
#[derive(Default)]
pub(super) struct Rows {
    pub y: Vec<f64>,
    /// Lead, lag 0, 1, 2; then the firm-facing incentive where it is told apart.
    pub x: Vec<Vec<f64>>,
    pub partner: Vec<u32>,
    pub region: Vec<u32>,
    pub time: Vec<u32>,
}

impl Rows {
    /// The rows of a product; `firm` adds a column.
    pub(super) fn of(
        data: &super::Data,
        product: ProductIx,
        x: Incentive,
        firm: Option<Incentive>,
    ) -> Self {
        let columns = 1 + LAGS + usize::from(firm.is_some());
        let mut rows = Rows { x: vec![Vec::new(); columns], ..Rows::default() };
        for &s in &data.series_of[product] {
            let partner = data.panel.series[s].0;
            for t in data.lives.months(data.panel, s) {
                // The two months before and the one after must be known.
                if t + 1 < LAGS || t + 1 >= data.panel.months {
                    continue;
                }
                let y = data.panel.units[data.panel.at(s, t)];
                rows.y.push(if y.is_finite() { y.max(0.0) } else { 0.0 });
                for (c, column) in rows.x[..=LAGS].iter_mut().enumerate() {
                    column.push(x.at(s, t + 1 - c));
                }
                if let Some(firm) = firm {
                    rows.x[1 + LAGS].push(firm.at(s, t));
                }
                rows.partner.push(partner as u32);
                rows.region.push(data.region[partner]);
                rows.time.push(t as u32);
            }
        }
        rows
    }

    /// Region × month of every row, numbered.
    pub(super) fn region_time(&self, months: usize) -> Vec<u32> {
        self.region.iter().zip(&self.time).map(|(r, t)| r * months as u32 + t).collect()
    }
}
