//! The partners that move most.

use spiffcast_engine::forecast::{Forecast, Metric, Quantity, Row};

use super::{Exhibit, mean};
use crate::reports::charts::{self, MoverBar};
use crate::reports::format;

/// Partners in the chart and in the table.
const MOVERS_MAX: usize = 10;

/// The partners whose revenue moves most.
pub fn movers(forecast: &Forecast, option: usize) -> Option<Exhibit> {
    let difference = |row: &Row, key: &str| -> Option<Quantity> {
        row.metrics.get(key).and_then(|m: &Metric| m.difference.get(option).copied())
    };
    let mut rows: Vec<(&Row, Quantity, f64)> = forecast
        .by
        .partner
        .iter()
        .filter_map(|row| {
            let q = difference(row, "revenue")?;
            let value = mean(&q)?;
            (value.abs() > 0.005).then_some((row, q, value))
        })
        .collect();
    rows.sort_by(|a, b| b.2.abs().total_cmp(&a.2.abs()).then_with(|| a.0.key.cmp(&b.0.key)));
    let touched = rows.len();
    let all: f64 = rows.iter().map(|r| r.2).sum();
    rows.truncate(MOVERS_MAX);
    let top: f64 = rows.iter().map(|r| r.2).sum();
    let bars: Vec<MoverBar> = rows
        .iter()
        .map(|(row, q, value)| MoverBar {
            name: row.name.clone(),
            value: *value,
            interval: (q.p10.unwrap_or(*value), q.p90.unwrap_or(*value)),
        })
        .collect();
    let chart = charts::movers(&bars, "revenue", "partner", &forecast.currency)?;
    let money = |q: Option<Quantity>| {
        q.and_then(|q| mean(&q)).map_or_else(
            || format::NONE.to_owned(),
            |v| format::signed(v, format::money(v, &forecast.currency)),
        )
    };
    let lines = rows
        .iter()
        .map(|(row, _, _)| {
            let units = difference(row, "units").and_then(|q| mean(&q));
            vec![
                row.name.clone(),
                units.map_or_else(|| format::NONE.to_owned(), |v| format::signed(v, format::count(v))),
                money(difference(row, "revenue")),
                money(difference(row, "payout")),
                money(difference(row, "net")),
            ]
        })
        .collect();
    let share = if all.abs() > 1e-9 { format::percent(top / all) } else { format::NONE.to_owned() };
    let lead = if touched > rows.len() {
        format!(
            "The {} partners that move most bring {share} of the change in revenue; {} move at all.",
            rows.len(),
            format::count(touched as f64)
        )
    } else {
        format!("{touched} partners move.")
    };
    Some(Exhibit {
        id: "movers",
        title: "Who moves: change in revenue by partner".to_owned(),
        lead,
        chart,
        head: vec!["Partner", "Units", "Revenue", "Payout", "Net margin"],
        rows: lines,
    })
}
