//! What the template is given: texts, tables of texts, and pictures by the name of
//! their file. Every figure comes from the modules that pages use too.

use serde::Serialize;
use spiffcast_engine::forecast::Forecast;

use super::parts::{self, Evidence, Options, Past, Rule};
use crate::answer::Answer;
use crate::reports::exhibits::{self, Drawn, Exhibit};
use crate::reports::figures::{self, KeyFigure};
use crate::reports::{Beside, format, grounds, sentences, side_by_side};

/// A chart on its way into the document.
#[derive(Serialize)]
pub struct Picture {
    pub title: String,
    pub lead: String,
    /// Name of its file.
    pub file: String,
    /// What it shows, in words.
    pub alt: String,
    /// The drawing.
    #[serde(skip)]
    pub svg: String,
}

/// Where a picture stands: its text alone, the drawing goes beside.
pub type Place = Picture;

/// A table of texts; the first column names the row.
#[derive(Serialize)]
pub struct Table {
    pub title: String,
    pub note: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

#[derive(Serialize)]
pub struct Key {
    name: String,
    value: String,
    beside: String,
    words: String,
}

/// The document.
#[derive(Serialize)]
pub struct Content {
    title: String,
    company: Option<String>,
    logo: Option<&'static str>,
    asked: Option<String>,
    headline: String,
    paragraphs: Vec<String>,
    told_by_model: bool,
    hindcast: bool,
    goal: Option<String>,
    date: String,
    facts: Vec<(&'static str, String)>,
    keys_of: Option<String>,
    keys: Vec<Key>,
    cover: Option<Place>,
    overview: Vec<Place>,
    side: Option<parts::Side>,
    options: Vec<Options>,
    tables: Vec<Table>,
    evidence: Vec<Evidence>,
    record: String,
    past: Vec<Past>,
    past_picture: Option<Place>,
    assumed: Vec<String>,
    reading: Vec<(String, String)>,
    rules: Vec<Rule>,
    bundle: Vec<(&'static str, String)>,
}

/// The document of an answer, and its pictures.
pub fn content(answer: &Answer, forecast: &Forecast, beside: &Beside<'_>) -> (Content, Vec<Picture>) {
    let draft = answer.reading.scenario.as_ref();
    let labels = exhibits::labels(draft, forecast, beside.company);
    let labels: Vec<String> = labels.iter().map(|label| one_line(label)).collect();
    let actuals: Vec<(String, f64)> = until(beside.actuals, forecast);
    let drawn = Drawn { forecast, company: beside.company, draft, actuals: &actuals, labels: &labels };
    let side = side_by_side::side_by_side(forecast, &labels);
    let mut album = Album::default();
    let overview = drawn.overview(side.as_ref());
    // Values that were tried can be read off as well.
    let tried: Vec<Table> = overview.iter().filter(|e| e.id.starts_with("curve")).map(parts::tried).collect();
    let mut overview = album.put_all(overview);
    let count = side_by_side::options(forecast);
    let best = side_by_side::best(forecast).unwrap_or(0);
    let mut options: Vec<Options> = (0..count)
        .map(|i| {
            let exhibits = match count {
                0 | 1 => drawn.of_option(i),
                // Each option of a comparison gets the two that tell it from the others, the
                // best what its net depends on too.
                _ => {
                    let assumed = drawn.tornado(i).filter(|_| i == best);
                    drawn.months(i).into_iter().chain(drawn.waterfall(i)).chain(assumed).collect()
                }
            };
            let pictures = if count > 1 { album.put_narrow(exhibits) } else { album.put_all(exhibits) };
            let mut part = parts::option(forecast, i, &drawn.label(i), pictures);
            // Caps and tiers of the best of several; those of the others differ little.
            if i != best {
                part.limits.clear();
            }
            part
        })
        .collect();
    let cover = if overview.is_empty() {
        options.first_mut().and_then(|o| (!o.pictures.is_empty()).then(|| o.pictures.remove(0)))
    } else {
        Some(overview.remove(0))
    };
    let summary = answer.summary.as_ref();
    let headline = summary.map_or_else(|| drawn.label(0), |s| s.headline.clone());
    let letterhead = beside.letterhead;
    let content = Content {
        title: answer.run.question.as_deref().map_or_else(
            || if count > 1 { format!("{count} options compared") } else { drawn.label(0) },
            one_line,
        ),
        company: letterhead.company.clone(),
        logo: letterhead.logo.as_ref().map(|logo| logo.name()),
        asked: answer.run.question.as_deref().map(one_line),
        headline,
        paragraphs: summary
            .map(|s| s.text.split("\n\n").map(one_line).filter(|p| !p.is_empty()).collect())
            .unwrap_or_default(),
        hindcast: forecast.hindcast,
        told_by_model: summary.is_some_and(|s| s.author == "llm"),
        goal: forecast.goal.as_ref().map(|g| g.message.clone()),
        date: parts::day_of(&answer.run.created_at),
        facts: facts(answer, forecast),
        keys_of: side_by_side::keys_of(forecast, &drawn.label(best)),
        keys: figures::key_figures(forecast, best).into_iter().map(key).collect(),
        cover,
        overview,
        side: side.map(parts::side),
        tables: tried.into_iter().chain(parts::tables(forecast, count)).collect(),
        options,
        evidence: grounds::evidence(forecast, beside.company).into_iter().map(parts::evidence).collect(),
        record: sentences::track_record(forecast.accuracy),
        past_picture: drawn.precedents().map(|exhibit| album.put(exhibit, false)),
        past: grounds::precedents(forecast, beside.company).into_iter().map(parts::past).collect(),
        assumed: forecast.approximations.iter().map(|a| one_line(a)).collect(),
        reading: parts::reading(answer, beside.company),
        rules: grounds::rules(&answer.citations, beside.company).into_iter().map(parts::rule).collect(),
        bundle: grounds::bundle(&answer.bundle),
    };
    (content, album.pictures)
}

/// Text on one line.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Months that were known when it was answered.
fn until(actuals: &[(String, f64)], forecast: &Forecast) -> Vec<(String, f64)> {
    let last = forecast.as_of.format("%Y-%m").to_string();
    actuals.iter().filter(|(month, _)| *month <= last).cloned().collect()
}

fn facts(answer: &Answer, forecast: &Forecast) -> Vec<(&'static str, String)> {
    let horizon = &forecast.horizon;
    vec![
        ("Period", format::span(horizon.start, horizon.end)),
        ("Effects counted to", format::date(horizon.tail_end)),
        ("Data to", format::date(forecast.as_of)),
        ("Money in", forecast.currency.clone()),
        ("Answer", answer.run.id.clone()),
    ]
}

fn key(key: KeyFigure) -> Key {
    Key { name: key.name, value: key.value, beside: key.beside, words: key.words }
}

/// Pictures by the order in which they come.
#[derive(Default)]
struct Album {
    pictures: Vec<Picture>,
}

impl Album {
    fn put_all(&mut self, exhibits: Vec<Exhibit>) -> Vec<Place> {
        exhibits.into_iter().map(|exhibit| self.put(exhibit, false)).collect()
    }

    /// Drawn for half a page.
    fn put_narrow(&mut self, exhibits: Vec<Exhibit>) -> Vec<Place> {
        exhibits.into_iter().map(|exhibit| self.put(exhibit, true)).collect()
    }

    fn put(&mut self, exhibit: Exhibit, narrow: bool) -> Place {
        let file = format!("chart-{}.svg", self.pictures.len() + 1);
        let picture = |svg: String| Picture {
            title: one_line(&exhibit.title),
            lead: one_line(&exhibit.lead),
            file: file.clone(),
            alt: one_line(&exhibit.chart.alternative),
            svg,
        };
        let svg = if narrow { &exhibit.chart.narrow } else { &exhibit.chart.wide };
        self.pictures.push(picture(svg.clone()));
        picture(String::new())
    }
}
