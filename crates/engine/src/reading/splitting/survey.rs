//! The phrases of a question: which tokens name a program, a term, an amount, a
//! time, an audience, a verb. Phrases hold the words that lead them ("for our Gold
//! partners"). Reads no meaning.

use std::ops::Range;

use crate::reading::assemble::Parts;
use crate::reading::lexicon;
use crate::reading::names::Mention;
use crate::reading::operations::Verb;
use crate::reading::programs;
use crate::reading::reader::Reader;
use crate::reading::sheet::{Sheet, Use};
use crate::reading::terms;

/// What a phrase is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    Verb,
    Program,
    /// Products that stand for no program by themselves.
    Product,
    Parameter,
    Number,
    Audience,
    Period,
}

/// A phrase of the question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Phrase {
    pub slot: Slot,
    pub at: Range<usize>,
}

impl Phrase {
    /// Whether it belongs to a stretch: by its last word, for the first may be a
    /// comma or an "and" that stands before the stretch.
    pub fn ends_in(&self, within: &Range<usize>) -> bool {
        within.contains(&(self.at.end - 1))
    }
}

/// A question and its phrases.
pub(crate) struct Survey<'a> {
    pub sheet: Sheet<'a>,
    pub parts: Parts,
    pub phrases: Vec<Phrase>,
}

const TIER: &[&str] = &[
    "tier",
    "tiers",
    "band",
    "bands",
    "bracket",
    "brackets",
    "threshold",
    "thresholds",
    "level",
    "rung",
    "rungs",
];
const TIER_LEADS: &[&str] = &[
    "top", "highest", "bottom", "lowest", "middle", "entry", "first", "second", "third", "fourth", "last",
    "all", "every", "each", "upper", "starting", "base",
];

impl<'a> Survey<'a> {
    /// Surveys some tokens of a question.
    pub fn of(reader: &Reader<'a>, tokens: Vec<crate::reading::token::Token>) -> Self {
        let (desk, parts) = reader.recognise(tokens);
        let sheet = desk.sheet;
        let mut survey = Self { sheet, parts, phrases: Vec::new() };
        survey.programs();
        survey.parameters();
        survey.numbers();
        survey.periods();
        survey.audiences();
        survey.verbs();
        survey.phrases.sort_by_key(|p| p.at.start);
        survey
    }

    /// The phrases of a slot inside a range.
    pub fn of_slot(&self, slot: Slot, within: &Range<usize>) -> Vec<&Phrase> {
        self.phrases.iter().filter(|p| p.slot == slot && p.ends_in(within)).collect()
    }

    /// Whether a slot is filled inside a range.
    pub fn has(&self, slot: Slot, within: &Range<usize>) -> bool {
        self.phrases.iter().any(|p| p.slot == slot && p.ends_in(within))
    }

    fn add(&mut self, slot: Slot, at: Range<usize>) {
        self.phrases.push(Phrase { slot, at });
    }

    fn back_over(&self, from: usize, words: &[&str]) -> usize {
        let mut start = from;
        while start > 0 && self.sheet.free(start - 1) && self.sheet.is(start - 1, words) {
            start -= 1;
        }
        start
    }

    fn programs(&mut self) {
        let named: Vec<Range<usize>> =
            self.parts.mentions.iter().filter(|m| m.program().is_some()).map(|m| m.at.clone()).collect();
        let runs = programs::phrases(&self.sheet, &self.parts.mentions);
        for at in named.iter().cloned().chain(runs) {
            let by_name = named.contains(&at);
            let kind = at.clone().any(|i| lexicon::kind(self.sheet.word(i)).is_some())
                || programs::unique(&self.sheet, &self.parts.mentions, &at).is_some();
            let slot = if by_name || kind { Slot::Program } else { Slot::Product };
            let start = self.back_over(at.start, &["the", "our", "on", "of", "for", "in"]);
            self.add(slot, start..at.end);
        }
    }

    fn within(&self, slot: &[Slot], i: usize) -> bool {
        self.phrases.iter().any(|p| slot.contains(&p.slot) && p.at.contains(&i))
    }

