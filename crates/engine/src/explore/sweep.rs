//! A lever over a range: every value simulated on the same random numbers, with few
//! draws. The forecast that is shown is that of the value with the most net margin, at
//! full draws.

use rust_decimal::Decimal;

use super::trial::{self, Place, Trial};
use super::{Exploration, Explored, Progress, words};
use crate::scenario::{Draft, Sweep};
use crate::simulation::{Bound, Continue, Extras, SimulationError};

/// Most values of a sweep.
pub const VALUES_MAX: usize = 41;

/// The values of a sweep, from the first to the last; none where the range is empty,
/// the step is not positive or there are more than [`VALUES_MAX`].
pub fn values(sweep: &Sweep) -> Vec<Decimal> {
    let number = |text: &str| text.parse::<Decimal>().ok();
    let (Some(from), Some(to), Some(step)) = (number(&sweep.from), number(&sweep.to), number(&sweep.step))
    else {
        return Vec::new();
    };
    if step <= Decimal::ZERO || to < from {
        return Vec::new();
    }
    let mut values = Vec::new();
    let mut value = from;
    while value <= to {
        if values.len() == VALUES_MAX {
            return Vec::new();
        }
        values.push(value);
        match value.checked_add(step) {
            Some(next) => value = next,
            None => break,
        }
    }
    values
}

/// Sweeps.
pub fn sweep(ask: &Exploration<'_>, progress: Progress<'_>) -> Result<Explored, SimulationError> {
    let Some(sweep) = &ask.scenario.sweep else { return Err(SimulationError::NothingChanged) };
    let place = Place { option: sweep.option, lever: sweep.lever };
    let values = values(sweep);
    // The last stretch is the full forecast of the best value.
    let share = values.len() as f64 / (values.len() as f64 + 8.0);
    let draws = trial::draws_of(ask);
    let trials = trial::try_values(ask, place, &values, &[], draws, &|done| progress(share * done))?;
    let net = |t: &&Trial| t.mean("net", true).unwrap_or(f64::NEG_INFINITY);
    let best = trials.iter().reduce(|a, b| if net(&b) > net(&a) { b } else { a });
    let Some(best) = best else { return Err(SimulationError::NothingChanged) };
    let last = |done: f64| -> Continue { progress(share + (1.0 - share) * done) };
    let mut explored = shown_at(ask, place, best.value, &last)?;
    explored.forecast.sweep = Some(trial::curve(&trials, best.value, &explored.forecast));
    explored.forecast.approximations.extend(words::left_out(&values, &trials));
    if draws < ask.draws {
        explored.forecast.approximations.push(words::swept(draws));
    }
    Ok(explored)
}

/// The full forecast of one value.
pub fn shown_at(
    ask: &Exploration<'_>,
    place: Place,
    value: Decimal,
    progress: Progress<'_>,
) -> Result<Explored, SimulationError> {
    shown_judged(ask, place, value, &[], progress).map(|(explored, _)| explored)
}

/// The full forecast of one value, and how likely it keeps each bound.
pub fn shown_judged(
    ask: &Exploration<'_>,
    place: Place,
    value: Decimal,
    bounds: &[Bound],
    progress: Progress<'_>,
) -> Result<(Explored, Vec<f64>), SimulationError> {
    let company = &*ask.model.company;
    let Some(scenario) = trial::scenario_at(ask.scenario, place, value, company) else {
        return Err(SimulationError::NothingChanged);
    };
    let extras = Extras { bounds, ..ask.whole() };
    let (forecast, mut kept) = ask.play(std::slice::from_ref(&scenario), &extras, ask.draws, progress)?;
    let shown: Draft = scenario.into_draft();
    Ok((Explored { shown, forecast }, kept.pop().unwrap_or_default()))
}
