//! The shape of sentences and clauses: where they end, whether they have a subject and
//! a verb of their own. Knows no program and no lever; decides nothing about meaning.

use std::ops::Range;

use super::lexicon;
use super::sheet::Sheet;
use super::token::Kind;

/// Who says or does something, as the subject of a clause.
const SUBJECTS: &[&str] = &[
    "i",
    "we",
    "you",
    "he",
    "she",
    "they",
    "it",
    "i'm",
    "we're",
    "they're",
    "you're",
    "he's",
    "she's",
    "it's",
    "i've",
    "we've",
    "they've",
    "i'd",
    "we'd",
    "they'd",
    "i'll",
    "we'll",
    "they'll",
    "that's",
    "there's",
    "there",
    "everyone's",
    "nobody",
    "somebody",
    "someone",
    "people",
];
/// Verbs that make a clause with any subject, and tell nothing of the past.
#[rustfmt::skip]
const PRESENT: &[&str] = &[
    "is", "are", "has", "have", "does", "will", "would", "can", "could", "should", "might", "says",
    "thinks", "wants", "asks", "keeps", "loves", "hates", "insists", "believes", "knows", "suggests",
    "hopes", "feels", "complains", "mentions", "reckons", "goes", "looks", "seems", "needs", "pays",
    "offers", "sucks", "breaks", "happens",
];
/// Those that do.
#[rustfmt::skip]
const TOLD: &[&str] = &[
    "was", "were", "had", "did", "said", "thought", "wanted", "asked", "told", "kept", "loved", "knew",
    "suggested", "felt", "complained", "mentioned", "went", "looked", "seemed", "needed", "lost", "won",
    "sold", "saw", "came", "got", "fell", "dropped", "grew", "rose", "slipped", "missed", "ended", "hit",
    "discussed", "agreed", "met", "made", "started", "announced",
];
/// What happened, in words that may as well be part of a request ("increased", "closed").
#[rustfmt::skip]
const HAPPENED: &[&str] = &[
    "bought", "closed", "signed", "hired", "shipped", "visited", "declined", "increased", "shrank",
    "doubled", "tripled", "halved", "improved", "spent", "dipped", "jumped", "tanked", "crashed", "climbed",
    "plunged",
];
/// What ends a sentence.
const ENDS: &[&str] = &[".", "?", "!", ";", ":", "…", "(", ")", "\u{b6}"];

/// Whether a token ends a sentence or stands for a dash between two.
pub(crate) fn ends(sheet: &Sheet<'_>, i: usize) -> bool {
    sheet.is(i, ENDS) || dash(sheet, i)
}

/// A dash with space on both sides, before a word.
pub(crate) fn dash(sheet: &Sheet<'_>, i: usize) -> bool {
    let long = sheet.is(i, &["—", "–"]);
    let short = sheet.is(i, &["-"]) && sheet.tokens[i].spaced;
    let next = sheet.tokens.get(i + 1);
    (long || short) && next.is_some_and(|t| t.kind == Kind::Word && (t.spaced || long))
}

/// The question cut at its sentences, and at commas before clauses of their own.
pub(crate) fn clauses(sheet: &Sheet<'_>) -> Vec<Range<usize>> {
    let (mut out, mut from) = (Vec::new(), 0);
    for i in 0..sheet.len() {
        let comma = sheet.word(i) == ",";
        let joint = sheet.is(i, &["so", "but", "and"])
            && (subject_at(sheet, i + 1)
                || sheet.is(i + 1, &["back", "then", "yesterday", "last"]) && speaks(sheet, &(from..i)));
        let reason = i > from && reason_at(sheet, i);
        if ends(sheet, i) || comma {
            out.push(from..i);
            from = i + 1;
        } else if joint || reason {
            out.push(from..i);
            from = i;
        }
    }
    out.push(from..sheet.len());
    out.retain(|c| !c.is_empty());
    out
}

/// The sentence that holds a place; what stands in brackets is part of it.
pub(crate) fn sentence(sheet: &Sheet<'_>, i: usize) -> Range<usize> {
    let stops = |k: usize| ends(sheet, k) && !sheet.is(k, &["(", ")"]);
    let start = (0..i).rev().find(|k| stops(*k)).map_or(0, |k| k + 1);
    let end = (i..sheet.len()).find(|k| stops(*k)).unwrap_or(sheet.len());
    start..end
}

fn finite(sheet: &Sheet<'_>, i: usize) -> bool {
    sheet.is(i, PRESENT) || sheet.is(i, TOLD)
}

fn subject_at(sheet: &Sheet<'_>, i: usize) -> bool {
    sheet.is(i, SUBJECTS)
}

/// "because …", "given how weak it is", "as we lost two": a reason follows.
pub(crate) fn reason_at(sheet: &Sheet<'_>, i: usize) -> bool {
    let speaks = |k: usize| {
        let k = sheet.skip(k, &["that", "how", "the", "our", "their", "all", "this", "most", "many", "some"]);
        subject_at(sheet, k) || (k..k + 4).any(|n| finite(sheet, n))
    };
    match sheet.word(i) {
        "because" | "coz" | "cos" => true,
        "given" | "cause" => speaks(i + 1),
        "since" | "as" => subject_at(sheet, i + 1) && !sheet.is(i + 2, &["is", "are", "stands"]),
        "now" => sheet.word(i + 1) == "that",
        _ => false,
    }
}

/// Whether a stretch has a subject and a verb of its own, and is no request.
pub(crate) fn speaks(sheet: &Sheet<'_>, at: &Range<usize>) -> bool {
    at.clone().any(|i| sheet.is(i, SUBJECTS) || finite(sheet, i))
}

/// Whether a stretch tells of the past.
pub(crate) fn past(sheet: &Sheet<'_>, at: &Range<usize>) -> bool {
    at.clone().any(|i| sheet.is(i, TOLD) || sheet.is(i, HAPPENED))
}

/// Whether a stretch begins like a question or a remark: "what breaks", "is it worth it".
pub(crate) fn asks(sheet: &Sheet<'_>, at: &Range<usize>) -> bool {
    const QUESTIONS: &[&str] = &[
        "what", "what's", "whats", "how", "how's", "how'd", "where", "why", "is", "are", "does", "do", "did",
        "will", "would", "can", "could", "should", "any", "am",
    ];
    let first = sheet.skip(at.start, &["and", "so", "but", "or", "then", "well", "ok"]);
    at.contains(&first) && sheet.is(first, QUESTIONS)
}

/// Words that would turn the rest round, wherever they stand.
pub(crate) fn turns(word: &str) -> bool {
    lexicon::NEGATION.contains(&word) || lexicon::EXCEPT.contains(&word) || lexicon::TURNING.contains(&word)
}
