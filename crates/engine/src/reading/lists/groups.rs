//! Who may earn and what counts: tiers, regions, kinds of partner and products that are let
//! in, left out or named as the whole list.

use crate::reading::desk::Desk;
use crate::reading::lexicon;
use crate::reading::names::{Entity, Mention};
use crate::reading::operations::{Op, Verb};
use crate::reading::sheet::Use;
use crate::reading::terms::Said;
use crate::scenario::{Operation, Parameter};

use super::{Move, carry, op_of, took};

/// The operation that verbs of letting in and leaving out mean.
fn list_operation(desk: &Desk<'_>, said: &[Said], ops: &[Op]) -> Option<(Operation, Op)> {
    let first = |verbs: &[Verb]| op_of(ops, verbs).cloned();
    if let Some(op) = first(&[Verb::Exclude, Verb::Remove]) {
        return Some((Operation::Remove, op));
    }
    if let Some(op) = first(&[Verb::Restrict]) {
        return Some((Operation::SetTo, op));
    }
    if let Some(limit) = said.iter().find(|s| s.parameters.contains(&Parameter::CapPerPartner))
        && desk.sheet.is(limit.at.start, lexicon::RESTRICT)
    {
        return Some((Operation::SetTo, Op { verb: Verb::Restrict, at: limit.at.clone() }));
    }
    // "from the eligible tiers": no verb.
    let adjective = |o: &&Op| {
        !(desk.sheet.is(o.at.start, &["eligible"])
            && desk.sheet.is(o.at.end, &["tiers", "tier", "partners", "regions", "types", "list"]))
    };
    let lets = ops
        .iter()
        .filter(adjective)
        .find(|o| matches!(o.verb, Verb::Include | Verb::Add | Verb::Resume))
        .cloned();
    if let Some(op) = lets {
        // "only Platinum should be eligible": the list is what is named.
        let states = desk.sheet.is(
            op.at.start,
            &["eligible", "qualify", "qualifies", "qualifying", "available", "allowed", "open"],
        );
        let only = desk.sheet.has(&["only", "exclusively", "solely"]);
        return Some((if states && only { Operation::SetTo } else { Operation::Add }, op));
    }
    if let Some(op) =
        first(&[Verb::Down]).filter(|o| desk.sheet.is(o.at.start, &["drop", "dropped", "dropping", "cut"]))
    {
        return Some((Operation::Remove, op));
    }
    let only = first(&[Verb::Set]).filter(|_| desk.sheet.has(&["only"]));
    only.map(|op| (Operation::SetTo, op))
}

pub(super) fn products(desk: &mut Desk<'_>, mentions: &mut Vec<Mention>, ops: &[Op]) -> Option<Vec<Move>> {
    let named: Vec<Mention> =
        crate::reading::programs::product_mentions(mentions).into_iter().cloned().collect();
    if named.is_empty() {
        return None;
    }
    // "the SPIFF without CP-1"
    let beside = |o: &&Op| named.iter().any(|m| m.at.start == desk.sheet.skip(o.at.end, &["the"]));
    let without = op_of(ops, &[Verb::Without]).filter(beside).map(|o| (Operation::Remove, o.clone()));
    let (operation, op) = without.or_else(|| list_operation(desk, &[], ops))?;
    let company = desk.context.company;
    let mut moves = Vec::new();
    for mention in &named {
        for entity in &mention.entities {
            let value = match entity {
                Entity::Product(p) => company.catalog.products[*p].sku.clone(),
                Entity::Family(f) => f.clone(),
                _ => continue,
            };
            moves.push((Parameter::Products, operation, Some(value)));
        }
        desk.said(desk.field("value"), mention.at.clone());
        around(desk, mention);
    }
    took(desk, &op);
    // "… to the products covered by it"
    for word in ["covered", "products", "list", "counted"] {
        if let Some(i) = desk.sheet.find_free(&[word]) {
            desk.sheet.claim(i..i + 1, Use::Lever);
        }
    }
    mentions.retain(|m| !named.contains(m));
    Some(moves)
}

