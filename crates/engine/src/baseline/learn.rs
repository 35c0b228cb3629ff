//! Levels and market effects in turn: each is estimated with the other taken as
//! known, a few times over; then every family's discount by rolling CRPS and its
//! overdispersion by demand class from the one-step errors.

use serde::{Deserialize, Serialize};

use rayon::prelude::*;

use super::cells::Cells;
use super::count::Count;
use super::effects::Effects;
use super::filter::{Filter, Level};
use super::levels::{Parent, parents};
use super::markets::Markets;
use crate::calendar::Month;
use crate::catalog::{PartnerIx, ProductIx};

/// How quickly a family's levels forget.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Setting {
    pub discount: f64,
    pub back: f64,
}

/// What was learned from a history.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Learned {
    /// Last month that counts.
    pub last_month: Month,
    /// Pair of each series.
    pub series: Vec<(PartnerIx, ProductIx)>,
    /// Family of each series.
    pub family: Vec<usize>,
    pub markets: Markets,
    pub effects: Effects,
    pub level: Vec<Level>,
    /// By family.
    pub setting: Vec<Setting>,
    /// Demand class of each series: position in [`CLASSES`].
    pub class: Vec<usize>,
    /// φ by family × demand class.
    pub overdispersion: Vec<f64>,
    /// Part of every φ that a partner's series have in common in a month.
    pub partner_variance: f64,
}

/// Demand classes by units a month: a series belongs to the first one that its level
/// lies below.
pub(super) const CLASSES: [f64; 4] = [0.35, 1.2, 5.0, f64::INFINITY];
const ROUNDS: usize = 3;
const DISCOUNTS: [f64; 7] = [0.75, 0.85, 0.91, 0.95, 0.975, 0.99, 1.0];
const BACK: [f64; 2] = [0.05, 0.4];
/// While levels and markets take turns, levels hardly forget.
pub(super) const SETTING_START: Setting = Setting { discount: 0.99, back: 0.05 };
/// The choice looks at this many series a family at most.
const SERIES_MAX: usize = 600;
/// Months at the start of a series that are not scored.
const BURN_IN: usize = 6;
pub(super) const OVERDISPERSION_START: f64 = 0.4;
/// A group's overdispersion is taken to differ from that of the wider one by this share
/// of it, which says how far it leans on it.
const APART: f64 = 0.3;
/// What partners' months have in common is none below this, and no more than that.
const PARTNER_MIN: f64 = 0.003;
const PARTNER_MAX: f64 = 0.5;

impl Learned {
    /// Learns. `setting`: discounts already known, so that they need not be chosen.
    pub(super) fn of(cells: &Cells, setting: Option<&[Setting]>) -> Self {
        let markets = Markets::of(cells);
        let mut effects = Effects::none(cells, &markets);
        let mut overdispersion = vec![OVERDISPERSION_START; cells.families * CLASSES.len()];
        let mut class = vec![CLASSES.len() - 1; cells.series()];
        let start = vec![SETTING_START; cells.families];
        for _ in 0..ROUNDS {
            let exposure = exposures(cells, &markets, &effects);
            let phi = |s: usize| overdispersion[cells.family[s] * CLASSES.len() + class[s]];
            let parents = parents(cells, &exposure, phi);
            let still = |s: usize| Filter::new(parents[s], 1.0, 0.0, phi(s));
            let level = run_all(cells, &exposure, still);
            class = level.iter().map(|l| class_of(l.mean)).collect();
            overdispersion = Run { cells, exposure: &exposure, parents: &parents, class: &class }
                .overdispersion(&start, &overdispersion);
            let phi = |s: usize| overdispersion[cells.family[s] * CLASSES.len() + class[s]];
            let means: Vec<f64> = level.iter().map(|l| l.mean).collect();
            let seen: Vec<_> = (0..markets.list.len())
                .into_par_iter()
                .map(|g| markets.list[g].seen(cells, &effects.log[g], &effects.factor[g], &means, phi))
                .collect();
            effects.update(cells, &markets.list, &seen);
        }
        let exposure = exposures(cells, &markets, &effects);
        let parents = {
            let phi = |s: usize| overdispersion[cells.family[s] * CLASSES.len() + class[s]];
            parents(cells, &exposure, phi)
        };
        let run = Run { cells, exposure: &exposure, parents: &parents, class: &class };
        let setting = setting.map_or_else(|| run.choose(&overdispersion), <[Setting]>::to_vec);
        overdispersion = run.overdispersion(&setting, &overdispersion);
        let partner_variance = run.partner_variance(&setting, &overdispersion);
        let level = run_all(cells, &exposure, |s| run.filter(s, &setting, &overdispersion));
        let (last_month, series, family) =
            (cells.last_month(), cells.panel.series.clone(), cells.family.clone());
        Self {
            last_month,
            series,
            family,
            markets,
            effects,
            level,
            setting,
            class,
            overdispersion,
            partner_variance,
        }
    }

