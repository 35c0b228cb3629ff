//! What a program cost, what is left of it and what it returned, for its page. Formats,
//! and takes shares of what the record holds; pays and forecasts nothing.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use spiffcast_engine::finding::Severity;
use spiffcast_engine::forecast::{Forecast, Quantity};
use spiffcast_engine::programs::accruals::{BudgetUse, MonthAccrual, ProgramAccruals};
use spiffcast_engine::programs::lint::LintFinding;

use crate::program_record::{LookBack, ProgramRecord, QuarterCost, Returned};
use crate::reports::charts::{self, AccrualBar};
use crate::reports::exhibits::Exhibit;
use crate::reports::figures::KeyFigure;
use crate::reports::format;

/// Quarters that count as the last year.
const YEAR: usize = 4;
/// Quarters of the table that are shown at once; earlier ones are folded away.
const QUARTERS_SHOWN: usize = 8;

/// The record of a program as its page shows it.
pub struct Record {
    /// What it cost, over what, what is left.
    pub keys: Vec<KeyFigure>,
    /// Month by month.
    pub months: Option<Exhibit>,
    /// Newest first, with a line a fiscal year before its quarters.
    pub costs: Vec<CostLine>,
    /// Earlier ones.
    pub older_costs: Vec<CostLine>,
    /// Versions with a budget, newest first.
    pub budgets: Vec<BudgetLine>,
    /// What it returned.
    pub returned: ReturnedView,
    /// What somebody should look at.
    pub findings: Vec<FindingView>,
    /// Why nothing of it is told; empty where it is.
    pub left_out: String,
}

/// A quarter or a year.
pub struct CostLine {
    /// `Q2 2026`.
    pub label: String,
    /// Whether it is not over.
    pub open: bool,
    /// Whether it is a year.
    pub year: bool,
    /// Accrued by the rules.
    pub accrued: String,
    /// Booked.
    pub booked: String,
    /// Paid.
    pub paid: String,
    /// Revenue of what counts.
    pub revenue: String,
    /// Accrued over revenue.
    pub rate: String,
}

/// What is left of a budget.
pub struct BudgetLine {
    /// Version.
    pub version: u32,
    /// Its days.
    pub when: String,
    /// The whole.
    pub budget: String,
    /// The rest.
    pub left: String,
    /// Share used, 0 to 1, for a bar.
    pub share: f64,
    /// The same in words.
    pub share_words: String,
}

/// What a program returned, in sentences.
pub struct ReturnedView {
    /// The finding.
    pub headline: String,
    /// What it rests on.
    pub words: Vec<String>,
    /// The question that asks for the same; empty for none.
    pub question: String,
}

