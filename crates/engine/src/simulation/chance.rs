//! What a pair of draws shares, for a block of pairs. Everything is keyed: see [`super::keyed`].
//!
//! **Mirrored pairs.** Pairs 2k and 2k + 1 have the same normals with opposite signs
//! (antithetic variates), for the response, the markets and the partners alike. What a
//! change does is close to linear in them, so the error of a mean nearly cancels; each
//! pair by itself is as likely as before. `markets` spreads the couples evenly over how
//! large the market is; `spread` estimates errors couple by couple.

use super::effect::{NORMALS, REGRESSORS};
use super::keyed::{Key, Stream};
use super::lanes::{Lanes, exp, normals};
use super::market::SeriesCells;
use super::real::{Real, each};
use super::stage::Stage;
use crate::calendar::Month;

/// Everything a change acts through, for a block of pairs.
#[derive(Debug, Clone)]
pub struct Shared<T, const P: usize> {
    /// By product: the standard normals of its response.
    pub response: Vec<[[T; P]; NORMALS]>,
    /// Shock row × month: factor of mean 1.
    pub shocks: Vec<[T; P]>,
    /// First pair of the block.
    pub first: u64,
    seed: u64,
}

impl<T: Real, const P: usize> Shared<T, P> {
    /// Draws what each of the pairs from `first` on shares.
    pub fn draw(stage: &Stage, first: u64) -> Self {
        let (market, products) = (stage.market, stage.reach.covered.len());
        let mut shared = Self {
            response: vec![[[T::default(); P]; NORMALS]; products],
            shocks: vec![[T::of(1.0); P]; market.shock_rows.len() * market.months],
            first,
            seed: stage.seed,
        };
        let ahead = market.shock_rows.first().map_or(1, |row| row.width.len());
        let mut z = Vec::new();
        for lane in 0..P {
            let drawn = || responses_of(products, shared.key(Stream::Response, lane));
            let responses = market.response.clone().unwrap_or_else(drawn);
            for (slots, normals) in shared.response.iter_mut().zip(responses) {
                slots.iter_mut().zip(normals).for_each(|(slot, normal)| slot[lane] = T::of(normal));
            }
            stage.markets.draw(stage.seed, first + lane as u64, &mut z, |at, factor| {
                let (row, h) = (at / ahead, market.known + at % ahead);
                if h < market.months {
                    shared.shocks[row * market.months + h][lane] = T::of(factor);
                }
            });
        }
        shared
    }

    /// Pairs 2k and 2k + 1 share a key and mirror each other.
    fn key(&self, stream: Stream, lane: usize) -> Key {
        let pair = self.first + lane as u64;
        Key::new(self.seed, stream, pair / 2).mirrored(pair % 2 == 1)
    }

    /// What a partner's sales of a month share: a factor of mean 1.
    #[inline(always)]
    pub fn partner(&self, partner: usize, month: Month, sigma: f64) -> [T; P] {
        if sigma <= 0.0 {
            return [T::of(1.0); P];
        }
        let key = Key::new(self.seed, Stream::Partner, partner as u64).and(month.0 as u64);
        let mut u = [0.0; P];
        for lane in 0..P {
            let pair = self.first + lane as u64;
            let [of_couple, _] = key.halves(pair / 2);
            // The normal at 1 − u is the mirrored one.
            u[lane] = if pair % 2 == 1 { 1.0 - of_couple } else { of_couple };
        }
        let z = normals(&u);
        each(|lane| T::of(exp(sigma * z[lane] - sigma * sigma / 2.0)))
    }

    /// The level of a series: a factor of mean 1.
    #[inline(always)]
    pub fn level(&self, partner: usize, series: &SeriesCells) -> [T; P] {
        let Some(gammas) = series.level else { return [T::of(1.0); P] };
        let of_series = Key::new(self.seed, Stream::Level, partner as u64).and(series.product as u64);
        let levels: Lanes<P> = gammas.draw(of_series, |lane| self.first + lane as u64);
        each(|lane| T::of(levels[lane]))
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
