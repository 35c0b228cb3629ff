//! How a number stands in the sentence: by it, to it, from it; and which way the
//! words around it point.

use std::ops::Range;

use super::lexicon;
use super::numbers::Number;
use super::operations::{Op, Verb};
use super::sheet::{Sheet, Use};

/// How a number stands in the sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// `by 5%`
    By,
    /// `to $45`, `at $45`, `= 45`
    To,
    /// `from $40`, `instead of $40`: what it is now.
    Old,
    /// No word before it.
    Bare,
}

pub(crate) const EQUALS: &[&str] = &["→", "=", "➔", "⇒", ":"];
pub(crate) const SOFT: &[&str] = &[
    "about",
    "(",
    "\"",
    "“",
    "”",
    "the",
    "a",
    "an",
    "just",
    "only",
    "exactly",
    "be",
    "around",
    "roughly",
    "of",
    "even",
    "flat",
    "full",
    "cool",
    "straight",
    "round",
    "solid",
    "mere",
    "measly",
    "whopping",
    "~",
    "≈",
    "another",
    "additional",
    "extra",
    "only",
];

/// How a number stands, by the words before it. Second: first token of those words.
pub(crate) fn place(
    sheet: &Sheet<'_>,
    number: &Number,
    runs: &[Range<usize>],
    several: bool,
) -> (Place, usize) {
    let mut i = number.at.start;
    while i > 0
        && sheet.is(i - 1, SOFT)
        && !(sheet.word(i - 1) == "of" && i > 1 && sheet.is(i - 2, &["instead"]))
    {
        i -= 1;
    }
    let word = |back: usize| if i >= back { sheet.word(i - back) } else { "" };
    // "$45, not $40"; "instead of 40"; "than today's 3%".
    let old = (word(1) == "of" && word(2) == "instead", 2);
    let than = |k: usize| word(k) == "than";
    if old.0 {
        return (Place::Old, i - 2);
    }
    if than(1) {
        return (Place::Old, i - if word(2) == "rather" { 2 } else { 1 });
    }
    if matches!(word(1), "today's" | "current" | "currently" | "existing" | "present") {
        return (Place::Old, i - if than(2) { 2 } else { 1 });
    }
    if several && matches!(word(1), "at" | "to" | "by") && word(2) == "not" {
        return (Place::Old, i - 2);
    }
    if word(1) == "not" && several {
        return (Place::Old, i - 1);
    }
    // "an 8% SPIFF" behind "from" is none that holds today.
    let article = (i..number.at.start).any(|k| sheet.is(k, &["a", "an"]));
    if word(1) == "from" && several && !article {
        return (Place::Old, i - 1);
    }
    // "40 → 46"
    let onto = sheet.word(number.at.end) == "to"
        && (sheet.is_number(number.at.end + 1)
            || sheet.is_number(number.at.end + 2) && sheet.is(number.at.end + 1, &["$", "€", "£"]));
    let arrow = onto
        || sheet.is(number.at.end, &["→", "➔", "⇒"])
        || (sheet.word(number.at.end) == "-" && sheet.word(number.at.end + 1) == ">");
    if arrow && several {
        return (Place::Old, i - usize::from(word(1) == ":"));
    }
    // "the SPIFF of $40 becomes $44"
    if several
        && sheet.before(number.at.start) == "of"
        && number.at.start > 1
        && runs.iter().any(|r| r.end == number.at.start - 1)
    {
        return (Place::Old, number.at.start - 1);
    }
    let after = number.at.end;
    let adjectival = runs.iter().any(|r| r.start == after)
        || sheet.is(after, lexicon::RATE)
        || sheet.is(after, lexicon::CAP)
        || sheet.is(after, lexicon::BUDGET)
        || sheet.is(after, &["minimum", "floor", "target", "threshold", "accelerator", "override", "quota"]);
    if several && adjectival && sheet.is(number.at.start.wrapping_sub(1), &["the", "our", "today's", "this"])
    {
        return (Place::Old, number.at.start);
    }
    // "we still pay $40 on it", "(it's 2.5% today)"
    let clause = |k: usize| sheet.is(k, &[",", ";", ".", "(", ")", "but", "so"]);
    let start = (0..number.at.start).rev().find(|k| clause(*k)).map_or(0, |k| k + 1);
    let says = (start.max(number.at.start.saturating_sub(6))..number.at.start)
        .find(|k| sheet.is(*k, &["still", "currently", "presently"]));
    let today = sheet.is(after, &["today", "currently", "presently", "now"])
        || sheet.follows(after, &["at", "the", "moment"]);
    if several && (says.is_some() || today && !sheet.is(number.at.start.wrapping_sub(1), &["to", "by"])) {
        return (Place::Old, says.unwrap_or(i));
    }
    match word(1) {
        "by" => (Place::By, i - 1),
        "to" | "at" | "reach" => (Place::To, i - 1),
        ">" if matches!(word(2), "-" | "=" | "–") => (Place::To, i - 2),
        // "SPIFF: +$1.50" moves it.
        ":" if number.sign.is_some() || compared(sheet, number) => (Place::Bare, number.at.start),
        w if EQUALS.contains(&w) => (Place::To, i - 1),
        _ => (Place::Bare, number.at.start),
    }
}

/// "five percent more": behind the number stands which way it goes.
fn compared(sheet: &Sheet<'_>, number: &Number) -> bool {
    sheet.is(number.at.end, lexicon::MORE)
        || sheet.is(number.at.end, lexicon::LESS)
        || sheet.follows(number.at.end, &["on", "top"])
}

/// What the words around say about the direction: up is true.
pub(crate) fn directions(sheet: &Sheet<'_>, number: &Number, ops: &[Op]) -> (Vec<bool>, Vec<Range<usize>>) {
    let (mut found, mut used) = (Vec::new(), Vec::new());
    let mut note = |up: bool, at: Range<usize>| {
        found.push(up);
        used.push(at);
    };
    // "(150 units and up)": taken as part of the tier's name.
    let taken = |o: &&Op| o.at.clone().all(|i| sheet.uses.get(i) == Some(&Use::Lever));
    for op in ops.iter().filter(|o| !taken(o)) {
        match op.verb {
            Verb::Up | Verb::Add => note(true, op.at.clone()),
            Verb::Down => note(false, op.at.clone()),
            Verb::Remove if op.at.end == number.at.start || sheet.is(number.at.end, lexicon::LESS) => {
                note(false, op.at.clone())
            }
            _ => {}
        }
    }
    if let Some(sign) = number.sign {
        note(sign, number.at.clone());
    }
    let mut after = number.at.end;
    while sheet.is(after, &["per", "a", "unit", "each", "apiece", "/", "percentage"]) {
        after += 1;
    }
    for i in [after] {
        if sheet.free(i) && sheet.follows(i, &["on", "top"]) {
            note(true, i..i + 2);
        } else if sheet.free(i) && sheet.is(i, lexicon::MORE) {
            note(true, i..i + 1);
        } else if sheet.free(i) && sheet.is(i, lexicon::LESS) {
            note(false, i..i + 1);
        }
    }
    let mut before = number.at.start;
    while before > 0 && sheet.is(before - 1, &["an", "a", "by"]) {
        before -= 1;
    }
    if before > 0 && sheet.free(before - 1) && sheet.is(before - 1, lexicon::MORE) {
        note(true, before - 1..before);
    }
    (found, used)
}
