//! The question on a sheet: its tokens, and which of them have been used for
//! something. Recognisers take tokens off the sheet; what is left at the end was
//! not understood.

use std::ops::Range;

use crate::company::Company;

use super::Source;
use super::lexicon;
use super::names::Names;
use super::token::{Kind, Token};

/// What a token was used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Nothing yet.
    Free,
    /// Part of a name of the company's.
    Name,
    /// Part of a period.
    Period,
    /// Part of a number.
    Number,
    /// Gave a meaning to the lever.
    Lever,
    /// Understood to be only about how the question is put.
    Idle,
}

/// Tokens and their uses.
pub(crate) struct Sheet<'a> {
    pub company: &'a Company,
    /// Names of the company.
    pub names: &'a Names,
    pub tokens: Vec<Token>,
    pub uses: Vec<Use>,
    question: &'a str,
}

impl<'a> Sheet<'a> {
    pub fn new(company: &'a Company, names: &'a Names, question: &'a str, tokens: Vec<Token>) -> Self {
        let uses = vec![Use::Free; tokens.len()];
        Self { company, names, tokens, uses, question }
    }

    /// The same sheet, to try something on.
    pub fn copy(&self) -> Self {
        Self {
            company: self.company,
            names: self.names,
            tokens: self.tokens.clone(),
            uses: self.uses.clone(),
            question: self.question,
        }
    }

    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// The word at a place; empty beyond the ends.
    pub fn word(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", |t| t.word.as_str())
    }

    /// The word before a place; empty at the start.
    pub fn before(&self, i: usize) -> &str {
        if i == 0 { "" } else { self.word(i - 1) }
    }

    pub fn is(&self, i: usize, words: &[&str]) -> bool {
        words.contains(&self.word(i))
    }

    /// Whether these words stand at a place, one after the other.
    pub fn follows(&self, i: usize, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(k, w)| self.word(i + k) == *w)
    }

    pub fn free(&self, i: usize) -> bool {
        self.uses.get(i) == Some(&Use::Free)
    }

    pub fn claim(&mut self, places: Range<usize>, to: Use) {
        for i in places {
            if let Some(place) = self.uses.get_mut(i) {
                *place = to;
            }
        }
    }

    pub fn is_number(&self, i: usize) -> bool {
        self.tokens.get(i).is_some_and(|t| t.kind == Kind::Number)
    }

    pub fn is_word(&self, i: usize) -> bool {
        self.tokens.get(i).is_some_and(|t| t.kind == Kind::Word)
    }

    /// First place of one of these words that is free.
    pub fn find_free(&self, words: &[&str]) -> Option<usize> {
        (0..self.len()).find(|i| self.free(*i) && self.is(*i, words))
    }

    /// Whether any of these words stands anywhere.
    pub fn has(&self, words: &[&str]) -> bool {
        (0..self.len()).any(|i| self.is(i, words))
    }

    /// Whether any of these words stands in a stretch.
    pub fn has_in(&self, at: &Range<usize>, words: &[&str]) -> bool {
        Range::clone(at).any(|i| self.is(i, words))
    }

    /// The next place from `i` on that is not a filler word, within the sheet.
    pub fn skip(&self, mut i: usize, words: &[&str]) -> usize {
        while i < self.len() && self.is(i, words) {
            i += 1;
        }
        i
    }

    /// A word that nobody knows: neither the language nor a name of the company's.
    pub fn unknown(&self, i: usize) -> bool {
        self.free(i) && self.is_word(i) && !lexicon::known(self.word(i))
    }

    /// The characters of a run of tokens, as a source. Where the run was put together
    /// from several places of the question, those of its first stretch.
    pub fn source(&self, places: Range<usize>) -> Source {
        let Some((start, end)) = self.stretch(places) else {
            return Source::Question { start: 0, end: 0, text: String::new() };
        };
        Source::Question { start, end, text: self.slice(start, end) }
    }

    /// The characters of a run of tokens, as written.
    pub fn text(&self, places: Range<usize>) -> String {
        self.stretch(places).map(|(start, end)| self.slice(start, end)).unwrap_or_default()
    }

    fn stretch(&self, places: Range<usize>) -> Option<(usize, usize)> {
        let tokens = self.tokens.get(places)?;
        let first = tokens.first()?;
        let mut end = first.end;
        for token in &tokens[1..] {
            if token.start < end || token.start > end + GAP_MAX {
                break;
            }
            end = token.end;
        }
        Some((first.start, end))
    }

    fn slice(&self, start: usize, end: usize) -> String {
        self.question.chars().skip(start).take(end - start).collect()
    }
}

/// Neighbouring tokens are at most this many characters apart: spaces and a polite
/// word between them.
const GAP_MAX: usize = 24;
