//! The browser face and the HTTP face: routes, pages, API, events, errors.
//! Handlers extract, ask the [`Copilot`] one thing and return a page; nothing is
//! read, simulated or stored here. Every route names the permission it needs where it
//! is declared (`access`); who asks is found out before it is reached (`visitor`).

mod access;
mod api;
mod assets;
mod corrections;
mod errors;
mod guard;
mod jobs;
mod joined;
mod layout;
mod listen;
mod pace;
mod pages;
mod reports;
mod scope;
mod view;
mod visitor;

use std::future::Future;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use chrono::NaiveDate;
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;

use crate::app::data::Intake;
use crate::app::drafts::Approvals;
use crate::app::identity::{Accounts, IdentityError};
use crate::app::port::Copilot;
use crate::auth::{Permission, Who};
use access::{Public, Routes};
use jobs::Jobs;
use pace::Pace;

pub use access::Declared;

/// Largest request body, bytes.
const BODY_BYTES_MAX: usize = 256 * 1024;

/// What the faces need to know besides the copilot.
#[derive(Clone)]
pub struct Options {
    /// The day on the wall, to say when the data is a quarter behind it. Passed in
    /// so that tests own the clock.
    pub wall_clock: Arc<dyn Fn() -> NaiveDate + Send + Sync>,
    /// Questions that may be at work at once.
    pub questions_max: usize,
    /// Of these, those that one person may have at work.
    pub questions_each_max: usize,
    /// Requests a minute that one person or key may make, so many at once; `None` where
    /// nobody counts.
    pub requests_per_minute: Option<NonZeroU32>,
    /// Longest a question may take.
    pub question_time_max: Duration,
    /// Connections that are open at once; others wait.
    pub connections_max: usize,
    /// Longest time for the head of a request to come in, and for a connection to stay
    /// open without one.
    pub head_time_max: Duration,
    /// Longest time for the body of a request; files to import have as much as a long
    /// task, and half a minute a piece.
    pub body_time_max: Duration,
    /// Where other data comes in; `None` where what serves cannot be changed.
    pub intake: Option<Arc<dyn Intake>>,
    /// The desk of drafts; `None` where nothing is drafted.
    pub approvals: Option<Arc<dyn Approvals>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            wall_clock: Arc::new(|| chrono::Utc::now().date_naive()),
            questions_max: 64,
            questions_each_max: 32,
            requests_per_minute: None,
            question_time_max: Duration::from_secs(300),
            connections_max: 1_024,
            head_time_max: Duration::from_secs(20),
            body_time_max: Duration::from_secs(30),
            intake: None,
            approvals: None,
        }
    }
}

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Nobody would have to sign in.
    #[error(
        "{0} is not a loopback address: the demo, and a data folder without users, are served to this machine only. \
         Import your data and add somebody with `spiffcast user add LOGIN --role ROLE`, or use 127.0.0.1 or [::1]"
    )]
    NotLoopback(SocketAddr),
    /// It cannot be found out who may sign in.
    #[error("the accounts cannot be read: {0}")]
    Accounts(#[from] IdentityError),
    /// The port is taken, or the like.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The listener failed.
    #[error("the server stopped: {0}")]
    Io(#[from] std::io::Error),
}

/// What handlers work with. Those of guarded routes get it as [`visitor::Here`].
#[derive(Clone)]
pub(crate) struct App {
    copilot: Arc<dyn Copilot>,
    accounts: Accounts,
    options: Options,
    jobs: Jobs,
    pace: Pace,
    declared: Arc<[Declared]>,
    /// Whether other machines reach the server.
    reachable: bool,
}

impl App {
    fn cookies(&self) -> visitor::Cookies {
        visitor::Cookies::of(self.accounts.access().behind_tls)
    }

    /// Whether there is such a page, and somebody may see it.
    fn shows(&self, who: &Who, path: &str) -> bool {
        let page = self.declared.iter().find(|route| route.method == "GET" && route.path == path);
        page.is_some_and(|page| page.needs.iter().any(|permission| who.may(*permission)))
    }

    /// Where somebody begins: the first page that is there for them.
    fn home(&self, who: &Who) -> &'static str {
        let pages = ["/", "/scenarios", "/earnings", "/users"];
        pages.into_iter().find(|path| self.shows(who, path)).unwrap_or("/account")
    }
}

