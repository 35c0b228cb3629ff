//! An answer: figures, charts, the reading, the rules and why to believe it; and
//! its reports as files.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use spiffcast_engine::company::Company;
use spiffcast_engine::forecast::Forecast;
use spiffcast_engine::reading::Status;

use crate::answer::Answer;
use crate::answer::ReportFormat;
use crate::app::port::AskRequest;
use crate::auth::Permission;
use crate::reports::{format, sentences};
use crate::web::corrections::Editor;
use crate::web::errors::{Failure, FindingLine, page};
use crate::web::layout::{AskBox, Layout};
use crate::web::view::charts::{self, Figure};
use crate::web::view::compare::{self, SideBySide};
use crate::web::view::figures::{self, FigureRow, KeyFigure, MovedRow};
use crate::web::view::question::{self, Field, Piece};
use crate::web::view::trust::{self, EvidenceLine, PrecedentLine, RuleLine};
use crate::web::visitor::Here;

#[derive(Template)]
#[template(path = "answer.html")]
struct AnswerPage {
    layout: Layout,
    ask: AskBox,
    id: String,
    when: String,
    question: String,
    headline: String,
    text: String,
    author: String,
    keys: Vec<KeyFigure>,
    /// What was said about it.
    kept: Kept,
    /// Against the answer before it in the conversation.
    moved: Option<Moved>,
    words: Vec<String>,
    side: Option<SideBySide>,
    options: Vec<OptionTable>,
    figures: Vec<Figure>,
    limits: Vec<String>,
    curve: Vec<CurveLine>,
    goal: Option<String>,
    reading: ReadingBlock,
    rules: Vec<RuleLine>,
    evidence: Vec<EvidenceLine>,
    accuracy: String,
    approximations: Vec<String>,
    precedents: Vec<PrecedentLine>,
    bundle: Vec<(&'static str, String)>,
}

/// What is known of the answer besides itself.
#[derive(Default)]
struct Kept {
    stale: bool,
    archived: bool,
    note: String,
    tags: String,
}

/// What the change would bring, in the answer before and now.
struct Moved {
    link: String,
    before: String,
    rows: Vec<MovedRow>,
}

struct OptionTable {
    label: String,
    period: String,
    rows: Vec<FigureRow>,
}

struct CurveLine {
    value: String,
    rows: Vec<FigureRow>,
}

/// "How I read your question".
struct ReadingBlock {
    /// The answer whose fields can be corrected; empty for none.
    corrects: String,
    pieces: Vec<Piece>,
    fields: Vec<Field>,
    findings: Vec<FindingLine>,
    unused: Vec<String>,
    reader: &'static str,
    checks: Vec<String>,
}

#[derive(Template)]
#[template(path = "standstill.html")]
struct StandstillPage {
    layout: Layout,
    ask: AskBox,
    heading: &'static str,
    explanation: &'static str,
    question: String,
    /// The answer that was followed up on; empty for none.
    conversation: String,
    chosen: Vec<(String, String)>,
    clarifications: Vec<ClarificationBlock>,
    single: bool,
    reading: ReadingBlock,
    rules: Vec<RuleLine>,
    summary: String,
    examples: Vec<String>,
}

struct ClarificationBlock {
    name: String,
    question: String,
    choices: Vec<(String, String)>,
}

/// `GET /answers/{id}`
pub async fn show(
    app: Here,
    Path(id): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let answer = find(&app, &id).await?;
    let company = app.copilot.company();
    let chosen: BTreeMap<String, String> = query
        .into_iter()
        .filter_map(|(name, choice)| Some((name.strip_prefix("answer.")?.to_owned(), choice)))
        .collect();
    Ok(match (&answer.forecast, question::standstill(&answer)) {
        (Some(forecast), None) => {
            let moved = moved(&app, &answer, forecast).await?;
            let kept = app.copilot.kept(&id).await?.map(|k| Kept {
                stale: k.stale,
                archived: k.archived,
                note: k.note,
                tags: k.tags.join(" "),
            });
            let kept = kept.unwrap_or_default();
            page(
                StatusCode::OK,
                &AnswerPage { moved, kept, ..forecast_page(&app, &answer, forecast, &company) },
            )
        }
        (_, still) => {
            let still = still.unwrap_or(("What the rules say", ""));
            page(StatusCode::OK, &standstill_page(&app, &answer, still, chosen, &company))
        }
    })
}

/// Against the answer that this one follows, where that is a forecast too.
async fn moved(app: &Here, answer: &Answer, forecast: &Forecast) -> Result<Option<Moved>, Failure> {
    let Some(id) = &answer.run.follows else { return Ok(None) };
    let Some(before) = app.copilot.answer(id).await? else { return Ok(None) };
    let label = |answer: &Answer| {
        let scenario = answer.reading.scenario.as_ref()?;
        let options: Vec<&str> = scenario.options.iter().map(|o| o.label.as_str()).collect();
        Some(format!("{}, {}", options.join(" / "), scenario.period.label))
    };
    Ok(before.forecast.as_ref().map(|earlier| Moved {
        link: format!("/answers/{id}"),
        before: label(&before).unwrap_or_default(),
        rows: figures::moved(earlier, forecast),
    }))
}

/// `GET /answers/{id}/report.{xlsx,csv,md,json}`
pub async fn report(app: Here, Path((id, file)): Path<(String, String)>) -> Result<Response, Failure> {
    let format = file.strip_prefix("report.").and_then(ReportFormat::from_extension).ok_or_else(|| {
        Failure::not_found("Reports come as report.xlsx, report.csv, report.md and report.json.")
    })?;
    let answer = find(&app, &id).await?;
    let bytes = app.copilot.report(&answer, format)?;
    let kind = match format {
        ReportFormat::Csv => "text/csv; charset=utf-8",
        ReportFormat::Markdown => "text/markdown; charset=utf-8",
        ReportFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ReportFormat::Json => "application/json",
    };
    let name: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(64).collect();
    let name = format!("attachment; filename=\"spiffcast-{name}.{}\"", format.extension());
    let mut response = ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], bytes).into_response();
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

