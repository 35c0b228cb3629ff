//! The worked examples of PAYOUTS.md, and boundary cases of qualification, stacking
//! and pay.

use super::settle::{SettleOptions, settle};
use super::terms::{Accelerator, Growth, Measure, Pay, ProgramKind, Rate, StackingMode, Terms, TierMode};
use super::testing::{World, d, day, percent_tiers, span, stacked, tell, unit_tiers};
use crate::calendar::PeriodKind;
use crate::catalog::PartnerType;

const STEP: [(&str, &str); 2] = [("0", "2"), ("50000", "3")];

fn rebate(world: &mut World, mode: TierMode) -> &mut Terms {
    let terms = world.program("rebate");
    terms.kind = ProgramKind::Rebate;
    terms.measure = Measure::Revenue;
    terms.period = PeriodKind::Quarter;
    terms.rate = percent_tiers(mode, &STEP);
    terms
}

fn rebate_of(mode: TierMode, revenue: &str) -> Vec<String> {
    let mut world = World::new();
    rebate(&mut world, mode);
    world.sale("T1", "A", "X1", "2026-05-31", "1", revenue);
    world.owed()
}

#[test]
fn example_tiers_marginal_and_retroactive() {
    assert_eq!(rebate_of(TierMode::Marginal, "70000"), ["A own 2026-04-01 1600"]);
    assert_eq!(rebate_of(TierMode::Retroactive, "70000"), ["A own 2026-04-01 2100"]);
    assert_eq!(rebate_of(TierMode::Marginal, "50000"), ["A own 2026-04-01 1000"]);
    assert_eq!(rebate_of(TierMode::Retroactive, "50000"), ["A own 2026-04-01 1500"]);
    assert_eq!(rebate_of(TierMode::Retroactive, "49999.99"), ["A own 2026-04-01 1000"]);
}

#[test]
fn example_due_while_open_then_a_return_next_quarter() {
    let mut world = World::new();
    rebate(&mut world, TierMode::Retroactive);
    world.sale("T1", "A", "X1", "2026-05-31", "40", "40000");
    world.sale("T2", "A", "X1", "2026-06-15", "30", "30000");
    let company = world.company();
    let may = SettleOptions { through: Some(day("2026-05-31")), ..SettleOptions::default() };
    assert_eq!(settle(&company, &world.book(), &may).total(), d("800"));
    assert_eq!(world.owed(), ["A own 2026-04-01 2100"]);
    world.give_back("R1", "T2", "2026-08-20", "25", "25000");
    assert_eq!(world.owed(), ["A own 2026-04-01 2100", "A clawback 2026-07-01 -1200"]);
}

#[test]
fn example_spiff_changes_in_the_month_and_the_cap_counts_the_month() {
    let mut world = World::new();
    for (version, rate, from, to) in
        [(1, "40", "2026-01-01", "2026-07-14"), (2, "42", "2026-07-15", "2026-12-31")]
    {
        let terms = world.version("spiff", version);
        terms.effective = span(from, to);
        terms.rate = Rate::Flat(Pay::PerUnit(d(rate)));
        terms.caps.per_partner = Some(d("1000"));
    }
    world.sale("T1", "A", "X1", "2026-07-10", "20", "2000");
    world.sale("T2", "A", "X1", "2026-07-20", "10", "1000");
    assert_eq!(world.owed(), ["spiff v1 A own 2026-07-01 800", "spiff v2 A own 2026-07-15 200"]);
    let second = &world.settle()[1];
    assert_eq!((second.base, second.uplift, second.cap_cut), (d("420"), d("0"), d("220")));
    assert_eq!(second.period_end, day("2026-07-31"));
}

#[test]
fn example_spiff_changed_by_a_lever_stays_one_line_of_its_version() {
    let mut world = World::new();
    let terms = world.program("spiff");
    terms.rate = Rate::Flat(Pay::PerUnit(d("40")));
    terms.caps.per_partner = Some(d("1000"));
    world.sale("T1", "A", "X1", "2026-07-10", "20", "2000");
    world.sale("T2", "A", "X1", "2026-07-20", "10", "1000");
    let mut book = world.book();
    book.program_mut("spiff").expect("spiff").overlay(span("2026-07-15", "2026-09-30"), None, |t| {
        Some(Terms { rate: Rate::Flat(Pay::PerUnit(d("42"))), ..t.clone() })
    });
    let payouts = settle(&world.company(), &book, &SettleOptions::default()).payouts;
    assert_eq!(tell(&payouts), ["A own 2026-07-01 1000"]);
    assert_eq!(payouts[0].base, d("1220"));
    assert_eq!(payouts[0].period_end, day("2026-07-31"));
}

