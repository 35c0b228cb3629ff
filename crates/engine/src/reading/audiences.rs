//! To whom a change is to apply, from the names of tiers, regions, kinds of
//! partner and partners that are left once the lever has taken its own.

use std::ops::Range;

use crate::scenario::{Audience, AudienceEntry};

use super::lexicon;
use super::names::{Entity, Mention};
use super::sheet::{Sheet, Use};
use super::stays;

/// An audience as said.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Said {
    pub audience: Audience,
    /// What it came from.
    pub at: Vec<Range<usize>>,
    /// A mention that several partners fit.
    pub unclear: Option<Mention>,
    /// Kinds joined by "and" that may mean both or either.
    pub mixed: bool,
}

fn kind_of(entity: &Entity) -> u8 {
    match entity {
        Entity::Tier(_) => 0,
        Entity::Region(_) => 1,
        Entity::Type(_) => 2,
        _ => 3,
    }
}

/// Reads the audience. `chosen`: the partner picked for an unclear mention.
pub(crate) fn read(sheet: &mut Sheet<'_>, mentions: &[Mention], chosen: Option<usize>) -> Said {
    let mut said = Said::default();
    let mut out = false;
    let mut last: Option<(usize, u8)> = None;
    // "the distributor override": whose override it is, and no audience.
    for mention in mentions {
        if overrides(sheet, mention) {
            sheet.claim(mention.at.clone(), Use::Name);
        }
    }
    let mut mentions: Vec<&Mention> =
        mentions.iter().filter(|m| m.is_audience() && !overrides(sheet, m)).collect();
    mentions.sort_by_key(|m| m.at.start);
    let mut unchanged: Vec<AudienceEntry> = Vec::new();
    let count = mentions.len();
    let stay = stays::unchanged(sheet, &mentions);
    for (k, mention) in mentions.into_iter().enumerate() {
        let between = last.map_or(0, |(end, _)| end)..mention.at.start;
        let behind = sheet.skip(mention.at.end, &["partners", "are", "is", "tier", "being"]);
        let after = sheet.is(behind, &["excluded", "excepted", "exempt", "exempted"]);
        let lead = (0..mention.at.start).rev().find(|i| !sheet.is(*i, &["the", "our", "all"]));
        let stays = sheet.is(behind, &["alone", "out", "untouched", "unchanged"])
            || sheet.follows(behind, &["as", "is"]);
        let left = stay[k] || stays && lead.is_some_and(|i| sheet.is(i, &["leave", "leaving", "keep"]));
        if left && !stays {
            sheet.claim(mention.at.end..behind, Use::Name);
        } else if left {
            let end = behind + 1 + usize::from(sheet.word(behind) == "as");
            sheet.claim(mention.at.end..end, Use::Name);
            if let Some(i) = lead.filter(|i| sheet.is(*i, &["leave", "leaving", "keep"])) {
                sheet.claim(i..i + 1, Use::Name);
            }
        }
        let turned = after || left || excluded_before(sheet, between.clone());
        let joined = last.is_some_and(|(end, _)| joined(sheet, end, mention.at.start));
        // "not Gold, Silver": the one in the place of the other.
        let corrects = out && !turned && between.len() == 1 && between.clone().all(|i| sheet.word(i) == ",");
        // "not EMEA but APAC"
        let corrects = corrects || out && !turned && between.clone().any(|i| sheet.word(i) == "but");
        let not = said.at.last().is_some_and(|at| sheet.before(at.start) == "not");
        if turned {
            out = true;
        } else if corrects && not && k + 1 == count {
            out = false;
            said.audience.exclude.pop();
        } else if out && !joined {
            out = false;
        }
        let Some(entity) = entity_of(mention, chosen) else {
            said.unclear = Some(mention.clone());
            continue;
        };
        let kind = kind_of(&entity);
        let listed = between.clone().any(|i| sheet.is(i, &["and", "or", "&"]));
        let same_kind = last.is_some_and(|(_, k)| k == kind);
        let and =
            listed || (same_kind && (between.is_empty() || between.clone().any(|i| sheet.word(i) == ",")));
        let near = last.is_some_and(|(_, k)| k != kind) && and && joined && !turned;
        let list = if out { &mut said.audience.exclude } else { &mut said.audience.include };
        let same = joined && last.is_some_and(|(_, k)| k == kind) && and;
        said.mixed |=
            near && list.last().is_some_and(|e| !filled(e, kind) && !preposition(sheet, mention.at.start));
        // "In EMEA, raise it for Gold": each narrows the other, wherever it stands.
        let apart = last.is_some_and(|(_, k)| k != kind) && !joined && !turned && !and && list.len() == 1;
        let open =
            list.last().is_some_and(|e| (joined || apart) && !turned && (same || (!filled(e, kind) && !and)));
        if !open {
            list.push(AudienceEntry::default());
        }
        if let Some(entry) = list.last_mut() {
            put(entry, entity, sheet);
            if left {
                unchanged.push(entry.clone());
            }
        }
        said.at.push(mention.at.clone());
        claim_around(sheet, mention);
        last = Some((mention.at.end, kind));
    }
    // "8% for MSPs, resellers unchanged": who is not among them need not be left out.
    let inside = said.audience.include.clone();
    said.audience.exclude.retain(|out| !unchanged.contains(out) || !beside(&inside, out));
    for list in [&mut said.audience.include, &mut said.audience.exclude] {
        let mut kept: Vec<AudienceEntry> = Vec::new();
        for entry in std::mem::take(list) {
            if !kept.contains(&entry) {
                kept.push(entry);
            }
        }
        *list = kept;
    }
    claim_everyone(sheet, &mut said);
    said
}

