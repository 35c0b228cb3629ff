//! Tests of proportions and means, by their textbook formulas.

/// Probability that a standard normal is below.
pub fn normal_below(z: f64) -> f64 {
    0.5 * libm::erfc(-z / core::f64::consts::SQRT_2)
}

/// Two-sided exact binomial test: probability, if each of `n` cases is inside with
/// probability `p`, of a number that is as unlikely as `inside` or more.
pub fn binomial_test(inside: usize, n: usize, p: f64) -> f64 {
    let log = |k: usize| {
        let (n, k) = (n as f64, k as f64);
        libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0)
            + k * libm::log(p)
            + (n - k) * libm::log(1.0 - p)
    };
    // Equal up to rounding counts as equal.
    let seen = log(inside) + 1e-7;
    (0..=n).map(log).filter(|l| *l <= seen).map(libm::exp).sum::<f64>().min(1.0)
}

/// Mean, standard deviation, and two-sided probability of a mean as far from 0 if it
/// is 0 (the t test; with a hundred cases and more Student's is the normal).
pub fn mean_test(values: &[f64]) -> [f64; 3] {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let sd = libm::sqrt(values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0));
    let t = mean / sd * libm::sqrt(n);
    [mean, sd, 2.0 * normal_below(-t.abs())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binomial_test_matches_values_worked_out_by_hand() {
        // n = 4, p = .5: 1/16 · (1 4 6 4 1).
        assert!((binomial_test(0, 4, 0.5) - 2.0 / 16.0).abs() < 1e-12);
        assert!((binomial_test(1, 4, 0.5) - 10.0 / 16.0).abs() < 1e-12);
        assert!((binomial_test(2, 4, 0.5) - 1.0).abs() < 1e-12);
        // 90% of 300: 255 and fewer are too few at 1%, 257 are not.
        assert!(binomial_test(255, 300, 0.9) < 0.01 && binomial_test(257, 300, 0.9) > 0.01);
    }

    #[test]
    fn the_mean_test_sees_a_shift_and_not_a_spread() {
        let even: Vec<f64> = (0..100).map(|i| f64::from(i % 2) * 2.0 - 1.0).collect();
        assert!(mean_test(&even)[2] > 0.99);
        let shifted: Vec<f64> = even.iter().map(|v| v + 0.3).collect();
        assert!(mean_test(&shifted)[2] < 0.01);
        assert!((normal_below(1.644_853_6) - 0.95).abs() < 1e-6);
    }
}
