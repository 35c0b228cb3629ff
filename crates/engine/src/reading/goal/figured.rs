//! A number beside a metric: what is to be reached, gained or kept.

use rust_decimal::Decimal;

use crate::reading::lexicon;
use crate::reading::numbers::{Given, Number};
use crate::reading::sheet::Sheet;

use super::aims::{Aim, metric, metric_at};
use super::phrases::{kept, product_noun, spendable};

const UNDER: &[&str] =
    &["under", "below", "within", "most", "max", "maximum", "less", "beneath", "exceeding", "exceed"];

const OVER: &[&str] = &["above", "over", "least", "beyond", "exceeds"];

/// A number beside a metric: what is to be reached, gained or kept.
pub(super) fn with_number(sheet: &Sheet<'_>, number: &Number) -> Option<Aim> {
    let value = number.value?;
    let (start, end) = (number.at.start, number.at.end);
    let percent = number.given == Given::Percent;
    // "no more than $30 per unit": a rate.
    let each = sheet.is(end, &["a", "per", "/", "each"]) && sheet.is(end + 1, &["unit", "piece", "sale"]);
    if number.given == Given::Money && each {
        return None;
    }
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
    // "5% more units without going over $45": a rate, none of what is counted.
    let counts = matches!(metric_at(sheet, k), Some(Some("units" | "partners_earning")));
    if number.given == Given::Money && counts {
        return None;
    }
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
