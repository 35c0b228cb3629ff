//! One change put together from what the recognisers found: subject, amount, time
//! and audience. Everything uncertain is asked; nothing is filled in silently.

use crate::calendar::Span;
use crate::programs::Terms;
use crate::scenario::describe::version_near;
use crate::scenario::{Audience, Lever, Operation, Parameter, Period, figures};

use crate::reading::amount::{self, Asked};
use crate::reading::desk::Desk;
use crate::reading::lists;
use crate::reading::names::Mention;
use crate::reading::numbers::Number;
use crate::reading::operations::{Op, Verb};
use crate::reading::periods::PeriodMark;
use crate::reading::place::{Place, place};
use crate::reading::programs;
use crate::reading::sheet::Use;
use crate::reading::subject;
use crate::reading::terms;
use crate::reading::when;

mod named;
mod parameters;
mod people;

use named::{as_described, describes, products_beside, skus_named, wider};
use parameters::{growth_starts, kicks_in, moved_threshold, tier_starts};
pub(crate) use people::{audience, people};

/// A change as read: its levers, when and for whom.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    pub levers: Vec<Lever>,
    pub period: Period,
    pub audience: Audience,
    /// Whether it looks back at a past period.
    pub hindcast: bool,
}

/// What the recognisers hand over.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub mentions: Vec<Mention>,
    pub numbers: Vec<Number>,
    pub ops: Vec<Op>,
    pub periods: Vec<PeriodMark>,
}

/// What is changed, without by how much: for what is to be found or swept.
pub(crate) fn subject(desk: &mut Desk<'_>, parts: Parts) -> Option<Change> {
    let Parts { mut mentions, mut numbers, periods, .. } = parts;
    let said = terms::find(&mut desk.sheet);
    let period = when::period(desk, &periods);
    let settled = period.is_ok();
    let period = period.unwrap_or_else(|p| p);
    let found = programs::resolve(&mut desk.sheet, &mut mentions, false);
    let program = subject::program(desk, found, &said, period.span());
    let company = desk.context.company;
    let levers = program.and_then(|p| {
        let terms = &version_near(&company.programs[p], period.start.max(company.today())).terms;
        let parameter = subject::parameter(desk, &said, terms)?;
        if crate::scenario::change::unit(terms, parameter).is_none() {
            let message = format!(
                "The {} has no number to look for",
                crate::scenario::describe::parameter_words(parameter)
            );
            desk.outside("not_a_number", message, "Ask about a rate, a cap, a budget or another number");
            return None;
        }
        let words = said.first().filter(|_| parameter == Parameter::TierThreshold).map(|s| s.at.clone());
        let tiers_said = terms::tiers(&mut desk.sheet, terms, &mut numbers, words);
        let tiers = subject::tiers(desk, terms, parameter, tiers_said, None)?;
        let id = company.programs[p].id.as_str();
        let lever_of = |from: Option<rust_decimal::Decimal>| Lever {
            tier_from: from.map(figures::plain),
            ..lever(id, parameter, Operation::SetTo, None)
        };
        Some(tiers.into_iter().map(lever_of).collect::<Vec<_>>())
    });
    let audience = audience(desk, &mentions);
    let levers = levers?;
    settled.then_some(())?;
    let first = when::running(desk, &company.programs[program?], &period, false, false)?;
    Some(change(desk, first, levers, period, audience?))
}

