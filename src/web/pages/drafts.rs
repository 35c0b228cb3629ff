//! Drafts of program versions: the list, one with its terms and text beside those of
//! today, and the forms by which it is edited, submitted, decided on and talked about.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::app::drafts::Approvals;
use crate::app::drafts::port::{DraftLine, DraftView, Edit, Said};
use crate::app::drafts::steps::{Action, State};
use crate::app::identity::people::Names;
use crate::auth::Permission;
use crate::reports::format;
use crate::web::App;
use crate::web::errors::{Failure, failed_page, page};
use crate::web::layout::Layout;
use crate::web::view::drafts::{self, ChangeBlock, CheckLine, FoundLine, ImpactLine};
use crate::web::visitor::Here;

#[derive(Template)]
#[template(path = "drafts/list.html")]
struct ListPage {
    layout: Layout,
    drafts: Vec<ListLine>,
    shelves: Vec<(&'static str, String, bool)>,
    filtered: bool,
}

struct ListLine {
    id: String,
    title: String,
    author: String,
    when: String,
    state: (&'static str, &'static str),
    decided: String,
}

#[derive(Template)]
#[template(path = "drafts/draft.html")]
struct DraftPage {
    layout: Layout,
    id: String,
    title: String,
    state: (&'static str, &'static str),
    author: String,
    when: String,
    answer: String,
    revises: Option<String>,
    revision: i64,
    stale: String,
    answer_is_stale: bool,
    serves: bool,
    /// Who decided, and when.
    decided: String,
    approved: bool,
    written_to: String,
    can: Can,
    checks: Vec<CheckLine>,
    found: Vec<FoundLine>,
    impact: Vec<ImpactLine>,
    /// The regions that it counts; empty for the whole company.
    regions: String,
    changes: Vec<ChangeBlock>,
    thread: Vec<ThreadLine>,
    /// Why what was wanted was not done, and what was typed then.
    problem: String,
    typed: String,
}

/// What who looks may do with it now.
struct Can {
    edit: bool,
    submit: bool,
    withdraw: bool,
    decide: bool,
    /// Why not, where it waits for a decision that is not this one's.
    why_not: &'static str,
    approve: bool,
    revise: bool,
    comment: bool,
}

struct ThreadLine {
    when: String,
    who: String,
    did: String,
    words: String,
    comment: bool,
}

/// The desk, where there is one.
pub fn desk(app: &App) -> Result<Arc<dyn Approvals>, Failure> {
    app.options.approvals.clone().ok_or_else(|| Failure::not_found("Nothing is drafted here."))
}

/// What the address of the list asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    state: String,
}

/// `GET /drafts`
pub async fn list(app: Here, asked: Result<Query<Asked>, QueryRejection>) -> Result<Response, Failure> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let state = asked.state.parse::<State>().ok();
    let found = desk(&app)?.drafts(app.who(), state).await?;
    let names = app.accounts.names().await?;
    let shelf = |of: Option<State>| {
        let name = of.map_or("All", |s| match s {
            State::Draft => "In the works",
            State::Submitted => "Wait for a decision",
            State::Approved => "Approved",
            State::Rejected => "Rejected",
            State::Withdrawn => "Withdrawn",
        });
        let address = of.map_or_else(|| "/drafts".to_owned(), |s| format!("/drafts?state={s}"));
        (name, address, of == state)
    };
    Ok(page(
        StatusCode::OK,
        &ListPage {
            layout: Layout::new(&app, "Drafts", "drafts"),
            drafts: found.into_iter().map(|line| list_line(line, &names)).collect(),
            shelves: std::iter::once(None).chain(State::ALL.map(Some)).map(shelf).collect(),
            filtered: state.is_some(),
        },
    ))
}

fn list_line(line: DraftLine, names: &Names) -> ListLine {
    ListLine {
        decided: decided(&line, names),
        state: drafts::state(line.state),
        when: format::moment(&line.created_at),
        id: line.id,
        title: line.title,
        author: names.of(&line.author),
    }
}

fn decided(line: &DraftLine, names: &Names) -> String {
    match (&line.decided_by, &line.decided_at) {
        (Some(who), Some(at)) => {
            let (what, who) = (format::capital(line.state.as_str()), names.of(who));
            format!("{what} by {who}, {}", format::moment(at))
        }
        _ => String::new(),
    }
}