/// Every route, with its guards.
pub fn router(copilot: Arc<dyn Copilot>, accounts: Accounts, options: Options) -> Router {
    build(copilot, accounts, options, false).0
}

/// Every route as it is declared, for the table of permissions.
pub fn declared() -> Vec<Declared> {
    routes().into_parts().1
}

/// Whether a server may listen at an address.
async fn may_listen(address: SocketAddr, accounts: &Accounts) -> Result<(), ServeError> {
    if address.ip().is_loopback() || accounts.may_leave_this_machine().await? {
        return Ok(());
    }
    Err(ServeError::NotLoopback(address))
}

/// Opens a port: on the loopback interface, or on others where everybody who comes has
/// to sign in.
pub async fn bind(address: SocketAddr, accounts: &Accounts) -> Result<TcpListener, ServeError> {
    may_listen(address, accounts).await?;
    TcpListener::bind(address).await.map_err(|source| ServeError::Bind { address, source })
}

/// Serves until `shutdown` is ready; questions at work are cancelled then.
pub async fn serve(
    listener: TcpListener,
    copilot: Arc<dyn Copilot>,
    accounts: Accounts,
    options: Options,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let address = listener.local_addr()?;
    may_listen(address, &accounts).await?;
    let (connections_max, head_time_max) = (options.connections_max, options.head_time_max);
    let (router, jobs) = build(copilot, accounts, options, !address.ip().is_loopback());
    let stop = async move {
        shutdown.await;
        jobs.cancel_all();
    };
    listen::serve(listener, router, connections_max, head_time_max, stop).await;
    Ok(())
}

