//! English that says the same in other words: spellings, phrasal verbs and bounds that
//! stand for plainer ones ("programme", "do without", "no higher than", "or less").
//! Replaces words over the same characters; knows no program and no figure.

use crate::reading::names::Names;
use crate::reading::token::{Kind, Token};

use super::spoken::replace;

/// Phrases and the plainer ones they stand for, never longer than the phrase.
#[rustfmt::skip]
const PLAINER: &[(&[&str], &[&str])] = &[
    (&["programme"], &["program"]), (&["programmes"], &["programs"]),
    (&["top", "up"], &["raise"]), (&["topping", "up"], &["raising"]), (&["topped", "up"], &["raised"]),
    (&["slice"], &["cut"]), (&["slicing"], &["cutting"]), (&["sliced"], &["cut"]),
    (&["no", "longer", "get"], &["lose"]), (&["no", "longer", "receive"], &["lose"]),
    (&["no", "longer", "earn"], &["lose"]), (&["no", "longer", "gets"], &["loses"]),
    (&["end", "up", "with"], &["get"]), (&["end", "up"], &["land"]), (&["ends", "up"], &["land"]),
    (&["exclusively"], &["only"]), (&["solely"], &["only"]),
    (&["double", "down", "on"], &["raise"]), (&["insist", "on"], &["require"]), (&["price", "out"], &["show"]),
    (&["widen"], &["open"]), (&["widens"], &["open"]), (&["widened"], &["opened"]),
    (&["widening"], &["opening"]), (&["broaden"], &["open"]), (&["broadened"], &["opened"]),
    (&["broadening"], &["opening"]),
    (&["mandatory"], &["required"]), (&["compulsory"], &["required"]), (&["obligatory"], &["required"]),
    (&["lapse"], &["stop"]), (&["lapses"], &["stops"]), (&["lapsed"], &["stopped"]),
    (&["treble"], &["triple"]), (&["trebled"], &["tripled"]), (&["trebling"], &["tripling"]),
    (&["upward"], &["up"]), (&["upwards"], &["up"]), (&["downward"], &["down"]), (&["downwards"], &["down"]),
    (&["lessen"], &["reduce"]), (&["lessened"], &["reduced"]), (&["lessening"], &["reducing"]),
    (&["heighten"], &["raise"]), (&["heightened"], &["raised"]), (&["heightening"], &["raising"]),
    (&["stepped", "up"], &["raised"]), (&["stepping", "up"], &["raising"]),
    (&["hand", "out"], &["pay"]), (&["handed", "out"], &["paid"]), (&["handing", "out"], &["paying"]),
    (&["shell", "out"], &["pay"]), (&["fork", "out"], &["pay"]),
    (&["roll", "out"], &["launch"]), (&["rolled", "out"], &["launched"]), (&["rolling", "out"], &["launching"]),
    (&["set", "up", "a"], &["launch", "a"]),
    (&["do", "without"], &["pause"]), (&["doing", "without"], &["pausing"]), (&["go", "without"], &["pause"]),
    (&["skip", "the"], &["pause", "the"]), (&["skipping", "the"], &["pausing", "the"]),
    (&["over", "and", "above"], &["on", "top", "of"]),
    (&["at", "or", "below"], &["at", "most"]), (&["at", "or", "under"], &["at", "most"]),
    (&["at", "or", "above"], &["at", "least"]), (&["w", "/", "o"], &["without"]), (&["ended", "up"], &["landed"]),
    (&["to", "the", "half"], &["by", "half"]),
    (&["q", "one"], &["q1"]), (&["q", "two"], &["q2"]), (&["q", "three"], &["q3"]), (&["q", "four"], &["q4"]),
    (&["north", "of"], &["above"]), (&["south", "of"], &["below"]), (&["in", "excess", "of"], &["above"]),
    (&["upwards", "of"], &["above"]),
    (&["new", "-", "customer"], &["new", "customer"]), (&["new", "-", "customers"], &["new", "customers"]),
    (&["deal", "-", "registration"], &["deal", "registration"]),
    (&["keep", "at"], &["at"]), (&["stay", "at"], &["at"]), (&["staying", "at"], &["at"]), (&["keeping", "at"], &["at"]),
    (&["keep", "it", "at"], &["at"]), (&["leave", "it", "at"], &["at"]), (&["leaving", "it", "at"], &["at"]),
    (&["stick", "with"], &["at"]), (&["sticking", "with"], &["at"]), (&["stick", "to"], &["at"]),
    (&["for", "the", "months", "of"], &["for"]), (&["in", "the", "months", "of"], &["in"]),
    (&["for", "the", "month", "of"], &["for"]), (&["in", "the", "month", "of"], &["in"]),
    (&["during", "the", "months", "of"], &["in"]), (&["during", "the", "month", "of"], &["in"]),
    (&["no", "longer", "be", "eligible"], &["be", "ineligible"]), (&["no", "longer", "eligible"], &["ineligible"]),
    (&["no", "longer", "qualified"], &["be", "ineligible"]),
    (&["no", "longer", "qualify"], &["be", "ineligible"]), (&["no", "longer", "take", "part"], &["be", "ineligible"]),
    (&["not", "be", "eligible"], &["be", "ineligible"]), (&["no", "longer", "count"], &["be", "ineligible"]),
    (&["running", "quarter"], &["current", "quarter"]), (&["running", "month"], &["current", "month"]),
    (&["running", "year"], &["current", "year"]), (&["ongoing", "quarter"], &["current", "quarter"]),
    (&["back", "half"], &["second", "half"]), (&["front", "half"], &["first", "half"]),
    (&["second", "semester"], &["second", "half"]), (&["first", "semester"], &["first", "half"]),
    (&["with", "effect", "from"], &["from"]), (&["effective", "from"], &["from"]),
    (&["up", "to", "and", "including"], &["through"]),
    (&["in", "the", "course", "of"], &["during"]), (&["over", "the", "course", "of"], &["during"]),
    (&["for", "the", "duration", "of"], &["during"]),
    (&["least", "expensive"], &["cheapest"]), (&["most", "affordable"], &["cheapest"]),
    (&["least", "costly"], &["cheapest"]),
    (&["no", "higher", "than"], &["at", "most"]), (&["no", "greater", "than"], &["at", "most"]),
    (&["no", "larger", "than"], &["at", "most"]), (&["no", "bigger", "than"], &["at", "most"]),
    (&["not", "higher", "than"], &["at", "most"]), (&["not", "greater", "than"], &["at", "most"]),
    (&["not", "exceeding"], &["at", "most"]), (&["not", "to", "exceed"], &["at", "most"]),
    (&["not", "above"], &["at", "most"]), (&["at", "the", "most"], &["at", "most"]),
    (&["at", "the", "very", "most"], &["at", "most"]), (&["at", "a", "maximum", "of"], &["at", "most"]),
    (&["no", "lower", "than"], &["at", "least"]), (&["not", "lower", "than"], &["at", "least"]),
    (&["no", "fewer", "than"], &["at", "least"]), (&["not", "below"], &["at", "least"]),
    (&["at", "the", "least"], &["at", "least"]), (&["at", "the", "very", "least"], &["at", "least"]),
    (&["at", "the", "moment"], &["currently"]), (&["at", "the", "minute"], &["currently"]), (&["at", "present"], &["currently"]),
    (&["as", "things", "stand"], &["currently"]), (&["as", "it", "stands"], &["currently"]), (&["as", "we", "speak"], &["currently"]),
    (&["right", "now"], &["currently"]), (&["all", "through"], &["throughout"]), (&["right", "through"], &["throughout"]),
    (&["except", "those", "in"], &["except", "in"]), (&["except", "the", "ones", "in"], &["except", "in"]),
    (&["that", "isn't", "in"], &["not", "in"]), (&["that", "aren't", "in"], &["not", "in"]),
    (&["who", "isn't", "in"], &["not", "in"]), (&["who", "aren't", "in"], &["not", "in"]),
    (&["that", "is", "not", "in"], &["not", "in"]), (&["who", "are", "not", "in"], &["not", "in"]),
    (&["with", "a", "view", "to"], &["to"]), (&["so", "as", "to"], &["to"]), (&["in", "a", "bid", "to"], &["to"]),
];

