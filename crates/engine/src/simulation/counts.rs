//! Counts of one cell in several arms on the same luck (FORECASTING.md §4): the arm
//! of the lowest rate draws, each next adds what its rate is higher. So equal rates
//! give equal counts, and a higher one never sells less.
//!
//! With luck `g ~ Gamma(r, 1/r)` and `N ~ Poisson(λ·g)`, N is negative binomial and
//! `g | N = n ~ Gamma(r + n, 1/(r + λ))`. So what the next arm adds, `Poisson(Δλ·g)`
//! given n, is negative binomial too, of shape `r + n` and mean `Δλ·(r + n)/(r + λ)`
//! (Pólya's urn): the same joint law as drawing g first, from one uniform an arm. All
//! counts are found by inverting their distributions. Above a mean of 30 g is drawn and
//! counts are rounded normals with their skewness corrected.

use rand_distr::{Distribution, Gamma};

use super::keyed::{Key, Keyed, NORMAL_ABOVE};

/// A term of a distribution below this cannot be hit by a uniform of 53 bits.
const TERM_MIN: f64 = 1e-18;

/// Below this mean most draws of a cell are nothing.
const RARE: f64 = 0.5;

/// The rates of one cell in several arms, ready to draw from.
#[derive(Debug, Clone, Copy)]
pub struct Cell<'a> {
    rates: &'a [f64],
    /// Arms by rate, lowest first.
    order: &'a [usize],
    /// Shape of the overdispersion; infinite: none.
    shape: f64,
    /// Chance that the lowest arm sells nothing, where it is needed for sure.
    none: Option<f64>,
}

impl<'a> Cell<'a> {
    /// Sorts the arms; `order` has one place an arm.
    pub fn of(rates: &'a [f64], shape: f64, order: &'a mut [usize]) -> Self {
        for (i, slot) in order.iter_mut().enumerate() {
            *slot = i;
        }
        match order {
            [] | [_] => {}
            [a, b] => {
                if rates[*a] > rates[*b] {
                    std::mem::swap(a, b);
                }
            }
            _ => order.sort_by(|a, b| rates[*a].total_cmp(&rates[*b])),
        }
        let lowest = order.first().map_or(0.0, |arm| rates[*arm]);
        let sure = lowest > RARE && lowest <= NORMAL_ABOVE;
        let none = sure.then(|| nothing(lowest, shape));
        Self { rates, order, shape, none }
    }

    /// Draws the counts of every arm.
    pub fn draw(&self, key: Key, out: &mut [f64]) {
        let mut generator = key.generator();
        let Some((first, more)) = self.order.split_first() else { return };
        let mut below = self.rates[*first];
        if below.is_nan() || below > NORMAL_ABOVE {
            return self.draw_from_luck(&mut generator, out);
        }
        let u = generator.uniform();
        // P(N = 0) ≥ 1 − mean: of rare sales most draws are settled without it.
        let mut count = if self.none.is_none() && u < 1.0 - below {
            0.0
        } else {
            invert(u, self.none.unwrap_or_else(|| nothing(below, self.shape)), below, self.shape)
        };
        out[*first] = count;
        for &arm in more {
            let more = self.rates[arm] - below;
            if more > 0.0 {
                count += self.added(&mut generator, below, more, count);
                below = self.rates[arm];
            }
            out[arm] = count;
        }
    }

    /// What `more` adds to a rate that brought `count`.
    fn added(&self, generator: &mut Keyed, rate: f64, more: f64, count: f64) -> f64 {
        if self.shape.is_infinite() {
            return generator.poisson(more);
        }
        let shape = self.shape + count;
        let mean = more * shape / (self.shape + rate);
        if mean > NORMAL_ABOVE {
            return generator_luck(generator, shape).map_or(0.0, |g| generator.poisson(mean * g));
        }
        let u = generator.uniform();
        // As above.
        if u < 1.0 - mean { 0.0 } else { invert(u, nothing(mean, shape), mean, shape) }
    }

    fn draw_from_luck(&self, generator: &mut Keyed, out: &mut [f64]) {
        let luck = generator_luck(generator, self.shape).unwrap_or(1.0);
        let (mut below, mut count) = (0.0, 0.0);
        for &arm in self.order {
            count += generator.poisson((self.rates[arm] - below) * luck);
            below = self.rates[arm];
            out[arm] = count;
        }
    }
}

/// A gamma of mean 1; nothing for a shape that leaves no luck.
fn generator_luck(generator: &mut Keyed, shape: f64) -> Option<f64> {
    if !(shape > 0.0 && shape < 1e9) {
        return None;
    }
    Gamma::new(shape, 1.0 / shape).ok().map(|gamma| gamma.sample(generator))
}

/// `P(N = 0)`: `(1 + mean / shape)^(−shape)`.
fn nothing(mean: f64, shape: f64) -> f64 {
    if mean.is_nan() || mean <= 0.0 {
        1.0
    } else if shape.is_infinite() {
        (-mean).exp()
    } else {
        (-shape * (1.0 + mean / shape).ln()).exp()
    }
}

