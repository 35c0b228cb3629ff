//! Randomness that is the same on every machine: a counter mixed into bits, keyed
//! by (seed, words of the key). A draw for one thing never disturbs another's. Uses
//! `libm` and not the platform's own functions, so that the bytes agree everywhere.
//! Must not be used for anything secret.

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A stream of draws.
#[derive(Debug, Clone)]
pub struct Stream {
    state: u64,
}

impl Stream {
    /// The stream of a purpose; `key` tells apart the things it is drawn for.
    pub fn new(seed: u64, purpose: &str, key: &[usize]) -> Self {
        let mut state = mix(seed.wrapping_add(STEP));
        for word in purpose.bytes().map(u64::from).chain(key.iter().map(|k| (*k as u64).wrapping_add(256))) {
            state = mix(state.wrapping_mul(31).wrapping_add(word).wrapping_add(STEP));
        }
        Self { state }
    }

    fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mix(self.state)
    }

    /// Uniform on [0, 1).
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform on the whole numbers `low..=high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.uniform() * (high - low + 1) as f64) as i64
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.uniform() < p
    }

    /// One of a slice that is not empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[(self.uniform() * items.len() as f64) as usize]
    }

    /// Position of one of `weights`, with probability in proportion.
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.uniform() * weights.iter().sum::<f64>();
        for (i, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return i;
            }
        }
        weights.len().saturating_sub(1)
    }

    /// Shuffles in place.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.between(0, i as i64) as usize);
        }
    }

    /// Standard normal (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.uniform()));
        radius * libm::cos(2.0 * core::f64::consts::PI * self.uniform())
    }

    /// Gamma with this shape (at least 1) and scale 1 (Marsaglia and Tsang).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / libm::sqrt(9.0 * d);
        loop {
            let x = self.normal();
            let v = (1.0 + c * x) * (1.0 + c * x) * (1.0 + c * x);
            if v > 0.0 && libm::log(1.0 - self.uniform()) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                return d * v;
            }
        }
    }

    /// Poisson by counting exponential gaps, in pieces so that nothing underflows.
    pub fn poisson(&mut self, mean: f64) -> u32 {
        let pieces = libm::ceil(mean / 20.0).max(1.0);
        let floor = libm::exp(-mean / pieces);
        let mut count = 0;
        for _ in 0..pieces as u32 {
            let mut product = self.uniform();
            while product > floor {
                count += 1;
                product *= self.uniform();
            }
        }
        count
    }

    /// Negative binomial with this mean and size `r` (variance mean + mean²/r).
    pub fn negative_binomial(&mut self, mean: f64, r: f64) -> u32 {
        let level = self.gamma(r) / r;
        self.poisson(mean * level)
    }

    /// Number of successes in `n` trials.
    pub fn binomial(&mut self, n: u32, p: f64) -> u32 {
        (0..n).filter(|_| self.chance(p)).count() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_have_their_moments() {
        let mut stream = Stream::new(1, "moments", &[]);
        let n = 40_000;
        let counts: Vec<f64> = (0..n).map(|_| f64::from(stream.negative_binomial(6.0, 2.5))).collect();
        let mean = counts.iter().sum::<f64>() / f64::from(n);
        let variance = counts.iter().map(|c| (c - mean) * (c - mean)).sum::<f64>() / f64::from(n);
        assert!((mean - 6.0).abs() < 0.1, "{mean}");
        assert!((variance - (6.0 + 36.0 / 2.5)).abs() < 1.0, "{variance}");
        let big: f64 = (0..2000).map(|_| f64::from(stream.poisson(130.0))).sum::<f64>() / 2000.0;
        assert!((big - 130.0).abs() < 1.5, "{big}");
    }

    #[test]
    fn streams_differ_by_purpose_and_key() {
        let first = |purpose, key: &[usize]| Stream::new(7, purpose, key).bits();
        assert_eq!(first("a", &[1, 2]), first("a", &[1, 2]));
        assert_ne!(first("a", &[1, 2]), first("a", &[2, 1]));
        assert_ne!(first("a", &[1]), first("b", &[1]));
    }
}
