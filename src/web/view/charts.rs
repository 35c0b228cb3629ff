//! The charts of an answer: picks the numbers out of the forecast and hands them
//! to the drawing, each with the table that shows the same.

use spiffcast_engine::company::Company;
use spiffcast_engine::forecast::{Budget, Forecast, Metric, Quantity, Row};
use spiffcast_engine::scenario::Draft;

use crate::reports::charts::{self, BudgetArm, BudgetData, Chart, FanData, FanPoint, MoverBar, TornadoLine};
use crate::reports::format;

/// Partners in the chart and in the table.
const MOVERS_MAX: usize = 10;

/// A chart with its table.
pub struct Figure {
    /// Anchor on the page.
    pub id: &'static str,
    /// What it shows.
    pub title: String,
    /// The finding, in a sentence.
    pub lead: String,
    /// The drawing.
    pub chart: Chart,
    /// Head of the table.
    pub head: Vec<&'static str>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

fn mean(q: &Quantity) -> Option<f64> {
    q.mean.or(q.p50)
}

/// The months. `actuals` as the copilot gives them.
pub fn months(forecast: &Forecast, actuals: &[(String, f64)], option: usize, label: &str) -> Option<Figure> {
    let point = |row: &Row| {
        let units = row.metrics.get("units")?;
        let scenario = units.options.get(option)?;
        let middle = mean(scenario)?;
        let interval = (scenario.p10.unwrap_or(middle), scenario.p90.unwrap_or(middle));
        Some(FanPoint {
            month: row.key.clone(),
            baseline: mean(&units.baseline)?,
            scenario: middle,
            interval,
            outcome: (scenario.outcome_p10.unwrap_or(interval.0), scenario.outcome_p90.unwrap_or(interval.1)),
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
            format!("{} to {}", format::count(p.interval.0), format::count(p.interval.1)),
            format!("{} to {}", format::count(p.outcome.0), format::count(p.outcome.1)),
        ]
    });
    let rows = sold.chain(coming).collect();
    Some(Figure {
        id: "months",
        title: "Units by month".to_owned(),
        lead: "The dark band is what the change does, the light one what a month may bring.".to_owned(),
        chart,
        head: vec!["Month", "Sold", "If nothing changes", "With the change", "What it does", "May bring"],
        rows,
    })
}

/// One figure a budget that the change touches: of a changed program, or one whose
/// chance to run out the change moves by more than a point.
pub fn budgets(forecast: &Forecast, company: &Company, draft: Option<&Draft>, option: usize) -> Vec<Figure> {
    let levers = draft.and_then(|d| d.options.get(option)).map_or(&[][..], |o| &o.levers);
    let touched = |b: &&Budget| {
        let with = b.options.get(option).map_or(0.0, |arm| arm.probability_exhausted);
        let moved = (with - b.baseline.probability_exhausted).abs() > 0.01;
        moved || levers.iter().any(|lever| lever.program == b.program)
    };
    forecast.budgets.iter().filter(touched).filter_map(|b| budget(forecast, company, b, option)).collect()
}

fn budget(forecast: &Forecast, company: &Company, budget: &Budget, option: usize) -> Option<Figure> {
    let left: f64 = budget.left.parse().ok()?;
    let whole: f64 = budget.budget.parse().ok()?;
    let name = company.program(&budget.program).map_or(budget.program.as_str(), |p| p.name()).to_owned();
    let payout = forecast.by.program.iter().find(|r| r.key == budget.program)?.metrics.get("payout")?;
    let scenario = payout.options.get(option)?;
    let arms = [
        ("If nothing changes", &payout.baseline, &budget.baseline, false),
        ("With the change", scenario, budget.options.get(option)?, true),
    ];
    let currency = forecast.currency.as_str();
    let money = |v: f64| format::money(v, currency);
    let drawn: Vec<BudgetArm> = arms
        .iter()
        .map(|(label, pay, arm, accent)| {
            let middle = mean(pay).unwrap_or(0.0);
            BudgetArm {
                label: (*label).to_owned(),
                payout: middle,
                interval: (pay.outcome_p10.unwrap_or(middle), pay.outcome_p90.unwrap_or(middle)),
                note: format!("{} chance it runs out", format::chance(arm.probability_exhausted)),
                accent: *accent,
            }
        })
        .collect();
    let rows = arms
        .iter()
        .zip(&drawn)
        .map(|((label, _, arm, _), drawn)| {
            let day = |key: &str| arm.exhausted_on.get(key).map(|d| format::date_short(*d));
            let when = match (day("p10"), day("p50"), day("p90")) {
                (Some(low), Some(middle), Some(high)) => format!("{middle} ({low} to {high})"),
                (_, Some(middle), _) => middle,
                _ => format::NONE.to_owned(),
            };
            vec![
                (*label).to_owned(),
                money(drawn.payout),
                format!("{} to {}", money(drawn.interval.0), money(drawn.interval.1)),
                format::chance(arm.probability_exhausted),
                when,
                arm.unfunded.mean.map_or_else(|| format::NONE.to_owned(), money),
            ]
        })
        .collect();
    let arm = budget.options.get(option)?;
    let mut lead = format!(
        "{} of {} is left today. With the change, {} chance that it runs out by {}",
        money(left),
        money(whole),
        format::chance(arm.probability_exhausted),
        format::date(forecast.horizon.tail_end)
    );
    if let Some(day) = arm.exhausted_on.get("p50") {
        lead.push_str(&format!(", then around {}", format::date(*day)));
    }
    lead.push_str(". The bars are the pay of the period alone.");
    let data = BudgetData { program: name.clone(), left, arms: drawn, currency: currency.to_owned() };
    Some(Figure {
        id: "budget",
        title: format!("Budget of {name}"),
        lead,
        chart: charts::budget(&data)?,
        head: vec!["", "Expected pay", "8 in 10 outcomes", "Runs out", "When (8 in 10)", "Left unpaid"],
        rows,
    })
}

/// The partners whose revenue moves most.
pub fn movers(forecast: &Forecast, option: usize) -> Option<Figure> {
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
            "The {} partners that move most bring {share} of the change in revenue; {touched} move at all.",
            rows.len()
        )
    } else {
        format!("{touched} partners move.")
    };
    Some(Figure {
        id: "movers",
        title: "Who moves: change in revenue by partner".to_owned(),
        lead,
        chart,
        head: vec!["Partner", "Units", "Revenue", "Payout", "Net margin"],
        rows: lines,
    })
}

/// What the net of the first option depends on.
pub fn tornado(forecast: &Forecast) -> Option<Figure> {
    let middle = forecast.metrics.get("net")?.difference.first().and_then(mean)?;
    let lines: Vec<TornadoLine> = forecast
        .tornado
        .iter()
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
        "One assumption moved at a time, all else as forecast ({}). What matters most: {}. {}",
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
    Some(Figure {
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
