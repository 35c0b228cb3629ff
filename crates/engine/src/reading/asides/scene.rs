//! A sentence that tells how things are: "The Product Y Target Bonus expects 30 units a
//! quarter; what if that were 24?" What the rest leaves out and leads back to (the program,
//! its term, its people, its time) is kept; the rest of such a sentence goes, figures only
//! where they are a program's own or plainly of the past. Left whole in any doubt.

use std::ops::Range;

use super::{elsewhere, measured, moves, number_word};
use crate::reading::names::Entity;
use crate::reading::sheet::Sheet;
use crate::reading::token::Kind;
use crate::reading::{clauses, frame, lexicon, stated};

/// Finite verbs beyond those of `clauses`, by which a sentence tells something.
const TELLS: &[&str] = &[
    "expect",
    "cost",
    "stand",
    "sit",
    "run",
    "pay",
    "count",
    "cover",
    "earn",
    "work",
    "sells",
    "sell",
    "works",
    "runs",
    "ran",
    "pays",
    "paid",
    "costs",
    "expects",
    "requires",
    "gets",
    "earns",
    "caps",
    "sits",
    "stands",
    "find",
    "finds",
    "counts",
    "covers",
    "complain",
    "complains",
    "keep",
    "keeps",
    "say",
    "says",
    "tell",
    "tells",
    "think",
    "thinks",
    "feel",
    "feels",
    "love",
    "loves",
    "hate",
    "hates",
    "like",
    "likes",
    "ask",
    "asks",
    "report",
    "miss",
    "reach",
    "hit",
    "struggle",
    "struggles",
    "gave",
    "had",
    "has",
];
/// Words by which it asks, wishes, supposes or narrows.
#[rustfmt::skip]
const WISHES: &[&str] = &[
    "must", "should", "shall", "could", "would", "can", "may", "might", "let", "let's", "lets", "want", "wants",
    "propose", "proposed", "suggest", "suggests", "suppose", "imagine", "assume", "assuming", "unless", "except",
    "excluding", "without", "instead", "rather", "if", "whether", "what", "what's", "how", "which", "when", "where",
    "wherever", "whenever", "compare", "versus", "vs", "or", "either", "please", "need", "needs", "planned", "planning",
    "plan", "going", "will", "test", "try", "show", "ineligible", "restricted", "limited", "double", "doubled",
];
/// Words with which the rest leads back to such a sentence.
const BACK: &[&str] = &["it", "its", "it's", "that", "this", "those", "these", "same"];
const THEM: &[&str] = &["they", "them", "their", "theirs", "there"];

/// What goes of such sentences; nothing where none is told.
pub(super) fn left_out(sheet: &Sheet<'_>) -> Vec<Range<usize>> {
    let all = sentences(sheet);
    let told: Vec<&Range<usize>> = all.iter().filter(|at| tells(sheet, at)).collect();
    let inside = |i: usize| told.iter().any(|at| at.contains(&i));
    let rest: Vec<usize> = (0..sheet.len()).filter(|i| !inside(*i)).collect();
    if told.is_empty() || !rest.iter().any(|i| moves(sheet, *i)) {
        return Vec::new();
    }
    told.into_iter().filter_map(|at| goes(sheet, at, &rest)).flatten().collect()
}

fn sentences(sheet: &Sheet<'_>) -> Vec<Range<usize>> {
    let (mut out, mut from) = (Vec::new(), 0);
    for i in 0..sheet.len() {
        if clauses::ends(sheet, i) && !sheet.is(i, &["(", ")"]) {
            out.push(from..i);
            from = i + 1;
        }
    }
    out.push(from..sheet.len());
    out.retain(|at| !at.is_empty());
    out
}

/// Whether a sentence only tells something.
fn tells(sheet: &Sheet<'_>, at: &Range<usize>) -> bool {
    let first =
        sheet.skip(at.start, &["and", "so", "but", "well", "the", "our", "as", "since", "because", ","]);
    let people = sheet.is(first, lexicon::PARTNER_NOUNS)
        || sheet.is(first, &["reps", "resellers", "customers", "people"]);
    let strange = at.clone().any(|i| sheet.unknown(i) && !sheet.tokens[i].name_like);
    let tells = at.clone().any(|i| i > first && sheet.is(i, TELLS) && !frame::named(sheet, i));
    let speaks = clauses::speaks(sheet, at) || tells || people && strange;
    let orders = lexicon::mover(sheet.word(first)) && !sheet.is(first + 1, &["is", "are", "was"]);
    let wishes = at.clone().any(|i| {
        // "Nobody is to get more": what is to be.
        let to_be = sheet.is(i, &["is", "are"]) && sheet.word(i + 1) == "to";
        let nobody = sheet.is(i, &["nobody", "none"]) && sheet.has_in(at, &["more", "less", "get", "gets"]);
        sheet.is(i, WISHES) || to_be || nobody
    });
    // "I'm only the messenger": nobody is narrowed.
    let only = at.clone().any(|i| {
        sheet.is(i, &["only", "just", "alone"]) && !sheet.is(i.wrapping_sub(1), &["i'm", "i", "am", "we're"])
    });
    let switch =
        at.clone().any(|i| sheet.is(i, &["new", "existing"]) && sheet.word(i + 1).starts_with("customer"));
    let moves = at.clone().any(|i| {
        let verb = lexicon::mover(sheet.word(i)) && !sheet.word(i).ends_with("ed");
        let noun = sheet.is(i, &["limit", "cap", "keep", "keeps", "kept", "up", "down", "set", "made"]);
        verb && !noun && figures(sheet, at).next().is_some()
    });
    at.len() >= 3 && at.len() < sheet.len() && speaks && !orders && !wishes && (!only || switch) && !moves
}

