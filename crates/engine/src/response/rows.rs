//! The rows of one product: a partner and a month each, with the incentive now,
//! one and two months ago, and one month ahead. Which months count
//! is decided in [`super::lives`].

use super::LAGS;
use crate::catalog::ProductIx;
use crate::panel::Panel;

/// Columns of [`Rows::x`]: lags 0, 1 and 2, then the lead, then the firm's.
pub(super) const LEAD: usize = LAGS;
/// The firm-facing incentive, where it is told apart.
pub(super) const FIRM: usize = LAGS + 1;

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

/// One product's rows as columns.
#[derive(Default)]
pub(super) struct Rows {
    pub y: Vec<f64>,
    /// See [`LEAD`] and [`FIRM`].
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
        let columns = LEAD + 1 + usize::from(firm.is_some());
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
                for (lag, column) in rows.x[..LAGS].iter_mut().enumerate() {
                    column.push(x.at(s, t - lag));
                }
                rows.x[LEAD].push(x.at(s, t + 1));
                if let Some(firm) = firm {
                    rows.x[FIRM].push(firm.at(s, t));
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
