//! The tables of DESIGN.md, "Data in", as CSV: ISO dates, decimal text, quotes only
//! where a field needs them, LF ends.

use std::fmt::Display;

use chrono::NaiveDate;

use crate::books::{Books, Line};
use crate::payouts::RecordedPayout;

/// One table while it is written.
struct Table {
    text: String,
}

impl Table {
    fn new(columns: &str) -> Self {
        Self { text: format!("{columns}\n") }
    }

    fn row(&mut self, fields: &[&dyn Display]) {
        for (i, field) in fields.iter().enumerate() {
            if i > 0 {
                self.text.push(',');
            }
            self.text.push_str(&quoted(&field.to_string()));
        }
        self.text.push('\n');
    }

    fn bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", field.replace('"', "\"\""));
    }
    field.to_owned()
}

/// An absent value is an empty field.
fn or_empty<T: Display>(value: &Option<T>) -> String {
    value.as_ref().map(T::to_string).unwrap_or_default()
}

/// The seven tables beside payouts, with their file names.
pub fn tables(books: &Books) -> Vec<(String, Vec<u8>)> {
    tables_in(books, "USD")
}

/// The same in another currency.
pub fn tables_in(books: &Books, currency: &str) -> Vec<(String, Vec<u8>)> {
    vec![
        ("partners.csv".to_owned(), partners(books)),
        ("partner_tiers.csv".to_owned(), partner_tiers(books)),
        ("products.csv".to_owned(), products(books, currency)),
        ("product_prices.csv".to_owned(), product_prices(books)),
        ("transactions.csv".to_owned(), transactions(&books.lines, currency)),
        ("deal_registrations.csv".to_owned(), registrations(books)),
        ("targets.csv".to_owned(), targets(books)),
    ]
}

fn partners(books: &Books) -> Vec<u8> {
    let mut table =
        Table::new("partner_id,name,partner_type,tier,region,country,parent_partner_id,onboarded_on,status");
    for p in &books.partners {
        let status = if p.active { "active" } else { "inactive" };
        let parent = or_empty(&p.parent);
        table.row(&[
            &p.id,
            &p.name,
            &p.partner_type,
            &p.tier,
            &p.region,
            &p.country,
            &parent,
            &p.onboarded_on,
            &status,
        ]);
    }
    table.bytes()
}

fn partner_tiers(books: &Books) -> Vec<u8> {
    let mut table = Table::new("partner_id,tier,effective_from");
    for c in &books.tier_changes {
        table.row(&[&c.partner, &c.tier, &c.from]);
    }
    table.bytes()
}

fn products(books: &Books, currency: &str) -> Vec<u8> {
    let mut table = Table::new("sku,name,family,list_price,unit_cost,currency,launched_on,end_of_life_on");
    for p in &books.products {
        let (list, cost) = (format!("{:.2}", p.list_price), format!("{:.2}", p.unit_cost));
        let (launched, ended) = (or_empty(&p.launched_on), or_empty(&p.end_of_life_on));
        table.row(&[&p.sku, &p.name, &p.family, &list, &cost, &currency, &launched, &ended]);
    }
    table.bytes()
}

fn product_prices(books: &Books) -> Vec<u8> {
    let mut table = Table::new("sku,effective_from,list_price,unit_cost");
    for c in &books.price_changes {
        let (list, cost) = (format!("{:.2}", c.list_price), format!("{:.2}", c.unit_cost));
        table.row(&[&c.sku, &c.from, &list, &cost]);
    }
    table.bytes()
}

fn transactions(lines: &[Line], currency: &str) -> Vec<u8> {
    let mut table = Table::new(
        "transaction_id,line_no,sold_on,reported_on,partner_id,sku,units,net_revenue,currency,customer_id,deal_registration_id,kind,original_transaction_id",
    );
    for l in lines {
        let revenue = format!("{:.2}", l.net_revenue);
        let kind = if l.return_of.is_some() { "return" } else { "sale" };
        let (reported, customer) = (or_empty(&l.reported_on), or_empty(&l.customer));
        let (registration, original) = (or_empty(&l.registration), or_empty(&l.return_of));
        table.row(&[
            &l.transaction_id,
            &l.line_no,
            &l.sold_on,
            &reported,
            &l.partner,
            &l.sku,
            &l.units,
            &revenue,
            &currency,
            &customer,
            &registration,
            &kind,
            &original,
        ]);
    }
    table.bytes()
}

fn registrations(books: &Books) -> Vec<u8> {
    let mut table = Table::new(
        "deal_registration_id,partner_id,sku,submitted_on,status,approved_on,expires_on,expected_close_on,estimated_units",
    );
    for r in &books.registrations {
        let day = |d: &Option<NaiveDate>| or_empty(d);
        let (approved, expires, close) = (day(&r.approved_on), day(&r.expires_on), day(&r.expected_close_on));
        let units = or_empty(&r.estimated_units);
        table.row(&[
            &r.id,
            &r.partner,
            &r.sku,
            &r.submitted_on,
            &r.status,
            &approved,
            &expires,
            &close,
            &units,
        ]);
    }
    table.bytes()
}

fn targets(books: &Books) -> Vec<u8> {
    let mut table = Table::new("program_id,partner_id,period_start,target");
    for t in &books.targets {
        table.row(&[&t.program, &t.partner, &t.period_start, &t.target]);
    }
    table.bytes()
}

/// The payouts table.
pub fn payouts(payouts: &[RecordedPayout]) -> Vec<u8> {
    let mut table = Table::new(
        "payout_id,program_id,program_version,partner_id,period_start,period_end,accrued,currency,role,transaction_id,status,paid,paid_on",
    );
    for p in payouts {
        let (accrued, paid) = (format!("{:.2}", p.accrued), p.paid.map(|d| format!("{d:.2}")));
        let (transaction, paid, paid_on) =
            (or_empty(&p.transaction_id), or_empty(&paid), or_empty(&p.paid_on));
        table.row(&[
            &p.id,
            &p.program,
            &p.version,
            &p.partner,
            &p.period_start,
            &p.period_end,
            &accrued,
            &"USD",
            &p.role.as_str(),
            &transaction,
            &p.status,
            &paid,
            &paid_on,
        ]);
    }
    table.bytes()
}
