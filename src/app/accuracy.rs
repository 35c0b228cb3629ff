//! How good forecasts have been here: the track record of the data that serves, made
//! once and kept, and the line of it that applies to an answer. Scores nothing
//! itself: that is the engine's.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::Serialize;
use sha2::{Digest, Sha256};
use spiffcast_engine::accuracy::{TrackRecord, track_record};
use spiffcast_engine::explore::changed_programs;
use spiffcast_engine::finding::{Finding, Severity};
use spiffcast_engine::forecast::Accuracy;
use spiffcast_engine::programs::terms::ProgramKind;
use spiffcast_engine::scenario::Scenario;
use spiffcast_engine::simulation::{Continue, SimulationError};

use super::ledger;
use super::port::{AccuracyReport, AskError, Progress, RecordState, Stage};
use crate::state::State;
use crate::store::{RecordKey, StoreError};

/// Past days that sales are forecast from, where nothing else is asked.
pub const ORIGINS: usize = 4;
/// Longest look at a past change, in months.
pub const MONTHS: usize = 3;
const ORIGINS_MAX: usize = 24;
const MONTHS_MAX: usize = 12;
/// How long nobody must have asked anything before the record is made unasked.
const IDLE_BEFORE: Duration = Duration::from_secs(30);
/// How often it is looked whether a question is at work.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How a track record is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BacktestRequest {
    /// Past days that sales are forecast from; those of past changes come on top.
    pub origins: usize,
    /// Longest look at a past change, and reach of forecasts of sales.
    pub months: usize,
    /// Makes it again where it is already there.
    pub again: bool,
}

impl Default for BacktestRequest {
    fn default() -> Self {
        Self { origins: ORIGINS, months: MONTHS, again: false }
    }
}

/// A track record and when it was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// RFC 3339, UTC.
    pub at: String,
    /// The record.
    pub record: TrackRecord,
    /// Digest of the record, for the bundle of answers that show a line of it.
    pub digest: String,
}

impl Made {
    fn read((at, json): (String, String)) -> Option<Self> {
        // One that another version wrote is made again.
        let record = serde_json::from_str(&json).ok()?;
        Some(Self { at, record, digest: format!("sha256:{:x}", Sha256::digest(json)) })
    }
}

/// The record of the data that serves: kept, or made now.
///
/// # Errors
/// [`AskError::Findings`] for a request out of bounds, [`AskError::Cancelled`].
pub async fn backtest(
    state: &State,
    request: BacktestRequest,
    progress: &Progress,
) -> Result<Made, AskError> {
    check(request)?;
    state.work.stop_background();
    let _alone = state.work.backtest.lock().await;
    made(state, request, progress, None).await
}

/// Makes the record unasked: once nobody has asked anything for a while, on one thread
/// of its own, and standing still while a question is at work. Does nothing where it
/// is already there.
pub async fn in_background(state: State) {
    let request = BacktestRequest::default();
    if matches!(latest(&state).await, Ok(Some(_)) | Err(_)) {
        return;
    }
    let mut idle = Duration::ZERO;
    while idle < IDLE_BEFORE {
        tokio::time::sleep(Duration::from_secs(1)).await;
        idle = if state.work.is_asked() { Duration::ZERO } else { idle + Duration::from_secs(1) };
    }
    let Ok(_alone) = state.work.backtest.try_lock() else { return };
    let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(1).build() else { return };
    let progress = Progress::new();
    let stop = progress.clone();
    state.work.start_background(move || stop.cancel());
    let ended = made(&state, request, &progress, Some(pool)).await;
    state.work.running.store(false, Ordering::Relaxed);
    match ended {
        Ok(_) | Err(AskError::Cancelled) => {}
        Err(error) => tracing::warn!("past changes could not be forecast: {error}"),
    }
}

