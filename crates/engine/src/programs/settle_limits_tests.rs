//! Boundary cases of caps, budgets, rounding, overrides and returns, and of what
//! is asked for.

use rust_decimal::Decimal;

use super::rule_book::RuleBook;
use super::settle::{SettleOptions, settle};
use super::terms::{Accelerator, Growth, Pay, ProgramKind, Rate, StackingMode, Terms, TierMode};
use super::testing::{World, d, day, percent_tiers, span, stacked, tell, unit_tiers};
use crate::calendar::PeriodKind;
use crate::sales::PayoutRole;

#[test]
fn caps_of_a_transaction_then_of_the_month_then_the_budget() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.period = PeriodKind::Transaction;
    terms.caps.per_transaction = Some(d("50"));
    terms.caps.per_partner = Some(d("80"));
    terms.caps.program_budget = Some(d("120"));
    world.sale("T1/1", "A", "X1", "2026-07-01", "4", "400");
    world.sale("T1/2", "A", "X1", "2026-07-01", "4", "400");
    world.sale("T2", "A", "X1", "2026-07-02", "4", "400");
    world.sale("T3", "B", "X1", "2026-07-03", "6", "400");
    world.sale("T4", "A", "X1", "2026-08-01", "1", "100");
    assert_eq!(
        world.owed(),
        [
            "A own 2026-07-01 50",
            "A own 2026-07-02 30",
            "B own 2026-07-03 40 budget_exhausted",
            "A own 2026-08-01 0 budget_exhausted"
        ]
    );
    let line = &world.settle()[2];
    assert_eq!((line.base, line.cap_cut, line.budget_cut), (d("60"), d("10"), d("10")));
}

#[test]
fn what_the_budget_cut_does_not_use_up_the_month() {
    let mut world = World::new();
    for (version, from, to) in [(1, "2026-01-01", "2026-07-10"), (2, "2026-07-11", "2026-12-31")] {
        let terms = world.version("p", version);
        terms.effective = span(from, to);
        terms.period = PeriodKind::Transaction;
        terms.caps.per_partner = Some(d("80"));
        terms.caps.program_budget = Some(d("30"));
    }
    world.sale("T1", "A", "X1", "2026-07-01", "7", "400");
    world.sale("T2", "A", "X1", "2026-07-20", "3", "400");
    let owed = world.owed();
    assert_eq!(owed, ["p v1 A own 2026-07-01 30 budget_exhausted", "p v2 A own 2026-07-20 30"]);
}

#[test]
fn a_budget_that_runs_out_in_a_period_is_shared_pro_rata() {
    let mut world = World::new();
    world.program("p").caps.program_budget = Some(d("110.01"));
    world.sale("T0", "A", "X1", "2026-06-01", "1", "400");
    world.sale("T1", "A", "X1", "2026-07-01", "10", "400");
    world.sale("T2", "B", "X1", "2026-07-02", "10", "400");
    world.sale("T3", "A", "X1", "2026-08-02", "1", "400");
    assert_eq!(
        world.owed(),
        [
            "A own 2026-06-01 10",
            "A own 2026-07-01 50.01 budget_exhausted",
            "B own 2026-07-01 50 budget_exhausted",
            "A own 2026-08-01 0 budget_exhausted"
        ]
    );
}

#[test]
fn of_budgets_that_a_lever_changes_inside_a_period_the_lowest_holds() {
    let mut world = World::new();
    world.program("p").caps.program_budget = Some(d("15"));
    world.sale("T1", "A", "X1", "2026-07-01", "1", "100");
    world.sale("T2", "A", "X1", "2026-07-20", "1", "100");
    let mut book = world.book();
    let raise = |terms: &Terms| {
        let mut terms = terms.clone();
        terms.caps.program_budget = Some(d("100"));
        Some(terms)
    };
    book.program_mut("p").expect("p").overlay(span("2026-07-15", "2026-07-31"), None, raise);
    let owed = tell(&settle(&world.company(), &book, &SettleOptions::default()).payouts);
    assert_eq!(owed, ["A own 2026-07-01 15 budget_exhausted"]);
}

#[test]
fn rounding_is_half_away_from_zero_to_the_minor_unit() {
    let of = |currency: &'static str, percent: &str| {
        let mut world = World::new();
        world.currency(currency).program("p").rate = Rate::Flat(Pay::Percent(d(percent)));
        world.sale("T1", "A", "X1", "2026-07-01", "1", "100");
        world.settle()[0].amount
    };
    assert_eq!(of("USD", "1.005"), d("1.01"));
    assert_eq!(of("JPY", "2.5"), d("3"));
    assert_eq!(of("KWD", "1.0045"), d("1.005"));
}

