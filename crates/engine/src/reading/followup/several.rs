//! Follow-ups to a scenario of several changes: which of them is meant, which is left
//! out, and amounts for several audiences at once.

use serde_json::json;

use crate::reading::board::Board;
use crate::reading::desk::{Desk, choice};
use crate::reading::names::Mention;
use crate::reading::operations::Verb;
use crate::reading::programs;
use crate::reading::reader::Reader;
use crate::reading::sheet::Use;
use crate::reading::splitting::{self, Passage, Slot, Survey};
use crate::reading::{audiences, options, terms};
use crate::scenario::{Audience, Draft, Intent, Lever, Parameter, label};

use super::one::{self, At};

fn all(previous: &Draft) -> Vec<At> {
    let levers = |(o, option): (usize, &crate::scenario::ScenarioOption)| {
        (0..option.levers.len()).map(move |l| (o, l)).collect::<Vec<_>>()
    };
    previous.options.iter().enumerate().flat_map(levers).collect()
}

/// What the words name of a change of the last scenario.
struct Named {
    programs: Vec<String>,
    parameters: Vec<Parameter>,
    audience: Audience,
    nth: Option<usize>,
}

fn named(reader: &Reader<'_>, count: usize) -> Named {
    let (mut desk, parts) = reader.recognise_all();
    let mut mentions = parts.mentions;
    let parameters = terms::find(&mut desk.sheet).into_iter().flat_map(|s| s.parameters).collect();
    let company = reader.context.company;
    let programs = match programs::resolve(&mut desk.sheet, &mut mentions, false) {
        programs::Found::Fits { programs, .. } => programs,
        _ => Vec::new(),
    };
    let programs = programs.into_iter().map(|p| company.programs[p].id.clone()).collect();
    let audience = named_people(&mut desk, &mentions);
    let nth = ["first", "second", "third", "fourth"].iter().position(|w| desk.sheet.has(&[*w]));
    let last = desk.sheet.follows(0, &["the", "last"]).then(|| count.saturating_sub(1));
    Named { programs, parameters, audience, nth: nth.or(last) }
}

fn named_people(desk: &mut Desk<'_>, mentions: &[Mention]) -> Audience {
    let said = audiences::read(&mut desk.sheet, mentions, None).audience;
    // "without Gold" names Gold.
    let include = if said.include.is_empty() { said.exclude } else { said.include };
    Audience { include, exclude: Vec::new() }
}

impl Named {
    fn nothing(&self) -> bool {
        self.programs.is_empty()
            && self.parameters.is_empty()
            && self.audience == Audience::default()
            && self.nth.is_none()
    }

    /// Whether all that is named is of this lever.
    fn fits(&self, lever: &Lever, place: usize) -> bool {
        let of_lever = lever.audience.as_ref();
        let people = self.audience == Audience::default()
            || of_lever.is_some_and(|a| a.include == self.audience.include);
        (self.programs.is_empty() || self.programs.contains(&lever.program))
            && (self.parameters.is_empty() || self.parameters.contains(&lever.parameter))
            && people
            && self.nth.is_none_or(|n| n == place)
    }
}

/// Whether the words name some changes of the last scenario, and not all.
pub(super) fn names_some(reader: &Reader<'_>, previous: &Draft) -> bool {
    let all = all(previous);
    let named = named(reader, all.len());
    let fit =
        all.iter().enumerate().filter(|(i, at)| named.fits(&previous.options[at.0].levers[at.1], *i)).count();
    !named.nothing() && fit > 0 && fit < all.len()
}

/// Which changes a follow-up is about; asks where several fit.
pub(super) fn target(
    reader: &Reader<'_>,
    survey: &Survey<'_>,
    previous: &Draft,
    board: &mut Board,
) -> Option<Vec<At>> {
    let all = all(previous);
    let lever = |at: &At| &previous.options[at.0].levers[at.1];
    if let [one] = all.as_slice() {
        return Some(vec![*one]);
    }
    let named = named(reader, all.len());
    let fit: Vec<At> = match named.nothing() {
        true => all.clone(),
        false => {
            all.iter().enumerate().filter(|(i, at)| named.fits(lever(at), *i)).map(|(_, at)| *at).collect()
        }
    };
    let fit = if fit.is_empty() { all } else { fit };
    if let [one] = fit.as_slice() {
        return Some(vec![*one]);
    }
    let company = reader.context.company;
    let (mut desk, _) = reader.recognise_all();
    let choices = fit
        .iter()
        .enumerate()
        .map(|(i, at)| choice(i.to_string(), words(lever(at), company), json!({})))
        .chain([choice("all", "all of them", json!({}))])
        .collect();
    let said = survey.sheet.text(0..survey.sheet.len());
    let question = format!("The last question had several changes. Which one does {said:?} change?");
    let answer = desk.ask("options", question, choices);
    if answer.is_none() {
        board.take(desk);
    }
    match answer?.as_str() {
        "all" => Some(fit),
        n => fit.get(n.parse::<usize>().ok()?).map(|at| vec![*at]),
    }
}

