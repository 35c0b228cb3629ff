//! Forecasts as rows: level of summing, series, origin, horizon, mean, quantiles.

use std::fmt::Write as _;

use spiffcast_engine::accuracy::{Draws, Outlook};

/// 5% to 95% in steps of 5.
pub const QUANTILES: usize = 19;

/// Probability of a quantile's position.
pub fn level(at: usize) -> f64 {
    (at + 1) as f64 * 0.05
}

/// The first line of a file of forecasts.
pub fn header() -> String {
    let mut line = String::from("level,unique_id,origin,h,mean");
    (0..QUANTILES).for_each(|q| {
        let _ = write!(line, ",q{:02}", (level(q) * 100.0).round());
    });
    line + "\n"
}

/// Rows of every cell of an outlook; `id` gives the name of a series, `None` to leave it out.
pub fn cells(out: &mut String, ahead: &Outlook, origin: usize, id: impl Fn(usize) -> Option<String>) {
    for s in 0..ahead.baseline.market_of.len() {
        let Some(id) = id(s) else { continue };
        for j in 0..ahead.months() {
            let count = ahead.count(s, j);
            row(out, ("cell", &id), origin, j, count.mean, |level| count.quantile(level));
        }
    }
}

/// Rows of sums; `group`: that of each series, `names`: of the groups.
pub fn sums(
    out: &mut String,
    ahead: &Outlook,
    origin: usize,
    kind: &str,
    series: &[(usize, usize)],
    group: &[usize],
    names: &[String],
) {
    let draws = Draws::of(ahead, series, group, names.len(), 1);
    for (g, name) in names.iter().enumerate() {
        for j in 0..ahead.months() {
            row(out, (kind, name), origin, j, draws.mean(g, j), |level| draws.quantile(g, j, level));
        }
    }
}

fn row(
    out: &mut String,
    (kind, id): (&str, &str),
    origin: usize,
    j: usize,
    mean: f64,
    quantile: impl Fn(f64) -> f64,
) {
    let _ = write!(out, "{kind},{id},{origin},{},{mean:.4}", j + 1);
    (0..QUANTILES).for_each(|q| {
        let _ = write!(out, ",{}", quantile(level(q)));
    });
    out.push('\n');
}
