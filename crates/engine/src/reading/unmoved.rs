//! What is said not to move: "instead of raising A", "don't touch the cap", "all else
//! equal". It needs no lever, and is taken off the sheet where the rest has one.

use std::ops::Range;

use super::names::Entity;
use super::sheet::{Sheet, Use};
use super::{frame, lexicon, stated};

/// Takes what stays as it is off the sheet.
pub(crate) fn claim(sheet: &mut Sheet<'_>) {
    given_up(sheet);
    untouched(sheet);
    same(sheet);
    all_else(sheet);
    figure_kept(sheet);
}

/// "leave the $24 of the Edge Gateway SPIFF as it is but …", "the SPIFF stays at $24, only
/// …": a figure of today's that stays, beside something that moves.
fn figure_kept(sheet: &mut Sheet<'_>) {
    const CUTS: &[&str] = &[",", ";", ".", "but", "and", "?", "!"];
    const LEADS: &[&str] = &["leave", "leaving", "keep", "keeping"];
    let mut found: Vec<usize> = Vec::new();
    for i in 0..sheet.len() {
        let stays = sheet.is(i, &["stays", "stay", "remains", "remain"]) && sheet.word(i + 1) == "at";
        if !(stays || sheet.is(i, LEADS) && sheet.is(i + 1, &["the", "at", "our"])) {
            continue;
        }
        let end = (i..sheet.len()).find(|k| sheet.is(*k, CUTS)).unwrap_or(sheet.len());
        let figures: Vec<usize> = (i..end).filter(|k| sheet.is_number(*k)).collect();
        let own = |w: &&str| !lexicon::known(w) && sheet.names.programs.iter().any(|p| p.strong.contains(*w));
        let words: Vec<&str> = (0..end).map(|k| sheet.word(k)).filter(own).collect();
        let values = stated::values(sheet, &words);
        let today = |k: &usize| stated::figure(sheet, *k).is_some_and(|v| values.contains(&v));
        let moves = (end..sheet.len()).any(|k| {
            lexicon::mover(sheet.word(k)) && !sheet.is(k, LEADS)
                || sheet.is(k, &["without", "no"])
                || sheet.is_number(k)
        });
        let group = |e: &Entity| matches!(e, Entity::Tier(_) | Entity::Region(_) | Entity::Type(_));
        let people = (i.saturating_sub(2)..end).any(|k| {
            let found = sheet.names.of_run(sheet.word(k));
            !found.is_empty() && found.iter().all(group)
        });
        if figures.is_empty() || people || !figures.iter().all(today) || !moves {
            continue;
        }
        // The program's name stays to say which one it is.
        let named = |k: usize| lexicon::kind(sheet.word(k)).is_some() || frame::named(sheet, k);
        found.extend((i..end).filter(|k| !named(*k)));
    }
    found.into_iter().for_each(|i| sheet.claim(i..i + 1, Use::Idle));
}

