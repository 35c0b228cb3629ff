//! Open periods at the rate reached and at the expected rate, computed by hand.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::open::OpenPeriod;
use super::outlook::{ExpectedSales, Outlook};
use super::{AccrualOptions, ProgramAccruals, accruals};
use crate::calendar::{Month, PeriodKind};
use crate::programs::terms::{Accelerator, Growth, Measure, TierMode};
use crate::programs::testing::{World, d, day, percent_tiers, span};
use crate::programs::testing_random::recipes;

fn told(world: &World, outlook: Outlook<'_>) -> ProgramAccruals {
    let options = AccrualOptions { outlook, ..AccrualOptions::default() };
    accruals(&world.company(), &world.book(), &options).programs.remove(0)
}

fn expecting(partner: usize, product: usize, month: &str, units: &str, revenue: &str) -> ExpectedSales {
    let month = Month::of(day(&format!("{month}-01")));
    ExpectedSales { partner, product, month, units: d(units), revenue: d(revenue) }
}

/// `reached expected` of own pay, and of the clawbacks.
fn amounts(open: &OpenPeriod) -> [Decimal; 4] {
    let (now, then) = (open.at_rate_reached, open.at_expected_rate);
    [now.own, then.own, now.clawbacks, then.clawbacks]
}

/// A quarterly program of 2% and, from 50,000, 3%, at 15 May 2026: 45 of 91 days.
fn quarter(mode: TierMode, revenue: &str) -> World {
    let mut world = World::new();
    world.as_of("2026-05-15");
    let terms = world.program("p");
    terms.measure = Measure::Revenue;
    terms.period = PeriodKind::Quarter;
    terms.rate = percent_tiers(mode, &[("0", "2"), ("50000", "3")]);
    world.sale("T1", "A", "X1", "2026-04-20", "1", revenue);
    world
}

#[test]
fn a_retroactive_tier_expected_at_the_end_is_accrued_on_the_sales_so_far() {
    // 30,000 × 91 ÷ 45 = 60,666.67: tier from 50,000.
    let program = told(&quarter(TierMode::Retroactive, "30000"), Outlook::RunRate);
    assert_eq!(amounts(&program.open[0]), [d("600"), d("900"), d("0"), d("0")]);
    let partner = &program.open[0].partners[0];
    assert_eq!((partner.tier_reached, partner.tier_expected), (Some(d("0")), Some(d("50000"))));
    assert_eq!(partner.expected_measure.round_dp(2), d("60666.67"));
    assert_eq!((program.due.total, program.due_at_expected_rate), (d("600"), d("900")));
    // 24,000 × 91 ÷ 45 = 48,533.33: not reached.
    let program = told(&quarter(TierMode::Retroactive, "24000"), Outlook::RunRate);
    assert_eq!(amounts(&program.open[0])[..2], [d("480"), d("480")]);
}

#[test]
fn the_text_says_which_tier_is_expected() {
    let world = quarter(TierMode::Retroactive, "30000");
    let told = super::text::render(&accruals(&world.company(), &world.book(), &AccrualOptions::default()));
    let open = "  open 2026-04-01 to 2026-06-30: at the rate reached 600.00, at the expected rate 900.00\n";
    let partner =
        "    A: measure 30000 (tier from 0), expected 60666.67 (tier from 50000): 600.00 becomes 900.00\n";
    assert!(told.contains(&format!("{open}{partner}")), "{told}");
}

#[test]
fn rounding_alone_moves_no_cents() {
    let mut world = World::new();
    world.as_of("2026-05-15");
    let terms = world.program("p");
    terms.period = PeriodKind::Quarter;
    terms.rate = percent_tiers(TierMode::Marginal, &[("0", "1.005")]);
    world.sale("T1", "A", "X1", "2026-04-20", "1", "100");
    world.sale("T2", "A", "X1", "2026-05-02", "1", "100");
    let program = told(&world, Outlook::RunRate);
    // April 1.005 is 1.01, with May 2.01; nothing of it is a true-up.
    assert_eq!(amounts(&program.open[0])[..2], [d("2.01"), d("2.01")]);
    assert!(program.months.iter().all(|m| m.true_up.is_zero()));
}

