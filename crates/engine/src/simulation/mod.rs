//! Plays a change of the rules against the rules as they are, on the same luck,
//! through the payout rules, and says what came out (FORECASTING.md §4). Reads no
//! words of a scenario: it takes rule books.
//!
//! The way of a request: `window` says which months, `reach` whom and what,
//! `prepare` lays out cells (`market`, `effect`), rules (`stage`) and what is over (`past`); then pairs of draws
//! are played block by block (`play`: `chance` with its `markets`, `sell` with its `counts`,
//! `cashier`, `booking`) and summed by row (`ledger`); `report` turns the sums into a
//! [`Forecast`], `spread` being where draws become quantiles.
//!
//! **Blocks.** The pairs of a block are played side by side, a lane a pair (`lanes`):
//! cells and rules are walked once a block, and the loops over lanes are what the time goes
//! into. They are compiled for more than one set of vector instructions (`pulp`); none fuses
//! operations, so the bits are the same everywhere.
//!
//! **Two layers out of pairs.** Draws come in pairs that share response, shocks and
//! levels and differ in their counts; `spread` derives how the luck of counts is
//! taken out of what a change does (a one-way analysis of variance).
//!
//! **What a total counts** is said in `ledger`: the period, and what an option moves
//! in the tail after it. Units, revenue and margin are of the products that the
//! changed programs cover, among the partners they touch; payouts of every program
//! whose pay the change can move, on all products of these partners, so that no
//! difference is lost. An arm alone has no return on incentive; a difference has. Where a
//! request counts some partners alone ([`Request::counted`]), everybody is played and these
//! are summed: sales by who sells, pay by who is paid.
//!
//! **Same bytes with any number of threads.** Randomness is keyed (`keyed`), a pair is
//! played by one thread and sees no other pair of its block, pairs are collected in order,
//! and whether more are needed is decided between rounds of fixed size (`rounds`).
//!
//! **Memory.** Of a pair only sums by row are kept, of partner rows a bounded number
//! (`rounds`); a thread needs arms × months × the programs that may pay each partner for the
//! draws of a block, which is small where partners are very many.
//!
//! **A look back** ([`Extras::hindcast`]) begins with months whose sales are known:
//! `known` lays them out, `counts` moves single sales. **Beside the figures** `limits`
//! says which caps bind and who crosses a tier, `tornado` what the net depends on.

#![allow(clippy::needless_range_loop, reason = "loops over lanes index several arrays alike")]

pub(crate) mod effect;
pub(crate) mod market;
pub(crate) mod markets;

mod asked;
mod booking;
mod breakdown;
mod breakeven;
mod budgets;
mod cashier;
pub(crate) mod chance;
mod counts;
mod gammas;
pub(crate) mod keyed;
mod known;
mod lanes;
mod ledger;
mod limits;
mod metrics;
mod past;
mod play;
mod precedents;
mod prepare;
mod reach;
mod real;
mod report;
mod round;
mod rounds;
mod sale;
mod sell;
mod singles;
mod spread;
mod stage;
mod tornado;
mod window;
mod words;

#[cfg(test)]
pub(crate) mod tests;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::calendar::Span;
use crate::catalog::PartnerIx;
use crate::forecast::Forecast;
use crate::model::Model;
use crate::programs::RuleBook;

use play::PairSums;
use prepare::Prepared;
use reach::Reach;
use rounds::Rounds;
use stage::Stage;
use window::Window;

pub use asked::{Bound, Scale};
pub use metrics::Name as MetricName;
pub use precedents::describe_change;
pub(crate) use window::first_open_month;

/// Most options of a request (DESIGN.md: compare takes 2 to 8).
pub const OPTIONS_MAX: usize = 8;
/// Most options of a request that wants totals only ([`Extras::totals_only`]).
pub const TRIALS_MAX: usize = 24;
/// Fewest draws that give quantiles.
pub const DRAWS_MIN: usize = 20;
/// Most draws (FORECASTING.md §4).
pub const DRAWS_MAX: usize = 10_000;
/// Draws of a forecast unless something else is asked for (FORECASTING.md §4).
pub const DRAWS_DEFAULT: usize = 2_000;
/// Share of the work that playing is where a tornado follows.
const PLAYING: f64 = 0.8;

/// Rules to try, with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// Such as `Product X SPIFF +5%`.
    pub label: String,
    /// The rules.
    pub rules: RuleBook,
}