    /// φ of a series' own months, what its partner's have in common aside.
    pub(super) fn overdispersion_of(&self, s: usize, partner_variance: f64) -> f64 {
        let all = self.overdispersion[self.family[s] * CLASSES.len() + self.class[s]];
        ((1.0 + all) / (1.0 + partner_variance) - 1.0).max(1e-3)
    }
}

pub(super) fn class_of(units: f64) -> usize {
    CLASSES.iter().position(|most| units < *most).unwrap_or(CLASSES.len() - 1)
}

/// Exposure of each history cell: incentive, reporting, what moves its market.
fn exposures(cells: &Cells, markets: &Markets, effects: &Effects) -> Vec<f64> {
    let mut out = cells.exposure.clone();
    for (s, row) in out.chunks_exact_mut(cells.panel.months.max(1)).enumerate() {
        let factor = &effects.factor[markets.of[s]];
        row.iter_mut().zip(factor).for_each(|(x, f)| *x *= f);
    }
    out
}

fn run_all(cells: &Cells, exposure: &[f64], filter: impl Fn(usize) -> Filter + Sync) -> Vec<Level> {
    (0..cells.series())
        .into_par_iter()
        .map(|s| {
            let (units, exposure) = rows(cells, exposure, s);
            filter(s).run(units, exposure, |_| {})
        })
        .collect()
}

/// Units and exposure of a series' months that count.
fn rows<'a>(cells: &'a Cells, exposure: &'a [f64], s: usize) -> (&'a [f64], &'a [f64]) {
    let life = &cells.life[s];
    let row = cells.panel.at(s, life.start)..cells.panel.at(s, life.end);
    (&cells.units[row.clone()], &exposure[row])
}

struct Run<'a> {
    cells: &'a Cells<'a>,
    exposure: &'a [f64],
    parents: &'a [Parent],
    class: &'a [usize],
}

