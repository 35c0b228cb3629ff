//! What a goal wants, word by word: a metric with a number beside it, the most or the
//! least of one, to break even; how sure one wants to be. Does not decide whether the
//! question is a goal at all.

use std::ops::Range;

use rust_decimal::Decimal;

use super::phrases::{pays_for_itself, sells_most, superlative};
use crate::reading::numbers::{Given, Number};
use crate::reading::sheet::{Sheet, Use};

/// Something to be reached, or a condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Aim {
    /// `None` where the word may mean two.
    pub metric: Option<&'static str>,
    pub direction: &'static str,
    pub value: Option<Decimal>,
    pub relative: Option<&'static str>,
    pub at: Range<usize>,
    /// "200 extra units": to be gained over the baseline, in the metric's own unit.
    pub gain: bool,
}

/// The metric a word names; `Some(None)` where it may be two.
pub(super) fn metric(word: &str) -> Option<Option<&'static str>> {
    Some(Some(match word {
        "units" | "volume" | "volumes" | "unit" => "units",
        "revenue" | "revenues" | "turnover" => "revenue",
        "margin" | "margins" => "margin",
        "payout" | "payouts" | "cost" | "costs" | "spend" | "spending" | "expense" | "liability" => "payout",
        "net" | "profit" | "profits" => "net",
        "roi" => "roi",
        "uptake" | "participation" | "earners" | "adoption" => "partners_earning",
        "sales" => return Some(None),
        _ => return None,
    }))
}
const SURE: &[&str] = &[
    "confidence",
    "confident",
    "sure",
    "certain",
    "certainty",
    "probability",
    "likelihood",
    "likely",
    "chance",
];

pub(super) fn confidence(sheet: &Sheet<'_>, numbers: &[Number]) -> Option<(Decimal, Range<usize>)> {
    let number = numbers
        .iter()
        .find(|n| n.given == Given::Percent && (n.at.end..n.at.end + 2).any(|i| sheet.is(i, SURE)))?;
    let end = (number.at.end..number.at.end + 2).find(|i| sheet.is(*i, SURE))? + 1;
    let mut start = number.at.start;
    while start > 0
        && sheet.is(start - 1, &["with", "at", "least", "a", "be", "to", "we", "are", "and", ","])
        && sheet.free(start - 1)
    {
        start -= 1;
    }
    Some((number.value? / Decimal::ONE_HUNDRED, start..end))
}

pub(super) fn break_even(sheet: &Sheet<'_>) -> Option<Aim> {
    let at = (0..sheet.len()).find_map(|i| {
        if sheet.follows(i, &["break", "even"]) || sheet.follows(i, &["breaks", "even"]) {
            Some(i..i + 2)
        } else if sheet.follows(i, &["break", "-", "even"]) {
            Some(i..i + 3)
        } else {
            sheet.is(i, &["breakeven"]).then(|| i..i + 1).or_else(|| pays_for_itself(sheet, i))
        }
    })?;
    Some(Aim { metric: Some("net"), direction: "break_even", value: None, relative: None, at, gain: false })
}

/// "maximizes net", "the best rate for margin".
pub(super) fn extreme(sheet: &Sheet<'_>) -> Option<Aim> {
    (0..sheet.len()).find_map(|i| {
        if let Some(aim) = superlative(sheet, i).or_else(|| sells_most(sheet, i)) {
            return Some(aim);
        }
        let word = sheet.word(i);
        let most = ["maximi", "optimi", "optima"].iter().any(|w| word.starts_with(w)) && word != "maximum";
        let least = word.starts_with("minimi");
        let beside = metric(sheet.word(i + 1)).is_some() && !sheet.is(i.wrapping_sub(1), &["at"]);
        // "the best Product X SPIFF rate for net"
        let good = sheet.is(i, &["best", "ideal", "right"]);
        let purpose = (i + 1..(i + 9).min(sheet.len()))
            .find(|k| good && sheet.word(*k) == "for" && metric(sheet.word(k + 1)).is_some());
        // "optimise the Product X SPIFF for margin"
        let wide = (i + 1..sheet.len())
            .find(|k| most && sheet.word(*k) == "for" && metric(sheet.word(k + 1)).is_some());
        let purpose = purpose.or(wide);
        // "the best rate": of all the one that leaves most.
        let said = (0..sheet.len())
            .any(|k| ["maxim", "minim", "optim"].iter().any(|w| sheet.word(k).starts_with(w)));
        let rate = sheet.is(i + 1, &["rate", "value", "setting"]) && sheet.before(i) == "the";
        let most = most || good && rate && !said;
        let most = most || beside && sheet.is(i, &["highest", "most", "best", "greatest", "largest"]);
        if let Some(k) = purpose {
            let metric = metric(sheet.word(k + 1)).flatten();
            return Some(Aim {
                metric,
                direction: "maximize",
                value: None,
                relative: None,
                at: k..k + 2,
                gain: false,
            });
        }
        let least = least || beside && sheet.is(i, &["lowest", "smallest"]);
        if !(most || least) || !sheet.free(i) {
            return None;
        }
        // "the revenue-maximizing rate"
        let hyphen = usize::from(sheet.word(i.wrapping_sub(1)) == "-");
        let fronted = i
            .checked_sub(1 + hyphen)
            .filter(|k| sheet.word(i).ends_with("ing") && metric(sheet.word(*k)).is_some());
        if let Some(k) = fronted {
            let direction = if least { "minimize" } else { "maximize" };
            let metric = metric(sheet.word(k)).flatten();
            return Some(Aim { metric, direction, value: None, relative: None, at: k..i + 1, gain: false });
        }
        let k = (i + 1..(i + 5).min(sheet.len())).find(|k| metric(sheet.word(*k)).is_some());
        let named = k.and_then(|k| metric(sheet.word(k)));
        let direction = if least { "minimize" } else { "maximize" };
        // The best rate of all is the one that leaves most.
        let metric = named.unwrap_or(Some("net"));
        let end = k.map_or(i + 1, |k| k + 1);
        Some(Aim { metric, direction, value: None, relative: None, at: i..end, gain: false })
    })
}

/// The metric that a word names, where it is no part of a name: "Volume Rebate".
pub(super) fn metric_at(sheet: &Sheet<'_>, k: usize) -> Option<Option<&'static str>> {
    metric(sheet.word(k)).filter(|_| sheet.uses.get(k) != Some(&Use::Name))
}
