//! Which row of the books stands for which line of the rules. Rows may be wrong in
//! the very key, so rows and lines are paired by falling keys: first where key and
//! amount agree, then where the amount agrees under a weaker key (another cut of the
//! period, another version, another role), then several for several where the sums
//! agree, and only then rows whose amount is wrong. Explains nothing.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::calendar::Span;
use crate::catalog::PartnerIx;
use crate::programs::money;
use crate::sales::PayoutRole;

use super::books::{Due, Key, Row};

/// Rows and lines that belong together, by position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Match {
    /// One or more.
    pub rows: Vec<usize>,
    /// One or more.
    pub dues: Vec<usize>,
    /// Whether the key was right as well.
    pub in_place: bool,
}

/// The outcome.
#[derive(Debug, Default)]
pub(super) struct Pairing {
    pub matches: Vec<Match>,
    /// Rows left over, each with the match of its own key, if there is one.
    pub surplus: Vec<(usize, Option<usize>)>,
    /// Lines left over.
    pub missing: Vec<usize>,
}

/// How much of the key must agree; each weaker than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// All of it, with the period cut to the version's dates.
    Exact,
    /// The fiscal period instead of its cut.
    Period,
    /// Any version.
    AnyVersion,
    /// Any version and day: the transaction alone tells.
    Transaction,
    /// Any role and sign.
    AnyRole,
    /// Any transaction of the day.
    AnyTransaction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Coarse<'a> {
    program: usize,
    partner: PartnerIx,
    version: Option<u32>,
    role: Option<PayoutRole>,
    cut: Option<Span>,
    period: Option<Span>,
    transaction: Option<&'a str>,
}

/// Which amounts go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Amounts {
    Equal,
    EqualButForSign,
    Any,
}

/// Pairs rows with lines.
pub(super) fn pair(rows: &[Row<'_>], dues: &[Due<'_>], digits: u32) -> Pairing {
    let mut desk = Desk {
        rows,
        dues,
        amounts: rows.iter().map(|r| r.amount(digits)).collect(),
        free_rows: (0..rows.len()).collect(),
        free_dues: (0..dues.len()).collect(),
        matches: Vec::new(),
    };
    desk.pass(Level::Exact, Amounts::Equal);
    desk.pass(Level::Period, Amounts::Equal);
    desk.pass(Level::AnyVersion, Amounts::Equal);
    desk.pass(Level::Transaction, Amounts::Equal);
    desk.together();
    desk.pass(Level::AnyRole, Amounts::EqualButForSign);
    desk.pass(Level::AnyTransaction, Amounts::Equal);
    for level in [Level::Exact, Level::Period, Level::AnyVersion, Level::Transaction] {
        desk.pass(level, Amounts::Any);
    }
    desk.finish()
}

struct Desk<'d, 'a> {
    rows: &'d [Row<'a>],
    dues: &'d [Due<'a>],
    amounts: Vec<Decimal>,
    free_rows: Vec<usize>,
    free_dues: Vec<usize>,
    matches: Vec<Match>,
}

