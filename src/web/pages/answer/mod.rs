//! An answer and its reports as files: which page shows it.

mod earnings;
mod forecast;
mod read;
mod standstill;

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use spiffcast_engine::reading::Status;

use crate::answer::Answer;
use crate::auth::Permission;
use crate::web::corrections::Refused;
use crate::web::errors::{Failure, failed_page, page};
use crate::web::reports::download;
use crate::web::view::question;
use crate::web::visitor::Here;
use forecast::Shown;

/// `GET /answers/{id}`
pub async fn show(
    app: Here,
    Path(id): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let answer = find(&app, &id).await?;
    let company = app.copilot.company();
    let option = query.iter().find(|(name, _)| name == "option").and_then(|(_, n)| n.parse::<usize>().ok());
    let option = option.and_then(|n| n.checked_sub(1));
    let more = query.iter().any(|(name, of)| name == "charts" && of == "more");
    let chosen: BTreeMap<String, String> = query
        .into_iter()
        .filter_map(|(name, choice)| Some((name.strip_prefix("answer.")?.to_owned(), choice)))
        .collect();
    if let Some(of) = answer.earnings.as_ref().filter(|_| answer.reading.status == Status::Ready) {
        return Ok(page(StatusCode::OK, &earnings::page(&app, &answer, of, &company)));
    }
    Ok(match (&answer.forecast, question::standstill(&answer)) {
        (Some(forecast), None) => {
            let shown = Shown { option, more, refused: None };
            let shown = forecast::page(&app, &answer, forecast, &company, shown).await?;
            page(StatusCode::OK, &shown)
        }
        (_, still) => {
            let still = still.unwrap_or(("What the rules say", ""));
            page(StatusCode::OK, &standstill::page(&app, &answer, still, chosen, &company))
        }
    })
}

/// The answer with a correction that the checks refused, in the place where it was typed.
pub async fn refused(app: &Here, id: &str, refused: &Refused) -> Result<Response, Failure> {
    let answer = find(app, id).await?;
    let company = app.copilot.company();
    let forecast = answer.forecast.as_ref().ok_or_else(|| Failure::not_found("There is no forecast."))?;
    let shown = Shown { option: refused.option(), refused: Some(refused), more: false };
    let shown = forecast::page(app, &answer, forecast, &company, shown).await?;
    Ok(failed_page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
}

/// `GET /answers/{id}/report.{pdf,xlsx,csv,md,json}`
pub async fn report(app: Here, Path((id, file)): Path<(String, String)>) -> Result<Response, Failure> {
    download(&app, &id, &file).await
}

/// A partner finds what it asked itself; everything else looks as if it were not there.
async fn find(app: &Here, id: &str) -> Result<Answer, Failure> {
    let who = app.who();
    let own = |answer: &Answer| answer.run.partner.is_some() && answer.run.partner == who.partner;
    let found = app.copilot.answer(id).await?;
    found
        .filter(|answer| who.may(Permission::AnswersRead) || own(answer))
        .ok_or_else(|| Failure::not_found("There is no answer of this name."))
}

/// The question, or the label of the scenario that was handed in.
fn title(answer: &Answer) -> String {
    let label = || {
        let scenario = answer.reading.scenario.as_ref()?;
        scenario.options.first().map(|o| o.label.clone())
    };
    answer.run.question.clone().or_else(label).unwrap_or_else(|| "A scenario".to_owned())
}
