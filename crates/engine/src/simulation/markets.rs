//! The shocks of the markets from standard normals, and pairs of draws spread evenly over
//! how large the market is as a whole.
//!
//! # A direction of its own
//!
//! Logs of market factors are linear in their normals z ([`crate::baseline::MarketAhead`]).
//! So is L, their mean weighted with what each market brings in the period: `L = a·z`, a
//! normal of variance |a|². What a change pays depends on L more than on anything else
//! where budgets and caps may bind, and not in a straight line, so that mirrored pairs do
//! not help. The couples of mirrored pairs therefore take their |L| from a sequence that
//! fills its distribution evenly (van der Corput's, moved by the seed), and the rest at
//! random: `z' = z + (l − a·z)·a / |a|²` is z given that `L = l`, exactly. Each pair is as
//! likely as before; only together they lie more evenly. `spread` estimates errors from
//! neighbours in L ([`places`]).

use super::keyed::{Key, Stream};
use crate::baseline::count::{normal_below, normal_quantile};
use crate::baseline::{MarketAhead, Shocks};
use crate::calendar::Month;

/// Parts of a shock's key that are no region, product or month.
const EVERY: u64 = u64::MAX;
const LASTING: u64 = u64::MAX - 1;
const BEFORE: u64 = u64::MAX - 2;

/// Where the normals of one market stand among all: the company's, its product's, its own.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Before the first month, by month, then by month what all markets share.
    company: usize,
    /// Of the trend, then by month.
    product: usize,
    /// Lasting, before the first month, then by month.
    own: usize,
}

impl Place {
    /// The places of one market by itself.
    fn alone(months: usize) -> Self {
        Self { company: 0, product: 1 + 2 * months, own: 2 + 3 * months }
    }

    fn count(months: usize) -> usize {
        4 + 4 * months
    }
}

/// Standard deviations of a month's new shock: what a product's markets share, and the rest.
fn parts(shocks: &Shocks) -> [f64; 2] {
    let share = shocks.product_share;
    [share, 1.0 - share].map(|share| shocks.sigma * share.max(0.0).sqrt())
}

/// Coefficient and new shock of the company's path, which stands still where it has none.
fn company(shocks: &Shocks) -> (f64, f64) {
    let path = shocks.company;
    if path.sigma > 0.0 { (path.rho, path.sigma) } else { (1.0, 0.0) }
}

/// Draws the normals of one market to their places.
fn draw(row: &MarketAhead, place: Place, first: Month, shock: Key, out: &mut [f64]) {
    let of_company = shock.and(EVERY).and(EVERY);
    let of_product = shock.and(EVERY).and(row.product as u64);
    let own = shock.and(row.region as u64).and(row.product as u64);
    let normal = |key: Key, part: u64| key.and(part).generator().normal();
    let months = row.width.len();
    out[place.company] = normal(of_company, BEFORE);
    out[place.product] = normal(of_product, LASTING);
    out[place.own] = normal(own, LASTING);
    out[place.own + 1] = normal(own, BEFORE);
    for h in 0..months {
        let month = first.plus(h as i32).0 as u64;
        out[place.company + 1 + h] = normal(of_company, month);
        out[place.company + 1 + months + h] = normal(of_company.and(LASTING), month);
        out[place.product + 1 + h] = normal(of_product, month);
        out[place.own + 2 + h] = normal(own, month);
    }
}

/// The logs of a market month by month, less half their variance: an AR(1) path from what
/// is not known of the last shock, errors of level and trend that last, all at the width
/// of the month.
fn logs(row: &MarketAhead, shocks: &Shocks, place: Place, z: &[f64], mut each: impl FnMut(usize, f64)) {
    let (months, [of_product, alone], (rho, sigma)) = (row.width.len(), parts(shocks), company(shocks));
    let mut log = row.start * z[place.own + 1];
    let mut of_all = shocks.company.start * z[place.company];
    for h in 0..months {
        log = shocks.rho * log + of_product * z[place.product + 1 + h] + alone * z[place.own + 2 + h];
        of_all = rho * of_all + sigma * z[place.company + 1 + h];
        let common = row.common[h] * z[place.company + 1 + months + h];
        let lasting = row.level[h] * z[place.own] + row.slope[h] * z[place.product];
        each(h, row.width[h] * (log + of_all + lasting + common));
    }
}

/// The factors of one market, month by month, each of mean 1.
pub(crate) fn path(row: &MarketAhead, shocks: &Shocks, first: Month, shock: Key, out: &mut Vec<f64>) {
    let place = Place::alone(row.width.len());
    let mut z = vec![0.0; Place::count(row.width.len())];
    draw(row, place, first, shock, &mut z);
    logs(row, shocks, place, &z, |h, log| out.push((log - row.variance(shocks, h) / 2.0).exp()));
}

/// The markets of a question.
#[derive(Debug, Clone)]
pub struct Markets {
    rows: Vec<MarketAhead>,
    shocks: Shocks,
    first: Month,
    places: Vec<Place>,
    /// Half the variance of each log, row × month.
    half: Vec<f64>,
    /// The direction a, and |a|; all 0 where nothing is uncertain.
    along: Vec<f64>,
    length: f64,
}

