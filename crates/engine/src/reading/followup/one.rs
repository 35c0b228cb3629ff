//! One change of the last scenario with something else in its place, set against
//! itself, or with one more beside it.

use crate::reading::assemble::{self, Change};
use crate::reading::board::Board;
use crate::reading::operations::Verb;
use crate::reading::reader::Reader;
use crate::reading::splitting::{self, Passage, Slot, Survey};
use crate::reading::token::{Kind, Token};
use crate::reading::{lexicon, options};
use crate::scenario::{Audience, Draft, Intent, Lever};

use super::words::{self, OFFSET};

/// Where a lever stands: option and place in it.
pub(super) type At = (usize, usize);

/// Words that only lead a follow-up.
const LEADS: &[&str] =
    &["and", "also", "now", "but", "then", "vs", "versus", "compare", "same", "again", "about", "instead"];

/// The last scenario with one of its changes replaced.
pub(super) fn replaced(
    reader: &Reader<'_>,
    survey: &Survey<'_>,
    previous: &Draft,
    at: At,
    board: &mut Board,
) -> Option<Draft> {
    let lever = &previous.options[at.0].levers[at.1];
    let change = reread(reader, survey, previous, lever, at, board)?;
    let whole = 0..survey.sheet.len();
    let (who, when) = (survey.has(Slot::Audience, &whole), survey.has(Slot::Period, &whole));
    let alone = previous.options.iter().map(|o| o.levers.len()).sum::<usize>() == 1;
    let mut draft = Draft { sweep: None, goal: None, earnings: None, lookup: None, ..previous.clone() };
    let mut levers = change.levers;
    for new in &mut levers {
        new.period = lever.period.clone().filter(|_| !when);
        new.audience = lever.audience.clone().filter(|_| !who);
        if !alone {
            // The others keep their own.
            new.period = new.period.take().or_else(|| when.then(|| change.period.clone()));
            new.audience = new.audience.take().or_else(|| who.then(|| change.audience.clone()));
        }
    }
    if alone {
        draft.intent = if change.hindcast { Intent::Hindcast } else { Intent::Forecast };
        draft.audience = if who { change.audience } else { previous.audience.clone() };
        draft.period = if when { change.period } else { previous.period.clone() };
    }
    let option = &mut draft.options[at.0];
    option.levers.splice(at.1..=at.1, levers);
    *option = options::option(std::mem::take(&mut option.levers), reader);
    Some(draft)
}

/// The words of a follow-up read behind those of a lever.
fn reread(
    reader: &Reader<'_>,
    survey: &Survey<'_>,
    previous: &Draft,
    lever: &Lever,
    at: At,
    board: &mut Board,
) -> Option<Change> {
    let mut said: Vec<Token> = survey.sheet.tokens.clone();
    given_up(&mut said, lever);
    said.retain(|t| !LEADS.contains(&t.word.as_str()));
    // The number as it was, in another unit: "how about $45" after "raise 5%" is a
    // new value, and "make it 7.5%" another amount of the same.
    let numbers = &survey.parts.numbers;
    let other_unit = numbers.first().is_some_and(|n| !words::same_unit(lever, n.given));
    if other_unit && !survey.sheet.has(&["by", "to", "at"]) && !words::own_direction(survey) {
        let first = numbers.first().map(|n| survey.sheet.tokens[n.at.start].start);
        if let Some(place) = said.iter().position(|t| Some(t.start) == first) {
            let at = Token { text: "at".into(), word: "at".into(), ..said[place].clone() };
            said.insert(place, Token { kind: Kind::Word, end: at.start, spaced: true, ..at });
            if let Some(number) = said.get_mut(place + 1) {
                number.spaced = true;
            }
        }
    } else if words::same_amount(survey) {
        said.retain(|t| !matches!(t.word.as_str(), "make" | "it" | "set"));
    }
    let context = words::behind(lever, previous, reader.context.company);
    let cut = context.len();
    let joint = Survey::of(reader, context.into_iter().chain(said).collect());
    let passages = vec![Passage::whole(0..cut), Passage::whole(cut..joint.sheet.len())];
    let piece = splitting::compose(&joint, &passages, 1);
    finish(reader, survey, piece.tokens, at, board)
}

/// "Rather than €18 try €21": the value of the last scenario goes.
fn given_up(said: &mut Vec<Token>, lever: &Lever) {
    let opens = |i: usize| {
        let word = |k: usize| said.get(k).map_or("", |t| t.word.as_str());
        match (word(i), word(i + 1)) {
            ("rather", "than") | ("instead", "of") => Some(i + 2),
            ("not", _) => Some(i + 1),
            _ => None,
        }
    };
    let Some((start, from)) = (0..said.len()).find_map(|i| Some((i, opens(i)?))) else { return };
    let currency = |t: &Token| matches!(t.word.as_str(), "$" | "€" | "£");
    let number = from + usize::from(said.get(from).is_some_and(currency));
    let value = |text: &str| text.replace(',', "").parse::<rust_decimal::Decimal>().ok();
    let same = said.get(number).filter(|t| t.kind == Kind::Number).and_then(|t| value(&t.text));
    if same.is_none() || same != lever.value.as_deref().and_then(value) {
        return;
    }
    let unit = |t: &Token| matches!(t.word.as_str(), "%" | "percent" | "euros" | "dollars" | "," | "points");
    let end = number + 1 + usize::from(said.get(number + 1).is_some_and(unit));
    said.drain(start..end);
}

