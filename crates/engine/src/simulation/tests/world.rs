//! Small companies with sales, programs and a model, to simulate.

use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use crate::baseline;
use crate::calendar::{FiscalCalendar, Month, PeriodKind, Span};
use crate::catalog::{Catalog, Partner, PartnerType, Price, Product};
use crate::company::Company;
use crate::forecast::{Forecast, Grade};
use crate::model::Model;
use crate::panel::Panel;
use crate::programs::RuleBook;
use crate::programs::terms::{
    AppliesTo, Caps, Eligible, Measure, Pay, Program, ProgramKind, ProgramVersion, Rate, Terms,
};
use crate::response::{Diagnostics, LAGS, LagResponse, ProductResponse};
use crate::simulation::play::PairSums;
use crate::simulation::prepare::Prepared;
use crate::simulation::reach::Reach;
use crate::simulation::rounds::Rounds;
use crate::simulation::window::Window;
use crate::simulation::{Arm, Continue, Extras, Request, Sales, SimulationError, simulate_with};

/// History: 30 months to June 2026.
pub const MONTHS: usize = 30;
pub const LIST_PRICE: i64 = 1000;
pub const UNIT_COST: i64 = 600;
pub const Q3: (&str, &str) = ("2026-07-01", "2026-09-30");

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub fn span((from, to): (&str, &str)) -> Span {
    Span::new(day(from), day(to))
}

/// A SPIFF of so many dollars a unit, by month, on SKU1, for everybody.
pub fn spiff(dollars: i64) -> Terms {
    Terms {
        kind: ProgramKind::Spiff,
        currency: "USD".into(),
        effective: span(("2024-01-01", "2027-12-31")),
        stacking: None,
        applies_to: AppliesTo { skus: vec!["SKU1".into()], families: Vec::new() },
        eligible: Eligible::default(),
        measure: Measure::Units,
        period: PeriodKind::Month,
        rate: Rate::Flat(Pay::PerUnit(dollars.into())),
        minimum: None,
        target: None,
        accelerator: None,
        growth: None,
        override_percent: None,
        bundle: Vec::new(),
        claim_within_days: None,
        caps: Caps::default(),
    }
}

pub fn program(id: &str, versions: Vec<Terms>) -> Program {
    let version = |(i, terms): (usize, Terms)| ProgramVersion {
        program: id.into(),
        version: i as u32 + 1,
        name: format!("The {id}"),
        terms,
        clauses: Vec::new(),
        file: format!("programs/{id}/v{}.md", i + 1),
        lines: Default::default(),
        digest: String::new(),
    };
    Program { id: id.into(), versions: versions.into_iter().enumerate().map(version).collect() }
}

/// Partners `P00…` (every other one Silver, the rest Gold; EMEA and APAC), products
/// `SKU1…`; `units(partner, product, month)` sold at 90% of list.
pub fn company(
    partners: usize,
    products: usize,
    programs: Vec<Program>,
    units: impl Fn(usize, usize, usize) -> f64,
) -> (Company, Panel) {
    let partner = |i: usize| Partner {
        id: format!("P{i:02}"),
        name: format!("Partner {i}"),
        partner_type: PartnerType::Reseller,
        tier: if i.is_multiple_of(2) { "Gold".into() } else { "Silver".into() },
        region: if i.is_multiple_of(3) { "APAC".into() } else { "EMEA".into() },
        country: None,
        parent: None,
        onboarded_on: None,
        active: true,
        tier_history: Vec::new(),
    };
    let price = || Price { effective_from: None, list_price: LIST_PRICE.into(), unit_cost: UNIT_COST.into() };
    let product = |i: usize| Product {
        sku: format!("SKU{}", i + 1),
        name: format!("Product {}", i + 1),
        family: "F".into(),
        launched_on: None,
        end_of_life_on: None,
        prices: vec![price()],
    };
    let catalog = Catalog::new(
        (0..partners).map(partner).collect(),
        (0..products).map(product).collect(),
        "USD".into(),
    );
    let company = Company {
        catalog,
        programs,
        lines: Vec::new(),
        registrations: Vec::new(),
        targets: Vec::new(),
        payouts: Vec::new(),
        as_of: day("2026-06-30"),
        calendar: FiscalCalendar::default(),
    };
    let series: Vec<(usize, usize)> =
        (0..partners).flat_map(|i| (0..products).map(move |k| (i, k))).collect();
    let units: Vec<f64> =
        series.iter().flat_map(|(i, k)| (0..MONTHS).map(|t| units(*i, *k, t)).collect::<Vec<_>>()).collect();
    let panel = Panel {
        first_month: Month::of(day("2024-01-01")),
        months: MONTHS,
        revenue: units.iter().map(|u| u * 900.0).collect(),
        returned_units: vec![0.0; units.len()],
        series,
        units,
    };
    (company, panel)
}

