//! Levers without a number: who is eligible, which products are covered, switches,
//! caps taken away, programs paused or run on.

use crate::scenario::{Operation, Parameter};

use super::desk::Desk;
use super::lexicon;
use super::names::{Entity, Mention};
use super::operations::{Op, Verb};
use super::sheet::Use;
use super::terms::Said;

/// A move without a number: parameter, operation and value, as a lever has them.
pub(crate) type Move = (Parameter, Operation, Option<String>);

/// What the question moves, if it moves something without a number.
pub(crate) fn moves(
    desk: &mut Desk<'_>,
    mentions: &mut Vec<Mention>,
    said: &[Said],
    ops: &[Op],
) -> Option<Vec<Move>> {
    switch(desk, said, ops)
        .or_else(|| products(desk, mentions, ops))
        .or_else(|| eligibility(desk, mentions, said, ops))
        .or_else(|| removal(desk, said, ops))
        .or_else(|| running(desk, said, ops))
}

fn op_of<'o>(ops: &'o [Op], verbs: &[Verb]) -> Option<&'o Op> {
    ops.iter().find(|o| verbs.contains(&o.verb))
}

fn took(desk: &mut Desk<'_>, op: &Op) {
    desk.sheet.claim(op.at.clone(), Use::Lever);
    desk.said(desk.field("operation"), op.at.clone());
}

/// Verbs that only carry another word: `make … marginal`, `set … to`.
fn carry(desk: &mut Desk<'_>, ops: &[Op]) {
    for op in ops.iter().filter(|o| matches!(o.verb, Verb::Set | Verb::Be)) {
        desk.sheet.claim(op.at.clone(), Use::Lever);
    }
}

pub(crate) fn switch(desk: &mut Desk<'_>, said: &[Said], ops: &[Op]) -> Option<Vec<Move>> {
    let of = |p: Parameter| said.iter().filter(move |s| s.parameters == [p]).collect::<Vec<_>>();
    let (parameter, value, at) = if let Some(last) = of(Parameter::RateMode).last() {
        // "from retroactive to marginal": the last one is where it goes.
        for i in last.at.clone() {
            if desk.sheet.before(i) == "to" {
                desk.sheet.claim(i - 1..i, Use::Lever);
            }
        }
        let tail = desk.sheet.skip(last.at.end, &["tier", "tiers", "mode", "rates", "calculation"]);
        desk.sheet.claim(last.at.end..tail, Use::Lever);
        // "marginal instead of retroactive": the first one is.
        let turned = last.at.clone().any(|i| desk.sheet.is(i, &["instead", "rather", "not"]));
        desk.sheet.claim(last.at.clone(), Use::Lever);
        let i = if turned { last.at.start } else { last.at.end - 1 };
        (Parameter::RateMode, desk.sheet.word(i).to_owned(), last.at.clone())
    } else if let [one] = of(Parameter::DealRegistration).as_slice() {
        let optional = desk
            .sheet
            .find_free(&["optional", "voluntary", "unnecessary"])
            .map(|i| Op { verb: Verb::Remove, at: i..i + 1 });
        let free = op_of(ops, &[Verb::Down, Verb::Remove, Verb::Stop, Verb::Without]).or(optional.as_ref());
        let need = op_of(ops, &[Verb::Require, Verb::Add]);
        let needs = desk
            .sheet
            .find_free(&["need", "needs", "needed", "must"])
            .map(|i| Op { verb: Verb::Require, at: i..i + 1 });
        let op = free.or(need).or(needs.as_ref())?;
        took(desk, op);
        for word in ["approved", "valid", "prior", "earn", "to", "an", "a", "sale", "deal"] {
            if let Some(i) = desk.sheet.find_free(&[word]) {
                desk.sheet.claim(i..i + 1, Use::Lever);
            }
        }
        // "no deal registration required"
        for other in ops.iter().filter(|o| o.verb == Verb::Require && free.is_some()) {
            desk.sheet.claim(other.at.clone(), Use::Lever);
        }
        let value = if free.is_some() { "not_required" } else { "required" };
        (Parameter::DealRegistration, value.to_owned(), one.at.clone())
    } else if let [one] = of(Parameter::NewCustomerOnly).as_slice() {
        let caps = said.iter().any(|s| s.parameters.contains(&Parameter::CapPerPartner));
        let only = desk.sheet.find_free(&["only", "just"]);
        // "lift the restriction" takes it away.
        let lifted = op_of(ops, &[Verb::Up])
            .filter(|o| desk.sheet.is(o.at.start, &["lift", "lifted", "lifting", "lifts"]));
        let free = op_of(ops, &[Verb::Remove, Verb::Down, Verb::Without]).or(lifted);
        let narrow = op_of(ops, &[Verb::Restrict, Verb::Require]);
        // "was not only for new customers"
        let denied = only.and_then(|i| {
            (i.saturating_sub(2)..i).find(|k| desk.sheet.is(*k, &["not", "isn't", "wasn't", "weren't"]))
        });
        if let Some(i) = denied {
            desk.sheet.claim(i..i + 1, Use::Lever);
        }
        let denies = denied.is_some();
        if let Some(op) = free.or(narrow) {
            took(desk, op);
        } else if !caps
            && only.is_none()
            && !desk.sheet.is(one.at.start, &["existing", "returning", "repeat", "old"])
        {
            return None;
        }
        let existing = desk.sheet.is(one.at.start, &["existing", "returning", "repeat", "old"]);
        for word in
            ["counted", "counts", "count", "sales", "deals", "to", "on", "for", "from", "too", "also", "well"]
        {
            if let Some(i) = desk.sheet.find_free(&[word]) {
                desk.sheet.claim(i..i + 1, Use::Lever);
            }
        }
        let tail = desk.sheet.skip(one.at.end, &["only", "restriction", "requirement", "condition"]);
        desk.sheet.claim(one.at.end..tail, Use::Lever);
        // "drop that restriction", of a term named before it.
        if let Some(i) =
            desk.sheet.find_free(&["restriction", "requirement", "condition", "rule", "limitation"])
        {
            desk.sheet.claim(i..i + 1, Use::Lever);
        }
        if let Some(i) = only {
            desk.sheet.claim(i..i + 1, Use::Lever);
        }
        let shut = op_of(ops, &[Verb::Exclude, Verb::Remove, Verb::Stop]).is_some();
        if existing && let Some(op) = op_of(ops, &[Verb::Include, Verb::Add, Verb::Exclude, Verb::Be]) {
            took(desk, op);
        }
        let value = if existing { shut } else { free.is_none() && !denies };
        (Parameter::NewCustomerOnly, value.to_string(), one.at.clone())
    } else {
        return None;
    };
    carry(desk, ops);
    desk.said(desk.field("value"), at);
    Some(vec![(parameter, Operation::SetTo, Some(value))])
}

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

