//! One partner's earnings as JSON.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spiffcast_engine::earnings::why::SaleExplained;
use spiffcast_engine::earnings::{Outlook, Statement, WhatIf};
use spiffcast_engine::scenario::ExtraSale;

use super::body::ApiJson;
use crate::answer::Answer;
use crate::app::earnings::parse_extra;
use crate::app::port::{AskError, AskRequest};
use crate::web::errors::Failure;
use crate::web::scope::{nobody, scope};
use crate::web::visitor::Here;

/// A partner's earnings.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EarningsOf {
    /// What is due and what the books hold, the marks ahead and the deadlines.
    statement: Statement,
    /// What the imagined sales would pay; null where none were given.
    what_if: Option<WhatIf>,
    /// What the quarter will probably pay, with the imagined sales where some were given;
    /// each amount says whether it is exact or a forecast.
    outlook: Outlook,
}

/// `GET /api/v1/earnings/{partner}`
pub async fn earnings(
    app: Here,
    Path(partner): Path<String>,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Result<Json<EarningsOf>, Failure> {
    let Query(query) = query.map_err(|rejection| {
        Failure::new(rejection.status(), "The address could not be read", rejection.body_text())
    })?;
    let partner = scope(app.who(), Some(&partner))?.one()?;
    let (mut period, mut extra): (Option<String>, Vec<ExtraSale>) = (None, Vec::new());
    for (name, value) in query {
        match name.as_str() {
            "period" => period = Some(value),
            "what_if" => extra.push(parse_extra(&value).map_err(|wrong| {
                Failure::new(StatusCode::BAD_REQUEST, "This is not an imagined sale", wrong)
            })?),
            _ => {
                let detail = format!("{name:?} is not known; there are period and what_if");
                return Err(Failure::new(StatusCode::BAD_REQUEST, "The address asks for too much", detail));
            }
        }
    }
    let statement = own(app.copilot.statement(&partner, period).await)?;
    let what_if = match extra.is_empty() {
        true => None,
        false => Some(own(app.copilot.what_if(&partner, extra.clone()).await)?),
    };
    let outlook = own(app.copilot.outlook(&partner, extra).await)?;
    Ok(Json(EarningsOf { statement, what_if, outlook }))
}

/// `GET /api/v1/earnings/{partner}/sales/{transaction}`
pub async fn sale(
    app: Here,
    Path((partner, transaction)): Path<(String, String)>,
) -> Result<Json<SaleExplained>, Failure> {
    let partner = scope(app.who(), Some(&partner))?.one()?;
    own(app.copilot.why(&partner, &transaction).await).map(Json)
}

/// A question about one partner's earnings.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnQuestion {
    /// The question in words.
    question: String,
    /// Identifier of the answer that it follows up on.
    #[serde(default)]
    conversation: Option<String>,
}

/// `POST /api/v1/earnings/{partner}/ask`: read and answered from the partner's own books,
/// whoever asks.
pub async fn ask(
    app: Here,
    Path(partner): Path<String>,
    ApiJson(asked): ApiJson<OwnQuestion>,
) -> Result<Json<Answer>, Failure> {
    let partner = Some(scope(app.who(), Some(&partner))?.one()?);
    let OwnQuestion { question, conversation } = asked;
    let request = AskRequest { question, conversation, partner, ..AskRequest::default() };
    let copilot = Arc::clone(&app.copilot);
    let ask = |progress| async move { copilot.ask(request, progress).await };
    app.jobs.run(&app.who().login, ask).await.map(Json)
}

/// What is not there and what is another's look the same.
fn own<T>(found: Result<T, AskError>) -> Result<T, Failure> {
    found.map_err(|error| match error {
        AskError::NotFound => nobody(),
        other => other.into(),
    })
}
