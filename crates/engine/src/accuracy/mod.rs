//! How good forecasts have been (FORECASTING.md §5): the whole method fitted again on
//! what was known at past days, its forecasts scored against what came. Beside it a
//! forecast that anybody can make, last year's month again. Changes no forecast.
//!
//! [`backtest`] scores forecasts of sales as the rules stood; [`track_record`] adds the
//! past changes of programs, forecast as they would have been the day before; [`given`]
//! scores forecasts that were really given.

mod calibration;
mod draws;
pub mod given;
mod known;
mod naive;
mod outlook;
mod past_changes;
mod score;
mod track_record;
mod what_if;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_changes;
#[cfg(test)]
mod tests_given;

use std::sync::Arc;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::Month;
use crate::company::Company;
use crate::model::Model;
use crate::panel::Panel;
use score::{Case, Tally};

pub use calibration::{FigureScores, WhatIfScores};
pub use draws::Draws;
pub(crate) use draws::one as draw;
pub use known::as_known;
pub(crate) use outlook::outlook_from;
pub use outlook::{Outlook, outlook};
pub use past_changes::ChangeKind;
pub use score::{PIT_BINS, Scores};
pub use track_record::{LeftOut, TrackRecord, track_record};
pub use what_if::{Event, Said};

/// Which past days to forecast from.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Last months of the shortened histories.
    pub origins: Vec<Month>,
    /// Months forecast from each.
    pub months: usize,
    /// Seed of the draws behind the sums.
    pub seed: u64,
}

/// At least so many months stay before the first origin.
const HISTORY_MIN: i32 = 18;

impl Plan {
    /// `count` origins, one a month, the last so that all its months are known.
    /// Fewer where the history is short, none below 18 months.
    pub fn recent(first_month: Month, known_through: Month, count: usize, months: usize) -> Self {
        let last = known_through.0 - months as i32;
        let from = (last + 1 - count as i32).max(first_month.0 + HISTORY_MIN - 1);
        Self { origins: (from..=last).map(Month).collect(), months, seed: 1 }
    }

    /// `count` origins so far apart that the months forecast from them do not overlap,
    /// the last so that all its months are known. Fewer where the history is short,
    /// none below 18 months.
    pub fn apart(first_month: Month, known_through: Month, count: usize, months: usize) -> Self {
        let step = months.max(1) as i32;
        let last = known_through.0 - step;
        let from = first_month.0 + HISTORY_MIN - 1;
        let mut origins: Vec<Month> =
            (0..count as i32).map(|i| Month(last - i * step)).filter(|m| m.0 >= from).collect();
        origins.reverse();
        Self { origins, months: step as usize, seed: 1 }
    }
}

/// Scores of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Backtest {
    /// Last days of the shortened histories.
    pub origins: Vec<NaiveDate>,
    /// Months forecast from each.
    pub months: usize,
    /// By level of summing: cell, partner, product, total.
    pub levels: Vec<LevelScores>,
}

/// Scores of one level of summing, a month each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LevelScores {
    /// What is summed to.
    pub level: Grouping,
    /// Our forecast.
    pub own: Scores,
    /// Last year's month again, or the mean where there is none.
    pub naive: Scores,
}

/// What cells are summed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// Partner, product and month.
    Cell,
    /// Partner and month.
    Partner,
    /// Product and month.
    Product,
    /// Month.
    Total,
}

impl Grouping {
    /// All, from the finest.
    pub const ALL: [Self; 4] = [Self::Cell, Self::Partner, Self::Product, Self::Total];
}

/// Fits on what was known at each origin and scores the months after it. Everything
/// is learned again each time. `progress` is told the share done.
///
/// Sales of pairs that had never sold by an origin are part of its sums and of
/// nothing smaller: nobody could forecast them one by one.
pub fn backtest(company: &Company, plan: &Plan, progress: &dyn Fn(f64)) -> Backtest {
    let all = Panel::of_lines(company.lines.iter(), company.as_of);
    let mut rolling = Rolling::default();
    for (done, origin) in plan.origins.iter().enumerate() {
        progress(done as f64 / plan.origins.len() as f64);
        rolling.merge(&Rolling::of(&learned_by(company, *origin), plan, &all));
    }
    progress(1.0);
    rolling.finish(plan)
}

/// The model of what was known at the end of a month.
fn learned_by(company: &Company, origin: Month) -> Model {
    let known = as_known(company, origin.last_day());
    let panel = Panel::of_lines(known.lines.iter(), known.as_of);
    Model::fit(Arc::new(known), panel, &|_| ())
}

/// Sums over origins, by level: ours, and last year's month again.
#[derive(Default)]
struct Rolling {
    tallies: [[Tally; 2]; Grouping::ALL.len()],
}

