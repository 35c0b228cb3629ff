//! From a rule book to slices and items: for every partner and month the terms in
//! force, cut where they change, and what a unit of each series counts for.

use std::ops::Range;

use chrono::{Days, NaiveDate};

use crate::calendar::{Month, Span};
use crate::catalog::PartnerIx;

use super::budget;
use super::memory::LineMemory;
use super::notes::Notes;
use super::opening::{self, Groups, GrowthBases};
use super::qualify::partner_passes;
use super::stacking::{Candidate, resolve};
use super::table::TermsTable;
use super::{CellInputs, CellRules, Item};

/// A slice before it has its place.
pub(super) struct Draft {
    pub t: usize,
    pub terms: u32,
    pub items: Vec<Item>,
}

/// Work in progress; [`super::layout`] lays its result down.
pub(super) struct Compiler<'a> {
    pub inputs: &'a CellInputs<'a>,
    pub table: TermsTable<'a>,
    pub bases: GrowthBases,
    pub open: Groups,
    memory: &'a LineMemory,
    /// By terms, where it must be worked out: expected pay of a unit of each series,
    /// with the price it holds for.
    unit_pay: Vec<Vec<(f64, f64)>>,
    /// Days of the horizon on which some program's terms begin or end.
    cuts: Vec<NaiveDate>,
    pub notes: Notes,
    pub out: CellRules,
}

/// Compiles; `past`: whether periods in progress start from the real lines.
pub(super) fn run(inputs: &CellInputs<'_>, past: bool, memory: &LineMemory) -> CellRules {
    let table = TermsTable::new(inputs.company, inputs.panel, inputs.rules, memory);
    let mut bases = GrowthBases::default();
    let before = inputs.first.first_day();
    let open = if past {
        let since = opening::in_progress(&table, inputs.first, last_month(inputs));
        opening::groups(&table, &mut bases, &since, before)
    } else {
        Groups::new()
    };
    let purses = if past {
        budget::purses(&table, &mut bases, &open, inputs.first, inputs.months)
    } else {
        Vec::new()
    };
    let mut compiler = Compiler::new(inputs, memory, table, bases, open);
    compiler.out.purses = purses;
    for partner in 0..inputs.company.catalog.partners.len() {
        compiler.partner(partner);
    }
    compiler.finish()
}

fn last_month(inputs: &CellInputs<'_>) -> Month {
    inputs.first.plus(inputs.months.max(1) as i32 - 1)
}

/// By partner, its run of series in the panel.
fn series_ranges(inputs: &CellInputs<'_>) -> Vec<Range<usize>> {
    let series = &inputs.panel.series;
    let range = |partner| {
        let start = series.partition_point(|s| s.0 < partner);
        start..series.partition_point(|s| s.0 <= partner)
    };
    (0..inputs.company.catalog.partners.len()).map(range).collect()
}

impl<'a> Compiler<'a> {
    fn new(
        inputs: &'a CellInputs<'a>,
        memory: &'a LineMemory,
        table: TermsTable<'a>,
        bases: GrowthBases,
        open: Groups,
    ) -> Self {
        let horizon = Span::new(inputs.first.first_day(), last_month(inputs).last_day());
        let segments = inputs.rules.programs.iter().flat_map(|p| &p.segments);
        let mut cuts: Vec<NaiveDate> = segments
            .flat_map(|s| [Some(s.span.start), s.span.end.checked_add_days(Days::new(1))])
            .flatten()
            .filter(|day| horizon.contains(*day))
            .collect();
        cuts.sort_unstable();
        cuts.dedup();
        let out = CellRules {
            first: inputs.first,
            months: inputs.months,
            programs: Vec::new(),
            terms: Vec::new(),
            series: series_ranges(inputs),
            accounts_of: Vec::new(),
            accounts: Vec::new(),
            spells: Vec::new(),
            openings: Vec::new(),
            slices: Vec::new(),
            items: Vec::new(),
            purses: Vec::new(),
            parents: Vec::new(),
            longest_spell: 0,
            notes: Vec::new(),
        };
        let (unit_pay, notes) = (vec![Vec::new(); table.terms.len()], Notes::default());
        Self { inputs, table, bases, open, memory, unit_pay, cuts, notes, out }
    }

    /// The pieces of a month within which no terms and no tier of a partner change:
    /// a day of each and its share of the month.
    fn pieces(&self, partner: PartnerIx, month: Month) -> Vec<(NaiveDate, f64)> {
        let span = month.span();
        let tiers = self.inputs.company.catalog.partners[partner].tier_history.iter().map(|(day, _)| *day);
        let as_of = self.inputs.company.as_of;
        let mut starts = vec![span.start];
        let from = self.cuts.partition_point(|day| *day <= span.start);
        starts.extend(self.cuts[from..].iter().take_while(|day| **day <= span.end));
        starts.extend(tiers.filter(|day| *day > span.start && *day <= span.end && *day <= as_of));
        starts.sort_unstable();
        starts.dedup();
        let end = |i: usize| starts.get(i + 1).map_or(span.end, |next| *next - Days::new(1));
        let share = |i: usize| Span::new(starts[i], end(i)).days() as f64 / span.days() as f64;
        (0..starts.len()).map(|i| (starts[i], share(i))).collect()
    }

