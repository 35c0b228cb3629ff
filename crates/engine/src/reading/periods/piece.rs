//! One stretch of time without anything around it: `Q3`, `August`, `15 July`,
//! `next quarter`, `2026-08`, `FY27`.

use chrono::{Datelike, NaiveDate};

use crate::calendar::{MONTHS, Month, Span};

use super::{kind_word, part};
use crate::reading::days::{Almanac, Recurring, Year, day_words, range_words, week};
use crate::reading::numbers;
use crate::reading::sheet::Sheet;
use crate::reading::years::{fiscal_year, year_at};

/// A stretch of time without anything around it.
pub(super) struct Piece {
    pub end: usize,
    pub span: Span,
    pub label: String,
    pub fixed: bool,
    pub recurring: Option<Recurring>,
}

/// The piece that stands at a place, if one does.
pub(super) fn piece(sheet: &Sheet<'_>, i: usize, almanac: &Almanac, from: NaiveDate) -> Option<Piece> {
    let i = sheet.skip(i, &["the"]);
    if sheet.word(i) == "calendar" {
        let plain = Almanac { calendar: crate::calendar::FiscalCalendar::default(), ..*almanac };
        return piece(sheet, i + 1, &plain, from);
    }
    year_first(sheet, i, almanac, from)
        .or_else(|| part::of_another(sheet, i, almanac, from))
        .or_else(|| relative(sheet, i, almanac))
        .or_else(|| iso(sheet, i))
        .or_else(|| dotted(sheet, i))
        .or_else(|| iso_month(sheet, i))
        .or_else(|| month_or_day(sheet, i, almanac, from))
        .or_else(|| part_of_year(sheet, i, almanac, from))
        .or_else(|| year_alone(sheet, i, almanac))
}

/// `this quarter`, `next month`, `last year`, `the current half`.
fn relative(sheet: &Sheet<'_>, i: usize, almanac: &Almanac) -> Option<Piece> {
    let steps = match sheet.word(i) {
        "this" | "current" => 0,
        "next" | "coming" | "upcoming" | "following" => 1,
        "last" | "previous" | "prior" | "past" => -1,
        _ => return None,
    };
    let i = sheet.skip(i + 1, &["fiscal", "financial", "coming", "current", "calendar"]);
    if sheet.word(i) == "week" {
        let span = week(almanac.today, i64::from(steps));
        return Some(Piece { end: i + 1, span, label: range_words(span), fixed: true, recurring: None });
    }
    let (span, label) = almanac.relative(kind_word(sheet.word(i))?, steps);
    // The whole current period of the past is the one before it.
    Some(Piece { end: i + 1, span, label, fixed: true, recurring: None })
}

/// `this year's fourth quarter`, `calendar year 2026`.
fn year_first(sheet: &Sheet<'_>, i: usize, almanac: &Almanac, from: NaiveDate) -> Option<Piece> {
    if sheet.word(i) == "year" && sheet.is_number(i + 1) {
        return year_alone(sheet, i + 1, almanac);
    }
    let steps = match sheet.word(i) {
        "this" | "current" => 0,
        "next" => 1,
        "last" => -1,
        _ => return None,
    };
    if !sheet.is(i + 1, &["year's", "years"]) {
        return None;
    }
    let part = part::of_another(sheet, i + 2, almanac, from)
        .or_else(|| part_of_year(sheet, i + 2, almanac, from))
        .or_else(|| month_or_day(sheet, i + 2, almanac, from))?;
    let what = part.recurring?;
    let year = Year::Fiscal(almanac.calendar.year_of(almanac.today) + steps);
    let (span, named) = almanac.choose(what, Some(year), from)?;
    Some(Piece { span, label: almanac.label(what, named), fixed: true, ..part })
}

