//! The way of a question, top to bottom: retrieve, read, check, simulate, tell,
//! keep. Every step takes plain values and gives plain values.

use std::sync::Arc;

use spiffcast_engine::earnings::{OwnBooks, rules};
use spiffcast_engine::explore::{Exploration, Explored, explore};
use spiffcast_engine::reading::{Names, Reading, Status};
use spiffcast_engine::scenario::{Draft, Intent, Scenario};
use spiffcast_engine::simulation::{Continue, SimulationError};
use spiffcast_engine::summary;

use super::port::{AskError, AskRequest, Progress, Stage};
use super::read::{Readers, ToRead};
use super::{accuracy, cite, correct, earnings, keep, ledger, lookup, read, scope, wording};
use crate::answer::Answer;
use crate::config::Settings;
use crate::language::Usage;
use crate::state::State;

/// Answers a question.
pub async fn ask(state: &State, request: AskRequest, progress: &Progress) -> Result<Answer, AskError> {
    if !request.corrections.is_empty() {
        return correct::correct(state, &request, progress).await;
    }
    progress.report(Stage::Retrieve, 0.0);
    let own = own_books(state, &request).await?;
    let readers = readers(state, own.as_deref());
    let found = cite::retrieve(&readers, &request.question).await;

    progress.report(Stage::Read, 0.0);
    let previous = previous(state, &request).await?;
    let read = read::read(&readers, to_read(&request, previous.as_ref()), &found).await;
    progress.check()?;

    progress.report(Stage::Check, 0.0);
    let reading = scope::within(state, read::answerable(read.reading, request.partner.as_deref()));
    let scenario = checked(state, &reading);

    let said = Said {
        question: Some(request.question.clone()),
        follows: request.conversation.clone(),
        partner: request.partner.clone(),
        books: own,
    };
    let retrieved =
        found.clauses.iter().map(|c| format!("{} v{} §{}", c.program, c.version, c.clause)).collect();
    let by = By { model: read.model, usage: read.usage, retrieved };
    if let Some(scenario) = scenario.as_ref().filter(|s| s.intent == Intent::Earnings) {
        return earnings::answer(state, said, reading, by, scenario, progress).await;
    }
    let explored = match &scenario {
        Some(scenario) if is_simulated(scenario.intent) => {
            Some(explore_scenario(state, scenario, progress).await?)
        }
        _ => None,
    };
    finish(state, said, reading, by, scenario, explored, progress).await
}

fn to_read<'a>(request: &'a AskRequest, previous: Option<&'a Reading>) -> ToRead<'a> {
    let partner = request.partner.as_deref();
    ToRead { question: &request.question, answers: &request.answers, previous, partner }
}

/// The books of the partner who asks, or whom staff asks for.
async fn own_books(state: &State, request: &AskRequest) -> Result<Option<Arc<OwnBooks>>, AskError> {
    let Some(partner) = request.partner.clone() else { return Ok(None) };
    let worker = state.clone();
    let opened = tokio::task::spawn_blocking(move || worker.books(&partner)).await;
    let opened = opened.map_err(|e| AskError::Internal(format!("the books could not be opened: {e}")))?;
    opened.map(Some).ok_or(AskError::NotFound)
}

/// Who reads. What a partner asks is read against the rules in its own books, so that
/// names of others are words that nobody knows, and goes to no language model: its prompt
/// would hold clauses of others.
fn readers(state: &State, own: Option<&OwnBooks>) -> Readers {
    let readers = Readers::of(state);
    let Some(books) = own else { return readers };
    let company = rules::in_words(books);
    Readers { names: Arc::new(Names::of(&company)), company: Arc::new(company), language: None, ..readers }
}

/// The reading that a question follows up on. A partner follows up on its own answers.
async fn previous(state: &State, request: &AskRequest) -> Result<Option<Reading>, AskError> {
    let previous = read::previous(state, request.conversation.as_deref()).await?;
    let own = |reading: &Reading| {
        let asked = reading.scenario.as_ref().and_then(|s| s.earnings.as_ref());
        request.partner.is_none() || asked.map(|e| &e.partner) == request.partner.as_ref()
    };
    Ok(previous.filter(own))
}

/// Reads a question without simulating it; nothing is kept.
pub async fn read_only(state: &State, request: &AskRequest) -> Result<Reading, AskError> {
    let own = own_books(state, request).await?;
    let readers = readers(state, own.as_deref());
    let found = cite::retrieve(&readers, &request.question).await;
    let previous = previous(state, request).await?;
    Ok(read::read(&readers, to_read(request, previous.as_ref()), &found).await.reading)
}

/// Answers a scenario that was handed in as data.
pub async fn simulate(state: &State, draft: Draft, progress: &Progress) -> Result<Answer, AskError> {
    progress.report(Stage::Check, 0.0);
    let checked = scope::check(state, draft);
    let Some(scenario) = checked.scenario else {
        return Err(AskError::Findings(checked.findings));
    };
    if !is_simulated(scenario.intent) {
        return Err(AskError::Findings(vec![read::not_simulated(scenario.intent)]));
    }
    let mut reading = read::handed_in(&scenario, checked.findings);
    scope::told(state, &mut reading, &scenario);
    simulated(state, Said::default(), reading, scenario, progress).await
}

/// Simulates a checked scenario, tells and keeps the answer.
pub(super) async fn simulated(
    state: &State,
    said: Said,
    reading: Reading,
    scenario: Scenario,
    progress: &Progress,
) -> Result<Answer, AskError> {
    let explored = explore_scenario(state, &scenario, progress).await?;
    finish(state, said, reading, By::default(), Some(scenario), Some(explored), progress).await
}

