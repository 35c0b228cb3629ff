//! Accruals: what is due under every program at each month's end, what the open
//! periods are heading to, and what may still be taken back. Pays nothing itself:
//! every amount comes from the steps of [`settle`](mod@super::settle).
//!
//! Definitions, so that finance can check every figure:
//!
//! * **Due at a day** is the sum of the payout lines of a settlement of everything
//!   sold by that day. **The accrual of a month** is the increase of what is due
//!   from the end of the month before to its own end (to as-of in the month that
//!   holds it). A quarter's pay is so spread over its months as it was earned, a
//!   step up that reaches back shows as a **true-up** in the month that reached
//!   it, and a return in the month in which the goods came back (`months`).
//! * **Open period**: one that holds as-of and ends after it. It is told at the
//!   **rate reached** (pay on the measure so far, what is due) and at the
//!   **expected rate**: what the sales so far will have earned when the period ends
//!   as expected ([`open`], [`outlook`]).
//! * **Clawback exposure**: what was paid on sales that are still inside the usual
//!   return window × the share of such sales that history saw come back later
//!   ([`exposure`]).
//! * Programs of kind `mdf` accrue to funds and are never summed with payouts.

pub mod exposure;
mod lines;
mod months;
pub mod open;
pub mod outlook;
pub mod sales;
pub mod text;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_open;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::calendar::Span;
use crate::company::Company;

use super::accumulate::{self, Entry, Groups};
use super::ledger::{Ledger, LineIx};
use super::money;
use super::rule_book::RuleBook;
use super::rules::ProgramIx;
use super::settle::{self, SettleOptions, Work};
use super::terms::ProgramKind;
use exposure::{Exposure, ReturnHistory};
use open::OpenPeriod;
use outlook::Outlook;
use sales::MonthSales;

/// What to accrue.
#[derive(Debug, Clone, Copy, Default)]
pub struct AccrualOptions<'o> {
    /// The day; `None`: the company's as-of. Sales after it are left out.
    pub as_of: Option<NaiveDate>,
    /// Only this program.
    pub program: Option<&'o str>,
    /// What the rest of the open periods is expected to bring.
    pub outlook: Outlook<'o>,
}

/// Accruals of all programs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Accruals {
    /// The day to which they are told.
    pub as_of: NaiveDate,
    /// Currency of all amounts.
    pub currency: String,
    /// Digits of its minor unit.
    pub digits: u32,
    /// Where expected sales come from: `run_rate` or `supplied`.
    pub outlook: &'static str,
    /// All programs but funds.
    pub payouts: Totals,
    /// Programs of kind `mdf`.
    pub funds: Totals,
    /// How much comes back, and when: the ground of the exposure.
    pub returns: ReturnHistory,
    /// By program, in the order of the rule book; those without any payout line,
    /// recorded payout or budget are left out.
    pub programs: Vec<ProgramAccruals>,
}

/// Sums over programs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Totals {
    /// Due at as-of, at the rates reached.
    pub due: RoleAmounts,
    /// Due at as-of, open periods at the expected rate.
    #[schemars(with = "String")]
    pub due_at_expected_rate: Decimal,
    /// Clawback exposure.
    #[schemars(with = "String")]
    pub exposure: Decimal,
    /// By month, oldest first, without gaps.
    pub months: Vec<MonthAccrual>,
}

/// Amounts by role, in whole minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, JsonSchema)]
pub struct RoleAmounts {
    /// The sellers' own pay, before clawbacks.
    #[schemars(with = "String")]
    pub own: Decimal,
    /// Overrides of parents, before clawbacks.
    #[schemars(with = "String")]
    pub overrides: Decimal,
    /// Clawbacks of both, negative.
    #[schemars(with = "String")]
    pub clawbacks: Decimal,
    /// The three together.
    #[schemars(with = "String")]
    pub total: Decimal,
}

impl RoleAmounts {
    fn new(own: Decimal, overrides: Decimal, clawbacks: Decimal) -> Self {
        let total = money::add(money::add(own, overrides), clawbacks);
        let [own, overrides, clawbacks, total] = [own, overrides, clawbacks, total].map(no_minus_zero);
        Self { own, overrides, clawbacks, total }
    }

    fn plus(self, other: Self) -> Self {
        Self::new(
            money::add(self.own, other.own),
            money::add(self.overrides, other.overrides),
            money::add(self.clawbacks, other.clawbacks),
        )
    }

    fn minus(self, other: Self) -> Self {
        Self::new(
            money::sub(self.own, other.own),
            money::sub(self.overrides, other.overrides),
            money::sub(self.clawbacks, other.clawbacks),
        )
    }
}

/// Decimals know a negative zero; books do not.
fn no_minus_zero(amount: Decimal) -> Decimal {
    if amount.is_zero() { Decimal::ZERO } else { amount }
}

