//! To whom a change is to apply, asked for where a name fits several partners or
//! "and" can mean both or either.

use serde_json::json;

use crate::reading::audiences;
use crate::reading::desk::{Desk, choice};
use crate::reading::names::{Entity, Mention};
use crate::scenario::Audience;

/// The audience, asked for where a name fits several partners or "and" can mean
/// both or either.
pub(crate) fn audience(desk: &mut Desk<'_>, mentions: &[Mention]) -> Option<Audience> {
    let catalog = &desk.context.company.catalog;
    let mut chosen = None;
    if let Some(unclear) = mentions.iter().find(|m| m.is_audience() && people(m).len() > 1) {
        let fits = people(unclear);
        let choices = fits
            .iter()
            .take(8)
            .map(|p| {
                let partner = &catalog.partners[*p];
                let patch = json!({"audience.include[0].partners": [partner.id]});
                choice(
                    partner.id.clone(),
                    format!("{} ({}, {})", partner.name, partner.id, partner.region),
                    patch,
                )
            })
            .collect();
        let text = desk.sheet.text(unclear.at.clone());
        let answer = desk.ask("audience", format!("Which partner is {text:?}?"), choices);
        chosen = answer.and_then(|id| catalog.partner(&id));
        chosen?;
    }
    let said = audiences::read(&mut desk.sheet, mentions, chosen);
    let mut who = said.audience;
    if said.mixed {
        who = both_or_either(desk, who)?;
    }
    for at in said.at {
        desk.said("audience", at);
    }
    if who == Audience::default() && !desk.provenance.iter().any(|p| p.field == "audience") {
        desk.assumed("audience", "nobody was named: everyone");
    }
    Some(who)
}

pub(crate) fn people(mention: &Mention) -> Vec<usize> {
    let all: Vec<usize> = mention
        .entities
        .iter()
        .filter_map(|e| if let Entity::Partner(p) = e { Some(*p) } else { None })
        .collect();
    if mention.entities.len() > all.len() { Vec::new() } else { all }
}

/// "Gold and EMEA": each apart, or those who are both.
pub(super) fn both_or_either(desk: &mut Desk<'_>, who: Audience) -> Option<Audience> {
    let words = |a: &Audience| crate::scenario::audience::describe(a, &desk.context.company.catalog);
    let mut merged = crate::scenario::AudienceEntry::default();
    for entry in &who.include {
        merged.tiers.extend(entry.tiers.iter().cloned());
        merged.regions.extend(entry.regions.iter().cloned());
        merged.partner_types.extend(entry.partner_types.iter().cloned());
        merged.partners.extend(entry.partners.iter().cloned());
    }
    let both = Audience { include: vec![merged], exclude: who.exclude.clone() };
    let choices = vec![
        choice("either", words(&who), json!({"audience": who})),
        choice("both", words(&both), json!({"audience": both})),
    ];
    let answer = desk.ask("audience.include", "Those who are either, or both?".to_owned(), choices)?;
    Some(if answer == "both" { both } else { who })
}
