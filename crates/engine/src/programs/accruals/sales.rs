//! What was sold under a program, month by month: the net revenue of the sales that
//! count for it (PAYOUTS.md, steps 1 to 3), whether or not they reached a threshold,
//! less what came back of them in the month in which it came back. What is paid over it
//! is the effective rate of the program.

use std::collections::{BTreeMap, HashSet};

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::calendar::Month;
use crate::programs::ledger::LineIx;
use crate::programs::money;
use crate::programs::rules::ProgramIx;

use super::Ground;

/// What counted for a program in a calendar month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MonthSales {
    /// `2026-05`.
    pub month: String,
    /// Net revenue of the sales that count, less that of returns of such sales.
    #[schemars(with = "String")]
    pub revenue: Decimal,
}

/// The months in which something counted or came back, oldest first.
pub(super) fn months(ground: &Ground<'_>, program: ProgramIx) -> Vec<MonthSales> {
    let ledger = ground.ledger;
    let counted: HashSet<LineIx> = ground.counted[program].iter().map(|entry| entry.line).collect();
    let mut by_month: BTreeMap<Month, Decimal> = BTreeMap::new();
    let mut book = |line: LineIx, revenue: Decimal| {
        let sum = by_month.entry(Month::of(ledger.lines[line].sold_on)).or_default();
        *sum = money::add(*sum, revenue);
    };
    counted.iter().for_each(|line| book(*line, ledger.lines[*line].net_revenue));
    for (back, _) in ground.originals.iter().filter(|(_, sale)| counted.contains(sale)) {
        book(*back, -ledger.lines[*back].net_revenue.abs());
    }
    by_month.into_iter().map(|(month, revenue)| MonthSales { month: month.key(), revenue }).collect()
}