/// What a calendar month added to what is due.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct MonthAccrual {
    /// `2026-05`.
    pub month: String,
    /// The day up to which it is told: the month's last, or as-of.
    pub through: NaiveDate,
    /// Own pay on sales of this month.
    #[schemars(with = "String")]
    pub new_sales: Decimal,
    /// What sales of earlier months of the same period earn more (or less) now
    /// than at the end of the month before: a retroactive tier or the minimum was
    /// reached, growth moved, a budget must be shared among more.
    #[schemars(with = "String")]
    pub true_up: Decimal,
    /// By role; `own` is `new_sales + true_up`. Clawbacks may be positive: a sale
    /// that lifts the tier again lowers what was taken back in an open period.
    pub accrued: RoleAmounts,
    /// Due at the end, all months so far.
    #[schemars(with = "String")]
    pub due_to_date: Decimal,
}

/// Accruals of one program.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ProgramAccruals {
    /// Program.
    pub program_id: String,
    /// Its name.
    pub program_name: String,
    /// Kind of its latest version.
    pub kind: ProgramKind,
    /// Whether it accrues to a fund (kind `mdf`) instead of payouts.
    pub fund: bool,
    /// Due at as-of, at the rates reached.
    pub due: RoleAmounts,
    /// Due at as-of, open periods at the expected rate.
    #[schemars(with = "String")]
    pub due_at_expected_rate: Decimal,
    /// From the first month with a payout line to as-of, without gaps.
    pub months: Vec<MonthAccrual>,
    /// What was sold under it, by month: those in which something counted or came back.
    pub sales: Vec<MonthSales>,
    /// Periods that are not finished, in order.
    pub open: Vec<OpenPeriod>,
    /// Versions with a budget.
    pub budgets: Vec<BudgetUse>,
    /// What the company's books hold, by status.
    pub recorded: Vec<RecordedStatus>,
    /// What may still be taken back.
    pub exposure: Exposure,
}

/// The budget of one version.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct BudgetUse {
    /// Version.
    pub version: u32,
    /// Its days.
    pub effective: Span,
    /// Over its life; where a scenario gives several, the lowest.
    #[schemars(with = "String")]
    pub budget: Decimal,
    /// Own pay so far; overrides do not draw on it and clawbacks do not refill it
    /// (PAYOUTS.md, steps 7, 9 and 10).
    #[schemars(with = "String")]
    pub used: Decimal,
    /// The rest.
    #[schemars(with = "String")]
    pub left: Decimal,
}

/// Recorded payouts of one status.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct RecordedStatus {
    /// `accrued`, `approved`, `paid` or `withheld`.
    pub status: String,
    /// Number of payout lines.
    pub lines: usize,
    /// Their accrued amounts.
    #[schemars(with = "String")]
    pub accrued: Decimal,
    /// Their paid amounts, where recorded.
    #[schemars(with = "String")]
    pub paid: Decimal,
}

/// The lines of a company up to a day and what counts of them: steps 1 to 3, done
/// once for all months.
struct Ground<'a> {
    ledger: &'a Ledger<'a>,
    as_of: NaiveDate,
    /// By program, partner by partner and in order.
    counted: Vec<Vec<Entry>>,
    /// Returns and their sales, in the order of the returns.
    originals: Vec<(LineIx, LineIx)>,
}

impl Ground<'_> {
    /// Steps 4 to 10 of a program with what was sold in a span of days.
    fn work(&self, program: ProgramIx, sold: Span) -> Work {
        let within = |entry: &&Entry| sold.contains(self.ledger.facts[entry.line].sold_on);
        let counted = self.counted[program].iter().filter(within).copied();
        Work::of(self.ledger, accumulate::gather(self.ledger, counted), sold.end)
    }
}

/// All lines of a program as they lie in the ledger.
fn in_order(groups: Groups) -> Vec<Entry> {
    let mut entries = groups.entries;
    entries.sort_unstable_by_key(|entry| entry.line);
    entries
}

/// Computes the accruals of a company under a rule book. Never fails.
pub fn accruals(company: &Company, rules: &RuleBook, options: &AccrualOptions<'_>) -> Accruals {
    let as_of = options.as_of.unwrap_or(company.as_of).min(company.as_of);
    let settling =
        SettleOptions { through: Some(as_of), program: options.program, ..SettleOptions::default() };
    let ledger = Ledger::new(company, rules, &settling);
    let counted = settle::counted(&ledger, rules, &settling).into_iter().map(in_order).collect();
    let ground = Ground { ledger: &ledger, as_of, counted, originals: ledger.originals() };
    let returns = exposure::history(&ground);
    let asked = |id: &str| options.program.is_none_or(|program| program == id);
    let programs: Vec<ProgramAccruals> = (0..rules.programs.len())
        .filter(|ix| asked(&rules.programs[*ix].id))
        .filter_map(|ix| of_program(&ground, rules, ix, &returns, options.outlook))
        .collect();
    Accruals {
        as_of,
        currency: company.catalog.currency.clone(),
        digits: ledger.digits,
        outlook: options.outlook.name(),
        payouts: totals(programs.iter().filter(|p| !p.fund)),
        funds: totals(programs.iter().filter(|p| p.fund)),
        returns,
        programs,
    }
}

