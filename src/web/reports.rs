//! Reports of kept answers as downloads, for pages and the API alike.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::App;
use super::errors::Failure;
use crate::answer::ReportFormat;

/// The report that a file name such as `report.pdf` asks for.
pub async fn download(app: &App, id: &str, file: &str) -> Result<Response, Failure> {
    let format = file.strip_prefix("report.").and_then(ReportFormat::from_extension).ok_or_else(|| {
        Failure::not_found("Reports come as report.pdf, report.xlsx, report.csv, report.md and report.json.")
    })?;
    let answer = app.copilot.answer(id).await?;
    let answer = answer.ok_or_else(|| Failure::not_found("There is no answer of this name."))?;
    let bytes = app.copilot.report(answer, format).await?;
    app.copilot.exported(id, file, &bytes).await?;
    let name: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(64).collect();
    let name = format!("attachment; filename=\"spiffcast-{name}.{}\"", format.extension());
    let kind = HeaderValue::from_static(format.media_type());
    let mut response = ([(header::CONTENT_TYPE, kind)], bytes).into_response();
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
