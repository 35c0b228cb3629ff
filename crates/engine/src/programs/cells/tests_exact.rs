//! The same lines, paid in cells and settled exactly, agree (FORECASTING.md §4).

use proptest::prelude::*;

use super::sample::{World, dec, pay, segment, span, terms};
use crate::calendar::{Month, PeriodKind};
use crate::programs::settle::{SettleOptions, settle};
use crate::programs::terms::{
    Accelerator, Caps, Eligible, Growth, Measure, Pay, Rate, RateTier, Stacking, StackingMode, Terms,
    TierMode,
};
use crate::sales::PayoutRole;

fn period() -> impl Strategy<Value = PeriodKind> {
    prop_oneof![
        Just(PeriodKind::Month),
        Just(PeriodKind::Quarter),
        Just(PeriodKind::Half),
        Just(PeriodKind::Year)
    ]
}

fn rate() -> impl Strategy<Value = Rate> {
    let pay = (any::<bool>(), 1u32..200).prop_map(|(percent, rate)| {
        if percent { Pay::Percent(rate.into()) } else { Pay::PerUnit(rate.into()) }
    });
    let tiers = prop::collection::vec((0u32..300, pay.clone()), 1..4).prop_map(|mut tiers| {
        tiers.sort_by_key(|t| t.0);
        tiers.dedup_by_key(|t| t.0);
        tiers.into_iter().map(|(from, pay)| RateTier { from: from.into(), pay }).collect::<Vec<_>>()
    });
    let mode = prop_oneof![Just(TierMode::Marginal), Just(TierMode::Retroactive)];
    prop_oneof![
        pay.prop_map(Rate::Flat),
        (tiers, mode).prop_map(|(tiers, mode)| Rate::Tiered { tiers, mode })
    ]
}

prop_compose! {
    fn any_terms()(
        rate in rate(),
        in_units in any::<bool>(),
        minimum in prop::option::of(1u32..200),
        target in prop::option::of(1u32..200),
        multiplier in prop_oneof![Just("0.5"), Just("1.5"), Just("2")],
        above in prop::option::of(0u32..50),
        cap in prop::option::of(1u32..9_000),
    ) -> Terms {
        Terms {
            rate,
            measure: if in_units { Measure::Units } else { Measure::Revenue },
            minimum: minimum.map(Into::into),
            target: target.map(Into::into),
            accelerator: target.map(|_| Accelerator { above_attainment: dec("80"), multiplier: dec(multiplier) }),
            growth: above.map(|above| Growth { above: above.into() }),
            caps: Caps { per_partner: cap.map(Into::into), ..Caps::default() },
            override_percent: Some(dec("2")),
            ..terms()
        }
    }
}

/// Pay due by the end of each month of 2026, by the exact calculator.
fn exact(world: &World, role: PayoutRole) -> Vec<f64> {
    let due = |t: i32| {
        let through = Some(Month::of("2026-01-01".parse().expect("a date")).plus(t).last_day());
        let settled =
            settle(&world.company, &world.rules, &SettleOptions { through, ..SettleOptions::default() });
        let lines =
            settled.payouts.iter().filter(|p| p.role == role && p.period_end.to_string().as_str() >= "2026");
        lines.map(|p| super::number(p.amount)).sum()
    };
    (0..8).map(due).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn cells_and_the_exact_calculator_agree(
        one in any_terms(),
        two in any_terms(),
        kind in period(),
        first in 0usize..8,
        units in prop::collection::vec(0u32..60, 8),
        last_year in prop::collection::vec(0u32..60, 8),
    ) {
        let one = Terms { period: kind, effective: span("2024-01-01", "2026-03-31"), ..one };
        let two = Terms { period: kind, effective: span("2026-04-01", "2026-12-31"), measure: one.measure, ..two };
        let mut world = World::new(2, &["3"]).partner(0, |p| p.parent = Some(1)).program("p", one).segment(segment(2, two));
        world.company.as_of = "2026-08-31".parse().expect("a date");
        for (t, (now, before)) in units.iter().zip(&last_year).enumerate() {
            for (year, units) in [(2025, before), (2026, now)] {
                if *units > 0 {
                    world = world.sale(&format!("{year}-{:02}-11", t + 1), 0, 0, &units.to_string());
                }
            }
        }
        let rules = world.compile(&format!("2026-{:02}-01", first + 1), 8 - first);
        let ahead: Vec<f64> = units[first..].iter().map(|u| f64::from(*u)).collect();
        let (own, mut overrides) = pay(&rules, 0, &ahead);
        rules.cap_overrides(0, 1, &mut overrides);
        let want = exact(&world, PayoutRole::Own);
        let before = if first == 0 { 0.0 } else { want[first - 1] };
        let mut sum = before;
        for (t, pay) in own.iter().enumerate() {
            sum += pay;
            // One minor unit a payout line; there are at most nine by then, twice.
            prop_assert!((sum - want[first + t]).abs() < 0.1, "{t}: {sum} {want:?} {own:?}");
        }
        let want = exact(&world, PayoutRole::Override);
        let before = if first == 0 { 0.0 } else { want[first - 1] };
        prop_assert!((before + overrides.iter().sum::<f64>() - want[7]).abs() < 0.1, "{overrides:?} {want:?}");
    }
}

