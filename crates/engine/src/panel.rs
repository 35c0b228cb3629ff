//! Sales history as plain arrays: partner × product × month. Rectangular in time,
//! sparse in pairs: only pairs that ever sold are series. Made at the edge
//! (`history`), read by estimation and simulation.

use crate::calendar::Month;
use crate::catalog::{PartnerIx, ProductIx};

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