impl Rolling {
    /// One origin, the last month of the model's data.
    fn of(model: &Model, plan: &Plan, all: &Panel) -> Self {
        let ahead = outlook(model, plan.months);
        let mut rolling = Self::default();
        for (grouping, tally) in Grouping::ALL.iter().zip(&mut rolling.tallies) {
            compare(*grouping, model, &ahead, all, plan.seed, tally);
        }
        rolling
    }

    fn merge(&mut self, other: &Self) {
        for (own, other) in self.tallies.iter_mut().flatten().zip(other.tallies.iter().flatten()) {
            own.merge(other);
        }
    }

    fn finish(&self, plan: &Plan) -> Backtest {
        let levels = Grouping::ALL.iter().zip(&self.tallies).map(|(level, [own, naive])| LevelScores {
            level: *level,
            own: own.scores(),
            naive: naive.scores(),
        });
        Backtest {
            origins: plan.origins.iter().map(|m| m.last_day()).collect(),
            months: plan.months,
            levels: levels.collect(),
        }
    }
}

/// Scores one origin at one level.
fn compare(
    grouping: Grouping,
    model: &Model,
    ahead: &Outlook,
    all: &Panel,
    seed: u64,
    tally: &mut [Tally; 2],
) {
    let groups = Groups::of(grouping, model, all);
    let history = groups.history(model);
    let actual = groups.actual(ahead, all);
    let draws = (grouping != Grouping::Cell)
        .then(|| Draws::of(ahead, &model.panel.series, &groups.of_series, groups.count, seed));
    for g in (0..groups.count).filter(|g| groups.alive[*g]) {
        let past = &history[g];
        let scale = naive::scale(past);
        for j in 0..ahead.months() {
            let units = actual[g * ahead.months() + j];
            let place = score::even(g, ahead.first().plus(j as i32).0 as usize);
            let own = match &draws {
                None => Case::of_count(ahead.count(g, j), units, place),
                Some(draws) => Case::of_draws(draws.of_cell(g, j), draws.mean(g, j), units, place),
            };
            tally[0].add(&own, scale);
            tally[1].add(&naive::case(past, j, units), scale);
        }
    }
}

/// Which group each series belongs to.
struct Groups {
    count: usize,
    of_series: Vec<usize>,
    /// By series of the later panel; `None`: it belongs to no group.
    of_later: Vec<Option<usize>>,
    alive: Vec<bool>,
}

impl Groups {
    fn of(grouping: Grouping, model: &Model, all: &Panel) -> Self {
        let catalog = &model.company.catalog;
        let known = &model.panel;
        let key = |(partner, product): (usize, usize)| match grouping {
            Grouping::Cell => known.series_of(partner, product),
            Grouping::Partner => Some(partner),
            Grouping::Product => Some(product),
            Grouping::Total => Some(0),
        };
        let count = match grouping {
            Grouping::Cell => known.series.len(),
            Grouping::Partner => catalog.partners.len(),
            Grouping::Product => catalog.products.len(),
            Grouping::Total => 1,
        };
        let of_series: Vec<usize> = known.series.iter().filter_map(|pair| key(*pair)).collect();
        let mut alive = vec![false; count];
        for ((partner, _), g) in known.series.iter().zip(&of_series) {
            alive[*g] |= catalog.partners[*partner].active;
        }
        Self { count, of_series, of_later: all.series.iter().map(|pair| key(*pair)).collect(), alive }
    }

    /// Units by group and month that were known at the origin, months still being
    /// reported left out.
    fn history(&self, model: &Model) -> Vec<Vec<f64>> {
        let (panel, months) = (&model.panel, model.usable_months());
        let mut out = vec![vec![0.0; months]; self.count];
        for (s, g) in self.of_series.iter().enumerate() {
            out[*g].iter_mut().zip(panel.units_of(s)).for_each(|(to, units)| *to += units);
        }
        let gap = panel.months - months;
        out.iter_mut().for_each(|row| row.extend(std::iter::repeat_n(f64::NAN, gap)));
        out
    }

    fn actual(&self, ahead: &Outlook, all: &Panel) -> Vec<f64> {
        let mut out = vec![0.0; self.count * ahead.months()];
        for (s, g) in self.of_later.iter().enumerate() {
            let Some(g) = g else { continue };
            for j in 0..ahead.months() {
                let t = ahead.first().plus(j as i32).0 - all.first_month.0;
                let units = usize::try_from(t).ok().and_then(|t| all.units_of(s).get(t));
                out[g * ahead.months() + j] += units.copied().unwrap_or(0.0);
            }
        }
        out
    }
}
