//! By how much, or to what: numbers, signs and verbs to an operation and a value.
//! Where the words leave two readings, asks, with the consequence of each in
//! figures.

use std::ops::Range;

use rust_decimal::Decimal;

use crate::programs::Terms;
use crate::scenario::change::{self, Unit};
use crate::scenario::{Operation, Parameter};

use crate::reading::desk::Desk;
use crate::reading::numbers::{Given, Number};
use crate::reading::operations::{Op, Verb};
use crate::reading::place::{Place, SOFT, directions, place};
use crate::reading::sheet::{Sheet, Use};

mod delta;
mod doubt;
mod restated;
mod set;

use delta::delta;
use doubt::{agrees, ask_direction, unreadable};
use set::set;

/// An operation with its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Amount {
    pub operation: Operation,
    pub value: Decimal,
}

/// The operation and value of a numeric parameter.
pub(crate) struct Asked<'t> {
    pub terms: &'t Terms,
    pub parameter: Parameter,
    pub tier: Option<Decimal>,
    pub runs: &'t [Range<usize>],
}

/// Puts numbers and verbs together. `None`: asked, failed or unsupported; the desk
/// knows which.
pub(crate) fn read(desk: &mut Desk<'_>, asked: &Asked<'_>, numbers: &[Number], ops: &[Op]) -> Option<Amount> {
    let several = numbers.len() > 1;
    let placed: Vec<(Place, usize)> =
        numbers.iter().map(|n| place(&desk.sheet, n, asked.runs, several)).collect();
    let mains: Vec<usize> = (0..numbers.len()).filter(|k| placed[*k].0 != Place::Old).collect();
    if let Some(bad) = numbers.iter().find(|n| n.value.is_none() || n.odd || n.other_currency.is_some()) {
        return unreadable(desk, bad);
    }
    let (main, (place, from)) = match mains.as_slice() {
        [one] => (&numbers[*one], placed[*one]),
        [] => return without_number(desk, asked, ops),
        [..] => {
            if let Some(amount) = restated::read(desk, asked, numbers, ops) {
                return Some(amount);
            }
            let texts: Vec<String> = mains.iter().map(|k| desk.sheet.text(numbers[*k].at.clone())).collect();
            let question =
                format!("The question gives several values: {}. Which one is the change?", texts.join(", "));
            desk.ask(&desk.field("value"), question, vec![]);
            return None;
        }
    };
    if let Some(times) = ops.iter().find(|o| matches!(o.verb, Verb::Times(_))) {
        let text = desk.sheet.text(times.at.clone());
        let message = format!("The question gives {text:?} and {:?}", desk.sheet.text(main.at.clone()));
        desk.outside("several_changes", message, "Ask about one change at a time");
        return None;
    }
    let (ups, used) = directions(&desk.sheet, main, ops);
    used.into_iter().for_each(|at| desk.sheet.claim(at, Use::Lever));
    desk.sheet.claim(from..main.at.end, Use::Number);
    // "take it to $50" sets.
    let taken =
        |o: &Op| place == Place::To && desk.sheet.is(o.at.start, &["take", "takes", "taking", "took"]);
    // "required a minimum of 30 units"
    let required = asked.parameter == Parameter::Minimum || asked.parameter == Parameter::Target;
    let carried: Vec<&Op> = ops
        .iter()
        .filter(|o| o.verb == Verb::Set || taken(o) || required && o.verb == Verb::Require)
        .collect();
    for op in carried {
        desk.sheet.claim(op.at.clone(), Use::Lever);
    }
    desk.said(desk.field("value"), main.at.clone());
    for (number, (_, from)) in numbers.iter().zip(&placed).filter(|(_, p)| p.0 == Place::Old) {
        let now = desk
            .sheet
            .skip(number.at.end, &["today", "currently", "presently", "now", "at", "the", "moment"]);
        let whole = desk.sheet.is(now - 1, &["today", "currently", "presently", "now", "moment"]);
        desk.sheet.claim(*from..if whole { now } else { number.at.end }, Use::Number);
    }
    let old = (0..numbers.len()).find(|k| placed[*k].0 == Place::Old).map(|k| &numbers[k]);
    let amount = decide(desk, asked, main, &ups, ops, Stand { place, from, replaces: old.is_some() })?;
    said_operation(desk, ops, main, from);
    if let Some(old) = old {
        agrees(desk, asked, old, &amount)?;
    }
    Some(amount)
}

