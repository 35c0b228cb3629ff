//! Sales of one cell as lognormal amounts in place of counts (FORECASTING.md §4), for a
//! block of pairs at once: quicker, and right for sums of many and for cells that sell some
//! thirty units and more. Every arm has the same factor of mean 1, so that equal rates sell
//! alike and a higher one more.
//!
//! `amount = λ·e^(σz − σ²/2)` with `σ² = ln(1 + 1/λ₀ + 1/r)`, λ₀ the baseline's rate: the
//! mean of the negative binomial in every arm, its variance in the baseline. What is not in
//! it: whole units, the part of the skewness that a lognormal has too much of, and the luck
//! of the difference between arms beyond what they share.

use super::super::ledger::DRAWS;
use super::super::singles::{Singles, exp, ln, normals};
use super::{Cell, Rates};

/// A rate below this has the spread of this one: it sells next to nothing.
const RATE_MIN: f32 = 1e-3;

impl Cell {
    /// Draws the amounts of every arm in both draws of the pairs from `first` on.
    #[inline(always)]
    pub fn draw_smooth<const P: usize>(
        &self,
        first: u64,
        rates: &Rates<f32, P>,
        amounts: &mut [Vec<Singles<P>>; DRAWS],
    ) {
        let Some(baseline) = rates.of.first() else { return };
        let factors = self.factors(first, baseline);
        for (amounts, factor) in amounts.iter_mut().zip(&factors) {
            for (amounts, rates) in amounts.iter_mut().zip(&rates.of) {
                // By way of an array that can be nothing else, so that lanes go together.
                let mut of_arm = *rates;
                for lane in 0..P {
                    of_arm[lane] *= factor[lane];
                }
                *amounts = of_arm;
            }
        }
    }

    /// What all arms share, by draw: of mean 1.
    #[inline(always)]
    fn factors<const P: usize>(&self, first: u64, baseline: &Singles<P>) -> [Singles<P>; DRAWS] {
        let more = if self.shape.is_finite() { (1.0 + 1.0 / self.shape) as f32 } else { 1.0 };
        let mut bits = [0; P];
        for lane in 0..P {
            bits[lane] = self.key.bits(first + lane as u64);
        }
        let [mut one, mut two] = normals(&bits);
        for lane in 0..P {
            let rate = if baseline[lane] > RATE_MIN { baseline[lane] } else { RATE_MIN };
            let variance = ln(more + 1.0 / rate);
            let (sd, half) = (variance.sqrt(), 0.5 * variance);
            one[lane] = exp(sd * one[lane] - half);
            two[lane] = exp(sd * two[lane] - half);
        }
        [one, two]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::keyed::{Key, Stream};

    fn drawn<const P: usize>(rates: &[f64], shape: f64, first: u64) -> [Vec<Singles<P>>; DRAWS] {
        let mut amounts = [vec![[0.0; P]; rates.len()], vec![[0.0; P]; rates.len()]];
        let rates = Rates { of: rates.iter().map(|r| [*r as f32; P]).collect(), ..Rates::default() };
        Cell { key: Key::new(9, Stream::Cell, 0), shape }.draw_smooth(first, &rates, &mut amounts);
        amounts
    }

    #[test]
    fn amounts_have_the_mean_and_the_variance_of_the_counts_and_share_their_luck() {
        let n = 120_000u64;
        for (rate, shape) in [(4.0, 2.5), (60.0, 20.0), (900.0, f64::INFINITY)] {
            let rates = [rate, 1.2 * rate, rate, 0.0];
            let (mut sum, mut squares) = (0.0, 0.0);
            for first in (0..n / 2).step_by(16) {
                let drawn = drawn::<16>(&rates, shape, first);
                for (of, lane) in drawn.iter().flat_map(|of| (0..16).map(move |lane| (of, lane))) {
                    assert_eq!((of[0][lane], of[3][lane]), (of[2][lane], 0.0));
                    assert!((of[1][lane] / of[0][lane] - 1.2).abs() < 1e-6);
                    let amount = f64::from(of[0][lane]);
                    sum += amount;
                    squares += (amount - rate).powi(2);
                }
            }
            let over = if shape.is_finite() { 1.0 / shape } else { 0.0 };
            let variance = rate + rate * rate * over;
            let off = (sum / n as f64 - rate) / (variance / n as f64).sqrt();
            assert!(off.abs() < 5.0, "{rate} {shape}: {off}");
            let spread = squares / n as f64 / variance;
            assert!((spread - 1.0).abs() < 0.06, "{rate} {shape}: {spread}");
        }
    }

    #[test]
    fn large_cells_sell_by_the_same_quantiles_as_counts() {
        let n = 40_000u64;
        for (rate, shape) in [(40.0, 200.0), (400.0, 60.0)] {
            let (mut amounts, mut counts) = (Vec::new(), Vec::new());
            for first in (0..n / 2).step_by(16) {
                amounts.extend(
                    drawn::<16>(&[rate], shape, first).into_iter().flat_map(|of| of[0].map(f64::from)),
                );
                let mut of = [vec![[0.0; 16]], vec![[0.0; 16]]];
                let mut rates = Rates { of: vec![[rate; 16]], ..Rates::default() };
                let key = Key::new(8, Stream::Cell, 0);
                Cell { key, shape }.draw(first, &mut rates, &mut of);
                counts.extend(of.into_iter().flat_map(|of| of[0]));
            }
            amounts.sort_by(f64::total_cmp);
            counts.sort_by(f64::total_cmp);
            let sd = (rate + rate * rate / shape).sqrt();
            // Half a unit of rounding, and a tenth of a standard deviation. Far out, where
            // a lognormal is too skewed, a quarter of one.
            for (level, of_sd) in [(0.01, 0.25), (0.1, 0.1), (0.5, 0.1), (0.9, 0.1), (0.99, 0.25)] {
                let at = (level * n as f64) as usize;
                let apart = (amounts[at] - counts[at]).abs();
                assert!(apart < 0.5 + of_sd * sd, "{rate} at {level}: {} {}", amounts[at], counts[at]);
            }
        }
    }

    #[test]
    fn an_amount_does_not_depend_on_its_block() {
        let together = drawn::<16>(&[3.0, 2.0], 1.7, 0);
        for pair in 0..16 {
            let one = drawn::<1>(&[3.0, 2.0], 1.7, pair);
            for (draw, arm) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                assert_eq!(one[draw][arm][0], together[draw][arm][pair as usize]);
            }
        }
    }
}
