//! The value of a lever that reaches a goal: a coarse look over the range, two closer
//! looks around what is best so far, all on the same random numbers, then the full
//! forecast of the value taken. What few draws promise the full number has to keep:
//! a value that does not is given up for the next best.

use rust_decimal::Decimal;

use super::range::Range;
use super::sweep;
use super::target::Target;
use super::trial::{self, Place, Trial};
use super::{Exploration, Explored, Progress, words};
use crate::forecast::{GoalResult, Metrics};
use crate::simulation::{Continue, SimulationError};

/// Values of a look: one full set of options.
const VALUES_A_LOOK: u32 = 8;
/// Looks: each divides the step by nine.
const LOOKS: usize = 3;
/// Values whose promise is checked at full draws before giving up.
const CHECKS_MAX: usize = 4;
/// Share of the work that looking is.
const LOOKING: f64 = 0.7;

/// Seeks.
pub fn seek(ask: &Exploration<'_>, progress: Progress<'_>) -> Result<Explored, SimulationError> {
    let company = &*ask.model.company;
    let Some(goal) = &ask.scenario.goal else { return Err(SimulationError::NothingChanged) };
    let place = Place { option: goal.option, lever: goal.lever };
    let (Some(target), Some(range)) = (Target::of(goal), Range::of(ask.scenario, place, company)) else {
        return Err(SimulationError::NothingChanged);
    };
    let looked = look(ask, place, &range, &target, progress)?;
    let Taken { value, mut explored, is_reached, trials } = settle(ask, place, &target, looked, progress)?;
    let at = trials.iter().find(|t| t.value == value);
    let metrics = trial::only_option(&explored.forecast, 0);
    explored.forecast.goal = Some(GoalResult {
        reached: is_reached,
        value: is_reached.then(|| crate::scenario::figures::plain(value)),
        message: words::goal(goal, &target, at, is_reached, &explored.shown, &explored.forecast),
        metrics: if is_reached { metrics } else { Metrics::new() },
        curve: trial::curve(&trials, value, &explored.forecast),
    });
    explored.forecast.approximations.push(words::looked(trials.len(), trial::draws_of(ask)));
    Ok(explored)
}

/// All values looked at, ascending.
fn look(
    ask: &Exploration<'_>,
    place: Place,
    range: &Range,
    target: &Target,
    progress: Progress<'_>,
) -> Result<Vec<Trial>, SimulationError> {
    let mut trials: Vec<Trial> = Vec::new();
    let mut values = range.values(VALUES_A_LOOK);
    for nth in 0..LOOKS {
        let step = |done: f64| progress(LOOKING * (nth as f64 + done) / LOOKS as f64);
        let draws = trial::draws_of(ask);
        trials.extend(trial::try_values(ask, place, &values, &target.bounds, draws, &step)?);
        trials.sort_by_key(|t| t.value);
        let Some(closer) = around(&trials, range, target) else { break };
        values = closer.between(VALUES_A_LOOK);
        if values.is_empty() {
            break;
        }
    }
    Ok(trials)
}

/// The stretch between the neighbours of the best value so far.
fn around(trials: &[Trial], range: &Range, target: &Target) -> Option<Range> {
    let best = ranked(target, trials).first().copied().or_else(|| nearest(target, trials))?;
    let at = trials.iter().position(|t| t.value == best.value)?;
    let low = trials.get(at.wrapping_sub(1)).map_or(best.value, |t| t.value);
    let high = trials.get(at + 1).map_or(best.value, |t| t.value);
    Some(Range { low, high, grain: range.grain })
}

/// The values that keep all bounds, best first; ties to the smaller value.
fn ranked<'t>(target: &Target, trials: &'t [Trial]) -> Vec<&'t Trial> {
    let mut met: Vec<&Trial> = trials.iter().filter(|t| target.is_met(t)).collect();
    met.sort_by(|a, b| target.merit(b).total_cmp(&target.merit(a)).then(a.value.cmp(&b.value)));
    met
}

/// Where no value keeps all bounds: the one that comes closest, conditions first.
fn nearest<'t>(target: &Target, trials: &'t [Trial]) -> Option<&'t Trial> {
    let key = |t: &Trial| (target.keeps_conditions(t), target.surest(t), reach(target, t));
    trials.iter().reduce(|a, b| {
        let (x, y) = (key(a), key(b));
        let better = y.0.cmp(&x.0).then(y.1.total_cmp(&x.1)).then(y.2.total_cmp(&x.2));
        if better.is_gt() { b } else { a }
    })
}

/// How far the goal's metric goes towards it.
fn reach(target: &Target, trial: &Trial) -> f64 {
    let up = target.bounds.first().is_none_or(|b| b.at_least || !target.has_own);
    let mean = trial.mean(&target.metric, true).unwrap_or(f64::NEG_INFINITY);
    if up { mean } else { -mean }
}

/// The value that is shown, with its full forecast.
struct Taken {
    value: Decimal,
    explored: Explored,
    /// Whether it keeps every bound.
    is_reached: bool,
    /// All values looked at, with full figures where they are known.
    trials: Vec<Trial>,
}

/// Takes the best value if its full forecast keeps what few draws promised, which it
/// mostly does: then nothing else is played. Else checks the next best at full draws.
fn settle(
    ask: &Exploration<'_>,
    place: Place,
    target: &Target,
    mut trials: Vec<Trial>,
    progress: Progress<'_>,
) -> Result<Taken, SimulationError> {
    let ranked: Vec<Decimal> =
        ranked(target, &trials).into_iter().take(CHECKS_MAX).map(|t| t.value).collect();
    let put = |trials: &mut Vec<Trial>, full: Trial| {
        if let Some(trial) = trials.iter_mut().find(|t| t.value == full.value) {
            *trial = full;
        }
    };
    let Some((best, rest)) = ranked.split_first() else {
        let value = nearest(target, &trials).ok_or(SimulationError::NothingChanged)?.value;
        let explored = sweep::shown_at(ask, place, value, &part(progress, LOOKING, 1.0))?;
        return Ok(Taken { value, explored, is_reached: false, trials });
    };
    let step = part(progress, LOOKING, 0.8);
    let (explored, kept) = sweep::shown_judged(ask, place, *best, &target.bounds, &step)?;
    let full = Trial { value: *best, metrics: trial::only_option(&explored.forecast, 0), kept };
    let is_reached = target.is_met(&full);
    put(&mut trials, full);
    if is_reached {
        return Ok(Taken { value: *best, explored, is_reached, trials });
    }
    let step = part(progress, 0.8, 0.9);
    let checked = trial::try_values(ask, place, rest, &target.bounds, ask.draws, &step)?;
    let taken = checked.iter().find(|t| target.is_met(t)).map(|t| t.value);
    checked.into_iter().for_each(|full| put(&mut trials, full));
    let value = match taken {
        Some(value) => value,
        None => nearest(target, &trials).ok_or(SimulationError::NothingChanged)?.value,
    };
    let explored = sweep::shown_at(ask, place, value, &part(progress, 0.9, 1.0))?;
    Ok(Taken { value, explored, is_reached: taken.is_some(), trials })
}

/// A stretch of the whole work.
fn part<'p>(progress: Progress<'p>, from: f64, to: f64) -> impl Fn(f64) -> Continue + Sync + use<'p> {
    move |done: f64| progress(from + (to - from) * done)
}
