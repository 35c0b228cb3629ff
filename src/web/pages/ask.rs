//! Asking: the page with the box, the plain form, and the same question with
//! progress as server-sent events.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Json;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use futures::Stream;
use serde::{Deserialize, Serialize};
use serde_json::json;
use spiffcast_engine::finding::Finding;
use spiffcast_engine::reading::Status;
use tokio::sync::watch;

use super::answer;
use crate::answer::Answer;
use crate::app::port::{AskError, AskRequest, Copilot, Progress, RecentAnswer, Stage, Step};
use crate::auth::Permission;
use crate::reports::format;
use crate::web::corrections::{self, Refused};
use crate::web::errors::{Failure, page};
use crate::web::jobs::Outcome;
use crate::web::layout::{AskBox, Layout};
use crate::web::scope::scope;
use crate::web::visitor::Here;

/// How many recent answers the page lists.
const RECENT_MAX: usize = 8;
/// Shortest time between two events of a job.
const EVENT_PAUSE: Duration = Duration::from_millis(40);
/// Says of a job's events that its answer is looked at for what moved.
const MOVES: &str = "moves";

#[derive(Template)]
#[template(path = "ask.html")]
struct AskPage {
    layout: Layout,
    ask: AskBox,
    examples: Vec<String>,
    recent: Vec<RecentLine>,
    partners: String,
    products: usize,
    programs: usize,
}

struct RecentLine {
    id: String,
    title: String,
    headline: String,
    when: String,
    open: bool,
}

/// What the address may bring: a question to start from.
#[derive(Deserialize)]
pub struct Prefill {
    #[serde(default)]
    q: String,
}

/// `GET /`
pub async fn show(app: Here, prefill: Result<Query<Prefill>, QueryRejection>) -> Result<Response, Failure> {
    let recent = app.copilot.recent(RECENT_MAX).await?;
    let company = app.copilot.company();
    let question = prefill.map(|Query(p)| p.q).unwrap_or_default();
    Ok(page(
        StatusCode::OK,
        &AskPage {
            layout: Layout::new(&app, "Ask", "ask"),
            ask: AskBox::new(&app, AskRequest { question, ..AskRequest::default() }),
            examples: app.copilot.examples(),
            recent: recent.into_iter().take(RECENT_MAX).map(RecentLine::from).collect(),
            partners: format::number(company.catalog.partners.len() as f64, 0),
            products: company.catalog.products.len(),
            programs: company.programs.len(),
        },
    ))
}

impl From<RecentAnswer> for RecentLine {
    fn from(answer: RecentAnswer) -> Self {
        let open = answer.status != Status::Ready;
        let headline = answer.headline.unwrap_or_else(|| match answer.status {
            Status::Ready => String::new(),
            Status::NeedsClarification => "Waits for a choice".to_owned(),
            Status::Unsupported => "Cannot be answered".to_owned(),
            Status::Failed => "Could not be read".to_owned(),
        });
        Self { id: answer.id, title: answer.title, headline, when: format::moment(&answer.created_at), open }
    }
}

type Fields = Result<Form<Vec<(String, String)>>, FormRejection>;

/// What a form wants done: a question answered, an answer made again (`again`), or
/// several set side by side (`compare`, repeated).
#[derive(Clone)]
enum Wish {
    Ask(AskRequest),
    Again(String),
    Compare(Vec<String>),
}

impl Wish {
    async fn grant(self, copilot: Arc<dyn Copilot>, progress: Progress) -> Result<Answer, AskError> {
        match self {
            Self::Ask(request) => copilot.ask(request, progress).await,
            Self::Again(id) => copilot.again(&id, progress).await,
            Self::Compare(ids) => copilot.compare(ids, progress).await,
        }
    }

    /// Whether its answer is looked at for what moved against the one before it.
    fn moves(&self) -> bool {
        match self {
            Self::Ask(request) => !request.corrections.is_empty(),
            Self::Again(_) => true,
            Self::Compare(_) => false,
        }
    }

    fn asked(&self) -> AskRequest {
        if let Self::Ask(request) = self { request.clone() } else { AskRequest::default() }
    }
}

