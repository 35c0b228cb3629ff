//! What the net result depends on, assumption by assumption.

use spiffcast_engine::forecast::Forecast;

use super::{Exhibit, mean};
use crate::reports::charts::{self, TornadoLine};
use crate::reports::format;

/// What the net of an option depends on.
pub fn tornado(forecast: &Forecast, option: usize) -> Option<Exhibit> {
    let middle = forecast.metrics.get("net")?.difference.get(option).and_then(mean)?;
    let lines: Vec<TornadoLine> = forecast
        .tornado
        .iter()
        .filter(|bar| bar.option == option)
        .map(|bar| TornadoLine {
            name: bar.assumption.clone(),
            low: (bar.low.clone(), bar.net_low),
            high: (bar.high.clone(), bar.net_high),
        })
        .collect();
    let widest = lines.first()?;
    let money = |v: f64| format::signed(v, format::money(v, &forecast.currency));
    let turns = lines.iter().filter(|l| (l.low.1 < 0.0) != (l.high.1 < 0.0)).count();
    let lead = format!(
        "One assumption moved at a time, all else as forecast ({}, the dashed line): grey is the net at its low end, blue \
         at its high end. What matters most: {}. {}",
        money(middle),
        lower_first(&widest.name),
        match turns {
            0 => "None of them alone turns a gain into a loss.".to_owned(),
            1 => "One of them alone decides between gain and loss.".to_owned(),
            n => format!("{n} of them alone decide between gain and loss."),
        }
    );
    let rows = lines
        .iter()
        .map(|l| {
            let end = |(words, net): &(String, f64)| format!("{} ({words})", money(*net));
            vec![l.name.clone(), end(&l.low), end(&l.high)]
        })
        .collect();
    Some(Exhibit {
        id: "tornado",
        title: "What the net result depends on".to_owned(),
        lead,
        chart: charts::tornado(&lines, middle, &forecast.currency)?,
        head: vec!["Assumption", "Net at its low end", "Net at its high end"],
        rows,
    })
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
