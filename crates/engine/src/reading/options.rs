//! Options and their levers from the changes of a question: each passage read as a
//! change of its own, then put together under one period and one audience where
//! they agree.

use serde_json::json;

use crate::calendar::Span;
use crate::scenario::change::current;
use crate::scenario::describe::version_near;
use crate::scenario::{
    self, Audience, Draft, Intent, Lever, Operation, Parameter, Period, ScenarioOption, audience, label_of,
};

use super::assemble::{self, Change};
use super::board::Board;
use super::days::range_words;
use super::desk::choice;
use super::reader::Reader;
use super::sheet::Use;
use super::splitting::{self, Passage, Piece, Survey};
use super::{launch, lexicon};

/// The draft of all changes of a question; `None` where it could not be put
/// together, with the reason on the board.
pub(crate) fn read(reader: &Reader<'_>, survey: &Survey<'_>, board: &mut Board) -> Option<Draft> {
    let passages = splitting::split(survey);
    let pieces: Vec<Piece> = (0..passages.len()).map(|k| splitting::compose(survey, &passages, k)).collect();
    settle_frame(survey, &passages, board);
    let mut read = changes(reader, &passages, pieces, board)?;
    leave_out_today(reader, &mut read);
    one_sided_audience(reader, survey, &passages, &read, board)?;
    torn(reader, &read, board)?;
    Some(draft(reader, read, board))
}

/// Words that only say how the changes stand to each other were read.
fn settle_frame(survey: &Survey<'_>, passages: &[Passage], board: &mut Board) {
    let mut sheet = survey.sheet.copy();
    sheet.claim(0..sheet.len(), Use::Free);
    let weighs = passages.iter().any(|s| s.alternative || s.nothing);
    for i in 0..sheet.len() {
        if let Some(at) = splitting::label(&sheet, i).filter(|_| weighs) {
            sheet.claim(at, Use::Idle);
        }
        let asks = sheet.is(i, splitting::COMPARE)
            || sheet.is(i, splitting::VERSUS)
            || sheet.is(i, &["rather", "than", "prefer", "difference", "between"]);
        // "which brings more margin, …"
        let bare = !survey.parts.numbers.iter().any(|n| n.at.end == i || n.at.start == i + 1);
        let outcome =
            (sheet.is(i, lexicon::MORE) || sheet.is(i, lexicon::LESS) || sheet.is(i, WEIGHING)) && bare;
        let between = passages.windows(2).any(|w| (w[0].at.end..w[1].at.start).contains(&i));
        if weighs && (asks || outcome)
            || between && sheet.is(i, &["or", "with", "to", "and", "while", "then", "plus"])
        {
            sheet.claim(i..i + 1, Use::Idle);
        }
    }
    for at in passages.iter().flat_map(|s| &s.not) {
        // What narrows it stays open.
        for i in at.clone() {
            if !survey.sheet.unknown(i) && !lexicon::EXCEPT.contains(&sheet.word(i)) {
                sheet.claim(i..i + 1, Use::Idle);
            }
        }
        board.coverage.add_part(&sheet, at.clone());
    }
    board.coverage.settle(&sheet);
}

/// Words for choosing between things.
const WEIGHING: &[&str] = &[
    "one", "wins", "win", "choose", "pick", "options", "option", "variants", "winner", "good", "off", "at",
    "time",
];

/// One change an entry: its option, and what was read.
type Read = Vec<(usize, Change)>;

fn changes(reader: &Reader<'_>, passages: &[Passage], pieces: Vec<Piece>, board: &mut Board) -> Option<Read> {
    let mut read: Read = Vec::new();
    let (mut option, mut levers, mut whole) = (0, 0, true);
    for (passage, piece) in passages.iter().zip(pieces) {
        if passage.alternative && levers > 0 {
            (option, levers) = (option + 1, 0);
        }
        if passage.nothing {
            // The baseline is always shown beside the options.
            settle_nothing(reader, piece, board);
            continue;
        }
        let (mut desk, parts) = reader.recognise(piece.tokens);
        desk.path = format!("options[{option}].levers[{levers}]");
        let change = if launch::is_launch(&desk.sheet, &parts) {
            launch::read(&mut desk, parts)
        } else {
            assemble::one_change(&mut desk, parts)
        };
        board.take(desk);
        match change {
            Some(change) => {
                levers += change.levers.len();
                read.push((option, change));
            }
            None => {
                levers += 1;
                whole = false;
            }
        }
    }
    (whole && !read.is_empty()).then_some(read)
}

