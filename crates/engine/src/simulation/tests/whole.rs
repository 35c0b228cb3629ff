//! What a whole simulation must give where the truth is known.

use rayon::ThreadPoolBuilder;

use super::world::*;
use crate::forecast::{Forecast, Quantity};
use crate::model::Model;
use crate::programs::RuleBook;
use crate::programs::terms::{Caps, ProgramKind};
use crate::simulation::{Arm, Continue, Request, Sales, SimulationError, simulate};

fn simple(dollars: i64, beta: Option<(f64, f64)>) -> Model {
    let world =
        company(12, 2, vec![program("spiff", vec![spiff(dollars)])], |i, k, _| 5.0 + (i + 3 * k) as f64);
    model(world, beta)
}

fn rules(model: &Model) -> RuleBook {
    RuleBook::of(&model.company.programs)
}

fn raised(model: &Model, percent: i64) -> Vec<Arm> {
    vec![arm(scaled(&rules(model), "spiff", percent, span(Q3), None))]
}

fn mean(q: &Quantity) -> f64 {
    q.mean.expect("a mean")
}

#[test]
fn the_same_rules_give_a_difference_of_exactly_nothing() {
    let model = simple(40, Some((2.0, 0.5)));
    let forecast = run(&model, &[arm(rules(&model))], Q3, 60).expect("a value");
    for name in ["units", "revenue", "margin", "payout", "net", "partners_earning"] {
        let difference = forecast.metrics[name].difference[0];
        for part in
            [difference.mean, difference.p10, difference.p90, difference.outcome_p10, difference.outcome_p90]
        {
            assert_eq!(part, Some(0.0), "{name}");
        }
        assert_eq!(forecast.metrics[name].options[0], forecast.metrics[name].baseline, "{name}");
    }
    assert_eq!(forecast.cost_split[0].mechanical.mean, Some(0.0));
    assert_eq!(forecast.metrics["roi"].difference[0], Quantity::default());
}

#[test]
fn a_flat_spiff_without_a_response_costs_its_rate_times_the_units() {
    let model = simple(40, None);
    let forecast = run(&model, &raised(&model, 150), Q3, 400).expect("a value");
    let units = &forecast.metrics["units"];
    assert_eq!(mean(&units.difference[0]), 0.0);
    // The history is flat, so the expectation is what was sold: Σ(5 + i) a month.
    let expected: f64 = (0..12).map(|i| 5.0 + f64::from(i)).sum::<f64>() * 3.0;
    assert!((mean(&units.baseline) / expected - 1.0).abs() < 0.05, "{units:?}");
    let payout = &forecast.metrics["payout"];
    let se = payout.baseline.mcse.expect("a value").max(1.0);
    assert!((mean(&payout.baseline) - 40.0 * mean(&units.baseline)).abs() < 5.0 * se, "{payout:?}");
    // Draw by draw the extra cost is half the baseline's, all of it mechanical.
    let split = &forecast.cost_split[0];
    assert!((mean(&payout.difference[0]) - 0.5 * mean(&payout.baseline)).abs() < 0.02);
    assert_eq!(split.mechanical, payout.difference[0]);
    assert_eq!(split.behavioural.mean, Some(0.0));
    // λ* = 20 / (900 − 600 − 60): margin after a share of returns of nearly 0.
    let breakeven = forecast.breakeven[0];
    assert!((breakeven.lift.expect("a value") - 20.0 / 240.0).abs() < 0.01, "{breakeven:?}");
    assert_eq!(breakeven.probability, None);
    assert!(forecast.approximations.iter().any(|a| a.contains("SKU1") && a.contains("no response")));
}

#[test]
fn a_known_response_lifts_sales_as_it_says() {
    let model = simple(40, Some((3.0, 0.6)));
    let forecast = run(&model, &raised(&model, 200), Q3, 2000).expect("a value");
    let units = &forecast.metrics["units"];
    // x goes from .04 to .08 of list: ln lift = 3 · .04, se .6 · .04.
    let lift = mean(&units.difference[0]) / mean(&units.baseline);
    assert!((lift - (0.12f64.exp() - 1.0)).abs() < 0.006, "{lift}");
    let high = units.difference[0].p90.expect("a value") / mean(&units.baseline);
    let low = units.difference[0].p10.expect("a value") / mean(&units.baseline);
    let sd = (high - low) / 2.563;
    assert!((0.02..0.06).contains(&sd), "{sd}");
    assert!(units.difference[0].outcome_p90 >= units.difference[0].p90);
    let split = &forecast.cost_split[0];
    let whole = mean(&forecast.metrics["payout"].difference[0]);
    assert!((mean(&split.mechanical) + mean(&split.behavioural) - whole).abs() < 0.02);
    assert!(mean(&split.behavioural) > 0.0);
    let net = mean(&forecast.metrics["margin"].difference[0]) - whole;
    assert!((mean(&forecast.metrics["net"].difference[0]) - net).abs() < 0.02);
    assert!((mean(&forecast.metrics["roi"].difference[0]) - net / whole).abs() < 1e-3);
    assert_eq!(forecast.evidence.len(), 1);
    assert!(forecast.breakeven[0].probability.is_some());
}

