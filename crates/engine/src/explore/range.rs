//! The values of a lever among which a goal is sought: from nothing to a few times
//! what holds today, in steps that people would write.

use rust_decimal::Decimal;

use super::trial::Place;
use crate::company::Company;
use crate::programs::RuleBook;
use crate::scenario::change::{self, Unit};
use crate::scenario::rules::lever_span;
use crate::scenario::{Draft, Operation};

/// How many times today's value is looked at.
const TIMES_MAX: Decimal = Decimal::from_parts(4, 0, 0, false, 0);

/// Where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Lowest value.
    pub low: Decimal,
    /// Highest value.
    pub high: Decimal,
    /// No value is finer than this.
    pub grain: Decimal,
}

impl Range {
    /// The range of a lever; `None` for a lever without a number, or one whose term
    /// has no value today to start from.
    pub fn of(draft: &Draft, place: Place, company: &Company) -> Option<Self> {
        let lever = draft.options.get(place.option)?.levers.get(place.lever)?;
        let span = lever_span(lever, draft, company)?;
        let book = RuleBook::of(&company.programs);
        let rules = book.programs.iter().find(|p| p.id == lever.program)?;
        let held = rules.segments.iter().rev().find(|s| s.span.intersection(&span).is_some());
        let terms = held?.terms.as_ref()?;
        let unit = change::unit(terms, lever.parameter)?;
        let tier = lever.tier_from.as_deref().and_then(|t| t.parse().ok());
        let now = change::current(terms, lever.parameter, tier).ok()??;
        let cent = Decimal::new(1, 2);
        let own_grain = match unit {
            Unit::MoneyPerUnit | Unit::Percent | Unit::Factor => cent,
            Unit::Money | Unit::Measure(_) => Decimal::ONE,
        };
        let (high, grain) = match lever.operation {
            Operation::SetTo => (now * TIMES_MAX, own_grain),
            Operation::IncreaseByPercent => (Decimal::from(300), Decimal::new(1, 1)),
            Operation::DecreaseByPercent => (Decimal::ONE_HUNDRED, Decimal::new(1, 1)),
            Operation::MultiplyBy => (TIMES_MAX, cent),
            Operation::IncreaseByPoints | Operation::IncreaseByAmount => {
                (now * (TIMES_MAX - Decimal::ONE), own_grain)
            }
            Operation::DecreaseByPoints | Operation::DecreaseByAmount => (now, own_grain),
            _ => return None,
        };
        (high > Decimal::ZERO).then_some(Self { low: Decimal::ZERO, high, grain })
    }

    /// `count` values from low to high, both included.
    pub fn values(&self, count: u32) -> Vec<Decimal> {
        let step = (self.high - self.low) / Decimal::from(count.max(2) - 1);
        let mut values: Vec<Decimal> =
            (0..count).map(|i| self.rounded(self.low + step * Decimal::from(i))).collect();
        values.dedup();
        values
    }

    /// `count` values strictly between low and high.
    pub fn between(&self, count: u32) -> Vec<Decimal> {
        let step = (self.high - self.low) / Decimal::from(count + 1);
        let mut values: Vec<Decimal> =
            (1..=count).map(|i| self.rounded(self.low + step * Decimal::from(i))).collect();
        values.retain(|v| *v > self.low && *v < self.high);
        values.dedup();
        values
    }

    fn rounded(&self, value: Decimal) -> Decimal {
        ((value / self.grain).round() * self.grain).normalize()
    }
}