/// A model that knows of every product the same response, or nothing.
pub fn model((company, panel): (Company, Panel), beta: Option<(f64, f64)>) -> Model {
    let mut model = Model::fit(Arc::new(company), panel, &|_| ());
    let lags = beta.map(|(mean, se)| {
        let mut lags = LagResponse { mean: [0.0; LAGS], cholesky: [[0.0; LAGS]; LAGS] };
        lags.mean[0] = mean;
        lags.cholesky[0][0] = se;
        lags
    });
    for product in &mut model.response.products {
        *product = ProductResponse {
            grade: if beta.is_some() { Grade::B } else { Grade::PriorOnly },
            changes: 3,
            share_from_history: 0.8,
            range: [0.0, 0.2],
            flags: Vec::new(),
            lags,
            diagnostics: Diagnostics::default(),
        };
    }
    model.exposure.fill(1.0);
    model.baseline = baseline::fit(
        &model.company,
        &model.panel,
        &model.exposure,
        model.usable_through,
        &model.reported_share,
    );
    model
}

/// The rules with the rate of one program scaled within a span and audience.
pub fn scaled(rules: &RuleBook, id: &str, percent: i64, span: Span, audience: Option<&[bool]>) -> RuleBook {
    let mut book = rules.clone();
    let factor = Decimal::from_i64(percent).expect("a number") / Decimal::from(100);
    let change = |terms: &Terms| {
        let mut terms = terms.clone();
        if let Rate::Flat(pay) = terms.rate {
            terms.rate = Rate::Flat(pay.with(pay.value() * factor));
        }
        Some(terms)
    };
    book.program_mut(id).expect("the program").overlay(span, audience, change);
    book
}

pub fn arm(rules: RuleBook) -> Arm {
    Arm { label: "An option".into(), rules }
}

/// Simulates options for a period.
pub fn run(
    model: &Model,
    options: &[Arm],
    period: (&str, &str),
    draws: usize,
) -> Result<Forecast, SimulationError> {
    run_with(model, options, period, draws, &Extras::default())
}

/// The same with extras.
pub fn run_with(
    model: &Model,
    options: &[Arm],
    period: (&str, &str),
    draws: usize,
    extras: &Extras,
) -> Result<Forecast, SimulationError> {
    run_seeded(model, options, period, (7, draws), extras)
}

/// The same with a seed.
pub fn run_seeded(
    model: &Model,
    options: &[Arm],
    period: (&str, &str),
    (seed, draws): (u64, usize),
    extras: &Extras,
) -> Result<Forecast, SimulationError> {
    let baseline = RuleBook::of(&model.company.programs);
    let changed = ["spiff".to_owned()];
    let request = Request {
        model,
        period: span(period),
        baseline: &baseline,
        options,
        changed_programs: &changed,
        seed,
        draws,
        counted: None,
    };
    simulate_with(&request, extras, &|_| Continue::Yes).map(|(forecast, _)| forecast)
}

/// The pairs of draws themselves, played in blocks of a size.
pub fn played(
    model: &Model,
    options: &[Arm],
    period: (&str, &str),
    (draws, sales): (usize, Sales),
    block: usize,
) -> Vec<PairSums> {
    let baseline = RuleBook::of(&model.company.programs);
    let (period, changed) = (span(period), ["spiff".to_owned()]);
    let request = Request {
        model,
        period,
        baseline: &baseline,
        options,
        changed_programs: &changed,
        seed: 7,
        draws,
        counted: None,
    };
    let window = Window::of(period, model.company.as_of).expect("a period");
    let reach = Reach::of(&request, &window).expect("partners");
    let prepared = Prepared::of(&request, window, reach);
    let stage = prepared.stage(&request, true, sales);
    let mut rounds = Rounds::of(&stage, draws, &Extras::default());
    rounds.block = block;
    rounds.play(&stage, &|_| Continue::Yes).expect("played")
}
