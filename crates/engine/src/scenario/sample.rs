//! A compact company for tests of scenarios and readings: every kind of program,
//! a few partners, names that can be told apart and some that cannot easily.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::{FiscalCalendar, PeriodKind, Span};
use crate::catalog::{Catalog, Partner, PartnerType, Price, Product};
use crate::company::Company;
use crate::programs::terms::*;

pub(crate) fn day(s: &str) -> NaiveDate {
    s.parse().expect("a date")
}

pub(crate) fn d(s: &str) -> Decimal {
    s.parse().expect("a decimal")
}

fn product(sku: &str, name: &str, family: &str, price: &str) -> Product {
    let price = Price { effective_from: None, list_price: d(price), unit_cost: d("1") };
    Product {
        sku: sku.into(),
        name: name.into(),
        family: family.into(),
        launched_on: None,
        end_of_life_on: None,
        prices: vec![price],
    }
}

fn partner(id: &str, name: &str, partner_type: PartnerType, tier: &str, region: &str) -> Partner {
    Partner {
        id: id.into(),
        name: name.into(),
        partner_type,
        tier: tier.into(),
        region: region.into(),
        country: None,
        parent: None,
        onboarded_on: None,
        active: true,
        tier_history: vec![],
    }
}

pub(crate) fn terms(kind: ProgramKind, period: PeriodKind, rate: Rate, from: &str, to: &str) -> Terms {
    Terms {
        kind,
        currency: "USD".into(),
        effective: Span::new(day(from), day(to)),
        stacking: None,
        applies_to: AppliesTo::default(),
        eligible: Eligible::default(),
        measure: Measure::Revenue,
        period,
        rate,
        minimum: None,
        target: None,
        accelerator: None,
        growth: None,
        override_percent: None,
        bundle: vec![],
        claim_within_days: None,
        caps: Caps::default(),
    }
}