#[test]
fn pull_forward_is_paid_for_in_net_and_shown_beside_it() {
    let mut model = simple(40, Some((3.0, 0.0)));
    for product in &mut model.response.products {
        let lags = product.lags.as_mut().expect("a value");
        lags.mean[1] = -2.0;
    }
    let forecast = run(&model, &raised(&model, 200), Q3, 200).expect("a value");
    let whole = mean(&forecast.metrics["units"].difference[0]);
    let gross = mean(&forecast.gross_of_pull_forward.units.difference[0]);
    assert!(whole < gross, "{whole} {gross}");
    assert_eq!(forecast.metrics["units"].baseline, forecast.gross_of_pull_forward.units.baseline);
    let months: Vec<&str> = forecast.by.month.iter().map(|r| r.key.as_str()).collect();
    assert_eq!(months, ["2026-07", "2026-08", "2026-09", "2026-10", "2026-11"]);
    let tail = &forecast.by.month[3].metrics["units"].difference[0];
    assert!(mean(tail) < 0.0);
    let sum: f64 = forecast.by.month.iter().map(|r| mean(&r.metrics["units"].difference[0])).sum();
    assert!((sum - whole).abs() < 0.01, "months add up to the total");
}

#[test]
fn rows_add_up_to_totals() {
    let model = simple(40, Some((2.0, 0.3)));
    let forecast = run(&model, &raised(&model, 150), Q3, 100).expect("a value");
    for name in ["units", "payout", "net"] {
        let total = &forecast.metrics[name];
        for rows in [&forecast.by.tier, &forecast.by.region, &forecast.by.partner] {
            let of = |pick: fn(&crate::forecast::Metric) -> f64| -> f64 {
                rows.iter().map(|r| pick(&r.metrics[name])).sum()
            };
            assert!((of(|m| mean(&m.baseline)) - mean(&total.baseline)).abs() < 0.2, "{name}");
            assert!((of(|m| mean(&m.difference[0])) - mean(&total.difference[0])).abs() < 0.2, "{name}");
        }
    }
    assert_eq!(forecast.by.program.len(), 1);
    assert_eq!(forecast.by.product.len(), 1, "SKU2 is not covered");
    assert_eq!(forecast.by.partner.len(), 12);
    assert_eq!(forecast.metrics["uptake_share"].baseline.mean, Some(1.0));
}

#[test]
fn the_audience_limits_the_change_and_not_the_forecast() {
    let model = simple(40, Some((2.0, 0.3)));
    let gold: Vec<bool> = (0..12).map(|i| i % 2 == 0).collect();
    let option = arm(scaled(&rules(&model), "spiff", 150, span(Q3), Some(&gold)));
    let forecast = run(&model, &[option], Q3, 60).expect("a value");
    assert_eq!(forecast.by.partner.len(), 12);
    let silver = forecast.by.tier.iter().find(|r| r.key == "Silver").expect("a value");
    assert_eq!(silver.metrics["payout"].difference[0].mean, Some(0.0));
    assert!(mean(&silver.metrics["payout"].baseline) > 0.0);
}

#[test]
fn a_budget_runs_out_and_cuts_everybody() {
    let budget = |left: i64| {
        let caps = Caps { program_budget: Some(left.into()), ..Caps::default() };
        let terms =
            crate::programs::Terms { effective: span(("2026-07-01", "2026-12-31")), caps, ..spiff(40) };
        let world = company(12, 1, vec![program("spiff", vec![terms])], |i, _, _| 5.0 + i as f64);
        model(world, None)
    };
    // A month is paid about 126 · 40 = 5,040: 8,000 is gone in August, 9e6 never.
    let tight = budget(8_000);
    let forecast = run(&tight, &raised(&tight, 200), Q3, 200).expect("a value");
    let found = &forecast.budgets[0];
    assert_eq!(
        (found.program.as_str(), found.budget.as_str(), found.left.as_str()),
        ("spiff", "8000.00", "8000.00")
    );
    assert_eq!(found.baseline.probability_exhausted, 1.0);
    let gone = |a: &crate::forecast::BudgetArm| a.exhausted_on["p50"];
    assert_eq!(gone(&found.baseline).to_string()[..7], *"2026-08");
    assert!(gone(&found.options[0]) < gone(&found.baseline), "twice the rate, gone sooner");
    assert!((mean(&forecast.metrics["payout"].baseline) - 8_000.0).abs() < 0.01);
    assert!(mean(&forecast.metrics["payout"].difference[0]).abs() < 0.01);
    assert!(mean(&found.baseline.unfunded) > 1_000.0);
    let ample = budget(9_000_000);
    let forecast = run(&ample, &raised(&ample, 200), Q3, 60).expect("a value");
    assert_eq!(forecast.budgets[0].baseline.probability_exhausted, 0.0);
    assert!(forecast.budgets[0].baseline.exhausted_on.is_empty());
}

