//! A small company whose response is known: SPIFFs come and go for one tier, sales
//! answer as they are told to. For the tests of this module.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use crate::calendar::{Month, Span};
use crate::company::Company;
use crate::programs::terms::{AppliesTo, Eligible, Pay, Rate, Terms};
use crate::response::world::Stream;
use crate::sales::{LineKind, SaleLine};
use crate::simulation::tests::world::{LIST_PRICE, company as world, program, spiff};

/// Months of history, to June 2026.
pub(super) const MONTHS: usize = 30;
/// Log units per 1.0 of effective incentive.
pub(super) const BETA: f64 = 4.0;

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// Windows of three months by product: first month of the history, dollars a unit.
pub(super) const WINDOWS: [&[(i32, i64)]; 3] = [
    &[(3, 60), (9, 140), (14, 80), (19, 120), (24, 100)],
    &[(5, 120), (11, 60), (18, 150), (23, 90)],
    &[(2, 100), (8, 130), (16, 70), (21, 140)],
];

/// Gold partners are paid in the windows, Silver ones never; `beta` says how sales
/// answer. Everything is reported on the day.
pub(super) fn company(seed: u64, beta: f64) -> Company {
    let first = Month::of(day("2024-01-01"));
    let terms = |product: usize, (from, dollars): (i32, i64)| Terms {
        effective: Span::new(first.plus(from).first_day(), first.plus(from + 2).last_day()),
        applies_to: AppliesTo { skus: vec![format!("SKU{}", product + 1)], families: vec![] },
        eligible: Eligible { tiers: vec!["Gold".into()], ..Eligible::default() },
        rate: Rate::Flat(Pay::PerUnit(dollars.into())),
        ..spiff(dollars)
    };
    let spiffs = WINDOWS.iter().enumerate().map(|(k, windows)| {
        program(&format!("spiff-{}", k + 1), windows.iter().map(|w| terms(k, *w)).collect())
    });
    let (mut company, _) = world(36, WINDOWS.len(), spiffs.collect(), |_, _, _| 0.0);
    let mut random = Stream(seed);
    for t in 0..MONTHS {
        for partner in 0..36 {
            for (product, windows) in WINDOWS.iter().enumerate() {
                let paid = windows.iter().find(|(from, _)| (*from..from + 3).contains(&(t as i32)));
                let dollars = paid.filter(|_| partner % 2 == 0).map_or(0, |(_, dollars)| *dollars);
                let level = 10.0 + (partner % 5) as f64;
                let mean = level * (beta * dollars as f64 / LIST_PRICE as f64).exp();
                let units = random.negative_binomial(mean, 40.0);
                if units > 0.0 {
                    let sold_on = first.plus(t as i32).first_day() + Days::new(9);
                    company.lines.push(line(partner, product, sold_on, units));
                }
            }
        }
    }
    company.lines.sort_by(|a, b| (a.sold_on, &a.transaction_id).cmp(&(b.sold_on, &b.transaction_id)));
    company
}

pub(super) fn line(partner: usize, product: usize, sold_on: NaiveDate, units: f64) -> SaleLine {
    let units = Decimal::from_f64(units).expect("a number");
    SaleLine {
        transaction_id: format!("T-{sold_on}-{partner}-{product}"),
        line_no: 1,
        sold_on,
        reported_on: None,
        partner,
        product,
        units,
        net_revenue: units * Decimal::from(900),
        customer_id: None,
        deal_registration_id: None,
        kind: LineKind::Sale,
        original_transaction_id: None,
    }
}
