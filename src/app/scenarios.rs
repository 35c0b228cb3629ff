//! What becomes of answers: found again, noted, put away, made again with the data and
//! rules of today, set side by side. Every figure comes from a simulation of its own.

use std::collections::HashSet;

use spiffcast_engine::finding::{Finding, Severity};
use spiffcast_engine::reading::{Reading, Status};
use spiffcast_engine::scenario::{self, Draft};

use super::ask::{self, Said};
use super::port::{
    Annotation, AskError, Copilot, KeptAnswer, Progress, ScenarioList, ScenarioQuery, Shelf, Stage,
};
use super::read;
use super::{keep, scope};
use crate::answer::Answer;
use crate::language::Usage;
use crate::state::State;
use crate::store::{NoteRow, ScenarioRow, StoreError, Wanted};

/// Answers on a page of the list.
pub const PAGE: usize = 40;
/// Most answers set side by side; together they may have eight options.
pub const COMPARED_MAX: usize = 8;
const NOTE_CHARS_MAX: usize = 2_000;
const TAGS_MAX: usize = 12;
const TAG_CHARS_MAX: usize = 40;
/// How the note of a copy begins.
const COPY: &str = "Copy";

/// The answers that a query wants, newest first.
pub async fn list(state: &State, query: &ScenarioQuery) -> Result<ScenarioList, AskError> {
    let wanted = Wanted {
        words: query.text.split_whitespace().take(12).map(ToOwned::to_owned).collect(),
        tag: query.tag.clone(),
        archived: query.shelf == Shelf::Archived,
        not_from: (query.shelf == Shelf::Stale).then(|| now(state)),
        within: state.regions().map(<[String]>::to_vec),
        limit: PAGE,
        offset: query.page.saturating_mul(PAGE),
    };
    let (rows, total) = state.store.scenarios(&wanted).await.map_err(unavailable)?;
    let tags = state.store.tags(state.regions()).await.map_err(unavailable)?;
    let now = now(state);
    Ok(ScenarioList { scenarios: rows.into_iter().map(|row| kept(row, &now)).collect(), total, tags })
}

/// What is known of one kept answer besides itself.
pub async fn one(state: &State, id: &str) -> Result<Option<KeptAnswer>, AskError> {
    if !is_there(state, id).await? {
        return Ok(None);
    }
    let row = state.store.scenario(id).await.map_err(unavailable)?;
    let now = now(state);
    Ok(row.map(|row| kept(row, &now)))
}

/// Keeps what somebody says about an answer.
pub async fn annotate(state: &State, id: &str, said: &Annotation) -> Result<(), AskError> {
    if !is_there(state, id).await? {
        return Err(AskError::NotFound);
    }
    let tags = tags(&said.tags)?;
    if said.note.chars().count() > NOTE_CHARS_MAX {
        let message = format!("A note may have {NOTE_CHARS_MAX} characters");
        return Err(finding("note_too_long", "note", message, "Write a shorter one"));
    }
    let row = NoteRow { note: said.note.trim().to_owned(), tags, archived: said.archived };
    let known =
        state.store.annotate(id, (&keep::now(), &state.who.login), &row).await.map_err(unavailable)?;
    if known { Ok(()) } else { Err(AskError::NotFound) }
}

/// Whether who asks may know of an answer: the store says the rest.
async fn is_there(state: &State, id: &str) -> Result<bool, AskError> {
    Ok(state.regions().is_none() || state.answer(id).await?.is_some())
}

/// Tags in lower case, without spaces, each once.
fn tags(said: &[String]) -> Result<Vec<String>, AskError> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '/' | '&' | '+');
    let mut tags: Vec<String> = Vec::new();
    for tag in said.iter().map(|t| t.trim().to_lowercase().replace(' ', "-")).filter(|t| !t.is_empty()) {
        if tag.chars().count() > TAG_CHARS_MAX || !tag.chars().all(plain) {
            let message = format!("{tag:?} cannot be a tag");
            return Err(finding(
                "tag_not_plain",
                "tags",
                message,
                "Use letters, digits and - . / & +, 40 at most",
            ));
        }
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    if tags.len() > TAGS_MAX {
        let message = format!("{} tags; at most {TAGS_MAX} are kept", tags.len());
        return Err(finding("too_many_tags", "tags", message, "Leave some out"));
    }
    tags.sort();
    Ok(tags)
}

