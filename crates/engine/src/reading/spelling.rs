//! Spelling: takes an unknown word for the one known word it is closest to, when
//! there is exactly one; keeps all where two are as close. Never touches words
//! below four letters, numbers, or words it knows.

use std::sync::LazyLock;

use super::lexicon;
use super::names::{Names, Nearby};
use super::token::{Kind, Token};

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
        let mut near = nearest(&token.word, names);
        if !near.is_empty() {
            token.word = near.remove(0);
            token.alternatives = near;
        }
    }
}

fn known(word: &str, names: &Names) -> bool {
    lexicon::known(word) || names.words.contains(word) || !names.partners_with(word).is_empty()
}

/// The same word without a possessive or a plural.
fn inflected(word: &str, names: &Names) -> Option<String> {
    let bases =
        [word.strip_suffix("'s"), word.strip_suffix('\''), word.strip_suffix("es"), word.strip_suffix('s')];
    bases.into_iter().flatten().find(|base| !base.is_empty() && known(base, names)).map(str::to_owned)
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
    let most = allowed(letters);
    if most == 0 || letters > 40 {
        return Vec::new();
    }
    if let Some(verb) = SHORT_VERBS.iter().find(|v| transposed(word, v)) {
        return vec![(*verb).to_owned()];
    }
    let (own_best, own) = names.near(word, most);
    let (best, known) = SPELLED.closest(word, most);
    let mut found: Vec<String> = Vec::new();
    if own_best <= best {
        found.extend(own.into_iter().map(str::to_owned));
    }
    if best <= own_best {
        found.extend(known.into_iter().map(str::to_owned));
    }
    found.sort_unstable();
    found.dedup();
    found
}
