//! Correcting a reading in place: fields of a kept answer's scenario are set to other
//! values and the answer is made again. The same checks hold as for a scenario that
//! was read; no words are read here.

use spiffcast_engine::finding::Finding;
use spiffcast_engine::reading::{Provenance, Reading, Source, Status};
use spiffcast_engine::scenario;

use super::ask::{self, Said};
use super::port::{AskError, AskRequest, Copilot, Progress, Stage};
use super::{read, scope};
use crate::answer::Answer;
use crate::state::State;

/// Answers again with the corrections of the request.
pub async fn correct(state: &State, request: &AskRequest, progress: &Progress) -> Result<Answer, AskError> {
    progress.report(Stage::Check, 0.0);
    let before = match &request.conversation {
        Some(id) => state.answer(id).await?.ok_or(AskError::NotFound)?,
        None => return Err(AskError::Findings(vec![no_conversation()])),
    };
    let draft = before.reading.scenario.clone().ok_or(AskError::NotFound)?;
    let company = state.company();
    let draft = scenario::correct(&draft, &request.corrections, company).map_err(AskError::Findings)?;
    let checked = scope::check(state, draft);
    let Some(scenario) = checked.scenario else {
        return Err(AskError::Findings(checked.findings));
    };
    if !ask::is_simulated(scenario.intent) {
        return Err(AskError::Findings(vec![read::not_simulated(scenario.intent)]));
    }
    let turn = turn(state, &before).await?;
    let mut reading = Reading {
        status: Status::Ready,
        scenario: Some((*scenario).clone()),
        provenance: provenance(&before.reading, request, turn),
        clarifications: Vec::new(),
        findings: checked.findings,
        ..before.reading
    };
    scope::told(state, &mut reading, &scenario);
    let said =
        Said { question: before.run.question, follows: request.conversation.clone(), ..Said::default() };
    ask::simulated(state, said, reading, scenario, progress).await
}

/// Where each field comes from now: what was corrected, from this turn.
fn provenance(before: &Reading, request: &AskRequest, turn: usize) -> Vec<Provenance> {
    let corrected = |field: &str| request.corrections.contains_key(field);
    let mut now: Vec<Provenance> = Vec::new();
    for entry in &before.provenance {
        if !corrected(&entry.field) {
            now.push(entry.clone());
        } else if !now.iter().any(|e| e.field == entry.field) {
            // In its old place, so that the page keeps its order.
            now.push(Provenance { field: entry.field.clone(), source: Source::Conversation { turn } });
        }
    }
    for field in request.corrections.keys() {
        if !now.iter().any(|e| e.field == *field) {
            now.push(Provenance { field: field.clone(), source: Source::Conversation { turn } });
        }
    }
    now
}

/// Longest conversation that is counted.
const TURNS_MAX: usize = 100;

/// Which turn of the conversation an answer after `before` is; the first question is 1.
async fn turn(state: &State, before: &Answer) -> Result<usize, AskError> {
    let (mut turn, mut follows) = (2, before.run.follows.clone());
    while let Some(id) = follows.filter(|_| turn < TURNS_MAX) {
        turn += 1;
        follows = state.answer(&id).await?.and_then(|answer| answer.run.follows);
    }
    Ok(turn)
}

fn no_conversation() -> Finding {
    Finding {
        severity: spiffcast_engine::finding::Severity::Error,
        code: "no_conversation".to_owned(),
        field: "conversation".to_owned(),
        message: "Corrections need the identifier of the answer that they correct".to_owned(),
        hint: "Give it as conversation".to_owned(),
    }
}
