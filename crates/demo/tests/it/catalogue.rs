//! Generated companies as the engine's reader of questions sees them: catalogue and
//! programs. Sales are left out; reading never looks at them.

use chrono::NaiveDate;
use spiffcast_demo::books::{self, PriceChange, TierChange};
use spiffcast_demo::company::market::Market;
use spiffcast_demo::harrow::{self, harrow};
use spiffcast_demo::programs::{ProgramFile, programs};
use spiffcast_demo::{Shape, books::Product};
use spiffcast_engine::calendar::FiscalCalendar;
use spiffcast_engine::catalog::{Catalog, Partner, Price};
use spiffcast_engine::company::Company;
use spiffcast_engine::programs::Program;
use spiffcast_engine::programs::front_matter;

/// The demo company.
pub fn demo() -> Company {
    let market = Market::new(7, &Shape::demo());
    let programs = programs(7, &market);
    let catalog = Catalog::new(
        partners(&market.partners, &market.tier_changes),
        products(&market.products, &market.price_changes),
        "USD".to_owned(),
    );
    company(catalog, &programs, Shape::last_month().last(), 1)
}

/// The second company.
pub fn second() -> Company {
    let made = harrow(1);
    let catalog = Catalog::new(
        partners(&made.books.partners, &[]),
        products(&made.books.products, &[]),
        harrow::CURRENCY.to_owned(),
    );
    company(catalog, &made.programs, harrow::as_of(), harrow::FIRST_MONTH)
}

fn company(catalog: Catalog, files: &[ProgramFile], as_of: NaiveDate, first_month: u32) -> Company {
    let mut programs: Vec<Program> = Vec::new();
    for file in files {
        let (version, _) =
            front_matter::parse(&file.path(), &file.markdown()).expect("a program file without errors");
        match programs.iter_mut().find(|p| p.id == version.program) {
            Some(program) => program.versions.push(version),
            None => programs.push(Program { id: version.program.clone(), versions: vec![version] }),
        }
    }
    programs.sort_by(|a, b| a.id.cmp(&b.id));
    Company {
        catalog,
        programs,
        lines: vec![],
        registrations: vec![],
        targets: vec![],
        payouts: vec![],
        as_of,
        calendar: FiscalCalendar { first_month },
    }
}

fn partners(rows: &[books::Partner], tiers: &[TierChange]) -> Vec<Partner> {
    let history =
        |id: &str| tiers.iter().filter(|t| t.partner == id).map(|t| (t.from, t.tier.clone())).collect();
    let partner = |p: &books::Partner| Partner {
        id: p.id.clone(),
        name: p.name.clone(),
        partner_type: p.partner_type.parse().expect("a partner type"),
        tier: p.tier.clone(),
        region: p.region.clone(),
        country: Some(p.country.clone()),
        parent: p.parent.as_ref().and_then(|id| rows.iter().position(|r| r.id == *id)),
        onboarded_on: Some(p.onboarded_on),
        active: p.active,
        tier_history: history(&p.id),
    };
    rows.iter().map(partner).collect()
}

fn products(rows: &[Product], changes: &[PriceChange]) -> Vec<spiffcast_engine::catalog::Product> {
    let product = |p: &Product| {
        let first = Price { effective_from: None, list_price: p.list_price, unit_cost: p.unit_cost };
        let later = changes.iter().filter(|c| c.sku == p.sku).map(|c| Price {
            effective_from: Some(c.from),
            list_price: c.list_price,
            unit_cost: c.unit_cost,
        });
        spiffcast_engine::catalog::Product {
            sku: p.sku.clone(),
            name: p.name.clone(),
            family: p.family.clone(),
            launched_on: p.launched_on,
            end_of_life_on: p.end_of_life_on,
            prices: std::iter::once(first).chain(later).collect(),
        }
    };
    rows.iter().map(product).collect()
}
