//! A question that changes the last scenario of the conversation: "and for EMEA
//! only?", "what about 10%?", "and Silver 2%, Gold 4%", "without the Gold part". What
//! it leaves out is taken from that scenario, put into words and read again, so that
//! every check applies. Where it fits several changes of that scenario, it is asked.

mod elsewhere;
mod one;
mod relative;
mod search;
mod several;
mod words;

use crate::scenario::Draft;

use super::board::Board;
use super::desk::Desk;
use super::operations::Verb;
use super::reader::Reader;
use super::sheet::Use;
use super::splitting::{Slot, Survey};
use super::{Source, conversation, lexicon};
use words::OFFSET;

const OPENERS: &[&str] = &[
    "and", "also", "now", "but", "same", "then", "instead", "only", "vs", "versus", "or", "just", "ok",
    "okay", "again",
];

/// Whether the words lean on an earlier question.
pub(crate) fn leans(survey: &Survey<'_>) -> bool {
    let sheet = &survey.sheet;
    let first = opening(survey);
    if sheet.is(first, OPENERS) || sheet.has(&["also", "too", "meant"]) || leaves(survey) {
        return true;
    }
    let about = |i: usize| sheet.is(i, &["what", "how"]) && sheet.word(i + 1) == "about";
    about(first)
        || repeats(survey)
        || sheet.follows(first, &["the", "same"])
        || sheet.follows(first, &["compare", "that"])
        || sheet.follows(first, &["make", "it"])
        || (0..sheet.len()).any(|i| {
            sheet.is(i, &["it", "that", "them"]) && i > 0 && survey.parts.ops.iter().any(|o| o.at.end == i)
        })
}

/// "how about doing it for the other SPIFF at 8%": the same otherwise.
pub(crate) fn repeats(survey: &Survey<'_>) -> bool {
    let sheet = &survey.sheet;
    (0..sheet.len()).any(|i| {
        let does = sheet.is(i, &["doing", "do", "try", "trying"]);
        let again = i < 4 && sheet.is(i, &["repeat", "apply", "run", "use", "copy"]);
        let that = sheet.is(i + 1, &["it", "that", "this"]) || does && sheet.word(i + 1) == "so";
        (does || again) && (that || sheet.follows(i + 1, &["the", "same"]))
    })
}

/// "without the Edge part", "drop the second one": about a part of what was said.
pub(crate) fn leaves(survey: &Survey<'_>) -> bool {
    let out =
        survey.sheet.is(opening(survey), &["without", "drop", "leave", "forget", "skip", "remove", "minus"]);
    out && survey.sheet.has(&["part", "bit", "piece"])
}

/// Whether it leaves out a program of the last scenario, which has others.
pub(crate) fn leaves_program(reader: &Reader<'_>, survey: &Survey<'_>, previous: &Draft) -> bool {
    survey.sheet.is(opening(survey), &["without"]) && several::names_some(reader, previous)
}

/// Where the question begins, behind words that nobody knows.
fn opening(survey: &Survey<'_>) -> usize {
    (0..survey.sheet.len()).find(|i| !survey.sheet.unknown(*i)).unwrap_or(0)
}

/// Whether a question says all that a change needs.
pub(crate) fn complete(survey: &Survey<'_>) -> bool {
    let whole = 0..survey.sheet.len();
    let subject = survey.has(Slot::Program, &whole) || survey.has(Slot::Product, &whole);
    let change = survey.has(Slot::Verb, &whole) || survey.has(Slot::Number, &whole);
    subject && change
}

/// The draft of the last scenario, changed.
pub(crate) fn read(
    reader: &Reader<'_>,
    survey: &Survey<'_>,
    previous: &Draft,
    board: &mut Board,
) -> Option<Draft> {
    let whole = 0..survey.sheet.len();
    let has = |slot| survey.has(slot, &whole);
    if search::asks(survey, previous) {
        return search::read(reader, survey, previous, board);
    }
    if let Some(left) = several::without(reader, survey, previous, board) {
        return left;
    }
    let limits = limits_people(survey);
    let term = has(Slot::Parameter) && !limits;
    let changes =
        has(Slot::Number) || has(Slot::Program) || has(Slot::Product) || term || verb(survey) && !limits;
    if !changes && (has(Slot::Audience) || has(Slot::Period)) {
        return elsewhere::read(reader, previous, board);
    }
    if !changes || previous.options.is_empty() {
        return nothing(reader, board);
    }
    if let Some(passages) = several::amounts(survey, previous) {
        return several::by_audience(reader, survey, previous, &passages, board);
    }
    if adds(survey) {
        return one::added(reader, survey, previous, board);
    }
    if let Some(lever) = relative::of_what(survey, previous) {
        return relative::ask(reader, survey, previous, lever, board);
    }
    let target = several::target(reader, survey, previous, board)?;
    let against = survey.sheet.is(0, &["vs", "versus", "or", "compare"])
        || survey.sheet.has(&["compare", "compared", "versus", "vs"]);
    match target.as_slice() {
        [at] if against => one::against(reader, survey, previous, *at, board),
        many => {
            let mut draft = previous.clone();
            for at in many {
                draft = one::replaced(reader, survey, &draft, *at, board)?;
            }
            Some(draft)
        }
    }
}

