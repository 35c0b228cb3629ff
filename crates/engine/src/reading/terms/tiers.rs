//! Which tier of a rate is meant: "the top tier", "2.5% from $30,000", "all three tiers".
//! Knows where tiers start and what they pay, never what a program is called.

use std::ops::Range;

use rust_decimal::Decimal;

use crate::programs::Terms;
use crate::programs::terms::{Rate, RateTier};
use crate::reading::numbers::{Given, Number};
use crate::reading::sheet::{Sheet, Use};

/// Which tiers are meant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tiers {
    Unsaid,
    All(Range<usize>),
    One(Decimal, Range<usize>),
    /// A tier is named that the program does not have.
    Wrong(Range<usize>),
}

const TIER: &[&str] =
    &["tier", "tiers", "band", "bands", "bracket", "brackets", "level", "threshold", "step", "rung", "rungs"];

/// Finds the tier that the words name. `words_at`: where a word for thresholds was
/// already taken, which names a tier as well as the word tier does.
pub(crate) fn tiers(
    sheet: &mut Sheet<'_>,
    terms: &Terms,
    numbers: &mut Vec<Number>,
    words_at: Option<Range<usize>>,
) -> Tiers {
    let Rate::Tiered { tiers, .. } = &terms.rate else { return Tiers::Unsaid };
    let is_tier = |sheet: &Sheet<'_>, i: usize| {
        // "the top rate", "the base rate"
        let ends = sheet.is(i.wrapping_sub(1), &["top", "highest", "bottom", "lowest", "base", "entry"]);
        let rate = sheet.is(i, &["rate", "rates"]) && ends && (sheet.free(i) || sheet.uses[i] == Use::Lever);
        (sheet.is(i, TIER) && sheet.free(i)) || rate || words_at.as_ref().is_some_and(|r| r.contains(&i))
    };
    for i in 0..sheet.len() {
        if !is_tier(sheet, i) {
            continue;
        }
        if let Some(found) = one_tier(sheet, tiers, numbers, i) {
            if let Tiers::One(from, _) = &found {
                described(sheet, numbers, *from);
            }
            return found;
        }
    }
    // "2.5% from $30,000": where the tier starts stands for it.
    let leads = ["from", "above", "over", "beyond", "past"];
    let place = numbers.iter().position(|n| {
        let start = tiers.iter().any(|t| !t.from.is_zero() && Some(t.from) == n.value);
        let apart = matches!(n.given, Given::Money | Given::Units)
            || n.given == Given::Bare && n.value.is_some_and(|v| v > Decimal::ONE_HUNDRED);
        start
            && apart
            && numbers.len() > 1
            && sheet.is(n.at.start.wrapping_sub(1), &leads)
            && sheet.word(n.at.end) != "to"
    });
    if let Some(place) = place.filter(|_| words_at.is_none()) {
        let number = numbers.remove(place);
        sheet.claim(number.at.start - 1..number.at.end, Use::Lever);
        if let Some(from) = number.value {
            return Tiers::One(from, number.at);
        }
    }
    if let Some(i) = (0..sheet.len()).find(|i| sheet.follows(*i, &["across", "the", "board"])) {
        sheet.claim(i..i + 3, Use::Lever);
        return Tiers::All(i..i + 3);
    }
    Tiers::Unsaid
}

