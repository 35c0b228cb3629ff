//! The forecast of a scenario, whatever it asks for: the options as they stand, a
//! lever over a range ([`Intent::Sweep`]) or the value of a lever that reaches a
//! goal ([`Intent::GoalSeek`]). Makes options, has them simulated on the same random
//! numbers and picks among them; it draws nothing and pays nothing itself.

mod goal;
mod range;
mod sweep;
mod target;
mod trial;
mod words;

#[cfg(test)]
mod tests;

use crate::company::Company;
use crate::forecast::{CurvePoint, Forecast};
use crate::model::Model;
use crate::programs::RuleBook;
use crate::scenario::{self, Draft, Intent, Scenario};
use crate::simulation::{
    Arm, Continue, DRAWS_DEFAULT, DRAWS_MAX, Extras, Request, SimulationError, simulate_with,
};
use trial::Place;

/// What is to be explored.
#[derive(Clone, Copy)]
pub struct Exploration<'a> {
    /// What was learned from the company's history.
    pub model: &'a Model,
    /// What is asked.
    pub scenario: &'a Scenario,
    /// Seed of the draws.
    pub seed: u64,
    /// Draws of the forecast that is shown.
    pub draws: usize,
    /// By partner: whether figures count it; `None`: all.
    pub counted: Option<&'a [bool]>,
}

/// A forecast and what it is of.
#[derive(Debug, Clone, PartialEq)]
pub struct Explored {
    /// The options that the forecast shows: those of the scenario, or the one with
    /// the value that a sweep or a goal-seek brought out.
    pub shown: Draft,
    /// The forecast, with `sweep` or `goal` where that was asked.
    pub forecast: Forecast,
}

/// Hears the share done; may stop.
pub type Progress<'p> = &'p (dyn Fn(f64) -> Continue + Sync);

/// Forecasts a scenario.
///
/// # Errors
/// Those of [`simulate`](crate::simulation::simulate).
pub fn explore(ask: &Exploration<'_>, progress: Progress<'_>) -> Result<Explored, SimulationError> {
    match ask.scenario.intent {
        Intent::Sweep => sweep::sweep(ask, progress),
        Intent::GoalSeek => goal::seek(ask, progress),
        _ => {
            let forecast = ask.play(std::slice::from_ref(ask.scenario), &ask.whole(), ask.draws, progress)?.0;
            Ok(Explored { shown: ask.scenario.clone().into_draft(), forecast })
        }
    }
}

impl Exploration<'_> {
    /// What the forecast that is shown holds beyond its totals: precise figures, and what
    /// the net depends on. Who asks for fewer draws than usual wants them quick.
    fn whole(&self) -> Extras<'static> {
        let quick = self.draws < DRAWS_DEFAULT;
        Extras {
            draws_max: if quick { self.draws } else { DRAWS_MAX },
            hindcast: self.scenario.intent == Intent::Hindcast,
            tornado: !quick,
            ..Extras::default()
        }
    }

    /// Simulates all options of some scenarios side by side, in their order.
    fn play(
        &self,
        scenarios: &[Scenario],
        extras: &Extras<'_>,
        draws: usize,
        progress: Progress<'_>,
    ) -> Result<(Forecast, Vec<Vec<f64>>), SimulationError> {
        let company = &*self.model.company;
        let arm = |scenario: &Scenario, option: usize| Arm {
            label: scenario.options[option].label.clone(),
            rules: scenario::rule_book(scenario, option, company),
        };
        let options: Vec<Arm> =
            scenarios.iter().flat_map(|s| (0..s.options.len()).map(|o| arm(s, o))).collect();
        let request = Request {
            model: self.model,
            period: self.scenario.period.span(),
            baseline: &RuleBook::of(&company.programs),
            options: &options,
            changed_programs: &changed_programs(self.scenario),
            seed: self.seed,
            draws,
            counted: self.counted,
        };
        simulate_with(&request, extras, progress)
    }
}

/// The value that a forecast with a curve is of: the point whose figures are the
/// forecast's own. `None` for other forecasts, and for those of before the curve held it.
pub fn shown_value(forecast: &Forecast) -> Option<&str> {
    let curve = forecast.sweep.as_ref().or(forecast.goal.as_ref().map(|goal| &goal.curve))?;
    let net = forecast.metrics.get("net")?.difference.first()?;
    let own = |p: &&CurvePoint| p.metrics.get("net").and_then(|m| m.difference.first()) == Some(net);
    curve.iter().find(own).map(|p| p.value.as_str())
}

/// The option that a forecast with a curve is of, with its value and label.
pub fn shown(draft: &Draft, forecast: &Forecast, company: &Company) -> Option<Draft> {
    let of_sweep = draft.sweep.as_ref().map(|s| Place { option: s.option, lever: s.lever });
    let place =
        of_sweep.or_else(|| draft.goal.as_ref().map(|g| Place { option: g.option, lever: g.lever }))?;
    trial::draft_at(draft, place, shown_value(forecast)?.parse().ok()?, company)
}

/// Identifiers of the programs that any lever moves, in order of first mention.
pub fn changed_programs(draft: &Draft) -> Vec<String> {
    let mut programs: Vec<String> = Vec::new();
    for lever in draft.options.iter().flat_map(|o| &o.levers) {
        if !programs.contains(&lever.program) {
            programs.push(lever.program.clone());
        }
    }
    programs
}