/// A finding about a program.
pub struct FindingView {
    /// `error`, `warning` or `info`.
    pub severity: &'static str,
    /// Version.
    pub version: u32,
    /// Where: a clause or a line of the file.
    pub place: String,
    /// Anchor on the version's page; empty for none.
    pub anchor: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// Shows a record.
pub fn view(record: &ProgramRecord) -> Record {
    let currency = record.currency.as_str();
    let mut costs = costs(&record.quarters, currency);
    let quarters = costs.iter().enumerate().filter(|(_, line)| !line.year).nth(QUARTERS_SHOWN);
    // A year is folded away with its quarters.
    let cut = quarters.map(|(at, _)| costs[..at].iter().rposition(|l| l.year).map_or(at, |y| y.min(at)));
    let older_costs = cut.map(|at| costs.split_off(at)).unwrap_or_default();
    Record {
        keys: keys(record),
        months: record.accruals.as_ref().and_then(|a| months(a, currency)),
        costs,
        older_costs,
        budgets: record
            .accruals
            .iter()
            .flat_map(|a| a.budgets.iter().rev())
            .map(|b| budget(b, currency))
            .collect(),
        returned: returned(&record.returned),
        findings: record.findings.iter().map(finding).collect(),
        left_out: record.left_out.clone().unwrap_or_default(),
    }
}

fn money(value: Decimal, currency: &str) -> String {
    format::money_places(value.to_f64().unwrap_or(f64::NAN), currency, 0)
}

/// Pay over revenue; nothing where nothing counted.
fn rate(accrued: Decimal, revenue: Decimal) -> String {
    match (accrued.to_f64(), revenue.to_f64()) {
        (Some(accrued), Some(revenue)) if revenue > 0.0 => {
            format!("{}%", format::number(100.0 * accrued / revenue, 2))
        }
        _ => format::NONE.to_owned(),
    }
}

fn sum(quarters: &[&QuarterCost], of: impl Fn(&QuarterCost) -> Decimal) -> Decimal {
    quarters.iter().fold(Decimal::ZERO, |sum, q| sum.saturating_add(of(q)))
}

fn keys(record: &ProgramRecord) -> Vec<KeyFigure> {
    let currency = record.currency.as_str();
    let over: Vec<&QuarterCost> = record.quarters.iter().filter(|q| !q.open).collect();
    let year = &over[over.len().saturating_sub(YEAR)..];
    let mut keys = Vec::new();
    if let (Some(first), Some(last)) = (year.first(), year.last()) {
        let (accrued, revenue) = (sum(year, |q| q.accrued), sum(year, |q| q.revenue));
        let span =
            if year.len() == 1 { last.label.clone() } else { format!("{} to {}", first.label, last.label) };
        keys.push(KeyFigure {
            name: "Accrued".to_owned(),
            value: money(accrued, currency),
            beside: span.clone(),
            words: format!(
                "By the rules. The books hold {}, of which {} is paid.",
                money(sum(year, |q| q.booked), currency),
                money(sum(year, |q| q.paid), currency)
            ),
        });
        keys.push(KeyFigure {
            name: "Effective rate".to_owned(),
            value: rate(accrued, revenue),
            beside: format!("of {} that counted", money(revenue, currency)),
            words: format!("Accrued over the net revenue of the sales that count, {span}."),
        });
    }
    let Some(accruals) = &record.accruals else { return keys };
    match accruals.budgets.last() {
        Some(b) => keys.push(KeyFigure {
            name: "Budget left".to_owned(),
            value: money(b.left, currency),
            beside: format!("of {}, version {}", money(b.budget, currency), b.version),
            words: format!(
                "{} is used, of a budget for {}.",
                used(b),
                format::span(b.effective.start, b.effective.end)
            ),
        }),
        None => keys.push(KeyFigure {
            name: "May be taken back".to_owned(),
            value: money(accruals.exposure.amount, currency),
            beside: format!("of {} paid on young sales", money(accruals.exposure.paid_in_window, currency)),
            words: "What returns are still expected to claw back. This program has no budget.".to_owned(),
        }),
    }
    keys
}

fn used(budget: &BudgetUse) -> String {
    let share = share(budget);
    format::percent((share * 1000.0).round() / 1000.0)
}

fn share(budget: &BudgetUse) -> f64 {
    let share = budget.used.to_f64().zip(budget.budget.to_f64()).map_or(0.0, |(used, whole)| used / whole);
    if share.is_finite() { share.clamp(0.0, 1.0) } else { 1.0 }
}

fn months(accruals: &ProgramAccruals, currency: &str) -> Option<Exhibit> {
    let bar = |m: &MonthAccrual| AccrualBar {
        key: m.month.clone(),
        pay: (m.accrued.own + m.accrued.overrides).to_f64().unwrap_or(0.0),
        back: m.accrued.clawbacks.to_f64().unwrap_or(0.0),
    };
    let bars: Vec<AccrualBar> = accruals.months.iter().map(bar).collect();
    let last = accruals.months.last()?;
    let row = |m: &MonthAccrual| {
        let cells = [
            m.new_sales,
            m.true_up,
            m.accrued.overrides,
            m.accrued.clawbacks,
            m.accrued.total,
            m.due_to_date,
        ];
        std::iter::once(format::month(&m.month, true)).chain(cells.map(|c| money(c, currency))).collect()
    };
    let fund = if accruals.fund { "Set aside in a fund, not paid out. " } else { "" };
    Some(Exhibit {
        id: "accruals",
        title: "Accruals by month".to_owned(),
        lead: format!(
            "{fund}{} is due to date. A month holds what it added: pay on its sales, steps up that reach back (true-ups), overrides, less what was taken back.",
            money(last.due_to_date, currency)
        ),
        chart: charts::accruals(&bars, currency)?,
        head: vec!["Month", "New sales", "True-ups", "Overrides", "Taken back", "Accrued", "Due to date"],
        rows: accruals.months.iter().rev().map(row).collect(),
    })
}

/// Newest first, each fiscal year before its quarters.
fn costs(quarters: &[QuarterCost], currency: &str) -> Vec<CostLine> {
    let mut years: Vec<i32> = quarters.iter().map(|q| q.year).collect();
    years.dedup();
    let mut lines = Vec::new();
    for year in years.into_iter().rev() {
        let of_year: Vec<&QuarterCost> = quarters.iter().filter(|q| q.year == year).collect();
        lines.push(cost(&format!("Year {year}"), &of_year, true, currency));
        lines.extend(of_year.iter().rev().map(|q| cost(&q.label, &[*q], false, currency)));
    }
    lines
}

fn cost(label: &str, quarters: &[&QuarterCost], year: bool, currency: &str) -> CostLine {
    let (accrued, revenue) = (sum(quarters, |q| q.accrued), sum(quarters, |q| q.revenue));
    CostLine {
        label: label.to_owned(),
        open: quarters.iter().any(|q| q.open),
        year,
        accrued: money(accrued, currency),
        booked: money(sum(quarters, |q| q.booked), currency),
        paid: money(sum(quarters, |q| q.paid), currency),
        revenue: money(revenue, currency),
        rate: rate(accrued, revenue),
    }
}

fn budget(budget: &BudgetUse, currency: &str) -> BudgetLine {
    BudgetLine {
        version: budget.version,
        when: format::span(budget.effective.start, budget.effective.end),
        budget: money(budget.budget, currency),
        left: money(budget.left, currency),
        share: share(budget),
        share_words: used(budget),
    }
}

fn finding(f: &LintFinding) -> FindingView {
    let severity = match f.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    let place = match (&f.clause, f.line) {
        (Some(clause), _) => format!("§{clause}"),
        (None, Some(line)) => format!("line {line} of its file"),
        (None, None) => String::new(),
    };
    FindingView {
        severity,
        version: f.version,
        place,
        anchor: f.clause.as_ref().map(|c| format!("#c{c}")).unwrap_or_default(),
        message: format::capital(&f.message),
        hint: f.hint.clone(),
    }
}

fn returned(returned: &Returned) -> ReturnedView {
    match returned {
        Returned::NotEstimated(why) => ReturnedView {
            headline: "Not estimated".to_owned(),
            words: vec![format!("What it returned cannot be said: {why}.")],
            question: String::new(),
        },
        Returned::LookedBack(back) => looked_back(back),
    }
}

/// The quarter without the program, told as what the program brought: every sign turned.
fn looked_back(back: &LookBack) -> ReturnedView {
    let forecast = &back.forecast;
    let money = |v: f64| format::signed(v, format::money(v, &forecast.currency));
    let brought = |key: &str| change(forecast, key).map(turned);
    let told = |q: Option<Quantity>, write: &dyn Fn(f64) -> String| match q
        .and_then(|q| Some((q.mean?, q.p10?, q.p90?)))
    {
        Some((mean, low, high)) => format!("{} (8 in 10: {} to {})", write(mean), write(low), write(high)),
        None => "not known".to_owned(),
    };
    let (net, payout) = (brought("net"), brought("payout"));
    let headline = match net.and_then(|q| Some((q.p10?, q.p90?))) {
        Some((low, _)) if low > 0.0 => format!("In {} it brought more than it cost", back.label),
        Some((_, high)) if high < 0.0 => format!("In {} it cost more than it brought", back.label),
        _ => format!("Whether it paid for itself in {} is open", back.label),
    };
    let units = |v: f64| format::signed(v, format::count(v));
    let mut words = vec![
        format!(
            "Played again without it: it brought {} units and {} of margin, and cost {} of payout.",
            told(brought("units"), &units),
            told(brought("margin"), &money),
            told(payout, &money)
        ),
        format!("Net margin that it brought: {}.", told(net, &money)),
    ];
    let means = brought("margin").and_then(|m| m.mean).zip(payout.and_then(|p| p.mean));
    if let Some((margin, payout)) = means.filter(|(_, payout)| *payout > 0.0) {
        words[1].push_str(&format!(
            " For each {} paid, {} of margin came back on average.",
            format::money_places(1.0, &forecast.currency, 2),
            format::money_places(margin / payout, &forecast.currency, 2)
        ));
    }
    let grades: Vec<String> = back
        .grades
        .iter()
        .map(|(grade, n)| {
            format!("grade {} for {n} {}", grade.as_str(), if *n == 1 { "product" } else { "products" })
        })
        .collect();
    words.push(format!(
        "Evidence: {}. The range holds what is not known of how sales answer, months after the quarter included; {} draws.",
        grades.join(", "),
        format::number(forecast.draws as f64, 0)
    ));
    ReturnedView { headline, words, question: back.question.clone() }
}

fn change(forecast: &Forecast, key: &str) -> Option<Quantity> {
    forecast.metrics.get(key)?.difference.first().copied()
}

/// What leaving something out takes away, as what having it brought.
fn turned(q: Quantity) -> Quantity {
    let less = |v: Option<f64>| v.map(|v| if v == 0.0 { 0.0 } else { -v });
    Quantity {
        mean: less(q.mean),
        p10: less(q.p90),
        p50: less(q.p50),
        p90: less(q.p10),
        ..Quantity::default()
    }
}