async fn find(app: &Here, id: &str) -> Result<Answer, Failure> {
    app.copilot.answer(id).await?.ok_or_else(|| Failure::not_found("There is no answer of this name."))
}

fn forecast_page(app: &Here, answer: &Answer, forecast: &Forecast, company: &Company) -> AnswerPage {
    let question = title(answer);
    let labels: Vec<String> = answer
        .reading
        .scenario
        .as_ref()
        .map(|s| s.options.iter().map(|o| o.label.clone()).collect())
        .unwrap_or_default();
    let label = labels.first().cloned().unwrap_or_else(|| "With the change".to_owned());
    let period = format::span(forecast.horizon.start, forecast.horizon.end);
    let side = compare::side_by_side(forecast, &labels);
    let mut figures: Vec<Figure> = side.iter().filter_map(|side| compare::net(forecast, side)).collect();
    figures.extend(charts::months(forecast, &app.copilot.actuals(answer), 0, &label));
    figures.extend(charts::budgets(forecast, company, answer.reading.scenario.as_ref(), 0));
    figures.extend(charts::tornado(forecast));
    figures.extend(charts::movers(forecast, 0));
    if side.is_some() {
        // These draw the first option alone, and say so.
        figures.iter_mut().skip(1).for_each(|figure| figure.title = format!("{}: {label}", figure.title));
    }
    let words: Vec<String> =
        figures::outcome_words(forecast, 0).into_iter().chain(figures::cost_words(forecast, 0)).collect();
    let summary = answer.summary.as_ref();
    let curve = forecast.sweep.iter().flatten().chain(forecast.goal.iter().flat_map(|g| &g.curve));
    AnswerPage {
        layout: Layout::new(app, &question, "ask"),
        ask: AskBox::following(app, &answer.run.id),
        id: answer.run.id.clone(),
        when: format::moment(&answer.run.created_at),
        headline: summary.map_or_else(|| question.clone(), |s| s.headline.clone()),
        text: summary.map_or_else(String::new, |s| s.text.clone()),
        author: summary.map_or_else(String::new, |s| s.author.clone()),
        question,
        keys: figures::key_figures(forecast, 0),
        moved: None,
        kept: Kept::default(),
        words,
        side,
        options: (0..compare::options(forecast))
            .map(|i| OptionTable {
                label: labels.get(i).cloned().unwrap_or_else(|| format!("Option {}", i + 1)),
                period: period.clone(),
                rows: figures::table(&forecast.metrics, i, &forecast.currency),
            })
            .collect(),
        figures,
        limits: sentences::limits(forecast, 0),
        curve: curve
            .map(|p| CurveLine {
                value: p.value.clone(),
                rows: figures::table(&p.metrics, 0, &forecast.currency),
            })
            .collect(),
        goal: forecast.goal.as_ref().map(|g| g.message.clone()),
        reading: reading_block(app, answer, company),
        rules: trust::rules(&answer.citations, company),
        evidence: trust::evidence(forecast, company),
        accuracy: sentences::track_record(forecast.accuracy),
        approximations: forecast.approximations.clone(),
        precedents: trust::precedents(forecast, company),
        bundle: trust::bundle(&answer.bundle),
    }
}

