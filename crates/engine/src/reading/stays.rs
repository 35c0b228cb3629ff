//! Groups of partners that keep what they have: "AMER stays as it is", "leave Gold
//! alone", "no change for distributors". Writes each as the group with "unchanged"
//! behind it, so that nobody who stays joins another's change. Works on tokens and
//! names alone; what the change is for the others is read elsewhere.

use super::lexicon;
use super::names::{Entity, Mention, Names};
use super::sheet::Sheet;
use super::token::{Kind, Token};

/// The word that stands behind a group that stays.
pub(crate) const UNCHANGED: &str = "unchanged";

/// Longest name of a group, in tokens.
const NAME_TOKENS_MAX: usize = 3;

/// Writes every such phrase out.
pub(crate) fn plain(tokens: &mut Vec<Token>, names: &Names) {
    everywhere(tokens);
    let mut at = 0;
    while at < tokens.len() {
        let Some(first) = group(tokens, at, names) else {
            at += 1;
            continue;
        };
        // "$46 in APAC, AMER stays": who is led by a preposition is the change's own.
        let lead = (0..at).rev().find(|i| !is(tokens, *i, &["the", "our", "all"]));
        let led = lead.is_some_and(|i| is(tokens, i, LEADS));
        let run = if led { first } else { people(tokens, first, names) };
        at = match stays(tokens, at, run) {
            Some((start, end)) => {
                let whole = Token {
                    text: UNCHANGED.to_owned(),
                    word: UNCHANGED.to_owned(),
                    kind: Kind::Word,
                    spaced: true,
                    name_like: false,
                    alternatives: Vec::new(),
                    start: tokens[run - 1].end,
                    end: tokens[end.max(run) - 1].end.max(tokens[run - 1].end),
                };
                tokens.splice(run..end.max(run), [whole]);
                tokens.drain(start..at);
                run + 1 - (at - start)
            }
            None => run,
        };
    }
}

/// "A stays as it is everywhere, but Iberia gets …", "… except EMEA, which gets …": what a
/// change leaves as it is without saying so.
fn everywhere(tokens: &mut Vec<Token>) {
    #[rustfmt::skip]
    const REST: &[&[&str]] = &[
        &["everywhere", "else"], &["everywhere"], &["for", "everyone", "else"], &["for", "everyone"],
        &["for", "everybody", "else"], &["for", "everybody"], &["elsewhere"], &["for", "the", "rest"],
    ];
    const GETS: &[&str] = &["which", "who", "where", "there", "that", "gets", "get", "goes", "go", "should"];
    for i in 1..tokens.len() {
        let rest = |end: usize| REST.iter().find(|p| follows(tokens, end, p)).map(|p| end + p.len());
        let Some(end) = kept_until(tokens, i).and_then(rest) else { continue };
        let joint = skip(tokens, end, &[","]);
        let length = if is(tokens, joint, &["except", "only", "just", "but", "while"]) {
            1 + usize::from(is(tokens, joint + 1, &["for", "in"]))
        } else if follows(tokens, joint, &["apart", "from"]) || follows(tokens, joint, &["other", "than"]) {
            2
        } else {
            continue;
        };
        let contrast = is(tokens, joint, &["but", "only", "just", "while"]);
        let goes = (joint + length..(joint + length + 5).min(tokens.len())).find(|k| is(tokens, *k, GETS));
        if !contrast && goes.is_none() {
            continue;
        }
        if let Some(k) = goes.filter(|k| is(tokens, *k, &["which", "who", "where", "there", "that"])) {
            let comma = usize::from(tokens[k - 1].text == ",");
            tokens.drain(k - comma..=k);
        }
        let comma = tokens[joint].clone();
        tokens.splice(
            i..joint + length,
            [Token { text: ",".to_owned(), word: ",".to_owned(), kind: Kind::Symbol, ..comma }],
        );
        return;
    }
}

/// Where "stays as it is" ends.
fn kept_until(tokens: &[Token], i: usize) -> Option<usize> {
    const AUX: &[&str] = &["should", "will", "would", "can", "is", "just", "simply", "to"];
    let verb = skip(tokens, i, AUX);
    match word(tokens, verb) {
        "stay" | "stays" | "staying" | "remain" | "remains" | "kept" | "left" => {
            Some(as_today(tokens, verb + 1).unwrap_or(verb + 1))
        }
        "unchanged" | "untouched" => Some(verb + 1),
        _ => None,
    }
}

/// Prepositions by which a group belongs to what stands before it.
const LEADS: &[&str] = &["in", "for", "to", "of", "from"];