#[test]
fn a_lever_for_some_partners_leaves_the_others_alone_and_a_pause_stops_pay() {
    let mut world = World::new();
    world.program("spiff");
    world.sale("T1", "A", "X1", "2026-07-10", "1", "100");
    world.sale("T2", "B", "X1", "2026-07-10", "1", "100");
    let mut book = world.book();
    let rules = book.program_mut("spiff").expect("spiff");
    rules.overlay(span("2026-07-01", "2026-07-31"), Some(&[true, false, false]), |_| None);
    let payouts = settle(&world.company(), &book, &SettleOptions::default()).payouts;
    assert_eq!(tell(&payouts), ["B own 2026-07-01 10"]);
}

#[test]
fn every_test_of_eligibility_keeps_a_line_out() {
    let pays = |change: fn(&mut Terms)| {
        let mut world = World::new();
        change(world.program("p"));
        world.sale("T1", "A", "X1", "2026-07-10", "1", "100").reported("2026-08-09");
        world.owed().len()
    };
    assert_eq!(pays(|_| ()), 1);
    assert_eq!(pays(|t| t.effective = span("2026-01-01", "2026-07-09")), 0);
    assert_eq!(pays(|t| t.effective = span("2026-07-10", "2026-07-10")), 1);
    assert_eq!(pays(|t| t.applies_to.skus = vec!["X2".into()]), 0);
    assert_eq!(pays(|t| t.applies_to.families = vec!["X".into()]), 1);
    assert_eq!(pays(|t| t.eligible.tiers = vec!["Silver".into()]), 0);
    assert_eq!(pays(|t| t.eligible.tiers = vec!["Silver".into(), "Gold".into()]), 1);
    assert_eq!(pays(|t| t.eligible.regions = vec!["APAC".into()]), 0);
    assert_eq!(pays(|t| t.eligible.partner_types = vec![PartnerType::Msp]), 0);
    assert_eq!(pays(|t| t.eligible.deal_registration_required = true), 0);
    assert_eq!(pays(|t| t.eligible.new_customer_only = true), 0);
    assert_eq!(pays(|t| t.bundle = vec!["X1".into(), "S1".into()]), 0);
    assert_eq!(pays(|t| t.claim_within_days = Some(29)), 0);
    assert_eq!(pays(|t| t.claim_within_days = Some(30)), 1);
}

#[test]
fn an_inactive_partner_earns_nothing() {
    let mut world = World::new();
    world.program("p");
    world.sale("T1", "A", "X1", "2026-07-10", "1", "100");
    world.partner("A").active = false;
    assert!(world.owed().is_empty());
}

#[test]
fn the_tier_held_on_the_day_decides() {
    let mut world = World::new();
    world.program("p").eligible.tiers = vec!["Gold".into()];
    world.partner("A").tier_history =
        vec![(day("2026-06-01"), "Silver".into()), (day("2026-07-01"), "Gold".into())];
    world.sale("T1", "A", "X1", "2026-05-31", "1", "100");
    world.sale("T2", "A", "X1", "2026-06-01", "1", "100");
    world.sale("T3", "A", "X1", "2026-07-01", "1", "100");
    assert_eq!(world.owed(), ["A own 2026-05-01 10", "A own 2026-07-01 10"]);
}

#[test]
fn a_registration_counts_from_approval_to_expiry_for_its_partner_and_sku() {
    let mut world = World::new();
    world.program("p").eligible.deal_registration_required = true;
    world.registration("G1", "A", "X1", "2026-07-10", Some("2026-07-20"));
    for (id, partner, sku, on) in [
        ("T1", "A", "X1", "2026-07-09"),
        ("T2", "A", "X1", "2026-07-10"),
        ("T3", "A", "X1", "2026-07-20"),
        ("T4", "A", "X1", "2026-07-21"),
        ("T5", "A", "X2", "2026-07-15"),
        ("T6", "B", "X1", "2026-07-15"),
    ] {
        world.sale(id, partner, sku, on, "1", "100").registered("G1");
    }
    assert_eq!(world.owed(), ["A own 2026-07-01 20"]);
}

#[test]
fn only_the_first_transaction_of_a_customer_is_new_whoever_sold_it() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.eligible.new_customer_only = true;
    terms.applies_to.skus = vec!["X1".into()];
    world.sale("T1/1", "A", "S1", "2026-07-01", "1", "100").customer("C");
    world.sale("T1/2", "A", "X1", "2026-07-01", "1", "100").customer("C");
    world.sale("T2", "A", "X1", "2026-07-01", "1", "100").customer("C");
    world.sale("T3", "B", "X1", "2026-07-02", "1", "100").customer("C");
    world.sale("T4", "B", "X1", "2026-07-02", "1", "100").customer("");
    assert_eq!(world.owed(), ["A own 2026-07-01 10"]);
}

