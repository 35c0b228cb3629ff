//! Numbers in a question: digits and number words, money, percents, points,
//! factors and fractions, with their signs. Says what is written; what a number
//! is for is decided when the lever is put together.

use std::ops::Range;

use rust_decimal::Decimal;

use super::lexicon;
use super::sheet::{Sheet, Use};
use super::token::Token;

/// In what a number is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given {
    Bare,
    Percent,
    Points,
    Money,
    Times,
    /// A count of units sold.
    Units,
}

/// A number of the question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Number {
    /// Tokens, with sign, currency and unit.
    pub at: Range<usize>,
    /// `None` where it is larger than any number of a program.
    pub value: Option<Decimal>,
    pub given: Given,
    /// `+` is true, `-` false.
    pub sign: Option<bool>,
    /// A sign with a space after it may be a dash.
    pub loose_sign: bool,
    pub per_unit: bool,
    /// Written in a way that can be read as two numbers, such as `4,5`.
    pub odd: bool,
    /// Currency, where another than the company's.
    pub other_currency: Option<&'static str>,
}

/// Finds all numbers among what is left on the sheet.
pub(crate) fn find(sheet: &mut Sheet<'_>) -> Vec<Number> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < sheet.len() {
        if let Some(end) = counted(sheet, at) {
            sheet.claim(at..end, Use::Idle);
            at = end;
            continue;
        }
        match number(sheet, at) {
            Some((number, claimed)) => {
                sheet.claim(number.at.start..claimed, Use::Number);
                at = claimed;
                found.push(number);
            }
            None => at += 1,
        }
    }
    found
}

/// "One, … Two, …": headings, no amounts.
pub(crate) fn drop_headings(tokens: &mut Vec<Token>) {
    let starts = |i: usize| i == 0 || matches!(tokens[i - 1].word.as_str(), "." | ":" | ";" | "?" | "!");
    let ends = |i: usize| tokens.get(i + 1).is_some_and(|t| matches!(t.word.as_str(), "," | ":" | ")"));
    let heading = |i: usize| {
        starts(i)
            && ends(i)
            && matches!(
                tokens[i].word.as_str(),
                "one" | "two" | "three" | "four" | "first" | "second" | "third" | "firstly" | "secondly"
            )
    };
    let found: Vec<usize> = (0..tokens.len()).filter(|i| heading(*i)).collect();
    for i in found.into_iter().rev() {
        tokens.drain(i..i + 2);
    }
}

/// "three options", "two things": a count, no amount.
fn counted(sheet: &Sheet<'_>, at: usize) -> Option<usize> {
    if !sheet.free(at) || !sheet.is_word(at) {
        return None;
    }
    let (end, _) = words(sheet, at)?;
    let noun = sheet.is(
        end,
        &[
            "options",
            "option",
            "variants",
            "asks",
            "ask",
            "things",
            "thing",
            "ways",
            "scenarios",
            "choices",
            "ideas",
            "idea",
            "questions",
            "question",
            "changes",
            "moves",
            "cases",
            "alternatives",
            "programs",
            "more",
        ],
    );
    noun.then_some(end)
}

struct Core {
    end: usize,
    value: Option<Decimal>,
    odd: bool,
    fraction: bool,
}