/// The wish of a form. A question has `question`, `conversation`, `answer.FIELD` a
/// choice, and corrections of fields.
fn wish(app: &Here, fields: Fields) -> Result<Wish, Failure> {
    let Form(fields) = fields.map_err(|rejection| {
        let status = rejection.status();
        Failure::new(status, "This form could not be read", "Go back and ask again; 256 kB is the most.")
    })?;
    if !app.who().may(Permission::Ask) {
        return own_question(app, fields);
    }
    let compared: Vec<String> =
        fields.iter().filter(|(name, _)| name == "compare").map(|(_, id)| id.clone()).collect();
    if !compared.is_empty() {
        return Ok(Wish::Compare(compared));
    }
    if let Some((_, id)) = fields.iter().find(|(name, _)| name == "again") {
        return Ok(Wish::Again(id.clone()));
    }
    let corrections = corrections::read(&fields, &app.copilot.company());
    let mut request = AskRequest { corrections, ..AskRequest::default() };
    for (name, value) in fields {
        match name.as_str() {
            "question" => request.question = value,
            "partner" => request.partner = scope(app.who(), Some(&value))?.partner,
            "conversation" => request.conversation = Some(value).filter(|v| !v.is_empty()),
            _ => {
                if let Some(field) = name.strip_prefix("answer.") {
                    request.answers.insert(field.to_owned(), value);
                }
            }
        }
    }
    Ok(Wish::Ask(request))
}

/// A partner asks about its own earnings, in words and nothing else.
fn own_question(app: &Here, fields: Vec<(String, String)>) -> Result<Wish, Failure> {
    let asked = fields.iter().find(|(name, _)| name == "partner").map(|(_, id)| id.as_str());
    let mut request = AskRequest { partner: Some(scope(app.who(), asked)?.one()?), ..AskRequest::default() };
    for (name, value) in fields {
        match name.as_str() {
            "question" => request.question = value,
            "conversation" => request.conversation = Some(value).filter(|v| !v.is_empty()),
            _ => {}
        }
    }
    Ok(Wish::Ask(request))
}

/// Where an answer is shown; the choices made so far travel along, because a
/// further clarification has to hand them in again. After a correction it opens, and
/// puts the focus, where the page says what moved.
fn location(id: &str, answers: &BTreeMap<String, String>, moves: bool) -> String {
    let mut out = format!("/answers/{}", escape(id));
    for (i, (field, choice)) in answers.iter().enumerate() {
        out.push(if i == 0 { '?' } else { '&' });
        out.push_str(&format!("answer.{}={}", escape(field), escape(choice)));
    }
    if moves {
        out.push_str("#moved");
    }
    out
}

/// A piece of an address.
pub fn escape(text: &str) -> String {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-._~".contains(b);
    text.bytes().map(|b| if plain(&b) { (b as char).to_string() } else { format!("%{b:02X}") }).collect()
}

/// `POST /ask`: computes, then shows the answer. What works without scripts.
pub async fn submit(app: Here, fields: Fields) -> Result<Response, Failure> {
    let sent = fields.as_ref().map_or_else(|_| Vec::new(), |Form(fields)| fields.clone());
    let wish = wish(&app, fields)?;
    let (asked, moves) = (wish.asked(), wish.moves());
    let copilot = Arc::clone(&app.copilot);
    let failure = match app.jobs.run(&app.who().login, |progress| wish.grant(copilot, progress)).await {
        Ok(answer) => {
            return Ok(Redirect::to(&location(&answer.run.id, &asked.answers, moves)).into_response());
        }
        Err(failure) => failure,
    };
    match &asked.conversation {
        // A correction is refused where it was typed.
        Some(id) if !asked.corrections.is_empty() && !failure.findings.is_empty() => {
            let refused = Refused { fields: sent, findings: failure.findings.clone() };
            match refused.path() {
                Some(_) => answer::refused(&app, id, &refused).await,
                None => Err(failure.asking(asked)),
            }
        }
        _ => Err(failure.asking(asked)),
    }
}

/// A job that was begun.
#[derive(Serialize)]
pub struct Started {
    events: String,
    cancel: String,
}

impl Started {
    /// Of a job; `query` goes with its events.
    pub fn job(id: &str, query: &str) -> Self {
        Self { events: format!("/ask/progress/{id}?{query}"), cancel: format!("/ask/cancel/{id}") }
    }
}

/// `POST /ask/start`: begins, and says where its events are.
pub async fn start(app: Here, fields: Fields) -> Result<Json<Started>, Failure> {
    let wish = wish(&app, fields)?;
    let query = location("", &wish.asked().answers, false);
    let query = query.split_once('?').map_or("", |(_, q)| q);
    let query = if wish.moves() { format!("{query}&{MOVES}=1") } else { query.to_owned() };
    let copilot = Arc::clone(&app.copilot);
    let id = app.jobs.start(&app.who().login, |progress| wish.grant(copilot, progress))?;
    Ok(Json(Started::job(&id, &query)))
}

