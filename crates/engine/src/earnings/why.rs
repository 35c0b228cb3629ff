//! "Why was this sale not counted?": one transaction of the partner, every program with
//! what it counts or the reason why it does not. The reasons are the calculator's own.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::{Span, day_in_words};
use crate::programs::cite::{self, Cited, cite};
use crate::programs::money;
use crate::programs::payout::Reason;
use crate::programs::terms::ProgramKind;
use crate::programs::trace::{LineTrace, Trace};
use crate::sales::{LineKind, SaleLine};

use super::books::{OWN, OwnBooks};
use super::rules;

/// One transaction and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SaleExplained {
    /// Partner.
    pub partner: String,
    /// Transaction.
    pub transaction_id: String,
    /// Currency of all money.
    pub currency: String,
    /// Its lines.
    pub lines: Vec<LineExplained>,
}

/// One line of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LineExplained {
    /// Line.
    pub line_no: u32,
    /// `sale` or `return`.
    pub kind: String,
    /// Day.
    pub sold_on: chrono::NaiveDate,
    /// Product.
    pub sku: String,
    /// Units.
    #[schemars(with = "String")]
    pub units: Decimal,
    /// Net revenue.
    #[schemars(with = "String")]
    pub net_revenue: Decimal,
    /// The sale that a return takes back.
    pub returns: Option<String>,
    /// Every program: those that pay first.
    pub programs: Vec<ProgramSays>,
}

/// What one program does with a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProgramSays {
    /// Program.
    pub program: String,
    /// Its name.
    pub name: String,
    /// Version whose terms hold; null outside every version.
    pub version: Option<u32>,
    /// Whether it accrues to a fund.
    pub fund: bool,
    /// Whether the line counts.
    pub counted: bool,
    /// What the line earns, before rounding; null where it does not count.
    #[schemars(with = "Option<String>")]
    pub pay: Option<Decimal>,
    /// The name of the reason why it does not count or earns nothing.
    pub reason: Option<String>,
    /// In words.
    pub why: String,
    /// The clause behind it.
    pub clause: Option<Cited>,
}

/// Explains a transaction; `None` where this partner has none of that name, whoever
/// else may have.
pub fn why(books: &OwnBooks, transaction_id: &str) -> Option<SaleExplained> {
    let company = books.company();
    let own = company.lines.iter().filter(|l| l.partner == OWN && l.transaction_id == transaction_id);
    let lines: Vec<LineExplained> = own.map(|line| explain(books, line)).collect();
    (!lines.is_empty()).then(|| SaleExplained {
        partner: books.partner().id.clone(),
        transaction_id: transaction_id.to_owned(),
        currency: company.catalog.currency.clone(),
        lines,
    })
}

fn explain(books: &OwnBooks, line: &SaleLine) -> LineExplained {
    let sale = line.kind == LineKind::Sale;
    // Programs for others only are not there, here as on the pages of rules.
    let programs = books.rules().programs.iter().filter(|p| sale && rules::any_readable(books, &p.id));
    let mut says: Vec<ProgramSays> = programs
        .filter_map(|program| {
            let trace = books.trace(&program.id, Span::new(line.sold_on, line.sold_on), &[])?;
            let told = trace.lines.iter();
            let mut told = told.filter(|t| t.transaction_id == line.transaction_id);
            Some(says(books, &trace, told.find(|t| t.line_no == line.line_no)?))
        })
        .collect();
    says.sort_by_key(|s| (s.pay.is_none_or(|pay| pay.is_zero()), !s.counted));
    LineExplained {
        line_no: line.line_no,
        kind: if sale { "sale" } else { "return" }.to_owned(),
        sold_on: line.sold_on,
        sku: books.company().catalog.products[line.product].sku.clone(),
        units: line.units,
        net_revenue: line.net_revenue,
        returns: line.original_transaction_id.clone(),
        programs: says,
    }
}

fn says(books: &OwnBooks, trace: &Trace, line: &LineTrace) -> ProgramSays {
    let program = books.program(&trace.program_id);
    let version = program.and_then(|p| p.versions.iter().find(|v| Some(v.version) == line.version));
    let cut = line.share.as_ref().and_then(|_| funds_cut(trace, line));
    let reason = line.reason.as_ref().or(cut.as_ref().map(|(reason, _)| reason));
    let pay = line.share.as_ref().map(|s| cut.as_ref().map_or(s.kept, |(_, kept)| money::mul(s.kept, *kept)));
    let words = match (&line.why, &cut, &line.share) {
        (Some(why), _, _) => why.clone(),
        (None, Some(_), _) => "it counts; the funds of the program are exhausted".to_owned(),
        (None, None, Some(share)) if share.kept < share.adjusted => {
            "it counts; the cap of the period cuts what it earns".to_owned()
        }
        (None, None, Some(_)) => "it counts".to_owned(),
        (None, None, None) => "it does not count".to_owned(),
    };
    ProgramSays {
        program: trace.program_id.clone(),
        name: trace.program_name.clone(),
        version: line.version,
        fund: program.is_some_and(|p| p.latest().terms.kind == ProgramKind::Mdf),
        counted: line.share.is_some(),
        pay,
        reason: reason.map(ToString::to_string),
        // Traces name days as the books do.
        why: words.replace(&line.sold_on.to_string(), &day_in_words(line.sold_on)),
        clause: line.clause.clone().or_else(|| cite(version, cite::RATE)),
    }
}

/// Where the funds did not suffice for the line's period: the reason, and the share of
/// its pay that was left.
fn funds_cut(trace: &Trace, line: &LineTrace) -> Option<(Reason, Decimal)> {
    let payout = trace.payouts.iter().find(|p| {
        let holds = p.period_start <= line.sold_on && line.sold_on <= p.period_end;
        let own = p.transaction_id.as_ref().is_none_or(|id| *id == line.transaction_id);
        Some(p.program_version) == line.version && holds && own && !p.budget_cut.is_zero()
    })?;
    let due = money::add(payout.amount, payout.budget_cut);
    Some((Reason::BudgetExhausted, money::div(payout.amount, due)))
}
