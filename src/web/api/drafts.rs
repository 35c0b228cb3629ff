//! Drafts of program versions as JSON: the same desk as the pages. A decision takes
//! somebody who is signed in: no key carries it.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::body::ApiJson;
use crate::app::drafts::port::{DraftLine, DraftView, Edit, Payload};
use crate::app::drafts::steps::{Action, State};
use crate::web::errors::Failure;
use crate::web::pages::drafts::{desk, download};
use crate::web::visitor::Here;

/// Drafts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DraftList {
    /// Newest first.
    drafts: Vec<DraftLine>,
}

/// Which drafts.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    state: Option<State>,
}

/// What a draft is made from.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDraft {
    /// The `run.id` of an answer.
    answer: String,
    /// Which option of it, from 0.
    #[serde(default)]
    option: usize,
}

/// A step with a draft.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftStepRequest {
    /// The revision that was looked at.
    revision: i64,
    /// What is said with it.
    #[serde(default)]
    words: String,
}

/// What somebody decides.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Decision {
    /// For it.
    Approve,
    /// Against it.
    Reject,
}

/// A decision on a draft.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftDecision {
    /// Which.
    decision: Decision,
    /// The revision that was looked at.
    revision: i64,
    /// What is said with it; a rejection needs it.
    #[serde(default)]
    words: String,
}

/// Something said about a draft.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftComment {
    /// The words.
    words: String,
}

/// `GET /api/v1/drafts`
pub async fn list(
    app: Here,
    query: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<DraftList>, Failure> {
    let Query(wanted) = query.map_err(|rejection| {
        Failure::new(rejection.status(), "The address could not be read", rejection.body_text())
    })?;
    Ok(Json(DraftList { drafts: desk(&app)?.drafts(app.who(), wanted.state).await? }))
}

/// `POST /api/v1/drafts`
pub async fn make(app: Here, ApiJson(new): ApiJson<NewDraft>) -> Result<Json<DraftView>, Failure> {
    let id = desk(&app)?.make(app.who(), &new.answer, new.option).await?;
    shown(&app, &id).await
}

/// `GET /api/v1/drafts/{id}`
pub async fn one(app: Here, Path(id): Path<String>) -> Result<Json<DraftView>, Failure> {
    shown(&app, &id).await
}

/// `PUT /api/v1/drafts/{id}/text`
pub async fn edit(
    app: Here,
    Path(id): Path<String>,
    ApiJson(edit): ApiJson<Edit>,
) -> Result<Json<DraftView>, Failure> {
    desk(&app)?.edit(app.who(), &id, edit).await?;
    shown(&app, &id).await
}

/// `POST /api/v1/drafts/{id}/submit`
pub async fn submit(
    app: Here,
    Path(id): Path<String>,
    ApiJson(step): ApiJson<DraftStepRequest>,
) -> Result<Json<DraftView>, Failure> {
    stepped(&app, &id, Action::Submit, step.revision, &step.words).await
}

/// `POST /api/v1/drafts/{id}/withdraw`
pub async fn withdraw(
    app: Here,
    Path(id): Path<String>,
    ApiJson(step): ApiJson<DraftStepRequest>,
) -> Result<Json<DraftView>, Failure> {
    stepped(&app, &id, Action::Withdraw, step.revision, &step.words).await
}

/// `POST /api/v1/drafts/{id}/decision`
pub async fn decide(
    app: Here,
    Path(id): Path<String>,
    ApiJson(said): ApiJson<DraftDecision>,
) -> Result<Json<DraftView>, Failure> {
    let action = match said.decision {
        Decision::Approve => Action::Approve,
        Decision::Reject => Action::Reject,
    };
    stepped(&app, &id, action, said.revision, &said.words).await
}

/// `POST /api/v1/drafts/{id}/comments`
pub async fn comment(
    app: Here,
    Path(id): Path<String>,
    ApiJson(said): ApiJson<DraftComment>,
) -> Result<Json<DraftView>, Failure> {
    stepped(&app, &id, Action::Comment, 0, &said.words).await
}

/// `POST /api/v1/drafts/{id}/revise`
pub async fn revise(app: Here, Path(id): Path<String>) -> Result<Json<DraftView>, Failure> {
    let new = desk(&app)?.revise(app.who(), &id).await?;
    shown(&app, &new).await
}

/// `GET /api/v1/drafts/{id}/payload`
pub async fn payload(app: Here, Path(id): Path<String>) -> Result<Json<Payload>, Failure> {
    let payload = desk(&app)?.payload(app.who(), &id).await?;
    let bytes = serde_json::to_vec(&payload).unwrap_or_default();
    app.copilot.exported(&id, "change.json", &bytes).await?;
    Ok(Json(payload))
}

/// `GET /api/v1/drafts/{id}/files.zip`
pub async fn archive(app: Here, Path(id): Path<String>) -> Result<Response, Failure> {
    let bytes = desk(&app)?.archive(app.who(), &id).await?;
    download(&app, bytes, "application/zip", &id, "zip").await
}

async fn stepped(
    app: &Here,
    id: &str,
    action: Action,
    seen: i64,
    words: &str,
) -> Result<Json<DraftView>, Failure> {
    desk(app)?.step(app.who(), id, action, seen, words).await?;
    shown(app, id).await
}

async fn shown(app: &Here, id: &str) -> Result<Json<DraftView>, Failure> {
    Ok(Json(desk(app)?.draft(app.who(), id).await?))
}
