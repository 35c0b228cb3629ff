//! What stands in the way of a change, or is reached by it: caps that bind and
//! tiers that partners cross, each as a sentence.

use spiffcast_engine::company::Company;
use spiffcast_engine::forecast::{CapUse, Forecast, PartnerChance, TierReach};

use crate::reports::format;

/// Partners named in a sentence.
const NAMED_MAX: usize = 3;
/// A difference of partners below this is none.
const PARTNERS_MIN: f64 = 0.05;

/// The sentences of an option; empty where nothing limits and nobody crosses.
pub fn lines(forecast: &Forecast, company: &Company, option: usize) -> Vec<String> {
    let caps = forecast.caps.iter().filter_map(|c| cap(c, forecast, company, option));
    caps.chain(forecast.tiers.iter().filter_map(|t| tier(t, company, option))).collect()
}

fn cap(cap: &CapUse, forecast: &Forecast, company: &Company, option: usize) -> Option<String> {
    let with = cap.options.get(option)?;
    if with.probability == 0.0 && cap.baseline.probability == 0.0 {
        return None;
    }
    let money = |v: Option<f64>| format::money(v.unwrap_or(0.0), &forecast.currency);
    Some(format!(
        "The cap a partner of {} binds with a chance of {} ({} without the change): about {} partners, {} of pay cut \
         ({} without){}.",
        name(&cap.program, company),
        format::chance(with.probability),
        format::chance(cap.baseline.probability),
        format::number(with.partners.mean.unwrap_or(0.0), 1),
        money(with.cut.mean),
        money(cap.baseline.cut.mean),
        named(&cap.partners, company, option),
    ))
}

fn tier(tier: &TierReach, company: &Company, option: usize) -> Option<String> {
    let (now, with) = (tier.baseline.mean?, tier.options.get(option)?.mean?);
    ((with - now).abs() >= PARTNERS_MIN).then(|| {
        format!(
            "Tier {} of {} (from {}) is reached by about {} partners, {} without the change{}.",
            tier.tier,
            name(&tier.program, company),
            format::number(tier.from, 0),
            format::number(with, 1),
            format::number(now, 1),
            named(&tier.partners, company, option),
        )
    })
}

fn name<'a>(program: &'a str, company: &'a Company) -> &'a str {
    company.program(program).map_or(program, |p| p.name())
}

fn named(partners: &[PartnerChance], company: &Company, option: usize) -> String {
    let one = |p: &PartnerChance| {
        let chance = p.options.get(option)?;
        let who = company.catalog.partner(&p.partner).map(|i| company.catalog.partners[i].name.as_str());
        Some(format!("{} {}", who.unwrap_or(&p.partner), format::chance(*chance)))
    };
    let all: Vec<String> = partners.iter().take(NAMED_MAX).filter_map(one).collect();
    if all.is_empty() { String::new() } else { format!("; most likely {}", all.join(", ")) }
}
