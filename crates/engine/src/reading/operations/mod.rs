//! Words that move something: verbs, comparatives, and words for stopping,
//! letting in and leaving out. Tells a verb of the lever from a verb that only
//! says how an outcome might move ("will sales drop if …").

use std::ops::Range;

use rust_decimal::Decimal;

use crate::reading::lexicon;
use crate::reading::names::Entity;
use crate::reading::sheet::{Sheet, Use};

mod phrases;

use phrases::{PARTICLES, PHRASES};

/// What a word does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Up,
    Down,
    Set,
    /// Be, pay, offer: sets only with a number after it.
    Be,
    /// `add`: raises with an amount, lets in with a name.
    Add,
    Times(Decimal),
    /// `multiply`: the factor is a number elsewhere.
    Multiply,
    Stop,
    Resume,
    Include,
    Exclude,
    Remove,
    Restrict,
    Require,
    /// `without`, `no`.
    Without,
}

/// A verb of the question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Op {
    pub verb: Verb,
    pub at: Range<usize>,
}

/// Finds the verbs among what is left. Takes nothing off the sheet: a verb is
/// used only when the lever uses it.
pub(crate) fn find(sheet: &mut Sheet<'_>) -> Vec<Op> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < sheet.len() {
        if let Some((op, particle)) = with_particle(sheet, at) {
            sheet.claim(particle, Use::Idle);
            at = op.at.end;
            found.push(op);
            continue;
        }
        match verb(sheet, at) {
            Some(op) => {
                at = op.at.end;
                found.push(op);
            }
            None => at += 1,
        }
    }
    drop_outcomes(sheet, &mut found);
    found
}

