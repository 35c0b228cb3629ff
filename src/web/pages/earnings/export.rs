//! The statement and the outlook as files.

use axum::extract::Query;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::{Asked, of, period};
use crate::reports::{ReportError, outlook, statement};
use crate::web::errors::Failure;
use crate::web::scope::scope;
use crate::web::visitor::Here;

/// `GET /earnings/statement.csv`
pub async fn csv(app: Here, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let partner = scope(app.who(), Some(&asked.partner))?.one()?;
    let statement = of(app.copilot.statement(&partner, period(&app, &asked.year)).await)?;
    written(&app, statement::csv(&statement), &partner, ("statement", "csv"), "text/csv; charset=utf-8").await
}

/// `GET /earnings/statement.xlsx`
pub async fn xlsx(app: Here, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let partner = scope(app.who(), Some(&asked.partner))?.one()?;
    let statement = of(app.copilot.statement(&partner, period(&app, &asked.year)).await)?;
    let outlook = of(app.copilot.outlook(&partner, Vec::new()).await)?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    written(&app, statement::xlsx(&statement, &outlook), &partner, ("statement", "xlsx"), kind).await
}

/// `GET /earnings/statement.pdf`: with the outlook.
pub async fn pdf(app: Here, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let partner = scope(app.who(), Some(&asked.partner))?.one()?;
    let bytes = of(app.copilot.partner_report(&partner, period(&app, &asked.year)).await)?;
    written(&app, Ok(bytes), &partner, ("outlook", "pdf"), "application/pdf").await
}

/// `GET /earnings/outlook.csv`
pub async fn outlook_csv(app: Here, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let partner = scope(app.who(), Some(&asked.partner))?.one()?;
    let outlook = of(app.copilot.outlook(&partner, Vec::new()).await)?;
    written(&app, outlook::csv(&outlook), &partner, ("outlook", "csv"), "text/csv; charset=utf-8").await
}

async fn written(
    app: &Here,
    bytes: Result<Vec<u8>, ReportError>,
    partner: &str,
    (what, extension): (&str, &str),
    kind: &'static str,
) -> Result<Response, Failure> {
    let bytes = bytes.map_err(|error| {
        tracing::error!(%error, "a statement could not be written");
        Failure::internal()
    })?;
    of(app.copilot.exported(partner, &format!("{what}.{extension}"), &bytes).await)?;
    let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
    let name: String = partner.chars().filter(plain).take(64).collect();
    let name = format!("attachment; filename=\"{what}-{name}.{extension}\"");
    let mut response = ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], bytes).into_response();
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