fn number(sheet: &Sheet<'_>, at: usize) -> Option<(Number, usize)> {
    if !sheet.free(at) {
        return None;
    }
    let mut i = at;
    let (mut sign, mut loose_sign) = (None, false);
    if sheet.is(i, &["+", "-", "−", "–"]) {
        // A hyphen between two words or numbers without spaces is no sign.
        if !sheet.tokens[i].spaced && i > 0 && sheet.word(i - 1) != "(" {
            return None;
        }
        sign = Some(sheet.word(i) == "+");
        loose_sign = sheet.tokens.get(i + 1).is_some_and(|t| t.spaced);
        i += 1;
        if counted(sheet, i).is_some() {
            return None;
        }
    }
    let (mut currency, next) = currency_at(sheet, i);
    i = next;
    if sign.is_none() && currency.is_some() && sheet.is(i, &["-", "−"]) {
        sign = Some(false);
        i += 1;
    }
    let core = core(sheet, i, currency.is_some())?;
    i = core.end;
    let (given, mut end) = unit(sheet, i, &core);
    if given == Given::Bare || given == Given::Money {
        let (after, next) = currency_at(sheet, i);
        if after.is_some() && currency.is_none() {
            (currency, end) = (after, next);
        }
    }
    let coins = sheet.is(end - 1, &["cents", "cent"]);
    // "one euro fifty"
    let change = currency.filter(|_| end > i && !sheet.is_number(core.end - 1)).and_then(|_| {
        let (after, cents) = words(sheet, end)?;
        let plain = cents < Decimal::ONE_HUNDRED && unit(sheet, after, &core).0 == Given::Bare;
        (plain && sheet.free(end)).then_some((after, cents))
    });
    if let Some((after, _)) = change {
        end = after;
    }
    let given = match (given, currency) {
        (Given::Bare, Some(_)) => Given::Money,
        _ => given,
    };
    let (per_unit, claimed) = per_unit(sheet, end);
    let value =
        core.value.map(|v| v + change.map_or(Decimal::ZERO, |(_, cents)| cents / Decimal::ONE_HUNDRED));
    let value = value.map(|v| if coins { v / Decimal::ONE_HUNDRED } else { v });
    let value = value.map(|v| {
        if given == Given::Points && sheet.is(end - 1, &["bps", "bp"]) { v / Decimal::ONE_HUNDRED } else { v }
    });
    let value = if given == Given::Points && (core.end..end).any(|i| sheet.word(i) == "basis") {
        value.map(|v| v / Decimal::ONE_HUNDRED)
    } else {
        value
    };
    let own = sheet.company.catalog.currency.as_str();
    let other_currency = currency.filter(|c| *c != own && !(*c == "$" && own.ends_with('D')));
    let number =
        Number { at: at..end, value, given, sign, loose_sign, per_unit, odd: core.odd, other_currency };
    Some((number, claimed))
}

/// Currency signs and codes. `$` stands for any dollar.
fn currency_at(sheet: &Sheet<'_>, i: usize) -> (Option<&'static str>, usize) {
    let code = match sheet.word(i) {
        "$" => "$",
        "us" if sheet.word(i + 1) == "$" => return (Some("USD"), i + 2),
        "usd" => "USD",
        "dollar" | "dollars" | "bucks" | "buck" => "$",
        "€" | "eur" | "euro" | "euros" => "EUR",
        "£" | "gbp" | "pounds" | "pound" | "quid" => "GBP",
        "¥" | "jpy" | "yen" => "JPY",
        "chf" => "CHF",
        _ => return (None, i),
    };
    (Some(code), i + 1)
}

