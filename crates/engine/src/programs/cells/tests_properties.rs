//! What must hold for any terms and any sales.

use proptest::prelude::*;

use super::rates::due;
use super::sample::{World, dec, pay, rebate, terms};
use super::{CellRules, LaneScratch};
use crate::calendar::PeriodKind;
use crate::programs::terms::{Accelerator, Caps, Measure, Pay, Rate, RateTier, Terms, TierMode};

fn period() -> impl Strategy<Value = PeriodKind> {
    prop_oneof![
        Just(PeriodKind::Transaction),
        Just(PeriodKind::Month),
        Just(PeriodKind::Quarter),
        Just(PeriodKind::Half),
        Just(PeriodKind::Year)
    ]
}

/// Tiers with rising rates.
fn rising(percent: bool) -> impl Strategy<Value = Vec<RateTier>> {
    prop::collection::vec((1u32..400, 1u32..30), 1..4).prop_map(move |steps| {
        let (mut from, mut rate) = (0u32, 0u32);
        let mut tiers = Vec::new();
        for (up, more) in steps {
            rate += more;
            let pay = if percent { Pay::Percent(rate.into()) } else { Pay::PerUnit(rate.into()) };
            tiers.push(RateTier { from: from.into(), pay });
            from += up;
        }
        tiers
    })
}

prop_compose! {
    fn tiered()(
        percent in any::<bool>(),
        in_units in any::<bool>(),
        period in period(),
    )(
        tiers in rising(percent),
        measure in Just(if in_units { Measure::Units } else { Measure::Revenue }),
        period in Just(period),
        minimum in prop::option::of(1u32..50),
        target in prop::option::of(10u32..300),
    ) -> Terms {
        Terms {
            rate: Rate::Tiered { tiers, mode: TierMode::Marginal },
            measure,
            period,
            minimum: minimum.map(Into::into),
            target: target.map(Into::into),
            accelerator: Some(Accelerator { above_attainment: dec("100"), multiplier: dec("1.5") }),
            ..terms()
        }
    }
}

fn units() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(0.0..60.0f64, 16)
}

/// One partner, two products at 7 and 11, January to August 2026.
fn paid(terms: &Terms, units: &[f64]) -> Vec<f64> {
    pay(&World::new(1, &["7", "11"]).program("p", terms.clone()).compile("2026-01-01", 8), 0, units).0
}

fn retroactive(terms: &Terms) -> Terms {
    let mut terms = terms.clone();
    if let Rate::Tiered { mode, .. } = &mut terms.rate {
        *mode = TierMode::Retroactive;
    }
    terms
}

