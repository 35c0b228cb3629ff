//! What only leads to a question: "my boss keeps asking: should we …", "Hi there,
//! I was wondering whether …". It names nothing of the company's, no number and no
//! time, so that no verb in it can be the one that moves a lever.

use super::lexicon;
use super::sheet::{Sheet, Use};
use super::token::Kind;

/// Words behind which the question itself begins.
const MARKS: &[&str] = &[":", "whether", "if"];
const MODALS: &[&str] = &["should", "could", "can", "shall", "may", "might"];
/// Words of a lead that belong to what is asked.
const WEIGH: &[&str] = &[
    "unless", "only", "same", "instead", "also", "again", "too", "compare", "earn", "make", "sell", "when",
    "how", "break", "best", "better", "find", "maximize", "minimize", "maximise", "minimise", "had", "have",
];

/// Takes the lead of a question off the sheet.
pub(crate) fn claim(sheet: &mut Sheet<'_>) {
    let Some(end) = end(sheet) else { return };
    let quiet = (0..end).all(|i| {
        let word = sheet.word(i);
        !(lexicon::NEGATION.contains(&word) || lexicon::EXCEPT.contains(&word) || WEIGH.contains(&word))
    });
    let moves = (end..sheet.len()).any(|i| sheet.is_number(i) || lexicon::mover(sheet.word(i)));
    if quiet && moves {
        sheet.claim(0..end, Use::Idle);
    }
}

/// Where the lead ends: behind the last mark before anything that has weight.
fn end(sheet: &Sheet<'_>) -> Option<usize> {
    let content = (0..sheet.len()).find(|i| content(sheet, *i)).unwrap_or(sheet.len());
    (0..content).rev().find(|i| {
        let asks = sheet.is(*i, MODALS) && sheet.is(i + 1, &["we", "i", "you"]);
        sheet.is(*i, MARKS) || asks
    })
}

/// Names, numbers and times.
fn content(sheet: &Sheet<'_>, i: usize) -> bool {
    let word = sheet.word(i);
    let known = lexicon::known(word);
    let name = sheet.tokens[i].kind != Kind::Symbol
        && (sheet.names.words.contains(word) && (!lexicon::filler(word) || sheet.tokens[i].name_like)
            || !known && !sheet.names.partners_with(word).is_empty());
    let digits = word.chars().any(|c| c.is_ascii_digit());
    let symbol = matches!(word, "$" | "€" | "£" | "%" | "+");
    name || digits
        || symbol
        || lexicon::kind(word).is_some()
        || lexicon::NUMBER_WORDS.contains(&word) && word != "a"
}
