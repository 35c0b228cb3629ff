//! Which program a question is about: by its name, or by the kind of program and
//! the words of the products it is for. Names every program that fits and chooses
//! none; a word in a program's name that no program has makes it an unknown one.

use std::collections::HashSet;
use std::ops::Range;

use crate::company::Company;
use crate::programs::Program;

use super::lexicon;
use super::names::{Entity, Mention, Names, ProgramWords};
use super::sheet::{Sheet, Use};
use super::token::{Kind, name_words};

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Found {
    /// Programs that fit all words said about the program; one is certainty.
    Fits { programs: Vec<usize>, at: Vec<Range<usize>> },
    /// A name that no program has.
    Unknown { text: String, at: Range<usize> },
    /// More than one program is named.
    Several { first: usize, text: String },
    /// No word about a program.
    Nothing,
}

/// A run of tokens that speak about a program.
struct Run {
    at: Range<usize>,
    fits: Vec<usize>,
}

/// Finds the program. `product_value`: products named beside it are what is added
/// or removed, not what the program is for.
pub(crate) fn resolve(sheet: &mut Sheet<'_>, mentions: &mut Vec<Mention>, product_value: bool) -> Found {
    let company = sheet.company;
    let words = sheet.names.programs.as_slice();
    let named: Vec<(usize, Range<usize>)> =
        mentions.iter().filter_map(|m| Some((m.program()?, m.at.clone()))).collect();
    let runs = runs(sheet, mentions, words, product_value);
    if let Some((first, _)) = named.first() {
        let mut at: Vec<Range<usize>> = named.iter().map(|(_, at)| at.clone()).collect();
        if let Some((_, other)) = named.iter().find(|(p, _)| p != first) {
            return Found::Several { first: *first, text: sheet.text(other.clone()) };
        }
        for run in runs {
            if product_value && only_products(mentions, &run) {
                continue;
            }
            let own = all_explained(sheet, &run, &words[*first], company, *first);
            if own {
                take(sheet, mentions, &run);
                at.push(run);
            } else {
                return Found::Several { first: *first, text: sheet.text(run) };
            }
        }
        return Found::Fits { programs: vec![*first], at };
    }
    by_runs(sheet, mentions, runs, words, product_value)
}

fn by_runs(
    sheet: &mut Sheet<'_>,
    mentions: &mut Vec<Mention>,
    runs: Vec<Range<usize>>,
    words: &[ProgramWords],
    product_value: bool,
) -> Found {
    let company = sheet.company;
    let kind_said = (0..sheet.len()).any(|i| matches!(lexicon::kind(sheet.word(i)), Some(Some(_))));
    let mut merged: Option<Run> = None;
    let mut at = Vec::new();
    for run in runs {
        if product_value && only_products(mentions, &run) {
            continue;
        }
        let mut fits: Vec<usize> =
            (0..words.len()).filter(|p| all_explained(sheet, &run, &words[*p], company, *p)).collect();
        if fits.is_empty() && kind_said {
            fits =
                (0..words.len()).filter(|p| explained(sheet, &run, &words[*p], company, *p, true)).collect();
        }
        if fits.is_empty() {
            return Found::Unknown { text: sheet.text(run.clone()), at: run };
        }
        let fits = match &merged {
            None => fits,
            Some(before) => {
                let both: Vec<usize> = before.fits.iter().copied().filter(|p| fits.contains(p)).collect();
                if both.is_empty() {
                    // "SPIFF on Product Y": each part is known, together they are not.
                    let all = before.at.start.min(run.start)..run.end.max(before.at.end);
                    let kinds = |r: &Range<usize>| {
                        r.clone().any(|i| matches!(lexicon::kind(sheet.word(i)), Some(Some(_))))
                    };
                    if kinds(&before.at) && kinds(&run) {
                        return Found::Several { first: before.fits[0], text: sheet.text(run) };
                    }
                    return Found::Unknown { text: sheet.text(all.clone()), at: all };
                }
                both
            }
        };
        let start = merged.as_ref().map_or(run.start, |m| m.at.start);
        at.push(run.clone());
        take(sheet, mentions, &run);
        merged = Some(Run { at: start..run.end, fits });
    }
    let Some(run) = merged else { return Found::Nothing };
    let explicit =
        at.iter().flat_map(Clone::clone).any(|i| matches!(lexicon::kind(sheet.word(i)), Some(Some(_))));
    let strong: Vec<usize> = run
        .fits
        .iter()
        .copied()
        .filter(|p| {
            at.iter().flat_map(Clone::clone).all(|i| is_strong(sheet, i, &words[*p], &company.programs[*p]))
        })
        .collect();
    // With the kind said, a program that bears the words in its name goes before
    // one that merely covers such products.
    let programs = if explicit && !strong.is_empty() { strong } else { run.fits };
    Found::Fits { programs: closest(sheet, &at, programs), at }
}