/// `15.07.2026`, `15/07/2026`: the day first, unless it can only be the month.
fn dotted(sheet: &Sheet<'_>, i: usize) -> Option<Piece> {
    let text = sheet.word(i);
    let glued = |k: usize| sheet.tokens.get(k).is_some_and(|t| !t.spaced);
    let slashes = (1..5).all(|k| glued(i + k)) && sheet.word(i + 1) == "/" && sheet.word(i + 3) == "/";
    let (parts, end): (Vec<&str>, usize) = if slashes {
        (vec![text, sheet.word(i + 2), sheet.word(i + 4)], i + 5)
    } else {
        (text.split('.').collect(), i + 1)
    };
    let [a, b, year] = parts.as_slice() else { return None };
    let (a, b, year): (u32, u32, i32) = (a.parse().ok()?, b.parse().ok()?, year.parse().ok()?);
    // "03/04/2026" may be either.
    let unclear = slashes && a <= 12 && b <= 12 && a != b;
    let (month, day) = if b > 12 { (a, b) } else { (b, a) };
    let day =
        NaiveDate::from_ymd_opt(year, month, day).filter(|_| !unclear && (2000..2100).contains(&year))?;
    let span = Span::new(day, day);
    Some(Piece { end, span, label: day_words(day), fixed: true, recurring: None })
}

/// `2026-07-15`.
fn iso(sheet: &Sheet<'_>, i: usize) -> Option<Piece> {
    let digits = |k: usize, n: usize| sheet.is_number(k) && sheet.word(k).len() == n;
    let dashes = sheet.word(i + 1) == "-" && sheet.word(i + 3) == "-";
    if !(digits(i, 4) && digits(i + 2, 2) && digits(i + 4, 2) && dashes) {
        return None;
    }
    let text = format!("{}-{}-{}", sheet.word(i), sheet.word(i + 2), sheet.word(i + 4));
    let day: NaiveDate = text.parse().ok()?;
    let span = Span::new(day, day);
    Some(Piece { end: i + 5, span, label: day_words(day), fixed: true, recurring: None })
}

/// `2026-08`.
fn iso_month(sheet: &Sheet<'_>, i: usize) -> Option<Piece> {
    let digits = |k: usize, n: usize| sheet.is_number(k) && sheet.word(k).len() == n;
    let glued = |k: usize| sheet.tokens.get(k).is_some_and(|t| !t.spaced);
    if !(digits(i, 4) && sheet.word(i + 1) == "-" && digits(i + 2, 2) && glued(i + 1) && glued(i + 2)) {
        return None;
    }
    let day =
        NaiveDate::parse_from_str(&format!("{}-{}-01", sheet.word(i), sheet.word(i + 2)), "%Y-%m-%d").ok()?;
    let (span, label) = (Month::of(day).span(), format!("{} {}", MONTHS[day.month0() as usize], day.year()));
    Some(Piece { end: i + 3, span, label, fixed: true, recurring: None })
}

pub(super) fn month_of(sheet: &Sheet<'_>, i: usize) -> Option<u32> {
    let word = sheet.word(i);
    if word.len() < 3 || (word.len() < 4 && !sheet.is_word(i)) {
        return None;
    }
    let month = MONTHS.iter().position(|m| {
        let m = m.to_lowercase();
        m == word || (word.len() == 3 && m.starts_with(word)) || (word == "sept" && m == "september")
    })?;
    // "may" is a month only where a month can stand.
    let last = i + 1 >= sheet.len() || sheet.is(i + 1, &["?", ".", "!", ","]) && i + 2 >= sheet.len();
    let alone =
        last && !sheet.is(i.wrapping_sub(1), &["it", "we", "you", "they", "i", "that", "this", "he", "she"]);
    let goes_on = sheet.is(i + 1, &["through", "thru", "till", "until", "june", "july", "jun", "jul"])
        || sheet.is(i.wrapping_sub(1), &["for", "during", "month", "april", "apr"]);
    let month_place = alone
        || goes_on
        || sheet.tokens[i].name_like
        || sheet.is_number(i + 1)
        || (i > 0
            && (sheet.is_number(i - 1)
                || sheet.is(
                    i - 1,
                    &["in", "from", "to", "until", "through", "of", "next", "this", "between", "and", "-"],
                )));
    (word != "may" && word != "march" && word != "mar" || month_place).then_some(month as u32 + 1)
}

/// A day of the month in a word, before "of" and its month: "the first of January".
fn day_word(sheet: &Sheet<'_>, i: usize) -> Option<(u32, usize)> {
    const DAYS: &[&str] = &[
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
    ];
    let day = DAYS.iter().position(|d| *d == sheet.word(i))?;
    (sheet.word(i + 1) == "of" && month_of(sheet, i + 2).is_some()).then_some((day as u32 + 1, i + 1))
}

