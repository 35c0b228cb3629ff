//! A partner's statement as a file: one row a payout line, amounts as they are. Text
//! that a spreadsheet would take for a formula is marked as text.

use std::ops::Range;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet};
use spiffcast_engine::earnings::statement::{ProgramStatement, StatementLine};
use spiffcast_engine::earnings::{Outlook, Statement};

use super::csv::plain_text;
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
/// Where the amounts begin in [`HEADER`].
const AMOUNTS: usize = 8;
/// Where they end.
const AMOUNTS_END: usize = 16;

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
/// give the same bytes.
pub fn xlsx(statement: &Statement, outlook: &Outlook) -> Result<Vec<u8>, ReportError> {
    let mut workbook = Workbook::new();
    let as_of = statement.as_of.and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
    let title = format!("Statement of {}", statement.name);
    let properties = DocProperties::new().set_title(&title).set_author("Spiffcast");
    workbook.set_properties(&match ExcelDateTime::from_timestamp(as_of) {
        Ok(at) => properties.set_creation_datetime(&at),
        Err(_) => properties,
    });
    let (bold, money) = (Format::new().set_bold(), Format::new().set_num_format("#,##0.00"));
    let records = lines(statement).map(|(program, line)| record(statement, program, line)).collect();
    let sheets: [Sheet<'_>; 2] = [
        ("Statement", &HEADER, records, AMOUNTS..AMOUNTS_END),
        ("Outlook", &outlook::HEADER, outlook::rows(outlook), outlook::AMOUNTS),
    ];
    for (name, head, records, amounts) in sheets {
        fill(workbook.add_worksheet().set_name(name)?, (head, &bold), &records, (amounts, &money))?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// Name, heads, records, and the columns that hold amounts.
type Sheet<'a> = (&'a str, &'a [&'a str], Vec<Vec<String>>, Range<usize>);

fn fill(
    sheet: &mut Worksheet,
    (head, bold): (&[&str], &Format),
    records: &[Vec<String>],
    (amounts, money): (Range<usize>, &Format),
) -> Result<(), ReportError> {
    for (column, head) in head.iter().enumerate() {
        sheet.write_string_with_format(0, column as u16, *head, bold)?;
    }
    for (row, record) in records.iter().enumerate() {
        for (column, text) in record.iter().enumerate() {
            let (row, column_at) = (row as u32 + 1, column as u16);
            let figure = amounts.contains(&column).then(|| text.parse::<Decimal>().ok()).flatten();
            match figure.and_then(|f| f.to_f64()) {
                Some(figure) => sheet.write_number_with_format(row, column_at, figure, money)?,
                None => sheet.write_string(row, column_at, text)?,
            };
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
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
