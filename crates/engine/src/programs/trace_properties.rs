//! For random programs and histories: a trace leaves nothing out, its steps add up,
//! and it pays what the settlement pays.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::settle::{SettleOptions, settle};
use super::testing::span;
use super::testing_random::recipes;
use super::trace::{GroupTrace, Step, Trace, TraceOf, trace};
use super::trace_text::render;
use crate::calendar::Span;
use crate::company::Company;
use crate::programs::RuleBook;
use crate::sales::{LineKind, PayoutRole};

/// Amounts of steps are told to 12 digits.
const NOISE: Decimal = Decimal::from_parts(1, 0, 0, false, 9);

fn traced(company: &Company, book: &RuleBook, partner: usize, period: Span) -> Trace {
    trace(company, book, TraceOf { partner, program: "p", period, through: None, extra: &[] })
        .expect("a trace")
}

fn sum(steps: &[Step]) -> Decimal {
    steps.iter().map(|s| s.amount).sum()
}

fn paid(groups: &[GroupTrace], role: PayoutRole) -> Decimal {
    groups.iter().filter(|g| g.role == role).map(|g| g.paid).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn steps_add_up_to_the_payouts_of_the_settlement(recipe in recipes()) {
        let world = recipe.world();
        let (company, book) = (world.company(), world.book());
        let settled = settle(&company, &book, &SettleOptions::default()).payouts;
        for partner in 0..3 {
            let told = traced(&company, &book, partner, span("2024-01-01", "2028-12-31"));
            let owed: Vec<_> =
                settled.iter().filter(|p| p.partner == partner && p.program_id == "p").cloned().collect();
            prop_assert_eq!(&told.payouts, &owed);
            for group in &told.groups {
                prop_assert!((sum(&group.steps) - group.paid).abs() < NOISE, "{}", render(&told));
                let last = group.steps.last().map(|s| s.running);
                prop_assert!((last.unwrap_or_default() - group.paid).abs() < NOISE);
            }
            for role in [PayoutRole::Own, PayoutRole::Override] {
                let owed: Decimal = owed.iter().filter(|p| p.role == role).map(|p| p.amount).sum();
                prop_assert_eq!(paid(&told.groups, role), owed);
            }
            let back: Decimal = told.clawbacks.iter().map(|c| c.amount).sum();
            let owed: Decimal =
                owed.iter().filter(|p| p.role == PayoutRole::Clawback).map(|p| p.amount).sum();
            prop_assert_eq!(back, owed);
            prop_assert_eq!(paid(&told.groups, PayoutRole::Own) + paid(&told.groups, PayoutRole::Override) + back, told.total);
        }
    }

    #[test]
    fn every_sale_is_told_with_its_share_or_its_reason(recipe in recipes()) {
        let world = recipe.world();
        let (company, book) = (world.company(), world.book());
        for partner in 0..3 {
            let told = traced(&company, &book, partner, span("2024-01-01", "2028-12-31"));
            let sold = company.lines.iter().filter(|l| l.partner == partner && l.kind == LineKind::Sale);
            prop_assert_eq!(told.lines.len(), sold.count());
            for line in &told.lines {
                prop_assert!(line.share.is_some() || line.reason.is_some());
                prop_assert_eq!(line.reason.is_some(), line.why.is_some());
            }
            // Lines of a group add up to its pay before rounding and what comes after.
            let lines: Decimal = told.lines.iter().filter_map(|l| l.share.as_ref()).map(|s| s.kept).sum();
            let own = || told.groups.iter().filter(|g| g.role == PayoutRole::Own).flat_map(|g| &g.steps);
            let mut late = vec!["rounding", "cap_per_transaction", "program_budget"];
            if told.groups.iter().any(|g| g.transaction_id.is_some()) {
                late.push("cap_per_partner");
            }
            let early = own().filter(|s| !late.contains(&s.step));
            prop_assert!((early.map(|s| s.amount).sum::<Decimal>() - lines).abs() < NOISE, "{}", render(&told));
        }
    }

    /// What a clawback says is still due is what the group would be due.
    #[test]
    fn clawbacks_are_what_was_paid_less_what_is_still_due(recipe in recipes()) {
        let world = recipe.world();
        let (company, book) = (world.company(), world.book());
        for partner in 0..3 {
            let told = traced(&company, &book, partner, span("2024-01-01", "2028-12-31"));
            for back in told.clawbacks.iter().filter(|c| !c.still_due.is_empty()) {
                let figure = |after: &str| {
                    let rest = back.detail.split(after).nth(1).unwrap_or_default();
                    rest.split([' ', ':']).next().and_then(|f| f.parse::<Decimal>().ok()).expect("a figure")
                };
                let due = figure("still due ");
                prop_assert!((sum(&back.still_due) - due).abs() < NOISE);
                let taken = (figure("paid ") - figure("taken back before ") - due).max(Decimal::ZERO);
                prop_assert_eq!(-back.amount, taken);
            }
        }
    }

    /// A part of the time tells whole groups, and no group twice over two parts that
    /// meet at a year's end.
    #[test]
    fn parts_of_the_time_add_up_to_the_whole(recipe in recipes()) {
        let world = recipe.world();
        let (company, book) = (world.company(), world.book());
        let whole = traced(&company, &book, 0, span("2025-01-01", "2028-12-31")).total;
        let parts = [span("2025-01-01", "2025-12-31"), span("2026-01-01", "2028-12-31")];
        let sum: Decimal = parts.into_iter().map(|part| traced(&company, &book, 0, part).total).sum();
        prop_assert_eq!(sum, whole);
        let june = traced(&company, &book, 0, span("2026-06-01", "2026-06-30"));
        let told: Decimal = june.groups.iter().map(|g| g.paid).sum();
        let back: Decimal = june.clawbacks.iter().map(|c| c.amount).sum();
        prop_assert_eq!(told + back, june.total);
    }
}
