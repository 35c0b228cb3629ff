//! What one more unit of a cell pays (FORECASTING.md §1), by the same compiled
//! rules that pay it.

use crate::catalog::PartnerIx;

use super::rates::{Volume, due};
use super::{CellRules, Scratch, Slice, Spell};

/// Share by which a product's volume of the period is moved, and at least this many units.
const MOVE: f64 = 0.1;
const LEAST_MOVE: f64 = 1.0;

impl CellRules {
    /// Expected extra pay for one extra unit, for every cell of a partner and every
    /// program that covers it: `out(program, at, pay)`, `at` being
    /// `local series * months + t`. `units`: predicted units, series × months.
    ///
    /// A cell is moved by ±10% of its product's volume over the whole fiscal period
    /// (at least ±1 unit, never below 0), its other products held, and the pay due
    /// on the period differenced; where pay is proportional, that is the plain rate.
    pub(crate) fn marginal(
        &self,
        partner: PartnerIx,
        units: &[f64],
        scratch: &mut Scratch,
        mut out: impl FnMut(usize, usize, f64),
    ) {
        for account in &self.accounts[self.accounts_of[partner].clone()] {
            for spell in &self.spells[account.spells.clone()] {
                if self.proportional(spell) {
                    self.rates(spell, |at, pay| out(account.program, at, pay));
                } else {
                    self.moved(spell, units, scratch, |at, pay| out(account.program, at, pay));
                }
            }
        }
    }

    fn proportional(&self, spell: &Spell) -> bool {
        self.slices[spell.slices.clone()].iter().all(|slice| {
            let terms = &self.terms[slice.terms as usize];
            terms.cap_partner.is_infinite() && (terms.by_transaction() || terms.proportional())
        })
    }

    fn rates(&self, spell: &Spell, mut out: impl FnMut(usize, f64)) {
        for slice in &self.slices[spell.slices.clone()] {
            let terms = &self.terms[slice.terms as usize];
            for item in &self.items[slice.items.clone()] {
                let by_period = || terms.flat(item.units, item.revenue);
                out(item.at, if terms.by_transaction() { item.pay } else { by_period() });
            }
        }
    }

    fn moved(&self, spell: &Spell, units: &[f64], scratch: &mut Scratch, mut out: impl FnMut(usize, f64)) {
        let slices = &self.slices[spell.slices.clone()];
        scratch.volumes.clear();
        scratch.volumes.extend(slices.iter().map(|slice| self.volume(slice, units)));
        let mut start = 0;
        while start < slices.len() {
            let t = slices[start].t;
            let end = start + slices[start..].iter().take_while(|s| s.t == t).count();
            for (i, slice) in slices[start..end].iter().enumerate() {
                for item in &self.items[slice.items.clone()] {
                    // A cell in two slices of a cut month is moved in both at once.
                    let earlier = &slices[start..start + i];
                    if earlier.iter().any(|s| self.item(s, item.at).is_some()) {
                        continue;
                    }
                    let step = self.step(spell, slices, units, item.at);
                    let down = step.min(units[item.at]);
                    let more = self.due_moved(spell, scratch, item.at, step, start..end);
                    let less = self.due_moved(spell, scratch, item.at, -down, start..end);
                    out(item.at, (more - less) / (step + down));
                }
            }
            start = end;
        }
    }

    fn item(&self, slice: &Slice, at: usize) -> Option<&super::Item> {
        self.items[slice.items.clone()].iter().find(|item| item.at == at)
    }

    /// Units to move by: from the product's volume in the months of the spell,
    /// brought to the length of the fiscal period.
    fn step(&self, spell: &Spell, slices: &[Slice], units: &[f64], at: usize) -> f64 {
        let series = at / self.months * self.months;
        let (first, last) = (slices[0].t, slices[slices.len() - 1].t);
        let volume: f64 = units[series + first..=series + last].iter().sum();
        let whole = volume * f64::from(spell.length) / (last - first + 1) as f64;
        (MOVE * whole).max(LEAST_MOVE)
    }

    /// Pay due on the whole spell with one cell moved by `by` units.
    fn due_moved(
        &self,
        spell: &Spell,
        scratch: &mut Scratch,
        at: usize,
        by: f64,
        month: std::ops::Range<usize>,
    ) -> f64 {
        scratch.earned.clear();
        scratch.earned.extend_from_slice(&self.openings[spell.openings.clone()]);
        let mut measure = spell.measure;
        for (i, slice) in self.slices[spell.slices.clone()].iter().enumerate() {
            let mut volume: Volume = scratch.volumes[i];
            if month.contains(&i)
                && let Some(item) = self.item(slice, at)
            {
                volume.units += by * item.units;
                volume.revenue += by * item.revenue;
                volume.pay += by * item.pay;
            }
            measure += self.push(&mut scratch.earned, slice, measure, &volume);
        }
        due(&self.terms, &scratch.earned, measure)
    }
}