/// What is to be forecast.
pub struct Request<'a> {
    /// What was learned from the company's history.
    pub model: &'a Model,
    /// The days asked about.
    pub period: Span,
    /// The rules as they are.
    pub baseline: &'a RuleBook,
    /// One to [`OPTIONS_MAX`].
    pub options: &'a [Arm],
    /// Identifiers of the programs that some option changes or launches.
    pub changed_programs: &'a [String],
    /// Seed of the draws.
    pub seed: u64,
    /// Number of draws, [`DRAWS_MIN`] to [`DRAWS_MAX`]; an odd number counts as the next even one.
    pub draws: usize,
    /// By partner: whether figures count it; `None`: all. Everybody is played either way,
    /// because budgets and market shocks are shared.
    pub counted: Option<&'a [bool]>,
}

/// What a cell sells in a draw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sales {
    /// Whole units, with all their luck.
    #[default]
    Counts,
    /// Lognormal amounts of the same mean and variance, the same luck in every arm: a quick
    /// look, and as good where cells sell some thirty units and more. Below that the
    /// expectations are right, but thresholds and caps meet sales without their steps, and
    /// the luck of a difference comes out too small. The answer says so.
    Amounts,
}

impl<'a> Request<'a> {
    /// The rules of every arm: the baseline, then the options.
    pub fn arms(&self) -> impl Iterator<Item = &'a RuleBook> + use<'a> {
        std::iter::once(self.baseline).chain(self.options.iter().map(|o| &o.rules))
    }

    /// Whether figures count a partner.
    pub fn counts(&self, partner: PartnerIx) -> bool {
        self.counted.is_none_or(|counted| counted.get(partner).copied().unwrap_or(false))
    }
}

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continue {
    /// Go on.
    Yes,
    /// The answer is not wanted any more.
    Stop,
}

/// Why there is no forecast.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SimulationError {
    /// The caller did not want the answer any more.
    #[error("the forecast was stopped before it was finished")]
    Stopped,
    /// Start after end.
    #[error("the period {start} to {end} has no days; give a start that is not after the end")]
    EmptyPeriod {
        /// First day.
        start: NaiveDate,
        /// Last day.
        end: NaiveDate,
    },
    /// Nothing ahead to simulate.
    #[error(
        "the period ends on {end}, within data that run through {as_of}: there is nothing ahead to forecast; \
         ask about a later period, or about what would have happened"
    )]
    PeriodPast {
        /// Last day asked about.
        end: NaiveDate,
        /// Last day of the data.
        as_of: NaiveDate,
    },
    /// A look back to before the data.
    #[error("the period begins on {start}, before the data do; the earliest start is {since}")]
    BeforeData {
        /// First day asked about.
        start: NaiveDate,
        /// First day of the data.
        since: NaiveDate,
    },
    /// Too far ahead.
    #[error("the period begins on {start}, too far ahead of the data; the latest start is {latest}")]
    PeriodTooFar {
        /// First day asked about.
        start: NaiveDate,
        /// Latest start.
        latest: NaiveDate,
    },
    /// Too long.
    #[error("the period has {months} months; at most {} can be forecast at once", window::PERIOD_MONTHS_MAX)]
    PeriodTooLong {
        /// Months asked about.
        months: i32,
    },
    /// None or too many.
    #[error("{count} options; give 1 to {OPTIONS_MAX}")]
    OptionCount {
        /// Options given.
        count: usize,
    },
    /// Too few or too many.
    #[error("{draws} draws; give {DRAWS_MIN} to {DRAWS_MAX}")]
    DrawCount {
        /// Draws asked for.
        draws: usize,
    },
    /// No changed program named.
    #[error("no changed program was named; name at least one")]
    NothingChanged,
    /// Not in any arm.
    #[error("program {program:?} is in none of the rule books; check its identifier")]
    UnknownProgram {
        /// Identifier.
        program: String,
    },
    /// Nobody is eligible.
    #[error(
        "no partner is eligible for {programs} in the period, with or without the change; \
         check the audience, the eligibility and the dates"
    )]
    NobodyTouched {
        /// Identifiers.
        programs: String,
    },
    /// No sales history under the changed programs.
    #[error(
        "no eligible partner has ever sold a product that {programs} cover, so there is nothing to forecast from"
    )]
    NothingSold {
        /// Identifiers.
        programs: String,
    },
}

/// Forecasts the baseline and every option. `progress` hears the share done and may
/// stop it; it is called from several threads.
pub fn simulate(
    request: &Request,
    progress: &(dyn Fn(f64) -> Continue + Sync),
) -> Result<Forecast, SimulationError> {
    simulate_judged(request, &[], progress).map(|(forecast, _)| forecast)
}

