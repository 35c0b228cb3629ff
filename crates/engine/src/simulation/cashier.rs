//! Pays the touched partners in one draw of every pair of a block: runs the compiled
//! rules of every arm, shares out budgets and caps what parents get; `booking` puts the
//! pay into rows. Knows nothing of sales but the units it is handed.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::lanes::{Lanes, add, add_rows};
use super::real::{Real, each};
use super::stage::{Pay, Stage, Till};

/// A budget in one draw.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct BudgetDraw {
    /// Months from the first simulated one until it is gone.
    pub exhausted: Option<f64>,
    /// Pay that it cut, from the first month of the period on.
    pub unfunded: f64,
}

/// Working memory for paying. A *slot* is what rules are run for: the arms in
/// order, then for each option its rules on the baseline's volume.
pub struct Cashier<const P: usize> {
    arch: Arch,
    pay: Pay<P>,
    /// Of the partner at hand, by slot: program × month.
    own: Vec<Vec<Lanes<P>>>,
    overrides: Vec<Vec<Lanes<P>>>,
    /// By arm: own pay of the programs that may pay each partner ([`Stage::paid_months`]);
    /// where an arm pays what the baseline pays, only of the baseline.
    pub(super) kept: Vec<Vec<Lanes<P>>>,
    /// By slot: own pay over all touched partners, program × month.
    pub(super) totals: Vec<Vec<Lanes<P>>>,
    /// The same over those that figures count; empty where they count everybody.
    counted: Vec<Vec<Lanes<P>>>,
    /// By slot: overrides, parent row × program × month.
    pub(super) to_parents: Vec<Vec<Lanes<P>>>,
    /// By slot: funded share, program × month.
    pub(super) shares: Vec<Vec<Lanes<P>>>,
}

/// Number of slots.
fn slots(arms: usize) -> usize {
    2 * arms - 1
}

/// The arm whose rules a slot is run by.
fn arm_of(slot: usize, arms: usize) -> usize {
    if slot < arms { slot } else { slot - arms + 1 }
}

/// Whether a touched partner is paid otherwise than in the baseline, budgets aside.
pub(super) fn pays_otherwise(stage: &Stage, i: usize, arm: usize) -> bool {
    arm > 0 && (stage.reach.differs[arm][i] || stage.market.partners[i].sells_otherwise(arm))
}

/// The pay of one partner, compiled for every set of vector instructions.
struct OnePartner<'a, 's, T, const P: usize> {
    cashier: &'a mut Cashier<P>,
    stage: &'s Stage<'s>,
    i: usize,
    units: &'a [Vec<[T; P]>],
}

impl<T: Real, const P: usize> WithSimd for OnePartner<'_, '_, T, P> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.cashier.partner(self.stage, self.i, self.units);
    }
}

impl<const P: usize> Cashier<P> {
    pub fn of(stage: &Stage) -> Self {
        let (arms, matrix) = (stage.arms(), stage.matrix());
        let many = |count: usize, length: usize| vec![vec![[0.0; P]; length]; count];
        Self {
            arch: Arch::new(),
            pay: Pay::default(),
            own: many(slots(arms), matrix),
            overrides: many(slots(arms), matrix),
            kept: many(arms, stage.kept()),
            totals: many(slots(arms), matrix),
            counted: many(if stage.counts_all { 0 } else { slots(arms) }, matrix),
            to_parents: many(slots(arms), stage.parents.len() * matrix),
            shares: many(slots(arms), matrix),
        }
    }

    /// Forgets the last block.
    pub fn clear(&mut self) {
        self.totals
            .iter_mut()
            .chain(&mut self.counted)
            .chain(&mut self.to_parents)
            .for_each(|v| v.fill([0.0; P]));
    }

    /// Runs the rules on the units of one partner, by arm.
    pub fn pay_partner<T: Real>(&mut self, stage: &Stage, i: usize, units: &[Vec<[T; P]>]) {
        let arch = self.arch;
        arch.dispatch(OnePartner { cashier: self, stage, i, units });
    }

