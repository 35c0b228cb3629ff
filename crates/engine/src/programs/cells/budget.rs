//! Limits over many partners: program budgets by month, and the cap of override
//! pay to one parent (PAYOUTS.md, steps 7 and 9).

use chrono::NaiveDate;

use crate::calendar::{Month, PeriodKind, Span};
use crate::catalog::PartnerIx;

use super::opening::{self, Groups, GrowthBases};
use super::table::TermsTable;
use super::{CellRules, Slice};

/// The budget of a program that a month draws on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Purse {
    /// Version whose budget it is; `None`: no terms hold.
    pub version: Option<u32>,
    /// Budget of that version; `None`: endless.
    pub limit: Option<f64>,
    /// Spent of it before the cells begin.
    pub spent: f64,
}

/// The purses of every program and month, program-major. A month draws on the
/// version with most days in it.
pub(super) fn purses(
    table: &TermsTable<'_>,
    bases: &mut GrowthBases,
    open: &Groups,
    first: Month,
    months: usize,
) -> Vec<Purse> {
    let mut out = Vec::with_capacity(table.rules.programs.len() * months);
    for program in 0..table.rules.programs.len() {
        let mut known: Option<(u32, f64)> = None;
        for t in 0..months {
            let (version, limit) = in_month(table, program, first.plus(t as i32).span());
            let spent = match (version, limit) {
                (Some(version), Some(limit)) => match known {
                    Some((of, spent)) if of == version => spent.min(limit),
                    _ => {
                        let before = first.first_day();
                        let life = life(table, program, version);
                        let spent = opening::spent(table, bases, open, program, version, life, before);
                        known = Some((version, spent));
                        spent.min(limit)
                    }
                },
                _ => 0.0,
            };
            out.push(Purse { version, limit, spent });
        }
    }
    out
}

/// Version and budget with most days in a month. A pause for some partners, or a
/// change for some, moves the budget of all: it has no other owner.
fn in_month(table: &TermsTable<'_>, program: usize, month: Span) -> (Option<u32>, Option<f64>) {
    let segments = &table.rules.programs[program].segments;
    let mut best: (i64, Option<u32>, Option<f64>) = (0, None, None);
    let mut day = month.start;
    while day <= month.end {
        let holds = segments.iter().rposition(|s| s.span.contains(day) && s.terms.is_some());
        let until = next_change(segments, day, month.end);
        let days = Span::new(day, until).days();
        if let Some(segment) = holds.map(|at| &segments[at])
            && days > best.0
        {
            let budget = segment.terms.as_ref().and_then(|t| t.caps.program_budget);
            best = (days, Some(segment.version), budget.map(super::rates::number));
        }
        day = until + chrono::Days::new(1);
    }
    (best.1, best.2)
}

/// Last day from `day` on, at most `end`, before any segment begins or ends.
fn next_change(
    segments: &[crate::programs::rule_book::Segment],
    day: NaiveDate,
    end: NaiveDate,
) -> NaiveDate {
    let begins = segments.iter().filter(|s| s.span.start > day).map(|s| s.span.start - chrono::Days::new(1));
    let ends = segments.iter().filter(|s| s.span.end >= day).map(|s| s.span.end);
    begins.chain(ends).min().map_or(end, |until| until.min(end))
}

fn life(table: &TermsTable<'_>, program: usize, version: u32) -> Span {
    let of = table.rules.programs[program].segments.iter().filter(|s| s.version == version);
    let none = Span::new(NaiveDate::MAX, NaiveDate::MIN);
    of.fold(none, |all, s| Span::new(all.start.min(s.span.start), all.end.max(s.span.end)))
}

/// Override pay of a program to one parent: what each fiscal period may hold.
#[derive(Debug, Clone)]
pub(crate) struct Parent {
    program: usize,
    partner: PartnerIx,
    /// By month.
    months: Vec<Room>,
}

#[derive(Debug, Clone, Copy)]
struct Room {
    period: NaiveDate,
    /// Earned in the period before the cells begin.
    before: f64,
    cap: f64,
}

