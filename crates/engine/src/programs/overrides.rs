//! PAYOUTS.md, step 9: what a parent earns on the qualifying revenue of its direct
//! children, gross of returns. Asks nothing of the parent but that it is active.

use rust_decimal::Decimal;

use crate::calendar::PeriodKind;
use crate::catalog::PartnerIx;

use super::accumulate::{self, Entry, Groups};
use super::adjust::Share;
use super::caps::{self, Due, Months};
use super::ledger::Ledger;
use super::money;
use super::tiers::Piece;

/// Overrides of one program.
#[derive(Debug, Default)]
pub struct Overrides {
    /// The children's lines by parent and period.
    pub groups: Groups,
    /// By group, one a version.
    pub dues: Vec<Vec<Due>>,
}

/// The parent that earns on a line, and the percent.
pub fn payee(ledger: &Ledger<'_>, entry: &Entry) -> Option<(PartnerIx, Decimal)> {
    let percent = ledger.rules.rules[entry.rule].terms.override_percent?;
    let partners = &ledger.company.catalog.partners;
    let parent = partners[ledger.lines[entry.line].partner].parent?;
    partners[parent].active.then_some((parent, percent))
}

/// What `percent` of a revenue is.
pub fn of(percent: Decimal, revenue: Decimal) -> Decimal {
    money::mul(money::mul(percent, revenue), money::PERCENT)
}

/// Pays the parents. The cap of a partner counts overrides apart from its own pay,
/// and so does the cap of a transaction (the documents are silent: the reading that
/// pays less); the budget does not apply.
pub fn overrides(ledger: &Ledger<'_>, counted: &[Entry]) -> Overrides {
    let groups = accumulate::group(ledger, counted, |e| payee(ledger, e).map(|(parent, _)| parent));
    let mut months = Months::default();
    let mut dues = Vec::with_capacity(groups.groups.len());
    for group in &groups.groups {
        let mut shares = shares(ledger, groups.of(group));
        let mut due = Vec::with_capacity(1);
        if group.kind == PeriodKind::Transaction {
            caps::due(ledger, group, &mut shares, months.used(group), &mut due);
            due.iter().for_each(|d| months.book(group, d.paid));
        } else {
            caps::due(ledger, group, &mut shares, Decimal::ZERO, &mut due);
        }
        dues.push(due);
    }
    Overrides { groups, dues }
}

/// Percent of revenue, line by line.
pub fn shares(ledger: &Ledger<'_>, entries: &[Entry]) -> Vec<Share> {
    let mut running = Decimal::ZERO;
    let share = |entry: &Entry| {
        let line = ledger.lines[entry.line];
        let percent = payee(ledger, entry).map_or(Decimal::ZERO, |(_, percent)| percent);
        let pay = of(percent, line.net_revenue);
        let measure = super::ledger::measure(&ledger.rules.rules[entry.rule], line);
        let from = running;
        running = money::add(running, measure);
        Share {
            entry: *entry,
            piece: Piece { units: line.units, revenue: line.net_revenue, measure, from, to: running },
            base: pay,
            accelerated: Decimal::ZERO,
            accelerates_above: None,
            baseline: None,
            pay,
            kept: pay,
            reason: None,
        }
    };
    entries.iter().map(share).collect()
}
