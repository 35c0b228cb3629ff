//! Steps 4 to 9 of PAYOUTS.md: measure, rates, caps, budgets, rounding, overrides. Each
//! figure is worked out in its comment.

use spiffcast_demo::books::{Line, Target};
use spiffcast_demo::naive::Role;
use spiffcast_demo::terms::{Measure, Pay, Period, Rate, Terms, TierMode};

use crate::books::{Company, day, dec, per_unit, percent, percent_tiers, rows, terms};

#[test]
fn marginal_tiers_split_revenue_in_proportion_to_units() {
    // 10 units for 1,000.00; tiers of units from 0: 2%, from 4: 5%.
    // 4/10 of the revenue at 2% = 8.00; 6/10 at 5% = 30.00.
    let rate = percent_tiers(&[("0", "2"), ("4", "5")], TierMode::Marginal);
    let company = Company::new().program("p", terms(Measure::Units, Period::Quarter, rate));
    assert_eq!(company.sale("2026-02-01", "A", "X", 10, "1000").own(), dec("38.00"));
}

#[test]
fn tiers_may_hold_amounts_a_unit() {
    // From 5: $4, from 8: $6. Marginal, 10 units: 0 + 3·4 + 2·6 = 24. Retroactive: 60.
    let tiers = vec![(dec("5"), Pay::PerUnit(dec("4"))), (dec("8"), Pay::PerUnit(dec("6")))];
    let paid = |mode, units| {
        let terms = terms(Measure::Units, Period::Quarter, Rate::Tiers(tiers.clone(), mode));
        Company::new().program("p", terms).sale("2026-02-01", "A", "X", units, "1000").own()
    };
    assert_eq!(paid(TierMode::Marginal, 10), dec("24"));
    assert_eq!(paid(TierMode::Retroactive, 10), dec("60"));
    assert_eq!(paid(TierMode::Retroactive, 4), dec("0"), "below the first tier");
    assert_eq!(paid(TierMode::Retroactive, 5), dec("20"), "reached at equality");
    assert_eq!(paid(TierMode::Marginal, 5), dec("0"), "only what lies above earns it");
}

#[test]
fn the_order_inside_a_period_is_day_then_transaction_as_bytes() {
    // T10 stands before T9. Marginal from 0: 1%, from 100: 10%: T10 pays 1.00, T9 10.00.
    let rate = percent_tiers(&[("0", "1"), ("100", "10")], TierMode::Marginal);
    let capped = Terms { cap_per_partner: Some(dec("4")), ..terms(Measure::Revenue, Period::Month, rate) };
    let company = Company::new()
        .program("p", Terms { to: day("2026-02-01"), ..capped.clone() })
        .program("p", Terms { from: day("2026-02-02"), ..capped })
        .sale_with("2026-02-01", "A", "X", 1, "100", |l| l.transaction_id = "T9".into())
        .sale_with("2026-02-01", "A", "X", 1, "100", |l| l.transaction_id = "T10".into())
        .sale("2026-02-02", "A", "X", 1, "100");
    // 1.00, then 10.00 cut to 3.00; the second version finds the cap used up.
    assert_eq!(company.amounts(Role::Own), rows(&[(1, "A", "4.00"), (2, "A", "0.00")]));
}

#[test]
fn an_accelerator_multiplies_what_lies_above_the_target() {
    // Target 10 at 80%: the mark is 8. 12 units at $5: 8·5 + 4·5·2 = 80.
    let base = Terms {
        target: Some(dec("10")),
        accelerator: Some((dec("80"), dec("2"))),
        ..terms(Measure::Units, Period::Quarter, per_unit("5"))
    };
    let company = Company::new().program("p", base).sale("2026-02-01", "A", "X", 12, "1200");
    assert_eq!(company.own(), dec("80"));
    // A row in `targets` for the period: the mark becomes 16, nothing lies above.
    let mut own_target = company;
    own_target.books.targets.push(Target {
        program: "p".into(),
        partner: "A".into(),
        period_start: day("2026-01-01"),
        target: dec("20"),
    });
    assert_eq!(own_target.own(), dec("60"));
    // It decelerates below 1: 8·5 + 4·5·0.5 = 50.
    own_target.books.targets.clear();
    own_target.books.versions[0].terms.accelerator = Some((dec("80"), dec("0.5")));
    assert_eq!(own_target.own(), dec("50"));
}

