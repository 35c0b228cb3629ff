//! A partner's outlook as the pages show it: what is settled and what is forecast, each
//! marked at every amount. Formats only; every figure is the engine's.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use spiffcast_engine::earnings::outlook::{Coming, FundsState, Outlook, ProgramOutlook};
use spiffcast_engine::earnings::tell;

use crate::reports::format;

/// What a quarter is heading to.
pub struct OutlookView {
    /// `Q3 2026`.
    pub label: String,
    /// Settled, exact.
    pub settled: String,
    /// `through 30 June 2026`.
    pub through: String,
    /// The rest.
    pub rest: Span,
    /// All of it.
    pub total: Span,
    /// All of it, in a sentence.
    pub sentence: String,
    /// Whether something is settled: before, what is to come is all of it.
    pub begun: bool,
    /// All of it with the imagined sales.
    pub with_sales: Option<Span>,
    /// Of the quarter's total.
    pub bar: Bar,
    /// By program.
    pub rows: Vec<Row>,
    /// Whether sales were imagined.
    pub imagined: bool,
    /// What to know about it.
    pub notes: Vec<String>,
    /// First digits of the snapshot's digest.
    pub snapshot: String,
}

/// A forecast: the middle and what it lies between.
pub struct Span {
    /// The middle.
    pub middle: String,
    /// `$9,100 to $16,000`.
    pub range: String,
}

/// The total on a line, in tenths of a percent of its greatest amount.
pub struct Bar {
    /// What it shows, in words.
    pub words: String,
    /// Nothing, where it begins.
    pub least: String,
    /// Its greatest amount.
    pub most: String,
    /// End of what is settled.
    pub settled: u32,
    /// Where 8 in 10 begin.
    pub low: u32,
    /// How wide they are.
    pub wide: u32,
    /// The middle.
    pub middle: u32,
}

/// One program.
pub struct Row {
    /// Its name.
    pub name: String,
    /// Address of the rules.
    pub link: String,
    /// Where it is not the quarter: the period, and that it is not in the total.
    pub period: String,
    /// Settled, exact.
    pub settled: String,
    /// The rest.
    pub rest: Span,
    /// All of it.
    pub total: Span,
    /// With the imagined sales.
    pub with_sales: Option<Span>,
    /// The chance of the next tier; empty for none.
    pub next: String,
    /// About the funds; empty where nothing is to be said.
    pub funds: &'static str,
}

/// What funds are called, empty where they last.
pub fn funds(state: FundsState) -> &'static str {
    match state {
        FundsState::Fine => "",
        FundsState::MayRunOut => "funds may run out",
        FundsState::Exhausted => "funds exhausted",
    }
}

/// An outlook.
pub fn outlook(of: &Outlook) -> OutlookView {
    let money = |amount: Decimal| tell::money(amount, &of.currency);
    let total = |coming: &Coming| Span {
        middle: money(coming.total.p50),
        range: tell::range(&coming.total, &of.currency),
    };
    let rest = |coming: &Coming| Span {
        middle: money(coming.rest.p50),
        range: tell::range(&coming.rest, &of.currency),
    };
    let row = |p: &ProgramOutlook| Row {
        name: if p.fund { format!("{} (fund)", p.name) } else { p.name.clone() },
        link: format!("/earnings/rules/{}/v{}", p.program, p.version),
        period: match (p.fund, p.in_total) {
            (true, _) => format!("{}, no payout", p.label),
            (false, false) => format!("{}, paid later: not in the total", p.label),
            (false, true) => String::new(),
        },
        settled: money(p.settled.amount),
        rest: rest(&p.coming),
        total: total(&p.coming),
        with_sales: p.with_sales.as_ref().map(total),
        next: p.next_tier.as_ref().map(next).unwrap_or_default(),
        funds: funds(p.funds),
    };
    OutlookView {
        label: of.label.clone(),
        settled: money(of.settled.amount),
        through: format!("sales through {}", format::date(of.as_of)),
        rest: rest(&of.coming),
        total: total(&of.coming),
        sentence: format!(
            "About {} in all: there is an 8 in 10 chance that it will be between {}.",
            money(of.coming.total.p50),
            tell::range(&of.coming.total, &of.currency).replace(" to ", " and ")
        ),
        begun: !of.settled.amount.is_zero() || of.programs.iter().any(|p| !p.settled.amount.is_zero()),
        with_sales: of.with_sales.as_ref().map(total),
        bar: bar(of),
        rows: of.programs.iter().map(row).collect(),
        imagined: of.with_sales.is_some(),
        notes: of.notes.clone(),
        snapshot: of.snapshot.chars().take(12).collect(),
    }
}

/// `3% of net revenue from $50,000, on everything, in Q3 2026: 62%`.
fn next(tier: &spiffcast_engine::earnings::outlook::NextTier) -> String {
    let with = tier.chance_with.map(|with| format!("; with the sales {}", tell::chance(with)));
    format!("{}, in {}: {}{}", tier.what, tier.label, tell::chance(tier.chance), with.unwrap_or_default())
}

/// Where the line ends, behind the highest that is expected.
fn most_of(high: Decimal) -> Decimal {
    (high * Decimal::new(108, 2)).round()
}

fn bar(of: &Outlook) -> Bar {
    let number = |amount: Decimal| amount.to_f64().unwrap_or(0.0).max(0.0);
    let total = of.coming.total;
    let most = number(most_of(total.p90));
    let place = |amount: Decimal| {
        let at = if most > 0.0 { number(amount) / most * 1000.0 } else { 0.0 };
        at.round().clamp(0.0, 1000.0) as u32
    };
    let (low, high) = (place(total.p10), place(total.p90));
    Bar {
        words: format!(
            "{} settled; forecast {} in all, 8 in 10 from {}",
            tell::money(of.settled.amount, &of.currency),
            tell::money(total.p50, &of.currency),
            tell::range(&total, &of.currency)
        ),
        least: tell::money(Decimal::ZERO, &of.currency),
        most: tell::money(most_of(total.p90), &of.currency),
        settled: place(of.settled.amount),
        low,
        wide: high.saturating_sub(low),
        middle: place(total.p50),
    }
}
