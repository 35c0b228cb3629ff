//! To whom a change applies: an audience as a mask over the partners, and in
//! words. Tiers are those held on the day handed in.

use chrono::NaiveDate;

use crate::catalog::{Catalog, Partner};

use super::{Audience, AudienceEntry};

/// One entry a partner, or `None` where everyone is meant. `exclude` wins
/// (DESIGN.md, "The scenario").
pub fn mask(audience: &Audience, catalog: &Catalog, day: NaiveDate) -> Option<Vec<bool>> {
    if audience.include.is_empty() && audience.exclude.is_empty() {
        return None;
    }
    let included = |p: &Partner| {
        audience.include.is_empty() || audience.include.iter().any(|entry| matches(entry, p, day))
    };
    let excluded = |p: &Partner| audience.exclude.iter().any(|entry| matches(entry, p, day));
    Some(catalog.partners.iter().map(|p| included(p) && !excluded(p)).collect())
}

fn matches(entry: &AudienceEntry, partner: &Partner, day: NaiveDate) -> bool {
    let holds = |names: &[String], value: &str| names.is_empty() || names.iter().any(|n| n == value);
    holds(&entry.tiers, partner.tier_on(day))
        && holds(&entry.regions, &partner.region)
        && holds(&entry.partner_types, partner.partner_type.as_str())
        && holds(&entry.partners, &partner.id)
}

/// The audience in words: `everyone`, `Gold resellers in EMEA`, `everyone except
/// Silver partners`.
pub fn describe(audience: &Audience, catalog: &Catalog) -> String {
    let list = |entries: &[AudienceEntry]| {
        entries.iter().map(|e| entry_words(e, catalog)).collect::<Vec<_>>().join(" and ")
    };
    let who = if audience.include.is_empty() { "everyone".to_owned() } else { list(&audience.include) };
    if audience.exclude.is_empty() {
        return who;
    }
    format!("{who} except {}", list(&audience.exclude))
}

fn entry_words(entry: &AudienceEntry, catalog: &Catalog) -> String {
    let name = |id: &String| catalog.partner(id).map_or(id.clone(), |ix| catalog.partners[ix].name.clone());
    if !entry.partners.is_empty() {
        return entry.partners.iter().map(name).collect::<Vec<_>>().join(", ");
    }
    let mut words = Vec::new();
    if !entry.tiers.is_empty() {
        words.push(entry.tiers.join(" or "));
    }
    let kinds: Vec<String> = entry.partner_types.iter().map(|t| plural(t)).collect();
    words.push(if kinds.is_empty() { "partners".to_owned() } else { kinds.join(" or ") });
    if !entry.regions.is_empty() {
        words.push(format!("in {}", entry.regions.join(" or ")));
    }
    words.join(" ")
}

fn plural(partner_type: &str) -> String {
    match partner_type {
        "msp" => "MSPs".to_owned(),
        "referral" => "referral partners".to_owned(),
        other => format!("{other}s"),
    }
}
