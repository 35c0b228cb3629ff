//! A partner's own view: exact against the calculator and the payouts table, its
//! distances proved by selling exactly that much and one unit less, and nothing of
//! another partner in it.

mod disputes;
mod exact;
mod faces;
mod outlook;
mod rules;
mod scope;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use rust_decimal::Decimal;
use spiffcast::history::{self, Place};
use spiffcast_engine::calendar::FiscalCalendar;
use spiffcast_engine::catalog::PartnerIx;
use spiffcast_engine::company::Company;
use spiffcast_engine::earnings::extra::PricedSale;
use spiffcast_engine::programs::terms::ProgramKind;
use spiffcast_engine::programs::{PayoutLine, RuleBook, SettleOptions, settle};
use spiffcast_engine::sales::{LineKind, PayoutRole, SaleLine};

fn company() -> &'static Company {
    static COMPANY: OnceLock<Company> = OnceLock::new();
    COMPANY.get_or_init(|| {
        history::load(&Place::Demo, FiscalCalendar::default()).expect("the demo company").company
    })
}

/// Everything owed in the demo company, by the calculator over everybody.
fn owed() -> &'static [PayoutLine] {
    static OWED: OnceLock<Vec<PayoutLine>> = OnceLock::new();
    OWED.get_or_init(|| {
        settle(company(), &RuleBook::of(&company().programs), &SettleOptions::default()).payouts
    })
}

fn of(partner: PartnerIx) -> Vec<&'static PayoutLine> {
    owed().iter().filter(|p| p.partner == partner).collect()
}

/// A parent with overrides, a distributor, partners with clawbacks, one that is
/// inactive and one under exhausted funds: found in the data, so that they exist.
fn chosen() -> Vec<PartnerIx> {
    let partners = &company().catalog.partners;
    let with = |has: &dyn Fn(&PayoutLine) -> bool| owed().iter().find(|p| has(p)).expect("one").partner;
    let mut chosen = vec![
        with(&|p| p.role == PayoutRole::Override),
        with(&|p| p.role == PayoutRole::Clawback),
        with(&|p| !p.budget_cut.is_zero()),
        partners.iter().position(|p| p.partner_type.as_str() == "distributor").expect("a distributor"),
        partners.iter().position(|p| !p.active).expect("an inactive partner"),
        company().catalog.partner("P-0042").expect("P-0042"),
    ];
    chosen.sort_unstable();
    chosen.dedup();
    assert!(chosen.len() >= 4, "{chosen:?}");
    chosen
}

/// The company with imagined sales really made by a partner.
fn with_sales(partner: PartnerIx, sales: &[PricedSale]) -> Company {
    let mut company = company().clone();
    for (n, sale) in sales.iter().enumerate() {
        company.lines.push(SaleLine {
            transaction_id: format!("~extra-{n}"),
            line_no: 1,
            sold_on: sale.sold_on,
            reported_on: None,
            partner,
            product: company.catalog.product(&sale.sku).expect("a product"),
            units: sale.units,
            net_revenue: sale.net_revenue,
            customer_id: None,
            deal_registration_id: None,
            kind: LineKind::Sale,
            original_transaction_id: None,
        });
    }
    company.lines.sort_by(|a, b| a.order(b));
    company
}

/// What a partner is owed by program, own pay and clawbacks.
fn by_program(company: &Company, partner: PartnerIx) -> BTreeMap<String, Decimal> {
    let options = SettleOptions { partner: Some(partner), ..SettleOptions::default() };
    let mut all = BTreeMap::new();
    for line in settle(company, &RuleBook::of(&company.programs), &options).payouts {
        *all.entry(line.program_id).or_insert(Decimal::ZERO) += line.amount;
    }
    all
}

fn is_fund(program: &str) -> bool {
    company().program(program).is_some_and(|p| p.latest().terms.kind == ProgramKind::Mdf)
}
