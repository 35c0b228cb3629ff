//! Numbers in a question: digits and number words, money, percents, points,
//! factors and fractions, with their signs. Says what is written; what a number
//! is for is decided when the lever is put together.

use std::ops::Range;

use rust_decimal::Decimal;

use crate::reading::sheet::{Sheet, Use};

mod units;
mod words;

use units::{currency_at, per_unit, unit};
pub(crate) use words::count;
use words::{core, words};

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
    // "three more PX-100": an amount of something.
    let more = sheet.word(end) == "more"
        && (sheet.uses.get(end + 1) == Some(&Use::Name)
            || sheet.is(end + 1, &["unit", "units", "of", "dollars", "euros", "points", "percent", "deals"])
            || !sheet.names.products_with(sheet.word(end + 1)).is_empty());
    (noun && !more).then_some(end)
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
        loose_sign = sign == Some(false) && sheet.tokens.get(i + 1).is_some_and(|t| t.spaced);
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
    // "Five per cent" is no coin.
    let pence = end > core.end && sheet.is(end - 1, &["p", "pence"]);
    let coins = pence || sheet.is(end - 1, &["cents", "cent"]) && !(end > 1 && sheet.is(end - 2, &["per"]));
    // "one euro fifty"
    let change = currency.filter(|_| end > i && !sheet.is_number(core.end - 1)).and_then(|_| {
        let (after, cents) = words(sheet, end)?;
        let plain = cents < Decimal::ONE_HUNDRED && unit(sheet, after, &core).0 == Given::Bare;
        (plain && sheet.free(end)).then_some((after, cents))
    });
    if let Some((after, _)) = change {
        end = after;
    }
    if core.value.is_some() && (at..core.end).any(|k| sheet.is(k, &["extra", "additional", "further"])) {
        sign = sign.or(Some(true));
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
