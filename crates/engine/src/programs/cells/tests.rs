//! The worked examples of PAYOUTS.md and each rule family, on cells.

use super::sample::{World, assert_close, day, dec, pay, rebate, segment, span, terms};
use crate::calendar::PeriodKind;
use crate::programs::terms::{
    Accelerator, AppliesTo, Caps, Eligible, Growth, Measure, Pay, ProgramKind, Rate, RateTier, Stacking,
    StackingMode, Terms, TierMode,
};

/// Pay of one program for one partner and one product over July to September 2026.
fn quarter(terms: Terms, price: &str, units: [f64; 3]) -> Vec<f64> {
    pay(&World::new(1, &[price]).program("p", terms).compile("2026-07-01", 3), 0, &units).0
}

#[test]
fn tiers_of_the_worked_example() {
    let revenue = [30_000.0, 25_000.0, 15_000.0];
    let marginal = quarter(rebate(TierMode::Marginal), "1", revenue);
    assert_close(&[marginal.iter().sum()], &[1_600.0]);
    assert_close(&marginal, &[600.0, 550.0, 450.0]);
    let retroactive = quarter(rebate(TierMode::Retroactive), "1", revenue);
    assert_close(&[retroactive.iter().sum()], &[2_100.0]);
    assert_close(&retroactive, &[600.0, 1_050.0, 450.0]);
}

#[test]
fn a_threshold_reached_exactly_counts_for_the_whole_and_not_for_the_part_below() {
    let exactly = [20_000.0, 30_000.0, 0.0];
    let total = |mode| quarter(rebate(mode), "1", exactly).iter().sum::<f64>();
    assert_close(&[total(TierMode::Marginal), total(TierMode::Retroactive)], &[1_000.0, 1_500.0]);
    let below = [20_000.0, 29_999.99, 0.0];
    let short = quarter(rebate(TierMode::Retroactive), "1", below).iter().sum::<f64>();
    assert_close(&[short], &[999.9998]);
    // A sum of floats that misses 50,000 by less than a minor unit still reaches it.
    let thirds = [50_000.0 * 0.1, 50_000.0 * 0.2, 50_000.0 * 0.7 - 1e-9];
    let reached = quarter(rebate(TierMode::Retroactive), "1", thirds).iter().sum::<f64>();
    assert_close(&[reached], &[1_500.0]);
}

#[test]
fn a_retroactive_step_up_shows_in_the_month_it_is_reached() {
    let rules = World::new(1, &["1"]).program("p", rebate(TierMode::Retroactive)).compile("2026-04-01", 3);
    let (own, _) = pay(&rules, 0, &[0.0, 40_000.0, 30_000.0]);
    assert_close(&own, &[0.0, 800.0, 1_300.0]);
}

#[test]
fn below_the_first_threshold_nothing_is_paid() {
    let mut terms = rebate(TierMode::Marginal);
    let tier = |from, percent| RateTier { from: dec(from), pay: Pay::Percent(dec(percent)) };
    let rate = |mode| Rate::Tiered { tiers: vec![tier("10000", "2"), tier("50000", "3")], mode };
    terms.rate = rate(TierMode::Marginal);
    assert_close(&quarter(terms.clone(), "1", [8_000.0, 4_000.0, 0.0]), &[0.0, 40.0, 0.0]);
    terms.rate = rate(TierMode::Retroactive);
    assert_close(&quarter(terms, "1", [8_000.0, 4_000.0, 0.0]), &[0.0, 240.0, 0.0]);
}

#[test]
fn a_monthly_cap_counts_the_month_across_versions() {
    let cap = Caps { per_partner: Some(dec("1000")), ..Caps::default() };
    let one = Terms { caps: cap, effective: span("2026-01-01", "2026-07-14"), ..terms() };
    let two = Terms {
        rate: Rate::Flat(Pay::PerUnit(dec("42"))),
        effective: span("2026-07-15", "2026-12-31"),
        ..one.clone()
    };
    let world = World::new(1, &["800"]).program("p", one).segment(segment(2, two));
    let rules = world.compile("2026-07-01", 2);
    // 14 of July's 31 days at 40 and 17 at 42, then 42.
    let (own, _) = pay(&rules, 0, &[10.0, 20.0]);
    assert_close(&own, &[10.0 * (14.0 * 40.0 + 17.0 * 42.0) / 31.0, 840.0]);
    assert_close(&pay(&rules, 0, &[30.0, 30.0]).0, &[1_000.0, 1_000.0]);
    assert!(rules.approximations().iter().any(|note| note.contains("split by days")));
    // For a program by the transaction the same cap counts the calendar month.
    let by_sale = Terms { caps: cap, period: PeriodKind::Transaction, ..terms() };
    assert_close(&quarter(by_sale, "800", [10.0, 30.0, 20.0]), &[400.0, 1_000.0, 800.0]);
}

