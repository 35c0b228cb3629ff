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

/// Working memory of a thread.
pub struct Bench {
    ledger: Ledger,
    seller: Seller,
    cashier: Cashier,
}

impl Bench {
    /// Working memory of the right sizes.
    pub fn of(stage: &Stage) -> Self {
        Self {
            ledger: Ledger::new(&stage.groups, stage.arms()),
            seller: Seller::of(stage),
            cashier: Cashier::of(stage),
        }
    }

    /// Plays a pair; keeps the first `kept` values of the ledger.
    pub fn play(&mut self, stage: &Stage, pair: u64, kept: usize) -> PairSums {
        let arms = stage.arms();
        let products = stage.reach.covered.len();
        let shared = Shared::draw(stage.market, products, stage.window.first, stage.seed, pair);
        self.ledger.values.copy_from_slice(&stage.start);
        self.seller.lift.fill([0.0; 2]);
        self.cashier.clear();
        for i in 0..stage.market.partners.len() {
            self.seller.sell(stage, &shared, pair, i, &mut self.ledger);
            self.cashier.pay_partner(stage, i, &self.seller.units);
        }
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
        PairSums { values, mechanical, lift: self.seller.lift.clone(), budgets }
    }
}
