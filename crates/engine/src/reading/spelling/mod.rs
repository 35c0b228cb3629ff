//! Spelling: takes an unknown word for the one known word it is closest to, when
//! there is exactly one; keeps all where two are as close. Never touches words
//! below four letters, numbers, or words it knows.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::lexicon;
use super::names::{Names, Nearby};
use super::token::{Kind, Token};

/// Ordinary words of the language, which are nobody's misspelling: "lunch" is no launch.
static ORDINARY: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("ordinary.txt").lines().collect());

/// Sets every token's word to the spelling it stands for.
pub(crate) fn correct(tokens: &mut [Token], names: &Names) {
    for token in tokens.iter_mut().filter(|t| t.kind == Kind::Word) {
        if matches!(token.word.as_str(), "spif" | "spifs" | "spiv" | "spiffs") {
            token.word = "spiff".to_owned();
            continue;
        }
        if known(&token.word, names) {
            continue;
        }
        if let Some(base) = inflected(&token.word, names) {
            token.word = base;
            continue;
        }
        if ordinary(&token.word) {
            continue;
        }
        let mut near = nearest(&token.word, names);
        near.retain(|other| likely(token, other, names));
        if !near.is_empty() {
            token.word = near.remove(0);
            token.alternatives = near;
        }
    }
    abbreviated(tokens, names);
}

/// "edge gw spiff": a word without vowels beside a name or a kind of program, that leaves
/// letters of a name's word out.
fn abbreviated(tokens: &mut [Token], names: &Names) {
    let beside = |t: Option<&Token>| {
        t.is_some_and(|t| {
            names.words.contains(&t.word) && !lexicon::filler(&t.word) || lexicon::kind(&t.word).is_some()
        })
    };
    for i in 0..tokens.len() {
        let word = tokens[i].word.clone();
        let bare = (2..=5).contains(&word.len())
            && word.chars().all(|c| c.is_ascii_lowercase() && !"aeiou".contains(c));
        let near = beside(i.checked_sub(1).and_then(|k| tokens.get(k))) || beside(tokens.get(i + 1));
        if !bare || !near || tokens[i].kind != Kind::Word || known(&word, names) {
            continue;
        }
        let mut fits: Vec<String> = names.words.iter().filter(|w| shortens(&word, w)).cloned().collect();
        fits.sort_unstable();
        if !fits.is_empty() {
            tokens[i].word = fits.remove(0);
            tokens[i].alternatives = fits;
        }
    }
}

/// Whether a word begins like another and has letters of it, in their order.
fn shortens(short: &str, long: &str) -> bool {
    let mut letters = long.chars();
    long.len() > short.len() + 1
        && long.chars().next() == short.chars().next()
        && long.chars().all(|c| c.is_ascii_lowercase())
        && short.chars().all(|c| letters.any(|l| l == c))
}

fn ordinary(word: &str) -> bool {
    let stem = ["'s", "es", "s", "ed", "ing", "ly"].iter().find_map(|end| {
        let stem = word.strip_suffix(end)?;
        ORDINARY.contains(stem).then_some(stem)
    });
    ORDINARY.contains(word) || stem.is_some()
}

fn known(word: &str, names: &Names) -> bool {
    lexicon::known(word) || names.words.contains(word) || !names.partners_with(word).is_empty()
}

/// The same word without a possessive or a plural.
fn inflected(word: &str, names: &Names) -> Option<String> {
    let bases =
        [word.strip_suffix("'s"), word.strip_suffix('\''), word.strip_suffix("es"), word.strip_suffix('s')];
    let noun =
        bases.into_iter().flatten().find(|base| !base.is_empty() && known(base, names)).map(str::to_owned);
    noun.or_else(|| verb(word))
}

/// The verb that a form in "-ing" or "-ed" is of, where it moves something.
fn verb(word: &str) -> Option<String> {
    let stem = word.strip_suffix("ing").or_else(|| word.strip_suffix("ed")).filter(|s| s.len() >= 3)?;
    let undoubled = stem.chars().next_back().and_then(|last| {
        stem.strip_suffix([last, last].iter().collect::<String>().as_str()).map(|s| format!("{s}{last}"))
    });
    let forms = [Some(stem.to_owned()), Some(format!("{stem}e")), undoubled];
    forms.into_iter().flatten().find(|form| lexicon::mover(form))
}

/// Whether a misspelling is likely. Among the names of many partners nearly every
/// word of the language is close to one, and a word of four letters is close to
/// many: there only what is written like a name is taken for one.
fn likely(token: &Token, other: &str, names: &Names) -> bool {
    let own = lexicon::known(other) || names.words.contains(other);
    let letters = token.word.chars().count();
    if !own {
        return token.name_like || letters >= 7;
    }
    let swapped = transposed(&token.word, other);
    letters > 4 || token.name_like || swapped || other.chars().count() != letters
}

/// Distance allowed by length; the first letter must agree, for people seldom
/// mistype it and short words differ by it.
fn allowed(length: usize) -> usize {
    match length {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// Working words, by how close a misspelling is.
static SPELLED: LazyLock<Nearby> = LazyLock::new(|| Nearby::of(lexicon::spelled().iter().copied()));

/// Short verbs are mended only where two neighbouring letters changed places.
const SHORT_VERBS: &[&str] =
    &["bump", "lift", "hike", "trim", "drop", "kill", "stop", "make", "open", "push", "pause"];

fn transposed(word: &str, verb: &str) -> bool {
    word.len() == verb.len() && word != verb && strsim::osa_distance(word, verb) == 1 && {
        let sorted = |w: &str| {
            let mut letters: Vec<char> = w.chars().collect();
            letters.sort_unstable();
            letters
        };
        sorted(word) == sorted(verb)
    }
}

fn nearest(word: &str, names: &Names) -> Vec<String> {
    let letters = word.chars().count();
    // "sel-out": a letter that should be doubled.
    if let (3, Some(last)) = (letters, word.chars().next_back()) {
        let doubled = format!("{word}{last}");
        return if names.words.contains(&doubled) { vec![doubled] } else { Vec::new() };
    }
    let most = allowed(letters);
    if most == 0 || letters > 40 {
        return Vec::new();
    }
    if let Some(verb) = SHORT_VERBS.iter().find(|v| transposed(word, v)) {
        return vec![(*verb).to_owned()];
    }
    let (own_best, own) = names.near(word, most);
    // Two slips in a working word of eight letters make another: "deadline" and "decline".
    let (best, known) = SPELLED.closest(word, if letters > 8 { most } else { most.min(1) });
    let mut found: Vec<String> = Vec::new();
    if own_best <= best {
        found.extend(own.into_iter().map(str::to_owned));
    }
    if best <= own_best && best <= most {
        found.extend(known.into_iter().map(str::to_owned));
    }
    found.sort_unstable();
    found.dedup();
    found
}
