//! Earnings as the pages show them: marks as bars with their words, gains, explained
//! sales. Formats only; every figure is the engine's.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use spiffcast_engine::earnings::claims::{Deadline, DeadlineKind};
use spiffcast_engine::earnings::standing::{Mark, MarkKind, Standing};
use spiffcast_engine::earnings::statement::PeriodDue;
use spiffcast_engine::earnings::why::LineExplained;
use spiffcast_engine::earnings::{Statement, WhatIf, tell};
use spiffcast_engine::programs::cite::Cited;

use crate::reports::format;

/// A figure with its name.
pub struct Figure {
    /// What it is.
    pub name: String,
    /// The amount.
    pub value: String,
    /// A few words more.
    pub words: String,
}

/// One program of a statement.
pub struct Section {
    /// Program.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: &'static str,
    /// Whether it accrues to a fund.
    pub fund: bool,
    /// Due.
    pub due: String,
    /// Its rows.
    pub lines: Vec<Line>,
}

/// One row of a statement.
#[derive(Default)]
pub struct Line {
    /// Period or day.
    pub what: String,
    /// Override, clawback, or how many transactions.
    pub role: String,
    /// The transaction; empty for none.
    pub transaction: String,
    /// Address of the clause; empty for none.
    pub clause: String,
    /// Its name.
    pub clause_name: String,
    /// Due.
    pub due: String,
    /// Accrued.
    pub accrued: String,
    /// Approved.
    pub approved: String,
    /// Paid.
    pub paid: String,
    /// Withheld.
    pub withheld: String,
    /// Whether the period still runs.
    pub open: bool,
    /// Why less, or nothing.
    pub note: String,
    /// Address of the form that disputes it; empty for a row of several.
    pub dispute: String,
    /// The transactions of the row.
    pub inside: Vec<Line>,
}

/// Where the partner stands in a program.
pub struct Progress {
    /// Its name.
    pub name: String,
    /// Address of its rules.
    pub link: String,
    /// The period.
    pub label: String,
    /// What counted so far and what it pays.
    pub so_far: String,
    /// One bar a scale: the measure, then the cap.
    pub bars: Vec<Bar>,
    /// What comes next, nearest first.
    pub sentences: Vec<String>,
}

/// A bar from nothing to its last mark.
pub struct Bar {
    /// What it shows, in words.
    pub words: String,
    /// Filled part, in tenths of a percent: 0 to 1000.
    pub filled: u32,
    /// Marks: place on the bar in tenths of a percent, and whether it is reached.
    pub marks: Vec<(u32, bool)>,
}

/// What imagined sales would pay.
pub struct Gains {
    /// One sentence.
    pub headline: String,
    /// A paragraph.
    pub text: String,
    /// By program: name, link of the clause, before, after, more.
    pub rows: Vec<GainLine>,
    /// Programs that do not count it, and why.
    pub not_counted: Vec<(String, String)>,
}

/// What one program pays more.
pub struct GainLine {
    /// Program.
    pub name: String,
    /// Address of the clause; empty for none.
    pub clause: String,
    /// Its name.
    pub clause_name: String,
    /// As it stands.
    pub before: String,
    /// With the sales.
    pub after: String,
    /// The difference.
    pub more: String,
}

/// A line of a sale and what every program does with it.
pub struct SaleView {
    /// Such as `20 × PX-100 on 3 May 2026`.
    pub what: String,
    /// Net revenue.
    pub revenue: String,
    /// The sale that it takes back; empty for a sale.
    pub returns: String,
    /// By program.
    pub programs: Vec<SaysView>,
}

/// What one program does with a line.
pub struct SaysView {
    /// Program.
    pub name: String,
    /// What the line earns; empty where it does not count.
    pub pay: String,
    /// Whether it earns something.
    pub pays: bool,
    /// In words.
    pub why: String,
    /// The name of the reason; empty for none.
    pub reason: String,
    /// Program.
    pub program: String,
    /// Address of the clause; empty for none.
    pub clause: String,
    /// Its name.
    pub clause_name: String,
}

/// The address of a clause, where partners may read it too. Staff without a partner in
/// the address is led on to the programs.
pub fn clause_link(program: &str, cited: &Cited) -> String {
    format!("/earnings/rules/{program}/v{}#c{}", cited.version, cited.clause)
}

fn clause(program: &str, cited: Option<&Cited>) -> (String, String) {
    let pair = |c: &Cited| (clause_link(program, c), format!("v{} §{}", c.version, c.clause));
    cited.map(pair).unwrap_or_default()
}

/// `P-0042, Gold, data through 30 June 2026`.
pub fn about(statement: &Statement) -> String {
    let status = if statement.active { "" } else { ", inactive" };
    format!(
        "{}, {}{status}. Data through {}.",
        statement.partner,
        statement.tier,
        format::date(statement.as_of)
    )
}

/// What the big figure is.
pub fn due_words(current: &PeriodDue) -> String {
    let open = if current.open { ", so far" } else { "" };
    format!("due for periods that end in {}{open}: exact, by the rules", current.label)
}

/// What is not in the figures yet.
pub fn open_words(statement: &Statement) -> String {
    format!(
        "{} is open: its sales are not all in, and periods marked “still open” may change.",
        format::month(&statement.open_month, true)
    )
}