/// "Instead of raising A, cut B by 10%", "Don't raise A, raise B": what is not to
/// happen, said without an amount, beside what is.
fn given_up(sheet: &mut Sheet<'_>) {
    let cut = |i: usize| sheet.is(i, &[",", ";", ".", "!", "?"]);
    let ends: Vec<usize> = (0..=sheet.len()).filter(|i| *i == sheet.len() || cut(*i)).collect();
    let number = |at: &Range<usize>| {
        at.clone().any(|i| sheet.is_number(i) || lexicon::NUMBER_WORDS.contains(&sheet.word(i)))
    };
    let mut from = 0;
    let mut found = Vec::new();
    for end in ends {
        let at = from..end;
        from = end + 1;
        let first = sheet.skip(at.start, &["so", "and", "but", "please"]);
        let instead = sheet.follows(first, &["instead", "of"]) || sheet.follows(first, &["rather", "than"]);
        let not = (first..first + 3).find(|i| sheet.is(*i, &["don't", "dont", "won't", "wouldn't"]));
        let own = not.filter(|i| *i == first || sheet.is(i - 1, &["i", "we"]));
        let denied = own.is_some_and(|n| (n + 1..(n + 8).min(at.end)).any(|i| lexicon::mover(sheet.word(i))));
        let moves = at.clone().any(|i| lexicon::mover(sheet.word(i)) || sheet.word(i).ends_with("ing"));
        if (instead && moves || denied) && !number(&at) && at.end < sheet.len() {
            found.push(at);
        }
    }
    let beside = |at: &Range<usize>| {
        let rest = (0..at.start).chain(at.end..sheet.len());
        let rest: Vec<usize> = rest.filter(|i| !found.iter().any(|f| f.contains(i))).collect();
        let named = rest.iter().any(|i| lexicon::kind(sheet.word(*i)).is_some());
        let moved = rest.iter().any(|i| lexicon::mover(sheet.word(*i)));
        named
            && moved
            && rest.iter().any(|i| sheet.is_number(*i) || lexicon::MULTIPLY.contains(&sheet.word(*i)))
    };
    // "Don't raise A, lower it by 5%": A stays, raising it goes.
    let pronoun = |at: &Range<usize>| {
        let next: Vec<usize> = (at.end..sheet.len()).collect();
        let amount = next.iter().any(|i| sheet.is_number(*i) || lexicon::MULTIPLY.contains(&sheet.word(*i)));
        let it = next.windows(2).any(|w| {
            let it = |k: usize| sheet.is(k, &["it", "them", "that"]);
            lexicon::mover(sheet.word(w[0])) && it(w[1]) || it(w[0]) && lexicon::mover(sheet.word(w[1]))
        });
        let denies = at.clone().take(4).any(|i| sheet.is(i, &["don't", "dont", "won't", "wouldn't"]));
        denies && amount && it
    };
    let verbs: Vec<Range<usize>> = found
        .iter()
        .filter(|at| !beside(at) && pronoun(at))
        .filter_map(|at| {
            let verb = at.clone().find(|i| lexicon::mover(sheet.word(*i)))?;
            // "I don't want A paused, I want it halved": A is named before its verb.
            let name =
                (at.start..verb).find(|i| frame::named(sheet, *i) || lexicon::kind(sheet.word(*i)).is_some());
            Some(match name {
                Some(name) => vec![at.start..name, verb..verb + 1],
                None => vec![at.start..verb, verb..verb + 1],
            })
        })
        .flatten()
        .collect();
    let idle: Vec<Range<usize>> = found.iter().filter(|at| beside(at)).cloned().collect();
    idle.into_iter().chain(verbs).for_each(|at| sheet.claim(at, Use::Idle));
}

/// "Same budget, but …": a term that stays, said without a figure.
fn same(sheet: &mut Sheet<'_>) {
    for i in 0..sheet.len() {
        let term = |k: usize| {
            let word = sheet.word(k);
            let listed = [lexicon::CAP, lexicon::BUDGET].iter().any(|list| list.contains(&word));
            listed
                || matches!(
                    word,
                    "minimum" | "target" | "targets" | "tiers" | "thresholds" | "rules" | "terms"
                )
        };
        let after = sheet.is(i + 2, &[",", ";", "but", "as", "and", ".", "today"]);
        if sheet.is(i, &["same", "unchanged"]) && term(i + 1) && after {
            let lead = usize::from(i > 0 && sheet.is(i - 1, &["the", "with", "at"]));
            sheet.claim(i - lead..i + 2, Use::Idle);
        }
    }
}

