//! Periods in a question: words to days (DESIGN.md, "What words mean"). Says which
//! days are meant; whether they can be asked about is for the check.

use std::ops::Range;

use chrono::{Days, Months, NaiveDate};

use crate::calendar::{PeriodKind, Span};

use super::days::{Almanac, Recurring, range_words};
use super::numbers;
use super::sheet::{Sheet, Use};

mod part;
mod piece;
pub(crate) mod vague;

use piece::{Piece, piece};

/// How much of a period the words give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Both ends.
    Whole,
    /// Only the first day.
    From,
    /// Only the last day.
    Until,
    /// Only how long: in months and in days.
    Length(u32, u64),
}

/// A period of the question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PeriodMark {
    pub at: Range<usize>,
    pub span: Span,
    pub label: String,
    pub form: Form,
    /// Whether a year, or a word such as `last`, fixes it.
    pub fixed: bool,
    /// What comes back every year, for another reading of a past span.
    pub recurring: Option<Recurring>,
}

/// Finds all periods and takes them off the sheet.
pub(crate) fn find(sheet: &mut Sheet<'_>, almanac: &Almanac) -> Vec<PeriodMark> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < sheet.len() {
        match mark(sheet, at, almanac) {
            Some(mark) if mark.at.clone().all(|i| sheet.free(i)) => {
                sheet.claim(mark.at.clone(), Use::Period);
                at = mark.at.end;
                found.push(mark);
            }
            _ => at += 1,
        }
    }
    found
}

/// "in November instead of October": the one that gives way was understood, and is
/// none of the question's.
pub(crate) fn replaced(sheet: &mut Sheet<'_>, marks: &mut Vec<PeriodMark>) {
    let before = |sheet: &Sheet<'_>, mark: &PeriodMark| {
        let i = mark.at.start;
        let lead = (0..i).rev().find(|k| !sheet.is(*k, &["in", "for", "the"])).map_or(0, |k| k + 1);
        ["instead", "rather"].iter().find_map(|w| {
            let two = lead >= 2 && sheet.word(lead - 2) == *w && sheet.is(lead - 1, &["of", "than"]);
            // The preposition may have been taken as the period's own.
            let one = i >= 1 && sheet.word(i - 1) == *w && sheet.is(i, &["of", "than"]);
            if two { Some(lead - 2) } else { one.then(|| i - 1) }
        })
    };
    if marks.len() < 2 {
        return;
    }
    let mut kept = Vec::new();
    for mark in std::mem::take(marks) {
        match before(sheet, &mark) {
            Some(start) => sheet.claim(start..mark.at.end, Use::Idle),
            None => kept.push(mark),
        }
    }
    *marks = kept;
}

const START: &[&str] = &["from", "starting", "beginning", "effective", "since", "start", "commencing"];
const UNTIL: &[&str] = &["until", "till", "through", "thru", "to"];
const IN: &[&str] = &["in", "for", "during", "over", "throughout", "within", "on", "of", "at", "across"];

fn mark(sheet: &Sheet<'_>, at: usize, almanac: &Almanac) -> Option<PeriodMark> {
    let i = at;
    if sheet.word(i) == "between" {
        return between(sheet, at, almanac);
    }
    if sheet.is(i, START) || sheet.follows(i, &["as", "of"]) {
        let next = sheet.skip(i + 1, &["on", "in", "from", "the", "as", "of", "at", "start", "beginning"]);
        if let Some(mark) = from(sheet, at, next, almanac) {
            return Some(mark);
        }
    }
    if let Some(mark) = after(sheet, at, almanac) {
        return Some(mark);
    }
    if sheet.is(i, UNTIL) {
        let next =
            sheet.skip(i + 1, &["the", "end", "of", "until", "and", "including", "fiscal", "financial"]);
        let bare_to = sheet.word(i) == "to" && !(i + 1..next).any(|k| sheet.word(k) == "end");
        if let Some(p) = end_piece(sheet, next, almanac, almanac.today).filter(|_| !bare_to) {
            let span = Span::new(almanac.today.min(p.span.end), p.span.end);
            let label = Some(range_words(span));
            return Some(PeriodMark { form: Form::Until, ..whole(at..p.end, p, span, label) });
        }
    }
    let whole = sheet.is(i, &["whole", "entire", "all"]) && sheet.is(i + 1, &["of", "the"]);
    let lead = if sheet.is(i, IN) || whole {
        sheet.skip(i + 1, &["the", "all", "whole", "full", "entire", "of", "months"])
    } else {
        i
    };
    // "in the month october"
    let named = sheet.word(lead) == "month" && piece::month_of(sheet, lead + 1).is_some();
    let lead = lead + usize::from(named);
    if let Some(mark) = rest(sheet, at, lead, almanac).or_else(|| lasting(sheet, at, lead, almanac)) {
        return Some(mark);
    }
    let lead = if sheet.is(lead, &["the", "all", "full", "whole"]) { lead + 1 } else { lead };
    let first = piece(sheet, lead, almanac, almanac.today)?;
    Some(extended(sheet, at, first, almanac))
}

