//! Sales that do not qualify, and were paid.

use super::Books;
use crate::calendar::PeriodKind;
use crate::catalog::PartnerType;
use crate::programs::terms::{Pay, Rate, StackingMode, Terms};
use crate::programs::testing::{World, d, span, stacked};

/// A qualifies and sold 4; B sold 3 and, by `change`, does not.
fn refusing(change: impl Fn(&mut Terms)) -> Books {
    let mut world = World::new();
    change(world.program("p"));
    world.sale("T1", "A", "X1", "2026-07-10", "4", "400");
    world.sale("T2", "B", "X1", "2026-07-11", "3", "300");
    let mut books = Books::right(&world);
    books.add("R9", "R1", "30").partner = 1;
    books
}

#[test]
fn a_partner_that_is_not_eligible() {
    let tier = refusing(|t| t.eligible.tiers = vec!["Gold".into()]);
    assert_eq!(tier.told(), ["R9 v1 B own 2026-07-01 0.00 30.00 ineligible_partner_paid"]);
    assert!(tier.detail().contains("B, tier Silver on 2026-07-11, fails `tier_not_eligible`"));
    let region = refusing(|t| t.eligible.regions = vec!["EMEA".into()]);
    assert!(region.detail().contains("B, region AMER"), "{}", region.detail());
    let kind = refusing(|t| t.eligible.partner_types = vec![PartnerType::Reseller]);
    assert!(kind.detail().contains("B, type msp"), "{}", kind.detail());
    // Behind the tier the region refuses as well.
    let both = refusing(|t| {
        t.eligible.tiers = vec!["Gold".into()];
        t.eligible.regions = vec!["EMEA".into()];
    });
    assert_eq!(both.reason(), "ineligible_partner_paid");
}

#[test]
fn an_amount_that_an_eligible_partner_would_not_get_is_only_too_much() {
    let mut books = refusing(|t| t.eligible.tiers = vec!["Gold".into()]);
    books.pay("R9", "31");
    assert_eq!(books.told(), ["R9 v1 B own 2026-07-01 0.00 31.00 surplus"]);
}

#[test]
fn a_partner_that_is_inactive_today() {
    let mut world = World::new();
    world.program("p");
    world.partner("B").active = false;
    world.sale("T1", "A", "X1", "2026-07-10", "4", "400");
    world.sale("T2", "B", "X1", "2026-07-11", "3", "300");
    let mut books = Books::right(&world);
    books.add("R9", "R1", "30").partner = 1;
    assert_eq!(books.reason(), "ineligible_partner_paid");
    assert!(books.detail().contains("the data do not say since when"));
}

#[test]
fn a_partner_that_was_eligible_for_a_part_of_the_month() {
    let mut world = World::new();
    world.program("p").eligible.tiers = vec!["Gold".into()];
    world.partner("A").tier_history = vec![
        ("2026-01-01".parse().expect("a day"), "Silver".into()),
        ("2026-07-15".parse().expect("a day"), "Gold".into()),
    ];
    world.sale("T1", "A", "X1", "2026-07-10", "4", "400");
    world.sale("T2", "A", "X1", "2026-07-20", "3", "300");
    let mut books = Books::right(&world);
    books.pay("R1", "70");
    assert_eq!(books.told(), ["R1 v1 A own 2026-07-01 30.00 70.00 ineligible_partner_paid"]);
    // The same booked as a row of its own.
    books.pay("R1", "30").add("R9", "R1", "40");
    assert_eq!(books.told(), ["R9 v1 A own 2026-07-01 0.00 40.00 ineligible_partner_paid"]);
    assert!(books.detail().starts_with("40.00 is booked on top of 30.00, and 30.00 is due."));
}

#[test]
fn late_lines_are_named_also_when_only_some_were_paid() {
    let mut world = World::new();
    world.program("p").claim_within_days = Some(30);
    world.sale("T1", "A", "X1", "2026-07-01", "4", "400").reported("2026-07-31");
    world.sale("T2", "A", "X1", "2026-07-02", "2", "200").reported("2026-08-02");
    world.sale("T3", "A", "X1", "2026-07-03", "5", "500").reported("2026-09-01");
    let mut books = Books::right(&world);
    for (paid, named) in [("60", vec!["T2"]), ("90", vec!["T3"]), ("110", vec!["T2", "T3"])] {
        books.pay("R1", paid);
        let report = books.report();
        assert_eq!(report.differences[0].reason.as_str(), "late_report_paid");
        assert_eq!(report.differences[0].transactions, named);
    }
    books.pay("R1", "60");
    assert!(
        books.detail().contains("T2/1, reported after 31 days; 30 days are allowed"),
        "{}",
        books.detail()
    );
    books.pay("R1", "70");
    assert_eq!(books.reason(), "unknown");
}

