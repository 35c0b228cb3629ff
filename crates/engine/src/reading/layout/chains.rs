//! "SPIFF 42 vs 44 vs 46", "$38 / $42 / $44": values set side by side behind a kind of
//! program become "at 42 vs 44 vs 46".

use crate::reading::lexicon;
use crate::reading::token::{Kind, Token};

/// Writes such values out.
pub(super) fn plain(tokens: &mut Vec<Token>) {
    let behind_kind = |tokens: &[Token], i: usize| lexicon::kind(&tokens[i - 1].word).is_some();
    let Some(first) = (1..tokens.len()).find(|i| behind_kind(tokens, *i) && chain(tokens, *i).is_some())
    else {
        return;
    };
    // "raise it 5% vs 10%": steps, no values.
    if tokens[..first].iter().any(|t| lexicon::mover(&t.word)) {
        return;
    }
    for i in chain(tokens, first).unwrap_or_default() {
        if tokens[i].text == "/" {
            set(&mut tokens[i], ",", Kind::Symbol);
        }
    }
    let mut at = tokens[first].clone();
    set(&mut at, "at", Kind::Word);
    tokens.insert(first, at);
}

/// The places between the values: of two or more set against each other, of three or more
/// with strokes between them ("3/4" is a share, "10/1/2026" a day).
fn chain(tokens: &[Token], first: usize) -> Option<Vec<usize>> {
    let mut between = Vec::new();
    let mut end = figure(tokens, first)?;
    while let Some(next) = tokens.get(end).filter(|t| separates(t)).and_then(|_| figure(tokens, end + 1)) {
        between.push(end);
        end = next;
    }
    let strokes = between.iter().any(|i| tokens[*i].text == "/");
    let dated =
        |i: &usize| tokens[*i].text == "/" && !tokens[*i].spaced && tokens[*i - 1].kind == Kind::Number;
    let signed = tokens[first].kind == Kind::Symbol;
    (between.len() > usize::from(strokes) && (signed || !between.iter().any(dated))).then_some(between)
}

fn separates(token: &Token) -> bool {
    matches!(token.word.as_str(), "vs" | "versus" | "/")
}

/// One past a number with its sign of money or percent.
fn figure(tokens: &[Token], i: usize) -> Option<usize> {
    let is = |i: usize, signs: &[&str]| tokens.get(i).is_some_and(|t| signs.contains(&t.word.as_str()));
    let number = i + usize::from(is(i, &["$", "€", "£"]));
    tokens.get(number).filter(|t| t.kind == Kind::Number)?;
    Some(number + 1 + usize::from(is(number + 1, &["%", "€"])))
}

fn set(token: &mut Token, word: &str, kind: Kind) {
    (token.text, token.word, token.kind) = (word.to_owned(), word.to_owned(), kind);
    (token.name_like, token.spaced) = (false, true);
}
