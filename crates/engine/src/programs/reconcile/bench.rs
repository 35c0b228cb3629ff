//! Where one difference is tried: pays its line again under imagined rules or facts
//! and says whether that gives the recorded amount. Tries nothing by itself; the
//! hypotheses do.

use std::cell::RefCell;

use rust_decimal::Decimal;

use crate::calendar::{PeriodKind, Span};
use crate::company::Company;
use crate::programs::ledger::{Ledger, LineIx};
use crate::programs::payout::{PayoutLine, Reason};
use crate::programs::rule_book::{RuleBook, Segment};
use crate::programs::settle::{SettleOptions, settle};
use crate::programs::terms::{Caps, ProgramVersion, Terms};
use crate::programs::{money, stacking};
use crate::sales::{LineKind, PayoutRole, SaleLine};

use super::books::Key;
use super::excerpt::{Excerpt, Library, PAYEE};

/// A difference to be explained.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub key: Key<'a>,
    /// As the rules give it; none where they give no line at all.
    pub due: Option<&'a PayoutLine>,
    /// By the rules.
    pub expected: Decimal,
    /// All that is booked for the line.
    pub recorded: Decimal,
}

/// The case with everything at hand to pay it again.
pub(super) struct Bench<'a> {
    pub case: Case<'a>,
    pub program_id: &'a str,
    pub excerpt: Excerpt,
    pub digits: u32,
    /// Sales of the line's period, and why they do not count; none: they do.
    pub verdicts: Vec<(LineIx, Option<Reason>)>,
    /// Whether every replay leaves the caps out as well.
    pub uncapped: bool,
    /// Whether the excerpt gives what the whole company gives: then replays tell.
    pub sound: bool,
    /// What the last replay gave.
    gave: RefCell<Option<Decimal>>,
}

impl<'a> Bench<'a> {
    pub fn new(library: &Library<'_>, program_id: &'a str, case: Case<'a>, digits: u32) -> Self {
        let excerpt = library.excerpt(&case.key, case.due);
        let mut bench = Self {
            case,
            program_id,
            excerpt,
            digits,
            verdicts: Vec::new(),
            uncapped: false,
            sound: false,
            gave: RefCell::default(),
        };
        bench.verdicts = bench.judge();
        bench.sound = bench.pay(&bench.excerpt.company, &bench.excerpt.rules) == case.expected;
        bench
    }

    /// The version that the line is under.
    pub fn version(&self) -> Option<&ProgramVersion> {
        self.excerpt.version(self.program_id, self.case.key.version)
    }

    /// Its terms.
    pub fn terms(&self) -> Option<&Terms> {
        self.version().map(|v| &v.terms)
    }

    /// The version that is in force at the start of the line's period where the line's
    /// own one is in force on none of its days.
    pub fn held_instead(&self) -> Option<&ProgramVersion> {
        let period = self.case.key.period;
        let program = self.excerpt.company.programs.iter().find(|p| p.id == self.program_id)?;
        let out = self.terms()?.effective.intersection(&period).is_none();
        out.then(|| program.version_on(period.start)).flatten()
    }

    /// A line of the excerpt.
    pub fn line(&self, ix: LineIx) -> &SaleLine {
        &self.excerpt.company.lines[ix]
    }

    /// Sales of the period that fail by this test.
    pub fn failing(&self, is: impl Fn(&Reason) -> bool) -> Vec<LineIx> {
        let fails = self.verdicts.iter().filter(|(_, reason)| reason.as_ref().is_some_and(&is));
        fails.map(|(ix, _)| *ix).collect()
    }

    /// Whether other terms of the line's version give the recorded amount.
    pub fn terms_give(&self, change: impl Fn(&Terms) -> Terms) -> bool {
        self.give(&self.excerpt.company, &self.changed(change))
    }

    /// Whether other facts give the recorded amount.
    pub fn facts_give(&self, edit: impl Fn(&mut Company)) -> bool {
        self.both_give(edit, Terms::clone)
    }

    /// Whether other facts and other terms together give the recorded amount.
    pub fn both_give(&self, edit: impl Fn(&mut Company), change: impl Fn(&Terms) -> Terms) -> bool {
        let mut company = self.excerpt.company.clone();
        edit(&mut company);
        self.give(&company, &self.changed(change))
    }