    #[inline(always)]
    fn partner<T: Real>(&mut self, stage: &Stage, i: usize, units: &[Vec<[T; P]>]) {
        let (arms, months, matrix) = (stage.arms(), stage.market.months, stage.matrix());
        let parent = stage.parent_of[i].and_then(|p| stage.payees[p].parent_row);
        for slot in 0..slots(arms) {
            let from = self.run(stage, i, slot, units);
            for (nth, row) in stage.paid[i].iter().enumerate() {
                let run = row * months..(row + 1) * months;
                let own = &self.own[from][run.clone()];
                add_rows(&mut self.totals[slot][run.clone()], own);
                if let Some(counted) = self.counted.get_mut(slot).filter(|_| stage.counts[i]) {
                    add_rows(&mut counted[run.clone()], own);
                }
                if slot < arms && from == slot {
                    self.kept[slot][stage.paid_months(i, nth)].copy_from_slice(own);
                }
                if let Some(parent) = parent {
                    let place = parent * matrix + run.start..parent * matrix + run.end;
                    add_rows(&mut self.to_parents[slot][place], &self.overrides[from][run]);
                }
            }
        }
    }

    /// Pays a partner in a slot; gives the slot that holds what it is paid.
    fn run<T: Real>(&mut self, stage: &Stage, i: usize, slot: usize, units: &[Vec<[T; P]>]) -> usize {
        let partner = &stage.market.partners[i];
        let length = partner.series.len() * stage.market.months;
        let arm = arm_of(slot, stage.arms());
        let sells = arm > 0 && partner.sells_otherwise(arm);
        let is_arm = slot < stage.arms();
        if slot == 0 || (is_arm && sells) {
            let (own, overrides) = (&mut self.own[slot], &mut self.overrides[slot]);
            let sold = &units[slot][..length];
            self.pay.run(&stage.tills[slot], partner.partner, &stage.paid[i], sold, own, overrides);
            return slot;
        }
        if !stage.reach.differs[arm][i] {
            return 0;
        }
        if !is_arm && !sells {
            // The option sells what the baseline sells: it is its own answer.
            return arm;
        }
        // The baseline's sales: only the changed programs can pay otherwise.
        let (till, months) = (&stage.changed_tills[arm - 1], stage.market.months);
        for row in &stage.paid[i] {
            copy(&mut self.own, slot, row * months..(row + 1) * months);
            copy(&mut self.overrides, slot, row * months..(row + 1) * months);
        }
        let (own, overrides) = (&mut self.own[slot], &mut self.overrides[slot]);
        self.pay.run(till, partner.partner, &till.rows, &units[0][..length], own, overrides);
        slot
    }

    /// Shares out the budgets and caps overrides. Gives by arm × program with a budget
    /// and pair of the block what became of it.
    pub fn limit(&mut self, stage: &Stage, mut seen: impl FnMut(usize, usize, BudgetDraw)) {
        let arms = stage.arms();
        let mut place = 0;
        for slot in 0..slots(arms) {
            let till = &stage.tills[arm_of(slot, arms)];
            self.shares[slot].fill([1.0; P]);
            for (row, _) in stage.programs.iter().enumerate().filter(|(_, p)| p.budgeted) {
                for lane in 0..P {
                    let budget = self.fund(stage, till, (slot, row), lane);
                    if slot < arms {
                        seen(place, lane, budget);
                    }
                }
                place += 1;
            }
            self.fund_tail_as_baseline(stage, slot);
            self.cap_parents(stage, till, slot);
        }
    }

    fn fund(&mut self, stage: &Stage, till: &Till, (slot, row): (usize, usize), lane: usize) -> BudgetDraw {
        let months = stage.market.months;
        let run = row * months..(row + 1) * months;
        let mut budget = BudgetDraw::default();
        let Some(local) = till.rows.iter().position(|r| *r == row) else { return budget };
        let outside = &stage.outside_own[run.clone()];
        let totals = &self.totals[slot][run.clone()];
        let all: Vec<f64> = totals.iter().zip(outside).map(|(a, b)| a[lane] + b).collect();
        let mut shares = vec![1.0; months];
        budget.exhausted = till.rules.fund(local, &all, &mut shares);
        let counted = |h: &usize| stage.months.rows[*h].is_some();
        // Whether it runs out is decided by everybody's pay, what is cut is told of who counts.
        let own = self.counted.get(slot).map(|of| &of[run.clone()]);
        let pay = |h: usize| own.map_or(all[h], |own| own[h][lane]);
        budget.unfunded = (0..months).filter(counted).map(|h| pay(h) * (1.0 - shares[h])).sum();
        for (slot, share) in self.shares[slot][run].iter_mut().zip(shares) {
            slot[lane] = share;
        }
        budget
    }

