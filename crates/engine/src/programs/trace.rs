//! How a payout came about: every line considered with its reason or its share,
//! and each step from base to what is paid, with amounts and the clause it rests
//! on. Uses the very steps of [`settle`](mod@super::settle), computes no pay of its own, and
//! is plain data; [`super::trace_text`] writes it out. Where PAYOUTS.md is silent
//! the step says which reading was taken. Steps of a budget tell what it held and
//! how many shared it: a partner's own pages must leave those words out.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::calendar::{PeriodKind, Span};
use crate::catalog::PartnerIx;
use crate::company::Company;
use crate::sales::{PayoutRole, SaleLine};

use super::accumulate::Group;
use super::cite::Cited;
use super::funds::Funds;
use super::ledger::Ledger;
use super::money;
use super::payout::{PayoutLine, Reason};
use super::rule_book::RuleBook;
use super::rules::Rule;
use super::settle::{self, SettleOptions, Work};
use super::terms::ProgramVersion;
use super::{trace_lines, trace_returns, trace_steps};

/// What to trace.
#[derive(Debug, Clone, Copy)]
pub struct TraceOf<'t> {
    /// Payee.
    pub partner: PartnerIx,
    /// Program.
    pub program: &'t str,
    /// Groups and returns with days in here are told, whole.
    pub period: Span,
    /// Only lines sold by this day; `None`: all.
    pub through: Option<NaiveDate>,
    /// Imagined lines on top.
    pub extra: &'t [SaleLine],
}

/// Everything about one partner's pay under one program in a period.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Trace {
    /// Program.
    pub program_id: String,
    /// Its name.
    pub program_name: String,
    /// Payee.
    pub partner_id: String,
    /// Its name.
    pub partner_name: String,
    /// What was asked for.
    pub period: Span,
    /// Currency.
    pub currency: String,
    /// Digits of its minor unit.
    pub digits: u32,
    /// The partner's sales of the period, in order, counted or not.
    pub lines: Vec<LineTrace>,
    /// Own pay and overrides, period by period (or transaction by transaction).
    pub groups: Vec<GroupTrace>,
    /// What is taken back in the period.
    pub clawbacks: Vec<ClawbackTrace>,
    /// The payout lines that all this leads to.
    pub payouts: Vec<PayoutLine>,
    /// Their sum.
    #[schemars(with = "String")]
    pub total: Decimal,
}

/// One sale that was considered.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LineTrace {
    /// Transaction.
    pub transaction_id: String,
    /// Line.
    pub line_no: u32,
    /// Day.
    pub sold_on: NaiveDate,
    /// Product.
    pub sku: String,
    /// Units.
    #[schemars(with = "String")]
    pub units: Decimal,
    /// Net revenue.
    #[schemars(with = "String")]
    pub net_revenue: Decimal,
    /// Version whose terms hold; none outside every version.
    pub version: Option<u32>,
    /// Why it does not count, or counts and earns nothing.
    pub reason: Option<Reason>,
    /// The reason in plain words, with the facts behind it.
    pub why: Option<String>,
    /// The clause behind the reason.
    pub clause: Option<Cited>,
    /// What it counts and earns.
    pub share: Option<ShareTrace>,
}

/// A counted line in its group. Money is exact to 12 digits, not yet rounded.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ShareTrace {
    /// Running measure before the line.
    #[schemars(with = "String")]
    pub from: Decimal,
    /// Running measure after it.
    #[schemars(with = "String")]
    pub to: Decimal,
    /// Base pay.
    #[schemars(with = "String")]
    pub base: Decimal,
    /// After accelerator, minimum and growth.
    #[schemars(with = "String")]
    pub adjusted: Decimal,
    /// After the partner's cap of the period.
    #[schemars(with = "String")]
    pub kept: Decimal,
}

/// The steps of one group.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct GroupTrace {
    /// Own or override.
    pub role: PayoutRole,
    /// The whole fiscal period, or the transaction's day.
    pub period: Span,
    /// For period `transaction`.
    pub transaction_id: Option<String>,
    /// M: what counted, of the program's measure.
    #[schemars(with = "String")]
    pub measure: Decimal,
    /// From base to what is paid.
    pub steps: Vec<Step>,
    /// What is paid.
    #[schemars(with = "String")]
    pub paid: Decimal,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Step {
    /// `base`, `true_up`, `accelerator`, `minimum`, `growth`, `override`,
    /// `cap_per_partner`, `rounding`, `cap_per_transaction`, `program_budget`.
    pub step: &'static str,
    /// Version whose terms it follows.
    pub version: u32,
    /// The arithmetic in words and figures.
    pub detail: String,
    /// What it changes.
    #[schemars(with = "String")]
    pub amount: Decimal,
    /// The sum so far.
    #[schemars(with = "String")]
    pub running: Decimal,
    /// The clause it rests on.
    pub clause: Option<Cited>,
}

