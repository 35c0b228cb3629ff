//! What a pair of draws shares. Everything is keyed: see [`super::keyed`].
//!
//! **Mirrored pairs.** Pairs 2k and 2k + 1 have the same normals with opposite signs
//! (antithetic variates), for the response, the markets and the partners alike. What a
//! change does is close to linear in them, so the error of a mean nearly cancels; each
//! pair by itself is as likely as before. `spread` estimates errors couple by couple.

use rand_distr::Distribution;

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
        let (couple, odd) = (pair / 2, pair % 2 == 1);
        let key = |stream| Key::new(seed, stream, couple).mirrored(odd);
        let shock = key(Stream::Shock);
        let mut shocks = Vec::with_capacity(market.shock_rows.len() * market.months);
        let open = first.plus(market.known as i32);
        for row in &market.shock_rows {
            shocks.extend(std::iter::repeat_n(1.0, market.known));
            path(row, &market.shocks, open, shock, &mut shocks);
        }
        let drawn = || responses_of(products, key(Stream::Response));
        Self {
            response: market.response.clone().unwrap_or_else(drawn),
            shocks,
            levels: Key::new(seed, Stream::Level, pair),
            partners: key(Stream::Partner),
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
    responses_of(products, Key::new(seed, Stream::Response, pair))
}

fn responses_of(products: usize, response: Key) -> Vec<[f64; NORMALS]> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn couples_of_pairs_mirror_each_other() {
        let key = |pair: u64| Key::new(3, Stream::Response, pair / 2).mirrored(pair % 2 == 1);
        let [one, two, three] = [0, 1, 2].map(|pair| responses_of(2, key(pair)));
        for (a, b) in one.iter().flatten().zip(two.iter().flatten()) {
            assert_eq!(*a, -*b);
        }
        assert_ne!(one, three);
        assert_eq!(one, responses(2, 3, 0));
    }
}