/// What was said, and after which answer.
#[derive(Default)]
pub(super) struct Said {
    /// The question in words; `None` for a scenario handed in.
    pub question: Option<String>,
    /// The answer it follows up on.
    pub follows: Option<String>,
    /// The partner it was asked as, or for.
    pub partner: Option<String>,
    /// What that partner may know.
    pub books: Option<Arc<OwnBooks>>,
}

/// Whether this version simulates the intent.
pub fn is_simulated(intent: Intent) -> bool {
    matches!(intent, Intent::Forecast | Intent::Compare | Intent::Sweep | Intent::GoalSeek | Intent::Hindcast)
}

/// A scenario exists only where the reading is ready and passes the checks again.
fn checked(state: &State, reading: &Reading) -> Option<Scenario> {
    if reading.status != Status::Ready {
        return None;
    }
    let draft = reading.scenario.clone()?;
    scope::check(state, draft).scenario
}

/// Forecasts the scenario, off the async threads.
async fn explore_scenario(
    state: &State,
    scenario: &Scenario,
    progress: &Progress,
) -> Result<Explored, AskError> {
    progress.report(Stage::Simulate, 0.0);
    if !scope::holds(state, scenario) {
        return Err(AskError::Internal("a scenario is for others than its asker may ask about".to_owned()));
    }
    let _asked = state.work.asked();
    let turn = state.work.simulate(&state.who.login, || progress.is_cancelled()).await;
    let _turn = turn.ok_or(AskError::Cancelled)?;
    let (state, scenario, watched) = (state.clone(), scenario.clone(), progress.clone());
    let work = move || {
        let Settings { seed, draws, .. } = *state.settings;
        let (model, counted) = (&*state.model, state.counted());
        let exploration = Exploration { model, scenario: &scenario, seed, draws, counted };
        explore(&exploration, &|done| {
            watched.report(Stage::Simulate, done);
            if watched.is_cancelled() { Continue::Stop } else { Continue::Yes }
        })
    };
    let result = tokio::task::spawn_blocking(work).await;
    match result.map_err(|e| AskError::Internal(format!("the simulation broke off: {e}")))? {
        Ok(explored) => Ok(explored),
        Err(SimulationError::Stopped) => Err(AskError::Cancelled),
        Err(error) => Err(AskError::Findings(vec![read::cannot_simulate(&error)])),
    }
}

/// The language model that took part, and what it took.
#[derive(Default)]
pub(super) struct By {
    /// Its name.
    pub model: Option<String>,
    /// What it took, whether or not its words were taken.
    pub usage: Usage,
    /// Clauses that were put before it.
    pub retrieved: Vec<String>,
}

impl By {
    /// What the trail alone holds.
    pub fn behind(self) -> keep::Behind {
        keep::Behind { retrieved: self.retrieved, exchanges: self.usage.exchanges }
    }

    fn add(&mut self, model: Option<String>, usage: Usage) {
        self.model = self.model.take().or(model);
        self.usage.add(usage);
    }
}

async fn finish(
    state: &State,
    said: Said,
    mut reading: Reading,
    mut by: By,
    scenario: Option<Scenario>,
    explored: Option<Explored>,
    progress: &Progress,
) -> Result<Answer, AskError> {
    progress.report(Stage::Tell, 0.0);
    progress.check()?;
    let looks_up = scenario.as_ref().filter(|s| s.intent == Intent::Lookup);
    let citations = match looks_up {
        Some(asked) => {
            let words = said.question.as_deref().unwrap_or_default();
            lookup::clauses(state, asked, words, said.books.as_deref()).await
        }
        None => cite::governing(state, scenario.as_ref()).await,
    };
    let told = match (&explored, looks_up) {
        (Some(explored), _) => Some(summary::tell(&explored.shown, &explored.forecast, state.company())),
        (None, Some(_)) => Some(lookup::tell(&citations, state.company())),
        _ => None,
    };
    let summary = match told {
        // Rules are quoted in their own words, whoever words the rest.
        Some((headline, text)) if looks_up.is_none() => {
            let worded = wording::word(state, headline, text).await;
            by.add(worded.model, worded.usage);
            reading.findings.extend(worded.finding);
            Some(worded.summary)
        }
        Some((headline, text)) => Some(wording::template(headline, text)),
        None => None,
    };
    let regions = state.regions().filter(|_| explored.is_some()).unwrap_or_default();
    let summary = summary.map(|summary| scope::of_regions(summary, regions));
    let mut explored = explored;
    let mut track_record = None;
    if let (Some(explored), Some(scenario)) = (&mut explored, &scenario)
        && let Some(made) = accuracy::latest(state).await?
    {
        explored.forecast.accuracy = accuracy::line(state, &made, scenario);
        track_record = Some(made.digest);
    }
    let given = explored.as_ref().and_then(|e| ledger::given(state, e, keep::digest(&e.forecast)));
    let forecast = explored.map(|explored| explored.forecast);
    let draws = forecast.as_ref().map_or(state.settings.draws, |f| f.draws);
    let bundle = keep::bundle(state, &reading, scenario.as_ref(), draws, by.model.clone(), track_record);
    let run = keep::run(said.question, said.follows, said.partner, &by.usage);
    let answer = Answer { run, reading, forecast, earnings: None, summary, citations, bundle };
    keep::keep(state, &answer, &by.behind(), given).await?;
    progress.report(Stage::Tell, 1.0);
    Ok(answer)
}