/// `GET /drafts/{id}`
pub async fn show(app: Here, Path(id): Path<String>) -> Result<Response, Failure> {
    let draft = desk(&app)?.draft(app.who(), &id).await?;
    let names = app.accounts.names().await?;
    Ok(page(StatusCode::OK, &draft_page(&app, draft, &names)))
}

fn draft_page(app: &Here, draft: DraftView, names: &Names) -> DraftPage {
    let layout = Layout::new(app, &draft.line.title, "drafts");
    let company = app.copilot.company();
    DraftPage {
        can: can(app, &draft, layout.may.draft, layout.may.decide),
        decided: decided(&draft.line, names),
        approved: draft.line.state == State::Approved,
        state: drafts::state(draft.line.state),
        when: format::moment(&draft.line.created_at),
        stale: draft.stale.as_ref().map(|why| format!("{}.", format::capital(why))).unwrap_or_default(),
        checks: drafts::check_lines(&draft.checks, &draft.currency),
        found: drafts::found(&draft.checks),
        regions: draft.regions.join(", "),
        impact: drafts::impact(&draft.impact, &draft.currency),
        changes: drafts::changes(&draft, &company.catalog),
        thread: draft.thread.iter().map(|said| thread_line(said, names)).collect(),
        written_to: draft.written_to.unwrap_or_default(),
        id: draft.line.id,
        title: draft.line.title,
        author: names.of(&draft.line.author),
        answer: draft.answer,
        revises: draft.revises,
        revision: draft.revision,
        answer_is_stale: draft.answer_is_stale,
        serves: draft.serves,
        layout,
        problem: String::new(),
        typed: String::new(),
    }
}

/// The draft again, with why it was not done and with what was typed: nothing typed is lost
/// to a refusal.
async fn again(app: &Here, id: &str, failure: Failure, typed: Typed<'_>) -> Result<Response, Failure> {
    let told = matches!(failure.status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT);
    if !told || !app.who().may(Permission::DraftsRead) {
        return Err(failure);
    }
    let names = app.accounts.names().await?;
    let mut page = draft_page(app, desk(app)?.draft(app.who(), id).await?, &names);
    page.problem = format!("{}. {}", failure.title, failure.detail);
    match typed {
        Typed::Words(words) => page.typed = words.to_owned(),
        Typed::Text(name, text) => {
            let mut files = page.changes.iter_mut().flat_map(|change| &mut change.files);
            if let Some(file) = files.find(|file| file.file == name) {
                text.clone_into(&mut file.text);
                (file.open, file.editing) = (true, true);
            }
        }
    }
    Ok(failed_page(failure.status, &page))
}

/// What was typed into a form that is shown again.
enum Typed<'a> {
    /// What was to be said.
    Words(&'a str),
    /// A file and its text.
    Text(&'a str, &'a str),
}

/// What is offered; the desk asks again when it is done.
fn can(app: &Here, draft: &DraftView, writes: bool, decides: bool) -> Can {
    let own = draft.line.author == app.who().login;
    let state = draft.line.state;
    let sound = draft.stale.is_none() && draft.checks.errors == 0;
    let waits = state == State::Submitted;
    Can {
        edit: writes && own && state == State::Draft,
        submit: writes && own && state == State::Draft && sound,
        withdraw: writes && own && state.is_open(),
        decide: decides && !own && waits,
        approve: sound,
        why_not: match (waits, decides, own) {
            (true, true, true) => "Nobody decides on a draft of their own.",
            (true, false, _) => "Finance decides on it.",
            _ => "",
        },
        revise: writes && matches!(state, State::Rejected | State::Withdrawn),
        comment: writes || decides,
    }
}

fn thread_line(said: &Said, names: &Names) -> ThreadLine {
    let comment = said.what == "comment";
    ThreadLine {
        when: format::moment(&said.at),
        who: names.of(&said.who),
        did: match said.what.as_str() {
            "drafted" => "made the draft".to_owned(),
            "edited" => "edited".to_owned(),
            "comment" => "said".to_owned(),
            other => format!("{other} it"),
        },
        words: said.words.clone(),
        comment,
    }
}

type Fields<T> = Result<Form<T>, FormRejection>;

fn typed<T>(fields: Fields<T>) -> Result<T, Failure> {
    let Form(typed) = fields.map_err(|rejection| {
        Failure::new(rejection.status(), "This form could not be read", "Go back and try again.")
    })?;
    Ok(typed)
}