fn verb(sheet: &Sheet<'_>, i: usize) -> Option<Op> {
    if !sheet.free(i) {
        return None;
    }
    let op = |verb, n: usize| Some(Op { verb, at: i..i + n });
    let word = sheet.word(i);
    if sheet.follows(i, &["in", "half"]) {
        return op(Verb::Times(Decimal::new(5, 1)), 2);
    }
    if sheet.follows(i, &["half", "again"]) {
        return op(Verb::Times(Decimal::new(15, 1)), 2);
    }
    if sheet.follows(i, &["half", "as", "much", "again"]) {
        return op(Verb::Times(Decimal::new(15, 1)), 4);
    }
    // "half the SPIFF": a verb, where one can stand.
    let opens = i == 0
        || sheet.is(
            i - 1,
            &["we", "to", "just", "and", ",", "?", ".", ":", "i", "let's", "if", "could", "should"],
        );
    if word == "half" && opens && sheet.is(i + 1, &["the", "our", "its"]) {
        return op(Verb::Times(Decimal::new(5, 1)), 1);
    }
    // "let it run until December": it goes on.
    if matches!(word, "run" | "runs" | "running")
        && (sheet.is(i + 1, &["until", "till", "through", "thru", "on", "longer"])
            || sheet.uses.get(i + 1) == Some(&Use::Period)
                && sheet.is(i + 1, &["until", "till", "through", "thru", "to"]))
    {
        return op(Verb::Resume, 1);
    }
    if let Some(factor) = factor(word) {
        return op(Verb::Times(factor), 1);
    }
    if matches!(word, "multiply" | "multiplied") {
        return op(Verb::Multiply, 1);
    }
    // "so that it does not run out": the money, not the program.
    let runs_out = sheet.is(i + 1, &["run", "runs"]) && sheet.is(i + 2, &["out", "dry"]);
    if runs_out {
        return None;
    }
    // "no more MSPs in the rebate": they leave it, it stays.
    if let Some(length) = [&["no", "more"][..], &["no", "longer", "any"], &["no"]]
        .iter()
        .find(|p| sheet.follows(i, p))
        .map(|p| p.len())
        && let Some(end) = people_at(sheet, i + length)
        && sheet.is(end, &["in", "on", "under", "for", "within", "on", "with"])
    {
        return op(Verb::Exclude, length);
    }
    // "keep Silver …": who stays, no program that runs on.
    if matches!(word, "keep" | "keeps" | "keeping")
        && people_at(sheet, i + 1).is_some_and(|end| !kind_near(sheet, end))
    {
        return None;
    }
    if let Some((words, verb)) = PHRASES.iter().find(|(words, _)| sheet.follows(i, words)) {
        return op(*verb, words.len());
    }
    // "Premier out of the Sell-Out Bonus"
    if sheet.follows(i, &["out", "of"])
        && i > 0
        && sheet.uses[i - 1] == Use::Name
        && lexicon::kind(sheet.word(i - 1)).is_none()
    {
        return op(Verb::Exclude, 2);
    }
    // "the Launch Bonus out in December"
    if matches!(word, "out" | "off")
        && i > 0
        && sheet.uses[i - 1] == Use::Name
        && lexicon::kind(sheet.word(i - 1)).is_some()
        && (i + 1 == sheet.len()
            || sheet.uses.get(i + 1) == Some(&Use::Period)
            || sheet.is(i + 1, &[",", "in", "for", "and"]))
    {
        return op(Verb::Stop, 1);
    }
    // "at the end of November" ends nothing.
    if word == "end" && sheet.is(i.wrapping_sub(1), &["the", "year", "month", "quarter"]) {
        return None;
    }
    // "bring the … back"
    if matches!(word, "bring" | "brings" | "bringing" | "brought")
        && (i + 1..(i + 9).min(sheet.len())).any(|k| sheet.word(k) == "back")
    {
        return op(Verb::Resume, 1);
    }
    // "put $2 on the …", "tack $2 onto the …"
    if matches!(
        word,
        "put"
            | "puts"
            | "putting"
            | "tack"
            | "tacks"
            | "tacking"
            | "throw"
            | "throwing"
            | "slap"
            | "stick"
            | "slapping"
            | "sticking"
            | "slapped"
            | "pile"
            | "piling"
    ) {
        let lead = sheet.skip(i + 1, &["another", "an", "extra", "additional"]);
        let amount = lead - i - 1
            + (lead..(lead + 6).min(sheet.len())).take_while(|k| sheet.uses[*k] == Use::Number).count();
        if amount > 0 && sheet.is(i + 1 + amount, &["on", "onto", "per", "to"]) {
            return op(Verb::Add, 1);
        }
    }
    if matches!(word, "pull" | "pulls" | "pulled" | "pulling") && !sheet.is(i + 1, &["forward", "in", "-"]) {
        return op(Verb::Stop, 1);
    }
    // "partners keep hitting the cap": no verb of the lever.
    let goes_on = ["running", "going", "paying", "extending", "offering"];
    if matches!(word, "keep" | "keeps") && sheet.word(i + 1).ends_with("ing") && !sheet.is(i + 1, &goes_on) {
        return None;
    }
    if word == "up" && sheet.is(i.wrapping_sub(1), &["sum", "sums", "summing", "end", "ends", "wind"]) {
        return None;
    }
    let lists: &[(&[&str], Verb)] = &[
        (lexicon::UP, Verb::Up),
        (lexicon::DOWN, Verb::Down),
        (lexicon::SET, Verb::Set),
        (&["introduce", "introduced", "introducing"], Verb::Set),
        (lexicon::STOP, Verb::Stop),
        (lexicon::RESUME, Verb::Resume),
        (&["add", "adds", "added", "adding"], Verb::Add),
        (lexicon::INCLUDE, Verb::Include),
        (lexicon::EXCLUDE, Verb::Exclude),
        (lexicon::REMOVE, Verb::Remove),
        (lexicon::RESTRICT, Verb::Restrict),
        (lexicon::REQUIRE, Verb::Require),
        (&["without", "no"], Verb::Without),
        (lexicon::BE, Verb::Be),
    ];
    let (_, verb) = lists.iter().find(|(words, _)| words.contains(&word))?;
    op(*verb, 1)
}