pub(crate) fn program(id: &str, name: &str, versions: Vec<Terms>) -> Program {
    let version = |(i, terms): (usize, Terms)| ProgramVersion {
        program: id.into(),
        version: i as u32 + 1,
        name: name.into(),
        terms,
        clauses: vec![],
        file: format!("programs/{id}/v{}.md", i + 1),
        lines: Default::default(),
        digest: String::new(),
    };
    Program { id: id.into(), versions: versions.into_iter().enumerate().map(version).collect() }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

fn product_x(from: &str, to: &str, rate: &str) -> Terms {
    let flat = Rate::Flat(Pay::PerUnit(d(rate)));
    let mut t = terms(ProgramKind::Spiff, PeriodKind::Month, flat, from, to);
    t.measure = Measure::Units;
    t.applies_to.skus = owned(&["PX-100", "PX-200"]);
    t.eligible.tiers = owned(&["Gold", "Platinum"]);
    t.caps = Caps { per_transaction: None, per_partner: Some(d("5000")), program_budget: Some(d("250000")) };
    t
}

fn volume_rebate() -> Terms {
    let tier = |from: &str, pay: &str| RateTier { from: d(from), pay: Pay::Percent(d(pay)) };
    let tiers = vec![tier("0", "2"), tier("50000", "3"), tier("200000", "4")];
    let rate = Rate::Tiered { tiers, mode: TierMode::Retroactive };
    terms(ProgramKind::Rebate, PeriodKind::Quarter, rate, "2025-01-01", "2027-12-31")
}

fn attainment_rebate() -> Terms {
    let rate = Rate::Flat(Pay::Percent(d("2")));
    let mut t = terms(ProgramKind::Rebate, PeriodKind::Quarter, rate, "2025-01-01", "2027-12-31");
    t.measure = Measure::Units;
    t.minimum = Some(d("10"));
    t.target = Some(d("100"));
    t.accelerator = Some(Accelerator { above_attainment: d("100"), multiplier: d("1.5") });
    t.applies_to.families = owned(&["Services"]);
    t
}

fn percent(kind: ProgramKind, period: PeriodKind, value: &str) -> Terms {
    terms(kind, period, Rate::Flat(Pay::Percent(d(value))), "2025-01-01", "2027-12-31")
}

pub(crate) fn programs() -> Vec<Program> {
    let mut cloud = percent(ProgramKind::Commission, PeriodKind::Transaction, "4.5");
    cloud.applies_to.families = owned(&["Cloud"]);
    cloud.caps.per_transaction = Some(d("2000"));
    cloud.caps.per_partner = Some(d("9000"));
    let mut growth = percent(ProgramKind::Growth, PeriodKind::Quarter, "3");
    growth.growth = Some(Growth { above: d("5") });
    growth.eligible.regions = owned(&["EMEA"]);
    let mut referral = percent(ProgramKind::Commission, PeriodKind::Transaction, "8");
    referral.eligible.deal_registration_required = true;
    referral.eligible.partner_types = vec![PartnerType::Referral];
    referral.override_percent = Some(d("1"));
    let mut fund = percent(ProgramKind::Mdf, PeriodKind::Quarter, "1");
    fund.caps.per_partner = Some(d("10000"));
    let nova = Rate::Flat(Pay::PerUnit(d("25")));
    let mut nova = terms(ProgramKind::Spiff, PeriodKind::Month, nova, "2026-01-01", "2026-06-30");
    nova.measure = Measure::Units;
    nova.applies_to.skus = owned(&["NV-1"]);
    vec![
        program("commission-cloud", "Cloud Commission", vec![cloud]),
        program("commission-referral", "Referral Commission", vec![referral]),
        program("growth-emea", "EMEA Growth Bonus", vec![growth]),
        program("mdf-core", "Partner Development Fund", vec![fund]),
        program("rebate-attainment", "Attainment Rebate", vec![attainment_rebate()]),
        program("rebate-volume", "Volume Rebate", vec![volume_rebate()]),
        program("spiff-nova", "Nova Launch SPIFF", vec![nova]),
        program(
            "spiff-product-x",
            "Product X SPIFF",
            vec![
                product_x("2024-01-01", "2025-06-30", "30"),
                product_x("2025-07-01", "2025-12-31", "35"),
                product_x("2026-01-01", "2026-12-31", "40"),
            ],
        ),
    ]
}

/// As of 2026-06-30, so that today is 2026-07-01; calendar years; US dollars.
pub(crate) fn company() -> Company {
    use PartnerType::*;
    let partners = vec![
        partner("P-0001", "Acme Distribution", Distributor, "Platinum", "AMER"),
        partner("P-0002", "Acme Cloud Services", Msp, "Gold", "EMEA"),
        partner("P-0003", "Bluebird Systems", Reseller, "Gold", "EMEA"),
        partner("P-0004", "Contoso Partners Ltd", Reseller, "Silver", "APAC"),
        partner("P-0005", "Dunwich Trading", Reseller, "Silver", "AMER"),
        partner("P-0006", "Eastwind Referrals", Referral, "Registered", "EMEA"),
        partner("P-0042", "Fabrikam", Reseller, "Registered", "APAC"),
    ];
    let products = vec![
        product("CL-1", "Cloud Vault", "Cloud", "900"),
        product("CL-2", "Cloud Relay", "Cloud", "400"),
        product("NV-1", "Nova", "Edge", "150"),
        product("PX-100", "Product X Standard", "Appliances", "499"),
        product("PX-200", "Product X Plus", "Appliances", "899"),
        product("PY-100", "Product Y", "Appliances", "350"),
        product("SVC-10", "Onboarding", "Services", "120"),
    ];
    Company {
        catalog: Catalog::new(partners, products, "USD".into()),
        programs: programs(),
        lines: vec![],
        registrations: vec![],
        targets: vec![],
        payouts: vec![],
        as_of: day("2026-06-30"),
        calendar: FiscalCalendar::default(),
    }
}
