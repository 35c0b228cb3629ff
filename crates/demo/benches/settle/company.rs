//! The engine's company from a generated one: the same facts in the types of the
//! other crate, row by row. Knows nothing of files and checks nothing.

use std::collections::{BTreeMap, HashMap};

use spiffcast_demo::World;
use spiffcast_demo::books::{Books, Line};
use spiffcast_demo::terms as demo;
use spiffcast_engine::calendar::{FiscalCalendar, PeriodKind, Span};
use spiffcast_engine::catalog::{Catalog, Partner, Price, Product};
use spiffcast_engine::company::Company;
use spiffcast_engine::programs::terms::{
    Accelerator, AppliesTo, Caps, Eligible, Growth, Measure, Pay, ProgramKind, Rate, RateTier, Stacking,
    StackingMode, TierMode,
};
use spiffcast_engine::programs::{Program, ProgramVersion, Terms};
use spiffcast_engine::sales::{DealRegistration, LineKind, SaleLine, Target};

/// Positions of partners and products by identifier.
struct Index<'b> {
    partners: HashMap<&'b str, usize>,
    products: HashMap<&'b str, usize>,
}

/// The company of a world, without recorded payouts.
pub fn company(world: &World) -> Company {
    let books = &world.books;
    let mut partner_ids: Vec<&str> = books.partners.iter().map(|p| p.id.as_str()).collect();
    let mut skus: Vec<&str> = books.products.iter().map(|p| p.sku.as_str()).collect();
    partner_ids.sort_unstable();
    skus.sort_unstable();
    let at = |ids: &[&'_ str]| ids.iter().enumerate().map(|(ix, id)| ((*id).to_owned(), ix)).collect();
    let (partners, products): (HashMap<String, usize>, HashMap<String, usize>) = (at(&partner_ids), at(&skus));
    let index = Index {
        partners: partners.iter().map(|(id, ix)| (id.as_str(), *ix)).collect(),
        products: products.iter().map(|(id, ix)| (id.as_str(), *ix)).collect(),
    };
    let mut lines: Vec<SaleLine> = books.lines.iter().map(|l| line(&index, l)).collect();
    sort(&mut lines);
    let mut registrations: Vec<DealRegistration> =
        books.registrations.iter().map(|r| registration(&index, r)).collect();
    registrations.sort_by(|a, b| a.id.cmp(&b.id));
    let target = |t: &spiffcast_demo::books::Target| Target {
        program_id: t.program.clone(),
        partner: index.partners[t.partner.as_str()],
        period_start: t.period_start,
        target: t.target,
    };
    Company {
        catalog: catalog(books, &index, &partner_ids, &skus),
        programs: programs(books),
        lines,
        registrations,
        targets: books.targets.iter().map(target).collect(),
        payouts: Vec::new(),
        as_of: spiffcast_demo::Shape::last_month().last(),
        calendar: FiscalCalendar { first_month: books.first_month },
    }
}

/// The order of PAYOUTS.md, step 4.
pub fn sort(lines: &mut [SaleLine]) {
    lines.sort_by(|a, b| {
        (a.sold_on, &a.transaction_id, a.line_no).cmp(&(b.sold_on, &b.transaction_id, b.line_no))
    });
}

fn catalog(books: &Books, index: &Index<'_>, partner_ids: &[&str], skus: &[&str]) -> Catalog {
    let partner = |id: &&str| {
        let p = books.partners.iter().find(|p| p.id == *id).expect("listed");
        let mut tier_history: Vec<_> =
            books.tier_changes.iter().filter(|c| c.partner == p.id).map(|c| (c.from, c.tier.clone())).collect();
        tier_history.sort_by_key(|(from, _)| *from);
        Partner {
            id: p.id.clone(),
            name: p.name.clone(),
            partner_type: p.partner_type.parse().expect("a partner type"),
            tier: p.tier.clone(),
            region: p.region.clone(),
            country: Some(p.country.clone()),
            parent: p.parent.as_ref().map(|id| index.partners[id.as_str()]),
            onboarded_on: Some(p.onboarded_on),
            active: p.active,
            tier_history,
        }
    };
    let product = |sku: &&str| {
        let p = books.products.iter().find(|p| p.sku == *sku).expect("listed");
        let mut prices = vec![Price { effective_from: None, list_price: p.list_price, unit_cost: p.unit_cost }];
        prices.extend(books.price_changes.iter().filter(|c| c.sku == p.sku).map(|c| Price {
            effective_from: Some(c.from),
            list_price: c.list_price,
            unit_cost: c.unit_cost,
        }));
        prices.sort_by_key(|p| p.effective_from);
        Product {
            sku: p.sku.clone(),
            name: p.name.clone(),
            family: p.family.clone(),
            launched_on: p.launched_on,
            end_of_life_on: p.end_of_life_on,
            prices,
        }
    };
    Catalog::new(partner_ids.iter().map(partner).collect(), skus.iter().map(product).collect(), "USD".into())
}

fn line(index: &Index<'_>, l: &Line) -> SaleLine {
    SaleLine {
        transaction_id: l.transaction_id.clone(),
        line_no: l.line_no,
        sold_on: l.sold_on,
        reported_on: l.reported_on,
        partner: index.partners[l.partner.as_str()],
        product: index.products[l.sku.as_str()],
        units: l.units,
        net_revenue: l.net_revenue,
        customer_id: l.customer.clone(),
        deal_registration_id: l.registration.clone(),
        kind: if l.return_of.is_some() { LineKind::Return } else { LineKind::Sale },
        original_transaction_id: l.return_of.clone(),
    }
}

fn registration(index: &Index<'_>, r: &spiffcast_demo::books::Registration) -> DealRegistration {
    DealRegistration {
        id: r.id.clone(),
        partner: index.partners[r.partner.as_str()],
        product: index.products[r.sku.as_str()],
        submitted_on: r.submitted_on,
        status: r.status.clone(),
        approved_on: r.approved_on,
        expires_on: r.expires_on,
        expected_close_on: r.expected_close_on,
        estimated_units: r.estimated_units.map(Into::into),
    }
}

fn programs(books: &Books) -> Vec<Program> {
    let mut programs: BTreeMap<&str, Vec<ProgramVersion>> = BTreeMap::new();
    for v in &books.versions {
        programs.entry(&v.program).or_default().push(ProgramVersion {
            program: v.program.clone(),
            version: v.version,
            name: v.name.clone(),
            terms: terms(&v.terms),
            clauses: Vec::new(),
            file: format!("programs/{}/v{}.md", v.program, v.version),
            digest: String::new(),
        });
    }
    let sorted = |(id, mut versions): (&str, Vec<ProgramVersion>)| {
        versions.sort_by_key(|v| v.version);
        Program { id: id.to_owned(), versions }
    };
    programs.into_iter().map(sorted).collect()
}

/// The terms of the other crate, key by key.
pub fn terms(t: &demo::Terms) -> Terms {
    Terms {
        kind: match t.kind {
            demo::Kind::Spiff => ProgramKind::Spiff,
            demo::Kind::Rebate => ProgramKind::Rebate,
            demo::Kind::Commission => ProgramKind::Commission,
            demo::Kind::Growth => ProgramKind::Growth,
            demo::Kind::Mdf => ProgramKind::Mdf,
        },
        currency: t.currency.clone(),
        effective: Span::new(t.from, t.to),
        stacking: t.stacking.as_ref().map(|s| Stacking {
            group: s.group.clone(),
            mode: match s.mode {
                demo::StackingMode::Stack => StackingMode::Stack,
                demo::StackingMode::BestOf => StackingMode::BestOf,
                demo::StackingMode::Exclusive => StackingMode::Exclusive,
            },
            priority: s.priority,
        }),
        applies_to: AppliesTo { skus: t.skus.clone(), families: t.families.clone() },
        eligible: Eligible {
            tiers: t.tiers.clone(),
            regions: t.regions.clone(),
            partner_types: t.partner_types.iter().map(|p| p.parse().expect("a partner type")).collect(),
            deal_registration_required: t.deal_registration_required,
            new_customer_only: t.new_customer_only,
        },
        measure: match t.measure {
            demo::Measure::Units => Measure::Units,
            demo::Measure::Revenue => Measure::Revenue,
        },
        period: match t.period {
            demo::Period::Transaction => PeriodKind::Transaction,
            demo::Period::Month => PeriodKind::Month,
            demo::Period::Quarter => PeriodKind::Quarter,
            demo::Period::Half => PeriodKind::Half,
            demo::Period::Year => PeriodKind::Year,
        },
        rate: rate(&t.rate),
        minimum: t.minimum,
        target: t.target,
        accelerator: t
            .accelerator
            .map(|(above_attainment, multiplier)| Accelerator { above_attainment, multiplier }),
        growth: t.growth_above.map(|above| Growth { above }),
        override_percent: t.override_percent,
        bundle: t.bundle.clone(),
        claim_within_days: t.claim_within_days,
        caps: Caps {
            per_transaction: t.cap_per_transaction,
            per_partner: t.cap_per_partner,
            program_budget: t.program_budget,
        },
    }
}

fn rate(rate: &demo::Rate) -> Rate {
    let pay = |pay: &demo::Pay| match pay {
        demo::Pay::PerUnit(v) => Pay::PerUnit(*v),
        demo::Pay::Percent(v) => Pay::Percent(*v),
    };
    match rate {
        demo::Rate::Flat(flat) => Rate::Flat(pay(flat)),
        demo::Rate::Tiers(tiers, mode) => Rate::Tiered {
            tiers: tiers.iter().map(|(from, p)| RateTier { from: *from, pay: pay(p) }).collect(),
            mode: match mode {
                demo::TierMode::Marginal => TierMode::Marginal,
                demo::TierMode::Retroactive => TierMode::Retroactive,
            },
        },
    }
}