fn said_operation(desk: &mut Desk<'_>, ops: &[Op], main: &Number, from: usize) {
    let field = desk.field("operation");
    if desk.provenance.iter().any(|p| p.field == field) {
        return;
    }
    let verb = ops.iter().find(|o| !matches!(o.verb, Verb::Be));
    let at = verb.map_or(from..main.at.end, |o| o.at.clone());
    desk.said(field, at);
}

fn without_number(desk: &mut Desk<'_>, asked: &Asked<'_>, ops: &[Op]) -> Option<Amount> {
    let times: Vec<&Op> = ops.iter().filter(|o| matches!(o.verb, Verb::Times(_))).collect();
    if let [one] = times.as_slice()
        && let Verb::Times(value) = one.verb
    {
        desk.sheet.claim(one.at.clone(), Use::Lever);
        let by = one.at.start > 0 && desk.sheet.before(one.at.start) == "by";
        if by {
            desk.sheet.claim(one.at.start - 1..one.at.start, Use::Lever);
        }
        // "cut in half", "raise by half again": the verb beside it is the same move.
        for op in ops.iter().filter(|o| matches!(o.verb, Verb::Up | Verb::Down)) {
            let same = (op.verb == Verb::Up) == (value > Decimal::ONE);
            if same {
                desk.sheet.claim(op.at.clone(), Use::Lever);
            }
        }
        desk.said(desk.field("operation"), one.at.clone());
        desk.said(desk.field("value"), one.at.clone());
        return Some(Amount { operation: Operation::MultiplyBy, value });
    }
    let words = crate::scenario::describe::parameter_words(asked.parameter);
    let now = current(asked).map(|n| format!(", now {}", change::words(n, asked.terms, asked.parameter)));
    let question = format!("By how much, or to what, should the {words}{} change?", now.unwrap_or_default());
    desk.ask(&desk.field("value"), question, vec![]);
    None
}

fn current(asked: &Asked<'_>) -> Option<Decimal> {
    change::current(asked.terms, asked.parameter, asked.tier).ok().flatten()
}

/// How the number that says the change stands in the sentence.
struct Stand {
    place: Place,
    /// First token of the words that lead it.
    from: usize,
    /// Whether another number is said to be today's.
    replaces: bool,
}

fn decide(
    desk: &mut Desk<'_>,
    asked: &Asked<'_>,
    main: &Number,
    ups: &[bool],
    ops: &[Op],
    Stand { place, from, replaces }: Stand,
) -> Option<Amount> {
    let value = main.value?;
    let up = ups.first().copied();
    let torn = ups.iter().any(|u| Some(*u) != up);
    let setter = ops.iter().any(|o| matches!(o.verb, Verb::Set | Verb::Restrict))
        || ops.iter().any(|o| o.verb == Verb::Be && follows_verb(&desk.sheet, o, from));
    if main.sign == Some(false) && (place != Place::Bare || !ups.iter().all(|u| !u) || ups.len() > 1) {
        let text = desk.sheet.text(main.at.clone());
        let message = format!("{text} points down while the words do not");
        desk.fail(
            "negative_value",
            desk.field("value"),
            message,
            "To lower it, say \"lower … by\" with a positive number",
        );
        return None;
    }
    // "pay minus twenty dollars"
    let minus = from > 0 && desk.sheet.word(from - 1) == "minus";
    let pays = from > 1 && ops.iter().any(|o| o.verb == Verb::Be && o.at.end == from - 1);
    let value_led = from > 1 && desk.sheet.is(from - 2, &["at", "to", "of", "="]);
    if minus && (pays || value_led) {
        return ask_direction(desk, asked, main);
    }
    if main.loose_sign && ups.len() == 1 {
        return ask_direction(desk, asked, main);
    }
    if main.given == Given::Times && asked_unit(asked) != Some(Unit::Factor)
        || ops.iter().any(|o| o.verb == Verb::Multiply)
    {
        // "… and pay 1.75x": of the rate, or of its accelerator?
        let pays = ops.iter().any(|o| o.verb == Verb::Be && follows_verb(&desk.sheet, o, from));
        let rate = matches!(asked.parameter, Parameter::Rate | Parameter::TierRate);
        if rate && pays && asked.terms.accelerator.is_some() {
            let text = desk.sheet.text(main.at.clone());
            let question =
                format!("Is {text} the accelerator, or the rate times that? Ask it again with one");
            desk.ask(&desk.field("parameter"), question, vec![]);
            return None;
        }
        return times(desk, ups, value, main, ops);
    }
    if torn {
        return ask_direction(desk, asked, main);
    }
    let introduces =
        current(asked).is_none() && ops.iter().any(|o| o.verb == Verb::Add) && place == Place::Bare;
    // "add a cap of 5,000": how large it is to be.
    let added = ops.iter().any(|o| o.verb == Verb::Add)
        && desk.sheet.before(main.at.start) == "of"
        && asked.parameter != Parameter::Rate;
    let introduces = introduces || added;
    match (place, up) {
        (_, Some(true)) if introduces => set(desk, asked, main, None),
        (Place::To, _) => set(desk, asked, main, up),
        (_, Some(up)) => delta(desk, asked, main, place, up),
        (Place::Bare, None) if setter || replaces || valued(desk, asked, main) => {
            set(desk, asked, main, None)
        }
        _ => ask_direction(desk, asked, main),
    }
}

