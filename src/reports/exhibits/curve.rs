//! What the values that were tried would do: net over a range, and the figure that a
//! goal is about with the value found.

use spiffcast_engine::explore::shown_value;
use spiffcast_engine::forecast::{CurvePoint, Forecast, Quantity};
use spiffcast_engine::scenario::Draft;

use super::{Exhibit, with_interval};
use crate::reports::charts::{self, CurveData, CurveDot};
use crate::reports::format;
use crate::reports::metrics::{Figure, Unit, figure_of};

/// Figures whose change is told of every value that was tried, beside the curves.
pub const TOLD: [&str; 4] = ["net", "payout", "revenue", "units"];

/// The curves of a sweep or a goal-seek: the goal's own figure first, then net.
pub fn curves(forecast: &Forecast, draft: Option<&Draft>) -> Vec<Exhibit> {
    let lever = lever_words(draft);
    if let Some(points) = &forecast.sweep {
        // Kept answers of before the curve held the forecast's own figures have none.
        let shown = shown_value(forecast).and_then(|value| value.parse().ok());
        let best = shown.or_else(|| best_net(points));
        let chosen = best.map(|value| (value, "most net margin"));
        return net_curve(points, chosen, &lever, forecast).into_iter().collect();
    }
    let (Some(found), Some(goal)) = (&forecast.goal, draft.and_then(|d| d.goal.as_ref())) else {
        return Vec::new();
    };
    let value = found.value.as_deref().and_then(|text| text.parse().ok());
    let chosen = value.map(|value: f64| (value, if found.reached { "found" } else { "closest" }));
    let own = figure_of(&goal.metric).filter(|figure| figure.key != "net").and_then(|figure| {
        let target = goal.value.as_deref().and_then(|text| text.parse::<f64>().ok());
        let level = goal.relative.as_deref() != Some("percent") && figure.key != "roi";
        // A change in percent is of the baseline; what is asked for is a level then.
        let base = found.curve.first().and_then(|p| p.metrics.get(figure.key)?.baseline.mean);
        let target = match (target, level, base) {
            (Some(t), true, _) => Some(t),
            (Some(t), false, Some(base)) if figure.key != "roi" => Some(base * t / 100.0),
            (t, ..) => t,
        };
        let pick = |p: &CurvePoint| {
            let metric = p.metrics.get(figure.key)?;
            if level { metric.options.first().copied() } else { metric.difference.first().copied() }
        };
        let what = if level { "with the change" } else { "change" };
        curve(&found.curve, pick, (figure, what), chosen, target, &lever, forecast)
    });
    own.into_iter().chain(net_curve(&found.curve, chosen, &lever, forecast)).collect()
}

fn net_curve(
    points: &[CurvePoint],
    chosen: Option<(f64, &str)>,
    lever: &str,
    forecast: &Forecast,
) -> Option<Exhibit> {
    let pick = |p: &CurvePoint| p.metrics.get("net")?.difference.first().copied();
    curve(points, pick, (figure_of("net")?, "change"), chosen, None, lever, forecast)
}

fn curve(
    points: &[CurvePoint],
    pick: impl Fn(&CurvePoint) -> Option<Quantity>,
    (figure, what): (&Figure, &str),
    chosen: Option<(f64, &str)>,
    target: Option<f64>,
    lever: &str,
    forecast: &Forecast,
) -> Option<Exhibit> {
    let dot = |p: &CurvePoint| {
        let (y, interval) = with_interval(&pick(p)?)?;
        Some(CurveDot { x: p.value.parse().ok()?, y, interval })
    };
    let mut dots: Vec<CurveDot> = points.iter().filter_map(dot).collect();
    dots.sort_by(|a, b| a.x.total_cmp(&b.x));
    let write = |v: f64| match figure.unit {
        Unit::Count => format::count(v),
        Unit::Money => format::money(v, &forecast.currency),
        Unit::Share => format::percent(v),
    };
    let data = CurveData {
        what: format!("{}, {what}", figure.name),
        lever: lever.to_owned(),
        dots,
        chosen: chosen.map(|(x, words)| (x, words.to_owned())),
        target,
        currency: (figure.unit == Unit::Money).then(|| forecast.currency.clone()),
        share: figure.unit == Unit::Share,
    };
    let chart = charts::curve(&data)?;
    let mark = |x: f64| match chosen {
        Some((at, words)) if (at - x).abs() < 1e-9 => format!("{} ({words})", plain(x)),
        _ => plain(x),
    };
    let rows = data
        .dots
        .iter()
        .map(|d| {
            let range = format!("{} to {}", write(d.interval.0), write(d.interval.1));
            vec![mark(d.x), write(d.y), range]
        })
        .collect();
    Some(Exhibit {
        id: match figure.key {
            "net" => "curve-net",
            key if what == "change" && TOLD.contains(&key) => "curve-goal",
            _ => "curve-level",
        },
        title: if what == "change" {
            format!("Change in {} over the values tried", figure.name.to_lowercase())
        } else {
            format!("{} over the values tried", figure.name)
        },
        lead: lead(&data, chosen, write),
        chart,
        head: vec!["Value", "Expected", "8 in 10 between"],
        rows,
    })
}

fn lead(data: &CurveData, chosen: Option<(f64, &str)>, write: impl Fn(f64) -> String) -> String {
    let tried = format!("{} values tried; the band is 8 in 10 of what each does.", data.dots.len());
    match chosen.and_then(|(x, words)| Some((charts::height(&data.dots, x)?, x, words))) {
        Some((y, x, words)) => format!("At {} ({words}): {}. {tried}", plain(x), write(y)),
        None => tried,
    }
}

fn plain(x: f64) -> String {
    let places = (0..=3).find(|p| (x * 10f64.powi(*p) - (x * 10f64.powi(*p)).round()).abs() < 1e-6);
    format::number(x, places.unwrap_or(3).unsigned_abs() as usize)
}

/// The value with the most net margin on average.
fn best_net(points: &[CurvePoint]) -> Option<f64> {
    let net = |p: &CurvePoint| p.metrics.get("net")?.difference.first()?.mean;
    let known = points.iter().filter_map(|p| Some((p.value.parse::<f64>().ok()?, net(p)?)));
    known.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.total_cmp(&a.0))).map(|(value, _)| value)
}

/// What the values are, such as `rate, increase by percent`.
fn lever_words(draft: Option<&Draft>) -> String {
    let place = draft.and_then(|d| {
        let of_sweep = d.sweep.as_ref().map(|s| (s.option, s.lever));
        of_sweep.or_else(|| d.goal.as_ref().map(|g| (g.option, g.lever)))
    });
    let lever = place.and_then(|(option, lever)| draft?.options.get(option)?.levers.get(lever));
    lever.map_or_else(
        || "Value".to_owned(),
        |l| format::capital(&format!("{}, {}", word(&l.parameter), word(&l.operation))),
    )
}

/// The word of the contract, with blanks.
fn word(value: &impl serde::Serialize) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    format::words(json.as_str().unwrap_or_default())
}
