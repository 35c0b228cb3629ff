//! The demo company: the engine comes to every recorded payout but the seeded errors.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::Value;

use super::compare::difference;
use super::draw::dec;
use super::engine::Both;
use crate::naive::Role;
use crate::{Shape, World, generate};

/// Program, version, partner, role, first and last day, transaction.
type Key = (String, u32, String, &'static str, String, String, Option<String>);

fn recorded(world: &World) -> BTreeMap<Key, Decimal> {
    let rows = world.payouts.iter().map(|p| {
        let days = (p.period_start.to_string(), p.period_end.to_string());
        let (program, partner) = (p.program.clone(), p.partner.clone());
        let key = (program, p.version, partner, p.role.as_str(), days.0, days.1, p.transaction_id.clone());
        (key, p.accrued)
    });
    let map: BTreeMap<Key, Decimal> = rows.collect();
    assert_eq!(map.len(), world.payouts.len(), "a payout is recorded twice");
    map
}

fn paid(world: &World) -> BTreeMap<Key, Decimal> {
    let payouts = Both::new(&world.books).settle();
    let rows = payouts.into_iter().map(|p| {
        let days = (p.period_start.to_string(), p.period_end.to_string());
        let role = p.role.as_str();
        let key = (p.program_id, p.program_version, p.partner_id, role, days.0, days.1, p.transaction_id);
        (key, p.amount)
    });
    rows.filter(|(_, amount)| !amount.is_zero()).collect()
}

/// What a seeded error is known by, and what the rules give and the books say instead.
fn seeded() -> Vec<String> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/truth/demo.json");
    let text = std::fs::read_to_string(file).expect("tests/truth/demo.json");
    let truth: Value = serde_json::from_str(&text).expect("JSON");
    let errors = truth["payout_errors"].as_array().expect("a list");
    let text = |e: &Value, key: &str| e[key].as_str().expect("text").to_owned();
    let tell = |e: &Value| {
        told(
            (&text(e, "program_id"), e["program_version"].as_u64().expect("a number") as u32),
            (&text(e, "partner_id"), &text(e, "role")),
            (&text(e, "period_start"), &text(e, "period_end")),
            (dec(&text(e, "expected")), dec(&text(e, "recorded"))),
        )
    };
    let mut all: Vec<String> = errors.iter().map(tell).collect();
    all.sort();
    all
}

fn told(program: (&str, u32), payee: (&str, &str), days: (&str, &str), is: (Decimal, Decimal)) -> String {
    let (id, version) = program;
    let (expected, recorded) = (is.0.normalize(), is.1.normalize());
    format!("{id} v{version} {} {} {} {}: {expected}, not {recorded}", payee.0, payee.1, days.0, days.1)
}

#[test]
fn the_engine_comes_to_every_recorded_payout_but_the_seeded_errors() {
    let world = generate(7, &Shape::demo());
    let (recorded, paid) = (recorded(&world), paid(&world));
    let keys: BTreeSet<&Key> = recorded.keys().chain(paid.keys()).collect();
    let amount = |of: &BTreeMap<Key, Decimal>, key: &Key| of.get(key).copied().unwrap_or_default();
    let wrong = keys.into_iter().filter(|key| amount(&recorded, key) != amount(&paid, key));
    let mut wrong: Vec<String> = wrong
        .map(|key| {
            let (id, version, partner, role, start, end, _) = key;
            told((id, *version), (partner, role), (start, end), (amount(&paid, key), amount(&recorded, key)))
        })
        .collect();
    wrong.sort();
    assert_eq!(wrong, seeded());
    assert_eq!(wrong.len(), 25);
    let roles = |role: Role| recorded.keys().filter(|k| k.3 == role.as_str()).count();
    assert!(roles(Role::Own) > 1_000 && roles(Role::Override) > 100 && roles(Role::Clawback) > 100);
}

#[test]
fn every_field_of_a_generated_company_agrees() {
    assert_eq!(difference(&generate(11, &Shape::small()).books), None);
}
