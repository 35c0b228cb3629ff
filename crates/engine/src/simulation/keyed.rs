//! Randomness keyed by what it is for, never by thread or order (DESIGN.md,
//! invariant 1): the numbers of a (seed, stream, draw, partner, product, month)
//! are the same whatever else was drawn before. Nothing here holds state between
//! two keys.

use rand_core::{RngCore, impls};
use rand_distr::{Distribution, StandardNormal};

/// What a number is drawn for. Two streams with the same key share nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// The response of a product.
    Response,
    /// The market shock of a region, product and month.
    Shock,
    /// The level of a series.
    Level,
    /// The overdispersion and the counts of a cell.
    Cell,
    /// The shock of a partner and month.
    Partner,
    /// Where a couple of pairs lies along what markets have in common.
    Place,
}

/// Golden-ratio increment: consecutive counters land far apart.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
/// Another odd multiplier without structure, for the parts of a key.
const PART: u64 = 0xD1B5_4A32_D192_ED03;
/// Above this mean a Poisson count is the rounded normal that
/// FORECASTING.md §4 allows (with its skewness corrected).
pub const NORMAL_ABOVE: f64 = 30.0;

/// A bijective finaliser: every bit of the input moves every bit of the output.
#[inline(always)]
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The 52 highest bits as a number in [0, 1): the fraction of one in [1, 2).
#[inline(always)]
fn uniform(bits: u64) -> f64 {
    f64::from_bits((bits >> 12) | 0x3FF0_0000_0000_0000) - 1.0
}

/// Two numbers in (0, 1) from the halves of some bits: each in the middle of one of 2^32
/// equal steps.
#[inline(always)]
fn halves(bits: u64) -> [f64; 2] {
    const STEPS: u64 = 0x000F_FFFF_FFF0_0000;
    const MIDDLE: u64 = 0x0000_0000_0008_0000;
    const ONE: u64 = 0x3FF0_0000_0000_0000;
    [bits >> 12, bits << 20].map(|steps| f64::from_bits((steps & STEPS) | MIDDLE | ONE) - 1.0)
}

/// A Poisson count of a large mean from a standard normal: rounded, with the skewness term
/// of Cornish and Fisher.
#[inline(always)]
pub fn near_normal(mean: f64, z: f64) -> f64 {
    let count = whole(mean + mean.sqrt() * z + (z * z - 1.0) * (1.0 / 6.0));
    if count > 0.0 { count } else { 0.0 }
}

/// The nearest whole number, ties to the even one, as plain additions.
#[inline(always)]
fn whole(x: f64) -> f64 {
    const HALF_OF_53_BITS: f64 = 4_503_599_627_370_496.0;
    if x.abs() < HALF_OF_53_BITS { (x.abs() + HALF_OF_53_BITS - HALF_OF_53_BITS).copysign(x) } else { x }
}

/// The part of a key that many cells share, mixed once.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    mixed: u64,
    mirrored: bool,
}

impl Key {
    /// A key of a seed, a stream and a draw (or a pair of draws).
    pub fn new(seed: u64, stream: Stream, draw: u64) -> Self {
        Key { mixed: mix(seed ^ STEP), mirrored: false }.and(stream as u64 + 1).and(draw)
    }

    /// The same key, whose normals have the other sign where `mirrored`.
    pub fn mirrored(self, mirrored: bool) -> Self {
        Self { mirrored, ..self }
    }

    /// The key narrowed by one more number. Its multiplier is not that of the
    /// counter, so that no key continues the numbers of another.
    pub fn and(self, part: u64) -> Self {
        Key { mixed: mix(self.mixed ^ part.wrapping_add(1).wrapping_mul(PART)), ..self }
    }

    /// The n-th uniform number of this key, in [0, 1): what its generator gives after n
    /// others, at the cost of one.
    #[inline(always)]
    pub fn nth(self, n: u64) -> f64 {
        uniform(self.bits(n))
    }

    /// The bits of the n-th number of this key.
    #[inline(always)]
    pub fn bits(self, n: u64) -> u64 {
        mix(self.mixed.wrapping_add(n.wrapping_add(1).wrapping_mul(STEP)))
    }

    /// The halves of the n-th number of this key: two uniform numbers in (0, 1), unrelated,
    /// with 32 bits each.
    #[inline(always)]
    pub fn halves(self, n: u64) -> [f64; 2] {
        halves(self.bits(n))
    }

    /// The generator of this key, at its beginning.
    pub fn generator(self) -> Keyed {
        Keyed { key: self.mixed, counter: 0, mirrored: self.mirrored }
    }
}

/// A counter-based generator: the n-th number is a function of the key and n.
#[derive(Debug, Clone)]
pub struct Keyed {
    key: u64,
    counter: u64,
    mirrored: bool,
}

impl Keyed {
    /// Uniform in [0, 1), 52 bits.
    pub fn uniform(&mut self) -> f64 {
        uniform(self.next_u64())
    }

    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        let normal: f64 = StandardNormal.sample(self);
        if self.mirrored { -normal } else { normal }
    }

    /// A Poisson count of a mean. Below 30 by inversion of one uniform, above it
    /// [`near_normal`]. 0 for a mean that is not positive.
    pub fn poisson(&mut self, mean: f64) -> f64 {
        if mean.is_nan() || mean <= 0.0 {
            return 0.0;
        }
        if mean > NORMAL_ABOVE {
            return near_normal(mean, self.normal());
        }
        let u = self.uniform();
        let mut term = (-mean).exp();
        let mut below = term;
        let mut count = 0.0;
        // A uniform has 52 bits: beyond 200 the remaining mass cannot be hit.
        while u >= below && count < 200.0 {
            count += 1.0;
            term *= mean / count;
            below += term;
        }
        count
    }
}

