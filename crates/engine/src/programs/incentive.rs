//! The effective incentive x of a cell: the expected extra payout for one extra
//! unit as a fraction of the list price in force (FORECASTING.md §1). Made with the
//! same compiled rules that pay cells; it must never look at the realised volume of
//! the cell it is for, which would make x follow sales instead of leading them.

#[cfg(test)]
mod tests;

use crate::calendar::{FiscalCalendar, Month, PeriodKind};
use crate::catalog::Product;
use crate::company::Company;
use crate::panel::Panel;
use crate::programs::RuleBook;
use crate::programs::cells::{CellInputs, CellRules, LineMemory};
use crate::programs::terms::ProgramKind;

use super::cells::number;

/// Months on either side of a calendar quarter that predict it.
const REACH: usize = 6;

/// x by cell, series-major over the months asked for, as a fraction of list price,
/// split by whom it reaches. Funds (`mdf`) and parents' overrides are left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Incentives {
    /// Spiffs and commissions: the seller.
    pub seller: Vec<f64>,
    /// Rebates and growth: the firm.
    pub firm: Vec<f64>,
}

/// x of every cell of some months, of the past or of the future.
///
/// `expected`: expected units, `net_price`: net revenue of a unit, both series-major
/// over `months`. For months ahead of the data a fiscal period in progress starts
/// from its real lines; for months of the history it is predicted throughout.
/// Fiscal periods that stick out of the months are filled from the same month a
/// year away where it is there, else with the series' mean.
pub fn incentives(
    company: &Company,
    panel: &Panel,
    rules: &RuleBook,
    first: Month,
    months: usize,
    expected: &[f64],
    net_price: &[f64],
) -> Incentives {
    let cells = Cells { company, panel, first, months, expected, net_price };
    cells.incentives(rules, &LineMemory::default())
}

/// What [`incentives`] are worked out for, but for the rules.
#[derive(Clone, Copy)]
pub(crate) struct Cells<'a> {
    pub company: &'a Company,
    pub panel: &'a Panel,
    pub first: Month,
    pub months: usize,
    pub expected: &'a [f64],
    pub net_price: &'a [f64],
}

impl Cells<'_> {
    /// As [`incentives`], with what is already known of the company's past lines.
    pub fn incentives(&self, rules: &RuleBook, memory: &LineMemory) -> Incentives {
        of_cells(self, rules, memory)
    }
}

fn of_cells(asked: &Cells<'_>, rules: &RuleBook, memory: &LineMemory) -> Incentives {
    let Cells { company, panel, first, months, expected, net_price } = *asked;
    let cells = panel.series.len() * months;
    let mut out = Incentives { seller: vec![0.0; cells], firm: vec![0.0; cells] };
    if months == 0 {
        return out;
    }
    let ahead = first >= panel.month(panel.months) || first.first_day() > company.as_of;
    let frame = Frame::around(company, rules, first, months, ahead);
    let units = frame.spread(expected, same_month_or_mean);
    let prices = frame.spread(net_price, |row, t| row[t.clamp(0, row.len() as i32 - 1) as usize]);
    let inputs =
        CellInputs { company, panel, rules, first: frame.first, months: frame.months, net_price: &prices };
    let compiled = if ahead {
        CellRules::compile_with(&inputs, memory)
    } else {
        CellRules::compile_without_past(&inputs, memory)
    };
    let kinds: Vec<ProgramKind> = compiled.programs().iter().map(|p| p.kind).collect();
    let mut scratch = compiled.scratch();
    for partner in 0..company.catalog.partners.len() {
        let series = compiled.series(partner);
        let of_partner = &units[series.start * frame.months..series.end * frame.months];
        compiled.marginal(partner, of_partner, &mut scratch, |program, at, pay| {
            let (local, t) = (at / frame.months, at % frame.months);
            let Some(t) = t.checked_sub(frame.lead).filter(|t| *t < months) else { return };
            let to = match kinds[program] {
                ProgramKind::Spiff | ProgramKind::Commission => &mut out.seller,
                ProgramKind::Rebate | ProgramKind::Growth => &mut out.firm,
                ProgramKind::Mdf => return,
            };
            to[(series.start + local) * months + t] += pay;
        });
    }
    let products = &company.catalog.products;
    let lists: Vec<f64> = products
        .iter()
        .flat_map(|product| (0..months).map(move |t| list_price(product, first.plus(t as i32))))
        .collect();
    for (s, (_, product)) in panel.series.iter().enumerate() {
        for t in 0..months {
            let list = lists[product * months + t];
            for x in [&mut out.seller[s * months + t], &mut out.firm[s * months + t]] {
                *x = if list > 0.0 { *x / list } else { 0.0 };
            }
        }
    }
    out
}

