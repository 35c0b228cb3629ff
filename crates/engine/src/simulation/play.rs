//! One pair of draws from shared luck to sums. Keeps nothing of single cells.

use super::cashier::{BudgetDraw, Cashier};
use super::chance::Shared;
use super::ledger::{DRAWS, Ledger};
use super::sell::Seller;
use super::stage::Stage;

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

/// Working memory of a thread: one seller, and what is kept of every pair of a block.
///
/// A block of pairs is played partner by partner, so that a partner's cells and rules
/// are read from memory once a block and not once a pair.
pub struct Bench {
    seller: Seller,
    pairs: Vec<Tally>,
}

/// The sums of one pair while its block is played.
struct Tally {
    ledger: Ledger,
    cashier: Cashier,
    lift: Vec<[f64; 2]>,
}

impl Bench {
    /// Working memory of the right sizes.
    pub fn of(stage: &Stage) -> Self {
        Self { seller: Seller::of(stage), pairs: Vec::new() }
    }

    /// Plays pairs from `first` on; of each as many values of the ledger are kept as
    /// `kept` says.
    pub fn play(&mut self, stage: &Stage, first: u64, kept: &[usize]) -> Vec<PairSums> {
        let products = stage.reach.covered.len();
        let pair = |k: usize| first + k as u64;
        let draw = |k| Shared::draw(stage.market, products, stage.window.first, stage.seed, pair(k));
        let shared: Vec<Shared> = (0..kept.len()).map(draw).collect();
        self.pairs.resize_with(kept.len().max(self.pairs.len()), || Tally::of(stage));
        let tallies = &mut self.pairs[..kept.len()];
        tallies.iter_mut().for_each(|tally| tally.clear(stage));
        for i in 0..stage.market.partners.len() {
            for (k, tally) in tallies.iter_mut().enumerate() {
                self.seller.sell(stage, &shared[k], pair(k), i, &mut tally.ledger, &mut tally.lift);
                tally.cashier.pay_partner(stage, i, &self.seller.units);
            }
        }
        tallies.iter_mut().zip(kept).map(|(tally, kept)| tally.finish(stage, *kept)).collect()
    }
}

impl Tally {
    fn of(stage: &Stage) -> Self {
        Self {
            ledger: Ledger::new(&stage.groups, stage.arms()),
            cashier: Cashier::of(stage),
            lift: vec![[0.0; 2]; stage.arms() - 1],
        }
    }

    fn clear(&mut self, stage: &Stage) {
        self.ledger.values.copy_from_slice(&stage.start);
        self.lift.fill([0.0; 2]);
        self.cashier.clear();
    }

    /// Shares out budgets, books what was paid, and keeps the first `kept` values.
    fn finish(&mut self, stage: &Stage, kept: usize) -> PairSums {
        let arms = stage.arms();
        let budgeted = stage.programs.iter().filter(|p| p.budgeted).count();
        let mut budgets = vec![[BudgetDraw::default(); DRAWS]; arms * budgeted];
        let mut mechanical = vec![[0.0; DRAWS]; arms - 1];
        for draw in 0..DRAWS {
            self.cashier.limit(stage, draw, |at, budget| budgets[at][draw] = budget);
            for (slot, value) in mechanical.iter_mut().zip(self.cashier.mechanical(stage, draw)) {
                slot[draw] = value;
            }
            self.cashier.book(stage, draw, &mut self.ledger);
        }
        let values = self.ledger.values[..kept.min(self.ledger.values.len())].to_vec();
        PairSums { values, mechanical, lift: self.lift.clone(), budgets }
    }
}
