//! Parts of the document: an option, options side by side, months and programs,
//! evidence, rules. Plain texts.

use serde::Serialize;
use spiffcast_engine::company::Company;
use spiffcast_engine::forecast::{Forecast, Row};

use super::content::{Place, Table, one_line};
use crate::answer::Answer;
use crate::reports::exhibits::Exhibit;
use crate::reports::figures::{self, Cell, FigureRow};
use crate::reports::grounds::{EvidenceLine, PrecedentLine, RuleLine};
use crate::reports::metrics::figure_of;
use crate::reports::side_by_side::SideBySide;
use crate::reports::{format, reading, sentences};

/// One option.
#[derive(Serialize)]
pub struct Options {
    label: String,
    /// Name, hint, then baseline, change, difference (mean and interval each), outcome.
    rows: Vec<OptionRow>,
    words: Vec<String>,
    pub limits: Vec<String>,
    pub pictures: Vec<Place>,
}

#[derive(Serialize)]
struct OptionRow {
    name: &'static str,
    hint: &'static str,
    cells: [(String, String); 3],
    outcome: String,
    strong: bool,
}

/// Options side by side: one a row.
#[derive(Serialize)]
pub struct Side {
    figures: Vec<&'static str>,
    options: Vec<String>,
    /// One an option, one a figure: mean and interval.
    cells: Vec<Vec<(String, String)>>,
    /// One an option: its chance against each other one.
    beats: Vec<Vec<String>>,
}

#[derive(Serialize)]
pub struct Evidence {
    product: String,
    grade: &'static str,
    class: &'static str,
    text: Vec<String>,
    flags: Vec<String>,
}

#[derive(Serialize)]
pub struct Past {
    what: String,
    change: String,
    before: String,
    after: String,
    moved: String,
}

#[derive(Serialize)]
pub struct Rule {
    program: String,
    clause: String,
    quote: String,
}

/// An option with its figures and pictures.
pub fn option(forecast: &Forecast, option: usize, label: &str, pictures: Vec<Place>) -> Options {
    let rows = figures::table(&forecast.metrics, option, &forecast.currency);
    Options {
        label: label.to_owned(),
        rows: rows.into_iter().map(option_row).collect(),
        words: figures::outcome_words(forecast, option)
            .into_iter()
            .chain(figures::cost_words(forecast, option))
            .collect(),
        limits: sentences::limits(forecast, option),
        pictures,
    }
}

fn option_row(row: FigureRow) -> OptionRow {
    let pair = |cell: Cell| (cell.mean, cell.interval);
    OptionRow {
        name: row.name,
        hint: row.hint,
        cells: [pair(row.baseline), pair(row.scenario), pair(row.difference)],
        outcome: row.outcome,
        strong: row.strong,
    }
}

/// The figures that fit a page beside each other.
const SIDE: [&str; 5] = ["Net margin", "Payout", "Revenue", "Units", "Return on incentive"];

/// The options, one a row.
pub fn side(side: SideBySide) -> Side {
    let rows: Vec<_> =
        SIDE.iter().filter_map(|name| side.rows.iter().find(|row| row.name == *name)).collect();
    let cell = |cell: &Cell| (cell.mean.clone(), cell.interval.clone());
    Side {
        figures: rows.iter().map(|row| row.name).collect(),
        cells: (0..side.options.len())
            .map(|i| rows.iter().map(|row| row.cells.get(i).map(cell).unwrap_or_default()).collect())
            .collect(),
        beats: side.beats.into_iter().map(|(_, chances)| chances).collect(),
        options: side.options,
    }
}

/// The values of a curve.
pub fn tried(exhibit: &Exhibit) -> Table {
    Table {
        title: one_line(&exhibit.title),
        note: String::new(),
        head: exhibit.head.iter().map(|head| (*head).to_owned()).collect(),
        rows: exhibit.rows.clone(),
    }
}

/// By month and by program; of several options each has its columns.
pub fn tables(forecast: &Forecast, options: usize) -> Vec<Table> {
    [by_month(forecast, options), by_program(forecast, options)].into_iter().flatten().collect()
}

fn by_month(forecast: &Forecast, options: usize) -> Option<Table> {
    let rows = &forecast.by.month;
    let tail = forecast.horizon.end.format("%Y-%m").to_string();
    let name = |row: &Row| {
        let after = if row.key > tail { " (after)" } else { "" };
        format!("{}{after}", format::month(&row.key, true))
    };
    let note = "Months after the period are counted because sales that are pulled forward are missing there.";
    if options > 1 {
        let head = heads("Net margin by month", options);
        let rows = rows.iter().map(|row| {
            let cells = (0..options).map(|i| changed(row, "net", i, &forecast.currency));
            std::iter::once(name(row)).chain(cells).collect()
        });
        return table("Change in net margin by month, option by option", note, head, rows.collect());
    }
    let head = ["Month", "Units now", "Units", "Revenue", "Payout", "Net margin"];
    let rows = rows.iter().map(|row| {
        let now = row.metrics.get("units").and_then(|m| m.baseline.mean);
        let mut cells = vec![name(row), now.map_or_else(|| format::NONE.to_owned(), format::count)];
        cells.extend(["units", "revenue", "payout", "net"].map(|k| changed(row, k, 0, &forecast.currency)));
        cells
    });
    let head = head.map(ToOwned::to_owned).to_vec();
    let note = format!("What the change adds to each figure, with 8 in 10 between. {note}");
    table("What the change brings, month by month", &note, head, rows.collect())
}

