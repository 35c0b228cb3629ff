//! Whether words are a program's: of its names, of the products it lists, of those
//! it covers.

use std::collections::HashSet;
use std::ops::Range;

use crate::company::Company;
use crate::programs::Program;
use crate::reading::lexicon;
use crate::reading::names::{Names, ProgramWords};
use crate::reading::sheet::Sheet;
use crate::reading::token::{Kind, name_words};

pub(super) fn is_strong(sheet: &Sheet<'_>, i: usize, words: &ProgramWords, program: &Program) -> bool {
    if sheet.tokens[i].kind == Kind::Symbol || sheet.is(i, &["the", "s"]) {
        return true;
    }
    let kind = lexicon::kind(sheet.word(i));
    kind.is_some_and(|k| k.is_none_or(|k| k == program.latest().terms.kind))
        || spelled(sheet, i).any(|w| in_words(w, &words.strong))
}

/// The spellings a token may stand for.
pub(super) fn spelled<'s>(sheet: &'s Sheet<'_>, i: usize) -> impl Iterator<Item = &'s str> {
    let token = &sheet.tokens[i];
    std::iter::once(token.word.as_str()).chain(token.alternatives.iter().map(String::as_str))
}

/// Whether a word, or its parts where letters and digits are run together
/// (`PX100`, `ProductX`), are all among the words of a program.
pub(super) fn in_words(word: &str, words: &HashSet<String>) -> bool {
    if words.contains(word) {
        return true;
    }
    let parts = name_words(word);
    if parts.len() > 1 && parts.iter().all(|p| words.contains(p)) {
        return true;
    }
    word.char_indices().skip(1).any(|(cut, _)| {
        let (a, b) = word.split_at(cut);
        a.len() >= 4 && words.contains(a) && words.contains(b)
    })
}

/// Whether a word is one of the products that a program covers without listing them.
pub(super) fn in_wide(word: &str, names: &Names, company: &Company, program: &Program) -> bool {
    let terms = &program.latest().terms;
    let covered = |w: &str| {
        names.products_with(w).iter().any(|p| {
            let product = &company.catalog.products[*p];
            terms.covers(&product.sku, &product.family)
        })
    };
    covered(word) || {
        let parts = name_words(word);
        parts.len() > 1 && parts.iter().all(|p| covered(p))
    }
}

pub(super) fn all_explained(
    sheet: &Sheet<'_>,
    run: &Range<usize>,
    words: &ProgramWords,
    company: &Company,
    program: usize,
) -> bool {
    explained(sheet, run, words, company, program, false)
}

/// Whether every word of a run is one of the program's.
pub(super) fn explained(
    sheet: &Sheet<'_>,
    run: &Range<usize>,
    words: &ProgramWords,
    company: &Company,
    program: usize,
    wide: bool,
) -> bool {
    let kind_of = company.programs[program].latest().terms.kind;
    run.clone().all(|i| {
        if sheet.tokens[i].kind == Kind::Symbol
            || sheet.is(i, &["the", "s", "development", "fund", "market"])
                && kind_of == crate::programs::terms::ProgramKind::Mdf
        {
            return true;
        }
        if sheet.word(i) == "the" {
            return true;
        }
        let kind = lexicon::kind(sheet.word(i));
        let by_kind = kind.is_some_and(|k| k.is_none_or(|k| k == kind_of));
        by_kind
            || spelled(sheet, i).any(|w| {
                in_words(w, &words.strong)
                    || in_words(w, &words.weak)
                    || (wide && in_wide(w, sheet.names, company, &company.programs[program]))
            })
    })
}
