//! Draws the partners: who they are, whose children, which tiers they held.

use chrono::NaiveDate;

use super::names::{COUNTRIES, Country};
use crate::books::{Partner, TierChange};
use crate::calendar::Month;
use crate::random::Stream;
use crate::shape::Shape;

/// Tiers from the top, with the share of partners that start there.
pub const TIERS: [(&str, f64); 4] =
    [("Platinum", 0.10), ("Gold", 0.22), ("Silver", 0.33), ("Registered", 0.35)];
/// Regions with their share of partners.
pub const REGIONS: [(&str, f64); 3] = [("AMER", 0.42), ("EMEA", 0.36), ("APAC", 0.22)];
/// The partner that the documents use as an example of earnings.
const EXAMPLE: usize = 41;

/// Partners sorted by id, and their tier changes. Promotions and demotions fall on
/// first days of quarters and follow a coin, not sales.
pub fn partners(seed: u64, shape: &Shape) -> (Vec<Partner>, Vec<TierChange>) {
    let mut partners: Vec<Partner> = Vec::with_capacity(shape.partners);
    let mut names = Vec::new();
    for i in 0..shape.partners {
        let mut stream = Stream::new(seed, "partner", &[i]);
        let partner = partner(i, &mut stream, &names, shape);
        names.push(partner.name.clone());
        partners.push(partner);
    }
    adopt(seed, &mut partners);
    let changes = tier_changes(seed, shape, &mut partners);
    (partners, changes)
}

fn partner(i: usize, stream: &mut Stream, taken: &[String], shape: &Shape) -> Partner {
    let region = if i == EXAMPLE { "AMER" } else { REGIONS[stream.weighted(&REGIONS.map(|r| r.1))].0 };
    let here: Vec<&Country> = COUNTRIES.iter().filter(|c| c.region == region).collect();
    let weights: Vec<f64> = here.iter().map(|c| c.weight).collect();
    let country = here[stream.weighted(&weights)];
    let name = country.company_name(stream, taken);
    let (partner_type, tier) = type_and_tier(i, stream);
    let late = i != EXAMPLE && stream.chance(0.10);
    let first = shape.first_month();
    let onboarded = if late {
        first.plus(stream.between(4, shape.months as i64 - 8) as i32).first()
    } else {
        first.plus(-(stream.between(1, 60) as i32)).first() + chrono::Days::new(stream.between(0, 27) as u64)
    };
    Partner {
        id: format!("P-{:04}", i + 1),
        name,
        partner_type: partner_type.to_owned(),
        tier: tier.to_owned(),
        region: region.to_owned(),
        country: country.name.to_owned(),
        parent: None,
        onboarded_on: onboarded,
        active: i == EXAMPLE || !stream.chance(0.035),
    }
}

/// One partner in twenty is a distributor, from the first on, so that every shape has some.
fn type_and_tier(i: usize, stream: &mut Stream) -> (&'static str, &'static str) {
    if i == EXAMPLE {
        return ("reseller", "Gold");
    }
    if i.is_multiple_of(20) {
        return ("distributor", if stream.chance(0.6) { "Platinum" } else { "Gold" });
    }
    let kind = match stream.uniform() {
        u if u < 0.13 => "msp",
        u if u < 0.24 => "referral",
        _ => "reseller",
    };
    (kind, TIERS[stream.weighted(&TIERS.map(|t| t.1))].0)
}

/// Gives about half of the resellers a distributor of their region as parent.
fn adopt(seed: u64, partners: &mut [Partner]) {
    let distributors: Vec<(String, String)> = partners
        .iter()
        .filter(|p| p.partner_type == "distributor" && p.active)
        .map(|p| (p.id.clone(), p.region.clone()))
        .collect();
    for (i, partner) in partners.iter_mut().enumerate() {
        let near: Vec<&String> =
            distributors.iter().filter(|(_, region)| *region == partner.region).map(|(id, _)| id).collect();
        let mut stream = Stream::new(seed, "parent", &[i]);
        if partner.partner_type == "reseller" && !near.is_empty() && stream.chance(0.5) {
            partner.parent = Some((*stream.pick(&near)).clone());
        }
    }
}

fn tier_changes(seed: u64, shape: &Shape, partners: &mut [Partner]) -> Vec<TierChange> {
    let mut changes = Vec::new();
    for (i, partner) in partners.iter_mut().enumerate() {
        let mut stream = Stream::new(seed, "tier change", &[i]);
        if i == EXAMPLE || !stream.chance(0.18) {
            continue;
        }
        let rank = TIERS.iter().position(|t| t.0 == partner.tier).unwrap_or(0);
        let up = stream.chance(0.6);
        let next = if up { rank.max(1) - 1 } else { (rank + 1).min(TIERS.len() - 1) };
        let day = quarter_start(shape, &mut stream);
        if next == rank || partner.onboarded_on >= day {
            continue;
        }
        let row = |tier: &str, from: NaiveDate| TierChange {
            partner: partner.id.clone(),
            tier: tier.to_owned(),
            from,
        };
        changes.push(row(&partner.tier, partner.onboarded_on));
        changes.push(row(TIERS[next].0, day));
        partner.tier = TIERS[next].0.to_owned();
    }
    changes
}

fn quarter_start(shape: &Shape, stream: &mut Stream) -> NaiveDate {
    let month = shape.first_month().plus(stream.between(3, shape.months as i64 - 3) as i32);
    Month(month.0 - month.0.rem_euclid(3)).first()
}
