//! A quarter that has not come yet as lines of sale: transactions and registrations by
//! the generator, laid after the company's real ones, for the exact calculator.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use spiffcast_engine::company::Company;
use spiffcast_engine::sales::{DealRegistration, LineKind, SaleLine};

use super::company::Subject;
use crate::books::{Line, Registration};
use crate::calendar::Month;
use crate::company::cells::Cell;
use crate::company::market::Market;
use crate::company::products::list_price;
use crate::company::registrations::register;
use crate::company::transactions::continued;

/// The company when the quarter is over.
pub struct Sale {
    /// Its lines of the last year and a half, and the quarter's.
    pub company: Company,
    sold: Vec<Line>,
}

/// Lines since this day count in some fiscal period that is open, or in growth over it.
fn since() -> NaiveDate {
    Month::new(2025, 1).first()
}

/// Sells cells after the data.
pub fn book(seed: u64, subject: &Subject, sold: &[Cell]) -> Sale {
    let (world, company) = (&subject.world, &subject.model.company);
    let customers = customers(subject);
    let (mut lines, mut registrations) = (Vec::new(), Vec::new());
    // Month by month, and registered partner by partner: what an arm does not change comes
    // out the same in both.
    let last = sold.iter().map(|c| c.t).max().unwrap_or(0);
    for t in world.market.shape.months..=last {
        let of_month: Vec<Cell> = sold.iter().filter(|c| c.t == t).copied().collect();
        let seed = seed.wrapping_mul(64).wrapping_add(t as u64);
        let month = continued(seed, &world.market, &world.departures, &of_month, &customers);
        for (i, partner) in world.market.partners.iter().enumerate() {
            let mut own: Vec<Line> = month.iter().filter(|l| l.partner == partner.id).cloned().collect();
            let mut registered = register(seed.wrapping_mul(4096).wrapping_add(i as u64), &mut own);
            // Numbers of their own beside those of the history.
            for line in &mut own {
                line.transaction_id = format!("Q{t}-{}", line.transaction_id);
                line.registration = line.registration.take().map(|id| format!("Q{t}-{i}-{id}"));
            }
            registered.iter_mut().for_each(|r| r.id = format!("Q{t}-{i}-{}", r.id));
            lines.extend(own);
            registrations.extend(registered);
        }
    }
    let mut later = Company {
        catalog: company.catalog.clone(),
        programs: Vec::new(),
        lines: company.lines.iter().filter(|l| l.sold_on >= since()).cloned().collect(),
        registrations: company.registrations.clone(),
        targets: company.targets.clone(),
        payouts: Vec::new(),
        as_of: lines.iter().map(|l| l.sold_on).max().unwrap_or(company.as_of),
        calendar: company.calendar,
    };
    later.lines.extend(lines.iter().filter_map(|l| line(company, l)));
    later.lines.sort_by(SaleLine::order);
    later.registrations.extend(registrations.iter().filter_map(|r| registration(company, r)));
    later.registrations.sort_by(|a, b| a.id.cmp(&b.id));
    Sale { company: later, sold: lines }
}

impl Sale {
    /// Adds by product what the lines brought, and what they would have at list price
    /// less the partners' usual discounts.
    pub fn prices(&self, market: &Market, sums: &mut [[f64; 2]]) {
        for line in &self.sold {
            let partner = market.partners.iter().position(|p| p.id == line.partner);
            let product = market.products.iter().position(|p| p.sku == line.sku);
            let (Some(partner), Some(product)) = (partner, product) else { continue };
            let month = Month::of(line.sold_on);
            let list = list_price(&market.products[product], &market.price_changes, month);
            let usual = (list * line.units).to_f64().unwrap_or(0.0) * (1.0 - market.discount(partner, month));
            sums[product][0] += line.net_revenue.to_f64().unwrap_or(0.0);
            sums[product][1] += usual;
        }
    }
}

/// How many customers every partner has had.
fn customers(subject: &Subject) -> Vec<usize> {
    let market = &subject.world.market;
    let mut most = vec![0; market.partners.len()];
    for line in &subject.world.books.lines {
        let number = line.customer.as_deref().and_then(|c| c.rsplit_once('-')).map(|(_, n)| n.parse());
        let partner = market.partners.iter().position(|p| p.id == line.partner);
        if let (Some(Ok(n)), Some(i)) = (number, partner) {
            most[i] = most[i].max(n);
        }
    }
    most
}

fn line(company: &Company, line: &Line) -> Option<SaleLine> {
    Some(SaleLine {
        transaction_id: line.transaction_id.clone(),
        line_no: line.line_no,
        sold_on: line.sold_on,
        reported_on: line.reported_on,
        partner: company.catalog.partner(&line.partner)?,
        product: company.catalog.product(&line.sku)?,
        units: line.units,
        net_revenue: line.net_revenue,
        customer_id: line.customer.clone(),
        deal_registration_id: line.registration.clone(),
        kind: LineKind::Sale,
        original_transaction_id: None,
    })
}

fn registration(company: &Company, r: &Registration) -> Option<DealRegistration> {
    Some(DealRegistration {
        id: r.id.clone(),
        partner: company.catalog.partner(&r.partner)?,
        product: company.catalog.product(&r.sku)?,
        submitted_on: r.submitted_on,
        status: r.status.clone(),
        approved_on: r.approved_on,
        expires_on: r.expires_on,
        expected_close_on: r.expected_close_on,
        estimated_units: r.estimated_units.map(Decimal::from),
    })
}
