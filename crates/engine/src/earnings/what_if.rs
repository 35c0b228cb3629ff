//! What more sales would pay: imagined sales beside the real ones through the exact
//! calculator, all programs together, with the marks that are reached, the caps that
//! bind and the reasons of programs that do not count them.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::{Month, PeriodKind, Span};
use crate::named_period::period_name;
use crate::programs::cite::{self, Cited, cite};
use crate::programs::money;
use crate::programs::payout::Reason;
use crate::programs::rules::{ProgramIx, RuleIx};
use crate::programs::terms::ProgramKind;
use crate::sales::SaleLine;
use crate::scenario::ExtraSale;

use super::books::{OWN, OwnBooks};
use super::extra::{self, PricedSale};
use super::standing::{Mark, MarkKind, Sheet, marks};

/// What more sales would pay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WhatIf {
    /// The imagined sales, with the price that was put to each.
    pub sales: Vec<PricedSale>,
    /// What all programs together pay more, without funds.
    #[schemars(with = "String")]
    pub more: Decimal,
    /// What accrues to funds more.
    #[schemars(with = "String")]
    pub fund_more: Decimal,
    /// Programs under which a sale counts, the largest gain first.
    pub programs: Vec<Gain>,
    /// Programs in force that cover a sale and do not count it, and why.
    pub not_counted: Vec<NotCounted>,
}

/// What one program pays more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Gain {
    /// Program.
    pub program: String,
    /// Its name.
    pub name: String,
    /// Version in force at the sale.
    pub version: u32,
    /// Whether it accrues to a fund.
    pub fund: bool,
    /// Own pay of the periods of the sales, as it stands.
    #[schemars(with = "String")]
    pub before: Decimal,
    /// The same with the sales.
    #[schemars(with = "String")]
    pub after: Decimal,
    /// The difference.
    #[schemars(with = "String")]
    pub more: Decimal,
    /// Marks that the sales reach: tiers, minimum, target, growth, cap.
    pub reaches: Vec<Reached>,
    /// Whether the funds of the version are exhausted.
    pub funds_exhausted: bool,
    /// The clause of the rate.
    pub clause: Option<Cited>,
}

/// A mark that is reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reached {
    /// What it is.
    pub kind: MarkKind,
    /// Where it lies.
    #[schemars(with = "String")]
    pub at: Decimal,
    /// What it brings.
    pub what: String,
    /// The period, such as `Q3 2026`.
    pub label: String,
}

/// A program that does not count an imagined sale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NotCounted {
    /// Program.
    pub program: String,
    /// Its name.
    pub name: String,
    /// Product of the sale.
    pub sku: String,
    /// Month of the sale.
    pub month: String,
    /// The name of the reason.
    pub reason: String,
    /// The reason in words.
    pub why: String,
    /// The clause behind it.
    pub clause: Option<Cited>,
}

/// A program and a period that a sale falls into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Touched {
    program: ProgramIx,
    rule: RuleIx,
    period: Span,
}

/// What there is to see of it.
struct Seen {
    pay: Decimal,
    marks: Vec<Mark>,
    /// Whether one of the sales counts.
    counts: bool,
}

/// Works it out for checked sales ([`check`](fn@crate::scenario::check)).
pub fn what_if(books: &OwnBooks, extra: &[ExtraSale]) -> WhatIf {
    let sales = extra::priced(books, extra);
    let lines = extra::lines(books, &sales);
    let touched = Sheet::of(books, &[], |sheet| touched(sheet, &lines));
    let before = Sheet::of(books, &[], |sheet| seen(books, sheet, &touched, &lines));
    let after = Sheet::of(books, &lines, |sheet| seen(books, sheet, &touched, &lines));
    let (paid, will) = (books.settle(&[]), books.settle(&lines));
    let total = |payouts: &[crate::programs::PayoutLine], fund: bool| {
        let counted = payouts.iter().filter(|p| (p.kind == ProgramKind::Mdf) == fund);
        counted.fold(Decimal::ZERO, |sum, p| money::add(sum, p.amount))
    };
    let mut programs = gains(books, &touched, &before, &after);
    programs.sort_by(|a, b| b.more.cmp(&a.more).then_with(|| a.program.cmp(&b.program)));
    WhatIf {
        more: money::sub(total(&will, false), total(&paid, false)),
        fund_more: money::sub(total(&will, true), total(&paid, true)),
        programs,
        not_counted: not_counted(books, &sales, &lines),
        sales,
    }
}