/// A single change; `None` where it could not be put together, with the reason on
/// the desk.
pub(crate) fn one_change(desk: &mut Desk<'_>, parts: Parts) -> Option<Change> {
    let Parts { mut mentions, mut numbers, ops, periods } = parts;
    let said = terms::find(&mut desk.sheet);
    let period = when::period(desk, &periods);
    let settled = period.is_ok();
    let period = period.unwrap_or_else(|p| p);
    let span = Span::new(period.start, period.end);
    let takes =
        ops.iter().any(|o| matches!(o.verb, Verb::Remove | Verb::Stop | Verb::Without | Verb::Resume));
    // "open it to Silver at today's $24"
    let lets = ops.iter().any(|o| matches!(o.verb, Verb::Include | Verb::Exclude | Verb::Add));
    let today = |n: &Number| {
        desk.sheet
            .is(n.at.start.wrapping_sub(1), &["today's", "todays", "current", "present", "existing", "same"])
    };
    let described = takes && numbers.iter().all(|n| describes(desk, n, &mentions))
        || lets && !numbers.is_empty() && numbers.iter().all(today);
    let lists = (numbers.is_empty() || described) && !ops.iter().any(|o| matches!(o.verb, Verb::Times(_)));
    let moves_list = |o: &Op| {
        matches!(
            o.verb,
            Verb::Include
                | Verb::Add
                | Verb::Exclude
                | Verb::Remove
                | Verb::Resume
                | Verb::Down
                | Verb::Restrict
        ) || o.verb == Verb::Without
            && mentions.iter().any(|m| m.is_product() && m.at.start == desk.sheet.skip(o.at.end, &["the"]))
    };
    let product_value = lists && ops.iter().any(moves_list) && products_beside(desk, &mentions, &ops);
    let mentions_before = mentions.clone();
    let found = programs::resolve(&mut desk.sheet, &mut mentions, product_value);
    let runs = match &found {
        programs::Found::Fits { at, .. } => at.clone(),
        _ => Vec::new(),
    };
    let skus = skus_named(&mentions_before, &runs);
    let program = subject::program(desk, found, &said, span);
    if let Some(p) = program {
        wider(desk, p, &skus);
    }
    let company = desk.context.company;
    let levers = program.and_then(|p| {
        // A look back is at the terms of then.
        let day = if desk.hindcast { period.start } else { period.start.max(company.today()) };
        let version = version_near(&company.programs[p], day);
        let terms = &version.terms;
        let id = company.programs[p].id.clone();
        let moves = if lists { lists::moves(desk, &mut mentions, &said, &ops) } else { None };
        if let Some(moves) = moves {
            let levers = settle_moves(desk, moves, &said, terms, &id)?;
            return as_described(desk, &numbers, &levers, terms).then_some(levers);
        }
        // "only new customers, at 9%": a switch and an amount.
        let (switched, rest): (Vec<_>, Vec<_>) = said.iter().cloned().partition(is_switch);
        // "5% for new customers only": for whom the rate moves, which no term says.
        let narrows = |s: &terms::Said| desk.sheet.is(s.at.start.wrapping_sub(1), &["for", "on", "from"]);
        let limits = ops.iter().any(|o| matches!(o.verb, Verb::Restrict | Verb::Remove | Verb::Require));
        let apart = limits || !switched.iter().any(narrows);
        let (switched, rest) = if apart { (switched, rest) } else { (Vec::new(), said.clone()) };
        let moves = if switched.is_empty() { None } else { lists::switch(desk, &switched, &ops) };
        let Some(moves) = moves else { return numeric(desk, &said, terms, &id, &runs, &mut numbers, &ops) };
        let mut levers = settle_moves(desk, moves, &switched, terms, &id)?;
        desk.path = shifted(&desk.path, levers.len());
        levers.extend(numeric(desk, &rest, terms, &id, &runs, &mut numbers, &ops)?);
        Some(levers)
    });
    let audience = audience(desk, &mentions);
    let levers = levers?;
    let program = &company.programs[program?];
    let starts = levers.iter().any(|l| l.parameter == Parameter::Active && l.operation == Operation::SetTo);
    if !settled {
        return None;
    }
    // "Prolong it for Q4 at $20": run on, and at another rate.
    let resumes = ops.iter().find(|o| o.verb == Verb::Resume && !wished(desk, o)).map(|o| o.at.clone());
    let first = when::running(desk, program, &period, starts, resumes.is_some())?;
    if let Some(at) = resumes.filter(|_| !first.is_empty()) {
        desk.sheet.claim(at.clone(), Use::Lever);
        let words = ["running", "going", "one", "more", "quarter", "so", "another", "alive"];
        (0..desk.sheet.len()).filter(|i| desk.sheet.is(*i, &words)).collect::<Vec<_>>().into_iter().for_each(
            |i| {
                if desk.sheet.free(i) {
                    desk.sheet.claim(i..i + 1, Use::Lever);
                }
            },
        );
        desk.said(desk.field("active"), at);
    }
    Some(change(desk, first, levers, period, audience?))
}

/// "We would love to keep it going: 8% in Q4": what it is to pay is said apart from the
/// wish, so that on which terms it would run is open.
fn wished(desk: &Desk<'_>, op: &Op) -> bool {
    let sheet = &desk.sheet;
    let apart = (op.at.end..sheet.len()).find(|i| sheet.is(*i, &[":", ".", ";"]));
    let figure = |from: usize| (from..sheet.len()).any(|i| sheet.uses[i] == Use::Number);
    sheet.is(op.at.start, &["keep", "keeps"]) && apart.is_some_and(figure)
}