fn routes() -> Routes {
    use Permission::*;
    Routes::new()
        .public(Public::SignIn, pages::sign_in::show)
        .public(Public::SignInPassword, pages::sign_in::submit)
        .public(Public::SignInPersona, pages::sign_in::persona)
        .public(Public::Asset, assets::serve)
        .public(Public::Favicon, assets::favicon)
        .public(Public::Health, api::health)
        .get("/", Ask, pages::ask::show)
        .post("/ask", [Ask, EarningsOwn], pages::ask::submit)
        .post("/ask/start", [Ask, EarningsOwn], pages::ask::start)
        .get("/ask/progress/{job}", [Ask, EarningsOwn, AccuracyCompute, DataImport], pages::ask::progress)
        .post("/ask/cancel/{job}", [Ask, EarningsOwn, AccuracyCompute, DataImport], pages::ask::cancel)
        .get("/answers/{id}", [AnswersRead, EarningsOwn], pages::answer::show)
        .get("/answers/{id}/{file}", ReportsExport, pages::answer::report)
        .get("/suggest", Ask, pages::suggest::names)
        .get("/scenarios", AnswersRead, pages::scenarios::list)
        .post("/scenarios/{id}", AnswersAnnotate, pages::scenarios::annotate)
        .post("/scenarios/{id}/duplicate", AnswersAnnotate, pages::scenarios::duplicate)
        .get("/earnings", [EarningsOwn, EarningsAny], pages::earnings::show)
        .get("/earnings/sales", [EarningsOwn, EarningsAny], pages::earnings::find)
        .get("/earnings/sales/{transaction}", [EarningsOwn, EarningsAny], pages::earnings::why)
        .get("/earnings/statement.csv", [EarningsOwn, EarningsAny], pages::earnings::csv)
        .get("/earnings/statement.xlsx", [EarningsOwn, EarningsAny], pages::earnings::xlsx)
        .get("/earnings/statement.pdf", [EarningsOwn, EarningsAny], pages::earnings::pdf)
        .get("/earnings/outlook.csv", [EarningsOwn, EarningsAny], pages::earnings::outlook_csv)
        .get("/earnings/outlook.xlsx", [EarningsOwn, EarningsAny], pages::earnings::outlook_xlsx)
        .get("/earnings/outlook.md", [EarningsOwn, EarningsAny], pages::earnings::outlook_md)
        .get("/earnings/outlook.json", [EarningsOwn, EarningsAny], pages::earnings::outlook_json)
        .get("/earnings/rules/{program}/{version}", [EarningsOwn, EarningsAny], pages::earnings::rules)
        .get("/disputes", [DisputesOwn, DisputesRead], pages::disputes::list)
        .post("/disputes", DisputesOwn, pages::disputes::open)
        .get("/disputes/new", DisputesOwn, pages::disputes::new)
        .get("/disputes/{id}", [DisputesOwn, DisputesRead], pages::disputes::one)
        .post("/disputes/{id}", [DisputesOwn, DisputesAnswer], pages::disputes::act)
        .get("/accuracy", AccuracyRead, pages::accuracy::show)
        .post("/accuracy", AccuracyCompute, pages::accuracy::submit)
        .post("/accuracy/start", AccuracyCompute, pages::accuracy::start)
        .get("/data", DataRead, pages::data::show)
        .get("/data/reconciliation", EarningsAny, pages::data::reconciliation)
        .post("/data/import", DataImport, pages::data::import)
        .post("/data/back", DataImport, pages::data::back)
        .get("/drafts", DraftsRead, pages::drafts::list)
        .post("/drafts", DraftsWrite, pages::drafts::make)
        .get("/drafts/{id}", DraftsRead, pages::drafts::show)
        .get("/drafts/{id}/files.zip", DraftsRead, pages::drafts::archive)
        .get("/drafts/{id}/change.json", DraftsRead, pages::drafts::payload)
        .post("/drafts/{id}/text", DraftsWrite, pages::drafts::edit)
        .post("/drafts/{id}/submit", DraftsWrite, pages::drafts::submit)
        .post("/drafts/{id}/withdraw", DraftsWrite, pages::drafts::withdraw)
        .post("/drafts/{id}/revise", DraftsWrite, pages::drafts::revise)
        .post("/drafts/{id}/decide", DraftsDecide, pages::drafts::decide)
        .post("/drafts/{id}/comment", [DraftsWrite, DraftsDecide], pages::drafts::comment)
        .get("/programs", ProgramsRead, pages::programs::list)
        .get("/programs/{id}", ProgramsRead, pages::programs::program)
        .get("/programs/{id}/changes", ProgramsRead, pages::programs::changes)
        .get("/programs/{id}/{version}", ProgramsRead, pages::programs::version)
        .post("/sign-out", OwnAccount, pages::sign_in::out)
        .get("/account", OwnAccount, pages::account::show)
        .post("/account/password", OwnAccount, pages::account::password)
        .post("/account/keys", OwnAccount, pages::account::add_key)
        .post("/account/keys/{id}/revoke", OwnAccount, pages::account::revoke_key)
        .post("/account/sign-out-everywhere", OwnAccount, pages::account::sign_out_everywhere)
        .get("/audit", AuditRead, pages::audit::show)
        .get("/users", UsersManage, pages::users::list)
        .post("/users", UsersManage, pages::users::add)
        .post("/users/{login}/disabled", UsersManage, pages::users::disable)
        .post("/users/{login}/password", UsersManage, pages::users::reset)
        .post("/users/{login}/role", UsersManage, pages::users::role)
        .merge(api::routes())
}

fn build(copilot: Arc<dyn Copilot>, accounts: Accounts, options: Options, reachable: bool) -> (Router, Jobs) {
    let (router, declared) = routes().into_parts();
    let jobs = Jobs::new(options.questions_max, options.questions_each_max, options.question_time_max);
    let pace = Pace::new(options.requests_per_minute);
    let app =
        App { copilot, accounts, options, jobs: jobs.clone(), pace, declared: declared.into(), reachable };
    let router = router
        .fallback(errors::not_found)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn(visitor::own_forms))
        .layer(from_fn_with_state(app.clone(), guard::timely_bodies))
        .layer(from_fn_with_state(app.clone(), guard::same_origin_changes))
        .layer(from_fn_with_state(app.clone(), guard::known_host))
        .layer(from_fn_with_state(app.clone(), pace::kept))
        .layer(from_fn_with_state(app.clone(), errors::render))
        .layer(from_fn_with_state(app.clone(), visitor::identify))
        .layer(from_fn_with_state(app.clone(), guard::headers))
        .layer(CompressionLayer::new().gzip(true))
        .with_state(app);
    (router, jobs)
}
