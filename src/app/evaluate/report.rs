//! What an evaluation says: counts, rates, time, tokens, and every question that was
//! not read as expected.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;
use spiffcast_engine::reading::evaluate::{Question, Score, Verdict};
use spiffcast_engine::reading::{Reading, Status};
use spiffcast_engine::scenario::Draft;

use crate::answer::Tokens;
use crate::app::read::Readers;

/// The scores of a reader on a set of questions.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Evaluation {
    /// Who read first: `auto`, `built-in` or `llm`.
    pub reader: String,
    /// Name of the language model, where one could be asked.
    pub model: Option<String>,
    /// Counts.
    pub score: Score,
    /// Shares of them.
    pub rates: Rates,
    /// Whose reading it was in the end: reader to number of questions.
    pub read_by: BTreeMap<String, usize>,
    /// Time a question, in milliseconds.
    pub latency_ms: Latency,
    /// What the language model took in all.
    pub tokens: Tokens,
    /// Questions that were not read as expected, in their order.
    pub wrong: Vec<Wrong>,
    /// Questions that the language model was asked and whose reading was not taken.
    pub not_taken: Vec<NotTaken>,
}

/// A reading of the language model that was not taken.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct NotTaken {
    /// Of the question.
    pub id: String,
    /// Its words.
    pub question: String,
    /// Why not, as sentences; empty where the person is asked.
    pub why: Vec<String>,
}

impl NotTaken {
    /// What stands under the reading of a question.
    pub fn of(question: &Question, reading: &Reading) -> Self {
        let why = reading.findings.iter().filter(|f| f.field == "reader").map(|f| f.message.clone());
        Self { id: question.id.clone(), question: question.question.clone(), why: why.collect() }
    }
}

/// Shares, from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, JsonSchema)]
pub struct Rates {
    /// Answerable questions read exactly, or as well.
    pub exact_match: f64,
    /// Fields of expected scenarios read right.
    pub field_accuracy: f64,
    /// Questions asked back that were to be.
    pub clarification_precision: f64,
    /// Questions to be asked back that were.
    pub clarification_recall: f64,
    /// Answerable questions asked back without need.
    pub needless_clarification: f64,
    /// Questions with a scenario that is neither expected nor accepted.
    pub silent_error: f64,
    /// Upper end of its 95% interval (Wilson 1927).
    pub silent_error_upper_95: f64,
}

impl Rates {
    /// The shares of a score.
    pub fn of(score: &Score) -> Self {
        Self {
            exact_match: score.exact_match(),
            field_accuracy: score.field_accuracy(),
            clarification_precision: score.clarification_precision(),
            clarification_recall: score.clarification_recall(),
            needless_clarification: score.needless_share(),
            silent_error: score.silent_error_rate(),
            silent_error_upper_95: score.silent_error_upper(),
        }
    }
}

/// Time a question, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, JsonSchema)]
pub struct Latency {
    /// Half of the questions took no longer.
    pub p50: f64,
    /// 99 of 100 took no longer.
    pub p99: f64,
    /// None took longer.
    pub max: f64,
}

impl Latency {
    /// Nearest-rank quantiles; zero where nothing was read.
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let rank = |share: f64| ((share * times.len() as f64).ceil() as usize).clamp(1, times.len().max(1));
        let at = |share| times.get(rank(share) - 1).map_or(0.0, |t: &Duration| t.as_secs_f64() * 1_000.0);
        Self { p50: at(0.5), p99: at(0.99), max: at(1.0) }
    }
}

/// A question that was not read as expected.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Wrong {
    /// Of the question.
    pub id: String,
    /// Its words.
    pub question: String,
    /// `asked_needlessly`, `refused` or `silent_error`.
    pub verdict: String,
    /// Whose reading it was.
    pub reader: String,
    /// How it ended.
    pub status: Status,
    /// What was asked back, where something was.
    pub asked: Option<String>,
    /// The scenario, where one was ready.
    pub scenario: Option<Draft>,
    /// What was found, as sentences.
    pub findings: Vec<String>,
}

impl Wrong {
    /// What went wrong with a question.
    pub fn of(question: &Question, reading: &Reading, verdict: Verdict) -> Self {
        let verdict = match verdict {
            Verdict::Right => "right",
            Verdict::AskedNeedlessly => "asked_needlessly",
            Verdict::Refused => "refused",
            Verdict::SilentError => "silent_error",
        };
        Self {
            id: question.id.clone(),
            question: question.question.clone(),
            verdict: verdict.to_owned(),
            reader: reading.reader.clone(),
            status: reading.status,
            asked: reading.clarifications.first().map(|c| c.question.clone()),
            scenario: reading.scenario.clone().filter(|_| reading.status == Status::Ready),
            findings: reading.findings.iter().map(|f| f.message.clone()).collect(),
        }
    }
}

impl Evaluation {
    /// Nothing read yet.
    pub fn of(readers: &Readers) -> Self {
        Self {
            reader: readers.policy.as_str().to_owned(),
            model: readers.second().map(|model| model.name().to_owned()),
            score: Score::default(),
            rates: Rates::default(),
            read_by: BTreeMap::new(),
            latency_ms: Latency::default(),
            tokens: Tokens::default(),
            wrong: Vec::new(),
            not_taken: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_times_that_were_measured() {
        let times: Vec<Duration> = (1..=200).rev().map(Duration::from_millis).collect();
        let latency = Latency::of(times);
        assert_eq!((latency.p50, latency.p99, latency.max), (100.0, 198.0, 200.0));
        assert_eq!(Latency::of(Vec::new()), Latency::default());
    }
}
