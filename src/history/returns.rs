//! Checks of return lines: each must take back part of a sale that is there
//! (PAYOUTS.md, step 10).

use std::collections::HashMap;

use rust_decimal::Decimal;
use spiffcast_engine::sales::LineKind;

use super::cells::Cells;
use super::report::Notes;
use super::transactions::Columns;

/// Reports returns of unknown sales, of another partner's or product's sale, from
/// before the sale, and returns of more than was sold.
pub(super) fn check(cells: &mut Cells<'_>, columns: &Columns<'_>, rows: &HashMap<(&str, u32), u32>) {
    let mut notes = Notes::default();
    let mut returned: HashMap<u32, (Decimal, Decimal)> = HashMap::new();
    // In the order in which returns take effect, so that the one that goes too far is named.
    let mut order: Vec<usize> =
        (0..columns.kind.len()).filter(|row| columns.kind[*row] == LineKind::Return).collect();
    order.sort_by_key(|row| (columns.sold_on[*row], columns.ids[*row], columns.line_no[*row]));
    let mut found: Vec<(usize, &'static str, String, String)> = Vec::new();
    for row in order {
        match original_of(columns, rows, row) {
            Ok(original) => {
                found.extend(mismatch(columns, row, original));
                let taken = returned.entry(original as u32).or_default();
                found.extend(too_much(columns, row, original, taken));
            }
            Err(message) => {
                let value = columns.originals[row].unwrap_or_default().to_owned();
                found.push((row, "original_transaction_id", value, message));
            }
        }
    }
    found.sort_by_key(|(row, ..)| *row);
    for (row, column, value, message) in found {
        notes.error(row, column, &value, message);
    }
    cells.note(notes);
}

fn original_of(columns: &Columns<'_>, rows: &HashMap<(&str, u32), u32>, row: usize) -> Result<usize, String> {
    let Some(id) = columns.originals[row] else {
        return Err("missing; a return names the transaction it takes back".into());
    };
    let line_no = columns.line_no[row];
    match rows.get(&(id, line_no)) {
        Some(at) if columns.kind[*at as usize] == LineKind::Sale => Ok(*at as usize),
        Some(_) => Err("is itself a return; name the sale".into()),
        None => Err(format!("no sale with this transaction_id and line_no {line_no}")),
    }
}

fn mismatch(
    columns: &Columns<'_>,
    row: usize,
    original: usize,
) -> Option<(usize, &'static str, String, String)> {
    let id = columns.ids[original];
    if columns.partners[row] != columns.partners[original] {
        let value = columns.originals[row].unwrap_or_default().to_owned();
        return Some((
            row,
            "partner_id",
            value,
            format!("the return is by another partner than the sale {id}"),
        ));
    }
    if columns.products[row] != columns.products[original] {
        let value = columns.originals[row].unwrap_or_default().to_owned();
        return Some((row, "sku", value, format!("the return is of another product than the sale {id}")));
    }
    if columns.sold_on[row] < columns.sold_on[original] {
        let message = format!("before the day of the sale, {}", columns.sold_on[original]);
        return Some((row, "sold_on", columns.sold_on[row].to_string(), message));
    }
    None
}

fn too_much(
    columns: &Columns<'_>,
    row: usize,
    original: usize,
    taken: &mut (Decimal, Decimal),
) -> Option<(usize, &'static str, String, String)> {
    taken.0 += columns.units[row].abs();
    taken.1 += columns.revenue[row].abs();
    let (sold, revenue) = (columns.units[original], columns.revenue[original]);
    if taken.0 > sold {
        let message = format!("returns more than was sold: {} of {sold} units in all", taken.0);
        return Some((row, "units", columns.units[row].to_string(), message));
    }
    if taken.1 > revenue {
        let message = format!("returns more revenue than was sold: {} of {revenue} in all", taken.1);
        return Some((row, "net_revenue", columns.revenue[row].to_string(), message));
    }
    None
}