/// A lever in words, with the people it is for.
fn words(lever: &Lever, company: &crate::company::Company) -> String {
    let who = lever.audience.as_ref().filter(|a| **a != Audience::default());
    let who = who.map(|a| format!(" for {}", crate::scenario::audience::describe(a, &company.catalog)));
    format!("{}{}", label(lever, company), who.unwrap_or_default())
}

/// "without the Gold part", "drop the cap" where a change of the cap is one of
/// several: the scenario without that change. `None` where the words leave nothing
/// out; `Some(None)` where something is asked first.
pub(super) fn without(
    reader: &Reader<'_>,
    survey: &Survey<'_>,
    previous: &Draft,
    board: &mut Board,
) -> Option<Option<Draft>> {
    let sheet = &survey.sheet;
    let whole = 0..sheet.len();
    let all = all(previous);
    let leaves = survey.parts.ops.iter().any(|o| {
        matches!(o.verb, Verb::Without | Verb::Remove | Verb::Exclude)
            || o.verb == Verb::Down && sheet.is(o.at.start, &["drop", "dropping", "drops"])
    }) || sheet.has(&["forget"]);
    let part = sheet.has(&["part", "one", "bit", "half", "change", "lever", "option"]);
    if !leaves || survey.has(Slot::Number, &whole) || all.len() < 2 || sheet.has(&["also", "too"]) {
        return None;
    }
    let named = named(reader, all.len());
    let lever = |at: &At| &previous.options[at.0].levers[at.1];
    let gone: Vec<At> = if named.nothing() {
        Vec::new()
    } else {
        all.iter().enumerate().filter(|(i, at)| named.fits(lever(at), *i)).map(|(_, at)| *at).collect()
    };
    if gone.is_empty() || gone.len() == all.len() {
        return part.then(|| unclear(reader, previous, &all, board));
    }
    let (mut desk, _) = reader.recognise_all();
    if !part && named.parameters.iter().any(|p| has_today(reader, lever(&gone[0]), *p)) {
        // "drop the cap": the change of it, or the cap itself?
        let choices = vec![
            choice(
                "change",
                format!("leave out: {}", words(lever(&gone[0]), reader.context.company)),
                json!({}),
            ),
            choice("term", "take the term itself away", json!({})),
        ];
        match desk.ask("options", "Leave that change out, or take the term itself away?".to_owned(), choices)
        {
            None => {
                board.take(desk);
                return Some(None);
            }
            Some(answer) if answer == "term" => return None,
            Some(_) => {}
        }
    }
    let at = 0..desk.sheet.len();
    desk.said("options", at.clone());
    desk.sheet.claim(at, Use::Idle);
    desk.provenance.retain(|p| p.field != "options");
    super::keep_sources(&mut desk);
    board.take(desk);
    Some(Some(left(reader, previous, &gone)))
}

/// Whether the program has a term of its own that the lever changes.
fn has_today(reader: &Reader<'_>, lever: &Lever, parameter: Parameter) -> bool {
    let program = reader.context.company.program(&lever.program);
    lever.parameter == parameter
        && parameter != Parameter::Rate
        && program.is_some_and(|p| terms::has(&p.latest().terms, parameter))
}

fn unclear(reader: &Reader<'_>, previous: &Draft, all: &[At], board: &mut Board) -> Option<Draft> {
    let (mut desk, _) = reader.recognise_all();
    let lever = |at: &At| &previous.options[at.0].levers[at.1];
    let choices: Vec<_> = all
        .iter()
        .enumerate()
        .map(|(i, at)| choice(i.to_string(), words(lever(at), reader.context.company), json!({})))
        .collect();
    let answer = desk.ask("options", "Which of the changes is to go?".to_owned(), choices);
    let whole = 0..desk.sheet.len();
    desk.sheet.claim(whole, Use::Idle);
    if answer.is_some() {
        desk.provenance.retain(|p| p.field != "options");
        super::keep_sources(&mut desk);
    }
    board.take(desk);
    let at = *all.get(answer?.parse::<usize>().ok()?)?;
    Some(left(reader, previous, &[at]))
}

