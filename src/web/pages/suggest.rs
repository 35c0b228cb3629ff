//! Names while somebody types a question.

use axum::Json;
use axum::extract::Query;
use serde::Deserialize;

use crate::app::suggest::{Suggestion, suggestions};
use crate::web::visitor::Here;

/// Longest end of a question that is looked at, in characters.
const TYPED_MAX: usize = 200;

/// What was typed before the caret.
#[derive(Debug, Deserialize)]
pub struct Typed {
    #[serde(default)]
    typed: String,
}

/// `GET /suggest?typed=…`
pub async fn names(app: Here, Query(asked): Query<Typed>) -> Json<Vec<Suggestion>> {
    let over = asked.typed.chars().count().saturating_sub(TYPED_MAX);
    let end: String = asked.typed.chars().skip(over).collect();
    Json(suggestions(&app.copilot.company(), &end))
}
