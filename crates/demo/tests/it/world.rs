//! The demo company: its shape, its references, and that the same seed gives the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use spiffcast_demo::calendar::Month;
use spiffcast_demo::naive::settle;
use spiffcast_demo::payouts::ErrorKind;
use spiffcast_demo::terms::{Kind, Period, Rate, StackingMode, TierMode};
use spiffcast_demo::{Shape, World, generate};

use crate::books::day;

pub fn demo() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| generate(7, &Shape::demo()))
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let bytes = |seed| {
        let world = generate(seed, &Shape::small());
        (world.files(), world.truth())
    };
    let first = bytes(11);
    assert_eq!(first, bytes(11));
    assert_ne!(first, bytes(12));
}

#[test]
fn the_committed_truth_is_that_of_seed_seven() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/truth/demo.json");
    let committed = std::fs::read_to_string(file).expect("tests/truth/demo.json");
    assert!(committed == demo().truth(), "run the example `write` again: the generator has changed");
}

#[test]
fn it_has_the_size_it_promises() {
    let books = &demo().books;
    assert_eq!(books.partners.len(), 240);
    assert_eq!(books.products.len(), 24);
    let families: BTreeSet<&str> = books.products.iter().map(|p| p.family.as_str()).collect();
    assert_eq!(families.len(), 5);
    assert!((60_000..110_000).contains(&books.lines.len()), "{}", books.lines.len());
    let days = books.lines.iter().map(|l| l.sold_on);
    assert!(days.clone().min() < Some(day("2023-01-10")));
    assert!(days.clone().max() <= Some(day("2026-06-30")) && days.max() > Some(day("2026-06-25")));
    assert!(books.partners.iter().filter(|p| p.parent.is_some()).count() > 40);
    assert!(books.partners.iter().any(|p| !p.active));
    assert!(books.products.iter().any(|p| p.launched_on.is_some()));
    assert!(books.products.iter().any(|p| p.end_of_life_on.is_some()));
    let bytes: usize = demo().files().iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(bytes < 10_000_000, "{bytes}");
}

#[test]
fn keys_are_unique_and_references_hold() {
    let books = &demo().books;
    let unique = |ids: Vec<&str>| ids.iter().collect::<BTreeSet<_>>().len() == ids.len();
    assert!(unique(books.partners.iter().map(|p| p.id.as_str()).collect()));
    assert!(unique(books.partners.iter().map(|p| p.name.as_str()).collect()));
    assert!(unique(books.registrations.iter().map(|r| r.id.as_str()).collect()));
    assert!(unique(demo().payouts.iter().map(|p| p.id.as_str()).collect()));
    let partners: BTreeMap<&str, _> = books.partners.iter().map(|p| (p.id.as_str(), p)).collect();
    let products: BTreeSet<&str> = books.products.iter().map(|p| p.sku.as_str()).collect();
    let registrations: BTreeMap<&str, _> = books.registrations.iter().map(|r| (r.id.as_str(), r)).collect();
    let mut lines = BTreeMap::new();
    for line in &books.lines {
        assert!(lines.insert((line.transaction_id.as_str(), line.line_no), line).is_none());
        assert!(partners.contains_key(line.partner.as_str()) && products.contains(line.sku.as_str()));
        if let Some(id) = &line.registration {
            let registration = registrations[id.as_str()];
            assert_eq!((&registration.partner, &registration.sku), (&line.partner, &line.sku));
        }
    }
    for partner in &books.partners {
        let Some(parent) = &partner.parent else { continue };
        assert_eq!(partners[parent.as_str()].partner_type, "distributor");
        assert_eq!(partners[parent.as_str()].region, partner.region);
    }
    for back in books.lines.iter().filter(|l| l.return_of.is_some()) {
        let original = lines[&(back.return_of.as_deref().unwrap_or_default(), back.line_no)];
        let days = (back.sold_on - original.sold_on).num_days();
        assert!((30..=61).contains(&days) && back.units <= original.units);
        assert!(back.net_revenue <= original.net_revenue && back.partner == original.partner);
    }
}

