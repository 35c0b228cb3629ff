//! Spelling: takes an unknown word for the one known word it is closest to, when
//! there is exactly one; keeps all where two are as close. Never touches words
//! below four letters, numbers, or words it knows.

use super::lexicon;
use super::names::Index;
use super::token::{Kind, Token};

/// Sets every token's word to the spelling it stands for.
pub(crate) fn correct(tokens: &mut [Token], index: &Index) {
    for token in tokens.iter_mut().filter(|t| t.kind == Kind::Word) {
        if matches!(token.word.as_str(), "spif" | "spifs" | "spiv" | "spiffs") {
            token.word = "spiff".to_owned();
            continue;
        }
        if known(&token.word, index) {
            continue;
        }
        if let Some(base) = inflected(&token.word, index) {
            token.word = base;
            continue;
        }
        let mut near = nearest(&token.word, index);
        if !near.is_empty() {
            token.word = near.remove(0);
            token.alternatives = near;
        }
    }
}

fn known(word: &str, index: &Index) -> bool {
    lexicon::known(word) || index.words.contains(word) || !index.partners_with(word).is_empty()
}

/// The same word without a possessive or a plural.
fn inflected(word: &str, index: &Index) -> Option<String> {
    let bases =
        [word.strip_suffix("'s"), word.strip_suffix('\''), word.strip_suffix("es"), word.strip_suffix('s')];
    bases.into_iter().flatten().find(|base| !base.is_empty() && known(base, index)).map(str::to_owned)
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

fn nearest(word: &str, index: &Index) -> Vec<String> {
    let letters = word.chars().count();
    let most = allowed(letters);
    if most == 0 || letters > 40 {
        return Vec::new();
    }
    if let Some(verb) = SHORT_VERBS.iter().find(|v| transposed(word, v)) {
        return vec![(*verb).to_owned()];
    }
    let mut best = most + 1;
    let mut found: Vec<String> = Vec::new();
    let own = index.words.iter().map(String::as_str).chain(index.partner_vocabulary());
    for candidate in lexicon::spelled().iter().copied().chain(own) {
        let close = candidate.len().abs_diff(word.len()) <= most
            && candidate.len() >= 4
            && candidate.chars().next() == word.chars().next();
        if !close {
            continue;
        }
        let distance = strsim::osa_distance(word, candidate);
        if distance < best {
            best = distance;
            found.clear();
        }
        if distance == best && best <= most && !found.iter().any(|f| f == candidate) {
            found.push(candidate.to_owned());
        }
    }
    found.sort_unstable();
    found
}
