//! Draws of sums over cells: what cells share (markets, their products, the company)
//! and what is each one's own.

use rand_distr::{Distribution, Gamma};
use rayon::prelude::*;

use super::outlook::Outlook;
use crate::catalog::{PartnerIx, ProductIx};
use crate::simulation::chance::{partner_month, responses};
use crate::simulation::keyed::{Key, Stream};
use crate::simulation::markets::path;

/// How many draws a sum has.
const DRAWS: usize = 400;

/// Draws of every group and month, each sorted.
#[derive(Debug, Clone)]
pub struct Draws {
    sorted: Vec<f64>,
    mean: Vec<f64>,
    months: usize,
}

impl Draws {
    /// Draws `count` groups; `group`: that of each of `series`, the pairs of the panel.
    pub fn of(
        ahead: &Outlook,
        series: &[(PartnerIx, ProductIx)],
        group: &[usize],
        count: usize,
        seed: u64,
    ) -> Self {
        let months = ahead.months();
        let mut mean = vec![0.0; count * months];
        for (s, g) in group.iter().enumerate() {
            for j in 0..months {
                mean[g * months + j] += ahead.expected[s * months + j];
            }
        }
        let drawn: Vec<Vec<f64>> = (0..DRAWS)
            .into_par_iter()
            .map(|draw| one(ahead, series, group, count, seed, draw as u64))
            .collect();
        let mut sorted = Vec::with_capacity(count * months * DRAWS);
        for cell in 0..count * months {
            let mut values: Vec<f64> = drawn.iter().map(|d| d[cell]).collect();
            values.sort_by(f64::total_cmp);
            sorted.extend(values);
        }
        Self { sorted, mean, months }
    }

    /// Draws of a group's month, ascending.
    pub(super) fn of_cell(&self, group: usize, month: usize) -> &[f64] {
        let cell = group * self.months + month;
        &self.sorted[cell * DRAWS..(cell + 1) * DRAWS]
    }

    /// Quantile of a group's month.
    pub fn quantile(&self, group: usize, month: usize, level: f64) -> f64 {
        let at = (level.clamp(0.0, 1.0) * (DRAWS - 1) as f64).round() as usize;
        self.of_cell(group, month)[at]
    }

    /// Expected units of a group's month.
    pub fn mean(&self, group: usize, month: usize) -> f64 {
        self.mean[group * self.months + month]
    }
}

/// One draw of every group's months.
pub(crate) fn one(
    ahead: &Outlook,
    series: &[(PartnerIx, ProductIx)],
    group: &[usize],
    count: usize,
    seed: u64,
    draw: u64,
) -> Vec<f64> {
    let (baseline, months) = (&ahead.baseline, ahead.months());
    let shock = Key::new(seed, Stream::Shock, draw);
    let mut factor = Vec::with_capacity(baseline.markets.len() * months);
    for market in &baseline.markets {
        path(market, &baseline.shocks, ahead.first(), shock, &mut factor);
    }
    let products = baseline.markets.iter().map(|m| m.product + 1).max().unwrap_or(0);
    let response = responses(products, seed, draw);
    let mut sums = vec![0.0; count * months];
    let partners = Key::new(seed, Stream::Partner, draw);
    let gamma = |shape: f64| Gamma::new(shape, 1.0 / shape).ok();
    for (s, g) in group.iter().enumerate() {
        let expected = &ahead.expected[s * months..(s + 1) * months];
        let (partner, product) = series[s];
        if expected.iter().all(|e| *e <= 0.0) {
            continue;
        }
        let mut generator = Key::new(seed, Stream::Cell, draw).and(s as u64).generator();
        let level = gamma(baseline.level_shape[s]).map_or(1.0, |g| g.sample(&mut generator));
        for j in 0..months {
            let luck = gamma(baseline.dispersion[s * months + j]).map_or(1.0, |g| g.sample(&mut generator));
            let moved = ahead.response.get(s * months + j).map_or(0.0, |deviation| {
                let log: f64 = deviation.iter().zip(&response[product]).map(|(d, z)| d * z).sum();
                log - deviation.iter().map(|d| d * d).sum::<f64>() / 2.0
            });
            let common = factor[baseline.market_of[s] * months + j]
                * moved.exp()
                * partner_month(partners, partner, ahead.first().plus(j as i32), baseline.partner_sigma);
            let rate = expected[j] * level * luck * common;
            sums[g * months + j] += generator.poisson(rate);
        }
    }
    sums
}
