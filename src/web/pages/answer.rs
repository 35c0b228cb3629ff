//! An answer: figures, charts, the reading, the rules and why to believe it; and
//! its reports as files.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use spiffcast_engine::company::Company;
use spiffcast_engine::explore;
use spiffcast_engine::forecast::{CurvePoint, Forecast};
use spiffcast_engine::reading::Status;
use spiffcast_engine::scenario::Intent;

use crate::answer::{Answer, Earnings};
use crate::app::port::AskRequest;
use crate::auth::Permission;
use crate::reports::exhibits::{self, Drawn, Exhibit, TOLD};
use crate::reports::figures::{self, Cell, FigureRow, KeyFigure, MovedRow};
use crate::reports::grounds::{self, EvidenceGroup, PrecedentLine, RuleLine};
use crate::reports::metrics::{Figure, figure_of};
use crate::reports::side_by_side::{self, SideBySide};
use crate::reports::{format, reading, sentences};
use crate::web::corrections::{self, Editor};
use crate::web::errors::{Failure, FindingLine, page};
use crate::web::layout::{AskBox, Layout};
use crate::web::reports::download;
use crate::web::view::earnings::{self, Gains, Progress};
use crate::web::view::one_option::Changed;
use crate::web::view::outlook::{self, OutlookView};
use crate::web::view::question::{self, Field, Piece, TOGETHER_MAX};
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
    /// Which of several options or values the figures on top are of.
    keys_of: Option<String>,
    keys: Vec<KeyFigure>,
    /// What was said about it.
    kept: Kept,
    /// Against the answer before it in the conversation.
    moved: Option<Moved>,
    words: Vec<String>,
    side: Option<SideBySide>,
    /// All figures of the option that is shown.
    table: Option<OptionTable>,
    /// Charts of the whole question, then those of the option: anchor and chart.
    overview: Vec<(String, Exhibit)>,
    figures: Vec<(String, Exhibit)>,
    /// Where its sections are: anchor and name.
    contents: Vec<(String, String)>,
    /// Of a comparison: whose charts are shown.
    drawn: Vec<DrawnOption>,
    limits: Vec<String>,
    /// Of several, the option whose limits these are.
    limits_of: Option<String>,
    curve: Vec<CurveLine>,
    curve_head: Vec<&'static str>,
    goal: Option<String>,
    reading: ReadingBlock,
    rules: Vec<RuleLine>,
    evidence: Vec<EvidenceGroup>,
    accuracy: String,
    approximations: Vec<String>,
    precedents: Vec<PrecedentLine>,
    /// The same as a chart.
    past: Option<Exhibit>,
    bundle: Vec<(&'static str, String)>,
    /// Of several, the option whose rules, evidence and past changes these are.
    shown_of: Option<String>,
    /// The charts of the option that another page has: their name and link.
    other_charts: Option<(&'static str, String)>,
    /// Options that can become a draft: counted from 1, with their labels.
    drafts: Vec<(usize, String)>,
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
    /// Of several options, the one whose figures these are.
    of: Option<String>,
    rows: Vec<MovedRow>,
}

struct OptionTable {
    label: String,
    period: String,
    rows: Vec<FigureRow>,
}

/// An option whose charts can be shown.
struct DrawnOption {
    label: String,
    link: String,
    shown: bool,
}

/// A value that was tried, and what it changes.
struct CurveLine {
    value: String,
    shown: bool,
    cells: Vec<Cell>,
}

fn curve_line(point: &CurvePoint, forecast: &Forecast) -> CurveLine {
    let cell = |kind: &Figure| {
        let change = point.metrics.get(kind.key).and_then(|m| m.difference.first().copied());
        figures::change_cell(&change.unwrap_or_default(), kind, &forecast.currency)
    };
    CurveLine {
        shown: explore::shown_value(forecast) == Some(point.value.as_str()),
        value: point.value.clone(),
        cells: TOLD.iter().filter_map(|key| figure_of(key)).map(cell).collect(),
    }
}

/// "How I read your question".
struct ReadingBlock {
    /// The answer whose fields can be corrected; empty for none.
    corrects: String,
    /// Lists that its fields offer from.
    lists: Vec<(&'static str, Vec<String>)>,
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
    /// The partner it was asked for; empty for none.
    partner: String,
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
    let option = query.iter().find(|(name, _)| name == "option").and_then(|(_, n)| n.parse::<usize>().ok());
    let option = option.and_then(|n| n.checked_sub(1));
    let more = query.iter().any(|(name, of)| name == "charts" && of == "more");
    let chosen: BTreeMap<String, String> = query
        .into_iter()
        .filter_map(|(name, choice)| Some((name.strip_prefix("answer.")?.to_owned(), choice)))
        .collect();
    if let Some(earnings) = answer.earnings.as_ref().filter(|_| answer.reading.status == Status::Ready) {
        return Ok(page(StatusCode::OK, &earnings_page(&app, &answer, earnings, &company)));
    }
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
                &AnswerPage {
                    moved,
                    kept,
                    ..forecast_page(&app, &answer, forecast, &company, (option, more))
                },
            )
        }
        (_, still) => {
            let still = still.unwrap_or(("What the rules say", ""));
            page(StatusCode::OK, &standstill_page(&app, &answer, still, chosen, &company))
        }
    })
}

