//! The track record of a company: its past changes forecast as they would have been
//! the day before, and its sales forecast from past days, with one fit a day for both.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::NaiveDate;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::calibration::WhatIfScores;
use super::past_changes::{PastChange, past_changes};
use super::what_if::{Came, Event, event};
use super::{Backtest, HISTORY_MIN, Plan, Rolling, learned_by};
use crate::baseline::reporting_lag;
use crate::calendar::Month;
use crate::company::Company;
use crate::forecast::Accuracy;
use crate::panel::Panel;
use crate::programs::RuleBook;
use crate::programs::accruals::{AccrualOptions, accruals};
use crate::programs::terms::ProgramKind;
use crate::simulation::{Continue, SimulationError};

/// Fewer changes of a kind do not speak for it: then all speak.
const OF_KIND_MIN: usize = 3;

/// How forecasts made from past days have done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrackRecord {
    /// Last day of the data.
    pub as_of: NaiveDate,
    /// Last day up to which sales are taken to be wholly reported.
    pub known_through: NaiveDate,
    /// Version of the engine.
    pub engine: String,
    /// Longest stretch that a change is looked at, in months.
    pub months: usize,
    /// Scores over all changes.
    pub what_ifs: WhatIfScores,
    /// The changes, oldest first.
    pub events: Vec<Event>,
    /// Changes that could not be scored, and why.
    pub left_out: Vec<LeftOut>,
    /// Forecasts of sales as the rules stood.
    pub baseline: Backtest,
}

/// A change that was not scored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// Program.
    pub program: String,
    /// Day of the change.
    pub on: NaiveDate,
    /// Why not, in words.
    pub reason: String,
}

impl TrackRecord {
    /// The line that applies to forecasts of changes of programs of these kinds: over
    /// past changes of such programs where there are three at least, else over all.
    /// `None` where nothing was scored.
    pub fn line(&self, kinds: &[ProgramKind]) -> Option<Accuracy> {
        let alike: Vec<&Event> = self.alike(kinds);
        let scores = WhatIfScores::of(alike.iter().copied());
        Some(Accuracy {
            coverage_80: super::what_if::round(scores.units.coverage_80()?, 4),
            wape: scores.units.wape?,
            events: scores.events,
        })
    }

    /// The events behind [`TrackRecord::line`].
    pub fn alike(&self, kinds: &[ProgramKind]) -> Vec<&Event> {
        let of_kind: Vec<&Event> = self.events.iter().filter(|e| kinds.contains(&e.program_kind)).collect();
        if of_kind.len() < OF_KIND_MIN { self.events.iter().collect() } else { of_kind }
    }
}

/// Forecasts every past change as it would have been at the end of the month before
/// it, and sales from `origins` days as far apart as forecasts reach (`months`).
///
/// A change counts where 18 months of history lie before it, all its months are
/// wholly reported, and somebody whom it could reach had sold before.
///
/// # Errors
/// [`SimulationError::Stopped`] when `progress`, which is told the share done from
/// several threads, says so.
pub fn track_record(
    company: &Company,
    origins: usize,
    months: usize,
    progress: &(dyn Fn(f64) -> Continue + Sync),
) -> Result<TrackRecord, SimulationError> {
    let months = months.max(1);
    let all = Panel::of_lines(company.lines.iter(), company.as_of);
    let known_through = reporting_lag(company).0;
    let plan = Plan::apart(all.first_month, known_through, origins, months);
    let mut left_out = Vec::new();
    let mut changes = Vec::new();
    for change in past_changes(company).into_iter().filter(|c| c.on <= company.as_of) {
        match unfit(&change, &all, known_through, months) {
            Some(reason) => left_out.push(LeftOut::of(&change, reason)),
            None => changes.push(change),
        }
    }
    let days: BTreeSet<Month> =
        plan.origins.iter().copied().chain(changes.iter().map(PastChange::origin)).collect();
    let days: Vec<Month> = days.into_iter().collect();
    let accruals = accruals(company, &RuleBook::of(&company.programs), &AccrualOptions::default());
    let came = Came { panel: &all, accruals: &accruals };
    let done = AtomicUsize::new(0);
    let one = |day: &Month| -> Result<Day<'_>, SimulationError> {
        let share = done.load(Ordering::Relaxed) as f64 / days.len() as f64;
        if progress(share) == Continue::Stop {
            return Err(SimulationError::Stopped);
        }
        let model = learned_by(company, *day);
        let rolling = plan.origins.contains(day).then(|| Rolling::of(&model, &plan, &all));
        let of_day = changes.iter().filter(|c| c.origin() == *day);
        let events = of_day.map(|c| (c, event(c, &model, &came, months, plan.seed))).collect();
        done.fetch_add(1, Ordering::Relaxed);
        Ok(Day { rolling, events })
    };
    let scored: Vec<Day<'_>> = days.par_iter().map(one).collect::<Result<_, _>>()?;
    let (mut rolling, mut events) = (Rolling::default(), Vec::new());
    for day in scored {
        day.rolling.iter().for_each(|one| rolling.merge(one));
        for (change, event) in day.events {
            match event {
                Some(event) => events.push(event),
                None => left_out.push(LeftOut::of(change, NOBODY.to_owned())),
            }
        }
    }
    left_out.sort_by(|a, b| (a.on, &a.program).cmp(&(b.on, &b.program)));
    if progress(1.0) == Continue::Stop {
        return Err(SimulationError::Stopped);
    }
    Ok(TrackRecord {
        as_of: company.as_of,
        known_through: known_through.last_day(),
        engine: crate::VERSION.to_owned(),
        months,
        what_ifs: WhatIfScores::of(&events),
        events,
        left_out,
        baseline: rolling.finish(&plan),
    })
}

/// What one past day gave.
struct Day<'a> {
    rolling: Option<Rolling>,
    events: Vec<(&'a PastChange<'a>, Option<Event>)>,
}

const NOBODY: &str = "nobody whom it could reach had sold before, so nothing could have been said";

/// Why a change cannot be scored, before anything is learned.
fn unfit(change: &PastChange<'_>, all: &Panel, known_through: Month, months: usize) -> Option<String> {
    let history = change.origin().0 - all.first_month.0 + 1;
    if history < HISTORY_MIN {
        return Some(format!("fewer than {HISTORY_MIN} months of sales lie before it"));
    }
    let (_, last) = change.window(months);
    (last > known_through).then(|| {
        format!("its months to {} are not wholly reported yet (known to {})", last.key(), known_through.key())
    })
}

impl LeftOut {
    fn of(change: &PastChange<'_>, reason: String) -> Self {
        Self { program: change.program.id.clone(), on: change.on, reason }
    }
}
