//! Disputes: a partner's own and the form to open one; all of them for those who answer
//! and read. Who may do what is decided in `app::disputes`; a partner is told which side
//! said something, not who of it.

use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use spiffcast_engine::company::Company;
use spiffcast_engine::earnings::tell;

use crate::app::disputes::{About, Act, Dispute, DisputeError, Entry, PAGE, State, WORDS_MAX};
use crate::app::suggest;
use crate::auth::Permission;
use crate::reports::format;
use crate::web::errors::{Failure, failed_page, page};
use crate::web::layout::Layout;
use crate::web::pages::ask::escape;
use crate::web::visitor::Here;

/// Partners that are offered where a name may mean several.
const MEANT_MAX: usize = 8;

#[derive(Template)]
#[template(path = "disputes/list.html")]
struct ListPage {
    layout: Layout,
    own: bool,
    partner: String,
    /// Partners that the name looked for may mean, where it is not one alone.
    meant: Option<Vec<(String, String)>>,
    states: Vec<(&'static str, String, bool)>,
    rows: Vec<Row>,
    total: i64,
    older: Option<String>,
}

struct Row {
    id: String,
    about: String,
    partner: String,
    /// Its word and its class.
    state: (&'static str, &'static str),
    moved: String,
}

#[derive(Template)]
#[template(path = "disputes/one.html")]
struct OnePage {
    layout: Layout,
    id: String,
    about: String,
    partner: String,
    partner_id: String,
    due: String,
    /// Its word and its class.
    state: (&'static str, &'static str),
    closed: bool,
    /// Address of the sale; empty for a line of a period.
    sale: String,
    opened: String,
    entries: Vec<EntryView>,
    says: bool,
    answers: bool,
    problem: String,
    typed: String,
    words_max: usize,
}

struct EntryView {
    side: &'static str,
    who: String,
    when: String,
    what: &'static str,
    said: String,
}

#[derive(Template)]
#[template(path = "disputes/new.html")]
struct NewPage {
    layout: Layout,
    about: String,
    typed: Typed,
    problem: String,
    words_max: usize,
}

/// Which disputes are wanted.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    partner: String,
    state: String,
    page: i64,
}

/// The form that opens one.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    program: String,
    transaction: String,
    start: String,
    end: String,
    words: String,
}

impl Typed {
    fn about(&self) -> About {
        let day = |text: &str| text.trim().parse().ok();
        let transaction = self.transaction.trim().to_owned();
        let period = if transaction.is_empty() { day(&self.start).zip(day(&self.end)) } else { None };
        About { program: self.program.trim().to_owned(), transaction, period }
    }
}

/// The form that says more.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Said {
    act: String,
    words: String,
}

impl From<DisputeError> for Failure {
    fn from(error: DisputeError) -> Self {
        match error {
            DisputeError::Unfit(detail) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "This cannot be done as it stands", detail)
            }
            DisputeError::Refused(detail) => {
                Self::new(StatusCode::CONFLICT, "This is not possible now", detail)
            }
            DisputeError::NotFound => Self::not_found("There is no dispute of this name."),
            DisputeError::Books(error) => error.into(),
            DisputeError::Store(error) => {
                tracing::error!(%error, "disputes cannot be read or written");
                let detail = "The database does not answer. Try again in a few seconds.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "Something that is needed does not answer", detail)
            }
        }
    }
}

/// `GET /disputes`
pub async fn list(app: Here, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let state = State::of(&asked.state);
    let company = app.copilot.company();
    let own = !app.who().may(Permission::DisputesRead);
    // Only who reads all of them may look for a partner by name.
    let (partner, meant) = match asked.partner.trim() {
        typed if own || typed.is_empty() => (typed.to_owned(), None),
        typed => meant(&company, typed),
    };
    let (found, total) =
        app.accounts.disputes().list(app.who(), &company, &partner, state, asked.page).await?;
    let row = |d: Dispute| Row {
        about: about(&d.about, &company),
        partner: name(&d.partner, &company),
        state: told(d.state),
        moved: format::moment(&d.moved_at),
        id: d.id,
    };
    let address =
        |state: &str, page: i64| format!("/disputes?partner={}&state={state}&page={page}", escape(&partner));
    let states = [("", "All")].into_iter().map(|(word, label)| (word, label.to_owned()));
    let named = State::ALL.into_iter().map(|s| (s.as_str(), format::capital(s.as_str())));
    let here = state.map_or("", State::as_str);
    Ok(page(
        StatusCode::OK,
        &ListPage {
            layout: Layout::new(&app, "Disputes", "disputes"),
            own,
            states: states.chain(named).map(|(word, label)| (word, label, word == here)).collect(),
            older: ((asked.page + 1) * PAGE < total).then(|| address(here, asked.page + 1)),
            partner,
            meant,
            rows: found.into_iter().map(row).collect(),
            total,
        },
    ))
}

/// The partner that is meant by a name, or those that it may mean.
fn meant(company: &Company, typed: &str) -> (String, Option<Vec<(String, String)>>) {
    match suggest::partners(company, typed).as_slice() {
        [one] => (one.id.clone(), None),
        several => {
            let few = several.iter().take(MEANT_MAX);
            (typed.to_owned(), Some(few.map(|p| (p.id.clone(), p.name.clone())).collect()))
        }
    }
}