/// The months asked for, widened to whole fiscal periods of the longest kind.
struct Frame {
    first: Month,
    months: usize,
    /// Months before the ones asked for.
    lead: usize,
    /// Months asked for.
    asked: usize,
}

impl Frame {
    fn around(company: &Company, rules: &RuleBook, first: Month, months: usize, ahead: bool) -> Self {
        let kinds = rules.programs.iter().flat_map(|p| &p.segments).filter_map(|s| s.terms.as_ref());
        let longest = kinds
            .map(|t| if t.period == PeriodKind::Transaction { PeriodKind::Month } else { t.period })
            .max_by_key(|kind| FiscalCalendar::months_in(*kind))
            .unwrap_or(PeriodKind::Month);
        let whole = |month: Month| company.calendar.period_of(longest, month.first_day());
        let start = if ahead { first } else { Month::of(whole(first).start) };
        let end = Month::of(whole(first.plus(months as i32 - 1)).end);
        Self {
            first: start,
            months: (end.0 - start.0 + 1).max(1) as usize,
            lead: (first.0 - start.0).max(0) as usize,
            asked: months,
        }
    }

    /// Lays arrays over the wider months; `outside(row, t)` fills month `t` counted
    /// from the first one asked for.
    fn spread(&self, values: &[f64], outside: impl Fn(&[f64], i32) -> f64) -> Vec<f64> {
        let one = |row: &[f64]| {
            (0..self.months)
                .map(|t| {
                    let t = t as i32 - self.lead as i32;
                    let inside = usize::try_from(t).ok().and_then(|t| row.get(t).copied());
                    inside.unwrap_or_else(|| outside(row, t))
                })
                .collect::<Vec<f64>>()
        };
        values.chunks_exact(self.asked).flat_map(one).collect()
    }
}

fn same_month_or_mean(row: &[f64], t: i32) -> f64 {
    let year_away = if t < 0 { t + 12 } else { t - 12 };
    let there = usize::try_from(year_away).ok().and_then(|t| row.get(t).copied());
    there.unwrap_or_else(|| row.iter().sum::<f64>() / row.len() as f64)
}

/// List price of a month: the mean over its days.
fn list_price(product: &Product, month: Month) -> f64 {
    let span = month.span();
    let price = |day| number(product.price_on(day).list_price);
    let changes = product
        .prices
        .iter()
        .any(|p| p.effective_from.is_some_and(|day| day > span.start && day <= span.end));
    if !changes {
        return price(span.start);
    }
    let days: Vec<f64> = span.start.iter_days().take(span.days() as usize).map(price).collect();
    days.iter().sum::<f64>() / days.len() as f64
}

/// Predicted volume of every history cell, series-major over the panel's months:
/// the mean of the six months on either side of the cell's calendar quarter. The
/// quarter itself is left out, not the cell alone, so that a quarter's incentive
/// does not follow its own sales; where nothing else is there, the mean of the
/// other months.
pub fn predicted_volume(panel: &Panel) -> Vec<f64> {
    let months = panel.months;
    let mut out = Vec::with_capacity(panel.units.len());
    for series in 0..panel.series.len() {
        let units = panel.units_of(series);
        for t in 0..months {
            let quarter = panel.month(t).of_year() % 3;
            let (from, to) = (t.saturating_sub(quarter), (t + 3 - quarter).min(months));
            let mut around = units[from.saturating_sub(REACH)..from].to_vec();
            around.extend_from_slice(&units[to..(to + REACH).min(months)]);
            if around.is_empty() {
                around = (0..months).filter(|other| *other != t).map(|other| units[other]).collect();
            }
            let n = around.len().max(1) as f64;
            out.push(around.iter().sum::<f64>() / n);
        }
    }
    out
}