#[test]
fn a_parent_earns_on_its_direct_children_apart_from_its_own_pay() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.override_percent = Some(d("1"));
    terms.caps.per_partner = Some(d("25"));
    terms.caps.program_budget = Some(d("30"));
    world.sale("T1", "A", "X1", "2026-07-01", "1", "1000.50");
    world.sale("T2", "B", "X1", "2026-07-02", "1", "1000");
    world.sale("T3", "D", "X1", "2026-07-02", "1", "5000");
    // Own: 10 each, within the budget of 30. Override: 10.005 + 10 = 20.005.
    let owed =
        ["A own 2026-07-01 10", "B own 2026-07-01 10", "D own 2026-07-01 10", "D override 2026-07-01 20.01"];
    assert_eq!(world.owed(), owed);
    world.sale("T4", "B", "X1", "2026-07-03", "0", "1000");
    assert_eq!(world.owed()[3], "D override 2026-07-01 25");
    world.partner("D").active = false;
    assert_eq!(world.owed(), ["A own 2026-07-01 10", "B own 2026-07-01 10"]);
}

#[test]
fn a_transaction_of_two_versions_is_paid_by_version_under_common_caps() {
    let mut world = World::new();
    for (version, from, to) in [(1, "2026-01-01", "2026-07-01"), (2, "2026-07-02", "2026-12-31")] {
        let terms = world.version("p", version);
        terms.effective = span(from, to);
        terms.period = PeriodKind::Transaction;
        terms.override_percent = Some(d("1"));
        terms.caps.per_transaction = Some(d("50"));
        terms.caps.program_budget = Some(d("35"));
    }
    world.sale("T1/1", "A", "X1", "2026-07-01", "4", "400");
    world.sale("T1/2", "A", "X1", "2026-07-02", "3", "300");
    // 40 and 30 under a cap of 50: 40 and 10; each version has its own budget of 35.
    assert_eq!(
        world.owed(),
        [
            "p v1 A own 2026-07-01 35 budget_exhausted",
            "p v2 A own 2026-07-01 10",
            "p v1 D override 2026-07-01 4",
            "p v2 D override 2026-07-01 3",
        ]
    );
    // Line 2 comes back: 40 and 0 are due, 45 was paid.
    world.give_back("R1", "T1/2", "2026-07-10", "3", "300");
    let back: Vec<String> = world.owed().into_iter().filter(|line| line.contains("clawback")).collect();
    assert_eq!(back, ["p v2 A clawback 2026-07-10 -5", "p v2 D clawback 2026-07-10 -3"]);
}

#[test]
fn a_parent_earns_once_on_a_transaction_that_two_of_its_children_share() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.period = PeriodKind::Transaction;
    terms.override_percent = Some(d("1"));
    world.sale("T1/1", "A", "X1", "2026-07-01", "1", "100.50");
    world.sale("T1/2", "B", "X1", "2026-07-01", "1", "100.50");
    let owed = ["A own 2026-07-01 10", "B own 2026-07-01 10", "D override 2026-07-01 2.01"];
    assert_eq!(world.owed(), owed);
}

#[test]
fn the_cap_of_a_transaction_holds_for_the_override_too() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.period = PeriodKind::Transaction;
    terms.override_percent = Some(d("1"));
    terms.caps.per_transaction = Some(d("8"));
    world.sale("T1", "A", "X1", "2026-07-01", "1", "1000");
    world.sale("T2", "A", "X1", "2026-07-02", "1", "700");
    let owed =
        ["A own 2026-07-01 8", "D override 2026-07-01 8", "A own 2026-07-02 8", "D override 2026-07-02 7"];
    assert_eq!(world.owed(), owed);
}

#[test]
fn returns_take_back_own_pay_and_the_override() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.period = PeriodKind::Quarter;
    terms.override_percent = Some(d("1"));
    world.sale("T1", "A", "X1", "2026-05-01", "10", "1000");
    world.give_back("R1", "T1", "2026-07-10", "2", "200");
    world.give_back("R2", "T1", "2026-08-10", "3", "-300");
    assert_eq!(
        world.owed(),
        [
            "A own 2026-04-01 100",
            "D override 2026-04-01 10",
            "A clawback 2026-07-01 -50",
            "D clawback 2026-07-01 -5"
        ]
    );
    let back = &world.settle()[2];
    assert_eq!((back.qualifying_units, back.measure), (d("-5"), d("-5")));
}