fn settle_nothing(reader: &Reader<'_>, piece: Piece, board: &mut Board) {
    let (mut desk, _) = reader.recognise(piece.tokens);
    for i in 0..desk.sheet.len() {
        if !desk.sheet.unknown(i) && !lexicon::EXCEPT.contains(&desk.sheet.word(i)) {
            desk.sheet.claim(i..i + 1, Use::Idle);
        }
    }
    board.take(desk);
}

/// "It is at 1.5 percent; we would like two": what says today's value, beside another
/// change of the same term, is none.
fn leave_out_today(reader: &Reader<'_>, read: &mut Read) {
    let company = reader.context.company;
    let today = |change: &Change| {
        let [lever] = change.levers.as_slice() else { return false };
        let tier = lever.tier_from.as_ref().and_then(|t| t.parse().ok());
        let now = company.program(&lever.program).and_then(|p| {
            let terms = &version_near(p, change.period.start.max(company.today())).terms;
            current(terms, lever.parameter, tier).ok().flatten()
        });
        let value = lever.value.as_ref().and_then(|v| v.parse().ok());
        lever.operation == Operation::SetTo && now.is_some() && value == now
    };
    let of = |c: &Change| c.levers.first().map(|l| (l.program.clone(), l.parameter, l.tier_from.clone()));
    let others = |k: usize| {
        read.iter().enumerate().any(|(j, (o, c))| {
            j != k
                && *o == read[k].0
                && of(c) == of(&read[k].1)
                && c.audience == read[k].1.audience
                && c.period == read[k].1.period
                && !today(c)
        })
    };
    let gone: Vec<usize> = (0..read.len()).filter(|k| today(&read[*k].1) && others(*k)).collect();
    for k in gone.into_iter().rev() {
        read.remove(k);
    }
}

/// "Raise A 5% for Gold and cut B by $2": is B for Gold too?
fn one_sided_audience(
    reader: &Reader<'_>,
    survey: &Survey<'_>,
    passages: &[Passage],
    read: &Read,
    board: &mut Board,
) -> Option<()> {
    let named: Vec<&Audience> =
        read.iter().map(|(_, c)| &c.audience).filter(|a| **a != Audience::default()).collect();
    let alternatives = passages.iter().any(|s| s.alternative);
    if named.is_empty() || named.len() == read.len() || alternatives || said_everyone(survey) {
        return Some(());
    }
    if in_a_later_sentence(survey, passages, read) {
        return Some(());
    }
    let who = audience::describe(named[0], &reader.context.company.catalog);
    let choices = vec![
        choice("each", format!("only where it is said: {who}"), json!({})),
        choice("all", format!("all changes for {who}"), json!({"audience": named[0]})),
    ];
    let mut desk = reader.recognise(Vec::new()).0;
    let answer =
        desk.ask("audience", format!("Are all changes for {who}, or only the one beside it?"), choices);
    board.take(desk);
    answer.map(|_| ())
}

/// "Raise A 5%. Cut B by $2 for Gold only.": said of the change in its own sentence, behind
/// those that are for everyone.
fn in_a_later_sentence(survey: &Survey<'_>, passages: &[Passage], read: &Read) -> bool {
    if passages.len() != read.len() {
        return false;
    }
    let narrow = |k: &usize| read[*k].1.audience != Audience::default();
    let Some(first) = (0..read.len()).find(narrow) else { return false };
    let ends = (first > 0).then(|| passages[first - 1].at.end..passages[first].at.start + 1);
    let apart = ends.is_some_and(|mut at| at.any(|i| survey.sheet.is(i, &[".", ";"])));
    let named = |k: usize| survey.has(splitting::Slot::Program, &passages[k].at);
    apart && (first..read.len()).all(|k| narrow(&k)) && (0..read.len()).all(named)
}