impl<'a> Desk<'_, 'a> {
    fn row_key(&self, row: usize, level: Level) -> Option<Coarse<'a>> {
        let row = &self.rows[row];
        coarse(&row.key, row.payout.period, level)
    }

    fn due_key(&self, due: usize, level: Level) -> Option<Coarse<'a>> {
        let due = &self.dues[due];
        coarse(&due.key, Span::new(due.line.period_start, due.line.period_end), level)
    }

    /// The free lines by key, in order.
    fn free_by_key(&self, level: Level) -> HashMap<Coarse<'a>, Vec<usize>> {
        let mut by_key: HashMap<_, Vec<usize>> = HashMap::new();
        for due in &self.free_dues {
            if let Some(key) = self.due_key(*due, level) {
                by_key.entry(key).or_default().push(*due);
            }
        }
        by_key
    }

    /// Pairs one row with one line wherever the key agrees and the amounts go together.
    fn pass(&mut self, level: Level, amounts: Amounts) {
        let mut open = self.free_by_key(level);
        let settled = if amounts == Amounts::Any { self.settled() } else { HashMap::new() };
        let mut taken = vec![false; self.dues.len()];
        let mut free = Vec::new();
        for row in std::mem::take(&mut self.free_rows) {
            let recorded = self.amounts[row];
            // A row of nothing fits every line of nothing; a second row of a line
            // that is settled does not take another line's place.
            let astray = level > Level::Period && recorded.is_zero();
            let key = self.row_key(row, level).filter(|_| !astray);
            let second = self.row_key(row, Level::Period).is_some_and(|key| settled.contains_key(&key));
            let candidates = key.filter(|_| !second).and_then(|key| open.get_mut(&key));
            let found = candidates.and_then(|c| {
                let fits = |due: &usize| {
                    let expected = self.dues[*due].line.amount;
                    match amounts {
                        Amounts::Equal => expected == recorded,
                        Amounts::EqualButForSign => expected.abs() == recorded.abs(),
                        Amounts::Any => !astray,
                    }
                };
                c.iter().position(fits).map(|at| c.remove(at))
            });
            match found {
                Some(due) => {
                    taken[due] = true;
                    let in_place = level == Level::Exact;
                    self.matches.push(Match { rows: vec![row], dues: vec![due], in_place });
                }
                None => free.push(row),
            }
        }
        self.free_rows = free;
        self.free_dues.retain(|due| !taken[*due]);
    }

    /// Several rows for several lines of one period, any version, whose sums agree:
    /// a line booked in parts or with a correction, versions booked as one.
    fn together(&mut self) {
        let open = self.free_by_key(Level::AnyVersion);
        let mut rows_by_key: HashMap<Coarse<'a>, Vec<usize>> = HashMap::new();
        for row in &self.free_rows {
            if let Some(key) = self.row_key(*row, Level::AnyVersion) {
                rows_by_key.entry(key).or_default().push(*row);
            }
        }
        let mut found: Vec<Match> = Vec::new();
        for (key, rows) in rows_by_key {
            let Some(dues) = open.get(&key) else { continue };
            let dues: Vec<usize> =
                dues.iter().copied().filter(|due| !self.dues[*due].line.amount.is_zero()).collect();
            let recorded = sum(rows.iter().map(|row| self.amounts[*row]));
            let expected = sum(dues.iter().map(|due| self.dues[*due].line.amount));
            if !dues.is_empty() && rows.len() + dues.len() > 2 && recorded == expected {
                let exact = |row: &usize| self.row_key(*row, Level::Exact);
                let in_place = dues.len() == 1
                    && rows.iter().all(|row| exact(row) == self.due_key(dues[0], Level::Exact));
                found.push(Match { rows, dues, in_place });
            }
        }
        // The map has no order of its own; positions have.
        found.sort_by(|a, b| a.rows.cmp(&b.rows));
        let mut gone = (vec![false; self.rows.len()], vec![false; self.dues.len()]);
        for one in &found {
            one.rows.iter().for_each(|row| gone.0[*row] = true);
            one.dues.iter().for_each(|due| gone.1[*due] = true);
        }
        self.free_rows.retain(|row| !gone.0[*row]);
        self.free_dues.retain(|due| !gone.1[*due]);
        self.matches.extend(found);
    }

    /// Matches by the key of their lines.
    fn settled(&self) -> HashMap<Coarse<'a>, usize> {
        let keys =
            self.matches.iter().enumerate().flat_map(|(at, m)| m.dues.iter().map(move |due| (at, *due)));
        keys.filter_map(|(at, due)| Some((self.due_key(due, Level::Period)?, at))).collect()
    }

    fn finish(self) -> Pairing {
        let settled = self.settled();
        let left = self.free_rows.iter().filter(|row| !self.amounts[**row].is_zero());
        let surplus = left.map(|row| {
            let own = self.row_key(*row, Level::Period).and_then(|key| settled.get(&key).copied());
            (*row, own)
        });
        let missing = self.free_dues.iter().filter(|due| !self.dues[**due].line.amount.is_zero());
        Pairing { surplus: surplus.collect(), missing: missing.copied().collect(), matches: self.matches }
    }
}

/// A key as far as a level looks; `None` where the level has nothing to look at.
fn coarse<'a>(key: &Key<'a>, cut: Span, level: Level) -> Option<Coarse<'a>> {
    let all = Coarse {
        program: key.program,
        partner: key.partner,
        version: Some(key.version),
        role: Some(key.role),
        cut: Some(cut),
        period: Some(key.period),
        transaction: key.transaction,
    };
    Some(match level {
        Level::Exact => all,
        Level::Period => Coarse { cut: None, ..all },
        Level::AnyVersion => Coarse { cut: None, version: None, ..all },
        Level::Transaction => {
            key.transaction?;
            Coarse { cut: None, version: None, period: None, ..all }
        }
        Level::AnyRole => Coarse { cut: None, version: None, role: None, ..all },
        Level::AnyTransaction => Coarse { cut: None, version: None, transaction: None, ..all },
    })
}

fn sum(amounts: impl Iterator<Item = Decimal>) -> Decimal {
    amounts.fold(Decimal::ZERO, money::add)
}
