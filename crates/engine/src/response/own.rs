//! What one product's own history says: the fit with untouched controls, and the
//! one from variation over time alone. Gives estimates with their uncertainty; the
//! grade and the shrinkage are made of them elsewhere.

use super::ppml::{self, Covariance, Design, Fit};
use super::rows::{FIRM, Incentive, LEAD, Rows};
use super::shrink::Own;
use super::{Data, LAGS, LEVEL_SHARE_MIN};
use crate::catalog::ProductIx;

/// A product's own estimate.
#[derive(Debug, Clone)]
pub(super) struct Estimate {
    /// Lags 0, 1, 2.
    pub mean: [f64; LAGS],
    /// Of `mean`; rows and columns of unidentified lags are zero.
    pub covariance: [[f64; LAGS]; LAGS],
    /// Lag 0 always is.
    pub identified: [bool; LAGS],
    /// Coefficient and standard error of the lead.
    pub lead: Option<(f64, f64)>,
    /// Of the firm-facing incentive.
    pub firm: Option<(f64, f64)>,
    /// Rows that were used.
    pub rows: usize,
    /// Effective clusters behind lag 0.
    pub clusters: f64,
    /// By how much the covariance was widened for their being few, 1 or more.
    pub widened: f64,
    /// What the covariance of the lags would be if months were independent: the inverse
    /// of the information, whose months weigh by their overdispersion.
    pub design: [[f64; LAGS]; LAGS],
    /// Whether the fit settled.
    pub converged: bool,
}

/// Months over which a shock common to a region's partners dies out (AR(1) of
/// about .7: a quarter of it is left).
const SHOCK_LAGS: usize = 4;
const HALF_YEAR: u32 = 6;

/// The fit of FORECASTING.md §2: partner and region × month effects. Clustered by
/// partner: with one product, program × region is the region, whose common shocks
/// the effects have taken, and whose few clusters could carry no interval.
pub(super) fn controlled(
    data: &Data,
    product: ProductIx,
    x: Incentive,
    firm: Option<Incentive>,
) -> Option<Estimate> {
    let rows = Rows::of(data, product, x, firm);
    let groups = [rows.partner.clone(), rows.region_time(data.panel.months)];
    let fit = fit_efficiently(&rows, &groups)?;
    if !fit.identified[0] || fit.level_share[0] < LEVEL_SHARE_MIN {
        return None;
    }
    let clusters = fit.effective_clusters(&rows.partner, 0).ok()?;
    // Without an error that leaves clusters out, a single partner carries it all.
    let covariance = fit.leave_one_out(&rows.partner).ok()??;
    Estimate::of(&fit, &covariance, clusters)
}

/// The fallback where every partner of a region is reached at once: product ×
/// month-of-year and region × month effects, the latter from the region's sales of
/// everything else.
pub(super) fn over_time(data: &Data, product: ProductIx, x: Incentive, changes: usize) -> Option<Estimate> {
    let mut rows = Rows::of(data, product, x, None);
    let own = rows.y.len();
    rows.x.push(vec![0.0; own]);
    rest_of_regions(data, product, x, &mut rows);
    let season = |(i, t): (usize, &u32)| {
        let month = data.panel.month(*t as usize).of_year() as u32;
        if i < own { month } else { 12 + month }
    };
    let mut groups = vec![rows.partner.clone(), rows.time.iter().enumerate().map(season).collect()];
    if rows.y.len() > own {
        groups.push(rows.region_time(data.panel.months));
    }
    let fit = fit_efficiently(&rows, &groups)?;
    if !fit.identified[0] || fit.level_share[0] < LEVEL_SHARE_MIN {
        return None;
    }
    // Leaving out half a year at a time: shocks common to a region's partners and
    // lasting for months are inside. Every change is one observation, however many
    // partners it reached.
    let half_year: Vec<u32> = rows.time.iter().map(|t| t / HALF_YEAR).collect();
    let (covariance, clusters) = match fit.leave_one_out(&half_year).ok()? {
        Some(covariance) => (covariance, fit.effective_clusters(&half_year, 0).ok()?),
        None => {
            let plain = fit.clustered_with_common_shocks(&rows.partner, &rows.time, SHOCK_LAGS).ok()?;
            (plain, 0.0)
        }
    };
    Estimate::of(&fit, &covariance, clusters.min(changes as f64).max(2.0))
}