fn by_program(forecast: &Forecast, options: usize) -> Option<Table> {
    let rows = &forecast.by.program;
    let now = |row: &Row| {
        let pay = row.metrics.get("payout").and_then(|m| m.baseline.mean);
        pay.map_or_else(|| format::NONE.to_owned(), |v| format::money(v, &forecast.currency))
    };
    let note = "Programs whose pay the change can move. A fund sets aside and pays out later.";
    let mut head = vec!["Program".to_owned(), "Payout now".to_owned()];
    head.extend(heads("", options).into_iter().skip(1));
    if options == 1 {
        head[2] = "Change in payout".to_owned();
    }
    let paying = rows.iter().filter(|row| row.metrics.contains_key("payout"));
    let rows = paying.map(|row| {
        let cells = (0..options).map(|i| changed(row, "payout", i, &forecast.currency));
        [row.name.clone(), now(row)].into_iter().chain(cells).collect()
    });
    table("Payout by program", note, head, rows.collect())
}

fn heads(first: &str, options: usize) -> Vec<String> {
    let option = |i: usize| format!("Option {}", i + 1);
    std::iter::once(first.to_owned()).chain((0..options).map(option)).collect()
}

fn table(title: &str, note: &str, head: Vec<String>, rows: Vec<Vec<String>>) -> Option<Table> {
    let (title, note) = (title.to_owned(), note.to_owned());
    (!rows.is_empty()).then_some(Table { title, note, head, rows })
}

/// A difference with its interval below.
fn changed(row: &Row, key: &str, option: usize, currency: &str) -> String {
    let difference = row.metrics.get(key).and_then(|m| m.difference.get(option));
    let (Some(q), Some(figure)) = (difference, figure_of(key)) else { return format::NONE.to_owned() };
    let cell = figures::change_cell(q, figure, currency);
    if cell.interval.is_empty() { cell.mean } else { format!("{}\n{}", cell.mean, cell.interval) }
}

/// Evidence of a product.
pub fn evidence(line: EvidenceLine) -> Evidence {
    Evidence {
        product: line.product,
        grade: line.grade,
        class: line.class,
        text: vec![format!("{} {}", line.means, line.basis), line.response],
        flags: line.flags,
    }
}

/// A past change.
pub fn past(line: PrecedentLine) -> Past {
    Past {
        what: line.what,
        change: one_line(&line.change),
        before: line.before,
        after: line.after,
        moved: line.moved,
    }
}

/// A clause.
pub fn rule(line: RuleLine) -> Rule {
    Rule { program: line.program, clause: line.clause, quote: one_line(&line.quote) }
}

/// How the question was read, field by field, with where each came from.
pub fn reading(answer: &Answer, company: &Company) -> Vec<(String, String)> {
    let read = &answer.reading;
    let mut lines: Vec<(String, String)> = Vec::new();
    if read.provenance.is_empty() {
        // Handed in as data: there are no words that fields came from.
        let options = read.scenario.iter().flat_map(|d| &d.options);
        lines.extend(options.map(|o| ("Change".to_owned(), one_line(&o.label))));
    }
    lines.extend(
        reading::fields(read, company, &["period", "audience"].map(ToOwned::to_owned)).into_iter().map(
            |field| {
                let from: Vec<String> = field
                    .sources
                    .iter()
                    .map(|source| {
                        let (kind, text) = reading::told(source, company);
                        format!("{kind}: {text}")
                    })
                    .collect();
                let value = if field.value.is_empty() { "read, not settled".to_owned() } else { field.value };
                let from = if from.is_empty() { String::new() } else { format!("\n{}", from.join("; ")) };
                (field.name, format!("{}{from}", one_line(&value)))
            },
        ),
    );
    if !read.unused_words.is_empty() {
        lines.push(("Not used".to_owned(), read.unused_words.join(", ")));
    }
    let checks = reading::checks(read).join(" ");
    lines.push((
        "Read by".to_owned(),
        format!("{}\n{checks}", format::capital(reading::reader(read))).trim().to_owned(),
    ));
    lines
}

/// The day of a moment, in words.
pub fn day_of(rfc3339: &str) -> String {
    chrono::DateTime::parse_from_rfc3339(rfc3339)
        .map_or_else(|_| rfc3339.to_owned(), |at| format::date(at.to_utc().date_naive()))
}
