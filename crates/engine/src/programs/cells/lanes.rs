//! Pays one partner in several draws side by side, a lane a draw: one walk over the
//! rules serves all of them. What a stretch of sales earns is said in `rates`, one draw
//! at a time; here it is written over all lanes at once. Tests hold the two together.

use pulp::{Arch, Simd, WithSimd};

use crate::catalog::PartnerIx;

use super::rates::{CLOSE, CellTerms, Earned, Mode};
use super::{CellRules, Item, Slice, Spell};

/// Lanes that are summed side by side: few enough to stay in registers.
const ABREAST: usize = 16;

/// What a stretch of sales earned in every lane: [`Earned`] side by side.
#[derive(Debug, Clone)]
struct Stretch<const N: usize> {
    terms: usize,
    pay: [f64; N],
    units: [f64; N],
    revenue: [f64; N],
    need: f64,
}

/// Working memory of [`CellRules::pay_lanes`], reused from call to call.
#[derive(Debug, Clone, Default)]
pub(crate) struct LaneScratch<const N: usize> {
    arch: Arch,
    earned: Vec<Stretch<N>>,
}

/// The work of one partner, compiled for every set of vector instructions.
struct OnePartner<'a, T, const N: usize, R> {
    rules: &'a CellRules,
    partner: PartnerIx,
    units: &'a [[T; N]],
    row: R,
    earned: &'a mut Vec<Stretch<N>>,
    own: &'a mut [[f64; N]],
    overrides: &'a mut [[f64; N]],
}

impl<T: Copy + Into<f64>, const N: usize, R: Fn(usize) -> usize> WithSimd for OnePartner<'_, T, N, R> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let rules = self.rules;
        rules.accounts_lanes(self);
    }
}

/// Qualifying sales of a slice in every lane; 0 where nothing depends on them
/// ([`super::rates::Counts`]).
struct Volumes<const N: usize> {
    units: [f64; N],
    revenue: [f64; N],
    pay: [f64; N],
}

impl CellRules {
    /// [`CellRules::pay`] for `N` draws, added to what is there: the months of a program
    /// begin at row `row(program)` of both matrices. Units may be in single precision.
    pub(crate) fn pay_lanes<T: Copy + Into<f64>, const N: usize>(
        &self,
        partner: PartnerIx,
        units: &[[T; N]],
        row: impl Fn(usize) -> usize,
        scratch: &mut LaneScratch<N>,
        own: &mut [[f64; N]],
        overrides: &mut [[f64; N]],
    ) {
        let (arch, earned) = (scratch.arch, &mut scratch.earned);
        arch.dispatch(OnePartner { rules: self, partner, units, row, earned, own, overrides });
    }

    #[inline(always)]
    fn accounts_lanes<T: Copy + Into<f64>, const N: usize, R: Fn(usize) -> usize>(
        &self,
        of: OnePartner<'_, T, N, R>,
    ) {
        let OnePartner { partner, units, row, earned, own, overrides, .. } = of;
        for account in &self.accounts[self.accounts_of[partner].clone()] {
            let row = row(account.program);
            let months = row * self.months..(row + 1) * self.months;
            let (own, overrides) = (&mut own[months.clone()], &mut overrides[months]);
            for spell in &self.spells[account.spells.clone()] {
                self.spell_lanes(spell, units, earned, own, overrides);
            }
        }
    }

    #[inline(always)]
    fn spell_lanes<T: Copy + Into<f64>, const N: usize>(
        &self,
        spell: &Spell,
        units: &[[T; N]],
        earned: &mut Vec<Stretch<N>>,
        own: &mut [[f64; N]],
        overrides: &mut [[f64; N]],
    ) {
        let mut stretches = 0;
        for before in &self.openings[spell.openings.clone()] {
            next(earned, &mut stretches).put_before(before);
        }
        let (mut measure, mut before) = ([spell.measure; N], [spell.due; N]);
        let slices = &self.slices[spell.slices.clone()];
        for (i, slice) in slices.iter().enumerate() {
            let volumes = self.volumes(slice, units);
            if slice.override_share != 0.0 {
                for lane in 0..N {
                    overrides[slice.t][lane] += slice.override_share * volumes.revenue[lane];
                }
            }
            let terms = &self.terms[slice.terms as usize];
            next(earned, &mut stretches).put(terms, slice, &measure, &volumes);
            let counted = terms.counted(&volumes.units, &volumes.revenue);
            for lane in 0..N {
                measure[lane] += counted[lane];
            }
            if slices.get(i + 1).is_none_or(|next| next.t != slice.t) {
                let due = due_lanes(&self.terms, &earned[..stretches], &measure);
                for lane in 0..N {
                    own[slice.t][lane] += due[lane] - before[lane];
                }
                before = due;
            }
        }
    }

    #[inline(always)]
    fn volumes<T: Copy + Into<f64>, const N: usize>(&self, slice: &Slice, units: &[[T; N]]) -> Volumes<N> {
        let mut volumes = Volumes { units: [0.0; N], revenue: [0.0; N], pay: [0.0; N] };
        let items = &self.items[slice.items.clone()];
        if slice.counts.units {
            volumes.units = weighed(items, units, |item| item.units);
        }
        if slice.counts.revenue {
            volumes.revenue = weighed(items, units, |item| item.revenue);
        }
        if slice.counts.pay {
            volumes.pay = weighed(items, units, |item| item.pay);
        }
        volumes
    }
}

