//! What a pair of draws shares, and the counts of a cell. Everything is keyed:
//! see [`super::keyed`].

use rand_distr::{Distribution, Gamma};

use super::effect::{NORMALS, REGRESSORS};
use super::keyed::{Key, Stream};
use super::market::{Market, SeriesCells};
use crate::baseline::{MarketAhead, Shocks};
use crate::calendar::Month;

/// Everything a change acts through, for one pair of draws.
#[derive(Debug, Clone)]
pub struct Shared {
    /// By product: the standard normals of its response.
    pub response: Vec<[f64; NORMALS]>,
    /// Shock row × month: factor of mean 1.
    pub shocks: Vec<f64>,
    levels: Key,
    partners: Key,
}

impl Shared {
    /// Draws what the pair shares. `first`: the first simulated month.
    pub fn draw(market: &Market, products: usize, first: Month, seed: u64, pair: u64) -> Self {
        let shock = Key::new(seed, Stream::Shock, pair);
        let mut shocks = Vec::with_capacity(market.shock_rows.len() * market.months);
        for row in &market.shock_rows {
            path(row, &market.shocks, first, shock, &mut shocks);
        }
        Self {
            response: responses(products, seed, pair),
            shocks,
            levels: Key::new(seed, Stream::Level, pair),
            partners: Key::new(seed, Stream::Partner, pair),
        }
    }

    /// What a partner's sales of a month share: a factor of mean 1.
    pub fn partner(&self, partner: usize, month: Month, sigma: f64) -> f64 {
        partner_month(self.partners, partner, month, sigma)
    }

    /// The level of a series: a factor of mean 1.
    pub fn level(&self, partner: usize, series: &SeriesCells) -> f64 {
        let Some(gamma) = series.level else { return 1.0 };
        gamma.sample(&mut self.levels.and(partner as u64).and(series.product as u64).generator())
    }
}

/// Factor of mean 1 on all sales of a partner in a month.
pub(crate) fn partner_month(partners: Key, partner: usize, month: Month, sigma: f64) -> f64 {
    if sigma <= 0.0 {
        return 1.0;
    }
    let normal = partners.and(partner as u64).and(month.0 as u64).generator().normal();
    (sigma * normal - sigma * sigma / 2.0).exp()
}

/// By product: the standard normals of its response.
pub(crate) fn responses(products: usize, seed: u64, pair: u64) -> Vec<[f64; NORMALS]> {
    let response = Key::new(seed, Stream::Response, pair);
    // The firm-facing response and the products' common mean are one for all
    // products: so are their normals.
    let mut shared = response.and(u64::MAX).generator();
    let common: [f64; NORMALS] = std::array::from_fn(|_| shared.normal());
    let normals = |product: usize| {
        let mut generator = response.and(product as u64).generator();
        let mut normals = common;
        normals[..REGRESSORS - 1].fill_with(|| generator.normal());
        normals
    };
    (0..products).map(normals).collect()
}

/// Parts of a shock's key that are no region, product or month.
const EVERY: u64 = u64::MAX;
const LASTING: u64 = u64::MAX - 1;
const BEFORE: u64 = u64::MAX - 2;

/// The factors of one market, month by month, each of mean 1: an AR(1) path from what
/// is not known of the last shock, errors of level and trend that last, all at the
/// width of the month ([`crate::baseline::MarketAhead`]).
pub(crate) fn path(row: &MarketAhead, shocks: &Shocks, first: Month, shock: Key, out: &mut Vec<f64>) {
    let Shocks { rho, sigma, product_share, company } = *shocks;
    let of_company = shock.and(EVERY).and(EVERY);
    let of_product = shock.and(EVERY).and(row.product as u64);
    let own = shock.and(row.region as u64).and(row.product as u64);
    let normal = |key: Key, part: u64| key.and(part).generator().normal();
    let parts = [product_share, 1.0 - product_share].map(|share| sigma * share.max(0.0).sqrt());
    let (level, slope) = (normal(own, LASTING), normal(of_product, LASTING));
    let mut log = row.start * normal(own, BEFORE);
    let mut of_all = company.start * normal(of_company, BEFORE);
    for h in 0..row.width.len() {
        let month = first.plus(h as i32).0 as u64;
        let new: f64 = [of_product, own]
            .into_iter()
            .zip(parts)
            .filter(|(_, sd)| *sd > 0.0)
            .map(|(key, sd)| sd * normal(key, month))
            .sum();
        log = rho * log + new;
        if company.sigma > 0.0 {
            of_all = company.rho * of_all + company.sigma * normal(of_company, month);
        }
        let common = row.common[h] * normal(of_company.and(LASTING), month);
        let off = row.width[h] * (log + of_all + row.level[h] * level + row.slope[h] * slope + common);
        out.push((off - row.variance(shocks, h) / 2.0).exp());
    }
}

/// Counts of one cell in several arms on the same luck: the arm of the lowest rate
/// draws, each next adds the counts of what its rate is higher (FORECASTING.md §4).
/// So equal rates give equal counts, and a higher one never sells less.
pub fn counts(key: Key, dispersion: Option<Gamma<f64>>, rates: &[f64], order: &mut [usize], out: &mut [f64]) {
    let mut generator = key.generator();
    let luck = dispersion.map_or(1.0, |gamma| gamma.sample(&mut generator));
    if let [rate] = rates {
        out[0] = generator.poisson(rate * luck);
        return;
    }
    for (i, slot) in order.iter_mut().enumerate() {
        *slot = i;
    }
    order.sort_by(|a, b| rates[*a].total_cmp(&rates[*b]));
    let (mut below, mut count) = (0.0, 0.0);
    for &arm in order.iter() {
        count += generator.poisson((rates[arm] - below) * luck);
        below = rates[arm];
        out[arm] = count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_their_rates_as_means_and_share_their_luck() {
        let n = 60_000u64;
        let rates = [4.0, 4.4, 4.0, 60.0];
        let gamma = Some(Gamma::new(2.5, 0.4).expect("a value"));
        let (mut sums, mut squares) = ([0.0; 4], 0.0);
        for i in 0..n {
            let (mut order, mut out) = ([0; 4], [0.0; 4]);
            counts(Key::new(9, Stream::Cell, i), gamma, &rates, &mut order, &mut out);
            assert_eq!(out[0], out[2]);
            assert!(out[1] >= out[0] && out[3] >= out[1]);
            for (sum, v) in sums.iter_mut().zip(out) {
                *sum += v;
            }
            squares += (out[0] - 4.0f64).powi(2);
        }
        let variance = 4.0 + 16.0 / 2.5;
        for (sum, rate) in sums.iter().zip(rates) {
            let se = ((rate + rate * rate / 2.5) / n as f64).sqrt();
            assert!((sum / n as f64 - rate).abs() < 5.0 * se, "{rate}: {}", sum / n as f64);
        }
        assert!((squares / n as f64 / variance - 1.0).abs() < 0.06, "negative binomial spread");
    }
}