fn whole(at: Range<usize>, piece: Piece, span: Span, label: Option<String>) -> PeriodMark {
    let label = label.unwrap_or(piece.label);
    PeriodMark { at, span, label, form: Form::Whole, fixed: piece.fixed, recurring: piece.recurring }
}

/// A piece alone, or the first end of a range.
fn extended(sheet: &Sheet<'_>, at: usize, first: Piece, almanac: &Almanac) -> PeriodMark {
    let i = first.end;
    if sheet.is(i, &["to", "until", "till", "through", "thru", "-", "–", "—"]) {
        let next = sheet.skip(i + 1, &["the", "end", "of"]);
        if let Some(mut second) = end_piece(sheet, next, almanac, first.span.start) {
            // "the October to December quarter"
            second.end = sheet.skip(second.end, &["quarter", "period", "timeframe", "window"]);
            return range(at..second.end, first, second, almanac);
        }
    }
    // "january february march", as dictated
    if let Some(Recurring::Month(_)) = first.recurring {
        let next = |from: &Piece| {
            piece(sheet, from.end, almanac, from.span.start).filter(|s| {
                matches!(s.recurring, Some(Recurring::Month(_)))
                    && s.span.start == from.span.end + Days::new(1)
            })
        };
        if let Some(second) = next(&first) {
            let last = next(&second).unwrap_or(second);
            return range(at..last.end, first, last, almanac);
        }
    }
    if sheet.word(i) == "," && sheet.word(i + 1) != "and" {
        // "October, November and December"
        let second = piece(sheet, i + 1, almanac, first.span.start);
        let adjoining = |s: &Piece| s.span.start == first.span.end + Days::new(1) && s.recurring.is_some();
        let second = second.filter(adjoining).filter(|s| {
            let third = sheet.skip(s.end, &[",", "and", "&"]);
            third > s.end
                && piece(sheet, third, almanac, s.span.start)
                    .is_some_and(|t| t.span.start == s.span.end + Days::new(1))
        });
        if let Some(second) = second {
            let third = sheet.skip(second.end, &[",", "and", "&"]);
            if let Some(third) = piece(sheet, third, almanac, second.span.start) {
                return range(at..third.end, first, third, almanac);
            }
        }
    }
    // "Q3 um and Q4": a word that nobody knows keeps no two times apart.
    let stray = |i: usize| sheet.unknown(i) && !sheet.tokens[i].name_like;
    let i = i + usize::from(stray(i) && sheet.is(i + 1, &["and", "&"]));
    if sheet.is(i, &["and", "&", "/", "+"]) || (sheet.word(i) == "," && sheet.word(i + 1) == "and") {
        let next = i + 1 + usize::from(sheet.word(i) == ",");
        let next = next + usize::from(stray(next));
        let second = piece(sheet, next, almanac, first.span.start);
        let adjoining = |s: &Piece| s.span.start == first.span.end + Days::new(1) && s.recurring.is_some();
        if let Some(second) = second.filter(adjoining) {
            return range(at..second.end, first, second, almanac);
        }
    }
    if sheet.is(i, &["onwards", "onward"]) {
        let span = Span::new(first.span.start, almanac.quarter_end(first.span.start));
        return PeriodMark { form: Form::From, ..whole(at..i + 1, first, span, Some(range_words(span))) };
    }
    let (end, span) = (first.end, first.span);
    whole(at..end, first, span, None)
}