#[test]
fn a_cap_of_the_quarter_leaves_later_months_nothing() {
    let caps = Caps { per_partner: Some(dec("1000")), ..Caps::default() };
    let terms = Terms { caps, period: PeriodKind::Quarter, ..terms() };
    assert_close(&quarter(terms, "800", [15.0, 15.0, 15.0]), &[600.0, 400.0, 0.0]);
}

#[test]
fn minimum_and_retroactive_accelerator() {
    let minimum = Terms { minimum: Some(dec("10")), period: PeriodKind::Quarter, ..terms() };
    assert_close(&quarter(minimum, "800", [4.0, 6.0, 1.0]), &[0.0, 400.0, 40.0]);
    let accelerator = Some(Accelerator { above_attainment: dec("100"), multiplier: dec("1.5") });
    let flat = Terms { accelerator, target: Some(dec("10")), period: PeriodKind::Quarter, ..terms() };
    assert_close(&quarter(flat, "800", [8.0, 4.0, 2.0]), &[320.0, 2.0 * 40.0 + 2.0 * 60.0, 120.0]);
    let mut tiered = rebate(TierMode::Retroactive);
    (tiered.accelerator, tiered.target) = (accelerator, Some(dec("60000")));
    // 60,000 at 3% and 10,000 at 4.5%.
    assert_close(&[quarter(tiered, "1", [40_000.0, 30_000.0, 0.0]).iter().sum()], &[2_250.0]);
    let mut marginal = rebate(TierMode::Marginal);
    (marginal.accelerator, marginal.target) = (accelerator, Some(dec("40000")));
    // 40,000 at 2%, 10,000 at 3%, 20,000 at 4.5%.
    assert_close(&[quarter(marginal, "1", [70_000.0, 0.0, 0.0]).iter().sum()], &[2_000.0]);
}

#[test]
fn the_targets_table_overrides_the_terms() {
    let accelerator = Some(Accelerator { above_attainment: dec("100"), multiplier: dec("2") });
    let terms = Terms { accelerator, target: Some(dec("100")), period: PeriodKind::Quarter, ..terms() };
    let world = World::new(2, &["800"]).program("p", terms).target("p", 1, "2026-07-01", "5");
    let rules = world.compile("2026-07-01", 3);
    assert_close(&pay(&rules, 0, &[10.0, 0.0, 0.0]).0, &[400.0, 0.0, 0.0]);
    assert_close(&pay(&rules, 1, &[10.0, 0.0, 0.0]).0, &[600.0, 0.0, 0.0]);
}

#[test]
fn growth_pays_on_what_is_above_last_year() {
    let growth = Terms {
        kind: ProgramKind::Growth,
        measure: Measure::Revenue,
        period: PeriodKind::Quarter,
        rate: Rate::Flat(Pay::Percent(dec("10"))),
        growth: Some(Growth { above: dec("5") }),
        ..terms()
    };
    let world = World::new(2, &["100"])
        .program("g", growth)
        .sale("2025-07-03", 0, 0, "60")
        .sale("2025-09-30", 0, 0, "40")
        .sale("2025-10-01", 0, 0, "999");
    let rules = world.compile("2026-07-01", 3);
    // B = 10,000: paid 10% of what is above 10,500.
    assert_close(&pay(&rules, 0, &[90.0, 30.0, 10.0]).0, &[0.0, 150.0, 100.0]);
    assert_close(&pay(&rules, 1, &[90.0, 30.0, 10.0]).0, &[0.0, 0.0, 0.0]);
}