/// Whether a group is none of those included anyway: they are others of its kind.
fn beside(inside: &[AudienceEntry], out: &AudienceEntry) -> bool {
    let lists = |e: &AudienceEntry| [e.tiers.clone(), e.regions.clone(), e.partner_types.clone()];
    let own = lists(out);
    let kinds = own.iter().filter(|l| !l.is_empty()).count();
    let apart = |e: &AudienceEntry| {
        let both = lists(e);
        (0..own.len())
            .any(|k| !own[k].is_empty() && !both[k].is_empty() && own[k].iter().all(|n| !both[k].contains(n)))
    };
    !inside.is_empty() && kinds == 1 && out.partners.is_empty() && inside.iter().all(apart)
}

/// A kind of partner that only says whose override is meant.
fn overrides(sheet: &Sheet<'_>, mention: &Mention) -> bool {
    mention.has(|e| matches!(e, Entity::Type(_))) && sheet.is(mention.at.end, &["override", "overrides"])
}

fn entity_of(mention: &Mention, chosen: Option<usize>) -> Option<Entity> {
    let fit: Vec<&Entity> = mention
        .entities
        .iter()
        .filter(|e| matches!(e, Entity::Tier(_) | Entity::Region(_) | Entity::Type(_) | Entity::Partner(_)))
        .collect();
    match fit.as_slice() {
        [one] => Some((*one).clone()),
        many => {
            many.iter().find(|e| matches!(e, Entity::Partner(p) if Some(*p) == chosen)).map(|e| (*e).clone())
        }
    }
}

fn filled(entry: &AudienceEntry, kind: u8) -> bool {
    let lists = [&entry.tiers, &entry.regions, &entry.partner_types, &entry.partners];
    !lists[kind as usize].is_empty()
}

fn put(entry: &mut AudienceEntry, entity: Entity, sheet: &Sheet<'_>) {
    let (list, name) = match entity {
        Entity::Tier(t) => (&mut entry.tiers, t),
        Entity::Region(r) => (&mut entry.regions, r),
        Entity::Type(t) => (&mut entry.partner_types, t.as_str().to_owned()),
        Entity::Partner(p) => (&mut entry.partners, sheet.company.catalog.partners[p].id.clone()),
        _ => return,
    };
    if !list.contains(&name) {
        list.push(name);
    }
}

const OUT: &[&str] = &[
    "not",
    "non",
    "without",
    "excluding",
    "except",
    "excluded",
    "exclude",
    "excl",
    "excepting",
    "other",
    "apart",
    "besides",
    "outside",
    "bar",
    "barring",
];

