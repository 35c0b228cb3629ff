//! The figures that a text holds: money, percents, units, days, dates and factors,
//! in digits or in words. What carries no unit is no figure. Reads no meaning.

use std::ops::Range;

use rust_decimal::Decimal;

use crate::calendar::MONTHS;

/// What a figure says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Money; the currency as far as it is written.
    Money(Decimal, Option<&'static str>),
    Percent(Decimal),
    Units(Decimal),
    /// Calendar days; weeks are seven.
    Days(Decimal),
    /// `multiplied by 1.5`, `1.5 times`, `1.5x`, `doubled`.
    Factor(Decimal),
    /// Day, month and, if written, year.
    Date(u32, u32, Option<i32>),
}

/// A figure and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    pub value: Value,
    /// Bytes of the text.
    pub at: Range<usize>,
}

struct Token<'t> {
    /// Without punctuation around it.
    word: &'t str,
    lower: String,
    at: Range<usize>,
}

/// All figures of a text, in order.
pub(super) fn figures(text: &str) -> Vec<Figure> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match figure(&tokens, at) {
            Some((value, used)) => {
                let range = tokens[at].at.start..tokens[at + used - 1].at.end;
                found.push(Figure { value, at: range });
                at += used;
            }
            None => at += 1,
        }
    }
    found
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let apart = |c: char| c.is_whitespace() || matches!(c, '|' | '–' | '—' | '/' | '(' | ')');
    let mut tokens = Vec::new();
    let mut start = 0;
    for part in text.split_inclusive(apart) {
        let bare = part.trim_matches(|c: char| apart(c) || ",.;:!?\"'“”‘’*_`<>[]{}=~".contains(c));
        if !bare.is_empty() {
            let from = start + part.find(bare).unwrap_or(0);
            tokens.push(Token { word: bare, lower: bare.to_lowercase(), at: from..from + bare.len() });
        }
        start += part.len();
    }
    tokens
}

