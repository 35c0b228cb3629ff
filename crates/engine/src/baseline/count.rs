//! The negative binomial: probabilities, quantiles and the score of a count under it
//! (CRPS: Gneiting and Raftery 2007, Journal of the American Statistical Association
//! 102). Every function is finite for every finite argument.

/// A negative binomial with variance μ + μ²/shape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Count {
    /// Mean μ.
    pub mean: f64,
    /// Gamma shape.
    pub shape: f64,
}

/// A mean above this one is counted in larger units, so that it is this one: the shape
/// of the distribution stays, and no sum has too many terms.
const LARGE: f64 = 80.0;
/// The tail beyond this probability is left out.
const TAIL: f64 = 1e-5;
const STEPS_MAX: usize = 20_000;

impl Count {
    /// A count; arguments are brought into the range that can be computed with.
    pub fn new(mean: f64, shape: f64) -> Self {
        let tame = |v: f64, low: f64, high: f64| if v.is_finite() { v.clamp(low, high) } else { high };
        Self { mean: tame(mean, 0.0, 1e12), shape: tame(shape, 0.02, 1e9) }
    }

    /// Its variance.
    pub fn variance(&self) -> f64 {
        self.mean * (1.0 + self.mean / self.shape)
    }

    /// Calls `with` for 0, 1, … with the probability of that count, until told to stop.
    fn walk(&self, mut with: impl FnMut(f64) -> bool) {
        let odds = self.mean / (self.shape + self.mean);
        let mut p = (-self.shape * (self.mean / self.shape).ln_1p()).exp();
        let mut k = 0.0;
        for _ in 0..STEPS_MAX {
            if !with(p) {
                return;
            }
            p *= (k + self.shape) / (k + 1.0) * odds;
            k += 1.0;
        }
    }

    /// The same distribution in units of so many, where the mean is large and the
    /// relative variance not smaller than a Poisson's in those units.
    fn in_larger_units(&self) -> Option<(Self, f64)> {
        let relative = 1.0 / self.mean + 1.0 / self.shape - 1.0 / LARGE;
        (self.mean > LARGE && relative > 1e-9)
            .then(|| (Self { mean: LARGE, shape: 1.0 / relative }, self.mean / LARGE))
    }

    /// Parameters of the lognormal that stands in for a large mean that is known well.
    fn lognormal(&self) -> (f64, f64) {
        let variance = (self.variance() / (self.mean * self.mean)).ln_1p();
        (self.mean.ln() - variance / 2.0, variance.sqrt())
    }

    /// Continuous ranked probability score of a count; lower is better.
    pub fn crps(&self, units: f64) -> f64 {
        let units = units.max(0.0).round();
        if let Some((smaller, unit)) = self.in_larger_units() {
            return unit * smaller.crps(units / unit);
        }
        if self.mean > LARGE {
            let (middle, sd) = self.lognormal();
            return crps_lognormal(middle, sd, units.max(0.5));
        }
        let (mut below, mut score, mut k) = (0.0, 0.0, 0.0);
        self.walk(|p| {
            below += p;
            let error = if k >= units { 1.0 - below } else { below };
            score += error * error;
            k += 1.0;
            k <= units || 1.0 - below > TAIL
        });
        score
    }

    /// Probability of fewer than, and of at most `units`.
    pub fn below(&self, units: f64) -> (f64, f64) {
        let units = units.max(0.0).round();
        if let Some((smaller, unit)) = self.in_larger_units() {
            return smaller.below(units / unit);
        }
        if self.mean > LARGE {
            let (middle, sd) = self.lognormal();
            let at = |y: f64| if y <= 0.0 { 0.0 } else { normal_below((y.ln() - middle) / sd) };
            return (at(units - 0.5), at(units + 0.5));
        }
        let (mut fewer, mut at_most, mut k) = (0.0, 0.0, 0.0);
        self.walk(|p| {
            fewer = at_most;
            at_most = f64::min(at_most + p, 1.0);
            k += 1.0;
            k <= units && 1.0 - at_most > 1e-15
        });
        if k <= units { (1.0, 1.0) } else { (fewer, at_most) }
    }