#[test]
fn an_accelerator_cuts_through_marginal_tiers() {
    // 12 units; tiers from 0: $1, from 10: $3; mark 8, twice above it: 8·1 + 2·1·2 + 2·3·2 = 24.
    let tiers = vec![(dec("0"), Pay::PerUnit(dec("1"))), (dec("10"), Pay::PerUnit(dec("3")))];
    let base = Terms {
        target: Some(dec("8")),
        accelerator: Some((dec("100"), dec("2"))),
        ..terms(Measure::Units, Period::Quarter, Rate::Tiers(tiers, TierMode::Marginal))
    };
    assert_eq!(Company::new().program("p", base).sale("2026-02-01", "A", "X", 12, "1200").own(), dec("24"));
}

#[test]
fn a_minimum_is_reached_at_equality_and_by_all_versions_together() {
    let part = |from, to, minimum| Terms {
        from: day(from),
        to: day(to),
        minimum: Some(dec(minimum)),
        ..terms(Measure::Units, Period::Quarter, per_unit("1"))
    };
    let company = Company::new()
        .program("p", part("2026-01-01", "2026-01-31", "10"))
        .program("p", part("2026-02-01", "2026-12-31", "11"))
        .sale("2026-01-10", "A", "X", 4, "400")
        .sale("2026-02-10", "A", "X", 6, "600");
    let lines = company.settle().lines;
    assert_eq!(lines[0].amount, dec("4"), "ten in all reach the first version's minimum");
    assert_eq!((lines[1].amount, lines[1].reason.as_str()), (dec("0"), "below_minimum"));
}

#[test]
fn growth_pays_the_share_above_last_year() {
    // B = 1,000; above 5% the mark is 1,050. M = 1,400: (1,400 − 1,050)/1,400 = 1/4 of 4% = 14.00.
    let growth =
        Terms { growth_above: Some(dec("5")), ..terms(Measure::Revenue, Period::Quarter, percent("4")) };
    let company = |revenue| {
        Company::new()
            .program("p", growth.clone())
            .sale("2025-02-10", "A", "X", 1, "1000")
            .sale("2025-04-01", "A", "X", 1, "9999")
            .sale("2026-02-10", "A", "X", 1, revenue)
            .back("2025-03-01", "T1", 1, "1000")
    };
    assert_eq!(company("1400").own(), dec("14.00"), "the baseline is gross of returns");
    assert_eq!(company("1050").own(), dec("0.00"));
    let newcomer = Company::new().program("p", growth.clone()).sale("2026-02-10", "A", "X", 1, "1400");
    assert_eq!(newcomer.settle().lines[0].reason, "no_baseline");
}

#[test]
fn rounding_is_half_away_from_zero_once_on_the_line() {
    // 0.5% of 1.00 is 0.005: three lines of half a cent are 0.015, rounded once to 0.02.
    let company = Company::new()
        .program("p", terms(Measure::Revenue, Period::Month, percent("0.5")))
        .sale("2026-02-01", "A", "X", 1, "1")
        .sale("2026-02-02", "A", "X", 1, "1")
        .sale("2026-02-03", "A", "X", 1, "1");
    assert_eq!(company.own(), dec("0.02"));
    // A third and two thirds of a line: 3 units for 1.00 at 0.5%, cut at one unit, is still 0.005.
    let rate = percent_tiers(&[("0", "0.5"), ("1", "0.5")], TierMode::Marginal);
    let thirds = Company::new().program("p", terms(Measure::Units, Period::Month, rate));
    assert_eq!(thirds.sale("2026-02-01", "A", "X", 3, "1").own(), dec("0.01"));
}

fn transactional(per_transaction: &str, per_partner: &str, budget: &str) -> Terms {
    Terms {
        cap_per_transaction: Some(dec(per_transaction)),
        cap_per_partner: Some(dec(per_partner)),
        program_budget: Some(dec(budget)),
        ..terms(Measure::Revenue, Period::Transaction, percent("10"))
    }
}