#[test]
fn versions_run_whole_months_and_do_not_overlap() {
    for versions in demo().books.versions.chunk_by(|a, b| a.program == b.program) {
        for (n, version) in versions.iter().enumerate() {
            assert_eq!(version.version, n as u32 + 1);
            assert_eq!(version.terms.from, Month::of(version.terms.from).first());
            assert_eq!(version.terms.to, Month::of(version.terms.to).last());
        }
        assert!(versions.windows(2).all(|w| w[0].terms.to < w[1].terms.from));
    }
}

#[test]
fn every_kind_and_structure_is_there() {
    let all: Vec<_> = demo().books.versions.iter().map(|v| &v.terms).collect();
    for kind in [Kind::Spiff, Kind::Rebate, Kind::Commission, Kind::Growth, Kind::Mdf] {
        assert!(all.iter().any(|t| t.kind == kind), "{kind:?}");
    }
    for period in [Period::Transaction, Period::Month, Period::Quarter, Period::Half, Period::Year] {
        assert!(all.iter().any(|t| t.period == period), "{period:?}");
    }
    for mode in [StackingMode::Stack, StackingMode::BestOf, StackingMode::Exclusive] {
        assert!(all.iter().any(|t| t.stacking.as_ref().is_some_and(|s| s.mode == mode)), "{mode:?}");
    }
    for mode in [TierMode::Marginal, TierMode::Retroactive] {
        assert!(all.iter().any(|t| matches!(&t.rate, Rate::Tiers(_, m) if *m == mode)), "{mode:?}");
    }
    let some: [fn(&&&spiffcast_demo::terms::Terms) -> bool; 11] = [
        |t| t.minimum.is_some(),
        |t| t.target.is_some() && t.accelerator.is_some(),
        |t| t.growth_above.is_some(),
        |t| t.override_percent.is_some(),
        |t| !t.bundle.is_empty(),
        |t| t.deal_registration_required,
        |t| t.new_customer_only,
        |t| t.claim_within_days.is_some(),
        |t| t.cap_per_transaction.is_some(),
        |t| t.cap_per_partner.is_some(),
        |t| t.program_budget.is_some(),
    ];
    for (n, has) in some.iter().enumerate() {
        assert!(all.iter().any(|t| has(&t)), "structure {n}");
    }
    let over = demo().books.versions.iter().rfind(|v| v.program == "spiff-services").expect("the program");
    assert!(over.terms.to < day("2026-01-01"));
}

#[test]
fn the_live_spiff_has_used_half_to_three_quarters_of_its_budget() {
    let live = demo().books.versions.iter().rfind(|v| v.program == "spiff-product-x").expect("the program");
    assert_eq!((live.version, live.terms.from), (3, day("2026-01-01")));
    let used: Decimal = settle(&demo().books)
        .lines
        .iter()
        .filter(|l| l.program == "spiff-product-x" && l.version == 3 && l.amount > Decimal::ZERO)
        .map(|l| l.amount)
        .sum();
    let share = used / live.terms.program_budget.expect("a budget");
    assert!(share > Decimal::new(5, 1) && share < Decimal::new(75, 2), "{share}");
}

/// What pairs sold in each month: partner, SKU, month.
fn units_by_cell(world: &World) -> BTreeMap<(&str, &str, Month), u32> {
    let mut units: BTreeMap<(&str, &str, Month), u32> = BTreeMap::new();
    let sales = world.books.lines.iter().filter(|l| l.return_of.is_none());
    for line in sales.chain(&world.unreported) {
        *units.entry((&line.partner, &line.sku, Month::of(line.sold_on))).or_default() +=
            line.units.to_u32().expect("whole units");
    }
    units
}

#[test]
fn lines_add_up_to_the_truths_draws() {
    let world = demo();
    let sold = units_by_cell(world);
    let mut seen = 0;
    for cell in world.cells.iter().filter(|c| c.units > 0) {
        let pair = &world.market.pairs[cell.pair];
        let partner = world.market.partners[pair.partner].id.as_str();
        let key = (partner, world.market.items[pair.product].sku, world.market.month(cell.t));
        assert_eq!(sold.get(&key), Some(&cell.units), "{key:?}");
        seen += 1;
    }
    assert_eq!(seen, sold.len());
}

