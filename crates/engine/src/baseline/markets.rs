//! Series gathered into markets, a product in a region: how far each market's sales
//! of a month lie from what its partners' levels say, and how noisy that is.

use serde::{Deserialize, Serialize};

use super::cells::Cells;

/// All markets with a series.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Markets {
    /// Market of each series.
    pub of: Vec<usize>,
    /// The markets.
    pub list: Vec<Market>,
}

/// A product in a region.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Market {
    pub region: usize,
    pub product: usize,
    pub family: usize,
    /// Its series.
    pub series: Vec<usize>,
}

/// What a market's months look like around a log effect.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// Log effect that would explain the month by itself (working response of a
    /// log-linear model of counts: McCullagh and Nelder 1989, §2.5).
    pub log: Vec<f64>,
    /// Its variance; infinite where nothing was seen.
    pub noise: Vec<f64>,
}

/// A working response further off than this many standard deviations is drawn in.
const FAR: f64 = 4.0;

impl Markets {
    pub(super) fn of(cells: &Cells) -> Self {
        let mut place = vec![usize::MAX; cells.regions * cells.products];
        let mut markets = Self { of: Vec::with_capacity(cells.series()), list: Vec::new() };
        for (s, (_, product)) in cells.panel.series.iter().enumerate() {
            let slot = &mut place[product * cells.regions + cells.region[s]];
            if *slot == usize::MAX {
                *slot = markets.list.len();
                let (region, family) = (cells.region[s], cells.family[s]);
                markets.list.push(Market { region, product: *product, family, series: Vec::new() });
            }
            markets.of.push(*slot);
            markets.list[*slot].series.push(s);
        }
        markets
    }
}

impl Market {
    /// Compares the market's sales with `level · exposure · factor`, where `factor` is
    /// the mean of the effect whose best guess in logs is `effect`.
    pub(super) fn seen(
        &self,
        cells: &Cells,
        effect: &[f64],
        factor: &[f64],
        level: &[f64],
        overdispersion: impl Fn(usize) -> f64,
    ) -> Seen {
        let n = effect.len();
        let (mut sold, mut mean, mut variance) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        for &s in &self.series {
            let phi = overdispersion(s);
            let row = &cells.exposure[s * cells.panel.months..];
            let units = &cells.units[s * cells.panel.months..];
            for t in cells.life[s].clone().filter(|t| row[*t] > 0.0) {
                let expected = level[s] * row[t] * factor[t];
                sold[t] += units[t];
                mean[t] += expected;
                variance[t] += expected * (1.0 + phi * expected);
            }
        }
        let mut seen = Seen { log: vec![0.0; n], noise: vec![f64::INFINITY; n] };
        for t in (0..n).filter(|t| mean[*t] > 1e-9) {
            let noise = variance[t] / (mean[t] * mean[t]);
            let off = FAR * noise.sqrt();
            seen.noise[t] = noise;
            seen.log[t] = effect[t] + ((sold[t] - mean[t]) / mean[t]).clamp(-off, off);
        }
        seen
    }
}
