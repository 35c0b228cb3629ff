//! Years in a question: `2026`, `'26`, `FY27`, `fiscal year 2027`, `next year`.

use super::days::{Almanac, Year};
use super::sheet::Sheet;

/// A year after something: `2026`, `'26`, `of 2026`, `FY27`, `next year`.
pub(crate) fn year_at(sheet: &Sheet<'_>, i: usize, almanac: &Almanac) -> Option<(Year, usize)> {
    let i = sheet.skip(i, &["of", ",", "'", "’", "in", "/"]);
    if let Some((year, end)) = fiscal_year(sheet, i) {
        return Some((Year::Fiscal(year), end));
    }
    let this = almanac.calendar.year_of(almanac.today);
    if sheet.word(i + 1) == "year" {
        let year = match sheet.word(i) {
            "this" => this,
            "next" => this + 1,
            "last" => this - 1,
            _ => return None,
        };
        return Some((Year::Fiscal(year), i + 2));
    }
    let glued = sheet.tokens.get(i).is_some_and(|t| !t.spaced);
    let slash =
        i > 0 && sheet.word(i - 1) == "/" && glued && !sheet.tokens[i - 1].spaced && sheet.is_number(i);
    let short = (i > 0 && sheet.is(i - 1, &["'", "’"]) || slash) && sheet.word(i).len() == 2;
    let value: i32 = sheet.is_number(i).then(|| sheet.word(i).parse().ok())??;
    let year = if short { 2000 + value } else { value };
    // A bare number counts as a year only where it looks like one.
    (2000..=2099).contains(&year).then_some((Year::Plain(year), i + 1))
}

/// `FY27`, `FY 2027`, `fiscal year 2027`, `fiscal 2027`.
pub(crate) fn fiscal_year(sheet: &Sheet<'_>, i: usize) -> Option<(i32, usize)> {
    let full = |n: i32| match n {
        0..=99 => Some(2000 + n),
        2000..=2099 => Some(n),
        _ => None,
    };
    if let Some(digits) = sheet.word(i).strip_prefix("fy")
        && let Ok(n) = digits.parse()
    {
        return Some((full(n)?, i + 1));
    }
    let next = match sheet.word(i) {
        "fy" => i + 1,
        "fiscal" | "financial" => i + 1 + usize::from(sheet.word(i + 1) == "year"),
        _ => return None,
    };
    let next = sheet.skip(next, &["'", "’"]);
    let n = sheet.is_number(next).then(|| sheet.word(next).parse().ok())??;
    Some((full(n)?, next + 1))
}