impl Markets {
    /// `first`: the first month that is not known; `weights`: what each market brings,
    /// row × month.
    pub fn of(rows: &[MarketAhead], shocks: &Shocks, first: Month, weights: &[f64]) -> Self {
        let months = rows.first().map_or(0, |r| r.width.len());
        let mut products: Vec<usize> = rows.iter().map(|r| r.product).collect();
        products.sort_unstable();
        products.dedup();
        let of_products = 1 + 2 * months;
        let of_rows = of_products + products.len() * (1 + months);
        let place = |(i, row): (usize, &MarketAhead)| Place {
            company: 0,
            product: of_products + products.binary_search(&row.product).unwrap_or(0) * (1 + months),
            own: of_rows + i * (2 + months),
        };
        let places: Vec<Place> = rows.iter().enumerate().map(place).collect();
        let half = rows.iter().flat_map(|r| (0..months).map(|h| r.variance(shocks, h) / 2.0)).collect();
        let mut along = vec![0.0; of_rows + rows.len() * (2 + months)];
        let all: f64 = weights.iter().sum();
        for (i, row) in rows.iter().enumerate().filter(|_| all > 0.0 && all.is_finite()) {
            let shares: Vec<f64> = weights[i * months..(i + 1) * months].iter().map(|w| w / all).collect();
            add_slopes(row, shocks, places[i], &shares, &mut along);
        }
        let length = along.iter().map(|a| a * a).sum::<f64>().sqrt();
        Self { rows: rows.to_vec(), shocks: *shocks, first, places, half, along, length }
    }

    /// Draws the factors of all markets in a pair of draws: `each(row × month, factor)`.
    pub fn draw(&self, seed: u64, pair: u64, z: &mut Vec<f64>, mut each: impl FnMut(usize, f64)) {
        let (couple, odd) = (pair / 2, pair % 2 == 1);
        let key = Key::new(seed, Stream::Shock, couple).mirrored(odd);
        z.clear();
        z.resize(self.along.len(), 0.0);
        for (row, place) in self.rows.iter().zip(&self.places) {
            draw(row, *place, self.first, key, z);
        }
        if self.length > 0.0 {
            let sign = if odd { -1.0 } else { 1.0 };
            let wanted = sign * signed_place(seed, couple) * self.length;
            let had: f64 = self.along.iter().zip(z.iter()).map(|(a, z)| a * z).sum();
            let by = (wanted - had) / (self.length * self.length);
            z.iter_mut().zip(&self.along).for_each(|(z, a)| *z += by * a);
        }
        for (i, (row, place)) in self.rows.iter().zip(&self.places).enumerate() {
            let months = row.width.len();
            logs(row, &self.shocks, *place, z, |h, log| {
                let at = i * months + h;
                each(at, super::lanes::exp(log - self.half[at]));
            });
        }
    }
}

/// Adds what each normal moves the weighted mean of a market's logs by: [`logs`] from its
/// end to its beginning.
fn add_slopes(row: &MarketAhead, shocks: &Shocks, place: Place, shares: &[f64], along: &mut [f64]) {
    let (months, [of_product, alone], (rho, sigma)) = (row.width.len(), parts(shocks), company(shocks));
    let (mut log, mut of_all) = (0.0, 0.0);
    for h in (0..months).rev() {
        let moved = shares[h] * row.width[h];
        (log, of_all) = (moved + shocks.rho * log, moved + rho * of_all);
        along[place.product + 1 + h] += of_product * log;
        along[place.own + 2 + h] += alone * log;
        along[place.company + 1 + h] += sigma * of_all;
        along[place.company + 1 + months + h] += row.common[h] * moved;
        along[place.own] += row.level[h] * moved;
        along[place.product] += row.slope[h] * moved;
    }
    along[place.own + 1] += shocks.rho * log * row.start;
    along[place.company] += rho * of_all * shocks.company.start;
}

/// Where couples lie along L: the n-th of van der Corput's sequence in base 2, in [0, 1).
fn radical(couple: u64) -> f64 {
    couple.reverse_bits() as f64 / 2f64.powi(64)
}

/// L of a couple's first pair in standard deviations; the sign is a coin's.
fn signed_place(seed: u64, couple: u64) -> f64 {
    let moved = Key::new(seed, Stream::Place, 0);
    let place = (radical(couple) + moved.nth(0)).fract();
    let size = quantile(0.5 + place / 2.0);
    if moved.nth(couple + 1) < 0.5 { -size } else { size }
}

