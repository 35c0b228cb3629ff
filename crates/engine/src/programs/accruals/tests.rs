//! Months, roles, funds, budgets, recorded payouts and exposure, computed by hand.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::text::render;
use super::{AccrualOptions, Accruals, ProgramAccruals, accruals};
use crate::calendar::{Month, PeriodKind};
use crate::programs::settle::{SettleOptions, settle};
use crate::programs::terms::{Measure, Pay, ProgramKind, Rate, TierMode};
use crate::programs::testing::{World, d, day, percent_tiers, span};
use crate::programs::testing_random::recipes;
use crate::sales::{PayoutRole, RecordedPayout};

fn of(world: &World) -> Accruals {
    accruals(&world.company(), &world.book(), &AccrualOptions::default())
}

/// `month new_sales true_up override clawback due` of the months in which something happened.
fn months(program: &ProgramAccruals) -> Vec<String> {
    let told = |m: &super::MonthAccrual| {
        let all = [m.new_sales, m.true_up, m.accrued.overrides, m.accrued.clawbacks, m.due_to_date];
        let all: Vec<String> = all.iter().map(|a| a.normalize().to_string()).collect();
        format!("{} {}", m.month, all.join(" "))
    };
    let moved = |m: &&super::MonthAccrual| m.accrued != super::RoleAmounts::default() || !m.true_up.is_zero();
    program.months.iter().filter(moved).map(told).collect()
}

/// The worked example of PAYOUTS.md.
fn volume_rebate() -> World {
    let mut world = World::new();
    let terms = world.program("p");
    terms.measure = Measure::Revenue;
    terms.period = PeriodKind::Quarter;
    terms.rate = percent_tiers(TierMode::Retroactive, &[("0", "2"), ("50000", "3")]);
    world.sale("T1", "A", "X1", "2026-05-31", "1", "40000");
    world.sale("T2", "A", "X1", "2026-06-15", "1", "30000");
    world
}

#[test]
fn a_retroactive_step_is_a_true_up_in_its_month_and_a_return_a_clawback_in_its_own() {
    let mut world = volume_rebate();
    world.give_back("R1", "T2", "2026-08-20", "1", "25000");
    let all = of(&world);
    // May 40,000 × 2%; June 30,000 × 3% and 40,000 × 1% more; 45,000 × 2% stays due.
    let expected = ["2026-05 800 0 0 0 800", "2026-06 900 400 0 0 2100", "2026-08 0 0 0 -1200 900"];
    assert_eq!(months(&all.programs[0]), expected);
    assert_eq!(all.programs[0].months.len(), 8);
    let sold: Vec<String> =
        all.programs[0].sales.iter().map(|m| format!("{} {}", m.month, m.revenue)).collect();
    assert_eq!(sold, ["2026-05 40000", "2026-06 30000", "2026-08 -25000"], "a return in its own month");
    assert_eq!(all.payouts.due.total, d("900"));
    assert_eq!(all.payouts.months, all.programs[0].months);
    let text = render(&all);
    let words = "  2026-06            900.00         400.00           0.00           0.00        1300.00        2100.00\n";
    assert!(text.contains(words), "{text}");
}

#[test]
fn nothing_after_the_day_asked_for_is_accrued() {
    let world = volume_rebate();
    let options = AccrualOptions { as_of: Some(day("2026-06-14")), ..AccrualOptions::default() };
    let all = accruals(&world.company(), &world.book(), &options);
    assert_eq!(months(&all.programs[0]), ["2026-05 800 0 0 0 800"]);
    assert_eq!(all.programs[0].months[1].through, day("2026-06-14"));
}

#[test]
fn a_sale_that_lifts_the_tier_again_lowers_what_was_taken_back() {
    let mut world = volume_rebate();
    world.sale("T0", "A", "X1", "2026-04-10", "1", "15000");
    // April 15,000 × 2% = 300, May 55,000 × 3% = 1,650 less 300 and the step of 150.
    world.give_back("R0", "T0", "2026-05-31", "1", "15000");
    // End of May due on 40,000: 800, so 850 back; June: paid 85,000 × 3% = 2,550,
    // due on 70,000: 2,100, so 450 back in all.
    let expected = ["2026-04 300 0 0 0 300", "2026-05 1200 150 0 -850 800", "2026-06 900 0 0 400 2100"];
    assert_eq!(months(&of(&world).programs[0]), expected);
}