fn between(sheet: &Sheet<'_>, at: usize, almanac: &Almanac) -> Option<PeriodMark> {
    let first = piece(sheet, sheet.skip(at + 1, &["the"]), almanac, almanac.today)?;
    let next = (sheet.word(first.end) == "and").then(|| sheet.skip(first.end + 1, &["the", "end", "of"]))?;
    let second = end_piece(sheet, next, almanac, first.span.start)?;
    Some(range(at..second.end, first, second, almanac))
}

fn from(sheet: &Sheet<'_>, at: usize, next: usize, almanac: &Almanac) -> Option<PeriodMark> {
    if sheet.is(next, &["today", "now", "immediately"]) {
        let span = Span::new(almanac.today, almanac.quarter_end(almanac.today));
        let (label, recurring) = (range_words(span), None);
        return Some(PeriodMark { at: at..next + 1, span, label, form: Form::From, fixed: true, recurring });
    }
    let begins = next;
    let first = piece(sheet, begins, almanac, almanac.today)?;
    let mark = extended(sheet, at, first, almanac);
    let joined = mark.form == Form::Whole && mark.label.contains(" to ");
    if joined {
        return Some(mark);
    }
    let end = if sheet.is(mark.at.end, &["onwards", "onward", "on"]) { mark.at.end + 1 } else { mark.at.end };
    // "from October on, to year end"
    let until = sheet.skip(end, &[",", "and"]);
    let next = sheet.skip(until + 1, &["the", "end", "of", "until", "including", "fiscal", "financial"]);
    if until > mark.at.end
        && sheet.is(until, UNTIL)
        && let (Some(first), Some(second)) =
            (piece(sheet, begins, almanac, almanac.today), end_piece(sheet, next, almanac, mark.span.start))
    {
        return Some(range(at..second.end, first, second, almanac));
    }
    let span = Span::new(mark.span.start, almanac.quarter_end(mark.span.start));
    Some(PeriodMark { at: at..end, span, label: range_words(span), form: Form::From, ..mark })
}

/// "after September", "after Q3": from the day behind it, to the end of that quarter.
fn after(sheet: &Sheet<'_>, at: usize, almanac: &Almanac) -> Option<PeriodMark> {
    if sheet.word(at) != "after" {
        return None;
    }
    let next = sheet.skip(at + 1, &["the", "end", "of"]);
    let named = piece(sheet, next, almanac, almanac.today)?;
    let month_or_more =
        matches!(named.recurring, Some(Recurring::Month(_) | Recurring::Quarter(_) | Recurring::Half(_)));
    let start = named.span.end + Days::new(1);
    let span = Span::new(start, almanac.quarter_end(start));
    let (end, label) = (named.end, range_words(span));
    month_or_more.then(|| PeriodMark { form: Form::From, ..whole(at..end, named, span, Some(label)) })
}

/// Two ends. A year on the second holds for the first too.
fn range(at: Range<usize>, first: Piece, second: Piece, almanac: &Almanac) -> PeriodMark {
    let mut start = first.span.start;
    let mut label = first.label.clone();
    if let (true, false, Some(what)) = (second.fixed, first.fixed, first.recurring)
        && let Some((span, year)) = almanac.before(what, second.span.end)
    {
        start = span.start;
        label = almanac.label(what, year);
    }
    let span = Span::new(start, second.span.end);
    let days = |r: &Option<Recurring>| matches!(r, Some(Recurring::Day(..)) | None);
    let label = if days(&first.recurring) || days(&second.recurring) {
        range_words(span)
    } else {
        // "July 2026 to September 2026" reads better with one year.
        match (label.rsplit_once(' '), second.label.rsplit_once(' ')) {
            (Some((name, a)), Some((_, b)))
                if a == b && matches!(first.recurring, Some(Recurring::Month(_))) =>
            {
                format!("{name} to {}", second.label)
            }
            _ => format!("{label} to {}", second.label),
        }
    };
    PeriodMark { at, span, label, form: Form::Whole, fixed: first.fixed || second.fixed, recurring: None }
}