fn deal(change: impl Fn(&mut Terms)) -> World {
    let mut world = World::new();
    let terms = world.program("p");
    terms.period = PeriodKind::Transaction;
    change(terms);
    world.registration("D1", "A", "X1", "2026-07-01", None);
    world.sale("T1", "A", "X1", "2026-07-10", "4", "400").customer("C1").registered("D1");
    world.sale("T2", "A", "X1", "2026-07-11", "3", "300").customer("C1");
    world
}

#[test]
fn deals_that_fail_a_test() {
    for (change, reason) in [
        ((|t| t.eligible.deal_registration_required = true) as fn(&mut Terms), "registration_missing_paid"),
        (|t| t.eligible.new_customer_only = true, "existing_customer_paid"),
    ] {
        let mut books = Books::right(&deal(change));
        let row = books.add("R9", "R1", "30");
        row.transaction_id = Some("T2".into());
        row.period = span("2026-07-11", "2026-07-11");
        assert_eq!(books.told(), [format!("R9 v1 A own 2026-07-11 0.00 30.00 {reason}")]);
        books.pay("R9", "33");
        assert_eq!(books.reason(), "surplus");
    }
}

#[test]
fn a_transaction_of_several_days() {
    let mut world = deal(|t| t.claim_within_days = Some(30));
    world.sale("T3/1", "A", "X1", "2026-07-20", "4", "400");
    world.sale("T3/2", "A", "X1", "2026-07-23", "2", "200").reported("2026-09-01");
    let mut books = Books::right(&world);
    books.pay("R3", "60");
    assert_eq!(books.told(), ["R3 v1 A own 2026-07-20 40.00 60.00 late_report_paid"]);
    books.pay("R3", "50");
    assert_eq!(books.reason(), "unknown");
}

#[test]
fn a_customer_of_somebody_else_is_not_new() {
    let mut world = World::new();
    world.program("p").eligible.new_customer_only = true;
    world.sale("T0", "B", "X1", "2026-07-01", "1", "100").customer("C1");
    world.sale("T1", "A", "X1", "2026-07-02", "4", "400").customer("C2");
    world.sale("T2", "A", "X1", "2026-07-11", "3", "300").customer("C1");
    let mut books = Books::right(&world);
    books.pay("R1", "70");
    assert_eq!(books.told(), ["R1 v1 A own 2026-07-01 40.00 70.00 existing_customer_paid"]);
    assert!(books.detail().contains(": T2."), "{}", books.detail());
}

#[test]
fn an_incomplete_bundle() {
    let mut world = World::new();
    world.program("p").bundle = vec!["X1".into(), "S1".into()];
    world.sale("T1/1", "A", "X1", "2026-07-10", "4", "400").customer("C1");
    world.sale("T1/2", "A", "S1", "2026-07-10", "1", "100").customer("C1");
    world.sale("T2", "A", "X1", "2026-07-11", "3", "300").customer("C2");
    let mut books = Books::right(&world);
    books.pay("R1", "80");
    assert_eq!(books.told(), ["R1 v1 A own 2026-07-01 50.00 80.00 incomplete_bundle_paid"]);
}

#[test]
fn a_sale_that_another_program_pays() {
    let mut world = World::new();
    let first = world.program("first");
    first.stacking = stacked("g", StackingMode::Exclusive, 1);
    first.applies_to.skus = vec!["X1".into()];
    let second = world.program("second");
    second.stacking = stacked("g", StackingMode::Exclusive, 2);
    second.rate = Rate::Flat(Pay::PerUnit(d("7")));
    world.sale("T1", "A", "X1", "2026-07-10", "4", "400");
    world.sale("T2", "A", "X2", "2026-07-10", "1", "100");
    let mut books = Books::right(&world);
    books.pay("R2", "35");
    assert_eq!(books.told(), ["R2 v1 A own 2026-07-01 7.00 35.00 superseded_program_paid"]);
    assert!(books.detail().contains("with sales that first pays instead: T1"), "{}", books.detail());
}

#[test]
fn days_after_the_version_ended() {
    let mut world = World::new();
    world.program("p").effective = span("2026-07-01", "2026-08-10");
    world.sale("T1", "A", "X1", "2026-07-10", "4", "400");
    world.sale("T2", "A", "X1", "2026-08-05", "2", "200");
    world.sale("T3", "A", "X1", "2026-08-20", "3", "300");
    let mut books = Books::right(&world);
    books.pay("R2", "50");
    assert_eq!(books.told(), ["R2 v1 A own 2026-08-01 20.00 50.00 outside_dates_paid"]);
    books.pay("R2", "40");
    assert_eq!(books.reason(), "paid_twice");
}
