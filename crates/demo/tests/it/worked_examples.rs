//! The worked examples of PAYOUTS.md, all of them.

use spiffcast_demo::books::Change;
use spiffcast_demo::naive::{Role, settle, up_to};
use spiffcast_demo::terms::{Measure, Period, Terms, TierMode};

use crate::books::{Company, day, dec, per_unit, percent_tiers, rows, terms};

fn quarter(mode: TierMode) -> Company {
    let rate = percent_tiers(&[("0", "2"), ("50000", "3")], mode);
    Company::new().program("r", terms(Measure::Revenue, Period::Quarter, rate))
}

#[test]
fn tiers_at_seventy_thousand() {
    let paid = |mode| quarter(mode).sale("2026-05-31", "A", "X", 10, "70000").own();
    assert_eq!(paid(TierMode::Marginal), dec("1600.00"));
    assert_eq!(paid(TierMode::Retroactive), dec("2100.00"));
}

#[test]
fn tiers_at_exactly_fifty_thousand() {
    let paid = |mode| quarter(mode).sale("2026-05-31", "A", "X", 10, "50000").own();
    assert_eq!(paid(TierMode::Marginal), dec("1000.00"));
    assert_eq!(paid(TierMode::Retroactive), dec("1500.00"));
}

#[test]
fn a_retroactive_tier_reached_in_june_trues_up_may() {
    let company = quarter(TierMode::Retroactive).sale("2026-05-31", "A", "X", 10, "40000").sale(
        "2026-06-15",
        "A",
        "X",
        10,
        "30000",
    );
    let may = settle(&up_to(&company.books, day("2026-05-31")));
    assert_eq!(may.lines[0].amount, dec("800.00"));
    assert_eq!(company.own(), dec("800.00") + dec("900.00") + dec("400.00"));
}

#[test]
fn a_return_in_august_falls_below_the_tier() {
    let company = quarter(TierMode::Retroactive)
        .sale("2026-05-31", "A", "X", 10, "40000")
        .sale("2026-06-15", "A", "X", 10, "30000")
        .back("2026-08-20", "T2", 8, "25000");
    assert_eq!(company.amounts(Role::Clawback), rows(&[(1, "A", "-1200.00")]));
    let settlement = company.settle();
    let clawback = settlement.lines.iter().find(|l| l.role == Role::Clawback).expect("a clawback");
    assert_eq!((clawback.period_start, clawback.period_end), (day("2026-07-01"), day("2026-09-30")));
}

fn spiff(rate: &str, from: &str, to: &str) -> Terms {
    Terms {
        from: day(from),
        to: day(to),
        cap_per_partner: Some(dec("1000.00")),
        ..terms(Measure::Units, Period::Month, per_unit(rate))
    }
}

#[test]
fn the_cap_counts_the_month_and_not_the_version() {
    let company = Company::new()
        .program("s", spiff("40", "2026-01-01", "2026-07-14"))
        .program("s", spiff("42", "2026-07-15", "2026-12-31"))
        .sale("2026-07-10", "A", "X", 20, "2000")
        .sale("2026-07-20", "A", "X", 10, "1000");
    assert_eq!(company.amounts(Role::Own), rows(&[(1, "A", "800.00"), (2, "A", "200.00")]));
    let lines = company.settle().lines;
    assert_eq!((lines[0].period_start, lines[0].period_end), (day("2026-07-01"), day("2026-07-14")));
    assert_eq!((lines[1].period_start, lines[1].period_end), (day("2026-07-15"), day("2026-07-31")));
    assert_eq!(lines[1].base, dec("420.00"));
    assert_eq!(lines[1].cap_cut, dec("220.00"));
}

#[test]
fn a_lever_does_not_restart_the_cap_either() {
    let mut company = Company::new()
        .program("s", spiff("40", "2026-01-01", "2026-12-31"))
        .sale("2026-07-10", "A", "X", 20, "2000")
        .sale("2026-07-20", "A", "X", 10, "1000");
    company.books.changes.push(Change {
        program: "s".to_owned(),
        from: day("2026-07-15"),
        to: day("2026-12-31"),
        partners: None,
        terms: Some(spiff("42", "2026-01-01", "2026-12-31")),
    });
    assert_eq!(company.amounts(Role::Own), rows(&[(1, "A", "1000.00")]));
    assert_eq!(company.settle().lines[0].base, dec("1220.00"));
}