/// Whose earnings, in which currency.
pub struct Told<'a> {
    /// Its name.
    pub name: &'a str,
    /// Currency of all money.
    pub currency: &'a str,
}

impl Told<'_> {
    /// Exact money with the cents that it has.
    pub fn money(&self, amount: Decimal) -> String {
        tell::money(amount, self.currency)
    }

    /// Where the partner stands in a program.
    pub fn progress(&self, standing: &Standing) -> Progress {
        let currency = self.currency;
        let so_far = tell::measure(standing.so_far, standing.measure, currency);
        let paid = tell::money(standing.pay_so_far, currency);
        let rate = standing.rate.as_deref().map_or_else(String::new, |rate| format!(" at {rate}"));
        let attained = standing.attainment.map_or_else(String::new, |a| format!(", {a}% of target"));
        let fund = if standing.fund { " to the fund" } else { "" };
        let mut bars = Vec::new();
        let measured: Vec<&Mark> = standing.marks.iter().filter(|m| m.kind != MarkKind::Cap).collect();
        if !measured.is_empty() {
            bars.push(bar(so_far.clone(), standing.so_far.to_f64(), &measured));
        }
        let caps: Vec<&Mark> = standing.marks.iter().filter(|m| m.kind == MarkKind::Cap).collect();
        if let Some(cap) = caps.first() {
            let words = format!("{paid} of the cap of {}", tell::money(cap.at, currency));
            bars.push(bar(words, standing.pay_so_far.to_f64(), &caps));
        }
        let open = standing.marks.iter().filter(|m| !m.reached || m.kind == MarkKind::Cap);
        let mut sentences: Vec<String> = open.map(|m| tell::distance(standing, m, currency)).collect();
        if sentences.is_empty() {
            sentences.push("Every mark is reached.".to_owned());
        }
        sentences.dedup();
        Progress {
            name: standing.name.clone(),
            link: format!("/earnings/rules/{}/v{}", standing.program, standing.version),
            label: standing.label.clone(),
            so_far: format!("{so_far} so far{attained}: {paid}{fund}{rate}"),
            bars,
            sentences,
        }
    }

    /// What imagined sales would pay.
    pub fn gains(&self, asked: &WhatIf) -> Gains {
        let currency = self.currency;
        let (headline, text) = tell::what_if(asked, self.name, currency);
        let row = |g: &spiffcast_engine::earnings::what_if::Gain| {
            let (clause, clause_name) = clause(&g.program, g.clause.as_ref());
            GainLine {
                name: if g.fund { format!("{} (fund)", g.name) } else { g.name.clone() },
                clause,
                clause_name,
                before: tell::money(g.before, currency),
                after: tell::money(g.after, currency),
                more: tell::signed(g.more, currency),
            }
        };
        Gains {
            headline,
            text,
            rows: asked.programs.iter().map(row).collect(),
            not_counted: asked.not_counted.iter().map(|n| (n.name.clone(), n.why.clone())).collect(),
        }
    }
}

fn bar(words: String, value: Option<f64>, marks: &[&Mark]) -> Bar {
    let at = |mark: &&Mark| mark.at.to_f64().unwrap_or(0.0);
    let value = value.unwrap_or(0.0).max(0.0);
    let last = marks.iter().map(at).fold(value, f64::max);
    let place = |v: f64| if last > 0.0 { (v / last * 1000.0).round().clamp(0.0, 1000.0) as u32 } else { 0 };
    Bar {
        words: format!(
            "{words}; {} of {} marks reached",
            marks.iter().filter(|m| m.reached).count(),
            marks.len()
        ),
        filled: place(value),
        marks: marks.iter().map(|m| (place(at(m)), m.reached)).collect(),
    }
}

/// What must be done by when.
pub fn deadline(deadline: &Deadline) -> String {
    let programs = match (deadline.kind, deadline.programs.as_slice()) {
        (DeadlineKind::DealRegistration | DeadlineKind::Approval, []) => {
            " No program in force asks for it.".to_owned()
        }
        _ => String::new(),
    };
    format!("{}{programs}", tell::deadline(deadline))
}

/// A line of a sale.
pub fn sale(line: &LineExplained, currency: &str) -> SaleView {
    let says = |p: &spiffcast_engine::earnings::why::ProgramSays| {
        let (clause, clause_name) = clause(&p.program, p.clause.as_ref());
        SaysView {
            name: p.name.clone(),
            pay: p.pay.map(|pay| tell::money(pay, currency)).unwrap_or_default(),
            pays: p.pay.is_some_and(|pay| !pay.is_zero()),
            why: p.why.clone(),
            reason: p.reason.as_deref().map(format::words).unwrap_or_default(),
            program: p.program.clone(),
            clause,
            clause_name,
        }
    };
    SaleView {
        what: format!(
            "{} of {} {} on {}",
            format::capital(&line.kind),
            tell::number(line.units),
            line.sku,
            format::date(line.sold_on)
        ),
        revenue: tell::money(line.net_revenue, currency),
        returns: line.returns.clone().unwrap_or_default(),
        programs: line.programs.iter().map(says).collect(),
    }
}
