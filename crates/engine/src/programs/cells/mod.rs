//! The payout rules for simulated cells (partner × product × month of units):
//! compiled once an arm, then run on every partner in every draw (`lanes`: many at once),
//! in `f64` and without allocating. Given the same lines they mean the same as the exact
//! calculation (PAYOUTS.md, steps 4 to 7, accrued by month); what needs lines is
//! approximated and [`CellRules::approximations`] names it. Must not round, draw
//! random numbers, or know about scenarios in words.
//!
//! An accrual by month: a month's pay is what is due at its end less what was due
//! at the end of the month before, so a retroactive tier's step up shows in the
//! month it is reached. It is below 0 only where reaching a tier lowers pay.

#![allow(clippy::needless_range_loop, reason = "loops over lanes index several arrays alike")]

mod budget;
mod compile;
mod lanes;
mod layout;
mod limits;
mod marginal;
mod memory;
mod notes;
mod opening;
mod past;
mod qualify;
mod rates;
mod stacking;
mod table;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_budget;
#[cfg(test)]
mod tests_exact;
#[cfg(test)]
mod tests_lines;
#[cfg(test)]
mod tests_properties;

use std::ops::Range;

use crate::calendar::Month;
use crate::catalog::PartnerIx;
use crate::company::Company;
use crate::panel::Panel;
use crate::programs::RuleBook;
use crate::programs::terms::ProgramKind;

use budget::Purse;
use rates::{CellTerms, Counts, Earned, Volume};

pub(crate) use lanes::LaneScratch;
pub(crate) use limits::Met;
pub use memory::LineMemory;
pub(crate) use rates::number;

/// What the rules are compiled from.
#[derive(Clone, Copy)]
pub struct CellInputs<'a> {
    /// Partners, real lines, targets and recorded payouts.
    pub company: &'a Company,
    /// Which pairs are series, sorted by (partner, product).
    pub panel: &'a Panel,
    /// The rules of one arm.
    pub rules: &'a RuleBook,
    /// First month of the cells. Lines sold before it count in fiscal periods in
    /// progress and in spent budgets; later ones do not.
    pub first: Month,
    /// Number of months.
    pub months: usize,
    /// Net revenue of one unit, series-major over `months`, in currency.
    pub net_price: &'a [f64],
}

/// A program as the cells see it.
#[derive(Debug, Clone, PartialEq)]
pub struct CellProgram {
    /// Identifier.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Kind of the terms that hold in the cells; of any terms where none hold.
    pub kind: ProgramKind,
    /// Whether its pay accrues to a fund (kind `mdf`) and is not a payout.
    pub fund: bool,
    /// Budget of the version in force in the first of the months that has one.
    pub budget: Option<f64>,
    /// What own pay before `first` left of it. Spent is what the recorded payouts
    /// say for periods that were over, plus the real lines of the period in
    /// progress; where the books hold no row of the version, its lines alone.
    /// Clawbacks give nothing back to a budget.
    pub budget_left: Option<f64>,
}

/// The rules of one arm, compiled.
#[derive(Debug, Clone)]
pub struct CellRules {
    first: Month,
    months: usize,
    programs: Vec<CellProgram>,
    terms: Vec<CellTerms>,
    /// By partner: its series of the panel.
    series: Vec<Range<usize>>,
    /// By partner: its accounts.
    accounts_of: Vec<Range<usize>>,
    accounts: Vec<Account>,
    spells: Vec<Spell>,
    openings: Vec<Earned>,
    slices: Vec<Slice>,
    items: Vec<Item>,
    /// Program-major over `months`.
    purses: Vec<Purse>,
    /// Caps of override pay to a parent: see [`CellRules::cap_overrides`].
    parents: Vec<budget::Parent>,
    longest_spell: usize,
    notes: Vec<String>,
}

/// One program for one partner that may earn under it.
#[derive(Debug, Clone)]
struct Account {
    program: usize,
    spells: Range<usize>,
}

/// The part of a fiscal period that lies in the cells; a month for programs by the
/// transaction.
#[derive(Debug, Clone)]
struct Spell {
    slices: Range<usize>,
    openings: Range<usize>,
    /// Measure and pay due when the cells begin.
    measure: f64,
    due: f64,
    /// Months of the whole fiscal period.
    length: i32,
}

