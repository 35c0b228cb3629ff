//! Checks, levers as rules, and levers in words.

use super::sample::{company, d, day};
use super::*;
use crate::finding::Severity;
use crate::programs::terms::Rate;

pub(crate) fn lever(program: &str, parameter: Parameter, operation: Operation, value: &str) -> Lever {
    Lever {
        program: program.into(),
        parameter,
        operation,
        value: (!value.is_empty()).then(|| value.into()),
        tier_from: None,
        period: None,
        audience: None,
        terms: None,
    }
}

pub(crate) fn draft(levers: Vec<Lever>) -> Draft {
    Draft {
        intent: Intent::Forecast,
        period: Period { start: day("2026-07-01"), end: day("2026-09-30"), label: "Q3 2026".into() },
        audience: Audience::default(),
        options: vec![ScenarioOption { label: "test".into(), levers }],
        sweep: None,
        goal: None,
        earnings: None,
        lookup: None,
    }
}

fn codes(draft: Draft) -> Vec<String> {
    check(draft, &company()).findings.into_iter().map(|f| format!("{} {}", f.code, f.field)).collect()
}

fn one(program: &str, parameter: Parameter, operation: Operation, value: &str) -> Vec<String> {
    codes(draft(vec![lever(program, parameter, operation, value)]))
}

use Operation as O;
use Parameter as P;

#[test]
fn the_example_passes_and_pays_42() {
    let company = company();
    let checked = check(draft(vec![lever("spiff-product-x", P::Rate, O::IncreaseByPercent, "5")]), &company);
    assert_eq!(checked.findings, vec![]);
    let book = rule_book(&checked.scenario.expect("a scenario"), 0, &company);
    let rules = book.programs.iter().find(|p| p.id == "spiff-product-x").expect("the program");
    let rate = |on: &str| match &rules.segment(0, day(on)).and_then(|s| s.terms.as_ref()).expect("terms").rate
    {
        Rate::Flat(pay) => pay.value(),
        Rate::Tiered { .. } => panic!("a flat rate"),
    };
    assert_eq!(rate("2026-06-30"), d("40"));
    assert_eq!(rate("2026-07-01"), d("42"));
    assert_eq!(rate("2026-09-30"), d("42"));
    assert_eq!(rate("2026-10-01"), d("40"));
}

#[test]
fn what_does_not_fit_is_found() {
    let l = "options[0].levers[0]";
    let cases = [
        (one("spiff-product-z", P::Rate, O::SetTo, "5"), format!("unknown_program {l}.program")),
        (
            one("spiff-product-x", P::CapPerTransaction, O::IncreaseByPercent, "5"),
            format!("parameter_absent {l}.parameter"),
        ),
        (
            one("spiff-product-x", P::CapPerTransaction, O::SetTo, "5"),
            format!("parameter_does_not_fit {l}.parameter"),
        ),
        (one("spiff-product-x", P::TierRate, O::SetTo, "5"), format!("rate_is_flat {l}.parameter")),
        (one("rebate-volume", P::Rate, O::SetTo, "5"), format!("rate_is_tiered {l}.parameter")),
        (one("rebate-volume", P::TierRate, O::SetTo, "5"), format!("tier_missing {l}.tier_from")),
        (
            one("spiff-product-x", P::Rate, O::IncreaseByPoints, "5"),
            format!("operation_does_not_fit {l}.operation"),
        ),
        (
            one("commission-cloud", P::Rate, O::IncreaseByAmount, "5"),
            format!("operation_does_not_fit {l}.operation"),
        ),
        (one("spiff-product-x", P::Rate, O::Add, "5"), format!("operation_does_not_fit {l}.operation")),
        (one("spiff-product-x", P::Rate, O::SetTo, "five"), format!("not_a_decimal {l}.value")),
        (one("spiff-product-x", P::Rate, O::SetTo, "1e300"), format!("not_a_decimal {l}.value")),
        (
            one("spiff-product-x", P::Rate, O::SetTo, "1000000000000000"),
            format!("value_out_of_bounds {l}.value"),
        ),
        (
            one("spiff-product-x", P::Rate, O::IncreaseByPercent, "5000"),
            format!("rate_out_of_bounds {l}.value"),
        ),
        (one("spiff-product-x", P::Rate, O::SetTo, "-5"), format!("rate_out_of_bounds {l}.value")),
        (one("spiff-product-x", P::Rate, O::IncreaseByPercent, "-5"), format!("negative_value {l}.value")),
        (
            one("spiff-product-x", P::Rate, O::DecreaseByPercent, "101"),
            format!("rate_out_of_bounds {l}.value"),
        ),
        (one("spiff-product-x", P::Rate, O::SetTo, "500"), format!("rate_out_of_bounds {l}.value")),
        (one("commission-cloud", P::Rate, O::SetTo, "101"), format!("rate_out_of_bounds {l}.value")),
        (one("spiff-product-x", P::Rate, O::SetTo, ""), format!("value_missing {l}.value")),
        (one("spiff-product-x", P::Rate, O::SetTo, "40"), format!("no_change {l}.value")),
        (one("spiff-product-x", P::EligibleTiers, O::Add, "Gold"), format!("no_change {l}.value")),
        (one("spiff-product-x", P::EligibleTiers, O::Add, "Bronze"), format!("unknown_name {l}.value")),
        (one("growth-emea", P::EligibleRegions, O::Remove, "EMEA"), format!("nobody_left {l}.value")),
        (one("spiff-product-x", P::Products, O::Add, "PZ-1"), format!("unknown_product {l}.value")),
        (one("spiff-nova", P::Rate, O::SetTo, "30"), format!("not_in_force {l}.program")),
        (one("new", P::Program, O::Launch, ""), format!("terms_missing {l}.terms")),
    ];
    for (found, expected) in cases {
        assert_eq!(found, vec![expected]);
    }
}