#[test]
fn a_bundle_is_complete_over_the_transactions_of_a_day() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.bundle = vec!["X1".into(), "S1".into()];
    terms.applies_to.families = vec!["X".into()];
    world.sale("T1", "A", "X1", "2026-07-01", "1", "100").customer("C");
    world.sale("T2", "A", "S1", "2026-07-01", "1", "100").customer("C");
    world.sale("T3", "A", "X2", "2026-07-01", "1", "100").customer("C");
    world.sale("T4", "A", "X1", "2026-07-02", "1", "100").customer("C");
    world.sale("T5", "B", "X1", "2026-07-01", "1", "100").customer("C");
    assert_eq!(world.owed(), ["A own 2026-07-01 20"]);
}

#[test]
fn exclusive_keeps_the_lowest_priority_and_ties_the_id() {
    let mut world = World::new();
    // `b` covers X2 only: for X1 the next in line is `c`.
    for (id, priority, sku) in [("a", 2, "X1"), ("b", 1, "X2"), ("c", 1, "X1")] {
        let terms = world.program(id);
        terms.stacking = stacked("g", StackingMode::Exclusive, priority);
        terms.applies_to.skus = vec![sku.into()];
    }
    world.sale("T1", "A", "X1", "2026-07-01", "1", "100");
    world.sale("T2", "A", "X2", "2026-07-01", "3", "100");
    assert_eq!(world.owed(), ["b v1 A own 2026-07-01 30", "c v1 A own 2026-07-01 10"]);
}

#[test]
fn best_of_compares_flat_pay_after_the_cap_of_the_transaction() {
    let mut world = World::new();
    for (id, rate, cap) in [("a", "50", Some("100")), ("b", "40", None)] {
        let terms = world.program(id);
        terms.period = PeriodKind::Transaction;
        terms.stacking = stacked("g", StackingMode::BestOf, 1);
        terms.rate = Rate::Flat(Pay::PerUnit(d(rate)));
        terms.caps.per_transaction = cap.map(d);
    }
    world.sale("T1", "A", "X1", "2026-07-01", "2", "100");
    world.sale("T2", "A", "X1", "2026-07-02", "3", "100");
    assert_eq!(world.owed(), ["a v1 A own 2026-07-01 100", "b v1 A own 2026-07-02 120"]);
}

#[test]
fn stack_pays_all_and_a_superseded_line_does_not_count() {
    let mut world = World::new();
    world.program("a").stacking = stacked("g", StackingMode::Stack, 1);
    world.program("b").stacking = stacked("g", StackingMode::Stack, 2);
    world.sale("T1", "A", "X1", "2026-07-01", "1", "100");
    assert_eq!(world.owed(), ["a v1 A own 2026-07-01 10", "b v1 A own 2026-07-01 10"]);

    let mut world = World::new();
    let first = world.program("a");
    first.stacking = stacked("g", StackingMode::Exclusive, 1);
    first.applies_to.skus = vec!["X1".into()];
    first.caps.per_partner = Some(d("0"));
    let second = world.program("b");
    second.stacking = stacked("g", StackingMode::Exclusive, 2);
    second.minimum = Some(d("3"));
    world.sale("T1", "A", "X1", "2026-07-01", "2", "100");
    world.sale("T2", "A", "X2", "2026-07-01", "2", "100");
    assert_eq!(world.owed(), ["a v1 A own 2026-07-01 0", "b v1 A own 2026-07-01 0 below_minimum"]);
}

#[test]
fn the_minimum_is_reached_at_equality_and_belongs_to_the_version() {
    let mut world = World::new();
    let first = world.version("p", 1);
    first.effective = span("2026-01-01", "2026-07-14");
    first.minimum = Some(d("10"));
    let second = world.version("p", 2);
    second.effective = span("2026-07-15", "2026-12-31");
    second.minimum = Some(d("11"));
    world.sale("T1", "A", "X1", "2026-07-01", "4", "400");
    world.sale("T2", "A", "X1", "2026-07-20", "6", "600");
    assert_eq!(world.owed(), ["p v1 A own 2026-07-01 40", "p v2 A own 2026-07-15 0 below_minimum"]);
}