fn to(id: &str, place: &str) -> Redirect {
    let name: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    Redirect::to(&format!("/drafts/{name}{place}"))
}

/// The button under an answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    answer: String,
    /// From 1, as people count.
    option: String,
}

/// `POST /drafts`
pub async fn make(app: Here, fields: Fields<Wanted>) -> Result<Redirect, Failure> {
    let wanted = typed(fields)?;
    let option = wanted.option.parse().unwrap_or(1_usize).saturating_sub(1);
    let id = desk(&app)?.make(app.who(), &wanted.answer, option).await?;
    Ok(to(&id, ""))
}

/// The form of a text.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Text {
    revision: i64,
    file: String,
    text: String,
}

/// `POST /drafts/{id}/text`
pub async fn edit(app: Here, Path(id): Path<String>, fields: Fields<Text>) -> Result<Response, Failure> {
    let Text { revision, file, text } = typed(fields)?;
    let edit = Edit { revision, file: file.clone(), text: text.clone() };
    match desk(&app)?.edit(app.who(), &id, edit).await {
        Ok(()) => Ok(to(&id, "#checks").into_response()),
        Err(error) => again(&app, &id, error.into(), Typed::Text(&file, &text)).await,
    }
}

/// The form of a step.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Step {
    revision: i64,
    words: String,
    decision: String,
}

async fn step(app: &Here, id: &str, action: Action, typed: &Step) -> Result<Response, Failure> {
    match desk(app)?.step(app.who(), id, action, typed.revision, &typed.words).await {
        Ok(()) => Ok(to(id, if action == Action::Comment { "#thread" } else { "" }).into_response()),
        Err(error) => again(app, id, error.into(), Typed::Words(&typed.words)).await,
    }
}

/// `POST /drafts/{id}/submit`
pub async fn submit(app: Here, Path(id): Path<String>, fields: Fields<Step>) -> Result<Response, Failure> {
    step(&app, &id, Action::Submit, &typed(fields)?).await
}

/// `POST /drafts/{id}/withdraw`
pub async fn withdraw(app: Here, Path(id): Path<String>, fields: Fields<Step>) -> Result<Response, Failure> {
    step(&app, &id, Action::Withdraw, &typed(fields)?).await
}

/// `POST /drafts/{id}/comment`
pub async fn comment(app: Here, Path(id): Path<String>, fields: Fields<Step>) -> Result<Response, Failure> {
    step(&app, &id, Action::Comment, &typed(fields)?).await
}

/// `POST /drafts/{id}/decide`
pub async fn decide(app: Here, Path(id): Path<String>, fields: Fields<Step>) -> Result<Response, Failure> {
    let typed = typed(fields)?;
    let action = match typed.decision.as_str() {
        "approve" => Action::Approve,
        "reject" => Action::Reject,
        _ => {
            let detail = "Press Approve or Reject.";
            return Err(Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "Something is missing", detail));
        }
    };
    step(&app, &id, action, &typed).await
}

/// `POST /drafts/{id}/revise`
pub async fn revise(app: Here, Path(id): Path<String>) -> Result<Redirect, Failure> {
    let new = desk(&app)?.revise(app.who(), &id).await?;
    Ok(to(&new, ""))
}

/// `GET /drafts/{id}/files.zip`
pub async fn archive(app: Here, Path(id): Path<String>) -> Result<Response, Failure> {
    let bytes = desk(&app)?.archive(app.who(), &id).await?;
    download(&app, bytes, "application/zip", &id, "zip").await
}

/// `GET /drafts/{id}/change.json`
pub async fn payload(app: Here, Path(id): Path<String>) -> Result<Response, Failure> {
    let payload = desk(&app)?.payload(app.who(), &id).await?;
    let bytes = serde_json::to_vec_pretty(&payload).map_err(|error| {
        tracing::error!(%error, "a payload could not be written");
        Failure::internal()
    })?;
    download(&app, bytes, "application/json", &id, "json").await
}

/// A file to keep.
pub async fn download(
    app: &Here,
    bytes: Vec<u8>,
    kind: &'static str,
    id: &str,
    extension: &str,
) -> Result<Response, Failure> {
    app.copilot.exported(id, &format!("change.{extension}"), &bytes).await?;
    let name: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(64).collect();
    let name = format!("attachment; filename=\"spiffcast-change-{name}.{extension}\"");
    let mut response = ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], bytes).into_response();
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
