//! What cannot be judged is counted and not accused.

use super::Books;
use crate::calendar::PeriodKind;
use crate::programs::reconcile::report::NotCoveredWhy;
use crate::programs::terms::Growth;
use crate::programs::testing::{World, d, day, span};

fn quarterly() -> World {
    let mut world = World::new();
    world.program("p").period = PeriodKind::Quarter;
    world.sale("T1", "A", "X1", "2026-02-01", "4", "400");
    world.sale("T2", "A", "X1", "2026-05-11", "3", "300");
    world.sale("T3", "A", "X1", "2026-08-11", "5", "500");
    world
}

/// Why, how many, how many agree.
fn left_out(books: &Books) -> Vec<(NotCoveredWhy, usize, usize)> {
    let report = books.report();
    assert!(report.differences.is_empty(), "{:#?}", report.differences);
    report.not_covered.iter().map(|n| (n.why, n.lines, n.agree)).collect()
}

#[test]
fn a_quarter_that_begins_before_the_data() {
    let mut books = Books::right(&quarterly());
    books.pay("R1", "77");
    assert_eq!(left_out(&books), [(NotCoveredWhy::BeforeHistory, 1, 0)]);
    assert_eq!(books.report().lines, 2);
    // Right to the cent, it needs no judge; nor is data cut that starts within a month.
    assert_eq!(
        (Books::right(&quarterly()).report().lines, Books::right(&quarterly()).report().not_covered.len()),
        (3, 0)
    );
    let mut books = Books::right(&quarterly());
    books.company.lines[0].sold_on = day("2026-02-10");
    books.pay("R1", "77");
    assert_eq!(books.report().differences.len(), 1);
    // Had the program begun in February, nothing would be missing.
    let mut world = quarterly();
    world.program("q").effective = span("2026-02-01", "2026-12-31");
    let mut books = Books::right(&world);
    books.company.programs.retain(|p| p.id == "q");
    books.company.payouts.retain(|p| p.program_id == "q");
    let id = books.company.payouts[0].id.clone();
    books.pay(&id, "77");
    assert_eq!(books.report().differences.len(), 1);
}

#[test]
fn growth_over_a_year_that_the_data_do_not_hold() {
    let mut world = World::new();
    world.program("p").growth = Some(Growth { above: d("0") });
    world.program("q");
    world.sale("L1", "A", "X1", "2025-08-02", "1", "100");
    world.sale("T1", "A", "X1", "2026-07-10", "4", "400");
    world.sale("T2", "A", "X1", "2026-08-11", "3", "300");
    let mut books = Books::right(&world);
    let row = books.add("R9", "R1", "35");
    (row.program_id, row.period) = ("p".into(), span("2026-07-01", "2026-07-31"));
    assert_eq!(left_out(&books), [(NotCoveredWhy::BeforeHistory, 1, 0)]);
}

#[test]
fn an_open_quarter_is_judged_by_what_is_due_so_far() {
    let mut books = Books::right(&quarterly());
    books.company.as_of = day("2026-08-31");
    assert_eq!((books.report().lines, left_out(&books)), (3, Vec::new()));
    books.pay("R3", "100");
    assert_eq!(books.reason(), "paid_twice");
    // Not booked yet, as no open period of the program is.
    books.lose("R3");
    assert_eq!(left_out(&books), [(NotCoveredWhy::OpenPeriod, 1, 0)]);
}

#[test]
fn a_payout_after_the_data() {
    let mut books = Books::right(&quarterly());
    books.company.as_of = day("2026-09-30");
    books.add("R9", "R3", "10").period = span("2026-10-01", "2026-12-31");
    assert_eq!(left_out(&books)[0], (NotCoveredWhy::AfterAsOf, 1, 0));
}

#[test]
fn what_the_books_do_not_claim_to_hold() {
    let mut world = World::new();
    world.program("p");
    world.program("q");
    for month in 1..=7 {
        let (id, on) = (format!("T{month}"), format!("2026-0{month}-10"));
        world.sale(&id, "A", "X1", &on, "4", "400");
        world.sale(&format!("{id}B"), "B", "X1", &on, "1", "100");
    }
    let mut books = Books::right(&world);
    books.company.payouts.retain(|p| p.program_id == "p" && p.period.start == day("2026-05-01"));
    assert_eq!(
        left_out(&books),
        [(NotCoveredWhy::OutsideBooks, 12, 0), (NotCoveredWhy::ProgramNotBooked, 14, 0)]
    );
    assert_eq!(books.report().not_covered[1].program_id.as_deref(), Some("q"));
    // Inside the books a line that is not booked is missing.
    books.company.payouts.truncate(1);
    assert_eq!(books.report().differences.len(), 1);
    assert_eq!(books.report().differences[0].reason.as_str(), "missing");
    // Nothing booked at all: nothing to compare.
    books.company.payouts.clear();
    assert_eq!((books.report().lines, books.report().share_reproduced), (0, None));
}
