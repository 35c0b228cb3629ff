//! The Kalman filter of one market: an AR(1) shock seen through noise of known
//! variance, run over several columns at once, so that regressions on the shocks'
//! errors need no large matrix (augmented filter: de Jong 1991, Annals of Statistics
//! 19). Knows nothing of sales.

use serde::{Deserialize, Serialize};

/// An AR(1) process in its long run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Ar {
    /// Coefficient, 0 to below 1.
    pub rho: f64,
    /// Variance in the long run.
    pub variance: f64,
}

/// What the filter gives of `C` columns: the Gram matrix of their whitened rows, and
/// each column's filtered state after the last row.
#[derive(Debug, Clone)]
pub(super) struct Filtered<const C: usize> {
    pub gram: [[f64; C]; C],
    /// Sum of the logs of the innovations' variances.
    pub log_det: f64,
    /// Rows that were seen.
    pub count: usize,
    /// State after the last row.
    pub state: [f64; C],
    /// Its variance.
    pub variance: f64,
}

impl Ar {
    /// What is left of the variance of a new start.
    fn fresh(self) -> f64 {
        self.variance * (1.0 - self.rho * self.rho)
    }

    /// Standard deviation of a month's new shock.
    pub(super) fn innovation(self) -> f64 {
        self.fresh().max(0.0).sqrt()
    }

    /// Variance `months` after a state that is known with `variance`.
    pub(super) fn variance_ahead(self, variance: f64, months: i32) -> f64 {
        let kept = self.rho.powi(2 * months);
        kept * variance + (1.0 - kept) * self.variance
    }

    /// Filters. A row whose noise is not finite was not seen.
    pub(super) fn filter<const C: usize>(
        self,
        noise: &[f64],
        row: impl Fn(usize) -> [f64; C],
    ) -> Filtered<C> {
        let mut out = Filtered {
            gram: [[0.0; C]; C],
            log_det: 0.0,
            count: 0,
            state: [0.0; C],
            variance: self.variance,
        };
        for (t, noise) in noise.iter().enumerate() {
            if t > 0 {
                out.state.iter_mut().for_each(|s| *s *= self.rho);
                out.variance = self.rho * self.rho * out.variance + self.fresh();
            }
            if !noise.is_finite() {
                continue;
            }
            let spread = out.variance + noise.max(1e-9);
            let gain = out.variance / spread;
            let mut error = row(t);
            for (error, state) in error.iter_mut().zip(&mut out.state) {
                *error -= *state;
                *state += gain * *error;
            }
            out.variance *= 1.0 - gain;
            out.log_det += spread.ln();
            out.count += 1;
            for (a, row) in out.gram.iter_mut().enumerate() {
                let scaled = error[a] / spread;
                row.iter_mut().zip(&error).for_each(|(slot, e)| *slot += scaled * e);
            }
        }
        out
    }

    /// Smoothed states and their variances (Rauch, Tung and Striebel 1965).
    pub(super) fn smooth(self, noise: &[f64], seen: &[f64]) -> Vec<(f64, f64)> {
        let n = noise.len();
        let (mut state, mut variance) = (0.0, self.variance);
        let mut kept = Vec::with_capacity(n);
        for t in 0..n {
            if t > 0 {
                state *= self.rho;
                variance = self.rho * self.rho * variance + self.fresh();
            }
            if noise[t].is_finite() {
                let gain = variance / (variance + noise[t].max(1e-9));
                state += gain * (seen[t] - state);
                variance *= 1.0 - gain;
            }
            kept.push((state, variance));
        }
        for t in (0..n.saturating_sub(1)).rev() {
            let (state, variance) = kept[t];
            let ahead = self.rho * self.rho * variance + self.fresh();
            let back = if ahead > 0.0 { variance * self.rho / ahead } else { 0.0 };
            let (next, next_variance) = kept[t + 1];
            kept[t] = (
                state + back * (next - self.rho * state),
                (variance + back * back * (next_variance - ahead)).max(0.0),
            );
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gram_matrix_is_that_of_the_whole_covariance() {
        // Three rows, the second not seen: covariance of rows 0 and 2 by hand.
        let ar = Ar { rho: 0.5, variance: 2.0 };
        let (x, y) = ([1.0, 9.0, 3.0], [2.0, 9.0, -1.0]);
        let noise = [1.0, f64::INFINITY, 0.5];
        let f = ar.filter(&noise, |t| [x[t], y[t]]);
        let (a, b, c) = (3.0, 0.5, 2.5);
        let det: f64 = a * c - b * b;
        let dot =
            |u: [f64; 2], v: [f64; 2]| (u[0] * (c * v[0] - b * v[1]) + u[1] * (a * v[1] - b * v[0])) / det;
        assert!((f.gram[0][1] - dot([1.0, 3.0], [2.0, -1.0])).abs() < 1e-12);
        assert!((f.gram[0][0] - dot([1.0, 3.0], [1.0, 3.0])).abs() < 1e-12);
        assert!((f.log_det - det.ln()).abs() < 1e-12 && f.count == 2);
        // The last smoothed state is the filtered one.
        let s = ar.smooth(&noise, &x);
        assert!((s[2].0 - f.state[0]).abs() < 1e-12 && (s[2].1 - f.variance).abs() < 1e-12);
        // The first one looks ahead: covariance with the rows seen, by hand.
        let by_hand = dot([2.0, 0.5], [1.0, 3.0]);
        assert!((s[0].0 - by_hand).abs() < 1e-12, "{} {by_hand}", s[0].0);
    }
}
