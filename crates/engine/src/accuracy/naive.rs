//! The forecast that anybody can make: the same month of last year again, with the
//! spread that this has had so far.

use super::score::Case;

const YEAR: usize = 12;

/// Same month last year and the standard deviation of such forecasts so far; the mean
/// and spread of the history where it is shorter. NaN marks months not yet known.
pub(super) fn case(past: &[f64], ahead: usize, units: f64) -> Case {
    let n = past.len();
    let known = |t: usize| past.get(t).copied().filter(|v| v.is_finite());
    let same = (n + ahead).checked_sub(YEAR * (ahead / YEAR + 1)).and_then(|t| {
        // A month that was not wholly reported gives way to the year before.
        known(t).or_else(|| t.checked_sub(YEAR).and_then(known))
    });
    let errors: Vec<f64> =
        (YEAR..n).filter_map(|t| Some(known(t)? - known(t - YEAR)?)).map(|e| e * e).collect();
    let all: Vec<f64> = past.iter().copied().filter(|v| v.is_finite()).collect();
    let mean = all.iter().sum::<f64>() / all.len().max(1) as f64;
    let (middle, squares) = match same {
        Some(same) if !errors.is_empty() => (same, errors),
        _ => (mean, all.iter().map(|v| (v - mean).powi(2)).collect()),
    };
    let variance = squares.iter().sum::<f64>() / squares.len().max(1) as f64;
    Case::of_normal(middle, variance.sqrt(), units)
}

/// Root mean square of the history's month-to-month changes: the unit of RMSSE
/// (Hyndman and Koehler 2006, International Journal of Forecasting 22).
pub(super) fn scale(past: &[f64]) -> f64 {
    let steps: Vec<f64> = past.windows(2).map(|w| (w[1] - w[0]).powi(2)).filter(|v| v.is_finite()).collect();
    (steps.iter().sum::<f64>() / steps.len().max(1) as f64).sqrt()
}
