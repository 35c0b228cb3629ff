//! Terms read otherwise: another version's, another kind of tier, no minimum, no
//! accelerator, no growth.

use super::Books;
use crate::calendar::PeriodKind;
use crate::programs::terms::{Accelerator, Growth, Measure, Pay, Rate, TierMode};
use crate::programs::testing::{World, d, percent_tiers, span};

/// Version 1 pays 10 a unit until June, version 2 pays 15; A sold 7 in July.
fn versions() -> World {
    let mut world = World::new();
    world.version("p", 1).effective = span("2026-01-01", "2026-06-30");
    let second = world.version("p", 2);
    second.effective = span("2026-07-01", "2026-12-31");
    second.rate = Rate::Flat(Pay::PerUnit(d("15")));
    world.sale("T1", "A", "X1", "2026-06-10", "3", "300");
    world.sale("T2", "A", "X1", "2026-07-10", "7", "700");
    world
}

#[test]
fn the_rate_of_another_version() {
    let mut books = Books::right(&versions());
    books.pay("R2", "70");
    assert_eq!(books.told(), ["R2 v2 A own 2026-07-01 105.00 70.00 wrong_version_rate"]);
    assert!(books.detail().contains("at the rate of version 1, 10 a unit, instead of 15 a unit"));
    // The later version for the sales of June.
    let mut books = Books::right(&versions());
    books.pay("R1", "45");
    assert_eq!(books.told(), ["R1 v1 A own 2026-06-01 30.00 45.00 wrong_version_rate"]);
    books.pay("R1", "44");
    assert_eq!(books.reason(), "unknown");
}

#[test]
fn the_terms_of_another_version_where_the_rate_is_the_same() {
    let mut world = World::new();
    for (version, from, to, minimum) in
        [(1, "2026-01-01", "2026-06-30", "2"), (2, "2026-07-01", "2026-12-31", "9")]
    {
        let terms = world.version("p", version);
        terms.effective = span(from, to);
        terms.minimum = Some(d(minimum));
    }
    world.sale("T1", "A", "X1", "2026-06-10", "5", "500");
    let mut books = Books::right(&world);
    books.pay("R1", "0");
    assert_eq!(books.reason(), "wrong_version_rate");
    assert!(books.detail().contains("under the terms of version 2"), "{}", books.detail());
}

#[test]
fn a_version_that_had_ended() {
    let mut world = World::new();
    world.version("p", 1).effective = span("2026-01-01", "2026-06-30");
    let second = world.version("p", 2);
    second.effective = span("2026-07-01", "2026-12-31");
    second.eligible.tiers = vec!["Gold".into()];
    world.sale("T1", "A", "X1", "2026-06-10", "3", "300");
    world.sale("T2", "B", "X1", "2026-07-10", "7", "700");
    let mut books = Books::right(&world);
    let row = books.add("R9", "R1", "70");
    (row.partner, row.period) = (1, span("2026-07-01", "2026-07-31"));
    assert_eq!(books.told(), ["R9 v1 B own 2026-07-01 0.00 70.00 wrong_version_rate"]);
    assert!(books.detail().contains("version 2 holds then"), "{}", books.detail());
    books.pay("R9", "71");
    assert_eq!(books.reason(), "surplus");
}

#[test]
fn the_override_of_another_version() {
    let mut world = World::new();
    for (version, from, to, percent) in
        [(1, "2026-01-01", "2026-06-30", "1"), (2, "2026-07-01", "2026-12-31", "2")]
    {
        let terms = world.version("p", version);
        terms.effective = span(from, to);
        terms.override_percent = Some(d(percent));
        terms.eligible.tiers = vec!["Gold".into()];
    }
    world.sale("T1", "A", "X1", "2026-07-10", "5", "500");
    let mut books = Books::right(&world);
    books.pay("R2", "5");
    assert_eq!(books.told(), ["R2 v2 D override 2026-07-01 10.00 5.00 wrong_version_rate"]);
    assert!(books.detail().contains("at the rate of version 1, 1%, instead of 2%"));
}

#[test]
fn tiers_read_as_the_other_kind() {
    for (mode, right, wrong) in
        [(TierMode::Marginal, "1600.00", "2100.00"), (TierMode::Retroactive, "2100.00", "1600.00")]
    {
        let mut world = World::new();
        let terms = world.program("p");
        terms.measure = Measure::Revenue;
        terms.period = PeriodKind::Quarter;
        terms.rate = percent_tiers(mode, &[("0", "2"), ("50000", "3")]);
        world.sale("T1", "A", "X1", "2026-04-30", "1", "70000");
        let mut books = Books::right(&world);
        books.pay("R1", wrong);
        assert_eq!(books.told(), [format!("R1 v1 A own 2026-04-01 {right} {wrong} tier_misread")]);
        books.pay("R1", "1700");
        assert_eq!(books.reason(), "unknown");
    }
}

#[test]
fn paid_below_the_minimum() {
    let mut world = World::new();
    world.program("p").minimum = Some(d("10"));
    world.sale("T1", "A", "X1", "2026-07-10", "9", "900");
    world.sale("T2", "B", "X1", "2026-07-10", "10", "1000");
    let mut books = Books::right(&world);
    books.add("R9", "R1", "90").partner = 0;
    assert_eq!(books.told(), ["R9 v1 A own 2026-07-01 0.00 90.00 minimum_ignored"]);
    books.pay("R9", "91");
    assert_eq!(books.reason(), "surplus");
    assert!(books.detail().contains("Nothing is due: `below_minimum`"), "{}", books.detail());
}

#[test]
fn without_the_accelerator_and_by_the_wrong_target() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.target = Some(d("10"));
    terms.accelerator = Some(Accelerator { above_attainment: d("100"), multiplier: d("1.5") });
    world.target("p", "A", "2026-07-01", "15");
    world.sale("T1", "A", "X1", "2026-07-10", "20", "2000");
    // 20 × 10 and half again of the 5 above 15; of the 10 above 10 by the terms.
    let mut books = Books::right(&world);
    books.pay("R1", "200");
    assert_eq!(books.told(), ["R1 v1 A own 2026-07-01 225.00 200.00 accelerator_missed"]);
    books.pay("R1", "250");
    assert_eq!(books.told(), ["R1 v1 A own 2026-07-01 225.00 250.00 target_misread"]);
    books.pay("R1", "240");
    assert_eq!(books.reason(), "unknown");
}

#[test]
fn all_sales_paid_where_only_growth_is() {
    let mut world = World::new();
    world.program("p").growth = Some(Growth { above: d("10") });
    world.sale("L0", "A", "X1", "2025-06-01", "1", "100");
    world.sale("L1", "A", "X1", "2025-07-01", "10", "1000");
    world.sale("T1", "A", "X1", "2026-07-10", "20", "2000");
    // 200 × (20 − 11) / 20.
    let mut books = Books::right(&world);
    books.pay("R1", "200");
    assert_eq!(books.told(), ["R1 v1 A own 2026-07-01 90.00 200.00 growth_ignored"]);
    books.pay("R1", "100");
    assert!(books.detail().contains("not from 10% above last year"), "{}", books.detail());
    books.pay("R1", "150");
    assert_eq!(books.reason(), "unknown");
}
