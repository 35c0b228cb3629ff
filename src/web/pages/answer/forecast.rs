//! The page of a forecast: figures, charts, the reading, the rules and why to believe it.

use askama::Template;
use spiffcast_engine::company::Company;
use spiffcast_engine::explore;
use spiffcast_engine::forecast::{CurvePoint, Forecast};
use spiffcast_engine::scenario::Intent;

use super::read::{self, ReadingBlock};
use super::title;
use crate::answer::Answer;
use crate::reports::exhibits::{self, Drawn, Exhibit, TOLD};
use crate::reports::figures::{self, Cell, FigureRow, KeyFigure, MovedRow};
use crate::reports::grounds::{self, EvidenceGroup, PrecedentLine, RuleLine};
use crate::reports::metrics::{Figure, figure_of};
use crate::reports::side_by_side::{self, SideBySide};
use crate::reports::{format, sentences};
use crate::web::corrections::{Control, Refused};
use crate::web::errors::Failure;
use crate::web::layout::{AskBox, Layout};
use crate::web::view::one_option::Changed;
use crate::web::view::question::TOGETHER_MAX;
use crate::web::visitor::Here;

#[derive(Template)]
#[template(path = "answer.html")]
pub struct AnswerPage {
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

/// What was said about the answer.
async fn kept(app: &Here, answer: &Answer) -> Result<Kept, Failure> {
    let kept = app.copilot.kept(&answer.run.id).await?;
    Ok(kept.map_or_else(Kept::default, |k| Kept {
        stale: k.stale,
        archived: k.archived,
        note: k.note,
        tags: k.tags.join(" "),
    }))
}

/// What of an answer is shown.
#[derive(Clone, Copy, Default)]
pub struct Shown<'a> {
    /// Which of several options, where one was chosen.
    pub option: Option<usize>,
    /// Whether it is the charts that are left out at first.
    pub more: bool,
    /// A correction that was refused.
    pub refused: Option<&'a Refused>,
}

/// The page.
pub async fn page(
    app: &Here,
    answer: &Answer,
    forecast: &Forecast,
    company: &Company,
    shown: Shown<'_>,
) -> Result<AnswerPage, Failure> {
    let question = title(answer);
    let labels = exhibits::labels(answer.reading.scenario.as_ref(), forecast, company);
    let period = format::span(forecast.horizon.start, forecast.horizon.end);
    let side = side_by_side::side_by_side(forecast, &labels);
    let options = side_by_side::options(forecast);
    // The figures on top are of the option that the headline speaks of.
    let best = side_by_side::best(forecast).unwrap_or(0);
    let more = shown.more;
    let option = shown.option.filter(|option| *option < options).unwrap_or(best);
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
        moved: moved(app, answer, forecast).await?,
        kept: kept(app, answer).await?,
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
        reading: read::block(app, answer, company, option, shown.refused),
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
    Ok(AnswerPage { contents: contents(&page), ..page })
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
