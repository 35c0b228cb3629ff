//! A clause that sets the scene: "Elite partners complain that they hit the ceiling.",
//! "We still have a lot of them in the warehouse, so …". It has a subject and a verb of
//! its own, no figure and no wish, and what is asked is said in full beside it. Whom it
//! names is who speaks, unless the question leads back to them.

use std::ops::Range;

use super::number_word;
use crate::reading::sheet::Sheet;
use crate::reading::{clauses, frame, lexicon};

/// Finite verbs by which a clause tells how things are.
const VERBS: &[&str] = &[
    "is",
    "are",
    "was",
    "were",
    "isn't",
    "aren't",
    "has",
    "have",
    "had",
    "gave",
    "say",
    "says",
    "hit",
    "hits",
    "want",
    "wants",
    "complain",
    "complains",
    "love",
    "loves",
    "feel",
    "feels",
    "i'm",
    "we're",
    "they're",
    "launched",
    "keep",
    "keeps",
    "tell",
    "tells",
    "think",
    "thinks",
    "went",
    "ask",
    "asks",
    "miss",
    "missed",
    "can't",
    "cannot",
    "don't",
    "doesn't",
    "expect",
    "expects",
    "report",
    "struggle",
    "struggles",
    "need",
    "needs",
];
/// Words of a wish, a limit or a supposition: what they say may be meant for the answer.
const WISHES: &[&str] = &[
    "must",
    "should",
    "shall",
    "only",
    "if",
    "suppose",
    "supposing",
    "imagine",
    "assume",
    "assuming",
    "what",
    "what's",
    "how",
    "which",
    "who",
    "whose",
    "where",
    "when",
    "instead",
    "rather",
    "unless",
    "wherever",
    "whenever",
    "except",
    "excluding",
    "excluded",
    "exclude",
    "without",
    "let's",
    "lets",
    "let",
    "please",
    "could",
    "would",
    "can",
    "may",
    "might",
    "limited",
    "restricted",
    "ineligible",
    "compare",
    "versus",
    "vs",
    "or",
    "test",
    "try",
    "run",
    "show",
    "either",
    "until",
    "propose",
    "proposed",
    "suggest",
    "suggests",
    "think",
    "thinking",
    "planned",
    "want",
    "wants",
    "like",
];
/// Verbs of people who say or meet with something.
const SAYS: &[&str] = &[
    "say",
    "says",
    "said",
    "complain",
    "complains",
    "complained",
    "tell",
    "told",
    "hit",
    "hits",
    "reach",
    "reached",
    "keep",
    "keeps",
    "love",
    "hate",
    "feel",
    "think",
    "believe",
    "report",
    "reported",
    "miss",
    "missed",
    "ask",
    "asked",
    "mention",
    "mentioned",
];
/// Who speaks for a place: "the Nordic team".
const SPEAKERS: &[&str] = &[
    "team",
    "director",
    "head",
    "heads",
    "manager",
    "managers",
    "office",
    "colleagues",
    "lead",
    "vp",
    "people",
    "guys",
];

/// Whether a clause only sets the scene for what is asked beside it.
pub(super) fn sets(sheet: &Sheet<'_>, at: &Range<usize>) -> bool {
    let first = sheet.skip(at.start, &["so", "and", "but", "since", "because", "as", "given", "that", "now"]);
    let long = at.len() >= 3 && at.len() < sheet.len();
    let speaks = clauses::speaks(sheet, at) || at.clone().any(|i| sheet.is(i, VERBS));
    let pronoun = sheet.is(
        first,
        &["it", "it's", "this", "that", "that's", "they", "these", "those", "there", "say", "like"],
    );
    let orders =
        lexicon::mover(sheet.word(first)) || sheet.is(first, &["don't", "dont", "not", "never", "no"]);
    if !long || !speaks || pronoun || orders {
        return false;
    }
    let quiet = at.clone().all(|i| {
        let symbol = sheet.is(i, &["$", "€", "£", "%"]);
        let wish = sheet.is(i, WISHES) && !sheet.is(i + 1, SPEAKERS);
        // "Nobody is to get more": what is to be.
        let wish = wish || sheet.is(i, &["is", "are"]) && sheet.word(i + 1) == "to";
        let moves = lexicon::mover(sheet.word(i)) && moves_term(sheet, at, i);
        // A name of the company is looked at below.
        let narrows = frame::narrows(sheet, at, i) && !sheet.names.words.contains(sheet.word(i));
        !sheet.is_number(i) && !number_word(sheet, i) && !symbol && !wish && !moves && !narrows
    });
    quiet && times(sheet, at) && people(sheet, at) && said_in_full(sheet, at)
}

/// A verb with a term, a program or a pronoun as its object.
fn moves_term(sheet: &Sheet<'_>, at: &Range<usize>, i: usize) -> bool {
    let object = sheet.skip(i + 1, &["of", "the", "our", "its", "their", "a", "an"]);
    let noun = sheet.is(i.wrapping_sub(1), &["the", "a", "their", "our", "any"]);
    let kind = (object..(object + 6).min(at.end)).any(|k| lexicon::kind(sheet.word(k)).is_some());
    kind || !noun && sheet.is(object, &["it", "them", "that", "this"])
}