/// The count whose distribution function first exceeds `u`: negative binomial of a mean
/// and shape, Poisson for an infinite shape.
fn invert(u: f64, none: f64, mean: f64, shape: f64) -> f64 {
    if u < none {
        return 0.0;
    }
    let (mut term, mut below, mut count) = (none, none, 0.0);
    let poisson = shape.is_infinite();
    let odds = if poisson { mean } else { mean / (shape + mean) };
    while u >= below {
        let factor = if poisson { 1.0 } else { shape + count };
        count += 1.0;
        term *= odds * factor / count;
        below += term;
        if term < TERM_MIN && count > mean {
            break;
        }
    }
    count
}

/// What becomes of `units` that were really sold when the rate is `ratio` times that of
/// the time: each is kept with that chance, or as many are added as a Poisson count
/// brings. The mean is `units · ratio`.
pub fn moved(key: Key, units: f64, ratio: f64) -> f64 {
    if units <= 0.0 || !ratio.is_finite() || ratio == 1.0 {
        return units.max(0.0);
    }
    let mut generator = key.generator();
    if ratio > 1.0 {
        return units + generator.poisson(units * (ratio - 1.0));
    }
    let lost = 1.0 - ratio.max(0.0);
    // Whole units one by one where they are few, else by the normal.
    if units <= 64.0 {
        let gone = (0..units.floor() as usize).filter(|_| generator.uniform() < lost).count() as f64;
        return (units - gone - units.fract() * lost).max(0.0);
    }
    let sd = (units * lost * (1.0 - lost)).sqrt();
    (units - (units * lost + sd * generator.normal()).round()).clamp(0.0, units)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::keyed::Stream;

    fn drawn(rates: &[f64], shape: f64, i: u64) -> Vec<f64> {
        let mut order = vec![0; rates.len()];
        let mut out = vec![0.0; rates.len()];
        Cell::of(rates, shape, &mut order).draw(Key::new(9, Stream::Cell, i), &mut out);
        out
    }

    #[test]
    fn counts_have_their_rates_as_means_and_share_their_luck() {
        let n = 60_000u64;
        for shape in [2.5, 0.3, f64::INFINITY] {
            let rates = [4.0, 4.4, 4.0, 60.0, 0.0];
            let (mut sums, mut squares, mut products) = ([0.0; 5], 0.0, 0.0);
            for i in 0..n {
                let out = drawn(&rates, shape, i);
                assert_eq!(out[0], out[2]);
                assert!(out[1] >= out[0] && out[3] >= out[1] && out[4] == 0.0);
                sums.iter_mut().zip(&out).for_each(|(sum, v)| *sum += v);
                squares += (out[0] - 4.0).powi(2);
                products += (out[0] - 4.0) * (out[1] - out[0] - 0.4);
            }
            let over = if shape.is_finite() { 1.0 / shape } else { 0.0 };
            let variance = 4.0 + 16.0 * over;
            for (sum, rate) in sums.iter().zip(rates) {
                let se = ((rate + rate * rate * over) / n as f64).sqrt();
                assert!((sum / n as f64 - rate).abs() <= 5.0 * se, "{shape} {rate}: {}", sum / n as f64);
            }
            let spread = squares / n as f64 / variance;
            assert!((spread - 1.0).abs() < 0.12, "negative binomial spread at {shape}: {spread}");
            // Luck is shared: Cov(N, what the next adds) = λ·Δ·Var(g).
            let covariance = products / n as f64;
            assert!((covariance - 1.6 * over).abs() < 0.05 + 0.3 * over, "{shape}: {covariance}");
        }
    }

    #[test]
    fn a_count_is_what_the_textbook_says() {
        // Shape 2, mean 1: p = 2/3; P(0) = 4/9, P(1) = 2 · 4/9 · 1/3.
        let none = nothing(1.0, 2.0);
        assert!((none - 4.0 / 9.0).abs() < 1e-12);
        assert_eq!(invert(none - 1e-9, none, 1.0, 2.0), 0.0);
        assert_eq!(invert(none + 8.0 / 27.0 - 1e-9, none, 1.0, 2.0), 1.0);
        assert_eq!(invert(none + 8.0 / 27.0 + 1e-9, none, 1.0, 2.0), 2.0);
        assert!(invert(1.0 - f64::EPSILON / 2.0, none, 1.0, 2.0) < 100.0);
        let out = drawn(&[f64::NAN, 0.0], 2.0, 1);
        assert!(out.iter().all(|v| v.is_finite()), "{out:?}");
    }

    #[test]
    fn real_sales_are_moved_by_the_ratio() {
        let n = 20_000u64;
        for (units, ratio) in [(7.0, 1.2), (7.0, 0.8), (200.0, 0.9), (200.0, 1.1), (0.0, 2.0), (5.0, 1.0)] {
            let all: Vec<f64> = (0..n).map(|i| moved(Key::new(4, Stream::Cell, i), units, ratio)).collect();
            let mean = all.iter().sum::<f64>() / n as f64;
            let se = (units * (ratio - 1.0f64).abs() / n as f64).sqrt();
            assert!((mean - units * ratio).abs() <= 5.0 * se + 1e-9, "{units} {ratio}: {mean}");
            assert!(all.iter().all(|v| if ratio < 1.0 { *v <= units } else { *v >= units }));
        }
    }
}