/// `POST /ask/cancel/{job}`
pub async fn cancel(app: Here, Path(job): Path<String>) -> Result<StatusCode, Failure> {
    if app.jobs.cancel(&job, &app.who().login) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Failure::not_found("No such question is at work."))
    }
}

/// `GET /ask/progress/{job}`: `progress` events, then one of `done`, `failed`,
/// `cancelled`.
pub async fn progress(
    app: Here,
    Path(job): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    let (steps, outcome) = app
        .jobs
        .watch(&job, &app.who().login)
        .ok_or_else(|| Failure::not_found("No such question is at work."))?;
    let moves = query.iter().any(|(name, _)| name == MOVES);
    let answers = query
        .into_iter()
        .filter_map(|(name, choice)| Some((name.strip_prefix("answer.")?.to_owned(), choice)))
        .collect();
    let watch = Watch { steps, outcome, answers, moves, begun: false, ended: false };
    let events = futures::stream::unfold(watch, |mut watch| async move {
        let event = watch.next().await?;
        Some((Ok(event), watch))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

struct Watch {
    steps: watch::Receiver<Step>,
    outcome: watch::Receiver<Option<Outcome>>,
    answers: BTreeMap<String, String>,
    moves: bool,
    begun: bool,
    ended: bool,
}

impl Watch {
    async fn next(&mut self) -> Option<Event> {
        if self.ended {
            return None;
        }
        loop {
            let outcome = self.outcome.borrow_and_update().clone();
            if let Some(outcome) = outcome {
                self.ended = true;
                return Some(self.last(outcome));
            }
            if !self.begun {
                self.begun = true;
                return Some(step_event(*self.steps.borrow_and_update()));
            }
            tokio::select! {
                ended = self.outcome.changed() => ended.ok()?,
                moved = self.steps.changed() => {
                    moved.ok()?;
                    tokio::time::sleep(EVENT_PAUSE).await;
                    if self.outcome.borrow().is_none() {
                        return Some(step_event(*self.steps.borrow_and_update()));
                    }
                }
            }
        }
    }

    fn last(&self, outcome: Outcome) -> Event {
        match outcome {
            Outcome::Answered(id) => {
                event("done", &json!({ "location": location(&id, &self.answers, self.moves) }))
            }
            Outcome::Done(place) => event("done", &json!({ "location": place })),
            Outcome::Cancelled => event("cancelled", &json!({ "message": "Cancelled." })),
            Outcome::Failed(failure) => {
                let findings: Vec<String> = failure.findings.iter().map(Finding::said).collect();
                event(
                    "failed",
                    &json!({ "title": failure.title, "detail": failure.detail, "findings": findings }),
                )
            }
        }
    }
}

fn event(name: &str, data: &serde_json::Value) -> Event {
    Event::default().event(name).data(data.to_string())
}

/// Stage, its words, and the share of the whole that is done: simulating takes
/// nearly all of the time.
fn step_event(step: Step) -> Event {
    let (words, before, share) = match step.stage {
        Stage::Retrieve => ("Finding the rules that matter", 0.0, 0.05),
        Stage::Read => ("Reading the question", 0.05, 0.1),
        Stage::Check => ("Checking the scenario", 0.15, 0.05),
        Stage::Simulate => ("Simulating both arms through the payout rules", 0.2, 0.75),
        Stage::Tell => ("Writing the answer", 0.95, 0.05),
        Stage::Backtest => ("Forecasting past changes again", 0.0, 1.0),
        Stage::Files => ("Reading and checking the files", 0.0, 0.5),
        Stage::Learn => ("Learning how sales answer", 0.5, 0.5),
    };
    let total = before + share * step.done;
    event(
        "progress",
        &json!({ "stage": step.stage.as_str(), "text": words, "done": step.done, "total": total }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_travel_in_the_address() {
        let answers = BTreeMap::from([("options[0].levers[0].operation".to_owned(), "a b&c".to_owned())]);
        assert_eq!(
            location("01-x", &answers, false),
            "/answers/01-x?answer.options%5B0%5D.levers%5B0%5D.operation=a%20b%26c"
        );
        assert_eq!(location("1", &BTreeMap::new(), false), "/answers/1");
        assert_eq!(location("1", &BTreeMap::new(), true), "/answers/1#moved");
    }
}
