//! Sums transaction lines into the panel that estimation and simulation read.

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::prelude::ToPrimitive;
use spiffcast_engine::calendar::Month;
use spiffcast_engine::panel::Panel;
use spiffcast_engine::sales::{LineKind, SaleLine};

use super::limits::PANEL_CELLS_MAX;

/// The panel: units and revenue of sales by the month of `sold_on`, returned units
/// by the month of the return; from the first month of a sale to that of as-of.
/// `lines` are in the order of `Company`.
///
/// # Errors
/// A sentence where the panel would be unreasonably large.
pub(super) fn panel(lines: &[SaleLine], as_of: NaiveDate) -> Result<Panel, String> {
    let (first_month, months) = months(lines, as_of);
    let series = pairs(lines);
    let cells = series.len().saturating_mul(months);
    if cells > PANEL_CELLS_MAX {
        return Err(format!(
            "{} pairs of partner and product over {months} months are too many; at most {PANEL_CELLS_MAX} cells",
            series.len()
        ));
    }
    let position: HashMap<(usize, usize), usize> = series.iter().enumerate().map(|(s, p)| (*p, s)).collect();
    let (mut units, mut revenue, mut returned_units) = (vec![0.0; cells], vec![0.0; cells], vec![0.0; cells]);
    for line in lines {
        let Some(s) = position.get(&(line.partner, line.product)) else { continue };
        let month = Month::of(line.sold_on).0 - first_month.0;
        let Some(t) = usize::try_from(month).ok().filter(|t| *t < months) else { continue };
        let quantity = line.units.abs().to_f64().unwrap_or(0.0);
        match line.kind {
            LineKind::Sale => {
                units[s * months + t] += quantity;
                revenue[s * months + t] += line.net_revenue.to_f64().unwrap_or(0.0);
            }
            LineKind::Return => returned_units[s * months + t] += quantity,
        }
    }
    Ok(Panel { first_month, months, series, units, revenue, returned_units })
}

/// First month of a sale and how many months there are up to as-of.
fn months(lines: &[SaleLine], as_of: NaiveDate) -> (Month, usize) {
    let first = lines.iter().find(|l| l.kind == LineKind::Sale).map_or(as_of, |l| l.sold_on);
    let first = Month::of(first);
    (first, (Month::of(as_of).0 - first.0 + 1).max(0) as usize)
}

/// Pairs that ever sold, sorted.
fn pairs(lines: &[SaleLine]) -> Vec<(usize, usize)> {
    let sales = lines.iter().filter(|l| l.kind == LineKind::Sale);
    let seen: std::collections::HashSet<(usize, usize)> = sales.map(|l| (l.partner, l.product)).collect();
    let mut pairs: Vec<_> = seen.into_iter().collect();
    pairs.sort_unstable();
    pairs
}
