//! The lines of a statement as the page groups them: by program, transactions of one
//! month together.

use rust_decimal::Decimal;
use spiffcast_engine::calendar::Month;
use spiffcast_engine::earnings::statement::{ProgramStatement, Statement, StatementLine};
use spiffcast_engine::earnings::tell;

use crate::reports::format;
use crate::web::pages::ask::escape;
use crate::web::view::earnings::{Figure, Line, Section, clause_link};
use crate::web::view::terms;

/// Exact money with the cents that it has.
pub fn money(amount: Decimal, statement: &Statement) -> String {
    tell::money(amount, &statement.currency)
}

/// The amounts of everything told.
pub fn figures(statement: &Statement) -> Vec<Figure> {
    let all = statement.totals;
    let mut figures = vec![
        ("Due", all.due, "by the rules"),
        ("Accrued", all.accrued, "in the books"),
        ("Approved", all.approved, "not paid yet"),
        ("Paid", all.paid, ""),
        ("Withheld", all.withheld, ""),
        ("Clawed back", all.clawed_back, "for returns"),
    ];
    if !statement.funds.due.is_zero() {
        figures.push(("Funds", statement.funds.due, "no payout"));
    }
    let figure = |(name, amount, words): (&str, Decimal, &str)| Figure {
        name: name.to_owned(),
        value: money(amount, statement),
        words: words.to_owned(),
    };
    figures.into_iter().map(figure).collect()
}

/// One section a program.
pub fn sections(statement: &Statement) -> Vec<Section> {
    statement.programs.iter().map(|program| section(program, statement)).collect()
}

fn section(program: &ProgramStatement, statement: &Statement) -> Section {
    let by_period: Vec<&[StatementLine]> = program
        .lines
        .chunk_by(|a, b| a.transaction_id.is_some() && b.transaction_id.is_some() && month(a) == month(b))
        .collect();
    Section {
        id: program.program.clone(),
        name: program.name.clone(),
        kind: terms::kind(program.kind),
        fund: program.fund,
        due: money(program.amounts.due, statement),
        lines: by_period.into_iter().map(|lines| row(program, lines, statement)).collect(),
    }
}

fn month(line: &StatementLine) -> Month {
    Month::of(line.period_end)
}

/// One row: a payout line, or the transactions of a month with a line each inside.
fn row(program: &ProgramStatement, lines: &[StatementLine], statement: &Statement) -> Line {
    match lines {
        [one] => line(program, one, statement),
        several => {
            let sum = |of: &dyn Fn(&StatementLine) -> Decimal| several.iter().map(of).sum::<Decimal>();
            Line {
                what: format::month(&month(&several[0]).key(), true),
                role: format!("{} transactions", several.len()),
                due: money(sum(&|l| l.amounts.due), statement),
                accrued: blank(sum(&|l| l.amounts.accrued), statement),
                approved: blank(sum(&|l| l.amounts.approved), statement),
                paid: blank(sum(&|l| l.amounts.paid), statement),
                withheld: blank(sum(&|l| l.amounts.withheld), statement),
                inside: several.iter().map(|one| line(program, one, statement)).collect(),
                ..Line::default()
            }
        }
    }
}

fn line(program: &ProgramStatement, line: &StatementLine, statement: &Statement) -> Line {
    let link = line.transaction_id.as_ref();
    let mut note = match (&line.reason, line.units) {
        _ if line.funds_exhausted => "funds exhausted".to_owned(),
        (Some(reason), _) => format::words(reason),
        (None, None) if line.amounts.due.is_zero() => "in the books only".to_owned(),
        (None, _) if !line.cap_cut.is_zero() => {
            format!("capped by {}", money(line.cap_cut, statement))
        }
        _ => String::new(),
    };
    if line.open {
        note = if note.is_empty() { "still open".to_owned() } else { format!("still open, {note}") };
    }
    Line {
        what: match &line.transaction_id {
            Some(_) => format::date(line.period_end),
            None => format::span(line.period_start, line.period_end),
        },
        role: match line.role.as_str() {
            "own" => String::new(),
            "override" => "override, a sum over your partners".to_owned(),
            _ => "clawback of returns".to_owned(),
        },
        transaction: link.cloned().unwrap_or_default(),
        clause: line.clause.as_ref().map_or_else(String::new, |c| clause_link(&program.program, c)),
        clause_name: line
            .clause
            .as_ref()
            .map_or_else(String::new, |c| format!("v{} §{}", c.version, c.clause)),
        due: money(line.amounts.due, statement),
        accrued: blank(line.amounts.accrued, statement),
        approved: blank(line.amounts.approved, statement),
        paid: blank(line.amounts.paid, statement),
        withheld: blank(line.amounts.withheld, statement),
        open: line.open,
        note,
        dispute: dispute(program, line),
        inside: Vec::new(),
    }
}

/// The form that disputes a line.
fn dispute(program: &ProgramStatement, line: &StatementLine) -> String {
    let program = escape(&program.program);
    match &line.transaction_id {
        Some(sale) => format!("/disputes/new?program={program}&transaction={}", escape(sale)),
        None => {
            format!("/disputes/new?program={program}&start={}&end={}", line.period_start, line.period_end)
        }
    }
}

/// Nothing where there is none: most statuses are empty on most lines.
fn blank(amount: Decimal, statement: &Statement) -> String {
    if amount.is_zero() { String::new() } else { money(amount, statement) }
}
