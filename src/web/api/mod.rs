//! The API under `/api/v1`: the same port as the pages, as JSON. One table of
//! operations gives the routes their description.

mod body;
mod drafts;
mod earnings;
mod openapi;
mod programs;

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;
use spiffcast_engine::scenario::Draft;

use super::access::Routes;
use super::errors::Failure;
use super::reports::download;
use super::visitor::Here;
use crate::answer::Answer;
use crate::app::port::{AccuracyReport, Annotation, AskRequest, KeptAnswer, ScenarioList, ScenarioQuery};
use crate::auth::Permission;
use body::ApiJson;

/// The schema of what `simulate` reads; [`body::draft`] reads it, so that errors
/// can say what does not fit.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "describes the body and is never made")]
pub enum SimulateRequest {
    /// `{"scenario": {…}}`
    Wrapped {
        /// The scenario.
        scenario: Box<Draft>,
    },
    /// The scenario itself.
    Bare(Box<Draft>),
}

/// Whether the server is up.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Health {
    /// `ok`.
    status: &'static str,
    /// Version of the program.
    version: &'static str,
}

/// The routes; [`openapi::OPERATIONS`] describes each.
pub fn routes() -> Routes {
    use Permission::*;
    Routes::new()
        .post("/api/v1/ask", Ask, ask)
        .post("/api/v1/simulate", Ask, simulate)
        .get("/api/v1/scenarios", AnswersRead, scenarios)
        .get("/api/v1/scenarios/{id}", AnswersRead, scenario)
        .put("/api/v1/scenarios/{id}/note", AnswersAnnotate, annotate)
        .get("/api/v1/scenarios/{id}/{file}", ReportsExport, report)
        .get("/api/v1/programs", ProgramsRead, programs::list)
        .get("/api/v1/accuracy", AccuracyRead, accuracy)
        .get("/api/v1/earnings/{partner}", [EarningsOwn, EarningsAny], earnings::earnings)
        .get("/api/v1/earnings/{partner}/sales/{transaction}", [EarningsOwn, EarningsAny], earnings::sale)
        .post("/api/v1/earnings/{partner}/ask", [EarningsOwn, Ask], earnings::ask)
        .get("/api/v1/drafts", DraftsRead, drafts::list)
        .post("/api/v1/drafts", DraftsWrite, drafts::make)
        .get("/api/v1/drafts/{id}", DraftsRead, drafts::one)
        .put("/api/v1/drafts/{id}/text", DraftsWrite, drafts::edit)
        .post("/api/v1/drafts/{id}/submit", DraftsWrite, drafts::submit)
        .post("/api/v1/drafts/{id}/withdraw", DraftsWrite, drafts::withdraw)
        .post("/api/v1/drafts/{id}/revise", DraftsWrite, drafts::revise)
        .post("/api/v1/drafts/{id}/decision", DraftsDecide, drafts::decide)
        .post("/api/v1/drafts/{id}/comments", [DraftsWrite, DraftsDecide], drafts::comment)
        .get("/api/v1/drafts/{id}/payload", DraftsRead, drafts::payload)
        .get("/api/v1/drafts/{id}/files.zip", DraftsRead, drafts::archive)
        .get("/api/v1/openapi.json", ApiDescribe, openapi::document)
}

/// `GET /healthz`. Anybody may ask: it tells nothing of the data.
pub async fn health() -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

async fn ask(app: Here, ApiJson(request): ApiJson<AskRequest>) -> Result<Json<Answer>, Failure> {
    let copilot = Arc::clone(&app.copilot);
    app.jobs
        .run(&app.who().login, |progress| async move { copilot.ask(request, progress).await })
        .await
        .map(Json)
}

async fn simulate(app: Here, ApiJson(body): ApiJson<serde_json::Value>) -> Result<Json<Answer>, Failure> {
    let draft: Draft = body::draft(body)?;
    let copilot = Arc::clone(&app.copilot);
    app.jobs
        .run(&app.who().login, |progress| async move { copilot.simulate(draft, progress).await })
        .await
        .map(Json)
}

async fn accuracy(app: Here) -> Result<Json<AccuracyReport>, Failure> {
    Ok(Json(app.copilot.accuracy().await?))
}

async fn scenarios(
    app: Here,
    query: Result<Query<ScenarioQuery>, QueryRejection>,
) -> Result<Json<ScenarioList>, Failure> {
    let Query(query) = query.map_err(|rejection| {
        Failure::new(rejection.status(), "The address could not be read", rejection.body_text())
    })?;
    Ok(Json(app.copilot.scenarios(query).await?))
}

async fn annotate(
    app: Here,
    Path(id): Path<String>,
    ApiJson(said): ApiJson<Annotation>,
) -> Result<Json<KeptAnswer>, Failure> {
    app.copilot.annotate(&id, said).await?;
    let kept = app.copilot.kept(&id).await?;
    kept.map(Json).ok_or_else(|| Failure::not_found("There is no answer of this name."))
}

async fn scenario(app: Here, Path(id): Path<String>) -> Result<Json<Answer>, Failure> {
    let answer = app.copilot.answer(&id).await?;
    answer.map(Json).ok_or_else(|| Failure::not_found("There is no answer of this name."))
}

async fn report(app: Here, Path((id, file)): Path<(String, String)>) -> Result<Response, Failure> {
    download(&app, &id, &file).await
}