pub(super) fn day_number(sheet: &Sheet<'_>, i: usize) -> Option<(u32, usize)> {
    if let Some(found) = day_word(sheet, i) {
        return Some(found);
    }
    let day: u32 = if sheet.is_number(i) { sheet.word(i).parse().ok()? } else { return None };
    let suffix =
        sheet.tokens.get(i + 1).is_some_and(|t| !t.spaced) && sheet.is(i + 1, &["st", "nd", "rd", "th"]);
    (1..=31).contains(&day).then_some((day, i + 1 + usize::from(suffix)))
}

/// `August`, `15 July`, `July 15th`, each perhaps with a year.
fn month_or_day(sheet: &Sheet<'_>, i: usize, almanac: &Almanac, from: NaiveDate) -> Option<Piece> {
    // "$3 August": an amount before the time, no day.
    let money = i > 0 && sheet.is(i - 1, &["$", "€", "£", "eur", "usd", "gbp"]);
    if let Some((day, next)) = day_number(sheet, i).filter(|_| !money) {
        let next = if sheet.word(next) == "of" { next + 1 } else { next };
        let month = month_of(sheet, next)?;
        return recurring(sheet, next + 1, Recurring::Day(month, day), almanac, from);
    }
    let month = month_of(sheet, i)?;
    let next = sheet.skip(i + 1, &["the"]);
    if let Some((day, after)) = day_number(sheet, next) {
        // Not a day where the number is a percent or an amount: "in July 5% more".
        let unit = sheet.is(
            after,
            &["%", "percent", "pct", "points", "pp", "x", "k", "per", "dollars", "units", "€", "$", "£"],
        ) || sheet
            .is(after, &["dollar", "bucks", "euro", "euros", "eur", "usd", "pounds", "gbp", "unit", "cents"]);
        if !unit {
            return recurring(sheet, after, Recurring::Day(month, day), almanac, from);
        }
    }
    recurring(sheet, i + 1, Recurring::Month(month), almanac, from)
}

pub(super) fn ordinal(sheet: &Sheet<'_>, i: usize) -> Option<(u32, usize)> {
    Some(match sheet.word(i) {
        "first" => (1, i + 1),
        "front" if sheet.word(i + 1) == "half" => (1, i + 1),
        "second" => (2, i + 1),
        "back" if sheet.word(i + 1) == "half" => (2, i + 1),
        "third" => (3, i + 1),
        "fourth" | "final" => (4, i + 1),
        _ => {
            let glued = sheet.tokens.get(i + 1).is_some_and(|t| !t.spaced);
            let n: u32 = sheet.is_number(i).then(|| sheet.word(i).parse().ok())??;
            if !(1..=4).contains(&n) || !glued || !sheet.is(i + 1, &["st", "nd", "rd", "th"]) {
                return None;
            }
            (n, i + 2)
        }
    })
}

