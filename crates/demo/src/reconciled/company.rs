//! A generated company as the engine knows it; programs go through their files, so
//! that clauses are there to be cited.

use rust_decimal::Decimal;
use spiffcast_engine::calendar::{FiscalCalendar, Span};
use spiffcast_engine::catalog::{Catalog, Partner, Price, Product};
use spiffcast_engine::company::Company;
use spiffcast_engine::programs::{assemble::assemble, front_matter};
use spiffcast_engine::sales::{DealRegistration, LineKind, PayoutRole, RecordedPayout, SaleLine, Target};

use crate::books::{Books, Line};
use crate::naive::Role;
use crate::payouts;
use crate::world::World;
use crate::{Shape, books};

/// The company with its recorded payouts.
pub fn company(world: &World) -> Company {
    let books = &world.books;
    let calendar = FiscalCalendar { first_month: books.first_month };
    let files = world.programs.iter().map(|file| {
        let read = front_matter::parse(&file.path(), &file.markdown());
        read.unwrap_or_else(|findings| panic!("{findings:?}")).0
    });
    let catalog = catalog(books);
    let mut lines: Vec<SaleLine> = books.lines.iter().map(|l| line(&catalog, l)).collect();
    lines.sort_by(|a, b| {
        (a.sold_on, &a.transaction_id, a.line_no).cmp(&(b.sold_on, &b.transaction_id, b.line_no))
    });
    let mut registrations: Vec<DealRegistration> =
        books.registrations.iter().map(|r| registration(&catalog, r)).collect();
    registrations.sort_by(|a, b| a.id.cmp(&b.id));
    let target = |t: &books::Target| Target {
        program_id: t.program.clone(),
        partner: catalog.partner(&t.partner).expect("a partner"),
        period_start: t.period_start,
        target: t.target,
    };
    Company {
        programs: assemble(files.collect(), calendar).unwrap_or_else(|findings| panic!("{findings:?}")),
        lines,
        registrations,
        targets: books.targets.iter().map(target).collect(),
        payouts: world.payouts.iter().map(|p| payout(&catalog, p)).collect(),
        as_of: Shape::last_month().last(),
        calendar,
        catalog,
    }
}

fn payout(catalog: &Catalog, p: &payouts::RecordedPayout) -> RecordedPayout {
    RecordedPayout {
        id: p.id.clone(),
        program_id: p.program.clone(),
        program_version: p.version,
        partner: catalog.partner(&p.partner).expect("a partner"),
        period: Span::new(p.period_start, p.period_end),
        accrued: p.accrued,
        role: match p.role {
            Role::Own => PayoutRole::Own,
            Role::Override => PayoutRole::Override,
            Role::Clawback => PayoutRole::Clawback,
        },
        transaction_id: p.transaction_id.clone(),
        status: p.status.to_owned(),
        paid: p.paid,
        paid_on: p.paid_on,
    }
}

fn registration(catalog: &Catalog, r: &books::Registration) -> DealRegistration {
    DealRegistration {
        id: r.id.clone(),
        partner: catalog.partner(&r.partner).expect("a partner"),
        product: catalog.product(&r.sku).expect("a product"),
        submitted_on: r.submitted_on,
        status: r.status.clone(),
        approved_on: r.approved_on,
        expires_on: r.expires_on,
        expected_close_on: r.expected_close_on,
        estimated_units: r.estimated_units.map(Decimal::from),
    }
}

fn catalog(books: &Books) -> Catalog {
    let mut ids: Vec<&str> = books.partners.iter().map(|p| p.id.as_str()).collect();
    ids.sort_unstable();
    let partner = |p: &books::Partner| {
        let rows = books.tier_changes.iter().filter(|c| c.partner == p.id);
        let mut tier_history: Vec<_> = rows.map(|c| (c.from, c.tier.clone())).collect();
        tier_history.sort();
        Partner {
            id: p.id.clone(),
            name: p.name.clone(),
            partner_type: p.partner_type.parse().expect("a partner type"),
            tier: p.tier.clone(),
            region: p.region.clone(),
            country: Some(p.country.clone()),
            parent: p.parent.as_deref().and_then(|id| ids.binary_search(&id).ok()),
            onboarded_on: Some(p.onboarded_on),
            active: p.active,
            tier_history,
        }
    };
    let product = |p: &books::Product| Product {
        sku: p.sku.clone(),
        name: p.name.clone(),
        family: p.family.clone(),
        launched_on: p.launched_on,
        end_of_life_on: p.end_of_life_on,
        prices: vec![Price { effective_from: None, list_price: p.list_price, unit_cost: p.unit_cost }],
    };
    let mut partners: Vec<Partner> = books.partners.iter().map(partner).collect();
    partners.sort_by(|a, b| a.id.cmp(&b.id));
    let mut products: Vec<Product> = books.products.iter().map(product).collect();
    products.sort_by(|a, b| a.sku.cmp(&b.sku));
    Catalog::new(partners, products, "USD".to_owned())
}

fn line(catalog: &Catalog, line: &Line) -> SaleLine {
    SaleLine {
        transaction_id: line.transaction_id.clone(),
        line_no: line.line_no,
        sold_on: line.sold_on,
        reported_on: line.reported_on,
        partner: catalog.partner(&line.partner).expect("a partner"),
        product: catalog.product(&line.sku).expect("a product"),
        units: line.units,
        net_revenue: line.net_revenue,
        customer_id: line.customer.clone(),
        deal_registration_id: line.registration.clone(),
        kind: if line.return_of.is_some() { LineKind::Return } else { LineKind::Sale },
        original_transaction_id: line.return_of.clone(),
    }
}
