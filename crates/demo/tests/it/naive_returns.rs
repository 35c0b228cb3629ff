//! Step 10 of PAYOUTS.md: returns and clawbacks.

use spiffcast_demo::naive::Role;
use spiffcast_demo::terms::{Measure, Period, Terms, TierMode};

use crate::books::{Company, day, dec, per_unit, percent, percent_tiers, rows, terms};

#[test]
fn a_clawback_stands_in_the_whole_period_of_the_return() {
    let ended = Terms { to: day("2026-02-15"), ..terms(Measure::Units, Period::Month, per_unit("10")) };
    let company = Company::new().program("p", ended).sale("2026-02-01", "A", "X", 5, "500").back(
        "2026-04-10",
        "T1",
        2,
        "200",
    );
    let settlement = company.settle();
    let clawback = settlement.lines.iter().find(|l| l.role == Role::Clawback).expect("a clawback");
    assert_eq!(clawback.amount, dec("-20"));
    assert_eq!((clawback.period_start, clawback.period_end), (day("2026-04-01"), day("2026-04-30")));
    assert_eq!(clawback.version, 1);
}

#[test]
fn returns_of_one_period_are_summed_and_counted_one_after_the_other() {
    // Retroactive from 0: $1, from 10: $2. 12 units = 24. Back 1: 22, −2. Back 2 more: 9 units at $1, −13.
    let tiers = vec![
        (dec("0"), spiffcast_demo::terms::Pay::PerUnit(dec("1"))),
        (dec("10"), spiffcast_demo::terms::Pay::PerUnit(dec("2"))),
    ];
    let rate = spiffcast_demo::terms::Rate::Tiers(tiers, TierMode::Retroactive);
    let company = Company::new()
        .program("p", terms(Measure::Units, Period::Month, rate))
        .sale("2026-02-01", "A", "X", 12, "1200")
        .back("2026-03-10", "T1", 1, "100")
        .back("2026-03-20", "T1", 2, "200");
    assert_eq!(company.amounts(Role::Clawback), rows(&[(1, "A", "-15.00")]));
    let later = company.back("2026-05-01", "T1", 9, "900");
    assert_eq!(later.amounts(Role::Clawback), rows(&[(1, "A", "-15.00"), (1, "A", "-9.00")]));
}

#[test]
fn what_a_cap_had_cut_is_not_clawed_back() {
    // 20 units at $10 cut to 120; 15 left would be 150, still 120; 10 left are 100.
    let capped =
        Terms { cap_per_partner: Some(dec("120")), ..terms(Measure::Units, Period::Month, per_unit("10")) };
    let sold = || Company::new().program("p", capped.clone()).sale("2026-02-01", "A", "X", 20, "2000");
    assert_eq!(sold().back("2026-03-01", "T1", 5, "500").amounts(Role::Clawback), rows(&[]));
    assert_eq!(
        sold().back("2026-03-01", "T1", 10, "1000").amounts(Role::Clawback),
        rows(&[(1, "A", "-20.00")])
    );
}

#[test]
fn never_more_than_was_paid_and_no_budget_in_the_recalculation() {
    // The budget left 30 of 50. With 4 of 5 units left 40 would be due: nothing back; with none: all 30.
    let poor =
        Terms { program_budget: Some(dec("30")), ..terms(Measure::Units, Period::Month, per_unit("10")) };
    let sold = || Company::new().program("p", poor.clone()).sale("2026-02-01", "A", "X", 5, "500");
    assert_eq!(sold().back("2026-03-01", "T1", 1, "100").amounts(Role::Clawback), rows(&[]));
    assert_eq!(
        sold().back("2026-03-01", "T1", 5, "500").amounts(Role::Clawback),
        rows(&[(1, "A", "-30.00")])
    );
}

#[test]
fn a_returned_transaction_finds_the_month_as_it_was_when_it_was_paid() {
    // 10% of 500 = 50, then 10% of 300 cut to the 10 that the cap of 60 left. Of T2 200 come
    // back: 10 on 100 left is still 10, nothing. Of T1 all comes back: −50, on the day, with its id.
    let capped = Terms {
        cap_per_partner: Some(dec("60")),
        ..terms(Measure::Revenue, Period::Transaction, percent("10"))
    };
    let company = Company::new()
        .program("p", capped)
        .sale("2026-02-01", "A", "X", 5, "500")
        .sale("2026-02-02", "A", "X", 3, "300")
        .back("2026-03-01", "T2", 2, "200")
        .back("2026-03-05", "T1", 5, "500");
    assert_eq!(company.amounts(Role::Clawback), rows(&[(1, "A", "-50.00")]));
    let settlement = company.settle();
    let clawback = settlement.lines.iter().find(|l| l.role == Role::Clawback).expect("a clawback");
    assert_eq!((clawback.period_start, clawback.period_end), (day("2026-03-05"), day("2026-03-05")));
    assert_eq!(clawback.transaction_id.as_deref(), Some("T1"));
}

#[test]
fn a_parents_override_goes_back_with_the_revenue() {
    let base = Terms {
        override_percent: Some(dec("1")),
        ..terms(Measure::Revenue, Period::Quarter, percent_tiers(&[("0", "2")], TierMode::Marginal))
    };
    let company = Company::new().program("p", base).sale("2026-02-01", "A", "X", 10, "1000").back(
        "2026-03-01",
        "T1",
        4,
        "400",
    );
    assert_eq!(company.amounts(Role::Override), rows(&[(1, "D", "10.00")]), "gross of returns");
    assert_eq!(company.amounts(Role::Clawback), rows(&[(1, "A", "-8.00"), (1, "D", "-4.00")]));
}

#[test]
fn a_return_leaves_qualification_as_it_was() {
    // The customer's first purchase comes back; the second one does not become new by that.
    let new = Terms { new_customer_only: true, ..terms(Measure::Units, Period::Month, per_unit("10")) };
    let company = Company::new()
        .program("p", new)
        .sale_with("2026-02-01", "A", "X", 1, "100", |l| l.customer = Some("C".into()))
        .sale_with("2026-03-01", "A", "X", 1, "100", |l| l.customer = Some("C".into()))
        .back("2026-02-20", "T1", 1, "100");
    assert_eq!(company.own(), dec("10"));
    assert_eq!(company.amounts(Role::Clawback), rows(&[(1, "A", "-10.00")]));
}
