//! What a unit brings and how many come back: net revenue as a share of list price
//! and returns as a share of sales, a series leaning on its product, that on its
//! family, that on the company.

use serde::{Deserialize, Serialize};

use rust_decimal::prelude::ToPrimitive;

use super::cells::Cells;
use crate::catalog::Product;
use crate::company::Company;
use crate::panel::Panel;

/// One a series.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Shares {
    pub net_price: Vec<f64>,
    pub returned: Vec<f64>,
}

/// Months of sales that speak for today's price.
const PRICE_MONTHS: usize = 12;
/// Units with which a level leans on the one above.
const PRICE_LEAN: f64 = 20.0;
const RETURN_LEAN: f64 = 100.0;
/// Nobody pays more than this multiple of the list price.
const SHARE_MAX: f64 = 3.0;

/// A numerator over a denominator.
#[derive(Debug, Clone, Copy, Default)]
struct Ratio {
    part: f64,
    whole: f64,
}

impl Ratio {
    fn add(&mut self, part: f64, whole: f64) {
        if part.is_finite() && whole.is_finite() && whole > 0.0 {
            self.part += part;
            self.whole += whole;
        }
    }

    /// Leans on `above` with the weight of `lean`; `above` itself where nothing is known.
    fn shrunk(self, above: f64, lean: f64) -> f64 {
        let whole = self.whole + lean;
        if whole > 0.0 { (self.part + lean * above) / whole } else { above }
    }
}

pub(super) fn estimate(company: &Company, panel: &Panel, cells: &Cells) -> Shares {
    let n = panel.series.len();
    let products = &company.catalog.products;
    let list: Vec<Vec<f64>> = products.iter().map(|p| list_prices(p, panel)).collect();
    let (mut price, mut returned) = (vec![Ratio::default(); n], vec![Ratio::default(); n]);
    for (s, (_, product)) in panel.series.iter().enumerate() {
        for (t, list_price) in list[*product].iter().enumerate().take(cells.end) {
            let at = panel.at(s, t);
            if t + PRICE_MONTHS >= cells.end {
                price[s].add(panel.revenue[at].max(0.0), cells.units[at] * list_price);
            }
            // Sales of the last month have not come back yet.
            if t + 1 < cells.end {
                returned[s].add(0.0, cells.units[at]);
            }
            let back = panel.returned_units[at];
            returned[s].part += if back.is_finite() { back.abs() } else { 0.0 };
        }
    }
    let last = |product: usize| list[product].last().copied().unwrap_or(0.0);
    let price_lean = |s: usize| PRICE_LEAN * last(panel.series[s].1);
    let net_price = pooled(cells, &price, 1.0, price_lean, SHARE_MAX);
    let returned = pooled(cells, &returned, 0.0, |_| RETURN_LEAN, 1.0);
    Shares { net_price, returned: by_product(cells, &returned) }
}

/// Returns are too rare to tell partners apart: the product's mean serves all.
fn by_product(cells: &Cells, share: &[f64]) -> Vec<f64> {
    let mut sums = vec![(0.0, 0.0); cells.products];
    for (s, (_, product)) in cells.panel.series.iter().enumerate() {
        sums[*product].0 += share[s];
        sums[*product].1 += 1.0;
    }
    cells.panel.series.iter().map(|(_, k)| sums[*k].0 / f64::max(sums[*k].1, 1.0)).collect()
}

fn list_prices(product: &Product, panel: &Panel) -> Vec<f64> {
    let price = |t| product.price_on(panel.month(t).first_day()).list_price.to_f64().unwrap_or(0.0);
    (0..panel.months).map(price).collect()
}

/// Company, family, product, series, each leaning on the one before.
fn pooled(cells: &Cells, series: &[Ratio], unknown: f64, lean: impl Fn(usize) -> f64, most: f64) -> Vec<f64> {
    let gather = |groups: usize, group: &dyn Fn(usize) -> usize| {
        let mut sums = vec![Ratio::default(); groups];
        for (s, r) in series.iter().enumerate() {
            sums[group(s)].part += r.part;
            sums[group(s)].whole += r.whole;
        }
        sums
    };
    let company = gather(1, &|_| 0)[0].shrunk(unknown, 0.0);
    let family = gather(cells.families, &|s| cells.family[s]);
    let product = gather(cells.products, &|s| cells.panel.series[s].1);
    (0..series.len())
        .map(|s| {
            let above = family[cells.family[s]].shrunk(company, lean(s));
            let above = product[cells.panel.series[s].1].shrunk(above, lean(s));
            let share = series[s].shrunk(above, lean(s));
            if share.is_finite() { share.clamp(0.0, most) } else { unknown }
        })
        .collect()
}
