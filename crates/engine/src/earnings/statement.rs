//! A partner's statement: what is due by the exact calculator, beside what the
//! payouts table holds, by program and payout line. No forecast here.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::{Month, PeriodKind, Span};
use crate::named_period::period_name;
use crate::programs::PayoutLine;
use crate::programs::cite::{self, Cited, cite};
use crate::programs::money;
use crate::programs::terms::ProgramKind;
use crate::sales::{PayoutRole, RecordedPayout};

use super::books::OwnBooks;
use super::claims::{self, Deadline};
use super::standing::{self, Standing};

/// What is due and what the payouts table holds. Each recorded payout stands under one
/// status; `clawed_back` is the part of `due` that was taken back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Amounts {
    /// By the calculator, clawbacks taken off.
    #[schemars(with = "String")]
    pub due: Decimal,
    /// Recorded and not approved yet.
    #[schemars(with = "String")]
    pub accrued: Decimal,
    /// Approved and not paid yet.
    #[schemars(with = "String")]
    pub approved: Decimal,
    /// Paid.
    #[schemars(with = "String")]
    pub paid: Decimal,
    /// Held back.
    #[schemars(with = "String")]
    pub withheld: Decimal,
    /// Taken back for returns, by the calculator; zero or negative.
    #[schemars(with = "String")]
    pub clawed_back: Decimal,
}

impl Amounts {
    fn add(&mut self, other: &Self) {
        let pairs = [
            (&mut self.due, other.due),
            (&mut self.accrued, other.accrued),
            (&mut self.approved, other.approved),
            (&mut self.paid, other.paid),
            (&mut self.withheld, other.withheld),
            (&mut self.clawed_back, other.clawed_back),
        ];
        for (sum, amount) in pairs {
            *sum = money::add(*sum, amount);
        }
    }

    /// Puts a recorded payout under its status. A paid one counts what was paid, where
    /// that is recorded.
    fn record(&mut self, payout: &RecordedPayout) {
        let (slot, amount) = match payout.status.as_str() {
            "approved" => (&mut self.approved, payout.accrued),
            "paid" => (&mut self.paid, payout.paid.unwrap_or(payout.accrued)),
            "withheld" => (&mut self.withheld, payout.accrued),
            _ => (&mut self.accrued, payout.accrued),
        };
        *slot = money::add(*slot, amount);
    }
}

/// A partner's statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Statement {
    /// Partner identifier.
    pub partner: String,
    /// Its name.
    pub name: String,
    /// Tier held today.
    pub tier: String,
    /// Whether its status is active.
    pub active: bool,
    /// Last day of the data.
    pub as_of: NaiveDate,
    /// The month whose sales are not all in: `2026-07`.
    pub open_month: String,
    /// Currency of all money.
    pub currency: String,
    /// The periods that are told; null for all.
    pub period: Option<Span>,
    /// The fiscal quarter that holds the last day of the data.
    pub current: PeriodDue,
    /// Everything told, without funds.
    pub totals: Amounts,
    /// Market development funds, never summed with payouts.
    pub funds: Amounts,
    /// By program: those with lines, in the order of their identifiers.
    pub programs: Vec<ProgramStatement>,
    /// Programs that run today, and how far their next marks are.
    pub standings: Vec<Standing>,
    /// What must be done by when.
    pub deadlines: Vec<Deadline>,
}

/// What is due for one quarter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PeriodDue {
    /// Its name, such as `Q2 2026`.
    pub label: String,
    /// Its days.
    pub span: Span,
    /// Whether it still runs.
    pub open: bool,
    /// Payout lines that end in it, without funds: what is due.
    #[schemars(with = "String")]
    pub due: Decimal,
}

/// One program of a statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProgramStatement {
    /// Identifier.
    pub program: String,
    /// Name.
    pub name: String,
    /// Kind of its latest version.
    pub kind: ProgramKind,
    /// Whether it accrues to a fund instead of payouts.
    pub fund: bool,
    /// Its lines together.
    pub amounts: Amounts,
    /// Newest first.
    pub lines: Vec<StatementLine>,
}

