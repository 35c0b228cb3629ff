//! A passage with what it takes over from its neighbours, as a run of tokens that
//! reads like a question of its own. Takes over only what the passage leaves out.

use std::ops::Range;

use super::split::{Passage, pays};
use super::survey::{Slot, Survey};
use crate::reading::lexicon;
use crate::reading::numbers::{Given, Number};
use crate::reading::operations::Verb;
use crate::reading::place::EQUALS;
use crate::reading::sheet::Use;
use crate::reading::token::{Kind, Token};

/// A change as tokens.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    pub tokens: Vec<Token>,
}

/// The tokens of one passage, completed.
pub(crate) fn compose(survey: &Survey<'_>, passages: &[Passage], k: usize) -> Piece {
    let at = &passages[k].at;
    let composer = Composer { survey, passages, k };
    let program = !survey.has(Slot::Program, at) && (!survey.has(Slot::Product, at) || composer.lists());
    let mut front = Vec::new();
    let mut back = Vec::new();
    let own_verb = composer.own_verb();
    if !own_verb && let Some(verb) = composer.verb() {
        front.push(verb);
    }
    let mut full = own_verb;
    if program {
        let donor = composer.nearest(|at| survey.has(Slot::Program, at) || survey.has(Slot::Product, at));
        if let Some(donor) = donor {
            full = false;
            front.extend(composer.phrases(donor, &[Slot::Program, Slot::Product]));
            if !survey.has(Slot::Parameter, at) && !own_switch(survey, at) {
                front.extend(composer.phrases(donor, &[Slot::Parameter]));
            }
        }
    }
    let left_over = says_else(&survey.sheet.tokens[at.clone()]).is_some();
    let number = survey.has(Slot::Number, at);
    if !number
        && composer.wants_number()
        && let Some(donor) = composer.nearest(|at| survey.has(Slot::Number, at))
    {
        back.extend(composer.phrases(donor, &[Slot::Number]));
    }
    if left_over {
        // "everyone else" says for whom.
    } else if !survey.has(Slot::Audience, at) && !full {
        let says = |j: &usize| survey.has(Slot::Audience, &passages[*j].at) && !composer.lists_at(*j);
        let before = (0..k).rev().find(says);
        let after = || (k + 1..passages.len()).find(says);
        let donor = before.or_else(|| after().filter(|_| composer.trailing()));
        back.extend(donor.map(|j| composer.phrases(j, &[Slot::Audience])).unwrap_or_default());
    } else if !survey.has(Slot::Audience, at) && composer.leading_audience() {
        back.extend(composer.phrases(0, &[Slot::Audience]));
    }
    if !survey.has(Slot::Period, at)
        && let Some(donor) = composer.nearest(|at| survey.has(Slot::Period, at))
    {
        back.extend(composer.phrases(donor, &[Slot::Period]));
    }
    let mut tokens = composer.copy(&front);
    let mut own = composer.own();
    if !own_verb && composer.verb().is_some() && composer.numbers().iter().all(|n| n.given == Given::Percent)
    {
        // "SPIFF: 5%, 10%, 15% cut": the colon sets nothing.
        own.retain(|t| t.text != ":");
    }
    composer.everyone_else(&mut own);
    tokens.extend(own);
    composer.tier_of_there(&mut tokens);
    tokens.extend(composer.copy(&back));
    Piece { tokens }
}

/// Words that name a term by themselves, such as "marginal".
fn own_switch(survey: &Survey<'_>, at: &Range<usize>) -> bool {
    pays(survey, at) || at.clone().any(|i| survey.sheet.is(i, &["rate", "rates"]))
}

/// "everyone else", "the rest": those whom nothing beside it names.
pub(super) fn says_else(tokens: &[Token]) -> Option<(usize, usize)> {
    const ELSE: &[&[&str]] = &[
        &["everyone", "else"],
        &["everybody", "else"],
        &["all", "the", "others"],
        &["all", "others"],
        &["all", "other", "partners"],
        &["all", "other", "tiers"],
        &["the", "others"],
        &["the", "rest"],
    ];
    let said = |i: usize, w: &str| tokens.get(i).is_some_and(|t| t.word == w);
    (0..tokens.len()).find_map(|i| {
        let phrase = ELSE.iter().find(|p| p.iter().enumerate().all(|(k, w)| said(i + k, w)))?;
        let time = said(i + phrase.len(), "of");
        (!time).then_some((i, phrase.len()))
    })
}

