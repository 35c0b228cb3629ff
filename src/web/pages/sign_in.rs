//! Signing in and out. In the demo the page offers its people instead; in a data folder
//! without users it says which command adds the first.

use askama::Template;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Extension, Form, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::app::identity::{Begun, IdentityError};
use crate::auth::{Role, Who, token};
use crate::web::App;
use crate::web::access::local_path;
use crate::web::errors::{Failure, failed_page, page};
use crate::web::layout::Layout;
use crate::web::visitor::{Here, Origin, Visitor};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    layout: Layout,
    /// Where it leads on to; empty for where the person begins.
    next: String,
    login: String,
    problem: String,
    personas: Vec<PersonaLine>,
    /// Whether anybody could sign in.
    has_users: bool,
}

struct PersonaLine {
    role: &'static str,
    title: &'static str,
    does: &'static str,
}

/// What each of the demo's people comes for.
fn does(role: Role) -> &'static str {
    match role {
        Role::Manager => "Asks what a change would bring, keeps and compares answers, reports.",
        Role::Designer => "Tries new terms before they become rules.",
        Role::Partner => "Sees its own earnings, and nothing of any other partner.",
        Role::Finance => "Reads answers and reports, approves or rejects drafts, answers disputes.",
        Role::Auditor => "Reads everything, changes nothing.",
        Role::Administrator => "Manages users, and brings in data.",
    }
}

/// Where somebody wants to go after signing in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    next: String,
}

/// `GET /sign-in`
pub async fn show(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Failure> {
    let next = wanted.map(|Query(wanted)| wanted.next).unwrap_or_default();
    match visitor {
        Visitor::Known(signed) => Ok(Redirect::to(&place(&app, &signed.who, &next)).into_response()),
        Visitor::Unavailable(failure) => Err(failure),
        Visitor::Anonymous(before) => sign_in_page(&app, before, Shown { next, ..Shown::default() }).await,
        Visitor::WrongKey => sign_in_page(&app, None, Shown { next, ..Shown::default() }).await,
    }
}

/// What the page shows besides itself.
#[derive(Default)]
struct Shown {
    next: String,
    login: String,
    problem: Option<(StatusCode, String)>,
}

/// The page, and the cookie that its forms belong to.
async fn sign_in_page(app: &App, before: Option<String>, shown: Shown) -> Result<Response, Failure> {
    let known = before.is_some();
    let before = match before {
        Some(token) => token,
        None => token::token().map_err(|error| {
            tracing::error!(%error, "no form can be made");
            Failure::internal()
        })?,
    };
    let demo = app.accounts.is_demo();
    let persona = |role: Role| PersonaLine { role: role.as_str(), title: role.title(), does: does(role) };
    let mut layout = Layout::for_visitor(app, None, "Sign in", "");
    layout.form_token = token::form_token(&before);
    let (status, problem) = shown.problem.unwrap_or((StatusCode::OK, String::new()));
    let template = SignInPage {
        layout,
        next: local_path(&shown.next).unwrap_or_default().to_owned(),
        login: shown.login,
        problem,
        personas: if demo { Role::ALL.into_iter().map(persona).collect() } else { Vec::new() },
        has_users: app.accounts.has_users().await?,
    };
    let mut response =
        if status == StatusCode::OK { page(status, &template) } else { failed_page(status, &template) };
    if !known {
        app.cookies().before(&mut response, &before);
    }
    Ok(response)
}

/// What is typed.
#[derive(Deserialize)]
#[serde(default)]
pub struct Typed {
    login: String,
    password: String,
    next: String,
    role: String,
}

impl Default for Typed {
    fn default() -> Self {
        let empty = String::new;
        Self { login: empty(), password: empty(), next: empty(), role: empty() }
    }
}

type Fields = Result<Form<Typed>, FormRejection>;

fn typed(fields: Fields) -> Result<Typed, Failure> {
    let Form(typed) = fields.map_err(|rejection| {
        Failure::new(rejection.status(), "This form could not be read", "Go back and try again.")
    })?;
    Ok(typed)
}

/// `POST /sign-in`
pub async fn submit(
    State(app): State<App>,
    Extension(visitor): Extension<Visitor>,
    Origin(came): Origin,
    fields: Fields,
) -> Result<Response, Failure> {
    let typed = typed(fields)?;
    match app.accounts.sign_in(&typed.login, &typed.password, &came).await {
        Ok(begun) => Ok(enter(&app, &begun, &typed.next)),
        Err(error @ (IdentityError::Refused | IdentityError::Wait(_) | IdentityError::Busy)) => {
            let wait = if let IdentityError::Wait(seconds) = error { Some(seconds) } else { None };
            let failure = Failure::from(error);
            let before = if let Visitor::Anonymous(before) = visitor { before } else { None };
            let problem = Some((failure.status, failure.detail));
            let shown = Shown { next: typed.next, login: typed.login, problem };
            let mut response = sign_in_page(&app, before, shown).await?;
            if let Some(seconds) = wait {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /sign-in/persona`: one of the demo's people.
pub async fn persona(
    State(app): State<App>,
    Origin(came): Origin,
    fields: Fields,
) -> Result<Response, Failure> {
    let typed = typed(fields)?;
    let role: Role = typed.role.parse().map_err(|_| Failure::not_found("There is no such persona."))?;
    let begun = app.accounts.enter_as(role, &app.copilot.company(), &came).await?;
    Ok(enter(&app, &begun, &typed.next))
}

/// The session's cookie, and on to where the person wants to go.
fn enter(app: &App, begun: &Begun, next: &str) -> Response {
    let place = if begun.who.must_change { "/account".to_owned() } else { place(app, &begun.who, next) };
    let mut response = Redirect::to(&place).into_response();
    app.cookies().begin(&mut response, &begun.token, begun.seconds);
    response
}

fn place(app: &App, who: &Who, next: &str) -> String {
    local_path(next).unwrap_or_else(|| app.home(who)).to_owned()
}

/// `POST /sign-out`
pub async fn out(app: Here) -> Result<Response, Failure> {
    if let Some(session) = &app.signed.session {
        app.accounts.sign_out(session).await?;
    }
    let mut response = Redirect::to("/sign-in").into_response();
    app.cookies().end(&mut response);
    Ok(response)
}
