//! Orders and questions that no scenario answers, though they name a program: errands
//! ("email the figures"), lists of the data ("the top 10 partners"), terms that are none
//! of a lever's ("the claims deadline"). Says which; the answer is that it is outside.

use super::lexicon;
use super::operations::Verb;
use super::splitting::{Slot, Survey};

/// Things to do with what is known, which a reader of questions does not do.
const ERRANDS: &[&str] = &[
    "email", "mail", "send", "forward", "book", "schedule", "invite", "print", "export", "download",
    "upload", "delete", "notify", "remind", "message", "text", "fax", "file", "archive", "approve",
    "publish",
];
/// What may be asked to be sent or shown and is a question about the rules all the same.
const RULES: &[&str] = &["rules", "rule", "terms", "clause", "clauses", "conditions", "details", "deadline"];
const POLITE: &[&str] = &[
    "can", "could", "would", "will", "you", "and", "also", "then", "just", "i", "need", "want", "to", "like",
    "us", "so", "ok", "hi", "hey", "hello", "now", ",",
];

/// "Can you email the figures and book the van": an errand, and no change beside it.
pub(crate) fn errand(survey: &Survey<'_>) -> bool {
    let sheet = &survey.sheet;
    let first = sheet.skip(0, POLITE);
    // "remind me until when it runs": a way of asking.
    let me = sheet.is(first + 1, &["me", "us", "yourself"])
        && sheet.is(first, &["remind", "send", "text", "mail"]);
    sheet.is(first, ERRANDS) && !me && !sheet.has(RULES) && still(survey)
}

/// "Show me the top 10 partners by revenue": a list of the data.
pub(crate) fn ranking(survey: &Survey<'_>) -> bool {
    let sheet = &survey.sheet;
    let things = |i: usize| {
        sheet.is(i, lexicon::PARTNER_NOUNS) && !sheet.is(i, &["tier", "tiers"])
            || sheet.is(
                i,
                &["resellers", "distributors", "customers", "products", "deals", "sellers", "msps", "skus"],
            )
    };
    let ranks = |i: usize| {
        let top =
            sheet.is(i, &["top", "best", "biggest", "largest", "worst", "bottom", "weakest", "strongest"]);
        let next = i + 1 + usize::from(sheet.is_number(i + 1) || sheet.is(i + 1, lexicon::NUMBER_WORDS));
        let selling = next + usize::from(sheet.is(next, &["selling", "performing", "earning"]));
        top && (things(selling) || things(selling + 1))
    };
    let said = (0..sheet.len()).any(ranks)
        || sheet.has(&["ranking", "leaderboard"])
        || sheet.follows(0, &["list", "all"])
        || sheet.follows(0, &["list", "the"]) && (2..6).any(things);
    let who = sheet.is(0, &["who", "which"]) && (0..sheet.len()).any(ranks);
    said && survey.parts.ops.iter().all(|o| matches!(o.verb, Verb::Be))
        && (who || !survey.has(Slot::Program, &(0..sheet.len())))
}

/// "Shorten the claims deadline to 30 days": a term that no lever moves.
pub(crate) fn no_lever(survey: &Survey<'_>) -> bool {
    let sheet = &survey.sheet;
    let term = |i: usize| {
        sheet.is(i, &["deadline", "deadlines"])
            || sheet.is(i, &["claim", "claims", "reporting", "submission"])
                && sheet.is(i + 1, &["period", "window", "date", "time"])
            || sheet.is(i, &["payment", "payout"])
                && sheet.is(i + 1, &["date", "day", "terms", "schedule", "run"])
    };
    let money = survey
        .parts
        .numbers
        .iter()
        .any(|n| !sheet.is(n.at.end, &["day", "days", "week", "weeks", "month", "months"]));
    let free = |i: usize| sheet.free(i) && term(i);
    let moves = !still(survey)
        || sheet.has(&[
            "shorten",
            "shortened",
            "lengthen",
            "tighten",
            "postpone",
            "relax",
            "longer",
            "shorter",
            "earlier",
            "later",
        ]);
    let asks = sheet.is(0, &["when", "what", "what's", "is", "how", "until"]) && !sheet.has(&["if"]);
    (0..sheet.len()).any(free) && moves && !money && !asks
}

/// Whether nothing is moved and no amount is named.
fn still(survey: &Survey<'_>) -> bool {
    survey.parts.numbers.is_empty()
        && survey.parts.ops.iter().all(|o| matches!(o.verb, Verb::Be | Verb::Set | Verb::Include))
}