fn of_program(
    ground: &Ground<'_>,
    rules: &RuleBook,
    ix: ProgramIx,
    returns: &ReturnHistory,
    outlook: Outlook<'_>,
) -> Option<ProgramAccruals> {
    let program = &rules.programs[ix];
    let work = ground.work(ix, Span::new(NaiveDate::MIN, ground.as_of));
    let recorded = recorded(ground.ledger.company, &program.id);
    let budgets = budgets(ground, ix, &work);
    if work.own.dues.is_empty() && recorded.is_empty() && budgets.is_empty() {
        return None;
    }
    let kind = program.segments.iter().rev().find_map(|s| s.terms.as_ref()).map(|terms| terms.kind)?;
    let due = lines::due(&work);
    let open = open::periods(ground, ix, &work, outlook);
    let more = open.iter().map(|o| money::sub(o.at_expected_rate.total, o.at_rate_reached.total));
    Some(ProgramAccruals {
        program_id: program.id.clone(),
        program_name: program.name.clone(),
        kind,
        fund: kind == ProgramKind::Mdf,
        due,
        due_at_expected_rate: more.fold(due.total, money::add),
        months: months::months(ground, ix, &work),
        sales: sales::months(ground, ix),
        open,
        budgets,
        recorded,
        exposure: exposure::of_program(ground, &work, returns),
    })
}

/// Versions with a budget, in force or not, and what their dues used of it.
fn budgets(ground: &Ground<'_>, program: ProgramIx, work: &Work) -> Vec<BudgetUse> {
    let rules = &ground.ledger.rules;
    let mut by_version: BTreeMap<u32, BudgetUse> = BTreeMap::new();
    for rule in rules.of(program) {
        let Some(budget) = rule.terms.caps.program_budget else { continue };
        let entry = by_version.entry(rule.version).or_insert_with(|| BudgetUse {
            version: rule.version,
            effective: rule.version_span,
            budget,
            used: Decimal::ZERO,
            left: Decimal::ZERO,
        });
        entry.budget = entry.budget.min(budget);
    }
    for due in &work.own.dues {
        if let Some(budget) = by_version.get_mut(&rules.rules[due.rule].version) {
            budget.used = money::add(budget.used, due.paid);
        }
    }
    by_version.into_values().map(|b| BudgetUse { left: money::left(b.budget, b.used), ..b }).collect()
}

fn recorded(company: &Company, program: &str) -> Vec<RecordedStatus> {
    let mut by_status: BTreeMap<&str, RecordedStatus> = BTreeMap::new();
    for payout in company.payouts.iter().filter(|p| p.program_id == program) {
        let entry = by_status.entry(payout.status.as_str()).or_insert_with(|| RecordedStatus {
            status: payout.status.clone(),
            lines: 0,
            accrued: Decimal::ZERO,
            paid: Decimal::ZERO,
        });
        entry.lines += 1;
        entry.accrued = money::add(entry.accrued, payout.accrued);
        entry.paid = money::add(entry.paid, payout.paid.unwrap_or_default());
    }
    by_status.into_values().collect()
}

fn totals<'p>(programs: impl Iterator<Item = &'p ProgramAccruals>) -> Totals {
    let mut totals = Totals::default();
    let mut months: BTreeMap<&str, MonthAccrual> = BTreeMap::new();
    for program in programs {
        totals.due = totals.due.plus(program.due);
        totals.due_at_expected_rate = money::add(totals.due_at_expected_rate, program.due_at_expected_rate);
        totals.exposure = money::add(totals.exposure, program.exposure.amount);
        for month in &program.months {
            let sum = months.entry(&month.month).or_insert_with(|| MonthAccrual::none(month));
            sum.new_sales = money::add(sum.new_sales, month.new_sales);
            sum.true_up = money::add(sum.true_up, month.true_up);
            sum.accrued = sum.accrued.plus(month.accrued);
        }
    }
    totals.months = months.into_values().collect();
    let mut due = Decimal::ZERO;
    for month in &mut totals.months {
        due = money::add(due, month.accrued.total);
        month.due_to_date = due;
    }
    totals
}

impl MonthAccrual {
    /// The same month with nothing in it.
    fn none(of: &MonthAccrual) -> Self {
        Self {
            month: of.month.clone(),
            through: of.through,
            new_sales: Decimal::ZERO,
            true_up: Decimal::ZERO,
            accrued: RoleAmounts::default(),
            due_to_date: Decimal::ZERO,
        }
    }
}
