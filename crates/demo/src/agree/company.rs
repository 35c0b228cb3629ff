//! Partners, tiers, products and registrations of a random world.

use rust_decimal::Decimal;

use super::draw::Draw;
use crate::books::{Books, Partner, Product, TierChange};

pub const TIERS: [&str; 3] = ["Bronze", "Silver", "Gold"];
pub const REGIONS: [&str; 2] = ["EMEA", "AMER"];
pub const TYPES: [&str; 4] = ["reseller", "distributor", "msp", "referral"];
pub const SKUS: [&str; 3] = ["X1", "X2", "S1"];

/// Identifiers whose order by bytes is not that of their numbers or letters.
const PARTNERS: [&str; 4] = ["P2", "P10", "p1", "Ä1"];

pub fn company(draw: &mut Draw) -> Books {
    let count = draw.between(2, 4) as usize;
    let partners: Vec<Partner> = (0..count).map(|at| partner(draw, at, count)).collect();
    let mut tier_changes: Vec<TierChange> = Vec::new();
    for partner in &partners {
        for _ in 0..draw.between(0, 2) {
            let from = super::days::any(draw);
            if tier_changes.iter().all(|c| c.partner != partner.id || c.from != from) {
                let tier = (*draw.pick(&TIERS)).to_owned();
                tier_changes.push(TierChange { partner: partner.id.clone(), tier, from });
            }
        }
    }
    Books {
        partners,
        tier_changes,
        products: SKUS.iter().map(|sku| product(sku)).collect(),
        price_changes: Vec::new(),
        lines: Vec::new(),
        registrations: Vec::new(),
        targets: Vec::new(),
        versions: Vec::new(),
        changes: Vec::new(),
        first_month: if draw.once_in(2) { 1 } else { draw.between(1, 12) as u32 },
    }
}

fn partner(draw: &mut Draw, at: usize, count: usize) -> Partner {
    let parent = draw.between(0, count as i64) as usize;
    Partner {
        id: PARTNERS[at].to_owned(),
        name: PARTNERS[at].to_owned(),
        partner_type: (*draw.pick(&TYPES)).to_owned(),
        tier: (*draw.pick(&TIERS)).to_owned(),
        region: (*draw.pick(&REGIONS)).to_owned(),
        country: String::new(),
        parent: (parent < count && parent != at).then(|| PARTNERS[parent].to_owned()),
        onboarded_on: super::days::any(draw),
        active: !draw.once_in(10),
    }
}

fn product(sku: &str) -> Product {
    Product {
        sku: sku.to_owned(),
        name: sku.to_owned(),
        family: format!("F{}", &sku[..1]),
        list_price: Decimal::ONE_HUNDRED,
        unit_cost: Decimal::TEN,
        launched_on: None,
        end_of_life_on: None,
    }
}