/// The scenario without some of its levers, and without options that are empty then.
fn left(reader: &Reader<'_>, previous: &Draft, gone: &[At]) -> Draft {
    let mut draft = previous.clone();
    for (o, option) in draft.options.iter_mut().enumerate() {
        let mut place = 0;
        option.levers.retain(|_| {
            place += 1;
            !gone.contains(&(o, place - 1))
        });
        *option = options::option(std::mem::take(&mut option.levers), reader);
    }
    draft.options.retain(|o| !o.levers.is_empty());
    if draft.options.len() == 1 && draft.intent == Intent::Compare {
        draft.intent = Intent::Forecast;
    }
    draft
}

/// The passages of "and Silver 2%, Gold 4%": each an audience and an amount, and
/// nothing else; `None` where the words say something else, or one audience in the
/// place of the only one before.
pub(super) fn amounts(survey: &Survey<'_>, previous: &Draft) -> Option<Vec<Passage>> {
    let passages = splitting::split(survey);
    let only = passages.iter().all(|p| {
        let has = |slot| survey.has(slot, &p.at);
        has(Slot::Audience)
            && has(Slot::Number)
            && !has(Slot::Program)
            && !has(Slot::Product)
            && !has(Slot::Parameter)
            && !has(Slot::Period)
            && !p.alternative
    });
    let [option] = previous.options.as_slice() else { return None };
    let apart =
        option.levers.iter().any(|l| l.audience.is_some()) || previous.audience != Audience::default();
    let same =
        option.levers.windows(2).all(|w| w[0].program == w[1].program && w[0].parameter == w[1].parameter);
    let beside = survey.sheet.is(super::opening(survey), &["and", "also", "plus"]);
    let several = passages.len() > 1 || option.levers.len() > 1 || apart && beside;
    (only && several && same && previous.intent == Intent::Forecast).then_some(passages)
}

/// Amounts for several audiences: each takes the place of that audience's own, or
/// stands beside what the others have; where everyone had one amount, the place of it.
pub(super) fn by_audience(
    reader: &Reader<'_>,
    survey: &Survey<'_>,
    previous: &Draft,
    passages: &[Passage],
    board: &mut Board,
) -> Option<Draft> {
    let base = previous.options[0].levers.first()?;
    let everyone = previous.audience == Audience::default()
        && previous.options[0].levers.iter().all(|l| l.audience.is_none());
    let mut levers: Vec<Lever> = previous.options[0]
        .levers
        .iter()
        .map(|l| Lever {
            audience: Some(l.audience.clone().unwrap_or_else(|| previous.audience.clone())),
            ..l.clone()
        })
        .collect();
    if everyone {
        levers.clear();
    }
    for passage in passages {
        let tokens = survey.sheet.tokens[passage.at.clone()].to_vec();
        let sub = Survey::of(reader, tokens);
        let alone = Draft {
            options: vec![crate::scenario::ScenarioOption {
                label: String::new(),
                levers: vec![base.clone()],
            }],
            ..previous.clone()
        };
        let read = one::replaced(reader, &sub, &alone, (0, 0), board)?;
        let new = read.options.into_iter().next()?.levers.into_iter().next()?;
        let new = Lever { audience: Some(new.audience.unwrap_or(read.audience)), ..new };
        match levers.iter().position(|l| l.audience == new.audience) {
            Some(at) => levers[at] = new,
            None => levers.push(new),
        }
    }
    let mut rest = crate::reading::sheet::Sheet::copy(&survey.sheet);
    rest.claim(0..rest.len(), Use::Free);
    for i in 0..rest.len() {
        let link = !passages.iter().any(|p| p.at.contains(&i));
        if link || rest.is(i, &["and", "also", "plus", ","]) {
            rest.claim(i..i + 1, Use::Idle);
        }
    }
    board.coverage.settle(&rest);
    let draft = Draft { audience: Audience::default(), ..previous.clone() };
    Some(Draft { options: vec![options::option(levers, reader)], ..draft })
}
