//! Runs of neighbouring words that speak about a program.

use std::ops::Range;

use crate::reading::lexicon;
use crate::reading::names::{Mention, ProgramWords};
use crate::reading::sheet::Sheet;
use crate::reading::token::Kind;

use super::words::{all_explained, in_words, spelled};

/// Runs of tokens that speak about programs, beside the programs' own names.
pub(crate) fn phrases(sheet: &Sheet<'_>, mentions: &[Mention]) -> Vec<Range<usize>> {
    runs(sheet, mentions, sheet.names.programs.as_slice(), false)
}

/// Runs of neighbouring tokens that speak about a program: around each word for a
/// kind, each product, each word of a program's own name.
pub(super) fn runs(
    sheet: &Sheet<'_>,
    mentions: &[Mention],
    words: &[ProgramWords],
    product_value: bool,
) -> Vec<Range<usize>> {
    let inside = |i: usize| mentions.iter().find(|m| m.at.contains(&i));
    let affinity = |i: usize| {
        sheet.is_word(i)
            && words.iter().any(|w| spelled(sheet, i).any(|s| in_words(s, &w.strong) || in_words(s, &w.weak)))
    };
    let open = |i: usize| sheet.free(i) || inside(i).is_some_and(|m| m.program().is_none());
    let anchor = |i: usize| {
        if !open(i) {
            return false;
        }
        if let Some(mention) = inside(i) {
            return mention.is_product();
        }
        let word = sheet.word(i);
        // "a program budget": a term, whatever the program.
        if lexicon::GENERIC.contains(&word)
            && !word.starts_with("bonus")
            && !word.starts_with("incentive")
            && (sheet.is(i + 1, lexicon::BUDGET) || sheet.is(i + 1, lexicon::CAP))
        {
            return false;
        }
        // "plan" is a kind of program only behind a word that makes it one.
        let plan = word == "plan" && !sheet.is(i.wrapping_sub(1), &["incentive", "bonus"]);
        (lexicon::kind(word).is_some() && !plan) || (affinity(i) && !lexicon::known(word))
    };
    let joins = |i: usize| {
        if !open(i) {
            return false;
        }
        match inside(i) {
            Some(mention) if mention.is_product() => !product_value,
            Some(_) => affinity(i),
            None => {
                let word = sheet.word(i);
                let soft = !lexicon::filler(word) && !hard(word);
                anchor(i)
                    || (affinity(i) && soft)
                    || sheet.unknown(i)
                    || (sheet.tokens[i].kind == Kind::Symbol && matches!(word, "-" | "_"))
            }
        }
    };
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut i = 0;
    while i < sheet.len() {
        if !anchor(i) {
            i += 1;
            continue;
        }
        let floor = found.last().map_or(0, |r| r.end);
        let mut start = i;
        while start > floor && joins(start - 1) {
            start -= 1;
        }
        let mut end = inside(i).map_or(i + 1, |m| m.at.end);
        while end < sheet.len()
            && joins(end)
            && !(sheet.word(end) == "out" && sheet.is(end + 1, &["of", "to"]))
        {
            end += 1;
        }
        // "the target bonus", "registered deals commission": words that work elsewhere
        // and are part of this name.
        while start > floor
            && open(start - 1)
            && (sheet.is_word(start - 1) || sheet.word(start - 1) == "-")
            && !matches!(
                sheet.word(start - 1),
                "and" | "by" | "to" | "at" | "of" | "for" | "in" | "the" | "on"
            )
            && words.iter().enumerate().any(|(p, w)| {
                (sheet.word(start - 1) == "-" || spelled(sheet, start - 1).any(|s| in_words(s, &w.strong)))
                    && all_explained(sheet, &(start - 1..end), w, sheet.company, p)
            })
        {
            start -= 1;
        }
        // Trailing plain unknown words belong to whatever comes next.
        while end > i + 1
            && inside(end - 1).is_none()
            && !anchor(end - 1)
            && !sticks(sheet, end - 1)
            && !affinity(end - 1)
        {
            end -= 1;
        }
        while start < i && sheet.tokens[start].kind == Kind::Symbol {
            start += 1;
        }
        found.push(trim_audience(sheet, mentions, start..end, words));
        i = end;
    }
    found
}

/// A tier or region beside a kind of program is part of the name only where a
/// program has it; else it is the audience.
pub(super) fn trim_audience(
    sheet: &Sheet<'_>,
    mentions: &[Mention],
    run: Range<usize>,
    words: &[ProgramWords],
) -> Range<usize> {
    let company = sheet.company;
    let fits = |r: &Range<usize>| (0..words.len()).any(|p| all_explained(sheet, r, &words[p], company, p));
    let audience =
        |i: usize| mentions.iter().any(|m| m.at.contains(&i) && m.is_audience() && !m.is_product());
    let mut run = run;
    while !fits(&run) && run.len() > 1 && audience(run.start) {
        run.start += 1;
    }
    while !fits(&run) && run.len() > 1 && audience(run.end - 1) {
        run.end -= 1;
    }
    run
}

pub(super) fn sticks(sheet: &Sheet<'_>, i: usize) -> bool {
    let token = &sheet.tokens[i];
    token.kind == Kind::Word && (token.name_like || token.text.chars().count() == 1)
}

/// Words that work for the lever and never for a program's name.
pub(super) fn hard(word: &str) -> bool {
    [
        lexicon::UP,
        lexicon::DOWN,
        lexicon::SET,
        lexicon::STOP,
        lexicon::RESUME,
        lexicon::NEGATION,
        lexicon::EXCEPT,
        lexicon::COMPARE,
        lexicon::CONDITION,
        lexicon::PERIOD,
        lexicon::UNITS,
        lexicon::CAP,
        lexicon::BUDGET,
        lexicon::LESS,
        lexicon::MORE,
        lexicon::BE,
        lexicon::RATE,
        lexicon::EVERYONE,
        lexicon::PARTNER_NOUNS,
        lexicon::OTHER_PARAMETERS,
    ]
    .iter()
    .any(|list| list.contains(&word))
        || matches!(
            word,
            "by" | "to"
                | "at"
                | "of"
                | "on"
                | "for"
                | "in"
                | "with"
                | "and"
                | "but"
                | "only"
                | "instead"
                | "open"
        )
}
