//! The large company: 500 partners × 20 products, 10,000 draws, the rules as they are
//! and a raise. A SPIFF a unit with a monthly cap a partner and a rebate with
//! retroactive tiers by the quarter on everything, so that every cell is sold twice.
//! The engine plays the three months asked about and the two of the tail after them.

use std::sync::Arc;

use chrono::NaiveDate;
use spiffcast_engine::calendar::{FiscalCalendar, Month, Span};
use spiffcast_engine::catalog::{Catalog, Partner, PartnerType, Price, Product};
use spiffcast_engine::company::Company;
use spiffcast_engine::forecast::Grade;
use spiffcast_engine::model::Model;
use spiffcast_engine::panel::Panel;
use spiffcast_engine::programs::assemble::assemble;
use spiffcast_engine::programs::terms::Pay;
use spiffcast_engine::programs::{RuleBook, front_matter, terms};
use spiffcast_engine::response::{LAGS, LagResponse};
use spiffcast_engine::simulation::{Arm, Continue, Extras, Request, Sales, simulate_with};

use crate::clock::best_of;

const PARTNERS: usize = 500;
const PRODUCTS: usize = 20;
const HISTORY: usize = 36;
const PERIOD: usize = 3;
const TAIL: usize = 2;

const SPIFF: &str = r#"+++
id = "spiff"
version = 1
name = "SPIFF"
kind = "spiff"
currency = "USD"
effective = { from = "2023-01-01", to = "2027-12-31" }
measure = "units"
period = "month"
rate = { per_unit = "10" }
caps = { per_partner = "500" }
+++

# SPIFF

**1.1** Ten a unit.
"#;

const REBATE: &str = r#"+++
id = "rebate"
version = 1
name = "Rebate"
kind = "rebate"
currency = "USD"
effective = { from = "2023-01-01", to = "2027-12-31" }
measure = "revenue"
period = "quarter"
rate = { tiers = [{ from = "0", percent = "1" }, { from = "10000", percent = "2" }, { from = "18000", percent = "3" }], mode = "retroactive" }
+++

# Rebate

**1.1** One to three percent.
"#;

/// Times the large company, selling counts or amounts.
pub fn run(draws: usize, times: usize, sales: Sales) {
    let model = model();
    let baseline = RuleBook::of(&model.company.programs);
    let period = Span::new(day("2026-07-01"), day("2026-09-30"));
    let mut raised = baseline.clone();
    let raise = |terms: &terms::Terms| {
        let rate = terms::Rate::Flat(Pay::PerUnit(11.into()));
        Some(terms::Terms { rate, ..terms.clone() })
    };
    raised.program_mut("spiff").expect("the SPIFF").overlay(period, None, raise);
    let request = Request {
        model: &model,
        period,
        baseline: &baseline,
        options: &[Arm { label: "Raise".to_owned(), rules: raised }],
        changed_programs: &["spiff".to_owned()],
        seed: 1,
        draws,
        counted: None,
    };
    let extras = Extras { sales, ..Extras::default() };
    let play = || simulate_with(&request, &extras, &|_| Continue::Yes).expect("a forecast").0;
    let (took, forecast) = best_of(times, play);
    let cells = |months: usize| (draws * PARTNERS * PRODUCTS * months) as f64;
    println!(
        "| cells of the period | played with the tail | wall, s | processor, s | ns of processor a cell played |"
    );
    println!("|---|---|---|---|---|");
    println!(
        "| {:.0} million | {:.0} million | {:.2} | {:.2} | {:.1} |",
        cells(PERIOD) / 1e6,
        cells(PERIOD + TAIL) / 1e6,
        took.wall.as_secs_f64(),
        took.processor.as_secs_f64(),
        took.processor.as_secs_f64() * 1e9 / cells(PERIOD + TAIL)
    );
    for name in ["units", "payout", "net"] {
        let metric = &forecast.metrics[name];
        println!("{name}: baseline {:?}, change {:?}", metric.baseline.mean, metric.difference[0].mean);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().filter(|l| l.starts_with("VmHWM")).for_each(|l| println!("peak memory {l}"));
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// A fixed mixing step: neighbours differ, and every run is the same.
fn mixed(i: u64) -> f64 {
    let z = (i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (z >> 11) as f64 / (1u64 << 53) as f64
}

/// The company, with a response that is known: a tenth more incentive sells 3% more.
fn model() -> Model {
    let (company, panel) = world();
    let mut model = Model::fit(Arc::new(company), panel, &|_| ());
    let mut lags = LagResponse { mean: [0.0; LAGS], cholesky: [[0.0; LAGS]; LAGS] };
    (lags.mean[0], lags.cholesky[0][0]) = (3.0, 1.0);
    (lags.mean[1], lags.cholesky[1][1]) = (-0.6, 0.5);
    for product in &mut model.response.products {
        (product.lags, product.grade, product.range) = (Some(lags), Grade::B, [0.0, 0.3]);
    }
    model
}

fn world() -> (Company, Panel) {
    let as_of = day("2026-06-30");
    let partner = |i: usize| Partner {
        id: format!("P-{i:04}"),
        name: format!("Partner {i}"),
        partner_type: PartnerType::Reseller,
        tier: ["Gold", "Silver", "Registered"][i % 3].to_owned(),
        region: ["AMER", "APAC", "EMEA"][i / 3 % 3].to_owned(),
        country: None,
        parent: None,
        onboarded_on: None,
        active: true,
        tier_history: Vec::new(),
    };
    let product = |k: usize| Product {
        sku: format!("S-{k:03}"),
        name: format!("Product {k}"),
        family: format!("Family {}", k % 4),
        launched_on: None,
        end_of_life_on: None,
        prices: vec![Price { effective_from: None, list_price: 100.into(), unit_cost: 50.into() }],
    };
    let catalog = Catalog::new(
        (0..PARTNERS).map(partner).collect(),
        (0..PRODUCTS).map(product).collect(),
        "USD".to_owned(),
    );
    let series: Vec<(usize, usize)> =
        (0..PARTNERS).flat_map(|i| (0..PRODUCTS).map(move |k| (i, k))).collect();
    let units: Vec<f64> = series
        .iter()
        .enumerate()
        .flat_map(|(s, (i, k))| {
            let mean = 0.5 + 10.0 * mixed(*i as u64) * mixed(9_000 + *k as u64);
            (0..HISTORY).map(move |t| (-mean * mixed((s * HISTORY + t) as u64 + 77).ln()).round())
        })
        .collect();
    let panel = Panel {
        first_month: Month::of(as_of).plus(1 - HISTORY as i32),
        months: HISTORY,
        revenue: units.iter().map(|u| u * 90.0).collect(),
        returned_units: vec![0.0; units.len()],
        series,
        units,
    };
    let version = |id: &str, text: &str| {
        let checked = front_matter::parse(&format!("programs/{id}/v1.md"), text);
        checked.unwrap_or_else(|findings| panic!("{findings:?}")).0
    };
    let calendar = FiscalCalendar::default();
    let versions = vec![version("rebate", REBATE), version("spiff", SPIFF)];
    let programs = assemble(versions, calendar).unwrap_or_else(|findings| panic!("{findings:?}"));
    let company = Company {
        catalog,
        programs,
        lines: Vec::new(),
        registrations: Vec::new(),
        targets: Vec::new(),
        payouts: Vec::new(),
        as_of,
        calendar,
    };
    (company, panel)
}