#[test]
fn draws_have_the_mean_of_the_truth() {
    let cells = &demo().cells;
    let sum = |f: &dyn Fn(&spiffcast_demo::company::cells::Cell) -> f64| cells.iter().map(f).sum::<f64>();
    let ratio = sum(&|c| f64::from(c.units)) / sum(&|c| c.expected);
    assert!((ratio - 1.0).abs() < 0.02, "{ratio}");
}

#[test]
fn the_last_weeks_are_incomplete() {
    let world = demo();
    assert!(world.unreported.len() > 100, "{}", world.unreported.len());
    assert!(world.unreported.iter().all(|l| l.sold_on > day("2026-04-01")));
    assert!(world.books.lines.iter().all(|l| l.reported_on.is_none_or(|d| d <= day("2026-06-30"))));
}

#[test]
fn returns_and_registrations_have_their_shares() {
    let books = &demo().books;
    let units = |back: bool| -> Decimal {
        let old = books.lines.iter().filter(|l| l.sold_on < day("2026-01-01"));
        old.filter(|l| l.return_of.is_some() == back).map(|l| l.units).sum()
    };
    let share = (units(true) / units(false)).to_f64().expect("a share");
    assert!((share - 0.04).abs() < 0.004, "{share}");
    let large: Vec<_> =
        books.lines.iter().filter(|l| l.return_of.is_none() && l.units >= Decimal::from(5)).collect();
    let registered = large.iter().filter(|l| l.registration.is_some()).count() as f64;
    let share = registered / large.len() as f64;
    assert!((share - 0.2).abs() < 0.02, "{share}");
}

#[test]
fn recorded_payouts_are_the_calculators_but_for_the_seeded_errors() {
    let world = demo();
    let mut expected: BTreeMap<_, Decimal> = settle(&world.books)
        .lines
        .into_iter()
        .filter(|l| !l.amount.is_zero())
        .map(|l| ((l.program, l.version, l.partner, l.role, l.period_start, l.transaction_id), l.amount))
        .collect();
    let mut differences = BTreeMap::new();
    for p in &world.payouts {
        let key = (
            p.program.clone(),
            p.version,
            p.partner.clone(),
            p.role,
            p.period_start,
            p.transaction_id.clone(),
        );
        let due = expected.remove(&key).unwrap_or_default();
        if due != p.accrued {
            differences.insert(p.id.clone(), (due, p.accrued));
        }
    }
    let missing: Vec<_> = world.errors.iter().filter(|e| e.payout_id.is_none()).collect();
    assert_eq!(expected.len(), missing.len());
    assert!(missing.iter().all(|e| e.kind == ErrorKind::OverrideMissed && e.recorded.is_zero()));
    let seeded: BTreeMap<_, _> =
        world.errors.iter().filter_map(|e| Some((e.payout_id.clone()?, (e.expected, e.recorded)))).collect();
    assert_eq!(differences, seeded);
    let kinds: BTreeSet<_> = world.errors.iter().map(|e| e.kind).collect();
    assert_eq!((kinds.len(), world.errors.len()), (6, 25));
}

#[test]
fn the_held_out_arms_differ_where_the_rule_changes() {
    let world = demo();
    let cells = spiffcast_demo::truth::held_out(world);
    let first = world.market.shape.months;
    for c in &cells {
        let k = c.pair.product;
        let beta = world.market.beta[k];
        if c.t < first + 3 {
            let price = if world.market.items[k].sku == "PX-100" { 780.0 } else { 960.0 };
            let step = c.x[1] - c.x[0];
            assert!(step.abs() < 1e-12 || (step - 2.0 / price).abs() < 1e-12, "{step}");
        }
        if c.t == first && c.expected[0] > 0.0 {
            let lift = (c.expected[1] / c.expected[0]).ln();
            assert!((lift - beta * (c.x[1] - c.x[0])).abs() < 1e-9);
        }
    }
    let total =
        |arm: usize, t: usize| cells.iter().filter(|c| c.t == t).map(|c| c.expected[arm]).sum::<f64>();
    assert!((first..first + 3).all(|t| total(1, t) > total(0, t)));
    assert!(total(1, first + 3) < total(0, first + 3), "sales pulled forward are missing after");
}
