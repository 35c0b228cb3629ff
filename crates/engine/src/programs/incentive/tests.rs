//! The effective incentive on small companies whose x is known by hand.

use super::*;
use crate::programs::cells::sample::{World, assert_close, dec, rebate, span, terms};
use crate::programs::terms::{Caps, Eligible, Growth, Measure, Pay, Rate, Terms, TierMode};

/// x over some months, everybody expected to sell `units` of everything a month.
fn x(world: &World, first: &str, months: usize, units: f64) -> Incentives {
    let panel = world.panel("2024-01-01", 30, 0.0);
    let expected = vec![units; panel.series.len() * months];
    let net_price = world.net_price(months);
    let first = Month::of(first.parse().expect("a date"));
    incentives(&world.company, &panel, &world.rules, first, months, &expected, &net_price)
}

#[test]
fn a_flat_spiff_is_amount_over_price() {
    let world = World::new(1, &["800"]).program("p", terms());
    for first in ["2025-06-01", "2026-07-01"] {
        let x = x(&world, first, 2, 3.0);
        assert_eq!(x.seller, [0.05, 0.05]);
        assert_eq!(x.firm, [0.0, 0.0]);
    }
}

#[test]
fn x_is_zero_outside_the_program_while_paused_and_for_those_not_eligible() {
    let eligible = Eligible { tiers: vec!["Gold".into()], ..Eligible::default() };
    let effective = span("2025-02-01", "2025-12-31");
    let mut world =
        World::new(2, &["800"]).program("p", Terms { eligible, effective, ..terms() }).partner(1, |p| {
            p.tier = "Silver".into();
            p.tier_history = vec![("2025-04-01".parse().expect("a date"), "Gold".into())];
        });
    world.rules.programs[0].overlay(span("2025-03-01", "2025-03-31"), None, |_| None);
    let x = x(&world, "2025-01-01", 4, 3.0);
    assert_eq!(x.seller, [0.0, 0.05, 0.0, 0.05, 0.0, 0.0, 0.0, 0.05]);
}

#[test]
fn a_month_cut_by_a_change_is_split_by_days() {
    let mut world = World::new(1, &["800"]).program("p", terms());
    let raise = |t: &Terms| Some(Terms { rate: Rate::Flat(Pay::PerUnit(dec("48"))), ..t.clone() });
    world.rules.programs[0].overlay(span("2026-07-15", "2026-08-31"), None, raise);
    let x = x(&world, "2026-07-01", 3, 3.0);
    assert_close(&x.seller, &[(14.0 * 0.05 + 17.0 * 0.06) / 31.0, 0.06, 0.05]);
}

#[test]
fn the_jump_of_a_retroactive_tier_is_smoothed() {
    let world = World::new(1, &["100"]).program("p", rebate(TierMode::Retroactive));
    // 480 units a quarter, 48,000: 10% up reaches 52,800 at 3%, 10% down 43,200 at 2%.
    let near = x(&world, "2025-07-01", 3, 160.0);
    let want = (52_800.0 * 0.03 - 43_200.0 * 0.02) / (52_800.0 - 43_200.0);
    assert_close(&near.firm, &[want; 3]);
    assert_eq!(near.seller, [0.0; 3]);
    assert_close(&x(&world, "2025-07-01", 3, 100.0).firm, &[0.02; 3]);
    assert_close(&x(&world, "2025-07-01", 3, 300.0).firm, &[0.03; 3]);
    // Marginal: the part of ±10% that lies above 50,000 earns 3%.
    let world = World::new(1, &["100"]).program("p", rebate(TierMode::Marginal));
    let want = (6_800.0 * 0.02 + 2_800.0 * 0.03) / 9_600.0;
    assert_close(&x(&world, "2025-07-01", 3, 160.0).firm, &[want; 3]);
}

#[test]
fn other_products_are_held_and_count_towards_the_tier() {
    let world = World::new(1, &["100", "100"]).program("p", rebate(TierMode::Retroactive));
    // 24,000 each: one product's ±10% stays below 50,000 … 50,400 crosses it.
    let x = x(&world, "2025-07-01", 3, 80.0);
    let want = (50_400.0 * 0.03 - 45_600.0 * 0.02) / 4_800.0;
    assert_close(&x.firm, &[want; 6]);
}