/// Of several programs that fit, the one whose whole name was said, or the only one
/// that bears the kind in its name; all of them where that does not settle it.
fn closest(sheet: &Sheet<'_>, at: &[Range<usize>], programs: Vec<usize>) -> Vec<usize> {
    if programs.len() < 2 {
        return programs;
    }
    let company = sheet.company;
    let said = |word: &str| {
        at.iter()
            .flat_map(Clone::clone)
            .any(|i| spelled(sheet, i).any(|w| w == word || name_words(w).iter().any(|part| part == word)))
    };
    let kindly = |word: &str| lexicon::kind(word).is_some();
    let whole = |p: &usize| {
        let words = name_words(company.programs[*p].name());
        let own: Vec<&String> = words.iter().filter(|w| !kindly(w)).collect();
        !own.is_empty() && own.iter().all(|w| said(w))
    };
    let strong = |p: &usize| {
        at.iter()
            .flat_map(Clone::clone)
            .all(|i| is_strong(sheet, i, &sheet.names.programs[*p], &company.programs[*p]))
    };
    // "The Product X incentive" may be any that Product X has; only a kind of its own
    // or the very word of its name settles it.
    let generic: Vec<String> = at
        .iter()
        .flat_map(Clone::clone)
        .filter(|i| lexicon::kind(sheet.word(*i)) == Some(None))
        .map(|i| sheet.word(i).to_owned())
        .collect();
    let own_kind =
        at.iter().flat_map(Clone::clone).any(|i| matches!(lexicon::kind(sheet.word(i)), Some(Some(_))));
    let named = |p: &usize| own_kind || generic.iter().all(|g| sheet.names.programs[*p].strong.contains(g));
    let full: Vec<usize> = programs.iter().copied().filter(|p| whole(p) && strong(p) && named(p)).collect();
    if let [one] = full.as_slice() {
        return vec![*one];
    }
    let kinds: Vec<String> = at
        .iter()
        .flat_map(Clone::clone)
        .map(|i| sheet.word(i).to_owned())
        .filter(|w| {
            kindly(w)
                && !matches!(w.as_str(), "program" | "programme" | "programs" | "incentive" | "incentives")
        })
        .collect();
    let literal = |p: &usize| kinds.iter().all(|k| sheet.names.programs[*p].strong.contains(k));
    let other_words = at
        .iter()
        .flat_map(Clone::clone)
        .any(|i| sheet.is_word(i) && !kindly(sheet.word(i)) && sheet.word(i) != "the");
    let by_kind: Vec<usize> = programs.iter().copied().filter(literal).collect();
    // "The volume rebate" may as well be a rebate that is called a volume ladder.
    let borne = |p: &usize| {
        at.iter().flat_map(Clone::clone).all(|i| {
            !sheet.is_word(i)
                || kindly(sheet.word(i))
                || sheet.word(i) == "the"
                || spelled(sheet, i).any(|w| in_words(w, &sheet.names.programs[*p].strong))
        })
    };
    if own_kind && programs.iter().filter(|p| borne(p)).count() > 1 {
        return programs;
    }
    match by_kind.as_slice() {
        [one] if !kinds.is_empty() && other_words => vec![*one],
        _ => programs,
    }
}

