//! Aims said without a metric beside a number: "net as high as possible", "keep 95% of
//! revenue", "I can spend €25,000", "pays for itself". Decides no more than `aims` does.

use std::ops::Range;

use rust_decimal::Decimal;

use super::aims::{Aim, metric_at};
use super::figured::lead;
use crate::reading::lexicon;
use crate::reading::numbers::{Given, Number};
use crate::reading::sheet::Sheet;

/// "Up to what rate does it pay for itself?": asked of a value, not of a change.
pub(super) fn pays_for_itself(sheet: &Sheet<'_>, i: usize) -> Option<Range<usize>> {
    let itself = sheet.is(i, &["pay", "pays"]) && sheet.follows(i + 1, &["for", "itself"])
        || sheet.is(i, &["cover", "covers"])
            && sheet.is(i + 1, &["its"])
            && sheet.is(i + 2, &["cost", "costs"]);
    let asked = (0..i).any(|k| {
        sheet.is(k, &["what", "which"])
            && sheet.is(k + 1, &["rate", "level", "amount", "value", "percentage"])
            || sheet.word(k) == "how" && sheet.is(k + 1, &["high", "far"])
    });
    (itself && asked).then(|| i..i + 3)
}

/// "makes Q4 net largest", "with payout as low as possible": a metric, and how far.
pub(super) fn superlative(sheet: &Sheet<'_>, i: usize) -> Option<Aim> {
    let named = metric_at(sheet, i)?;
    let k = sheet.skip(i + 1, &["the", "is", "as"]);
    let possible = sheet.is(k - 1, &["as"]) && (k..k + 3).any(|n| sheet.is(n, &["possible"]));
    let ends = sheet.is(k, &["largest", "highest", "biggest", "greatest", "smallest", "lowest"]);
    let graded = possible && sheet.is(k, &["high", "large", "big", "great", "low", "small", "little"]);
    if !(ends || graded) {
        return None;
    }
    let least = sheet.is(k, &["smallest", "lowest", "low", "small", "little"]);
    let direction = if least { "minimize" } else { "maximize" };
    let end = if graded { k + 3 } else { k + 1 };
    Some(Aim { metric: named, direction, value: None, relative: None, at: i..end, gain: false })
}

/// "sells the most pumps": units, where no metric is named.
pub(super) fn sells_most(sheet: &Sheet<'_>, i: usize) -> Option<Aim> {
    const SELLS: &[&str] =
        &["sell", "sells", "sold", "selling", "move", "moves", "shift", "shifts", "ship", "ships"];
    let verb = i.checked_sub(1 + usize::from(sheet.before(i) == "the"))?;
    let noun = usize::from(product_noun(sheet, i + 1));
    if !sheet.is(i, &["most"]) || !sheet.is(verb, SELLS) || metric_at(sheet, i + 1).is_some() {
        return None;
    }
    let (metric, direction, at) = (Some("units"), "maximize", verb..i + 1 + noun);
    Some(Aim { metric, direction, value: None, relative: None, at, gain: false })
}