    /// The days of the line: its period, or those of all lines of its transaction.
    fn days(&self) -> Span {
        let key = &self.case.key;
        let of_transaction = |line: &&SaleLine| key.transaction.is_some_and(|id| line.transaction_id == id);
        let lines = self.excerpt.company.lines.iter().filter(of_transaction);
        lines.fold(key.period, |days, line| {
            Span::new(days.start.min(line.sold_on), days.end.max(line.sold_on))
        })
    }

    /// Whether the version in force on all days of a span gives the recorded amount.
    pub fn dates_give(&self, days: Span) -> bool {
        let mut book = self.excerpt.rules.clone();
        let version = self.case.key.version;
        if let Some(program) = book.program_mut(self.program_id) {
            let held = program.segments.iter().find(|s| s.version == version).cloned();
            program.segments.extend(held.map(|held| Segment { span: days, changed: true, ..held }));
        }
        self.give(&self.excerpt.company, &book)
    }

    fn give(&self, company: &Company, rules: &RuleBook) -> bool {
        let gave = self.pay(company, rules);
        *self.gave.borrow_mut() = Some(gave);
        gave == self.case.recorded && gave != self.case.expected
    }

    /// What the last replay gave.
    pub fn gave(&self) -> Option<Decimal> {
        *self.gave.borrow()
    }

    /// The rules with the terms of the line's version changed in the line's period; for
    /// a clawback throughout, since it is for a sale of an earlier period.
    fn changed(&self, change: impl Fn(&Terms) -> Terms) -> RuleBook {
        let mut book = self.excerpt.rules.clone();
        let key = &self.case.key;
        let Some(version) = self.version().map(|v| v.terms.effective) else { return book };
        let days = match key.role {
            PayoutRole::Clawback => Some(version),
            _ => version.intersection(&self.days()),
        };
        if let (Some(days), Some(program)) = (days, book.program_mut(self.program_id)) {
            program.overlay(days, None, |terms| {
                let terms = change(terms);
                Some(if self.uncapped { Terms { caps: Caps::default(), ..terms } } else { terms })
            });
        }
        book
    }

    /// What the line is paid.
    fn pay(&self, company: &Company, rules: &RuleBook) -> Decimal {
        let options = SettleOptions {
            partner: Some(PAYEE),
            program: Some(self.program_id),
            ..SettleOptions::default()
        };
        let payouts = settle(company, rules, &options).payouts;
        let own = payouts.iter().filter(|line| self.is_own(line));
        own.fold(Decimal::ZERO, |sum, line| money::add(sum, line.amount))
    }

    fn is_own(&self, line: &PayoutLine) -> bool {
        let key = &self.case.key;
        key.period.contains(line.period_start)
            && line.program_version == key.version
            && line.role == key.role
            && line.transaction_id.as_deref() == key.transaction
    }

    /// Whether a sale is one that the line could be for.
    fn is_of_line(&self, line: &SaleLine) -> bool {
        let key = &self.case.key;
        let seller = match key.role {
            PayoutRole::Own => line.partner == PAYEE,
            _ => self.excerpt.company.catalog.partners[line.partner].parent == Some(PAYEE),
        };
        line.kind == LineKind::Sale
            && seller
            && match key.transaction {
                Some(id) => line.transaction_id == id,
                None => key.period.contains(line.sold_on),
            }
            && self.terms().is_some_and(|t| t.effective.contains(line.sold_on))
    }

    fn judge(&self) -> Vec<(LineIx, Option<Reason>)> {
        let options = SettleOptions::default();
        let Excerpt { company, rules } = &self.excerpt;
        let ledger = Ledger::new(company, rules, &options);
        let Some(program) = rules.programs.iter().position(|p| p.id == self.program_id) else {
            return Vec::new();
        };
        if self.case.key.role == PayoutRole::Clawback {
            return Vec::new();
        }
        let of_line = company.lines.iter().enumerate().filter(|(_, line)| self.is_of_line(line));
        let verdict = |(ix, line): (LineIx, &SaleLine)| {
            let at = ledger.lines_of(line.partner).find(|at| std::ptr::eq(ledger.lines[*at], line))?;
            Some((ix, stacking::why_not(&ledger, program, at)))
        };
        of_line.filter_map(verdict).collect()
    }

    /// Sales and returns by transaction, named once and in order.
    pub fn names(&self, lines: &[LineIx]) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for ix in lines {
            let id = &self.line(*ix).transaction_id;
            if names.last() != Some(id) && !names.contains(id) {
                names.push(id.clone());
            }
        }
        names
    }

    /// Whether the program counts over transactions.
    pub fn by_transaction(&self) -> bool {
        self.terms().is_some_and(|t| t.period == PeriodKind::Transaction)
    }
}
