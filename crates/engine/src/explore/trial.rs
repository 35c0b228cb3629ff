//! One lever at one value, the rest of its option as it is: made, checked and
//! simulated, several side by side.

use rust_decimal::Decimal;

use super::{Exploration, Progress};
use crate::company::Company;
use crate::forecast::{CurvePoint, Forecast, Metric, Metrics};
use crate::scenario::{self, Draft, Intent, Scenario, figures};
use crate::simulation::{Bound, Extras, SimulationError, TRIALS_MAX};

/// Most draws of a value that is tried.
const DRAWS_A_TRIAL: usize = 500;

/// Where the lever is.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Position in `options`.
    pub option: usize,
    /// Position in its `levers`.
    pub lever: usize,
}

/// A value that was tried.
#[derive(Debug, Clone)]
pub struct Trial {
    /// In the lever's operation.
    pub value: Decimal,
    /// Its totals, with one option.
    pub metrics: Metrics,
    /// Share of draws in which each bound is kept.
    pub kept: Vec<f64>,
}

impl Trial {
    /// As a point of a curve.
    pub fn point(&self) -> CurvePoint {
        CurvePoint { value: figures::plain(self.value), metrics: self.metrics.clone() }
    }

    /// Mean of a total of the option, or of its difference from the baseline.
    pub fn mean(&self, metric: &str, difference: bool) -> Option<f64> {
        let metric = self.metrics.get(metric)?;
        if difference { metric.difference.first()?.mean } else { metric.options.first()?.mean }
    }
}

/// The scenario with the lever at a value and nothing else to try.
pub fn draft_at(draft: &Draft, place: Place, value: Decimal, company: &Company) -> Option<Draft> {
    let mut option = draft.options.get(place.option)?.clone();
    option.levers.get_mut(place.lever)?.value = Some(figures::plain(value));
    let labels: Vec<String> = option.levers.iter().map(|l| scenario::label(l, company)).collect();
    option.label = labels.join(", ");
    Some(Draft { intent: Intent::Forecast, options: vec![option], sweep: None, goal: None, ..draft.clone() })
}

/// The same, where the rules can take that value.
pub fn scenario_at(draft: &Draft, place: Place, value: Decimal, company: &Company) -> Option<Scenario> {
    scenario::check(draft_at(draft, place, value, company)?, company).scenario
}

/// Simulates a lever at some values, on the same random numbers; values that the
/// rules cannot take are left out.
pub fn try_values(
    ask: &Exploration<'_>,
    place: Place,
    values: &[Decimal],
    bounds: &[Bound],
    draws: usize,
    progress: Progress<'_>,
) -> Result<Vec<Trial>, SimulationError> {
    let company = &*ask.model.company;
    let admitted = |v: &Decimal| Some((*v, scenario_at(ask.scenario, place, *v, company)?));
    let admitted: Vec<(Decimal, Scenario)> = values.iter().filter_map(admitted).collect();
    let extras = Extras { bounds, totals_only: true, ..Extras::default() };
    let mut trials = Vec::with_capacity(admitted.len());
    let batches = admitted.len().div_ceil(TRIALS_MAX).max(1);
    let size = admitted.len().div_ceil(batches).max(1);
    for (nth, batch) in admitted.chunks(size).enumerate() {
        let scenarios: Vec<Scenario> = batch.iter().map(|(_, s)| s.clone()).collect();
        let step = |done: f64| progress((nth as f64 + done) / batches as f64);
        let (forecast, kept) = ask.play(&scenarios, &extras, draws, &step)?;
        let trial = |(i, (value, _)): (usize, &(Decimal, Scenario))| Trial {
            value: *value,
            metrics: only_option(&forecast, i),
            kept: kept[i].clone(),
        };
        trials.extend(batch.iter().enumerate().map(trial));
    }
    Ok(trials)
}

/// Draws of a value that is tried and not shown: fewer than the forecast's, and not more
/// of them to be precise. Values are compared on the same draws, so that what they differ
/// by is known far better than what each comes to.
pub fn draws_of(ask: &Exploration<'_>) -> usize {
    ask.draws.min(DRAWS_A_TRIAL)
}

/// The values tried as points, that of the forecast shown with the forecast's own figures:
/// one value says one thing, wherever it is told.
pub fn curve(trials: &[Trial], shown: Decimal, forecast: &Forecast) -> Vec<CurvePoint> {
    let point = |trial: &Trial| match trial.value == shown {
        true => CurvePoint { metrics: only_option(forecast, 0), ..trial.point() },
        false => trial.point(),
    };
    trials.iter().map(point).collect()
}

/// The totals of one option of a forecast.
pub fn only_option(forecast: &Forecast, option: usize) -> Metrics {
    let one = |metric: &Metric| Metric {
        baseline: metric.baseline,
        options: metric.options.get(option).copied().into_iter().collect(),
        difference: metric.difference.get(option).copied().into_iter().collect(),
    };
    forecast.metrics.iter().map(|(name, metric)| (name.clone(), one(metric))).collect()
}
