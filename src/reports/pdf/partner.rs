//! What the template of a partner's document is given: its statement, how far the next
//! marks are, the outlook, the deadlines, and what the document is not. Texts only, from
//! the same words as the pages; every amount says whether it is exact or a forecast.

use rust_decimal::Decimal;
use serde::Serialize;
use spiffcast_engine::earnings::outlook::{Coming, FundsState, Interval, Outlook, ProgramOutlook};
use spiffcast_engine::earnings::statement::ProgramStatement;
use spiffcast_engine::earnings::{Statement, tell};

use crate::reports::outlook::IS_NOT;
use crate::reports::{Letterhead, format};

/// The document.
#[derive(Serialize)]
pub struct Content {
    title: String,
    company: Option<String>,
    logo: Option<&'static str>,
    date: String,
    partner: String,
    about: String,
    keys: Vec<Key>,
    outlook: Table,
    notes: Vec<String>,
    statement_of: String,
    statement: Table,
    standings: Vec<Standing>,
    deadlines: Vec<String>,
    is_not: Vec<String>,
    facts: Vec<(&'static str, String)>,
}

#[derive(Serialize)]
struct Key {
    basis: &'static str,
    name: String,
    value: String,
    words: String,
}

#[derive(Serialize)]
struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

#[derive(Serialize)]
struct Standing {
    name: String,
    words: String,
    distances: Vec<String>,
}

/// The document of a partner.
pub fn content(statement: &Statement, outlook: &Outlook, letterhead: &Letterhead) -> Content {
    Content {
        title: format!("Earnings and outlook of {}", statement.name),
        company: letterhead.company.clone(),
        logo: letterhead.logo.as_ref().map(|logo| logo.name()),
        date: format::date(statement.as_of),
        partner: statement.name.clone(),
        about: format!(
            "{}, {}. Data through {}; {} is open.",
            statement.partner,
            statement.tier,
            format::date(statement.as_of),
            format::month(&statement.open_month, true)
        ),
        keys: keys(statement, outlook),
        outlook: Table {
            head: [
                "Program",
                "Settled (exact)",
                "To come (forecast)",
                "In all (forecast)",
                "Next tier (forecast)",
            ]
            .map(str::to_owned)
            .to_vec(),
            rows: outlook.programs.iter().map(|p| program(p, &outlook.currency)).collect(),
        },
        notes: outlook.notes.clone(),
        statement_of: match statement.period {
            Some(span) => format!("Periods that end in {}", format::span(span.start, span.end)),
            None => "All periods".to_owned(),
        },
        statement: paid(statement),
        standings: statement.standings.iter().map(|s| standing(s, &statement.currency)).collect(),
        deadlines: statement.deadlines.iter().map(tell::deadline).collect(),
        is_not: IS_NOT.map(str::to_owned).to_vec(),
        facts: vec![
            ("Data to", format::date(statement.as_of)),
            ("Money in", statement.currency.clone()),
            ("Published snapshot", outlook.snapshot.chars().take(16).collect()),
            ("Draws", outlook.draws.to_string()),
        ],
    }
}

fn keys(statement: &Statement, of: &Outlook) -> Vec<Key> {
    let money = |amount: Decimal| tell::money(amount, &of.currency);
    let between = |interval: &Interval| format!("8 in 10 from {}", tell::range(interval, &of.currency));
    let open = if statement.current.open { ", so far" } else { "" };
    vec![
        Key {
            basis: "exact",
            name: format!("Due for {}", statement.current.label),
            value: money(statement.current.due),
            words: format!("by the rules{open}"),
        },
        Key {
            basis: "exact",
            name: format!("{}, settled so far", of.label),
            value: money(of.settled.amount),
            words: format!("sales through {}", format::date(of.as_of)),
        },
        Key {
            basis: "forecast",
            name: format!("{} in all", of.label),
            value: money(of.coming.total.p50),
            words: between(&of.coming.total),
        },
    ]
}

fn program(p: &ProgramOutlook, currency: &str) -> Vec<String> {
    let pair = |of: &dyn Fn(&Coming) -> Interval| {
        let of = of(&p.coming);
        format!("{}\n{}", tell::money(of.p50, currency), tell::range(&of, currency))
    };
    let mut name = p.name.clone();
    if p.fund {
        name.push_str(" (fund, no payout)");
    } else if !p.in_total {
        name.push_str(&format!(" ({}, not in the total)", p.label));
    }
    match p.funds {
        FundsState::Fine => {}
        FundsState::MayRunOut => name.push_str(": funds may run out"),
        FundsState::Exhausted => name.push_str(": funds exhausted"),
    }
    let next = p.next_tier.as_ref().map_or_else(String::new, |tier| {
        format!("{}\n{} in {}", tell::chance(tier.chance), tier.what, tier.label)
    });
    vec![name, tell::money(p.settled.amount, currency), pair(&|c| c.rest), pair(&|c| c.total), next]
}

fn paid(statement: &Statement) -> Table {
    let money = |amount: Decimal| tell::money(amount, &statement.currency);
    let row = |name: String, a: &spiffcast_engine::earnings::statement::Amounts| {
        let amounts = [a.due, a.accrued, a.approved, a.paid, a.withheld, a.clawed_back];
        std::iter::once(name).chain(amounts.map(money)).collect::<Vec<_>>()
    };
    let named = |p: &ProgramStatement| if p.fund { format!("{} (fund)", p.name) } else { p.name.clone() };
    let mut rows: Vec<Vec<String>> = statement.programs.iter().map(|p| row(named(p), &p.amounts)).collect();
    rows.push(row("All, without funds".to_owned(), &statement.totals));
    let head = ["Program", "Due", "Accrued", "Approved", "Paid", "Withheld", "Clawed back"];
    Table { head: head.map(str::to_owned).to_vec(), rows }
}

fn standing(s: &spiffcast_engine::earnings::standing::Standing, currency: &str) -> Standing {
    let so_far = tell::measure(s.so_far, s.measure, currency);
    Standing {
        name: format!("{}, {}", s.name, s.label),
        words: format!("{so_far} so far: {}", tell::money(s.pay_so_far, currency)),
        distances: s.marks.iter().map(|mark| tell::distance(s, mark, currency)).collect(),
    }
}