/// Remarks that say nothing of the change, though "if" and "as" stand in them.
#[rustfmt::skip]
const REMARKS: &[&[&str]] = &[
    &["if", "you", "ask", "me"], &["if", "i", "may"], &["if", "you", "don't", "mind"], &["if", "you", "can"],
    &["if", "you", "could"], &["if", "possible"], &["if", "that", "makes", "sense"], &["if", "that", "helps"],
    &["if", "you", "like"], &["if", "you", "have", "a", "minute"], &["as", "you", "know"], &["as", "you", "can", "see"],
    &["they", "tell", "me"], &["they", "say"], &["i'm", "told"], &["i", "am", "told"], &["to", "be", "honest"],
    &["to", "be", "fair"], &["when", "you", "have", "a", "minute"], &["when", "you", "get", "a", "chance"],
];

/// Takes such a remark out where a comma or the end of its sentence sets it apart.
fn remarks(tokens: &mut Vec<Token>) {
    let mark = |t: &Token| {
        matches!(t.text.as_str(), "," | "." | "?" | "!" | ";" | "-" | "–" | "—" | ":" | "(" | ")")
    };
    let mut i = 0;
    while i < tokens.len() {
        let phrase = REMARKS.iter().find(|p| super::spoken::follows(tokens, i, p)).map_or(0, |p| p.len());
        let before = i == 0 || mark(&tokens[i - 1]);
        let behind = tokens.get(i + phrase).is_none_or(mark);
        if phrase > 0 && phrase < tokens.len() && before && behind {
            // The comma before it goes with it.
            let comma = usize::from(i > 0 && tokens[i - 1].text == ",");
            tokens.drain(i - comma..i + phrase);
            i -= comma;
        } else {
            i += 1;
        }
    }
}

