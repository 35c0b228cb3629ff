//! What cells take from real lines: periods in progress, qualifying shares, sizes
//! of transactions.

use super::sample::{World, assert_close, day, dec, pay, rebate, segment, span, terms};
use crate::calendar::PeriodKind;
use crate::programs::terms::{Caps, Eligible, Pay, Rate, Stacking, StackingMode, Terms, TierMode};

#[test]
fn a_period_in_progress_starts_from_the_lines_already_sold() {
    let terms = Terms { period: PeriodKind::Half, ..rebate(TierMode::Retroactive) };
    let world = World::new(2, &["1"])
        .program("p", terms)
        .sale("2025-12-31", 0, 0, "70000")
        .sale("2026-01-10", 0, 0, "30000")
        .sale("2026-05-10", 0, 0, "15000")
        .sale("2026-06-10", 0, 0, "99000");
    let rules = world.compile("2026-06-01", 2);
    // 45,000 before June at 2%; 5,000 more lift all to 3%; July is a new half.
    assert_close(&pay(&rules, 0, &[5_000.0, 1_000.0]).0, &[1_500.0 - 900.0, 20.0]);
    assert_close(&pay(&rules, 0, &[4_000.0, 0.0]).0, &[80.0, 0.0]);
    assert_close(&pay(&rules, 1, &[5_000.0, 1_000.0]).0, &[100.0, 20.0]);
}

#[test]
fn a_new_version_never_restarts_accumulation() {
    let one = Terms { effective: span("2026-01-01", "2026-04-30"), ..rebate(TierMode::Marginal) };
    let two = Terms { effective: span("2026-05-01", "2026-12-31"), ..rebate(TierMode::Marginal) };
    let world =
        World::new(1, &["1"]).program("p", one).segment(segment(2, two)).sale("2026-04-10", 0, 0, "48000");
    let rules = world.compile("2026-05-01", 2);
    assert_close(&pay(&rules, 0, &[4_000.0, 0.0]).0, &[2_000.0 * 0.02 + 2_000.0 * 0.03, 0.0]);
}

#[test]
fn a_line_another_program_took_is_not_in_the_measure() {
    let group = |priority| Some(Stacking { group: "g".into(), mode: StackingMode::Exclusive, priority });
    let first = Terms { stacking: group(1), effective: span("2026-04-01", "2026-04-30"), ..terms() };
    let second = Terms { stacking: group(2), ..rebate(TierMode::Retroactive) };
    let world = World::new(1, &["1"])
        .program("first", first)
        .program("second", second)
        .sale("2026-04-10", 0, 0, "40000")
        .sale("2026-05-10", 0, 0, "30000");
    let rules = world.compile("2026-06-01", 1);
    // Only May's 30,000 count: 15,000 more do not reach 50,000.
    assert_close(&pay(&rules, 0, &[15_000.0]).0, &[0.0, 300.0]);
}

#[test]
fn the_share_of_registered_deals_is_shrunk_to_the_peers() {
    let eligible = Eligible { deal_registration_required: true, ..Eligible::default() };
    let mut world = World::new(3, &["800"]).program("p", Terms { eligible, ..terms() }).registration(
        "D1",
        0,
        0,
        "2026-01-01",
    );
    for _ in 0..10 {
        world = world.sale_with("2026-02-01", 0, 0, "2", |l| l.deal_registration_id = Some("D1".into()));
        world = world.sale("2026-02-02", 1, 0, "2");
    }
    let rules = world.compile("2026-07-01", 1);
    // Own 1 and 0 on ten lines each, peers 1/2 with the weight of ten.
    assert_close(&pay(&rules, 0, &[4.0]).0, &[4.0 * 40.0 * 0.75]);
    assert_close(&pay(&rules, 1, &[4.0]).0, &[4.0 * 40.0 * 0.25]);
    assert_close(&pay(&rules, 2, &[4.0]).0, &[4.0 * 40.0 * 0.5]);
    assert!(rules.approximations().iter().any(|n| n.starts_with("The p: ") && n.contains("registration")));
}

#[test]
fn line_tests_of_late_reports_new_customers_and_bundles() {
    let sell = |world: World, customer: &'static str, on: &'static str, product, late: bool| {
        world.sale_with(on, 0, product, "1", |l| {
            l.customer_id = Some(customer.into());
            l.reported_on = Some(day(if late { "2026-06-01" } else { on }));
        })
    };
    let mut world = World::new(1, &["100", "100"]);
    world = sell(world, "C1", "2026-01-01", 0, false);
    world = sell(world, "C1", "2026-01-01", 1, false);
    world = sell(world, "C1", "2026-02-01", 0, true);
    world = sell(world, "C2", "2026-03-01", 1, true);
    let of = |terms: Terms| {
        let world = World {
            rules: super::RuleBook { programs: Vec::new() },
            company: world.company.clone(),
            pairs: world.pairs.clone(),
        };
        pay(&world.program("p", terms).compile("2026-07-01", 1), 0, &[1.0, 1.0]).0[0] / 40.0
    };
    let eligible = Eligible { new_customer_only: true, ..Eligible::default() };
    // C1's first transaction is T0000 (product 1) alone, C2's is its only one.
    assert_close(&[of(Terms { eligible, ..terms() })], &[0.5 + 0.5]);
    assert_close(&[of(Terms { claim_within_days: Some(30), ..terms() })], &[0.5 + 0.5]);
    let bundle = vec!["SKU1".to_owned(), "SKU2".to_owned()];
    assert_close(&[of(Terms { bundle, ..terms() })], &[0.5 + 0.5]);
    assert_close(&[of(Terms { claim_within_days: Some(365), ..terms() })], &[2.0]);
}

#[test]
fn the_cap_of_a_transaction_cuts_an_expected_share() {
    let caps = Caps { per_transaction: Some(dec("100")), ..Caps::default() };
    let terms = Terms { period: PeriodKind::Transaction, caps, ..terms() };
    let mut world = World::new(2, &["800"]).program("p", terms.clone());
    for _ in 0..5 {
        // Of 1 + 9 units at 40, the second line is cut to 100: 140 of 400 stay.
        world = world.sale("2026-02-01", 0, 0, "1").sale("2026-02-02", 0, 0, "9");
    }
    let rules = world.compile("2026-07-01", 1);
    assert_close(&pay(&rules, 0, &[10.0]).0, &[140.0]);
    assert_close(&pay(&rules, 1, &[10.0]).0, &[140.0]);
    let uncut = Terms { caps: Caps { per_transaction: Some(dec("360")), ..Caps::default() }, ..terms };
    let same = World::new(1, &["800"]).program("p", uncut).sale("2026-02-02", 0, 0, "9");
    assert_close(&pay(&same.compile("2026-07-01", 1), 0, &[10.0]).0, &[400.0]);
}

#[test]
fn a_minimum_of_a_transaction_is_an_expected_rate() {
    let terms = Terms {
        period: PeriodKind::Transaction,
        minimum: Some(dec("5")),
        rate: Rate::Flat(Pay::Percent(dec("10"))),
        ..terms()
    };
    let world = World::new(1, &["100"]).program("p", terms).sale("2026-02-01", 0, 0, "4").sale(
        "2026-02-02",
        0,
        0,
        "6",
    );
    // Six of ten units were in a transaction that reached five.
    assert_close(&pay(&world.compile("2026-07-01", 1), 0, &[10.0]).0, &[60.0]);
}