/// Whether a term has no number, only one state or another.
fn is_switch(said: &terms::Said) -> bool {
    matches!(
        said.parameters.as_slice(),
        [Parameter::RateMode | Parameter::DealRegistration | Parameter::NewCustomerOnly]
    )
}

pub(crate) fn lever(
    program: &str,
    parameter: Parameter,
    operation: Operation,
    value: Option<String>,
) -> Lever {
    Lever {
        program: program.to_owned(),
        parameter,
        operation,
        value,
        tier_from: None,
        period: None,
        audience: None,
        terms: None,
    }
}

/// Moves without numbers as levers. A removal still has to say of what.
fn settle_moves(
    desk: &mut Desk<'_>,
    moves: Vec<lists::Move>,
    said: &[terms::Said],
    terms: &Terms,
    id: &str,
) -> Option<Vec<Lever>> {
    let mut levers = Vec::new();
    for (parameter, operation, value) in moves {
        let taken_away = parameter == Parameter::Active && operation == Operation::Remove;
        let parameter = if taken_away { subject::parameter(desk, said, terms)? } else { parameter };
        levers.push(lever(id, parameter, operation, value));
    }
    Some(levers)
}

fn numeric(
    desk: &mut Desk<'_>,
    said: &[terms::Said],
    terms: &Terms,
    id: &str,
    runs: &[std::ops::Range<usize>],
    numbers: &mut Vec<Number>,
    ops: &[Op],
) -> Option<Vec<Lever>> {
    let parameter = subject::parameter(desk, said, terms)?;
    if crate::scenario::change::unit(terms, parameter).is_none() {
        let message =
            format!("{} and a number are two changes", crate::scenario::describe::parameter_words(parameter));
        desk.outside("several_changes", message, "Ask about one change at a time");
        return None;
    }
    let parameter = if tier_starts(desk, parameter, numbers) { Parameter::TierThreshold } else { parameter };
    let parameter =
        if growth_starts(desk, parameter, terms, numbers) { Parameter::GrowthAbove } else { parameter };
    let kick_in = kicks_in(desk, parameter, numbers);
    let parameter = if kick_in { Parameter::AcceleratorAbove } else { parameter };
    let words = said.first().filter(|_| parameter == Parameter::TierThreshold).map(|s| s.at.clone());
    let tiers_said = terms::tiers(&mut desk.sheet, terms, numbers, words);
    let parameter = match (&tiers_said, parameter) {
        // "start the top tier at 40,000" is not supported as a rate in units or money.
        (terms::Tiers::One(..) | terms::Tiers::All(_), Parameter::Rate) => Parameter::TierRate,
        _ => parameter,
    };
    let parameter = if moved_threshold(desk, terms, parameter, &tiers_said, numbers) {
        Parameter::TierThreshold
    } else {
        parameter
    };
    let old = numbers
        .iter()
        .find(|n| place(&desk.sheet, n, runs, numbers.len() > 1).0 == Place::Old)
        .and_then(|n| n.value);
    let tiers = subject::tiers(desk, terms, parameter, tiers_said, old)?;
    let asked = Asked { terms, parameter, tier: tiers.first().copied().flatten(), runs };
    let amount = amount::read(desk, &asked, numbers, ops)?;
    let value = figures::plain(amount.value);
    Some(
        tiers
            .into_iter()
            .map(|from| Lever {
                tier_from: from.map(figures::plain),
                ..lever(id, parameter, amount.operation, Some(value.clone()))
            })
            .collect(),
    )
}

fn change(
    desk: &mut Desk<'_>,
    first: Vec<Lever>,
    levers: Vec<Lever>,
    period: Period,
    audience: Audience,
) -> Change {
    let shift = first.len();
    if shift > 0 {
        // What the question says is about the lever behind the ones put first.
        let (path, behind) = (desk.path.clone(), shifted(&desk.path, shift));
        for entry in &mut desk.provenance {
            if let Some(rest) = entry.field.strip_prefix(&path) {
                entry.field = format!("{behind}{rest}");
            }
        }
    }
    let levers = first.into_iter().chain(levers).collect();
    Change { levers, period, audience, hindcast: desk.hindcast }
}

/// `options[0].levers[1]` for `options[0].levers[0]` and 1.
fn shifted(path: &str, by: usize) -> String {
    let number = |text: &str| text.strip_suffix(']').and_then(|n| n.parse::<usize>().ok());
    match path.rsplit_once('[').and_then(|(head, tail)| Some((head, number(tail)?))) {
        Some((head, n)) => format!("{head}[{}]", n + by),
        None => path.to_owned(),
    }
}