#[test]
fn a_cap_that_binds_takes_the_incentive_away() {
    let caps = Caps { per_partner: Some(dec("400")), ..Caps::default() };
    let world = World::new(1, &["800"]).program("p", Terms { caps, ..terms() });
    assert_close(&x(&world, "2025-07-01", 1, 20.0).seller, &[0.0]);
    assert_close(&x(&world, "2025-07-01", 1, 5.0).seller, &[0.05]);
    // At the cap, the step down of one unit loses 40, the step up wins nothing.
    assert_close(&x(&world, "2025-07-01", 1, 10.0).seller, &[0.025]);
}

#[test]
fn periods_that_stick_out_are_whole() {
    let year = Terms { period: PeriodKind::Year, ..rebate(TierMode::Retroactive) };
    let world = World::new(1, &["100"]).program("p", year);
    // 50 a month are 60,000 a year, however few of its months are asked for.
    assert_close(&x(&world, "2025-11-01", 1, 50.0).firm, &[0.03]);
    // Ahead, what was sold so far counts: nothing, so half a year's 30,000.
    assert_close(&x(&world, "2026-07-01", 2, 50.0).firm, &[0.02; 2]);
    let world = world.sale("2026-02-01", 0, 0, "300");
    assert_close(&x(&world, "2026-07-01", 2, 50.0).firm, &[0.03; 2]);
}

#[test]
fn growth_pays_the_full_rate_once_it_pays() {
    let growth = Terms {
        kind: ProgramKind::Growth,
        measure: Measure::Revenue,
        period: PeriodKind::Quarter,
        rate: Rate::Flat(Pay::Percent(dec("10"))),
        growth: Some(Growth { above: dec("5") }),
        ..terms()
    };
    let world = World::new(2, &["100"]).program("g", growth).sale("2025-07-10", 0, 0, "100");
    let x = x(&world, "2026-07-01", 3, 50.0);
    assert_close(&x.firm, &[0.1, 0.1, 0.1, 0.0, 0.0, 0.0]);
}

#[test]
fn list_price_in_force_is_the_mean_over_days() {
    let mut world = World::new(1, &["800"]).program("p", terms());
    let price = crate::catalog::Price {
        effective_from: Some("2026-07-16".parse().expect("a date")),
        list_price: dec("1600"),
        unit_cost: dec("1"),
    };
    world.company.catalog.products[0].prices.push(price);
    let x = x(&world, "2026-07-01", 2, 3.0);
    assert_close(&x.seller, &[40.0 * 31.0 / (15.0 * 800.0 + 16.0 * 1600.0), 0.025]);
}

#[test]
fn funds_and_parents_are_not_incentives_of_the_seller() {
    let fund = Terms { kind: ProgramKind::Mdf, override_percent: Some(dec("5")), ..terms() };
    let world = World::new(1, &["800"]).program("m", fund);
    let x = x(&world, "2026-07-01", 1, 3.0);
    assert_eq!((x.seller[0], x.firm[0]), (0.0, 0.0));
}

#[test]
fn predicted_volume_never_looks_at_its_own_quarter() {
    let world = World::new(1, &["800"]);
    let mut panel = world.panel("2025-01-01", 18, 4.0);
    assert_eq!(predicted_volume(&panel), [4.0; 18]);
    for t in 6..9 {
        panel.units[t] = 1_000.0;
    }
    let predicted = predicted_volume(&panel);
    assert_eq!(predicted[6..9], [4.0; 3]);
    assert!(predicted[5] > 4.0 && predicted[9] > 4.0);
    let mut short = world.panel("2025-01-01", 2, 4.0);
    short.units[0] = 9.0;
    assert_eq!(predicted_volume(&short), [4.0, 9.0]);
    assert_eq!(predicted_volume(&world.panel("2025-01-01", 1, 4.0)), [0.0]);
}
