//! PAYOUTS.md, step 5: base pay of a line, or of a part of it. Knows rates and
//! tiers only.

use rust_decimal::Decimal;

use super::money;
use super::rules::{Factor, Schedule};

/// A stretch (`from`, `to`] of the running measure, and the line that fills it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// Units of the whole line.
    pub units: Decimal,
    /// Net revenue of the whole line.
    pub revenue: Decimal,
    /// Measure of the whole line.
    pub measure: Decimal,
    /// Running measure before the stretch.
    pub from: Decimal,
    /// Running measure after it.
    pub to: Decimal,
}

impl Piece {
    /// A line that stands alone.
    pub fn whole(units: Decimal, revenue: Decimal, measure: Decimal) -> Self {
        Self { units, revenue, measure, from: Decimal::ZERO, to: measure }
    }

    /// The part of the stretch inside (`from`, `to`]; `None` when empty.
    pub fn between(self, from: Decimal, to: Option<Decimal>) -> Option<Self> {
        let from = self.from.max(from);
        let to = to.map_or(self.to, |to| self.to.min(to));
        (from < to).then_some(Self { from, to, ..self })
    }

    /// Length of the stretch.
    pub fn length(&self) -> Decimal {
        money::sub(self.to, self.from)
    }

    /// Units or revenue times the factor, in proportion to the stretch.
    pub fn at(&self, factor: Factor) -> Decimal {
        let quantity = if factor.of_units { self.units } else { self.revenue };
        let length = self.length();
        if quantity == self.measure {
            money::mul(length, factor.value)
        } else {
            money::share(money::mul(quantity, factor.value), length, self.measure)
        }
    }
}

/// The tier that holds a measure: the last whose `from` it reaches.
pub fn tier_at(tiers: &[(Decimal, Factor)], measure: Decimal) -> Option<usize> {
    tiers.partition_point(|(from, _)| *from <= measure).checked_sub(1)
}

/// Base pay of a piece in a group whose measure is `total` (M).
pub fn base(schedule: &Schedule, piece: Piece, total: Decimal) -> Decimal {
    match schedule {
        Schedule::Flat(factor) => piece.at(*factor),
        Schedule::Retroactive(tiers) => {
            tier_at(tiers, total).map_or(Decimal::ZERO, |tier| piece.at(tiers[tier].1))
        }
        Schedule::Marginal(tiers) => parts(tiers, piece)
            .fold(Decimal::ZERO, |sum, (tier, part)| money::add(sum, part.at(tiers[tier].1))),
    }
}

/// The parts of a piece by marginal tier.
pub fn parts(tiers: &[(Decimal, Factor)], piece: Piece) -> impl Iterator<Item = (usize, Piece)> + '_ {
    let first = tiers.partition_point(|(from, _)| *from <= piece.from).saturating_sub(1);
    (first..tiers.len())
        .take_while(move |tier| tiers[*tier].0 < piece.to)
        .filter_map(move |tier| Some((tier, piece.between(tiers[tier].0, tiers.get(tier + 1).map(|t| t.0))?)))
}
