//! Several options side by side: what each would bring, with its interval, and which
//! beats which how surely.

use spiffcast_engine::explore;
use spiffcast_engine::forecast::{Comparison, CurvePoint, Forecast};

use super::charts::{self, MoverBar};
use super::exhibits::Exhibit;
use super::figures::{self, Cell};
use super::format;

/// The options side by side.
pub struct SideBySide {
    /// Labels of the options.
    pub options: Vec<String>,
    /// One a figure.
    pub rows: Vec<SideRow>,
    /// One an option: the chance that it beats each other one on net margin.
    pub beats: Vec<(String, Vec<String>)>,
}

/// What each option would change.
pub struct SideRow {
    /// Name of the figure.
    pub name: &'static str,
    /// One an option.
    pub cells: Vec<Cell>,
    /// The one to look at first.
    pub strong: bool,
}

/// The options of a forecast side by side; `None` where there is only one.
pub fn side_by_side(forecast: &Forecast, labels: &[String]) -> Option<SideBySide> {
    let options = options(forecast);
    if options < 2 {
        return None;
    }
    let label = |i: usize| labels.get(i).map_or_else(|| format!("Option {}", i + 1), Clone::clone);
    let tables: Vec<_> =
        (0..options).map(|i| figures::table(&forecast.metrics, i, &forecast.currency)).collect();
    let rows = tables[0].iter().map(|first| {
        let of_option = |table: &Vec<figures::FigureRow>| {
            let row = table.iter().find(|row| row.name == first.name);
            row.map_or_else(Cell::default, |row| row.difference.clone())
        };
        SideRow { name: first.name, cells: tables.iter().map(of_option).collect(), strong: first.strong }
    });
    let rows = rows.collect();
    let beats =
        (0..options).map(|a| (label(a), (0..options).map(|b| chance(forecast, a, b)).collect())).collect();
    Some(SideBySide { options: (0..options).map(label).collect(), rows, beats })
}

/// How many options a forecast has.
pub fn options(forecast: &Forecast) -> usize {
    forecast.metrics.values().map(|m| m.options.len()).max().unwrap_or(0)
}

/// The option that leaves the most net margin on average; the first of equals.
pub fn best(forecast: &Forecast) -> Option<usize> {
    let net = forecast.metrics.get("net")?.difference.iter().map(|q| q.mean).enumerate();
    let known = net.filter_map(|(i, mean)| Some((i, mean?)));
    known.reduce(|a, b| if b.1 > a.1 { b } else { a }).map(|(i, _)| i)
}

/// Which of several the figures on top are of, with its label; `None` where there is one.
pub fn keys_of(forecast: &Forecast, label: &str) -> Option<String> {
    if options(forecast) > 1 {
        return Some(format!("The option that leaves the most on average: {label}"));
    }
    let shown = forecast.sweep.as_deref().and_then(|points| {
        explore::shown_value(forecast).map(ToOwned::to_owned).or_else(|| best_value(points))
    });
    if let Some(value) = shown {
        return Some(format!("At the value that leaves the most net margin: {value}"));
    }
    let goal = forecast.goal.as_ref()?;
    Some(goal.value.as_ref().map_or_else(
        || "No value keeps to what was asked; the figures are of the nearest".to_owned(),
        |value| format!("At the value {}: {value}", if goal.reached { "found" } else { "nearest to it" }),
    ))
}

/// The value that leaves the most net margin on average.
fn best_value(points: &[CurvePoint]) -> Option<String> {
    let net = |p: &CurvePoint| p.metrics.get("net")?.difference.first()?.mean;
    let known = points.iter().filter_map(|p| Some((p.value.clone(), net(p)?)));
    known.reduce(|a, b| if b.1 > a.1 { b } else { a }).map(|(value, _)| value)
}

/// How often option `a` beats option `b` on net margin.
fn chance(forecast: &Forecast, a: usize, b: usize) -> String {
    if a == b {
        return String::new();
    }
    share(forecast, a, b).map_or_else(|| format::NONE.to_owned(), format::chance)
}

/// Share of draws in which option `a` leaves more net margin than option `b`.
pub fn share(forecast: &Forecast, a: usize, b: usize) -> Option<f64> {
    let of = |a: usize, b: usize| {
        let pair = |c: &&Comparison| (c.a, c.b, c.metric.as_str()) == (a, b, "net");
        forecast.comparison.iter().find(pair).map(|c| c.probability_b_better)
    };
    of(b, a).or_else(|| of(a, b).map(|p| 1.0 - p))
}

/// The option that beats the best on average in most draws, where there is one.
fn more_often(forecast: &Forecast, best: usize) -> Option<(usize, f64)> {
    let others = (0..options(forecast)).filter(|other| *other != best);
    let ahead = others.filter_map(|other| Some((other, share(forecast, other, best)?)));
    ahead.filter(|(_, share)| *share > 0.5).reduce(|a, b| if b.1 > a.1 { b } else { a })
}

/// Net margin of every option with its interval.
pub fn net(forecast: &Forecast, side: &SideBySide) -> Option<Exhibit> {
    let net = forecast.metrics.get("net")?;
    let bars: Vec<MoverBar> = side
        .options
        .iter()
        .zip(&net.difference)
        .filter_map(|(label, q)| {
            let value = q.mean?;
            let interval = (q.p10.unwrap_or(value), q.p90.unwrap_or(value));
            Some(MoverBar { name: label.clone(), value, interval })
        })
        .collect();
    let first = best(forecast)?;
    let mut lead = format!("{} leaves the most on average", side.options.get(first)?);
    if let Some((other, share)) = more_often(forecast, first) {
        let name = side.options.get(other)?;
        lead.push_str(&format!(
            "; {name} comes out ahead of it more often, in {} of the draws",
            format::chance(share)
        ));
    }
    lead.push_str(". The lines are 8 in 10 of what each change does.");
    let money = |v: f64| format::signed(v, format::money(v, &forecast.currency));
    let rows = bars
        .iter()
        .map(|b| vec![b.name.clone(), money(b.value), money(b.interval.0), money(b.interval.1)])
        .collect();
    Some(Exhibit {
        id: "options",
        title: "Change in net margin, option by option".to_owned(),
        lead,
        chart: charts::movers(&bars, "net margin", "option", &forecast.currency)?,
        head: vec!["Option", "Expected", "Low (1 in 10)", "High (1 in 10)"],
        rows,
    })
}