/// `rest of the year`, `remainder of Q3`.
fn rest(sheet: &Sheet<'_>, at: usize, i: usize, almanac: &Almanac) -> Option<PeriodMark> {
    let i = sheet.skip(i, &["the"]);
    let months = sheet.word(i) == "remaining" && sheet.is(i + 1, &["months", "weeks", "days", "part"]);
    if !sheet.is(i, &["rest", "remainder", "balance"]) && !months {
        return None;
    }
    let next = sheet.skip(i + 1 + usize::from(months), &["of", "the", "this", "current", "in"]);
    if sheet.word(next) == "calendar" && sheet.word(next + 1) == "year" {
        let end = NaiveDate::from_ymd_opt(chrono::Datelike::year(&almanac.today), 12, 31)?;
        let span = Span::new(almanac.today, end);
        let label = range_words(span);
        return Some(PeriodMark {
            at: at..next + 2,
            span,
            label,
            form: Form::Whole,
            fixed: true,
            recurring: None,
        });
    }
    let next = sheet.skip(next, &["fiscal", "financial"]);
    let (end, whole) = match kind_word(sheet.word(next)) {
        Some(kind) => (next + 1, almanac.calendar.period_of(kind, almanac.today)),
        None => piece(sheet, next, almanac, almanac.today).map(|p| (p.end, p.span))?,
    };
    let span = Span::new(whole.start.max(almanac.today), whole.end);
    let label = range_words(span);
    Some(PeriodMark { at: at..end, span, label, form: Form::Whole, fixed: true, recurring: None })
}

/// `the next 3 months`, `for six weeks`.
fn lasting(sheet: &Sheet<'_>, at: usize, i: usize, almanac: &Almanac) -> Option<PeriodMark> {
    let i = sheet.skip(i, &["the"]);
    let back = sheet.is(i, &["last", "past", "previous"]);
    let relative = back || sheet.is(i, &["next", "coming", "following"]);
    let number = if relative { i + 1 } else { i };
    if !relative && sheet.word(at) != "for" {
        return None;
    }
    let count = numbers::count(sheet, number)?;
    // "the last three months of the year": a part of it, not the past.
    if relative && sheet.is(number + 2, &["of", "in"]) && !sheet.is(number + 3, &["a", "an"]) {
        return None;
    }
    let (months, days) = match sheet.word(number + 1) {
        "month" | "months" => (count, 0),
        "quarter" | "quarters" => (count * 3, 0),
        "year" | "years" => (count * 12, 0),
        "week" | "weeks" => (0, u64::from(count) * 7),
        "day" | "days" => (0, u64::from(count)),
        _ => return None,
    };
    let today = almanac.today;
    let span = if back {
        Span::new((today - Months::new(months)) - Days::new(days), today - Days::new(1))
    } else {
        lasting_from(today, months, days)
    };
    let form = if relative { Form::Whole } else { Form::Length(months, days) };
    Some(PeriodMark {
        at: at..number + 2,
        span,
        label: range_words(span),
        form,
        fixed: true,
        recurring: None,
    })
}

pub(crate) fn lasting_from(start: NaiveDate, months: u32, days: u64) -> Span {
    Span::new(start, (start + Months::new(months)) + Days::new(days) - Days::new(1))
}

pub(super) fn kind_word(word: &str) -> Option<PeriodKind> {
    Some(match word {
        "month" => PeriodKind::Month,
        "quarter" => PeriodKind::Quarter,
        "half" => PeriodKind::Half,
        "year" => PeriodKind::Year,
        _ => return None,
    })
}

/// The last end of a span: also `year end`, `the end of the quarter`.
fn end_piece(sheet: &Sheet<'_>, i: usize, almanac: &Almanac, from: NaiveDate) -> Option<Piece> {
    let short = match sheet.word(i) {
        "eoy" | "yearend" => Some(PeriodKind::Year),
        "eoq" => Some(PeriodKind::Quarter),
        "eom" => Some(PeriodKind::Month),
        _ => None,
    };
    if let Some(kind) = short {
        let span = almanac.calendar.period_of(kind, from);
        return Some(Piece {
            end: i + 1,
            span,
            label: almanac.name(kind, span),
            fixed: true,
            recurring: None,
        });
    }
    let named = piece(sheet, i, almanac, from);
    let ended = i > 0 && sheet.is(i - 1, &["end", "of", "the", "fiscal", "financial"]);
    let Some(kind) = kind_word(sheet.word(i)).filter(|_| named.is_none()) else {
        return named;
    };
    let after = sheet.skip(i + 1, &["-"]);
    let year_end = sheet.word(after) == "end";
    if !ended && !year_end {
        return named;
    }
    let span = almanac.calendar.period_of(kind, from);
    let end = if year_end { after + 1 } else { i + 1 };
    Some(Piece { end, span, label: almanac.name(kind, span), fixed: true, recurring: None })
}