/// The caps of override pay: of the terms that hold for the children, the lowest
/// where they differ (PAYOUTS.md: the reading that pays less).
pub(super) fn parents(table: &TermsTable<'_>, rules: &CellRules, open: &Groups) -> Vec<Parent> {
    let mut out: Vec<Parent> = Vec::new();
    let partners = &table.company.catalog.partners;
    for (child, accounts) in rules.accounts_of.iter().enumerate() {
        let Some(parent) = partners[child].parent.filter(|p| partners[*p].active) else { continue };
        for account in &rules.accounts[accounts.clone()] {
            for spell in &rules.spells[account.spells.clone()] {
                for slice in &rules.slices[spell.slices.clone()] {
                    add_cap(&mut out, table, rules, open, (account.program, parent), slice);
                }
            }
        }
    }
    out
}

fn add_cap(
    out: &mut Vec<Parent>,
    table: &TermsTable<'_>,
    rules: &CellRules,
    open: &Groups,
    (program, partner): (usize, PartnerIx),
    slice: &Slice,
) {
    let terms = &table.terms[slice.terms as usize];
    if terms.override_share <= 0.0 || terms.cap_partner.is_infinite() {
        return;
    }
    let kind = if terms.by_transaction() { PeriodKind::Month } else { terms.period };
    let month = rules.first.plus(slice.t as i32);
    let period = table.company.calendar.period_of(kind, month.first_day()).start;
    let known = out.iter().position(|p| p.program == program && p.partner == partner);
    let at = known.unwrap_or_else(|| {
        let endless = Room { period: NaiveDate::MIN, before: 0.0, cap: f64::INFINITY };
        out.push(Parent { program, partner, months: vec![endless; rules.months] });
        out.len() - 1
    });
    let room = &mut out[at].months[slice.t];
    room.period = period;
    room.cap = room.cap.min(terms.cap_partner);
    let children = |(p, child, start): &(usize, PartnerIx, NaiveDate)| {
        *p == program && *start == period && table.company.catalog.partners[*child].parent == Some(partner)
    };
    room.before = open.iter().filter(|(key, _)| children(key)).map(|(_, group)| group.overrides).sum();
}

impl CellRules {
    /// Whether [`CellRules::cap_overrides`] may cut what a parent gets.
    pub(crate) fn caps_overrides(&self, program: usize, parent: PartnerIx) -> bool {
        self.parents.iter().any(|p| p.program == program && p.partner == parent)
    }

    /// Cuts the override pay of one parent to `per_partner` of its fiscal periods.
    /// `pay`: by month, summed over the children, before the cap.
    pub fn cap_overrides(&self, program: usize, parent: PartnerIx, pay: &mut [f64]) {
        let of = |p: &&Parent| p.program == program && p.partner == parent;
        let Some(limits) = self.parents.iter().find(of) else { return };
        let (mut period, mut paid) = (NaiveDate::MAX, 0.0);
        for (pay, room) in pay.iter_mut().zip(&limits.months) {
            if room.period != period {
                (period, paid) = (room.period, room.before.min(room.cap));
            }
            *pay = pay.min((room.cap - paid).max(0.0));
            paid += *pay;
        }
    }

    /// Share of each month's pay that the program's remaining budget funds: in
    /// order of months, pro rata in the month it runs out, 1 where there is no
    /// budget. `pay_by_month`: own pay over all partners. Gives the months from
    /// `first` until it first runs out, with its fraction of that month; a budget
    /// that is already spent runs out with the first pay.
    pub fn fund(&self, program: usize, pay_by_month: &[f64], funded_share: &mut [f64]) -> Option<f64> {
        funded_share.fill(1.0);
        let purses = self.purses.get(program * self.months..(program + 1) * self.months)?;
        let mut exhausted = None;
        let mut held: (Option<u32>, f64) = (None, 0.0);
        for (t, (purse, pay)) in purses.iter().zip(pay_by_month).enumerate() {
            if purse.version != held.0 {
                held = (purse.version, purse.spent);
            }
            let left = purse.limit.map_or(f64::INFINITY, |limit| (limit - held.1).max(0.0));
            if *pay > left {
                funded_share[t] = left / pay;
                exhausted = exhausted.or(Some(t as f64 + left / pay));
            }
            held.1 += pay.min(left);
        }
        exhausted
    }
}
