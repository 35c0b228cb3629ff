//! Levers without a number: who is eligible, which products are covered, switches,
//! caps taken away, programs paused or run on.

use crate::scenario::{Operation, Parameter};

use crate::reading::desk::Desk;
use crate::reading::names::Mention;
use crate::reading::operations::{Op, Verb};
use crate::reading::sheet::Use;
use crate::reading::terms::Said;

mod groups;
mod switch;

pub(crate) use switch::switch;

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
        .or_else(|| groups::products(desk, mentions, ops))
        .or_else(|| groups::eligibility(desk, mentions, said, ops))
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
