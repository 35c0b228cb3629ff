//! The statement as a file.

use axum::extract::Query;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use spiffcast_engine::earnings::Statement;

use super::{Asked, of, period};
use crate::reports::{ReportError, statement};
use crate::web::errors::Failure;
use crate::web::scope::scope;
use crate::web::visitor::Here;

/// `GET /earnings/statement.csv`
pub async fn csv(app: Here, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    file(&app, asked, "csv", "text/csv; charset=utf-8", statement::csv).await
}

/// `GET /earnings/statement.xlsx`
pub async fn xlsx(app: Here, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    file(&app, asked, "xlsx", kind, statement::xlsx).await
}

async fn file(
    app: &Here,
    asked: Asked,
    extension: &str,
    kind: &'static str,
    write: fn(&Statement) -> Result<Vec<u8>, ReportError>,
) -> Result<Response, Failure> {
    let partner = scope(app.who(), Some(&asked.partner))?.one()?;
    let statement = of(app.copilot.statement(&partner, period(app, &asked.year)).await)?;
    let bytes = write(&statement).map_err(|error| {
        tracing::error!(%error, "a statement could not be written");
        Failure::internal()
    })?;
    let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
    let name: String = statement.partner.chars().filter(plain).take(64).collect();
    let name = format!("attachment; filename=\"statement-{name}.{extension}\"");
    let mut response = ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], bytes).into_response();
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
