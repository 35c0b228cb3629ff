//! What moves whole markets: season, trend, shocks of their own and, where markets are
//! seen to move together, a shock of the whole company; estimated in turn from the
//! markets' months, and how they go on ahead.

use serde::{Deserialize, Serialize};

use super::cells::Cells;
use super::kalman::Ar;
use super::markets::{Market, Markets, Seen};
use super::season::Season;
use super::shocks::{self, Together};
use super::trend::{self, Slope};
use crate::calendar::Month;

/// Everything that moves markets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Effects {
    pub season: Season,
    pub slope: Vec<Slope>,
    /// Shocks of single markets.
    pub ar: Ar,
    /// Share of them that the markets of a product have in common.
    pub product_share: f64,
    /// The shock that all markets have in common, where there is one.
    pub company: Option<Company>,
    /// By market.
    pub path: Vec<Path>,
    /// By market and month: log effect at its best guess.
    pub log: Vec<Vec<f64>>,
    /// By market and month: the mean of the effect, its error of the shock included.
    pub factor: Vec<Vec<f64>>,
}

/// The shock of the whole company.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Company {
    pub ar: Ar,
    pub path: Path,
    /// By month.
    log: Vec<f64>,
}

/// How a market goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Path {
    /// Level beside its partners' levels.
    pub level: f64,
    /// Standard error of the level.
    pub level_error: f64,
    /// Shock of the last month, and its variance.
    pub shock: f64,
    pub shock_variance: f64,
    /// How the last shock would move with the level, and the level and the shock with
    /// the slope: what one explains the others cannot.
    pub shock_by_level: f64,
    pub level_by_slope: f64,
    pub shock_by_slope: f64,
}

/// A market's log effect ahead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ahead {
    /// Best guess.
    pub log: f64,
    /// Variance of the shock.
    pub shock: f64,
    /// Loading on the standard error of the market's level.
    pub level: f64,
    /// Loading on the standard error of the product's slope.
    pub slope: f64,
    /// Variance of the company's shock.
    pub company: f64,
    /// Loading on the standard error of the company's level.
    pub company_level: f64,
}

/// A market's level beside its partners' is taken to be small: their own levels are
/// there to say it.
const LEVEL_SD: f64 = 0.5;
/// From this share of new shocks on that all markets have in common, the company has
/// a shock of its own.
const TOGETHER_MIN: f64 = 0.1;

impl Effects {
    /// No effect at all: where the search begins.
    pub(super) fn none(cells: &Cells, markets: &Markets) -> Self {
        let n = markets.list.len();
        Self {
            season: Season::none(n),
            slope: vec![Slope { mean: 0.0, variance: 0.0 }; cells.products],
            ar: shocks::START,
            product_share: 0.0,
            company: None,
            path: vec![Path::default(); n],
            log: vec![vec![0.0; cells.end]; n],
            factor: vec![vec![1.0; cells.end]; n],
        }
    }

    /// Estimates again from what markets look like beside the levels of the day.
    pub(super) fn update(&mut self, cells: &Cells, markets: &[Market], seen: &[Seen]) {
        let apart = self.without_company(seen);
        self.season = Season::estimate(cells, markets, &apart, self.ar);
        let season: Vec<Vec<f64>> = (0..markets.len()).map(|g| self.season_of(cells, g)).collect();
        self.slope = trend::estimate(cells, markets, &apart, &season, self.ar);
        let known: Vec<Vec<f64>> = markets
            .iter()
            .zip(&season)
            .map(|(market, season)| {
                let slope = self.slope[market.product].mean;
                let year = |t: usize| trend::years(t as i32 + 1 - cells.end as i32);
                season.iter().enumerate().map(|(t, s)| s + slope * year(t)).collect()
            })
            .collect();
        let Together { company, product } = self.move_together(markets, seen, &known);
        self.product_share = product;
        self.company = (company >= TOGETHER_MIN).then(|| self.company_of(seen, &known)).flatten();
        let apart = self.without_company(seen);
        self.ar = shocks::estimate(cells, markets, &apart, &known);
        for (g, seen) in apart.iter().enumerate() {
            self.path[g] = path(self.ar, seen, &known[g]);
            let level = self.path[g].level;
            let shock: Vec<f64> = (0..cells.end).map(|t| seen.log[t] - known[g][t] - level).collect();
            for (t, (mean, variance)) in self.ar.smooth(&seen.noise, &shock).into_iter().enumerate() {
                let common = self.company.as_ref().map_or(0.0, |c| c.log[t]);
                self.log[g][t] = known[g][t] + level + mean + common;
                self.factor[g][t] = (self.log[g][t] + variance / 2.0).exp();
            }
        }
    }