#[test]
fn never_more_is_taken_back_than_was_paid() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.caps.program_budget = Some(d("30"));
    world.sale("T1", "A", "X1", "2026-07-01", "10", "1000");
    world.give_back("R1", "T1", "2026-08-10", "6", "600");
    assert_eq!(world.owed(), ["A own 2026-07-01 30 budget_exhausted"]);
    world.give_back("R2", "T1", "2026-09-10", "4", "400");
    assert_eq!(world.owed()[1], "A clawback 2026-09-01 -30");
}

#[test]
fn a_return_under_a_cap_takes_back_only_what_is_no_longer_due() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.period = PeriodKind::Transaction;
    terms.caps.per_partner = Some(d("100"));
    world.sale("T1", "A", "X1", "2026-07-01", "7", "700");
    world.sale("T2", "A", "X1", "2026-07-02", "7", "700");
    // T2 was paid the 30 that T1 left of the month; 4 units are still worth 40.
    world.give_back("R1", "T2", "2026-07-20", "3", "300");
    assert_eq!(world.owed(), ["A own 2026-07-01 70", "A own 2026-07-02 30"]);
    world.give_back("R2", "T2", "2026-07-21", "2", "200");
    let payouts = world.settle();
    assert_eq!(tell(&payouts)[2], "A clawback 2026-07-21 -10");
    assert_eq!(payouts[2].transaction_id.as_deref(), Some("T2"));
    // T1 given back later leaves T2 as it was paid.
    world.give_back("R3", "T1", "2026-07-22", "7", "700");
    assert_eq!(world.owed()[3], "A clawback 2026-07-22 -70");
}

#[test]
fn a_return_below_the_minimum_takes_back_everything_of_the_group() {
    let mut world = World::new();
    world.program("p").minimum = Some(d("10"));
    world.sale("T1", "A", "X1", "2026-07-01", "6", "600");
    world.sale("T2", "A", "X1", "2026-07-02", "5", "500");
    world.give_back("R1", "T1", "2026-07-10", "2", "200");
    assert_eq!(world.owed(), ["A own 2026-07-01 110", "A clawback 2026-07-01 -110"]);
}

#[test]
fn fiscal_periods_are_cut_to_the_version_but_clawbacks_are_not() {
    let mut world = World::new();
    world.fiscal(2);
    let terms = world.program("p");
    terms.period = PeriodKind::Quarter;
    terms.effective = span("2026-02-10", "2026-06-30");
    world.sale("T1", "A", "X1", "2026-04-30", "6", "600");
    world.sale("T2", "A", "X1", "2026-05-01", "6", "600");
    world.give_back("R1", "T1", "2026-08-01", "1", "100");
    let ends: Vec<_> = world.settle().iter().map(|p| (p.period_start, p.period_end)).collect();
    let of = |from, to| (day(from), day(to));
    assert_eq!(
        ends,
        [of("2026-02-10", "2026-04-30"), of("2026-05-01", "2026-06-30"), of("2026-08-01", "2026-10-31")]
    );
}

#[test]
fn filters_change_nothing_but_what_is_shown() {
    let mut world = World::new();
    world.program("a").caps.program_budget = Some(d("35"));
    let second = world.program("b");
    second.stacking = stacked("g", StackingMode::Exclusive, 1);
    second.override_percent = Some(d("2"));
    second.eligible.new_customer_only = true;
    world.program("c").stacking = stacked("g", StackingMode::Exclusive, 2);
    world.sale("T1", "B", "X1", "2026-07-01", "2", "200").customer("C");
    world.sale("T2", "A", "X1", "2026-07-02", "2", "200").customer("C");
    world.sale("T3", "D", "X1", "2026-07-03", "2", "200").customer("E");
    world.give_back("R1", "T1", "2026-07-10", "1", "100");
    let (company, book, all) = (world.company(), world.book(), world.settle());
    for partner in 0..3 {
        for program in ["a", "b", "c"] {
            let options =
                SettleOptions { partner: Some(partner), program: Some(program), ..SettleOptions::default() };
            let expected: Vec<_> =
                all.iter().filter(|p| p.partner == partner && p.program_id == program).cloned().collect();
            assert_eq!(settle(&company, &book, &options).payouts, expected);
        }
    }
    assert!(all.iter().any(|p| p.role == PayoutRole::Override));
}