#[test]
fn tiers_must_stay_in_order() {
    let mut crossing = lever("rebate-volume", P::TierThreshold, O::SetTo, "250000");
    crossing.tier_from = Some("50000".into());
    assert_eq!(codes(draft(vec![crossing.clone()])), ["tiers_cross options[0].levers[0].value"]);
    crossing.value = Some("60000".into());
    assert_eq!(codes(draft(vec![crossing.clone()])), Vec::<String>::new());
    crossing.tier_from = Some("60000".into());
    assert_eq!(codes(draft(vec![crossing])), ["unknown_tier_from options[0].levers[0].tier_from"]);
}

#[test]
fn all_findings_come_at_once() {
    let mut bad = draft(vec![
        lever("nothing", P::Rate, O::SetTo, "1"),
        lever("spiff-product-x", P::Rate, O::SetTo, "x"),
    ]);
    bad.period.end = day("2026-06-01");
    bad.audience.include = vec![AudienceEntry { tiers: vec!["Bronze".into()], ..AudienceEntry::default() }];
    let found = codes(bad);
    assert!(found.contains(&"period_empty period".to_owned()));
    assert!(found.contains(&"unknown_tier audience.include[0].tiers".to_owned()));
    assert!(found.contains(&"unknown_program options[0].levers[0].program".to_owned()));
}

#[test]
fn periods_are_bounded() {
    let with = |start: &str, end: &str| {
        let mut one = draft(vec![lever("rebate-attainment", P::Rate, O::SetTo, "3")]);
        one.period = Period { start: day(start), end: day(end), label: "it".into() };
        codes(one)
    };
    assert_eq!(with("2026-01-01", "2026-06-30"), ["period_past period"]);
    assert_eq!(with("2026-05-01", "2026-07-31"), ["period_part_past period"]);
    assert_eq!(with("2026-07-01", "2029-07-31")[0], "period_too_long period");
}

#[test]
fn extending_then_changing_a_program_that_ended() {
    let company = company();
    let extend = lever("spiff-nova", P::Active, O::SetTo, "true");
    let raise = lever("spiff-nova", P::Rate, O::SetTo, "30");
    let checked = check(draft(vec![extend, raise]), &company);
    assert_eq!(checked.findings, vec![]);
    let book = rule_book(&checked.scenario.expect("a scenario"), 0, &company);
    let nova = book.programs.iter().find(|p| p.id == "spiff-nova").expect("the program");
    let held = nova.segment(0, day("2026-08-15")).expect("a segment");
    assert_eq!(
        held.terms.as_ref().map(|t| t.rate.clone()),
        Some(Rate::Flat(crate::programs::terms::Pay::PerUnit(d("30"))))
    );
    assert!(nova.segment(0, day("2026-10-01")).is_none());
}

