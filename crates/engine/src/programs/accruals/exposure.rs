//! Clawback exposure: what may still be taken back of what was paid, from the
//! company's own returns.
//!
//! * The life of a sale is cut into **steps of 30 days**. The **return share** of a
//!   family in a step = revenue that came back in that step after the sale ÷
//!   revenue of the sales that as-of has seen through the whole step; in percent,
//!   rounded to 4 digits. A family without such sales takes the share of all.
//! * The **usual return window** is the smallest number of steps within which 95%
//!   of all returned revenue came back. Older sales have no exposure.
//! * **Still to come** for a sale = the return shares of the step it stands in (as
//!   a whole: the prudent reading) and of the later ones in the window.
//! * **Exposure** = what was paid on the line (own pay and override, less the part
//!   already returned, by revenue) × still to come, summed by family and step and
//!   rounded there. Tiers that would be lost on the way are not followed.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

use crate::programs::accumulate::Entry;
use crate::programs::caps;
use crate::programs::ledger::LineIx;
use crate::programs::money;
use crate::programs::overrides;
use crate::programs::settle::Work;
use crate::programs::trace_steps;
use crate::sales::LineKind;

use super::Ground;
use super::lines;

/// Length of a step.
pub const STEP_DAYS: u32 = 30;

/// Part of all returned revenue that falls into the usual window, in percent.
const WINDOW_PERCENT: Decimal = Decimal::from_parts(95, 0, 0, false, 0);

/// How much comes back, and when.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct ReturnHistory {
    /// Days of a step.
    pub step_days: u32,
    /// Length of the usual return window; 0 where nothing ever came back.
    pub window_days: u32,
    /// Steps of the window, by family.
    pub steps: Vec<ReturnStep>,
}

/// What came back of a family's sales in one step of their lives.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ReturnStep {
    /// Family.
    pub family: String,
    /// First day after the sale (0: the same day).
    pub from_day: u32,
    /// Last day, included.
    pub to_day: u32,
    /// Revenue of sales that were seen through the step.
    #[schemars(with = "String")]
    pub sold: Decimal,
    /// Revenue that came back in it.
    #[schemars(with = "String")]
    pub returned: Decimal,
    /// The share in percent, 4 digits; of all families where nothing was seen.
    #[schemars(with = "String")]
    pub percent: Decimal,
}

/// What may still be taken back under one program.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Exposure {
    /// Paid on sales inside the window, less what already came back: the most that
    /// could be taken back.
    #[schemars(with = "String")]
    pub paid_in_window: Decimal,
    /// The exposure.
    #[schemars(with = "String")]
    pub amount: Decimal,
    /// By family and step, oldest sales last.
    pub rows: Vec<ExposureRow>,
}

/// Sales of one family that stand in one step.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ExposureRow {
    /// Family.
    pub family: String,
    /// Youngest age in days.
    pub from_day: u32,
    /// Oldest age in days.
    pub to_day: u32,
    /// Paid on them, less what already came back.
    #[schemars(with = "String")]
    pub paid: Decimal,
    /// Still to come back, in percent.
    #[schemars(with = "String")]
    pub percent: Decimal,
    /// `paid` × `percent`, rounded.
    #[schemars(with = "String")]
    pub amount: Decimal,
}

/// Revenue sold and returned.
type Flow = (Decimal, Decimal);

/// By step.
type Steps = Vec<Flow>;

fn step_between(earlier: chrono::NaiveDate, later: chrono::NaiveDate) -> usize {
    usize::try_from((later - earlier).num_days()).unwrap_or(0) / STEP_DAYS as usize
}

/// Learns from all sales and returns by as-of, whether a program paid them or not.
pub(super) fn history(ground: &Ground<'_>) -> ReturnHistory {
    let ledger = ground.ledger;
    let lag = |(back, sale): &(LineIx, LineIx)| {
        step_between(ledger.lines[*sale].sold_on, ledger.lines[*back].sold_on)
    };
    let revenue = |back: LineIx| ledger.lines[back].net_revenue.abs();
    let window = window(&ground.originals.iter().map(|r| (lag(r), revenue(r.0))).collect::<Vec<_>>());
    let mut all: Steps = vec![<_>::default(); window];
    let mut by_family: BTreeMap<&str, Steps> =
        ledger.company.catalog.families().into_iter().map(|f| (f, all.clone())).collect();
    let family = |line: LineIx| ledger.company.catalog.products[ledger.lines[line].product].family.as_str();
    // A step counts where as-of has seen all of it.
    let seen = |line: LineIx| step_between(ledger.lines[line].sold_on, ground.as_of + chrono::Days::new(1));
    let mut book = |line: LineIx, step: usize, sold: Decimal, returned: Decimal| {
        let own = by_family.entry(family(line)).or_insert_with(|| vec![<_>::default(); window]);
        for steps in [own, &mut all] {
            steps[step].0 = money::add(steps[step].0, sold);
            steps[step].1 = money::add(steps[step].1, returned);
        }
    };
    for (ix, line) in ledger.lines.iter().enumerate().filter(|(_, l)| l.kind == LineKind::Sale) {
        (0..seen(ix).min(window)).for_each(|step| book(ix, step, line.net_revenue, Decimal::ZERO));
    }
    for pair in ground.originals.iter().filter(|pair| lag(pair) < seen(pair.1).min(window)) {
        book(pair.1, lag(pair), Decimal::ZERO, revenue(pair.0));
    }
    let steps = by_family.iter().flat_map(|(family, steps)| told(family, steps, &all)).collect();
    ReturnHistory { step_days: STEP_DAYS, window_days: window as u32 * STEP_DAYS, steps }
}

