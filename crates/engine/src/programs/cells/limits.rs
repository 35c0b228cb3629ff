//! Which limits a partner meets in some cells: the cap a partner, and the tier that is
//! reached. Reads the compiled rules as `pay` does; pays nothing.

use crate::catalog::PartnerIx;

use super::rates::{Earned, due_each};
use super::{CellRules, Scratch};

/// What one fiscal period (a month, by the transaction) came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Met {
    /// Position among the programs.
    pub program: usize,
    /// Pay that the cap a partner cut, in currency.
    pub cut: f64,
    /// Highest tier reached, from 0; `None`: flat, or below the first.
    pub tier: Option<usize>,
}

impl CellRules {
    /// By program: whether any terms in these cells have a cap a partner, and the
    /// thresholds of their tiers, of the terms with most of them.
    pub(crate) fn limits(&self, program: usize) -> (bool, Vec<f64>) {
        let (mut capped, mut tiers) = (false, Vec::new());
        for account in self.accounts.iter().filter(|a| a.program == program) {
            for slice in
                self.spells[account.spells.clone()].iter().flat_map(|s| &self.slices[s.slices.clone()])
            {
                let terms = &self.terms[slice.terms as usize];
                capped |= terms.cap_partner.is_finite();
                let own = terms.thresholds();
                if own.len() > tiers.len() {
                    tiers = own;
                }
            }
        }
        (capped, tiers)
    }

    /// What a partner meets through month `last`, period by period; periods that end
    /// before month `from` are left out. `units`: its series × months.
    pub(crate) fn meet(
        &self,
        partner: PartnerIx,
        units: &[f64],
        (from, last): (usize, usize),
        scratch: &mut Scratch,
        mut met: impl FnMut(Met),
    ) {
        for account in &self.accounts[self.accounts_of[partner].clone()] {
            for spell in &self.spells[account.spells.clone()] {
                let slices = &self.slices[spell.slices.clone()];
                let counted = &slices[..slices.partition_point(|s| s.t <= last)];
                let Some(end) = counted.last().filter(|s| s.t >= from) else { continue };
                scratch.earned.clear();
                scratch.earned.extend_from_slice(&self.openings[spell.openings.clone()]);
                let mut measure = spell.measure;
                for slice in counted {
                    let volume = self.volume(slice, units);
                    measure += self.push(&mut scratch.earned, slice, measure, &volume);
                }
                let uncut: f64 = scratch.earned.iter().map(|e| self.uncut(e, measure)).sum();
                let due = due_each(&self.terms, &scratch.earned, measure, |_, _| ());
                let tier = self.terms[end.terms as usize].tier_at(measure);
                met(Met { program: account.program, cut: (uncut - due).max(0.0), tier });
            }
        }
    }

    fn uncut(&self, earned: &Earned, measure: f64) -> f64 {
        let terms = &self.terms[earned.terms as usize];
        if terms.by_transaction() { earned.pay } else { terms.settled(earned, measure) }
    }
}