#[derive(Template)]
#[template(path = "earnings/answer.html")]
struct EarningsAnswerPage {
    layout: Layout,
    ask: AskBox,
    partner: String,
    question: String,
    headline: String,
    about: String,
    due: String,
    due_words: String,
    what_if: Option<Gains>,
    outlook: Option<OutlookView>,
    standings: Vec<Progress>,
    reading: ReadingBlock,
    rules: Vec<RuleLine>,
    bundle: Vec<(&'static str, String)>,
    when: String,
    as_of: String,
}

fn earnings_page(app: &Here, answer: &Answer, of: &Earnings, company: &Company) -> EarningsAnswerPage {
    let question = title(answer);
    let told = earnings::Told { name: &of.name, currency: &of.currency };
    let summary = answer.summary.as_ref();
    EarningsAnswerPage {
        layout: Layout::new(app, &question, "earnings"),
        ask: AskBox::following(app, answer),
        partner: of.partner.clone(),
        headline: summary.map_or_else(|| question.clone(), |s| s.headline.clone()),
        question,
        about: format!("{} ({}). Data through {}.", of.name, of.partner, format::date(of.as_of)),
        due: told.money(of.current.due),
        due_words: earnings::due_words(&of.current),
        what_if: of.what_if.as_ref().map(|asked| told.gains(asked)),
        outlook: of.outlook.as_ref().map(outlook::outlook),
        standings: of.standings.iter().map(|s| told.progress(s)).collect(),
        reading: reading_block(app, answer, company, 0),
        rules: grounds::rules(&answer.citations, company),
        bundle: grounds::bundle(&answer.bundle),
        when: format::moment(&answer.run.created_at),
        as_of: format::date(of.as_of),
    }
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
    let Some(earlier) = before.forecast.as_ref() else { return Ok(None) };
    // The best of now where there was one in its place before, else the first of both.
    let best =
        side_by_side::best(forecast).filter(|best| *best < side_by_side::options(earlier)).unwrap_or(0);
    let labels = exhibits::labels(answer.reading.scenario.as_ref(), forecast, &app.copilot.company());
    Ok(Some(Moved {
        link: format!("/answers/{id}"),
        before: label(&before).unwrap_or_default(),
        of: labels.get(best).filter(|_| side_by_side::options(forecast) > 1).cloned(),
        rows: figures::moved(earlier, forecast, best),
    }))
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

fn forecast_page(
    app: &Here,
    answer: &Answer,
    forecast: &Forecast,
    company: &Company,
    (option, more): (Option<usize>, bool),
) -> AnswerPage {
    let question = title(answer);
    let labels = exhibits::labels(answer.reading.scenario.as_ref(), forecast, company);
    let period = format::span(forecast.horizon.start, forecast.horizon.end);
    let side = side_by_side::side_by_side(forecast, &labels);
    let options = side_by_side::options(forecast);
    // The figures on top are of the option that the headline speaks of.
    let best = side_by_side::best(forecast).unwrap_or(0);
    let option = option.filter(|option| *option < options).unwrap_or(best);
    let actuals = app.copilot.actuals(answer);
    let draft = answer.reading.scenario.as_ref();
    let drawn = Drawn { forecast, company, draft, actuals: &actuals, labels: &labels };
    let mut overview = drawn.overview(side.as_ref());
    // Their values stand in the table of all values.
    overview.iter_mut().filter(|figure| figure.told_by_value()).for_each(|figure| figure.rows.clear());
    let mut of_option = drawn.of_option(option);
    // Of many, the months, the way to the net and the budgets; where it lands and who
    // moves are a link away.
    let other_charts = if options > TOGETHER_MAX {
        let first = |figure: &Exhibit| matches!(figure.id, "months" | "waterfall" | "budget");
        of_option.retain(|figure| first(figure) != more);
        let (what, link) =
            if more { ("Months and budgets", "") } else { ("Where it lands and who moves", "&charts=more") };
        Some((what, format!("/answers/{}?option={}{link}#drawn", answer.run.id, option + 1)))
    } else {
        None
    };
    let changed = Changed::of(draft, option, company);
    let narrowed = changed.as_ref().map(|changed| changed.grounds(forecast));
    let grounds_of = narrowed.as_ref().unwrap_or(forecast);
    let citations = changed.as_ref().map(|changed| changed.rules(&answer.citations));
    let citations = citations.as_deref().unwrap_or(&answer.citations);
    if side.is_some() {
        // These draw one option alone, and say which.
        let label = drawn.label(option);
        of_option.iter_mut().for_each(|figure| figure.title = format!("{}: {label}", figure.title));
    }
    let first = overview.len() + 1;
    let overview = anchored(overview, 1);
    let figures = anchored(of_option, first);
    let drawn_option = |i: usize| DrawnOption {
        label: drawn.label(i),
        link: format!("/answers/{}?option={}#drawn", answer.run.id, i + 1),
        shown: i == option,
    };
    let words: Vec<String> = figures::outcome_words(forecast, best)
        .into_iter()
        .chain(figures::cost_words(forecast, best))
        .collect();
    let summary = answer.summary.as_ref();
    let curve = forecast.sweep.iter().flatten().chain(forecast.goal.iter().flat_map(|g| &g.curve));
    let page = AnswerPage {
        layout: Layout::new(app, &question, "ask"),
        ask: AskBox::following(app, answer),
        id: answer.run.id.clone(),
        when: format::moment(&answer.run.created_at),
        headline: summary.map_or_else(|| question.clone(), |s| s.headline.clone()),
        text: summary.map_or_else(String::new, |s| s.text.clone()),
        author: summary.map_or_else(String::new, |s| s.author.clone()),
        question,
        keys_of: side_by_side::keys_of(forecast, &drawn.label(best)),
        keys: figures::key_figures(forecast, best),
        moved: None,
        kept: Kept::default(),
        words,
        side,
        table: (option < options).then(|| OptionTable {
            label: drawn.label(option),
            period,
            rows: figures::table(&forecast.metrics, option, &forecast.currency),
        }),
        overview,
        figures,
        contents: Vec::new(),
        drawn: if options > 1 { (0..options).map(drawn_option).collect() } else { Vec::new() },
        limits: sentences::limits(forecast, best),
        limits_of: (options > 1).then(|| drawn.label(best)),
        curve: curve.map(|point| curve_line(point, forecast)).collect(),
        curve_head: TOLD.iter().filter_map(|key| figure_of(key)).map(|figure| figure.name).collect(),
        goal: forecast.goal.as_ref().map(|g| g.message.clone()),
        reading: reading_block(app, answer, company, option),
        rules: grounds::rules(citations, company),
        evidence: grounds::by_grade(grounds_of, company),
        accuracy: sentences::track_record(forecast.accuracy),
        approximations: forecast.approximations.clone(),
        precedents: grounds::precedents(grounds_of, company),
        past: Drawn { forecast: grounds_of, ..drawn }.precedents(),
        shown_of: changed.is_some().then(|| drawn.label(option)),
        other_charts,
        bundle: grounds::bundle(&answer.bundle),
        drafts: draftable(answer),
    };
    AnswerPage { contents: contents(&page), ..page }
}

/// Charts with their anchors, counted on from `first`: several may be of one kind.
fn anchored(figures: Vec<Exhibit>, first: usize) -> Vec<(String, Exhibit)> {
    let anchored = |(i, figure): (usize, Exhibit)| (figure.anchor(first + i), figure);
    figures.into_iter().enumerate().map(anchored).collect()
}

/// The options that can become a draft: of changes to come, with one value each.
fn draftable(answer: &Answer) -> Vec<(usize, String)> {
    let (Some(draft), Some(forecast)) = (&answer.reading.scenario, &answer.forecast) else {
        return Vec::new();
    };
    let all = draft.options.iter().enumerate().map(|(at, option)| (at + 1, option.label.clone()));
    let found = forecast.goal.as_ref().and_then(|goal| goal.value.as_ref());
    match draft.intent {
        Intent::Forecast | Intent::Compare => all.collect(),
        Intent::GoalSeek if found.is_some() => {
            all.filter(|(at, _)| draft.goal.as_ref().is_some_and(|goal| goal.option + 1 == *at)).collect()
        }
        _ => Vec::new(),
    }
}

/// The sections of the page in their order, those left out that it does not have. What is
/// folded has its anchor inside, so that a link to it unfolds it.
fn contents(page: &AnswerPage) -> Vec<(String, String)> {
    let chart = |(anchor, figure): &(String, Exhibit)| (anchor.clone(), figure.title.clone());
    let section = |there: bool, anchor: &str, name: &str| there.then(|| (anchor.to_owned(), name.to_owned()));
    let mut all: Vec<(String, String)> = page.overview.iter().map(chart).collect();
    all.extend(section(page.side.is_some(), "side-h", "Side by side"));
    all.extend(page.figures.iter().map(chart));
    let told = !page.text.is_empty() || !page.words.is_empty();
    let rest = [
        section(page.table.is_some(), "figures-1", "All figures"),
        section(told, "words-h", "In words"),
        section(!page.curve.is_empty(), "curve-h", "Value by value"),
        section(true, "reading", "How I read your question"),
        section(!page.limits.is_empty(), "limits", "Caps and tiers on the way"),
        section(!page.rules.is_empty(), "rules", "Rules used"),
        section(true, "evidence", "Evidence"),
        section(!page.precedents.is_empty(), "precedents", "What past changes did"),
        section(!page.approximations.is_empty(), "assumed", "Assumed and approximated"),
        section(true, "take-h", "Take it with you"),
    ];
    all.extend(rest.into_iter().flatten());
    all
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
                partner: answer.run.partner.clone(),
                ..AskRequest::default()
            },
        ),
        conversation: answer.run.follows.clone().unwrap_or_default(),
        partner: answer.run.partner.clone().unwrap_or_default(),
        heading,
        explanation,
        question,
        chosen: chosen.into_iter().map(|(field, choice)| (format!("answer.{field}"), choice)).collect(),
        single: clarifications.len() == 1,
        clarifications,
        reading: reading_block(app, answer, company, 0),
        rules: grounds::rules(&answer.citations, company),
        summary: answer
            .summary
            .as_ref()
            .map_or_else(String::new, |s| format!("{} {}", s.headline, s.text).trim().to_owned()),
        examples: app.copilot.examples(),
    }
}

/// `option` is the one that the page shows.
fn reading_block(app: &Here, answer: &Answer, company: &Company, option: usize) -> ReadingBlock {
    let read = &answer.reading;
    let editable = answer.forecast.is_some() && app.who().may(Permission::Ask);
    let editing = editable.then_some(option);
    ReadingBlock {
        corrects: if editable { answer.run.id.clone() } else { String::new() },
        lists: if editable { corrections::lists(company).into() } else { Vec::new() },
        pieces: answer.run.question.as_deref().map(|q| question::pieces(q, read)).unwrap_or_default(),
        fields: question::fields(read, company, editing),
        findings: read.findings.iter().map(FindingLine::from).collect(),
        unused: read.unused_words.clone(),
        checks: reading::checks(read),
        reader: reading::reader(read),
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