/// As [`simulate`], with the share of draws in which each option keeps each bound:
/// by option, by bound.
pub fn simulate_judged(
    request: &Request,
    bounds: &[Bound],
    progress: &(dyn Fn(f64) -> Continue + Sync),
) -> Result<(Forecast, Vec<Vec<f64>>), SimulationError> {
    simulate_with(request, &Extras { bounds, ..Extras::default() }, progress)
}

/// What more is wanted than [`simulate`] gives.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extras<'a> {
    /// Bounds to judge the options by.
    pub bounds: &'a [Bound],
    /// Draws grow from [`Request::draws`] up to this many, at most [`DRAWS_MAX`], until
    /// the figures are precise (`rounds`); at or below it they do not grow.
    pub draws_max: usize,
    /// The period has begun: play what would have happened, from what did (`known`).
    pub hindcast: bool,
    /// What the net result of each option depends on ([`Forecast::tornado`]).
    pub tornado: bool,
    /// Totals only: no breakdowns, limits, precedents and evidence.
    pub totals_only: bool,
    /// What cells sell.
    pub sales: Sales,
}

/// As [`simulate_judged`], with what `extras` asks for.
pub fn simulate_with(
    request: &Request,
    extras: &Extras,
    progress: &(dyn Fn(f64) -> Continue + Sync),
) -> Result<(Forecast, Vec<Vec<f64>>), SimulationError> {
    check(request, if extras.totals_only { TRIALS_MAX } else { OPTIONS_MAX })?;
    let as_of = request.model.company.as_of;
    let window = if extras.hindcast {
        Window::back(request.period, as_of, request.model.panel.first_month)?
    } else {
        Window::of(request.period, as_of)?
    };
    let reach = Reach::of(request, &window)?;
    if progress(0.0) == Continue::Stop {
        return Err(SimulationError::Stopped);
    }
    let prepared = Prepared::of(request, window, reach);
    let sells = |p: &market::PartnerCells| p.series.iter().any(|s| s.covered);
    if !prepared.market.partners.iter().any(|p| request.counts(p.partner) && sells(p)) {
        return Err(SimulationError::NothingSold { programs: request.changed_programs.join(", ") });
    }
    let stage = prepared.stage(request, !extras.totals_only, extras.sales);
    let rounds = Rounds::of(&stage, request.draws, extras);
    let share = if extras.tornado { PLAYING } else { 1.0 };
    let pairs = rounds.play(&stage, &|done| progress(share * done))?;
    let sums = metrics::Sums { pairs: &pairs, arms: stage.arms(), eligible: &stage.reach.eligible };
    let judged = |arm: usize| extras.bounds.iter().map(|b| asked::probability(&sums, arm, b)).collect();
    let judged = (1..stage.arms()).map(judged).collect();
    let played = Played { request, prepared: &prepared, stage: &stage, pairs: &pairs };
    let mut forecast = report::forecast(&played, rounds.every, extras);
    if extras.tornado {
        forecast.tornado = tornado::tornados(&played, &|done| progress(PLAYING + (1.0 - PLAYING) * done))?;
    }
    Ok((forecast, judged))
}

/// A request that has been played.
#[derive(Clone, Copy)]
pub(crate) struct Played<'a> {
    request: &'a Request<'a>,
    prepared: &'a Prepared,
    stage: &'a Stage<'a>,
    pairs: &'a [PairSums],
}

/// Whom and what a request is about: the counted partners that are eligible for a changed
/// program under some arm, ascending, and by product whether one covers it.
///
/// # Errors
/// Those of [`simulate`] that need no draws.
pub(crate) fn reached(request: &Request) -> Result<(Vec<PartnerIx>, Vec<bool>), SimulationError> {
    check(request, OPTIONS_MAX)?;
    let window = Window::of(request.period, request.model.company.as_of)?;
    let reach = Reach::of(request, &window)?;
    let counted = reach.partners.into_iter().filter(|partner| request.counts(*partner));
    Ok((counted.collect(), reach.covered))
}

fn check(request: &Request, options_max: usize) -> Result<(), SimulationError> {
    let count = request.options.len();
    if !(1..=options_max).contains(&count) {
        return Err(SimulationError::OptionCount { count });
    }
    if !(DRAWS_MIN..=DRAWS_MAX).contains(&request.draws) {
        return Err(SimulationError::DrawCount { draws: request.draws });
    }
    if request.changed_programs.is_empty() {
        return Err(SimulationError::NothingChanged);
    }
    Ok(())
}

/// A decimal as a float.
pub(crate) fn number(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(0.0)
}
