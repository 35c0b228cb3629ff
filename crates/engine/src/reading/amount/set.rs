//! To what: a number as a new value.

use crate::programs::terms::Measure;
use crate::reading::desk::Desk;
use crate::reading::numbers::{Given, Number};
use crate::scenario::change::Unit;

use super::doubt::{ask_between, misfit};
use super::{Amount, Asked, asked_unit, current};

pub(super) fn set(desk: &mut Desk<'_>, asked: &Asked<'_>, main: &Number, up: Option<bool>) -> Option<Amount> {
    use crate::scenario::Operation as O;
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