#[test]
fn months_of_monthly_programs_hold_own_pay_overrides_and_clawbacks() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.override_percent = Some(d("1"));
    terms.caps.per_partner = Some(d("50"));
    world.sale("T1", "A", "X1", "2026-05-01", "6", "600");
    world.sale("T2", "B", "X1", "2026-06-30", "3", "300");
    world.give_back("R1", "T1", "2026-07-02", "2", "200");
    // T1: 60 cut to 50; after the return 40 is due: 10 back, and 1% of 200.
    let expected = ["2026-05 50 0 6 0 56", "2026-06 30 0 3 0 89", "2026-07 0 0 0 -12 77"];
    let all = of(&world);
    assert_eq!(months(&all.programs[0]), expected);
    let due = all.programs[0].due;
    assert_eq!((due.own, due.overrides, due.clawbacks), (d("80"), d("9"), d("-12")));
}

#[test]
fn a_budget_shared_among_more_takes_from_earlier_sales() {
    let mut world = World::new();
    let terms = world.program("p");
    terms.period = PeriodKind::Quarter;
    terms.caps.program_budget = Some(d("100"));
    world.sale("T1", "A", "X1", "2026-04-01", "8", "800");
    world.sale("T2", "B", "X1", "2026-06-01", "12", "1200");
    // April: 80. June: 200 are due, 100 are left: A 40, B 60.
    let program = &of(&world).programs[0];
    assert_eq!(months(program), ["2026-04 80 0 0 0 80", "2026-06 60 -40 0 0 100"]);
    assert_eq!((program.budgets[0].used, program.budgets[0].left), (d("100"), d("0")));
}

#[test]
fn funds_are_never_summed_with_payouts() {
    let mut world = volume_rebate();
    world.program("fund").kind = ProgramKind::Mdf;
    let all = of(&world);
    assert_eq!((all.payouts.due.total, all.funds.due.total), (d("2100"), d("20")));
    assert!(all.programs[0].fund && !all.programs[1].fund);
    assert!(all.payouts.months.iter().all(|m| m.month != "2026-04" && m.due_to_date <= d("2100")));
    assert!(render(&all).contains("Funds, apart from payouts\n  due to date 20.00"));
}

#[test]
fn recorded_payouts_stand_beside_by_status() {
    let world = volume_rebate();
    let mut company = world.company();
    for (id, status, accrued, paid) in
        [("a", "paid", "800", Some("790")), ("b", "paid", "1.5", None), ("c", "withheld", "3", None)]
    {
        company.payouts.push(RecordedPayout {
            id: id.into(),
            program_id: "p".into(),
            program_version: 1,
            partner: 0,
            period: span("2026-04-01", "2026-06-30"),
            accrued: d(accrued),
            role: PayoutRole::Own,
            transaction_id: None,
            status: status.into(),
            paid: paid.map(d),
            paid_on: None,
        });
    }
    let all = accruals(&company, &world.book(), &AccrualOptions::default());
    let recorded: Vec<_> =
        all.programs[0].recorded.iter().map(|r| (r.status.as_str(), r.lines, r.accrued, r.paid)).collect();
    assert_eq!(recorded, [("paid", 2, d("801.5"), d("790")), ("withheld", 1, d("3"), d("0"))]);
}