/// Quantile of the standard normal: one step of Newton's makes seven digits of four.
fn quantile(level: f64) -> f64 {
    let z = normal_quantile(level);
    let density = (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt();
    if density > 1e-9 { z - (normal_below(z) - level) / density } else { z }
}

/// The first `count` couples in the order of their places along L, but for where the
/// circle that the seed turns begins.
pub fn places(count: usize) -> Vec<usize> {
    let bits = count.max(2).next_power_of_two().trailing_zeros();
    let reversed = |place: usize| place.reverse_bits() >> (usize::BITS - bits);
    (0..1usize << bits).map(reversed).filter(|couple| *couple < count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::Process;

    const SHOCKS: Shocks = Shocks {
        rho: 0.6,
        sigma: 0.2,
        product_share: 0.4,
        company: Process { rho: 0.5, sigma: 0.1, start: 0.08 },
    };

    fn row(region: usize, product: usize) -> MarketAhead {
        MarketAhead {
            region,
            product,
            start: 0.15,
            level: vec![0.05, 0.06, 0.07],
            slope: vec![0.02, 0.04, 0.06],
            common: vec![0.03; 3],
            width: vec![1.0, 1.1, 1.2],
        }
    }

    fn markets(shocks: &Shocks) -> Markets {
        let rows = [row(0, 0), row(1, 0), row(0, 4)];
        let weights = [3.0, 2.0, 1.0, 1.0, 1.0, 0.0, 0.5, 0.0, 0.0];
        Markets::of(&rows, shocks, Month(24_000), &weights)
    }

    /// Factors of all pairs, by row and month.
    fn drawn(markets: &Markets, seed: u64, pairs: u64) -> Vec<[f64; 9]> {
        let mut z = Vec::new();
        let one = |pair: u64| {
            let mut factors = [0.0; 9];
            markets.draw(seed, pair, &mut z, |at, factor| factors[at] = factor);
            factors
        };
        (0..pairs).map(one).collect()
    }

    #[test]
    fn factors_keep_their_mean_their_spread_and_what_they_share() {
        for shocks in [SHOCKS, Shocks { company: Process::default(), ..SHOCKS }] {
            let markets = markets(&shocks);
            let (pairs, plain) = (40_000u64, Markets { length: 0.0, ..markets.clone() });
            let (even, random) = (drawn(&markets, 5, pairs), drawn(&plain, 6, pairs));
            let log = |all: &[[f64; 9]], at: usize| -> Vec<f64> { all.iter().map(|f| f[at].ln()).collect() };
            let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
            let product = |a: &[f64], b: &[f64]| {
                let (ma, mb) = (mean(a), mean(b));
                a.iter().zip(b).map(|(a, b)| (a - ma) * (b - mb)).sum::<f64>() / a.len() as f64
            };
            for at in 0..9 {
                let factors: Vec<f64> = even.iter().map(|f| f[at]).collect();
                assert!((mean(&factors) - 1.0).abs() < 0.01, "{at}: {}", mean(&factors));
                let variance = product(&log(&even, at), &log(&even, at));
                let known = 2.0 * markets.half[at];
                assert!((variance / known - 1.0).abs() < 0.05, "{at}: {variance} {known}");
                for other in 0..9 {
                    let [a, b] = [&even, &random].map(|all| product(&log(all, at), &log(all, other)));
                    assert!((a - b).abs() < 0.05 * known, "{at} {other}: {a} {b}");
                }
            }
        }
    }

    #[test]
    fn one_market_by_itself_has_the_path_that_accuracy_draws() {
        let rows = [row(0, 0), row(1, 3)];
        let markets = Markets::of(&rows, &SHOCKS, Month(24_000), &[0.0; 6]);
        let mut factors = [0.0; 6];
        markets.draw(9, 4, &mut Vec::new(), |at, factor| factors[at] = factor);
        let mut alone = Vec::new();
        let key = Key::new(9, Stream::Shock, 2);
        rows.iter().for_each(|row| path(row, &SHOCKS, Month(24_000), key, &mut alone));
        assert!(
            factors.iter().zip(&alone).all(|(a, b)| (a / b - 1.0).abs() < 1e-12),
            "{factors:?} {alone:?}"
        );
    }

    #[test]
    fn places_are_in_the_order_of_the_sequence() {
        for count in [0, 1, 2, 3, 8, 100, 257] {
            let order = places(count);
            assert_eq!(order.len(), count);
            let along: Vec<f64> = order.iter().map(|couple| radical(*couple as u64)).collect();
            assert!(along.windows(2).all(|w| w[0] < w[1]), "{order:?}");
        }
    }

    #[test]
    fn couples_mirror_each_other_and_fill_the_distribution_evenly() {
        let markets = markets(&SHOCKS);
        let along = |pair: u64| {
            let mut z = Vec::new();
            markets.draw(3, pair, &mut z, |_, _| ());
            markets.along.iter().zip(&z).map(|(a, z)| a * z).sum::<f64>() / markets.length
        };
        let all: Vec<f64> = (0..512).map(along).collect();
        assert!(all.chunks(2).all(|couple| (couple[0] + couple[1]).abs() < 1e-9));
        // Of 256 couples one lies in every 128th of the distribution's half.
        let mut seen = [0; 128];
        for size in all.iter().step_by(2).map(|l| l.abs()) {
            seen[((2.0 * normal_below(size) - 1.0) * 128.0) as usize] += 1;
        }
        assert!(seen.iter().all(|n| (1..=3).contains(n)), "{seen:?}");
        assert!((all.iter().map(|l| l * l).sum::<f64>() / 512.0 - 1.0).abs() < 0.02);
    }
}
