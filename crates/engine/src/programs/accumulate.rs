//! PAYOUTS.md, step 4: which lines count together. A group is a partner's fiscal
//! period, or one transaction; inside it lines stand in their order. No pay here.

use std::ops::Range;

use crate::calendar::{PeriodKind, Span};
use crate::catalog::PartnerIx;
use crate::sales::LineKind;

use super::adjust::Quantity;
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

/// Lines of one payee that are counted together.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Who sold, or the parent of who did.
    pub partner: PartnerIx,
    /// Whole fiscal period; of a transaction the day of its first line.
    pub period: Span,
    /// What is counted over.
    pub kind: PeriodKind,
    /// The transaction, where that is what is counted over.
    transaction: Option<u32>,
    /// Where its entries are in [`Groups::entries`].
    pub entries: Range<usize>,
    /// All that was sold.
    pub sold: Quantity,
    /// The rule of all its lines, if it is one.
    pub rule: Option<RuleIx>,
}

impl Group {
    /// Whether its lines may be paid as if they were one: all under the same rule, and
    /// one that allows it.
    pub fn pays_as_one(&self, ledger: &Ledger<'_>) -> bool {
        self.rule.is_some_and(|rule| ledger.rules.rules[rule].pays_as_one)
    }
}

/// The groups of one program.
#[derive(Debug, Default)]
pub struct Groups {
    /// Group by group, in order inside.
    pub entries: Vec<Entry>,
    /// Payee by payee, each payee's in the order of their first lines.
    pub groups: Vec<Group>,
    /// Sales of which something came back, with the positions of their groups.
    pub returned: Vec<(Entry, usize)>,
}

impl Groups {
    /// The entries of a group.
    pub fn of(&self, group: &Group) -> &[Entry] {
        &self.entries[group.entries.clone()]
    }

    /// By entry its group, while only the last entry lies apart from its group.
    fn of_entry(&self, last: usize) -> Vec<u32> {
        let mut of_entry = vec![last as u32; self.entries.len()];
        for (ix, group) in self.groups.iter().enumerate() {
            let end = group.entries.end - usize::from(ix == last);
            of_entry[group.entries.start..end].fill(ix as u32);
        }
        of_entry
    }

    /// The groups in an order in which they can be paid: transactions in the order of
    /// their first lines over all payees, because they draw on a budget one by one;
    /// everything else as it lies.
    pub fn in_order(&self, ledger: &Ledger<'_>) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.groups.len()).collect();
        let place = |ix: &usize| {
            let group = &self.groups[*ix];
            let by_transaction = group.kind == PeriodKind::Transaction;
            if by_transaction { ledger.facts[self.entries[group.entries.start].line].place + 1 } else { 0 }
        };
        if order.iter().any(|ix| place(ix) > 0) {
            order.sort_by_cached_key(place);
        }
        order
    }
}

/// Steps 1 to 4 for every sale: the lines that count, by program and group.
pub fn counted(ledger: &Ledger<'_>, scope: &Scope) -> Vec<Groups> {
    let mut by_program: Vec<Gathering> = scope.programs.iter().map(|_| Gathering::default()).collect();
    let mut claims: Vec<Claim> = Vec::new();
    for partner in 0..ledger.company.catalog.partners.len() {
        let mut follow = ledger.rules.sieve.follow(partner, scope.rules(partner));
        for ix in ledger.lines_of(partner).filter(|ix| ledger.facts[*ix].kind == LineKind::Sale) {
            stacking::claims(ledger, &mut follow, ix, &mut claims);
            for Claim { rule, .. } in claims.iter().filter(|c| c.superseded_by.is_none()) {
                let program = ledger.rules.rules[*rule].program;
                if scope.programs[program].paid {
                    by_program[program].add(ledger, partner, Entry { line: ix, rule: *rule });
                }
            }
        }
    }
    by_program.into_iter().map(Gathering::into_groups).collect()
}

/// Step 4 again for some lines of a program that count, payee by payee and in order: as
/// if the others had not been sold.
pub fn gather(ledger: &Ledger<'_>, counted: impl Iterator<Item = Entry>) -> Groups {
    let mut gathering = Gathering::default();
    counted.for_each(|entry| gathering.add(ledger, ledger.lines[entry.line].partner, entry));
    gathering.into_groups()
}

/// Groups while their lines come in, those of a payee one after the other.
#[derive(Default)]
pub(super) struct Gathering {
    groups: Groups,
    /// By entry its group, once groups take turns and have to be put together.
    of_entry: Option<Vec<u32>>,
    /// The newest group of each kind of period.
    newest: [Option<usize>; 5],
    /// Groups of transactions that may come again.
    by_transaction: QuickMap<(PartnerIx, u32), usize>,
}

impl Gathering {
    /// Takes the next line of a payee.
    pub fn add(&mut self, ledger: &Ledger<'_>, payee: PartnerIx, entry: Entry) {
        let fact = &ledger.facts[entry.line];
        let kind = ledger.rules.rules[entry.rule].terms.period;
        let transaction = (kind == PeriodKind::Transaction).then_some(fact.transaction);
        let known = self.newest[kind as usize].filter(|ix| {
            let group = &self.groups.groups[*ix];
            let same = transaction
                .map_or_else(|| group.period.contains(fact.sold_on), |t| group.transaction == Some(t));
            group.partner == payee && same
        });
        let again = || transaction.and_then(|t| self.by_transaction.get(&(payee, t)).copied());
        let ix = match known.or_else(again) {
            Some(ix) => ix,
            None => {
                self.groups.groups.push(Group {
                    partner: payee,
                    period: ledger.calendar().period_of(kind, fact.sold_on),
                    kind,
                    transaction,
                    entries: self.groups.entries.len()..self.groups.entries.len(),
                    sold: Quantity::NONE,
                    rule: Some(entry.rule),
                });
                self.groups.groups.len() - 1
            }
        };
        self.newest[kind as usize] = Some(ix);
        if let Some(transaction) = transaction.filter(|_| ledger.transactions_recur) {
            self.by_transaction.insert((payee, transaction), ix);
        }
        if fact.came_back {
            self.groups.returned.push((entry, ix));
        }
        let group = &mut self.groups.groups[ix];
        let apart = group.entries.end != self.groups.entries.len();
        group.entries.end += 1;
        group.sold = group.sold.plus(fact.sold);
        group.rule = group.rule.filter(|rule| *rule == entry.rule);
        self.groups.entries.push(entry);
        if apart && self.of_entry.is_none() {
            self.of_entry = Some(self.groups.of_entry(ix));
        } else if let Some(of_entry) = &mut self.of_entry {
            of_entry.push(ix as u32);
        }
    }

    /// All of them, each group's entries together.
    pub fn into_groups(self) -> Groups {
        let mut all = self.groups;
        if let Some(of_entry) = self.of_entry {
            all.entries = place(&all.entries, &of_entry, &mut all.groups);
        }
        all
    }
}

/// A stable counting sort of the entries by group.
fn place(entries: &[Entry], of_entry: &[u32], groups: &mut [Group]) -> Vec<Entry> {
    let mut start = 0;
    let mut next: Vec<usize> = Vec::with_capacity(groups.len());
    for group in groups.iter_mut() {
        let size = group.entries.len();
        group.entries = start..start + size;
        next.push(start);
        start += size;
    }
    let mut placed = vec![Entry { line: 0, rule: 0 }; entries.len()];
    for (entry, group) in entries.iter().zip(of_entry) {
        placed[next[*group as usize]] = *entry;
        next[*group as usize] += 1;
    }
    placed
}
