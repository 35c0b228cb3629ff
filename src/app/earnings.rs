//! What a partner has earned, to the cent, to the end of the data: the exact
//! calculator over the sales so far. No forecast here.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use spiffcast_engine::company::Company;
use spiffcast_engine::programs::settle::{SettleOptions, settle};
use spiffcast_engine::programs::terms::ProgramKind;
use spiffcast_engine::programs::{PayoutLine, RuleBook};

/// A partner's statement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Statement {
    /// Partner identifier.
    pub partner: String,
    /// Its name.
    pub name: String,
    /// Last day of the data.
    pub as_of: NaiveDate,
    /// Currency of all money.
    pub currency: String,
    /// Own pay, overrides and clawbacks in all, without funds.
    pub due: Decimal,
    /// Accrued to market development funds in all.
    pub fund_accrual: Decimal,
    /// One a payout line, newest period first.
    pub lines: Vec<StatementLine>,
}

/// A line of a statement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatementLine {
    /// Program.
    pub program: String,
    /// Version.
    pub version: u32,
    /// `own`, `override`, `clawback`, or `fund` for a market development fund.
    pub role: &'static str,
    /// First day.
    pub period_start: NaiveDate,
    /// Last day.
    pub period_end: NaiveDate,
    /// The transaction, for programs that pay by transaction.
    pub transaction_id: Option<String>,
    /// Whether the period is still running: what is due so far may change.
    pub open: bool,
    /// Amount.
    pub due: Decimal,
}

/// The statement of a partner; `None` when there is no such partner.
pub fn statement(company: &Company, partner_id: &str) -> Option<Statement> {
    let partner = company.catalog.partner(partner_id)?;
    let rules = RuleBook::of(&company.programs);
    let options = SettleOptions { partner: Some(partner), ..SettleOptions::default() };
    let settlement = settle(company, &rules, &options);
    let mine = settlement.payouts.iter().filter(|line| line.partner_id == partner_id);
    let mut lines: Vec<StatementLine> = mine.map(|line| statement_line(company, line)).collect();
    lines.sort_by(|a, b| {
        (b.period_end, &a.program, a.role, &a.transaction_id).cmp(&(
            a.period_end,
            &b.program,
            b.role,
            &b.transaction_id,
        ))
    });
    let sum = |fund: bool| lines.iter().filter(|l| (l.role == "fund") == fund).map(|l| l.due).sum();
    Some(Statement {
        partner: partner_id.to_owned(),
        name: company.catalog.partners[partner].name.clone(),
        as_of: company.as_of,
        currency: company.catalog.currency.clone(),
        due: sum(false),
        fund_accrual: sum(true),
        lines,
    })
}

fn statement_line(company: &Company, line: &PayoutLine) -> StatementLine {
    let program = company.program(&line.program_id);
    let is_fund = program.is_some_and(|p| p.latest().terms.kind == ProgramKind::Mdf);
    StatementLine {
        program: line.program_id.clone(),
        version: line.program_version,
        role: if is_fund { "fund" } else { line.role.as_str() },
        period_start: line.period_start,
        period_end: line.period_end,
        transaction_id: line.transaction_id.clone(),
        open: line.period_end > company.as_of,
        due: line.amount,
    }
}
