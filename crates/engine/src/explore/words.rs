//! What a sweep or a goal-seek says about itself. Words only.

use rust_decimal::Decimal;

use super::target::{Prefer, Target};
use super::trial::Trial;
use crate::forecast::Forecast;
use crate::scenario::{Draft, Goal, figures};
use crate::simulation::Scale;

/// Values of a sweep that the rules could not take.
pub fn left_out(values: &[Decimal], trials: &[Trial]) -> Option<String> {
    let missing: Vec<String> =
        values.iter().filter(|v| trials.iter().all(|t| t.value != **v)).map(|v| figures::plain(*v)).collect();
    (!missing.is_empty())
        .then(|| format!("The rules cannot take these values, which were left out: {}.", missing.join(", ")))
}

/// How a sweep was made.
pub fn swept(draws: usize) -> String {
    format!(
        "Every value was played {draws} times on the same random numbers; the one with the most net margin was \
         played again at full draws, and is shown with those, in the curve too."
    )
}

/// How a goal was sought.
pub fn looked(values: usize, draws: usize) -> String {
    format!(
        "The value was sought among {values} values, each played {draws} times on the same random numbers; the \
         one taken was played again at full draws, and is shown with those, in the curve too."
    )
}

/// The outcome of a goal-seek in a sentence or two.
pub fn goal(
    goal: &Goal,
    target: &Target,
    trial: Option<&Trial>,
    reached: bool,
    shown: &Draft,
    forecast: &Forecast,
) -> String {
    let label = shown.options.first().map_or("The change", |o| o.label.as_str());
    let sure = figures::percent(percent(target.confidence));
    let wish = wish(goal, &forecast.currency);
    let conditions: Vec<String> = goal
        .subject_to
        .iter()
        .map(|c| format!("{} {}", bound(&c.direction), amount(&c.metric, &c.value, &forecast.currency)))
        .collect();
    let within =
        if conditions.is_empty() { String::new() } else { format!(", with {}", conditions.join(" and ")) };
    let Some(trial) = trial else { return format!("Not reachable: to {wish}{within}.") };
    let chance = figures::percent(percent(target.surest(trial)));
    match &target.prefer {
        _ if !reached => format!(
            "Not reachable with a chance of {sure}: to {wish}{within}. {} {label}; the chance there is {chance}.",
            furthest(goal, target, trial, &forecast.currency)
        ),
        _ if target.bounds.is_empty() => format!("To {wish}, {label} does best of the values tried."),
        Prefer::Least(metric) if metric == "payout" => format!(
            "{label} is the cheapest way found to {wish}{within}; each part holds with a chance of {chance} or more."
        ),
        Prefer::Most(metric) if metric == "units" => format!(
            "{label} is as far as one can go and still {wish}{within}; each part holds with a chance of {chance} or \
             more."
        ),
        _ => format!(
            "To {wish}{within}, {label} does best; each condition holds with a chance of {chance} or more."
        ),
    }
}

/// How far it goes: the metric at the closest value.
fn furthest(goal: &Goal, target: &Target, trial: &Trial, currency: &str) -> String {
    let closest = || "The closest found is".to_owned();
    let Some(bound) = target.bounds.first().filter(|_| target.has_own) else { return closest() };
    let most = if bound.at_least { "most" } else { "least" };
    let decimal = |v: f64| Decimal::from_f64_retain(v).map(|v| v.round_dp(1).normalize());
    let of = |difference: bool| trial.mean(&goal.metric, difference);
    let figure = match goal.relative.as_deref() {
        Some("percent") => of(true).zip(of(false)).and_then(|(change, level)| {
            let baseline = level - change;
            let share = decimal(100.0 * change / baseline).filter(|_| baseline > 0.0)?;
            let way = if change < 0.0 { "lower" } else { "higher" };
            Some(format!("{} {}% {way}", metric_words(&goal.metric), share.abs()))
        }),
        _ if goal.direction == "break_even" => None,
        _ => of(bound.scale == Scale::Change)
            .and_then(decimal)
            .map(|v| amount(&goal.metric, &v.to_string(), currency)),
    };
    figure.map_or_else(closest, |figure| format!("The {most} is {figure}, with"))
}

fn percent(share: f64) -> Decimal {
    Decimal::from_f64_retain(share * 100.0).unwrap_or_default().round_dp(0)
}

fn bound(direction: &str) -> &'static str {
    if direction == "at_least" { "at least" } else { "at most" }
}

fn wish(goal: &Goal, currency: &str) -> String {
    let metric = metric_words(&goal.metric);
    let value = goal.value.as_deref().unwrap_or("0");
    match (goal.direction.as_str(), goal.relative.as_deref()) {
        ("maximize", _) => format!("get the most {metric}"),
        ("minimize", _) => format!("get the least {metric}"),
        ("break_even", _) => "pay for itself".to_owned(),
        ("at_least", Some("percent")) => format!("raise {metric} by at least {value}%"),
        ("at_least", _) if goal.gain => {
            format!("bring at least {} more", amount(&goal.metric, value, currency))
        }
        (_, Some("absolute")) if goal.gain => {
            format!("keep the change of {metric} at {} or less", amount(&goal.metric, value, currency))
        }
        ("at_least", _) => format!("reach at least {}", amount(&goal.metric, value, currency)),
        (_, Some("percent")) => format!("keep the change of {metric} at {value}% or less"),
        _ => format!("stay at {} or less", amount(&goal.metric, value, currency)),
    }
}

fn metric_words(metric: &str) -> &str {
    match metric {
        "net" => "net margin",
        "roi" => "return on incentive",
        "partners_earning" => "partners earning",
        other => other,
    }
}

fn amount(metric: &str, value: &str, currency: &str) -> String {
    let Ok(number) = value.parse::<Decimal>() else { return value.to_owned() };
    match metric {
        "revenue" | "margin" | "payout" | "net" | "fund_accrual" => {
            format!("{} {}", figures::short_money(number, currency), metric_words(metric))
        }
        _ => format!("{} {}", figures::number(number), metric_words(metric)),
    }
}
