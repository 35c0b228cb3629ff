//! Random sales and returns. Quantities are small whole numbers and prices cents, so
//! that tiers, targets, minimums and caps are often met exactly.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::sample::Versions;
use crate::programs::PayoutLine;
use crate::programs::testing::World;
use crate::sales::PayoutRole;

/// What was sold at once: one transaction.
#[derive(Debug, Clone)]
pub struct Deal {
    /// Position in `ABD`.
    pub partner: usize,
    /// 2025 or 2026.
    pub year: u32,
    pub month: u32,
    pub day: u32,
    pub customer: u32,
    pub items: Vec<Item>,
}

/// One line of a deal.
#[derive(Debug, Clone)]
pub struct Item {
    pub sku: &'static str,
    pub units: u32,
    /// Of one unit, in cents.
    pub price: u32,
}

impl Item {
    /// Net revenue of some units at this price.
    pub fn revenue_of(&self, units: u32) -> Decimal {
        Decimal::new(i64::from(units) * i64::from(self.price), 2)
    }
}

/// Units of a line that came back some days after it was sold.
#[derive(Debug, Clone)]
pub struct Back {
    /// Which deal of 2026, modulo their number.
    pub deal: usize,
    /// Which of its lines, modulo their number.
    pub item: usize,
    /// At most; never more than was sold.
    pub units: u32,
    pub month: u32,
}

/// A company with program `p` and what was sold: deal 3 is transaction `T3`.
pub fn world(p: &Versions, deals: &[Deal]) -> World {
    let mut world = World::new();
    *world.version("p", 1) = p.one.clone();
    if let Some(two) = &p.two {
        *world.version("p", 2) = two.clone();
    }
    for (at, deal) in deals.iter().enumerate() {
        for (no, item) in deal.items.iter().enumerate() {
            // Even numbers leave room for a line in between.
            sell(&mut world, deal, &format!("T{at}/{}", 2 * no + 2), item, item.units);
        }
    }
    world
}

/// Sells some units of an item as line `id`.
pub fn sell(world: &mut World, deal: &Deal, id: &str, item: &Item, units: u32) {
    let partner = ["A", "B", "D"][deal.partner];
    let revenue = item.revenue_of(units).to_string();
    let sale = world.sale(id, partner, item.sku, &deal.on(), &units.to_string(), &revenue);
    let sale = sale.registered("G1");
    if deal.customer > 0 {
        sale.customer(&format!("C{}", deal.customer));
    }
}

impl Deal {
    /// Its day.
    pub fn on(&self) -> String {
        format!("{}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Returns what the [`Back`]s say, of deals of 2026, and tells how many units of
/// which line (deal, item) came back.
pub fn give_back(world: &mut World, deals: &[Deal], backs: &[Back]) -> Vec<(usize, usize, u32)> {
    let of_2026: Vec<usize> = (0..deals.len()).filter(|at| deals[*at].year == 2026).collect();
    let mut returned: Vec<(usize, usize, u32)> = Vec::new();
    for (number, back) in backs.iter().enumerate() {
        let Some(at) = of_2026.get(back.deal % of_2026.len().max(1)).copied() else { continue };
        let no = back.item % deals[at].items.len();
        let item = &deals[at].items[no];
        let before: u32 = returned.iter().filter(|r| (r.0, r.1) == (at, no)).map(|r| r.2).sum();
        let units = back.units.min(item.units - before);
        if units == 0 {
            continue;
        }
        let on = format!("2027-{:02}-11", back.month);
        let revenue = item.revenue_of(units).to_string();
        world.give_back(
            &format!("R{number}"),
            &format!("T{at}/{}", 2 * no + 2),
            &on,
            &units.to_string(),
            &revenue,
        );
        returned.push((at, no, units));
    }
    returned
}

/// Everybody's registration: of A for X1, so that some lines have one.
pub fn register(world: &mut World) {
    world.registration("G1", "A", "X1", "2026-02-01", Some("2026-10-31"));
}

/// Every line of a world's program that is the partner's own, clawed back or not.
pub fn of_partner<'p>(payouts: &'p [PayoutLine], partner: &'p str) -> impl Iterator<Item = &'p PayoutLine> {
    payouts.iter().filter(move |p| p.partner_id == partner && p.role != PayoutRole::Override)
}

/// Sum of amounts.
pub fn sum<'p>(payouts: impl Iterator<Item = &'p PayoutLine>) -> Decimal {
    payouts.map(|p| p.amount).sum()
}

prop_compose! {
    fn item()(
        sku in prop_oneof![Just("X1"), Just("X2"), Just("S1")],
        units in 1u32..25,
        price in prop_oneof![1u32..30_000, (1u32..300).prop_map(|whole| whole * 100)],
    ) -> Item {
        Item { sku, units, price }
    }
}

prop_compose! {
    fn deal()(
        partner in 0usize..3,
        last_year in prop::bool::weighted(0.25),
        month in 1u32..=12,
        day in 1u32..=28,
        customer in 0u32..4,
        items in prop::collection::vec(item(), 1..4),
    ) -> Deal {
        Deal { partner, year: if last_year { 2025 } else { 2026 }, month, day, customer, items }
    }
}

/// What was sold, in any order.
pub fn deals() -> impl Strategy<Value = Vec<Deal>> {
    prop::collection::vec(deal(), 1..14)
}

/// What came back.
pub fn backs() -> impl Strategy<Value = Vec<Back>> {
    let back = (0usize..14, 0usize..3, 1u32..25, 1u32..=12);
    let back = back.prop_map(|(deal, item, units, month)| Back { deal, item, units, month });
    prop::collection::vec(back, 0..5)
}