fn standstill_page(
    app: &Here,
    answer: &Answer,
    (heading, explanation): (&'static str, &'static str),
    chosen: BTreeMap<String, String>,
    company: &Company,
) -> StandstillPage {
    let question = title(answer);
    let clarifications: Vec<ClarificationBlock> = if answer.reading.status == Status::NeedsClarification {
        answer
            .reading
            .clarifications
            .iter()
            .map(|c| ClarificationBlock {
                name: format!("answer.{}", c.field),
                question: c.question.clone(),
                choices: c.choices.iter().map(|c| (c.id.clone(), c.label.clone())).collect(),
            })
            .collect()
    } else {
        Vec::new()
    };
    StandstillPage {
        layout: Layout::new(app, heading, "ask"),
        ask: AskBox::new(
            app,
            AskRequest {
                question: question.clone(),
                conversation: answer.run.follows.clone(),
                ..AskRequest::default()
            },
        ),
        conversation: answer.run.follows.clone().unwrap_or_default(),
        heading,
        explanation,
        question,
        chosen: chosen.into_iter().map(|(field, choice)| (format!("answer.{field}"), choice)).collect(),
        single: clarifications.len() == 1,
        clarifications,
        reading: reading_block(app, answer, company),
        rules: trust::rules(&answer.citations, company),
        summary: answer
            .summary
            .as_ref()
            .map_or_else(String::new, |s| format!("{} {}", s.headline, s.text).trim().to_owned()),
        examples: app.copilot.examples(),
    }
}

fn reading_block(app: &Here, answer: &Answer, company: &Company) -> ReadingBlock {
    let reading = &answer.reading;
    let editable = answer.forecast.is_some() && app.who().may(Permission::Ask);
    ReadingBlock {
        corrects: if editable { answer.run.id.clone() } else { String::new() },
        pieces: answer.run.question.as_deref().map(|q| question::pieces(q, reading)).unwrap_or_default(),
        fields: question::fields(reading, company, editable),
        findings: reading.findings.iter().map(FindingLine::from).collect(),
        unused: reading.unused_words.clone(),
        checks: question::checks(reading),
        reader: if reading.reader == "llm" {
            "the language model, checked against your words"
        } else {
            "the built-in reader"
        },
    }
}

/// The question, or the label of the scenario that was handed in.
fn title(answer: &Answer) -> String {
    let label = || {
        let scenario = answer.reading.scenario.as_ref()?;
        scenario.options.first().map(|o| o.label.clone())
    };
    answer.run.question.clone().or_else(label).unwrap_or_else(|| "A scenario".to_owned())
}
