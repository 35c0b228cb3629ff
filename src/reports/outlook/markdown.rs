//! A partner's outlook as a Markdown document.

use std::fmt::Write;

use spiffcast_engine::earnings::outlook::{Coming, FundsState, Outlook, ProgramOutlook, Settled};
use spiffcast_engine::earnings::tell;

use super::IS_NOT;
use crate::reports::format;
use crate::reports::markdown::escaped;

/// The document of a partner of this name; `company` is the name on documents.
pub fn render(of: &Outlook, name: &str, company: Option<&str>) -> Vec<u8> {
    let mut text = String::new();
    // Writing to a String cannot fail; the results are let go on purpose.
    if let Some(company) = company {
        let _ = writeln!(text, "*{}*\n", escaped(company));
    }
    let _ = writeln!(text, "# Outlook of {}, {}\n", escaped(name), escaped(&of.label));
    let _ = writeln!(
        text,
        "{}, {}. Data through {}. All money in {}.\n",
        escaped(&of.partner),
        format::span(of.quarter.start, of.quarter.end),
        format::date(of.as_of),
        of.currency
    );
    let _ = writeln!(
        text,
        "| Program | Settled, exact | To come, forecast | 8 in 10 | In all, forecast | 8 in 10 |\n\
         |---|---:|---:|---:|---:|---:|"
    );
    let all = format!("**All that ends in {}, without funds**", escaped(&of.label));
    row(&mut text, &all, of.settled, &of.coming, &of.currency);
    for p in &of.programs {
        row(&mut text, &named(p), p.settled, &p.coming, &of.currency);
    }
    let _ = writeln!(text, "\nThe ranges do not add up: programs are not all low, or all high, at once.\n");
    for note in &of.notes {
        let _ = writeln!(text, "- {}", escaped(note));
    }
    let _ = writeln!(text, "\n## What this document is not\n");
    for line in IS_NOT {
        let _ = writeln!(text, "- {line}");
    }
    let _ = writeln!(text, "\nPublished snapshot {}, {} draws.", of.snapshot, of.draws);
    text.into_bytes()
}

fn row(text: &mut String, name: &str, settled: Settled, coming: &Coming, currency: &str) {
    let money = |amount| tell::money(amount, currency);
    let _ = writeln!(
        text,
        "| {name} | {} | {} | {} | {} | {} |",
        money(settled.amount),
        money(coming.rest.p50),
        tell::range(&coming.rest, currency),
        money(coming.total.p50),
        tell::range(&coming.total, currency),
    );
}

/// The name, and what keeps it out of the total or from being paid.
fn named(p: &ProgramOutlook) -> String {
    let mut name = escaped(&p.name);
    if p.fund {
        name.push_str(" (fund, no payout)");
    } else if !p.in_total {
        name.push_str(&format!(" ({}, not in the total)", escaped(&p.label)));
    }
    name.push_str(match p.funds {
        FundsState::Fine => "",
        FundsState::MayRunOut => ": funds may run out",
        FundsState::Exhausted => ": funds exhausted",
    });
    name
}
