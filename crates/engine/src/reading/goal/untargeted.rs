//! A value that is looked for without saying what it is to reach: "What rate do I need
//! for the Product X SPIFF in Q4?" What it is to reach is asked.

use crate::reading::board::Board;
use crate::reading::lexicon;
use crate::reading::reader::Reader;
use crate::reading::sheet::Sheet;
use crate::reading::splitting::{Slot, Survey};

/// Whether a value is looked for, of a program that is named, and no goal is.
pub(crate) fn asks(survey: &Survey<'_>) -> bool {
    let sheet = &survey.sheet;
    let whole = 0..sheet.len();
    let named = survey.has(Slot::Program, &whole) && survey.parts.numbers.is_empty();
    named && super::find(survey).is_none() && (0..3).any(|i| wants(sheet, i))
}

/// "What rate do we need", "how high should it be", "where should we set", "what should it
/// pay".
fn wants(sheet: &Sheet<'_>, i: usize) -> bool {
    const NEEDS: &[&str] =
        &["need", "set", "choose", "pick", "use", "pay", "offer", "have", "go", "put", "run"];
    let us = |k: usize| sheet.is(k, &["we", "i", "you"]);
    let value = sheet.is(i, &["what", "which"])
        && sheet.is(i + 1, lexicon::RATE)
        && (sheet.is(i + 2, &["do", "does", "would", "should", "must"])
            && us(i + 3)
            && sheet.is(i + 4, NEEDS)
            || us(i + 2) && sheet.is(i + 3, &["need", "must", "should"])
            || sheet.is(i + 2, &["should", "must"]));
    let high = sheet.word(i) == "how"
        && sheet.is(i + 1, &["high", "low", "big", "generous"])
        && sheet.is(i + 2, &["should", "must", "do", "does"]);
    let place = sheet.word(i) == "where" && sheet.is(i + 1, &["should", "do", "would"]) && us(i + 2);
    let owed = sheet.word(i) == "what"
        && sheet.is(i + 1, &["should", "must"])
        && (i + 2..i + 12)
            .any(|k| sheet.is(k, &["pay", "be"]) && sheet.is(k + 1, &["", "?", "in", "for", "."]));
    value || high || place || owed
}

/// Asks what the value is to reach.
pub(crate) fn ask(reader: &Reader<'_>, board: &mut Board) {
    let (mut desk, _) = reader.recognise_all();
    let question = "What should it reach: so many units, so much revenue, the highest net, a payout within a limit? \
                    Ask it again with the goal";
    desk.ask("goal", question.to_owned(), vec![]);
    board.take(desk);
}
