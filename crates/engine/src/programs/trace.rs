//! How a payout came about: every line considered with its reason or its share,
//! and each step from base to what is paid, with amounts and the clause it rests
//! on. Uses the very steps of [`settle`](mod@super::settle), computes no pay of its own, and
//! is plain data; [`super::trace_text`] writes it out.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::calendar::Span;
use crate::catalog::PartnerIx;
use crate::company::Company;
use crate::sales::{LineKind, PayoutRole, SaleLine};

use super::adjust::{self, Quantity, Share};
use super::cite::{self, Cited, cite};
use super::ledger::{Ledger, LineIx};
use super::money;
use super::overrides;
use super::payout::{PayoutLine, Reason};
use super::rule_book::RuleBook;
use super::settle::{self, SettleOptions, Work};
use super::stacking;
use super::terms::ProgramVersion;
use super::trace_steps;

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
    /// Why it does not count; none: it counts.
    pub reason: Option<Reason>,
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
    /// The sale.
    pub original_transaction_id: String,
    /// Its line.
    pub line_no: u32,
    /// Returned units.
    #[schemars(with = "String")]
    pub units: Decimal,
    /// Returned revenue.
    #[schemars(with = "String")]
    pub net_revenue: Decimal,
    /// The arithmetic.
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
}

/// Traces a partner's pay. `None`: the rule book has no such program.
pub fn trace(company: &Company, rules: &RuleBook, of: TraceOf<'_>) -> Option<Trace> {
    let program = rules.programs.iter().position(|p| p.id == of.program)?;
    let options = SettleOptions {
        through: of.through,
        partner: Some(of.partner),
        program: Some(of.program),
        extra: of.extra,
    };
    let ledger = Ledger::new(company, rules, &options);
    let versions = company.program(of.program).map(|p| p.versions.as_slice()).unwrap_or_default();
    let telling = Telling { ledger: &ledger, versions, of };
    let works = settle::work(&ledger, rules, &options);
    let work = works.get(program)?;
    let groups = groups(&telling, work);
    let mut payouts = work.payouts(&ledger);
    payouts.retain(|p| p.partner == of.partner && overlaps(of.period, p.period_start, p.period_end));
    let partner = &company.catalog.partners[of.partner];
    Some(Trace {
        program_id: of.program.to_owned(),
        program_name: rules.programs[program].name.clone(),
        partner_id: partner.id.clone(),
        partner_name: partner.name.clone(),
        period: of.period,
        currency: company.catalog.currency.clone(),
        digits: ledger.digits,
        lines: lines(&telling, rules, program, work),
        groups,
        clawbacks: clawbacks(&telling, work),
        total: payouts.iter().fold(Decimal::ZERO, |sum, p| money::add(sum, p.amount)),
        payouts,
    })
}

fn overlaps(period: Span, start: NaiveDate, end: NaiveDate) -> bool {
    period.intersection(&Span::new(start, end)).is_some()
}

fn groups(telling: &Telling<'_>, work: &Work) -> Vec<GroupTrace> {
    let of = telling.of;
    let told = |period: Span, partner| partner == of.partner && period.intersection(&of.period).is_some();
    let own = &work.own;
    let mut all = Vec::new();
    for (ix, group) in own.groups.groups.iter().enumerate().filter(|(_, g)| told(g.period, g.partner)) {
        all.push(trace_steps::own(telling, own, ix, group));
    }
    let parents = work.overrides.groups.groups.iter().zip(&work.overrides.dues);
    for (group, dues) in parents.filter(|(g, _)| told(g.period, g.partner)) {
        let shares = overrides::shares(telling.ledger, work.overrides.groups.of(group));
        all.push(trace_steps::parent(telling, group, shares, dues));
    }
    all
}

/// The shares of the partner's groups that the period touches, by line.
fn shares(telling: &Telling<'_>, work: &Work) -> Vec<(LineIx, Share)> {
    let (ledger, of) = (telling.ledger, telling.of);
    let mut all = Vec::new();
    let own = &work.own;
    for (ix, group) in own.groups.groups.iter().enumerate() {
        if group.partner == of.partner && group.period.intersection(&of.period).is_some() {
            let shares = trace_steps::shares(ledger, own, ix, group);
            all.extend(shares.into_iter().map(|share| (share.entry.line, share)));
        }
    }
    all.sort_by_key(|(line, _)| *line);
    all
}

