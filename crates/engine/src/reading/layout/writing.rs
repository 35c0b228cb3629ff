//! Ways of writing: shorthand, abbreviations, hyphens, spaced thousands, clocks, who
//! signs. Each is set straight or left out, token by token.

use crate::reading::lexicon;
use crate::reading::names::Names;
use crate::reading::token::{Kind, Token};

/// Shorthand of mails and chats.
const SHORTHAND: &[(&str, &str)] = &[
    ("@", "at"),
    ("qtr", "quarter"),
    ("qtrs", "quarters"),
    ("qrtr", "quarter"),
    ("yr", "year"),
    ("yrs", "years"),
    ("mth", "month"),
    ("mths", "months"),
    ("mo", "month"),
    ("wk", "week"),
    ("wks", "weeks"),
    ("ea", "each"),
    ("approx", "approximately"),
    ("ca", "approximately"),
    ("circa", "approximately"),
    ("incl", "including"),
    ("n", "and"),
    ("r", "are"),
    ("ppl", "people"),
    ("bc", "because"),
    ("grand", "thousand"),
    ("bux", "bucks"),
    ("cud", "could"),
    ("wud", "would"),
    ("shud", "should"),
    ("wot", "what"),
    ("wat", "what"),
    ("chk", "check"),
    ("smth", "something"),
    ("til", "till"),
    ("prog", "program"),
    ("progs", "programs"),
    ("comm", "commission"),
    ("thr", "three"),
    ("fourty", "forty"),
    ("fivty", "fifty"),
    ("ninty", "ninety"),
    ("twelfe", "twelve"),
    ("perc", "percent"),
    ("procent", "percent"),
    ("prozent", "percent"),
    ("ppts", "pp"),
    ("reg'd", "registered"),
    ("nxt", "next"),
    ("nex", "next"),
    ("lst", "last"),
    ("curr", "current"),
    ("qtrly", "quarterly"),
    ("mktg", "marketing"),
    ("mkting", "marketing"),
    ("progam", "program"),
    ("pcnt", "percent"),
    ("incr", "increase"),
    ("decr", "decrease"),
];
/// Units that are joined to their number by a hyphen: "a 5-dollar raise".
const JOINED: &[&str] = &[
    "dollar",
    "dollars",
    "euro",
    "euros",
    "percent",
    "point",
    "points",
    "pct",
    "pp",
    "cent",
    "percentage",
    "unit",
    "pound",
    "usd",
    "eur",
    "buck",
    "bucks",
    "month",
    "week",
    "year",
];

/// Writes tokens out plainly.
pub(super) fn plain(tokens: &mut Vec<Token>, names: &Names) {
    that_is(tokens);
    shorthand(tokens, names);
    hyphens(tokens);
    abbreviations(tokens);
    clocks(tokens);
    thousands(tokens);
    ordinals(tokens);
    signature(tokens);
}

/// "i.e." as one word, so that its points end no sentence.
fn that_is(tokens: &mut Vec<Token>) {
    let mut i = 0;
    while i + 2 < tokens.len() {
        let at =
            |k: usize, text: &str| tokens.get(i + k).is_some_and(|t| t.word == text && (k == 0 || !t.spaced));
        if at(0, "i") && at(1, ".") && at(2, "e") {
            let last = if at(3, ".") { 4 } else { 3 };
            tokens[i].end = tokens[i + last - 1].end;
            (tokens[i].text, tokens[i].word) = ("ie".to_owned(), "ie".to_owned());
            tokens.drain(i + 1..i + last);
        }
        i += 1;
    }
}

fn shorthand(tokens: &mut [Token], names: &Names) {
    for token in tokens.iter_mut().filter(|t| t.kind != Kind::Number && !t.name_like) {
        let long = SHORTHAND.iter().find(|(short, _)| *short == token.word);
        if let Some((_, long)) = long.filter(|_| !names.words.contains(&token.word)) {
            token.word = (*long).to_owned();
            if token.kind == Kind::Symbol {
                token.kind = Kind::Word;
            }
        }
    }
}

/// "by 5pm", "slide 7", "ticket #4521": a time of day, the number of a thing.
fn clocks(tokens: &mut Vec<Token>) {
    const THINGS: &[&str] = &[
        "slide",
        "slides",
        "page",
        "ticket",
        "ext",
        "extension",
        "room",
        "row",
        "chapter",
        "appendix",
        "figure",
        "jira",
        "thread",
        "#",
    ];
    let word = |i: usize| tokens.get(i).map_or("", |t| t.word.as_str());
    let number = |i: usize| tokens.get(i).is_some_and(|t| t.kind == Kind::Number);
    let mut gone = vec![false; tokens.len()];
    for i in (0..tokens.len()).filter(|i| number(*i)) {
        if matches!(word(i + 1), "am" | "pm" | "o'clock") {
            gone[i] = true;
            gone[i + 1] = true;
            if i > 0 && matches!(word(i - 1), "by" | "at" | "before" | "until" | "till" | "from" | "after") {
                gone[i - 1] = true;
            }
        }
        let lead = (0..i).rev().find(|k| !matches!(word(*k), "no" | "number" | "."));
        if let Some(k) = lead.filter(|k| THINGS.contains(&word(*k)) && i - k <= 3) {
            (k..=i).for_each(|n| gone[n] = true);
            if k > 0 && THINGS.contains(&word(k - 1)) {
                gone[k - 1] = true;
            }
        }
    }
    let mut at = 0;
    tokens.retain(|_| {
        at += 1;
        !gone[at - 1]
    });
}

