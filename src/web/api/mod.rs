//! The API under `/api/v1`: the same port as the pages, as JSON. One table of
//! operations gives the routes their description.

mod body;
mod earnings;
mod openapi;
mod programs;

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use schemars::JsonSchema;
use serde::Serialize;
use spiffcast_engine::scenario::Draft;

use super::App;
use super::errors::Failure;
use super::reports::download;
use crate::answer::Answer;
use crate::app::port::{AccuracyReport, Annotation, AskRequest, KeptAnswer, ScenarioList, ScenarioQuery};
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
    /// Last day of the data.
    as_of: chrono::NaiveDate,
}

/// The routes; [`openapi::OPERATIONS`] describes each.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/ask", post(ask))
        .route("/api/v1/simulate", post(simulate))
        .route("/api/v1/scenarios", get(scenarios))
        .route("/api/v1/scenarios/{id}", get(scenario))
        .route("/api/v1/scenarios/{id}/note", put(annotate))
        .route("/api/v1/scenarios/{id}/{file}", get(report))
        .route("/api/v1/programs", get(programs::list))
        .route("/api/v1/accuracy", get(accuracy))
        .route("/api/v1/earnings/{partner}", get(earnings::earnings))
        .route("/api/v1/earnings/{partner}/sales/{transaction}", get(earnings::sale))
        .route("/api/v1/openapi.json", get(openapi::document))
}

/// `GET /healthz`
pub async fn health(State(app): State<App>) -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION"), as_of: app.copilot.company().as_of })
}

async fn ask(State(app): State<App>, ApiJson(request): ApiJson<AskRequest>) -> Result<Json<Answer>, Failure> {
    let copilot = Arc::clone(&app.copilot);
    app.jobs.run(|progress| async move { copilot.ask(request, progress).await }).await.map(Json)
}

async fn simulate(
    State(app): State<App>,
    ApiJson(body): ApiJson<serde_json::Value>,
) -> Result<Json<Answer>, Failure> {
    let draft: Draft = body::draft(body)?;
    let copilot = Arc::clone(&app.copilot);
    app.jobs.run(|progress| async move { copilot.simulate(draft, progress).await }).await.map(Json)
}

async fn accuracy(State(app): State<App>) -> Result<Json<AccuracyReport>, Failure> {
    Ok(Json(app.copilot.accuracy().await?))
}

async fn scenarios(
    State(app): State<App>,
    query: Result<Query<ScenarioQuery>, QueryRejection>,
) -> Result<Json<ScenarioList>, Failure> {
    let Query(query) = query.map_err(|rejection| {
        Failure::new(rejection.status(), "The address could not be read", rejection.body_text())
    })?;
    Ok(Json(app.copilot.scenarios(query).await?))
}

async fn annotate(
    State(app): State<App>,
    Path(id): Path<String>,
    ApiJson(said): ApiJson<Annotation>,
) -> Result<Json<KeptAnswer>, Failure> {
    app.copilot.annotate(&id, said).await?;
    let kept = app.copilot.kept(&id).await?;
    kept.map(Json).ok_or_else(|| Failure::not_found("There is no answer of this name."))
}

async fn scenario(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Answer>, Failure> {
    let answer = app.copilot.answer(&id).await?;
    answer.map(Json).ok_or_else(|| Failure::not_found("There is no answer of this name."))
}

async fn report(
    State(app): State<App>,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, Failure> {
    download(&app, &id, &file).await
}