/// `GET /disputes/new`: the form, with the line that it is about.
pub async fn new(app: Here, Query(typed): Query<Typed>) -> Response {
    page(StatusCode::OK, &new_page(&app, typed, String::new()))
}

fn new_page(app: &Here, typed: Typed, problem: String) -> NewPage {
    NewPage {
        layout: Layout::new(app, "Open a dispute", "disputes"),
        about: about(&typed.about(), &app.copilot.company()),
        typed,
        problem,
        words_max: WORDS_MAX,
    }
}

/// `POST /disputes`
pub async fn open(app: Here, fields: Result<Form<Typed>, FormRejection>) -> Result<Response, Failure> {
    let Form(typed) = fields.map_err(|rejection| {
        Failure::new(rejection.status(), "This form could not be read", "Go back and try again.")
    })?;
    let opened = app.accounts.disputes().open(app.who(), &*app.copilot, typed.about(), &typed.words).await;
    match opened {
        Ok(id) => Ok(Redirect::to(&format!("/disputes/{id}")).into_response()),
        Err(error @ (DisputeError::Unfit(_) | DisputeError::Refused(_))) => {
            let status = match error {
                DisputeError::Refused(_) => StatusCode::CONFLICT,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            Ok(failed_page(status, &new_page(&app, typed, format!("{error}."))))
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /disputes/{id}`
pub async fn one(app: Here, Path(id): Path<String>) -> Result<Response, Failure> {
    Ok(page(StatusCode::OK, &one_page(&app, &id, String::new(), String::new()).await?))
}

async fn one_page(app: &Here, id: &str, problem: String, typed: String) -> Result<OnePage, Failure> {
    let (dispute, entries) = app.accounts.disputes().one(app.who(), &app.copilot.company(), id).await?;
    let company = app.copilot.company();
    let (who, names) = (app.who(), app.accounts.names().await?);
    let staff = who.may(Permission::DisputesRead);
    let entry = |entry: Entry| {
        let side = match entry.act {
            None | Some(Act::Say) => "Partner",
            Some(_) => "Finance",
        };
        EntryView {
            side,
            who: if staff || side == "Partner" { names.of(&entry.who) } else { String::new() },
            when: format::moment(&entry.at),
            what: match entry.act {
                None => "opened it",
                Some(Act::Say) => "said",
                Some(Act::Answer) => "answered",
                Some(Act::Resolve) => "resolved it",
                Some(Act::Reject) => "rejected it",
            },
            said: entry.said,
        }
    };
    let due = dispute.due.parse().map(|due| tell::money(due, &company.catalog.currency));
    let sale = match dispute.about.transaction.as_str() {
        "" => String::new(),
        sale => format!("/earnings/sales/{}?partner={}", escape(sale), escape(&dispute.partner)),
    };
    Ok(OnePage {
        layout: Layout::new(app, "Dispute", "disputes"),
        about: about(&dispute.about, &company),
        partner: name(&dispute.partner, &company),
        partner_id: dispute.partner,
        due: due.unwrap_or_default(),
        state: told(dispute.state),
        closed: dispute.state.is_closed(),
        sale,
        opened: format::moment(&dispute.opened_at),
        entries: entries.into_iter().map(entry).collect(),
        says: who.may(Permission::DisputesOwn),
        answers: who.may(Permission::DisputesAnswer),
        id: dispute.id,
        problem,
        typed,
        words_max: WORDS_MAX,
    })
}

/// `POST /disputes/{id}`
pub async fn act(
    app: Here,
    Path(id): Path<String>,
    fields: Result<Form<Said>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(said) = fields.map_err(|rejection| {
        Failure::new(rejection.status(), "This form could not be read", "Go back and try again.")
    })?;
    let done = match Act::of(&said.act) {
        Some(act) => {
            app.accounts.disputes().act(app.who(), &app.copilot.company(), &id, act, &said.words).await
        }
        None => Err(DisputeError::Unfit("Say what is to be done with it".to_owned())),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/disputes/{id}")).into_response()),
        Err(error @ (DisputeError::Unfit(_) | DisputeError::Refused(_))) => {
            let status = match error {
                DisputeError::Refused(_) => StatusCode::CONFLICT,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            Ok(failed_page(status, &one_page(&app, &id, format!("{error}."), said.words).await?))
        }
        Err(error) => Err(error.into()),
    }
}

/// The word of a state, and its class.
fn told(state: State) -> (&'static str, &'static str) {
    let class = match state {
        State::Open => "weak",
        State::Answered => "fair",
        State::Resolved => "strong",
        State::Rejected => "none",
    };
    (state.as_str(), class)
}

fn name(partner: &str, company: &Company) -> String {
    let found = company.catalog.partner(partner).map(|ix| company.catalog.partners[ix].name.clone());
    found.unwrap_or_else(|| partner.to_owned())
}

/// `Sale T-1 under Product X SPIFF`, `Volume Rebate, 1 April – 30 June 2026`.
fn about(of: &About, company: &Company) -> String {
    let program = company.program(&of.program).map_or(of.program.as_str(), |p| p.name());
    match (of.transaction.as_str(), &of.period) {
        ("", Some((start, end))) => format!("{program}, {}", format::span(*start, *end)),
        ("", None) => String::new(),
        (sale, _) if program.is_empty() => format!("Sale {sale}"),
        (sale, _) => format!("Sale {sale} under {program}"),
    }
}