/// Makes an answer again with the data and rules of today.
pub async fn again(state: &State, id: &str, progress: &Progress) -> Result<Answer, AskError> {
    progress.report(Stage::Check, 0.0);
    let before = state.answer(id).await?.ok_or(AskError::NotFound)?;
    let draft = before.reading.scenario.clone().ok_or(AskError::NotFound)?;
    let said = Said { question: before.run.question, follows: Some(before.run.id), ..Said::default() };
    simulate(state, draft, before.reading, said, progress).await
}

/// Keeps an answer once more under a name of its own, with the note and the tags of the
/// one it is a copy of: the same figures, to be noted, tagged and changed apart from it.
/// It follows up on what that one follows up on. Nothing is simulated.
pub async fn duplicate(state: &State, id: &str) -> Result<String, AskError> {
    let of = state.answer(id).await?.ok_or(AskError::NotFound)?;
    let said = one(state, id).await?.ok_or(AskError::NotFound)?;
    let from = of.run.clone();
    let run = keep::run(from.question, from.follows, from.partner, &Usage::default());
    let copy = Answer { run, ..of };
    keep::keep(state, &copy, &keep::Behind::default(), None).await?;
    let note = if said.note.is_empty() { COPY.to_owned() } else { format!("{COPY}: {}", said.note) };
    let note = note.chars().take(NOTE_CHARS_MAX).collect();
    annotate(state, &copy.run.id, &Annotation { note, tags: said.tags, archived: false }).await?;
    Ok(copy.run.id)
}

/// Sets the options of several answers side by side, played on the same draws.
pub async fn compare(state: &State, ids: &[String], progress: &Progress) -> Result<Answer, AskError> {
    progress.report(Stage::Check, 0.0);
    let mut seen = HashSet::new();
    let ids: Vec<&String> = ids.iter().filter(|id| seen.insert(id.as_str())).collect();
    if !(2..=COMPARED_MAX).contains(&ids.len()) {
        let message = format!("{} scenarios were chosen; 2 to {COMPARED_MAX} can be compared", ids.len());
        return Err(finding("compare_count", "compare", message, "Tick two to eight scenarios"));
    }
    let mut drafts: Vec<Draft> = Vec::with_capacity(ids.len());
    for id in ids {
        let answer = state.answer(id).await?.ok_or(AskError::NotFound)?;
        drafts.extend(answer.reading.scenario.filter(|_| answer.reading.status == Status::Ready));
    }
    let draft = scenario::side_by_side(&drafts, state.company()).ok_or_else(|| {
        let message = "A range or a goal has no single value to compare".to_owned();
        finding("nothing_to_compare", "compare", message, "Choose answers that try one value each")
    })?;
    let reading = Reading {
        status: Status::Ready,
        scenario: None,
        reader: "none".to_owned(),
        unused_words: Vec::new(),
        provenance: Vec::new(),
        clarifications: Vec::new(),
        findings: Vec::new(),
        chosen: Vec::new(),
    };
    simulate(state, draft, reading, Said::default(), progress).await
}

/// Checks a draft under today's rules and simulates it; what is known of its fields
/// stays as it was read.
async fn simulate(
    state: &State,
    draft: Draft,
    reading: Reading,
    said: Said,
    progress: &Progress,
) -> Result<Answer, AskError> {
    let checked = scope::check(state, draft);
    let Some(scenario) = checked.scenario else { return Err(AskError::Findings(checked.findings)) };
    if !ask::is_simulated(scenario.intent) {
        return Err(AskError::Findings(vec![read::not_simulated(scenario.intent)]));
    }
    let mut reading = Reading {
        status: Status::Ready,
        scenario: Some((*scenario).clone()),
        clarifications: Vec::new(),
        findings: checked.findings,
        ..reading
    };
    scope::told(state, &mut reading, &scenario);
    ask::simulated(state, said, reading, scenario, progress).await
}

/// What an answer would be made from now.
fn now(state: &State) -> String {
    keep::made_from(&state.digests.data, &state.digests.rules, &state.known.digest())
}

fn kept(row: ScenarioRow, now: &str) -> KeptAnswer {
    KeptAnswer {
        stale: row.status == Status::Ready && row.made_from != now,
        id: row.id,
        title: row.title,
        headline: row.headline,
        status: row.status,
        created_at: row.created_at,
        note: row.note,
        tags: row.tags,
        archived: row.archived,
    }
}

fn finding(code: &str, field: &str, message: String, hint: &str) -> AskError {
    let (code, field, hint) = (code.to_owned(), field.to_owned(), hint.to_owned());
    AskError::Findings(vec![Finding { severity: Severity::Error, code, field, message, hint }])
}

fn unavailable(error: StoreError) -> AskError {
    AskError::Unavailable(error.to_string())
}
