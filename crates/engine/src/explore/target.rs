//! What a goal wants of a value: bounds that have to be kept with the stated
//! confidence, and which of the values that keep them is taken.
//!
//! `relative`: `percent` is a change in percent of the baseline; `absolute`, or left
//! out, is the level of the option itself, in the metric's own unit, as conditions
//! under `subject_to` are; with `gain`, what it has over the baseline. A return on incentive is always that of the change.

use super::trial::Trial;
use crate::scenario::{Condition, Goal};
use crate::simulation::{Bound, MetricName, Scale};

/// How sure a value has to be where nobody said it.
const CONFIDENCE_DEFAULT: f64 = 0.8;

/// What to prefer among values that keep all bounds.
#[derive(Debug, Clone, PartialEq)]
pub enum Prefer {
    /// The largest mean of a metric (its difference from the baseline).
    Most(String),
    /// The smallest.
    Least(String),
}

/// A goal in figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The goal's own bound first, where it has one, then the conditions.
    pub bounds: Vec<Bound>,
    /// Whether the first bound is the goal's own.
    pub has_own: bool,
    /// Share of draws in which each has to hold.
    pub confidence: f64,
    /// Which value is taken.
    pub prefer: Prefer,
    /// The goal's metric.
    pub metric: String,
}

impl Target {
    /// Reads a goal; `None` where it names a metric or a direction that there is not,
    /// or lacks the value that its direction needs.
    pub fn of(goal: &Goal) -> Option<Self> {
        let metric = MetricName::of_key(&goal.metric)?;
        let number = |text: &Option<String>| text.as_deref().and_then(|t| t.parse::<f64>().ok());
        let scale = match goal.relative.as_deref() {
            Some("percent") => Scale::ChangePercent,
            _ if metric == MetricName::Roi || goal.gain => Scale::Change,
            _ => Scale::Level,
        };
        let own = |at_least: bool| Some(Bound { metric, scale, at_least, value: number(&goal.value)? });
        // A bound from above is used up as far as it goes; one from below is reached
        // as cheaply as can be.
        let (own, prefer) = match goal.direction.as_str() {
            "at_least" => (Some(own(true)?), Prefer::Least("payout".to_owned())),
            "at_most" => (Some(own(false)?), Prefer::Most("units".to_owned())),
            "maximize" => (None, Prefer::Most(goal.metric.clone())),
            "minimize" => (None, Prefer::Least(goal.metric.clone())),
            "break_even" => {
                let metric = MetricName::Net;
                let even = Bound { metric, scale: Scale::Change, at_least: true, value: 0.0 };
                (Some(even), Prefer::Most("units".to_owned()))
            }
            _ => return None,
        };
        let has_own = own.is_some();
        let conditions: Option<Vec<Bound>> = goal.subject_to.iter().map(condition).collect();
        Some(Self {
            bounds: own.into_iter().chain(conditions?).collect(),
            has_own,
            confidence: number(&goal.confidence).unwrap_or(CONFIDENCE_DEFAULT).clamp(0.0, 1.0),
            prefer,
            metric: goal.metric.clone(),
        })
    }

    /// Whether a value keeps every bound.
    pub fn is_met(&self, trial: &Trial) -> bool {
        trial.kept.iter().all(|p| *p >= self.confidence)
    }

    /// The least sure bound of a value.
    pub fn surest(&self, trial: &Trial) -> f64 {
        trial.kept.iter().copied().fold(1.0, f64::min)
    }

    /// Whether the conditions are kept, the goal itself apart.
    pub fn keeps_conditions(&self, trial: &Trial) -> bool {
        trial.kept.iter().skip(usize::from(self.has_own)).all(|p| *p >= self.confidence)
    }

    /// How good a value is among those that keep the bounds; higher is better.
    pub fn merit(&self, trial: &Trial) -> f64 {
        let mean = |metric: &str| trial.mean(metric, true);
        match &self.prefer {
            Prefer::Most(metric) => mean(metric).unwrap_or(f64::NEG_INFINITY),
            Prefer::Least(metric) => mean(metric).map_or(f64::NEG_INFINITY, |v| -v),
        }
    }
}

fn condition(condition: &Condition) -> Option<Bound> {
    let metric = MetricName::of_key(&condition.metric)?;
    let value = condition.value.parse::<f64>().ok()?;
    let scale = if metric == MetricName::Roi { Scale::Change } else { Scale::Level };
    let at_least = match condition.direction.as_str() {
        "at_least" => true,
        "at_most" => false,
        _ => return None,
    };
    Some(Bound { metric, scale, at_least, value })
}
