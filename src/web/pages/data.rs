//! The data that serves: how much there is, what to look at, recorded payouts against
//! the rules; other data comes in here, and the data before it comes back.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Json;
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use spiffcast_engine::finding::{Severity, SourceFinding};
use tokio::io::AsyncWriteExt;

use super::ask::Started;
use crate::app::data::{DataReport, Intake, LastImport};
use crate::app::port::Stage;
use crate::app::upload::{UPLOAD_BYTES_MAX, Upload, UploadError};
use crate::reports::charts::{Chart, MonthBar, months};
use crate::reports::format;
use crate::web::App;
use crate::web::errors::{Failure, page};
use crate::web::layout::Layout;
use crate::web::view::reconciled::{self, Reconciled};
use crate::web::visitor::Here;

/// Longest wait for the next piece of an upload.
const PIECE_TIME_MAX: Duration = Duration::from_secs(30);
/// Findings of one import that are shown.
const FINDINGS_MAX: usize = 500;
/// Where the outcome of an import is shown.
const OUTCOME: &str = "/data#import";

#[derive(Template)]
#[template(path = "data.html")]
struct DataPage {
    layout: Layout,
    demo: bool,
    as_of: String,
    counts: Vec<(String, String)>,
    last: Option<Ending>,
    warnings: Vec<FileFinding>,
    coverage: Option<Chart>,
    months: Vec<[String; 4]>,
    late: String,
    has_previous: bool,
    digests: [(&'static str, String); 2],
}

/// How an import ended, for people.
struct Ending {
    good: bool,
    title: String,
    text: String,
    findings: Vec<FileFinding>,
    more: usize,
}

/// A finding about a file.
struct FileFinding {
    severity: &'static str,
    file: String,
    place: String,
    value: String,
    message: String,
}

#[derive(Template)]
#[template(path = "reconciliation.html")]
struct ReconciliationPage {
    layout: Layout,
    r: Reconciled,
}

/// `GET /data`
pub async fn show(app: Here) -> Result<Response, Failure> {
    let report = intake(&app)?.data(app.who()).await?;
    Ok(page(StatusCode::OK, &data_page(Layout::new(&app, "Data", "data"), report)))
}

/// `GET /data/reconciliation`
pub async fn reconciliation(app: Here) -> Result<Response, Failure> {
    let report = intake(&app)?.reconciliation(app.who()).await?;
    let layout = Layout::new(&app, "Payouts against the rules", "data");
    Ok(page(
        StatusCode::OK,
        &ReconciliationPage { layout, r: reconciled::view(&report, &app.copilot.company()) },
    ))
}

/// `POST /data/import`: files as a multipart form. A script asks for JSON and is told
/// where to watch; a plain form waits.
pub async fn import(app: Here, mut request: Request) -> Result<Response, Failure> {
    let for_script = wants_json(request.headers());
    let intake = intake(&app)?;
    DefaultBodyLimit::max(UPLOAD_BYTES_MAX as usize).apply(&mut request);
    let form = Multipart::from_request(request, &*app).await;
    let form = form.map_err(|e| unacceptable(StatusCode::BAD_REQUEST, e.body_text()))?;
    let (upload, keep) = received(&*intake, form).await?;
    let who = Arc::clone(&app.signed.who);
    let work = |progress| async move { intake.import(&who, upload, keep, progress).await };
    if for_script {
        let id = app.jobs.start_task(&app.who().login, Stage::Files, OUTCOME, work)?;
        return Ok(Json(Started::job(&id, "")).into_response());
    }
    app.jobs.run_task(&app.who().login, work).await?;
    Ok(Redirect::to(OUTCOME).into_response())
}

/// `POST /data/back`
pub async fn back(app: Here) -> Result<Redirect, Failure> {
    intake(&app)?.back(app.who()).await?;
    Ok(Redirect::to("/data"))
}

fn intake(app: &App) -> Result<Arc<dyn Intake>, Failure> {
    app.options.intake.clone().ok_or_else(|| Failure::not_found("What serves here cannot be changed."))
}

/// The files of a form, on disk, and whether what was not sent stays.
async fn received(intake: &dyn Intake, mut form: Multipart) -> Result<(Upload, bool), Failure> {
    let mut upload = intake.upload().map_err(UploadError::Io)?;
    let mut keep = false;
    loop {
        let next = tokio::time::timeout(PIECE_TIME_MAX, form.next_field()).await.map_err(|_| stalled())?;
        let Some(field) = next.map_err(|e| unacceptable(e.status(), e.body_text()))? else { break };
        match field.file_name().map(str::to_owned) {
            // What a browser sends for a file that was not chosen.
            Some(name) if name.is_empty() => {}
            Some(name) => keep_file(&mut upload, &name, field).await?,
            None if field.name() == Some("keep") => keep = true,
            None => {}
        }
    }
    if upload.is_empty() {
        return Err(UploadError::Nothing.into());
    }
    Ok((upload, keep))
}

async fn keep_file(upload: &mut Upload, name: &str, mut field: Field<'_>) -> Result<(), Failure> {
    let Some((file, path)) = upload.file(name)? else { return Ok(()) };
    let mut file = tokio::fs::File::from_std(file);
    loop {
        let piece = tokio::time::timeout(PIECE_TIME_MAX, field.chunk()).await.map_err(|_| stalled())?;
        let Some(piece) = piece.map_err(|e| unacceptable(e.status(), e.body_text()))? else { break };
        file.write_all(&piece).await.map_err(UploadError::Io)?;
    }
    file.flush().await.map_err(UploadError::Io)?;
    tokio::task::block_in_place(|| upload.finish(name, &path))?;
    Ok(())
}

impl From<UploadError> for Failure {
    fn from(error: UploadError) -> Self {
        if let UploadError::Io(cause) = &error {
            tracing::error!(%cause, "an upload could not be kept");
            return Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "The files could not be kept",
                "The data folder cannot be written, or the disk is full. What served before still serves.",
            );
        }
        unacceptable(StatusCode::UNPROCESSABLE_ENTITY, error.to_string())
    }
}

fn unacceptable(status: StatusCode, detail: String) -> Failure {
    let detail = match status {
        StatusCode::PAYLOAD_TOO_LARGE => {
            format!("At most {} GB at once; import more from the terminal.", UPLOAD_BYTES_MAX >> 30)
        }
        _ => detail,
    };
    Failure::new(status, "These files cannot be imported", detail)
}

fn stalled() -> Failure {
    unacceptable(
        StatusCode::REQUEST_TIMEOUT,
        "Nothing more came for half a minute. Send the files again.".to_owned(),
    )
}

fn wants_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes() == b"application/json")
}

