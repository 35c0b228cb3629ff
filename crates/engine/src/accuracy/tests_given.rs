//! Forecasts that were given, held against what came: whose rules were in force, what
//! was sold and paid, and when it can be said.

use std::sync::Arc;

use super::given::{Given, RulesInForce};
use super::testing::{BETA, company, day};
use super::*;
use crate::explore::{Exploration, explore};
use crate::programs::terms::{Pay, Rate, Terms};
use crate::scenario::{self, Draft};
use crate::simulation::tests::world::span;
use crate::simulation::{Continue, number};

const QUESTION: &str = r#"{
    "intent": "compare",
    "period": {"start": "2026-01-01", "end": "2026-03-31", "label": "Q1 2026"},
    "options": [
        {"label": "more", "levers": [{"program": "spiff-1", "parameter": "rate", "operation": "increase_by_percent", "value": "20"}]},
        {"label": "none", "levers": [{"program": "spiff-1", "parameter": "active", "operation": "pause", "value": null}]}
    ]
}"#;

/// What was said at the end of 2025 about the quarter after it, in which SPIFF 1 was
/// to pay 100 a unit.
fn said(all: &Company) -> Given {
    let known = as_known(all, day("2025-12-31"));
    let panel = Panel::of_lines(known.lines.iter(), known.as_of);
    let model = Model::fit(Arc::new(known), panel, &|_| ());
    let draft: Draft = serde_json::from_str(QUESTION).expect("a draft");
    let checked = scenario::check(draft, &model.company);
    let scenario = checked.scenario.unwrap_or_else(|| panic!("{:?}", checked.findings));
    let asked = Exploration { model: &model, scenario: &scenario, seed: 1, draws: 200, counted: None };
    let explored = explore(&asked, &|_| Continue::Yes).expect("a forecast");
    Given::of(&model, &scenario, &explored.forecast).expect("figures")
}

/// The same company with another rate in the quarter.
fn with_rate(all: &Company, rate: &str) -> Company {
    let mut later = all.clone();
    let spiff = later.programs.iter_mut().find(|p| p.id == "spiff-1").expect("the program");
    let version = spiff.versions.iter_mut().find(|v| v.terms.effective.start == day("2026-01-01"));
    let version = version.expect("the version");
    version.terms = Terms {
        rate: Rate::Flat(Pay::PerUnit(rate.parse().expect("a decimal"))),
        effective: span(("2026-01-01", "2026-03-31")),
        ..version.terms.clone()
    };
    later
}

#[test]
fn it_is_compared_with_the_option_whose_rules_came_into_force() {
    let all = company(3, BETA);
    let given = said(&all);
    assert_eq!(given.arms.iter().map(|a| a.label.as_str()).collect::<Vec<_>>(), ["baseline", "more", "none"]);
    assert_eq!((given.partners.len(), given.skus.as_slice()), (18, ["SKU1".to_owned()].as_slice()));
    let rules = |later: &Company| {
        let score = given.score(later).expect("the quarter is over");
        (score.rules, score.arm)
    };
    assert_eq!(rules(&all), (RulesInForce::Baseline, 0));
    // 120.00 is 120, whichever version and dates it stands in.
    assert_eq!(rules(&with_rate(&all, "120.00")), (RulesInForce::Option, 1));
    assert_eq!(rules(&with_rate(&all, "110")), (RulesInForce::Other, 0));
    let mut paused = all.clone();
    paused
        .programs
        .iter_mut()
        .for_each(|p| p.versions.retain(|v| v.terms.effective.start != day("2026-01-01")));
    assert_eq!(rules(&paused), (RulesInForce::Option, 2));
}

#[test]
fn what_came_is_what_was_sold_and_paid_in_the_period() {
    let all = company(3, BETA);
    let given = said(&all);
    let score = given.score(&all).expect("the quarter is over");
    let within = span(("2026-01-01", "2026-03-31"));
    let counted = |l: &&crate::sales::SaleLine| {
        l.partner.is_multiple_of(2) && l.product == 0 && within.contains(l.sold_on)
    };
    let units: f64 = all.lines.iter().filter(counted).map(|l| number(l.units)).sum();
    assert_eq!((score.units.actual, score.payout.actual), (units, 100.0 * units));
    assert_eq!(score.units.mean, given.arms[0].units.mean);
    assert!((score.units.mean / units - 1.0).abs() < 0.15, "{:?}", score.units);
    assert!(score.units.p10 < score.units.mean && score.units.mean < score.units.p90);
    assert!(score.whole && score.as_of == day("2026-06-30"));
}

#[test]
fn nothing_is_said_before_the_period_is_over_and_it_is_not_whole_at_once() {
    let mut all = company(3, BETA);
    let given = said(&all);
    assert_eq!(given.ends(), day("2026-03-31"));
    assert_eq!(given.score(&as_known(&all, day("2026-03-30"))), None);
    // Sales are reported up to two months late.
    for (i, line) in all.lines.iter_mut().enumerate() {
        line.reported_on = Some(line.sold_on + chrono::Days::new((i % 60) as u64));
    }
    let early = given.score(&as_known(&all, day("2026-03-31"))).expect("the quarter is over");
    let late = given.score(&all).expect("the quarter is over");
    assert!(!early.whole && late.whole, "{early:?} {late:?}");
    assert!(early.units.actual < late.units.actual);
}
