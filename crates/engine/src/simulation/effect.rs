//! What an incentive does to the sales of one cell: the fitted effect, and how far a
//! draw of the response moves it. Knows no series and draws nothing.
//!
//! # The rate of an arm
//!
//! `λ = mean · level · shock · exp(β·x)` (FORECASTING.md §3 and §4). The level was
//! learned from months that had an incentive themselves, cleaned at the posterior
//! mean `β̂`. If the true response is stronger, the cleaned level is lower by as
//! much: what history fixes is the sales *at the incentive it saw*, `x̄`. So a draw
//! of β counts from there:
//!
//! `ln λ = ln mean + β̂·x + (β − β̂)·(x − x̄) − ½ Var[(β − β̂)·(x − x̄)]`
//!
//! The last term keeps the mean at the fitted response: not knowing an effect must
//! not look like more sales. Outside the observed range of x the deviation is
//! scaled so that its variance grows by `1 + (distance / width)²` (§2, EXTRAPOLATION).

//!
//! # Products err together
//!
//! Products that lean on their common mean share its error: the factor of a response
//! has columns of its own and columns whose normals are one for all products
//! ([`ProductResponse::joint`]). Drawn one by one their sum would look too certain.

use crate::response::{LAGS, ProductResponse};

/// What a response is to: the incentive at lags 0 to 2, then the firm-facing one
/// where the history could tell it apart.
pub const REGRESSORS: usize = LAGS + 1;
/// Standard normals behind a draw of a response: a product's own lags, the firm-facing
/// one, and the lags' share of what all products have in common.
pub const NORMALS: usize = REGRESSORS + LAGS;
/// A response moves sales tenfold at most, up or down, whatever x says.
pub const LOG_LIFT_MAX: f64 = std::f64::consts::LN_10;
/// Standard deviation of a log-lift is at most this: no draw explodes.
const LOG_SD_MAX: f64 = 1.0;
/// Width of an observed range is at least this share of list price, so that a
/// history with a single incentive does not divide by nothing.
const RANGE_WIDTH_MIN: f64 = 0.005;
/// Log of the whole effect of the incentive, whatever a response says.
const LOG_MAX: f64 = 10.0;
/// Beyond the range by less than this share of its width is the edge itself: x
/// drifts with prices and predicted volumes.
const EDGE: f64 = 0.01;
/// The variance of a log-lift is inflated at most this many times.
const INFLATION_MAX: f64 = 100.0;

/// What the response is to in a month of the history.
pub fn lagged_incentive(main: &[f64], firm: &[f64], t: usize) -> [f64; REGRESSORS] {
    let at = |x: &[f64], lag: usize| {
        t.checked_sub(lag).and_then(|t| x.get(t)).copied().filter(|x| x.is_finite()).unwrap_or(0.0)
    };
    [at(main, 0), at(main, 1), at(main, 2), at(firm, 0)]
}

/// The response of a product as jointly normal regressors: mean, and a factor of the
/// covariance, regressors by normals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beta {
    pub mean: [f64; REGRESSORS],
    pub factor: [[f64; NORMALS]; REGRESSORS],
}

impl Beta {
    /// `None`: nothing is known.
    pub fn of(response: &ProductResponse) -> Option<Self> {
        let joint = response.joint()?;
        let (firm, firm_se) = response.diagnostics.firm.unwrap_or((0.0, 0.0));
        let mut beta = Self { mean: [0.0; REGRESSORS], factor: [[0.0; NORMALS]; REGRESSORS] };
        beta.mean[..LAGS].copy_from_slice(&joint.mean);
        for (l, row) in beta.factor.iter_mut().take(LAGS).enumerate() {
            row[..LAGS].copy_from_slice(&joint.own_cholesky[l]);
            row[REGRESSORS..].copy_from_slice(&joint.common[l]);
        }
        beta.mean[LAGS] = firm;
        beta.factor[LAGS][LAGS] = firm_se;
        let all = beta.mean.iter().chain(beta.factor.iter().flatten());
        all.copied().all(f64::is_finite).then_some(beta)
    }

    /// Log effect of an incentive at the posterior mean; 0 where it is not a number.
    pub fn fitted(&self, x: &[f64; REGRESSORS]) -> f64 {
        tame(dot(&self.mean, x), 0.0)
    }
}

fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The response in one cell.
pub struct Effect {
    /// Log effect at the posterior mean, less the variance term.
    pub log_mean: f64,
    /// The same against the effect at the incentive that the level was learned at.
    pub log_lift: f64,
    /// How the log moves with the standard normals of the response.
    pub deviation: [f64; NORMALS],
    /// Whether a limit was met.
    pub cut: bool,
}

