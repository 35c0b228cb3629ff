//! What stands beside the figures: precision, caps, tiers and what the net depends on.

use rayon::ThreadPoolBuilder;
use rust_decimal::Decimal;

use super::world::*;
use crate::forecast::{Forecast, Quantity, TornadoBar};
use crate::model::Model;
use crate::programs::RuleBook;
use crate::programs::terms::{Caps, Pay, Rate, RateTier, Terms, TierMode};
use crate::simulation::{Arm, DRAWS_MAX, Extras, Sales};

fn with(terms: Terms, beta: Option<(f64, f64)>) -> Model {
    model(company(12, 1, vec![program("spiff", vec![terms])], |i, _, _| 5.0 + i as f64), beta)
}

fn raised(model: &Model, percent: i64) -> Vec<Arm> {
    vec![arm(scaled(&RuleBook::of(&model.company.programs), "spiff", percent, span(Q3), None))]
}

fn mean(q: &Quantity) -> f64 {
    q.mean.expect("a mean")
}

const WHOLE: Extras = Extras {
    tornado: true,
    draws_max: DRAWS_MAX,
    bounds: &[],
    hindcast: false,
    totals_only: false,
    sales: Sales::Counts,
};

#[test]
fn draws_grow_until_the_figures_are_precise() {
    let model = with(spiff(40), Some((2.0, 0.5)));
    let few = run_with(&model, &raised(&model, 150), Q3, 40, &Extras::default()).expect("a forecast");
    let more = run_with(&model, &raised(&model, 150), Q3, 40, &WHOLE).expect("a forecast");
    assert_eq!(few.draws, 40);
    assert!(more.draws > 40 && more.draws <= DRAWS_MAX);
    if more.draws < DRAWS_MAX {
        for name in ["payout", "net"] {
            let q = more.metrics[name].difference[0];
            let width = q.p90.expect("a value") - q.p10.expect("a value");
            assert!(q.mcse.expect("a value") <= 0.0101 * width, "{name}: {q:?}");
        }
    }
    // A certain answer needs no more draws than asked for.
    let certain = run_with(&model, &raised(&model, 100), Q3, 40, &WHOLE).expect("a forecast");
    assert_eq!(certain.draws, 40);
}

#[test]
fn mirrored_pairs_cut_the_error_of_a_mean() {
    let model = with(spiff(40), Some((2.0, 0.5)));
    let q = run(&model, &raised(&model, 200), Q3, 2000).expect("a forecast").metrics["units"].difference[0];
    let sd = (q.p90.expect("a value") - q.p10.expect("a value")) / 2.563;
    let plain = sd / 1000f64.sqrt();
    assert!(q.mcse.expect("a value") < 0.5 * plain, "{q:?}");
    let other =
        run(&model, &raised(&model, 200), Q3, 10_000).expect("a forecast").metrics["units"].difference[0];
    let apart = mean(&q) - mean(&other);
    assert!(apart.abs() < 5.0 * q.mcse.expect("a value"), "the error is what it says: {apart} {q:?}");
}

#[test]
fn the_monte_carlo_error_is_how_far_estimates_of_other_seeds_lie_apart() {
    // Paid without limits, and with a budget that runs out about when the period ends.
    let budget = Terms { caps: Caps { program_budget: Some(17_000.into()), ..Caps::default() }, ..spiff(40) };
    for terms in [spiff(40), budget] {
        let model = with(terms, Some((2.0, 0.5)));
        let options = raised(&model, 130);
        let seeds = 1..=30;
        let one = |seed| {
            run_seeded(&model, &options, Q3, (seed, 400), &Extras::default()).expect("a forecast").metrics
        };
        let all: Vec<_> = seeds.map(one).collect();
        for name in ["units", "payout", "net"] {
            let means: Vec<f64> = all.iter().map(|m| mean(&m[name].difference[0])).collect();
            let said = all.iter().map(|m| m[name].difference[0].mcse.expect("an error").powi(2)).sum::<f64>();
            let n = means.len() as f64;
            let middle = means.iter().sum::<f64>() / n;
            let apart = means.iter().map(|v| (v - middle).powi(2)).sum::<f64>() / (n - 1.0);
            // A variance of 29 degrees of freedom has a relative standard error of 0.26.
            let ratio = apart / (said / n);
            assert!((0.3..2.0).contains(&ratio), "{name}: {ratio} of {apart}");
        }
    }
}