#[test]
fn imagined_lines_count_like_sold_ones() {
    let mut world = World::new();
    world.program("p").rate = unit_tiers(TierMode::Retroactive, &[("0", "1"), ("10", "2")]);
    world.sale("T1", "A", "X1", "2026-07-05", "6", "600");
    let mut imagined = World::new();
    imagined.sale("T0", "A", "X1", "2026-07-01", "4", "400");
    let extra = imagined.company().lines;
    let options = SettleOptions { extra: &extra, ..SettleOptions::default() };
    assert_eq!(settle(&world.company(), &world.book(), &options).total(), d("20"));
}

#[test]
fn funds_are_never_summed_with_payouts() {
    let mut world = World::new();
    world.program("a");
    world.program("fund").kind = ProgramKind::Mdf;
    world.sale("T1", "A", "X1", "2026-07-05", "6", "600");
    let settled = settle(&world.company(), &world.book(), &SettleOptions::default());
    assert_eq!((settled.total(), settled.fund_accrual()), (d("60"), d("60")));
}

#[test]
fn no_programs_and_huge_numbers_are_survived() {
    let mut world = World::new();
    world.sale("T1", "A", "X1", "2026-07-05", "6", "600");
    assert!(
        settle(&world.company(), &RuleBook { programs: vec![] }, &SettleOptions::default())
            .payouts
            .is_empty()
    );
    let terms = world.program("p");
    terms.rate = Rate::Flat(Pay::PerUnit(Decimal::MAX));
    terms.caps.per_partner = Some(d("100"));
    assert_eq!(world.owed(), ["A own 2026-07-01 100"]);
}

/// Returns in groups of one rule and of two: a second version with the same terms
/// makes the long way be taken, and must change nothing but the names.
#[test]
fn returns_of_a_group_paid_as_one_equal_those_paid_line_by_line() {
    let build = |two: bool, change: fn(&mut Terms)| {
        let mut world = World::new();
        for version in 1..=(if two { 2 } else { 1 }) {
            let terms = world.version("p", version);
            terms.period = PeriodKind::Quarter;
            change(terms);
            terms.effective = match (two, version) {
                (true, 1) => span("2025-01-01", "2026-02-10"),
                (true, _) => span("2026-02-11", "2026-12-31"),
                _ => span("2025-01-01", "2026-12-31"),
            };
        }
        world.sale("L1", "A", "X1", "2025-02-01", "9", "900");
        for (at, units) in [3, 8, 1, 7, 4].into_iter().enumerate() {
            let on = format!("2026-0{}-1{at}", at % 3 + 1);
            world.sale(&format!("T{at}"), "A", "X1", &on, &units.to_string(), &format!("{units}31.17"));
        }
        for (back, of, units) in [("R1", "T1", 5), ("R2", "T3", 7), ("R3", "T1", 3), ("R4", "T0", 1)] {
            world.give_back(back, of, "2026-07-01", &units.to_string(), &format!("{units}17.03"));
        }
        let taken = world.settle().into_iter().filter(|p| p.role == PayoutRole::Clawback);
        taken.fold(Decimal::ZERO, |sum, p| sum + p.amount)
    };
    let changes: [fn(&mut Terms); 6] = [
        |t| t.rate = unit_tiers(TierMode::Marginal, &[("2", "1.1"), ("9", "2.3")]),
        |t| t.rate = unit_tiers(TierMode::Retroactive, &[("2", "1.1"), ("19", "2.3")]),
        |t| t.rate = percent_tiers(TierMode::Retroactive, &[("2", "1.1"), ("19", "2.3")]),
        |t| {
            t.target = Some(d("10"));
            t.accelerator = Some(Accelerator { above_attainment: d("80"), multiplier: d("1.7") });
        },
        |t| t.growth = Some(Growth { above: d("3") }),
        |t| {
            t.minimum = Some(d("9"));
            t.caps.per_partner = Some(d("150"));
        },
    ];
    for change in changes {
        let (one, two) = (build(false, change), build(true, change));
        assert!(one < Decimal::ZERO);
        // Two versions round twice.
        assert!((one - two).abs() <= d("0.02"), "{one} {two}");
    }
}