/// The effect of an incentive `x` on a level learned at `seen`; `outside`: as
/// [`beyond`] gives it.
pub fn effect(beta: Option<&Beta>, x: &[f64; REGRESSORS], seen: &[f64; REGRESSORS], outside: f64) -> Effect {
    let Some(beta) = beta else {
        return Effect { log_mean: 0.0, log_lift: 0.0, deviation: [0.0; NORMALS], cut: false };
    };
    let (fitted, at_seen) = (beta.fitted(x), beta.fitted(seen));
    let kept = fitted.clamp(at_seen - LOG_LIFT_MAX, at_seen + LOG_LIFT_MAX);
    let away: [f64; REGRESSORS] = std::array::from_fn(|l| x[l] - seen[l]);
    // Lᵀ(x − x̄): a draw of β is β̂ + L z, so its effect is z · Lᵀ(x − x̄).
    let moved: [f64; NORMALS] =
        std::array::from_fn(|j| (0..REGRESSORS).map(|i| beta.factor[i][j] * away[i]).sum::<f64>());
    let plain = tame(dot(&moved, &moved), 0.0).sqrt();
    let sd = plain * (1.0 + outside * outside).min(INFLATION_MAX).sqrt();
    let limited = sd.min(LOG_SD_MAX);
    let deviation = moved.map(|v| if plain > 0.0 { tame(v * (limited / plain), 0.0) } else { 0.0 });
    let variance = dot(&deviation, &deviation);
    Effect {
        log_mean: kept.clamp(-LOG_MAX, LOG_MAX) - variance / 2.0,
        log_lift: kept - at_seen - variance / 2.0,
        deviation,
        cut: kept != fitted || limited < sd,
    }
}

/// Distance beyond the observed range, in widths of the range; the worst of the lags.
pub fn beyond(range: [f64; 2], x: &[f64; REGRESSORS]) -> f64 {
    let [low, high] = range;
    let width = (high - low).max(RANGE_WIDTH_MIN);
    let outside = |x: &f64| (low - x).max(x - high).max(0.0) / width;
    let furthest = tame(x[..LAGS].iter().map(outside).fold(0.0, f64::max), 0.0);
    if furthest < EDGE { 0.0 } else { furthest.min(10.0) }
}

/// A number that is finite.
pub fn tame(value: f64, otherwise: f64) -> f64 {
    if value.is_finite() { value } else { otherwise }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: Beta = Beta {
        mean: [2.0, -0.5, 0.0, 1.0],
        factor: [
            [0.4, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            [0.1, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, 0.1, 0.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, 0.0, 0.3, 0.0, 0.0, 0.0],
        ],
    };

    #[test]
    fn nothing_is_uncertain_at_the_incentive_that_history_saw() {
        let seen = [0.05; REGRESSORS];
        let there = effect(Some(&KNOWN), &seen, &seen, 0.0);
        assert_eq!(there.deviation, [0.0; NORMALS]);
        assert!((there.log_mean - 0.05 * 2.5).abs() < 1e-12);
        let away = effect(Some(&KNOWN), &[0.1, 0.05, 0.05, 0.05], &seen, 0.0);
        // 0.05 away at lag 0 only: sd = 0.05 · 0.4.
        let sd = dot(&away.deviation, &away.deviation).sqrt();
        assert!((sd - 0.02).abs() < 1e-12);
        assert!((away.log_mean - (0.1 * 2.0 + 0.05 * 0.5 - sd * sd / 2.0)).abs() < 1e-12);
    }

    #[test]
    fn beyond_the_range_the_variance_grows_and_the_mean_stays() {
        assert_eq!(beyond([0.0, 0.1], &[0.1, 0.0, 0.05, 9.0]), 0.0);
        assert_eq!(beyond([0.0, 0.1], &[0.1005, 0.0, 0.0, 0.0]), 0.0);
        let x = [0.2, 0.0, 0.0, 0.0];
        let outside = beyond([0.0, 0.1], &x);
        assert!((outside - 1.0).abs() < 1e-9);
        let near = effect(Some(&KNOWN), &x, &[0.0; REGRESSORS], 0.0);
        let far = effect(Some(&KNOWN), &x, &[0.0; REGRESSORS], outside);
        let variance = |e: &Effect| dot(&e.deviation, &e.deviation);
        assert!((variance(&far) / variance(&near) - 2.0).abs() < 1e-9);
        let mean = |e: &Effect| e.log_mean + variance(e) / 2.0;
        assert!((mean(&far) - mean(&near)).abs() < 1e-12);
    }

    #[test]
    fn a_wild_response_is_cut_and_an_unknown_one_is_nothing() {
        let wild = effect(Some(&KNOWN), &[1e9, 0.0, 0.0, 0.0], &[0.0; REGRESSORS], 10.0);
        assert!(wild.cut && wild.log_mean <= LOG_LIFT_MAX && wild.log_mean.is_finite());
        assert!(dot(&wild.deviation, &wild.deviation).sqrt() <= LOG_SD_MAX + 1e-9);
        let unknown = effect(None, &[0.5; REGRESSORS], &[0.0; REGRESSORS], 0.0);
        assert_eq!((unknown.log_mean, unknown.deviation), (0.0, [0.0; NORMALS]));
    }
}
