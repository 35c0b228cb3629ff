//! A part of a named stretch of time: `the last quarter of the year`, `the first month
//! of Q4`, `the second half of August`. What is vague (`mid-August`) is none.

use chrono::{Days, NaiveDate};

use crate::calendar::{Month, PeriodKind, Span};

use super::kind_word;
use super::piece::{Piece, month_of, ordinal, piece, recurring};
use crate::reading::days::{Almanac, Recurring, range_words};
use crate::reading::numbers;
use crate::reading::sheet::Sheet;

/// A part of something named behind it.
pub(super) fn of_another(sheet: &Sheet<'_>, i: usize, almanac: &Almanac, from: NaiveDate) -> Option<Piece> {
    last_quarter(sheet, i, almanac, from)
        .or_else(|| month_of_a_period(sheet, i, almanac, from))
        .or_else(|| half_of_a_month(sheet, i, almanac, from))
        .or_else(|| weeks_of(sheet, i, almanac, from))
}

fn of(sheet: &Sheet<'_>, i: usize) -> Option<usize> {
    sheet.is(i, &["of", "in"]).then(|| sheet.skip(i + 1, &["the", "this", "fiscal", "financial", "calendar"]))
}

/// `the last quarter of the year`: the fourth, not the one before this.
fn last_quarter(sheet: &Sheet<'_>, i: usize, almanac: &Almanac, from: NaiveDate) -> Option<Piece> {
    if !sheet.is(i, &["last", "final", "closing"]) {
        return None;
    }
    let i = sheet.skip(i + 1, &["fiscal", "financial"]);
    let what = match sheet.word(i) {
        "quarter" => Recurring::Quarter(4),
        "half" => Recurring::Half(2),
        _ => return None,
    };
    let year = of(sheet, i + 1)?;
    if sheet.word(year) == "year" {
        let (span, named) = almanac.choose(what, None, from)?;
        return Some(Piece {
            end: year + 1,
            span,
            label: almanac.label(what, named),
            fixed: false,
            recurring: Some(what),
        });
    }
    recurring(sheet, i + 1, what, almanac, from).filter(|p| p.fixed)
}

/// First or last, by their words: `true` for the last.
fn end_word(sheet: &Sheet<'_>, i: usize) -> Option<bool> {
    match sheet.word(i) {
        "first" | "opening" => Some(false),
        "last" | "final" | "closing" => Some(true),
        _ => None,
    }
}

/// `the first month of Q4`, `the last month of the quarter`.
fn month_of_a_period(sheet: &Sheet<'_>, i: usize, almanac: &Almanac, from: NaiveDate) -> Option<Piece> {
    let last = end_word(sheet, i)?;
    let counted = numbers::count(sheet, i + 1).filter(|_| sheet.word(i + 2) == "months");
    let (count, noun) = counted.map_or((1, i + 1), |n| (n, i + 2));
    if !sheet.is(noun, &["month", "months"]) {
        return None;
    }
    let (whole, end) = whole(sheet, of(sheet, noun + 1)?, almanac, from)?;
    let months = i32::try_from(count).ok()?;
    let span = if last {
        Span::new(Month::of(whole.end).plus(1 - months).first_day(), whole.end)
    } else {
        Span::new(whole.start, Month::of(whole.start).plus(months - 1).last_day())
    };
    let inside = whole.contains(span.start) && whole.contains(span.end);
    inside.then(|| Piece { end, span, label: range_words(span), fixed: true, recurring: None })
}

/// A whole period by its name or by its kind: `Q4`, `the quarter`.
fn whole(sheet: &Sheet<'_>, i: usize, almanac: &Almanac, from: NaiveDate) -> Option<(Span, usize)> {
    match kind_word(sheet.word(i)) {
        Some(PeriodKind::Month) | None => piece(sheet, i, almanac, from).map(|p| (p.span, p.end)),
        Some(kind) => Some((almanac.calendar.period_of(kind, from), i + 1)),
    }
}

/// `the first half of August`: to the 15th; the second from the 16th.
fn half_of_a_month(sheet: &Sheet<'_>, i: usize, almanac: &Almanac, from: NaiveDate) -> Option<Piece> {
    let (n, next) =
        ordinal(sheet, i).or_else(|| end_word(sheet, i).map(|last| (1 + u32::from(last), i + 1)))?;
    if sheet.word(next) != "half" || n > 2 {
        return None;
    }
    let (month, end) = month(sheet, of(sheet, next + 1)?, almanac, from)?;
    let middle = month.start + Days::new(14);
    let span =
        if n == 1 { Span::new(month.start, middle) } else { Span::new(middle + Days::new(1), month.end) };
    Some(Piece { end, span, label: range_words(span), fixed: true, recurring: None })
}

/// A whole month by its name.
fn month(sheet: &Sheet<'_>, i: usize, almanac: &Almanac, from: NaiveDate) -> Option<(Span, usize)> {
    month_of(sheet, i)?;
    let named = piece(sheet, i, almanac, from)?;
    (Month::of(named.span.start).span() == named.span).then_some((named.span, named.end))
}

/// `the first two weeks of August`, `the last week of September`.
fn weeks_of(sheet: &Sheet<'_>, i: usize, almanac: &Almanac, from: NaiveDate) -> Option<Piece> {
    let last = end_word(sheet, i)?;
    let counted = numbers::count(sheet, i + 1).filter(|_| sheet.word(i + 2) == "weeks");
    let (count, noun) = counted.map_or((1, i + 1), |n| (n, i + 2));
    if !sheet.is(noun, &["week", "weeks"]) || count > 4 {
        return None;
    }
    let (whole, end) = whole(sheet, of(sheet, noun + 1)?, almanac, from)?;
    let days = Days::new(u64::from(count) * 7 - 1);
    let span = if last {
        Span::new(whole.end - days, whole.end)
    } else {
        Span::new(whole.start, whole.start + days)
    };
    Some(Piece { end, span, label: range_words(span), fixed: true, recurring: None })
}
