//! The estimate that Spiffcast does not use: sales against incentive with nothing
//! held fixed. Exists so that tests and pages can show what confounding does.

use rayon::prelude::*;

use super::lives::Lives;
use super::ppml::{self, Design};
use super::rows::Incentive;
use crate::calendar::Month;
use crate::catalog::ProductIx;
use crate::company::Company;
use crate::panel::Panel;

/// One a product: coefficient of the incentive of the month and its standard error
/// by partner, from a Poisson regression with a constant and no effects. `None`
/// where the incentive never differs or nothing was sold.
pub fn naive(company: &Company, panel: &Panel, x: &[f64], usable_through: Month) -> Vec<Option<(f64, f64)>> {
    let lives = Lives::of(company, panel, usable_through);
    let x = Incentive::new(x, panel);
    let one = |product: ProductIx| {
        let (mut y, mut column, mut partners) = (Vec::new(), Vec::new(), Vec::new());
        for (s, (partner, _)) in panel.series.iter().enumerate().filter(|(_, p)| p.1 == product) {
            for t in lives.months(panel, s) {
                let units = panel.units[panel.at(s, t)];
                y.push(if units.is_finite() { units.max(0.0) } else { 0.0 });
                column.push(x.at(s, t));
                partners.push(*partner as u32);
            }
        }
        let constant = [vec![0; y.len()]];
        let fit = ppml::fit(&Design { y: &y, x: &[column], groups: &constant, weights: None }).ok()?;
        let covariance = fit.clustered(&[&partners]).ok()?;
        fit.identified[0].then(|| (fit.beta[0], covariance.se(0)))
    };
    (0..company.catalog.products.len()).into_par_iter().map(one).collect()
}