fn touched(sheet: &Sheet<'_>, lines: &[SaleLine]) -> Vec<Touched> {
    let company = sheet.ledger.company;
    let mut all: Vec<Touched> = Vec::new();
    for program in 0..sheet.works.len() {
        for line in lines {
            let Ok(rule) = sheet.ledger.rules.rule_ix(program, OWN, line.sold_on) else { continue };
            let period = match sheet.ledger.rules.rules[rule].terms.period {
                PeriodKind::Transaction => Month::of(line.sold_on).span(),
                kind => company.calendar.period_of(kind, line.sold_on),
            };
            if !all.iter().any(|t| t.program == program && t.period == period) {
                all.push(Touched { program, rule, period });
            }
        }
    }
    all
}

fn seen(books: &OwnBooks, sheet: &Sheet<'_>, touched: &[Touched], lines: &[SaleLine]) -> Vec<Seen> {
    let imagined = |id: &str| lines.iter().any(|l| l.transaction_id == id);
    let look = |t: &Touched| {
        let mut entries = sheet.works[t.program].own.groups.entries.iter();
        Seen {
            pay: sheet.pay(t.program, t.period),
            marks: marks(books, sheet, t.rule, t.period),
            counts: entries.any(|entry| {
                let line = sheet.ledger.lines[entry.line];
                imagined(&line.transaction_id) && t.period.contains(line.sold_on)
            }),
        }
    };
    touched.iter().map(look).collect()
}

fn gains(books: &OwnBooks, touched: &[Touched], before: &[Seen], after: &[Seen]) -> Vec<Gain> {
    let mut gains: Vec<Gain> = Vec::new();
    for ((touched, before), after) in touched.iter().zip(before).zip(after) {
        if !after.counts && before.pay == after.pay {
            continue;
        }
        let rules = &books.rules().programs[touched.program];
        let at = gains.iter().position(|g| g.program == rules.id);
        let at = at.unwrap_or_else(|| {
            gains.extend(Sheet::of(books, &[], |sheet| nothing_yet(books, sheet, touched.rule)));
            gains.len() - 1
        });
        let gain = &mut gains[at];
        gain.before = money::add(gain.before, before.pay);
        gain.after = money::add(gain.after, after.pay);
        gain.more = money::sub(gain.after, gain.before);
        let label = period_name(touched.period, books.company().calendar);
        let pairs = before.marks.iter().zip(&after.marks).filter(|(b, a)| !b.reached && a.reached);
        gain.reaches.extend(pairs.map(|(_, mark)| Reached {
            kind: mark.kind,
            at: mark.at,
            what: mark.what.clone(),
            label: label.clone(),
        }));
    }
    gains
}

fn nothing_yet(books: &OwnBooks, sheet: &Sheet<'_>, rule: RuleIx) -> Option<Gain> {
    let rule = &sheet.ledger.rules.rules[rule];
    let program = books.program(rule.program_id)?;
    let version = program.versions.iter().find(|v| v.version == rule.version);
    Some(Gain {
        program: program.id.clone(),
        name: program.name().to_owned(),
        version: rule.version,
        fund: rule.terms.kind == ProgramKind::Mdf,
        before: Decimal::ZERO,
        after: Decimal::ZERO,
        more: Decimal::ZERO,
        reaches: Vec::new(),
        funds_exhausted: books.funds().are_exhausted(&program.id, rule.version),
        clause: cite(version, cite::RATE),
    })
}

/// The reasons of programs that could pay a sale of the product and do not.
fn not_counted(books: &OwnBooks, sales: &[PricedSale], lines: &[SaleLine]) -> Vec<NotCounted> {
    let mut all = Vec::new();
    for program in &books.rules().programs {
        for (sale, line) in sales.iter().zip(lines) {
            let day = Span::new(line.sold_on, line.sold_on);
            let Some(trace) = books.trace(&program.id, day, lines) else { continue };
            let told = trace.lines.into_iter().find(|l| l.transaction_id == line.transaction_id);
            let Some((told, reason)) = told.and_then(|t| t.reason.clone().map(|reason| (t, reason))) else {
                continue;
            };
            if matches!(reason, Reason::OutsideEffectiveDates | Reason::ProductNotCovered) {
                continue;
            }
            all.push(NotCounted {
                program: program.id.clone(),
                name: program.name.clone(),
                sku: sale.sku.clone(),
                month: sale.month.clone(),
                reason: reason.to_string(),
                why: told.why.unwrap_or_default(),
                clause: told.clause,
            });
        }
    }
    all
}