#[test]
fn caps_that_bind_are_named_with_whom_they_cut() {
    // Partner i sells about 5 + i a month: $40 each is cut at $400 from partner 5 on.
    let capped = Terms { caps: Caps { per_partner: Some(400.into()), ..Caps::default() }, ..spiff(40) };
    let model = with(capped, None);
    let forecast = run(&model, &raised(&model, 200), Q3, 200).expect("a forecast");
    let cap = &forecast.caps[0];
    assert_eq!((forecast.caps.len(), cap.program.as_str()), (1, "spiff"));
    assert_eq!((cap.baseline.probability, cap.options[0].probability), (1.0, 1.0));
    assert!(mean(&cap.options[0].partners) > mean(&cap.baseline.partners));
    assert!(mean(&cap.options[0].cut) > mean(&cap.baseline.cut));
    let of = |id: &str| cap.partners.iter().find(|p| p.partner == id);
    assert!(of("P11").is_some_and(|p| p.baseline > 0.9));
    assert!(of("P00").is_none_or(|p| p.baseline < p.options[0]));
    let free = with(spiff(40), None);
    assert!(run(&free, &raised(&free, 200), Q3, 60).expect("a forecast").caps.is_empty());
}

#[test]
fn partners_that_cross_a_tier_are_named() {
    let tier = |from: i64, v: i64| RateTier { from: from.into(), pay: Pay::PerUnit(v.into()) };
    let rate = Rate::Tiered { tiers: vec![tier(0, 30), tier(12, 50)], mode: TierMode::Retroactive };
    let model = with(Terms { rate, ..spiff(1) }, Some((4.0, 0.2)));
    let mut book = RuleBook::of(&model.company.programs);
    let lower = |terms: &Terms| {
        let mut terms = terms.clone();
        if let Rate::Tiered { tiers, .. } = &mut terms.rate {
            tiers[1].from = Decimal::from(9);
        }
        Some(terms)
    };
    book.program_mut("spiff").expect("the program").overlay(span(Q3), None, lower);
    let forecast = run(&model, &[arm(book)], Q3, 200).expect("a forecast");
    assert_eq!(forecast.tiers.len(), 1, "the tier from 0 is no crossing");
    let tier = &forecast.tiers[0];
    assert_eq!((tier.tier, tier.from), (2, 12.0));
    assert!(mean(&tier.options[0]) > mean(&tier.baseline) + 1.0, "{tier:?}");
    assert!(tier.partners.iter().all(|p| p.options[0] > p.baseline));
    assert!(
        tier.partners.windows(2).all(|w| w[0].options[0] - w[0].baseline >= w[1].options[0] - w[1].baseline)
    );
}

fn bar<'a>(forecast: &'a Forecast, starts: &str) -> &'a TornadoBar {
    forecast
        .tornado
        .iter()
        .find(|b| b.assumption.starts_with(starts))
        .unwrap_or_else(|| panic!("{starts}: {:?}", forecast.tornado))
}