fn products(desk: &mut Desk<'_>, mentions: &mut Vec<Mention>, ops: &[Op]) -> Option<Vec<Move>> {
    let named: Vec<Mention> = super::programs::product_mentions(mentions).into_iter().cloned().collect();
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
fn eligibility(
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

/// `remove the cap`, `without a minimum`, `no cap`.
fn removal(desk: &mut Desk<'_>, said: &[Said], ops: &[Op]) -> Option<Vec<Move>> {
    let first = said.first()?;
    let uncap =
        desk.sheet.is(first.at.start, &["uncap"]).then(|| Op { verb: Verb::Remove, at: first.at.clone() });
    let named = |verbs: &[Verb]| op_of(ops, verbs).cloned();
    let drop = named(&[Verb::Down]).filter(|o| desk.sheet.is(o.at.start, &["drop", "dropped", "dropping"]));
    // "take the cap off": the term, and nobody.
    let off = named(&[Verb::Exclude]).filter(|o| desk.sheet.is(o.at.start, &["take", "takes", "taking"]));
    let op = uncap.or_else(|| named(&[Verb::Remove, Verb::Without, Verb::Stop])).or(drop).or(off)?;
    took(desk, &op);
    Some(vec![(Parameter::Active, Operation::Remove, None)])
}

fn running(desk: &mut Desk<'_>, said: &[Said], ops: &[Op]) -> Option<Vec<Move>> {
    if !said.is_empty() {
        return None;
    }
    if let Some(op) = op_of(ops, &[Verb::Stop, Verb::Without]) {
        took(desk, op);
        desk.said(desk.field("parameter"), op.at.clone());
        return Some(vec![(Parameter::Active, Operation::Pause, None)]);
    }
    // "get rid of the …": the program itself.
    if let Some(op) = op_of(ops, &[Verb::Remove])
        .filter(|o| o.at.len() > 1 || desk.sheet.is(o.at.start, &["remove", "removed", "removing", "delete"]))
    {
        took(desk, op);
        desk.said(desk.field("parameter"), op.at.clone());
        return Some(vec![(Parameter::Active, Operation::Pause, None)]);
    }
    // "what if we dropped it": the program itself.
    let it = |o: &&Op| {
        desk.sheet.is(o.at.start, &["drop", "dropped", "dropping", "cut", "cutting"])
            && desk.sheet.is(o.at.end, &["it", "that", "this"])
    };
    let quiet = ops.iter().all(|o| matches!(o.verb, Verb::Down | Verb::Be));
    if let Some(op) = op_of(ops, &[Verb::Down]).filter(it).filter(|_| quiet) {
        took(desk, op);
        desk.said(desk.field("parameter"), op.at.clone());
        return Some(vec![(Parameter::Active, Operation::Pause, None)]);
    }
    let op = op_of(ops, &[Verb::Resume])?;
    if let Some(i) = desk.sheet.find_free(&["back"]) {
        desk.sheet.claim(i..i + 1, Use::Lever);
    }
    for word in ["running", "going", "again", "alive"] {
        if let Some(i) = desk.sheet.find_free(&[word]) {
            desk.sheet.claim(i..i + 1, Use::Lever);
        }
    }
    took(desk, op);
    desk.said(desk.field("parameter"), op.at.clone());
    Some(vec![(Parameter::Active, Operation::SetTo, Some("true".to_owned()))])
}
