//! What became of budgets, by arm.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};

use super::cashier::BudgetDraw;
use super::ledger::DRAWS;
use super::play::PairSums;
use super::round::{self, Digits};
use super::spread::{PairValue, quantiles, quantity};
use super::stage::Stage;
use super::window::Window;
use crate::forecast::{Budget, BudgetArm};

/// Every budget that a touched partner may draw on, where figures count one that does.
pub fn budgets(stage: &Stage, pairs: &[PairSums]) -> Vec<Budget> {
    let budgeted: Vec<usize> = (0..stage.programs.len()).filter(|p| stage.programs[*p].budgeted).collect();
    let drawn_on = |row: &usize| {
        stage.counts_all
            || stage.paid.iter().zip(&stage.counts).any(|(rows, counts)| *counts && rows.contains(row))
    };
    let one = |(place, row): (usize, &usize)| {
        let arm = |arm: usize| budget_arm(stage.window, pairs, arm * budgeted.len() + place);
        let found = stage.tills.iter().find_map(|till| {
            let local = till.rows.iter().position(|r| r == row)?;
            let program = &till.rules.programs()[local];
            Some((program.budget?, program.budget_left.unwrap_or(0.0)))
        });
        let (budget, left) = found.unwrap_or((0.0, 0.0));
        Budget {
            program: stage.programs[*row].id.clone(),
            budget: format!("{budget:.2}"),
            // What is spent of it is what everybody got.
            left: if stage.counts_all { format!("{left:.2}") } else { String::new() },
            baseline: arm(0),
            options: (1..stage.arms()).map(arm).collect(),
        }
    };
    budgeted.iter().enumerate().filter(|(_, row)| drawn_on(row)).map(one).collect()
}

fn budget_arm(window: &Window, pairs: &[PairSums], at: usize) -> BudgetArm {
    let draws: Vec<&[BudgetDraw; DRAWS]> = pairs.iter().filter_map(|p| p.budgets.get(at)).collect();
    let gone: Vec<f64> = draws.iter().flat_map(|d| d.iter()).filter_map(|b| b.exhausted).collect();
    let all = (draws.len() * DRAWS).max(1);
    let unfunded: Vec<PairValue> =
        draws.iter().map(|d| PairValue::drawn([d[0].unfunded, d[1].unfunded])).collect();
    let probability = gone.len() as f64 / all as f64;
    let mut exhausted_on = BTreeMap::new();
    if !gone.is_empty() {
        let levels = quantiles(&gone, [0.1, 0.5, 0.9]);
        for (name, months) in ["p10", "p50", "p90"].into_iter().zip(levels) {
            exhausted_on.insert(name.to_owned(), day_of(window, months));
        }
    }
    BudgetArm {
        probability_exhausted: round::value(probability, Digits::Share),
        exhausted_on,
        unfunded: round::quantity(quantity(&unfunded), Digits::Money),
    }
}

/// The day on which a number of months from the first simulated one is over, sales
/// being even over the days of a month.
fn day_of(window: &Window, months: f64) -> NaiveDate {
    let whole = (months.max(0.0).floor() as usize).min(window.months - 1);
    let span = window.month(whole).span();
    let days = ((months - whole as f64).clamp(0.0, 1.0) * f64::from(span.end.day())).floor() as u64;
    (span.start + Days::new(days)).min(span.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Span;

    #[test]
    fn a_fraction_of_a_month_is_a_day() {
        let day = |s: &str| s.parse::<NaiveDate>().expect("a value");
        let window =
            Window::of(Span::new(day("2026-07-01"), day("2026-09-30")), day("2026-06-30")).expect("a value");
        assert_eq!(day_of(&window, 0.0), day("2026-07-01"));
        assert_eq!(day_of(&window, 1.5), day("2026-08-16"));
        assert_eq!(day_of(&window, 2.0), day("2026-09-01"));
        assert_eq!(day_of(&window, 99.0), day("2026-11-30"));
    }
}