fn data_page(layout: Layout, report: DataReport) -> DataPage {
    let late = report.months.iter().rev().take_while(|m| m.reported < 1.0).count();
    let bar = |m: &crate::app::data::MonthCoverage| MonthBar {
        key: m.month.key(),
        count: m.lines as f64,
        reported: m.reported,
    };
    let bars: Vec<MonthBar> = report.months.iter().map(bar).collect();
    let row = |m: &crate::app::data::MonthCoverage| {
        let reported = if m.reported < 1.0 {
            format!("about {}", format::percent(m.reported))
        } else {
            "whole".to_owned()
        };
        [
            format::month(&m.month.key(), true),
            format::count(m.lines as f64),
            format::count(m.partners as f64),
            reported,
        ]
    };
    DataPage {
        layout,
        demo: report.demo,
        as_of: format::date(report.as_of),
        counts: report
            .counts
            .iter()
            .map(|(what, n)| (format::count(*n as f64), format::capital(what)))
            .collect(),
        last: report.last.map(ending),
        warnings: report.warnings.iter().map(file_finding).collect(),
        coverage: months(&bars, "transaction lines"),
        months: report.months.iter().rev().map(row).collect(),
        late: match late {
            0 => "Every month is wholly reported.".to_owned(),
            1 => "The last month is not wholly reported yet: forecasts allow for what is still to come."
                .to_owned(),
            n => format!(
                "The last {n} months are not wholly reported yet: forecasts allow for what is still to come."
            ),
        },
        has_previous: report.has_previous,
        digests: [("tables", report.tables), ("rules", report.rules)],
    }
}

fn ending(last: LastImport) -> Ending {
    match last {
        LastImport::Done { at, unchanged, scored } => {
            let mut text = match unchanged {
                true => "The files hold what served already; nothing changed.".to_owned(),
                false => "Questions are answered from it now.".to_owned(),
            };
            match scored {
                0 => {}
                1 => text.push_str(" One forecast given earlier was held against it."),
                n => text.push_str(&format!(" {n} forecasts given earlier were held against it.")),
            }
            let title = format!("Imported {}", format::moment(&at));
            Ending { good: true, title, text, findings: Vec::new(), more: 0 }
        }
        LastImport::Rejected { at, findings, errors } => {
            let shown: Vec<FileFinding> = findings.iter().take(FINDINGS_MAX).map(file_finding).collect();
            let errors_shown = shown.iter().filter(|f| f.severity == "error").count();
            Ending {
                good: false,
                title: format!("Not imported: {}", counted(errors, "error")),
                text: format!(
                    "Tried {}. Nothing was changed: the data before still serves. Mend the files and send them again.",
                    format::moment(&at)
                ),
                more: errors.saturating_sub(errors_shown),
                findings: shown,
            }
        }
    }
}

fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("one {what}") } else { format!("{} {what}s", format::count(n as f64)) }
}

fn file_finding(finding: &SourceFinding) -> FileFinding {
    let line = finding.line.map(|line| format!("line {line}"));
    let place = [line, finding.column.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ");
    FileFinding {
        severity: match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        },
        file: finding.file.clone(),
        place,
        value: finding.value.clone().unwrap_or_default(),
        message: finding.message.clone(),
    }
}
