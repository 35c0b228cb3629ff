//! A partner's statement as a file: one row a payout line, amounts as they are. Text
//! that a spreadsheet would take for a formula is marked as text.

use std::ops::Range;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::utility::row_col_to_cell;
use rust_xlsxwriter::{Formula, Workbook, Worksheet};
use spiffcast_engine::earnings::statement::{ProgramStatement, StatementLine};
use spiffcast_engine::earnings::{Outlook, Statement};

use super::csv::plain_text;
use super::metrics::Unit;
use super::xlsx::{Styles, heads, print_wide};
use super::{ReportError, outlook};

const HEADER: [&str; 19] = [
    "program",
    "name",
    "version",
    "role",
    "period_start",
    "period_end",
    "transaction_id",
    "open",
    "units",
    "revenue",
    "due",
    "accrued",
    "approved",
    "paid",
    "withheld",
    "clawed_back",
    "currency",
    "fund",
    "reason",
];
/// Where figures stand in [`HEADER`]: units, revenue, then amounts.
const FIGURES: Range<usize> = 8..16;
const UNITS: usize = 8;
const DUE: u16 = 10;
const FUND: u16 = 17;

/// The statement in UTF-8, comma-separated.
pub fn csv(statement: &Statement) -> Result<Vec<u8>, ReportError> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(HEADER)?;
    for (program, line) in lines(statement) {
        table.write_record(record(statement, program, line))?;
    }
    table.into_inner().map_err(|e| ReportError::Csv(e.into_error().into()))
}

/// The statement as a workbook, with the outlook on a sheet of its own. The same ones
/// give the same bytes. `company` is the name on documents.
pub fn xlsx(statement: &Statement, outlook: &Outlook, company: Option<&str>) -> Result<Vec<u8>, ReportError> {
    let mut workbook = Workbook::new();
    let title = format!("Statement of {}", statement.name);
    workbook.set_properties(&outlook::properties(&title, outlook, company));
    let styles = Styles::of(&statement.currency);
    fill(workbook.add_worksheet(), statement, &styles)?;
    outlook::write_sheet(workbook.add_worksheet(), outlook, company, &styles)?;
    Ok(workbook.save_to_buffer()?)
}

/// One row a line, with live sums below; what accrues to funds is no payout and stays out
/// of them (PAYOUTS.md).
fn fill(sheet: &mut Worksheet, statement: &Statement, styles: &Styles) -> Result<(), ReportError> {
    sheet.set_name("Statement")?;
    print_wide(sheet);
    heads(sheet, 0, &HEADER.map(ToOwned::to_owned), styles)?;
    let mut last = 0;
    for (program, line) in lines(statement) {
        last += 1;
        for (column, text) in record(statement, program, line).iter().enumerate() {
            let at = column as u16;
            let figure = FIGURES.contains(&column).then(|| text.parse::<Decimal>().ok()).flatten();
            match figure.and_then(|f| f.to_f64()) {
                Some(figure) => {
                    let unit = if column == UNITS { Unit::Count } else { Unit::Money };
                    sheet.write_number_with_format(last, at, figure, styles.figure(unit))?;
                }
                None if at == FUND => {
                    sheet.write_boolean(last, at, program.fund)?;
                }
                None => {
                    sheet.write_string(last, at, text)?;
                }
            }
        }
    }
    sheet.write_string_with_format(last + 1, 0, "Sum, without funds", styles.total(Unit::Count))?;
    let t = &statement.totals;
    let sums = [t.due, t.accrued, t.approved, t.paid, t.withheld, t.clawed_back];
    for (sum, column) in sums.into_iter().zip(DUE..) {
        if last == 0 {
            break;
        }
        let range = |column: u16| format!("{}:{}", row_col_to_cell(1, column), row_col_to_cell(last, column));
        let formula = format!("=SUMIF({},FALSE,{})", range(FUND), range(column));
        let formula = Formula::new(formula).set_result(sum.to_string());
        sheet.write_formula_with_format(last + 1, column, formula, styles.total(Unit::Money))?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
    sheet.write_string_with_format(last + 3, 0, outlook::IS_NOT[0], &styles.note)?;
    Ok(())
}

fn lines(statement: &Statement) -> impl Iterator<Item = (&ProgramStatement, &StatementLine)> {
    statement.programs.iter().flat_map(|program| program.lines.iter().map(move |line| (program, line)))
}

fn record(statement: &Statement, program: &ProgramStatement, line: &StatementLine) -> Vec<String> {
    let a = &line.amounts;
    let figure = |value: Option<Decimal>| value.map_or_else(String::new, |v| v.to_string());
    let reason = match &line.reason {
        _ if line.funds_exhausted => "funds_exhausted",
        Some(reason) => reason,
        None => "",
    };
    vec![
        plain_text(&program.program),
        plain_text(&program.name),
        line.version.to_string(),
        line.role.clone(),
        line.period_start.to_string(),
        line.period_end.to_string(),
        plain_text(line.transaction_id.as_deref().unwrap_or_default()),
        line.open.to_string(),
        figure(line.units),
        figure(line.revenue),
        a.due.to_string(),
        a.accrued.to_string(),
        a.approved.to_string(),
        a.paid.to_string(),
        a.withheld.to_string(),
        a.clawed_back.to_string(),
        statement.currency.clone(),
        program.fund.to_string(),
        plain_text(reason),
    ]
}
