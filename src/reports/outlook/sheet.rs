//! A partner's outlook as a sheet: one row a program, with a live sum of what is settled.
//! Ranges are not summed: programs are not all low, or all high, at once.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::utility::row_col_to_cell;
use rust_xlsxwriter::{Formula, Worksheet};
use spiffcast_engine::earnings::outlook::{Coming, FundsState, Outlook, ProgramOutlook, Settled};

use super::IS_NOT;
use crate::reports::ReportError;
use crate::reports::metrics::Unit;
use crate::reports::xlsx::{Styles, heads, print_wide, put};

const HEADS: [&str; 13] = [
    "Program",
    "Name",
    "Version",
    "From",
    "To",
    "Settled (exact)",
    "To come, low (forecast)",
    "To come (forecast)",
    "To come, high (forecast)",
    "In all, low (forecast)",
    "In all (forecast)",
    "In all, high (forecast)",
    "Funds",
];
/// Where what is settled stands.
const SETTLED: u16 = 5;

/// Writes the sheet: programs in the total with their sum, then what stands apart, then
/// whose document it is and what it is not.
pub fn write(
    sheet: &mut Worksheet,
    of: &Outlook,
    company: Option<&str>,
    styles: &Styles,
) -> Result<(), ReportError> {
    sheet.set_name("Outlook")?;
    print_wide(sheet);
    heads(sheet, 0, &HEADS.map(ToOwned::to_owned), styles)?;
    sheet.set_row_height(0, 46)?;
    sheet.set_column_width(0, 24)?;
    sheet.set_column_width(1, 34)?;
    sheet.set_column_range_width(2, 12, 14)?;
    sheet.set_freeze_panes(1, 2)?;
    let (inside, apart): (Vec<&ProgramOutlook>, Vec<_>) =
        of.programs.iter().partition(|p| p.in_total && !p.fund);
    let mut at = 1;
    for p in &inside {
        program(sheet, at, p, styles)?;
        at += 1;
    }
    let sum: Decimal = inside.iter().map(|p| p.settled.amount).sum();
    let total = styles.total(Unit::Money);
    sheet.write_string_with_format(at, 1, "Sum of what is settled", styles.total(Unit::Count))?;
    if at > 1 {
        let cells = (row_col_to_cell(1, SETTLED), row_col_to_cell(at - 1, SETTLED));
        let formula = Formula::new(format!("=SUM({}:{})", cells.0, cells.1)).set_result(sum.to_string());
        sheet.write_formula_with_format(at, SETTLED, formula, total)?;
    }
    at += 1;
    let name = format!("All that ends in {}, without funds", of.label);
    sheet.write_string_with_format(at, 1, &name, &styles.strong)?;
    amounts(sheet, at, of.settled, &of.coming, styles)?;
    at += 2;
    if !apart.is_empty() {
        sheet.write_string_with_format(
            at,
            0,
            "Not in the total: funds, and periods that end later",
            &styles.heading,
        )?;
        at += 1;
    }
    for p in apart {
        program(sheet, at, p, styles)?;
        at += 1;
    }
    if let Some(company) = company {
        sheet.write_string_with_format(at + 1, 0, company, &styles.strong)?;
        at += 2;
    }
    sheet.write_string_with_format(at + 1, 0, "What this document is not", &styles.heading)?;
    for (line, row) in IS_NOT
        .iter()
        .chain(&["Ranges do not add up: programs are not all low, or all high, at once."])
        .zip(at + 2..)
    {
        sheet.write_string(row, 0, *line)?;
    }
    Ok(())
}

fn program(sheet: &mut Worksheet, at: u32, p: &ProgramOutlook, styles: &Styles) -> Result<(), ReportError> {
    let name = if p.fund { format!("{} (fund, no payout)", p.name) } else { p.name.clone() };
    let days = [p.period.start, p.period.end].map(|day| day.to_string());
    let texts = [p.program.clone(), name, p.version.to_string()].into_iter().chain(days);
    for (column, text) in texts.enumerate() {
        sheet.write_string_with_format(at, column as u16, text, &styles.text)?;
    }
    amounts(sheet, at, p.settled, &p.coming, styles)?;
    let funds = match p.funds {
        FundsState::Fine => "",
        FundsState::MayRunOut => "may run out",
        FundsState::Exhausted => "exhausted",
    };
    sheet.write_string_with_format(at, SETTLED + 7, funds, &styles.text)?;
    Ok(())
}

fn amounts(
    sheet: &mut Worksheet,
    at: u32,
    settled: Settled,
    coming: &Coming,
    styles: &Styles,
) -> Result<(), ReportError> {
    let (rest, all) = (&coming.rest, &coming.total);
    let values = [settled.amount, rest.p10, rest.p50, rest.p90, all.p10, all.p50, all.p90];
    for (value, column) in values.into_iter().zip(SETTLED..) {
        put(sheet, (at, column), value.to_f64(), styles.figure(Unit::Money))?;
    }
    Ok(())
}