/// One return and what was taken back for it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ClawbackTrace {
    /// Own pay, or the parent's override.
    pub of: PayoutRole,
    /// The return.
    pub transaction_id: String,
    /// Its day.
    pub returned_on: NaiveDate,
    /// The sale; none where the data do not know it.
    pub original_transaction_id: Option<String>,
    /// Its line.
    pub line_no: u32,
    /// Returned units.
    #[schemars(with = "String")]
    pub units: Decimal,
    /// Returned revenue.
    #[schemars(with = "String")]
    pub net_revenue: Decimal,
    /// What the group of the sale is due without everything returned so far; empty
    /// for overrides and where the sale did not count.
    pub still_due: Vec<Step>,
    /// The arithmetic, or why nothing is taken back.
    pub detail: String,
    /// What is taken back, negative.
    #[schemars(with = "String")]
    pub amount: Decimal,
    /// The clause it rests on.
    pub clause: Option<Cited>,
}

/// What tracing needs at hand.
pub(super) struct Telling<'a> {
    pub ledger: &'a Ledger<'a>,
    pub versions: &'a [ProgramVersion],
    pub of: TraceOf<'a>,
}

impl Telling<'_> {
    pub fn version(&self, number: u32) -> Option<&ProgramVersion> {
        self.versions.iter().find(|v| v.version == number)
    }

    /// Whether something of these days is told.
    pub fn tells(&self, period: Span) -> bool {
        period.intersection(&self.of.period).is_some()
    }

    /// Whether a scenario changed the terms that its version agreed to.
    pub fn changed(&self, rule: &Rule<'_>) -> bool {
        self.version(rule.version).is_some_and(|v| v.terms != *rule.terms)
    }
}

/// Traces a partner's pay. `None`: the rule book has no such program.
pub fn trace(company: &Company, rules: &RuleBook, of: TraceOf<'_>) -> Option<Trace> {
    trace_with(company, rules, of, None)
}

/// As [`trace`], in a partner's own books: of budgets only whether the funds are
/// exhausted is told.
pub(crate) fn trace_with(
    company: &Company,
    rules: &RuleBook,
    of: TraceOf<'_>,
    funds: Option<&Funds>,
) -> Option<Trace> {
    let program = rules.programs.iter().position(|p| p.id == of.program)?;
    let options = SettleOptions {
        through: of.through,
        partner: Some(of.partner),
        program: Some(of.program),
        extra: of.extra,
        funds,
    };
    let ledger = Ledger::new(company, rules, &options);
    let versions = company.program(of.program).map(|p| p.versions.as_slice()).unwrap_or_default();
    let telling = Telling { ledger: &ledger, versions, of };
    let work = &settle::work(&ledger, rules, &options).nth(program)?;
    let groups = groups(&telling, work);
    let mut payouts = Vec::new();
    work.payouts(&ledger, &mut payouts);
    payouts.retain(|p| p.partner == of.partner && telling.tells(fiscal_period(&ledger, p)));
    let partner = &company.catalog.partners[of.partner];
    Some(Trace {
        program_id: of.program.to_owned(),
        program_name: rules.programs[program].name.clone(),
        partner_id: partner.id.clone(),
        partner_name: partner.name.clone(),
        period: of.period,
        currency: company.catalog.currency.clone(),
        digits: ledger.digits,
        lines: trace_lines::lines(&telling, program, work),
        groups,
        clawbacks: trace_returns::clawbacks(&telling, work),
        total: payouts.iter().fold(Decimal::ZERO, |sum, p| money::add(sum, p.amount)),
        payouts,
    })
}

/// The whole fiscal period of a payout line: versions cut it, but a group is told
/// whole.
fn fiscal_period(ledger: &Ledger<'_>, payout: &PayoutLine) -> Span {
    let mut rules = ledger.rules.rules.iter();
    let rule = rules.find(|r| r.program_id == payout.program_id && r.version == payout.program_version);
    let kind = rule.map_or(PeriodKind::Transaction, |r| r.terms.period);
    ledger.calendar().period_of(kind, payout.period_start)
}

fn groups(telling: &Telling<'_>, work: &Work) -> Vec<GroupTrace> {
    let told = |group: &Group| group.partner == telling.of.partner && telling.tells(group.period);
    let own = &work.own;
    let mut all = Vec::new();
    for (ix, group) in own.groups.groups.iter().enumerate().filter(|(_, g)| told(g)) {
        all.push(trace_steps::own(telling, own, ix, group));
    }
    for (ix, group) in work.overrides.groups.groups.iter().enumerate().filter(|(_, g)| told(g)) {
        all.push(trace_steps::parent(telling, &work.overrides, ix, group));
    }
    all
}
