//! Sentences that pages and documents share: what stands in the way of a change or is
//! reached by it (caps that bind, tiers that partners cross), and how good such
//! forecasts have been. Every figure is the forecast's.

use spiffcast_engine::forecast::{Accuracy, CapUse, Forecast, PartnerChance, Row, TierReach};

use super::format;

/// Partners named in a sentence.
const NAMED_MAX: usize = 3;
/// A difference of partners below this is none.
const PARTNERS_MIN: f64 = 0.05;

/// Caps and tiers of an option; empty where nothing limits and nobody crosses.
pub fn limits(forecast: &Forecast, option: usize) -> Vec<String> {
    let caps = forecast.caps.iter().filter_map(|c| cap(c, forecast, option));
    caps.chain(forecast.tiers.iter().filter_map(|t| tier(t, forecast, option))).collect()
}

/// How good such forecasts have been.
pub fn track_record(accuracy: Option<Accuracy>) -> String {
    match accuracy {
        None => "How good such forecasts have been was not computed when this was answered.".to_owned(),
        Some(a) => format!(
            "Of {} past changes like this, forecast from what was known before them, {} came inside their 8-in-10 \
             range, and units were off by {}.",
            a.events,
            format::number(a.coverage_80 * a.events as f64, 0),
            format::percent(a.wape),
        ),
    }
}

fn cap(cap: &CapUse, forecast: &Forecast, option: usize) -> Option<String> {
    let with = cap.options.get(option)?;
    if with.probability == 0.0 && cap.baseline.probability == 0.0 {
        return None;
    }
    let money = |v: Option<f64>| format::money(v.unwrap_or(0.0), &forecast.currency);
    Some(format!(
        "The cap a partner of {} binds with a chance of {} ({} without the change): about {} partners, {} of pay cut \
         ({} without){}.",
        name(&forecast.by.program, &cap.program),
        format::chance(with.probability),
        format::chance(cap.baseline.probability),
        format::number(with.partners.mean.unwrap_or(0.0), 1),
        money(with.cut.mean),
        money(cap.baseline.cut.mean),
        named(&cap.partners, forecast, option),
    ))
}

fn tier(tier: &TierReach, forecast: &Forecast, option: usize) -> Option<String> {
    let (now, with) = (tier.baseline.mean?, tier.options.get(option)?.mean?);
    ((with - now).abs() >= PARTNERS_MIN).then(|| {
        format!(
            "Tier {} of {} (from {}) is reached by about {} partners, {} without the change{}.",
            tier.tier,
            name(&forecast.by.program, &tier.program),
            format::number(tier.from, 0),
            format::number(with, 1),
            format::number(now, 1),
            named(&tier.partners, forecast, option),
        )
    })
}

/// The name of a row, or its key where it has no row.
fn name<'a>(rows: &'a [Row], key: &'a str) -> &'a str {
    rows.iter().find(|row| row.key == key).map_or(key, |row| &row.name)
}

fn named(partners: &[PartnerChance], forecast: &Forecast, option: usize) -> String {
    let one = |p: &PartnerChance| {
        let chance = p.options.get(option)?;
        Some(format!("{} {}", name(&forecast.by.partner, &p.partner), format::chance(*chance)))
    };
    let all: Vec<String> = partners.iter().take(NAMED_MAX).filter_map(one).collect();
    if all.is_empty() { String::new() } else { format!("; most likely {}", all.join(", ")) }
}
