//! An answer as a Markdown document for review: verdict, figures, reading, rules
//! cited, evidence, assumptions and what reproduces it.

use std::fmt::Write;

use spiffcast_engine::forecast::{Forecast, Metric, Quantity};

use super::metrics::{FIGURES, Unit};
use super::{Beside, IS_NOT, ReportError, exhibits, figures, format, sentences, side_by_side};
use crate::answer::Answer;

/// The document of an answer.
pub fn render(answer: &Answer, beside: &Beside<'_>) -> Result<Vec<u8>, ReportError> {
    let forecast = answer.forecast.as_ref().ok_or(ReportError::NoForecast)?;
    let labels = exhibits::option_names(answer.reading.scenario.as_ref(), forecast, beside.company);
    let mut text = String::new();
    // Writing to a String cannot fail; the results are let go on purpose.
    if let Some(company) = &beside.letterhead.company {
        let _ = writeln!(text, "*{}*\n", escaped(company));
    }
    head(&mut text, answer, forecast);
    side(&mut text, forecast, &labels);
    figures(&mut text, forecast, &labels);
    depends_on(&mut text, forecast, &labels);
    limits(&mut text, forecast, &labels);
    reading(&mut text, answer);
    rules(&mut text, answer);
    evidence(&mut text, forecast);
    bundle(&mut text, answer);
    Ok(text.into_bytes())
}

fn head(text: &mut String, answer: &Answer, forecast: &Forecast) {
    if let Some(summary) = &answer.summary {
        let _ = writeln!(text, "# {}\n", escaped(&summary.headline));
        for paragraph in summary.text.split("\n\n") {
            let _ = writeln!(text, "{}\n", escaped(paragraph));
        }
        if summary.author == "llm" {
            text.push_str("In the words of the language model; every figure is the template's.\n\n");
        }
    }
    if let Some(question) = &answer.run.question {
        let _ = writeln!(text, "Question: {}\n", escaped(question));
    }
    let horizon = &forecast.horizon;
    let _ = writeln!(
        text,
        "Period {} to {} (effects counted to {}). Data through {}. All money in {}.\n",
        horizon.start, horizon.end, horizon.tail_end, forecast.as_of, forecast.currency
    );
    let _ = writeln!(text, "{IS_NOT}\n");
}

/// Options side by side, and which beats which how surely.
fn side(text: &mut String, forecast: &Forecast, labels: &[String]) {
    let Some(side) = side_by_side::side_by_side(forecast, labels) else { return };
    let mut table = |first: &str, rows: &[(String, Vec<String>)]| {
        let heads: Vec<String> = side.options.iter().map(|label| escaped(label)).collect();
        let _ = writeln!(text, "| {first} | {} |\n|---|{}", heads.join(" | "), "---:|".repeat(heads.len()));
        for (name, cells) in rows {
            let _ = writeln!(text, "| {} | {} |", escaped(name), cells.join(" | "));
        }
        let _ = writeln!(text);
    };
    let told = |cell: &figures::Cell| match cell.interval.as_str() {
        "" => cell.mean.clone(),
        interval => format!("{} ({interval})", cell.mean),
    };
    let rows: Vec<(String, Vec<String>)> =
        side.rows.iter().map(|row| (row.name.to_owned(), row.cells.iter().map(told).collect())).collect();
    table("What each changes (8 in 10)", &rows);
    table("Beats, on net margin, in so many draws", &side.beats);
}

fn figures(text: &mut String, forecast: &Forecast, labels: &[String]) {
    let _ = writeln!(text, "## Figures\n");
    let _ =
        writeln!(text, "| | Baseline | Scenario | Difference | P10 | P90 |\n|---|---:|---:|---:|---:|---:|");
    for figure in FIGURES {
        let Some(metric) = forecast.metrics.get(figure.key) else { continue };
        let (name, unit) = (figure.name, figure.unit);
        for (i, option) in metric.options.iter().enumerate() {
            let label = labels.get(i).filter(|_| labels.len() > 1);
            let name = label.map_or_else(|| name.to_owned(), |label| format!("{name}: {}", escaped(label)));
            row(text, &name, metric, option, i, unit);
        }
    }
    let _ = writeln!(
        text,
        "\nP10 and P90 are of the difference the change makes: 8 in 10 draws lie between them.\n"
    );
}

