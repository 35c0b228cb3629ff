//! Seasonality by family, region and month of the year: ratios to a moving mean,
//! pooled over the company, then families, then regions and products of a family,
//! each level shrunk towards the one above by what its months repeat. Below two years of
//! history there is none.

use super::cells::Cells;
use crate::calendar::Month;

/// Seasonal factors in logs by month of the year.
pub(super) struct Season {
    /// By family × region.
    log: Vec<[f64; 12]>,
    /// Of a product, beyond its family's.
    product: Vec<[f64; 12]>,
    regions: usize,
}

const MONTHS_MIN: usize = 24;
/// No month of the year sells this many times more or less than the mean, in logs.
const LOG_MAX: f64 = 2.5;

impl Season {
    /// Factor of a series in a month.
    pub(super) fn at(&self, cells: &Cells, series: usize, month: Month) -> f64 {
        let m = month.of_year();
        let product = self.product[cells.panel.series[series].1][m];
        (self.log[cells.family[series] * self.regions + cells.region[series]][m] + product).exp()
    }
}

pub(super) fn estimate(cells: &Cells) -> Season {
    let groups = cells.families * cells.regions;
    let regions = cells.regions;
    if cells.end < MONTHS_MIN {
        let product = vec![[0.0; 12]; cells.products];
        return Season { log: vec![[0.0; 12]; groups], product, regions };
    }
    let mut sold = vec![vec![0.0; cells.end]; groups];
    let mut of_product = vec![vec![0.0; cells.end]; cells.products];
    let mut family_of = vec![0; cells.products];
    for s in 0..cells.panel.series.len() {
        let group = cells.family[s] * regions + cells.region[s];
        let product = cells.panel.series[s].1;
        family_of[product] = cells.family[s];
        for t in cells.life[s].clone() {
            let rate = cells.robust_rate(s, t);
            sold[group][t] += rate;
            of_product[product][t] += rate;
        }
    }
    let add =
        |of: &[&Vec<f64>]| -> Vec<f64> { (0..cells.end).map(|t| of.iter().map(|g| g[t]).sum()).collect() };
    let first = cells.panel.first_month;
    let company = [add(&sold.iter().collect::<Vec<_>>())];
    let company = shrink(&company, &[[0.0; 12]], first)[0];
    let by_family: Vec<Vec<f64>> =
        sold.chunks(regions.max(1)).map(|f| add(&f.iter().collect::<Vec<_>>())).collect();
    let by_family = shrink(&by_family, &vec![company; by_family.len()], first);
    let parents: Vec<[f64; 12]> = (0..groups).map(|g| by_family[g / regions.max(1)]).collect();
    let families: Vec<[f64; 12]> = family_of.iter().map(|f| by_family[*f]).collect();
    let mut product = shrink(&of_product, &families, first);
    for (own, family) in product.iter_mut().zip(&families) {
        own.iter_mut().zip(family).for_each(|(o, f)| *o -= f);
    }
    Season { log: shrink(&sold, &parents, first), product, regions }
}

/// A month of the year's mean deviation from the parent and its squared error.
#[derive(Clone, Copy)]
struct Deviation {
    mean: f64,
    variance: f64,
}

/// Shrinks the seasons of some series towards their parents; the spread is
/// estimated over all of them by moments (DerSimonian and Laird 1986).
fn shrink(sold: &[Vec<f64>], parents: &[[f64; 12]], first: Month) -> Vec<[f64; 12]> {
    let found: Vec<Option<[Deviation; 12]>> =
        sold.iter().zip(parents).map(|(s, p)| deviations(s, p, first)).collect();
    let all: Vec<Deviation> = found.iter().flatten().flatten().copied().collect();
    let weight: f64 = all.iter().map(|d| 1.0 / d.variance).sum();
    let squares: f64 = all.iter().map(|d| d.variance.powi(-2)).sum();
    let q: f64 = all.iter().map(|d| d.mean * d.mean / d.variance).sum();
    let tau2 =
        if all.is_empty() { 0.0 } else { ((q - all.len() as f64) / (weight - squares / weight)).max(0.0) };
    let tau2 = if tau2.is_finite() { tau2 } else { 0.0 };
    found
        .iter()
        .zip(parents)
        .map(|(own, parent)| {
            let mut season = *parent;
            for (m, d) in own.iter().flatten().enumerate() {
                season[m] += tau2 / (tau2 + d.variance) * d.mean;
            }
            normalise(season)
        })
        .collect()
}

/// Factors whose mean is 1.
fn normalise(mut season: [f64; 12]) -> [f64; 12] {
    let mean = season.iter().map(|l| l.exp()).sum::<f64>() / 12.0;
    season.iter_mut().for_each(|l| *l = (*l - mean.ln()).clamp(-LOG_MAX, LOG_MAX));
    season
}

/// Log ratios of a series to its own trend, less the parent's season, by month of
/// the year. Two passes: the first trend is a centred year, which lacks the ends;
/// the second is of the deseasonalised series, ends included.
fn deviations(sold: &[f64], parent: &[f64; 12], first: Month) -> Option<[Deviation; 12]> {
    let n = sold.len();
    let month = |t: usize| first.plus(t as i32).of_year();
    if sold.iter().sum::<f64>() < 100.0 {
        return None;
    }
    let half = |t: usize, k: usize| sold[t - 6 + k] * if k == 0 || k == 12 { 0.5 } else { 1.0 };
    let year = |t: usize| (0..=12).map(|k| half(t, k)).sum::<f64>() / 12.0;
    let rough = by_month((6..n - 6).map(|t| (month(t), sold[t], year(t))))?;
    let flat: Vec<f64> = (0..n).map(|t| sold[t] / rough[month(t)]).collect();
    let near = |t: usize| {
        let (a, b) = (t.saturating_sub(6), (t + 7).min(n));
        flat[a..b].iter().sum::<f64>() / (b - a) as f64
    };
    let season = by_month((0..n).map(|t| (month(t), sold[t], near(t))))?;
    // What the months of a year do not repeat is the error of their mean.
    let noise: Vec<f64> = (0..n)
        .filter(|&t| sold[t] > 0.0 && near(t) > 0.0)
        .map(|t| (sold[t] / near(t) / season[month(t)]).ln().powi(2))
        .collect();
    let years = n as f64 / 12.0;
    let variance = (noise.iter().sum::<f64>() / noise.len().max(1) as f64 * years / (years - 1.0).max(0.5)
        + 1e-4)
        / years;
    Some(std::array::from_fn(|m| Deviation { mean: season[m].ln() - parent[m], variance }))
}

/// Ratio of sums by month of the year; `None` unless every month has sales.
fn by_month(rows: impl Iterator<Item = (usize, f64, f64)>) -> Option<[f64; 12]> {
    let (mut sold, mut expected) = ([0.0; 12], [0.0; 12]);
    for (m, y, e) in rows {
        sold[m] += y;
        expected[m] += e;
    }
    let ratio: [f64; 12] = std::array::from_fn(|m| sold[m] / expected[m]);
    ratio.iter().all(|r| r.is_finite() && *r > 0.0).then_some(ratio)
}