#[test]
fn a_marginal_tier_expected_at_the_end_changes_nothing_for_the_sales_so_far() {
    let program = told(&quarter(TierMode::Marginal, "30000"), Outlook::RunRate);
    assert_eq!(amounts(&program.open[0])[..2], [d("600"), d("600")]);
}

#[test]
fn the_forecast_of_the_caller_takes_the_place_of_the_run_rate() {
    let world = quarter(TierMode::Retroactive, "30000");
    let (a, x1) = (0, 1);
    let less = [expecting(a, x1, "2026-05", "1", "9000"), expecting(a, x1, "2026-06", "1", "10999")];
    assert_eq!(amounts(&told(&world, Outlook::Supplied(&less)).open[0])[..2], [d("600"), d("600")]);
    let enough = [less[0], expecting(a, x1, "2026-06", "1", "11000"), expecting(a, x1, "2026-07", "1", "1")];
    let program = told(&world, Outlook::Supplied(&enough));
    assert_eq!(amounts(&program.open[0])[..2], [d("600"), d("900")]);
    assert_eq!(program.open[0].partners[0].expected_measure, d("50000"));
}

#[test]
fn of_a_supplied_forecast_only_the_share_counts_that_counted_so_far() {
    let mut world = quarter(TierMode::Retroactive, "30000");
    world.sale("T2", "A", "X1", "2026-04-21", "1", "10000");
    let mut company = world.company();
    company.programs[0].versions[0].terms.eligible.new_customer_only = true;
    company.lines.iter_mut().for_each(|l| l.customer_id = Some("C1".into()));
    let book = crate::programs::RuleBook::of(&company.programs);
    // T1 is the customer's first: 30,000 of 40,000 counted, so 3/4 of what comes.
    let expected = |revenue: &str| {
        let sales = [expecting(0, 1, "2026-06", "1", revenue)];
        let options = AccrualOptions { outlook: Outlook::Supplied(&sales), ..AccrualOptions::default() };
        accruals(&company, &book, &options).programs[0].open[0].at_expected_rate.own
    };
    assert_eq!((expected("26666"), expected("26667")), (d("600"), d("900")));
}

#[test]
fn pay_held_back_by_a_minimum_is_accrued_once_it_is_expected_to_be_met() {
    let mut world = World::new();
    world.as_of("2026-05-15");
    let terms = world.program("p");
    terms.period = PeriodKind::Quarter;
    terms.minimum = Some(d("20"));
    world.sale("T1", "A", "X1", "2026-04-20", "10", "1000");
    world.sale("T2", "B", "X1", "2026-04-20", "9", "1000");
    // A: 10 × 91 ÷ 45 = 20.2 units; B: 18.2.
    let program = told(&world, Outlook::RunRate);
    assert_eq!(amounts(&program.open[0])[..2], [d("0"), d("100")]);
    let partners: Vec<_> = program.open[0].partners.iter().map(|p| p.expected).collect();
    assert_eq!(partners, [d("100"), d("0")]);
}

#[test]
fn growth_is_that_expected_at_the_end_and_the_accelerator_waits_for_its_sales() {
    let mut world = World::new();
    world.as_of("2026-05-15");
    let terms = world.program("p");
    terms.period = PeriodKind::Quarter;
    terms.growth = Some(Growth { above: d("0") });
    terms.target = Some(d("50"));
    terms.accelerator = Some(Accelerator { above_attainment: d("100"), multiplier: d("2") });
    world.sale("L1", "A", "X1", "2025-05-01", "40", "4000");
    world.sale("T1", "A", "X1", "2026-05-01", "45", "4500");
    // So far 450 × 5/45 = 50; at the end 91 units: 450 × 51/91 = 252.197…
    let program = told(&world, Outlook::RunRate);
    assert_eq!(amounts(&program.open[0])[..2], [d("50"), d("252.2")]);
    assert_eq!(program.open[0].partners[0].attainment_expected, Some(d("182")));
}