fn finish(
    reader: &Reader<'_>,
    survey: &Survey<'_>,
    tokens: Vec<Token>,
    at: At,
    board: &mut Board,
) -> Option<Change> {
    let (mut desk, parts) = reader.recognise(tokens);
    desk.path = format!("options[{}].levers[{}]", at.0, at.1);
    let change = assemble::one_change(&mut desk, parts);
    super::claim_openers(&mut desk);
    super::settle_sources(&mut desk, survey);
    board.take(desk);
    board.coverage.forget(OFFSET);
    change
}

/// "vs 15%": the change and the same with something else in its place.
pub(super) fn against(
    reader: &Reader<'_>,
    survey: &Survey<'_>,
    previous: &Draft,
    at: At,
    board: &mut Board,
) -> Option<Draft> {
    let alone = Draft { options: vec![previous.options[at.0].clone()], ..previous.clone() };
    let mut draft = replaced(reader, survey, &alone, (0, at.1), board)?;
    draft.intent = Intent::Compare;
    draft.options.insert(0, previous.options[at.0].clone());
    for entry in &mut board.provenance {
        entry.field = entry.field.replacen("options[0]", "options[1]", 1);
    }
    unify(previous, &mut draft);
    Some(draft)
}

/// Two options of different times or audiences say so in their levers.
fn unify(previous: &Draft, draft: &mut Draft) {
    let now = Draft { options: Vec::new(), ..draft.clone() };
    let apart = (previous.period.span() != now.period.span(), previous.audience != now.audience);
    for (o, option) in draft.options.iter_mut().enumerate() {
        let from = if o == 0 { previous } else { &now };
        for lever in &mut option.levers {
            if apart.0 {
                lever.period.get_or_insert_with(|| from.period.clone());
            }
            if apart.1 {
                lever.audience.get_or_insert_with(|| from.audience.clone());
            }
        }
    }
    if apart.1 {
        draft.audience = Audience::default();
    }
}

/// The last scenario with one more change.
pub(super) fn added(
    reader: &Reader<'_>,
    survey: &Survey<'_>,
    previous: &Draft,
    board: &mut Board,
) -> Option<Draft> {
    if previous.options.len() != 1 {
        return super::nothing(reader, board);
    }
    let change = beside(reader, survey, previous, board)?;
    let whole = 0..survey.sheet.len();
    let mut levers = previous.options[0].levers.clone();
    for mut new in change.levers {
        if survey.has(Slot::Period, &whole) && change.period.span() != previous.period.span() {
            new.period = Some(change.period.clone());
        }
        if survey.has(Slot::Audience, &whole) {
            new.audience = Some(change.audience.clone());
        }
        levers.push(new);
    }
    Some(Draft { options: vec![options::option(levers, reader)], ..previous.clone() })
}

fn beside(reader: &Reader<'_>, survey: &Survey<'_>, previous: &Draft, board: &mut Board) -> Option<Change> {
    let last = previous.options[0].levers.last()?;
    let mut said = survey.sheet.tokens.clone();
    said.retain(|t| !matches!(t.word.as_str(), "also" | "too" | "and" | "now" | "then" | "with"));
    let context = words::behind(last, previous, reader.context.company);
    let cut = context.len();
    let joint = Survey::of(reader, context.into_iter().chain(said).collect());
    let passages = vec![Passage::whole(0..cut), Passage::whole(cut..joint.sheet.len())];
    let mut piece = splitting::compose(&joint, &passages, 1);
    let whole = 0..survey.sheet.len();
    let drops = survey.parts.ops.iter().any(|o| matches!(o.verb, Verb::Remove | Verb::Without | Verb::Down));
    if !survey.has(Slot::Number, &whole) && drops {
        // "drop the cap": no number of the change before it.
        piece.tokens.retain(|t| t.start < OFFSET || !is_amount(t));
    } else if survey.has(Slot::Number, &whole) && !survey.has(Slot::Verb, &whole) {
        // "and with a cap of $1,200": a term that is set, whatever the verb before.
        piece.tokens.retain(|t| t.start < OFFSET || !words::is_mover(&t.word));
        piece.tokens.insert(0, setter());
    }
    finish(reader, survey, piece.tokens, (0, previous.options[0].levers.len()), board)
}

fn is_amount(token: &Token) -> bool {
    let word = token.word.as_str();
    lexicon::UP.contains(&word) || lexicon::DOWN.contains(&word) || matches!(word, "by" | "%" | "points")
}

/// "set", as if it had been said before.
fn setter() -> Token {
    Token {
        text: "set".into(),
        word: "set".into(),
        start: OFFSET,
        end: OFFSET,
        alternatives: Vec::new(),
        kind: Kind::Word,
        spaced: true,
        name_like: false,
    }
}
