//! PAYOUTS.md, step 4: which lines count together. A group is a partner's fiscal
//! period, or one transaction; inside it lines stand in their order. No pay here.

use std::ops::Range;

use chrono::NaiveDate;

use crate::calendar::{PeriodKind, Span};
use crate::catalog::PartnerIx;
use crate::sales::LineKind;

use super::ledger::{Ledger, LineIx};
use super::quick::QuickMap;
use super::rules::RuleIx;
use super::scope::Scope;
use super::stacking::{self, Claim};

/// A line that counts, under the rule of its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The line.
    pub line: LineIx,
    /// Its terms.
    pub rule: RuleIx,
}

/// Lines of one partner that are counted together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Who sold.
    pub partner: PartnerIx,
    /// Whole fiscal period; of a transaction the day of its first line.
    pub period: Span,
    /// What is counted over.
    pub kind: PeriodKind,
    /// Where its entries are in [`Groups::entries`].
    pub entries: Range<usize>,
}

/// The groups of one program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Groups {
    /// Group by group, in order inside.
    pub entries: Vec<Entry>,
    /// In the order of their first lines.
    pub groups: Vec<Group>,
}

impl Groups {
    /// The entries of a group.
    pub fn of(&self, group: &Group) -> &[Entry] {
        &self.entries[group.entries.clone()]
    }
}

/// Steps 1 to 3 for every sale: the lines that count, by program, in order.
pub fn counted(ledger: &Ledger<'_>, scope: &Scope) -> Vec<Vec<Entry>> {
    let mut by_program = vec![Vec::new(); scope.programs.len()];
    let mut claims: Vec<Claim> = Vec::new();
    for (ix, line) in ledger.lines.iter().enumerate().filter(|(_, l)| l.kind == LineKind::Sale) {
        let programs = (0..scope.programs.len()).filter(|p| scope.needs(*p, line.partner));
        stacking::claims(ledger, line, programs, &mut claims);
        for claim in claims.iter().filter(|c| c.superseded_by.is_none()) {
            let program = ledger.rules.rules[claim.rule].program;
            if scope.programs[program].paid {
                by_program[program].push(Entry { line: ix, rule: claim.rule });
            }
        }
    }
    by_program
}

/// Sorts the counted lines of a program into groups of the partner that `payee`
/// names, keeping their order; lines without a payee are left out.
pub fn group(ledger: &Ledger<'_>, counted: &[Entry], payee: impl Fn(&Entry) -> Option<PartnerIx>) -> Groups {
    let counted: Vec<(Entry, PartnerIx)> =
        counted.iter().filter_map(|entry| Some((*entry, payee(entry)?))).collect();
    let mut keys: QuickMap<(PartnerIx, Key), usize> = QuickMap::default();
    let mut groups: Vec<Group> = Vec::new();
    let mut sizes: Vec<usize> = Vec::new();
    let mut calendar = Calendar::new(ledger);
    let of_entry: Vec<usize> = counted
        .iter()
        .map(|(entry, partner)| {
            let line = ledger.lines[entry.line];
            let kind = ledger.rules.rules[entry.rule].terms.period;
            let period = calendar.period_of(kind, line.sold_on);
            let key = match kind {
                PeriodKind::Transaction => Key::Transaction(ledger.transaction[entry.line]),
                _ => Key::Period(period.start, period.end),
            };
            let group = *keys.entry((*partner, key)).or_insert_with(|| {
                groups.push(Group { partner: *partner, period, kind, entries: 0..0 });
                sizes.push(0);
                groups.len() - 1
            });
            sizes[group] += 1;
            group
        })
        .collect();
    Groups { entries: place(&counted, &of_entry, &sizes, &mut groups), groups }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Transaction(u32),
    Period(NaiveDate, NaiveDate),
}

/// A stable counting sort of the entries by group.
fn place(
    counted: &[(Entry, PartnerIx)],
    of_entry: &[usize],
    sizes: &[usize],
    groups: &mut [Group],
) -> Vec<Entry> {
    let mut start = 0;
    let mut next: Vec<usize> = Vec::with_capacity(sizes.len());
    for (group, size) in groups.iter_mut().zip(sizes) {
        group.entries = start..start + size;
        next.push(start);
        start += size;
    }
    let mut entries = vec![Entry { line: 0, rule: 0 }; counted.len()];
    for ((entry, _), group) in counted.iter().zip(of_entry) {
        entries[next[*group]] = *entry;
        next[*group] += 1;
    }
    entries
}

/// Lines come in the order of days, so the last period mostly holds the next one.
struct Calendar<'l, 'a> {
    ledger: &'l Ledger<'a>,
    last: Option<(PeriodKind, Span)>,
}

impl<'l, 'a> Calendar<'l, 'a> {
    fn new(ledger: &'l Ledger<'a>) -> Self {
        Self { ledger, last: None }
    }

    fn period_of(&mut self, kind: PeriodKind, day: NaiveDate) -> Span {
        match self.last {
            Some((known, span)) if known == kind && span.contains(day) => span,
            _ => {
                let span = self.ledger.calendar().period_of(kind, day);
                self.last = Some((kind, span));
                span
            }
        }
    }
}

/// Where the marked lines stand: their group and rule.
pub(crate) fn find(groups: &Groups, marked: &[bool]) -> QuickMap<LineIx, (usize, RuleIx)> {
    let mut found = QuickMap::default();
    for (ix, group) in groups.groups.iter().enumerate() {
        for entry in groups.of(group).iter().filter(|e| marked[e.line]) {
            found.insert(entry.line, (ix, entry.rule));
        }
    }
    found
}
