//! How answers look on a terminal. Formats only; every figure is the answer's own.

pub mod earnings;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use spiffcast_engine::forecast::{Forecast, Quantity};
use spiffcast_engine::reading::{Reading, Status};

use crate::answer::Answer;
use crate::app::import::Imported;
use crate::reports::format;

/// Metrics shown, with their names and digits after the point.
const METRICS: [(&str, &str, usize); 7] = [
    ("units", "units", 1),
    ("revenue", "revenue", 0),
    ("margin", "gross margin", 0),
    ("payout", "payout", 0),
    ("net", "net after payout", 0),
    ("roi", "return on incentive", 2),
    ("partners_earning", "partners earning", 1),
];

/// Prints an answer for people.
pub fn print_answer(answer: &Answer) {
    let mut text = String::new();
    // Writing to a String cannot fail; the results are let go on purpose.
    if let Some(summary) = &answer.summary {
        let _ = writeln!(text, "{}\n\n{}\n", summary.headline, summary.text);
        if summary.author == "llm" {
            text.push_str("(In the words of the language model; every figure is the template's.)\n\n");
        }
    }
    if let Some(forecast) = &answer.forecast {
        figures(&mut text, forecast);
        evidence(&mut text, forecast);
    }
    reading(&mut text, &answer.reading);
    if !answer.citations.is_empty() {
        let _ = writeln!(text, "Rules");
        for c in &answer.citations {
            let _ = writeln!(text, "  {} v{} §{}  {}", c.program, c.version, c.clause, shortened(&c.quote));
        }
    }
    let _ = writeln!(text, "\nAnswer {}", answer.run.id);
    emit(&text);
}

fn figures(text: &mut String, forecast: &Forecast) {
    let options = forecast.metrics.values().next().map_or(0, |m| m.options.len());
    for option in 0..options {
        if options > 1 {
            let _ = writeln!(text, "Option {}", option + 1);
        }
        let _ = writeln!(
            text,
            "{:<20}{:>16}{:>16}{:>16}   8 in 10 between",
            forecast.currency, "baseline", "scenario", "difference"
        );
        for (key, name, digits) in METRICS {
            let Some(metric) = forecast.metrics.get(key) else { continue };
            let (arm, difference) = (metric.options[option], metric.difference[option]);
            let _ = writeln!(
                text,
                "{name:<20}{:>16}{:>16}{:>16}   {}",
                number(metric.baseline.mean, digits),
                number(arm.mean, digits),
                number(difference.mean, digits),
                interval(&difference, digits)
            );
        }
        let _ = writeln!(text);
    }
}

fn evidence(text: &mut String, forecast: &Forecast) {
    let _ = writeln!(text, "Evidence (data through {})", forecast.as_of);
    for e in &forecast.evidence {
        let share = e.share_from_history * 100.0;
        let _ = writeln!(
            text,
            "  {:<12} grade {}, {} changes seen, {share:.0}% from its own history{}",
            e.sku,
            e.grade.as_str(),
            e.changes,
            e.flags.iter().fold(String::new(), |all, f| all + ", " + f)
        );
    }
    match forecast.accuracy {
        Some(a) => {
            let _ = writeln!(
                text,
                "  Of {} past changes like it {:.0}% came inside their 8-in-10 range, units off by {} (`spiffcast backtest`)",
                a.events,
                a.coverage_80 * 100.0,
                format::percent(a.wape)
            );
        }
        None => {
            text.push_str("  How good such forecasts have been is not computed yet (`spiffcast backtest`)\n")
        }
    }
    for line in &forecast.approximations {
        let _ = writeln!(text, "  - {line}");
    }
    let _ = writeln!(text);
}

fn reading(text: &mut String, reading: &Reading) {
    if let Some(draft) = reading.scenario.as_ref().filter(|_| reading.status == Status::Ready) {
        let labels: Vec<&str> = draft.options.iter().map(|o| o.label.as_str()).collect();
        let _ = writeln!(
            text,
            "Read as: {} for {} ({} to {}), by the {} reader",
            labels.join(" against "),
            draft.period.label,
            draft.period.start,
            draft.period.end,
            reading.reader
        );
    }
    for finding in &reading.findings {
        let _ = writeln!(text, "{}", finding.said());
    }
    if !reading.unused_words.is_empty() {
        let _ = writeln!(text, "Not used: {}", reading.unused_words.join(", "));
    }
    for c in &reading.clarifications {
        let _ = writeln!(text, "{}", c.question);
        for choice in &c.choices {
            let _ = writeln!(text, "  --answer '{}={}'   {}", c.field, choice.id, choice.label);
        }
    }
    let _ = writeln!(text);
}

/// Prints what an import brought.
pub fn print_import(imported: &Imported, data_dir: &Path) {
    let report = &imported.report;
    let mut text = String::new();
    for warning in &report.warnings {
        let _ = writeln!(text, "{warning}");
    }
    let _ = writeln!(
        text,
        "Imported {} partners, {} products, {} programs and {} transaction lines through {} into {}.",
        report.partners,
        report.products,
        report.programs,
        report.lines,
        report.as_of,
        data_dir.display()
    );
    match imported.scored {
        0 => {}
        1 => text.push_str("One forecast given earlier was held against it: see /accuracy.\n"),
        n => {
            let _ = writeln!(text, "{n} forecasts given earlier were held against it: see /accuracy.");
        }
    }
    emit(&text);
}

fn number(figure: Option<f64>, digits: usize) -> String {
    figure.map_or_else(|| "not defined".to_owned(), |f| format::number(f, digits))
}

fn interval(q: &Quantity, digits: usize) -> String {
    match (q.p10, q.p90) {
        (Some(low), Some(high)) => {
            format!("{} and {}", number(Some(low), digits), number(Some(high), digits))
        }
        _ => String::new(),
    }
}

fn shortened(text: &str) -> String {
    const CHARS_MAX: usize = 100;
    if text.chars().count() <= CHARS_MAX {
        return text.to_owned();
    }
    text.chars().take(CHARS_MAX).chain(['…']).collect()
}

/// A reader that closed the pipe has read enough; nothing else can go wrong here.
pub fn emit(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