/// The number of steps within which the usual part of returned revenue came back.
fn window(returns: &[(usize, Decimal)]) -> usize {
    let total = lines::sum(returns.iter().map(|r| r.1));
    let enough = money::mul(money::mul(total, WINDOW_PERCENT), money::PERCENT);
    let within = |steps: usize| lines::sum(returns.iter().filter(|r| r.0 < steps).map(|r| r.1));
    let longest = returns.iter().map(|r| r.0 + 1).max().unwrap_or(0);
    (0..=longest).find(|steps| within(*steps) >= enough).unwrap_or(longest)
}

fn told(family: &str, steps: &Steps, all: &Steps) -> Vec<ReturnStep> {
    let percent = |(sold, returned): Flow| {
        (!sold.is_zero()).then(|| money::round(money::share(returned, Decimal::ONE_HUNDRED, sold), 4))
    };
    let step = |(ix, (own, all)): (usize, (&Flow, &Flow))| ReturnStep {
        family: family.to_owned(),
        from_day: ix as u32 * STEP_DAYS,
        to_day: (ix as u32 + 1) * STEP_DAYS - 1,
        sold: own.0,
        returned: own.1,
        percent: percent(*own).or_else(|| percent(*all)).unwrap_or_default(),
    };
    steps.iter().zip(all).enumerate().map(step).collect()
}

/// The exposure of one program at as-of.
pub(super) fn of_program(ground: &Ground<'_>, work: &Work, returns: &ReturnHistory) -> Exposure {
    let ledger = ground.ledger;
    let mut cells: BTreeMap<(&str, u32), Decimal> = BTreeMap::new();
    let products = &ledger.company.catalog.products;
    for (entry, paid) in paid_lines(ground, work, returns.window_days) {
        let line = ledger.lines[entry.line];
        let step = step_between(line.sold_on, ground.as_of) as u32;
        let cell = cells.entry((products[line.product].family.as_str(), step)).or_default();
        *cell = money::add(*cell, paid);
    }
    let row = |((family, step), paid): ((&str, u32), Decimal)| {
        let from_day = step * STEP_DAYS;
        let later = returns.steps.iter().filter(|s| s.family == family && s.from_day >= from_day);
        let percent = lines::sum(later.map(|s| s.percent));
        let paid = money::round(paid, ledger.digits);
        let amount = money::round(money::mul(money::mul(paid, percent), money::PERCENT), ledger.digits);
        ExposureRow {
            family: family.to_owned(),
            from_day,
            to_day: from_day + STEP_DAYS - 1,
            paid,
            percent,
            amount,
        }
    };
    let rows: Vec<ExposureRow> = cells.into_iter().map(row).filter(|r| !r.paid.is_zero()).collect();
    Exposure {
        paid_in_window: lines::sum(rows.iter().map(|r| r.paid)),
        amount: lines::sum(rows.iter().map(|r| r.amount)),
        rows,
    }
}

/// What was paid on lines that are still inside the window, less their returned
/// part. Not rounded.
fn paid_lines(ground: &Ground<'_>, work: &Work, window_days: u32) -> Vec<(Entry, Decimal)> {
    let ledger = ground.ledger;
    let young = |entry: &Entry| {
        let age = (ground.as_of - ledger.lines[entry.line].sold_on).num_days();
        age < i64::from(window_days)
    };
    let mut paid = Vec::new();
    let own = &work.own;
    for (ix, group) in own.groups.groups.iter().enumerate() {
        if own.groups.of(group).last().is_some_and(young) {
            let shares = trace_steps::shares(ledger, own, ix, group);
            paid.extend(lines::paid(ledger, &shares, &own.dues[own.of_group[ix].clone()]));
        }
    }
    for (group, dues) in work.overrides.groups.groups.iter().zip(&work.overrides.dues) {
        let entries = work.overrides.groups.of(group);
        if entries.last().is_some_and(young) {
            let mut shares: Vec<_> = overrides::line_by_line(ledger, entries).collect();
            caps::due(ledger, group, &mut shares, Decimal::ZERO, &mut Vec::new());
            paid.extend(lines::paid(ledger, &shares, dues));
        }
    }
    let mut returned: BTreeMap<LineIx, Decimal> = BTreeMap::new();
    for (back, sale) in &ground.originals {
        let sum = returned.entry(*sale).or_default();
        *sum = money::add(*sum, ledger.lines[*back].net_revenue.abs());
    }
    paid.retain(|(entry, _)| young(entry));
    for (entry, paid) in &mut paid {
        if let Some(back) = returned.get(&entry.line) {
            let sold = ledger.lines[entry.line].net_revenue;
            *paid = money::share(*paid, money::left(sold, *back), sold);
        }
    }
    paid
}
