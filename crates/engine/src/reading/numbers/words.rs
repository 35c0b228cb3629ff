//! Numbers in words and digits: `twelve and a half`, `1,200.50`, `a third`.

use rust_decimal::Decimal;

use crate::reading::sheet::Sheet;

use super::Core;
use super::units::{currency_at, unit_word};

pub(super) fn core(sheet: &Sheet<'_>, i: usize, money: bool) -> Option<Core> {
    if !sheet.free(i) {
        return None;
    }
    if sheet.is_number(i) {
        return Some(digits(sheet, i, money));
    }
    if let Some((end, value)) = fraction(sheet, i) {
        return Some(Core { end, value: Some(value), odd: false, fraction: true });
    }
    if matches!(sheet.word(i), "a" | "one" | "an") {
        // "up a point", "by a percentage point"
        // "one extra percentage point", "an additional euro"
        let first =
            sheet.skip(i + 1, &["extra", "additional", "further", "full", "whole", "single", "entire"]);
        let next = first + usize::from(sheet.is(first, &["percentage", "basis"]));
        let coin = sheet.is(first, &["dollar", "euro", "pound", "buck"]);
        if sheet.is(next, &["point"]) || coin {
            let end = first;
            return Some(Core { end, value: Some(Decimal::ONE), odd: false, fraction: false });
        }
    }
    let (end, value) = words(sheet, i)?;
    if sheet.word(end) == "-" && sheet.is(end + 1, &["tier", "step", "stage", "level"]) {
        // "two-tier": part of a name.
        return None;
    }
    // "one" is more often a pronoun than a number.
    let counted = end > i + 1 || sheet.word(i) != "one" || money || unit_word(sheet, end);
    let step = sheet.before(i) == "of" && i > 1 && sheet.is(i - 2, &["step", "steps", "increments"]);
    let led = step || matches!(sheet.before(i), "by" | "to" | "at" | "tier" | "in");
    (counted || led).then_some(Core { end, value: Some(value), odd: false, fraction: false })
}

pub(super) fn digits(sheet: &Sheet<'_>, i: usize, money: bool) -> Core {
    let text = &sheet.tokens[i].text;
    let money = money || currency_at(sheet, i + 1).0.is_some();
    // "16,50 euros": no thousands have two digits.
    let coins = text.split_once(',').filter(|(a, b)| money && b.len() == 2 && !a.contains(['.', ',']));
    // "4,5 %", set apart as in many countries.
    let share = text.split_once(',').filter(|(a, b)| {
        let apart = sheet.word(i + 1) == "%" && sheet.tokens[i + 1].spaced
            || sheet.is(i + 1, &["percent", "pct", "points"]);
        apart && b.len() <= 2 && !a.contains(['.', ','])
    });
    // "EUR 30.000,00"
    let whole = text.split_once(',').filter(|(a, b)| {
        let mut groups = a.split('.');
        let first = groups.next().is_some_and(|g| (1..=3).contains(&g.len()));
        money && b.len() == 2 && a.contains('.') && first && groups.all(|g| g.len() == 3)
    });
    let plain = whole.map(|(a, b)| (a.replace('.', ""), b.to_owned()));
    let coins = coins.or(share).map(|(a, b)| (a.to_owned(), b.to_owned())).or(plain);
    let text = &coins.map_or_else(|| text.clone(), |(whole, part)| format!("{whole}.{part}"));
    // "12.000 EUR": no sum of money has three decimals.
    let points = text.split_once('.').filter(|(a, b)| {
        let whole = (1..=3).contains(&a.len()) && !a.starts_with('0') && !a.contains(',');
        money && whole && b.split('.').all(|g| g.len() == 3 && g.chars().all(|c| c.is_ascii_digit()))
    });
    // "at 12.000": with thousands, or with a point?
    let share = sheet.is(i + 1, &["%", "percent", "pct", "point", "points", "pp", "x", "times"]);
    let doubtful = !money && !share && text.split_once('.').is_some_and(|(a, b)| b == "000" && a != "0");
    let euros = sheet.company.catalog.currency == "EUR";
    let text = &if points.is_some() && euros { text.replace('.', "") } else { text.clone() };
    let odd = !grouped(text) || text.matches('.').count() > 1 || points.is_some() && !euros || doubtful;
    // An odd number is asked about; only that it has a value matters.
    let value = if odd { "1".to_owned() } else { text.replace(',', "") };
    let mut value = if value.len() <= 28 { value.parse::<Decimal>().ok() } else { None };
    let mut end = i + 1;
    let glued = sheet.tokens.get(end).is_some_and(|t| !t.spaced);
    let scale = match sheet.word(end) {
        "k" if glued => 1_000,
        "m" | "mm" | "mio" if glued => 1_000_000,
        "bn" if glued => 1_000_000_000,
        "thousand" => 1_000,
        "million" => 1_000_000,
        "hundred" => 100,
        _ => 1,
    };
    if scale > 1 {
        value = value.and_then(|v| v.checked_mul(Decimal::from(scale)));
        end += 1;
    }
    Core { end, value, odd, fraction: false }
}