/// Where the name of a tier, a region or a kind of partner ends that stands at a place.
fn people_at(sheet: &Sheet<'_>, i: usize) -> Option<usize> {
    let groups = |e: &Entity| matches!(e, Entity::Tier(_) | Entity::Region(_) | Entity::Type(_));
    let i = sheet.skip(i, &["the", "our", "any"]);
    let found = sheet.names.of_run(sheet.word(i));
    let named = sheet.uses.get(i) == Some(&Use::Name) && !found.is_empty() && found.iter().all(groups);
    named.then(|| sheet.skip(i + 1, lexicon::PARTNER_NOUNS))
}

fn kind_near(sheet: &Sheet<'_>, i: usize) -> bool {
    (i..i + 3).any(|k| lexicon::kind(sheet.word(k)).is_some())
}

/// A verb and its particle apart: "take the … down", "put the … on hold".
fn with_particle(sheet: &Sheet<'_>, i: usize) -> Option<(Op, Range<usize>)> {
    if !sheet.free(i) {
        return None;
    }
    const REACH: usize = 9;
    let ends = |k: usize| sheet.is(k, &[",", ";", ".", "?", "and", "or", "vs", "versus"]);
    let last =
        (i + 1..(i + REACH).min(sheet.len())).find(|k| ends(*k)).unwrap_or((i + REACH).min(sheet.len()));
    PARTICLES.iter().find_map(|(verbs, particle, verb)| {
        // "take 5% off the SPIFF" takes an amount off, nobody.
        let amount = *verb == Verb::Exclude && (i + 1..last).any(|k| sheet.uses[k] == Use::Number);
        let at = (i + 1..last).filter(|_| sheet.is(i, verbs) && !amount).find(|k| {
            let whole = sheet.follows(*k, particle) && (*k..*k + particle.len()).all(|p| sheet.free(p));
            // "turn it on the 1st": a preposition of what follows, no particle.
            whole && !(*particle == ["on"] && *k + 1 < last)
        })?;
        Some((Op { verb: *verb, at: i..i + 1 }, at..at + particle.len()))
    })
}

fn factor(word: &str) -> Option<Decimal> {
    Some(match word {
        "double" | "doubles" | "doubled" | "doubling" | "twice" => Decimal::TWO,
        "triple" | "triples" | "tripled" | "tripling" => Decimal::from(3),
        "quadruple" | "quadrupled" => Decimal::from(4),
        "halve" | "halves" | "halved" | "halving" => Decimal::new(5, 1),
        _ => return None,
    })
}

/// Between a metric and its verb: "revenue would probably drop".
const AUX: &[&str] = &[
    "will", "would", "could", "should", "might", "may", "to", "go", "goes", "probably", "likely", "it",
    "the", "can", "have", "has", "been", "be",
];

/// Verbs whose subject or object is an outcome are about the answer, not about the
/// lever, as long as another verb is there to be the lever's.
fn drop_outcomes(sheet: &mut Sheet<'_>, ops: &mut Vec<Op>) {
    let moving = |v: &Verb| matches!(v, Verb::Up | Verb::Down | Verb::Set);
    let others =
        |ops: &[Op], k: usize| ops.iter().enumerate().any(|(j, o)| j != k && !matches!(o.verb, Verb::Be));
    let mut k = 0;
    while k < ops.len() {
        let outcome = moving(&ops[k].verb) && about_outcome(sheet, &ops[k]);
        if outcome && others(ops, k) {
            let op = ops.remove(k);
            sheet.claim(op.at, Use::Idle);
        } else {
            k += 1;
        }
    }
}

fn about_outcome(sheet: &Sheet<'_>, op: &Op) -> bool {
    let metric = |i: usize| sheet.free(i) && sheet.is(i, lexicon::METRIC);
    let mut before = op.at.start;
    while before > 0 && sheet.is(before - 1, AUX) {
        before -= 1;
    }
    if before > 0 && metric(before - 1) {
        return true;
    }
    let after = sheet.skip(op.at.end, &["in", "of", "our", "the", "to", "total", "their"]);
    after > op.at.end && sheet.is(op.at.end, &["in", "of", "our", "total"]) && metric(after)
}
