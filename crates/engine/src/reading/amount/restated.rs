//! A change said twice: "by 10%, so that 7% becomes 7.7%", "by 5% to $42". Where the
//! figures agree with today's value, the two are one change, and the second settles
//! what the first left open (percent or points); where they do not, both are asked about.

use rust_decimal::Decimal;

use crate::reading::desk::Desk;
use crate::reading::numbers::{Given, Number};
use crate::reading::operations::{Op, Verb};
use crate::reading::sheet::{Sheet, Use};
use crate::scenario::Operation;

use super::{Amount, Asked, current};

/// Words between a change and what comes of it.
const BECOMES: &[&str] = &[
    "becomes", "become", "to", "→", "=", "is", "makes", "make", "ie", "e", "meaning", "(", "into", "at", ">",
    "reach",
];
/// Words that lead such a clause.
const LEADS: &[&str] = &[
    "so", "that", "i", "e", ".", "ie", "meaning", "which", "makes", "means", "from", "(", ")", ",", "the",
    "it", "is", "then", "becomes", "become", "to", "and", "would", "will", "be", "new", "rate", "=", "→",
    "-", ">", "goes", "today's", "current", "making", "at", "by", "a", "an", "higher", "lower", "more",
    "less", "than",
];

/// The change, where two numbers say the same; their tokens are taken off the sheet.
pub(super) fn read(desk: &mut Desk<'_>, asked: &Asked<'_>, numbers: &[Number], ops: &[Op]) -> Option<Amount> {
    let now = current(asked)?;
    let (by, to, amount) = agreeing(&desk.sheet, now, numbers, ops)?;
    let rest = |k: usize| k == by || k == to || numbers[k].value == Some(now);
    if !(0..numbers.len()).all(rest) {
        return None;
    }
    let first = numbers.iter().map(|n| n.at.start).min()?;
    let last = numbers.iter().map(|n| n.at.end).max()?;
    let inside: Vec<usize> =
        (first..last).filter(|i| desk.sheet.free(*i) && desk.sheet.is(*i, LEADS)).collect();
    let lead = first.checked_sub(1).filter(|i| desk.sheet.is(*i, &["by", "from", "to"]));
    for i in inside.into_iter().chain(lead) {
        desk.sheet.claim(i..i + 1, Use::Number);
    }
    for op in
        ops.iter().filter(|o| matches!(o.verb, Verb::Up | Verb::Down | Verb::Set | Verb::Add | Verb::Be))
    {
        desk.sheet.claim(op.at.clone(), Use::Lever);
    }
    // "relative +20% (so 6% becomes 7.2%)": what the figures say anyway.
    if let Some(i) = desk.sheet.find_free(super::delta::RELATIVE) {
        desk.sheet.claim(i..i + 1, Use::Lever);
    }
    for number in numbers {
        desk.sheet.claim(number.at.clone(), Use::Number);
    }
    desk.said(desk.field("value"), numbers[by].at.clone());
    desk.said(desk.field("operation"), numbers[to].at.clone());
    Some(amount)
}

/// The number that says by how much and the one that says to what, where exactly one
/// operation leads from today's value by the one to the other.
fn agreeing(
    sheet: &Sheet<'_>,
    now: Decimal,
    numbers: &[Number],
    ops: &[Op],
) -> Option<(usize, usize, Amount)> {
    let up = ops.iter().any(|o| matches!(o.verb, Verb::Up | Verb::Add));
    let down = ops.iter().any(|o| o.verb == Verb::Down);
    let mut found = Vec::new();
    for (by, change) in numbers.iter().enumerate() {
        for (to, result) in numbers.iter().enumerate() {
            let before = (0..result.at.start).rev().find(|i| !sheet.is(*i, &["the", "a", "then", "about"]));
            let says = before.is_some_and(|i| sheet.is(i, BECOMES));
            let (Some(value), Some(wanted)) = (change.value, result.value) else { continue };
            if by == to || !says || wanted == now || value == now && sheet.before(change.at.start) == "from" {
                continue;
            }
            let fits = |(operation, after, rises): &(Operation, Option<Decimal>, bool)| {
                let against = if *rises { down && !up } else { up && !down };
                (*after == Some(wanted) && !against).then_some(*operation)
            };
            found.extend(outcomes(now, change, value).iter().filter_map(fits).map(|o| (by, to, o, value)));
        }
    }
    match found.as_slice() {
        [(by, to, operation, value)] => Some((*by, *to, Amount { operation: *operation, value: *value })),
        _ => None,
    }
}

/// What each operation that a number may mean makes of today's value, and whether it
/// is one upwards.
fn outcomes(now: Decimal, change: &Number, value: Decimal) -> Vec<(Operation, Option<Decimal>, bool)> {
    use Operation as O;
    let share = value / Decimal::ONE_HUNDRED;
    let percent = [
        (O::IncreaseByPercent, now.checked_mul(Decimal::ONE + share), true),
        (O::DecreaseByPercent, now.checked_mul(Decimal::ONE - share), false),
    ];
    let points = [
        (O::IncreaseByPoints, now.checked_add(value), true),
        (O::DecreaseByPoints, now.checked_sub(value), false),
    ];
    let amount = [
        (O::IncreaseByAmount, now.checked_add(value), true),
        (O::DecreaseByAmount, now.checked_sub(value), false),
    ];
    match change.given {
        Given::Percent => percent.into_iter().chain(points).collect(),
        Given::Points => points.to_vec(),
        Given::Times => vec![(O::MultiplyBy, now.checked_mul(value), value > Decimal::ONE)],
        Given::Money | Given::Units => amount.to_vec(),
        Given::Bare => percent.into_iter().chain(amount).collect(),
    }
}