/// Whether something runs on in time rather than to somebody.
pub(super) fn eligibility(
    desk: &mut Desk<'_>,
    mentions: &mut Vec<Mention>,
    said: &[Said],
    ops: &[Op],
) -> Option<Vec<Move>> {
    let only = only_these(desk, mentions, ops);
    let (operation, op) = list_operation(desk, said, ops).or_else(|| only.clone())?;
    let led = |desk: &Desk<'_>, m: &Mention| only.is_some() || !aside(desk, mentions, m);
    let people = |m: &&Mention| m.is_audience() && !m.has(|e| matches!(e, Entity::Partner(_)));
    let mut all: Vec<Mention> = mentions.iter().filter(people).cloned().collect();
    all.sort_by_key(|m| m.at.start);
    let first = all.iter().position(|m| led(desk, m))?;
    // "extend the SPIFF for Gold" runs it on; "extend it to Gold" lets them in.
    let direct = op.verb != Verb::Resume || desk.sheet.before(all[first].at.start) == "to";
    if !direct {
        return None;
    }
    let kind = list_of(&all[first])?;
    let mut moves = Vec::new();
    let mut used = Vec::new();
    for mention in &all[first..] {
        let close = used.last().is_none_or(|last: &Mention| mention.at.start - last.at.end <= 3);
        // "to MSPs, and to EMEA too": both are let in.
        let also = operation == Operation::Add && desk.sheet.before(mention.at.start) == "to";
        let fits = list_of(mention).filter(|(p, _)| (*p == kind.0 || also) && close);
        let Some((parameter, name)) = fits else { break };
        moves.push((parameter, operation, Some(name)));
        desk.said(desk.field("value"), mention.at.clone());
        around(desk, mention);
        used.push(mention.clone());
    }
    // A set names the whole list at once.
    if operation == Operation::SetTo {
        let names: Vec<String> = moves.iter().filter_map(|(_, _, name)| name.clone()).collect();
        moves = vec![(kind.0, operation, Some(names.join(", ")))];
    }
    took(desk, &op);
    for other in ops.iter().filter(|o| o.verb == Verb::Include) {
        desk.sheet.claim(other.at.clone(), Use::Lever);
    }
    carry(desk, ops);
    if let Some(i) = (0..desk.sheet.len()).find(|i| desk.sheet.free(*i) && desk.sheet.is(*i, &["eligible"])) {
        let end = desk.sheet.skip(i + 1, &["tiers", "tier", "regions", "types", "list"]);
        desk.sheet.claim(i..end, Use::Lever);
    }
    for word in ["eligible", "eligibility", "only", "qualify", "ineligible"] {
        if let Some(i) = desk.sheet.find_free(&[word]) {
            desk.sheet.claim(i..i + 1, Use::Lever);
        }
    }
    // "from the rebate's eligible tiers"
    if let Some(i) = (0..desk.sheet.len()).find(|i| {
        desk.sheet.free(*i)
            && desk.sheet.is(*i, &["tiers", "regions", "types", "list"])
            && desk.sheet.is(i.wrapping_sub(1), &["eligible", "eligibility", "its", "their"])
    }) {
        desk.sheet.claim(i..i + 1, Use::Lever);
    }
    // The same name said again says for whom it is asked, not another limit.
    let again = |m: &Mention| {
        list_of(m).is_some_and(|(_, name)| moves.iter().any(|(_, _, n)| n.as_deref() == Some(&name)))
    };
    for mention in mentions.iter().filter(|m| again(m)) {
        desk.sheet.claim(mention.at.clone(), Use::Name);
    }
    mentions.retain(|m| !used.contains(m) && !again(m));
    Some(moves)
}

/// "Only Platinum should get it", "… for Platinum only": with nothing else that moves.
fn only_these(desk: &Desk<'_>, mentions: &[Mention], ops: &[Op]) -> Option<(Operation, Op)> {
    let still = ops.iter().all(|o| o.verb == Verb::Be);
    let near = |m: &&Mention| {
        let behind = desk.sheet.skip(m.at.end, lexicon::PARTNER_NOUNS);
        let before = m.at.start.checked_sub(1).filter(|i| desk.sheet.is(*i, &["only", "just"]));
        m.is_audience() && (before.is_some() || desk.sheet.is(behind, &["only", "alone"]))
    };
    let named = mentions.iter().find(near).filter(|_| still)?;
    Some((Operation::SetTo, Op { verb: Verb::Restrict, at: named.at.clone() }))
}

/// Whether a name stands behind "for", "in" or "from", alone or in a list that does:
/// then it says for whom, not what goes on a list or off it.
fn aside(desk: &Desk<'_>, mentions: &[Mention], mention: &Mention) -> bool {
    const LEADS: &[&str] = &[
        "for",
        "in",
        "from",
        "across",
        "among",
        "within",
        "at",
        "excluding",
        "except",
        "excepting",
        "excl",
        "not",
        "non",
        "outside",
        "besides",
        "than",
        "without",
    ];
    const BETWEEN: &[&str] =
        &["and", "or", "&", ",", "our", "the", "all", "only", "just", "but", "any", "every", "both"];
    let mut i = mention.at.start;
    while i > 0 {
        let before = mentions.iter().find(|m| m.is_audience() && m.at.contains(&(i - 1)));
        match before {
            Some(other) => i = other.at.start,
            None if desk.sheet.is(i - 1, BETWEEN) || desk.sheet.is(i - 1, lexicon::PARTNER_NOUNS) => i -= 1,
            None => return desk.sheet.is(i - 1, LEADS),
        }
    }
    false
}

fn list_of(mention: &Mention) -> Option<(Parameter, String)> {
    mention.entities.iter().find_map(|e| match e {
        Entity::Tier(t) => Some((Parameter::EligibleTiers, t.clone())),
        Entity::Region(r) => Some((Parameter::EligibleRegions, r.clone())),
        Entity::Type(t) => Some((Parameter::EligiblePartnerTypes, t.as_str().to_owned())),
        _ => None,
    })
}

/// Takes joining words and nouns around a name off the sheet.
fn around(desk: &mut Desk<'_>, mention: &Mention) {
    let sheet = &mut desk.sheet;
    let mut start = mention.at.start;
    while start > 0
        && sheet.free(start - 1)
        && sheet.is(
            start - 1,
            &["to", "the", "and", "or", "&", ",", "our", "sku", "product", "in", "for", "only"],
        )
    {
        start -= 1;
    }
    let mut end = mention.at.end;
    while sheet.free(end)
        && (sheet.is(end, lexicon::PARTNER_NOUNS)
            || sheet.is(
                end,
                &[
                    "to", "into", "from", "in", "out", "of", "only", "family", "families", "products",
                    "line", "too", "well", "as",
                ],
            ))
    {
        end += 1;
    }
    sheet.claim(start..end, Use::Name);
}