/// "1 000 €": a space between thousands.
fn thousands(tokens: &mut Vec<Token>) {
    let digits = |t: &Token| t.kind == Kind::Number && t.text.chars().all(|c| c.is_ascii_digit());
    let mut i = 0;
    while i + 1 < tokens.len() {
        let (a, b) = (&tokens[i], &tokens[i + 1]);
        let lone = i == 0 || a.spaced || matches!(tokens[i - 1].text.as_str(), "$" | "€" | "£" | "+");
        let joined = digits(a) && digits(b) && b.spaced && b.start == a.end + 1 && lone;
        let grouped =
            joined && a.text.len() <= 3 && b.text.len() == 3 && b.text.ends_with("00") && a.text != "0";
        if grouped {
            let b = tokens.remove(i + 1);
            tokens[i].text.push_str(&b.text);
            tokens[i].word = tokens[i].text.clone();
            tokens[i].end = b.end;
        } else {
            i += 1;
        }
    }
}

/// "my 3rd mail": counts what is nothing of a program's.
fn ordinals(tokens: &mut Vec<Token>) {
    const NOUNS: &[&str] = &[
        "mail", "email", "time", "try", "attempt", "question", "message", "request", "call", "version",
        "draft", "meeting", "coffee",
    ];
    let found = |i: usize| {
        let suffix = tokens
            .get(i + 1)
            .is_some_and(|t| !t.spaced && matches!(t.word.as_str(), "st" | "nd" | "rd" | "th"));
        tokens[i].kind == Kind::Number
            && suffix
            && tokens.get(i + 2).is_some_and(|t| NOUNS.contains(&t.word.as_str()))
    };
    let all: Vec<usize> = (0..tokens.len()).filter(|i| found(*i)).collect();
    for i in all.into_iter().rev() {
        tokens.drain(i..i + 2);
    }
}

/// "Thanks, Dana": who signs.
fn signature(tokens: &mut Vec<Token>) {
    const CLOSINGS: &[&str] = &[
        "thanks",
        "thx",
        "cheers",
        "regards",
        "best",
        "rgds",
        "br",
        "sincerely",
        "yours",
        "greetings",
        "you",
        "wishes",
        "ta",
        "ciao",
    ];
    let Some(close) = (0..tokens.len()).rfind(|i| CLOSINGS.contains(&tokens[*i].word.as_str())) else {
        return;
    };
    let opens = close == 0
        || matches!(tokens[close - 1].text.as_str(), "." | "!" | "?" | "," | ";" | "-")
        || CLOSINGS.contains(&tokens[close - 1].word.as_str())
        || matches!(tokens[close - 1].word.as_str(), "kind" | "many" | "warm" | "thank" | "all" | "the");
    let rest = &tokens[close + 1..];
    let names = rest.iter().filter(|t| t.kind == Kind::Word).count();
    let signs = rest.iter().all(|t| {
        t.kind == Kind::Symbol
            || t.kind == Kind::Word && t.text.chars().next().is_some_and(char::is_uppercase)
    });
    if opens && signs && (1..=3).contains(&names) && close > 0 {
        tokens.truncate(close);
    }
}

/// "max. 400 euros": the point belongs to the word.
fn abbreviations(tokens: &mut Vec<Token>) {
    const SHORT: &[&str] = &[
        "max",
        "min",
        "approx",
        "approximately",
        "incl",
        "excl",
        "ca",
        "vs",
        "resp",
        "including",
        "mr",
        "mrs",
        "ms",
        "dr",
    ];
    let cut = |i: usize| {
        let next_small = tokens.get(i + 1).is_some_and(|t| {
            !t.text.chars().next().is_some_and(char::is_uppercase)
                || i > 0 && matches!(tokens[i - 1].word.as_str(), "mr" | "mrs" | "ms" | "dr")
        });
        tokens[i].text == "."
            && !tokens[i].spaced
            && i > 0
            && SHORT.contains(&tokens[i - 1].word.as_str())
            && next_small
    };
    let found: Vec<usize> = (0..tokens.len()).filter(|i| cut(*i)).collect();
    for i in found.into_iter().rev() {
        tokens.remove(i);
    }
}

/// "5-dollar", "10-percent": the hyphen only joins.
fn hyphens(tokens: &mut Vec<Token>) {
    let joins = |i: usize| {
        let glued = |k: usize| tokens.get(k).is_some_and(|t| !t.spaced);
        tokens[i].text == "-"
            && i > 0
            && (tokens[i - 1].kind == Kind::Number
                || lexicon::NUMBER_WORDS.contains(&tokens[i - 1].word.as_str())
                || matches!(tokens[i - 1].word.as_str(), "half" | "quarter" | "full" | "single"))
            && glued(i)
            && glued(i + 1)
            && JOINED.contains(&tokens[i + 1].word.as_str())
    };
    let found: Vec<usize> = (0..tokens.len()).filter(|i| joins(*i)).collect();
    for i in found.into_iter().rev() {
        tokens.remove(i);
    }
}
