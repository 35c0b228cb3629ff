//! Clauses that only ask what comes of a change: "where do we land by year end?", "how
//! many partners would earn?", "which one leaves more after payout?". Nothing in them
//! moves a lever, however well the words are known elsewhere.

use std::ops::Range;

use super::sheet::{Sheet, Use};
use super::{clauses, lexicon};

/// Words that tie such a clause to the change, so that it must be understood.
const TIES: &[&str] = &[
    "when",
    "unless",
    "once",
    "provided",
    "assuming",
    "whenever",
    "while",
    "until",
    "till",
    "if",
    "only",
    "just",
    "except",
    "instead",
    "rather",
    "without",
    "beyond",
    "exceeds",
    "exceed",
    "every",
    "who",
    "whose",
    "depending",
    "otherwise",
];

/// Whether a place is in such a clause.
pub(crate) fn inside(sheet: &Sheet<'_>, i: usize) -> bool {
    let at = clause(sheet, i);
    let first = sheet.skip(at.start, &["and", "so", "but"]);
    let which = sheet.word(first) == "which";
    at.len() < sheet.len() && (clauses::asks(sheet, &at) || which) && plain(sheet, &at)
}

/// The clause of a place: between the ends of sentences, commas and brackets.
fn clause(sheet: &Sheet<'_>, i: usize) -> Range<usize> {
    let ends = |k: usize| clauses::ends(sheet, k) || sheet.word(k) == ",";
    let start = (0..i).rev().find(|k| ends(*k)).map_or(0, |k| k + 1);
    let end = (i..sheet.len()).find(|k| ends(*k)).unwrap_or(sheet.len());
    start..end
}

/// Nothing used for the change, nobody named, nothing turned round or tied to it.
fn plain(sheet: &Sheet<'_>, at: &Range<usize>) -> bool {
    at.clone().all(|k| {
        let word = sheet.word(k);
        let measured = lexicon::METRIC.contains(&word) || lexicon::RATE.contains(&word);
        let idle = matches!(sheet.uses[k], Use::Free | Use::Idle) || measured && sheet.uses[k] == Use::Lever;
        let moved = lexicon::mover(word) && sheet.is(k + 1, &["it", "them", "that", "this", "the", "our"]);
        // "for zorpian partners": whoever they are, the answer is about them.
        let stranger = sheet.unknown(k);
        idle && !clauses::turns(word) && !TIES.contains(&word) && !moved && !stranger && !sheet.is_number(k)
    })
}
