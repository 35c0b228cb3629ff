//! The browser face and the HTTP face: routes, pages, API, events, errors.
//! Handlers extract, ask the [`Copilot`] one thing and return a page; nothing is
//! read, simulated or stored here. Until sign-in exists it serves the loopback
//! interface only (DESIGN.md, "Faces").

mod api;
mod assets;
mod corrections;
mod errors;
mod guard;
mod jobs;
mod layout;
mod pages;
mod reports;
mod scope;
mod view;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use chrono::NaiveDate;
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;

use crate::app::data::Intake;
use crate::app::port::Copilot;
use jobs::Jobs;

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
    /// Longest a question may take.
    pub question_time_max: Duration,
    /// Where other data comes in; `None` where what serves cannot be changed.
    pub intake: Option<Arc<dyn Intake>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            wall_clock: Arc::new(|| chrono::Utc::now().date_naive()),
            questions_max: 64,
            question_time_max: Duration::from_secs(300),
            intake: None,
        }
    }
}

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// There is no sign-in yet.
    #[error(
        "{0} is not a loopback address: without sign-in Spiffcast serves this machine only. Use 127.0.0.1 or [::1]"
    )]
    NotLoopback(SocketAddr),
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

#[derive(Clone)]
struct App {
    copilot: Arc<dyn Copilot>,
    options: Options,
    jobs: Jobs,
}

/// Every route, with its guards.
pub fn router(copilot: Arc<dyn Copilot>, options: Options) -> Router {
    build(app(copilot, options))
}

/// Opens a port on the loopback interface.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback(address));
    }
    TcpListener::bind(address).await.map_err(|source| ServeError::Bind { address, source })
}

/// Serves until `shutdown` is ready; questions at work are cancelled then.
pub async fn serve(
    listener: TcpListener,
    copilot: Arc<dyn Copilot>,
    options: Options,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback(address));
    }
    let app = app(copilot, options);
    let jobs = app.jobs.clone();
    let stop = async move {
        shutdown.await;
        jobs.cancel_all();
    };
    axum::serve(listener, build(app)).with_graceful_shutdown(stop).await?;
    Ok(())
}

fn app(copilot: Arc<dyn Copilot>, options: Options) -> App {
    let jobs = Jobs::new(options.questions_max, options.question_time_max);
    App { copilot, options, jobs }
}

fn build(app: App) -> Router {
    Router::new()
        .route("/", get(pages::ask::show))
        .route("/ask", post(pages::ask::submit))
        .route("/ask/start", post(pages::ask::start))
        .route("/ask/progress/{job}", get(pages::ask::progress))
        .route("/ask/cancel/{job}", post(pages::ask::cancel))
        .route("/answers/{id}", get(pages::answer::show))
        .route("/answers/{id}/{file}", get(pages::answer::report))
        .route("/suggest", get(pages::suggest::names))
        .route("/scenarios", get(pages::scenarios::list))
        .route("/scenarios/{id}", post(pages::scenarios::annotate))
        .route("/earnings", get(pages::earnings::show))
        .route("/earnings/sales", get(pages::earnings::find))
        .route("/earnings/sales/{transaction}", get(pages::earnings::why))
        .route("/earnings/statement.csv", get(pages::earnings::csv))
        .route("/earnings/statement.xlsx", get(pages::earnings::xlsx))
        .route("/accuracy", get(pages::accuracy::show).post(pages::accuracy::submit))
        .route("/accuracy/start", post(pages::accuracy::start))
        .route("/data", get(pages::data::show))
        .route("/data/import", post(pages::data::import))
        .route("/data/back", post(pages::data::back))
        .route("/data/reconciliation", get(pages::data::reconciliation))
        .route("/programs", get(pages::programs::list))
        .route("/programs/{id}", get(pages::programs::program))
        .route("/programs/{id}/{version}", get(pages::programs::version))
        .route("/static/{digest}/{*path}", get(assets::serve))
        .route("/favicon.ico", get(assets::favicon))
        .route("/healthz", get(api::health))
        .merge(api::routes())
        .fallback(errors::not_found)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn(guard::same_origin_changes))
        .layer(from_fn(guard::loopback_host))
        .layer(from_fn_with_state(app.clone(), errors::render))
        .layer(from_fn(guard::headers))
        .layer(CompressionLayer::new().gzip(true))
        .with_state(app)
}
