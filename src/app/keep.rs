//! Keeping an answer: its name, what reproduces it, and the audit row that makes
//! it count.

use serde::Serialize;
use sha2::{Digest, Sha256};
use spiffcast_engine::reading::Reading;
use spiffcast_engine::scenario::Scenario;

use super::port::AskError;
use crate::answer::{Answer, Bundle, Run, Tokens};
use crate::language::{Exchange, Usage};
use crate::state::State;
use crate::store::{AnswerRow, AuditRow, GivenRow, Store, StoreError};

/// Names a run. Here and in [`now`] alone a wall clock meets an answer.
pub fn run(question: Option<String>, follows: Option<String>, partner: Option<String>, usage: &Usage) -> Run {
    let tokens =
        Tokens { requests: usage.requests, prompt: usage.prompt_tokens, completion: usage.completion_tokens };
    let tokens = (usage.requests > 0).then_some(tokens);
    Run { id: uuid::Uuid::now_v7().to_string(), created_at: now(), question, follows, partner, tokens }
}

/// The time on the wall, RFC 3339, UTC.
pub fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// What gives the same answer again. `draws` are those that were played: as many as the
/// settings ask for, more where figures were not precise by then.
pub fn bundle(
    state: &State,
    reading: &Reading,
    scenario: Option<&Scenario>,
    draws: usize,
    model: Option<String>,
    track_record: Option<String>,
) -> Bundle {
    Bundle {
        data: state.digests.data.clone(),
        rules: state.digests.rules.clone(),
        scenario: scenario.map(|s| digest(&**s)),
        priors: state.known.digest(),
        settings: state.settings.digest(),
        seed: state.settings.seed,
        draws,
        engine: spiffcast_engine::VERSION.to_owned(),
        reader: reading.reader.clone(),
        model,
        track_record,
        regions: state.regions().unwrap_or_default().to_vec(),
    }
}

/// SHA-256 of a value's JSON. Plain data always has one.
pub fn digest(value: &impl Serialize) -> String {
    digest_of(&serde_json::to_vec(value).unwrap_or_default())
}

fn digest_of(bytes: &[u8]) -> String {
    format!("sha256:{:x}", Sha256::digest(bytes))
}

/// What stands behind an answer and in the trail alone.
#[derive(Default)]
pub struct Behind {
    /// Clauses that were retrieved for a reader.
    pub retrieved: Vec<String>,
    /// What language models were asked and said.
    pub exchanges: Vec<Exchange>,
}

/// Stores the answer, its audit row and its row of the ledger together.
pub async fn keep(
    state: &State,
    answer: &Answer,
    behind: &Behind,
    given: Option<GivenRow>,
) -> Result<(), AskError> {
    let internal = |e: serde_json::Error| AskError::Internal(e.to_string());
    let json = serde_json::to_string(answer).map_err(internal)?;
    let audit = serde_json::json!({
        "question": answer.run.question,
        "retrieved": behind.retrieved,
        "exchanges": behind.exchanges,
        "reading": answer.reading,
        "citations": answer.citations.iter().map(|c| format!("{} v{} §{}", c.program, c.version, c.clause)).collect::<Vec<_>>(),
        "forecast": answer.forecast.as_ref().map(digest),
        "earnings": answer.earnings.as_ref().map(digest),
        "partner": answer.run.partner,
        "bundle": answer.bundle,
        "answer": digest_of(json.as_bytes()),
    });
    let row = AnswerRow {
        id: answer.run.id.clone(),
        created_at: answer.run.created_at.clone(),
        title: title(answer),
        status: answer.reading.status,
        headline: answer.summary.as_ref().map(|s| s.headline.clone()),
        made_from: made_from(&answer.bundle.data, &answer.bundle.rules, &answer.bundle.priors),
        who: state.who.login.clone(),
        regions: answer.bundle.regions.clone(),
    };
    state
        .store
        .keep_answer(&row, &json, &audit.to_string(), given.as_ref())
        .await
        .map_err(|e| AskError::Unavailable(format!("the answer could not be kept: {e}")))
}

/// Tells the trail that a file leaves.
pub async fn exported(
    store: &Store,
    login: &str,
    subject: &str,
    file: &str,
    bytes: &[u8],
) -> Result<(), StoreError> {
    let told = serde_json::json!({ "file": file, "bytes": bytes.len(), "digest": digest_of(bytes) });
    let detail = told.to_string();
    let row = AuditRow { at: &now(), who: login, action: "export", subject, detail: &detail };
    store.record(&row).await
}

/// What an answer was made from; where it is another now, the answer is stale.
pub fn made_from(data: &str, rules: &str, priors: &str) -> String {
    format!("{data} {rules} {priors}")
}

fn title(answer: &Answer) -> String {
    let label = || {
        let options = answer.reading.scenario.as_ref().map(|d| d.options.iter().map(|o| o.label.as_str()));
        options.map(|labels| labels.collect::<Vec<_>>().join(" / ")).unwrap_or_default()
    };
    match &answer.run.question {
        // What was said last does not tell what stands now.
        Some(question) if answer.run.follows.is_some() && answer.forecast.is_some() => {
            format!("{question} → {}", label())
        }
        Some(question) => question.clone(),
        None => label(),
    }
}
