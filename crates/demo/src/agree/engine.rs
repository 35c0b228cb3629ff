//! A random world as the engine knows it. Programs go through their files.

use rust_decimal::Decimal;
use spiffcast_engine::calendar::{FiscalCalendar, Span};
use spiffcast_engine::catalog::{self, Catalog, PartnerIx};
use spiffcast_engine::company::Company;
use spiffcast_engine::programs::assemble::assemble;
use spiffcast_engine::programs::front_matter;
use spiffcast_engine::programs::terms as engine;
use spiffcast_engine::programs::{PayoutLine, RuleBook, SettleOptions, settle};
use spiffcast_engine::sales;

use crate::books::{Books, Line};
use crate::programs::ProgramFile;
use crate::terms::Version;

/// The company and the rules in force, changes laid over them.
pub struct Both {
    pub company: Company,
    pub rules: RuleBook,
}

impl Both {
    pub fn new(books: &Books) -> Self {
        let company = company(books);
        let mut rules = RuleBook::of(&company.programs);
        for change in &books.changes {
            let version = books.versions.iter().find(|v| {
                v.program == change.program && v.terms.from <= change.from && change.to <= v.terms.to
            });
            let version = version.expect("a change lies inside a version");
            let audience = change
                .partners
                .as_ref()
                .map(|partners| books_order(&company, |id| partners.iter().any(|p| p == id)));
            let terms = change
                .terms
                .as_ref()
                .map(|terms| read(&Version { terms: terms.clone(), ..version.clone() }).terms);
            let program = rules.program_mut(&change.program).expect("a program");
            program.overlay(Span::new(change.from, change.to), audience.as_deref(), |_| terms.clone());
        }
        Self { company, rules }
    }

    pub fn settle(&self) -> Vec<PayoutLine> {
        settle(&self.company, &self.rules, &SettleOptions::default()).payouts
    }
}

fn books_order(company: &Company, holds: impl Fn(&str) -> bool) -> Vec<bool> {
    company.catalog.partners.iter().map(|p| holds(&p.id)).collect()
}

/// A version by way of its file.
fn read(version: &Version) -> engine::ProgramVersion {
    let file = ProgramFile { version: version.clone(), sections: Vec::new() };
    match front_matter::parse(&file.path(), &file.markdown()) {
        Ok((version, _)) => version,
        Err(findings) => panic!("{}\n{findings:?}", file.markdown()),
    }
}

pub fn company(books: &Books) -> Company {
    let calendar = FiscalCalendar { first_month: books.first_month };
    let versions = books.versions.iter().map(read).collect();
    let programs = assemble(versions, calendar).unwrap_or_else(|findings| panic!("{findings:?}"));
    let catalog = catalog(books);
    let partner = |id: &str| catalog.partner(id).expect("a partner");
    let product = |sku: &str| catalog.product(sku).expect("a product");
    let mut lines: Vec<sales::SaleLine> = books.lines.iter().map(|l| line(&catalog, l)).collect();
    lines.sort_by(|a, b| {
        (a.sold_on, &a.transaction_id, a.line_no).cmp(&(b.sold_on, &b.transaction_id, b.line_no))
    });
    let registration = |r: &crate::books::Registration| sales::DealRegistration {
        id: r.id.clone(),
        partner: partner(&r.partner),
        product: product(&r.sku),
        submitted_on: r.submitted_on,
        status: r.status.clone(),
        approved_on: r.approved_on,
        expires_on: r.expires_on,
        expected_close_on: r.expected_close_on,
        estimated_units: r.estimated_units.map(Decimal::from),
    };
    let target = |t: &crate::books::Target| sales::Target {
        program_id: t.program.clone(),
        partner: partner(&t.partner),
        period_start: t.period_start,
        target: t.target,
    };
    let mut registrations: Vec<_> = books.registrations.iter().map(registration).collect();
    registrations.sort_by(|a, b| a.id.cmp(&b.id));
    Company {
        as_of: lines.iter().map(|l| l.sold_on).max().unwrap_or_default(),
        lines,
        registrations,
        targets: books.targets.iter().map(target).collect(),
        payouts: Vec::new(),
        programs,
        calendar,
        catalog,
    }
}

fn catalog(books: &Books) -> Catalog {
    let mut ids: Vec<&str> = books.partners.iter().map(|p| p.id.as_str()).collect();
    ids.sort_unstable();
    let position = |id: &str| -> Option<PartnerIx> { ids.binary_search(&id).ok() };
    let mut partners: Vec<catalog::Partner> = books
        .partners
        .iter()
        .map(|p| {
            let rows = books.tier_changes.iter().filter(|c| c.partner == p.id);
            let mut tier_history: Vec<_> = rows.map(|c| (c.from, c.tier.clone())).collect();
            tier_history.sort();
            catalog::Partner {
                id: p.id.clone(),
                name: p.name.clone(),
                partner_type: p.partner_type.parse().expect("a partner type"),
                tier: p.tier.clone(),
                region: p.region.clone(),
                country: None,
                parent: p.parent.as_deref().and_then(position),
                onboarded_on: Some(p.onboarded_on),
                active: p.active,
                tier_history,
            }
        })
        .collect();
    partners.sort_by(|a, b| a.id.cmp(&b.id));
    let mut products: Vec<catalog::Product> = books
        .products
        .iter()
        .map(|p| catalog::Product {
            sku: p.sku.clone(),
            name: p.name.clone(),
            family: p.family.clone(),
            launched_on: p.launched_on,
            end_of_life_on: p.end_of_life_on,
            prices: prices(books, p),
        })
        .collect();
    products.sort_by(|a, b| a.sku.cmp(&b.sku));
    let currency = books.versions.first().map_or("USD", |v| v.terms.currency.as_str());
    Catalog::new(partners, products, currency.to_owned())
}

/// The row of the products, then those of the price changes, oldest first.
fn prices(books: &Books, product: &crate::books::Product) -> Vec<catalog::Price> {
    let first =
        catalog::Price { effective_from: None, list_price: product.list_price, unit_cost: product.unit_cost };
    let changes = books.price_changes.iter().filter(|c| c.sku == product.sku);
    let mut later: Vec<catalog::Price> = changes
        .map(|c| catalog::Price {
            effective_from: Some(c.from),
            list_price: c.list_price,
            unit_cost: c.unit_cost,
        })
        .collect();
    later.sort_by_key(|p| p.effective_from);
    std::iter::once(first).chain(later).collect()
}

fn line(catalog: &Catalog, line: &Line) -> sales::SaleLine {
    let kind = if line.return_of.is_some() { sales::LineKind::Return } else { sales::LineKind::Sale };
    sales::SaleLine {
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
        kind,
        original_transaction_id: line.return_of.clone(),
    }
}
