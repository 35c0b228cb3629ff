//! To whom a change is to apply, asked for where a name fits several partners or
//! "and" can mean both or either.

use std::ops::Range;

use serde_json::json;

use crate::reading::desk::{Desk, choice};
use crate::reading::names::{Entity, Mention};
use crate::reading::sheet::{Sheet, Use};
use crate::reading::{audiences, clauses, lexicon};
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
    let mut mentions: Vec<Mention> = mentions.to_vec();
    told_apart(desk, &mut mentions)?;
    let said = audiences::read(&mut desk.sheet, &mentions, chosen);
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

/// "Gold partners are unhappy, so raise it 5%": for them, or for everyone? Asked where a
/// clause of its own names somebody, the change stands beside it, and nothing leads back.
fn told_apart(desk: &mut Desk<'_>, mentions: &mut Vec<Mention>) -> Option<()> {
    if forbids(&desk.sheet) {
        let question =
            "Nobody is to get more or less, and yet something moves. Who is meant? Ask it again".to_owned();
        desk.ask("audience", question, vec![])?;
    }
    let sheet = &desk.sheet;
    let clauses = clauses::clauses(sheet);
    let clause = |i: usize| clauses.iter().find(|at| at.contains(&i)).cloned();
    let apart = |m: &&Mention| {
        m.is_audience() && clause(m.at.start).is_some_and(|at| tells(sheet, &at) && !leads_back(sheet, &at))
    };
    let told: Vec<Mention> = mentions.iter().filter(apart).cloned().collect();
    let again = |m: &Mention| mentions.iter().any(|o| !told.contains(o) && o.entities == m.entities);
    let Some(first) = told.first().filter(|_| !told.iter().all(again)) else { return Some(()) };
    let text = sheet.text(first.at.clone());
    let choices = vec![
        choice("only", format!("only {text}"), json!({})),
        choice("everyone", "everyone".to_owned(), json!({"audience": Audience::default()})),
    ];
    let answer = desk.ask("audience", format!("Is the change for {text} only, or for everyone?"), choices)?;
    if answer == "everyone" {
        mentions.retain(|m| !told.contains(m));
    }
    Some(())
}

/// "Nobody is to get more than today": against whatever is raised beside it.
fn forbids(sheet: &Sheet<'_>) -> bool {
    (0..sheet.len()).any(|i| {
        sheet.is(i, &["nobody", "none"])
            && sheet.is(i + 1, &["is", "are", "should", "may", "must", "shall", "can", "gets", "get"])
            && (i + 2..i + 7).any(|k| sheet.is(k, &["more", "less", "anything"]))
    })
}

/// Whether a clause only tells something: it has a verb of its own, moves nothing and names
/// no program, amount or time.
fn tells(sheet: &Sheet<'_>, at: &Range<usize>) -> bool {
    #[rustfmt::skip]
    const ASKS: &[&str] = &[
        "for", "in", "only", "except", "not", "if", "what", "which", "how", "with", "to", "give", "let", "lets", "let's",
        "suppose", "imagine", "should", "could", "would", "can", "is", "are", "do", "does", "all", "everyone", "when",
        "where", "who", "whose", "excluding", "just", "at", "among", "across", "from", "say", "assume",
    ];
    let first =
        sheet.skip(at.start, &["and", "but", "so", "the", "our", "because", "since", "as", "now", "that"]);
    let used = |i: usize| matches!(sheet.uses[i], Use::Number | Use::Period | Use::Lever);
    let moves = |i: usize| {
        used(i)
            || lexicon::mover(sheet.word(i))
            || sheet.is(i, &["only", "just", "alone", "who", "get", "gets", "got", "earn", "be"])
    };
    #[rustfmt::skip]
    const VERBS: &[&str] = &[
        "sell", "sells", "want", "complain", "grumble", "moan", "hate", "love", "like", "need", "ask", "say", "feel",
        "struggle", "deserve", "keep", "rang", "called", "wrote",
    ];
    (clauses::speaks(sheet, at) || sheet.has_in(at, VERBS))
        && !sheet.is(first, ASKS)
        && !at.clone().any(moves)
        && (0..sheet.len()).any(|i| !at.contains(&i) && matches!(sheet.uses[i], Use::Number | Use::Lever))
}

/// Whether what stands beside a clause leads back to whom it names.
fn leads_back(sheet: &Sheet<'_>, at: &Range<usize>) -> bool {
    let back = ["they", "them", "their", "theirs", "there", "those", "these", "both"];
    (0..sheet.len()).any(|i| !at.contains(&i) && sheet.is(i, &back))
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