fn figures<'s>(sheet: &'s Sheet<'_>, at: &Range<usize>) -> impl Iterator<Item = usize> + use<'s> {
    at.clone().filter(move |i| sheet.is_number(*i) || number_word(sheet, *i))
}

/// What of a told sentence goes; `None` where something of it may be meant.
fn goes(sheet: &Sheet<'_>, at: &Range<usize>, rest: &[usize]) -> Option<Vec<Range<usize>>> {
    let back = rest.iter().any(|i| sheet.is(*i, BACK));
    let them = rest.iter().any(|i| sheet.is(*i, THEM));
    let mut keep = vec![false; at.len()];
    let mut hold = |range: Range<usize>| range.for_each(|i| keep[i - at.start] = true);
    let programs = program_runs(sheet, at);
    let named_there = rest.iter().any(|i| lexicon::kind(sheet.word(*i)).is_some() || program_word(sheet, *i));
    let inside = |i: usize| programs.iter().any(|r| r.contains(&i));
    if !programs.is_empty() && !named_there {
        if programs.len() > 1 {
            return None;
        }
        programs.iter().cloned().for_each(&mut hold);
    }
    let terms_there = rest.iter().any(|i| term(sheet, *i));
    if back || !named_there && !terms_there {
        at.clone().filter(|i| term(sheet, *i) && !inside(*i)).for_each(|i| hold(i..i + 1));
    }
    let mut there = None;
    let past = clauses::past(sheet, at) || sheet.has_in(at, &["ran", "paid", "ago"]);
    let times: Vec<usize> = at.clone().filter(|i| time(sheet, *i) && !inside(*i)).collect();
    if !times.is_empty() {
        let those = rest.iter().any(|i| points(sheet, *i));
        if those {
            let lead = times
                .first()?
                .checked_sub(1)
                .filter(|i| at.contains(i) && sheet.is(*i, &["from", "in", "between"]));
            hold(lead.unwrap_or(*times.first()?)..*times.last()? + 1);
            there = rest.iter().copied().find(|i| points(sheet, *i)).map(|i| i..pointed(sheet, i));
        } else if !rest.iter().any(|i| time(sheet, *i)) && !past {
            return None;
        }
    }
    let groups: Vec<usize> = at.clone().filter(|i| group(sheet, *i) && !inside(*i)).collect();
    for i in groups {
        let counted = i > at.start && (sheet.is_number(i - 1) || number_word(sheet, i - 1));
        let again = rest.iter().any(|k| sheet.word(*k) == sheet.word(i));
        let speaks = sheet.skip(at.start, &["the", "our", "several", "some", "many", "most", "so", "and"])
            == i
            && (sheet.is(i + 1, SPEAKERS) || sheet.is(sheet.skip(i + 1, lexicon::PARTNER_NOUNS), SAYS));
        if counted {
            continue;
        }
        if them {
            hold(i..i + 1);
        } else if !(again || speaks) {
            return None;
        }
    }
    let words: Vec<&str> = programs.iter().flat_map(|r| r.clone().map(|i| sheet.word(i))).collect();
    let values = stated::values(sheet, &words);
    let subject = measured(sheet, at);
    for i in figures(sheet, at) {
        let dated =
            time(sheet, i) || time(sheet, i + 1) && !past || times.iter().any(|t| *t == i + 1 || t + 1 == i);
        let stated = stated::figure(sheet, i).is_some_and(|v| values.contains(&v));
        let own = stated || past && !times.is_empty();
        let other = programs.is_empty() && elsewhere(sheet, at, i, subject);
        if !(inside(i) || dated || own || other) {
            return None;
        }
    }
    bridge(sheet, at, &mut keep);
    let mut gone: Vec<Range<usize>> = at.clone().filter(|i| !keep[i - at.start]).map(|i| i..i + 1).collect();
    gone.extend(there);
    (!gone.is_empty()).then_some(gone)
}

const SPEAKERS: &[&str] =
    &["team", "crowd", "office", "people", "guys", "director", "head", "manager", "colleagues"];
