//! Whether other words say the same as the template: the same figures, of the same
//! things, going the same way, with the same doubts and names, and nothing added.
//! Strict on purpose: what it refuses costs a nicer sentence, what it lets through would
//! be believed.

use std::collections::BTreeSet;

use super::sentence::{Figure, Sentence, sentences};

/// Longest wording, against the template's.
const LONGER_MAX: f64 = 1.5;
/// Words that claim more than a forecast can say, or a number in letters. They may
/// stand only where the template has them.
const CLAIMS: &[&str] = &[
    "because",
    "due",
    "therefore",
    "thus",
    "hence",
    "cause",
    "causes",
    "caused",
    "should",
    "recommend",
    "recommended",
    "advise",
    "must",
    "guarantee",
    "guaranteed",
    "guarantees",
    "certain",
    "certainly",
    "definitely",
    "surely",
    "clearly",
    "undoubtedly",
    "always",
    "will",
    "ignore",
    "proven",
    "safe",
    "risk-free",
    "significant",
    "significantly",
    "substantial",
    "substantially",
    "dramatic",
    "dramatically",
    "slightly",
    "most",
    "best",
    "worst",
    "worth",
    "twice",
    "double",
    "doubles",
    "triple",
    "half",
    "dozen",
    "hundred",
    "thousand",
    "million",
    "billion",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
];
/// Words of doubt. A wording keeps at least one where its part of the template has one.
const DOUBTS: &[&str] = &[
    "open",
    "whether",
    "uncertain",
    "unclear",
    "may",
    "might",
    "could",
    "if",
    "about",
    "little",
    "weak",
    "would",
    "between",
    "range",
    "estimate",
    "around",
    "roughly",
    "approximately",
];
/// Marks that a plain sentence has no use for.
const MARKS: &[&str] = &["http", "www.", "<", ">", "[", "]", "`", "*", "#", "@", "{", "}", "|"];

/// What is wrong with a wording (headline, text), in sentences for the model; empty
/// where it says the same. `names` are those of the company.
pub fn wrong(template: (&str, &str), worded: (&str, &str), names: &[String]) -> Vec<String> {
    let (given, said) = (sentences_of(template), sentences_of(worded));
    let mut wrong = Vec::new();
    let (before, after) = (whole(template), whole(worded));
    if after.len() as f64 > before.len() as f64 * LONGER_MAX {
        wrong.push("It is longer than what was given".to_owned());
    }
    for (at, part) in [("headline", (template.0, worded.0)), ("text", (template.1, worded.1))] {
        let (a, b) = (figures(&sentences(part.0)), figures(&sentences(part.1)));
        let missing: Vec<String> = a.difference(&b).map(ToString::to_string).collect();
        let added: Vec<String> = b.difference(&a).map(ToString::to_string).collect();
        if !missing.is_empty() {
            wrong.push(format!("The {at} leaves out {}", missing.join(", ")));
        }
        if !added.is_empty() {
            wrong.push(format!("The {at} has figures that were not given there: {}", added.join(", ")));
        }
        if doubts(part.0) && !doubts(part.1) {
            wrong.push(format!("The {at} leaves out the doubt"));
        }
    }
    wrong.extend(words(&before, &after, &given, &said, names));
    let stray = said.iter().filter(|sentence| !covered(sentence, &given));
    wrong.extend(stray.map(|s| format!("No given sentence says: {}", s.words.join(" "))));
    wrong
}

fn whole((headline, text): (&str, &str)) -> String {
    format!("{headline}\n{text}")
}

fn sentences_of((headline, text): (&str, &str)) -> Vec<Sentence> {
    let mut all = sentences(headline);
    all.extend(sentences(text));
    all
}

fn figures(sentences: &[Sentence]) -> BTreeSet<Figure> {
    sentences.iter().flat_map(|s| s.figures.iter().cloned()).collect()
}

fn doubts(text: &str) -> bool {
    sentences(text).iter().flat_map(|s| &s.words).any(|w| DOUBTS.contains(&w.as_str()))
}

/// Names, claims and marks that were not given.
fn words(before: &str, after: &str, given: &[Sentence], said: &[Sentence], names: &[String]) -> Vec<String> {
    let (lower_before, lower_after) = (before.to_lowercase(), after.to_lowercase());
    let known: BTreeSet<&str> = given.iter().flat_map(|s| &s.words).map(String::as_str).collect();
    let mut wrong = Vec::new();
    for name in names.iter().map(|n| n.to_lowercase()) {
        if holds(&lower_after, &name) && !holds(&lower_before, &name) {
            wrong.push(format!("It names {name}, which was not given"));
        }
    }
    for word in capitalised(after) {
        if !known.contains(word.to_lowercase().as_str()) {
            wrong.push(format!("It names {word}, which was not given"));
        }
    }
    let claims = said.iter().flat_map(|s| &s.words).filter(|w| CLAIMS.contains(&w.as_str()));
    for claim in claims.filter(|w| !known.contains(w.as_str())) {
        wrong.push(format!("It says {claim:?}, which was not given"));
    }
    for mark in MARKS.iter().filter(|m| lower_after.contains(**m) && !lower_before.contains(**m)) {
        wrong.push(format!("It holds {mark:?}; plain sentences only"));
    }
    wrong
}

