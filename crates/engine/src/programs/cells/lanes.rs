//! Pays one partner in several draws side by side, a lane a draw: one walk over the
//! rules serves all of them. What a stretch of sales earns is said in `rates`; the
//! common shapes (flat or retroactive, no accelerator, no growth) are written here over
//! all lanes at once, the others ask `rates` lane by lane.

use crate::catalog::PartnerIx;

use super::rates::{CellTerms, Earned, Mode, Volume};
use super::{CellRules, Slice, Spell};

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
    earned: Vec<Stretch<N>>,
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
    /// begin at row `row(program)` of both matrices.
    pub(crate) fn pay_lanes<const N: usize>(
        &self,
        partner: PartnerIx,
        units: &[[f64; N]],
        row: impl Fn(usize) -> usize,
        scratch: &mut LaneScratch<N>,
        own: &mut [[f64; N]],
        overrides: &mut [[f64; N]],
    ) {
        for account in &self.accounts[self.accounts_of[partner].clone()] {
            let row = row(account.program);
            let months = row * self.months..(row + 1) * self.months;
            let (own, overrides) = (&mut own[months.clone()], &mut overrides[months]);
            for spell in &self.spells[account.spells.clone()] {
                self.spell_lanes(spell, units, &mut scratch.earned, own, overrides);
            }
        }
    }

    #[inline(always)]
    fn spell_lanes<const N: usize>(
        &self,
        spell: &Spell,
        units: &[[f64; N]],
        earned: &mut Vec<Stretch<N>>,
        own: &mut [[f64; N]],
        overrides: &mut [[f64; N]],
    ) {
        earned.clear();
        earned.extend(self.openings[spell.openings.clone()].iter().map(Stretch::before));
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
            earned.push(Stretch::of(terms, slice, &measure, &volumes));
            let counted = terms.counted(&volumes.units, &volumes.revenue);
            for lane in 0..N {
                measure[lane] += counted[lane];
            }
            if slices.get(i + 1).is_none_or(|next| next.t != slice.t) {
                let due = due_lanes(&self.terms, earned, &measure);
                for lane in 0..N {
                    own[slice.t][lane] += due[lane] - before[lane];
                }
                before = due;
            }
        }
    }

    #[inline(always)]
    fn volumes<const N: usize>(&self, slice: &Slice, units: &[[f64; N]]) -> Volumes<N> {
        let mut volumes = Volumes { units: [0.0; N], revenue: [0.0; N], pay: [0.0; N] };
        let items = &self.items[slice.items.clone()];
        if slice.counts.units {
            items.iter().for_each(|item| add(&mut volumes.units, &units[item.at], item.units));
        }
        if slice.counts.revenue {
            items.iter().for_each(|item| add(&mut volumes.revenue, &units[item.at], item.revenue));
        }
        if slice.counts.pay {
            items.iter().for_each(|item| add(&mut volumes.pay, &units[item.at], item.pay));
        }
        volumes
    }
}

#[inline(always)]
fn add<const N: usize>(to: &mut [f64; N], units: &[f64; N], weight: f64) {
    for lane in 0..N {
        to[lane] += units[lane] * weight;
    }
}

impl<const N: usize> Stretch<N> {
    /// What was earned before the cells begin: the same in every lane.
    fn before(earned: &Earned) -> Self {
        Self {
            terms: earned.terms as usize,
            pay: [earned.pay; N],
            units: [earned.units; N],
            revenue: [earned.revenue; N],
            need: earned.need,
        }
    }

    /// What a slice earns when the running measure stands at `start` before it.
    #[inline(always)]
    fn of(terms: &CellTerms, slice: &Slice, start: &[f64; N], volumes: &Volumes<N>) -> Self {
        let mut stretch = Self {
            terms: slice.terms as usize,
            pay: [0.0; N],
            units: [0.0; N],
            revenue: [0.0; N],
            need: slice.need,
        };
        if terms.by_transaction() {
            stretch.pay = volumes.pay;
            stretch.need = 0.0;
        } else if terms.mode == Mode::Retroactive && terms.multiplier == 1.0 {
            (stretch.units, stretch.revenue) = (volumes.units, volumes.revenue);
        } else if terms.mode == Mode::Flat && terms.multiplier == 1.0 {
            for lane in 0..N {
                stretch.pay[lane] = terms.flat(volumes.units[lane], volumes.revenue[lane]);
            }
        } else {
            for lane in 0..N {
                let volume = Volume { units: volumes.units[lane], revenue: volumes.revenue[lane], pay: 0.0 };
                let earned = terms.earn(slice.terms, start[lane], &volume, slice.accelerate_from, slice.need);
                stretch.pay[lane] = earned.pay;
                (stretch.units[lane], stretch.revenue[lane]) = (earned.units, earned.revenue);
            }
        }
        stretch
    }

    /// Pay before the cap a partner, once the period's measure is known.
    #[inline(always)]
    fn settled(&self, of: &CellTerms, measure: &[f64; N]) -> [f64; N] {
        // Pay by the transaction has met its minimum and growth already.
        if of.by_transaction() || of.is_settled() {
            return self.pay;
        }
        if of.is_by_tier_alone() {
            return of.retroactive(&self.units, &self.revenue, measure);
        }
        std::array::from_fn(|lane| {
            let earned = Earned {
                terms: self.terms as u32,
                pay: self.pay[lane],
                units: self.units[lane],
                revenue: self.revenue[lane],
                need: self.need,
            };
            of.settled(&earned, measure[lane])
        })
    }
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