async fn made(
    state: &State,
    request: BacktestRequest,
    progress: &Progress,
    pool: Option<rayon::ThreadPool>,
) -> Result<Made, AskError> {
    let key = RecordKey { digest: digest(state), origins: request.origins, months: request.months };
    if !request.again
        && let Some(kept) = state.store.track_record(&key).await.map_err(unavailable)?.and_then(Made::read)
    {
        return Ok(kept);
    }
    progress.report(Stage::Backtest, 0.0);
    let (company, watched, asked) = (state.whole().clone(), progress.clone(), state.work.clone());
    let gives_way = pool.is_some();
    let work = move || {
        let hear = |done: f64| {
            while gives_way && asked.is_asked() && !watched.is_cancelled() {
                std::thread::sleep(LOOK_EVERY);
            }
            watched.report(Stage::Backtest, done);
            if watched.is_cancelled() { Continue::Stop } else { Continue::Yes }
        };
        let make = || track_record(&company, request.origins, request.months, &hear);
        match pool {
            Some(pool) => pool.install(make),
            None => make(),
        }
    };
    let broke = |e: tokio::task::JoinError| AskError::Internal(format!("the backtest broke off: {e}"));
    let record = match tokio::task::spawn_blocking(work).await.map_err(broke)? {
        Ok(record) => record,
        Err(SimulationError::Stopped) => return Err(AskError::Cancelled),
        Err(error) => return Err(AskError::Internal(error.to_string())),
    };
    let json = serde_json::to_string(&record).map_err(|e| AskError::Internal(e.to_string()))?;
    let at = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    state.store.keep_track_record(&key, &at, &json).await.map_err(unavailable)?;
    Made::read((at, json)).ok_or_else(|| AskError::Internal("a track record cannot be read back".to_owned()))
}

fn check(request: BacktestRequest) -> Result<(), AskError> {
    let wrong = |field: &str, value: usize, most: usize, least: usize| Finding {
        severity: Severity::Error,
        code: "out_of_bounds".to_owned(),
        field: field.to_owned(),
        message: format!("{field} is {value}."),
        hint: format!("Give {least} to {most}."),
    };
    let mut findings = Vec::new();
    if request.origins > ORIGINS_MAX {
        findings.push(wrong("origins", request.origins, ORIGINS_MAX, 0));
    }
    if !(1..=MONTHS_MAX).contains(&request.months) {
        findings.push(wrong("months", request.months, MONTHS_MAX, 1));
    }
    if findings.is_empty() { Ok(()) } else { Err(AskError::Findings(findings)) }
}

/// The newest record of the data that serves, however it was made.
pub async fn latest(state: &State) -> Result<Option<Made>, AskError> {
    let kept = state.store.latest_track_record(&digest(state)).await.map_err(unavailable)?;
    Ok(kept.and_then(Made::read))
}

/// Record and ledger, for the faces.
pub async fn report(state: &State) -> Result<AccuracyReport, AskError> {
    let made = latest(state).await?;
    let (ledger, mut forecasts) = ledger::entries(state).await?;
    // Scores are sums; what was asked and said of the whole company is not for everybody.
    if state.regions().is_some() {
        forecasts.clear();
    }
    let record_state = match &made {
        Some(_) => RecordState::Computed,
        None if state.work.running.load(Ordering::Relaxed) => RecordState::Running,
        None => RecordState::NotComputed,
    };
    let (made_at, record) = made.map(|made| (made.at, made.record)).unzip();
    Ok(AccuracyReport { state: record_state, made_at, record, ledger, forecasts })
}

/// The line of a record that applies to a scenario: past changes of programs of the
/// kinds that it changes, where there are enough.
pub fn line(state: &State, made: &Made, scenario: &Scenario) -> Option<Accuracy> {
    made.record.line(&kinds(state, scenario))
}

fn kinds(state: &State, scenario: &Scenario) -> Vec<ProgramKind> {
    let known = changed_programs(scenario).into_iter().filter_map(|id| {
        let program = state.company().program(&id)?;
        Some(program.latest().terms.kind)
    });
    let launched = scenario.options.iter().flat_map(|o| &o.levers).filter_map(|lever| {
        let kind = lever.terms.as_ref()?.get("kind")?.clone();
        serde_json::from_value(kind).ok()
    });
    known.chain(launched).collect()
}

/// Digest of what a track record depends on, its plan apart.
fn digest(state: &State) -> String {
    #[derive(Serialize)]
    struct From<'a> {
        data: &'a str,
        rules: &'a str,
        fiscal_first_month: u32,
        engine: &'a str,
    }
    let from = From {
        data: &state.digests.data,
        rules: &state.digests.rules,
        fiscal_first_month: state.settings.calendar.first_month,
        engine: spiffcast_engine::SOURCE,
    };
    let json = serde_json::to_vec(&from).unwrap_or_default();
    format!("sha256:{:x}", Sha256::digest(json))
}

fn unavailable(error: StoreError) -> AskError {
    AskError::Unavailable(format!("the track record could not be kept or read: {error}"))
}
