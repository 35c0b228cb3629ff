//! Ways of speaking that stand for plainer ones: dictated punctuation, greetings by
//! name, "in place of" for "instead of", "side by side" for "compare". Each is written
//! out, token by token.

use crate::reading::names::Names;
use crate::reading::token::{Kind, Token};

/// Dictated marks.
const MARKS: &[(&[&str], &str)] = &[
    (&["comma"], ","),
    (&["full", "stop"], "."),
    (&["question", "mark"], "?"),
    (&["exclamation", "mark"], "!"),
    (&["semicolon"], ";"),
    (&["new", "line"], ";"),
    (&["new", "paragraph"], ";"),
];
/// Phrases and the words they stand for.
const PHRASES: &[(&[&str], &[&str])] = &[
    (&["in", "place", "of"], &["instead", "of"]),
    (&["in", "lieu", "of"], &["instead", "of"]),
    (&["as", "opposed", "to"], &["instead", "of"]),
    (&["as", "against"], &["instead", "of"]),
    (&["side", "by", "side"], &["compare"]),
    (&["side", "-", "by", "-", "side"], &["compare"]),
    (&["head", "to", "head"], &["compare"]),
    (&["next", "to", "each", "other"], &["compare"]),
];
const GREETINGS: &[&str] = &["dear", "hi", "hello", "hey", "morning", "afternoon", "evening"];
/// What several of are compared.
const CHOICES: &[&str] = &[
    "scenarios",
    "scenario",
    "options",
    "option",
    "variants",
    "variant",
    "alternatives",
    "alternative",
    "versions",
    "packages",
    "proposals",
    "designs",
    "variations",
    "setups",
];

/// Writes such phrases out.
pub(super) fn plain(tokens: &mut Vec<Token>, names: &Names) {
    greeting(tokens);
    for (phrase, mark) in MARKS {
        if !phrase.iter().all(|w| names.words.contains(*w)) {
            replace(tokens, phrase, &[mark], Kind::Symbol);
        }
    }
    for (phrase, plain) in PHRASES {
        replace(tokens, phrase, plain, Kind::Word);
    }
    beside(tokens);
    choices(tokens);
    meant(tokens);
    corrected(tokens);
}

/// Words with which a speaker takes something back.
const BACK: &[&[&str]] = &[
    &["sorry", ","],
    &["no", ",", "wait", ","],
    &["wait", ",", "no", ","],
    &["no", "wait", ","],
    &["wait", "no", ","],
    &["no", ",", "wait"],
    &["no", "wait"],
    &["wait", "no"],
    &["scratch", "that", ","],
    &["scratch", "that"],
    &["i", "mean"],
    &["make", "that"],
    &["correction", ":"],
];
/// How far back what is taken back may begin, in tokens.
const REACH: usize = 8;

/// "for Registered… sorry, for Silver", "in Q3, no wait, in Q4": what was taken back goes.
/// Only where what comes after begins like what goes; else both stay, and are asked about.
fn corrected(tokens: &mut Vec<Token>) {
    let mut at = 2;
    while at < tokens.len() {
        let Some(marker) = BACK.iter().find(|m| follows(tokens, at, m)) else {
            at += 1;
            continue;
        };
        let pause = matches!(tokens[at - 1].text.as_str(), "," | "." | "-" | "—" | "–" | "…");
        let next = at + marker.len();
        let before = (at.saturating_sub(REACH)..at).rev();
        let start = match tokens.get(next) {
            Some(t) if t.kind == Kind::Word && !t.name_like => {
                before.clone().find(|i| tokens[*i].word == t.word)
            }
            Some(t) if t.name_like => before.clone().find(|i| tokens[*i].name_like),
            _ => None,
        };
        // Of two figures one is too easily the wrong one: they are asked about.
        let figures = |start: &usize| tokens[*start..at].iter().any(|t| t.kind == Kind::Number);
        match start.filter(|s| pause && !figures(s)) {
            Some(start) => {
                tokens.drain(start..next);
                at = start.max(2);
            }
            None => at += 1,
        }
    }
}

pub(super) fn follows(tokens: &[Token], i: usize, words: &[&str]) -> bool {
    words.iter().enumerate().all(|(k, w)| tokens.get(i + k).is_some_and(|t| t.word == *w))
}

