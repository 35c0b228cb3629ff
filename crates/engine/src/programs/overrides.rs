//! PAYOUTS.md, step 9: what a parent earns on the qualifying revenue of its direct
//! children, gross of returns. Asks nothing of the parent but that it is active.

use rust_decimal::Decimal;

use crate::calendar::PeriodKind;
use crate::catalog::PartnerIx;

use super::accumulate::{Entry, Gathering, Group, Groups};
use super::adjust::{Quantity, Share};
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
    let groups = gather(ledger, counted);
    let mut months = Months::default();
    let mut shares = Vec::new();
    let mut dues = vec![Vec::new(); groups.groups.len()];
    for ix in groups.in_order(ledger) {
        let group = &groups.groups[ix];
        share_out(ledger, group, groups.of(group), &mut shares);
        let due = &mut dues[ix];
        if group.kind == PeriodKind::Transaction {
            caps::due(ledger, group, &mut shares, months.used(group), due);
            due.iter().for_each(|d| months.book(group, d.paid));
        } else {
            caps::due(ledger, group, &mut shares, Decimal::ZERO, due);
        }
    }
    Overrides { groups, dues }
}

/// The children's lines by parent and period, each parent's in order.
fn gather(ledger: &Ledger<'_>, counted: &[Entry]) -> Groups {
    let rules = &ledger.rules.rules;
    let mut parents: Vec<(PartnerIx, u32, Entry)> = counted
        .iter()
        .filter(|entry| rules[entry.rule].terms.override_percent.is_some())
        .filter_map(|entry| Some((payee(ledger, entry)?.0, ledger.facts[entry.line].place, *entry)))
        .collect();
    // Stable: every child's lines are in order already.
    parents.sort_by_key(|(parent, place, _)| (*parent, *place));
    let mut gathering = Gathering::default();
    parents.iter().for_each(|(parent, _, entry)| gathering.add(ledger, *parent, *entry));
    gathering.into_groups()
}

/// Percent of the revenue of a group, in `shares`: one for all its lines where they are
/// under one rule, because only their sum matters.
fn share_out(ledger: &Ledger<'_>, group: &Group, entries: &[Entry], shares: &mut Vec<Share>) {
    shares.clear();
    match group.rule {
        Some(_) => shares.push(share(ledger, entries[0], group.sold, Decimal::ZERO)),
        None => shares.extend(line_by_line(ledger, entries)),
    }
}

/// Percent of revenue, line by line.
pub fn line_by_line(ledger: &Ledger<'_>, entries: &[Entry]) -> impl Iterator<Item = Share> {
    entries.iter().scan(Decimal::ZERO, |running, entry| {
        let share = share(ledger, *entry, ledger.facts[entry.line].sold, *running);
        *running = share.piece.to;
        Some(share)
    })
}

/// Percent of the revenue of what was sold, where the running measure is `from`.
fn share(ledger: &Ledger<'_>, entry: Entry, sold: Quantity, from: Decimal) -> Share {
    let rule = &ledger.rules.rules[entry.rule];
    let percent = rule.terms.override_percent.unwrap_or_default();
    let measure = sold.measure(rule);
    let pay = of(percent, sold.revenue);
    let to = money::add(from, measure);
    Share {
        entry,
        piece: Piece { units: sold.units, revenue: sold.revenue, measure, from, to },
        base: pay,
        accelerated: Decimal::ZERO,
        accelerates_above: None,
        baseline: None,
        pay,
        kept: pay,
        reason: None,
    }
}
