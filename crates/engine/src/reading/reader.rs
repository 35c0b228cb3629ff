//! What all parts of one reading share: the question, what it is read against, the
//! names of the company, whether it looks back. Recognises the parts of any run of
//! tokens; decides nothing.

use super::assemble::Parts;
use super::days::Almanac;
use super::desk::Desk;
use super::names;
use super::sheet::{Sheet, Use};
use super::token::{self, Kind, Token};
use super::{Context, asides, frame, layout, lexicon, numbers, operations, periods, spelling, stays};

/// A reading under way.
pub(crate) struct Reader<'a> {
    pub context: &'a Context<'a>,
    pub question: &'a str,
    /// The question in tokens, spelled as they were taken for.
    pub tokens: Vec<Token>,
    /// Sentences beside the question, with figures that are none of a change's.
    pub aside: Vec<Token>,
    /// Whether the question looks back: "what if we had".
    pub back: bool,
}

/// Takes out words that only are polite or vague. "To please our distributors" is no
/// politeness, "to please 40k" is.
fn polite_words(tokens: &mut Vec<Token>) {
    let pleases = |k: usize| {
        let number =
            tokens.get(k + 1).is_none_or(|next| next.kind == Kind::Number || next.kind == Kind::Symbol);
        k > 0 && tokens[k - 1].word == "to" && tokens[k].word == "please" && !number
    };
    let noise = |k: &usize| lexicon::NOISE.contains(&tokens[*k].word.as_str()) && !pleases(*k);
    let gone: Vec<usize> = (0..tokens.len()).filter(noise).collect();
    let mut at = 0;
    tokens.retain(|_| {
        at += 1;
        gone.binary_search(&(at - 1)).is_err()
    });
}

/// "Not Q3, Q4", after an earlier question: what it is not goes.
fn corrected(tokens: &mut Vec<Token>) {
    const LONGEST: usize = 5;
    let first = tokens.iter().position(|t| t.word != "no" && t.text != ",").unwrap_or(0);
    let comma = tokens.iter().skip(first).take(LONGEST).position(|t| t.text == ",");
    if tokens.get(first).is_some_and(|t| t.word == "not")
        && let Some(comma) = comma.filter(|c| first + c + 1 < tokens.len())
    {
        tokens.drain(..=first + comma);
    }
}

impl<'a> Reader<'a> {
    /// Cuts the question and mends its spelling.
    pub fn new(question: &'a str, context: &'a Context<'a>) -> Self {
        let mut tokens = token::tokens(question);
        layout::straighten(question, &mut tokens, context.names);
        // Polite and vague words may stand anywhere, even inside "from … 15 July".
        polite_words(&mut tokens);
        if context.last().is_some() {
            corrected(&mut tokens);
        }
        spelling::correct(&mut tokens, context.names);
        stays::plain(&mut tokens, context.names);
        let mut sheet = Sheet::new(context.company, context.names, question, tokens);
        let aside = asides::drop(&mut sheet);
        let back = super::intents::looks_back(&sheet);
        Self { context, question, tokens: sheet.tokens, aside, back }
    }

    /// The same question with other answers.
    pub fn answered(&self, context: &'a Context<'a>) -> Self {
        let (tokens, aside) = (self.tokens.clone(), self.aside.clone());
        Self { context, question: self.question, tokens, aside, back: self.back }
    }

    /// The calendar the question is read in.
    pub fn almanac(&self) -> Almanac {
        let company = self.context.company;
        Almanac { today: company.today(), calendar: company.calendar, past: self.back }
    }

    /// Runs every recogniser over the whole question.
    pub fn recognise_all(&self) -> (Desk<'a>, Parts) {
        self.recognise(self.tokens.clone())
    }

    /// Runs every recogniser over some tokens, longest names first.
    pub fn recognise(&self, tokens: Vec<Token>) -> (Desk<'a>, Parts) {
        let almanac = self.almanac();
        let mut sheet = Sheet::new(self.context.company, self.context.names, self.question, tokens);
        frame::claim(&mut sheet);
        let mut mentions = names::long(&mut sheet, self.context.names);
        let vague = periods::vague::find(&mut sheet);
        let mut periods = periods::find(&mut sheet, &almanac);
        periods::replaced(&mut sheet, &mut periods);
        let numbers = numbers::find(&mut sheet);
        mentions.extend(names::short(&mut sheet, self.context.names));
        mentions.extend(names::partners(&mut sheet, self.context.names));
        mentions.sort_by_key(|m| m.at.start);
        let ops = operations::find(&mut sheet);
        for i in 0..sheet.len() {
            // "why don't we", "why not": a way of asking, not a negation.
            if sheet.word(i) == "why" && sheet.is(i + 1, lexicon::NEGATION) {
                sheet.claim(i..i + 2, Use::Idle);
            }
        }
        let desk = Desk { vague, ..Desk::new(self.context, sheet, almanac) };
        (desk, Parts { mentions, numbers, ops, periods })
    }
}