fn nothing(reader: &Reader<'_>, board: &mut Board) -> Option<Draft> {
    let (mut desk, _) = reader.recognise_all();
    desk.outside(
        "follow_up",
        "What should change is not said".to_owned(),
        "Ask it in full: which program, what change, when",
    );
    board.take(desk);
    None
}

/// "limit that to Benelux", "minus the distributors": only to whom it applies.
fn limits_people(survey: &Survey<'_>) -> bool {
    let whole = 0..survey.sheet.len();
    let to = |i: usize| {
        survey.phrases.iter().any(|p| {
            p.slot == Slot::Audience && (p.at.contains(&i) || p.at.start == i + 1 || p.at.start == i + 2)
        })
    };
    let limit = (0..survey.sheet.len()).any(|i| {
        survey.sheet.is(i, lexicon::RESTRICT) && (i + 1..i + 4).any(|k| survey.sheet.word(k) == "to" && to(k))
            || survey.sheet.is(i, &["minus", "sans", "less"]) && to(i)
    });
    limit
        && survey.has(Slot::Audience, &whole)
        && !survey.has(Slot::Number, &whole)
        && !survey.has(Slot::Program, &whole)
}

/// "drop the distributors": nothing but a name behind the verb.
fn drops_people(survey: &Survey<'_>, at: std::ops::Range<usize>) -> bool {
    let next = survey.sheet.skip(at.end, &["the", "our", "all"]);
    survey.sheet.is(at.start, &["drop", "dropping"])
        && survey.phrases.iter().any(|p| p.slot == Slot::Audience && p.at.contains(&next))
}

/// A verb that moves something; "without Silver" only names an audience.
fn verb(survey: &Survey<'_>) -> bool {
    let audience = survey.has(Slot::Audience, &(0..survey.sheet.len()));
    survey.parts.ops.iter().any(|o| match o.verb {
        Verb::Be | Verb::Set => false,
        // "drop the distributors": whom, and no amount.
        Verb::Down if audience && drops_people(survey, o.at.clone()) => false,
        Verb::Without | Verb::Exclude | Verb::Remove | Verb::Restrict | Verb::Include => !audience,
        _ => true,
    })
}

/// "and with B at $28 on top", "plus B at $28", "… as well".
pub(crate) fn on_top(survey: &Survey<'_>) -> bool {
    let sheet = &survey.sheet;
    let ends = (1..sheet.len()).any(|i| {
        let last = sheet.is(i + 2, &["", ".", "?", "!", ","]) || i + 2 >= sheet.len();
        last && (sheet.follows(i, &["on", "top"]) || sheet.follows(i, &["as", "well"]))
    });
    let opens =
        sheet.is(0, &["and", "plus", "now"]) && sheet.word(1) == "with" || sheet.word(0) == "additionally";
    ends || opens
}

/// "also pause …", "drop the cap too": a change beside the one before.
fn adds(survey: &Survey<'_>) -> bool {
    let sheet = &survey.sheet;
    let whole = 0..sheet.len();
    let first = opening(survey);
    let beside = sheet.has(&["also", "too"])
        || on_top(survey)
        || sheet.is(first, &["and", "with"])
        || sheet.is(first, &["add", "introduce"]) && survey.has(Slot::Parameter, &whole);
    let subject = survey.has(Slot::Program, &whole) || survey.has(Slot::Parameter, &whole);
    let drops = survey.has(Slot::Parameter, &whole)
        && survey.parts.ops.iter().any(|o| matches!(o.verb, Verb::Remove | Verb::Without | Verb::Down))
        && !survey.has(Slot::Number, &whole);
    drops || beside && subject && (survey.has(Slot::Verb, &whole) || survey.has(Slot::Number, &whole))
}

fn claim_openers(desk: &mut Desk<'_>) {
    let also = [
        "about",
        "that",
        "it",
        "too",
        "compare",
        "with",
        "again",
        "was",
        "were",
        "instead",
        "rather",
        "to",
        "part",
        "bit",
        "one",
        "other",
        "do",
        "back",
        "never",
        "nevermind",
        "mind",
        "meant",
        "sorry",
        "thing",
        "change",
        "apply",
        "repeat",
        "copy",
    ];
    for i in 0..desk.sheet.len() {
        if desk.sheet.free(i) && (desk.sheet.is(i, OPENERS) || desk.sheet.is(i, &also)) {
            desk.sheet.claim(i..i + 1, Use::Idle);
        }
    }
}

/// Sources in words of the conversation are the turn they came from; what is taken
/// over whole keeps its own.
fn settle_sources(desk: &mut Desk<'_>, survey: &Survey<'_>) {
    let whole = 0..survey.sheet.len();
    let kept_who = !survey.has(Slot::Audience, &whole);
    let kept_when = !survey.has(Slot::Period, &whole);
    desk.provenance.retain(|p| !(kept_who && p.field == "audience" || kept_when && p.field == "period"));
    for entry in &mut desk.provenance {
        if matches!(entry.source, Source::Question { start, .. } if start >= OFFSET) {
            entry.source = conversation::source_of(desk.context, &entry.field);
        }
    }
    keep_sources(desk);
}

/// What is taken over from the conversation, with the turns it came from.
fn keep_sources(desk: &mut Desk<'_>) {
    let said: Vec<String> = desk.provenance.iter().map(|p| p.field.clone()).collect();
    let kept = conversation::kept(desk.context, |field| !said.iter().any(|s| s == field));
    desk.provenance.extend(kept);
}
