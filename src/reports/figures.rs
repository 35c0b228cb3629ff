//! The figures of an answer as text: the three that matter, the table of all, and
//! the interval in words.

use spiffcast_engine::forecast::{Forecast, Grade, Metric, Metrics, Quantity};

use super::format;
use super::metrics::{FIGURES, Figure as Kind, Unit, figure_of};

/// A value with its interval.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The mean.
    pub mean: String,
    /// `1,180 to 1,290`: P10 to P90.
    pub interval: String,
}

/// A metric in every arm.
pub struct FigureRow {
    /// What it is called.
    pub name: &'static str,
    /// What it counts.
    pub hint: &'static str,
    /// If nothing changes.
    pub baseline: Cell,
    /// With the change.
    pub scenario: Cell,
    /// The change.
    pub difference: Cell,
    /// What the period may bring with the change: outcome P10 to P90.
    pub outcome: String,
    /// The one to look at first.
    pub strong: bool,
}

/// One of the three figures that matter.
pub struct KeyFigure {
    /// What it is.
    pub name: String,
    /// The figure.
    pub value: String,
    /// Beside it, such as `+3.2% on 1,204`.
    pub beside: String,
    /// The interval in words.
    pub words: String,
}

/// The table of an option; undefined rows and empty funds are left out.
pub fn table(metrics: &Metrics, option: usize, currency: &str) -> Vec<FigureRow> {
    FIGURES
        .iter()
        .filter_map(|kind| {
            let metric = metrics.get(kind.key)?;
            let scenario = metric.options.get(option).copied().unwrap_or_default();
            let difference = metric.difference.get(option).copied().unwrap_or_default();
            let nothing = |q: &Quantity| q.mean.is_none_or(|m| m == 0.0);
            if kind.key == "fund_accrual" && nothing(&metric.baseline) && nothing(&scenario) {
                return None;
            }
            let write = |v: f64| write(kind.unit, v, currency);
            Some(FigureRow {
                name: kind.name,
                hint: kind.hint,
                baseline: cell(&metric.baseline, write),
                scenario: cell(&scenario, write),
                difference: change_cell(&difference, kind, currency),
                outcome: range(scenario.outcome_p10, scenario.outcome_p90, write),
                strong: kind.key == "net",
            })
        })
        .collect()
}

/// A difference with its interval.
pub fn change_cell(q: &Quantity, kind: &Kind, currency: &str) -> Cell {
    cell(q, |v| format::signed(v, change(kind, v, currency)))
}

fn write(unit: Unit, value: f64, currency: &str) -> String {
    match unit {
        Unit::Count => format::count(value),
        Unit::Money => format::money(value, currency),
        Unit::Share => format::percent(value),
    }
}

/// A difference of shares is in points.
fn change(kind: &Kind, value: f64, currency: &str) -> String {
    if kind.key == "uptake_share" {
        return format!("{} pts", format::number(value * 100.0, 1));
    }
    write(kind.unit, value, currency)
}

fn cell(q: &Quantity, write: impl Fn(f64) -> String + Copy) -> Cell {
    Cell { mean: q.mean.map_or_else(|| format::NONE.to_owned(), write), interval: range(q.p10, q.p90, write) }
}

fn range(low: Option<f64>, high: Option<f64>, write: impl Fn(f64) -> String) -> String {
    match (low, high) {
        (Some(low), Some(high)) => {
            let (low, high) = (write(low), write(high));
            if low == high { String::new() } else { format!("{low} to {high}") }
        }
        _ => String::new(),
    }
}

/// The three figures that matter: net, payout and units; breakeven first where the
/// evidence is weak.
pub fn key_figures(forecast: &Forecast, option: usize) -> Vec<KeyFigure> {
    let weak = forecast.evidence.iter().any(|e| e.grade == Grade::PriorOnly);
    let mut figures: Vec<KeyFigure> = Vec::new();
    if weak {
        figures.extend(breakeven(forecast, option));
    }
    let wanted = [("net", "Net margin"), ("payout", "Payout"), ("units", "Units")];
    figures.extend(wanted.iter().filter_map(|(key, name)| {
        let metric = forecast.metrics.get(*key)?;
        let kind = figure_of(key)?;
        key_figure(kind, name, metric, option, &forecast.currency)
    }));
    figures.truncate(3);
    figures
}

fn breakeven(forecast: &Forecast, option: usize) -> Option<KeyFigure> {
    let breakeven = forecast.breakeven.get(option)?;
    let value = breakeven
        .lift
        .map_or_else(|| "No lift is enough".to_owned(), |l| format::signed(l, format::percent(l)));
    let words = breakeven.probability.map_or_else(String::new, |p| {
        format!("{} chance that the change brings at least that.", format::chance(p))
    });
    Some(KeyFigure {
        name: "Breakeven lift".to_owned(),
        value,
        beside: "more units would pay for it".to_owned(),
        words,
    })
}

