//! A block of pairs of draws from shared luck to sums. Keeps nothing of single cells.
//!
//! The pairs of a block are played side by side, partner by partner, so that a partner's
//! cells and rules are read once a block. No pair sees another one of its block: where
//! blocks begin does not move a figure.

use super::booking::Booking;
use super::cashier::{BudgetDraw, Cashier};
use super::chance::Shared;
use super::ledger::{DRAWS, Ledger};
use super::real::Real;
use super::sell::{Lift, Seller};
use super::stage::Stage;

/// Values of a ledger that are dealt out to the pairs of a block at a time.
const TILE: usize = 64;

/// What is kept of a pair.
#[derive(Debug, Clone, PartialEq)]
pub struct PairSums {
    /// As in [`Ledger::values`]; partner rows may have been dropped.
    pub values: Vec<f64>,
    /// By option: pay at baseline volume under its rules less the baseline's, in
    /// both draws.
    pub mechanical: Vec<[f64; DRAWS]>,
    /// By option: expected units of the treated volume in the period, and what the
    /// option adds to them, tail included.
    pub lift: Vec<[f64; 2]>,
    /// By arm × program with a budget, in both draws.
    pub budgets: Vec<[BudgetDraw; DRAWS]>,
}

/// Working memory of a thread for a block of `P` pairs.
pub struct Bench<T, const P: usize> {
    seller: Seller<T, P>,
    cashiers: [Cashier<P>; DRAWS],
    booking: Booking<P>,
    ledger: Ledger<P>,
    lift: Vec<Lift<P>>,
}

impl<T: Real, const P: usize> Bench<T, P> {
    /// Working memory of the right sizes.
    pub fn of(stage: &Stage) -> Self {
        Self {
            seller: Seller::of(stage),
            cashiers: std::array::from_fn(|_| Cashier::of(stage)),
            booking: Booking::of(stage),
            ledger: Ledger::new(&stage.groups, stage.arms()),
            lift: vec![[[0.0; P]; 2]; stage.arms() - 1],
        }
    }

    /// Plays the pairs from `first` on, one for each of `kept`, at most `P`: of each as
    /// many values of the ledger are kept as that says.
    pub fn play(&mut self, stage: &Stage, first: u64, kept: &[usize]) -> Vec<PairSums> {
        for (lanes, start) in self.ledger.values.iter_mut().zip(&stage.start) {
            *lanes = [*start; P];
        }
        self.lift.fill([[0.0; P]; 2]);
        self.cashiers.iter_mut().for_each(Cashier::clear);
        let shared = Shared::draw(stage, first);
        for i in 0..stage.market.partners.len() {
            self.seller.sell(stage, &shared, i, &mut self.ledger, &mut self.lift);
            for (cashier, units) in self.cashiers.iter_mut().zip(&self.seller.units) {
                cashier.pay_partner(stage, i, units);
            }
        }
        self.finish(stage, kept)
    }

    /// Shares out budgets, books what was paid, and keeps what is wanted of every pair.
    fn finish(&mut self, stage: &Stage, kept: &[usize]) -> Vec<PairSums> {
        let arms = stage.arms();
        let budgeted = stage.programs.iter().filter(|p| p.budgeted).count();
        let blank = |kept: &usize| PairSums {
            values: vec![0.0; *kept],
            mechanical: vec![[0.0; DRAWS]; arms - 1],
            lift: vec![[0.0; 2]; arms - 1],
            budgets: vec![[BudgetDraw::default(); DRAWS]; arms * budgeted],
        };
        let mut pairs: Vec<PairSums> = kept.iter().map(blank).collect();
        for (draw, cashier) in self.cashiers.iter_mut().enumerate() {
            cashier.limit(stage, |at, lane, budget| {
                if let Some(pair) = pairs.get_mut(lane) {
                    pair.budgets[at][draw] = budget;
                }
            });
            for (option, value) in cashier.mechanical(stage).into_iter().enumerate() {
                pairs.iter_mut().zip(value).for_each(|(pair, value)| pair.mechanical[option][draw] = value);
            }
            self.booking.book(stage, draw, cashier, &mut self.ledger);
        }
        // Some rows at a time, so that they stay near while every pair takes its lane.
        for (nth, rows) in self.ledger.values.chunks(TILE).enumerate() {
            for (lane, pair) in pairs.iter_mut().enumerate() {
                let Some(values) = pair.values.chunks_mut(TILE).nth(nth) else { continue };
                values.iter_mut().zip(rows).for_each(|(value, lanes)| *value = lanes[lane]);
            }
        }
        for (lane, pair) in pairs.iter_mut().enumerate() {
            for (to, from) in pair.lift.iter_mut().zip(&self.lift) {
                *to = from.map(|lanes| lanes[lane]);
            }
        }
        pairs
    }
}