fn core(sheet: &Sheet<'_>, i: usize, money: bool) -> Option<Core> {
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
        let next = i + 1 + usize::from(sheet.is(i + 1, &["percentage", "full", "basis"]));
        let coin = sheet.is(i + 1, &["dollar", "euro", "pound", "buck"]);
        if sheet.is(next, &["point"]) || coin {
            return Some(Core { end: i + 1, value: Some(Decimal::ONE), odd: false, fraction: false });
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

fn digits(sheet: &Sheet<'_>, i: usize, money: bool) -> Core {
    let text = &sheet.tokens[i].text;
    let money = money || currency_at(sheet, i + 1).0.is_some();
    // "16,50 euros": no thousands have two digits.
    let coins = text.split_once(',').filter(|(a, b)| money && b.len() == 2 && !a.contains(['.', ',']));
    let text = &coins.map_or_else(|| text.clone(), |(whole, part)| format!("{whole}.{part}"));
    let odd = !grouped(text) || text.matches('.').count() > 1;
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
fn grouped(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').map_or((text, ""), |(w, f)| (w, f));
    if fraction.contains(['.', ',']) {
        return false;
    }
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    rest.is_empty() || (first.len() <= 3 && !first.is_empty() && rest.iter().all(|g| g.len() == 3))
}

fn small(word: &str) -> Option<u32> {
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

fn tens(word: &str) -> Option<u32> {
    const WORDS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    WORDS.iter().position(|w| *w == word).map(|n| (n as u32 + 2) * 10)
}

/// A number in words: `twelve and a half`, `forty-five`, `two thousand`.
fn words(sheet: &Sheet<'_>, at: usize) -> Option<(usize, Decimal)> {
    let mut i = at;
    if matches!(sheet.word(i), "a" | "one") && sheet.is(i + 1, &["hundred", "thousand", "million"]) {
        i += 1;
    }
    let (mut total, mut group, mut any) = (Decimal::ZERO, Decimal::ZERO, false);
    loop {
        let word = sheet.word(i);
        if let Some(n) = small(word).or_else(|| tens(word)) {
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

fn small_or_tens(word: &str) -> bool {
    small(word).is_some() || tens(word).is_some()
}

/// `a third`, `two thirds`, `half` (after by), `half a` (of a point): in percent,
/// or in the unit that follows.
fn fraction(sheet: &Sheet<'_>, i: usize) -> Option<(usize, Decimal)> {
    let percent = |n: i64, d: i64| (Decimal::from(n * 100) / Decimal::from(d)).round_dp(4);
    if sheet.word(i) == "half"
        && sheet.is(i + 1, &["a", "percent", "percentage"])
        && unit_word(sheet, i + 1 + usize::from(sheet.word(i + 1) == "a"))
    {
        let end = i + 1 + usize::from(sheet.word(i + 1) == "a");
        return Some((end, Decimal::new(5, 1)));
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
            if count > 1 || sheet.before(i) == "by" || sheet.follows(next + 1, &["of", "a"]) =>
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

fn unit_word(sheet: &Sheet<'_>, i: usize) -> bool {
    sheet.is(
        i,
        &[
            "%",
            "percent",
            "pct",
            "percentage",
            "point",
            "points",
            "pp",
            "ppt",
            "pts",
            "basis",
            "bps",
            "dollar",
            "dollars",
            "bucks",
            "per",
            "unit",
            "times",
            "x",
        ],
    )
}

fn unit(sheet: &Sheet<'_>, i: usize, core: &Core) -> (Given, usize) {
    let glued = sheet.tokens.get(i).is_some_and(|t| !t.spaced);
    let points = |i: usize| sheet.is(i, &["point", "points", "pts"]);
    match sheet.word(i) {
        "%" | "percent" | "percentage" | "pct" | "％" if points(i + 1) => (Given::Points, i + 2),
        "%" | "percent" | "pct" | "percentage" | "％" => (Given::Percent, i + 1),
        "per" if sheet.word(i + 1) == "cent" => (Given::Percent, i + 2),
        "pp" | "ppt" | "ppts" | "pts" | "point" | "points" | "bps" | "bp" => (Given::Points, i + 1),
        "basis" if points(i + 1) => (Given::Points, i + 2),
        "x" if glued => (Given::Times, i + 1),
        "×" | "times" | "fold" => (Given::Times, i + 1),
        "unit" | "units" | "pieces" | "pcs" => (Given::Units, i + 1),
        "cents" | "cent" => (Given::Money, i + 1),
        _ if core.fraction => (Given::Percent, i),
        _ => (Given::Bare, i),
    }
}

/// `per unit`, `a unit`, `/unit`, `each`, `apiece`.
fn per_unit(sheet: &Sheet<'_>, end: usize) -> (bool, usize) {
    if sheet.is(end, &["each", "apiece"])
        && !sheet.is(end + 1, &["partner", "reseller", "deal", "transaction"])
    {
        return (true, end + 1);
    }
    let one = sheet.is(end, &["per", "a", "/", "each", "every"]);
    let product = |i: usize| {
        sheet.is_word(i)
            && !lexicon::known(sheet.word(i))
            && !sheet.names.products_with(sheet.word(i)).is_empty()
    };
    if one
        && (sheet.is(end + 1, &["unit", "piece", "item", "box", "licence", "license", "seat"])
            || product(end + 1))
    {
        return (true, end + 2);
    }
    (false, end)
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
