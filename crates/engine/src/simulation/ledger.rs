//! Sums of pairs of draws by group, arm and field: what is kept of a draw once
//! its cells are gone. A group is a row of the answer (the totals, a month, a
//! program, a product, a tier, a region, a partner).
//!
//! **Totals and the tail.** A total covers the period; what an option moves in the
//! tail after it is counted with it: the baseline shows the period itself, a
//! difference is that of period and tail, so that pull-forward is paid for, and an
//! option is baseline + difference. Month rows show each month whole, the gross
//! group the period alone. Options are stored as differences: what a change does
//! not reach is a difference of exactly nothing.

use super::lanes::{self, Lanes};
use super::window::Window;
use crate::calendar::Month;

/// Fields of a group and arm. Expectations first, then the two draws.
pub const FIELDS: usize = 15;
/// Draws of a pair.
pub const DRAWS: usize = 2;
/// Fields of a single draw.
const DRAWN: usize = 6;

/// Expectations of the pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    Units = 0,
    Revenue = 1,
    Margin = 2,
}

/// What a single draw brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    Units = 0,
    Revenue = 1,
    Margin = 2,
    Payout = 3,
    Fund = 4,
    Earning = 5,
}

/// Position of an expectation in a group's fields.
pub fn expected_at(field: Expected) -> usize {
    field as usize
}

/// Position of a draw's value in a group's fields.
pub fn drawn_at(field: Drawn, draw: usize) -> usize {
    3 + draw * DRAWN + field as usize
}

/// Where each group stands. Partner rows come last: they are kept for fewer pairs
/// when there are very many.
#[derive(Debug, Clone, PartialEq)]
pub struct Groups {
    /// Month rows: past months of the period, the period, the tail.
    pub months: Vec<Month>,
    pub programs: usize,
    pub products: usize,
    pub tiers: usize,
    pub regions: usize,
    pub partners: usize,
    past: usize,
    lead: usize,
}

impl Groups {
    pub const TOTAL: usize = 0;
    pub const GROSS: usize = 1;
    const FIRST_MONTH: usize = 2;

    pub fn new(
        window: &Window,
        programs: usize,
        products: usize,
        tiers: usize,
        regions: usize,
        partners: usize,
    ) -> Self {
        let lead = (0..window.months).take_while(|h| !window.in_period(*h)).count();
        let months = window.past.iter().copied().chain((lead..window.months).map(|h| window.month(h)));
        Self {
            months: months.collect(),
            programs,
            products,
            tiers,
            regions,
            partners,
            past: window.past.len(),
            lead,
        }
    }

    /// Row of a simulated month that is not before the period.
    pub fn month(&self, h: usize) -> usize {
        Self::FIRST_MONTH + self.past + h - self.lead
    }

    /// Row of a month by its position in [`Groups::months`].
    pub fn month_row(&self, i: usize) -> usize {
        Self::FIRST_MONTH + i
    }

    pub fn program(&self, i: usize) -> usize {
        Self::FIRST_MONTH + self.months.len() + i
    }

    pub fn product(&self, i: usize) -> usize {
        self.program(self.programs) + i
    }

    pub fn tier(&self, i: usize) -> usize {
        self.product(self.products) + i
    }

    pub fn region(&self, i: usize) -> usize {
        self.tier(self.tiers) + i
    }

    pub fn partner(&self, i: usize) -> usize {
        self.region(self.regions) + i
    }

    /// All rows.
    pub fn count(&self) -> usize {
        self.partner(self.partners)
    }
}

/// The sums of some pairs of draws, side by side.
#[derive(Debug, Clone)]
pub struct Ledger<const P: usize> {
    arms: usize,
    /// group × arm × field; arms after the first hold differences to it.
    pub values: Vec<Lanes<P>>,
}

impl<const P: usize> Ledger<P> {
    pub fn new(groups: &Groups, arms: usize) -> Self {
        Self { arms, values: vec![[0.0; P]; groups.count() * arms * FIELDS] }
    }

    /// All fields of a group and arm.
    #[inline(always)]
    pub fn row(&mut self, group: usize, arm: usize) -> &mut [Lanes<P>; FIELDS] {
        let from = at(self.arms, group, arm, 0);
        (&mut self.values[from..from + FIELDS]).try_into().expect("a row has all fields")
    }

    #[inline(always)]
    pub fn add(&mut self, group: usize, arm: usize, field: usize, value: &Lanes<P>) {
        lanes::add(&mut self.values[at(self.arms, group, arm, field)], value);
    }

    /// Adds the same fields in every lane.
    pub fn add_all(&mut self, group: usize, arm: usize, fields: &[f64; FIELDS]) {
        for (slot, value) in self.row(group, arm).iter_mut().zip(fields) {
            lanes::add(slot, &[*value; P]);
        }
    }
}

/// Position of a field among all values.
pub fn at(arms: usize, group: usize, arm: usize, field: usize) -> usize {
    (group * arms + arm) * FIELDS + field
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Span;

    #[test]
    fn rows_do_not_overlap() {
        let day = |s: &str| s.parse().expect("a value");
        let period = Span::new(day("2026-08-01"), day("2026-09-30"));
        let window = Window::of(period, day("2026-06-30")).expect("a value");
        let groups = Groups::new(&window, 2, 3, 1, 1, 4);
        assert_eq!(groups.months.len(), 4);
        assert_eq!((groups.month(1), groups.month(4)), (2, 5));
        assert_eq!((groups.program(0), groups.product(0), groups.partner(0)), (6, 8, 13));
        assert_eq!(groups.count(), 17);
        let mut ledger = Ledger::<2>::new(&groups, 2);
        ledger.add(groups.month(3), 1, drawn_at(Drawn::Payout, 1), &[7.0, 8.0]);
        ledger.add_all(groups.partner(3), 1, &[1.0; FIELDS]);
        let set = ledger.values.iter().filter(|v| **v != [0.0; 2]).count();
        assert_eq!(set, 1 + FIELDS);
        assert_eq!(ledger.values[at(2, groups.month(3), 1, drawn_at(Drawn::Payout, 1))], [7.0, 8.0]);
        assert_eq!(ledger.values.last(), Some(&[1.0; 2]));
    }
}
