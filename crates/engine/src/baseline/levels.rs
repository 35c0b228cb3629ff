//! Where a series' level leans: its product's mean, times its tier's factor in the
//! family, times its partner's factor over all products. So new products borrow from
//! their family, and new partners from their tier.

use super::cells::Cells;

/// Parent level and how far series scatter around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Parent {
    /// Units a month at exposure 1.
    pub mean: f64,
    /// Shape of the Gamma distribution of levels around it.
    pub shape: f64,
}

/// Months of the level above that a product's own mean is mixed with.
const LEAN_MONTHS: f64 = 0.5;
/// Relative variance of levels around their parents.
pub(super) const SCATTER_MIN: f64 = 0.005;
pub(super) const SCATTER_MAX: f64 = 10.0;
/// Series' worth of weight with which a family's scatter leans on all.
const SCATTER_LEAN: f64 = 20.0;

/// A series' whole life.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    units: f64,
    exposure: f64,
    /// Sum of squared exposures, for what overdispersion adds to the total.
    square: f64,
}

pub(super) fn parents(cells: &Cells, exposure: &[f64], overdispersion: impl Fn(usize) -> f64) -> Vec<Parent> {
    let n = cells.series();
    let sums: Vec<Sums> = (0..n)
        .map(|s| {
            cells.life[s].clone().fold(Sums::default(), |sum, t| {
                let at = cells.panel.at(s, t);
                let x = exposure[at];
                let units = if x > 0.0 { cells.units[at] } else { 0.0 };
                Sums { units: sum.units + units, exposure: sum.exposure + x, square: sum.square + x * x }
            })
        })
        .collect();
    let product = |s: usize| cells.panel.series[s].1;
    let family = group_rate(cells.families, n, |s| cells.family[s], &sums, |_| 0.0);
    let of_product = group_rate(cells.products, n, product, &sums, |s| family[cells.family[s]]);
    let mut mean: Vec<f64> = (0..n).map(|s| of_product[product(s)]).collect();
    factor(&mut mean, &sums, cells.families * cells.tiers, |s| cells.family[s] * cells.tiers + cells.tier[s]);
    factor(&mut mean, &sums, cells.partners, |s| cells.panel.series[s].0);
    let scatter = scatter(cells, &mean, &sums, overdispersion);
    (0..n).map(|s| Parent { mean: mean[s].max(1e-9), shape: 1.0 / scatter[cells.family[s]] }).collect()
}

/// Relative variance of levels around their parents, a family, by moments: what the
/// totals vary beyond counting and overdispersion.
fn scatter(cells: &Cells, mean: &[f64], sums: &[Sums], overdispersion: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut beyond = vec![0.0; cells.families];
    let mut square = vec![0.0; cells.families];
    let mut count = vec![0.0; cells.families];
    for (s, sum) in sums.iter().enumerate().filter(|(_, sum)| sum.exposure > 0.0) {
        let expected = mean[s] * sum.exposure;
        let counting = expected + overdispersion(s) * mean[s] * mean[s] * sum.square;
        let weight = 1.0 / (1.0 + expected);
        let f = cells.family[s];
        beyond[f] += weight * ((sum.units - expected).powi(2) - counting);
        square[f] += weight * expected * expected;
        count[f] += 1.0;
    }
    let all =
        (beyond.iter().sum::<f64>() / square.iter().sum::<f64>().max(1e-9)).clamp(SCATTER_MIN, SCATTER_MAX);
    (0..cells.families)
        .map(|f| {
            let own = (beyond[f] / square[f].max(1e-9)).clamp(SCATTER_MIN, SCATTER_MAX);
            let weight = count[f] / (count[f] + SCATTER_LEAN);
            weight * own + (1.0 - weight) * all
        })
        .collect()
}

fn group_rate(
    groups: usize,
    series: usize,
    group: impl Fn(usize) -> usize,
    sums: &[Sums],
    above: impl Fn(usize) -> f64,
) -> Vec<f64> {
    let (mut y, mut e, mut prior) = (vec![0.0; groups], vec![0.0; groups], vec![0.0; groups]);
    for s in 0..series {
        y[group(s)] += sums[s].units;
        e[group(s)] += sums[s].exposure;
        prior[group(s)] = above(s);
    }
    (0..groups).map(|g| (y[g] + LEAN_MONTHS * prior[g]) / (e[g] + LEAN_MONTHS)).collect()
}

/// Multiplies the means by group factors, shrunk towards 1 by how much groups
/// differ: Gamma with a shape from the moments of the group totals.
fn factor(mean: &mut [f64], sums: &[Sums], groups: usize, group: impl Fn(usize) -> usize) {
    let (mut y, mut expected) = (vec![0.0; groups], vec![0.0; groups]);
    for s in 0..mean.len() {
        y[group(s)] += sums[s].units;
        expected[group(s)] += mean[s] * sums[s].exposure;
    }
    let beyond: f64 = y.iter().zip(&expected).map(|(y, m)| (y - m).powi(2) - m).sum();
    let square: f64 = expected.iter().map(|m| m * m).sum();
    let shape = (square / beyond.max(1e-3 * square).max(1e-9)).clamp(0.2, 1e3);
    for (s, m) in mean.iter_mut().enumerate() {
        *m *= (y[group(s)] + shape) / (expected[group(s)] + shape);
    }
}
