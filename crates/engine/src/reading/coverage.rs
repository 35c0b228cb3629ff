//! What was not used. Words without weight fall away; the others are listed; those
//! that would change the meaning make the reading ask before it goes on.

use std::collections::BTreeMap;

use super::lexicon;
use super::sheet::{Sheet, Use};
use super::token::{Kind, Token};
use super::weight::{Weight, stranger, weight};

/// What became of the words of a question, by where they stand in it. A word that
/// was read in any part of it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Coverage {
    left: BTreeMap<usize, Left>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Left {
    /// As written.
    text: String,
    /// Lower case, spelled as it was taken for.
    word: String,
    weight: Weight,
    /// Written like a name where somebody could be named.
    stranger: bool,
}

impl Coverage {
    /// Adds what a sheet made of its tokens.
    pub fn add(&mut self, sheet: &Sheet<'_>) {
        self.add_part(sheet, 0..sheet.len());
    }

    /// Adds what a sheet made of some of its tokens.
    pub fn add_part(&mut self, sheet: &Sheet<'_>, at: std::ops::Range<usize>) {
        for i in at {
            let token = &sheet.tokens[i];
            let weight = if sheet.uses[i] == Use::Free { weight(sheet, i) } else { Weight::None };
            let stranger = stranger(sheet, i);
            let left = Left { text: token.text.clone(), word: token.word.clone(), weight, stranger };
            self.left
                .entry(token.start)
                .and_modify(|before| before.weight = before.weight.min(weight))
                .or_insert(left);
        }
    }

    /// Words that a sheet used were read, whatever else left them over.
    pub fn settle(&mut self, sheet: &Sheet<'_>) {
        for i in (0..sheet.len()).filter(|i| sheet.uses[*i] != Use::Free) {
            let token = &sheet.tokens[i];
            let (text, word) = (token.text.clone(), token.word.clone());
            let read = Left { text, word, weight: Weight::None, stranger: false };
            self.left.insert(token.start, read);
        }
    }

    /// Sentences beside the question: their figures and names are listed as not used.
    pub fn left_aside(&mut self, tokens: &[Token]) {
        for token in tokens {
            let counts =
                token.kind == Kind::Number || token.kind == Kind::Word && !lexicon::filler(&token.word);
            let weight = if counts { Weight::Light } else { Weight::None };
            let left = Left { text: token.text.clone(), word: token.word.clone(), weight, stranger: false };
            self.left.entry(token.start).or_insert(left);
        }
    }

    /// Leaves out what stands at or behind a place: words that are not the question's.
    pub fn forget(&mut self, from: usize) {
        self.left.retain(|start, _| *start < from);
    }

    /// All words that carry weight and were not used.
    pub fn words(&self) -> Vec<String> {
        self.of(Weight::Light)
    }

    /// Those of them that would change the meaning.
    pub fn heavy(&self) -> Vec<String> {
        self.of(Weight::Heavy)
    }

    /// Whether all that would change the meaning are names of somebody unknown.
    pub fn only_strangers(&self) -> bool {
        let mut heavy = self.left.values().filter(|l| l.weight == Weight::Heavy).peekable();
        let noun = |l: &Left| lexicon::PARTNER_NOUNS.contains(&l.word.as_str());
        self.left.values().any(|l| l.weight == Weight::Heavy && l.stranger)
            && heavy.all(|l| l.stranger || noun(l))
    }

    /// Words that the language itself does not know.
    pub fn unknown(&self) -> Vec<String> {
        let strange = |l: &&Left| l.weight > Weight::None && !lexicon::known(&l.word);
        self.left.values().filter(strange).map(|l| l.text.clone()).collect()
    }

    fn of(&self, least: Weight) -> Vec<String> {
        self.left.values().filter(|l| l.weight >= least).map(|l| l.text.clone()).collect()
    }
}
