//! The one place that turns failures into responses: a page for people, problem
//! details (RFC 9457) for programs. A fault of ours shows a request id and no
//! internals; the detail goes to the log.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use askama::Template;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use futures::FutureExt;
use schemars::JsonSchema;
use serde::Serialize;
use spiffcast_engine::finding::{Finding, Severity};

use super::App;
use super::guard::RequestId;
use super::joined::joined;
use super::layout::{AskBox, Layout};
use super::visitor::{Signed, Visitor};
use crate::app::drafts::DraftError;
use crate::app::drafts::steps::Refusal;
use crate::app::port::{AskError, AskRequest};
use crate::reports::format;

/// A request that did not come to its end. Handlers return it; [`render`] shows it.
#[derive(Debug, Clone)]
pub struct Failure {
    /// HTTP status.
    pub status: StatusCode,
    /// In a few words.
    pub title: String,
    /// What to do about it.
    pub detail: String,
    /// What the checks found.
    pub findings: Vec<Finding>,
    /// The question, to keep the form.
    pub asked: Option<Box<AskRequest>>,
}

/// Problem details of RFC 9457, with what the checks found.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Problem {
    /// `about:blank`: the status says what kind it is.
    pub r#type: String,
    /// In a few words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What to do about it.
    pub detail: String,
    /// Names this request in the log.
    pub request_id: String,
    /// What the checks found; empty for other failures.
    pub findings: Vec<Finding>,
}

impl Failure {
    /// A failure without findings.
    pub fn new(status: StatusCode, title: &str, detail: impl Into<String>) -> Self {
        let (title, detail) = (title.to_owned(), detail.into());
        Self { status, title, detail, findings: Vec::new(), asked: None }
    }

    /// Nothing of that name.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "Nothing here",
            format!("{what} It may have been removed, or the address may be mistyped."),
        )
    }

    /// Not allowed, for everyone.
    pub fn forbidden(title: &str, detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, title, detail)
    }

    /// Too many questions at once.
    pub fn busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many questions at once",
            "Every place is taken. Ask again in a few seconds.",
        )
    }

    /// Keeps what was asked, so that the page can show the form again.
    pub fn asking(mut self, asked: AskRequest) -> Self {
        self.asked = Some(Box::new(asked));
        self
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Findings(findings) => {
                let mut failure = Self::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "This cannot be answered as it stands",
                    if findings.is_empty() { "" } else { "The checks found:" },
                );
                failure.findings = findings;
                failure
            }
            AskError::NotFound => Self::not_found("What was asked for is not known."),
            AskError::Unavailable(what) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "Something that is needed does not answer", what)
            }
            AskError::Cancelled => Self::new(
                StatusCode::CONFLICT,
                "Cancelled",
                "The question was cancelled before it was answered.",
            ),
            AskError::Internal(detail) => {
                tracing::error!(%detail, "a question failed");
                Self::internal()
            }
        }
    }
}

impl From<DraftError> for Failure {
    fn from(error: DraftError) -> Self {
        let said = format!("{}.", format::capital(error.to_string().trim_end_matches('.')));
        match error {
            DraftError::NotFound(what) => Self::not_found(what),
            DraftError::Refused(Refusal::NotAllowed(_) | Refusal::OwnDraft | Refusal::NotAuthor(_)) => {
                Self::new(StatusCode::FORBIDDEN, "Not for you to do", said)
            }
            DraftError::Refused(Refusal::NoReason) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Something is missing", said)
            }
            DraftError::Refused(_) => Self::new(StatusCode::CONFLICT, "Not now", said),
            DraftError::Unfit(_) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "This cannot become a draft", said)
            }
            DraftError::Findings(findings) => AskError::Findings(findings).into(),
            DraftError::Unavailable(what) => AskError::Unavailable(what).into(),
            DraftError::Internal(detail) => AskError::Internal(detail).into(),
        }
    }
}

impl Failure {
    /// A fault of ours; the caller logs the detail.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong on our side",
            "Nothing was changed. Try again; if it happens again, give the request number to your administrator.",
        )
    }
}