/// Writes such phrases out.
pub(super) fn plain(tokens: &mut Vec<Token>, names: &Names) {
    remarks(tokens);
    for (phrase, plainer) in PLAINER {
        if !phrase.iter().any(|w| names.words.contains(*w)) {
            replace(tokens, phrase, plainer, Kind::Word);
        }
    }
    bounds(tokens);
    not_but(tokens);
    factors(tokens, names);
}

/// "not 17 but 18 euros": the figure that is not meant goes.
fn not_but(tokens: &mut Vec<Token>) {
    const LONGEST: usize = 6;
    let Some(not) = tokens.iter().position(|t| t.word == "not") else { return };
    let Some(length) = tokens[not..].iter().take(LONGEST).position(|t| t.word == "but") else { return };
    let between = &tokens[not + 1..not + length];
    let figure = between.iter().any(|t| t.kind == Kind::Number)
        && between.iter().all(|t| {
            t.kind != Kind::Word
                || matches!(t.word.as_str(), "to" | "at" | "by" | "euros" | "dollars" | "percent" | "points")
        });
    let next = tokens[not + length + 1..].iter().take(3).any(|t| t.kind == Kind::Number);
    if figure && next {
        tokens.drain(not..=not + length);
    }
}

/// "times 1.5", "x2": a factor said before its number goes behind it.
fn factors(tokens: &mut Vec<Token>, names: &Names) {
    let mut i = 0;
    while i < tokens.len() {
        let number = tokens.get(i + 1).is_some_and(|t| t.kind == Kind::Number);
        let counted = i > 0 && tokens[i - 1].kind == Kind::Number;
        let sign = matches!(tokens[i].word.as_str(), "x" | "×" | "*") && !named(tokens, i, names);
        let unit = tokens.get(i + 2).is_some_and(|t| {
            matches!(t.word.as_str(), "%" | "$" | "€" | "£" | "percent" | "units" | "points")
        });
        if (tokens[i].word == "times" || sign && !unit) && number && !counted {
            tokens.swap(i, i + 1);
            let times = &mut tokens[i + 1];
            (times.text, times.word, times.kind) = ("times".into(), "times".into(), Kind::Word);
            times.name_like = false;
            i += 1;
        }
        let digits = tokens[i].word.strip_prefix('x').filter(|d| {
            !d.is_empty()
                && d.parse::<rust_decimal::Decimal>().is_ok()
                && !names.words.contains(tokens[i].word.as_str())
        });
        if let Some(digits) = digits.map(str::to_owned) {
            let times =
                Token { text: "times".into(), word: "times".into(), name_like: false, ..tokens[i].clone() };
            let number = &mut tokens[i];
            (number.text, number.word, number.kind, number.name_like) =
                (digits.clone(), digits, Kind::Number, false);
            tokens.insert(i + 1, times);
            i += 1;
        }
        i += 1;
    }
}

