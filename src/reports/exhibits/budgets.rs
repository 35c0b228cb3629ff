//! Budgets that a change touches: what is left, and what the period takes from it.

use spiffcast_engine::company::Company;
use spiffcast_engine::forecast::{Budget, Forecast};
use spiffcast_engine::scenario::Draft;

use super::{Exhibit, mean};
use crate::reports::charts::{self, BudgetArm, BudgetData};
use crate::reports::format;

/// One exhibit a budget that the change touches: of a changed program, or one whose
/// chance to run out the change moves by more than a point.
pub fn budgets(forecast: &Forecast, company: &Company, draft: Option<&Draft>, option: usize) -> Vec<Exhibit> {
    let levers = draft.and_then(|d| d.options.get(option)).map_or(&[][..], |o| &o.levers);
    let touched = |b: &&Budget| {
        let with = b.options.get(option).map_or(0.0, |arm| arm.probability_exhausted);
        let moved = (with - b.baseline.probability_exhausted).abs() > 0.01;
        moved || levers.iter().any(|lever| lever.program == b.program)
    };
    forecast.budgets.iter().filter(touched).filter_map(|b| budget(forecast, company, b, option)).collect()
}

fn budget(forecast: &Forecast, company: &Company, budget: &Budget, option: usize) -> Option<Exhibit> {
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
    let until = format::date_short(forecast.horizon.tail_end);
    let period = format::span(forecast.horizon.start, forecast.horizon.end);
    let drawn: Vec<BudgetArm> = arms
        .iter()
        .map(|(label, pay, arm, accent)| {
            let middle = mean(pay).unwrap_or(0.0);
            BudgetArm {
                label: (*label).to_owned(),
                payout: middle,
                interval: (pay.outcome_p10.unwrap_or(middle), pay.outcome_p90.unwrap_or(middle)),
                note: format!("{} chance it runs out by {until}", format::chance(arm.probability_exhausted)),
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
    lead.push_str(&format!(
        ". The bars are the pay of {period} alone; what is sold after it draws on the budget too, so it may run out \
         though a bar ends short of what is left."
    ));
    let period = format!("Pay of {period}");
    let data = BudgetData { program: name.clone(), left, arms: drawn, period, currency: currency.to_owned() };
    Some(Exhibit {
        id: "budget",
        title: format!("Budget of {name}"),
        lead,
        chart: charts::budget(&data)?,
        head: vec!["", "Expected pay", "8 in 10 outcomes", "Runs out", "When (8 in 10)", "Left unpaid"],
        rows,
    })
}
