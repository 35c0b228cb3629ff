//! "Double that", "two dollars more": a follow-up that moves what the last one moved. It
//! may start from today's terms or from the change that was asked about: asked, with the
//! consequence of each.

use rust_decimal::Decimal;
use serde_json::json;

use crate::reading::board::Board;
use crate::reading::desk::choice;
use crate::reading::lexicon;
use crate::reading::operations::Verb;
use crate::reading::options;
use crate::reading::reader::Reader;
use crate::reading::sheet::Use;
use crate::reading::splitting::{Slot, Survey};
use crate::scenario::{Draft, Lever, Operation, figures, label};

use super::one;

/// What such a follow-up does to the value of the last change.
enum Move {
    Times(Decimal),
    Plus(Decimal),
}

/// The only change of the last scenario, where the words move it without saying from where.
pub(super) fn of_what<'d>(survey: &Survey<'_>, previous: &'d Draft) -> Option<&'d Lever> {
    let sheet = &survey.sheet;
    let whole = 0..sheet.len();
    let [option] = previous.options.as_slice() else { return None };
    let [lever] = option.levers.as_slice() else { return None };
    lever.value.as_ref()?;
    let own = [Slot::Program, Slot::Product, Slot::Parameter, Slot::Audience]
        .iter()
        .any(|s| survey.has(*s, &whole));
    let from_today = sheet.has(&["today", "today's", "current", "instead", "than", "rate", "to", "at"]);
    let moves = match moved(survey)? {
        // What was set is doubled; a raise that is doubled is another raise, or not.
        Move::Times(_) => lever.operation != Operation::SetTo,
        Move::Plus(_) => true,
    };
    (moves && !own && !from_today).then_some(lever)
}

fn moved(survey: &Survey<'_>) -> Option<Move> {
    let sheet = &survey.sheet;
    let times =
        survey.parts.ops.iter().find_map(|o| if let Verb::Times(v) = o.verb { Some(v) } else { None });
    match (survey.parts.numbers.as_slice(), times) {
        ([], Some(factor)) => Some(Move::Times(factor)),
        ([number], None) => {
            let beside = |words: &[&str]| sheet.is(number.at.end, words);
            let again = sheet.has(&["another", "further"]) || beside(lexicon::MORE) || beside(&["extra"]);
            let less = beside(lexicon::LESS);
            let value = number.value?;
            (again || less).then_some(Move::Plus(if less { -value } else { value }))
        }
        _ => None,
    }
}

/// Asks from where it moves; an answer gives the scenario.
pub(super) fn ask(
    reader: &Reader<'_>,
    survey: &Survey<'_>,
    previous: &Draft,
    lever: &Lever,
    board: &mut Board,
) -> Option<Draft> {
    let (mut desk, _) = reader.recognise_all();
    let value: Decimal = lever.value.as_deref()?.parse().ok()?;
    let new = match moved(survey)? {
        Move::Times(factor) => value.checked_mul(factor)?,
        Move::Plus(more) => value.checked_add(more)?,
    };
    let changed = Lever { value: Some(figures::plain(new)), ..lever.clone() };
    let company = reader.context.company;
    let choices = vec![
        choice("change", label(&changed, company), json!({})),
        choice("today", "that much from what holds today".to_owned(), json!({})),
    ];
    let question = format!("Starting from {}, or from what holds today?", label(lever, company));
    let answer = desk.ask("options[0].levers[0].value", question, choices);
    if answer.as_deref() == Some("change") {
        let whole = 0..desk.sheet.len();
        desk.sheet.claim(whole, Use::Idle);
        super::keep_sources(&mut desk);
    }
    board.take(desk);
    if answer? == "today" {
        return one::replaced(reader, survey, previous, (0, 0), board);
    }
    let option = options::option(vec![changed], reader);
    Some(Draft { options: vec![option], ..previous.clone() })
}
