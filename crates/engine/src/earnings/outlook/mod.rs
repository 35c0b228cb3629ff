//! What a quarter will probably pay one partner: what is settled already, exact, and
//! beside it a forecast of the rest as an interval, never one mixed into the other.
//! Made of the partner's own books and of the published snapshot ([`Shared`]), so that
//! nothing that another partner does after it was published changes a byte of it.
//!
//! The way: `own` fits the partner's levels in the light of the shared effects, `play`
//! draws its sales and runs the payout rules on every draw, `lumps` scatters what few
//! deals decide, `overrides` goes on with the
//! sums that a parent gets, and this module says what came out.
//!
//! **Left out**: returns that come later, and sales of products the partner never sold.

mod lumps;
mod overrides;
mod own;
mod play;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::{Month, PeriodKind, Span};
use crate::named_period::period_name;
use crate::programs::Terms;
use crate::programs::cite::{self, Cited, cite};
use crate::programs::money;
use crate::programs::terms::ProgramKind;
use crate::scenario::ExtraSale;

use super::books::OwnBooks;
use super::extra::{self, PricedSale};
use super::shared::Shared;
use super::standing::{self, MarkKind};

/// Draws behind every interval.
pub const DRAWS: usize = 2_000;
/// With less own history than this an outlook rests mostly on what partners share.
const MONTHS_OF_OWN: i32 = 12;

/// How an amount came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Calculated from sales that were made.
    Exact,
    /// Forecast.
    Forecast,
}

/// An amount that is settled.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Settled {
    /// Always `exact`.
    pub basis: Basis,
    /// Own pay, overrides and clawbacks.
    #[schemars(with = "String")]
    pub amount: Decimal,
}

/// A forecast: the middle, and what it lies between 8 times in 10. Whole units of the
/// currency.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Interval {
    /// Always `forecast`.
    pub basis: Basis,
    /// 1 in 10 is below.
    #[schemars(with = "String")]
    pub p10: Decimal,
    /// As likely above as below.
    #[schemars(with = "String")]
    pub p50: Decimal,
    /// 1 in 10 is above.
    #[schemars(with = "String")]
    pub p90: Decimal,
}

/// What is still to come, and with what is settled.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Coming {
    /// What the rest brings.
    pub rest: Interval,
    /// The settled amount and the rest: a forecast.
    pub total: Interval,
}

/// What is known of the shared funds of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FundsState {
    /// Nothing speaks against full pay.
    Fine,
    /// They may run out before the end: then less is paid than is said here.
    MayRunOut,
    /// They are exhausted: nothing more is paid.
    Exhausted,
}

/// The chance to reach the next tier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NextTier {
    /// Always `forecast`.
    pub basis: Basis,
    /// Where it begins.
    #[schemars(with = "String")]
    pub at: Decimal,
    /// What it brings, such as `3% of net revenue from $50,000, on everything`.
    pub what: String,
    /// The period that counts, such as `Q3 2026`.
    pub label: String,
    /// 0 to 1, in hundredths.
    pub chance: f64,
    /// The same with the imagined sales.
    pub chance_with: Option<f64>,
}

/// One program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProgramOutlook {
    /// Program.
    pub program: String,
    /// Its name.
    pub name: String,
    /// The latest version in force in the quarter.
    pub version: u32,
    /// Whether it accrues to a fund.
    pub fund: bool,
    /// What is looked at: the quarter, or the longer period that the program counts.
    pub period: Span,
    /// Its name.
    pub label: String,
    /// Whether it ends in the quarter, and so is in the quarter's total.
    pub in_total: bool,
    /// So far.
    pub settled: Settled,
    /// To the end of the period.
    pub coming: Coming,
    /// The same with the imagined sales.
    pub with_sales: Option<Coming>,
    /// The shared funds.
    pub funds: FundsState,
    /// The next tier, where there is one ahead.
    pub next_tier: Option<NextTier>,
    /// The clause of the rate.
    pub clause: Option<Cited>,
}

/// A partner's outlook on a quarter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Outlook {
    /// Partner.
    pub partner: String,
    /// Currency of all money.
    pub currency: String,
    /// The quarter.
    pub quarter: Span,
    /// Its name, such as `Q3 2026`.
    pub label: String,
    /// Last day of the data: settled is what was sold up to it.
    pub as_of: NaiveDate,
    /// What periods that end in the quarter came to so far, without funds.
    pub settled: Settled,
    /// The rest of the quarter, and all of it, without funds.
    pub coming: Coming,
    /// The same with the imagined sales.
    pub with_sales: Option<Coming>,
    /// The imagined sales, with the price that was put to each.
    pub sales: Vec<PricedSale>,
    /// Programs that pay or may pay, the largest first.
    pub programs: Vec<ProgramOutlook>,
    /// What to know about these figures.
    pub notes: Vec<String>,
    /// Digest of the published snapshot.
    pub snapshot: String,
    /// Number of draws.
    pub draws: usize,
    /// Their seed.
    pub seed: u64,
}