    /// What markets look like, the company's shock taken out.
    fn without_company(&self, seen: &[Seen]) -> Vec<Seen> {
        let Some(company) = &self.company else { return seen.to_vec() };
        let out = |seen: &Seen| Seen {
            log: seen.log.iter().zip(&company.log).map(|(log, common)| log - common).collect(),
            noise: seen.noise.clone(),
        };
        seen.iter().map(out).collect()
    }

    /// The company's shock: that of the mean of all markets, each with the weight of
    /// what it can tell. `None` where there are too few months.
    fn company_of(&self, seen: &[Seen], known: &[Vec<f64>]) -> Option<Company> {
        let months = seen.first().map_or(0, |s| s.noise.len());
        let (mut log, mut weight) = (vec![0.0; months], vec![0.0; months]);
        for (g, seen) in seen.iter().enumerate() {
            for t in (0..months).filter(|t| seen.noise[*t].is_finite()) {
                let w = 1.0 / (seen.noise[t] + self.ar.variance).max(1e-9);
                log[t] += w * (seen.log[t] - known[g][t] - self.path[g].level);
                weight[t] += w;
            }
        }
        let mean = Seen {
            log: log.iter().zip(&weight).map(|(l, w)| if *w > 0.0 { l / w } else { 0.0 }).collect(),
            noise: weight.iter().map(|w| w.recip()).collect(),
        };
        let ar = shocks::of_one(&mean)?;
        let none = vec![0.0; months];
        let path = path(ar, &mean, &none);
        let shock: Vec<f64> = mean.log.iter().map(|l| l - path.level).collect();
        let log = ar.smooth(&mean.noise, &shock).into_iter().map(|(mean, _)| mean + path.level).collect();
        Some(Company { ar, path, log })
    }

    fn season_of(&self, cells: &Cells, g: usize) -> Vec<f64> {
        (0..cells.end).map(|t| self.season.log[g][cells.panel.month(t).of_year()]).collect()
    }

    /// A market's effect in a month that lies `ahead` months after the last one.
    pub(super) fn ahead(&self, g: usize, product: usize, month: Month, ahead: i32) -> Ahead {
        let (path, slope) = (&self.path[g], self.slope[product]);
        let ahead = ahead.max(0);
        let kept = self.ar.rho.powi(ahead);
        let years = trend::years(ahead);
        let level = 1.0 - kept * path.shock_by_level;
        let (mut common, mut company, mut company_level) = (0.0, 0.0, 0.0);
        if let Some(Company { ar, path, .. }) = &self.company {
            let kept = ar.rho.powi(ahead);
            common = path.level + kept * path.shock;
            company = ar.variance_ahead(path.shock_variance, ahead);
            company_level = (1.0 - kept * path.shock_by_level) * path.level_error;
        }
        let season = self.season.log[g][month.of_year()];
        Ahead {
            log: path.level + season + slope.mean * years + kept * path.shock + common,
            shock: self.ar.variance_ahead(path.shock_variance, ahead),
            level: level * path.level_error,
            slope: (years - kept * path.shock_by_slope - level * path.level_by_slope) * slope.variance.sqrt(),
            company,
            company_level,
        }
    }

    fn move_together(&self, markets: &[Market], seen: &[Seen], known: &[Vec<f64>]) -> Together {
        let (mut left, mut share) = (Vec::with_capacity(markets.len()), Vec::with_capacity(markets.len()));
        for (g, seen) in seen.iter().enumerate() {
            let n = seen.noise.len();
            let (mut e, mut w) = (vec![f64::NAN; n], vec![0.0; n]);
            let (mut state, mut variance) = (0.0, self.ar.variance);
            let fresh = self.ar.innovation().powi(2);
            for t in 0..n {
                state *= self.ar.rho;
                variance = self.ar.rho * self.ar.rho * variance + fresh;
                if !seen.noise[t].is_finite() {
                    continue;
                }
                let spread = variance + seen.noise[t];
                let error = seen.log[t] - known[g][t] - self.path[g].level - state;
                e[t] = error / spread.sqrt();
                w[t] = fresh / spread;
                state += variance / spread * error;
                variance *= 1.0 - variance / spread;
            }
            left.push(e);
            share.push(w);
        }
        shocks::together(markets, &left, &share)
    }
}

/// Level and last shock of a market, season and trend being known.
fn path(ar: Ar, seen: &Seen, known: &[f64]) -> Path {
    let n = seen.noise.len();
    let f = ar.filter(&seen.noise, |t| [seen.log[t] - known[t], 1.0, trend::years(t as i32 + 1 - n as i32)]);
    let [[_, y1, _], [_, s11, s1t], _] = f.gram;
    let precision = s11 + 1.0 / (LEVEL_SD * LEVEL_SD);
    let level = y1 / precision;
    Path {
        level,
        level_error: precision.sqrt().recip(),
        shock: f.state[0] - level * f.state[1],
        shock_variance: f.variance,
        shock_by_level: f.state[1],
        level_by_slope: s1t / precision,
        shock_by_slope: f.state[2],
    }
}
