//! By how much, or to what: numbers, signs and verbs to an operation and a value.
//! Where the words leave two readings, asks, with the consequence of each in
//! figures.

use std::ops::Range;

use rust_decimal::Decimal;
use serde_json::json;

use crate::programs::Terms;
use crate::scenario::change::{self, Unit};
use crate::scenario::{Operation, Parameter, figures};

use super::desk::{Desk, choice, rephrase};
use super::lexicon;
use super::numbers::{Given, Number};
use super::operations::{Op, Verb};
use super::place::{Place, SOFT, directions, place};
use super::sheet::{Sheet, Use};

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
    let carried: Vec<&Op> = ops.iter().filter(|o| o.verb == Verb::Set || taken(o)).collect();
    for op in carried {
        desk.sheet.claim(op.at.clone(), Use::Lever);
    }
    desk.said(desk.field("value"), main.at.clone());
    for (number, (_, from)) in numbers.iter().zip(&placed).filter(|(_, p)| p.0 == Place::Old) {
        desk.sheet.claim(*from..number.at.end, Use::Number);
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

fn unreadable(desk: &mut Desk<'_>, number: &Number) -> Option<Amount> {
    let field = desk.field("value");
    let text = desk.sheet.text(number.at.clone());
    if let Some(currency) = number.other_currency {
        let own = &desk.context.company.catalog.currency;
        let message = format!("{text} is in {currency}; everything here is in {own}");
        desk.fail("other_currency", field, message, format!("Give the amount in {own}"));
    } else if number.value.is_none() {
        let message = format!("{text} is larger than anything in a program");
        desk.fail("value_out_of_bounds", field, message, "Give a smaller number");
    } else {
        let question = format!("Is {text} one number or two? Write it with a point, such as 4.5");
        desk.ask(&field, question, vec![]);
    }
    None
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
    if minus && pays {
        return ask_direction(desk, asked, main);
    }
    if main.loose_sign && ups.len() == 1 {
        return ask_direction(desk, asked, main);
    }
    if main.given == Given::Times && asked_unit(asked) != Some(Unit::Factor)
        || ops.iter().any(|o| o.verb == Verb::Multiply)
    {
        return times(desk, ups, value, main, ops);
    }
    if torn {
        return ask_direction(desk, asked, main);
    }
    let introduces =
        current(asked).is_none() && ops.iter().any(|o| o.verb == Verb::Add) && place == Place::Bare;
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
    of || (fits && near)
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

/// The value after an operation, for the words of a choice.
fn after(asked: &Asked<'_>, operation: Operation, value: Decimal) -> Option<String> {
    let now = current(asked)?;
    let hundred = Decimal::ONE_HUNDRED;
    let new = match operation {
        Operation::IncreaseByPercent => now.checked_mul(Decimal::ONE + value / hundred)?,
        Operation::DecreaseByPercent => now.checked_mul(Decimal::ONE - value / hundred)?,
        Operation::IncreaseByPoints | Operation::IncreaseByAmount => now.checked_add(value)?,
        Operation::DecreaseByPoints | Operation::DecreaseByAmount => now.checked_sub(value)?,
        _ => value,
    };
    Some(change::words(new.round_dp(6), asked.terms, asked.parameter))
}

fn consequence(asked: &Asked<'_>, operation: Operation, value: Decimal) -> String {
    let now = current(asked).map(|n| change::words(n, asked.terms, asked.parameter)).unwrap_or_default();
    format!("{now} becomes {}", after(asked, operation, value).unwrap_or_default())
}

/// Asks between operations on the same value.
fn ask_between(
    desk: &mut Desk<'_>,
    asked: &Asked<'_>,
    key: &str,
    question: String,
    value: Decimal,
    options: &[(&str, Operation)],
) -> Option<Amount> {
    let choices: Vec<_> = options
        .iter()
        .map(|(id, operation)| {
            let patch =
                desk.lever_patch(&[("operation", json!(operation)), ("value", json!(figures::plain(value)))]);
            choice(*id, consequence(asked, *operation, value), patch)
        })
        .collect();
    let answer = desk.ask(&desk.field(key), question, choices)?;
    let (_, operation) = options.iter().find(|(id, _)| *id == answer)?;
    Some(Amount { operation: *operation, value })
}

fn ask_direction(desk: &mut Desk<'_>, asked: &Asked<'_>, main: &Number) -> Option<Amount> {
    use Operation as O;
    let value = main.value?;
    let text = desk.sheet.text(main.at.clone());
    let percent = asked_unit(asked) == Some(Unit::Percent);
    let mut options = match main.given {
        Given::Percent if percent => vec![
            ("set_to", O::SetTo),
            ("up_points", O::IncreaseByPoints),
            ("down_points", O::DecreaseByPoints),
            ("up_relative", O::IncreaseByPercent),
            ("down_relative", O::DecreaseByPercent),
        ],
        Given::Percent => vec![("up", O::IncreaseByPercent), ("down", O::DecreaseByPercent)],
        Given::Points => vec![("up", O::IncreaseByPoints), ("down", O::DecreaseByPoints)],
        _ if percent => vec![
            ("set_to", O::SetTo),
            ("up_points", O::IncreaseByPoints),
            ("down_points", O::DecreaseByPoints),
        ],
        _ => vec![("set_to", O::SetTo), ("up", O::IncreaseByAmount), ("down", O::DecreaseByAmount)],
    };
    if current(asked).is_none() {
        options.retain(|(_, o)| *o == O::SetTo);
        // There is nothing to raise or lower: it can only be introduced.
        if options.len() == 1 {
            return set(desk, asked, main, None);
        }
    }
    let question = format!("Should {text} raise it, lower it, or be its new value?");
    ask_between(desk, asked, "operation", question, value, &options)
}

fn misfit(desk: &mut Desk<'_>, main: &Number, hint: &str) -> Option<Amount> {
    let text = desk.sheet.text(main.at.clone());
    desk.fail(
        "operation_does_not_fit",
        desk.field("operation"),
        format!("{text} does not fit what it would change"),
        hint,
    );
    None
}

const AGAINST_TODAY: &[&str] = &[
    "to",
    "the",
    "current",
    "currently",
    "today",
    "today's",
    "now",
    "it",
    "is",
    "rate",
    "terms",
    "existing",
    "level",
    "what",
    "we",
    "pay",
    "present",
];
const RELATIVE: &[&str] = &["relative", "relatively"];

fn delta(desk: &mut Desk<'_>, asked: &Asked<'_>, main: &Number, place: Place, up: bool) -> Option<Amount> {
    use Operation as O;
    let value = main.value?;
    let (percent, points, amount) = if up {
        (O::IncreaseByPercent, O::IncreaseByPoints, O::IncreaseByAmount)
    } else {
        (O::DecreaseByPercent, O::DecreaseByPoints, O::DecreaseByAmount)
    };
    let sure = |operation| Some(Amount { operation, value });
    let unit = asked_unit(asked)?;
    if current(asked).is_none() {
        // Nothing to move; the check says so in full.
        return sure(if main.given == Given::Percent { percent } else { amount });
    }
    match (unit, main.given) {
        (Unit::Percent, Given::Percent) => {
            let relative = (0..desk.sheet.len()).find(|i| desk.sheet.is(*i, RELATIVE));
            if let Some(i) = relative {
                let end = desk.sheet.skip(i + 1, AGAINST_TODAY);
                let start = if desk.sheet.before(i) == "in" { i - 1 } else { i };
                desk.sheet.claim(start..end, Use::Lever);
                return sure(percent);
            }
            // "5% higher than today's 3%": measured against the rate itself.
            let than = (main.at.end..(main.at.end + 4).min(desk.sheet.len()))
                .find(|i| desk.sheet.word(*i) == "than");
            if let Some(i) = than {
                let end = desk.sheet.skip(i + 1, AGAINST_TODAY);
                desk.sheet.claim(i..end, Use::Lever);
                return sure(percent);
            }
            let text = desk.sheet.text(main.at.clone());
            let question = format!("Is {text} relative to the rate, or percentage points?");
            ask_between(
                desk,
                asked,
                "operation",
                question,
                value,
                &[("relative", percent), ("points", points)],
            )
        }
        (Unit::Percent, Given::Points) => sure(points),
        (Unit::Percent, Given::Bare) => {
            let text = desk.sheet.text(main.at.clone());
            let question = format!("By {text} percent of the rate, or {text} percentage points?");
            ask_between(desk, asked, "value", question, value, &[("relative", percent), ("points", points)])
        }
        (Unit::Percent, _) => {
            misfit(desk, main, "The rate is a percent: say by how many points, or to what percent")
        }
        (_, Given::Percent) => {
            // "5% relative to today", "5% more than now": what it is anyway.
            let near = main.at.end..(main.at.end + 4).min(desk.sheet.len());
            let said = near.into_iter().find(|i| {
                desk.sheet.free(*i) && (desk.sheet.is(*i, RELATIVE) || desk.sheet.word(*i) == "than")
            });
            if let Some(i) = said {
                let end = desk.sheet.skip(i + 1, AGAINST_TODAY);
                desk.sheet.claim(i..end, Use::Lever);
            }
            sure(percent)
        }
        (_, Given::Points) => {
            misfit(desk, main, "Points are for rates that are a percent: say by how many percent")
        }
        (
            Unit::MoneyPerUnit | Unit::Money | Unit::Measure(crate::programs::terms::Measure::Revenue),
            Given::Money,
        ) => {
            let big = place == Place::Bare && up && current(asked).is_some_and(|now| value >= now);
            if big && !main_is_more(&desk.sheet, main) {
                let text = desk.sheet.text(main.at.clone());
                let question = format!("By {text}, or to {text}?");
                return ask_between(
                    desk,
                    asked,
                    "value",
                    question,
                    value,
                    &[("by", amount), ("to", O::SetTo)],
                );
            }
            sure(amount)
        }
        (Unit::MoneyPerUnit, Given::Bare) if main.per_unit => sure(amount),
        // Nothing is changed by a thousand percent.
        (Unit::Money | Unit::Measure(crate::programs::terms::Measure::Revenue), Given::Bare)
            if value >= Decimal::ONE_THOUSAND =>
        {
            sure(amount)
        }
        (Unit::Measure(crate::programs::terms::Measure::Units), Given::Units) => sure(amount),
        (_, Given::Bare) => {
            let text = desk.sheet.text(main.at.clone());
            let question = format!("{text} of what: an amount or a percent?");
            let mut options = vec![("amount", amount), ("percent", percent)];
            if place == Place::Bare {
                options.push(("to", O::SetTo));
            }
            ask_between(desk, asked, "value", question, value, &options)
        }
        _ => misfit(desk, main, "Say by how many percent, or to what value"),
    }
}

fn main_is_more(sheet: &Sheet<'_>, main: &Number) -> bool {
    let near = main.at.start.saturating_sub(2)..(main.at.end + 4).min(sheet.len());
    near.into_iter().any(|i| sheet.is(i, lexicon::MORE) || sheet.is(i, &["add", "adding", "plus", "+"]))
        || main.sign.is_some()
}

fn set(desk: &mut Desk<'_>, asked: &Asked<'_>, main: &Number, up: Option<bool>) -> Option<Amount> {
    use crate::programs::terms::Measure;
    use Operation as O;
    let value = main.value?;
    let unit = asked_unit(asked)?;
    let fits = match (unit, main.given) {
        (_, Given::Bare) => !main.per_unit || unit == Unit::MoneyPerUnit,
        (Unit::MoneyPerUnit | Unit::Money | Unit::Measure(Measure::Revenue), Given::Money) => {
            !main.per_unit || unit == Unit::MoneyPerUnit
        }
        (Unit::Percent, Given::Percent)
        | (Unit::Factor, Given::Times)
        | (Unit::Measure(Measure::Units), Given::Units) => true,
        _ => false,
    };
    if !fits {
        if main.given == Given::Percent
            && matches!(unit, Unit::MoneyPerUnit | Unit::Money)
            && current(asked).is_some()
        {
            let text = desk.sheet.text(main.at.clone());
            let question = format!("It is an amount of money, not a percent. What does {text} mean?");
            let by = if up == Some(false) { O::DecreaseByPercent } else { O::IncreaseByPercent };
            return ask_between(
                desk,
                asked,
                "operation",
                question,
                value,
                &[("by_percent", by), ("set_to", O::SetTo)],
            );
        }
        return misfit(desk, main, "Give the new value in the unit that the program uses");
    }
    let now = current(asked);
    let against = now.zip(up).is_some_and(|(now, up)| if up { value < now } else { value > now });
    if against {
        let text = desk.sheet.text(main.at.clone());
        let (by, word) =
            if up == Some(true) { (O::IncreaseByAmount, "raise") } else { (O::DecreaseByAmount, "lower") };
        let by = if unit == Unit::Percent {
            if up == Some(true) { O::IncreaseByPoints } else { O::DecreaseByPoints }
        } else {
            by
        };
        let question = format!("To {word} it to {text} goes the other way. By {text}, or to {text}?");
        return ask_between(desk, asked, "operation", question, value, &[("set_to", O::SetTo), ("by", by)]);
    }
    Some(Amount { operation: O::SetTo, value })
}

/// What the question takes for today's value must be today's value.
fn agrees(desk: &mut Desk<'_>, asked: &Asked<'_>, old: &Number, amount: &Amount) -> Option<()> {
    let now = current(asked);
    if now.is_none() || now == old.value {
        return Some(());
    }
    let now = now.map(|n| change::words(n, asked.terms, asked.parameter)).unwrap_or_default();
    let text = desk.sheet.text(old.at.clone());
    let question = format!("The rules say {now}, not {text}. Go on?");
    let choices =
        vec![choice("go_on", consequence(asked, amount.operation, amount.value), json!({})), rephrase()];
    let answer = desk.ask(&desk.field("value"), question, choices)?;
    if answer == "rephrase" {
        desk.fail(
            "rephrased",
            desk.field("value"),
            "The question is to be asked differently".to_owned(),
            "Ask again",
        );
        return None;
    }
    Some(())
}