/// A program as it is looked at.
pub(crate) struct Looked<'a> {
    /// Position in the rule book.
    pub program: usize,
    /// Terms of its latest version in the quarter.
    pub terms: &'a Terms,
    pub version: u32,
    /// What is looked at.
    pub period: Span,
    /// What the program counts over today.
    pub running: Span,
    pub exhausted: bool,
}

/// The quarter that holds a day.
pub fn quarter(books: &OwnBooks, day: NaiveDate) -> Span {
    books.calendar().period_of(PeriodKind::Quarter, day)
}

/// The outlook on the quarter that imagined sales fall into, the last of them; on the
/// one that holds today without any. `extra`: checked ([`fn@crate::scenario::check`]).
pub fn outlook(books: &OwnBooks, shared: &Shared, extra: &[ExtraSale], seed: u64) -> Outlook {
    let company = books.company();
    let sales = extra::priced(books, extra);
    let day = sales.iter().map(|sale| sale.sold_on).max().unwrap_or(company.today());
    let quarter = quarter(books, day);
    let looked = looked(books, quarter);
    let model = own::model(books, shared);
    let played = play::play(books, &model, &looked, &sales, seed);
    let programs: Vec<ProgramOutlook> = looked
        .iter()
        .enumerate()
        .map(|(at, of)| program(books, shared, &played, (at, of), quarter))
        .filter(|p| p.matters())
        .collect();
    let counts = |of: &Looked| of.period.end <= quarter.end && of.terms.kind != ProgramKind::Mdf;
    let counted: Vec<usize> = (0..looked.len()).filter(|at| counts(&looked[*at])).collect();
    let settled = of_all(books, quarter);
    let coming = |with: bool| coming(settled, played.sum(&counted, with));
    Outlook {
        partner: books.partner().id.clone(),
        currency: company.catalog.currency.clone(),
        label: period_name(quarter, company.calendar),
        quarter,
        as_of: company.as_of,
        settled: Settled { basis: Basis::Exact, amount: settled },
        coming: coming(false),
        with_sales: (!sales.is_empty()).then(|| coming(true)),
        notes: notes(books, &model, &played, &programs),
        programs: sorted(programs),
        sales,
        snapshot: shared.digest(),
        draws: DRAWS,
        seed,
    }
}

fn sorted(mut programs: Vec<ProgramOutlook>) -> Vec<ProgramOutlook> {
    programs.sort_by(|a, b| {
        let size = |p: &ProgramOutlook| p.coming.total.p50;
        (a.fund, !a.in_total, size(b), &a.program).cmp(&(b.fund, !b.in_total, size(a), &b.program))
    });
    programs
}

/// Every program with terms in a quarter, and the period it is looked at for.
fn looked(books: &OwnBooks, quarter: Span) -> Vec<Looked<'_>> {
    let calendar = books.calendar();
    let of = |(program, rules): (usize, &crate::programs::rule_book::ProgramRules)| {
        let versions = &books.program(&rules.id)?.versions;
        let version = versions.iter().rfind(|v| v.terms.effective.intersection(&quarter).is_some())?;
        let period = match version.terms.period {
            PeriodKind::Transaction | PeriodKind::Month | PeriodKind::Quarter => quarter,
            longer => calendar.period_of(longer, quarter.end),
        };
        Some(Looked {
            program,
            terms: &version.terms,
            version: version.version,
            period,
            running: standing::running(books.company(), version.terms.period),
            exhausted: books.funds().are_exhausted(&rules.id, version.version),
        })
    };
    books.rules().programs.iter().enumerate().filter_map(of).collect()
}

/// What periods that end in a span came to so far, without funds: what the statement
/// says is due.
fn of_all(books: &OwnBooks, span: Span) -> Decimal {
    let paid = books.payouts().iter().filter(|p| p.kind != ProgramKind::Mdf && span.contains(p.period_end));
    paid.fold(Decimal::ZERO, |sum, p| money::add(sum, p.amount))
}

