//! Whether a question looks for a value: "what rate gets …", "how much must it rise to
//! …", "the cheapest way to …". Knows nothing of what is to be reached.

use super::aims::Aim;
use crate::reading::sheet::{Sheet, Use};

/// Words behind "what" and "which" that ask for something else than a value.
const OTHERWISE: &[&str] = &["if", "happens", "would", "does", "do", "will", "are", "is"];
const NEEDS: &[&str] = &["need", "needs", "needed", "have", "has", "had", "must", "ought"];
const FINDS: &[&str] = &["find", "solve", "determine", "calculate", "identify"];

/// Whether the question looks for a value.
pub(super) fn seeks(sheet: &Sheet<'_>, aims: &[Aim]) -> bool {
    let whole = |a: &Aim| matches!(a.direction, "break_even" | "maximize" | "minimize");
    // "which rate maximises net if payout may not go above 70k": a bound, no supposition.
    let bounded = asks_which(sheet) && aims.iter().any(whole);
    if aims.is_empty() || sheet.has(&["if"]) && !sheet.has(&["how"]) && !bounded {
        return false;
    }
    let weighs = sheet.has(&["or", "vs", "versus"]);
    let steered = (0..3)
        .any(|i| sheet.is(i, &["maximize", "maximise", "minimize", "minimise", "optimize", "optimise"]));
    aims.iter().any(whole) && !weighs
        || sheet.has(FINDS)
        || steered
        || asks_which(sheet)
        || needs(sheet)
        || how_far(sheet)
        || sets_goal(sheet)
        || least(sheet)
}

/// Where a sentence begins, behind polite words.
fn openings(sheet: &Sheet<'_>) -> impl Iterator<Item = usize> {
    let polite = [
        "at", "so", "and", "to", "tell", "me", "please", "by", "in", "for", "then", "show", "give", "up",
        "from", "down",
    ];
    let begins = |i: usize| i == 0 || sheet.is(i - 1, &[".", ":", "?", "!", ",", ";", "-", "–", "—"]);
    (0..sheet.len()).filter(move |i| begins(*i)).map(move |i| sheet.skip(i, &polite))
}

/// "What rate gets …", "…: which one do we need"; at the start the noun is enough.
fn asks_which(sheet: &Sheet<'_>) -> bool {
    let verbs = [
        "must", "need", "should", "gets", "get", "needs", "has", "take", "takes", "required", "brings",
        "gives", "would",
    ];
    openings(sheet).enumerate().any(|(k, i)| {
        let asks = sheet.is(i, &["what", "which", "what's", "whats"]) && !sheet.is(i + 1, OTHERWISE);
        // "which Hydra Sell-Out rate adds …"
        let named = (i + 2..i + 7).any(|n| {
            sheet.is(n, &["rate", "level", "amount", "value"])
                && (i + 1..n).all(|k| !sheet.is(k, OTHERWISE) && !sheet.is(k, &[",", ".", "for", "of"]))
        });
        let value = named
            || sheet.is(i + 1, &["rate", "value", "amount", "level", "percentage"])
            || sheet.uses.get(i + 1) == Some(&Use::Name)
                && (i + 1..sheet.len())
                    .find(|n| sheet.uses[*n] != Use::Name)
                    .is_none_or(|n| sheet.word(n) == "?");
        asks && (k == 0 || value || (i + 1..sheet.len()).any(|n| sheet.is(n, &verbs)))
    })
}

/// "What would the SPIFF need to be for …", "how much would it have to rise to …",
/// "what would it take to …".
fn needs(sheet: &Sheet<'_>) -> bool {
    openings(sheet).any(|first| {
        let asks = sheet.is(first, &["what", "what's", "how", "where", "which"]);
        let end = (first..sheet.len()).find(|i| sheet.is(*i, &[".", "?", ";"])).unwrap_or(sheet.len());
        asks && (first..end).any(|i| {
            let bare =
                sheet.is(i, &["must", "should"]) && sheet.is(sheet.skip(i + 1, &["we"]), &["be", "pay"]);
            let takes = sheet.is(i, &["take", "takes"])
                && sheet.before(i) == "it"
                && (i + 1..end).any(|k| sheet.word(k) == "to");
            sheet.is(i, NEEDS) && sheet.is(i + 1, &["to"])
                || bare
                || takes
                || sheet.follows(i, &["must", "the"])
        })
    })
}

/// "How high can it go", "how much must it rise", "how much of an increase is needed".
fn how_far(sheet: &Sheet<'_>) -> bool {
    let modal = ["should", "must", "can", "need", "needs", "needed", "budget", "required", "necessary"];
    (0..sheet.len()).any(|i| {
        sheet.word(i) == "how"
            && (sheet.is(i + 1, &["high", "low", "far", "deep", "generous"])
                || sheet.is(i + 1, &["much", "many", "big", "large"])
                    && (i + 2..(i + 6).min(sheet.len())).any(|k| sheet.is(k, &modal))
                || sheet.follows(i + 1, &["much", "of"])
                    && (i + 3..sheet.len()).any(|k| sheet.is(k, &["needed", "required", "necessary"])))
    })
}

/// "Goal: 8% more revenue", "how do we get 10% more units with it".
fn sets_goal(sheet: &Sheet<'_>) -> bool {
    let goal = (0..sheet.len()).any(|i| {
        sheet.is(i, &["goal", "objective", "aim"]) && (i < 3 || sheet.is(i + 1, &[":", "is", "of"]))
    });
    let ways = (0..sheet.len()).any(|i| {
        sheet.word(i) == "how"
            && sheet.is(i + 1, &["do", "can", "could", "would"])
            && sheet.is(i + 2, &["we", "i", "you"])
            && sheet.is(i + 3, &["get", "reach", "achieve", "hit", "win", "gain", "earn", "make", "sell"])
    });
    goal || ways
}

/// "The cheapest way to …", "the least we'd have to pay … to get …".
fn least(sheet: &Sheet<'_>) -> bool {
    (0..sheet.len()).any(|i| {
        let tier =
            sheet.is(i + 1, &["tier", "tiers", "band", "bracket", "rung", "step", "level", "threshold"]);
        let way = (i + 1..sheet.len()).any(|k| {
            sheet.is(
                k,
                &[
                    "that", "which", "to", "where", "still", "for", "giving", "bringing", "getting",
                    "yielding",
                ],
            )
        });
        let led = i == 0 || sheet.is(i - 1, &["the", "-", "–", ":", ",", "."]);
        let largest = sheet.is(i, &["highest", "largest", "biggest", "maximum", "most"])
            && led
            && (i + 1..sheet.len())
                .any(|k| sheet.is(k, &["afford", "affordable", "fits", "allows", "gets", "brings"]));
        let least =
            largest || sheet.is(i, &["smallest", "lowest", "least"]) && led || sheet.word(i) == "cheapest";
        least && !tier && way
    })
}