/// Own pay of one partner and program by the rates of one draw, stretch by stretch.
fn by_hand(rules: &CellRules, units: &[f64]) -> Vec<f64> {
    let mut own = vec![0.0; rules.months()];
    for spell in &rules.spells {
        let (mut earned, mut measure) = (rules.openings[spell.openings.clone()].to_vec(), spell.measure);
        let mut before = spell.due;
        for slice in &rules.slices[spell.slices.clone()] {
            let volume = rules.volume(slice, units);
            measure += rules.push(&mut earned, slice, measure, &volume);
            let due = due(&rules.terms, &earned, measure);
            own[slice.t] += due - before;
            before = due;
        }
    }
    own
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn draws_side_by_side_are_paid_as_one_by_one(
        terms in tiered(),
        form in 0..4usize,
        draws in prop::collection::vec(units(), 16),
        cap in prop::option::of(1u32..2_000),
    ) {
        let caps = Caps { per_partner: cap.map(Into::into), ..Caps::default() };
        let terms = Terms { caps, ..terms };
        let terms = match form {
            0 => terms,
            1 => retroactive(&terms),
            2 => Terms { accelerator: None, target: None, ..retroactive(&terms) },
            _ => Terms { rate: Rate::Flat(Pay::Percent(dec("3"))), ..terms },
        };
        let rules = World::new(1, &["7", "11"]).program("p", terms).compile("2026-01-01", 8);
        let side_by_side: Vec<[f64; 16]> = (0..16).map(|at| std::array::from_fn(|d| draws[d][at])).collect();
        let (mut own, mut overrides) = (vec![[0.0; 16]; 8], vec![[0.0; 16]; 8]);
        rules.pay_lanes(0, &side_by_side, |p| p, &mut LaneScratch::default(), &mut own, &mut overrides);
        for (d, units) in draws.iter().enumerate() {
            for ((t, known), own) in by_hand(&rules, units).into_iter().enumerate().zip(&own) {
                prop_assert!((own[d] - known).abs() < 1e-6, "draw {d}, month {t}: {} {known}", own[d]);
            }
        }
    }

    #[test]
    fn pay_is_never_negative_and_marginal_never_above_retroactive(terms in tiered(), units in units()) {
        let marginal = paid(&terms, &units);
        let retroactive = paid(&retroactive(&terms), &units);
        for pay in marginal.iter().chain(&retroactive) {
            prop_assert!(*pay >= -1e-9, "{marginal:?} {retroactive:?}");
        }
        let (one, other): (f64, f64) = (marginal.iter().sum(), retroactive.iter().sum());
        prop_assert!(one <= other + 1e-6, "{one} > {other}");
    }

    #[test]
    fn months_sum_to_what_is_due_at_the_end(terms in tiered(), units in units()) {
        // The same sales, a year's in its last month: due at the end is the same
        // where the order of the months does not matter to the rate.
        let terms = Terms { period: PeriodKind::Year, ..retroactive(&terms) };
        let terms = Terms { accelerator: None, ..terms };
        let months = paid(&terms, &units);
        let mut at_once = vec![0.0; 16];
        at_once[7] = units[..8].iter().sum();
        at_once[15] = units[8..].iter().sum();
        let end = paid(&terms, &at_once);
        prop_assert!((months.iter().sum::<f64>() - end[7]).abs() < 1e-6, "{months:?} {end:?}");
        prop_assert!(end[..7].iter().all(|pay| *pay == 0.0));
    }

    #[test]
    fn a_cap_holds_in_every_period(terms in tiered(), units in units(), cap in 1u32..2_000) {
        let caps = Caps { per_partner: Some(cap.into()), ..Caps::default() };
        for terms in [Terms { caps, ..terms.clone() }, Terms { caps, ..retroactive(&terms) }] {
            let pay = paid(&terms, &units);
            let uncut = paid(&Terms { caps: Caps::default(), ..terms.clone() }, &units);
            let length = crate::calendar::FiscalCalendar::months_in(terms.period) as usize;
            for (period, whole) in pay.chunks(length).zip(uncut.chunks(length)) {
                let (cut, whole): (f64, f64) = (period.iter().sum(), whole.iter().sum());
                prop_assert!(cut <= f64::from(cap) + 1e-6);
                prop_assert!((cut - whole.min(f64::from(cap))).abs() < 1e-6, "{cut} {whole} {cap}");
            }
        }
    }

    #[test]
    fn a_budget_is_never_overspent(
        pay in prop::collection::vec(0.0..500.0f64, 6),
        budget in 1u32..3_000,
    ) {
        let caps = Caps { program_budget: Some(budget.into()), ..Caps::default() };
        let terms = Terms { caps, ..rebate(TierMode::Marginal) };
        let rules = World::new(1, &["1"]).program("p", terms).compile("2026-07-01", 6);
        let mut shares = [f64::NAN; 6];
        let when = rules.fund(0, &pay, &mut shares);
        let funded: f64 = pay.iter().zip(&shares).map(|(pay, share)| pay * share).sum();
        let asked: f64 = pay.iter().sum();
        prop_assert!((funded - asked.min(f64::from(budget))).abs() < 1e-6);
        prop_assert!(shares.iter().all(|s| (0.0..=1.0).contains(s)));
        prop_assert_eq!(when.is_some(), asked > f64::from(budget));
        if let Some(when) = when {
            let month = when.floor() as usize;
            prop_assert!(shares[..month].iter().all(|s| *s == 1.0));
        }
    }
}