/// Whether a number without a verb can only be the new value: "a minimum of 20",
/// "accelerator 2x", "$45 Product X SPIFF", where it is near what holds today.
fn valued(desk: &Desk<'_>, asked: &Asked<'_>, main: &Number) -> bool {
    let Some(value) = main.value.filter(|_| main.sign.is_none()) else { return false };
    let fits = matches!(
        (asked_unit(asked), main.given),
        (Some(Unit::MoneyPerUnit | Unit::Money), Given::Money)
            | (Some(Unit::Percent), Given::Percent)
            | (Some(Unit::Factor), Given::Times | Given::Bare)
            | (Some(Unit::Measure(_)), Given::Units)
    );
    let of = desk.sheet.before(main.at.start) == "of"
        && desk.sheet.uses.get(main.at.start.wrapping_sub(2)) == Some(&Use::Lever)
        && main.given != Given::Percent;
    let near = current(asked).is_some_and(|now| value * Decimal::TWO >= now && value <= now * Decimal::TWO);
    // "target 45", "cap 500": a number right behind the word for its term.
    let behind = desk.sheet.uses.get(main.at.start.wrapping_sub(1)) == Some(&Use::Lever)
        && asked.parameter != Parameter::Rate
        && asked.parameter != Parameter::TierRate
        && main.given == Given::Bare
        && matches!(asked_unit(asked), Some(Unit::Measure(_) | Unit::Money | Unit::Factor));
    of || ((fits || behind) && near)
}

/// Whether a number follows a weak setter, with nothing but the rate between.
fn follows_verb(sheet: &Sheet<'_>, op: &Op, from: usize) -> bool {
    op.at.end <= from
        && (op.at.end..from).all(|i| {
            sheet.uses[i] != Use::Free || sheet.is(i, SOFT) || sheet.is(i, &["them", "partners", "out", "us"])
        })
}

fn asked_unit(asked: &Asked<'_>) -> Option<Unit> {
    change::unit(asked.terms, asked.parameter)
}

fn times(desk: &mut Desk<'_>, ups: &[bool], value: Decimal, main: &Number, ops: &[Op]) -> Option<Amount> {
    for op in ops.iter().filter(|o| o.verb == Verb::Multiply) {
        desk.sheet.claim(op.at.clone(), Use::Lever);
    }
    if ups.contains(&false) {
        let text = desk.sheet.text(main.at.clone());
        let message = format!("Lowering by {text} can mean several things");
        desk.fail(
            "operation_does_not_fit",
            desk.field("operation"),
            message,
            "Say by how many percent, or to what",
        );
        return None;
    }
    Some(Amount { operation: Operation::MultiplyBy, value })
}