#[test]
fn a_parent_gets_its_share_and_no_more_than_its_cap() {
    let caps = Caps { per_partner: Some(dec("100")), ..Caps::default() };
    let terms = Terms { override_percent: Some(dec("1")), caps, period: PeriodKind::Quarter, ..terms() };
    let world = World::new(3, &["500"])
        .program("p", terms)
        .partner(0, |p| p.parent = Some(2))
        .partner(1, |p| p.parent = Some(2))
        .sale("2026-06-15", 0, 0, "50");
    let rules = world.compile("2026-07-01", 3);
    let (own, mut overrides) = pay(&rules, 0, &[10.0, 20.0, 5.0]);
    assert_close(&own, &[100.0, 0.0, 0.0]);
    assert_close(&overrides, &[50.0, 100.0, 25.0]);
    rules.cap_overrides(0, 2, &mut overrides);
    assert_close(&overrides, &[50.0, 50.0, 0.0]);
    // June lies in the quarter before: it takes nothing of the cap. In a quarter in
    // progress it does: 8 units on 15 June are 40 of the 100.
    let world = world.sale("2026-05-15", 1, 0, "8");
    let rules = world.compile("2026-06-01", 1);
    let mut overrides = vec![90.0];
    rules.cap_overrides(0, 2, &mut overrides);
    assert_close(&overrides, &[60.0]);
    let orphan = World::new(1, &["500"])
        .program("p", Terms { override_percent: Some(dec("1")), ..super::sample::terms() });
    assert_close(&pay(&orphan.compile("2026-07-01", 1), 0, &[10.0]).1, &[0.0]);
}

#[test]
fn only_what_is_covered_and_who_is_eligible_earns() {
    let terms = Terms {
        applies_to: AppliesTo { skus: vec!["SKU2".into()], families: Vec::new() },
        eligible: Eligible { tiers: vec!["Gold".into()], ..Eligible::default() },
        ..terms()
    };
    let world = World::new(3, &["500", "800"])
        .program("p", terms)
        .partner(1, |p| p.tier_history = vec![(day("2026-06-01"), "Silver".into())])
        .partner(2, |p| p.active = false);
    let rules = world.compile("2026-07-01", 2);
    let units = [5.0, 5.0, 1.0, 2.0];
    assert_close(&pay(&rules, 0, &units).0, &[40.0, 80.0]);
    for other in [1, 2] {
        assert_close(&pay(&rules, other, &units).0, &[0.0, 0.0]);
        assert_eq!(rules.programs_of(other).count(), 0);
    }
    assert_eq!(rules.series(1), 2..4);
}

#[test]
fn a_change_for_some_partners_and_a_pause_split_the_month() {
    let mut world = World::new(2, &["800"]).program("p", terms());
    let raise = |t: &Terms| Some(Terms { rate: Rate::Flat(Pay::PerUnit(dec("42"))), ..t.clone() });
    world.rules.programs[0].overlay(span("2026-07-15", "2026-08-31"), Some(&[true, false]), raise);
    world.rules.programs[0].overlay(span("2026-09-01", "2026-09-10"), None, |_| None);
    let rules = world.compile("2026-07-01", 3);
    let july = (14.0 * 40.0 + 17.0 * 42.0) / 31.0;
    assert_close(&pay(&rules, 0, &[1.0, 1.0, 3.0]).0, &[july, 42.0, 80.0]);
    assert_close(&pay(&rules, 1, &[1.0, 1.0, 3.0]).0, &[40.0, 40.0, 80.0]);
    assert_eq!(rules.approximations(), ["The p: a month in which the terms change is split by days"]);
    let whole = World::new(1, &["800"]).program("p", terms()).compile("2026-07-01", 3);
    assert!(whole.approximations().is_empty());
}

#[test]
fn the_best_of_a_group_pays_alone() {
    let best = |rate| Terms {
        period: PeriodKind::Transaction,
        rate: Rate::Flat(rate),
        stacking: Some(Stacking { group: "g".into(), mode: StackingMode::BestOf, priority: 1 }),
        ..terms()
    };
    let world = World::new(1, &["500", "2000"])
        .program("a", best(Pay::PerUnit(dec("40"))))
        .program("b", best(Pay::Percent(dec("5"))));
    let rules = world.compile("2026-07-01", 1);
    // $500: 40 beats 25; $2,000: 100 beats 40.
    assert_close(&pay(&rules, 0, &[1.0, 1.0]).0, &[40.0, 100.0]);
    assert!(rules.approximations().iter().any(|note| note.contains("stacking group")));
}

#[test]
fn a_fund_is_told_from_a_payout() {
    let world = World::new(1, &["800"])
        .program("m", Terms { kind: ProgramKind::Mdf, ..terms() })
        .program("s", terms());
    let rules = world.compile("2026-07-01", 1);
    let funds: Vec<bool> = rules.programs().iter().map(|p| p.fund).collect();
    assert_eq!(funds, [true, false]);
    assert_eq!(rules.programs()[0].name, "The m");
}
