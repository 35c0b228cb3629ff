//! The places where a question may be cut into changes, and the words that link them.

use std::ops::Range;

use crate::reading::lexicon;
use crate::reading::sheet::{Sheet, Use};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    And,
    Comma,
    Or,
    Versus,
    With,
}

/// A place where the question may be cut: the tokens of the link.
pub(super) struct Cut {
    pub at: Range<usize>,
    pub link: Link,
}

pub(super) fn cuts(sheet: &Sheet<'_>, compares: bool) -> Vec<Cut> {
    let mut found = Vec::new();
    let mut i = 0;
    while i < sheet.len() {
        if let Some(cut) = cut(sheet, i, compares) {
            i = cut.at.end;
            found.push(cut);
        } else {
            i += 1;
        }
    }
    found
}

fn cut(sheet: &Sheet<'_>, i: usize, compares: bool) -> Option<Cut> {
    if !sheet.free(i) && sheet.uses[i] != Use::Lever {
        return None;
    }
    let one = |link| Some(Cut { at: i..i + 1, link });
    let compared = |k: usize| sheet.is(k, &["to", "with", "against"]);
    match sheet.word(i) {
        "compared" if compared(i + 1) && i > 0 => Some(Cut { at: i..i + 2, link: Link::Versus }),
        "better" | "worse" if sheet.word(i + 1) == "than" => Some(Cut { at: i..i + 2, link: Link::Versus }),
        "vs" | "versus" | "against" => {
            let dot = usize::from(sheet.word(i) == "vs" && sheet.word(i + 1) == "." && i + 2 < sheet.len());
            Some(Cut { at: i..i + 1 + dot, link: Link::Versus })
        }
        "or" if !sheet.is(i + 1, &["so", "not"]) => one(Link::Or),
        "with" if compares && (0..i).any(|k| sheet.is(k, &["compare", "comparing", "compared"])) => {
            one(Link::With)
        }
        // "(90k and above)": part of a number.
        "and"
            if sheet.is(i + 1, &["above", "up", "over", "more", "upwards"])
                && sheet.uses.get(i.wrapping_sub(1)) == Some(&Use::Number) =>
        {
            None
        }
        // "with the override kept at 1%": a term of its own.
        "with"
            if (i + 2..i + 8)
                .any(|k| sheet.is(k, &["kept", "held", "left", "set"]) && sheet.word(k + 1) == "at") =>
        {
            one(Link::And)
        }
        // "to $45 with a budget of $200,000"
        "with"
            if (0..i).any(|k| sheet.uses[k] == Use::Number)
                && term_of(
                    sheet,
                    sheet.skip(
                        i + 1,
                        &[
                            "a",
                            "an",
                            "the",
                            "new",
                            "deal",
                            "partner",
                            "monthly",
                            "quarterly",
                            "transaction",
                            "per",
                            "-",
                            "program",
                            "higher",
                            "lower",
                            "total",
                            "overall",
                            "order",
                        ],
                    ),
                ) =>
        {
            one(Link::And)
        }
        "and" | "&" | "while" | "plus" | "then" | "but" => one(Link::And),
        // "… - rate €17 - cap €900"
        "-" | "–" | "—"
            if sheet.tokens[i].spaced
                && sheet.tokens.get(i + 1).is_some_and(|t| t.spaced)
                && (sheet.is(i + 1, &["rate", "minimum", "target"])
                    || sheet.is(i + 1, lexicon::CAP)
                    || sheet.is(i + 1, lexicon::BUDGET)) =>
        {
            one(Link::Comma)
        }
        ";" => one(Link::Comma),
        "," => {
            let more = usize::from(sheet.is(i + 1, &["and", "then"]));
            let or = sheet.word(i + 1) == "or" && !sheet.is(i + 2, &["so"]);
            match (more, or) {
                (_, true) => Some(Cut { at: i..i + 2, link: Link::Or }),
                (1, _) => Some(Cut { at: i..i + 2, link: Link::And }),
                _ => one(Link::Comma),
            }
        }
        "." if i + 1 < sheet.len() => one(Link::Comma),
        _ => None,
    }
}

/// "budget of $200,000", "cap at $500": a term with a figure of its own.
fn term_of(sheet: &Sheet<'_>, i: usize) -> bool {
    let word = sheet.word(i);
    let term = [lexicon::CAP, lexicon::BUDGET].iter().any(|list| list.contains(&word))
        || matches!(word, "minimum" | "target" | "accelerator" | "override");
    term && sheet.is(i + 1, &["of", "at"]) && sheet.uses.get(i + 2) == Some(&Use::Number)
}

/// The stretches between the cuts.
pub(super) fn pieces(len: usize, cuts: &[Cut]) -> Vec<Range<usize>> {
    let mut from = 0;
    let mut out = Vec::new();
    for cut in cuts {
        out.push(from..cut.at.start);
        from = cut.at.end;
    }
    out.push(from..len);
    out
}
