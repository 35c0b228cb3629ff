//! Caps and budgets that were left out, and other ways of rounding.

use super::Books;
use crate::calendar::PeriodKind;
use crate::programs::terms::{Pay, Rate};
use crate::programs::testing::{World, d, span};

#[test]
fn the_cap_of_a_partner() {
    let mut world = World::new();
    world.program("p").caps.per_partner = Some(d("100"));
    world.sale("T1", "A", "X1", "2026-07-10", "14", "1400");
    let mut books = Books::right(&world);
    books.pay("R1", "140");
    assert_eq!(books.told(), ["R1 v1 A own 2026-07-01 100.00 140.00 cap_not_applied"]);
    assert!(books.detail().contains("without the cap of a partner, 100"));
    books.pay("R1", "139");
    assert_eq!(books.reason(), "unknown");
}

#[test]
fn the_cap_of_a_transaction() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.period = PeriodKind::Transaction;
    terms.caps.per_transaction = Some(d("50"));
    terms.caps.per_partner = Some(d("120"));
    for (id, on) in [("T1", "2026-07-10"), ("T2", "2026-07-11"), ("T3", "2026-07-12")] {
        world.sale(id, "A", "X1", on, "9", "900");
    }
    // 50, 50 and the 20 that the month leaves. Without the cap of a transaction the
    // second one gets the 70 that the first one left.
    let mut books = Books::right(&world);
    books.pay("R2", "70");
    assert!(books.detail().contains("without the cap of a transaction, 50"), "{}", books.detail());
    books.pay("R2", "69");
    assert_eq!(books.reason(), "unknown");
    books.pay("R2", "90");
    assert!(books.detail().contains("without any cap or budget"), "{}", books.detail());
    books.pay("R2", "50").pay("R1", "90");
    assert!(books.detail().contains("without the cap of a transaction, 50"), "{}", books.detail());
    books.pay("R1", "50").pay("R3", "50");
    assert!(books.detail().contains("without the cap of a partner, 120"), "{}", books.detail());
    books.pay("R3", "90");
    assert!(books.detail().contains("without any cap or budget"), "{}", books.detail());
}

#[test]
fn the_budget_of_the_version() {
    for period in [PeriodKind::Month, PeriodKind::Transaction] {
        let mut world = World::new();
        let terms = world.program("p");
        terms.period = period;
        terms.caps.program_budget = Some(d("100"));
        world.sale("T1", "A", "X1", "2026-07-10", "8", "800");
        world.sale("T2", "B", "X1", "2026-07-11", "8", "800");
        world.sale("T3", "B", "X1", "2026-08-11", "3", "300");
        let mut books = Books::right(&world);
        books.pay("R2", "80");
        assert_eq!(books.reason(), "cap_not_applied", "{period:?}");
        assert!(books.detail().contains("without the budget of the version, 100"), "{}", books.detail());
        books.pay("R2", "79");
        assert_eq!(books.reason(), "unknown");
    }
}

#[test]
fn a_line_after_the_budget_ran_out() {
    let mut world = World::new();
    world.program("p").caps.program_budget = Some(d("100"));
    world.sale("T1", "A", "X1", "2026-07-10", "12", "1200");
    world.sale("T3", "B", "X1", "2026-08-11", "3", "300");
    let mut books = Books::right(&world);
    let row = books.add("R9", "R1", "30");
    (row.partner, row.period) = (1, span("2026-08-01", "2026-08-31"));
    assert_eq!(books.told(), ["R9 v1 B own 2026-08-01 0.00 30.00 cap_not_applied"]);
}

#[test]
fn a_cap_counted_for_each_version() {
    let mut world = World::new();
    for (version, rate, from, to) in
        [(1, "40", "2026-01-01", "2026-07-14"), (2, "42", "2026-07-15", "2026-12-31")]
    {
        let terms = world.version("p", version);
        terms.effective = span(from, to);
        terms.rate = Rate::Flat(Pay::PerUnit(d(rate)));
        terms.caps.per_partner = Some(d("1000"));
    }
    world.sale("T1", "A", "X1", "2026-07-10", "20", "2000");
    world.sale("T2", "A", "X1", "2026-07-20", "30", "3000");
    let mut books = Books::right(&world);
    books.pay("R2", "1000");
    assert_eq!(books.told(), ["R2 v2 A own 2026-07-15 200.00 1000.00 cap_not_applied"]);
    assert!(books.detail().contains("counted for this version alone"), "{}", books.detail());
}

#[test]
fn the_wrong_rate_and_no_cap_are_told_together() {
    let mut world = World::new();
    for (version, rate, from, to) in
        [(1, "10", "2026-01-01", "2026-06-30"), (2, "50", "2026-07-01", "2026-12-31")]
    {
        let terms = world.version("p", version);
        terms.effective = span(from, to);
        terms.rate = Rate::Flat(Pay::PerUnit(d(rate)));
        terms.caps.per_partner = Some(d("200"));
    }
    world.sale("T1", "A", "X1", "2026-06-10", "9", "900");
    let mut books = Books::right(&world);
    books.pay("R1", "450");
    assert_eq!(books.told(), ["R1 v1 A own 2026-06-01 90.00 450.00 wrong_version_rate"]);
    assert!(books.detail().contains("and no cap is applied"), "{}", books.detail());
    books.pay("R1", "200");
    assert!(!books.detail().contains("no cap"), "{}", books.detail());
}

#[test]
fn cents_that_were_rounded_otherwise() {
    let mut world = World::new();
    world.program("p").rate = Rate::Flat(Pay::Percent(d("1")));
    for (id, revenue) in [("T1", "100.50"), ("T2", "200.50"), ("T3", "0.50")] {
        world.sale(id, "A", "X1", "2026-07-10", "1", revenue);
    }
    // 1.005 + 2.005 + 0.005 = 3.015: once 3.02, line by line 1.01 + 2.01 + 0.01.
    let mut books = Books::right(&world);
    for (paid, how) in [
        ("3.03", "half away from zero on every sale"),
        ("3.00", "half to even on every sale"),
        ("3.01", "down, once"),
    ] {
        books.pay("R1", paid);
        assert_eq!(books.reason(), "rounding");
        assert!(books.detail().contains(how), "{}", books.detail());
    }
    books.pay("R1", "3.06");
    assert_eq!(books.reason(), "unknown");
    // Fractions of a cent are no difference.
    books.pay("R1", "3.0151");
    assert!(books.told().is_empty());
}