fn key_figure(kind: &Kind, name: &str, metric: &Metric, option: usize, currency: &str) -> Option<KeyFigure> {
    let difference = metric.difference.get(option)?;
    let mean = difference.mean?;
    let write = |v: f64| write(kind.unit, v, currency);
    let beside = match metric.baseline.mean {
        Some(base) if base.abs() > 1e-9 => {
            format!("{} on {}", format::signed(mean, format::percent(mean / base.abs())), write(base))
        }
        Some(_) => "from nothing".to_owned(),
        None => String::new(),
    };
    Some(KeyFigure {
        name: name.to_owned(),
        value: format::signed(mean, write(mean)),
        beside,
        words: interval_words(name, difference, write),
    })
}

/// `8 in 10 chance that the extra payout is between $1,900 and $2,600.`
fn interval_words(name: &str, q: &Quantity, write: impl Fn(f64) -> String) -> String {
    let (Some(low), Some(high)) = (q.p10, q.p90) else { return String::new() };
    let name = name.to_lowercase();
    let verb = if name.ends_with('s') { "are" } else { "is" };
    let (small, large) = (write(low.abs().min(high.abs())), write(low.abs().max(high.abs())));
    if small == large && low.signum() == high.signum() {
        return format!("The same in nearly every draw: {}.", format::signed(low, write(low)));
    }
    if low >= 0.0 {
        format!("8 in 10 chance that the extra {name} {verb} between {small} and {large}.")
    } else if high <= 0.0 {
        format!("8 in 10 chance that the {name} lost {verb} between {small} and {large}.")
    } else {
        let (low, high) = (write(low), format::signed(high, write(high)));
        format!(
            "8 in 10 chance that the change in {name} lies between {low} and {high}: it may go either way."
        )
    }
}

/// What a change would bring, in two answers.
pub struct MovedRow {
    /// What it is.
    pub name: &'static str,
    /// Then.
    pub before: Cell,
    /// Now.
    pub now: Cell,
}

/// What an option would bring, in an earlier answer and in this one.
pub fn moved(before: &Forecast, now: &Forecast, option: usize) -> Vec<MovedRow> {
    let wanted = ["net", "payout", "margin", "units"];
    let change_of = |forecast: &Forecast, kind: &Kind| {
        let difference = forecast.metrics.get(kind.key)?.difference.get(option).copied()?;
        Some(change_cell(&difference, kind, &forecast.currency))
    };
    let kinds = wanted.iter().filter_map(|key| figure_of(key));
    kinds
        .filter_map(|kind| {
            Some(MovedRow { name: kind.name, before: change_of(before, kind)?, now: change_of(now, kind)? })
        })
        .collect()
}

/// What the period may bring, apart from what the change does.
pub fn outcome_words(forecast: &Forecast, option: usize) -> Option<String> {
    let units = forecast.metrics.get("units")?.options.get(option)?;
    let payout = forecast.metrics.get("payout")?.options.get(option)?;
    let (low, high) = (units.outcome_p10?, units.outcome_p90?);
    let (pay_low, pay_high) = (payout.outcome_p10?, payout.outcome_p90?);
    Some(format!(
        "The period itself is wider than the change: with it, 8 in 10 outcomes lie between {} and {} units and \
         pay out between {} and {}.",
        format::count(low),
        format::count(high),
        format::money(pay_low, &forecast.currency),
        format::money(pay_high, &forecast.currency),
    ))
}

/// Where the cost comes from.
pub fn cost_words(forecast: &Forecast, option: usize) -> Option<String> {
    let split = forecast.cost_split.get(option)?;
    let (mechanical, behavioural) = (split.mechanical.mean?, split.behavioural.mean?);
    let money = |v: f64| format::signed(v, format::money(v, &forecast.currency));
    let within = forecast.gross_of_pull_forward.payout.difference.get(option).and_then(|q| q.mean);
    let whole = mechanical + behavioural;
    let after = within.is_some_and(|within| (within - whole).abs() >= 0.01 * whole.abs());
    Some(format!(
        "Of the change in payout, {} is the new rule on today's volume and {} is paid on volume that the change \
         brings{}.",
        money(mechanical),
        money(behavioural),
        if after { ", the months after the period included" } else { "" },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn q(low: f64, high: f64) -> Quantity {
        Quantity { mean: Some((low + high) / 2.0), p10: Some(low), p90: Some(high), ..Quantity::default() }
    }

    #[test]
    fn the_interval_is_said_by_its_sign() {
        let money = |v: f64| format::money(v, "USD");
        assert_eq!(
            interval_words("Payout", &q(1900.0, 2600.0), money),
            "8 in 10 chance that the extra payout is between $1,900 and $2,600."
        );
        assert_eq!(
            interval_words("Units", &q(-30.0, -10.0), format::count),
            "8 in 10 chance that the units lost are between 10 and 30."
        );
        assert!(interval_words("Net margin", &q(-500.0, 700.0), money).contains("between −$500 and +$700"));
        assert!(interval_words("Payout", &Quantity::default(), money).is_empty());
    }

    #[test]
    fn undefined_is_a_dash() {
        let metrics = Metrics::from([("roi".to_owned(), Metric::default())]);
        let rows = table(&metrics, 0, "USD");
        assert_eq!(rows[0].scenario, Cell { mean: "–".to_owned(), interval: String::new() });
    }
}