/// A month, or the part of it in which one set of terms holds.
#[derive(Debug, Clone)]
struct Slice {
    t: usize,
    terms: u32,
    items: Range<usize>,
    counts: Counts,
    accelerate_from: f64,
    need: f64,
    /// Share of revenue to the direct parent; 0 without an active one.
    override_share: f64,
}

/// What one unit of a cell counts for in a slice.
#[derive(Debug, Clone, Copy)]
struct Item {
    /// `local series * months + t`.
    at: usize,
    /// Qualifying units.
    units: f64,
    /// Qualifying net revenue.
    revenue: f64,
    /// Pay, for programs by the transaction.
    pay: f64,
}

/// Working memory of calls for one draw, reused from call to call.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    earned: Vec<Earned>,
    volumes: Vec<Volume>,
    lane: LaneScratch<1>,
}

impl CellRules {
    /// Compiles the rules of one arm.
    pub fn compile(inputs: &CellInputs<'_>) -> Self {
        Self::compile_with(inputs, &LineMemory::default())
    }

    /// The same with what is already known of the company's past lines.
    pub fn compile_with(inputs: &CellInputs<'_>, memory: &LineMemory) -> Self {
        compile::run(inputs, true, memory)
    }

    /// The same without the real lines of periods in progress.
    pub(crate) fn compile_without_past(inputs: &CellInputs<'_>, memory: &LineMemory) -> Self {
        compile::run(inputs, false, memory)
    }

    /// The same rules with endless budgets.
    pub(crate) fn without_budgets(&self) -> Self {
        let endless = |p: &CellProgram| CellProgram { budget: None, budget_left: None, ..p.clone() };
        let programs = self.programs.iter().map(endless).collect();
        Self { programs, purses: Vec::new(), ..self.clone() }
    }

    /// The programs of the rule book, in its order.
    pub fn programs(&self) -> &[CellProgram] {
        &self.programs
    }

    /// First month of the cells.
    pub fn first(&self) -> Month {
        self.first
    }

    /// Number of months.
    pub fn months(&self) -> usize {
        self.months
    }

    /// The series of a partner, as positions in the panel.
    pub fn series(&self, partner: PartnerIx) -> Range<usize> {
        self.series[partner].clone()
    }

    /// The programs under which a partner may earn in these months, ascending.
    pub fn programs_of(&self, partner: PartnerIx) -> impl Iterator<Item = usize> {
        self.accounts[self.accounts_of[partner].clone()].iter().map(|a| a.program)
    }

    /// Working memory of the right size.
    pub fn scratch(&self) -> Scratch {
        Scratch {
            earned: Vec::with_capacity(self.longest_spell),
            volumes: Vec::with_capacity(self.longest_spell),
            lane: LaneScratch::default(),
        }
    }

    /// Names of rules approximated in cells, in words; only of programs with terms
    /// in these months.
    pub fn approximations(&self) -> Vec<String> {
        self.notes.clone()
    }

    /// Pays one partner. `units` holds its series × months. Writes
    /// `own[program * months + t]` and `overrides[program * months + t]` (what its
    /// direct parent gets), both before budgets, in currency. Override pay is
    /// before the parent's cap: [`CellRules::cap_overrides`].
    pub fn pay(
        &self,
        partner: PartnerIx,
        units: &[f64],
        scratch: &mut Scratch,
        own: &mut [f64],
        overrides: &mut [f64],
    ) {
        own.fill(0.0);
        overrides.fill(0.0);
        let (own, overrides) = (own.as_chunks_mut().0, overrides.as_chunks_mut().0);
        self.pay_lanes::<f64, 1>(partner, units.as_chunks().0, |p| p, &mut scratch.lane, own, overrides);
    }

    fn volume(&self, slice: &Slice, units: &[f64]) -> Volume {
        let mut volume = Volume::default();
        for item in &self.items[slice.items.clone()] {
            let y = units[item.at];
            volume.units += y * item.units;
            volume.revenue += y * item.revenue;
            volume.pay += y * item.pay;
        }
        volume
    }

    /// Adds a stretch to what is earned; gives its measure.
    fn push(&self, earned: &mut Vec<Earned>, slice: &Slice, start: f64, volume: &Volume) -> f64 {
        let terms = &self.terms[slice.terms as usize];
        earned.push(if terms.by_transaction() {
            Earned { terms: slice.terms, pay: volume.pay, units: 0.0, revenue: 0.0, need: 0.0 }
        } else {
            terms.earn(slice.terms, start, volume, slice.accelerate_from, slice.need)
        });
        terms.count(volume)
    }
}
