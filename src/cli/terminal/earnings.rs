//! A partner's statement, what-ifs and explained sales on a terminal.

use std::fmt::Write as _;

use spiffcast_engine::earnings::outlook::{Coming, FundsState, Outlook};
use spiffcast_engine::earnings::statement::{ProgramStatement, Statement};
use spiffcast_engine::earnings::why::SaleExplained;
use spiffcast_engine::earnings::{WhatIf, tell};

use super::emit;

/// Prints a partner's statement.
pub fn print_statement(statement: &Statement) {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{} ({}), data through {}, {}",
        statement.name, statement.partner, statement.as_of, statement.currency
    );
    let _ = writeln!(
        text,
        "Due for periods that end in {}: {}{}\n",
        statement.current.label,
        statement.current.due,
        if statement.current.open { " so far" } else { "" }
    );
    let head = ["due", "accrued", "approved", "paid", "withheld"];
    let _ = write!(text, "{:<52}", "program, role and period");
    for name in head {
        let _ = write!(text, "{name:>12}");
    }
    text.push('\n');
    for program in &statement.programs {
        lines(&mut text, program);
    }
    let all = statement.totals;
    let _ = write!(text, "{:<52}", "All, without funds");
    for amount in [all.due, all.accrued, all.approved, all.paid, all.withheld] {
        let _ = write!(text, "{amount:>12}");
    }
    let _ = writeln!(text, "\nClawed back {}; accrued to funds {}", all.clawed_back, statement.funds.due);
    standings(&mut text, statement);
    emit(&text);
}

fn lines(text: &mut String, program: &ProgramStatement) {
    let _ = writeln!(text, "{}{}", program.name, if program.fund { " (fund)" } else { "" });
    for line in &program.lines {
        let a = line.amounts;
        let of = line.transaction_id.as_deref().map_or_else(String::new, |id| format!(" {id}"));
        let open = if line.open { " open" } else { "" };
        let what = format!(
            "  v{} {:<9}{} to {}{open}{of}",
            line.version, line.role, line.period_start, line.period_end
        );
        let _ = write!(text, "{what:<52}");
        for amount in [a.due, a.accrued, a.approved, a.paid, a.withheld] {
            let _ = write!(text, "{amount:>12}");
        }
        let reason = match &line.reason {
            _ if line.funds_exhausted => "  funds exhausted",
            Some(reason) => &format!("  {reason}"),
            None if line.units.is_none() && a.due.is_zero() => "  in the books only",
            None => "",
        };
        let _ = writeln!(text, "{reason}");
    }
}

fn standings(text: &mut String, statement: &Statement) {
    if !statement.standings.is_empty() {
        text.push_str("\nRunning programs\n");
    }
    for standing in &statement.standings {
        let so_far = tell::measure(standing.so_far, standing.measure, &statement.currency);
        let _ = writeln!(text, "  {} ({}): {so_far} so far", standing.name, standing.label);
        for mark in &standing.marks {
            let _ = writeln!(text, "    {}", tell::distance(standing, mark, &statement.currency));
        }
    }
    if !statement.deadlines.is_empty() {
        text.push_str("\nDeadlines\n");
    }
    for deadline in &statement.deadlines {
        let _ = writeln!(text, "  {}", tell::deadline(deadline));
    }
}

/// Prints what a partner's quarter will probably pay.
pub fn print_outlook(of: &Outlook) {
    let mut text = format!("{}\n\n", tell::outlook(of));
    let head = ["settled", "to come", "8 in 10 of it", "in all", "8 in 10 of it"];
    let basis = ["exact", "forecast", "forecast", "forecast", "forecast"];
    for words in [head, basis] {
        let _ = writeln!(
            text,
            "{:<36}{:>12}{:>12}{:>24}{:>12}{:>24}",
            "", words[0], words[1], words[2], words[3], words[4]
        );
    }
    let mut line = |name: &str, settled: rust_decimal::Decimal, coming: &Coming| {
        let (rest, total) = (&coming.rest, &coming.total);
        let range = |low, high| format!("{low} to {high}");
        let _ = writeln!(
            text,
            "{name:<36}{settled:>12}{:>12}{:>24}{:>12}{:>24}",
            rest.p50,
            range(rest.p10, rest.p90),
            total.p50,
            range(total.p10, total.p90)
        );
    };
    for program in &of.programs {
        let fund = if program.fund { " (fund)" } else { "" };
        let later = if program.in_total { "" } else { " *" };
        line(&format!("{}{fund}{later}", program.program), program.settled.amount, &program.coming);
    }
    line("All that ends in it, without funds", of.settled.amount, &of.coming);
    if let Some(with) = &of.with_sales {
        line("All, with the imagined sales", of.settled.amount, with);
    }
    for program in of.programs.iter().filter(|p| p.funds != FundsState::Fine) {
        let words = if program.funds == FundsState::Exhausted { "are exhausted" } else { "may run out" };
        let _ = writeln!(text, "The funds of {} {words}.", program.name);
    }
    if of.programs.iter().any(|p| !p.in_total) {
        text.push_str("* of a longer period, paid when that ends: not in the total.\n");
    }
    for note in &of.notes {
        let _ = writeln!(text, "{note}");
    }
    let _ = writeln!(text, "Published snapshot {}, {} draws.", of.snapshot, of.draws);
    emit(&text);
}

/// Prints what imagined sales would pay.
pub fn print_what_if(asked: &WhatIf, name: &str, currency: &str) {
    let (headline, words) = tell::what_if(asked, name, currency);
    let mut text = format!("{headline}\n{words}\n\n");
    for gain in &asked.programs {
        let fund = if gain.fund { " (fund)" } else { "" };
        let what = format!("{} v{}{fund}", gain.program, gain.version);
        let _ =
            writeln!(text, "{what:<36}{:>14} to {:>12}   {:>12} more", gain.before, gain.after, gain.more);
    }
    for no in &asked.not_counted {
        let _ = writeln!(text, "{:<36}not counted: {} ({})", no.program, no.why, no.reason);
    }
    emit(&text);
}

/// Prints why a sale was counted or not.
pub fn print_why(sale: &SaleExplained) {
    let mut text = String::new();
    for line in &sale.lines {
        let _ = writeln!(
            text,
            "{} line {}: {} of {} units of {}, net revenue {}",
            sale.transaction_id, line.line_no, line.kind, line.units, line.sku, line.net_revenue
        );
        for says in &line.programs {
            let pay = says.pay.map_or_else(|| "-".to_owned(), |pay| pay.round_dp(4).to_string());
            let reason = says.reason.as_deref().map_or_else(String::new, |r| format!(" [{r}]"));
            let _ = writeln!(text, "  {:<32}{pay:>12}  {}{reason}", says.program, says.why);
        }
    }
    emit(&text);
}
