//! Sales history as plain arrays: partner × product × month. Rectangular in time,
//! sparse in pairs: only pairs that ever sold are series. Made at the edge
//! (`history`), read by estimation and simulation.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use rust_decimal::prelude::ToPrimitive;

use crate::calendar::Month;
use crate::catalog::{PartnerIx, ProductIx};
use crate::sales::{LineKind, SaleLine};

/// Monthly sales by partner and product. All arrays are series-major: the cell of
/// series `s` and month `t` is at `s * months + t`.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// First month of the arrays.
    pub first_month: Month,
    /// Number of months.
    pub months: usize,
    /// Which pair each series is, sorted by (partner, product).
    pub series: Vec<(PartnerIx, ProductIx)>,
    /// Units sold (kind sale), by `sold_on`.
    pub units: Vec<f64>,
    /// Net revenue of those units, in currency.
    pub revenue: Vec<f64>,
    /// Units returned, by the day of the return, positive.
    pub returned_units: Vec<f64>,
}

impl Panel {
    /// Sums lines: units and revenue of sales by the month of `sold_on`, returned
    /// units by the month of the return; from the first month of a sale to that of
    /// `as_of`. Only pairs that sold by then are series. Lines in any order.
    pub fn of_lines<'a>(lines: impl Iterator<Item = &'a SaleLine> + Clone, as_of: NaiveDate) -> Self {
        let sales = lines.clone().filter(|l| l.kind == LineKind::Sale && l.sold_on <= as_of);
        let first = Month::of(sales.clone().map(|l| l.sold_on).min().unwrap_or(as_of));
        let months = (Month::of(as_of).0 - first.0 + 1).max(0) as usize;
        let pairs: BTreeSet<(PartnerIx, ProductIx)> = sales.map(|l| (l.partner, l.product)).collect();
        let series: Vec<_> = pairs.into_iter().collect();
        let place: HashMap<_, usize> = series.iter().enumerate().map(|(s, p)| (*p, s)).collect();
        let empty = vec![0.0; series.len() * months];
        let mut panel = Self {
            first_month: first,
            months,
            series,
            units: empty.clone(),
            revenue: empty.clone(),
            returned_units: empty,
        };
        for line in lines.filter(|l| l.sold_on <= as_of) {
            let Some(s) = place.get(&(line.partner, line.product)) else { continue };
            let Ok(t) = usize::try_from(Month::of(line.sold_on).0 - first.0) else { continue };
            let (at, units) = (panel.at(*s, t), line.units.abs().to_f64().unwrap_or(0.0));
            match line.kind {
                LineKind::Sale => {
                    panel.units[at] += units;
                    panel.revenue[at] += line.net_revenue.to_f64().unwrap_or(0.0);
                }
                LineKind::Return => panel.returned_units[at] += units,
            }
        }
        panel
    }

    /// Position of a cell.
    pub fn at(&self, series: usize, month: usize) -> usize {
        series * self.months + month
    }

    /// The month of a position in time.
    pub fn month(&self, t: usize) -> Month {
        self.first_month.plus(t as i32)
    }

    /// The units of one series, oldest month first.
    pub fn units_of(&self, series: usize) -> &[f64] {
        &self.units[series * self.months..(series + 1) * self.months]
    }

    /// Finds the series of a pair.
    pub fn series_of(&self, partner: PartnerIx, product: ProductIx) -> Option<usize> {
        self.series.binary_search(&(partner, product)).ok()
    }
}
