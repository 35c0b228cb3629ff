//! Questions about what a change of the past has done: "what did the last change of the
//! Product X SPIFF do?" No scenario answers them; the precedents do. Says which change
//! is meant and where to look.

use crate::programs::Program;
use crate::programs::terms::Rate;
use crate::scenario::change;
use crate::scenario::{Parameter, describe::version_near};

use super::board::Board;
use super::days::day_words;
use super::programs::{Found, resolve};
use super::reader::Reader;
use super::sheet::Sheet;
use super::splitting::{Slot, Survey};

const CHANGES: &[&str] = &[
    "change",
    "changes",
    "raise",
    "increase",
    "cut",
    "bump",
    "hike",
    "reduction",
    "adjustment",
    "rise",
    "move",
    "boost",
    "raised",
    "changed",
    "increased",
    "lowered",
    "reduced",
    "moved",
    "bumped",
    "adjusted",
    "decrease",
    "trim",
];
const LAST: &[&str] = &["last", "latest", "previous", "recent", "earlier", "past"];
const CODE: &str = "happened";

/// Whether a question asks what a change of the past has done.
pub(crate) fn asks(survey: &Survey<'_>) -> bool {
    let sheet = &survey.sheet;
    let whole = 0..sheet.len();
    let first = sheet.skip(0, &["so", "and", "hi", "hey", ",", "tell", "me"]);
    if sheet.has(&["if", "would", "suppose", "instead", "without"]) {
        return false;
    }
    // "Did the raise to 15 help?"
    if sheet.is(first, &["did", "has"]) && survey.has(Slot::Number, &whole) && !sheet.has(&["what"]) {
        return true;
    }
    let past = sheet.has(&["did", "has", "have", "was", "were", "happened", "worked", "went"]);
    let opens = sheet.is(first, &["what", "how", "did", "has", "have", "was", "were", "what's", "show"]);
    opens && past && names_last(sheet) && !survey.has(Slot::Number, &whole)
}

/// "the last change", "when we raised it last time".
fn names_last(sheet: &Sheet<'_>) -> bool {
    (0..sheet.len()).any(|i| {
        sheet.is(i, LAST)
            && ((i + 1..i + 4).any(|k| sheet.is(k, CHANGES))
                || sheet.word(i + 1) == "time" && (0..i).any(|k| sheet.is(k, CHANGES)))
    })
}

/// Ends the reading with the change that is meant and where to look.
pub(crate) fn stop(reader: &Reader<'_>, board: &mut Board) {
    let (mut desk, parts) = reader.recognise_all();
    let mut mentions = parts.mentions;
    let company = reader.context.company;
    let program = match resolve(&mut desk.sheet, &mut mentions, false) {
        Found::Fits { programs, .. } => programs.first().filter(|_| programs.len() == 1).copied(),
        _ => None,
    };
    let said = program.and_then(|p| last_change(&company.programs[p], company.as_of));
    let message = said.unwrap_or_else(|| "This asks what a change of the past has done".to_owned());
    let hint = "Its precedents say what happened then: on the accuracy page and below every answer about the \
                program. Or ask what would have happened without it";
    desk.outside(CODE, message, hint);
    board.take(desk);
}

/// The last change of a program that has begun, in words.
fn last_change(program: &Program, as_of: chrono::NaiveDate) -> Option<String> {
    let day = program.versions.iter().map(|v| v.terms.effective.start).filter(|d| *d <= as_of).max()?;
    let new = version_near(program, day);
    let old = program.versions.iter().rfind(|v| v.version < new.version)?;
    let rate = |terms: &crate::programs::Terms| match &terms.rate {
        Rate::Flat(pay) => Some(change::words(pay.value(), terms, Parameter::Rate)),
        Rate::Tiered { .. } => None,
    };
    let what = match (rate(&old.terms), rate(&new.terms)) {
        (Some(a), Some(b)) if a != b => format!("from {a} to {b}"),
        _ => format!("from version {} to version {}", old.version, new.version),
    };
    Some(format!("The last change of {} was on {}, {what}", program.name(), day_words(day)))
}
