//! How much of what eligible partners gain is taken from the others: a named
//! assumption (FORECASTING.md §2). From the data where some regions had a change and
//! others had not, else nothing, with a bar for how far it could be wrong.

use serde::{Deserialize, Serialize};

use super::ppml::{self, Design};
use super::rows::Incentive;
use super::{Data, LAGS, ProductResponse};

/// Share of the eligible partners' lift that the ineligible ones of the same product,
/// region and month lose: with λ the expected sales without the change and
/// G = Σ over eligible λ·(exp(β·Δx) − 1), an ineligible partner sells
/// λ·max(0, 1 − share·G/Σ over ineligible λ).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    /// 0 to 1.
    pub share: f64,
    /// Low and high value for a sensitivity bar.
    pub bar: [f64; 2],
    /// Where it comes from.
    pub source: ShiftSource,
}

/// Where a partner-shift share comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShiftSource {
    /// Regions with a change against regions without.
    Data,
    /// No such contrast, or one that says too little: nothing is assumed to be taken.
    Assumed,
}

impl Default for Shift {
    fn default() -> Self {
        Self { share: 0.0, bar: [0.0, BAR_HIGH], source: ShiftSource::Assumed }
    }
}

/// Upper end of the bar where the data say nothing.
const BAR_HIGH: f64 = 0.3;
/// An estimate with a larger standard error says less than the assumption.
const SE_MAX: f64 = 0.15;
const Z_90: f64 = 1.645;
/// Months with a contrast between regions, over all products.
const CONTRASTS_MIN: usize = 4;
/// Gains of more than this times what the others sell would swamp everything.
const RATIO_MAX: f64 = 2.0;

/// Fits untreated months of all products: effects of the pair and of product × month,
/// and the eligible partners' expected gain in the region, relative to what the
/// others there sell. Its coefficient is minus the share.
pub(super) fn shift(data: &Data, x: Incentive, products: &[ProductResponse]) -> Shift {
    let months = data.panel.months;
    let regions = data.region.iter().max().map_or(0, |r| *r as usize + 1);
    let (mut y, mut ratio, mut pair, mut product_month, mut cluster) =
        (vec![], vec![], vec![], vec![], vec![]);
    let mut contrasts = 0;
    for (product, response) in products.iter().enumerate() {
        let Some(lags) = response.lags else { continue };
        let (gain, others) = gains(data, product, x, lags.mean[0]);
        let at = |r: usize, t: usize| r * months + t;
        let is_on = |r: usize, t: usize| others[at(r, t)] > 0.0 && gain[at(r, t)] > 0.0;
        let is_off = |r: usize, t: usize| others[at(r, t)] > 0.0 && gain[at(r, t)] == 0.0;
        contrasts += (0..data.lives.usable)
            .filter(|&t| (0..regions).any(|r| is_on(r, t)) && (0..regions).any(|r| is_off(r, t)))
            .count();
        for &s in &data.series_of[product] {
            let region = data.region[data.panel.series[s].0] as usize;
            for t in data.lives.months(data.panel, s) {
                let felt = (0..LAGS).any(|lag| t >= lag && x.at(s, t - lag) > 0.0);
                let units = data.panel.units[data.panel.at(s, t)];
                if felt || others[at(region, t)] <= 0.0 || !units.is_finite() {
                    continue;
                }
                y.push(units.max(0.0));
                ratio.push((gain[at(region, t)] / others[at(region, t)]).min(RATIO_MAX));
                pair.push(s as u32);
                product_month.push((product * months + t) as u32);
                cluster.push((product * regions + region) as u32);
            }
        }
    }
    if contrasts < CONTRASTS_MIN {
        return Shift::default();
    }
    estimate(&y, ratio, [pair, product_month], &cluster).unwrap_or_default()
}

fn estimate(y: &[f64], ratio: Vec<f64>, groups: [Vec<u32>; 2], cluster: &[u32]) -> Option<Shift> {
    let fit = ppml::fit(&Design { y, x: &[ratio], groups: &groups, weights: None }).ok()?;
    let se = fit.leave_one_out(cluster).ok()??.se(0);
    let known = fit.identified[0] && fit.converged && se > 0.0 && se <= SE_MAX;
    let share = -fit.beta[0];
    let inside = |v: f64| v.clamp(0.0, 1.0);
    known.then(|| Shift {
        share: inside(share),
        bar: [inside(share - Z_90 * se), inside(share + Z_90 * se)],
        source: ShiftSource::Data,
    })
}

/// By region and month: expected extra units of the reached partners, and the usual
/// units of the others.
fn gains(data: &Data, product: usize, x: Incentive, beta: f64) -> (Vec<f64>, Vec<f64>) {
    let months = data.panel.months;
    let regions = data.region.iter().max().map_or(0, |r| *r as usize + 1);
    let (mut gain, mut others) = (vec![0.0; regions * months], vec![0.0; regions * months]);
    for &s in &data.series_of[product] {
        let alive = data.lives.months(data.panel, s);
        let units = |t: usize| data.panel.units[data.panel.at(s, t)];
        let sold: f64 = alive.clone().map(units).filter(|u| u.is_finite()).map(|u| u.max(0.0)).sum();
        let usual = sold / alive.len().max(1) as f64;
        let region = data.region[data.panel.series[s].0] as usize;
        for t in alive {
            let x = x.at(s, t);
            if x > 0.0 {
                gain[region * months + t] += usual * (beta * x).clamp(-1.0, 1.0).exp_m1();
            } else {
                others[region * months + t] += usual;
            }
        }
    }
    (gain, others)
}
