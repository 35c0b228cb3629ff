//! Whether prices moved with the incentive: then what looks like its effect may be the
//! price's (FORECASTING.md §2). Looks at prices and incentives only, never at volumes
//! sold as an outcome; changes no estimate.

use super::Data;
use super::rows::Incentive;
use crate::catalog::ProductIx;
use crate::simulation::number;

/// A discount of less than this between the least and the most incentive is none.
const SHARE_MIN: f64 = 0.01;
/// Standard errors that the slope must lie from nothing.
const T_MIN: f64 = 3.0;
/// Partners that must have bought at different incentives.
const PARTNERS_MIN: usize = 5;

/// Whether the realised price of a product, as a share of its list price, fell or rose
/// with the incentive: the slope within partners, of months in which something was sold,
/// weighted by units, its error clustered by partner. `range`: least and greatest
/// incentive observed.
pub(super) fn moved_with(data: &Data, product: ProductIx, x: Incentive, range: [f64; 2]) -> bool {
    let partners: Vec<Moments> = data.series_of[product].iter().filter_map(|&s| of(data, s, x)).collect();
    let xx: f64 = partners.iter().map(|m| m.xx).sum();
    let moved = partners.iter().filter(|m| m.xx > 0.0).count();
    if moved < PARTNERS_MIN || xx <= 0.0 {
        return false;
    }
    let slope = partners.iter().map(|m| m.xp).sum::<f64>() / xx;
    let se = partners.iter().map(|m| (m.xp - slope * m.xx).powi(2)).sum::<f64>().sqrt() / xx;
    slope.is_finite() && (slope * (range[1] - range[0])).abs() > SHARE_MIN && slope.abs() > T_MIN * se
}

/// Weighted sums around a partner's own means.
struct Moments {
    xx: f64,
    xp: f64,
}

fn of(data: &Data, s: usize, x: Incentive) -> Option<Moments> {
    let panel = data.panel;
    let item = &data.company.catalog.products[panel.series[s].1];
    let rows: Vec<[f64; 3]> = data
        .lives
        .months(panel, s)
        .filter_map(|t| {
            let (units, revenue) = (panel.units[panel.at(s, t)], panel.revenue[panel.at(s, t)]);
            let list = number(item.price_on(panel.month(t).first_day()).list_price);
            let share = revenue / (units * list);
            (units > 0.0 && list > 0.0 && share.is_finite()).then(|| [units, x.at(s, t), share])
        })
        .collect();
    let weight: f64 = rows.iter().map(|[w, ..]| w).sum();
    let mean = |c: usize| rows.iter().map(|r| r[0] * r[c]).sum::<f64>() / weight;
    let (mx, mp) = (mean(1), mean(2));
    (rows.len() > 1).then(|| Moments {
        xx: rows.iter().map(|[w, x, _]| w * (x - mx).powi(2)).sum(),
        xp: rows.iter().map(|[w, x, p]| w * (x - mx) * (p - mp)).sum(),
    })
}

#[cfg(test)]
mod tests {
    use crate::response::fit;
    use crate::response::tests::{last, small};
    use crate::response::world::{Reach, World, world};

    fn flagged(w: &World) -> Vec<bool> {
        let model = fit(&w.company, &w.panel, &w.x, &[], last(w));
        model.products.iter().map(|p| p.flags.iter().any(|f| f == "PRICE MOVED TOO")).collect()
    }

    #[test]
    fn a_discount_that_comes_with_the_incentive_is_named_and_one_that_does_not_is_not() {
        let mut w = world(7, &small(&[Reach::Top, Reach::Coin]));
        let at_list = |w: &World, cut: &dyn Fn(usize, usize) -> f64| -> Vec<f64> {
            let price = |at: usize| {
                let (s, t) = (at / w.panel.months, at % w.panel.months);
                let item = &w.company.catalog.products[w.panel.series[s].1];
                crate::simulation::number(item.price_on(w.panel.month(t).first_day()).list_price)
                    * (1.0 - cut(s, at))
            };
            (0..w.panel.units.len()).map(|at| w.panel.units[at] * price(at)).collect()
        };
        w.panel.revenue = at_list(&w, &|s, _| 0.02 * (s % 5) as f64);
        assert!(flagged(&w).iter().all(|f| !f), "discounts of partners are no moves");
        w.panel.revenue = at_list(&w, &|_, at| if w.x[at] > 0.0 { 0.08 } else { 0.0 });
        assert!(flagged(&w).iter().all(|f| *f), "8% off wherever the incentive is paid");
    }
}