struct Composer<'s, 'a> {
    survey: &'s Survey<'a>,
    passages: &'s [Passage],
    k: usize,
}

impl Composer<'_, '_> {
    fn at(&self) -> &Range<usize> {
        &self.passages[self.k].at
    }

    /// The nearest other passage that fits: those before it first.
    fn nearest(&self, fits: impl Fn(&Range<usize>) -> bool) -> Option<usize> {
        let before = (0..self.k).rev().find(|j| fits(&self.passages[*j].at));
        before.or_else(|| (self.k + 1..self.passages.len()).find(|j| fits(&self.passages[*j].at)))
    }

    fn phrases(&self, passage: usize, slots: &[Slot]) -> Vec<Range<usize>> {
        let within = &self.passages[passage].at;
        let fits = |p: &&super::Phrase| slots.contains(&p.slot) && p.ends_in(within);
        self.survey.phrases.iter().filter(fits).map(|p| p.at.start.max(within.start)..p.at.end).collect()
    }

    fn copy(&self, ranges: &[Range<usize>]) -> Vec<Token> {
        ranges.iter().flat_map(|r| self.survey.sheet.tokens[r.clone()].iter().cloned()).collect()
    }

    /// A verb, a sign or a comparative of its own gives the passage its direction.
    fn own_verb(&self) -> bool {
        let at = self.at();
        let sheet = &self.survey.sheet;
        self.survey.has(Slot::Verb, at)
            || pays(self.survey, at)
            || self.numbers().iter().any(|n| n.sign.is_some() || self.is_set(n))
            || at.clone().any(|i| {
                let comparative = sheet.is(i, lexicon::MORE) || sheet.is(i, lexicon::LESS);
                comparative && sheet.free(i) && !sheet.is(i + 1, lexicon::METRIC)
            })
    }

    fn numbers(&self) -> Vec<&Number> {
        let at = self.at();
        self.survey.parts.numbers.iter().filter(|n| at.contains(&n.at.start)).collect()
    }

    /// Whether the passage moves a list, so that names are what is put on it.
    fn lists(&self) -> bool {
        self.lists_at(self.k)
    }

    fn lists_at(&self, passage: usize) -> bool {
        let at = &self.passages[passage].at;
        let bare = !self.survey.has(Slot::Number, at);
        let verbs = [Verb::Include, Verb::Exclude, Verb::Restrict, Verb::Remove, Verb::Add, Verb::Resume];
        bare && self.survey.parts.ops.iter().any(|o| at.contains(&o.at.start) && verbs.contains(&o.verb))
    }

    /// "$50 for Platinum, $42 for all others": everyone but those named beside it.
    fn everyone_else(&self, out: &mut Vec<Token>) {
        let found = says_else(out);
        let Some((i, length)) = found else { return };
        let others: Vec<Range<usize>> = (0..self.passages.len())
            .filter(|j| *j != self.k)
            .flat_map(|j| self.phrases(j, &[Slot::Audience]))
            .collect();
        if others.is_empty() {
            return;
        }
        let like = |word: &str| Token {
            text: word.into(),
            word: word.into(),
            kind: Kind::Word,
            spaced: true,
            name_like: false,
            ..out[i].clone()
        };
        let lead = ["for", "to", "the", "our", "only", "and", ","];
        let mut named = vec![like("everyone"), like("except")];
        for (k, at) in others.into_iter().enumerate() {
            if k > 0 {
                named.push(like("and"));
            }
            let tokens = self.survey.sheet.tokens[at].iter();
            named.extend(tokens.skip_while(|t| lead.contains(&t.word.as_str())).cloned());
        }
        out.splice(i..i + length, named);
    }

