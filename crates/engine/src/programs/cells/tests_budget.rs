//! Budgets: what is left when the cells begin, and when it runs out.

use super::sample::{World, assert_close, dec, rebate, segment, span, terms};
use crate::calendar::PeriodKind;
use crate::programs::terms::{Caps, Terms, TierMode};

fn budget(amount: &str) -> Caps {
    Caps { program_budget: Some(dec(amount)), ..Caps::default() }
}

fn fund(rules: &super::CellRules, pay: &[f64]) -> (Option<f64>, Vec<f64>) {
    let mut shares = vec![f64::NAN; pay.len()];
    (rules.fund(0, pay, &mut shares), shares)
}

#[test]
fn recorded_payouts_are_what_was_spent() {
    let world = World::new(1, &["800"])
        .program("p", Terms { caps: budget("1000"), ..terms() })
        .payout("p", 1, span("2026-05-01", "2026-05-31"), "300")
        .payout("p", 1, span("2026-06-01", "2026-06-30"), "200")
        .payout("p", 7, span("2026-06-01", "2026-06-30"), "999")
        .payout("q", 1, span("2026-06-01", "2026-06-30"), "999")
        .sale("2026-05-01", 0, 0, "100");
    let rules = world.compile("2026-07-01", 3);
    assert_eq!(rules.programs()[0].budget, Some(1_000.0));
    assert_eq!(rules.programs()[0].budget_left, Some(500.0));
    let (when, shares) = fund(&rules, &[200.0, 400.0, 100.0]);
    assert_close(&shares, &[1.0, 0.75, 0.0]);
    assert_close(&[when.unwrap_or(f64::NAN)], &[1.75]);
    assert_eq!(fund(&rules, &[200.0, 300.0, 0.0]).0, None, "spent to the last cent is not short");
    // Looking back from June, the payout of June is still to come.
    assert_eq!(world.compile("2026-06-01", 1).programs()[0].budget_left, Some(700.0));
}

#[test]
fn without_rows_the_lines_say_what_was_spent() {
    let caps = Caps { per_partner: Some(dec("300")), ..budget("1000") };
    let by_sale = Terms { caps, period: PeriodKind::Transaction, ..terms() };
    let world = World::new(2, &["800"])
        .program("p", by_sale)
        .sale("2026-05-01", 0, 0, "5")
        .sale("2026-05-09", 0, 0, "5")
        .sale("2026-05-01", 1, 0, "2")
        .sale("2026-06-01", 0, 0, "1");
    // 200 and 100 up to the month's cap, 80, 40.
    assert_eq!(world.compile("2026-07-01", 1).programs()[0].budget_left, Some(580.0));
    let caps = budget("2000");
    let by_half = Terms { caps, period: PeriodKind::Half, ..rebate(TierMode::Retroactive) };
    let world = World::new(1, &["1"]).program("p", by_half).sale("2025-11-01", 0, 0, "10000").sale(
        "2026-05-01",
        0,
        0,
        "60000",
    );
    // 200 for the closed half, 1,800 for the one in progress.
    assert_eq!(world.compile("2026-06-01", 1).programs()[0].budget_left, Some(0.0));
}

#[test]
fn the_period_in_progress_is_spent_from_its_lines() {
    let by_half = Terms { caps: budget("5000"), period: PeriodKind::Half, ..rebate(TierMode::Marginal) };
    let world = World::new(1, &["1"])
        .program("p", by_half)
        .payout("p", 1, span("2025-07-01", "2025-12-31"), "400")
        .payout("p", 1, span("2026-01-01", "2026-06-30"), "77")
        .sale("2026-02-01", 0, 0, "10000");
    assert_eq!(world.compile("2026-06-01", 1).programs()[0].budget_left, Some(4_400.0));
}

#[test]
fn each_version_has_its_own_budget() {
    let one = Terms { caps: budget("100"), effective: span("2026-01-01", "2026-08-31"), ..terms() };
    let two = Terms { caps: budget("500"), effective: span("2026-09-01", "2026-12-31"), ..terms() };
    let world = World::new(1, &["800"]).program("p", one).segment(segment(2, two));
    let rules = world.compile("2026-07-01", 4);
    let (when, shares) = fund(&rules, &[80.0, 40.0, 400.0, 200.0]);
    assert_close(&shares, &[1.0, 0.5, 1.0, 0.5]);
    assert_close(&[when.unwrap_or(f64::NAN)], &[1.5]);
}

#[test]
fn a_lever_on_the_budget_keeps_what_was_spent() {
    let mut world = World::new(1, &["800"]).program("p", Terms { caps: budget("1000"), ..terms() }).payout(
        "p",
        1,
        span("2026-06-01", "2026-06-30"),
        "600",
    );
    let change = |t: &Terms| Some(Terms { caps: budget("2000"), ..t.clone() });
    world.rules.programs[0].overlay(span("2026-07-01", "2026-09-30"), None, change);
    let rules = world.compile("2026-07-01", 4);
    assert_eq!(rules.programs()[0].budget_left, Some(1_400.0));
    let (when, shares) = fund(&rules, &[300.0, 300.0, 300.0, 300.0]);
    // Back at 1,000 in October, 1,500 are spent already.
    assert_close(&shares, &[1.0, 1.0, 1.0, 0.0]);
    assert_close(&[when.unwrap_or(f64::NAN)], &[3.0]);
}

#[test]
fn no_budget_funds_everything() {
    let rules = World::new(1, &["800"]).program("p", terms()).compile("2026-07-01", 2);
    assert_eq!(fund(&rules, &[1e9, 1e9]), (None, vec![1.0, 1.0]));
    assert_eq!(rules.programs()[0].budget, None);
}