    /// The least count that is not exceeded with at least this probability.
    pub fn quantile(&self, level: f64) -> f64 {
        if let Some((smaller, unit)) = self.in_larger_units() {
            return (smaller.quantile(level) * unit).round();
        }
        if self.mean > LARGE {
            let (middle, sd) = self.lognormal();
            return (middle + sd * normal_quantile(level)).exp().round();
        }
        let (mut below, mut k) = (0.0, 0.0);
        self.walk(|p| {
            below += p;
            k += 1.0;
            below < level
        });
        f64::max(k - 1.0, 0.0)
    }
}

/// CRPS of a lognormal (Baran and Lerch 2015, Quarterly Journal of the Royal
/// Meteorological Society 141).
fn crps_lognormal(middle: f64, sd: f64, y: f64) -> f64 {
    let omega = (y.ln() - middle) / sd;
    let mean = (middle + sd * sd / 2.0).exp();
    let both = normal_below(omega - sd) + normal_below(sd / std::f64::consts::SQRT_2) - 1.0;
    (y * (2.0 * normal_below(omega) - 1.0) - 2.0 * mean * both).max(0.0)
}

/// Distribution function of the standard normal, to 7 digits (Abramowitz and Stegun
/// 26.2.17).
pub fn normal_below(z: f64) -> f64 {
    const B: [f64; 5] = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let series = B.iter().rev().fold(0.0, |sum, b| (sum + b) * t);
    let tail = (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt() * series;
    if z >= 0.0 { 1.0 - tail } else { tail }
}

/// Quantile of the standard normal, to 4 digits (Abramowitz and Stegun 26.2.23).
pub fn normal_quantile(level: f64) -> f64 {
    let p = level.clamp(1e-12, 1.0 - 1e-12);
    let t = (-2.0 * p.min(1.0 - p).ln()).sqrt();
    let above = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let below = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    let z = t - above / below;
    if p < 0.5 { -z } else { z }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_is_the_mean_distance_less_half_the_spread() {
        // CRPS = E|X − y| − ½ E|X − X'|, both sums over the probabilities.
        let count = Count::new(3.0, 1.2);
        let mut p = Vec::new();
        count.walk(|q| {
            p.push(q);
            p.len() < 400
        });
        let distance =
            |f: &dyn Fn(f64) -> f64| p.iter().enumerate().map(|(k, p)| p * f(k as f64)).sum::<f64>();
        let spread = distance(&|j| distance(&|k| (j - k).abs()));
        for y in [0.0, 2.0, 9.0] {
            let direct = distance(&|k| (k - y).abs()) - spread / 2.0;
            assert!((count.crps(y) - direct).abs() < 1e-4, "{y}: {} {direct}", count.crps(y));
        }
    }

    #[test]
    fn large_counts_score_like_small_ones_do() {
        for shape in [1.0, 2.5, 500.0] {
            let (below, above) = (Count::new(79.9, shape), Count::new(80.2, shape));
            for y in [10.0, 70.0, 160.0] {
                let (small, large) = (below.crps(y), above.crps(y));
                assert!((small / large - 1.0).abs() < 0.03, "{shape} {y}: {small} {large}");
                assert!((below.below(y).1 - above.below(y).1).abs() < 0.02);
            }
            // Ten times as much scores ten times as badly, counting aside.
            let more =
                Count::new(8e4, shape.min(50.0)).crps(7e4) / Count::new(8e3, shape.min(50.0)).crps(7e3);
            assert!((more / 10.0 - 1.0).abs() < 0.05, "{shape}: {more}");
        }
    }

    #[test]
    fn quantiles_and_probabilities_agree() {
        for (mean, shape) in [(0.2, 0.3), (4.0, 2.5), (300.0, 9.0)] {
            let count = Count::new(mean, shape);
            for level in [0.05, 0.5, 0.95] {
                let q = count.quantile(level);
                let (fewer, at_most) = count.below(q);
                assert!(fewer <= level + 0.01 && at_most >= level - 0.01, "{mean} {level}: {q}");
            }
        }
        assert!((normal_below(normal_quantile(0.9)) - 0.9).abs() < 1e-4);
        assert!((normal_below(1.959_964) - 0.975).abs() < 1e-6);
        assert_eq!(Count::new(0.0, 1.0).crps(0.0), 0.0);
        assert!(Count::new(f64::NAN, f64::NAN).crps(3.0).is_finite());
        assert!(Count::new(2.0, 0.02).crps(1e9).is_finite());
    }
}
