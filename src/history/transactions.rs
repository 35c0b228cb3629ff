//! The table `transactions`: sale and return lines, in the order of `Company`.

use std::collections::HashMap;

use chrono::NaiveDate;
use rayon::prelude::*;
use rust_decimal::Decimal;
use spiffcast_engine::sales::{LineKind, SaleLine};

use super::cells::{Bound, Cells};
use super::frame::RawTable;
use super::products::one_currency;
use super::report::{FileReport, Notes};
use super::returns;

/// What the lines refer to.
pub(super) struct Known<'k> {
    pub partners: &'k HashMap<String, usize>,
    pub products: &'k HashMap<String, usize>,
    /// `None`: the table is absent.
    pub registrations: Option<&'k HashMap<String, usize>>,
    pub currency: &'k str,
}

/// The columns of the table, one value a row.
pub(super) struct Columns<'a> {
    pub ids: Vec<&'a str>,
    pub line_no: Vec<u32>,
    pub sold_on: Vec<NaiveDate>,
    pub reported_on: Vec<Option<NaiveDate>>,
    pub partners: Vec<Option<usize>>,
    pub products: Vec<Option<usize>>,
    pub units: Vec<Decimal>,
    pub revenue: Vec<Decimal>,
    pub customers: Vec<Option<&'a str>>,
    pub registrations: Vec<Option<&'a str>>,
    pub kind: Vec<LineKind>,
    pub originals: Vec<Option<&'a str>>,
}

/// Parses and checks the table.
pub(super) fn transactions(raw: &RawTable, report: &mut FileReport, known: &Known<'_>) -> Vec<SaleLine> {
    let mut cells = Cells::new(raw, report);
    let columns = parse(&mut cells, known);
    amounts(&mut cells, &columns);
    let rows = unique_rows(&mut cells, &columns);
    registrations(&mut cells, &columns, known);
    returns::check(&mut cells, &columns, &rows);
    drop(rows);
    if cells.report.errors() > 0 {
        // Placeholders must not reach anybody.
        return Vec::new();
    }
    build(&columns)
}

fn parse<'a>(cells: &mut Cells<'a>, known: &Known<'_>) -> Columns<'a> {
    let partner_ids = cells.ids("partner_id");
    let partners = cells.refer("partner_id", &partner_ids, known.partners, "partners");
    let skus = cells.ids("sku");
    let products = cells.refer("sku", &skus, known.products, "products");
    let currencies = cells.ids("currency");
    one_currency(cells, &currencies, known.currency);
    Columns {
        ids: cells.ids("transaction_id"),
        line_no: cells.counts("line_no", Some(1)),
        sold_on: cells.days("sold_on"),
        reported_on: cells.optional_days("reported_on"),
        partners,
        products,
        units: cells.decimals("units", Bound::Any),
        revenue: cells.decimals("net_revenue", Bound::Any),
        customers: cells.optional_ids("customer_id"),
        registrations: cells.optional_ids("deal_registration_id"),
        kind: cells.words(
            "kind",
            &[("sale", LineKind::Sale), ("return", LineKind::Return)],
            Some(LineKind::Sale),
        ),
        originals: cells.optional_ids("original_transaction_id"),
    }
}

/// Sales count up; only returns may be negative, and count by absolute value.
fn amounts(cells: &mut Cells<'_>, columns: &Columns<'_>) {
    const EXPECTED: &str = "below 0 on a sale; goods that came back are lines of kind return";
    let mut notes = Notes::default();
    for (row, kind) in columns.kind.iter().enumerate() {
        if *kind == LineKind::Sale {
            for (column, value) in [("units", columns.units[row]), ("net_revenue", columns.revenue[row])] {
                if value < Decimal::ZERO {
                    notes.error(row, column, &value.to_string(), EXPECTED);
                }
            }
        }
        if let Some(reported) = columns.reported_on[row]
            && reported < columns.sold_on[row]
        {
            let text = format!("before sold_on {}", columns.sold_on[row]);
            notes.warning(row, "reported_on", &reported.to_string(), text);
        }
    }
    cells.note(notes);
}

/// The row of every key; reports doubled ones.
fn unique_rows<'a>(cells: &mut Cells<'a>, columns: &Columns<'a>) -> HashMap<(&'a str, u32), u32> {
    let mut rows: HashMap<(&str, u32), u32> = HashMap::with_capacity(columns.ids.len());
    let mut notes = Notes::default();
    for (row, id) in columns.ids.iter().enumerate().filter(|(_, id)| !id.is_empty()) {
        if let Some(first) = rows.insert((id, columns.line_no[row]), row as u32) {
            let first = cells.place(first as usize);
            let text =
                format!("line_no {} of this transaction_id is already on {first}", columns.line_no[row]);
            notes.error(row, "transaction_id", id, text);
        }
    }
    cells.note(notes);
    rows
}

/// A registration that is claimed but not on record earns nothing (PAYOUTS.md,
/// step 2); that is a business fact and no reason to refuse the data.
fn registrations(cells: &mut Cells<'_>, columns: &Columns<'_>, known: &Known<'_>) {
    let Some(registered) = known.registrations else {
        if columns.registrations.iter().any(Option::is_some) {
            cells.report.warning(
                "lines name deal registrations, but there is no deal_registrations table: none counts as approved",
            );
        }
        return;
    };
    let mut notes = Notes::default();
    for (row, id) in columns.registrations.iter().enumerate() {
        if let Some(id) = id
            && !registered.contains_key(*id)
        {
            notes.warning(
                row,
                "deal_registration_id",
                id,
                "not in deal_registrations; it does not count as approved",
            );
        }
    }
    cells.note(notes);
}

/// Lines in the order (`sold_on`, `transaction_id` as bytes, `line_no`).
fn build(columns: &Columns<'_>) -> Vec<SaleLine> {
    let mut order: Vec<u32> = (0..columns.ids.len() as u32).collect();
    let key = |row: &u32| {
        let row = *row as usize;
        (columns.sold_on[row], columns.ids[row].as_bytes(), columns.line_no[row])
    };
    order.par_sort_unstable_by(|a, b| key(a).cmp(&key(b)));
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let line = |row: &u32| {
        let row = *row as usize;
        SaleLine {
            transaction_id: columns.ids[row].to_owned(),
            line_no: columns.line_no[row],
            sold_on: columns.sold_on[row],
            reported_on: columns.reported_on[row],
            partner: columns.partners[row].unwrap_or_default(),
            product: columns.products[row].unwrap_or_default(),
            units: columns.units[row],
            net_revenue: columns.revenue[row],
            customer_id: owned(columns.customers[row]),
            deal_registration_id: owned(columns.registrations[row]),
            kind: columns.kind[row],
            original_transaction_id: owned(columns.originals[row]),
        }
    };
    order.par_iter().map(line).collect()
}
