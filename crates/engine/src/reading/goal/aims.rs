//! What a goal wants, word by word: a metric with a number beside it, the most or the
//! least of one, to break even; how sure one wants to be. Does not decide whether the
//! question is a goal at all.

use std::ops::Range;

use rust_decimal::Decimal;

use super::phrases::{kept, pays_for_itself, product_noun, spendable, superlative};
use crate::reading::lexicon;
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
fn metric(word: &str) -> Option<Option<&'static str>> {
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

const UNDER: &[&str] =
    &["under", "below", "within", "most", "max", "maximum", "less", "beneath", "exceeding", "exceed"];
const OVER: &[&str] = &["above", "over", "least", "beyond", "exceeds"];
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
        if let Some(aim) = superlative(sheet, i) {
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

/// A number beside a metric: what is to be reached, gained or kept.
pub(super) fn with_number(sheet: &Sheet<'_>, number: &Number) -> Option<Aim> {
    let value = number.value?;
    let (start, end) = (number.at.start, number.at.end);
    let percent = number.given == Given::Percent;
    if let Some(aim) = kept(sheet, number) {
        return Some(aim);
    }
    let more = compared(sheet, number, lexicon::MORE, &["up", "higher"]);
    let fewer = compared(sheet, number, &["less", "fewer", "lower"], &[]);
    let aim = |metric_at: usize, direction, value: Decimal, change: bool| {
        let last = (metric_at + 1).max(end).max(end + usize::from(more || fewer));
        Some(Aim {
            metric: metric(sheet.word(metric_at))?,
            direction,
            value: Some(value),
            relative: Some(if percent { "percent" } else { "absolute" }),
            at: lead(sheet, metric_at.min(start))..last,
            gain: change && !percent,
        })
    };
    if let Some(aim) = spendable(sheet, number, value) {
        return Some(aim);
    }
    let near =
        |words: &[&str], reach: usize| (start.saturating_sub(reach)..start).any(|i| sheet.is(i, words));
    let added = near(&["add", "adds", "adding", "gain", "gains", "gaining"], 4);
    // "the 50-unit tier"
    if sheet.is(
        end,
        &["tier", "tiers", "band", "bracket", "rung", "step", "level", "threshold", "minimum", "target"],
    ) {
        return None;
    }
    // "100 more pumps", "200 sensors"
    let counted = sheet.skip(end, &["more", "extra", "additional", "fewer", "less"]);
    let pieces = number.given == Given::Bare && product_noun(sheet, counted);
    if number.given == Given::Units || pieces {
        let more = more || pieces && sheet.is(end, lexicon::MORE);
        let end = if pieces { counted + 1 } else { end };
        let units = Aim {
            metric: Some("units"),
            direction: "at_least",
            value: Some(value),
            relative: Some("absolute"),
            at: lead(sheet, start)..end + usize::from(more && sheet.is(end, lexicon::MORE)),
            gain: more || added,
        };
        return Some(units);
    }
    // "at least 40 partners earn"
    if sheet.is(end, lexicon::PARTNER_NOUNS) && sheet.is(end + 1, &["earn", "earning", "earned"]) {
        return Some(Aim {
            metric: Some("partners_earning"),
            direction: "at_least",
            value: Some(value),
            relative: Some("absolute"),
            at: lead(sheet, start)..end + 2,
            gain: false,
        });
    }
    let after = (end..(end + 4).min(sheet.len())).find(|k| metric_at(sheet, *k).is_some());
    if let Some(k) = after {
        let gives_up = (start.saturating_sub(5)..start)
            .any(|i| sheet.is(i, &["giving", "give"]) && sheet.is(i + 1, &["up", "away"]));
        if gives_up || near(&["losing", "lose", "loss", "dropping", "sacrificing"], 5) {
            return aim(k, "at_least", -value, true);
        }
        if more || fewer {
            return if fewer { aim(k, "at_most", -value, true) } else { aim(k, "at_least", value, true) };
        }
        if near(&["save", "saves", "saving"], 4) {
            return aim(k, "at_most", -value, true);
        }
        if percent && number.sign == Some(true) && k == end {
            return aim(k, "at_least", value, true);
        }
        let rise = ["growth", "uplift", "increase", "rise", "lift", "jump", "gain", "boost"];
        if percent && k <= end + 1 && (k.saturating_sub(1)..k + 2).any(|i| sheet.is(i, &rise)) {
            return aim(k, "at_least", value, true);
        }
        let mut ahead = start;
        while ahead > 0 && sheet.is(ahead - 1, &["a", "the", "of", "about"]) {
            ahead -= 1;
        }
        if !percent && capped(sheet, ahead) {
            return aim(k, "at_most", value, false);
        }
        if !percent && added {
            return aim(k, "at_least", value, true);
        }
    }
    let k = (start.saturating_sub(6)..start).rev().find(|k| metric_at(sheet, *k).is_some())?;
    let between = |words: &[&str]| (k..start).any(|i| sheet.is(i, words));
    let stops = |i: usize| sheet.is(i, &["before", "until", "till"]);
    let reaches =
        between(&["tops", "hits", "reaches", "passes", "crosses", "exceeds", "goes", "gets", "is", "breaks"])
            && (k.saturating_sub(3)..k).any(stops);
    let down = sheet.follows(start.saturating_sub(2), &["down", "to"]);
    // "before it costs more than €6,000"
    let beyond = between(&["more", "over", "above", "beyond"]) && (k.saturating_sub(3)..k).any(stops);
    let reaches = reaches || beyond;
    // "before units drop below 900"
    let stays = (k.saturating_sub(3)..k).any(stops) && between(&["below", "under", "beneath", "less"]);
    if stays
        && between(&[
            "drop", "drops", "fall", "falls", "go", "goes", "sink", "sinks", "slip", "slips", "is", "are",
        ])
    {
        return aim(k, "at_least", value, false);
    }
    if between(UNDER) || down || reaches || (k..start).any(|i| capped(sheet, i + 1)) {
        return aim(k, "at_most", value, false);
    }
    if (k..start).any(|i| sheet.follows(i, &["no", "less", "than"])) {
        return aim(k, "at_least", value, false);
    }
    if between(OVER) {
        let kept = (k.saturating_sub(3)..start).any(|i| {
            sheet.is(
                i,
                &[
                    "without",
                    "not",
                    "never",
                    "don't",
                    "mustn't",
                    "can't",
                    "cannot",
                    "shouldn't",
                    "won't",
                    "no",
                    "mustnt",
                    "cant",
                ],
            )
        });
        return aim(k, if kept { "at_most" } else { "at_least" }, value, false);
    }
    let by = sheet.before(start) == "by" || between(&["up"]);
    let raised = (k.saturating_sub(3)..k).any(|i| sheet.is(i, lexicon::UP)) || between(lexicon::UP);
    let grows = percent && sheet.is(start.wrapping_sub(1), lexicon::UP);
    if (by || grows) && raised {
        return aim(k, "at_least", value, true);
    }
    let cut = (k.saturating_sub(3)..k).any(|i| sheet.is(i, lexicon::DOWN)) || between(lexicon::DOWN);
    if by && cut {
        return aim(k, "at_most", -value, true);
    }
    if fewer || more {
        return if fewer { aim(k, "at_most", -value, true) } else { aim(k, "at_least", value, true) };
    }
    // "keep payout at 30,000": what is paid has no least.
    let paid = metric_at(sheet, k) == Some(Some("payout"));
    if matches!(sheet.before(start), "to" | "of" | "at") && !percent && paid {
        return aim(k, "at_most", value, false);
    }
    if matches!(sheet.before(start), "to" | "of" | "at") && !percent {
        return aim(k, "at_least", value, false);
    }
    None
}

/// The metric that a word names, where it is no part of a name: "Volume Rebate".
pub(super) fn metric_at(sheet: &Sheet<'_>, k: usize) -> Option<Option<&'static str>> {
    metric(sheet.word(k)).filter(|_| sheet.uses.get(k) != Some(&Use::Name))
}

/// Whether a comparative stands right behind a number or right before it.
fn compared(sheet: &Sheet<'_>, number: &Number, words: &[&str], behind: &[&str]) -> bool {
    let before = sheet.skip(number.at.start.saturating_sub(1), &["an", "a"]).min(number.at.start);
    (number.at.end..number.at.end + 2).any(|i| sheet.is(i, words) || sheet.is(i, behind))
        || before < number.at.start && sheet.is(before, words)
        || sheet.follows(number.at.end, &["on", "top"])
}

/// "at most", "no more than", "up to" right before a place.
fn capped(sheet: &Sheet<'_>, end: usize) -> bool {
    const PHRASES: &[&[&str]] = &[
        &["at", "most"],
        &["no", "more", "than"],
        &["not", "more", "than"],
        &["up", "to"],
        &["under"],
        &["below"],
    ];
    PHRASES.iter().any(|p| end >= p.len() && sheet.follows(end - p.len(), p))
}

/// The verbs that lead an aim: "gets us", "while keeping", "lifts".
pub(super) fn lead(sheet: &Sheet<'_>, from: usize) -> usize {
    let words = [
        "gets",
        "get",
        "us",
        "gives",
        "give",
        "keep",
        "keeps",
        "keeping",
        "while",
        "still",
        "and",
        "the",
        "our",
        "without",
        "more",
        "than",
        "losing",
        "lose",
        "lifts",
        "lift",
        "raises",
        "raise",
        "by",
        "total",
        "with",
        "to",
        "that",
        "at",
        "least",
        "bring",
        "brings",
        "reach",
        "reaches",
        "achieve",
        "achieves",
        "we",
        "a",
        ",",
        "most",
        "no",
        "stay",
        "staying",
        "sell",
        "sells",
        "selling",
        "move",
        "ship",
        "an",
        "add",
        "adds",
        "adding",
        "in",
        "for",
        "so",
        "would",
        "will",
        "order",
        "gain",
        "another",
        "extra",
        "additional",
        "save",
        "saves",
        "saving",
        "of",
        "about",
        "kept",
        "make",
        "makes",
        "before",
        "until",
        "under",
    ];
    let mut start = from;
    while start > 0
        && sheet.free(start - 1)
        && (sheet.is(start - 1, &words) || sheet.is(start - 1, lexicon::UP))
    {
        start -= 1;
    }
    start
}