    /// "…, and pay 3.5% there", "€4.50 from there on": the tier of what stands before it.
    fn tier_of_there(&self, out: &mut Vec<Token>) {
        let Some(there) = out.iter().position(|t| t.word == "there") else { return };
        let sheet = &self.survey.sheet;
        let tier = (0..self.k).rev().find_map(|j| {
            let phrases = self.phrases(j, &[Slot::Parameter]);
            phrases.into_iter().find_map(|at| {
                let noun = at
                    .clone()
                    .find(|i| sheet.is(*i, &["threshold", "tier", "step", "band", "level", "rung"]))?;
                // "the $90,000 threshold": its number may stand right before the phrase.
                let mut start = noun;
                while start > 0
                    && (sheet.uses[start - 1] == Use::Number
                        || sheet.is(start - 1, &["-", "unit", "units", "$", "€"]))
                {
                    start -= 1;
                }
                let figured = (start..noun).any(|i| sheet.is_number(i));
                figured.then_some((start, noun))
            })
        });
        let Some((start, noun)) = tier else { return };
        let mut named: Vec<Token> = sheet.tokens[start..noun + 1].to_vec();
        if let Some(last) = named.last_mut() {
            (last.text, last.word) = ("tier".to_owned(), "tier".to_owned());
        }
        let from = there - usize::from(there > 0 && out[there - 1].word == "from");
        let to = there
            + 1
            + usize::from(
                out.get(there + 1).is_some_and(|t| matches!(t.word.as_str(), "on" | "upwards" | "up")),
            );
        let the = Token {
            text: "the".into(),
            word: "the".into(),
            kind: Kind::Word,
            spaced: true,
            ..out[there].clone()
        };
        let at = Token { text: "for".into(), word: "for".into(), ..the.clone() };
        out.splice(from..to, [at, the].into_iter().chain(named));
    }

    fn wants_number(&self) -> bool {
        let verbs = self.survey.of_slot(Slot::Verb, self.at());
        let numeric = |at: &Range<usize>| {
            self.survey.parts.ops.iter().any(|o| {
                o.at == *at
                    && matches!(o.verb, Verb::Up | Verb::Down | Verb::Set | Verb::Multiply | Verb::Add)
            })
        };
        let dropped = |i: usize| self.survey.sheet.is(i, &["drop", "drops", "dropping", "dropped", "lift"]);
        let term = self.survey.has(Slot::Parameter, self.at());
        let quiet = self.survey.parts.ops.iter().any(|o| {
            self.at().contains(&o.at.start)
                && (matches!(o.verb, Verb::Times(_)) || term && dropped(o.at.start))
        });
        !quiet && (verbs.is_empty() && !self.donor_is_quiet() || verbs.iter().any(|v| numeric(&v.at)))
    }

    /// Whether the verb that would be taken over needs no number.
    fn donor_is_quiet(&self) -> bool {
        self.verb().is_some_and(|at| {
            self.survey.parts.ops.iter().any(|o| {
                o.at == at
                    && !matches!(
                        o.verb,
                        Verb::Up | Verb::Down | Verb::Set | Verb::Multiply | Verb::Add | Verb::Be
                    )
            })
        })
    }

    fn verb(&self) -> Option<Range<usize>> {
        let numeric_only = !self.numbers().is_empty();
        let fits = |at: &Range<usize>| {
            self.survey.of_slot(Slot::Verb, at).iter().any(|v| self.usable(&v.at, numeric_only))
        };
        let donor = self.nearest(fits)?;
        let verbs = self.survey.of_slot(Slot::Verb, &self.passages[donor].at);
        verbs.iter().find(|v| self.usable(&v.at, numeric_only)).map(|v| v.at.clone())
    }

    fn usable(&self, at: &Range<usize>, numeric_only: bool) -> bool {
        let numeric = |v: Verb| matches!(v, Verb::Up | Verb::Down | Verb::Set | Verb::Multiply | Verb::Add);
        self.survey.parts.ops.iter().any(|o| o.at == *at && (!numeric_only || numeric(o.verb)))
    }

    /// Whether an audience behind the last change speaks for all: the changes share
    /// their subject.
    fn trailing(&self) -> bool {
        let programs = |at: &Range<usize>| self.survey.has(Slot::Program, at);
        self.passages.iter().filter(|s| programs(&s.at)).count() <= 1
    }

    /// "For Gold, raise … and cut …": said before everything else, for everything.
    fn leading_audience(&self) -> bool {
        if self.k == 0 {
            return false;
        }
        let first = &self.passages[0].at;
        let Some(phrase) = self.survey.of_slot(Slot::Audience, first).first().copied() else { return false };
        let verb = self.survey.of_slot(Slot::Verb, first).first().map_or(first.end, |v| v.at.start);
        // "What is better for Gold in Q3: A or B?"
        let colon = (phrase.at.end..first.end).find(|i| self.survey.sheet.word(*i) == ":");
        let apart = colon.is_some_and(|c| {
            self.survey.phrases.iter().all(|p| {
                let other = !matches!(p.slot, Slot::Audience | Slot::Period);
                !(other && first.contains(&p.at.start) && p.at.start < c)
            })
        });
        // "For Gold raise A. Cut B.": said of its own sentence alone, as far as anybody knows.
        let ended = (phrase.at.end..self.at().start).any(|i| self.survey.sheet.is(i, &[".", ";", "?", "!"]));
        apart || !ended && phrase.at.start <= first.start + 1 && phrase.at.end <= verb
    }