/// Fits twice: the second time a partner weighs 1/(1 + φ·μ), with μ its mean month
/// and φ the overdispersion of the first fit. Counts whose variance grows like the
/// square of their mean know no more of a large partner than of a small one; without
/// the weights the largest few would carry the estimate. The weight is one for all
/// months of a partner, so that it cannot follow their errors.
fn fit_efficiently(rows: &Rows, groups: &[Vec<u32>]) -> Option<Fit> {
    let design = Design { y: &rows.y, x: &rows.x, groups, weights: None };
    let first = ppml::fit(&design).ok()?;
    let partners = rows.partner.iter().max().map_or(0, |p| *p as usize + 1);
    let (mut mean, mut months) = (vec![0.0; partners], vec![0.0; partners]);
    let (mut beyond, mut square) = (0.0, 0.0);
    for ((row, mu), residual) in first.rows.iter().zip(&first.mu).zip(&first.residual) {
        let partner = rows.partner[*row as usize] as usize;
        mean[partner] += mu;
        months[partner] += 1.0;
        // Relative squares: the largest months shall not decide alone.
        beyond += (residual * residual - mu) / (1.0 + mu);
        square += mu * mu / (1.0 + mu);
    }
    let phi = if square > 0.0 { (beyond / square).clamp(0.0, 10.0) } else { 0.0 };
    let weight = |p: &u32| 1.0 / (1.0 + phi * mean[*p as usize] / f64::max(months[*p as usize], 1.0));
    let weights: Vec<f64> = rows.partner.iter().map(weight).collect();
    ppml::fit(&Design { weights: Some(&weights), ..design }).ok()
}

/// Appends one row a region and month for all other products together, with the
/// mean incentive on them in the last column.
fn rest_of_regions(data: &Data, product: ProductIx, x: Incentive, rows: &mut Rows) {
    let months = data.panel.months;
    let regions = data.region.iter().max().map_or(0, |r| *r as usize + 1);
    let mut units = vec![0.0; regions * months];
    let mut weight = vec![0.0; regions * months];
    let mut incentive = vec![0.0; regions * months];
    for (s, (partner, other)) in data.panel.series.iter().enumerate() {
        if *other == product {
            continue;
        }
        let alive = data.lives.months(data.panel, s);
        let sold: f64 = alive.clone().map(|t| finite(data.panel.units[data.panel.at(s, t)])).sum();
        let size = sold / alive.len().max(1) as f64;
        for t in alive {
            let at = data.region[*partner] as usize * months + t;
            units[at] += finite(data.panel.units[data.panel.at(s, t)]);
            weight[at] += size;
            incentive[at] += size * x.at(s, t);
        }
    }
    for r in 0..regions {
        for t in LAGS - 1..data.lives.usable.min(months - 1) {
            let at = r * months + t;
            if weight[at] <= 0.0 {
                continue;
            }
            rows.y.push(units[at]);
            rows.x[..=LEAD].iter_mut().for_each(|c| c.push(0.0));
            rows.x[LEAD + 1].push(incentive[at] / weight[at]);
            rows.partner.push((data.region.len() + r) as u32);
            rows.region.push(r as u32);
            rows.time.push(t as u32);
        }
    }
}

fn finite(v: f64) -> f64 {
    if v.is_finite() { v.max(0.0) } else { 0.0 }
}

