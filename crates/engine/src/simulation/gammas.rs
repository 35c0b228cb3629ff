//! Gammas of mean 1, for a block of pairs side by side: what is not known of the level of a
//! series, and the luck of cells that sell much. Keyed like everything else: the number of
//! a draw does not depend on its block.
//!
//! Marsaglia and Tsang 2000 (*ACM Transactions on Mathematical Software* 26): with a normal
//! x, `v = (1 + c·x)³`, `d = shape − 1/3` and `c = 1/√(9d)`, d·v is a gamma where
//! `ln u < x²/2 + d·(1 − v + ln v)`; below a shape of 1 one of shape + 1 times
//! `u^(1/shape)`. Nearly every lane is settled by its first pair of numbers.

use super::keyed::Key;
use super::lanes::{Lanes, bits, exp, ln, normals};

/// Parts of a key for what follows the first numbers.
const AGAIN: u64 = u64::MAX;
const BELOW_ONE: u64 = u64::MAX - 1;
/// Cube roots are not taken to be smaller where a logarithm of them is.
const ROOT_MIN: f64 = 1e-3;

/// Gammas of one shape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gammas {
    /// `shape − 1/3`, of the shape that is at least 1.
    d: f64,
    c: f64,
    /// Of mean 1.
    scale: f64,
    /// `1 / shape` below a shape of 1.
    power: Option<f64>,
}

impl Gammas {
    /// Of a shape; nothing for one that leaves no spread to speak of.
    #[inline(always)]
    pub fn of(shape: f64) -> Option<Self> {
        if !(shape.is_finite() && (1e-3..1e9).contains(&shape)) {
            return None;
        }
        let is_small = shape < 1.0;
        let d = (if is_small { shape + 1.0 } else { shape }) - 1.0 / 3.0;
        let power = is_small.then_some(1.0 / shape);
        Some(Self { d, c: 1.0 / (9.0 * d).sqrt(), scale: 1.0 / shape, power })
    }

    /// The gammas of a key at `at(lane)`.
    #[inline(always)]
    pub fn draw<const P: usize>(&self, key: Key, at: impl Fn(usize) -> u64) -> Lanes<P> {
        let (mut z, mut u) = ([0.0; P], [0.0; P]);
        for lane in 0..P {
            [z[lane], u[lane]] = key.halves(at(lane));
        }
        let z = normals(&z);
        let (mut out, mut over) = ([0.0; P], [0.0; P]);
        for lane in 0..P {
            let root = 1.0 + self.c * z[lane];
            let v = root * root * root;
            let root = if root > ROOT_MIN { root } else { ROOT_MIN };
            let limit = z[lane] * z[lane] * 0.5 + self.d * (1.0 - v + 3.0 * ln(root));
            over[lane] = if root > ROOT_MIN { ln(u[lane]) - limit } else { 1.0 };
            out[lane] = self.d * v * self.scale;
        }
        let mut refused = [0; P];
        for lane in 0..P {
            refused[lane] = u64::from(over[lane] >= 0.0);
        }
        let mut refused = bits(&refused);
        while refused != 0 {
            let lane = refused.trailing_zeros() as usize;
            refused &= refused - 1;
            out[lane] = self.again(key, at(lane));
        }
        if let Some(power) = self.power {
            let key = key.and(BELOW_ONE);
            for lane in 0..P {
                let [u, _] = key.halves(at(lane));
                out[lane] *= exp(ln(u) * power);
            }
        }
        out
    }

    /// Further tries for one lane.
    #[cold]
    fn again(&self, key: Key, at: u64) -> f64 {
        let mut generator = key.and(AGAIN).and(at).generator();
        loop {
            let (z, u) = (generator.normal(), generator.uniform());
            let root = 1.0 + self.c * z;
            let v = root * root * root;
            if root > ROOT_MIN && u.ln() < z * z * 0.5 + self.d * (1.0 - v + v.ln()) {
                return self.d * v * self.scale;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::keyed::Stream;

    #[test]
    fn gammas_have_mean_1_the_variance_of_their_shape_and_its_skewness() {
        for shape in [0.2, 0.8, 1.0, 2.5, 40.0] {
            let (n, gammas) = (200_000u64, Gammas::of(shape).expect("a usable shape"));
            let key = Key::new(3, Stream::Level, 1);
            let draw = |first: u64| gammas.draw::<16>(key, |lane| first + lane as u64);
            let all: Vec<f64> = (0..n).step_by(16).flat_map(draw).collect();
            let moment = |k: i32| all.iter().map(|g| (g - 1.0).powi(k)).sum::<f64>() / n as f64;
            let variance = 1.0 / shape;
            assert!(moment(1).abs() < 5.0 * (variance / n as f64).sqrt(), "{shape}: {}", moment(1));
            assert!((moment(2) / variance - 1.0).abs() < 0.06, "{shape}: {}", moment(2));
            let skewness = moment(3) / moment(2).powf(1.5);
            assert!((skewness / (2.0 / shape.sqrt()) - 1.0).abs() < 0.15, "{shape}: {skewness}");
        }
        assert_eq!([f64::INFINITY, f64::NAN, 0.0].map(Gammas::of), [None; 3]);
    }

    #[test]
    fn a_gamma_does_not_depend_on_its_block() {
        let (gammas, key) = (Gammas::of(0.7).expect("a usable shape"), Key::new(3, Stream::Level, 2));
        let together = gammas.draw::<16>(key, |lane| 32 + lane as u64);
        for (lane, expected) in together.into_iter().enumerate() {
            assert_eq!(gammas.draw::<1>(key, |_| 32 + lane as u64), [expected]);
        }
    }
}