fn one_tier(sheet: &mut Sheet<'_>, tiers: &[RateTier], numbers: &mut Vec<Number>, i: usize) -> Option<Tiers> {
    let nth = |n: usize| tiers.get(n).map(|t| t.from);
    // "the top loyalty tier": the name may stand between.
    let mut q = i;
    while q > 0 && sheet.uses[q - 1] == Use::Name {
        q -= 1;
    }
    if q < i && sheet.is(q.wrapping_sub(1), &["top", "highest", "upper", "bottom", "lowest", "entry", "base"])
    {
        let top = sheet.is(q - 1, &["top", "highest", "upper"]);
        sheet.claim(q - 1..q, Use::Lever);
        sheet.claim(i..i + 1, Use::Lever);
        let from = if top { nth(tiers.len() - 1) } else { nth(0) };
        return Some(from.map_or(Tiers::Wrong(i..i + 1), |from| Tiers::One(from, i..i + 1)));
    }
    let (mut start, mut end) = (i, i + 1);
    // "the 50k tier", "the 3% tier", "tier from 50,000", "tier 2", "the 2nd tier".
    let before = numbers.iter().position(|n| {
        n.at.end == i
            || (n.at.end < i
                && (n.at.end..i).all(|k| sheet.is(k, &["st", "nd", "rd", "th", "-", "+", "unit", "units"])))
    });
    let lead = sheet.skip(i + 1, &["from", "above", "at", "over", "starting", "of", "beginning"]);
    let after = numbers
        .iter()
        .position(|n| n.at.start == lead && (lead > i + 1 || matches!(n.given, Given::Bare | Given::Units)));
    let after_fits = after.filter(|a| {
        let n = &numbers[*a];
        let by_from = tiers.iter().any(|t| Some(t.from) == n.value);
        lead == i + 1 && n.given == Given::Bare || by_from && (lead > i + 1 || numbers.len() > 1)
    });
    let found = if sheet.is(i.wrapping_sub(1), &["top", "highest", "last", "upper", "final"]) {
        start = i - 1;
        nth(tiers.len() - 1)
    } else if sheet.is(i.wrapping_sub(1), &["bottom", "lowest", "first", "base", "entry", "starting"]) {
        start = i - 1;
        nth(0)
    } else if let Some(n) = ["second", "third", "fourth"].iter().position(|w| sheet.before(i) == *w) {
        start = i - 1;
        nth(n + 1)
    } else if sheet.before(i) == "middle" && tiers.len() == 3 {
        start = i - 1;
        nth(1)
    } else if sheet.is(i.wrapping_sub(1), &["all", "every", "each"])
        || (sheet.word(i.wrapping_sub(1)) == "the" && sheet.is(i.wrapping_sub(2), &["all"]))
    {
        sheet.claim(i - 1..i + 1, Use::Lever);
        if sheet.before(i - 1) == "all" || sheet.before(i) == "the" {
            sheet.claim(i - 2..i + 1, Use::Lever);
        }
        if sheet.is(i + 1, &["rate", "rates"]) {
            sheet.claim(i + 1..i + 2, Use::Lever);
        }
        return Some(Tiers::All(i - 1..i + 1));
    } else if let Some(place) = before.filter(|b| counts_all(sheet, &numbers[*b], tiers)) {
        let number = numbers.remove(place);
        sheet.claim(number.at.start - 1..i + 1, Use::Lever);
        return Some(Tiers::All(number.at.start - 1..i + 1));
    } else if let Some(place) = before {
        let number = numbers.remove(place);
        start = number.at.start;
        let ordinal = sheet.is(i - 1, &["st", "nd", "rd", "th"]);
        by_number(tiers, &number, ordinal)
    } else if let Some(place) = after_fits {
        let number = numbers.remove(place);
        end = number.at.end;
        by_number(tiers, &number, lead == i + 1 && number.given == Given::Bare)
    } else {
        return None;
    };
    if sheet.is(end, &["rate", "rates", "tier", "threshold"]) && sheet.free(end) {
        end += 1;
    }
    sheet.claim(start..end, Use::Lever);
    Some(found.map_or(Tiers::Wrong(start..end), |from| Tiers::One(from, start..end)))
}

/// "the top tier (from $100,000)", "(90k and above)": where it starts, said in brackets.
fn described(sheet: &mut Sheet<'_>, numbers: &mut Vec<Number>, from: Decimal) {
    let bracket = |n: &Number| {
        let lead =
            (0..n.at.start).rev().find(|i| !sheet.is(*i, &["from", "above", "over", "at", "starting"]));
        lead.is_some_and(|i| sheet.word(i) == "(") && n.value == Some(from) && n.given != Given::Percent
    };
    let Some(place) = numbers.iter().position(bracket).filter(|_| numbers.len() > 1) else { return };
    let number = numbers.remove(place);
    let start = (0..number.at.start).rev().find(|i| sheet.word(*i) == "(").unwrap_or(number.at.start);
    let end = (number.at.end..sheet.len()).find(|i| sheet.word(*i) == ")").unwrap_or(number.at.end);
    sheet.claim(start..end, Use::Lever);
}

/// "all three tiers"
fn counts_all(sheet: &Sheet<'_>, number: &Number, tiers: &[RateTier]) -> bool {
    sheet.is(number.at.start.wrapping_sub(1), &["all", "the"])
        && number.given == Given::Bare
        && number.value == Some(Decimal::from(tiers.len()))
        && !sheet.is_number(number.at.start)
}

fn by_number(tiers: &[RateTier], number: &Number, ordinal: bool) -> Option<Decimal> {
    let value = number.value?;
    if ordinal {
        let n: usize = value.try_into().ok()?;
        return tiers.get(n.checked_sub(1)?).map(|t| t.from);
    }
    if number.given == Given::Percent {
        let mut fits = tiers.iter().filter(|t| t.pay.value() == value);
        let first = fits.next()?;
        return fits.next().is_none().then_some(first.from);
    }
    tiers.iter().find(|t| t.from == value).map(|t| t.from)
}