/// Whether commas, if any, separate thousands and at most one point is there.
pub(super) fn grouped(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').map_or((text, ""), |(w, f)| (w, f));
    if fraction.contains(['.', ',']) {
        return false;
    }
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    rest.is_empty() || (first.len() <= 3 && !first.is_empty() && rest.iter().all(|g| g.len() == 3))
}

pub(super) fn small(word: &str) -> Option<u32> {
    const WORDS: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    WORDS.iter().position(|w| *w == word).map(|n| n as u32)
}

pub(super) fn tens(word: &str) -> Option<u32> {
    const WORDS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    WORDS.iter().position(|w| *w == word).map(|n| (n as u32 + 2) * 10)
}

/// A number in words: `twelve and a half`, `forty-five`, `two thousand`.
pub(super) fn words(sheet: &Sheet<'_>, at: usize) -> Option<(usize, Decimal)> {
    let mut i = at;
    if matches!(sheet.word(i), "a" | "one") && sheet.is(i + 1, &["hundred", "thousand", "million"]) {
        i += 1;
    }
    let (mut total, mut group, mut any) = (Decimal::ZERO, Decimal::ZERO, false);
    loop {
        let word = sheet.word(i);
        let note = match word {
            "fiver" => Some(5),
            "tenner" => Some(10),
            _ => None,
        };
        if let Some(n) = small(word).or_else(|| tens(word)).or(note) {
            group += Decimal::from(n);
        } else if word == "hundred" {
            group = if group.is_zero() { Decimal::ONE_HUNDRED } else { group * Decimal::ONE_HUNDRED };
        } else if word == "thousand" || word == "million" {
            let factor = Decimal::from(if word == "thousand" { 1_000 } else { 1_000_000 });
            total += if group.is_zero() { factor } else { group * factor };
            group = Decimal::ZERO;
        } else if any
            && (word == "-" || word == "and")
            && small_or_tens(sheet.word(i + 1))
            && sheet.free(i + 1)
            && (word == "-" || i > 0 && sheet.is(i - 1, &["hundred", "thousand"]))
        {
            i += 1;
            continue;
        } else {
            break;
        }
        any = true;
        i += 1;
    }
    if any && sheet.follows(i, &["and", "a", "half"]) {
        return Some((i + 3, total + group + Decimal::new(5, 1)));
    }
    any.then_some((i, total + group))
}

pub(super) fn small_or_tens(word: &str) -> bool {
    small(word).is_some() || tens(word).is_some()
}

/// `a third`, `two thirds`, `half` (after by), `half a` (of a point): in percent,
/// or in the unit that follows.
pub(super) fn fraction(sheet: &Sheet<'_>, i: usize) -> Option<(usize, Decimal)> {
    let percent = |n: i64, d: i64| (Decimal::from(n * 100) / Decimal::from(d)).round_dp(4);
    if sheet.word(i) == "half"
        && sheet.is(i + 1, &["point", "points"])
        && sheet.is(i + 2, &["on", "more", "less", "to", "off"])
    {
        return Some((i + 1, Decimal::new(5, 1)));
    }
    if sheet.word(i) == "half"
        && sheet.is(i + 1, &["a", "percent", "percentage"])
        && unit_word(sheet, i + 1 + usize::from(sheet.word(i + 1) == "a"))
    {
        let end = i + 1 + usize::from(sheet.word(i + 1) == "a");
        return Some((end, Decimal::new(5, 1)));
    }
    if matches!(sheet.word(i), "a" | "one")
        && sheet.word(i + 1) == "quarter"
        && sheet.is(i + 2, &["percent", "point", "pct", "percentage"])
    {
        return Some((i + 2, Decimal::new(25, 2)));
    }
    if sheet.word(i) == "half" && sheet.before(i) == "by" && sheet.word(i + 1) != "again" {
        return Some((i + 1, Decimal::from(50)));
    }
    let count = match sheet.word(i) {
        "a" | "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        _ => return None,
    };
    let next = if sheet.word(i + 1) == "-" { i + 2 } else { i + 1 };
    let parts = match sheet.word(next) {
        "half" if sheet.before(i) == "by" => 2,
        "third" | "thirds" => 3,
        "quarter" | "quarters"
            if count > 1
                || sheet.before(i) == "by"
                || sheet.follows(next + 1, &["of", "a"])
                || sheet.is(next + 1, &["off", "more", "less", "higher", "lower"]) =>
        {
            4
        }
        "fifth" | "fifths" => 5,
        "tenth" | "tenths" => 10,
        _ => return None,
    };
    // "two quarters", "three quarters" may be spans of time.
    let spans = parts == 4 && count > 1 && sheet.before(i) != "by";
    if sheet.follows(next + 1, &["of", "a"]) && unit_word(sheet, next + 3) {
        // "a quarter of a point"
        return Some((next + 3, Decimal::from(count) / Decimal::from(parts)));
    }
    (!spans && count < parts).then(|| (next + 1, percent(count, parts)))
}

/// A small whole number in digits or words, such as counts weeks; at most 99.
pub(crate) fn count(sheet: &Sheet<'_>, i: usize) -> Option<u32> {
    let n = if sheet.is_number(i) {
        sheet.word(i).parse().ok()?
    } else {
        small(sheet.word(i)).or(tens(sheet.word(i)))?
    };
    (1..=99).contains(&n).then_some(n)
}
