//! Rows whose key is wrong: the right amount in the wrong place is no difference of
//! money, and a wrong one is one difference and not two.

use super::Books;
use crate::calendar::PeriodKind;
use crate::programs::terms::{Pay, Rate};
use crate::programs::testing::{World, d, span};
use crate::sales::PayoutRole;

/// 800 under version 1 until 14 July and 420 under version 2 from then on.
fn changed_in_july() -> World {
    let mut world = World::new();
    for (version, rate, from, to) in
        [(1, "40", "2026-01-01", "2026-07-14"), (2, "42", "2026-07-15", "2026-12-31")]
    {
        let terms = world.version("p", version);
        terms.effective = span(from, to);
        terms.rate = Rate::Flat(Pay::PerUnit(d(rate)));
        terms.override_percent = Some(d("1"));
        terms.eligible.tiers = vec!["Gold".into()];
    }
    world.sale("T1", "A", "X1", "2026-07-10", "20", "2000");
    world.sale("T2", "A", "X1", "2026-07-20", "10", "1000");
    world
}

fn misfiled(books: &Books) -> Vec<String> {
    let report = books.report();
    assert_eq!(report.share_reproduced, Some(1.0), "{:#?}", report.differences);
    report.misfiled.iter().map(|m| format!("{}: {}", m.payout_ids.join(" "), m.detail)).collect()
}

#[test]
fn a_period_that_is_not_cut() {
    let mut books = Books::right(&changed_in_july());
    books.row("R1").period = span("2026-07-01", "2026-07-31");
    assert_eq!(
        misfiled(&books),
        [
            "R1: The amount is right; the row is booked for 2026-07-01 to 2026-07-31, not 2026-07-01 to 2026-07-14."
        ]
    );
    // And a wrong amount on top: one difference, which says both.
    books.pay("R1", "840");
    assert_eq!(books.told(), ["R1 v1 A own 2026-07-01 800.00 840.00 wrong_version_rate"]);
    assert!(books.detail().ends_with("not 2026-07-01 to 2026-07-14."), "{}", books.detail());
}

#[test]
fn the_number_of_another_version() {
    let mut world = World::new();
    for (version, from, to) in [(1, "2026-01-01", "2026-06-30"), (2, "2026-07-01", "2026-12-31")] {
        world.version("p", version).effective = span(from, to);
    }
    world.sale("T2", "A", "X1", "2026-07-20", "10", "1000");
    let mut books = Books::right(&world);
    books.row("R1").program_version = 1;
    assert_eq!(misfiled(&books), ["R1: The amount is right; the row is booked under version 1, not 2."]);
    books.pay("R1", "104");
    assert_eq!(books.told(), ["R1 v2 A own 2026-07-01 100.00 104.00 unknown"]);
}

#[test]
fn versions_booked_as_one_row_and_a_line_booked_in_parts() {
    let mut books = Books::right(&changed_in_july());
    // R1 and R3 are A's two versions.
    let (first, second) = ("R1", "R3");
    assert_eq!((books.row(first).accrued, books.row(second).accrued), (d("800"), d("420")));
    books.lose(second).pay(first, "1220");
    assert_eq!(
        misfiled(&books),
        ["R1: 1 row in the books, 2 lines by the rules, all of one period: the sums agree."]
    );
    let mut books = Books::right(&changed_in_july());
    books.pay(first, "900").add("R9", first, "-100");
    assert!(misfiled(&books).is_empty(), "a correction is booked like that");
    assert_eq!(books.report().lines, 4);
}

#[test]
fn a_role_that_was_not_recorded() {
    let mut books = Books::right(&changed_in_july());
    let overrides: Vec<String> = books
        .company
        .payouts
        .iter_mut()
        .filter(|p| p.role == PayoutRole::Override)
        .map(|p| {
            p.role = PayoutRole::Own;
            p.id.clone()
        })
        .collect();
    assert_eq!(overrides.len(), 2);
    let told = misfiled(&books);
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|t| t.contains("booked as own, not override")), "{told:?}");
}

#[test]
fn a_transaction_booked_for_its_month() {
    let mut world = World::new();
    world.program("p").period = PeriodKind::Transaction;
    world.sale("T1", "A", "X1", "2026-07-10", "4", "400");
    world.sale("T2", "A", "X1", "2026-07-11", "3", "300");
    let mut books = Books::right(&world);
    books.row("R2").period = span("2026-07-01", "2026-07-31");
    assert!(misfiled(&books)[0].contains("not 2026-07-11 to 2026-07-11"));
    books.pay("R2", "31");
    assert_eq!(books.told(), ["R2 v1 A own 2026-07-11 30.00 31.00 unknown"]);
    // Without its transaction it is found by day and amount.
    let mut books = Books::right(&world);
    books.row("R2").transaction_id = None;
    assert!(misfiled(&books)[0].contains("booked for no transaction, not T2"));
}

#[test]
fn an_error_does_not_take_the_place_of_another_line() {
    let mut books = Books::right(&changed_in_july());
    // Version 2 is not booked, version 1 is booked twice: two errors.
    books.lose("R3").add("R9", "R1", "800");
    assert_eq!(
        books.told(),
        ["R9 v1 A own 2026-07-01 0.00 800.00 paid_twice", "- v2 A own 2026-07-15 420.00 0.00 missing"]
    );
}
