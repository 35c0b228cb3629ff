//! Which compiled terms hold for whom and when: the rule book's segments as
//! numbers, with the tests and targets beside them. It pays nothing.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::catalog::{PartnerIx, ProductIx};
use crate::company::Company;
use crate::panel::Panel;
use crate::programs::RuleBook;
use crate::programs::terms::Terms;
use crate::sales::SaleLine;

use super::memory::{LineMemory, Tested};
use super::qualify::{LineTests, partner_passes, sales_between};
use super::rates::{CellTerms, number};
use super::stacking::{Candidate, resolve};

/// The terms of every segment. The index of a segment's terms is what slices and
/// earned stretches refer to.
pub(crate) struct TermsTable<'a> {
    pub company: &'a Company,
    pub rules: &'a RuleBook,
    pub terms: Vec<CellTerms>,
    pub source: Vec<&'a Terms>,
    pub tests: Vec<LineTests>,
    /// What the tests make of the past lines; `None`: every line passes.
    pub tested: Vec<Option<Arc<Tested>>>,
    of_segment: Vec<Vec<Option<u32>>>,
    covers: Vec<Vec<bool>>,
    targets: HashMap<(usize, PartnerIx, NaiveDate), f64>,
}

impl<'a> TermsTable<'a> {
    pub fn new(company: &'a Company, panel: &Panel, rules: &'a RuleBook, memory: &LineMemory) -> Self {
        let (mut terms, mut source) = (Vec::new(), Vec::new());
        let mut of_segment = Vec::with_capacity(rules.programs.len());
        for (program, of) in rules.programs.iter().enumerate() {
            let mut row = Vec::with_capacity(of.segments.len());
            for segment in &of.segments {
                row.push(segment.terms.as_ref().map(|t| {
                    terms.push(CellTerms::of(program, segment.version, t));
                    source.push(t);
                    (terms.len() - 1) as u32
                }));
            }
            of_segment.push(row);
        }
        let tests: Vec<LineTests> = source.iter().map(|t| LineTests::of(t)).collect();
        let products = &company.catalog.products;
        let covers =
            source.iter().map(|t| products.iter().map(|p| t.covers(&p.sku, &p.family)).collect()).collect();
        let program_of: HashMap<&str, usize> =
            rules.programs.iter().enumerate().map(|(i, p)| (p.id.as_str(), i)).collect();
        let targets = company
            .targets
            .iter()
            .filter_map(|t| {
                let program = *program_of.get(t.program_id.as_str())?;
                Some(((program, t.partner, t.period_start), number(t.target)))
            })
            .collect();
        let tested = tests.iter().map(|tests| memory.tested(company, panel, tests)).collect();
        Self { company, rules, terms, source, tests, tested, of_segment, covers, targets }
    }

    /// The terms that hold for a partner on a day; `None` outside every version and
    /// while paused.
    pub fn at(&self, program: usize, partner: PartnerIx, day: NaiveDate) -> Option<u32> {
        let segments = &self.rules.programs[program].segments;
        let at = segments
            .iter()
            .rposition(|s| s.span.contains(day) && s.audience.as_ref().is_none_or(|a| a[partner]))?;
        self.of_segment[program][at]
    }

    pub fn covers(&self, terms: u32, product: ProductIx) -> bool {
        self.covers[terms as usize][product]
    }

    /// Everything of step 2 but the dates of the version; `at`: where the line stands
    /// among the company's.
    pub fn qualifies(&self, terms: u32, at: usize, line: &SaleLine) -> bool {
        let tested = self.tested[terms as usize].as_ref();
        self.covers(terms, line.product)
            && tested.is_none_or(|t| t.passes[at])
            && partner_passes(self.company, self.source[terms as usize], line.partner, line.sold_on)
    }

    /// The target of the `targets` table, if it has one.
    pub fn target(&self, program: usize, partner: PartnerIx, period_start: NaiveDate) -> Option<f64> {
        self.targets.get(&(program, partner, period_start)).copied()
    }

    /// The programs that share a stacking group with one of these, and these.
    pub fn with_group(&self, wanted: &[bool]) -> Vec<bool> {
        let group = |ix: usize| self.source[ix].stacking.as_ref().map(|s| s.group.as_str());
        let groups: Vec<&str> =
            (0..self.terms.len()).filter(|ix| wanted[self.terms[*ix].program]).filter_map(group).collect();
        let mut all = wanted.to_vec();
        for (ix, terms) in self.terms.iter().enumerate() {
            all[terms.program] |= group(ix).is_some_and(|g| groups.contains(&g));
        }
        all
    }

    /// Walks the real sales of some days and names the terms that pay for each
    /// line, stacking resolved, for the wanted programs.
    pub fn walk(
        &self,
        wanted: &[bool],
        from: NaiveDate,
        before: NaiveDate,
        mut paid: impl FnMut(u32, &'a SaleLine),
    ) {
        let looked_at = self.with_group(wanted);
        let mut candidates = Vec::new();
        for (at, line) in sales_between(self.company, from, before) {
            candidates.clear();
            for program in (0..looked_at.len()).filter(|p| looked_at[*p]) {
                let Some(ix) = self.at(program, line.partner, line.sold_on) else { continue };
                let terms = self.source[ix as usize];
                if !self.qualifies(ix, at, line) {
                    continue;
                }
                let compiled = &self.terms[ix as usize];
                let flat = compiled.flat(number(line.units), number(line.net_revenue));
                candidates.push(Candidate {
                    terms_ix: ix,
                    program_id: &self.rules.programs[program].id,
                    terms,
                    flat: flat.min(compiled.cap_transaction),
                    share: 1.0,
                });
            }
            resolve(&candidates, |winner, _| {
                if wanted[self.terms[winner.terms_ix as usize].program] {
                    paid(winner.terms_ix, line);
                }
            });
        }
    }
}