/// "all else equal", "assuming nothing else changes", "keep the rest as is": what is
/// so of every answer.
fn all_else(sheet: &mut Sheet<'_>) {
    const BEFORE: &[&str] = &[
        "assuming", "with", "keeping", "keep", "leave", "leaving", "holding", "hold", "if", "without",
        "touching", "changing", "provided", "and", "while", "that", "altering",
    ];
    const ALL: &[&str] =
        &["everyone", "everybody", "all", "everything", "nothing", "anything", "other", "things", "the"];
    const AFTER: &[&str] = &[
        "equal",
        "being",
        "same",
        "as",
        "it",
        "is",
        "they",
        "are",
        "unchanged",
        "untouched",
        "alone",
        "constant",
        "fixed",
        "changes",
        "changed",
        "changing",
        "stays",
        "staying",
        "stay",
        "put",
        "remains",
        "remaining",
        "the",
        "moves",
        "now",
        "today",
        "be",
        "to",
    ];
    for i in 0..sheet.len() {
        let rest = sheet.word(i) == "rest" && sheet.before(i) == "the" && !sheet.is(i + 1, &["of", "in"]);
        let others = sheet.word(i) == "things" && sheet.before(i) == "other";
        let whole = sheet.word(i) == "else" && i > 0 && sheet.is(i - 1, ALL);
        if !(rest || others || whole) {
            continue;
        }
        let end = sheet.skip(i + 1, AFTER);
        let mut start = i;
        while start > 0 && (sheet.is(start - 1, ALL) || sheet.is(start - 1, BEFORE)) {
            start -= 1;
        }
        let led = sheet.is(start, BEFORE) && !sheet.is(start, &["and", "that", "if", "with"]);
        if end > i + 1 || led {
            let joint = sheet.word(start) == "and" || sheet.word(start) == "while";
            sheet.claim(start + usize::from(joint)..end, Use::Idle);
        }
    }
}

/// "don't touch the cap, just …", "…, resellers unchanged": what stays as it is needs
/// no lever.
fn untouched(sheet: &mut Sheet<'_>) {
    const CUTS: &[&str] = &[",", ";", ".", "but", "?", "!"];
    const STAYS: &[&str] = &["touch", "touching", "change", "changing", "alter", "altering", "adjust"];
    let cut = |i: usize| {
        sheet.is(i, CUTS)
            || sheet.word(i) == "and"
                && (lexicon::mover(sheet.word(i + 1)) || sheet.is(i + 1, &["just", "leave", "keep"]))
    };
    let ends: Vec<usize> = (0..=sheet.len()).filter(|i| *i == sheet.len() || cut(*i)).collect();
    let mut from = 0;
    for end in ends.iter().copied() {
        let at = from..end;
        from = end + 1;
        let number = at.clone().any(|i| sheet.is_number(i) || sheet.is(i, &["%", "$", "€", "£"]));
        let first = sheet.skip(at.start, &["and", "please", "with", "we", "do", "or"]);
        let denied =
            sheet.is(first, &["don't", "dont", "without", "not", "never"]) && sheet.is(first + 1, STAYS);
        let leaves = sheet.is(first, &["leave", "leaving", "keep", "keeping"]);
        let said = at.clone().any(|i| {
            sheet.is(i, &["unchanged", "untouched"])
                || leaves
                    && (sheet.is(i, &["alone", "steady", "flat", "constant"])
                        || sheet.follows(i, &["the", "same"]))
                || sheet.follows(i, &["as", "is"])
                || leaves && (sheet.follows(i, &["as", "it"]) || sheet.follows(i, &["where", "it", "is"]))
                || sheet.follows(i, &["as", "they", "are"])
        });
        let program = at.clone().any(|i| lexicon::kind(sheet.word(i)).is_some());
        let strange = at
            .clone()
            .any(|i| sheet.unknown(i) && !frame::named(sheet, i) || lexicon::EXCEPT.contains(&sheet.word(i)));
        // "raise it, but don't change it": no term of its own stays, the question turns round.
        let object = sheet.skip(first + 2, &["the", "our"]);
        // "leave Gold alone": who stays is for the audience to say.
        let people = |e: &Entity| matches!(e, Entity::Tier(_) | Entity::Region(_) | Entity::Type(_));
        let partner = |i: usize| {
            sheet.tokens[i].name_like
                && !sheet.names.words.contains(sheet.word(i))
                && !sheet.names.partners_with(sheet.word(i)).is_empty()
        };
        let somebody = !program
            && at.clone().any(|i| partner(i) || sheet.names.of_run(sheet.word(i)).iter().any(people));
        let contrary = denied && sheet.is(object, &["it", "that", "them", "this"]);
        if ends.len() > 1
            && (denied && !contrary || said)
            && !number
            && !strange
            && !somebody
            && !at.is_empty()
            && first < end
        {
            let from = if sheet.word(at.start) == "or" { at.start + 1 } else { at.start };
            sheet.claim(from..at.end, Use::Idle);
        }
    }
}
