//! How fast: the filter alone on one thread, and a fit and forecast of 50,000 series
//! of 36 months on all of them, with the peak of memory.

use std::hint::black_box;
use std::time::Instant;

use chrono::NaiveDate;
use spiffcast_engine::baseline::{self, Filter};
use spiffcast_engine::calendar::{FiscalCalendar, Month};
use spiffcast_engine::catalog::{Catalog, Partner, PartnerType, Price, Product};
use spiffcast_engine::company::Company;
use spiffcast_engine::panel::Panel;

const MONTHS: usize = 36;
const PARTNERS: usize = 1000;
const PRODUCTS: usize = 50;

pub fn run() {
    filter();
    let (company, panel) = world();
    let last = Month::of(company.as_of);
    let started = Instant::now();
    let made = baseline::forecast(&company, &panel, &[], last, &[], last.plus(1), 3);
    println!(
        "{} series of {MONTHS} months fitted and forecast in {:.2} s (sum {:.0})",
        panel.series.len(),
        started.elapsed().as_secs_f64(),
        made.mean.iter().sum::<f64>()
    );
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().filter(|l| l.starts_with("VmHWM")).for_each(|l| println!("peak memory {l}"));
}

/// A fixed mixing step: neighbours differ, and every run is the same.
fn mixed(i: u64) -> f64 {
    let z = (i + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (z >> 11) as f64 / (1u64 << 53) as f64
}

fn filter() {
    let series = 200_000;
    let units: Vec<f64> = (0..series * MONTHS).map(|i| (-3.0 * mixed(i as u64).ln()).floor()).collect();
    let exposure = vec![1.0; MONTHS];
    let filter =
        Filter { discount: 0.97, back: 0.05, parent_mean: 2.5, parent_shape: 4.0, overdispersion: 0.4 };
    let started = Instant::now();
    let mut sum = 0.0;
    for row in units.chunks_exact(MONTHS) {
        sum += black_box(&filter).run(row, &exposure, |_| {}).mean;
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "filter: {:.0} series of {MONTHS} months a second on one thread (mean {:.3})",
        series as f64 / seconds,
        sum / series as f64
    );
}

fn world() -> (Company, Panel) {
    let as_of = NaiveDate::from_ymd_opt(2026, 6, 30).expect("a day");
    let tiers = ["Gold", "Silver", "Registered"];
    let regions = ["AMER", "APAC", "EMEA"];
    let partner = |i: usize| Partner {
        id: format!("P-{i:04}"),
        name: format!("Partner {i}"),
        partner_type: PartnerType::Reseller,
        tier: tiers[i % 3].to_owned(),
        region: regions[i / 3 % 3].to_owned(),
        country: None,
        parent: None,
        onboarded_on: None,
        active: true,
        tier_history: Vec::new(),
    };
    let product = |k: usize| Product {
        sku: format!("S-{k:03}"),
        name: format!("Product {k}"),
        family: format!("Family {}", k % 6),
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
    let level = |i: usize, k: usize| 0.3 + 4.0 * mixed(i as u64) * mixed(9_000 + k as u64);
    let units: Vec<f64> = series
        .iter()
        .enumerate()
        .flat_map(|(s, (i, k))| {
            let mean = level(*i, *k);
            (0..MONTHS).map(move |t| (-mean * mixed((s * MONTHS + t) as u64 + 77).ln()).round())
        })
        .collect();
    let panel = Panel {
        first_month: Month::of(as_of).plus(1 - MONTHS as i32),
        months: MONTHS,
        revenue: units.iter().map(|u| u * 90.0).collect(),
        returned_units: vec![0.0; units.len()],
        series,
        units,
    };
    let company = Company {
        catalog,
        programs: Vec::new(),
        lines: Vec::new(),
        registrations: Vec::new(),
        targets: Vec::new(),
        payouts: Vec::new(),
        as_of,
        calendar: FiscalCalendar::default(),
    };
    (company, panel)
}
