//! What somebody thinks, without a figure: "Budget is tight.", "Our Silver partners keep
//! complaining."

use std::ops::Range;

use super::{WISHES, number_word};
use crate::reading::sheet::Sheet;
use crate::reading::{clauses, frame, lexicon};

/// "Budget is tight": what somebody thinks of money, without a figure.
pub(super) fn judges(sheet: &Sheet<'_>, at: &Range<usize>) -> bool {
    let first = sheet.skip(at.start, &["the", "our", "and", "but", "so", "since", "as", "because", "my"]);
    let what = sheet.is(first, lexicon::BUDGET)
        || sheet.is(first, lexicon::CAP)
        || sheet.is(first, lexicon::METRIC)
        || sheet.is(first, &["money", "target", "targets", "budgets"]);
    // "We have some budget left over."
    let have = sheet.is(first, &["we", "there", "there's", "i"])
        && (first..at.end).any(|i| sheet.is(i, &["have", "has", "is", "are", "there's", "got"]))
        && (first..at.end).any(|i| sheet.is(i, lexicon::BUDGET) || sheet.is(i, &["money", "funds"]))
        && at.end < sheet.len()
        && at.clone().all(|i| {
            !sheet.is_number(i)
                && !number_word(sheet, i)
                && !frame::named(sheet, i)
                && !sheet.is(i, WISHES)
                && !clauses::turns(sheet.word(i))
                && (!lexicon::mover(sheet.word(i)) || sheet.is(i, &["left"]))
        });
    if have {
        return true;
    }
    // "Budget's tight": the verb is part of the word.
    let short = sheet.tokens.get(first).is_some_and(|t| t.text.ends_with("'s") || t.text.ends_with("’s"));
    let says =
        short || sheet.is(first + 1, &["is", "are", "looks", "seems", "feels", "was", "were", "remains"]);
    let more = at.clone().skip_while(|i| *i <= first + usize::from(!short));
    let plain = more.clone().all(|i| {
        !sheet.is_number(i)
            && !lexicon::mover(sheet.word(i))
            && !frame::named(sheet, i)
            && lexicon::kind(sheet.word(i)).is_none()
            && !number_word(sheet, i)
    });
    let judged =
        more.clone().any(|i| sheet.unknown(i) || lexicon::filler(sheet.word(i))) && more.count() <= 6;
    what && says && plain && judged
}

/// "Our Silver partners keep complaining.": whom it names the rest names too, and it
/// asks for nothing.
pub(super) fn repeats(sheet: &Sheet<'_>, at: &Range<usize>) -> bool {
    let names: Vec<usize> = at.clone().filter(|i| frame::named(sheet, *i)).collect();
    let again = |i: &usize| (0..sheet.len()).any(|k| !at.contains(&k) && sheet.word(k) == sheet.word(*i));
    let sentence = (at.end == sheet.len() || sheet.is(at.end, &[".", "!", ":", "?", "—", "–", ";"]))
        && (at.start == 0 || sheet.is(at.start - 1, &[".", "!", ":", "?", "—", "–", ";", ","]));
    let quiet = at.clone().all(|i| {
        let word = sheet.word(i);
        let keeps = sheet.is(i, &["keep", "keeps"]) && sheet.word(i + 1).ends_with("ing");
        !sheet.is_number(i)
            && !number_word(sheet, i)
            && (!lexicon::mover(word) || keeps)
            && lexicon::kind(word).is_none()
            && !lexicon::EXCEPT.contains(&word)
            && (!sheet.is(i, WISHES) || keeps)
            && !sheet.is(i, &["for", "not", "no", "who", "which", "that", "don't"])
            && !frame::time(sheet, i)
    });
    let speaks = clauses::speaks(sheet, at)
        || at.clone().any(|i| {
            sheet.is(i, &["keep", "say", "want", "complain", "love", "hate", "like", "ask", "need"])
        });
    !names.is_empty() && names.iter().all(again) && sentence && quiet && speaks
}
