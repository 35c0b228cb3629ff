//! The layout of a question: lines and lists become sentences, headings and bullets
//! fall away, shorthand is written out. Works on tokens alone; knows no program.

mod chains;
mod deals;
mod plainer;
mod spoken;
mod writing;

use super::names::Names;
use super::token::{Kind, Token};

/// Sets the tokens of a question straight.
pub(crate) fn straighten(question: &str, tokens: &mut Vec<Token>, names: &Names) {
    lines(question, tokens);
    list_marks(tokens);
    headings(tokens);
    plainer::signature(tokens);
    plainer::labels(tokens);
    plainer::plain(tokens, names);
    spoken::plain(tokens, names);
    writing::plain(tokens, names);
    deals::plain(tokens, names);
    chains::plain(tokens);
}

/// A line that begins like a sentence or an item of a list ends the one before it.
fn lines(question: &str, tokens: &mut Vec<Token>) {
    let chars: Vec<char> = question.chars().collect();
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens.drain(..) {
        let from = out.last().map_or(0, |t| t.end);
        let gap = chars.get(from..token.start).unwrap_or_default();
        let broken = gap.iter().position(|c| *c == '\n').filter(|_| !out.is_empty());
        let opens = matches!(token.text.as_str(), "-" | "*" | "•" | "–" | "·")
            || token.kind == Kind::Number
            || token.text.chars().next().is_some_and(char::is_uppercase);
        let carries_on = out.last().is_some_and(|t| {
            matches!(t.text.as_str(), "," | ":" | ";" | "." | "?" | "!")
                || matches!(
                    t.word.as_str(),
                    "the" | "to" | "by" | "for" | "of" | "in" | "and" | "a" | "at" | "on"
                )
        });
        if let Some(at) = broken.filter(|_| opens && !carries_on) {
            out.push(mark(from + at));
        }
        let bullet = broken.is_some() && matches!(token.text.as_str(), "-" | "*" | "•" | "–" | "·");
        let first = out.is_empty() && matches!(token.text.as_str(), "*" | "•" | "·");
        if !bullet && !first {
            out.push(token);
        }
    }
    *tokens = out;
}

/// The end of a line as the end of a sentence.
fn mark(at: usize) -> Token {
    Token {
        start: at,
        end: at + 1,
        text: ";".to_owned(),
        word: ";".to_owned(),
        alternatives: Vec::new(),
        kind: Kind::Symbol,
        spaced: false,
        name_like: false,
    }
}

fn opens_item(tokens: &[Token], i: usize) -> bool {
    i == 0 || matches!(tokens[i - 1].word.as_str(), "." | ":" | ";" | "?" | "!" | ",")
}

/// "1) …", "2. …", "(a) …", "#1:": the marks of a list.
fn list_marks(tokens: &mut Vec<Token>) {
    let mut i = 0;
    while i < tokens.len() {
        let bracket = tokens[i].text == "(" && tokens.get(i + 2).is_some_and(|t| t.text == ")");
        let at = i + usize::from(bracket);
        let short = tokens.get(at).is_some_and(|t| {
            let number =
                t.kind == Kind::Number && t.text.len() <= 2 && t.text.chars().all(|c| c.is_ascii_digit());
            let letter = t.kind == Kind::Word && t.text.len() == 1;
            number || letter
        });
        let number = tokens.get(at).is_some_and(|t| t.kind == Kind::Number);
        let closed = tokens.get(at + 1).is_some_and(|t| {
            !t.spaced
                && (t.text == ")"
                    || number
                        && t.text == "."
                        && tokens.get(at + 2).is_some_and(|n| n.spaced && n.kind == Kind::Word))
        });
        let follows =
            i == 0 || bracket || opens_item(tokens, i) || tokens.get(at + 1).is_some_and(|t| t.text == ")");
        if short && closed && follows {
            let start = tokens[i].start;
            tokens.drain(i..at + 2);
            let needs = i > 0 && !opens_item(tokens, i) && i < tokens.len();
            if needs {
                tokens.insert(i, mark(start));
            }
        }
        i += 1;
    }
}

/// "One, … Two, …": headings, no amounts.
fn headings(tokens: &mut Vec<Token>) {
    let starts = |i: usize| i == 0 || matches!(tokens[i - 1].word.as_str(), "." | ":" | ";" | "?" | "!");
    let ends = |i: usize| tokens.get(i + 1).is_some_and(|t| matches!(t.word.as_str(), "," | ":" | ")"));
    let heading = |i: usize| {
        starts(i)
            && ends(i)
            && matches!(
                tokens[i].word.as_str(),
                "one" | "two" | "three" | "four" | "first" | "second" | "third" | "firstly" | "secondly"
            )
    };
    let found: Vec<usize> = (0..tokens.len()).filter(|i| heading(*i)).collect();
    for i in found.into_iter().rev() {
        tokens.drain(i..i + 2);
    }
}