/// A line of a statement: a payout line by the rules, in the books, or both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StatementLine {
    /// Version.
    pub version: u32,
    /// Own, override (a sum over children) or clawback.
    pub role: String,
    /// First day.
    pub period_start: NaiveDate,
    /// Last day.
    pub period_end: NaiveDate,
    /// The transaction, for programs that pay by transaction.
    pub transaction_id: Option<String>,
    /// Whether the period still runs: what is due so far may change.
    pub open: bool,
    /// Units that counted; null for a line that only the books hold, and for one that sums
    /// what single sales of children pay.
    #[schemars(with = "Option<String>")]
    pub units: Option<Decimal>,
    /// Net revenue that counted.
    #[schemars(with = "Option<String>")]
    pub revenue: Option<Decimal>,
    /// What a cap cut.
    #[schemars(with = "String")]
    pub cap_cut: Decimal,
    /// Whether the funds of the program did not suffice.
    pub funds_exhausted: bool,
    /// Why nothing, or less, is due, by the name of the reason.
    pub reason: Option<String>,
    /// The amounts.
    pub amounts: Amounts,
    /// The clause that it rests on.
    pub clause: Option<Cited>,
}

/// What makes lines of both sides one.
type Key = (String, NaiveDate, NaiveDate, u32, PayoutRole, Option<String>);

/// The statement, of all periods or of those that end within `period`.
pub fn statement(books: &OwnBooks, period: Option<Span>) -> Statement {
    let company = books.company();
    let partner = books.partner();
    let today = company.today();
    let quarter = company.calendar.period_of(PeriodKind::Quarter, company.as_of);
    let told = |end: NaiveDate| period.is_none_or(|p| p.contains(end));
    let programs = programs(books, &told);
    let (mut totals, mut funds) = (Amounts::default(), Amounts::default());
    for program in &programs {
        if program.fund { &mut funds } else { &mut totals }.add(&program.amounts);
    }
    let paid_out = books.payouts().iter().filter(|p| p.kind != ProgramKind::Mdf);
    let due = paid_out
        .filter(|p| quarter.contains(p.period_end))
        .fold(Decimal::ZERO, |sum, p| money::add(sum, p.amount));
    Statement {
        partner: partner.id.clone(),
        name: partner.name.clone(),
        tier: partner.tier_on(today).to_owned(),
        active: partner.active,
        as_of: company.as_of,
        open_month: Month::of(today).key(),
        currency: company.catalog.currency.clone(),
        period,
        current: PeriodDue {
            label: period_name(quarter, company.calendar),
            span: quarter,
            open: quarter.end > company.as_of,
            due,
        },
        totals,
        funds,
        programs,
        standings: standing::standings(books),
        deadlines: claims::deadlines(books),
    }
}

fn programs(books: &OwnBooks, told: &dyn Fn(NaiveDate) -> bool) -> Vec<ProgramStatement> {
    let mut lines: BTreeMap<Key, StatementLine> = BTreeMap::new();
    let own = own_sales(books);
    for payout in books.payouts().iter().filter(|p| told(p.period_end)) {
        let line = line_of(books, payout);
        let (key, line) = summed(&own, key_of(payout), line);
        lines.entry(key).and_modify(|sum| sum.add(&line)).or_insert(line);
    }
    for recorded in books.company().payouts.iter().filter(|p| told(p.period.end)) {
        let (key, line) = summed(&own, key_of_recorded(recorded), of_books(books, recorded));
        lines.entry(key).or_insert(line).amounts.record(recorded);
    }
    let mut programs: BTreeMap<String, Vec<StatementLine>> = BTreeMap::new();
    // The keys ascend; the newest line comes first.
    for ((program, ..), line) in lines.into_iter().rev() {
        programs.entry(program).or_default().push(line);
    }
    let statement = |(id, lines): (String, Vec<StatementLine>)| {
        let program = books.program(&id);
        let mut amounts = Amounts::default();
        lines.iter().for_each(|line| amounts.add(&line.amounts));
        let kind = program.map_or(ProgramKind::Rebate, |p| p.latest().terms.kind);
        ProgramStatement {
            name: program.map_or_else(|| id.clone(), |p| p.name().to_owned()),
            program: id,
            kind,
            fund: kind == ProgramKind::Mdf,
            amounts,
            lines,
        }
    };
    programs.into_iter().map(statement).collect()
}

