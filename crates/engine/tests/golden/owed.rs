//! What an example says is owed, against what the engine pays. Every difference is
//! a sentence: table, row, column, expected and got.

use rust_decimal::Decimal;
use spiffcast_engine::programs::PayoutLine;

use crate::company::decimal;
use crate::page::{Row, Table};

/// Columns of a table of what is owed.
pub const OWED: [&str; 15] = [
    "program",
    "version",
    "partner",
    "role",
    "period",
    "transaction",
    "units",
    "revenue",
    "measure",
    "base",
    "uplift",
    "cap cut",
    "budget cut",
    "amount",
    "reason",
];
/// Those that say which payout line a row is about.
const KEYS: [&str; 6] = ["program", "version", "partner", "role", "period", "transaction"];

/// Every difference between a table and the payout lines. A payout line of nothing
/// may be left out of the table, any other one may not.
pub fn differences(table: &Table, payouts: &[PayoutLine]) -> Vec<String> {
    let mut found = Vec::new();
    let mut taken = vec![false; payouts.len()];
    for row in &table.rows {
        let free = (0..payouts.len()).filter(|ix| !taken[*ix]);
        let fits = |ix: &usize| KEYS.iter().all(|key| cell_differs(table, row, key, &payouts[*ix]).is_none());
        let mut fitting: Vec<usize> = free.filter(fits).collect();
        // Where keys are left out several may fit: the one that differs least.
        fitting.sort_by_key(|ix| row_differs(table, row, &payouts[*ix]).len());
        match fitting.first() {
            Some(ix) => {
                taken[*ix] = true;
                found.extend(row_differs(table, row, &payouts[*ix]));
            }
            None => {
                let cells: Vec<&str> = KEYS.iter().filter_map(|key| row.get(key)).collect();
                found.push(format!(
                    "{}, line {}: nothing is owed for `{}`",
                    table.caption,
                    row.line,
                    cells.join(" ")
                ));
            }
        }
    }
    for (payout, _) in payouts.iter().zip(&taken).filter(|(p, taken)| !**taken && !p.amount.is_zero()) {
        found.push(format!("{}: owed but not in the table: {}", table.caption, tell(payout)));
    }
    found
}

fn row_differs(table: &Table, row: &Row, payout: &PayoutLine) -> Vec<String> {
    let differs = |column: &String| {
        let (expected, got) = cell_differs(table, row, column, payout)?;
        let place = format!("{}, line {}, {column}", table.caption, row.line);
        Some(format!("{place}: expected {expected}, got {got}"))
    };
    table.columns.iter().filter_map(differs).collect()
}

/// Expected and got. An empty cell says nothing, but under `reason` it says that
/// there is none.
fn cell_differs(table: &Table, row: &Row, column: &str, payout: &PayoutLine) -> Option<(String, String)> {
    let number = |amount: Decimal| {
        let cell = row.get(column)?;
        (decimal(cell) != Ok(amount)).then(|| (cell.to_owned(), amount.normalize().to_string()))
    };
    let text = |got: String| {
        let cell = row.get(column)?;
        (cell != got).then(|| (format!("`{cell}`"), format!("`{got}`")))
    };
    match column {
        "program" => text(payout.program_id.clone()),
        "version" => text(payout.program_version.to_string()),
        "partner" => text(payout.partner_id.clone()),
        "role" => text(payout.role.as_str().to_owned()),
        "period" => text(format!("{} to {}", payout.period_start, payout.period_end)),
        "transaction" => text(payout.transaction_id.clone().unwrap_or_default()),
        "units" => number(payout.qualifying_units),
        "revenue" => number(payout.qualifying_revenue),
        "measure" => number(payout.measure),
        "base" => number(payout.base),
        "uplift" => number(payout.uplift),
        "cap cut" => number(payout.cap_cut),
        "budget cut" => number(payout.budget_cut),
        "amount" => number(payout.amount),
        "reason" if table.columns.iter().any(|c| c == column) => {
            let got = payout.reason.as_ref().map(ToString::to_string).unwrap_or_default();
            let cell = row.get(column).unwrap_or_default();
            (cell != got).then(|| (format!("`{cell}`"), format!("`{got}`")))
        }
        _ => None,
    }
}

fn tell(payout: &PayoutLine) -> String {
    format!(
        "{} v{} {} {} {} to {} {}{}",
        payout.program_id,
        payout.program_version,
        payout.partner_id,
        payout.role.as_str(),
        payout.period_start,
        payout.period_end,
        payout.transaction_id.as_deref().map(|id| format!("{id} ")).unwrap_or_default(),
        payout.amount.normalize()
    )
}