fn program(
    books: &OwnBooks,
    shared: &Shared,
    played: &play::Played,
    (at, of): (usize, &Looked<'_>),
    quarter: Span,
) -> ProgramOutlook {
    let rules = &books.rules().programs[of.program];
    let version = books.program(&rules.id).and_then(|p| p.versions.iter().find(|v| v.version == of.version));
    let lines =
        books.payouts().iter().filter(|p| p.program_id == rules.id && of.period.contains(p.period_end));
    let settled = lines.fold(Decimal::ZERO, |sum, p| money::add(sum, p.amount));
    let funds = match of.exhausted {
        true => FundsState::Exhausted,
        false if shared.funds_may_run_out(&rules.id, Month::of(of.period.end)) => FundsState::MayRunOut,
        false => FundsState::Fine,
    };
    ProgramOutlook {
        program: rules.id.clone(),
        name: rules.name.clone(),
        version: of.version,
        fund: of.terms.kind == ProgramKind::Mdf,
        period: of.period,
        label: period_name(of.period, books.calendar()),
        in_total: of.period.end <= quarter.end,
        settled: Settled { basis: Basis::Exact, amount: settled },
        coming: coming(settled, played.sum(&[at], false)),
        with_sales: played.imagined().then(|| coming(settled, played.sum(&[at], true))),
        funds,
        next_tier: next_tier(books, played, (at, of)),
        clause: cite(version, cite::RATE),
    }
}

impl ProgramOutlook {
    /// Whether there is anything to say of it.
    fn matters(&self) -> bool {
        let with = self.with_sales.is_some_and(|with| !with.rest.p90.is_zero());
        !self.settled.amount.is_zero() || !self.coming.rest.p90.is_zero() || with || self.next_tier.is_some()
    }
}

/// The chance to reach the next tier of the period that runs today.
fn next_tier(books: &OwnBooks, played: &play::Played, (at, of): (usize, &Looked<'_>)) -> Option<NextTier> {
    let standing = standing::of_program(books, of.program).filter(|_| !of.exhausted)?;
    let running = of.period.intersection(&of.running)?;
    let mark = standing.marks.iter().find(|m| m.kind == MarkKind::Tier && !m.reached)?;
    let (chance, chance_with) = played.tier(at, running, mark.at)?;
    let rounded = |chance: f64| (chance * 100.0).round() / 100.0;
    Some(NextTier {
        basis: Basis::Forecast,
        at: mark.at,
        what: mark.what.clone(),
        label: standing.label,
        chance: rounded(chance),
        chance_with: chance_with.map(rounded),
    })
}

/// Quantiles of sorted draws, and with what is settled.
fn coming(settled: Decimal, sorted: Vec<f64>) -> Coming {
    let at = |level: f64| {
        let place = (level * (sorted.len().saturating_sub(1)) as f64).round() as usize;
        let value = sorted.get(place).copied().unwrap_or(0.0).round();
        Decimal::from_f64(value).unwrap_or_default()
    };
    let rest = Interval { basis: Basis::Forecast, p10: at(0.1), p50: at(0.5), p90: at(0.9) };
    let settled = money::round(settled, 0);
    let add = |amount| money::add(settled, amount);
    let total =
        Interval { basis: Basis::Forecast, p10: add(rest.p10), p50: add(rest.p50), p90: add(rest.p90) };
    Coming { rest, total }
}

fn notes(
    books: &OwnBooks,
    model: &crate::model::Model,
    played: &play::Played,
    programs: &[ProgramOutlook],
) -> Vec<String> {
    let company = books.company();
    let mut notes = vec!["Returns that come later are not in it: they would be taken back.".to_owned()];
    let own = Month::of(company.as_of).0 - model.panel.first_month.0 + 1;
    if model.panel.series.is_empty() {
        notes.push("There are no sales of yours to forecast from.".to_owned());
    } else if own < MONTHS_OF_OWN {
        notes.push("Your own history is short: much of it rests on what partners have in common.".to_owned());
    }
    if programs.iter().any(|p| p.funds == FundsState::MayRunOut) {
        notes.push("Where funds may run out, less may be paid than is said here.".to_owned());
    }
    if played.has_overrides() {
        notes.push(
            "Overrides go on as the sums of your last year: your partners' sales are not looked at."
                .to_owned(),
        );
    }
    let own_words = |note: &String| {
        note.replace("the partner's and its peers' past lines", "your own past sales")
            .replace("partners keep the tier they held", "you keep the tier you held")
    };
    let shown = |note: &&String| programs.iter().any(|p| note.contains(&p.name));
    notes.extend(played.approximations().iter().filter(shown).map(own_words));
    notes
}
