//! The ledger of forecasts given: what an answer said is kept with it, and held
//! against what came once later data is there. Whoever opens the data has it scored,
//! so that an import that was killed before its scores loses nothing.

use std::sync::Arc;

use spiffcast_engine::accuracy::FigureScores;
use spiffcast_engine::accuracy::given::Given;
use spiffcast_engine::company::Company;
use spiffcast_engine::explore::Explored;
use spiffcast_engine::scenario;

use super::port::{AskError, LedgerEntry, LedgerScores};
use crate::state::State;
use crate::store::{GivenRow, ScoreRow, Store, StoreError};

/// Forecasts that are listed.
const LISTED_MAX: usize = 200;

/// What is kept of a forecast; `None` where it says nothing that can be scored.
/// `forecast`: its digest. What counts some regions alone is not held against what came.
pub fn given(state: &State, explored: &Explored, forecast: String) -> Option<GivenRow> {
    if state.regions().is_some() {
        return None;
    }
    let shown = scenario::check(explored.shown.clone(), state.whole()).scenario?;
    let given = Given::of(&state.model, &shown, &explored.forecast)?;
    let json = serde_json::to_string(&given).ok()?;
    Some(GivenRow { ends: given.ends(), data: state.digests.data.clone(), forecast, given: json })
}

/// Scores what is due with a company's data, all in one transaction. Gives how many
/// forecasts were scored. `company` is asked for only where something is due.
///
/// # Errors
/// Where the database or, as text, the company cannot be read.
pub async fn score<E>(
    store: &Store,
    as_of: chrono::NaiveDate,
    data: &str,
    company: impl FnOnce() -> Result<Arc<Company>, E>,
) -> Result<usize, ScoreError>
where
    E: std::fmt::Display,
{
    let due = store.due_in_ledger(as_of, data).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let company = company().map_err(|e| ScoreError::Company(e.to_string()))?;
    let mut scores = Vec::with_capacity(due.len());
    let mut last: Option<(String, ScoreRow)> = None;
    for (answer, text) in due {
        // The same question on the same data was given the same forecast.
        if let Some((_, same)) = last.as_ref().filter(|(before, _)| *before == text) {
            scores.push(ScoreRow { answer, ..same.clone() });
            continue;
        }
        let Ok(given) = serde_json::from_str::<Given>(&text) else { continue };
        let Some(score) = given.score(&company) else { continue };
        let Ok(json) = serde_json::to_string(&score) else { continue };
        let row = ScoreRow { answer, score: json, whole: score.whole };
        last = Some((text, row.clone()));
        scores.push(row);
    }
    let now = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    if !scores.is_empty() {
        store.keep_scores(&now, data, &scores).await?;
    }
    Ok(scores.len())
}

/// Scores what is due with the data that serves.
///
/// # Errors
/// As [`score`].
pub async fn score_due(state: &State) -> Result<usize, ScoreError> {
    let company = || Ok::<_, StoreError>(state.whole().clone());
    score(&state.store, state.whole().as_of, &state.digests.data, company).await
}

/// Why forecasts were not scored.
#[derive(Debug, thiserror::Error)]
pub enum ScoreError {
    /// The database said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The data cannot be read.
    #[error("the data cannot be read: {0}")]
    Company(String),
}

/// The ledger with its scores; a forecast that was given several times is one entry,
/// the last of them.
pub async fn entries(state: &State) -> Result<(LedgerScores, Vec<LedgerEntry>), AskError> {
    let unavailable = |e: StoreError| AskError::Unavailable(format!("the ledger cannot be read: {e}"));
    let rows = state.store.ledger(LISTED_MAX).await.map_err(unavailable)?;
    let mut entries: Vec<(String, LedgerEntry)> = Vec::new();
    for row in rows {
        if let Some((_, same)) = entries.iter_mut().find(|(given, _)| *given == row.given) {
            same.times += 1;
            continue;
        }
        let Ok(given) = serde_json::from_str::<Given>(&row.given) else { continue };
        let score = row.score.and_then(|json| serde_json::from_str(&json).ok());
        let entry = LedgerEntry {
            answer: row.answer,
            title: row.title,
            asked_at: row.created_at,
            times: 1,
            as_of: given.as_of,
            period: given.period,
            programs: given.programs,
            arms: given.arms,
            score,
        };
        entries.push((row.given, entry));
    }
    let entries: Vec<LedgerEntry> = entries.into_iter().map(|(_, entry)| entry).collect();
    let scored: Vec<_> = entries.iter().filter_map(|e| e.score.as_ref()).collect();
    let figures = |pick: &dyn Fn(&spiffcast_engine::accuracy::given::GivenScore) -> _| {
        FigureScores::of(&scored.iter().map(|s| pick(s)).collect::<Vec<_>>(), true)
    };
    let scores = LedgerScores {
        scored: scored.len(),
        waiting: entries.len() - scored.len(),
        units: figures(&|s| s.units),
        payout: figures(&|s| s.payout),
    };
    Ok((scores, entries))
}
