//! The tables `products` and `product_prices`.

use std::collections::HashMap;

use chrono::NaiveDate;
use spiffcast_engine::catalog::{Price, Product};

use super::cells::{Bound, Cells};
use super::frame::RawTable;
use super::partners::unique;
use super::report::{FileReport, Notes};

/// Products sorted by SKU, and the currency of the first row: the company's.
pub(super) fn products(raw: &RawTable, report: &mut FileReport) -> (Vec<Product>, String) {
    let mut cells = Cells::new(raw, report);
    let skus = cells.ids("sku");
    let names = cells.names("name");
    let families = cells.names("family");
    // Incentives are measured as a fraction of the list price (FORECASTING.md, 1),
    // so a price of 0 has no meaning.
    let prices = cells.decimals("list_price", Bound::AboveZero);
    let costs = cells.decimals("unit_cost", Bound::NotNegative);
    let currencies = cells.ids("currency");
    let launched = cells.optional_days("launched_on");
    let ends = cells.optional_days("end_of_life_on");
    unique(&mut cells, "sku", &skus);
    let currency = currencies.iter().find(|c| !c.is_empty()).copied().unwrap_or_default();
    one_currency(&mut cells, &currencies, currency);
    let mut notes = Notes::default();
    if let Some(row) = currencies.iter().position(|c| *c == currency)
        && !(currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase()))
    {
        notes.error(
            row,
            "currency",
            currency,
            "expected a currency code of three capital letters, such as USD",
        );
    }
    for row in 0..raw.rows {
        if let (Some(from), Some(to)) = (launched[row], ends[row])
            && from > to
        {
            notes.error(row, "end_of_life_on", &to.to_string(), format!("before launched_on {from}"));
        }
    }
    cells.note(notes);

    let product = |row: usize| Product {
        sku: skus[row].to_owned(),
        name: names[row].to_owned(),
        family: families[row].to_owned(),
        launched_on: launched[row],
        end_of_life_on: ends[row],
        prices: vec![Price { effective_from: None, list_price: prices[row], unit_cost: costs[row] }],
    };
    let mut products: Vec<Product> = (0..raw.rows).map(product).collect();
    products.sort_by(|a, b| a.sku.cmp(&b.sku));
    (products, currency.to_owned())
}

/// Reports rows in another currency than the company's. Bad cells (empty) were
/// reported before.
pub(super) fn one_currency(cells: &mut Cells<'_>, currencies: &[&str], company: &str) {
    let mut notes = Notes::default();
    for (row, currency) in currencies.iter().enumerate() {
        if *currency != company && !currency.is_empty() && !company.is_empty() {
            let text = format!(
                "a second currency beside {company}; exchange rates are not supported yet, convert to {company} first"
            );
            notes.error(row, "currency", currency, text);
        }
    }
    cells.note(notes);
}

/// Price changes, put into the products they belong to.
pub(super) fn prices(
    raw: &RawTable,
    report: &mut FileReport,
    product_of: &HashMap<String, usize>,
    products: &mut [Product],
) {
    let mut cells = Cells::new(raw, report);
    let skus = cells.ids("sku");
    let from = cells.days("effective_from");
    let prices = cells.decimals("list_price", Bound::AboveZero);
    let costs = cells.decimals("unit_cost", Bound::NotNegative);
    let known = cells.refer("sku", &skus, product_of, "products");
    let mut seen: HashMap<(&str, NaiveDate), usize> = HashMap::new();
    let mut notes = Notes::default();
    for row in 0..raw.rows {
        if skus[row].is_empty() || from[row] == NaiveDate::default() {
            continue;
        }
        if let Some(first) = seen.insert((skus[row], from[row]), row) {
            let text = format!("the same sku and effective_from as {}", cells.place(first));
            notes.error(row, "effective_from", &from[row].to_string(), text);
        }
        if let Some(product) = known[row].and_then(|p| products.get_mut(p)) {
            let effective_from = Some(from[row]);
            product.prices.push(Price { effective_from, list_price: prices[row], unit_cost: costs[row] });
        }
    }
    cells.note(notes);
    for product in products {
        product.prices.sort_by_key(|p| p.effective_from);
    }
}
