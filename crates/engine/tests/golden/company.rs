//! The company of an example: the one every example starts from, with the rows of
//! its tables laid over it. The defaults are those that the README of the pages
//! names.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use spiffcast_engine::calendar::FiscalCalendar;
use spiffcast_engine::catalog::Catalog;
use spiffcast_engine::company::Company;
use spiffcast_engine::sales::{DealRegistration, LineKind, SaleLine, Target};

use crate::catalogue;
use crate::page::{Example, Row};

/// Every caption of a table that makes the company, and its columns.
pub const TABLES: [(&str, &[&str]); 8] = [
    ("Settings", &["first month of the fiscal year"]),
    ("Partners", &["partner", "type", "tier", "region", "parent", "active"]),
    ("Tiers", &["partner", "from", "tier"]),
    ("Products", &["sku", "family"]),
    ("Sales", &SALES),
    ("Returns", &["return", "of", "line", "on", "units", "revenue"]),
    ("Registrations", &["registration", "partner", "sku", "approved", "expires"]),
    ("Targets", &["program", "partner", "period start", "target"]),
];
const SALES: [&str; 10] = [
    "transaction",
    "line",
    "partner",
    "sku",
    "sold on",
    "reported on",
    "units",
    "revenue",
    "customer",
    "registration",
];

/// A decimal, with or without thousands separators and with either minus.
pub fn decimal(cell: &str) -> Result<Decimal, String> {
    let plain = cell.replace(',', "").replace('−', "-");
    plain.parse().map_err(|_| format!("`{cell}` is not a number"))
}

/// A day.
pub fn day(cell: &str) -> Result<NaiveDate, String> {
    cell.parse().map_err(|_| format!("`{cell}` is not a day; write it as 2026-07-01"))
}

/// A cell that must be there.
pub fn needed<'r>(row: &'r Row, column: &str) -> Result<&'r str, String> {
    row.get(column).ok_or_else(|| format!("the column `{column}` is needed"))
}

/// Reads every row of a caption.
pub fn each<T>(
    example: &Example,
    caption: &str,
    mut read: impl FnMut(&Row) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let rows = example.rows(caption);
    rows.map(|row| read(row).map_err(|why| format!("{caption}, line {}: {why}", row.line))).collect()
}

/// Builds the company, without programs. `currency`: of the terms. `program`: the
/// one that a target is for where its row names none.
///
/// # Errors
/// The row that cannot be read, and why.
pub fn build(example: &Example, currency: &str, program: &str) -> Result<Company, String> {
    let months = each(example, "Settings", |row| {
        let month = needed(row, "first month of the fiscal year")?;
        month.parse().map_err(|_| format!("`{month}` is not the number of a month"))
    })?;
    let calendar = months.last().map_or_else(FiscalCalendar::default, |m| FiscalCalendar { first_month: *m });
    let catalog =
        Catalog::new(catalogue::partners(example)?, catalogue::products(example)?, currency.to_owned());
    let mut lines = each(example, "Sales", |row| sale(&catalog, row))?;
    let mut back = each(example, "Returns", |row| returned(&lines, row))?;
    lines.append(&mut back);
    lines.sort_by(|a, b| a.order(b));
    let id = |line: &SaleLine| (line.transaction_id.clone(), line.line_no);
    if let Some(twice) = lines.windows(2).find(|pair| id(&pair[0]) == id(&pair[1])) {
        return Err(format!(
            "line {} of transaction `{}` is there twice",
            twice[0].line_no, twice[0].transaction_id
        ));
    }
    let mut registrations = each(example, "Registrations", |row| registration(&catalog, row))?;
    registrations.sort_by(|a, b| a.id.cmp(&b.id));
    let targets = each(example, "Targets", |row| target(&catalog, row, program))?;
    let as_of = lines.last().map(|l| l.sold_on).ok_or("nothing was sold")?;
    Ok(Company {
        catalog,
        programs: Vec::new(),
        lines,
        registrations,
        targets,
        payouts: Vec::new(),
        as_of,
        calendar,
    })
}

fn partner_of(catalog: &Catalog, id: &str) -> Result<usize, String> {
    catalog.partner(id).ok_or_else(|| format!("no partner is named `{id}`"))
}

fn product_of(catalog: &Catalog, sku: &str) -> Result<usize, String> {
    catalog.product(sku).ok_or_else(|| format!("no product is named `{sku}`"))
}

fn line_no(row: &Row) -> Result<u32, String> {
    let no = row.or("line", "1");
    no.parse().map_err(|_| format!("`{no}` is not the number of a line"))
}

/// 100.00 a unit, where the page does not say what was charged.
fn revenue(row: &Row, units: Decimal) -> Result<Decimal, String> {
    row.get("revenue").map_or_else(|| Ok(units * Decimal::ONE_HUNDRED), decimal)
}

fn sale(catalog: &Catalog, row: &Row) -> Result<SaleLine, String> {
    let units = decimal(row.or("units", "1"))?;
    Ok(SaleLine {
        transaction_id: row.or("transaction", &format!("T{}", row.number)).to_owned(),
        line_no: line_no(row)?,
        sold_on: day(needed(row, "sold on")?)?,
        reported_on: row.get("reported on").map(day).transpose()?,
        partner: partner_of(catalog, row.or("partner", "acme"))?,
        product: product_of(catalog, row.or("sku", "PX-100"))?,
        units,
        net_revenue: revenue(row, units)?,
        customer_id: row.get("customer").map(str::to_owned),
        deal_registration_id: row.get("registration").map(str::to_owned),
        kind: LineKind::Sale,
        original_transaction_id: None,
    })
}

fn returned(sales: &[SaleLine], row: &Row) -> Result<SaleLine, String> {
    let (of, no) = (needed(row, "of")?, line_no(row)?);
    let original = sales.iter().find(|l| l.transaction_id == of && l.line_no == no);
    let original = original.ok_or_else(|| format!("line {no} of transaction `{of}` was not sold"))?;
    let units = decimal(row.or("units", "1"))?;
    Ok(SaleLine {
        transaction_id: row.or("return", &format!("R{}", row.number)).to_owned(),
        sold_on: day(needed(row, "on")?)?,
        reported_on: None,
        units,
        net_revenue: revenue(row, units)?,
        kind: LineKind::Return,
        original_transaction_id: Some(of.to_owned()),
        ..original.clone()
    })
}

fn registration(catalog: &Catalog, row: &Row) -> Result<DealRegistration, String> {
    let approved_on = row.get("approved").map(day).transpose()?;
    Ok(DealRegistration {
        id: needed(row, "registration")?.to_owned(),
        partner: partner_of(catalog, row.or("partner", "acme"))?,
        product: product_of(catalog, row.or("sku", "PX-100"))?,
        submitted_on: approved_on.unwrap_or(NaiveDate::MIN),
        status: if approved_on.is_some() { "approved" } else { "submitted" }.to_owned(),
        approved_on,
        expires_on: row.get("expires").map(day).transpose()?,
        expected_close_on: None,
        estimated_units: None,
    })
}

fn target(catalog: &Catalog, row: &Row, program: &str) -> Result<Target, String> {
    Ok(Target {
        program_id: row.or("program", program).to_owned(),
        partner: partner_of(catalog, row.or("partner", "acme"))?,
        period_start: day(needed(row, "period start")?)?,
        target: decimal(needed(row, "target")?)?,
    })
}
