//! What really is behind a generated company, as JSON for tests: response, shocks, both
//! arms of a change held out after the data, seeded errors.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use crate::company::cells::incentives;
use crate::company::market::{AHEAD, Market, NB_R, PULL_FORWARD, Pair, SHOCK_RHO, SHOCK_SD, ZERO_SHARE};
use crate::payouts::SeededError;
use crate::terms::{Pay, Rate, Version};
use crate::world::World;

/// The held-out change: the rate of this program in the first three months ahead.
const PROGRAM: &str = "spiff-product-x";
const RAISED_CENTS: i64 = 4200;
const RAISED_MONTHS: usize = 3;

/// Both arms of one cell after the data.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldOut {
    /// The pair.
    pub pair: Pair,
    /// Month, counted like the history's.
    pub t: usize,
    /// Effective incentive as the rules stand, and raised.
    pub x: [f64; 2],
    /// Expected units in both arms given what the last month of data holds.
    pub expected: [f64; 2],
    /// Expected units in both arms given the shocks that really come.
    pub with_shocks: [f64; 2],
}

/// The cells of Product X from the first month ahead to the first after the change,
/// which shows the pull-forward.
pub fn held_out(world: &World) -> Vec<HeldOut> {
    let market = &world.market;
    let months = market.shape.months;
    let raised = incentives(market, &raised_versions(&world.books.versions));
    let mut cells = Vec::new();
    for (p, pair) in market.pairs.iter().enumerate() {
        if market.items[pair.product].family != "Product X" {
            continue;
        }
        let base = &world.incentives[p];
        let mut lifted = base.clone();
        lifted[months..months + RAISED_MONTHS].copy_from_slice(&raised[p][months..months + RAISED_MONTHS]);
        for t in months..=months + RAISED_MONTHS {
            let x = [base[t], lifted[t]];
            let before = [base[t - 1], lifted[t - 1]];
            let zero = if pair.long_tail { 1.0 - ZERO_SHARE } else { 1.0 };
            let units = |arm: usize, shock: f64| zero * market.rate(pair, t, shock, x[arm], before[arm]);
            let known = expected_shock(market, pair, t - months + 1);
            let comes = market.shock(pair, t);
            cells.push(HeldOut {
                pair: *pair,
                t,
                x,
                expected: [units(0, known), units(1, known)],
                with_shocks: [units(0, comes), units(1, comes)],
            });
        }
    }
    cells
}

/// log E[exp(s)] `ahead` months after the last one of the data, given that month's shock.
fn expected_shock(market: &Market, pair: &Pair, ahead: usize) -> f64 {
    let decay = libm::pow(SHOCK_RHO, ahead as f64);
    let last = market.shock(pair, market.shape.months - 1);
    decay * last + 0.5 * SHOCK_SD * SHOCK_SD * (1.0 - decay * decay)
}

fn raised_versions(versions: &[Version]) -> Vec<Version> {
    let mut versions = versions.to_vec();
    for version in versions.iter_mut().filter(|v| v.program == PROGRAM) {
        version.terms.rate = Rate::Flat(Pay::PerUnit(Decimal::new(RAISED_CENTS, 2)));
    }
    versions
}

/// The truth file. Keys are sorted and numbers rounded: the same bytes everywhere.
pub fn truth(world: &World) -> String {
    let market = &world.market;
    let by_sku = |values: &[f64]| -> Map<String, Value> {
        market.items.iter().zip(values).map(|(i, v)| (i.sku.to_owned(), number(*v))).collect()
    };
    let value = json!({
        "seed": world.seed,
        "shape": {"partners": market.partners.len(), "products": market.items.len(), "months": market.shape.months},
        "first_month": market.month(0).key(),
        "last_month": market.month(market.shape.months - 1).key(),
        "beta": by_sku(&market.beta),
        "pull_forward": PULL_FORWARD,
        "nb_r": NB_R,
        "zero_share": ZERO_SHARE,
        "shock_rho": SHOCK_RHO,
        "shock_sd": SHOCK_SD,
        "shocks": shocks(market),
        "never_varied": never_varied(world),
        "product_x": product_x(world),
        "held_out": held_out_json(world),
        "payout_errors": world.errors.iter().map(error).collect::<Vec<_>>(),
    });
    let mut text = sorted(value).to_string();
    text.push('\n');
    text
}