#[test]
fn exposure_is_pay_inside_the_window_times_what_history_saw_come_back() {
    let mut world = World::new();
    world.as_of("2026-06-30");
    world.program("p").rate = Rate::Flat(Pay::Percent(d("10")));
    // Seen through 60 days: 1000 + 1000 of January and 500 of 1 May (60 days old, its
    // 60 days are over); 100 came back after 10 days, 150 after 40.
    world.sale("T1", "A", "X1", "2026-01-05", "10", "1000");
    world.sale("T2", "A", "X1", "2026-01-06", "10", "1000");
    world.sale("T3", "A", "X1", "2026-05-01", "10", "500");
    world.give_back("R1", "T1", "2026-01-15", "1", "100");
    world.give_back("R2", "T2", "2026-02-15", "1", "150");
    // 31 days old: its first 30 days are seen, the second step runs.
    world.sale("T4", "B", "X2", "2026-05-30", "10", "700");
    // 5 days old; half of it already came back, which no step counts yet.
    world.sale("T5", "B", "X2", "2026-06-25", "10", "400");
    world.give_back("R5", "T5", "2026-06-28", "5", "200");
    // No family X: the shares of all.
    world.sale("T6", "B", "S1", "2026-06-25", "10", "900");
    let all = of(&world);
    assert_eq!(all.returns.window_days, 60);
    let step = |family: &str, from: u32| {
        let found = all.returns.steps.iter().find(|s| s.family == family && s.from_day == from);
        found.map(|s| (s.sold, s.returned, s.percent))
    };
    // 100 ÷ 3200 and 150 ÷ 2500.
    assert_eq!(step("X", 0), Some((d("3200"), d("100"), d("3.125"))));
    assert_eq!(step("X", 30), Some((d("2500"), d("150"), d("6"))));
    assert_eq!(step("Services", 30), Some((d("0"), d("0"), d("6"))), "no sale was seen through the step");
    let rows: Vec<_> =
        all.programs[0].exposure.rows.iter().map(|r| (r.from_day, r.paid, r.percent, r.amount)).collect();
    // 70 × 6%; (40 − 20) × 9.125% = 1.825; services: 90 × 9.125% = 8.2125.
    let expected = [
        (0, d("90"), d("9.125"), d("8.21")),
        (0, d("20"), d("9.125"), d("1.83")),
        (30, d("70"), d("6"), d("4.2")),
    ];
    assert_eq!(rows, expected);
    assert_eq!(all.payouts.exposure, d("14.24"));
    assert_eq!(all.programs[0].exposure.paid_in_window, d("180"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// The definition, held against full settlements: what is due at each month's end
    /// is what a settlement of everything sold by then owes.
    #[test]
    fn months_add_up_to_settlements_of_everything_sold_by_their_ends(recipe in recipes()) {
        let mut world = recipe.world();
        world.as_of("2026-10-20");
        let (company, book) = (world.company(), world.book());
        let all = accruals(&company, &book, &AccrualOptions::default());
        for program in &all.programs {
            for month in &program.months {
                let through = Some(month.through);
                let options =
                    SettleOptions { through, program: Some(&program.program_id), ..SettleOptions::default() };
                let settled = settle(&company, &book, &options);
                prop_assert_eq!(settled.total(), month.due_to_date, "{} {}", program.program_id, month.month);
                let own = settled.payouts.iter().filter(|p| p.role == PayoutRole::Own).map(|p| p.amount);
                let so_far = program.months.iter().filter(|m| m.through <= month.through);
                let told: Decimal = so_far.map(|m| m.new_sales + m.true_up).sum();
                prop_assert_eq!(own.sum::<Decimal>(), told);
            }
            let last = program.months.last().map(|m| m.due_to_date);
            prop_assert_eq!(last.unwrap_or_default(), program.due.total);
            prop_assert!(program.months.windows(2).all(|w| w[0].month < w[1].month));
        }
        let sum: Decimal = all.programs.iter().map(|p| p.due_at_expected_rate).sum();
        prop_assert_eq!(sum, all.payouts.due_at_expected_rate);
        prop_assert_eq!(Month::of(all.as_of).key(), "2026-10");
    }

    /// Months of first sales never hold a true-up, and own pay of a month on its own
    /// sales is never negative.
    #[test]
    fn new_sales_never_earn_less_than_nothing(recipe in recipes()) {
        let world = recipe.world();
        for program in of(&world).programs {
            prop_assert!(program.months.first().is_none_or(|m| m.true_up.is_zero()));
            prop_assert!(program.months.iter().all(|m| m.new_sales >= Decimal::ZERO), "{:?}", program.months);
        }
    }
}