/// Units of some cells, each times a weight, summed lane by lane in the order of the cells.
#[inline(always)]
fn weighed<T: Copy + Into<f64>, const N: usize>(
    items: &[Item],
    units: &[[T; N]],
    weight: impl Fn(&Item) -> f64,
) -> [f64; N] {
    let mut out = [0.0; N];
    if !N.is_multiple_of(ABREAST) {
        for item in items {
            for lane in 0..N {
                out[lane] += units[item.at][lane].into() * weight(item);
            }
        }
        return out;
    }
    for (out, from) in out.chunks_mut(ABREAST).zip((0..N).step_by(ABREAST)) {
        let mut sum = [0.0; ABREAST];
        for item in items {
            let (units, weight) = (&units[item.at][from..from + ABREAST], weight(item));
            for lane in 0..ABREAST {
                sum[lane] += units[lane].into() * weight;
            }
        }
        out.copy_from_slice(&sum);
    }
    out
}

/// The next stretch of a run, to be written.
#[inline(always)]
fn next<'e, const N: usize>(earned: &'e mut Vec<Stretch<N>>, stretches: &mut usize) -> &'e mut Stretch<N> {
    if *stretches == earned.len() {
        earned.push(Stretch { terms: 0, pay: [0.0; N], units: [0.0; N], revenue: [0.0; N], need: 0.0 });
    }
    *stretches += 1;
    &mut earned[*stretches - 1]
}

impl<const N: usize> Stretch<N> {
    /// What was earned before the cells begin: the same in every lane.
    #[inline(always)]
    fn put_before(&mut self, earned: &Earned) {
        (self.terms, self.need) = (earned.terms as usize, earned.need);
        self.pay = [earned.pay; N];
        self.units = [earned.units; N];
        self.revenue = [earned.revenue; N];
    }

    /// What a slice earns when the running measure stands at `start` before it. Only what
    /// [`Stretch::settled`] looks at for these terms is written.
    #[inline(always)]
    fn put(&mut self, terms: &CellTerms, slice: &Slice, start: &[f64; N], volumes: &Volumes<N>) {
        (self.terms, self.need) = (slice.terms as usize, slice.need);
        if terms.by_transaction() {
            self.pay = volumes.pay;
            return;
        }
        match terms.mode {
            Mode::Flat => {
                for lane in 0..N {
                    self.pay[lane] = terms.flat(volumes.units[lane], volumes.revenue[lane]);
                }
                if terms.multiplier != 1.0 {
                    let weights = weights(terms, slice, start, volumes);
                    for lane in 0..N {
                        self.pay[lane] *= weights[lane];
                    }
                }
            }
            Mode::Retroactive => {
                (self.units, self.revenue) = (volumes.units, volumes.revenue);
                if terms.multiplier != 1.0 {
                    let weights = weights(terms, slice, start, volumes);
                    for lane in 0..N {
                        self.units[lane] *= weights[lane];
                        self.revenue[lane] *= weights[lane];
                    }
                }
            }
            Mode::Marginal => {
                let (units, revenue) = (&volumes.units, &volumes.revenue);
                self.pay = terms.marginal_lanes(units, revenue, start, slice.accelerate_from);
            }
        }
    }

    /// Pay before the cap a partner, once the period's measure is known.
    #[inline(always)]
    fn settled(&self, of: &CellTerms, measure: &[f64; N]) -> [f64; N] {
        // Pay by the transaction has met its minimum and growth already.
        if of.by_transaction() {
            return self.pay;
        }
        let mut pay = match of.mode {
            Mode::Retroactive => of.retroactive(&self.units, &self.revenue, measure),
            Mode::Flat | Mode::Marginal => self.pay,
        };
        if of.growth.is_some() {
            for lane in 0..N {
                let grown = pay[lane] * ((measure[lane] - self.need) / measure[lane]).max(0.0);
                pay[lane] = if measure[lane] > 0.0 { grown } else { 0.0 };
            }
        }
        if of.minimum > 0.0 {
            for lane in 0..N {
                pay[lane] = if of.minimum > measure[lane] + CLOSE { 0.0 } else { pay[lane] };
            }
        }
        pay
    }
}

/// The accelerator's weight of a slice's sales: 1 for the part of the measure below it.
#[inline(always)]
fn weights<const N: usize>(
    terms: &CellTerms,
    slice: &Slice,
    start: &[f64; N],
    volumes: &Volumes<N>,
) -> [f64; N] {
    let mut weights = [1.0; N];
    let counted = terms.counted(&volumes.units, &volumes.revenue);
    let level = slice.accelerate_from;
    for lane in 0..N {
        let (from, to) = (start[lane], start[lane] + counted[lane]);
        let part = (to - level) / (to - from);
        let part = if from >= level || to <= from { 1.0 } else { part };
        let part = if to <= level { 0.0 } else { part };
        weights[lane] += (terms.multiplier - 1.0) * part;
    }
    weights
}

/// [`super::rates::due`] side by side.
#[inline(always)]
fn due_lanes<const N: usize>(terms: &[CellTerms], earned: &[Stretch<N>], measure: &[f64; N]) -> [f64; N] {
    let mut total = [0.0; N];
    for stretch in earned {
        let of = &terms[stretch.terms];
        let pay = stretch.settled(of, measure);
        for lane in 0..N {
            total[lane] += pay[lane].min((of.cap_partner - total[lane]).max(0.0));
        }
    }
    total
}