/// Whether a text holds a name as words of its own.
fn holds(text: &str, name: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            edge(text[..at].chars().next_back()) && edge(text[at + name.len()..].chars().next())
        })
}

/// Words that begin with a capital, or mix letters and digits, inside of a sentence.
fn capitalised(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut starts = true;
    for token in text.split_whitespace() {
        let word = token.trim_matches(|c: char| !c.is_alphanumeric());
        let named = word.starts_with(char::is_uppercase)
            || word.contains(char::is_alphabetic) && word.contains(|c: char| c.is_ascii_digit());
        if named && !starts {
            found.push(word);
        }
        starts = token.ends_with(['.', '!', '?', ':']);
    }
    found
}

/// Whether a sentence says nothing that one given sentence, or two that follow each
/// other, do not say.
fn covered(sentence: &Sentence, given: &[Sentence]) -> bool {
    let single = given.iter().any(|g| within(sentence, &[g]));
    single || given.windows(2).any(|pair| within(sentence, &[&pair[0], &pair[1]]))
}

fn within(sentence: &Sentence, given: &[&Sentence]) -> bool {
    let figures = |f: &Figure| given.iter().any(|g| g.figures.contains(f));
    let pairs = |p: &(Figure, &'static str)| given.iter().any(|g| g.pairs.contains(p));
    let moves = |m: &(Figure, bool)| given.iter().any(|g| g.moves.contains(m));
    sentence.figures.iter().all(figures)
        && sentence.pairs.iter().all(pairs)
        && sentence.moves.iter().all(moves)
        && sentence.directions.iter().all(|d| given.iter().any(|g| g.directions.contains(d)))
        && sentence.subjects.iter().all(|s| given.iter().any(|g| g.subjects.contains(s)))
        && sentence.denied == given.iter().any(|g| g.denied)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADLINE: &str = "Product X SPIFF +5% raises net margin by about $12,300 in Q3 2026.";
    const TEXT: &str = "Payouts rise by about $4,100. Net margin rises by about $12,300, with 8 in 10 chances \
                        between $2,000 and $21,000.\n\nThe response rests on 5 past changes.";

    fn check(headline: &str, text: &str) -> Vec<String> {
        let names = ["Product X SPIFF", "Gold", "Northwind Traders"].map(str::to_owned);
        wrong((HEADLINE, TEXT), (headline, text), &names)
    }

    #[test]
    fn the_template_and_gentle_changes_of_it_pass() {
        assert_eq!(check(HEADLINE, TEXT), Vec::<String>::new());
        let headline = "In Q3 2026, Product X SPIFF +5% lifts net margin by around $12,300.";
        let text = "Payouts increase by roughly $4,100. Net margin gains about $12,300, with 8 in 10 chances \
                    between $2,000 and $21,000. The response rests on 5 past changes.";
        assert_eq!(check(headline, text), Vec::<String>::new());
    }

    #[test]
    fn whatever_says_something_else_is_refused() {
        let spoilt = [
            ("another figure", HEADLINE.replace("12,300", "13,300"), TEXT.to_owned()),
            ("another direction", HEADLINE.replace("raises", "lowers"), TEXT.to_owned()),
            ("a denial", HEADLINE.replace("raises", "never raises"), TEXT.to_owned()),
            ("another percentage", HEADLINE.replace("+5%", "+5"), TEXT.to_owned()),
            ("another thing", HEADLINE.into(), TEXT.replace("Payouts rise", "Revenue rises")),
            (
                "figures swapped",
                HEADLINE.into(),
                TEXT.replace("$4,100", "$X").replace("$12,300", "$4,100").replace("$X", "$12,300"),
            ),
            ("a figure left out", HEADLINE.into(), TEXT.replace(" between $2,000 and $21,000", "")),
            ("a name added", HEADLINE.into(), format!("{TEXT} Northwind Traders leads.")),
            ("a tier added", HEADLINE.replace("net margin", "Gold net margin"), TEXT.to_owned()),
            ("surer than given", HEADLINE.replace("about ", ""), TEXT.to_owned()),
            ("advice", HEADLINE.into(), format!("{TEXT} You should do it.")),
            ("a cause", HEADLINE.into(), TEXT.replace("rests on", "is caused by")),
            ("a link", HEADLINE.into(), format!("{TEXT} See http://example.org")),
            ("a number in letters", HEADLINE.into(), TEXT.replace("5 past", "5 of ten past")),
            ("too long", HEADLINE.into(), format!("{TEXT} {}", "It is as it is. ".repeat(20))),
        ];
        for (what, headline, text) in spoilt {
            assert!(!check(&headline, &text).is_empty(), "{what} passed: {headline} / {text}");
        }
    }
}