#[test]
fn transactions_are_cut_by_transaction_month_and_budget_in_order() {
    // 10% of 500 = 50 → 40; the month leaves 60: 40, 20, 0; in March 40 again, but the
    // budget of 95 leaves 95 − 60 = 35 after February, of which B takes 10 first.
    let second = |l: &mut Line| {
        l.transaction_id = "T1".into();
        l.line_no = 2;
    };
    let company = Company::new()
        .program("p", transactional("40", "60", "95"))
        .sale("2026-02-01", "A", "X", 1, "300")
        .sale_with("2026-02-01", "A", "Y", 1, "200", second)
        .sale("2026-02-02", "A", "X", 1, "500")
        .sale("2026-02-03", "A", "X", 1, "500")
        .sale("2026-03-01", "B", "X", 1, "100")
        .sale("2026-03-02", "A", "X", 1, "500")
        .sale("2026-03-03", "B", "X", 1, "100");
    let amounts: Vec<String> = company.settle().lines.iter().map(|l| format!("{:.0}", l.amount)).collect();
    assert_eq!(amounts, ["40", "20", "0", "10", "25", "0"]);
    assert_eq!(company.settle().lines[5].reason, "budget_exhausted");
}

#[test]
fn a_budget_runs_out_pro_rata_with_the_odd_cent_to_the_largest_fraction() {
    // January takes 3.00 of 10.00. February: A 4.00, B 4.00, D 3.00 = 11.00 for 7.00:
    // A and B 2.5454…, D 1.9090…: 2.54 + 2.54 + 1.90 = 6.98, the cents go to D (.9090) and
    // then to A (.5454, before B by id). March gets nothing.
    let budget =
        Terms { program_budget: Some(dec("10")), ..terms(Measure::Units, Period::Month, per_unit("1")) };
    let company = Company::new()
        .program("p", budget)
        .sale("2026-01-05", "A", "X", 3, "300")
        .sale("2026-02-05", "B", "X", 4, "400")
        .sale("2026-02-05", "A", "X", 4, "400")
        .sale("2026-02-06", "D", "X", 3, "300")
        .sale("2026-03-01", "A", "X", 1, "100");
    let expected = [(1, "A", "3.00"), (1, "A", "2.55"), (1, "B", "2.54"), (1, "D", "1.91"), (1, "A", "0.00")];
    assert_eq!(company.amounts(Role::Own), rows(&expected));
}

#[test]
fn an_override_goes_to_an_active_parent_gross_and_capped_apart() {
    // 1% of (1,000 + 500) = 15.00. D's own 2% of 400 = 8.00 does not share the cap of 12.
    let base = Terms {
        override_percent: Some(dec("1")),
        cap_per_partner: Some(dec("12")),
        program_budget: Some(dec("0")),
        ..terms(Measure::Revenue, Period::Quarter, percent("2"))
    };
    let mut company = Company::new()
        .program("p", base)
        .sale("2026-01-05", "A", "X", 1, "1000")
        .sale("2026-02-05", "B", "X", 1, "500")
        .sale("2026-03-05", "D", "X", 1, "400");
    assert_eq!(company.amounts(Role::Override), rows(&[(1, "D", "12.00")]), "no budget for overrides");
    company.books.versions[0].terms.cap_per_partner = None;
    assert_eq!(company.amounts(Role::Override), rows(&[(1, "D", "15.00")]));
    company.books.versions[0].terms.tiers = vec!["Gold".into()];
    company.books.partners[2].tier = "Silver".into();
    assert_eq!(company.amounts(Role::Override), rows(&[(1, "D", "15.00")]), "nothing else is asked");
    company.books.partners[2].active = false;
    assert_eq!(company.amounts(Role::Override), rows(&[]));
}

#[test]
fn a_fiscal_year_may_start_in_any_month() {
    let mut company = Company::new()
        .program("p", terms(Measure::Units, Period::Quarter, per_unit("1")))
        .sale("2026-04-30", "A", "X", 1, "100")
        .sale("2026-05-01", "A", "X", 1, "100");
    company.books.first_month = 2;
    let lines = company.settle().lines;
    assert_eq!((lines[0].period_start, lines[0].period_end), (day("2026-02-01"), day("2026-04-30")));
    assert_eq!((lines[1].period_start, lines[1].period_end), (day("2026-05-01"), day("2026-07-31")));
}
