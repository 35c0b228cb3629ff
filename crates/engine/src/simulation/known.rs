//! The months of a look back whose sales are known: what the baseline, its prices and
//! the predicted volumes are there. Months ahead keep the forecast.

use super::window::Window;
use crate::baseline::Baseline;
use crate::model::Model;
use crate::programs::incentive::predicted_volume;

/// Expected sales: what was sold in known months, the forecast after them. Markets have
/// the months after them only.
pub fn baseline(model: &Model, window: &Window) -> Baseline {
    let ahead = window.months - window.known;
    let mut out = model.baseline.forecast(&model.company, window.open(), ahead.max(1));
    if window.known == 0 {
        return out;
    }
    let (mut mean, mut dispersion) = (Vec::new(), Vec::new());
    for s in 0..model.panel.series.len() {
        let from = s * ahead.max(1);
        mean.extend((0..window.known).map(|h| sold(model, window, s, h).0));
        mean.extend_from_slice(&out.mean[from..from + ahead]);
        dispersion.extend(std::iter::repeat_n(f64::INFINITY, window.known));
        dispersion.extend_from_slice(&out.dispersion[from..from + ahead]);
    }
    (out.first_month, out.months) = (window.first, window.months);
    (out.mean, out.dispersion) = (mean, dispersion);
    out
}

/// Puts in the prices that known sales brought.
pub fn put_prices(model: &Model, window: &Window, prices: &mut [f64]) {
    for s in 0..model.panel.series.len() {
        for h in 0..window.known {
            let (units, revenue) = sold(model, window, s, h);
            if units > 0.0 && revenue >= 0.0 {
                prices[s * window.months + h] = revenue / units;
            }
        }
    }
}

/// The volumes that incentives are worked out at: never those that were realised
/// (FORECASTING.md §1).
pub fn predicted(model: &Model, window: &Window, expected: &[f64]) -> Vec<f64> {
    let mut out = expected.to_vec();
    if window.known == 0 {
        return out;
    }
    let history = predicted_volume(&model.panel);
    for s in 0..model.panel.series.len() {
        for h in 0..window.known {
            if let Some(at) = cell(model, window, s, h) {
                out[s * window.months + h] = history[at];
            }
        }
    }
    out
}

/// Units and revenue of a known month.
fn sold(model: &Model, window: &Window, series: usize, h: usize) -> (f64, f64) {
    let finite = |v: f64| if v.is_finite() { v } else { 0.0 };
    cell(model, window, series, h)
        .map_or((0.0, 0.0), |at| (finite(model.panel.units[at]).max(0.0), finite(model.panel.revenue[at])))
}

fn cell(model: &Model, window: &Window, series: usize, h: usize) -> Option<usize> {
    let t = window.month(h).0 - model.panel.first_month.0;
    usize::try_from(t).ok().filter(|t| *t < model.panel.months).map(|t| model.panel.at(series, t))
}