#[test]
fn funds_are_not_payouts_and_parents_get_overrides() {
    let fund = crate::programs::Terms { kind: ProgramKind::Mdf, ..spiff(10) };
    let paid = crate::programs::Terms { override_percent: Some(1.into()), ..spiff(40) };
    let programs = vec![program("fund", vec![fund]), program("spiff", vec![paid])];
    let (mut world, panel) = company(6, 1, programs, |_, _, _| 20.0);
    world.catalog.partners[3].parent = Some(0);
    world.catalog.partners[4].parent = Some(0);
    let model = model((world, panel), None);
    let forecast = run(&model, &raised(&model, 100), Q3, 200).expect("a value");
    let units = mean(&forecast.metrics["units"].baseline);
    let fund = mean(&forecast.metrics["fund_accrual"].baseline);
    assert!((fund / units - 10.0).abs() < 0.5, "{fund} {units}");
    let of = |id: &str| forecast.by.partner.iter().find(|r| r.key == id).expect("a value");
    let (parent, other) =
        (mean(&of("P00").metrics["payout"].baseline), mean(&of("P01").metrics["payout"].baseline));
    // Two children's revenue of 900 a unit at 1%.
    let extra = 2.0 * (units / 6.0) * 9.0;
    assert!((parent - other - extra).abs() < 0.15 * extra, "{parent} {other} {extra}");
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let model = simple(40, Some((2.0, 0.5)));
    let options = raised(&model, 120);
    let with = |threads: usize| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("a value");
        let forecast: Forecast = pool.install(|| run(&model, &options, Q3, 130).expect("a value"));
        serde_json::to_string(&forecast).expect("a value")
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(7));
}

/// Blocks are smaller where partners are very many.
#[test]
fn blocks_of_any_size_give_the_same_pairs() {
    let model = simple(40, Some((2.0, 0.5)));
    let options = raised(&model, 120);
    for sales in [Sales::Counts, Sales::Amounts] {
        let played = |block: usize| played(&model, &options, Q3, (70, sales), block);
        let whole = played(16);
        assert!(whole.len() == 35 && whole.iter().all(|pair| pair.values.iter().any(|v| *v != 0.0)));
        assert!(whole == played(8) && whole == played(2), "{sales:?}");
    }
}

#[test]
fn a_period_under_way_keeps_what_was_sold() {
    let model = simple(40, Some((2.0, 0.3)));
    let period = ("2026-04-01", "2026-09-30");
    let forecast = run(&model, &raised(&model, 150), period, 60).expect("a value");
    assert_eq!(forecast.by.month.len(), 8);
    let april = &forecast.by.month[0];
    let sold: f64 = (0..12).map(|i| 5.0 + f64::from(i)).sum();
    let units = &april.metrics["units"];
    assert_eq!((april.key.as_str(), units.baseline.mean), ("2026-04", Some(sold)));
    assert_eq!((units.baseline.outcome_p90, units.difference[0].mean), (Some(sold), Some(0.0)));
    assert_eq!(april.metrics["payout"].baseline.mean, Some(40.0 * sold));
    let total = mean(&forecast.metrics["units"].baseline);
    assert!((total / (6.0 * sold) - 1.0).abs() < 0.05);
}

#[test]
fn an_open_month_counts_what_was_sold_once() {
    let world = |as_of: &str| {
        let (mut world, panel) =
            company(12, 1, vec![program("spiff", vec![spiff(40)])], |i, _, _| 5.0 + i as f64);
        world.as_of = day(as_of);
        model((world, panel), None)
    };
    // Half of June is over and has sold what a whole month does: June is that and half
    // a month more.
    let model = world("2026-06-15");
    let forecast = run(&model, &raised(&model, 150), ("2026-06-01", "2026-06-30"), 400).expect("a value");
    let sold: f64 = (0..12).map(|i| 5.0 + f64::from(i)).sum();
    let units = mean(&forecast.metrics["units"].baseline);
    assert!((units / (1.5 * sold) - 1.0).abs() < 0.1, "{units} {sold}");
    let payout = mean(&forecast.metrics["payout"].baseline);
    assert!((payout / (40.0 * units) - 1.0).abs() < 0.02, "{payout} {units}");
}