prop_compose! {
    /// Terms with tests that only lines can answer, in a group or not.
    fn lined_terms()(
        base in any_terms(),
        kind in prop_oneof![Just(PeriodKind::Transaction), period()],
        (registration, new_customer, bundle, claim) in (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()),
        tests in any::<bool>(),
        gold in any::<bool>(),
        mode in prop_oneof![
            Just(None), Just(Some(StackingMode::Stack)), Just(Some(StackingMode::Exclusive)),
        ],
        priority in 0i64..3,
        cap in prop::option::of(1u32..900),
    ) -> Terms {
        let by_sale = kind == PeriodKind::Transaction;
        let caps = Caps {
            per_transaction: cap.filter(|_| by_sale).map(Into::into),
            program_budget: Some(dec("1000000000")),
            ..base.caps
        };
        Terms {
            eligible: Eligible {
                tiers: if gold { vec!["Gold".into()] } else { Vec::new() },
                deal_registration_required: tests && registration,
                new_customer_only: tests && new_customer,
                ..Eligible::default()
            },
            bundle: if tests && bundle { vec!["SKU1".into(), "SKU2".into()] } else { Vec::new() },
            claim_within_days: (tests && claim).then_some(20),
            stacking: mode.map(|mode| Stacking { group: "g".into(), mode, priority }),
            growth: base.growth.filter(|_| !by_sale),
            period: kind,
            caps,
            ..base
        }
    }
}

/// Day of 2026, partner, product, units, customer, deal registration, days to the report.
type Sold = (u32, usize, usize, u32, u32, bool, u64);

fn sold() -> impl Strategy<Value = Sold> {
    (0u32..180, 0usize..2, 0usize..2, 1u32..40, 0u32..6, any::<bool>(), 0u64..40)
}

fn sell(world: World, (on, partner, product, units, customer, registered, late): Sold) -> World {
    let on = "2026-01-01".parse::<chrono::NaiveDate>().expect("a date") + chrono::Days::new(on.into());
    world.sale_with(&on.to_string(), partner, product, &units.to_string(), |line| {
        line.customer_id = Some(format!("C{customer}"));
        line.deal_registration_id = registered.then(|| "D1".to_owned());
        line.reported_on = Some(on + chrono::Days::new(late));
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_was_spent_by_the_lines_is_what_the_exact_calculator_pays(
        one in lined_terms(),
        two in lined_terms(),
        lines in prop::collection::vec(sold(), 0..40),
    ) {
        let mut world = World::new(2, &["3", "5"])
            .program("a", one)
            .program("b", two)
            .registration("D1", 0, 0, "2026-02-01")
            .partner(0, |p| p.tier_history = vec![("2026-03-10".parse().expect("a date"), "Silver".into())]);
        for line in lines {
            world = sell(world, line);
        }
        let rules = world.compile("2026-07-01", 1);
        let settled = settle(&world.company, &world.rules, &SettleOptions::default());
        for program in rules.programs() {
            let own = settled.payouts.iter().filter(|p| p.role == PayoutRole::Own && p.program_id == program.id);
            let want: f64 = own.map(|p| super::number(p.amount)).sum();
            let got = program.budget.unwrap_or(0.0) - program.budget_left.unwrap_or(0.0);
            // Half a minor unit a transaction at most.
            prop_assert!((got - want).abs() < 0.25, "{}: {got} {want}", program.id);
        }
    }
}
