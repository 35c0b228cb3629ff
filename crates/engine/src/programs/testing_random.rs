//! Random programs and histories for property tests: every structure and step of
//! PAYOUTS.md is reached. For tests only.

use chrono::Days;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::terms::{Accelerator, Growth, Measure, Pay, Rate, StackingMode, Terms, TierMode};
use super::testing::{World, d, day, percent_tiers, span, stacked, unit_tiers};
use crate::calendar::PeriodKind;

/// A sale: partner, product, day of the two years, units, revenue in tens of cents,
/// customer, and whether it is returned.
type RawSale = (u8, u8, u16, u8, u16, u8, u8);

/// What a world is made of; shrinks to few sales and plain terms.
#[derive(Debug, Clone)]
pub struct Recipe {
    terms: [u8; 14],
    sales: Vec<RawSale>,
}

/// Any recipe.
pub fn recipes() -> impl Strategy<Value = Recipe> {
    let sales = prop::collection::vec(any::<RawSale>(), 1..40);
    (any::<[u8; 14]>(), sales).prop_map(|(terms, sales)| Recipe { terms, sales })
}

impl Recipe {
    /// Program `p` in two versions that meet on 11 May 2026, program `q` in its
    /// stacking group, and sales of 2025 and 2026, some of them returned.
    pub fn world(&self) -> World {
        let t = &self.terms;
        let mut world = World::new();
        if t[0].is_multiple_of(9) {
            world.currency("JPY");
        }
        for (version, from, to) in [(1, "2025-01-01", "2026-05-10"), (2, "2026-05-11", "2026-12-31")] {
            let terms = world.version("p", version);
            terms.effective = span(from, to);
            self.shape(terms, version as u8);
        }
        self.rival(world.program("q"));
        self.sell(&mut world);
        world
    }

    fn shape(&self, terms: &mut Terms, version: u8) {
        let t = &self.terms;
        let some = |at: usize, one_in: u8| t[at].is_multiple_of(one_in);
        let kinds = [
            PeriodKind::Quarter,
            PeriodKind::Transaction,
            PeriodKind::Month,
            PeriodKind::Half,
            PeriodKind::Year,
        ];
        terms.period = kinds[usize::from(t[1] % 5)];
        terms.measure = if some(2, 2) { Measure::Units } else { Measure::Revenue };
        let (second, third) = if some(2, 2) { ("7", "20") } else { ("500", "2500.5") };
        let mode = if some(4, 2) { TierMode::Retroactive } else { TierMode::Marginal };
        terms.rate = match t[3].wrapping_add(version) % 4 {
            0 => Rate::Flat(Pay::PerUnit(d("4.005"))),
            1 => Rate::Flat(Pay::Percent(d("3.333"))),
            2 => percent_tiers(mode, &[("1", "1"), (second, "2.005"), (third, "3.337")]),
            _ => unit_tiers(mode, &[("0", "1.5"), (second, "2.255"), (third, "4")]),
        };
        terms.minimum = some(5, 4).then(|| d(second));
        if some(6, 3) {
            terms.target = Some(d(second));
            let multiplier = if some(7, 3) { d("0.5") } else { d("1.75") };
            terms.accelerator = Some(Accelerator { above_attainment: d("110"), multiplier });
        }
        terms.growth = some(7, 5).then(|| Growth { above: d("2.5") });
        terms.override_percent = some(8, 2).then(|| d("0.75"));
        terms.claim_within_days = some(9, 4).then_some(30);
        terms.eligible.new_customer_only = some(10, 6);
        terms.caps.per_partner = some(11, 3).then(|| d(if version == 1 { "61.5" } else { "45" }));
        terms.caps.program_budget = some(12, 3).then(|| d("99.99"));
        if terms.period == PeriodKind::Transaction {
            terms.caps.per_transaction = some(13, 3).then(|| d("25"));
        }
    }

    fn rival(&self, terms: &mut Terms) {
        let flat = matches!(self.terms[1] % 5, 1);
        terms.rate = Rate::Flat(Pay::Percent(d("2")));
        if flat {
            terms.period = PeriodKind::Transaction;
        }
        terms.applies_to.skus = vec!["X2".into()];
        if self.terms[0] % 3 == 1 {
            terms.stacking = stacked("g", StackingMode::Exclusive, 1);
        }
    }

    fn sell(&self, world: &mut World) {
        for (n, (partner, product, on, units, tens, customer, back)) in self.sales.iter().enumerate() {
            let partner = ["A", "B", "D"][usize::from(partner % 3)];
            let sku = ["X1", "X2", "S1"][usize::from(product % 3)];
            let sold_on = day("2025-01-01") + Days::new(u64::from(on % 700));
            let (units, revenue) = (Decimal::from(units % 12), Decimal::new(i64::from(*tens), 1));
            // Two lines of one transaction now and then, perhaps of two days and partners.
            let second = n % 2 == 1 && customer.is_multiple_of(3);
            let id = if second { format!("T{}/2", n - 1) } else { format!("T{n}") };
            let sale =
                world.sale(&id, partner, sku, &sold_on.to_string(), &units.to_string(), &revenue.to_string());
            let reported = sold_on + Days::new(u64::from(back % 50));
            sale.customer(&format!("C{}", customer % 8)).reported(&reported.to_string());
            // Two returns of one sale, now and then; never more than was sold.
            for part in 0..(back % 5).saturating_sub(2) {
                let on = sold_on + Days::new(u64::from(back % 40) * 3 + u64::from(part));
                let half = |amount: Decimal| (amount / Decimal::TWO).trunc().to_string();
                let back_id = format!("R{n}{part}");
                world.give_back(&back_id, &id, &on.to_string(), &half(units), &half(revenue));
            }
        }
    }
}