impl Run<'_> {
    fn group(&self, s: usize) -> usize {
        self.cells.family[s] * CLASSES.len() + self.class[s]
    }

    fn filter(&self, s: usize, setting: &[Setting], overdispersion: &[f64]) -> Filter {
        let Setting { discount, back } = setting[self.cells.family[s]];
        Filter::new(self.parents[s], discount, back, overdispersion[self.group(s)])
    }

    /// Every so manieth series of a family, so that the choice is quick.
    fn sampled(&self) -> Vec<Vec<usize>> {
        let mut of_family = vec![Vec::new(); self.cells.families];
        for s in 0..self.cells.series() {
            of_family[self.cells.family[s]].push(s);
        }
        let thin = |all: Vec<usize>| {
            let step = all.len().div_ceil(SERIES_MAX).max(1);
            all.into_iter().step_by(step).collect()
        };
        of_family.into_iter().map(thin).collect()
    }

    /// The setting of each family with the least CRPS, every series in units of the
    /// standard deviation that its parent level has.
    fn choose(&self, overdispersion: &[f64]) -> Vec<Setting> {
        let best = |series: &Vec<usize>| {
            let settings = DISCOUNTS
                .iter()
                .flat_map(|&discount| BACK.iter().map(move |&back| Setting { discount, back }));
            let scored = settings.map(|setting| (setting, self.score(series, setting, overdispersion)));
            let start = (SETTING_START, f64::INFINITY);
            scored.fold(start, |best, one| if one.1 < best.1 { one } else { best }).0
        };
        self.sampled().par_iter().map(best).collect()
    }

    fn score(&self, series: &[usize], setting: Setting, overdispersion: &[f64]) -> f64 {
        let mut total = 0.0;
        for &s in series {
            let phi = overdispersion[self.group(s)];
            let filter = Filter::new(self.parents[s], setting.discount, setting.back, phi);
            let usual = Count::new(self.parents[s].mean, 1.0 / phi.max(1e-6)).variance().sqrt();
            let (units, exposure) = rows(self.cells, self.exposure, s);
            filter.run(units, exposure, |step| {
                if step.t >= BURN_IN {
                    let shape = 1.0 / (1.0 / step.shape + phi + phi / step.shape).max(1e-9);
                    total += Count::new(step.mean, shape).crps(step.units) / usual;
                }
            });
        }
        total
    }

    /// Moments of the products of one-step errors of different series in a partner's
    /// month: the relative variance that they share.
    fn partner_variance(&self, setting: &[Setting], overdispersion: &[f64]) -> f64 {
        let pairs = &self.cells.panel.series;
        let starts: Vec<usize> =
            (0..pairs.len()).filter(|s| *s == 0 || pairs[*s - 1].0 != pairs[*s].0).collect();
        let of_partner = |(n, start): (usize, &usize)| {
            let end = starts.get(n + 1).copied().unwrap_or(pairs.len());
            let mut months = vec![[0.0; 4]; self.cells.end];
            for s in *start..end {
                let phi = overdispersion[self.group(s)];
                let (units, exposure) = rows(self.cells, self.exposure, s);
                let from = self.cells.life[s].start;
                self.filter(s, setting, overdispersion).run(units, exposure, |step| {
                    if step.t >= BURN_IN {
                        let weight = 1.0 / (1.0 + phi * step.mean);
                        let (error, mean) = (weight * (step.units - step.mean), weight * step.mean);
                        let sums = &mut months[from + step.t];
                        let one = [error, error * error, mean, mean * mean];
                        sums.iter_mut().zip(one).for_each(|(sum, v)| *sum += v);
                    }
                });
            }
            months
                .iter()
                .fold([0.0; 2], |[shared, most], [e, ee, m, mm]| [shared + e * e - ee, most + m * m - mm])
        };
        let found: Vec<[f64; 2]> = starts.par_iter().enumerate().map(of_partner).collect();
        let [shared, most] = found.iter().fold([0.0; 2], |[a, b], [c, d]| [a + c, b + d]);
        worth_it(if most > 0.0 { shared / most } else { 0.0 })
    }

    /// Moments of the squared one-step errors by family and class, each leaning on the
    /// class over all families, that on everything, as far as it is not known itself.
    fn overdispersion(&self, setting: &[Setting], before: &[f64]) -> Vec<f64> {
        let classes = CLASSES.len();
        let groups = self.cells.families * classes;
        let of_family: Vec<Vec<Moments>> = self
            .sampled()
            .par_iter()
            .map(|series| {
                let mut sums = vec![Moments::default(); groups];
                for &s in series {
                    let phi = before[self.group(s)];
                    let family = self.cells.family[s] * classes;
                    let (units, exposure) = rows(self.cells, self.exposure, s);
                    self.filter(s, setting, before).run(units, exposure, |step| {
                        if step.t < BURN_IN || step.mean <= 1e-9 {
                            return;
                        }
                        let m = step.mean;
                        let weight = (m / (1.0 + phi * m)).powi(2) / (m * m) * m.min(1.0);
                        // By what was expected: series picked for how they ended would
                        // look as if they had been expected too high all along.
                        sums[family + class_of(m)].add_month(
                            weight * ((step.units - m).powi(2) - m - m * m / step.shape),
                            weight * m * m * (1.0 + 1.0 / step.shape),
                        );
                    });
                }
                sums
            })
            .collect();
        let mut own = vec![Moments::default(); groups];
        for sums in &of_family {
            own.iter_mut().zip(sums).for_each(|(to, from)| to.add(from));
        }
        let gather = |keep: &dyn Fn(usize) -> bool| {
            let mut all = Moments::default();
            (0..groups).filter(|g| keep(*g)).for_each(|g| all.add(&own[g]));
            all
        };
        let everything = gather(&|_| true).leaning(OVERDISPERSION_START);
        let of_class: Vec<f64> =
            (0..classes).map(|c| gather(&|g| g % classes == c).leaning(everything)).collect();
        own.iter().enumerate().map(|(g, sums)| sums.leaning(of_class[g % classes])).collect()
    }
}

/// A partner's variance, none where it is next to none.
pub(super) fn worth_it(variance: f64) -> f64 {
    if variance < PARTNER_MIN { 0.0 } else { variance.min(PARTNER_MAX) }
}

/// Sums over months of what squared errors are beyond counting, `b`, of what they are
/// measured by, `q`, and of their squares: φ is the ratio of the first two.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    b: f64,
    q: f64,
    bb: f64,
    bq: f64,
    qq: f64,
}

impl Moments {
    fn add_month(&mut self, b: f64, q: f64) {
        self.add(&Self { b, q, bb: b * b, bq: b * q, qq: q * q });
    }

    fn add(&mut self, other: &Self) {
        self.b += other.b;
        self.q += other.q;
        self.bb += other.bb;
        self.bq += other.bq;
        self.qq += other.qq;
    }

    /// The ratio, drawn towards `wider` by its own squared error (that of a ratio
    /// estimator: Cochran 1977, §6.3, at the wider value, so that a group that is all
    /// alike by luck is not taken to be sure of it).
    fn leaning(&self, wider: f64) -> f64 {
        if self.q <= 1e-9 {
            return wider;
        }
        let error = (self.bb - 2.0 * wider * self.bq + wider * wider * self.qq).max(0.0) / (self.q * self.q);
        let apart = (APART * wider).powi(2);
        let weight = apart / (apart + error).max(1e-12);
        (weight * self.b / self.q + (1.0 - weight) * wider).clamp(1e-3, 20.0)
    }
}
