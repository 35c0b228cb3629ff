//! The statement and the outlook as files.

use axum::extract::Query;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use spiffcast_engine::earnings::Outlook;

use super::{Asked, of, period};
use crate::reports::{ReportError, outlook, statement};
use crate::web::errors::Failure;
use crate::web::scope::scope;
use crate::web::visitor::Here;

/// Media type of workbooks.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

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
    let company = app.copilot.company_name();
    let bytes = statement::xlsx(&statement, &outlook, company.as_deref());
    written(&app, bytes, &partner, ("statement", "xlsx"), XLSX).await
}

/// `GET /earnings/statement.pdf`: with the outlook.
pub async fn pdf(app: Here, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let partner = scope(app.who(), Some(&asked.partner))?.one()?;
    let bytes = of(app.copilot.partner_report(&partner, period(&app, &asked.year)).await)?;
    written(&app, Ok(bytes), &partner, ("outlook", "pdf"), "application/pdf").await
}

/// `GET /earnings/outlook.csv`
pub async fn outlook_csv(app: Here, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let (outlook, _) = outlook_of(&app, &asked).await?;
    let bytes = outlook::csv(&outlook);
    written(&app, bytes, &outlook.partner, ("outlook", "csv"), "text/csv; charset=utf-8").await
}

/// `GET /earnings/outlook.xlsx`
pub async fn outlook_xlsx(app: Here, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let (outlook, name) = outlook_of(&app, &asked).await?;
    let company = app.copilot.company_name();
    let bytes = outlook::xlsx(&outlook, &name, company.as_deref());
    written(&app, bytes, &outlook.partner, ("outlook", "xlsx"), XLSX).await
}

/// `GET /earnings/outlook.md`
pub async fn outlook_md(app: Here, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let (outlook, name) = outlook_of(&app, &asked).await?;
    let company = app.copilot.company_name();
    let bytes = Ok(outlook::markdown(&outlook, &name, company.as_deref()));
    written(&app, bytes, &outlook.partner, ("outlook", "md"), "text/markdown; charset=utf-8").await
}

/// `GET /earnings/outlook.json`
pub async fn outlook_json(app: Here, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let (outlook, _) = outlook_of(&app, &asked).await?;
    written(&app, outlook::json(&outlook), &outlook.partner, ("outlook", "json"), "application/json").await
}

/// The outlook of the partner asked about, and its name.
async fn outlook_of(app: &Here, asked: &Asked) -> Result<(Outlook, String), Failure> {
    let partner = scope(app.who(), Some(&asked.partner))?.one()?;
    let outlook = of(app.copilot.outlook(&partner, Vec::new()).await)?;
    let company = app.copilot.company();
    let named = company.catalog.partner(&partner).map(|at| company.catalog.partners[at].name.clone());
    Ok((outlook, named.unwrap_or(partner)))
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