#[test]
fn options_are_compared_and_the_cheaper_one_wins_on_payout() {
    let model = simple(40, Some((2.0, 0.3)));
    let mut options = raised(&model, 120);
    options.extend(raised(&model, 160));
    let forecast = run(&model, &options, Q3, 200).expect("a value");
    let payout = forecast.comparison.iter().find(|c| c.metric == "payout").expect("a value");
    assert_eq!((payout.a, payout.b, payout.probability_b_better), (0, 1, 0.0));
    assert!(forecast.comparison.iter().any(|c| c.metric == "net"));
    let extra = |o: usize| mean(&forecast.metrics["payout"].difference[o]);
    assert!(extra(1) > extra(0));
}

#[test]
fn outside_of_the_range_is_marked_and_wider() {
    let model = simple(40, Some((2.0, 0.5)));
    let inside = run(&model, &raised(&model, 300), Q3, 100).expect("a value");
    assert!(inside.evidence[0].flags.is_empty());
    let outside = run(&model, &raised(&model, 900), Q3, 100).expect("a value");
    assert_eq!(outside.evidence[0].flags, ["EXTRAPOLATION"]);
}

#[test]
fn refuses_with_a_reason_and_stops_when_told() {
    let model = simple(40, None);
    let options = raised(&model, 150);
    assert_eq!(run(&model, &[], Q3, 60), Err(SimulationError::OptionCount { count: 0 }));
    assert_eq!(run(&model, &options, Q3, 2), Err(SimulationError::DrawCount { draws: 2 }));
    let past = run(&model, &options, ("2026-01-01", "2026-03-31"), 60).expect_err("an error");
    assert!(past.to_string().contains("within data that run through 2026-06-30"), "{past}");
    let baseline = rules(&model);
    let request = |changed: &'static [&'static str], draws| {
        let changed: Vec<String> = changed.iter().map(|s| (*s).to_owned()).collect();
        let request = Request {
            model: &model,
            period: span(Q3),
            baseline: &baseline,
            options: &options,
            changed_programs: &changed,
            seed: 1,
            draws,
            counted: None,
        };
        simulate(&request, &|done| if done > 0.3 { Continue::Stop } else { Continue::Yes })
    };
    assert_eq!(request(&["spiff"], 2000), Err(SimulationError::Stopped));
    assert_eq!(request(&["none"], 60), Err(SimulationError::UnknownProgram { program: "none".into() }));
    assert_eq!(request(&[], 60), Err(SimulationError::NothingChanged));
}

#[test]
fn precedents_say_what_changed_and_what_was_sold() {
    let first = crate::programs::Terms { effective: span(("2024-01-01", "2025-03-31")), ..spiff(30) };
    let second = crate::programs::Terms { effective: span(("2025-04-01", "2027-12-31")), ..spiff(40) };
    let sold = |_: usize, _: usize, t: usize| if t < 15 { 10.0 } else { 12.0 };
    let world = company(4, 1, vec![program("spiff", vec![first, second])], sold);
    let model = model(world, None);
    let forecast = run(&model, &raised(&model, 150), Q3, 40).expect("a value");
    let found = &forecast.precedents[0];
    assert_eq!(forecast.precedents.len(), 1);
    assert_eq!((found.version, found.on.to_string().as_str()), (2, "2025-04-01"));
    assert_eq!(found.change, "rate from 30 a unit to 40 a unit");
    assert_eq!((found.units_before, found.units_after), (120.0, 144.0));
}

#[test]
fn programs_that_the_change_cannot_move_are_left_out() {
    let other = crate::programs::Terms {
        applies_to: crate::programs::terms::AppliesTo { skus: vec!["SKU2".into()], families: Vec::new() },
        ..spiff(10)
    };
    let everything = crate::programs::Terms { applies_to: Default::default(), ..spiff(5) };
    let world = |programs| {
        let mut model = model(company(6, 2, programs, |_, _, _| 8.0), Some((2.0, 0.3)));
        // What the other program does to sales of SKU2 is not the question here.
        model.response.products[1].lags = None;
        model
    };
    let spiff_alone = program("spiff", vec![spiff(40)]);
    let all = program("all", vec![everything]);
    let with = world(vec![all.clone(), program("other", vec![other]), spiff_alone.clone()]);
    let without = world(vec![all, spiff_alone]);
    let one = run(&with, &raised(&with, 150), Q3, 60).expect("a value");
    let two = run(&without, &raised(&without, 150), Q3, 60).expect("a value");
    assert_eq!(one.metrics["payout"], two.metrics["payout"]);
    let ids: Vec<&str> = one.by.program.iter().map(|r| r.key.as_str()).collect();
    assert_eq!(ids, ["all", "spiff"]);
    assert!(one.approximations.iter().any(|a| a.contains("every other program pays the same")));
    // The lift of SKU1 raises what the other program pays, too.
    assert!(mean(&one.by.program[0].metrics["payout"].difference[0]) > 0.0);
}