const SAYS: &[&str] = &[
    "say",
    "says",
    "said",
    "complain",
    "complained",
    "tell",
    "told",
    "keep",
    "keeps",
    "ask",
    "asked",
    "grumble",
    "hate",
    "love",
    "moan",
    "feel",
    "think",
];

/// "those three months", "that quarter": leads back to a time.
fn points(sheet: &Sheet<'_>, i: usize) -> bool {
    sheet.is(i, &["those", "these", "that", "same"]) && pointed(sheet, i) > i
}

fn pointed(sheet: &Sheet<'_>, i: usize) -> usize {
    let nouns = ["months", "quarter", "weeks", "period", "month", "quarters"];
    (i + 1..i + 3).find(|k| sheet.is(*k, &nouns)).map_or(i, |k| k + 1)
}

/// Small words between what is kept, so that neighbours do not run together.
fn bridge(sheet: &Sheet<'_>, at: &Range<usize>, keep: &mut [bool]) {
    let small =
        ["in", "of", "the", "on", "for", "our", "under", "from", "at", "to", "and", "until", "through"];
    let kept: Vec<usize> = (0..keep.len()).filter(|k| keep[*k]).collect();
    for pair in kept.windows(2) {
        let between = pair[0] + 1..pair[1];
        if between.clone().all(|k| sheet.is(at.start + k, &small)) {
            between.for_each(|k| keep[k] = true);
        }
    }
}

/// Runs of words that name a program.
fn program_runs(sheet: &Sheet<'_>, at: &Range<usize>) -> Vec<Range<usize>> {
    let own = |i: usize| {
        lexicon::kind(sheet.word(i)).is_some() && sheet.word(i) != "plan"
            || sheet.names.programs.iter().any(|p| p.strong.contains(sheet.word(i)))
                && (sheet.tokens[i].name_like || !lexicon::filler(sheet.word(i)))
            || frame::named(sheet, i) && !group(sheet, i)
    };
    let joint = |i: usize| sheet.word(i) == "-" && !sheet.tokens[i].spaced;
    let (mut out, mut i) = (Vec::new(), at.start);
    while i < at.end {
        let mut end = i;
        while end < at.end && (own(end) || joint(end) && end > i) {
            end += 1;
        }
        if (i..end).any(|k| lexicon::kind(sheet.word(k)).is_some() || program_word(sheet, k)) {
            out.push(i..end);
        }
        i = end.max(i) + 1;
    }
    out
}

/// A word of a program's name that is no common word.
fn program_word(sheet: &Sheet<'_>, i: usize) -> bool {
    let word = sheet.word(i);
    let strange = sheet.tokens.get(i).is_some_and(|t| t.name_like) || !lexicon::known(word);
    sheet.is_word(i)
        && strange
        && !group(sheet, i)
        && sheet.names.programs.iter().any(|p| p.strong.contains(word))
}

fn group(sheet: &Sheet<'_>, i: usize) -> bool {
    let groups = |e: &Entity| matches!(e, Entity::Tier(_) | Entity::Region(_) | Entity::Type(_));
    let found = sheet.names.of_run(sheet.word(i));
    let partner = sheet.is_word(i)
        && sheet.tokens[i].name_like
        && !lexicon::known(sheet.word(i))
        && !sheet.names.words.contains(sheet.word(i))
        && !sheet.names.partners_with(sheet.word(i)).is_empty();
    partner || !found.is_empty() && found.iter().all(groups)
}

fn time(sheet: &Sheet<'_>, i: usize) -> bool {
    let word = sheet.word(i);
    let part = word.strip_prefix(['q', 'h']).or_else(|| word.strip_prefix("fy"));
    let numbered = part.is_some_and(|r| !r.is_empty() && r.chars().all(|c| c.is_ascii_digit()));
    let year = sheet.is_number(i) && word.len() == 4 && word.starts_with("20");
    numbered || year || i < sheet.len() && frame::time(sheet, i)
}

/// A word of a term, with what says which one: "per - transaction cap", "new customers".
fn term(sheet: &Sheet<'_>, i: usize) -> bool {
    let word = sheet.word(i);
    let plain = [lexicon::CAP, lexicon::BUDGET].iter().any(|list| list.contains(&word))
        || matches!(
            word,
            "target"
                | "minimum"
                | "threshold"
                | "accelerator"
                | "override"
                | "registration"
                | "marginal"
                | "retroactive"
        );
    let which = sheet.is(i, &["per", "new", "existing", "deal"])
        || sheet.is(i, &["transaction", "partner", "customer", "customers"])
            && (sheet.is(i.wrapping_sub(1), &["per", "new", "existing"])
                || sheet.word(i.wrapping_sub(1)) == "-" && sheet.word(i.wrapping_sub(2)) == "per");
    plain || which || sheet.tokens[i].kind == Kind::Symbol && sheet.word(i) == "-" && sheet.before(i) == "per"
}