#[test]
fn audiences_mask_partners_and_exclude_wins() {
    let company = company();
    let entry = |tiers: &[&str], regions: &[&str]| AudienceEntry {
        tiers: tiers.iter().map(|t| (*t).into()).collect(),
        regions: regions.iter().map(|t| (*t).into()).collect(),
        ..AudienceEntry::default()
    };
    let who = Audience {
        include: vec![entry(&["Gold", "Silver"], &[])],
        exclude: vec![entry(&["Silver"], &["APAC"])],
    };
    let mask = audience::mask(&who, &company.catalog, company.today()).expect("a mask");
    assert_eq!(mask, [false, true, true, false, true, false, false]);
    assert_eq!(audience::mask(&Audience::default(), &company.catalog, company.today()), None);
    assert_eq!(
        audience::describe(&who, &company.catalog),
        "Gold or Silver partners except Silver partners in APAC"
    );
    let mut paused = draft(vec![lever("spiff-product-x", P::Active, O::Pause, "")]);
    paused.audience = who;
    let book = rule_book(&check(paused, &company).scenario.expect("a scenario"), 0, &company);
    let rules = book.programs.iter().find(|p| p.id == "spiff-product-x").expect("the program");
    assert!(rules.segment(1, day("2026-07-10")).expect("a segment").terms.is_none());
    assert!(rules.segment(0, day("2026-07-10")).expect("a segment").terms.is_some());
}

#[test]
fn levers_start_today() {
    let company = company();
    let mut year = draft(vec![lever("spiff-product-x", P::Rate, O::SetTo, "50")]);
    year.period = Period { start: day("2026-01-01"), end: day("2026-12-31"), label: "2026".into() };
    let checked = check(year, &company);
    assert!(checked.findings.iter().all(|f| f.severity == Severity::Info));
    let book = rule_book(&checked.scenario.expect("a scenario"), 0, &company);
    let rules = book.programs.iter().find(|p| p.id == "spiff-product-x").expect("the program");
    assert!(!rules.segment(0, day("2026-06-30")).expect("a segment").changed);
    assert!(rules.segment(0, day("2026-07-01")).expect("a segment").changed);
}

#[test]
fn lists_spell_out_the_rest_when_everything_was_meant() {
    let company = company();
    let without = lever("rebate-volume", P::EligibleTiers, O::Remove, "Silver");
    let terms = &company.program("rebate-volume").expect("it").latest().terms;
    let new = change::apply(&without, terms, &company.catalog).expect("fits").expect("runs");
    assert_eq!(new.eligible.tiers, ["Gold", "Platinum", "Registered"]);
    let add = lever("spiff-product-x", P::Products, O::Add, "PY-100");
    let terms = &company.program("spiff-product-x").expect("it").latest().terms;
    let new = change::apply(&add, terms, &company.catalog).expect("fits").expect("runs");
    assert_eq!(new.applies_to.skus, ["PX-100", "PX-200", "PY-100"]);
}

#[test]
fn words_for_levers() {
    let company = company();
    let say = |l: &Lever| (describe(l, &company), label(l, &company));
    let x = |p, o, v| say(&lever("spiff-product-x", p, o, v));
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(
        x(P::Rate, O::IncreaseByPercent, "5"),
        pair("Product X SPIFF rate from $40.00 to $42.00 per unit", "Product X SPIFF +5%")
    );
    assert_eq!(
        x(P::CapPerPartner, O::SetTo, "6000"),
        pair(
            "Product X SPIFF cap per partner from $5,000.00 to $6,000.00",
            "Product X SPIFF cap per partner at $6,000"
        )
    );
    assert_eq!(x(P::Active, O::Pause, ""), pair("Product X SPIFF paused", "Product X SPIFF paused"));
    assert_eq!(
        x(P::ProgramBudget, O::Remove, ""),
        pair(
            "Product X SPIFF program budget of $250,000.00 removed",
            "Product X SPIFF program budget removed"
        )
    );
    let mut tier = lever("rebate-volume", P::TierThreshold, O::SetTo, "60000");
    tier.tier_from = Some("50000".into());
    assert_eq!(say(&tier).0, "Volume Rebate tier threshold from $50,000.00 to $60,000.00");
    tier.parameter = P::TierRate;
    tier.operation = O::IncreaseByPoints;
    tier.value = Some("0.5".into());
    assert_eq!(
        say(&tier),
        pair(
            "Volume Rebate rate of the tier from 50,000 from 3% to 3.5%",
            "Volume Rebate tier from 50,000 +0.5 points"
        )
    );
}