/// A time in it is its own only where the question has one too.
fn times(sheet: &Sheet<'_>, at: &Range<usize>) -> bool {
    let quarter = |i: usize| {
        let word = sheet.word(i);
        let rest =
            word.strip_prefix('q').or_else(|| word.strip_prefix('h')).or_else(|| word.strip_prefix("fy"));
        rest.is_some_and(|r| !r.is_empty() && r.chars().all(|c| c.is_ascii_digit()))
    };
    let time = |i: usize| frame::time(sheet, i) || quarter(i);
    let timed = at.clone().any(time);
    // "… in October, November and December": the clause ends within a list of times.
    if at.end > at.start && time(at.end - 1) && (at.end..at.end + 2).any(time) {
        return false;
    }
    let mut rest = (0..at.start).chain(at.end..sheet.len());
    !timed || rest.any(time)
}

/// Whom it names only speaks, and the question does not lead back to them.
fn people(sheet: &Sheet<'_>, at: &Range<usize>) -> bool {
    let catalog = &sheet.company.catalog;
    let lower = |s: &str| s.to_lowercase();
    let tier = |w: &str| catalog.partners.iter().any(|p| lower(&p.tier) == w);
    let region = |w: &str| catalog.partners.iter().any(|p| lower(&p.region) == w);
    let kinds =
        ["reseller", "resellers", "distributor", "distributors", "msp", "msps", "referral", "referrals"];
    let partner = |i: usize| {
        sheet.tokens[i].name_like
            && !sheet.names.partners_with(sheet.word(i)).is_empty()
            && !lexicon::known(sheet.word(i))
    };
    let named = |i: &usize| {
        let word = sheet.word(*i);
        tier(word) || region(word) || kinds.contains(&word) || partner(*i)
    };
    let people: Vec<usize> = at.clone().filter(named).collect();
    let Some(first) = people.first().copied() else { return true };
    let opening = sheet.skip(
        at.start,
        &[
            "the", "our", "several", "some", "many", "most", "all", "a", "few", "since", "because", "as",
            "so", "and",
        ],
    );
    let behind = sheet.skip(first + 1, lexicon::PARTNER_NOUNS);
    let asked = sheet.is(behind, &["have", "has"])
        && (sheet.is(behind + 1, &["asked", "complained", "told", "hit"])
            || sheet.word(behind + 1) == "been"
                && sheet.is(
                    behind + 2,
                    &[
                        "on",
                        "asking",
                        "complaining",
                        "pushing",
                        "telling",
                        "saying",
                        "begging",
                        "moaning",
                        "calling",
                    ],
                ));
    let speaks = asked || sheet.is(behind, SAYS) || sheet.is(first + 1, SPEAKERS);
    let place = region(sheet.word(first)) && behind == first + 1 && !sheet.is(first + 1, SPEAKERS);
    let back = (0..at.start)
        .chain(at.end..sheet.len())
        .any(|i| sheet.is(i, &["they", "them", "their", "theirs", "there", "those", "these", "both"]));
    first == opening && speaks && !place && !back
}

/// Whether what stands beside it names a program by its kind and an amount or a move.
fn said_in_full(sheet: &Sheet<'_>, at: &Range<usize>) -> bool {
    let rest: Vec<usize> = (0..at.start).chain(at.end..sheet.len()).collect();
    let named = rest
        .iter()
        .any(|i| lexicon::kind(sheet.word(*i)).is_some() || frame::named(sheet, *i) && !at.contains(i));
    let moved = rest.iter().any(|i| {
        sheet.is_number(*i)
            || lexicon::mover(sheet.word(*i))
            || lexicon::MULTIPLY.contains(&sheet.word(*i))
            || number_word(sheet, *i)
    });
    let it = rest.iter().any(|i| sheet.is(*i, &["it", "its", "that", "this"]) && !idle_it(sheet, *i))
        && at.clone().any(|i| lexicon::kind(sheet.word(i)).is_some() || term(sheet.word(i)));
    named && moved && !it
}

/// "worth it", "is it a good idea", "would it help": no term and no program.
fn idle_it(sheet: &Sheet<'_>, i: usize) -> bool {
    sheet.word(i) == "it"
        && (sheet.is(i.wrapping_sub(1), &["worth", "is", "would", "does", "was", "make", "do"])
            || sheet.before(i) == "about")
        && !lexicon::mover(sheet.word(i + 1))
        && !sheet.is(i + 1, &["be", "pay", "paid", "were", "at"])
}

fn term(word: &str) -> bool {
    [lexicon::CAP, lexicon::BUDGET].iter().any(|list| list.contains(&word))
        || matches!(word, "target" | "minimum" | "threshold" | "accelerator" | "override")
}
