//! Puts what was paid in one draw of every pair of a block into the rows of the ledger:
//! months, programs and totals from the sums of all payees, tiers, regions and partners
//! payee by payee. Pays nothing itself.

use pulp::{Arch, Simd, WithSimd};

use super::cashier::{Cashier, pays_otherwise};
use super::lanes::{Lanes, add};
use super::ledger::{Drawn, Groups, Ledger, drawn_at};
use super::real::each;
use super::stage::Stage;

/// Pay below half a cent is none.
const PAID_FROM: f64 = 0.005;

/// Working memory for booking the draws of one position in their pairs.
pub struct Booking<const P: usize> {
    arch: Arch,
    everything: Vec<usize>,
    /// By arm: what the payee at hand gets, program × month.
    gets: Vec<Vec<Lanes<P>>>,
    /// By arm: in which programs it earns own pay in the period, 1 or 0; last, whether in
    /// any changed one.
    earns: Vec<Vec<Lanes<P>>>,
}

/// The booking of one draw, compiled for every set of vector instructions.
struct OneDraw<'a, 's, const P: usize> {
    booking: &'a mut Booking<P>,
    stage: &'s Stage<'s>,
    draw: usize,
    cashier: &'a Cashier<P>,
    ledger: &'a mut Ledger<P>,
}

impl<const P: usize> WithSimd for OneDraw<'_, '_, P> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.booking.book_all(self.stage, self.draw, self.cashier, self.ledger);
    }
}

impl<const P: usize> Booking<P> {
    pub fn of(stage: &Stage) -> Self {
        let many = |length: usize| vec![vec![[0.0; P]; length]; stage.arms()];
        Self {
            arch: Arch::new(),
            everything: (0..stage.programs.len()).collect(),
            gets: many(stage.matrix()),
            earns: many(stage.programs.len() + 1),
        }
    }

    /// Books all pay. After [`Cashier::limit`].
    pub fn book(&mut self, stage: &Stage, draw: usize, cashier: &Cashier<P>, ledger: &mut Ledger<P>) {
        let arch = self.arch;
        arch.dispatch(OneDraw { booking: self, stage, draw, cashier, ledger });
    }

    #[inline(always)]
    fn book_all(&mut self, stage: &Stage, draw: usize, cashier: &Cashier<P>, ledger: &mut Ledger<P>) {
        book_sums(stage, draw, cashier, ledger);
        let everything = std::mem::take(&mut self.everything);
        for (at, payee) in stage.payees.iter().enumerate().filter(|(at, _)| stage.counts[*at]) {
            // What a parent gets is on its children's sales.
            let own = if payee.parent_row.is_some() { None } else { stage.paid.get(at) };
            let rows = own.unwrap_or(&everything);
            for arm in 0..stage.arms() {
                self.payee(stage, at, arm, rows, cashier);
            }
            if stage.detailed {
                self.pay(stage, draw, at, rows, ledger);
            }
            self.earning(stage, draw, at, rows, ledger);
        }
        self.everything = everything;
    }

    /// What a payee gets in an arm by some programs, and whether it earns.
    #[inline(always)]
    fn payee(&mut self, stage: &Stage, at: usize, arm: usize, rows: &[usize], cashier: &Cashier<P>) {
        let (gets, months, matrix) = (&mut self.gets[arm], stage.market.months, stage.matrix());
        let is_touched = at < stage.market.partners.len();
        let kept = &cashier.kept[if is_touched && pays_otherwise(stage, at, arm) { arm } else { 0 }];
        let paid: &[usize] = stage.paid.get(at).map_or(&[], Vec::as_slice);
        self.earns[arm].fill([0.0; P]);
        for row in rows {
            let run = row * months..(row + 1) * months;
            if let Ok(nth) = paid.binary_search(row) {
                let (own, shares) = (&kept[stage.paid_months(at, nth)], &cashier.shares[arm][run.clone()]);
                for ((own, share), gets) in own.iter().zip(shares).zip(&mut gets[run.clone()]) {
                    *gets = each(|lane| own[lane] * share[lane]);
                }
                let earns = earns(stage, at, *row, &gets[run.clone()]);
                if stage.programs[*row].changed {
                    let any = &mut self.earns[arm][stage.programs.len()];
                    any.iter_mut().zip(&earns).for_each(|(any, earns)| *any = any.max(*earns));
                }
                self.earns[arm][*row] = earns;
            } else {
                gets[run.clone()].fill([0.0; P]);
            }
            if let Some(parent) = stage.payees[at].parent_row {
                let overrides = &cashier.to_parents[arm][parent * matrix + run.start..];
                gets[run].iter_mut().zip(overrides).for_each(|(gets, more)| add(gets, more));
            }
        }
    }