fn lines(telling: &Telling<'_>, rules: &RuleBook, program: usize, work: &Work) -> Vec<LineTrace> {
    let (ledger, of) = (telling.ledger, telling.of);
    let shares = shares(telling, work);
    let share_of =
        |ix: LineIx| shares.binary_search_by_key(&ix, |(line, _)| *line).ok().map(|at| &shares[at].1);
    let mut all = Vec::new();
    let mut claims = Vec::new();
    for (ix, line) in ledger.lines.iter().enumerate() {
        let share = share_of(ix);
        let in_period = of.period.contains(line.sold_on) || share.is_some();
        if line.kind != LineKind::Sale || line.partner != of.partner || !in_period {
            continue;
        }
        stacking::claims(ledger, line, 0..rules.programs.len(), &mut claims);
        let held = ledger.rules.rule(program, line.partner, line.sold_on);
        let version = held.as_ref().ok().map(|rule| rule.version);
        let claim = claims.iter().find(|c| ledger.rules.rules[c.rule].program == program);
        let reason = match (claim, held) {
            (Some(claim), _) => claim.reason(ledger),
            (None, Ok(rule)) => super::qualify::fails(ledger, rule, line),
            (None, Err(reason)) => Some(reason),
        };
        let reason = reason.or_else(|| share.and_then(|s| s.reason.clone()));
        all.push(line_trace(telling, line, version, reason, share));
    }
    all
}

fn line_trace(
    telling: &Telling<'_>,
    line: &SaleLine,
    version: Option<u32>,
    reason: Option<Reason>,
    share: Option<&Share>,
) -> LineTrace {
    // Outside every version the nearest one explains best why.
    let cited = version.and_then(|v| telling.version(v)).or_else(|| telling.versions.last());
    LineTrace {
        transaction_id: line.transaction_id.clone(),
        line_no: line.line_no,
        sold_on: line.sold_on,
        sku: telling.ledger.company.catalog.products[line.product].sku.clone(),
        units: line.units,
        net_revenue: line.net_revenue,
        version,
        clause: reason.as_ref().and_then(|r| cite(cited, cite::topic_of(r))),
        reason,
        share: share.map(|s| ShareTrace {
            from: s.piece.from,
            to: s.piece.to,
            base: money::working(s.base),
            adjusted: money::working(s.pay),
            kept: money::working(s.kept),
        }),
    }
}

fn clawbacks(telling: &Telling<'_>, work: &Work) -> Vec<ClawbackTrace> {
    let (ledger, of) = (telling.ledger, telling.of);
    let told = |period: Span, partner| partner == of.partner && period.intersection(&of.period).is_some();
    let mut all = Vec::new();
    for (key, clawback) in work.clawbacks.iter().filter(|(k, _)| told(k.period, k.partner)) {
        for step in &clawback.steps {
            let (back, sale) = (ledger.lines[step.returned], ledger.lines[step.original]);
            let (of, detail) = match step.paid {
                Some(paid) => {
                    let taken = format!(
                        "paid {paid} − taken back before {} − still due {}",
                        step.before, step.due_now
                    );
                    (PayoutRole::Own, taken)
                }
                None => {
                    let percent = ledger.rules.rules[clawback.original.rule].terms.override_percent;
                    let percent = percent.unwrap_or_default().normalize();
                    (PayoutRole::Override, format!("{percent}% of {} returned", back.net_revenue.abs()))
                }
            };
            all.push(ClawbackTrace {
                of,
                transaction_id: back.transaction_id.clone(),
                returned_on: back.sold_on,
                original_transaction_id: sale.transaction_id.clone(),
                line_no: sale.line_no,
                units: back.units.abs(),
                net_revenue: back.net_revenue.abs(),
                detail,
                amount: -step.amount,
                clause: cite(telling.version(key.version), cite::RETURNS),
            });
        }
    }
    all
}

/// Quantities of a line as sold: returns have their own lines.
pub(super) fn as_sold<'l>(ledger: &'l Ledger<'_>) -> impl Fn(&super::accumulate::Entry) -> Quantity + 'l {
    |entry| adjust::Quantity::sold(ledger.lines[entry.line])
}