fn excluded_before(sheet: &Sheet<'_>, between: Range<usize>) -> bool {
    // Only words close before the name turn it round.
    let comma =
        (between.start..between.end).rev().find(|i| sheet.is(*i, &[",", ".", ";"])).map_or(0, |i| i + 1);
    let from = between.end.saturating_sub(6).max(between.start).max(comma.min(between.end.saturating_sub(4)));
    // "everyone but …", "every tier but …"
    let but = (between.end.saturating_sub(2)..between.end).find(|i| sheet.is(*i, &["but", "save"]));
    if but.is_some_and(|i| (i.saturating_sub(4)..i).any(|k| sheet.is(k, lexicon::EVERYONE))) {
        return true;
    }
    // "minus the distributors", not "minus 10% for the distributors".
    let lead = (between.start..between.end).rev().find(|i| !sheet.is(*i, &["the", "our", "all", "any"]));
    let less = lead.is_some_and(|i| sheet.is(i, &["minus", "less", "sans", "bar", "barring"]));
    less || (from..between.end).any(|i| sheet.is(i, OUT) && sheet.uses[i] != Use::Period)
}

/// Whether two mentions belong together: nothing but joining words between them.
fn joined(sheet: &Sheet<'_>, from: usize, to: usize) -> bool {
    (from..to).all(|i| {
        sheet.is(
            i,
            &[
                "and", "or", "&", ",", "in", "the", "just", "only", "from", "of", "our", "with", "for", "-",
                "/", "both", "who", "are", "that", "based",
            ],
        ) || lexicon::filler(sheet.word(i))
            || sheet.unknown(i)
            || sheet.is(i, lexicon::PARTNER_NOUNS)
            || sheet.is(i, OUT)
            || sheet.is(i, &["but", "than"])
    })
}

fn preposition(sheet: &Sheet<'_>, i: usize) -> bool {
    sheet.is(i.wrapping_sub(1), &["in", "from", "of", "with", "the"])
}

/// Takes the words around a mention off the sheet: `for our Gold partners only`.
fn claim_around(sheet: &mut Sheet<'_>, mention: &Mention) {
    let mut i = mention.at.start;
    while i > 0 {
        let near = sheet.is(
            i - 1,
            &[
                "for",
                "in",
                "to",
                "of",
                "the",
                "our",
                "and",
                "or",
                "&",
                ",",
                "only",
                "just",
                "but",
                "with",
                "from",
                "-",
                "among",
                "across",
                "within",
                "throughout",
                "by",
                "through",
                "via",
                "(",
                ")",
                "other",
                "than",
                "apart",
                "both",
                "who",
                "are",
                "that",
                "based",
                ":",
            ],
        ) || sheet.is(i - 1, OUT)
            || sheet.is(i - 1, lexicon::EVERYONE)
            || (sheet.is(i - 1, lexicon::PARTNER_NOUNS));
        if !(near && sheet.free(i - 1)) {
            break;
        }
        i -= 1;
    }
    let mut end = mention.at.end;
    while sheet.free(end)
        && (sheet.is(end, lexicon::PARTNER_NOUNS)
            || sheet.is(end, &["only", "excluded", "alone", "tier", "-"]))
    {
        end += 1;
    }
    sheet.claim(i..end, Use::Name);
}

/// `for everyone`, `all partners`, `all tiers`: everyone, said aloud.
fn claim_everyone(sheet: &mut Sheet<'_>, said: &mut Said) {
    for i in 0..sheet.len() {
        if !(sheet.free(i) && sheet.is(i, lexicon::EVERYONE)) {
            continue;
        }
        let noun = sheet.skip(i + 1, &["of", "our", "the"]);
        let alone = sheet
            .is(i, &["everyone", "everybody", "everywhere", "worldwide", "globally", "global", "anyone"]);
        if alone || (sheet.is(noun, lexicon::PARTNER_NOUNS) && sheet.free(noun)) {
            let end = if alone { i + 1 } else { noun + 1 };
            let start = if i > 0 && sheet.is(i - 1, &["for", "to", "across"]) { i - 1 } else { i };
            sheet.claim(start..end, Use::Name);
            said.at.push(i..end);
        }
    }
    // "for partners", "for our partners": everyone too.
    for i in 0..sheet.len() {
        if sheet.free(i) && sheet.is(i, lexicon::PARTNER_NOUNS) && sheet.is(i, &["partners", "accounts"]) {
            let start = (0..i)
                .rev()
                .take_while(|k| sheet.is(*k, &["our", "the", "for", "to", "your"]))
                .last()
                .unwrap_or(i);
            if start < i {
                sheet.claim(start..i + 1, Use::Name);
            }
        }
    }
}
