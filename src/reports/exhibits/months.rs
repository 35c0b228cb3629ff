//! Units month by month: sold, if nothing changes, and with the change.

use spiffcast_engine::forecast::{Forecast, Row};

use super::{Exhibit, mean, with_interval};
use crate::reports::charts::{self, FanData, FanPoint};
use crate::reports::format;

/// The months. `actuals` as the copilot gives them.
pub fn months(forecast: &Forecast, actuals: &[(String, f64)], option: usize, label: &str) -> Option<Exhibit> {
    let point = |row: &Row| {
        let units = row.metrics.get("units")?;
        let scenario = units.options.get(option)?;
        let middle = mean(scenario)?;
        let change = with_interval(units.difference.get(option)?)?;
        Some(FanPoint {
            month: row.key.clone(),
            baseline: mean(&units.baseline)?,
            scenario: middle,
            change,
            outcome: (scenario.outcome_p10.unwrap_or(middle), scenario.outcome_p90.unwrap_or(middle)),
        })
    };
    let points: Vec<FanPoint> = forecast.by.month.iter().filter_map(point).collect();
    let data = FanData {
        actual: actuals.to_vec(),
        forecast: points,
        as_of: format::date_short(forecast.as_of),
        scenario: label.to_owned(),
    };
    let chart = charts::fan(&data)?;
    let sold = data.actual.iter().map(|(month, units)| {
        vec![
            format::month(month, true),
            format::count(*units),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
        ]
    });
    let coming = data.forecast.iter().map(|p| {
        vec![
            format::month(&p.month, true),
            String::new(),
            format::count(p.baseline),
            format::count(p.scenario),
            format!(
                "{} ({} to {})",
                signed(p.change.0),
                format::count(p.change.1.0),
                format::count(p.change.1.1)
            ),
            format!("{} to {}", format::count(p.outcome.0), format::count(p.outcome.1)),
        ]
    });
    let rows = sold.chain(coming).collect();
    Some(Exhibit {
        id: "months",
        title: "Units by month".to_owned(),
        lead: "The band is what a month may bring, with the change and with luck. Below it what the change does: a \
               bar is expected, a line holds 8 in 10."
            .to_owned(),
        chart,
        head: vec!["Month", "Sold", "If nothing changes", "With the change", "What it does", "May bring"],
        rows,
    })
}

fn signed(units: f64) -> String {
    format::signed(units, format::count(units))
}