#[test]
fn a_tornado_says_what_the_net_depends_on() {
    let mut model = with(spiff(40), Some((3.0, 0.6)));
    for product in &mut model.response.products {
        product.lags.as_mut().expect("a value").mean[1] = -1.0;
    }
    let forecast = run_with(&model, &raised(&model, 200), Q3, 400, &Extras { draws_max: 0, ..WHOLE })
        .expect("a forecast");
    let net = mean(&forecast.metrics["net"].difference[0]);
    let response = bar(&forecast, "How strongly");
    // A draw of the response is all that is uncertain here: its ends are the interval's.
    let q = forecast.metrics["net"].difference[0];
    let width = q.p90.expect("a value") - q.p10.expect("a value");
    assert!(response.net_low < net && net < response.net_high);
    assert!(((response.net_high - response.net_low) / width - 1.0).abs() < 0.25, "{response:?} {q:?}");
    let carry = bar(&forecast, "Carry-over");
    assert!(
        (carry.net_high - net).abs() < 0.02 && carry.net_low > net,
        "without pull-forward more is left: {carry:?}"
    );
    let margin = mean(&forecast.metrics["margin"].difference[0]);
    let tenth = bar(&forecast, "Unit margin");
    assert!(((tenth.net_high - tenth.net_low) / (0.2 * margin) - 1.0).abs() < 0.01);
    let width = |b: &TornadoBar| (b.net_high - b.net_low).abs();
    assert!(forecast.tornado.windows(2).all(|w| width(&w[0]) >= width(&w[1])));
    assert!(forecast.tornado.iter().all(|b| !b.assumption.starts_with("Budgets")));
    let none = run(&model, &raised(&model, 200), Q3, 60).expect("a forecast");
    assert!(none.tornado.is_empty());
}

#[test]
fn a_tornado_lifts_budgets_and_shifts_from_others() {
    let budget = Terms { caps: Caps { program_budget: Some(8_000.into()), ..Caps::default() }, ..spiff(40) };
    let gold = crate::programs::terms::Eligible { tiers: vec!["Gold".into()], ..Default::default() };
    let model = with(Terms { eligible: gold, ..budget }, Some((3.0, 0.3)));
    let one = raised(&model, 200);
    let extras = Extras { draws_max: 0, ..WHOLE };
    let forecast = run_with(&model, &one, Q3, 200, &extras).expect("a forecast");
    let net = mean(&forecast.metrics["net"].difference[0]);
    let lifted = bar(&forecast, "Budgets");
    assert!(lifted.net_high < net - 1_000.0, "nothing holds the cost: {lifted:?} {net}");
    let shifted = bar(&forecast, "What the change adds");
    assert!(shifted.net_high < shifted.net_low && (shifted.net_low - net).abs() < 0.01);
    // Beside another option the first one's bars stay about the same.
    let two: Vec<Arm> = one.into_iter().chain(raised(&model, 150)).collect();
    let compared = run_with(&model, &two, Q3, 200, &extras).expect("a forecast");
    let response = |f: &Forecast| {
        let b = bar(f, "How strongly");
        b.net_high - b.net_low
    };
    assert!((response(&compared) / response(&forecast) - 1.0).abs() < 0.1);
    // Each option has bars of its own, about those that it has alone, around its own net.
    let second = run_with(&model, &raised(&model, 150), Q3, 200, &extras).expect("a forecast");
    let of_second = |b: &&TornadoBar| b.option == 1;
    let own: Vec<&TornadoBar> = compared.tornado.iter().filter(of_second).collect();
    assert_eq!(own.len(), second.tornado.len());
    assert!(compared.tornado.is_sorted_by_key(|b| b.option), "option by option");
    let net = mean(&compared.metrics["net"].difference[1]);
    let margin = own.iter().find(|b| b.assumption == "Unit margin").expect("a bar");
    assert!(((margin.net_low + margin.net_high) / 2.0 - net).abs() < 0.02, "{margin:?} {net}");
    let strongly = own.iter().find(|b| b.assumption.starts_with("How strongly")).expect("a bar");
    let width = strongly.net_high - strongly.net_low;
    assert!((width / response(&second) - 1.0).abs() < 0.1, "{strongly:?}");
}

