//! Where the change lands: region by region and tier by tier.

use spiffcast_engine::forecast::{Forecast, Row};

use super::{Exhibit, with_interval};
use crate::reports::charts::{self, Panel, PlaceGroup, PlaceRow};
use crate::reports::format;
use crate::reports::metrics::figure_of;

/// Rows of a group; the rest is in the workbook.
const ROWS_MAX: usize = 8;
/// One panel each.
const SHOWN: [&str; 3] = ["revenue", "payout", "net"];

/// Regions and tiers of an option; `None` where neither has two to set side by side.
pub fn places(forecast: &Forecast, option: usize) -> Option<Exhibit> {
    let groups: Vec<PlaceGroup> = [("Region", &forecast.by.region), ("Tier held today", &forecast.by.tier)]
        .into_iter()
        .filter_map(|(name, rows)| group(name, rows, option))
        .collect();
    let panels: Vec<Panel> = SHOWN
        .iter()
        .filter_map(|key| figure_of(key))
        .map(|figure| Panel { name: figure.name.to_owned() })
        .collect();
    let chart = charts::places(&panels, &groups, &forecast.currency)?;
    let money = |v: f64| format::signed(v, format::money(v, &forecast.currency));
    let table = groups.iter().flat_map(|group| {
        group.rows.iter().map(|row| {
            let mut cells = vec![format!("{}: {}", group.name, row.name)];
            cells.extend(row.values.iter().map(|(value, interval)| {
                format!("{} ({} to {})", money(*value), money(interval.0), money(interval.1))
            }));
            cells
        })
    });
    Some(Exhibit {
        id: "places",
        title: "Where it lands: by region and tier".to_owned(),
        lead: lead(&groups),
        rows: table.collect(),
        head: std::iter::once("").chain(SHOWN.iter().filter_map(|k| figure_of(k)).map(|f| f.name)).collect(),
        chart,
    })
}

/// At least two rows, the largest change of revenue first.
fn group(name: &str, rows: &[Row], option: usize) -> Option<PlaceGroup> {
    let place = |row: &Row| {
        let value = |key: &&str| with_interval(row.metrics.get(*key)?.difference.get(option)?);
        let values: Option<Vec<(f64, (f64, f64))>> = SHOWN.iter().map(value).collect();
        Some(PlaceRow { name: row.name.clone(), values: values? })
    };
    let mut places: Vec<PlaceRow> = rows.iter().filter_map(place).collect();
    places.sort_by(|a, b| b.values[0].0.abs().total_cmp(&a.values[0].0.abs()).then(a.name.cmp(&b.name)));
    let more = places.len().saturating_sub(ROWS_MAX);
    places.truncate(ROWS_MAX);
    let moves = places.iter().any(|place| place.values.iter().any(|(value, _)| value.abs() >= 0.005));
    (moves && places.len() > 1).then(|| PlaceGroup { name: name.to_owned(), rows: places, more })
}

fn lead(groups: &[PlaceGroup]) -> String {
    let first = |group: &PlaceGroup| group.rows.first().map(|row| row.name.clone());
    let largest: Vec<String> = groups.iter().filter_map(first).collect();
    format!(
        "Change against the rules as they are; lines are 8 in 10 of what the change does. Revenue moves most in {}.",
        largest.join(" and among ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use spiffcast_engine::forecast::{Metric, Metrics, Quantity};

    fn row(name: &str, value: f64) -> Row {
        let q = Quantity { mean: Some(value), p10: Some(value - 1.0), ..Quantity::default() };
        let metric = Metric { baseline: q, options: vec![q], difference: vec![q] };
        let metrics: Metrics = SHOWN.iter().map(|key| ((*key).to_owned(), metric.clone())).collect();
        Row { key: name.to_owned(), name: name.to_owned(), metrics }
    }

    #[test]
    fn one_region_is_no_comparison_and_many_are_cut_and_said() {
        let mut forecast = Forecast { currency: "USD".to_owned(), ..Forecast::default() };
        forecast.by.region = vec![row("EMEA", 5.0)];
        assert!(places(&forecast, 0).is_none());
        forecast.by.region = (0..12).map(|i| row(&format!("R{i}"), f64::from(i))).collect();
        let exhibit = places(&forecast, 0).expect("an exhibit");
        assert!(exhibit.chart.wide.contains("R11") && exhibit.chart.wide.contains("and 4 more"));
        assert_eq!(exhibit.rows.len(), ROWS_MAX);
    }
}