impl Estimate {
    /// A product of which only the user knows something: lag 0.
    pub(super) fn told(response: f64, variance: f64) -> Self {
        let mut covariance = [[0.0; LAGS]; LAGS];
        covariance[0][0] = variance;
        Self {
            mean: [response, 0.0, 0.0],
            covariance,
            identified: [true, false, false],
            lead: None,
            firm: None,
            rows: 0,
            clusters: 0.0,
            widened: 1.0,
            design: [[0.0; LAGS]; LAGS],
            converged: true,
        }
    }

    /// As shrinkage takes it.
    pub(super) fn as_own(&self) -> Own {
        Own::new(self.mean, self.covariance, self.identified, self.widened)
    }

    /// Adds one more estimate of lag 0; the other lags move with it as far as their
    /// errors go together. Gives the share of lag 0 that was known before.
    pub(super) fn learn(&mut self, response: f64, variance: f64) -> f64 {
        let before = self.covariance[0];
        let total = before[0] + variance;
        let surprise = response - self.mean[0];
        for a in 0..LAGS {
            self.mean[a] += before[a] / total * surprise;
            for b in 0..LAGS {
                self.covariance[a][b] -= before[a] * before[b] / total;
            }
        }
        variance / total
    }

    fn of(fit: &Fit, covariance: &Covariance, clusters: f64) -> Option<Self> {
        let k = fit.beta.len();
        let widen = widened_for(clusters - 1.0);
        let variance = |a: usize, b: usize| covariance.matrix[a * k + b] * widen;
        let se = |c: usize| variance(c, c).max(0.0).sqrt();
        let told = |c: usize| (c < k && fit.identified[c] && se(c) > 0.0).then(|| (fit.beta[c], se(c)));
        told(0)?;
        let mut own = Self {
            mean: [0.0; LAGS],
            covariance: [[0.0; LAGS]; LAGS],
            identified: [false; LAGS],
            lead: told(LEAD),
            firm: told(FIRM),
            rows: fit.rows.len(),
            clusters,
            widened: widen,
            design: [[0.0; LAGS]; LAGS],
            converged: fit.converged,
        };
        for a in 0..LAGS {
            own.identified[a] = told(a).is_some();
            own.mean[a] = told(a).map_or(0.0, |(b, _)| b);
            for b in 0..LAGS {
                own.covariance[a][b] = variance(a, b);
                own.design[a][b] = fit.bread[a * k + b];
            }
        }
        let all = own.covariance.iter().flatten().chain(&own.mean);
        all.into_iter().all(|v| v.is_finite()).then_some(own)
    }
}

/// Few clusters: how much wider a normal's variance must be for an interval as wide as
/// Student's at 90%.
pub(super) fn widened_for(degrees: f64) -> f64 {
    (student_95(degrees) / NORMAL_95).powi(2)
}

const NORMAL_95: f64 = 1.644_853_626_951_472_7;

/// The 95% point of Student's t, by its expansion around the normal (Abramowitz
/// and Stegun 26.7.5); at two degrees of freedom it is exact by formula.
fn student_95(degrees: f64) -> f64 {
    let (v, z) = (degrees.max(2.0), NORMAL_95);
    if v < 3.0 {
        // Quantile at two degrees: (2p−1)·sqrt(2/(4p(1−p))), p = .95; up to three
        // degrees this side is the wider one.
        return 0.9 * (2.0_f64 / (4.0 * 0.95 * 0.05)).sqrt();
    }
    let one = (z.powi(3) + z) / 4.0;
    let two = (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0;
    let three = (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0;
    z + one / v + two / (v * v) + three / v.powi(3)
}

#[cfg(test)]
mod tests {
    #[test]
    fn student_quantiles_match_the_tables() {
        // Any table of Student's t, one-sided 5%.
        for (degrees, expected) in [(2.0, 2.920), (3.0, 2.353), (5.0, 2.015), (10.0, 1.812), (30.0, 1.697)] {
            assert!((super::student_95(degrees) - expected).abs() < 0.02, "{degrees}");
        }
    }
}