/// "Raise and lower it by 5%": which of them?
fn torn(reader: &Reader<'_>, read: &Read, board: &mut Board) -> Option<()> {
    let all: Vec<(usize, &Change, &Lever)> =
        read.iter().flat_map(|(o, c)| c.levers.iter().map(move |l| (*o, c, l))).collect();
    let number = |l: &Lever| l.value.as_ref().is_some_and(|v| v.parse::<rust_decimal::Decimal>().is_ok());
    let clash = all.iter().enumerate().find_map(|(k, (o, a, one))| {
        let other = all[k + 1..].iter().find(|(p, b, two)| {
            let same = o == p && one.program == two.program && one.parameter == two.parameter;
            let there = a.audience == b.audience && a.period.span() == b.period.span();
            same && one.tier_from == two.tier_from && there && number(one) && number(two)
        })?;
        Some((*one, other.2))
    });
    let Some((one, two)) = clash else { return Some(()) };
    let company = reader.context.company;
    let mut desk = reader.recognise(Vec::new()).0;
    let question = format!(
        "The question says both {} and {}. Which one is meant? Ask it again with one",
        scenario::label(one, company),
        scenario::label(two, company)
    );
    let field = if one.operation == two.operation { "value" } else { "operation" };
    desk.ask(&format!("options[0].levers[0].{field}"), question, vec![]);
    board.take(desk);
    None
}

fn said_everyone(survey: &Survey<'_>) -> bool {
    survey.sheet.has(&["everyone", "everybody"])
}

fn draft(reader: &Reader<'_>, read: Read, board: &mut Board) -> Draft {
    let all = reader.context.answers.get("audience").is_some_and(|a| a == "all");
    let mut changes: Vec<Change> = read.iter().map(|(_, c)| c.clone()).collect();
    if all && let Some(who) = changes.iter().map(|c| c.audience.clone()).find(|a| *a != Audience::default()) {
        changes.iter_mut().for_each(|c| c.audience = who.clone());
    }
    let intent = intent(&read);
    let one_period = changes.windows(2).all(|w| w[0].period.span() == w[1].period.span());
    let one_audience = changes.windows(2).all(|w| w[0].audience == w[1].audience);
    let period = if one_period { changes[0].period.clone() } else { hull(&changes) };
    let audience = if one_audience { changes[0].audience.clone() } else { Audience::default() };
    let options = read.last().map_or(0, |(o, _)| o + 1);
    let mut sorted: Vec<Vec<Lever>> = vec![Vec::new(); options];
    for ((option, _), change) in read.iter().zip(&changes) {
        for lever in &change.levers {
            sorted[*option].push(Lever {
                period: (!one_period).then(|| change.period.clone()),
                audience: (!one_audience).then(|| change.audience.clone()),
                ..lever.clone()
            });
        }
    }
    sorted.iter_mut().for_each(|levers| rates_first(levers));
    once(board);
    Draft {
        intent,
        period,
        audience,
        options: sorted.into_iter().map(|levers| option(levers, reader)).collect(),
        sweep: None,
        goal: None,
        earnings: None,
        lookup: None,
    }
}

/// A tier is named by where it starts today, so that what it pays is changed before
/// where it starts.
fn rates_first(levers: &mut [Lever]) {
    let tiered = |l: &Lever| matches!(l.parameter, Parameter::TierRate | Parameter::TierThreshold);
    if levers.iter().all(tiered) {
        levers.sort_by_key(|l| l.parameter == Parameter::TierThreshold);
    }
}

fn intent(read: &Read) -> Intent {
    if read.last().is_some_and(|(o, _)| *o > 0) {
        Intent::Compare
    } else if read.iter().any(|(_, c)| c.hindcast) {
        Intent::Hindcast
    } else {
        Intent::Forecast
    }
}

/// The option of some levers, with its label.
pub(crate) fn option(levers: Vec<Lever>, reader: &Reader<'_>) -> ScenarioOption {
    ScenarioOption { label: label_of(&levers, reader.context.company), levers }
}

/// From the first day of all changes to the last.
fn hull(changes: &[Change]) -> Period {
    let start = changes.iter().map(|c| c.period.start).min().unwrap_or_default();
    let end = changes.iter().map(|c| c.period.end).max().unwrap_or_default();
    let same = changes.iter().find(|c| c.period.start == start && c.period.end == end);
    let label = same.map_or_else(|| range_words(Span::new(start, end)), |c| c.period.label.clone());
    Period { start, end, label }
}

/// Says what is said of all changes only once.
fn once(board: &mut Board) {
    let mut kept: Vec<super::Provenance> = Vec::new();
    for entry in std::mem::take(&mut board.provenance) {
        if !kept.contains(&entry) {
            kept.push(entry);
        }
    }
    board.provenance = kept;
}