/// The one program that a run can only mean by words of its name; `None` where it
/// names a product, or fits none or several.
pub(crate) fn unique(sheet: &Sheet<'_>, mentions: &[Mention], run: &Range<usize>) -> Option<usize> {
    if only_products(mentions, run) {
        return None;
    }
    let words = &sheet.names.programs;
    let mut fits = (0..words.len())
        .filter(|p| run.clone().all(|i| is_strong(sheet, i, &words[*p], &sheet.company.programs[*p])));
    let first = fits.next()?;
    fits.next().is_none().then_some(first)
}

fn only_products(mentions: &[Mention], run: &Range<usize>) -> bool {
    run.clone().all(|i| mentions.iter().any(|m| m.is_product() && m.at.contains(&i)))
}

fn take(sheet: &mut Sheet<'_>, mentions: &mut Vec<Mention>, run: &Range<usize>) {
    sheet.claim(run.clone(), Use::Name);
    mentions.retain(|m| m.program().is_some() || !run.contains(&m.at.start));
}

fn is_strong(sheet: &Sheet<'_>, i: usize, words: &ProgramWords, program: &Program) -> bool {
    if sheet.tokens[i].kind == Kind::Symbol || sheet.is(i, &["the", "s"]) {
        return true;
    }
    let kind = lexicon::kind(sheet.word(i));
    kind.is_some_and(|k| k.is_none_or(|k| k == program.latest().terms.kind))
        || spelled(sheet, i).any(|w| in_words(w, &words.strong))
}

/// The spellings a token may stand for.
fn spelled<'s>(sheet: &'s Sheet<'_>, i: usize) -> impl Iterator<Item = &'s str> {
    let token = &sheet.tokens[i];
    std::iter::once(token.word.as_str()).chain(token.alternatives.iter().map(String::as_str))
}

/// Whether a word, or its parts where letters and digits are run together
/// (`PX100`, `ProductX`), are all among the words of a program.
fn in_words(word: &str, words: &HashSet<String>) -> bool {
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
fn in_wide(word: &str, names: &Names, company: &Company, program: &Program) -> bool {
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

/// Runs of tokens that speak about programs, beside the programs' own names.
pub(crate) fn phrases(sheet: &Sheet<'_>, mentions: &[Mention]) -> Vec<Range<usize>> {
    runs(sheet, mentions, sheet.names.programs.as_slice(), false)
}

fn all_explained(
    sheet: &Sheet<'_>,
    run: &Range<usize>,
    words: &ProgramWords,
    company: &Company,
    program: usize,
) -> bool {
    explained(sheet, run, words, company, program, false)
}

/// Whether every word of a run is one of the program's.
fn explained(
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

/// Runs of neighbouring tokens that speak about a program: around each word for a
/// kind, each product, each word of a program's own name.
fn runs(
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
        while end < sheet.len() && joins(end) && !(sheet.word(end) == "out" && sheet.word(end + 1) == "of") {
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
fn trim_audience(
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

fn sticks(sheet: &Sheet<'_>, i: usize) -> bool {
    let token = &sheet.tokens[i];
    token.kind == Kind::Word && (token.name_like || token.text.chars().count() == 1)
}

/// Words that work for the lever and never for a program's name.
fn hard(word: &str) -> bool {
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

/// Whether an entity is what a program is for or a part of it.
pub(crate) fn product_mentions(mentions: &[Mention]) -> Vec<&Mention> {
    mentions.iter().filter(|m| m.has(|e| matches!(e, Entity::Product(_) | Entity::Family(_)))).collect()
}