    /// The passage's own tokens, its amount with the lead and the unit that its
    /// neighbours' have.
    fn own(&self) -> Vec<Token> {
        let at = self.at().clone();
        let mut out: Vec<Token> = self.survey.sheet.tokens[at.clone()].to_vec();
        let bare = self.numbers().into_iter().find(|n| n.given == Given::Bare && n.other_currency.is_none());
        let alone = self.numbers().len() == 1;
        if let (Some(number), true) = (bare, alone)
            && let Some((before, after)) = self.unit()
        {
            let place = number.at.end - at.start;
            out.splice(place..place, after);
            let place = number.at.start - at.start;
            out.splice(place..place, before);
        }
        if let Some(number) = self.numbers().first().filter(|_| alone)
            && !self.led(number)
            && !self.own_verb()
            && let Some(lead) = self.lead()
        {
            let place = number.at.start - at.start;
            out.insert(place, lead);
        }
        self.kind(&mut out);
        out
    }

    fn led(&self, number: &Number) -> bool {
        let sheet = &self.survey.sheet;
        let i = number.at.start;
        sheet.is(i.wrapping_sub(1), &["by", "to", "at", "of", "into"]) || sheet.is(i.wrapping_sub(1), EQUALS)
    }

    /// "to $45", "at $45": a value, whatever moves beside it.
    fn is_set(&self, number: &Number) -> bool {
        let (sheet, i) = (&self.survey.sheet, number.at.start);
        let has = |slot| self.survey.has(slot, self.at());
        let subject = has(Slot::Program) || has(Slot::Product) || has(Slot::Parameter);
        subject && number.given == Given::Money && sheet.is(i.wrapping_sub(1), &["to", "at"])
    }

    /// The word before the amount of a neighbour: "by", "to", "at".
    fn lead(&self) -> Option<Token> {
        let others = (0..self.k).rev().chain(self.k + 1..self.passages.len());
        others.into_iter().find_map(|j| {
            let within = &self.passages[j].at;
            let number = self.survey.parts.numbers.iter().find(|n| within.contains(&n.at.start))?;
            let i = number.at.start.checked_sub(1)?;
            let lead = self.survey.sheet.is(i, &["by", "to", "at"]) || self.survey.sheet.is(i, EQUALS);
            lead.then(|| self.survey.sheet.tokens[i].clone())
        })
    }

    /// The currency sign and the unit of the nearest amount that has one.
    fn unit(&self) -> Option<(Vec<Token>, Vec<Token>)> {
        let others: Vec<usize> = (self.k + 1..self.passages.len()).chain((0..self.k).rev()).collect();
        let number = others.into_iter().find_map(|j| {
            let within = &self.passages[j].at;
            self.survey.parts.numbers.iter().find(|n| {
                within.contains(&n.at.start)
                    && matches!(n.given, Given::Percent | Given::Points | Given::Money)
            })
        })?;
        let sheet = &self.survey.sheet;
        let digit = number.at.clone().find(|i| sheet.is_number(*i))?;
        let sign = |i: &usize| !sheet.is(*i, &["+", "-", "−", "–"]);
        let copy = |r: Range<usize>| r.filter(sign).map(|i| sheet.tokens[i].clone()).collect::<Vec<_>>();
        let scale = usize::from(sheet.is(digit + 1, &["k", "m"]));
        Some((copy(number.at.start..digit), copy((digit + 1 + scale).min(number.at.end)..number.at.end)))
    }

    /// "the Product X and Edge Gateway SPIFFs": the kind said once for both.
    fn kind(&self, out: &mut Vec<Token>) {
        let at = self.at();
        let Some(product) = self.survey.of_slot(Slot::Product, at).first().copied() else { return };
        if self.survey.has(Slot::Program, at) {
            return;
        }
        let next = (self.k + 1..self.passages.len()).find_map(|j| {
            self.survey.of_slot(Slot::Program, &self.passages[j].at).first().map(|p| p.at.clone())
        });
        let Some(kind) =
            next.and_then(|r| r.rev().find(|i| lexicon::kind(self.survey.sheet.word(*i)).is_some()))
        else {
            return;
        };
        let place = product.at.end.saturating_sub(at.start).min(out.len());
        out.insert(place, self.survey.sheet.tokens[kind].clone());
    }
}