impl RngCore for Keyed {
    fn next_u32(&mut self) -> u32 {
        (self.next_u64() >> 32) as u32
    }

    fn next_u64(&mut self) -> u64 {
        self.counter = self.counter.wrapping_add(STEP);
        mix(self.key.wrapping_add(self.counter))
    }

    fn fill_bytes(&mut self, dst: &mut [u8]) {
        impls::fill_bytes_via_next(self, dst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_and_variance(values: &[f64]) -> (f64, f64) {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        (mean, values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0))
    }

    #[test]
    fn numbers_of_neighbouring_keys_are_uniform_and_unrelated() {
        let n = 200_000u64;
        let first = |i: u64| Key::new(7, Stream::Cell, i / 100).and(i % 100).generator().uniform();
        let values: Vec<f64> = (0..n).map(first).collect();
        let (mean, variance) = mean_and_variance(&values);
        // Five standard errors of the mean and the variance of a uniform.
        assert!((mean - 0.5).abs() < 5.0 * (1.0 / 12.0 / n as f64).sqrt(), "{mean}");
        assert!((variance - 1.0 / 12.0).abs() < 5.0 * (1.0 / 180.0 / n as f64).sqrt(), "{variance}");
        let lagged: f64 = values.windows(2).map(|w| (w[0] - 0.5) * (w[1] - 0.5)).sum::<f64>() * 12.0;
        assert!((lagged / n as f64).abs() < 5.0 / (n as f64).sqrt(), "{lagged}");
        let mut cells = [0f64; 64];
        for v in &values {
            cells[(v * 64.0) as usize] += 1.0;
        }
        let expected = n as f64 / 64.0;
        let chi: f64 = cells.iter().map(|c| (c - expected).powi(2) / expected).sum();
        // 63 degrees of freedom: mean 63, sd 11.2.
        assert!(chi < 63.0 + 5.0 * 11.2, "{chi}");
    }

    #[test]
    fn halves_are_uniform_and_unrelated() {
        let n = 100_000u64;
        let key = Key::new(5, Stream::Cell, 3);
        let all: Vec<[f64; 2]> = (0..n).map(|i| key.halves(i)).collect();
        for half in 0..2 {
            let (mean, variance) = mean_and_variance(&all.iter().map(|h| h[half]).collect::<Vec<_>>());
            assert!((mean - 0.5).abs() < 5.0 * (1.0 / 12.0 / n as f64).sqrt(), "{half}: {mean}");
            assert!(
                (variance - 1.0 / 12.0).abs() < 5.0 * (1.0 / 180.0 / n as f64).sqrt(),
                "{half}: {variance}"
            );
        }
        let together: f64 = all.iter().map(|[a, b]| (a - 0.5) * (b - 0.5)).sum::<f64>() * 12.0;
        assert!((together / n as f64).abs() < 5.0 / (n as f64).sqrt(), "{together}");
        assert_eq!(halves(0), [2f64.powi(-33); 2]);
        assert_eq!(halves(u64::MAX), [1.0 - 2f64.powi(-33); 2]);
    }

    #[test]
    fn a_key_says_everything() {
        let draw = |seed, stream, d, cell| Key::new(seed, stream, d).and(cell).generator().next_u64();
        assert_eq!(draw(1, Stream::Level, 2, 3), draw(1, Stream::Level, 2, 3));
        assert_ne!(draw(1, Stream::Level, 2, 3), draw(2, Stream::Level, 2, 3));
        assert_ne!(draw(1, Stream::Level, 2, 3), draw(1, Stream::Shock, 2, 3));
        assert_ne!(draw(1, Stream::Level, 2, 3), draw(1, Stream::Level, 3, 2));
    }

    #[test]
    fn counts_have_the_mean_and_the_variance_of_poisson() {
        for mean in [0.03, 0.7, 4.0, 29.0, 31.0, 900.0] {
            let n = 100_000u64;
            let key = Key::new(11, Stream::Cell, 1);
            let counts: Vec<f64> = (0..n).map(|i| key.and(i).generator().poisson(mean)).collect();
            let (got, variance) = mean_and_variance(&counts);
            assert!((got - mean).abs() < 5.0 * (mean / n as f64).sqrt(), "mean {mean}: {got}");
            let se = ((mean + 2.0 * mean * mean) / n as f64).sqrt();
            // 1/12 of rounding and 1/18 of the skewness term above 30.
            assert!((variance - mean).abs() < 5.0 * se + 0.2, "mean {mean}: variance {variance}");
            assert!(counts.iter().all(|c| *c >= 0.0 && c.fract() == 0.0));
        }
        let mut generator = Key::new(1, Stream::Cell, 1).generator();
        assert_eq!(generator.poisson(0.0), 0.0);
        assert_eq!(generator.poisson(f64::NAN), 0.0);
    }
}