/// "Product X": the letter ends a name of the company's.
fn named(tokens: &[Token], i: usize, names: &Names) -> bool {
    let before = |n: usize| i.checked_sub(n).map(|k| tokens[k].word.as_str());
    let run = |words: &[&str]| !names.of_run(&format!("{}{}", words.concat(), tokens[i].word)).is_empty();
    match (before(2), before(1)) {
        (Some(a), Some(b)) => run(&[a, b]) || run(&[b]),
        (None, Some(b)) => run(&[b]),
        _ => false,
    }
}

/// "€20,000 or less": a bound said behind its figure goes before it.
fn bounds(tokens: &mut [Token]) {
    const LESS: &[&str] = &["less", "lower", "below", "fewer", "under"];
    const MORE: &[&str] = &["more", "higher", "above", "better", "over"];
    for i in 1..tokens.len().saturating_sub(1) {
        let bound = tokens[i + 1].word.as_str();
        let word = if LESS.contains(&bound) {
            "most"
        } else if MORE.contains(&bound) {
            "least"
        } else {
            continue;
        };
        let unit = |t: &Token| {
            matches!(
                t.word.as_str(),
                "$" | "€"
                    | "£"
                    | "%"
                    | "k"
                    | "m"
                    | "euros"
                    | "euro"
                    | "eur"
                    | "dollars"
                    | "usd"
                    | "percent"
                    | "units"
            )
        };
        let ends = tokens
            .get(i + 2)
            .is_none_or(|t| t.kind == Kind::Symbol || matches!(t.word.as_str(), "in" | "for"));
        if tokens[i].word != "or" || !ends {
            continue;
        }
        let Some(first) = (0..i).rev().find(|k| !(tokens[*k].kind == Kind::Number || unit(&tokens[*k])))
        else {
            continue;
        };
        if !tokens[first + 1..i].iter().any(|t| t.kind == Kind::Number) {
            continue;
        }
        for (token, plain) in tokens[i..i + 2].iter_mut().zip(["at", word]) {
            (token.text, token.word) = (plain.to_owned(), plain.to_owned());
        }
        tokens[first + 1..i + 2].rotate_right(2);
    }
}

