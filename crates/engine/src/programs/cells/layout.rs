//! Lays the slices of every partner and program down in the flat arrays that
//! [`super::CellRules::pay`] reads, a spell a fiscal period.

use crate::calendar::{FiscalCalendar, PeriodKind, Span};
use crate::catalog::PartnerIx;
use crate::programs::rule_book::ProgramRules;
use crate::programs::terms::ProgramKind;

use super::compile::{Compiler, Draft};
use super::opening::Opening;
use super::rates::due;
use super::{Account, CellProgram, Slice, Spell};

impl Compiler<'_> {
    /// Lays down the slices of one program for one partner, a spell a fiscal period.
    pub fn account(&mut self, partner: PartnerIx, program: usize, mut slices: Vec<Draft>) {
        if slices.is_empty() {
            return;
        }
        let first_spell = self.out.spells.len();
        while !slices.is_empty() {
            let period = self.period(&slices[0]);
            let split = slices.iter().position(|s| self.period(s).start != period.start);
            let later = slices.split_off(split.unwrap_or(slices.len()));
            self.spell(partner, program, period, &slices);
            slices = later;
        }
        let spells = first_spell..self.out.spells.len();
        self.out.accounts.push(Account { program, spells });
    }

    fn period(&self, slice: &Draft) -> Span {
        let kind = match self.table.terms[slice.terms as usize].period {
            PeriodKind::Transaction => PeriodKind::Month,
            longer => longer,
        };
        let month = self.inputs.first.plus(slice.t as i32);
        self.inputs.company.calendar.period_of(kind, month.first_day())
    }

    fn spell(&mut self, partner: PartnerIx, program: usize, period: Span, slices: &[Draft]) {
        let none = Opening::default();
        let opening = self.open.get(&(program, partner, period.start)).unwrap_or(&none);
        let first_opening = self.out.openings.len();
        self.out.openings.extend_from_slice(&opening.earned);
        let measure = opening.measure;
        let due = due(&self.table.terms, &opening.earned, measure);
        let first_slice = self.out.slices.len();
        let target = self.table.target(program, partner, period.start);
        let partners = &self.inputs.company.catalog.partners;
        let parent = partners[partner].parent.is_some_and(|p| partners[p].active);
        let measured = slices.iter().any(|s| self.table.terms[s.terms as usize].is_measured())
            || opening.earned.iter().any(|e| self.table.terms[e.terms as usize].is_measured());
        for slice in slices {
            let terms = &self.table.terms[slice.terms as usize];
            let need = if terms.by_transaction() {
                0.0
            } else {
                self.bases.need(&self.table, slice.terms, partner, period)
            };
            let first_item = self.out.items.len();
            self.out.items.extend_from_slice(&slice.items);
            self.out.slices.push(Slice {
                t: slice.t,
                terms: slice.terms,
                items: first_item..self.out.items.len(),
                counts: terms.counts(measured),
                accelerate_from: terms.accelerate_from(target),
                need,
                override_share: if parent { terms.override_share } else { 0.0 },
            });
            self.notes.used(slice.terms);
        }
        let kind = self.table.terms[slices[0].terms as usize].period;
        let spell = Spell {
            slices: first_slice..self.out.slices.len(),
            openings: first_opening..self.out.openings.len(),
            measure,
            due,
            length: FiscalCalendar::months_in(kind),
        };
        self.out.longest_spell = self.out.longest_spell.max(spell.slices.len() + spell.openings.len());
        self.out.spells.push(spell);
    }

    /// The programs as the cells see them.
    pub fn programs(&self) -> Vec<CellProgram> {
        let months = self.inputs.months;
        let one = |(i, rules): (usize, &ProgramRules)| {
            let of = |ix: &usize| self.table.terms[*ix].program == i;
            let any = (0..self.table.terms.len()).rev().find(of);
            let held = self.out.accounts.iter().find(|a| a.program == i).map(|account| {
                let spell = &self.out.spells[account.spells.start];
                self.out.slices[spell.slices.start].terms as usize
            });
            let kind = held.or(any).map_or(ProgramKind::Spiff, |ix| self.table.terms[ix].kind);
            let purses = self.out.purses.get(i * months..(i + 1) * months).unwrap_or(&[]);
            let purse = purses.iter().find(|p| p.limit.is_some());
            CellProgram {
                id: rules.id.clone(),
                name: rules.name.clone(),
                kind,
                fund: kind == ProgramKind::Mdf,
                budget: purse.and_then(|p| p.limit),
                budget_left: purse.and_then(|p| p.limit.map(|limit| (limit - p.spent).max(0.0))),
            }
        };
        self.inputs.rules.programs.iter().enumerate().map(one).collect()
    }
}