/// Whether the groups of a question stand before "unchanged", alone or in a list of them.
pub(crate) fn unchanged(sheet: &Sheet<'_>, mentions: &[&Mention]) -> Vec<bool> {
    let mut out = vec![false; mentions.len()];
    for k in (0..mentions.len()).rev() {
        let behind = sheet.skip(mentions[k].at.end, lexicon::PARTNER_NOUNS);
        let next = mentions.get(k + 1).map_or(0, |m| m.at.start);
        let lead = (0..mentions[k].at.start).rev().find(|i| !sheet.is(*i, &["the", "our", "all"]));
        let listed = next > 0
            && out[k + 1]
            && !lead.is_some_and(|i| sheet.is(i, LEADS))
            && (behind..next).all(|i| sheet.is(i, &["and", ",", "&", "or", "the", "our", "all"]));
        out[k] = sheet.is(behind, &[UNCHANGED, "untouched"]) || listed;
    }
    out
}

/// Where a list of groups ends that goes on behind its first: "Gold and the Silver partners".
fn people(tokens: &[Token], first: usize, names: &Names) -> usize {
    let mut end = first;
    loop {
        let joint = skip(tokens, end, &["and", ",", "&", "or", "the", "our", "all"]);
        match group(tokens, joint, names).filter(|_| joint > end) {
            Some(next) => end = next,
            None => return end,
        }
    }
}

/// The end of one group's name, with the noun behind it.
fn group(tokens: &[Token], at: usize, names: &Names) -> Option<usize> {
    let groups = |e: &Entity| matches!(e, Entity::Tier(_) | Entity::Region(_) | Entity::Type(_));
    let whole = |e: &Entity| matches!(e, Entity::Partner(_));
    (1..=NAME_TOKENS_MAX).rev().find_map(|length| {
        let words = tokens.get(at..at + length)?;
        let run: String = words.iter().map(|t| t.word.as_str()).collect();
        let found = names.of_run(&run);
        let named = words.iter().all(|t| t.kind != Kind::Symbol) && !found.is_empty();
        let fits = found.iter().all(groups) || length > 1 && found.iter().all(whole);
        (named && fits).then(|| skip(tokens, at + length, lexicon::PARTNER_NOUNS))
    })
}

fn word(tokens: &[Token], i: usize) -> &str {
    tokens.get(i).map_or("", |t| t.word.as_str())
}

fn is(tokens: &[Token], i: usize, words: &[&str]) -> bool {
    words.contains(&word(tokens, i))
}

fn follows(tokens: &[Token], i: usize, words: &[&str]) -> bool {
    words.iter().enumerate().all(|(k, w)| word(tokens, i + k) == *w)
}

fn skip(tokens: &[Token], mut i: usize, words: &[&str]) -> usize {
    while is(tokens, i, words) {
        i += 1;
    }
    i
}

/// Whether a clause ends at a place, or only a time goes on.
fn ends(tokens: &[Token], i: usize) -> bool {
    tokens.get(i).is_none_or(|t| {
        t.kind == Kind::Symbol && !matches!(t.text.as_str(), "$" | "€" | "£" | "+" | "-" | "/")
            || matches!(t.word.as_str(), "and" | "but" | "in" | "for" | "during" | "while" | "so" | "then")
    })
}

/// Words before a group by which nothing changes for it.
#[rustfmt::skip]
const NOTHING: &[&[&str]] = &[
    &["no", "change", "for"], &["no", "changes", "for"], &["no", "change", "in"], &["no", "change", "to"],
    &["nothing", "for"], &["nothing", "new", "for"], &["nothing", "changes", "for"], &["nothing", "changes", "in"],
    &["nothing", "changed", "for"], &["nothing", "moves", "for"], &["nothing", "should", "change", "for"],
    &["without", "touching"], &["without", "changing"], &["without", "affecting"], &["not", "touching"],
    &["don't", "touch"], &["dont", "touch"], &["do", "not", "touch"], &["never", "touch"], &["hands", "off"],
    &["no", "increase", "for"], &["no", "raise", "for"], &["no", "cut", "for"], &["don't", "change"],
    &["without", "any", "change", "for"], &["with", "no", "change", "for"],
];

/// From where to where the words around a group say that it stays.
fn stays(tokens: &[Token], at: usize, run: usize) -> Option<(usize, usize)> {
    let mut lead = at;
    while lead > 0 && is(tokens, lead - 1, &["the", "our", "all", "any"]) {
        lead -= 1;
    }
    let before = NOTHING.iter().find(|p| lead >= p.len() && follows(tokens, lead - p.len(), p));
    if let Some(phrase) = before.filter(|_| ends(tokens, run)) {
        return Some((lead - phrase.len(), run));
    }
    let kept = lead > 0 && is(tokens, lead - 1, &["leave", "leaving", "keep", "keeping", "hold", "holding"]);
    let end = if kept { as_today(tokens, run) } else { remains(tokens, run) }?;
    (ends(tokens, end)).then(|| (if kept { lead - 1 } else { at }, end))
}