/// "Package one:", "Alternative 2 -", "Variant B =": what is weighed, by one kind of label.
pub(super) fn labels(tokens: &mut [Token]) {
    #[rustfmt::skip]
    const LABELS: &[&str] = &[
        "option", "opt", "scenario", "variant", "alternative", "case", "plan", "package", "proposal", "version",
        "design", "model", "idea", "choice", "variation", "route",
    ];
    for i in 0..tokens.len().saturating_sub(2) {
        let opens = i == 0
            || matches!(
                tokens[i - 1].text.as_str(),
                "." | ":" | ";" | "," | "?" | "!" | "(" | "—" | "–" | "-"
            )
            || matches!(tokens[i - 1].word.as_str(), "and" | "or" | "vs" | "versus" | "against");
        let marked = matches!(tokens[i + 2].text.as_str(), ":" | "=" | "-" | "–" | "—" | ")");
        if !(opens && marked && LABELS.contains(&tokens[i].word.as_str())) {
            continue;
        }
        let name = match tokens[i + 1].word.as_str() {
            "one" | "1" | "i" => "a",
            "two" | "2" | "ii" => "b",
            "three" | "3" | "iii" => "c",
            "four" | "4" | "iv" => "d",
            _ => continue,
        };
        (tokens[i].text, tokens[i].word) = ("option".to_owned(), "option".to_owned());
        (tokens[i + 1].text, tokens[i + 1].word) = (name.to_owned(), name.to_owned());
        tokens[i + 1].kind = Kind::Word;
        tokens[i].name_like = false;
        tokens[i + 1].name_like = false;
    }
    for i in 0..tokens.len().saturating_sub(2) {
        let letter = tokens[i + 1].text.chars().count() == 1;
        let marked = matches!(tokens[i + 2].text.as_str(), ":" | "=" | ")");
        if letter && marked && LABELS.contains(&tokens[i].word.as_str()) {
            (tokens[i].text, tokens[i].word) = ("option".to_owned(), "option".to_owned());
        }
    }
}

/// "Best regards, Inês", "Thanks, M.": who signs, at the end.
pub(super) fn signature(tokens: &mut Vec<Token>) {
    const CLOSINGS: &[&str] =
        &["regards", "wishes", "thanks", "thx", "cheers", "greetings", "br", "rgds", "sincerely", "ciao"];
    const BEFORE: &[&str] = &["kind", "best", "warm", "many", "with", "yours", "warmest", "kindest"];
    const LONGEST: usize = 8;
    let tail = tokens.len().saturating_sub(LONGEST);
    let Some(at) = (tail..tokens.len()).find(|i| CLOSINGS.contains(&tokens[*i].word.as_str())) else {
        return;
    };
    let mut start = at;
    while start > 0 && BEFORE.contains(&tokens[start - 1].word.as_str()) {
        start -= 1;
    }
    let opens = start > 0
        && matches!(
            tokens[start - 1].text.as_str(),
            "." | "?" | "!" | "," | ";" | "-" | "–" | "—" | ")" | "…"
        );
    let people = tokens[at + 1..].iter().all(|t| {
        matches!(t.text.as_str(), "," | "." | "!" | "-" | "/" | "—" | "–" | ";")
            || t.kind == Kind::Word && (t.name_like || follows_closing(&t.word))
    });
    if opens && people {
        tokens.truncate(start);
    }
}

fn follows_closing(word: &str) -> bool {
    matches!(
        word,
        "in" | "advance" | "from" | "a" | "lot" | "so" | "much" | "all" | "and" | "regards" | "the" | "team"
    )
}

#[cfg(test)]
mod tests {
    use super::super::spoken::follows;
    use super::*;
    use crate::reading::token::tokens;

    fn reads(tokens: &[Token], words: &[&str]) -> bool {
        (0..tokens.len()).any(|i| follows(tokens, i, words))
    }

    #[test]
    fn a_bound_behind_its_figure_goes_before_it() {
        let mut said = tokens("with payout of €20,000 or less in Q4");
        bounds(&mut said);
        assert!(reads(&said, &["of", "at", "most", "€", "20,000", "in"]), "{said:?}");
    }

    #[test]
    fn a_choice_of_figures_is_no_bound() {
        let mut said = tokens("to $45 or lower the cap");
        let before = said.clone();
        bounds(&mut said);
        assert_eq!(said, before);
    }

    #[test]
    fn who_signs_is_left_out() {
        let mut said = tokens("Raise it by 5% in Q4. Best regards, Ines");
        signature(&mut said);
        assert_eq!(said.last().map(|t| t.text.as_str()), Some("."));
    }

    #[test]
    fn labels_are_of_one_kind() {
        let mut said = tokens("Package one: 5%. Package two: 8%");
        labels(&mut said);
        assert!(reads(&said, &["option", "a", ":"]) && reads(&said, &["option", "b", ":"]), "{said:?}");
    }
}
