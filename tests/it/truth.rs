//! The demo company's truth is known: the estimated response must cover it, and the
//! naive estimate, misled by launches after weak months, must not.

use std::sync::Arc;

use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;
use spiffcast::config::Settings;
use spiffcast::history::{self, Place};
use spiffcast_engine::model::Model;
use spiffcast_engine::programs::RuleBook;
use spiffcast_engine::programs::incentive::{incentives, predicted_volume};
use spiffcast_engine::response;

/// 95th percentile of the standard normal: half of a 90% interval in standard errors.
const HALF_90: f64 = 1.6449;

fn truth() -> Value {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/truth/demo.json");
    serde_json::from_str(&std::fs::read_to_string(file).expect("the truth")).expect("JSON")
}

fn learned() -> Model {
    let settings = Settings::load(None, |_| None).expect("defaults");
    let data = history::load(&Place::Demo, settings.calendar).expect("the demo company");
    Model::fit(Arc::new(data.company), data.panel, &|_| ())
}

/// Effective incentive of the seller in every cell of the history.
fn seller_incentive(model: &Model) -> Vec<f64> {
    let (company, panel) = (&model.company, &model.panel);
    let list: Vec<f64> = panel
        .series
        .iter()
        .flat_map(|(_, product)| {
            let product = &company.catalog.products[*product];
            (0..panel.months).map(move |t| product.price_on(panel.month(t).first_day()).list_price)
        })
        .map(|price| price.to_f64().expect("a number"))
        .collect();
    let rules = RuleBook::of(&company.programs);
    let volume = predicted_volume(panel);
    incentives(company, panel, &rules, panel.first_month, panel.months, &volume, &list).seller
}

/// Weights of the Product X SKUs: expected units in the treated months of the truth.
fn treated_units(truth: &Value) -> Vec<(String, f64)> {
    let totals = truth["held_out"]["totals"].as_array().expect("a list");
    ["PX-100", "PX-200"]
        .map(|sku| {
            let units = totals
                .iter()
                .filter(|t| t["sku"] == sku && t["month"] != "2026-10")
                .map(|t| t["expected"]["baseline"].as_f64().expect("a number"));
            (sku.to_owned(), units.sum())
        })
        .to_vec()
}

#[test]
fn the_treated_weighted_response_covers_the_truth_and_the_naive_one_does_not() {
    let (truth, model) = (truth(), learned());
    let weights = treated_units(&truth);
    let all: f64 = weights.iter().map(|(_, w)| w).sum();
    let naive =
        response::naive(&model.company, &model.panel, &seller_incentive(&model), model.usable_through);
    let (mut mean, mut own, mut naive_mean, mut naive_se) = (0.0, 0.0, 0.0, 0.0);
    let mut common = [0.0; response::LAGS];
    for (sku, units) in &weights {
        let share = units / all;
        let product = model.company.catalog.product(sku).expect("a product");
        let joint = model.response.products[product].joint().expect("a response");
        mean += share * joint.mean[0];
        own += (share * joint.own_cholesky[0][0]).powi(2);
        common.iter_mut().zip(joint.common[0]).for_each(|(sum, loading)| *sum += share * loading);
        let (estimate, se) = naive[product].expect("the incentive varied");
        naive_mean += share * estimate;
        // The same partners sell both: standard errors add, not squares.
        naive_se += share * se;
    }
    let se = (own + common.iter().map(|c| c * c).sum::<f64>()).sqrt();
    let real: f64 = weights.iter().map(|(sku, w)| w * truth["beta"][sku].as_f64().expect("a number")).sum();
    let real = real / all;
    assert!((mean - real).abs() <= HALF_90 * se, "{mean} (standard error {se}) misses {real}");
    assert!(se < real / 2.0, "an interval that covers because it is wide proves nothing: {se}");
    assert!(
        (naive_mean - real).abs() > HALF_90 * naive_se,
        "the naive {naive_mean} (standard error {naive_se}) covers {real}"
    );
}

#[test]
fn products_whose_incentive_never_varied_are_prior_only() {
    let (truth, model) = (truth(), learned());
    for sku in truth["never_varied"].as_array().expect("a list") {
        let sku = sku.as_str().expect("a SKU");
        let product = model.company.catalog.product(sku).expect("a product");
        let response = &model.response.products[product];
        assert_eq!(response.grade.as_str(), "PRIOR ONLY", "{sku}");
        assert_eq!(response.share_from_history, 0.0, "{sku}");
    }
}

/// FORECASTING.md §6: over the products with an estimate of their own, shrinkage beats
/// both what it stands between.
#[test]
fn shrunk_responses_are_nearer_the_truth_than_raw_and_pooled_ones() {
    let (truth, model) = (truth(), learned());
    let (mut errors, mut products) = ([0.0; 3], 0);
    for (product, response) in model.company.catalog.products.iter().zip(&model.response.products) {
        let told = &response.diagnostics;
        let (Some((raw, _)), Some((pooled, _)), Some(lags)) = (told.unshrunk, told.pooled, response.lags)
        else {
            continue;
        };
        let real = truth["beta"][&product.sku].as_f64().expect("a number");
        for (sum, estimate) in errors.iter_mut().zip([lags.mean[0], raw, pooled]) {
            *sum += (estimate - real).powi(2);
        }
        products += 1;
    }
    let [shrunk, raw, pooled] = errors.map(|sum| (sum / products as f64).sqrt());
    assert!(products >= 10, "{products} products have an estimate of their own");
    assert!(shrunk < raw && shrunk < pooled, "shrunk {shrunk}, raw {raw}, pooled {pooled}");
}