#[test]
fn any_number_of_threads_gives_the_same_bytes_beside_the_figures_too() {
    let tier = |from: i64, v: i64| RateTier { from: from.into(), pay: Pay::PerUnit(v.into()) };
    let rate = Rate::Tiered { tiers: vec![tier(0, 30), tier(12, 50)], mode: TierMode::Marginal };
    let caps = Caps { per_partner: Some(500.into()), program_budget: Some(14_000.into()), ..Caps::default() };
    let model = with(Terms { rate, caps, ..spiff(1) }, Some((2.0, 0.5)));
    let mut book = RuleBook::of(&model.company.programs);
    let more = |terms: &Terms| Some(Terms { minimum: Some(2.into()), ..terms.clone() });
    book.program_mut("spiff").expect("the program").overlay(span(Q3), None, more);
    let options = [arm(book)];
    for sales in [Sales::Counts, Sales::Amounts] {
        let extras = Extras { sales, ..WHOLE };
        let with = |threads: usize| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            let played = pool.install(|| run_with(&model, &options, Q3, 200, &extras));
            serde_json::to_string(&played.expect("a forecast")).expect("JSON")
        };
        let one = with(1);
        assert_eq!(one, with(2), "{sales:?}");
        assert_eq!(one, with(7), "{sales:?}");
    }
}

/// What counts and amounts say of a raise to 150 a unit.
fn counted_and_smooth(model: &Model) -> [Forecast; 2] {
    [Sales::Counts, Sales::Amounts].map(|sales| {
        let extras = Extras { sales, ..Extras::default() };
        run_with(model, &raised(model, 150), Q3, 1_000, &extras).expect("a forecast")
    })
}

#[test]
fn amounts_in_place_of_counts_expect_the_same_and_say_so() {
    // Cells of many units, and of few: what is paid a unit needs no steps.
    for least in [60.0, 4.0] {
        let sold = |i: usize, k: usize, _: usize| least + least / 12.0 * (i + k) as f64;
        let model = model(company(12, 2, vec![program("spiff", vec![spiff(40)])], sold), Some((2.0, 0.5)));
        let [counted, smooth] = counted_and_smooth(&model);
        assert_eq!(counted.metrics["units"].difference[0].mean, smooth.metrics["units"].difference[0].mean);
        for name in ["payout", "net"] {
            let [a, b] = [&counted, &smooth].map(|f| f.metrics[name].difference[0]);
            let error = a.mcse.expect("an error") + b.mcse.expect("an error");
            assert!((mean(&a) - mean(&b)).abs() < 5.0 * error, "{least} {name}: {a:?} {b:?}");
        }
        let [a, b] = [&counted, &smooth].map(|f| {
            let units = f.metrics["units"].baseline;
            units.outcome_p90.expect("a quantile") - units.outcome_p10.expect("a quantile")
        });
        assert!((0.9..1.1).contains(&(b / a)), "{least}: {a} {b}");
        let says = |f: &Forecast| f.approximations.iter().any(|a| a.contains("smooth amounts"));
        assert!(says(&smooth) && !says(&counted));
    }
}

#[test]
fn amounts_of_large_cells_meet_caps_as_counts_do() {
    // 125 to 240 units a partner and month at 40, then 150: some partners reach the cap
    // before the raise, all but few after it.
    let sold = |i: usize, k: usize, _: usize| 60.0 + 5.0 * (i + k) as f64;
    let caps = Caps { per_partner: Some(6_500.into()), ..Caps::default() };
    let capped = program("spiff", vec![Terms { caps, ..spiff(40) }]);
    let model = model(company(12, 2, vec![capped], sold), Some((2.0, 0.5)));
    let [counted, smooth] = counted_and_smooth(&model);
    for of in [|f: &Forecast| f.metrics["payout"].baseline, |f: &Forecast| f.metrics["payout"].difference[0]]
    {
        let [a, b] = [of(&counted), of(&smooth)];
        let error = a.mcse.expect("an error") + b.mcse.expect("an error");
        let apart = (mean(&a) - mean(&b)).abs();
        assert!(apart < 5.0 * error, "{a:?} {b:?}");
        assert!(apart < 0.01 * mean(&a), "{a:?} {b:?}");
    }
}