/// Marks the response; [`render`] gives it a body.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// For addresses that no route knows.
pub async fn not_found() -> Failure {
    Failure::not_found("There is no page at this address.")
}

/// Renders a page; a template that fails is a fault of ours.
pub fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(joined(html))).into_response(),
        Err(error) => {
            tracing::error!(%error, "a template failed");
            Failure::internal().into_response()
        }
    }
}

/// Marks a response whose page tells what went wrong itself.
#[derive(Clone)]
struct Designed;

/// Renders a page that tells itself what went wrong, such as a form that is shown again.
pub fn failed_page(status: StatusCode, template: &impl Template) -> Response {
    let mut response = page(status, template);
    response.extensions_mut().insert(Designed);
    response
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    layout: Layout,
    /// The box with the question that failed.
    ask: Option<AskBox>,
    status: u16,
    title: String,
    detail: String,
    findings: Vec<FindingLine>,
    request_id: String,
}

/// A finding as pages list it.
pub struct FindingLine {
    /// `error`, `warning` or `info`.
    pub severity: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl From<&Finding> for FindingLine {
    fn from(finding: &Finding) -> Self {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        Self { severity, message: finding.message.clone(), hint: finding.hint.clone() }
    }
}

/// Gives every failed response its body, and turns a panic into a 500.
pub async fn render(State(app): State<App>, request: Request, next: Next) -> Response {
    // A script of ours that asks for JSON shows the words itself.
    let wants_json =
        request.headers().get(header::ACCEPT).is_some_and(|a| a.as_bytes() == b"application/json");
    let for_programs = wants_json || request.uri().path().starts_with("/api/");
    let id = request.extensions().get::<RequestId>().map_or_else(String::new, |r| r.0.clone());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let signed = match request.extensions().get::<Visitor>() {
        Some(Visitor::Known(signed)) => Some(Arc::clone(signed)),
        _ => None,
    };
    let mut response = match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => Failure::internal().into_response(),
    };
    let status = response.status();
    let designed = response.extensions().get::<Designed>().is_some();
    if designed || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let failure = response.extensions_mut().remove::<Failure>().unwrap_or_else(|| unnamed(status));
    if status.is_server_error() {
        tracing::error!(request_id = %id, %method, %path, status = status.as_u16(), "{}", failure.title);
    }
    let mut rendered = match for_programs {
        true => problem(failure, id),
        false => error_page(&app, signed.as_deref(), failure, id),
    };
    *rendered.status_mut() = status;
    for name in [header::ALLOW, header::WWW_AUTHENTICATE, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            rendered.headers_mut().insert(name, value.clone());
        }
    }
    rendered
}

fn problem(failure: Failure, request_id: String) -> Response {
    let problem = Problem {
        r#type: "about:blank".to_owned(),
        title: failure.title,
        status: failure.status.as_u16(),
        detail: failure.detail,
        request_id,
        findings: failure.findings,
    };
    let mut response = Json(problem).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

fn error_page(app: &App, signed: Option<&Signed>, failure: Failure, request_id: String) -> Response {
    let page = ErrorPage {
        layout: Layout::for_visitor(app, signed, &failure.title, ""),
        ask: failure.asked.map(|asked| AskBox::new(app, *asked)),
        status: failure.status.as_u16(),
        title: failure.title,
        detail: failure.detail,
        findings: failure.findings.iter().map(FindingLine::from).collect(),
        request_id,
    };
    match page.render() {
        Ok(html) => Html(joined(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "the error page failed");
            "Something went wrong on our side.".into_response()
        }
    }
}

/// What the router or an extractor refused without saying it in our words.
fn unnamed(status: StatusCode) -> Failure {
    let (title, detail) = match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            ("Not possible at this address", "This address exists, but not for this kind of request.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("Too much at once", "A request may hold up to 256 kB. Shorten the question or the scenario.")
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("Not a format we read", "Send application/json to the API, and forms from the pages.")
        }
        StatusCode::NOT_FOUND => return Failure::not_found("There is no page at this address."),
        s if s.is_server_error() => return Failure::internal(),
        _ => ("This request could not be read", "Check the address and what was sent."),
    };
    Failure::new(status, title, detail)
}
