//! Switches of a program: marginal or retroactive, deal registration, new customers only.

use crate::reading::desk::Desk;
use crate::reading::operations::{Op, Verb};
use crate::reading::sheet::Use;
use crate::reading::terms::Said;
use crate::scenario::{Operation, Parameter};

use super::{Move, carry, op_of, took};

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