/// The figure that begins at a token, and how many tokens it takes.
fn figure(tokens: &[Token<'_>], at: usize) -> Option<(Value, usize)> {
    date(tokens, at)
        .or_else(|| money(tokens, at))
        .or_else(|| doubled(tokens, at))
        .or_else(|| counted(tokens, at))
}

fn lower<'t>(tokens: &'t [Token<'_>], at: usize) -> &'t str {
    tokens.get(at).map_or("", |t| &t.lower)
}

/// `1 January 2026`, `1st Jan`, `January 1, 2026`, `2026-01-01`.
fn date(tokens: &[Token<'_>], at: usize) -> Option<(Value, usize)> {
    use chrono::Datelike;
    if let Ok(day) = tokens[at].word.parse::<chrono::NaiveDate>() {
        return Some((Value::Date(day.day(), day.month(), Some(day.year())), 1));
    }
    let (day, month) = match (day_of_month(lower(tokens, at)), month(lower(tokens, at + 1))) {
        (Some(day), Some(month)) => (day, month),
        _ => (day_of_month(lower(tokens, at + 1))?, month(lower(tokens, at))?),
    };
    let year = lower(tokens, at + 2).parse::<i32>().ok().filter(|y| (1990..2100).contains(y));
    Some((Value::Date(day, month, year), 2 + usize::from(year.is_some())))
}

fn day_of_month(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ends = matches!(&word[digits.len()..], "" | "st" | "nd" | "rd" | "th");
    digits.parse().ok().filter(|day| ends && digits.len() <= 2 && (1..=31).contains(day))
}

fn month(word: &str) -> Option<u32> {
    let named = |name: &&str| {
        let name = name.to_lowercase();
        name == word || (word.len() >= 3 && word.len() <= 4 && name.starts_with(word))
    };
    MONTHS.iter().position(named).map(|at| at as u32 + 1)
}

/// `$45`, `US$1.2 million`, `USD 45`, `45 dollars`, `50 cents`, `45 per unit`.
fn money(tokens: &[Token<'_>], at: usize) -> Option<(Value, usize)> {
    let word = tokens[at].word;
    let signed = word.find(['$', '€', '£', '¥']).filter(|sign| *sign <= 3);
    if let Some(sign) = signed {
        let symbol = word[sign..].chars().next()?;
        let (amount, more) = amount(tokens, at, &word[sign + symbol.len_utf8()..])?;
        return Some((Value::Money(amount, Some(symbol_name(symbol))), 1 + more));
    }
    if let Some(code) = code(word) {
        let (amount, more) = amount(tokens, at + 1, tokens.get(at + 1)?.word)?;
        return Some((Value::Money(amount, Some(code)), 2 + more));
    }
    let (amount, more) = amount(tokens, at, word)?;
    let next = at + 1 + more;
    let named = match lower(tokens, next) {
        "dollar" | "dollars" => Some((amount, Some("$"))),
        "euro" | "euros" => Some((amount, Some("EUR"))),
        "pounds" => Some((amount, Some("GBP"))),
        "yen" => Some((amount, Some("JPY"))),
        "cent" | "cents" => Some((amount / Decimal::ONE_HUNDRED, None)),
        _ => tokens.get(next).and_then(|t| code(t.word)).map(|code| (amount, Some(code))),
    };
    if let Some((amount, currency)) = named {
        return Some((Value::Money(amount, currency), 2 + more));
    }
    let per_unit = matches!((lower(tokens, next), lower(tokens, next + 1)), ("per" | "a" | "each", "unit"));
    per_unit.then_some((Value::Money(amount, None), 1 + more))
}

/// A number with `k`, `million` and the like, and how many further tokens that took.
fn amount(tokens: &[Token<'_>], at: usize, word: &str) -> Option<(Decimal, usize)> {
    let (number, rest) = number(word)?;
    let scale = |word: &str| match word {
        "k" | "thousand" => Some(1_000),
        "m" | "mn" | "million" => Some(1_000_000),
        _ => None,
    };
    let times = |scale: i64| number.checked_mul(Decimal::from(scale));
    match (rest.to_lowercase().as_str(), scale(lower(tokens, at + 1))) {
        ("", Some(by)) if lower(tokens, at + 1).len() > 1 => Some((times(by)?, 1)),
        ("", _) => Some((number, 0)),
        (suffix, _) => Some((times(scale(suffix)?)?, 0)),
    }
}

fn symbol_name(symbol: char) -> &'static str {
    match symbol {
        '€' => "EUR",
        '£' => "GBP",
        '¥' => "¥",
        _ => "$",
    }
}

fn code(word: &str) -> Option<&'static str> {
    const KNOWN: [&str; 14] =
        ["USD", "EUR", "GBP", "CHF", "JPY", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "INR", "SGD", "CNY"];
    KNOWN.into_iter().find(|code| *code == word)
}

/// `doubled`, `triples`.
fn doubled(tokens: &[Token<'_>], at: usize) -> Option<(Value, usize)> {
    match lower(tokens, at) {
        "doubled" | "doubles" => Some((Value::Factor(Decimal::TWO), 1)),
        "tripled" | "triples" => Some((Value::Factor(Decimal::from(3)), 1)),
        _ => None,
    }
}

/// Percents, units, days and factors.
fn counted(tokens: &[Token<'_>], at: usize) -> Option<(Value, usize)> {
    let (number, rest) = number(tokens[at].word)?;
    let rest = rest.to_lowercase();
    match rest.as_str() {
        "" => {}
        "%" => return Some((Value::Percent(number), 1)),
        "x" | "×" => return Some((Value::Factor(number), 1)),
        "-day" | "-days" => return Some((Value::Days(number), 1)),
        "-week" => return Some((Value::Days(number * Decimal::from(7)), 1)),
        "-unit" | "-units" => return Some((Value::Units(number), 1)),
        _ => return None,
    }
    let (next, after) = (lower(tokens, at + 1), lower(tokens, at + 2));
    match (next, after) {
        ("percent" | "pct" | "%", _) => Some((Value::Percent(number), 2)),
        ("per", "cent") => Some((Value::Percent(number), 3)),
        ("day" | "days", _) => Some((Value::Days(number), 2)),
        ("calendar", "day" | "days") => Some((Value::Days(number), 3)),
        ("week" | "weeks", _) => Some((Value::Days(number.checked_mul(Decimal::from(7))?), 2)),
        ("unit" | "units", _) => Some((Value::Units(number), 2)),
        ("qualifying" | "covered" | "eligible", "unit" | "units") => Some((Value::Units(number), 3)),
        ("times", "a" | "per" | "each") => None,
        ("times", _) => Some((Value::Factor(number), 2)),
        _ => {
            let by = |back: usize, word| at >= back && lower(tokens, at - back) == word;
            let factor = (by(1, "by") && by(2, "multiplied")) || (by(1, "of") && by(2, "factor"));
            let factor = factor || (by(1, "of") && by(2, "multiplier"));
            factor.then_some((Value::Factor(number), 1))
        }
    }
}

/// A number at the start of a word, digits or words, and what follows it.
fn number(word: &str) -> Option<(Decimal, &str)> {
    let end = word.bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b',')).count();
    if end == 0 {
        return in_words(&word.to_lowercase()).map(|n| (Decimal::from(n), ""));
    }
    let (digits, rest) = word.split_at(end);
    let (whole, cents) = digits.split_once('.').unwrap_or((digits, ""));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = whole.contains(',');
    let right = !first.is_empty() && (!grouped || first.len() <= 3) && groups.all(|g| g.len() == 3);
    if !right || cents.contains([',', '.']) || digits.len() > 20 {
        return None;
    }
    let number = digits.replace(',', "");
    Some((number.trim_end_matches('.').parse().ok()?, rest))
}

fn in_words(word: &str) -> Option<i64> {
    const ONES: [&str; 20] = [
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
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let one = |w: &str| ONES.iter().position(|n| *n == w).map(|n| n as i64);
    let ten = |w: &str| TENS.iter().position(|n| *n == w).map(|n| n as i64 * 10 + 20);
    match word.split_once('-') {
        Some((tens, ones)) => Some(ten(tens)? + one(ones).filter(|n| (1..10).contains(n))?),
        None if word == "hundred" => Some(100),
        None => one(word).or_else(|| ten(word)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programs::testing::d;

    fn of(text: &str) -> Vec<Value> {
        figures(text).into_iter().map(|f| f.value).collect()
    }

    #[test]
    fn money_is_read_however_it_is_written() {
        let dollars = |s| Value::Money(d(s), Some("$"));
        assert_eq!(
            of("Pays $45, **$1,200.50** or US$1.2 million."),
            [dollars("45"), dollars("1200.50"), dollars("1200000")]
        );
        assert_eq!(
            of("USD 45 and $250k; 40 dollars"),
            [Value::Money(d("45"), Some("USD")), dollars("250000"), dollars("40")]
        );
        assert_eq!(
            of("Earns 45 per unit, 50 cents, €9"),
            [Value::Money(d("45"), None), Value::Money(d("0.50"), None), Value::Money(d("9"), Some("EUR"))]
        );
    }

    #[test]
    fn counts_percents_days_and_factors_need_their_unit() {
        assert_eq!(of("2.5%, three percent, 4 per cent"), ["2.5", "3", "4"].map(|p| Value::Percent(d(p))));
        assert_eq!(
            of("1,000 units or twenty-five qualifying units"),
            ["1000", "25"].map(|n| Value::Units(d(n)))
        );
        assert_eq!(of("45 days, a 30-day window, six weeks"), ["45", "30", "42"].map(|n| Value::Days(d(n))));
        assert_eq!(
            of("multiplied by 1.5, twice, 2x, three times a year, doubled"),
            ["1.5", "2", "2"].map(|n| Value::Factor(d(n)))
        );
        assert_eq!(of("Product X 100 (PX-100), clause 3.1, in 2026, 12 partners"), []);
    }

    #[test]
    fn dates_are_read_in_three_ways() {
        let new_year = Value::Date(1, 1, Some(2026));
        assert_eq!(
            of("1 January 2026, January 1st, 2026 and 2026-01-01"),
            [new_year.clone(), new_year.clone(), new_year]
        );
        assert_eq!(of("until 30 Sept"), [Value::Date(30, 9, None)]);
    }

    #[test]
    fn a_figure_knows_where_it_stands() {
        let text = "We pay ($45.00) now.";
        assert_eq!(&text[figures(text)[0].at.clone()], "$45.00");
    }
}