fn row(text: &mut String, name: &str, metric: &Metric, option: &Quantity, i: usize, unit: Unit) {
    let difference = metric.difference.get(i).copied().unwrap_or_default();
    let _ = writeln!(
        text,
        "| {name} | {} | {} | {} | {} | {} |",
        shown(metric.baseline.mean, unit),
        shown(option.mean, unit),
        shown(difference.mean, unit),
        shown(difference.p10, unit),
        shown(difference.p90, unit)
    );
}

fn shown(figure: Option<f64>, unit: Unit) -> String {
    match (figure, unit) {
        (None, _) => "not defined".to_owned(),
        (Some(f), Unit::Count) => format::number(f, 1),
        (Some(f), Unit::Money) => format::number(f, 2),
        (Some(f), Unit::Share) => format::number(f, 3),
    }
}

fn depends_on(text: &mut String, forecast: &Forecast, labels: &[String]) {
    // Of several options, that which leaves the most.
    let best = side_by_side::best(forecast).unwrap_or(0);
    let mut bars = forecast.tornado.iter().filter(|bar| bar.option == best).peekable();
    if bars.peek().is_none() {
        return;
    }
    let _ = writeln!(text, "## What the net depends on\n");
    let of = labels.get(best).filter(|_| labels.len() > 1);
    let of = of.map_or_else(String::new, |label| format!(" of {}", escaped(label)));
    let _ = writeln!(text, "One assumption moved at a time, all else as forecast; the net{of}.\n");
    let _ = writeln!(text, "| Assumption | At its low end | At its high end |\n|---|---:|---:|");
    for bar in bars {
        let end = |net: f64, words: &str| format!("{} ({})", shown(Some(net), Unit::Money), escaped(words));
        let (low, high) = (end(bar.net_low, &bar.low), end(bar.net_high, &bar.high));
        let _ = writeln!(text, "| {} | {low} | {high} |", escaped(&bar.assumption));
    }
    let _ = writeln!(text);
}

/// Of several options, those of the one that leaves the most.
fn limits(text: &mut String, forecast: &Forecast, labels: &[String]) {
    let best = side_by_side::best(forecast).unwrap_or(0);
    let lines = sentences::limits(forecast, best);
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(text, "## Caps and tiers on the way\n");
    if let Some(label) = labels.get(best).filter(|_| labels.len() > 1) {
        let _ = writeln!(text, "With the option that leaves the most on average: {}.\n", escaped(label));
    }
    for line in lines {
        let _ = writeln!(text, "- {}", escaped(&line));
    }
    let _ = writeln!(text);
}

fn reading(text: &mut String, answer: &Answer) {
    let _ = writeln!(text, "## How the question was read\n");
    let _ = writeln!(text, "Reader: {}.\n", answer.reading.reader);
    if let Some(draft) = &answer.reading.scenario {
        let json = serde_json::to_string_pretty(draft).unwrap_or_default();
        let _ = writeln!(text, "```json\n{json}\n```\n");
    }
}

fn rules(text: &mut String, answer: &Answer) {
    let _ = writeln!(text, "## Rules cited\n");
    for c in &answer.citations {
        let _ = writeln!(text, "- {} v{} §{}: “{}”", c.program, c.version, c.clause, escaped(&c.quote));
    }
    let _ = writeln!(text);
}

fn evidence(text: &mut String, forecast: &Forecast) {
    let _ = writeln!(text, "## Evidence and assumptions\n");
    for e in &forecast.evidence {
        let response = match (e.response.mean, e.response.se) {
            (Some(mean), Some(se)) => format!("response {mean:.2} (standard error {se:.2})"),
            _ => "response not known".to_owned(),
        };
        let _ = writeln!(
            text,
            "- {}: grade {}, {response}, {} changes seen, {:.0}% from its own history{}",
            e.sku,
            e.grade.as_str(),
            e.changes,
            e.share_from_history * 100.0,
            e.flags.iter().map(|f| format!(", {f}")).collect::<String>()
        );
    }
    let _ = writeln!(text, "- {}", sentences::track_record(forecast.accuracy));
    for assumption in &forecast.approximations {
        let _ = writeln!(text, "- {}", escaped(assumption));
    }
    let _ = writeln!(text);
}

fn bundle(text: &mut String, answer: &Answer) {
    let _ = writeln!(text, "## What reproduces it\n");
    let json = serde_json::to_string_pretty(&answer.bundle).unwrap_or_default();
    let _ = writeln!(text, "Run {} of {}.\n\n```json\n{json}\n```", answer.run.id, answer.run.created_at);
}

/// Keeps data from becoming markup: HTML and table bars are escaped, lines joined.
pub(super) fn escaped(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    joined.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('|', "\\|")
}
