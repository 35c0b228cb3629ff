//! Programs as people look at them: clauses found by words, what a program cost, what
//! is left of its budgets, what checks found, and what it returned as far as a look back
//! can say. Pays, forecasts and checks nothing itself: that is the engine's.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use spiffcast_engine::calendar::{Month, PeriodKind, Span};
use spiffcast_engine::company::Company;
use spiffcast_engine::explore::{Exploration, explore};
use spiffcast_engine::forecast::Grade;
use spiffcast_engine::named_period::period_name;
use spiffcast_engine::programs::accruals::{AccrualOptions, ProgramAccruals, accruals};
use spiffcast_engine::programs::lint::{LintFinding, lint};
use spiffcast_engine::programs::terms::ProgramKind;
use spiffcast_engine::programs::{Program, RuleBook};
use spiffcast_engine::scenario::{
    self, Audience, Draft, Intent, Lever, Operation, Parameter, Period, ScenarioOption,
};
use spiffcast_engine::simulation::Continue;

use super::port::AskError;
use super::scope;
use crate::program_record::{LookBack, ProgramRecord, QuarterCost, Returned};
use crate::retrieval::{Kind, Query, SHARE_MIN};
use crate::state::State;

/// Clauses found at once.
const FOUND_MAX: usize = 20;
/// Longest that a page waits for a record that is not there yet.
const WAIT_MAX: Duration = Duration::from_millis(700);
/// Draws of a look back: fewer than an answer's, which says the same more precisely.
const DRAWS: usize = 400;

/// What clauses are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClauseQuery {
    /// Any words.
    pub text: String,
    /// Only clauses of this program.
    pub program: Option<String>,
    /// Clauses of versions that are not in force today too.
    pub every_version: bool,
}

/// A clause that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct ClauseFound {
    /// Identifier of the program.
    pub program: String,
    /// Version.
    pub version: u32,
    /// Number of the clause.
    pub clause: String,
    /// Days of the version.
    pub effective: Option<Span>,
    /// The words of the clause.
    pub text: String,
    /// Whether it speaks of enough of what was looked for to be an answer.
    pub answers: bool,
}

/// Clauses that speak of something, best first.
///
/// # Errors
/// [`AskError::Unavailable`] where the search fails.
pub async fn clauses(state: &State, asked: &ClauseQuery) -> Result<Vec<ClauseFound>, AskError> {
    let today = state.company().today();
    let query = Query {
        text: asked.text.clone(),
        kinds: vec![Kind::Clause],
        programs: asked.program.clone().into_iter().collect(),
        in_force_on: (!asked.every_version).then(|| Span::new(today, today)),
        limit: FOUND_MAX,
        ..Query::default()
    };
    let hits = state.retriever.search(&query).await.map_err(|error| {
        // What it says may name a path or a server.
        tracing::error!("the search failed: {error}");
        AskError::Unavailable("The search does not answer; the log of the server says why.".to_owned())
    })?;
    let found = hits.into_iter().filter_map(|hit| {
        Some(ClauseFound {
            program: hit.program?,
            version: hit.version?,
            clause: hit.clause?,
            effective: hit.effective,
            text: hit.text,
            answers: hit.share >= SHARE_MIN,
        })
    });
    Ok(found.collect())
}

/// What is known of a program besides its text; `None` while it is being worked out,
/// which goes on.
///
/// # Errors
/// [`AskError::NotFound`] for an unknown program.
pub async fn record(state: &State, program: &str) -> Result<Option<Arc<ProgramRecord>>, AskError> {
    if state.company().program(program).is_none() {
        return Err(AskError::NotFound);
    }
    if let Some(regions) = state.regions() {
        return Ok(Some(Arc::new(left_out(state, regions))));
    }
    let cell = state.records.of(program);
    if let Some(known) = cell.get() {
        return Ok(Some(Arc::clone(known)));
    }
    // On a task of its own: whoever asks may go away, the work goes on.
    let (state, program) = (state.clone(), program.to_owned());
    let work = tokio::spawn(async move { cell.get_or_try_init(|| made(&state, program)).await.cloned() });
    match tokio::time::timeout(WAIT_MAX, work).await {
        Err(_) => Ok(None),
        Ok(Ok(made)) => made.map(Some),
        Ok(Err(error)) => Err(AskError::Internal(format!("the record broke off: {error}"))),
    }
}

/// What somebody who is limited to regions is told: budgets, stacking and what came back
/// are of all partners together.
fn left_out(state: &State, regions: &[String]) -> ProgramRecord {
    let why = scope::of_the_whole("What a program cost and returned is known", regions);
    ProgramRecord {
        currency: state.company().catalog.currency.clone(),
        accruals: None,
        quarters: Vec::new(),
        findings: Vec::new(),
        returned: Returned::NotEstimated("it is known of the whole company alone".to_owned()),
        left_out: Some(why),
    }
}

async fn made(state: &State, program: String) -> Result<Arc<ProgramRecord>, AskError> {
    let _turn = state.records.turn.lock().await;
    let findings = state.records.findings.get_or_init(|| looked_at(Arc::clone(state.whole()))).await;
    let findings: Vec<LintFinding> = findings.iter().filter(|f| f.program == program).cloned().collect();
    let state = state.clone();
    let work = move || {
        let company = state.whole();
        let program = company.program(&program).ok_or(AskError::NotFound)?;
        let options = AccrualOptions { program: Some(&program.id), ..AccrualOptions::default() };
        let all = accruals(company, &RuleBook::of(&company.programs), &options);
        let accruals = all.programs.into_iter().next();
        let quarters = quarters(company, &program.id, accruals.as_ref());
        let returned = returned(&state, program);
        let currency = company.catalog.currency.clone();
        Ok(Arc::new(ProgramRecord { currency, accruals, quarters, findings, returned, left_out: None }))
    };
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|e| AskError::Internal(format!("the record broke off: {e}")))?
}