/// Sets other words in the place of a phrase, over the same characters.
pub(super) fn replace(tokens: &mut Vec<Token>, phrase: &[&str], plain: &[&str], kind: Kind) {
    let mut i = 0;
    while i < tokens.len() {
        if follows(tokens, i, phrase) {
            let last = tokens[i + phrase.len() - 1].end;
            for (k, word) in plain.iter().enumerate() {
                let token = &mut tokens[i + k];
                (token.text, token.word) = ((*word).to_owned(), (*word).to_owned());
                (token.kind, token.name_like) = (kind, false);
            }
            tokens[i + plain.len() - 1].end = last;
            tokens.drain(i + plain.len()..i + phrase.len());
        }
        i += 1;
    }
}

/// "Dear Anna,", "Hi Tom -": who is greeted.
fn greeting(tokens: &mut Vec<Token>) {
    if !tokens.first().is_some_and(|t| GREETINGS.contains(&t.word.as_str())) {
        return;
    }
    let ends = |t: &Token| matches!(t.text.as_str(), "," | "-" | "–" | "—" | "!" | ":" | ".");
    let Some(end) = tokens.iter().take(6).position(ends) else { return };
    let people = tokens[1..end].iter().all(|t| t.kind == Kind::Word);
    if people {
        tokens.drain(1..end);
    }
}

/// "$42 next to $45": one set against the other.
fn beside(tokens: &mut Vec<Token>) {
    let amount = |t: &Token| t.kind == Kind::Number || matches!(t.text.as_str(), "$" | "€" | "£" | "+");
    let found: Vec<usize> = (1..tokens.len().saturating_sub(2))
        .filter(|i| follows(tokens, *i, &["next", "to"]) && amount(&tokens[i + 2]))
        .collect();
    for i in found.into_iter().rev() {
        tokens[i].word = "versus".to_owned();
        tokens.remove(i + 1);
    }
    // "7 percent and not anymore 6": what holds today.
    const NO_MORE: &[&[&str]] = &[&["not", "anymore"], &["no", "longer"], &["not", "any", "more"]];
    for i in (1..tokens.len()).rev() {
        let phrase =
            NO_MORE.iter().find(|p| follows(tokens, i, p) && tokens.get(i + p.len()).is_some_and(amount));
        if let Some(phrase) = phrase {
            let (first, second) = (i, i + 1);
            tokens[first].word = "instead".to_owned();
            tokens[second].word = "of".to_owned();
            tokens.drain(i + 2..i + phrase.len());
        }
    }
}

/// "Three scenarios: …": they are to be compared. "Which of the two?" counts nothing.
fn choices(tokens: &mut Vec<Token>) {
    let count = |t: &Token| {
        matches!(t.word.as_str(), "two" | "three" | "four" | "five" | "six" | "2" | "3" | "4" | "5" | "6")
    };
    let mut i = 0;
    while i + 1 < tokens.len() {
        let noun = tokens.get(i + 1).is_some_and(|t| CHOICES.contains(&t.word.as_str()));
        if count(&tokens[i]) && noun {
            tokens[i].end = tokens[i + 1].end;
            (tokens[i].word, tokens[i].kind) = ("compare".to_owned(), Kind::Word);
            tokens.remove(i + 1);
        }
        let those =
            tokens[i].word == "of" && matches!(tokens[i + 1].word.as_str(), "the" | "these" | "those");
        let counted = tokens.get(i + 2).is_some_and(count);
        let ends =
            tokens.get(i + 3).is_none_or(|t| t.kind == Kind::Symbol || !t.name_like && t.word != "tiers");
        if those && counted && ends && i > 0 {
            tokens.drain(i..i + 3);
        }
        i += 1;
    }
}

/// "I meant A, not B": what is not meant goes.
fn meant(tokens: &mut Vec<Token>) {
    let Some(at) = tokens.iter().position(|t| t.word == "meant") else { return };
    let not = (at..tokens.len()).find(|i| tokens[*i].text == "," && follows(tokens, i + 1, &["not"]));
    if let Some(i) = not {
        let end =
            (i + 1..tokens.len()).find(|k| matches!(tokens[*k].text.as_str(), "." | "," | "?" | "!" | ";"));
        tokens.drain(i..end.unwrap_or(tokens.len()));
    }
}