/// "keep 95% of revenue", "without units falling more than 2%": a share that may be lost.
pub(super) fn kept(sheet: &Sheet<'_>, number: &Number) -> Option<Aim> {
    let value = number.value.filter(|_| number.given == Given::Percent)?;
    let (start, end) = (number.at.start, number.at.end);
    let loss = |at: Range<usize>, metric, lost: Decimal| Aim {
        metric,
        direction: "at_least",
        value: Some(-lost),
        relative: Some("percent"),
        at,
        gain: false,
    };
    let noun = sheet.skip(end + 1, &["our", "the", "today's", "current"]);
    let keeps = (start.saturating_sub(4)..start)
        .any(|i| sheet.is(i, &["keep", "keeps", "keeping", "hold", "retain", "retaining"]));
    if keeps
        && sheet.word(end) == "of"
        && value < Decimal::ONE_HUNDRED
        && let Some(named) = metric_at(sheet, noun)
    {
        return Some(loss(lead(sheet, start)..noun + 1, named, Decimal::ONE_HUNDRED - value));
    }
    // "keeps units at 95% of today"
    let today = sheet.word(end) == "of" && sheet.is(noun, &["today", "now", "baseline", "current", "what"]);
    let level = (start.saturating_sub(3)..start).rev().find(|i| metric_at(sheet, *i).is_some());
    if let Some(k) = level.filter(|_| today && value < Decimal::ONE_HUNDRED) {
        return Some(loss(lead(sheet, k)..noun + 1, metric_at(sheet, k)?, Decimal::ONE_HUNDRED - value));
    }
    const FALLS: &[&str] = &[
        "falling",
        "fall",
        "falls",
        "dropping",
        "drop",
        "drops",
        "declining",
        "decline",
        "slipping",
        "shrinking",
        "losing",
    ];
    let most = start > 1 && sheet.follows(start - 2, &["at", "most"]);
    let than = most || start > 1 && sheet.follows(start - 2, &["more", "than"]);
    let falls = (start.saturating_sub(6)..start).rev().find(|i| sheet.is(*i, FALLS))?;
    let k = (falls.saturating_sub(4)..falls).rev().find(|i| metric_at(sheet, *i).is_some())?;
    let denied =
        most || (k.saturating_sub(4)..start).any(|i| sheet.is(i, &["without", "not", "from", "never", "no"]));
    let named = metric_at(sheet, k)?;
    (than && denied).then(|| loss(lead(sheet, k)..end, named, value))
}

/// "I can spend €25,000", "we can afford with €20,000": what may be paid out.
pub(super) fn spendable(sheet: &Sheet<'_>, number: &Number, value: Decimal) -> Option<Aim> {
    const SPENDS: &[&str] = &["spend", "spending", "afford"];
    let (start, end) = (number.at.start, number.at.end);
    // "without paying out more than £30,000"
    const NOT: &[&str] = &[
        "without",
        "not",
        "don't",
        "dont",
        "can't",
        "cannot",
        "won't",
        "never",
        "shouldn't",
        "mustn't",
        "doesn't",
    ];
    let pays = (start.saturating_sub(6)..start).find(|i| {
        sheet.is(*i, &["paying", "pay", "spending", "spend", "cost", "costing", "going"])
            && sheet.is(i.wrapping_sub(1), NOT)
    });
    let than = start > 1 && sheet.follows(start - 2, &["more", "than"])
        || start > 0 && sheet.is(start - 1, &["over", "above", "beyond"]);
    // "going over $45" may be of a rate, where no word says what is paid.
    let open = pays.is_some_and(|i| sheet.is(i, &["going"])) && !(end..end + 3).any(|i| paid(sheet, i));
    if let Some(i) = pays.filter(|_| than && !open && number.given == Given::Money) {
        return Some(Aim {
            metric: Some("payout"),
            direction: "at_most",
            value: Some(value),
            relative: Some("absolute"),
            at: i - 1..end,
            gain: false,
        });
    }
    let before = (0..start).any(|i| sheet.is(i, SPENDS));
    let behind = (end..end + 3).find(|i| sheet.is(*i, SPENDS));
    let with = (start.saturating_sub(2)..start).find(|i| sheet.is(*i, &["with", "spend", "afford", "for"]));
    let free = metric_at(sheet, end).is_none() && number.given == Given::Money;
    (free && (behind.is_some() || before && with.is_some())).then(|| Aim {
        metric: Some("payout"),
        direction: "at_most",
        value: Some(value),
        relative: Some("absolute"),
        at: with.unwrap_or(start)..behind.map_or(end, |i| i + 1),
        gain: false,
    })
}

fn paid(sheet: &Sheet<'_>, i: usize) -> bool {
    metric_at(sheet, i) == Some(Some("payout")) || sheet.is(i, lexicon::BUDGET)
}

/// "pumps", "sensors": a product's noun in the plural.
pub(super) fn product_noun(sheet: &Sheet<'_>, i: usize) -> bool {
    let Some(one) = sheet.word(i).strip_suffix('s').or_else(|| sheet.tokens.get(i)?.text.strip_suffix('s'))
    else {
        return false;
    };
    sheet.is_word(i) && !lexicon::known(one) && !sheet.names.products_with(&one.to_lowercase()).is_empty()
}
