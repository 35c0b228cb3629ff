//! By how much: a number and a direction to an operation.

use rust_decimal::Decimal;

use crate::programs::terms::Measure;
use crate::reading::desk::Desk;
use crate::reading::lexicon;
use crate::reading::numbers::{Given, Number};
use crate::reading::place::Place;
use crate::reading::sheet::{Sheet, Use};
use crate::scenario::change::Unit;

use super::doubt::{ask_between, misfit};
use super::{Amount, Asked, asked_unit, current};

pub(super) const AGAINST_TODAY: &[&str] = &[
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

pub(super) const RELATIVE: &[&str] = &["relative", "relatively"];

pub(super) fn delta(
    desk: &mut Desk<'_>,
    asked: &Asked<'_>,
    main: &Number,
    place: Place,
    up: bool,
) -> Option<Amount> {
    use crate::scenario::Operation as O;
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
        (Unit::MoneyPerUnit | Unit::Money | Unit::Measure(Measure::Revenue), Given::Money) => {
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
        (Unit::Money | Unit::Measure(Measure::Revenue), Given::Bare) if value >= Decimal::ONE_THOUSAND => {
            sure(amount)
        }
        (Unit::Measure(Measure::Units), Given::Units) => sure(amount),
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

pub(super) fn main_is_more(sheet: &Sheet<'_>, main: &Number) -> bool {
    let near = main.at.start.saturating_sub(2)..(main.at.end + 4).min(sheet.len());
    near.into_iter().any(|i| sheet.is(i, lexicon::MORE) || sheet.is(i, &["add", "adding", "plus", "+"]))
        || main.sign.is_some()
}
