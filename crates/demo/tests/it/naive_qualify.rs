//! Steps 1 to 3 of PAYOUTS.md: which lines count.

use spiffcast_demo::books::{Change, Line, Registration, TierChange};
use spiffcast_demo::naive::Role;
use spiffcast_demo::terms::{Measure, Period, Stacking, StackingMode, Terms};

use crate::books::{Company, day, dec, per_unit, percent, rows, terms};

fn ten_a_unit() -> Terms {
    terms(Measure::Units, Period::Month, per_unit("10"))
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

#[test]
fn each_test_names_its_reason() {
    let cases: Vec<(&str, Terms)> = vec![
        ("product_not_covered", Terms { skus: strings(&["Y"]), ..ten_a_unit() }),
        ("product_not_covered", Terms { families: strings(&["FY"]), ..ten_a_unit() }),
        ("tier_not_eligible", Terms { tiers: strings(&["Silver"]), ..ten_a_unit() }),
        ("region_not_eligible", Terms { regions: strings(&["APAC"]), ..ten_a_unit() }),
        ("partner_type_not_eligible", Terms { partner_types: strings(&["msp"]), ..ten_a_unit() }),
        ("no_approved_deal_registration", Terms { deal_registration_required: true, ..ten_a_unit() }),
        ("not_a_new_customer", Terms { new_customer_only: true, ..ten_a_unit() }),
        ("bundle_incomplete", Terms { bundle: strings(&["X", "Y"]), ..ten_a_unit() }),
    ];
    for (reason, terms) in cases {
        let company = Company::new().program("p", terms).sale("2026-03-01", "A", "X", 1, "100");
        assert_eq!(company.reasons(), [reason]);
        assert_eq!(company.own(), dec("0"));
    }
}

#[test]
fn the_first_failing_test_names_the_reason() {
    let terms = Terms { tiers: strings(&["Silver"]), regions: strings(&["APAC"]), ..ten_a_unit() };
    let mut company = Company::new().program("p", terms).sale("2026-03-01", "A", "X", 1, "100");
    company.books.partners[0].active = false;
    assert_eq!(company.reasons(), ["tier_not_eligible"]);
    company.books.versions[0].terms.tiers.clear();
    assert_eq!(company.reasons(), ["region_not_eligible"]);
    company.books.versions[0].terms.regions.clear();
    assert_eq!(company.reasons(), ["partner_inactive"]);
}

#[test]
fn both_ends_of_the_dates_count() {
    let terms = Terms { from: day("2026-03-01"), to: day("2026-03-31"), ..ten_a_unit() };
    let sell = |on| Company::new().program("p", terms.clone()).sale(on, "A", "X", 1, "100").own();
    assert_eq!(sell("2026-02-28"), dec("0"));
    assert_eq!(sell("2026-03-01"), dec("10"));
    assert_eq!(sell("2026-03-31"), dec("10"));
    assert_eq!(sell("2026-04-01"), dec("0"));
}

#[test]
fn the_tier_of_the_day_decides_and_before_the_history_that_of_the_table() {
    let terms = Terms { tiers: strings(&["Gold"]), ..ten_a_unit() };
    let sell = |on: &str| {
        let mut company = Company::new().program("p", terms.clone()).sale(on, "A", "X", 1, "100");
        let row = |tier: &str, from| TierChange { partner: "A".into(), tier: tier.into(), from: day(from) };
        company.books.tier_changes = vec![row("Gold", "2026-05-01"), row("Silver", "2026-03-01")];
        company.own()
    };
    assert_eq!(sell("2026-02-28"), dec("10"), "the table says Gold");
    assert_eq!(sell("2026-03-01"), dec("0"));
    assert_eq!(sell("2026-05-01"), dec("10"));
}

#[test]
fn a_registration_must_be_the_partners_own_approved_and_alive() {
    let good = Registration {
        id: "D1".into(),
        partner: "A".into(),
        sku: "X".into(),
        submitted_on: day("2026-01-01"),
        status: "approved".into(),
        approved_on: Some(day("2026-03-01")),
        expires_on: Some(day("2026-03-01")),
        expected_close_on: None,
        estimated_units: None,
    };
    let pays = |registration: Registration| {
        let terms = Terms { deal_registration_required: true, ..ten_a_unit() };
        let claim = |l: &mut Line| l.registration = Some("D1".into());
        let mut company =
            Company::new().program("p", terms).sale_with("2026-03-01", "A", "X", 1, "100", claim);
        company.books.registrations.push(registration);
        company.own() > dec("0")
    };
    assert!(pays(good.clone()));
    assert!(pays(Registration { expires_on: None, ..good.clone() }));
    assert!(!pays(Registration { partner: "B".into(), ..good.clone() }));
    assert!(!pays(Registration { sku: "Y".into(), ..good.clone() }));
    assert!(!pays(Registration { approved_on: None, ..good.clone() }));
    assert!(!pays(Registration { approved_on: Some(day("2026-03-02")), ..good.clone() }));
    assert!(!pays(Registration { expires_on: Some(day("2026-02-28")), ..good }));
}

#[test]
fn only_the_first_transaction_of_a_customer_anywhere_is_new() {
    let of = |customer: &'static str| move |l: &mut Line| l.customer = Some(customer.into());
    let terms = Terms { new_customer_only: true, ..ten_a_unit() };
    let company = Company::new()
        .program("p", terms)
        .sale_with("2026-03-01", "B", "Y", 1, "100", of("C1"))
        .sale_with("2026-03-02", "A", "X", 1, "100", of("C1"))
        .sale_with("2026-03-02", "A", "X", 2, "200", of("C2"))
        .sale_with("2026-03-02", "A", "Y", 4, "400", |l| {
            l.customer = Some("C2".into());
            l.transaction_id = "T3".into();
            l.line_no = 2;
        })
        .sale_with("2026-03-03", "A", "X", 1, "100", of(""));
    assert_eq!(company.own(), dec("60"), "both lines of the customer's first transaction");
}

#[test]
fn a_bundle_is_complete_over_the_lines_of_a_customer_and_day() {
    let of = |customer: &'static str| move |l: &mut Line| l.customer = Some(customer.into());
    let terms = Terms { bundle: strings(&["X", "Y"]), skus: strings(&["X"]), ..ten_a_unit() };
    let company = Company::new()
        .program("p", terms)
        .sale_with("2026-03-01", "A", "X", 1, "100", of("C1"))
        .sale_with("2026-03-01", "A", "Y", 5, "500", of("C1"))
        .sale_with("2026-03-02", "A", "X", 7, "700", of("C1"))
        .sale_with("2026-03-01", "B", "Y", 5, "500", of("C1"));
    assert_eq!(company.own(), dec("10"));
}

#[test]
fn a_late_report_does_not_count_and_an_unknown_one_does() {
    let reported = |on: Option<&'static str>| move |l: &mut Line| l.reported_on = on.map(crate::books::day);
    let terms = Terms { claim_within_days: Some(30), ..ten_a_unit() };
    let pays = |on| {
        let company = Company::new().program("p", terms.clone());
        company.sale_with("2026-03-01", "A", "X", 1, "100", reported(on)).own() > dec("0")
    };
    assert!(pays(None));
    assert!(pays(Some("2026-03-31")));
    assert!(!pays(Some("2026-04-01")));
}

fn grouped(mode: StackingMode, priority: i64, rate: &str) -> Terms {
    Terms {
        stacking: Some(Stacking { group: "g".into(), mode, priority }),
        ..terms(Measure::Revenue, Period::Transaction, percent(rate))
    }
}

#[test]
fn stacking_pays_all_the_first_or_the_best() {
    let paid = |mode| {
        let company = Company::new()
            .program("p", grouped(mode, 1, "2"))
            .program("q", grouped(mode, 2, "3"))
            .sale("2026-03-01", "A", "X", 1, "100");
        (company.own(), company.reasons())
    };
    assert_eq!(paid(StackingMode::Stack), (dec("5"), vec![]));
    assert_eq!(paid(StackingMode::Exclusive), (dec("2"), vec!["superseded_by p".to_owned()]));
    assert_eq!(paid(StackingMode::BestOf), (dec("3"), vec!["superseded_by q".to_owned()]));
}

#[test]
fn ties_go_to_the_lowest_priority_and_then_to_the_id() {
    let winner = |mode, first, second| {
        let company = Company::new()
            .program("p", grouped(mode, first, "2"))
            .program("q", grouped(mode, second, "2"))
            .sale("2026-03-01", "A", "X", 1, "100");
        company.settle().lines[0].program.clone()
    };
    assert_eq!(winner(StackingMode::BestOf, 2, 1), "q");
    assert_eq!(winner(StackingMode::BestOf, 1, 1), "p");
    assert_eq!(winner(StackingMode::Exclusive, 1, 1), "p");
}

#[test]
fn best_of_compares_after_the_cap_of_the_transaction() {
    let capped = Terms { cap_per_transaction: Some(dec("1.50")), ..grouped(StackingMode::BestOf, 1, "3") };
    let company = Company::new()
        .program("p", capped)
        .program("q", grouped(StackingMode::BestOf, 2, "2"))
        .sale("2026-03-01", "A", "X", 1, "100");
    assert_eq!(company.amounts(Role::Own), rows(&[(1, "A", "2.00")]));
}

#[test]
fn a_winner_that_is_cut_later_still_takes_the_line() {
    let cut = Terms { program_budget: Some(dec("0")), ..grouped(StackingMode::Exclusive, 1, "2") };
    let company = Company::new()
        .program("p", cut)
        .program("q", grouped(StackingMode::Exclusive, 2, "3"))
        .sale("2026-03-01", "A", "X", 1, "100");
    assert_eq!(company.own(), dec("0"));
}

#[test]
fn a_superseded_line_does_not_count_in_its_measure() {
    let exclusive = |priority, period, rate| Terms {
        stacking: Some(Stacking { group: "g".into(), mode: StackingMode::Exclusive, priority }),
        ..terms(Measure::Units, period, rate)
    };
    let first = Terms { skus: strings(&["X"]), ..exclusive(1, Period::Month, per_unit("1")) };
    let second = Terms { minimum: Some(dec("10")), ..exclusive(2, Period::Month, per_unit("2")) };
    let company = Company::new()
        .program("p", first)
        .program("q", second)
        .sale("2026-03-01", "A", "X", 5, "500")
        .sale("2026-03-02", "A", "Y", 9, "900");
    assert_eq!(company.own(), dec("5"), "nine units of Y stay below the minimum of ten");
}

#[test]
fn a_change_holds_for_its_days_and_its_partners_and_may_pause() {
    let mut company = Company::new()
        .program("p", ten_a_unit())
        .sale("2026-03-31", "A", "X", 1, "100")
        .sale("2026-04-01", "A", "X", 1, "100")
        .sale("2026-04-01", "B", "X", 1, "100");
    company.books.changes.push(Change {
        program: "p".into(),
        from: day("2026-04-01"),
        to: day("2026-06-30"),
        partners: Some(strings(&["A"])),
        terms: None,
    });
    assert_eq!(company.reasons(), ["paused"]);
    assert_eq!(company.amounts(Role::Own), rows(&[(1, "A", "10.00"), (1, "B", "10.00")]));
}