    #[inline(always)]
    fn pay(&self, stage: &Stage, draw: usize, at: usize, rows: &[usize], ledger: &mut Ledger<P>) {
        let months = stage.market.months;
        for arm in 0..stage.arms() {
            // Payouts, funds.
            let mut sums = [[0.0; P]; 2];
            for row in rows {
                let sum = &mut sums[usize::from(stage.programs[*row].fund)];
                for cell in (0..months).filter(|h| is_counted(stage, arm, *h)).map(|h| row * months + h) {
                    add(sum, &self.gets[arm][cell]);
                    if arm > 0 {
                        sum.iter_mut().zip(&self.gets[0][cell]).for_each(|(sum, base)| *sum -= base);
                    }
                }
            }
            for (field, sum) in [Drawn::Payout, Drawn::Fund].into_iter().zip(&sums) {
                for row in stage.rows_of(at, &stage.payees[at]) {
                    ledger.add(row, arm, drawn_at(field, draw), sum);
                }
            }
        }
    }

    #[inline(always)]
    fn earning(&self, stage: &Stage, draw: usize, at: usize, rows: &[usize], ledger: &mut Ledger<P>) {
        let (field, any) = (drawn_at(Drawn::Earning, draw), stage.programs.len());
        for (arm, earns) in self.earns.iter().enumerate() {
            for nth in rows.iter().copied().chain([any]) {
                let base = if arm == 0 { [0.0; P] } else { self.earns[0][nth] };
                let count = each(|lane| earns[nth][lane] - base[lane]);
                if count == [0.0; P] {
                    continue;
                }
                if nth < any {
                    ledger.add(stage.groups.program(nth), arm, field, &count);
                    continue;
                }
                let rows = stage.rows_of(at, &stage.payees[at]);
                for row in rows.chain([Groups::TOTAL, Groups::GROSS]) {
                    ledger.add(row, arm, field, &count);
                }
            }
        }
    }
}

/// Whether pay of a month counts in totals: that of the period, and what an option moves
/// after it.
fn is_counted(stage: &Stage, arm: usize, h: usize) -> bool {
    stage.months.in_period[h] || (arm > 0 && stage.months.rows[h].is_some())
}

/// Books months, programs and totals.
#[inline(always)]
fn book_sums<const P: usize>(stage: &Stage, draw: usize, cashier: &Cashier<P>, ledger: &mut Ledger<P>) {
    let months = stage.market.months;
    for (row, program) in stage.programs.iter().enumerate() {
        let field = drawn_at(if program.fund { Drawn::Fund } else { Drawn::Payout }, draw);
        for h in 0..months {
            let Some(month) = stage.months.rows[h] else { continue };
            let base = cashier.paid(stage, 0, row * months + h);
            for arm in 0..stage.arms() {
                let mut pay = base;
                if arm > 0 {
                    let own = cashier.paid(stage, arm, row * months + h);
                    pay = each(|lane| own[lane] - base[lane]);
                }
                ledger.add(month, arm, field, &pay);
                if stage.months.in_period[h] {
                    ledger.add(Groups::GROSS, arm, field, &pay);
                }
                if is_counted(stage, arm, h) {
                    ledger.add(stage.groups.program(row), arm, field, &pay);
                    ledger.add(Groups::TOTAL, arm, field, &pay);
                }
            }
        }
    }
}

/// Whether a touched partner earns in a program, from its own pay after budgets: 1 or 0.
#[inline(always)]
fn earns<const P: usize>(stage: &Stage, at: usize, row: usize, own: &[Lanes<P>]) -> Lanes<P> {
    let mut sum = [0.0; P];
    for (own, _) in own.iter().zip(&stage.months.in_period).filter(|(_, in_period)| **in_period) {
        add(&mut sum, own);
    }
    let before = stage.earned_before[at][row];
    sum.map(|sum| f64::from(u8::from(before || sum >= PAID_FROM)))
}