    /// After the period every arm is funded as the baseline is: that an option spends
    /// a budget sooner must not look like a saving in the months after it, when
    /// nothing is left to pay. What it draws within the period is its cost.
    fn fund_tail_as_baseline(&mut self, stage: &Stage, slot: usize) {
        let Some((baseline, shares)) = self.shares.split_first_mut().filter(|_| slot > 0) else { return };
        let months = stage.market.months;
        let tail = |h: &usize| stage.months.rows[*h].is_some() && !stage.months.in_period[*h];
        for h in (0..months).filter(tail) {
            for row in 0..stage.programs.len() {
                shares[slot - 1][row * months + h] = baseline[row * months + h];
            }
        }
    }

    /// Cuts overrides to what a parent may get; children outside of the question
    /// use up the same cap.
    fn cap_parents(&mut self, stage: &Stage, till: &Till, slot: usize) {
        let (months, matrix) = (stage.market.months, stage.matrix());
        for (parent, payee) in stage.parents.iter().enumerate() {
            let partner = stage.payees[*payee].partner;
            for (local, row) in till.rows.iter().enumerate() {
                if !till.rules.caps_overrides(local, partner) {
                    continue;
                }
                let run = row * months..(row + 1) * months;
                let touched = &mut self.to_parents[slot][parent * matrix..(parent + 1) * matrix][run.clone()];
                for lane in 0..P {
                    if touched.iter().all(|v| v[lane] == 0.0) {
                        continue;
                    }
                    let mut outside = stage.outside_overrides[parent][run.clone()].to_vec();
                    let mut all: Vec<f64> =
                        touched.iter().zip(&outside).map(|(pay, more)| pay[lane] + more).collect();
                    till.rules.cap_overrides(local, partner, &mut all);
                    till.rules.cap_overrides(local, partner, &mut outside);
                    for (pay, (all, outside)) in touched.iter_mut().zip(all.iter().zip(&outside)) {
                        pay[lane] = all - outside;
                    }
                }
            }
        }
    }

    /// By option: pay on the baseline's volume under the option's rules, less the
    /// baseline's pay. After [`Cashier::limit`].
    pub fn mechanical(&self, stage: &Stage) -> Vec<Lanes<P>> {
        let baseline = self.payout(stage, 0);
        let less = |pay: Lanes<P>| each(|lane| pay[lane] - baseline[lane]);
        (stage.arms()..slots(stage.arms())).map(|slot| less(self.payout(stage, slot))).collect()
    }

    /// Pay of a slot after budgets, period and tail, payouts only.
    fn payout(&self, stage: &Stage, slot: usize) -> Lanes<P> {
        let months = stage.market.months;
        let mut sum = [0.0; P];
        for (row, _) in stage.programs.iter().enumerate().filter(|(_, p)| !p.fund) {
            for h in (0..months).filter(|h| stage.months.rows[*h].is_some()) {
                let pay = self.paid(stage, slot, row * months + h);
                add(&mut sum, &pay);
            }
        }
        sum
    }

    /// What all payees that count together get of a program in a month, after limits.
    #[inline(always)]
    pub(super) fn paid(&self, stage: &Stage, slot: usize, at: usize) -> Lanes<P> {
        let own = &self.counted.get(slot).unwrap_or(&self.totals[slot])[at];
        let shares = &self.shares[slot][at];
        let mut pay: Lanes<P> = each(|lane| own[lane] * shares[lane]);
        for (parent, _) in stage.parents.iter().enumerate().filter(|(_, payee)| stage.counts[**payee]) {
            let overrides = &self.to_parents[slot][parent * stage.matrix() + at];
            add(&mut pay, overrides);
        }
        pay
    }
}

/// Copies some of the baseline's into a later slot.
fn copy<const P: usize>(slots: &mut [Vec<Lanes<P>>], to: usize, run: Range<usize>) {
    if let Some((baseline, later)) = slots.split_first_mut() {
        later[to - 1][run.clone()].copy_from_slice(&baseline[run]);
    }
}