/// `Q3`, `3Q`, `third quarter`, `quarter 3`, `H2`, `2H`, `second half`.
fn part_of_year(sheet: &Sheet<'_>, i: usize, almanac: &Almanac, from: NaiveDate) -> Option<Piece> {
    let i = sheet.skip(i, &["fiscal"]);
    let word = sheet.word(i);
    let numbered = |n: u32, q: bool| match (n, q) {
        (1..=4, true) => Some(Recurring::Quarter(n)),
        (1..=2, false) => Some(Recurring::Half(n)),
        _ => None,
    };
    if let Some((letter @ ("q" | "h"), digits)) = word.split_at_checked(1) {
        let quarter = letter == "q";
        if let Ok(n) = digits.parse() {
            return recurring(sheet, i + 1, numbered(n, quarter)?, almanac, from);
        }
        if digits.is_empty() && sheet.is_number(i + 1) {
            let n = sheet.word(i + 1).parse().ok()?;
            return recurring(sheet, i + 2, numbered(n, quarter)?, almanac, from);
        }
    }
    // "4Q26", "2H2026"
    let tail = sheet.word(i + 1).strip_prefix(['q', 'h']).filter(|t| matches!(t.len(), 2 | 4));
    if let Some(year) = tail.and_then(|t| t.parse::<i32>().ok()).filter(|_| sheet.is_number(i))
        && !sheet.tokens[i + 1].spaced
    {
        let what = numbered(word.parse().ok()?, sheet.word(i + 1).starts_with('q'))?;
        let year = if year < 100 { 2000 + year } else { year };
        let (span, named) = almanac.choose(what, Some(Year::Fiscal(year)), from)?;
        let label = almanac.label(what, named);
        return Some(Piece { end: i + 2, span, label, fixed: true, recurring: Some(what) });
    }
    if sheet.is_number(i) && sheet.is(i + 1, &["q", "h"]) && !sheet.tokens[i + 1].spaced {
        let n = word.parse().ok()?;
        return recurring(sheet, i + 2, numbered(n, sheet.word(i + 1) == "q")?, almanac, from);
    }
    if word == "quarter" {
        let n = numbers::count(sheet, i + 1)?;
        return recurring(sheet, i + 2, numbered(n, true)?, almanac, from);
    }
    let (n, next) = ordinal(sheet, i)?;
    let next = sheet.skip(next, &["fiscal", "calendar"]);
    let what = match sheet.word(next) {
        "quarter" => numbered(n, true)?,
        "half" => numbered(n, false)?,
        _ => return None,
    };
    // "the first half of August" is not a half of the year.
    let of_month = sheet.word(next + 1) == "of" && month_of(sheet, sheet.skip(next + 2, &["the"])).is_some();
    if of_month {
        return None;
    }
    recurring(sheet, next + 1, what, almanac, from)
}

pub(super) fn recurring(
    sheet: &Sheet<'_>,
    end: usize,
    what: Recurring,
    almanac: &Almanac,
    from: NaiveDate,
) -> Option<Piece> {
    let (year, end) = match year_at(sheet, end, almanac) {
        Some((year, end)) => (Some(year), end),
        None => (None, sheet_of_the_year(sheet, end)),
    };
    let (span, named) = almanac.choose(what, year, from)?;
    let label = almanac.label(what, named);
    Some(Piece { end, span, label, fixed: year.is_some(), recurring: Some(what) })
}

fn sheet_of_the_year(sheet: &Sheet<'_>, i: usize) -> usize {
    let next = sheet.skip(i, &["of", "in", "the", "this", "current", "fiscal", "financial"]);
    if next > i && sheet.word(i) == "of" && sheet.word(next) == "year" { next + 1 } else { i }
}

/// `FY27`; `2027` after a word that introduces a period.
fn year_alone(sheet: &Sheet<'_>, i: usize, almanac: &Almanac) -> Option<Piece> {
    let (year, end) = match fiscal_year(sheet, i) {
        Some(found) => found,
        None => {
            let led = i > 0
                && sheet.is(
                    i - 1,
                    &[
                        "in",
                        "for",
                        "months",
                        "during",
                        "through",
                        "until",
                        "of",
                        "from",
                        "year",
                        "calendar",
                        "throughout",
                    ],
                );
            let led = led || matches!(sheet.word(i + 1), "q1" | "q2" | "q3" | "q4" | "h1" | "h2");
            let year: i32 = sheet.is_number(i).then(|| sheet.word(i).parse().ok())??;
            let alone = !sheet.is(i + 1, &["%", "units", "dollars", "per", "k", "usd", "percent"]);
            ((2020..=2099).contains(&year) && led && alone && sheet.word(i).len() == 4)
                .then_some((year, i + 1))?
        }
    };
    let (span, named) = almanac.choose(Recurring::Year, Some(Year::Fiscal(year)), almanac.today)?;
    let label = almanac.label(Recurring::Year, named);
    // "Q3 2026" may also be written "2026 Q3".
    if let Some(part) = part_of_year(sheet, end, almanac, almanac.today).filter(|p| !p.fixed)
        && let Some((span, named)) =
            part.recurring.and_then(|r| almanac.choose(r, Some(Year::Fiscal(year)), almanac.today))
    {
        let label = part.recurring.map_or(label, |r| almanac.label(r, named));
        return Some(Piece { end: part.end, span, label, fixed: true, recurring: part.recurring });
    }
    Some(Piece { end, span, label, fixed: true, recurring: None })
}