/// What the checks find about all programs; nothing where they break off.
async fn looked_at(company: Arc<Company>) -> Arc<[LintFinding]> {
    let found = tokio::task::spawn_blocking(move || lint(&company, company.today())).await;
    found.unwrap_or_default().into()
}

/// What each fiscal quarter cost, from the first in which something was due, sold or
/// booked.
fn quarters(company: &Company, program: &str, accruals: Option<&ProgramAccruals>) -> Vec<QuarterCost> {
    let mut by_start: BTreeMap<Span, QuarterCost> = BTreeMap::new();
    let calendar = company.calendar;
    let mut on = |day: NaiveDate, add: &dyn Fn(&mut QuarterCost)| {
        let span = calendar.period_of(PeriodKind::Quarter, day);
        add(by_start.entry(span).or_insert_with(|| QuarterCost {
            label: period_name(span, calendar),
            year: calendar.year_of(span.start),
            span,
            open: span.end > company.as_of,
            accrued: Decimal::ZERO,
            booked: Decimal::ZERO,
            paid: Decimal::ZERO,
            revenue: Decimal::ZERO,
        }));
    };
    for month in accruals.iter().flat_map(|a| &a.months).filter(|m| !m.accrued.total.is_zero()) {
        on(month.through, &|q| q.accrued = q.accrued.saturating_add(month.accrued.total));
    }
    for month in accruals.iter().flat_map(|a| &a.sales) {
        let day = format!("{}-01", month.month).parse();
        if let Ok(day) = day {
            on(day, &|q| q.revenue = q.revenue.saturating_add(month.revenue));
        }
    }
    for payout in company.payouts.iter().filter(|p| p.program_id == program) {
        on(payout.period.start, &|q| {
            q.booked = q.booked.saturating_add(payout.accrued);
            q.paid = q.paid.saturating_add(payout.paid.unwrap_or_default());
        });
    }
    by_start.into_values().collect()
}

/// The last whole quarter with the program, played again without it.
fn returned(state: &State, program: &Program) -> Returned {
    let company = state.whole();
    if program.latest().terms.kind == ProgramKind::Mdf {
        return not("a fund is set aside and no sale depends on it, as far as the data can tell");
    }
    let Some(quarter) = last_whole_quarter(company, program) else {
        return not("it was not in force in any whole quarter of the data");
    };
    let label = period_name(quarter, company.calendar);
    let checked = scenario::check(without(program, quarter, &label), company);
    let Some(scenario) = checked.scenario else {
        return not("the quarter cannot be played again without it");
    };
    let ask = Exploration {
        model: &state.model,
        scenario: &scenario,
        seed: state.settings.seed,
        draws: DRAWS,
        counted: None,
    };
    let Ok(explored) = explore(&ask, &|_| Continue::Yes) else {
        return not("nobody whom it reaches sold what it covers in that quarter");
    };
    let mut grades: BTreeMap<Grade, usize> = BTreeMap::new();
    for evidence in &explored.forecast.evidence {
        *grades.entry(evidence.grade).or_default() += 1;
    }
    if grades.keys().all(|grade| *grade == Grade::PriorOnly) {
        return not(
            "the history of the products it covers says nothing about how sales answer it (grade PRIOR ONLY)",
        );
    }
    let question = format!("what if we had paused the {} in {label}", program.name());
    let grades = grades.into_iter().collect();
    Returned::LookedBack(Box::new(LookBack { label, question, forecast: explored.forecast, grades }))
}

fn not(why: &str) -> Returned {
    Returned::NotEstimated(why.to_owned())
}

/// The last quarter that is over and on every day of which a version was in force.
fn last_whole_quarter(company: &Company, program: &Program) -> Option<Span> {
    let first = company.lines.iter().map(|line| line.sold_on).min()?;
    let mut quarter = company.calendar.period_of(PeriodKind::Quarter, company.today());
    loop {
        let before = Month::of(quarter.start).plus(-1).first_day();
        quarter = company.calendar.period_of(PeriodKind::Quarter, before);
        if quarter.start < first {
            return None;
        }
        let covered = program.versions.iter().filter_map(|v| v.terms.effective.intersection(&quarter));
        if covered.map(|days| days.days()).sum::<i64>() >= quarter.days() {
            return Some(quarter);
        }
    }
}

/// A past quarter with the program paused.
fn without(program: &Program, quarter: Span, label: &str) -> Draft {
    Draft {
        intent: Intent::Hindcast,
        period: Period { start: quarter.start, end: quarter.end, label: label.to_owned() },
        audience: Audience::default(),
        options: vec![ScenarioOption {
            label: format!("{} paused", program.name()),
            levers: vec![Lever {
                program: program.id.clone(),
                parameter: Parameter::Active,
                operation: Operation::Pause,
                value: None,
                tier_from: None,
                period: None,
                audience: None,
                terms: None,
            }],
        }],
        sweep: None,
        goal: None,
        earnings: None,
        lookup: None,
    }
}