#[test]
fn marginal_tiers_run_on_across_versions() {
    let mut world = World::new();
    for (version, from, to, low, high) in
        [(1, "2026-01-01", "2026-07-14", "1", "2"), (2, "2026-07-15", "2026-12-31", "10", "20")]
    {
        let terms = world.version("p", version);
        terms.effective = span(from, to);
        terms.rate = unit_tiers(TierMode::Marginal, &[("5", low), ("10", high)]);
    }
    world.sale("T1", "A", "X1", "2026-07-01", "7", "700");
    world.sale("T2", "A", "X1", "2026-07-20", "6", "600");
    // v1: units 1-5 nothing, 6-7 at 1; v2: 8-10 at 10, 11-13 at 20.
    assert_eq!(world.owed(), ["p v1 A own 2026-07-01 2", "p v2 A own 2026-07-15 90"]);
}

#[test]
fn a_percent_of_revenue_is_split_by_units_where_units_are_counted() {
    let mut world = World::new();
    world.program("p").rate = percent_tiers(TierMode::Marginal, &[("0", "1"), ("10", "2")]);
    world.sale("T1", "A", "X1", "2026-07-01", "30", "1000");
    // 10 of 30 units at 1%, 20 of 30 at 2% of 1000: 3.333… + 13.333… = 16.67
    assert_eq!(world.owed(), ["A own 2026-07-01 16.67"]);
}

#[test]
fn lines_of_a_transaction_stand_in_the_order_of_the_bytes_of_their_numbers() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.measure = Measure::Revenue;
    terms.rate = unit_tiers(TierMode::Marginal, &[("100", "1")]);
    world.sale("T1/2", "A", "X1", "2026-07-01", "1", "200");
    world.sale("T1/10", "A", "X1", "2026-07-01", "5", "1");
    // Line 10 fills (0, 1] and earns nothing; line 2 fills (1, 201], 101 of 200 above.
    assert_eq!(world.owed(), ["A own 2026-07-01 0.51"]);
}

#[test]
fn thirds_of_a_line_add_up_before_rounding() {
    let mut world = World::new();
    world.program("p").rate = percent_tiers(TierMode::Marginal, &[("0", "1"), ("1", "1"), ("2", "1")]);
    world.sale("T1", "A", "X1", "2026-07-01", "3", "100.50");
    assert_eq!(world.owed(), ["A own 2026-07-01 1.01"]);
}

#[test]
fn the_accelerator_multiplies_the_part_above_the_target() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.target = Some(d("10"));
    terms.accelerator = Some(Accelerator { above_attainment: d("120"), multiplier: d("1.5") });
    world.sale("T1", "A", "X1", "2026-07-01", "9", "900");
    world.sale("T2", "A", "X1", "2026-07-02", "7", "700");
    world.sale("T3", "B", "X1", "2026-07-02", "12", "700");
    world.target("p", "B", "2026-07-01", "5");
    // A: 16 units, 4 above 12: 160 + 4·10·0.5 = 180. B: target 5, 6 above 6: 120 + 30 = 150.
    assert_eq!(world.owed(), ["A own 2026-07-01 180", "B own 2026-07-01 150"]);
}

#[test]
fn a_multiplier_below_one_decelerates_and_splits_by_tier() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.rate = unit_tiers(TierMode::Marginal, &[("0", "10"), ("10", "20")]);
    terms.target = Some(d("8"));
    terms.accelerator = Some(Accelerator { above_attainment: d("100"), multiplier: d("0.5") });
    world.sale("T1", "A", "X1", "2026-07-01", "12", "900");
    // 10·10 + 2·20 = 140; above 8: 2·10 + 2·20 = 60, halved: −30.
    assert_eq!(world.owed(), ["A own 2026-07-01 110"]);
    let line = &world.settle()[0];
    assert_eq!((line.base, line.uplift), (d("140"), d("-30")));
}

#[test]
fn growth_pays_the_part_above_last_year() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.period = PeriodKind::Quarter;
    terms.growth = Some(Growth { above: d("10") });
    world.sale("L1", "A", "X1", "2025-07-15", "100", "900");
    world.sale("T1", "A", "X1", "2026-07-01", "120", "900");
    world.sale("T2", "B", "X1", "2026-07-02", "50", "700");
    world.sale("L3", "D", "X1", "2025-09-30", "40", "700");
    world.sale("T3", "D", "X1", "2026-08-02", "44", "700");
    // A: 1200 × (120 − 110)/120 = 100. B: no last year. D: 44 − 44 = 0.
    assert_eq!(
        world.owed(),
        ["A own 2026-07-01 100", "B own 2026-07-01 0 no_baseline", "D own 2026-07-01 0"]
    );
    // Returns of last year do not change its measure.
    world.give_back("R1", "L1", "2025-08-01", "90", "800");
    assert_eq!(world.owed()[0], "A own 2026-07-01 100");
}