/// The transactions of this partner itself.
fn own_sales(books: &OwnBooks) -> BTreeSet<&str> {
    books.company().lines.iter().map(|line| line.transaction_id.as_str()).collect()
}

/// A line about a child's sale as it is told: within the sum of its month and without units
/// and revenue, which may be those of one sale, so that the parent reads no sale, day or
/// revenue of a child. Others as they are.
fn summed(own: &BTreeSet<&str>, key: Key, line: StatementLine) -> (Key, StatementLine) {
    let (program, end, start, version, role, transaction) = key;
    let of_child = role != PayoutRole::Own && transaction.as_deref().is_some_and(|id| !own.contains(id));
    if !of_child {
        return ((program, end, start, version, role, transaction), line);
    }
    let month = Span::new(Month::of(start).first_day(), Month::of(end).last_day());
    let line = StatementLine {
        period_start: month.start,
        period_end: month.end,
        transaction_id: None,
        units: None,
        revenue: None,
        ..line
    };
    ((program, month.end, month.start, version, role, None), line)
}

impl StatementLine {
    /// Adds another line of the same key.
    fn add(&mut self, other: &Self) {
        self.cap_cut = money::add(self.cap_cut, other.cap_cut);
        self.funds_exhausted |= other.funds_exhausted;
        self.open |= other.open;
        // One reason for all, or none.
        self.reason = self.reason.take().filter(|reason| other.reason.as_ref() == Some(reason));
        self.amounts.add(&other.amounts);
    }
}

fn key_of(p: &PayoutLine) -> Key {
    let transaction = p.transaction_id.clone();
    (p.program_id.clone(), p.period_end, p.period_start, p.program_version, p.role, transaction)
}

fn key_of_recorded(p: &RecordedPayout) -> Key {
    let transaction = p.transaction_id.clone();
    (p.program_id.clone(), p.period.end, p.period.start, p.program_version, p.role, transaction)
}

fn line_of(books: &OwnBooks, p: &PayoutLine) -> StatementLine {
    let clawed_back = if p.role == PayoutRole::Clawback { p.amount } else { Decimal::ZERO };
    StatementLine {
        version: p.program_version,
        role: p.role.as_str().to_owned(),
        period_start: p.period_start,
        period_end: p.period_end,
        transaction_id: p.transaction_id.clone(),
        open: p.period_end > books.company().as_of,
        units: Some(money::working(p.qualifying_units)),
        revenue: Some(p.qualifying_revenue),
        cap_cut: p.cap_cut,
        funds_exhausted: !p.budget_cut.is_zero(),
        reason: p.reason.as_ref().map(ToString::to_string),
        amounts: Amounts { due: p.amount, clawed_back, ..Amounts::default() },
        clause: clause(books, &p.program_id, p.program_version, p.role),
    }
}

/// A line that the rules do not give.
fn of_books(books: &OwnBooks, p: &RecordedPayout) -> StatementLine {
    StatementLine {
        version: p.program_version,
        role: p.role.as_str().to_owned(),
        period_start: p.period.start,
        period_end: p.period.end,
        transaction_id: p.transaction_id.clone(),
        open: p.period.end > books.company().as_of,
        units: None,
        revenue: None,
        cap_cut: Decimal::ZERO,
        funds_exhausted: false,
        reason: None,
        amounts: Amounts::default(),
        clause: None,
    }
}

/// The clause that a payout line rests on.
fn clause(books: &OwnBooks, program: &str, version: u32, role: PayoutRole) -> Option<Cited> {
    let version = books.program(program)?.versions.iter().find(|v| v.version == version);
    let topic = match role {
        PayoutRole::Own => cite::RATE,
        PayoutRole::Override => cite::OVERRIDE,
        PayoutRole::Clawback => cite::RETURNS,
    };
    cite(version, topic)
}
