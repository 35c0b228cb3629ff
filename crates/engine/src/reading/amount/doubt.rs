//! Doubts about an amount, each asked with the consequence of every answer in figures.

use rust_decimal::Decimal;
use serde_json::json;

use crate::reading::desk::{Desk, choice, rephrase};
use crate::reading::numbers::{Given, Number};
use crate::scenario::change::{self, Unit};
use crate::scenario::{Operation, figures};

use super::set::set;
use super::{Amount, Asked, asked_unit, current};

pub(super) fn unreadable(desk: &mut Desk<'_>, number: &Number) -> Option<Amount> {
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

/// The value after an operation, for the words of a choice.
pub(super) fn after(asked: &Asked<'_>, operation: Operation, value: Decimal) -> Option<String> {
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

pub(super) fn consequence(asked: &Asked<'_>, operation: Operation, value: Decimal) -> String {
    let now = current(asked).map(|n| change::words(n, asked.terms, asked.parameter)).unwrap_or_default();
    format!("{now} becomes {}", after(asked, operation, value).unwrap_or_default())
}

/// Asks between operations on the same value.
pub(super) fn ask_between(
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

pub(super) fn ask_direction(desk: &mut Desk<'_>, asked: &Asked<'_>, main: &Number) -> Option<Amount> {
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

pub(super) fn misfit(desk: &mut Desk<'_>, main: &Number, hint: &str) -> Option<Amount> {
    let text = desk.sheet.text(main.at.clone());
    desk.fail(
        "operation_does_not_fit",
        desk.field("operation"),
        format!("{text} does not fit what it would change"),
        hint,
    );
    None
}

/// What the question takes for today's value must be today's value.
pub(super) fn agrees(desk: &mut Desk<'_>, asked: &Asked<'_>, old: &Number, amount: &Amount) -> Option<()> {
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
