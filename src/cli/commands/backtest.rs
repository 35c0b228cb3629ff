//! How good forecasts have been here: past changes and past sales forecast again,
//! scored against what came.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::IsTerminal;

use indicatif::ProgressBar;
use spiffcast_engine::accuracy::{FigureScores, Grouping, Said, TrackRecord};

use super::{Ended, bar, open, print_json};
use crate::app::accuracy::{self, BacktestRequest};
use crate::app::port::Progress;
use crate::cli::arguments::{Arguments, Backtest};
use crate::cli::{Outcome, terminal};
use crate::reports::format;

pub async fn backtest(arguments: &Arguments, asked: Backtest) -> Ended {
    let state = open(arguments).await?;
    let request = BacktestRequest { origins: asked.origins, months: asked.months, again: asked.again };
    let progress = Progress::new();
    let bar = if asked.json || !std::io::stderr().is_terminal() { ProgressBar::hidden() } else { bar() };
    let (shown, mut steps) = (bar.clone(), progress.subscribe());
    let watcher = tokio::spawn(async move {
        while steps.changed().await.is_ok() {
            let step = *steps.borrow();
            shown.set_message(format!("forecasting past changes again, {:.0}%", step.done * 100.0));
        }
    });
    let made = accuracy::backtest(&state, request, &progress).await;
    watcher.abort();
    bar.finish_and_clear();
    let made = made?;
    if asked.json {
        print_json(&made.record)?
    } else {
        terminal::emit(&render(&made.record))
    }
    Ok(Outcome::Done)
}

/// The record as a table. Every figure is the record's own; writing to a String
/// cannot fail.
fn render(record: &TrackRecord) -> String {
    let mut text = String::new();
    let scores = &record.what_ifs;
    let _ = writeln!(
        text,
        "{} past changes forecast from what was known the month before (data through {}, whole to {})\n",
        scores.events, record.as_of, record.known_through
    );
    if !record.events.is_empty() {
        events(&mut text, record);
        let _ = writeln!(text, "\n{:<34}{:>10}{:>12}{:>10}", "", "off by", "bias", "in range");
        figure(&mut text, "units", &scores.units);
        figure(&mut text, "units, had nobody answered", &scores.units_without_response);
        figure(&mut text, "payout", &scores.payout);
        let _ = writeln!(text, "{:<34}{} of {}", "direction right", scores.signs_right, scores.signs);
        if let (Some(slope), Some(se)) = (scores.slope, scores.slope_se) {
            let _ = writeln!(
                text,
                "{:<34}{slope:.2} (standard error {se:.2}; 1: as said)",
                "lift seen per lift said"
            );
        }
    }
    left_out(&mut text, record);
    baseline(&mut text, record);
    text
}

fn events(text: &mut String, record: &TrackRecord) {
    let _ = writeln!(
        text,
        "{:<12}{:<22}{:<9}{:>7}{:>8}{:>8}{:>18}{:>10}{:>12}{:>12}",
        "from", "program", "months", "grade", "said", "came", "8 in 10", "", "pay said", "came"
    );
    for event in &record.events {
        let percent = |share: f64| format::signed(share, format!("{}%", format::number(share * 100.0, 0)));
        let range = format!("{} to {}", percent(event.lift.p10), percent(event.lift.p90));
        let _ = writeln!(
            text,
            "{:<12}{:<22}{:<9}{:>7}{:>8}{:>8}{range:>18}{:>10}{:>12}{:>12}",
            event.on.to_string(),
            event.program.chars().take(21).collect::<String>(),
            if event.months[0] == event.months[1] {
                "1".to_owned()
            } else {
                format!("to {}", &event.months[1][5..])
            },
            event.grade.as_str().chars().take(5).collect::<String>(),
            percent(event.lift.mean),
            percent(event.lift.actual),
            if event.units.is_inside() { "inside" } else { "outside" },
            paid(&event.payout, event.payout.mean),
            paid(&event.payout, event.payout.actual),
        );
    }
}

/// Changes that could not be scored, by reason.
fn left_out(text: &mut String, record: &TrackRecord) {
    let mut by_reason: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for one in &record.left_out {
        by_reason.entry(&one.reason).or_default().push(format!("{} {}", one.program, one.on));
    }
    for (reason, changes) in by_reason {
        let _ = writeln!(text, "\nLeft out, {reason}:\n  {}", changes.join(", "));
    }
}

/// Nothing said and nothing paid is no figure.
fn paid(payout: &Said, value: f64) -> String {
    if payout.mean == 0.0 && payout.actual == 0.0 {
        format::NONE.to_owned()
    } else {
        format::number(value, 0)
    }
}

fn figure(text: &mut String, name: &str, scores: &FigureScores) {
    let share = |value: Option<f64>| value.map_or(format::NONE.to_owned(), format::percent);
    let bias = scores.bias.map_or(format::NONE.to_owned(), |b| format::signed(b, format::percent(b)));
    let inside = scores.inside_80.map_or(String::new(), |inside| format!("{inside} of {}", scores.events));
    let _ = writeln!(text, "{name:<34}{:>10}{bias:>12}{inside:>10}", share(scores.wape));
}

fn baseline(text: &mut String, record: &TrackRecord) {
    let baseline = &record.baseline;
    let days: Vec<String> = baseline.origins.iter().map(ToString::to_string).collect();
    if days.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "\nSales as the rules stood, {} months ahead from {}\n{:<12}{:>8}{:>10}{:>14}{:>10}{:>14}{:>10}{:>10}{:>12}",
        baseline.months,
        days.join(", "),
        "",
        "cases",
        "off by",
        "last year",
        "CRPS",
        "last year",
        "RMSSE",
        "bias",
        "in 8 of 10"
    );
    for level in &baseline.levels {
        let name = match level.level {
            Grouping::Cell => "cell",
            Grouping::Partner => "partner",
            Grouping::Product => "product",
            Grouping::Total => "total",
        };
        let share = |value: Option<f64>| value.map_or(format::NONE.to_owned(), format::percent);
        let number = |value: Option<f64>| value.map_or(format::NONE.to_owned(), |v| format!("{v:.3}"));
        let _ = writeln!(
            text,
            "{name:<12}{:>8}{:>10}{:>14}{:>10}{:>14}{:>10}{:>10}{:>12}",
            level.own.cases,
            share(level.own.wape),
            share(level.naive.wape),
            number(level.own.crps),
            number(level.naive.crps),
            number(level.own.rmsse),
            level.own.bias.map_or(format::NONE.to_owned(), |b| format::signed(b, format::percent(b))),
            share(level.own.coverage_80),
        );
    }
}
