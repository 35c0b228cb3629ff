//! How good forecasts have been here: past changes forecast again, and the forecasts
//! that were given. Begins the computing where somebody asks for it.

use std::sync::Arc;

use askama::Template;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use spiffcast_engine::accuracy::TrackRecord;
use spiffcast_engine::company::Company;

use super::ask::Started;
use crate::app::port::{RecordState, Stage};
use crate::reports::charts::Chart;
use crate::reports::exhibits::Exhibit;
use crate::reports::figures::KeyFigure;
use crate::reports::format;
use crate::web::errors::{Failure, page};
use crate::web::layout::Layout;
use crate::web::view::accuracy::{self as view, EventLine, GivenLine, LevelLine};
use crate::web::visitor::Here;

/// Changes in the table before the rest is folded away.
const SHOWN_AT_ONCE: usize = 8;

#[derive(Template)]
#[template(path = "accuracy.html")]
struct AccuracyPage {
    layout: Layout,
    record: Option<RecordBlock>,
    running: bool,
    programs: usize,
    ledger: String,
    given: Vec<GivenLine>,
}

/// The track record.
struct RecordBlock {
    headline: String,
    verdict: String,
    keys: Vec<KeyFigure>,
    words: Vec<String>,
    chart: Option<Chart>,
    events: Vec<EventLine>,
    older: Vec<EventLine>,
    shown: String,
    levels: Vec<LevelLine>,
    reliability: Option<Exhibit>,
    how: Vec<String>,
    left_out: Vec<(String, String)>,
    made: String,
}

/// `GET /accuracy`
pub async fn show(app: Here) -> Result<Response, Failure> {
    let report = app.copilot.accuracy().await?;
    let company = app.copilot.company();
    let made = report.made_at.as_deref().map(format::moment).unwrap_or_default();
    Ok(page(
        StatusCode::OK,
        &AccuracyPage {
            layout: Layout::new(&app, "Accuracy", "accuracy"),
            record: report.record.as_ref().map(|record| block(record, made, &company)),
            running: report.state == RecordState::Running,
            programs: company.programs.len(),
            ledger: view::ledger_words(&report.ledger),
            given: view::given(&report.forecasts, &company.catalog.currency),
        },
    ))
}

fn block(record: &TrackRecord, made: String, company: &Company) -> RecordBlock {
    let chart = view::chart(record);
    let mut events = view::events(record, &company.catalog.currency);
    let older = events.split_off(events.len().min(SHOWN_AT_ONCE));
    RecordBlock {
        headline: view::headline(record),
        verdict: view::verdict(record).unwrap_or_default(),
        keys: if events.is_empty() { Vec::new() } else { view::keys(record) },
        words: view::words(record),
        shown: chart.as_ref().map(|_| view::chart_lead(record)).unwrap_or_default(),
        chart,
        events,
        older,
        levels: view::levels(record),
        reliability: view::reliability(record),
        how: view::how(record),
        left_out: view::left_out(record, company),
        made,
    }
}

/// `POST /accuracy`: computes, then shows. What works without scripts.
pub async fn submit(app: Here) -> Result<Redirect, Failure> {
    let copilot = Arc::clone(&app.copilot);
    app.jobs.run_task(&app.who().login, |progress| async move { copilot.backtest(progress).await }).await?;
    Ok(Redirect::to("/accuracy"))
}

/// `POST /accuracy/start`: begins, and says where its events are.
pub async fn start(app: Here) -> Result<Json<Started>, Failure> {
    let copilot = Arc::clone(&app.copilot);
    let work = |progress| async move { copilot.backtest(progress).await };
    let id = app.jobs.start_task(&app.who().login, Stage::Backtest, "/accuracy", work)?;
    Ok(Json(Started::job(&id, "")))
}