    fn parameters(&mut self) {
        let mut scratch = self.sheet.copy();
        for said in terms::find(&mut scratch) {
            if !said.at.clone().any(|i| self.within(&[Slot::Program], i)) {
                let mut end = said.at.end;
                // "per partner", "per deal" beside a cap belong to it.
                while scratch.uses.get(end) == Some(&Use::Lever) && self.sheet.free(end) {
                    end += 1;
                }
                let mut start = said.at.start;
                while start > 0 && scratch.uses[start - 1] == Use::Lever && self.sheet.free(start - 1) {
                    start -= 1;
                }
                self.add(Slot::Parameter, start..end);
            }
        }
        for i in 0..self.sheet.len() {
            let rate = self.sheet.free(i) && self.sheet.is(i, &["rate", "rates"]);
            let tier = self.sheet.free(i) && self.sheet.is(i, TIER);
            if (!rate && !tier) || self.within(&[Slot::Program, Slot::Parameter], i) {
                continue;
            }
            let mut start = i;
            if tier {
                while start > 0
                    && (self.sheet.is(start - 1, TIER_LEADS)
                        || self.sheet.is(start - 1, &["st", "nd", "rd", "th", "%", "-", "unit"])
                        || self.number_at(start - 1)
                        || self.sheet.is(start - 1, &["k"]))
                {
                    start -= 1;
                }
            }
            // "the tier above 90k"
            let lead = i + 1;
            let mut end = i + 1;
            if tier && self.sheet.is(lead, &["from", "above", "over", "starting"]) {
                let next = self.sheet.skip(lead, &["from", "above", "over", "starting", "at"]);
                if let Some(number) = self.parts.numbers.iter().find(|n| n.at.start == next) {
                    end = number.at.end;
                }
            }
            self.add(Slot::Parameter, start..end);
        }
    }

    fn number_at(&self, i: usize) -> bool {
        self.parts.numbers.iter().any(|n| n.at.contains(&i))
    }

    fn numbers(&mut self) {
        let ranges: Vec<Range<usize>> = self.parts.numbers.iter().map(|n| n.at.clone()).collect();
        for at in ranges {
            if self.within(&[Slot::Parameter], at.start) {
                continue;
            }
            let mut start =
                self.back_over(at.start, &["a", "an", "another", "extra", "just", "about", "around"]);
            if start > 0 && self.sheet.is(start - 1, &["by", "to", "at", "=", "→", "from"]) {
                start -= 1;
            }
            let mut end = at.end;
            while self.sheet.uses.get(end) == Some(&Use::Number) && !self.number_at(end) {
                end += 1;
            }
            self.add(Slot::Number, start..end);
        }
    }

    fn periods(&mut self) {
        let ranges: Vec<Range<usize>> = self.parts.periods.iter().map(|p| p.at.clone()).collect();
        ranges.into_iter().for_each(|at| self.add(Slot::Period, at));
    }

    fn audiences(&mut self) {
        let people: Vec<Mention> =
            self.parts.mentions.iter().filter(|m| m.is_audience() && !m.is_product()).cloned().collect();
        for mention in people {
            if self.within(&[Slot::Program], mention.at.start) {
                continue;
            }
            let start = self.back_over(mention.at.start, AUDIENCE_LEADS);
            let mut end = mention.at.end;
            while self.sheet.free(end) && self.sheet.is(end, lexicon::PARTNER_NOUNS) {
                end += 1;
            }
            let before =
                |p: &&mut Phrase| p.slot == Slot::Audience && p.at.end >= start && p.at.start <= start;
            match self.phrases.iter_mut().find(before) {
                Some(before) => before.at.end = end,
                None => self.add(Slot::Audience, start..end),
            }
        }
        for i in 0..self.sheet.len() {
            let everyone = self.sheet.is(i, &["everyone", "everybody", "anyone", "worldwide", "globally"]);
            if everyone && self.sheet.free(i) && !self.within(&[Slot::Audience], i) {
                let start = self.back_over(i, &["for", "to", "across"]);
                self.add(Slot::Audience, start..i + 1);
            }
        }
    }

    fn verbs(&mut self) {
        let ops: Vec<(Verb, Range<usize>)> = self.parts.ops.iter().map(|o| (o.verb, o.at.clone())).collect();
        for (verb, at) in ops {
            let out = verb == Verb::Without && self.within(&[Slot::Audience], at.start);
            if !matches!(verb, Verb::Be) && !out && !self.within(&[Slot::Parameter], at.start) {
                self.add(Slot::Verb, at);
            }
        }
    }
}

const AUDIENCE_LEADS: &[&str] = &[
    "for",
    "in",
    "to",
    "of",
    "the",
    "our",
    "only",
    "just",
    "but",
    "from",
    "among",
    "across",
    "within",
    "throughout",
    "other",
    "than",
    "apart",
    "not",
    "non",
    "without",
    "excluding",
    "except",
    "excl",
    "outside",
    "besides",
    "minus",
    "sans",
    "barring",
    "all",
    "every",
    "each",
    "everyone",
    "everybody",
    "partners",
    "and",
    "or",
    ",",
    "tier",
    "both",
];