fn shocks(market: &Market) -> Value {
    let mut by_region = Map::new();
    for (region, paths) in crate::company::partners::REGIONS.iter().zip(&market.shocks) {
        let of_region: Map<String, Value> = market
            .items
            .iter()
            .zip(paths)
            .map(|(item, path)| {
                let rounded = |s: &f64| json!(libm::round(s * 1e4) / 1e4);
                (item.sku.to_owned(), path[..market.shape.months + AHEAD].iter().map(rounded).collect())
            })
            .collect();
        by_region.insert(region.0.to_owned(), Value::Object(of_region));
    }
    Value::Object(by_region)
}

/// Products whose incentive is the same for every pair in every month, prices aside.
fn never_varied(world: &World) -> Vec<&str> {
    let market = &world.market;
    let months = market.shape.months;
    let varies = |product: usize| {
        let mut pairs = market.pairs.iter().enumerate().filter(|(_, pair)| pair.product == product);
        pairs.any(|(p, _)| {
            let path = &world.incentives[p][..months];
            path.iter().any(|x| (x - path[0]).abs() > 0.005)
        })
    };
    market.items.iter().enumerate().filter(|(k, _)| !varies(*k)).map(|(_, item)| item.sku).collect()
}

/// The response of Product X as an estimate over its treated cells would weigh it.
fn product_x(world: &World) -> Value {
    let market = &world.market;
    let held = held_out(world);
    let treated = held.iter().filter(|c| c.x[1] > c.x[0]).map(|c| (c.pair.product, c.expected[0]));
    let history = world.cells.iter().filter_map(|c| {
        let pair = &market.pairs[c.pair];
        let x = &world.incentives[c.pair];
        let least = x[..market.shape.months].iter().copied().fold(f64::INFINITY, f64::min);
        (market.items[pair.product].family == "Product X" && c.x > least + 0.01)
            .then_some((pair.product, c.expected))
    });
    json!({
        "treated_weighted_beta_q3_2026": number(weighted(market, treated)),
        "treated_weighted_beta_history": number(weighted(market, history)),
    })
}

fn weighted(market: &Market, cells: impl Iterator<Item = (usize, f64)>) -> f64 {
    let (mut sum, mut weight) = (0.0, 0.0);
    for (product, w) in cells {
        sum += w * market.beta[product];
        weight += w;
    }
    sum / weight
}

fn held_out_json(world: &World) -> Value {
    let market = &world.market;
    let mut cells = Vec::new();
    let mut totals: std::collections::BTreeMap<(String, String), [f64; 4]> = Default::default();
    for c in held_out(world) {
        let (partner, sku) = (&market.partners[c.pair.partner].id, market.items[c.pair.product].sku);
        let month = market.month(c.t).key();
        let arms = [c.expected[0], c.expected[1], c.with_shocks[0], c.with_shocks[1]];
        let total = totals.entry((sku.to_owned(), month.clone())).or_default();
        for (total, arm) in total.iter_mut().zip(arms) {
            *total += arm;
        }
        let arms: Vec<Value> = arms.iter().map(|a| json!(libm::round(a * 1e4) / 1e4)).collect();
        cells.push(json!([partner, sku, month, arms]));
    }
    let totals: Vec<Value> = totals
        .into_iter()
        .map(|((sku, month), t)| {
            json!({
                "sku": sku, "month": month,
                "expected": {"baseline": number(t[0]), "raised": number(t[1])},
                "with_shocks": {"baseline": number(t[2]), "raised": number(t[3])},
            })
        })
        .collect();
    json!({
        "program": PROGRAM,
        "rate": {"baseline": "40.00", "raised": Decimal::new(RAISED_CENTS, 2).to_string()},
        "months": (0..RAISED_MONTHS).map(|m| market.month(market.shape.months + m).key()).collect::<Vec<_>>(),
        "tail": market.month(market.shape.months + RAISED_MONTHS).key(),
        "totals": totals,
        "cells_columns": ["partner_id", "sku", "month", ["expected baseline", "expected raised", "with_shocks baseline", "with_shocks raised"]],
        "cells": cells,
    })
}

fn error(e: &SeededError) -> Value {
    json!({
        "payout_id": e.payout_id,
        "kind": e.kind.as_str(),
        "program_id": e.line.program,
        "program_version": e.line.version,
        "partner_id": e.line.partner,
        "role": e.line.role.as_str(),
        "period_start": e.line.period_start.to_string(),
        "period_end": e.line.period_end.to_string(),
        "expected": format!("{:.2}", e.expected),
        "recorded": format!("{:.2}", e.recorded),
    })
}

fn number(value: f64) -> Value {
    json!(libm::round(value * 1e6) / 1e6)
}

/// Rebuilds objects with sorted keys, whatever map type `serde_json` was built with.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.into_iter().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().map(|(k, v)| (k, sorted(v))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