#[test]
fn what_came_back_of_the_open_period_is_taken_off_at_the_expected_rate() {
    let mut world = quarter(TierMode::Retroactive, "40000");
    world.give_back("R1", "T1", "2026-05-02", "1", "10000");
    // Reached: 800 and 200 back. At the end 80,889 less 10,000: 3%: 1,200, 300 back.
    let program = told(&world, Outlook::RunRate);
    assert_eq!(amounts(&program.open[0]), [d("800"), d("1200"), d("-200"), d("-300")]);
    assert_eq!(program.due_at_expected_rate, d("900"));
}

#[test]
fn a_budget_expected_to_run_out_is_shared_as_expected() {
    let mut world = World::new();
    world.as_of("2026-05-15");
    let terms = world.program("p");
    terms.period = PeriodKind::Quarter;
    terms.caps.program_budget = Some(d("455"));
    world.sale("T0", "A", "X1", "2026-01-01", "10", "1000");
    world.sale("T1", "A", "X1", "2026-04-20", "18", "1800");
    world.sale("T2", "B", "X1", "2026-04-20", "9", "900");
    // Left after the first quarter: 355. Expected at the end: A 364, B 182, 546 in
    // all; A gets 236.67 and B 118.33. Of it 180/364, 117.03, is for A's sales so far,
    // and 90/182, 58.51, for B's.
    let program = told(&world, Outlook::RunRate);
    let partners: Vec<_> = program.open[0].partners.iter().map(|p| (p.reached, p.expected)).collect();
    assert_eq!(partners, [(d("180"), d("117.03")), (d("90"), d("58.51"))]);
}

#[test]
fn days_without_terms_are_neither_so_far_nor_still_to_come() {
    let mut world = World::new();
    world.as_of("2026-05-15");
    let terms = world.program("p");
    terms.effective = span("2026-05-01", "2026-05-30");
    terms.period = PeriodKind::Quarter;
    world.sale("T1", "A", "X1", "2026-05-10", "10", "1000");
    // 15 days so far, 15 to come.
    assert_eq!(told(&world, Outlook::RunRate).open[0].partners[0].expected_measure, d("20"));
}

#[test]
fn a_finished_period_is_not_open_and_overrides_have_one_rate() {
    let mut world = quarter(TierMode::Retroactive, "30000");
    world.as_of("2026-06-30");
    assert!(told(&world, Outlook::RunRate).open.is_empty());
    let mut world = World::new();
    world.as_of("2026-05-15");
    world.program("p").override_percent = Some(d("1"));
    world.sale("T1", "A", "X1", "2026-05-02", "1", "500");
    world.give_back("R1", "T1", "2026-05-03", "1", "100");
    let open = &told(&world, Outlook::RunRate).open[0];
    assert_eq!((open.at_rate_reached.overrides, open.at_expected_rate.overrides), (d("5"), d("5")));
    assert_eq!(open.at_rate_reached.clawbacks, d("-11"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// When nothing more is expected, the expected rate is the rate reached.
    #[test]
    fn without_further_sales_the_expected_rate_is_the_rate_reached(recipe in recipes()) {
        let mut world = recipe.world();
        world.as_of("2026-08-20");
        let (company, book) = (world.company(), world.book());
        let options = AccrualOptions { outlook: Outlook::Supplied(&[]), ..AccrualOptions::default() };
        for program in accruals(&company, &book, &options).programs {
            for open in &program.open {
                prop_assert_eq!(open.at_rate_reached.own, open.at_expected_rate.own);
                prop_assert_eq!(open.at_rate_reached.overrides, open.at_expected_rate.overrides);
                prop_assert!(open.period.end > company.as_of && open.period.contains(company.as_of));
            }
            prop_assert!(program.open.iter().all(|o| o.at_expected_rate.own >= Decimal::ZERO));
        }
    }
}