    fn partner(&mut self, partner: PartnerIx) {
        let first_account = self.out.accounts.len();
        if self.inputs.company.catalog.partners[partner].active && !self.out.series[partner].is_empty() {
            let mut drafts: Vec<Vec<Draft>> = Vec::new();
            drafts.resize_with(self.inputs.rules.programs.len(), Vec::new);
            for t in 0..self.inputs.months {
                for (day, share) in self.pieces(partner, self.inputs.first.plus(t as i32)) {
                    self.piece(partner, t, day, share, &mut drafts);
                }
            }
            for (program, slices) in drafts.into_iter().enumerate() {
                self.account(partner, program, slices);
            }
        }
        self.out.accounts_of.push(first_account..self.out.accounts.len());
    }

    /// Adds the items of a piece of a month to the drafts of every program.
    fn piece(&mut self, partner: PartnerIx, t: usize, day: NaiveDate, days: f64, drafts: &mut [Vec<Draft>]) {
        if days < 1.0 {
            self.note_cuts(partner, self.inputs.first.plus(t as i32).first_day(), day);
        }
        let holds: Vec<u32> = (0..drafts.len())
            .filter_map(|program| self.table.at(program, partner, day))
            .filter(|ix| partner_passes(self.inputs.company, self.table.source[*ix as usize], partner, day))
            .collect();
        let range = self.out.series[partner].clone();
        for series in range.clone() {
            let product = self.inputs.panel.series[series].1;
            let price = self.inputs.net_price[series * self.inputs.months + t];
            let mut candidates = Vec::with_capacity(holds.len());
            for ix in holds.iter().copied() {
                if !self.table.covers(ix, product) {
                    continue;
                }
                let program = self.table.terms[ix as usize].program;
                let share = self.table.tested[ix as usize].as_ref().map_or(1.0, |t| t.shares[series]);
                candidates.push(Candidate {
                    terms_ix: ix,
                    program_id: &self.inputs.rules.programs[program].id,
                    terms: self.table.source[ix as usize],
                    flat: self.unit_pay(ix, series, product, price),
                    share,
                });
            }
            let at = (series - range.start) * self.inputs.months + t;
            resolve(&candidates, |winner, share| {
                let weight = share * days;
                let item = Item { at, units: weight, revenue: weight * price, pay: weight * winner.flat };
                let program = self.table.terms[winner.terms_ix as usize].program;
                put(&mut drafts[program], t, winner.terms_ix, item);
            });
        }
    }

    /// Notes the programs whose terms differ between two days of a month.
    fn note_cuts(&mut self, partner: PartnerIx, one: NaiveDate, other: NaiveDate) {
        for program in 0..self.inputs.rules.programs.len() {
            let (a, b) = (self.table.at(program, partner, one), self.table.at(program, partner, other));
            if a != b {
                self.notes.cut(a.into_iter().chain(b));
            }
        }
    }

    /// Expected pay of one unit where every transaction is paid by itself (or its
    /// flat pay, which only stacking looks at, for longer periods).
    fn unit_pay(&mut self, ix: u32, series: usize, product: usize, price: f64) -> f64 {
        let terms = &self.table.terms[ix as usize];
        if terms.proportional() || !terms.by_transaction() {
            return terms.flat(1.0, price);
        }
        let inputs = self.inputs;
        let known = &mut self.unit_pay[ix as usize];
        if known.is_empty() {
            known.resize(inputs.panel.series.len(), (f64::NAN, 0.0));
        }
        if known[series].0 != price {
            let sizes = self.memory.sizes(inputs.company, inputs.panel);
            known[series] = (price, sizes.pay_of_unit(terms, series, product, price));
        }
        known[series].1
    }

    fn finish(mut self) -> CellRules {
        self.out.programs = self.programs();
        self.out.notes = self.notes.words(&self.table, self.bases.older, self.inputs);
        self.out.parents = budget::parents(&self.table, &self.out, &self.open);
        self.out.terms = self.table.terms;
        self.out
    }
}

/// Adds an item to the slice of its month and terms, which is the last one or new.
/// Pieces of one month under the same terms make one slice.
fn put(slices: &mut Vec<Draft>, t: usize, terms: u32, item: Item) {
    let Some(slice) = slices.iter_mut().rev().take_while(|s| s.t == t).find(|s| s.terms == terms) else {
        slices.push(Draft { t, terms, items: vec![item] });
        return;
    };
    match slice.items.iter_mut().rev().find(|known| known.at == item.at) {
        Some(known) => {
            known.units += item.units;
            known.revenue += item.revenue;
            known.pay += item.pay;
        }
        None => slice.items.push(item),
    }
}
