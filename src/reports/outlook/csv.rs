//! A partner's outlook as rows: one an amount, each with its basis, so that exact and
//! forecast cannot be mistaken for each other in a spreadsheet either.

use rust_decimal::Decimal;
use spiffcast_engine::earnings::outlook::{Basis, Coming, FundsState, Outlook, Settled};

use crate::reports::ReportError;
use crate::reports::csv::plain_text;

/// Names of the columns.
const HEADER: [&str; 15] = [
    "program",
    "name",
    "version",
    "period_start",
    "period_end",
    "in_total",
    "fund",
    "what",
    "basis",
    "p10",
    "p50",
    "p90",
    "currency",
    "funds",
    "note",
];

/// The outlook in UTF-8, comma-separated.
pub fn render(outlook: &Outlook) -> Result<Vec<u8>, ReportError> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(HEADER)?;
    for row in rows(outlook) {
        table.write_record(row)?;
    }
    table.into_inner().map_err(|e| ReportError::Csv(e.into_error().into()))
}

/// One row an amount; an exact one stands in the middle column alone.
fn rows(of: &Outlook) -> Vec<Vec<String>> {
    let all = Of {
        place: ["", "All that ends in the period, without funds", ""].map(str::to_owned),
        period: [of.quarter.start, of.quarter.end].map(|day| day.to_string()),
        in_total: true,
        fund: false,
        funds: "",
        currency: &of.currency,
    };
    let mut rows = all.rows(of.settled, &of.coming, of.with_sales.as_ref());
    for p in &of.programs {
        let program = Of {
            place: [plain_text(&p.program), plain_text(&p.name), p.version.to_string()],
            period: [p.period.start, p.period.end].map(|day| day.to_string()),
            in_total: p.in_total && !p.fund,
            fund: p.fund,
            funds: match p.funds {
                FundsState::Fine => "",
                FundsState::MayRunOut => "may_run_out",
                FundsState::Exhausted => "exhausted",
            },
            currency: &of.currency,
        };
        rows.extend(program.rows(p.settled, &p.coming, p.with_sales.as_ref()));
    }
    rows
}

/// What the rows of one program have in common.
struct Of<'a> {
    place: [String; 3],
    period: [String; 2],
    in_total: bool,
    fund: bool,
    funds: &'static str,
    currency: &'a str,
}

impl Of<'_> {
    fn rows(&self, settled: Settled, coming: &Coming, with: Option<&Coming>) -> Vec<Vec<String>> {
        let three =
            |of: &spiffcast_engine::earnings::outlook::Interval| [Some(of.p10), Some(of.p50), Some(of.p90)];
        let mut rows = vec![
            self.row("settled", settled.basis, [None, Some(settled.amount), None]),
            self.row("to_come", coming.rest.basis, three(&coming.rest)),
            self.row("in_all", coming.total.basis, three(&coming.total)),
        ];
        rows.extend(with.map(|with| self.row("in_all_with_sales", with.total.basis, three(&with.total))));
        rows
    }

    fn row(&self, what: &str, basis: Basis, amounts: [Option<Decimal>; 3]) -> Vec<String> {
        let (basis, note) = match basis {
            Basis::Exact => ("exact", "settled by the agreed rules"),
            Basis::Forecast => ("forecast", "no commitment to pay"),
        };
        let mut row: Vec<String> = self.place.iter().chain(&self.period).cloned().collect();
        row.extend([self.in_total.to_string(), self.fund.to_string(), what.to_owned(), basis.to_owned()]);
        row.extend(amounts.map(|amount| amount.map_or_else(String::new, |a| a.to_string())));
        row.extend([self.currency, self.funds, note].map(str::to_owned));
        row
    }
}
