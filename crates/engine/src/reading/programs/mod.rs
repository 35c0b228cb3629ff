//! Which program a question is about: by its name, or by the kind of program and
//! the words of the products it is for. Names every program that fits and chooses
//! none; a word in a program's name that no program has makes it an unknown one.

use std::ops::Range;

use crate::reading::lexicon;
use crate::reading::names::{Entity, Mention, ProgramWords};
use crate::reading::sheet::{Sheet, Use};
use crate::reading::token::name_words;

mod runs;
mod words;

pub(crate) use runs::phrases;
use runs::runs;
use words::{all_explained, explained, in_words, is_strong, spelled};

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

/// Whether an entity is what a program is for or a part of it.
pub(crate) fn product_mentions(mentions: &[Mention]) -> Vec<&Mention> {
    mentions.iter().filter(|m| m.has(|e| matches!(e, Entity::Product(_) | Entity::Family(_)))).collect()
}