/// "should stay where they are", "is not touched", "keeps today's rate".
fn remains(tokens: &[Token], i: usize) -> Option<usize> {
    const AUX: &[&str] = &[
        "should", "shall", "will", "would", "must", "is", "are", "to", "can", "could", "just", "simply",
        "both", "be", "being", "meant", "supposed", "then",
    ];
    let i = skip(tokens, i, AUX);
    match word(tokens, i) {
        "unchanged" | "untouched" | "unaffected" => Some(i + 1),
        "stay" | "stays" | "staying" | "remain" | "remains" | "remaining" | "left" | "kept" => {
            as_today(tokens, i + 1).or_else(|| ends(tokens, i + 1).then_some(i + 1))
        }
        "keep" | "keeps" | "keeping" | "retain" | "retains" => today(tokens, i + 1).or_else(|| {
            let what = is(tokens, i + 1, &["what", "whatever"])
                && is(tokens, i + 3, &["has", "have", "get", "gets"]);
            what.then_some(i + 4)
        }),
        "as" => as_today(tokens, i),
        "not" | "isn't" | "aren't" | "don't" | "doesn't" | "won't" => {
            let verb = skip(tokens, i + 1, &["be", "to"]);
            is(tokens, verb, &["touched", "affected", "changed", "change", "move", "changing"])
                .then_some(verb + 1)
        }
        _ => None,
    }
}

/// "as it is", "where they are", "alone", "the same", "at today's rate".
fn as_today(tokens: &[Token], i: usize) -> Option<usize> {
    const PLAIN: &[&str] = &["unchanged", "untouched", "alone", "put", "flat", "same", "constant", "steady"];
    const THEN: &[&str] = &["now", "today", "currently", "please"];
    if is(tokens, i, PLAIN) {
        return Some(skip(tokens, i + 1, THEN));
    }
    if follows(tokens, i, &["the", "same"]) {
        return Some(skip(tokens, i + 2, THEN));
    }
    let i = skip(tokens, i, &["exactly", "just"]);
    let be = |k: usize| is(tokens, k, &["is", "are", "was", "were"]);
    match word(tokens, i) {
        "as" if is(tokens, i + 1, &["before", "today", "now", "usual", "normal"]) => Some(i + 2),
        "as" if be(i + 1) => Some(skip(tokens, i + 2, THEN)),
        "as" | "where" if is(tokens, i + 1, &["it", "they"]) && be(i + 2) => Some(skip(tokens, i + 3, THEN)),
        "where" | "as" if is(tokens, i + 1, &["they're", "it's", "theyre"]) => {
            Some(skip(tokens, i + 2, THEN))
        }
        "at" | "on" | "with" => today(tokens, i + 1),
        _ => None,
    }
}

/// "today's rate", "the current €15", "their terms": what holds for them anyway.
fn today(tokens: &[Token], i: usize) -> Option<usize> {
    const OWN: &[&str] = &[
        "today's", "todays", "current", "present", "existing", "same", "old", "usual", "their", "its",
        "today",
    ];
    const NOUNS: &[&str] =
        &["rate", "rates", "terms", "level", "levels", "amount", "percentage", "tier", "payout"];
    let own = skip(tokens, i, &["the", "its", "their", "on"]);
    let own_said = own > i && is(tokens, own - 1, &["their", "its"]);
    if !(is(tokens, own, OWN) || own_said) {
        return None;
    }
    let mut end = skip(tokens, own, OWN);
    while tokens.get(end).is_some_and(|t| {
        t.kind == Kind::Number
            || matches!(t.word.as_str(), "$" | "€" | "£" | "%" | "percent" | "euros" | "dollars")
    }) {
        end += 1;
    }
    end = skip(tokens, end, NOUNS);
    (end > own).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::token::tokens;
    use crate::scenario::sample::company;

    fn said(question: &str) -> String {
        let mut said = tokens(question);
        plain(&mut said, &Names::of(&company()));
        said.iter().map(|t| t.word.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_group_that_stays_is_unchanged() {
        for (question, wanted) in [
            ("$46 in APAC, EMEA stays as it is.", "$ 46 in apac , emea unchanged ."),
            ("raise it 5%, leave Gold alone", "raise it 5 % , gold unchanged"),
            ("Gold and Silver should stay where they are", "gold and silver unchanged"),
            ("raise it, no change for the Silver partners", "raise it , silver partners unchanged"),
            ("but keep Silver at today's rate", "but silver unchanged"),
            ("EMEA keeps the current $40", "emea unchanged"),
        ] {
            assert_eq!(said(question), wanted, "{question}");
        }
    }

    #[test]
    fn a_group_that_moves_is_left_as_said() {
        for question in ["gold stays at $ 45", "does gold stay eligible", "keep gold in the spiff"] {
            assert_eq!(said(question), question);
        }
    }
}
