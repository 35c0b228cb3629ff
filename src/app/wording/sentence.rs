//! What a sentence of a summary states: its figures, what they are of, and which way
//! things go. Knows the words of the summaries, not their meaning.

use std::collections::BTreeSet;

/// A number as it is told: sign, digits, and what makes it another number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Figure {
    /// Such as `-1234.5`.
    number: String,
    /// `%`, a scale such as `million`, or nothing.
    scale: String,
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.number, self.scale)
    }
}

/// What a sentence states.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sentence {
    /// All its figures.
    pub figures: BTreeSet<Figure>,
    /// Each figure with the nearest word for what it is of, where there is one.
    pub pairs: BTreeSet<(Figure, &'static str)>,
    /// Each figure with the nearest word for a direction, where there is one.
    pub moves: BTreeSet<(Figure, bool)>,
    /// Which ways things go: up is true.
    pub directions: BTreeSet<bool>,
    /// What it is about.
    pub subjects: BTreeSet<&'static str>,
    /// Whether something is denied.
    pub denied: bool,
    /// Its words in lower case, without marks.
    pub words: Vec<String>,
}

const UP: &[&str] = &[
    "raise",
    "raises",
    "raised",
    "raising",
    "increase",
    "increases",
    "increased",
    "increasing",
    "up",
    "gain",
    "gains",
    "gained",
    "grow",
    "grows",
    "grew",
    "growth",
    "more",
    "higher",
    "above",
    "lift",
    "lifts",
    "lifted",
    "adds",
    "added",
    "add",
    "rise",
    "rises",
    "rose",
    "boost",
    "boosts",
    "boosted",
    "improves",
    "improve",
    "improved",
    "better",
    "profit",
    "profitable",
    "earns",
    "brings",
];
const DOWN: &[&str] = &[
    "lower",
    "lowers",
    "lowered",
    "lowering",
    "decrease",
    "decreases",
    "decreased",
    "reduce",
    "reduces",
    "reduced",
    "cut",
    "cuts",
    "fall",
    "falls",
    "fell",
    "drop",
    "drops",
    "dropped",
    "less",
    "fewer",
    "below",
    "loss",
    "lose",
    "loses",
    "lost",
    "down",
    "shrink",
    "shrinks",
    "declines",
    "decline",
    "declined",
    "worse",
    "hurts",
    "erodes",
];
const DENIED: &[&str] = &["not", "no", "never", "nothing", "none", "neither", "nor", "without", "cannot"];
/// Words for what a figure is of; those of one line are the same thing.
const SUBJECTS: &[(&str, &[&str])] = &[
    ("margin", &["margin", "margins"]),
    ("payout", &["payout", "payouts", "pay", "pays", "paid", "cost", "costs", "spend", "spending"]),
    ("revenue", &["revenue", "revenues"]),
    ("sales", &["sales", "sale", "sell", "sells"]),
    ("units", &["unit", "units"]),
    ("budget", &["budget", "budgets"]),
    ("fund", &["fund", "funds", "accrual"]),
    ("partners", &["partner", "partners"]),
    ("return", &["return", "returns", "roi"]),
    ("breakeven", &["breakeven", "even"]),
    ("chance", &["probability", "chance", "chances", "likely", "likelihood"]),
    // "lifts" is a verb here.
    ("lift", &["lift"]),
];
const SCALES: &[&str] = &["percent", "k", "m", "bn", "thousand", "million", "billion", "points", "times"];

/// The sentences of a text, in order; headline and paragraphs alike.
pub fn sentences(text: &str) -> Vec<Sentence> {
    let mut parts = Vec::new();
    let mut current = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let ends = matches!(c, '.' | '!' | '?' | ';') && rest.peek().is_none_or(|n| n.is_whitespace());
        if ends || c == '\n' {
            parts.push(std::mem::take(&mut current));
        } else {
            current.push(c);
        }
    }
    parts.push(current);
    parts.iter().filter(|p| !p.trim().is_empty()).map(|p| Sentence::of(p)).collect()
}

impl Sentence {
    fn of(text: &str) -> Self {
        let tokens = tokens(text);
        let mut sentence = Self::default();
        let mut figures: Vec<(usize, Figure)> = Vec::new();
        let mut subjects: Vec<(usize, &'static str)> = Vec::new();
        let mut directions: Vec<(usize, bool)> = Vec::new();
        for (i, token) in tokens.iter().enumerate() {
            if let Some(number) = number(token) {
                let percent = token.ends_with('%');
                let scale =
                    tokens.get(i + 1).map(|t| t.to_lowercase()).filter(|t| SCALES.contains(&t.as_str()));
                let scale = match scale {
                    _ if percent => "%".to_owned(),
                    Some(word) if word == "percent" => "%".to_owned(),
                    Some(word) => format!(" {word}"),
                    None => String::new(),
                };
                figures.push((i, Figure { number, scale }));
                continue;
            }
            let word = token.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
            if UP.contains(&word.as_str()) {
                directions.push((i, true));
            } else if DOWN.contains(&word.as_str()) {
                directions.push((i, false));
            }
            if let Some((subject, _)) = SUBJECTS.iter().find(|(_, words)| words.contains(&word.as_str())) {
                subjects.push((i, subject));
            }
            sentence.denied |= DENIED.contains(&word.as_str()) || word.ends_with("n't");
            if !word.is_empty() {
                sentence.words.push(word);
            }
        }
        let clauses = clauses(&tokens);
        for (at, figure) in figures {
            if let Some(subject) = beside(&subjects, at, &clauses) {
                sentence.pairs.insert((figure.clone(), subject));
            }
            if let Some(up) = beside(&directions, at, &clauses) {
                sentence.moves.insert((figure.clone(), up));
            }
            sentence.figures.insert(figure);
        }
        sentence.directions = directions.into_iter().map(|(_, up)| up).collect();
        sentence.subjects = subjects.into_iter().map(|(_, subject)| subject).collect();
        sentence
    }
}

/// Words that begin another clause.
const BREAKS: &[&str] = &["and", "for", "while", "but", "with", "against"];

/// Which clause each word stands in.
fn clauses(tokens: &[String]) -> Vec<usize> {
    let (mut clause, mut all) = (0, Vec::with_capacity(tokens.len()));
    for token in tokens {
        clause += usize::from(BREAKS.contains(&token.to_lowercase().as_str()));
        all.push(clause);
        clause += usize::from(token.ends_with(','));
    }
    all
}

/// The nearest in the same clause, else the nearest of all.
fn beside<T: Copy>(found: &[(usize, T)], at: usize, clauses: &[usize]) -> Option<T> {
    let near = |(i, _): &&(usize, T)| (clauses[*i] != clauses[at], i.abs_diff(at));
    found.iter().min_by_key(near).map(|(_, value)| *value)
}

fn tokens(text: &str) -> Vec<String> {
    let breaks =
        |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '–' | '—' | '“' | '”' | '"' | ':' | '/');
    text.split(breaks).filter(|t| !t.is_empty()).map(str::to_owned).collect()
}

/// The number of a token such as `$1,234.50`, `−3%` or `+12`; nothing where letters and
/// digits make a name, such as `PX-100` or `Q3`.
fn number(token: &str) -> Option<String> {
    let token = token.trim_end_matches([',', '.', ';', '%', '\'', '’']);
    let negative = token.starts_with(['-', '−']) || token.contains("$-") || token.starts_with("€-");
    let digits = token.trim_start_matches(|c: char| !c.is_alphanumeric());
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let plain: String = digits.chars().filter(|c| *c != ',').collect();
    plain.parse::<f64>().ok()?;
    let plain = match plain.split_once('.') {
        Some((whole, part)) => {
            format!("{whole}.{}", part.trim_end_matches('0')).trim_end_matches('.').to_owned()
        }
        None => plain,
    };
    Some(if negative { format!("-{plain}") } else { plain })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_from_names() {
        let all =
            sentences("The PX-100 in Q3 raises payout by $1,234.50 and 3.0% (−2 units). It is 5 percent.");
        let shown = |s: &Sentence| s.figures.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            (all.len(), shown(&all[0]), shown(&all[1])),
            (2, vec!["-2".into(), "1234.5".into(), "3%".into()], vec!["5%".into()])
        );
    }

    #[test]
    fn what_a_figure_is_of_and_which_way_it_goes_stands_beside_it() {
        let all = sentences("Payouts rise by 50, and margin falls by 20.");
        let pairs: Vec<String> = all[0].pairs.iter().map(|(f, s)| format!("{f} {s}")).collect();
        assert_eq!(pairs, ["20 margin", "50 payout"]);
        let moves: Vec<bool> = all[0].moves.iter().map(|(_, up)| *up).collect();
        assert_eq!(moves, [false, true]);
        let all = sentences("About $12,300 more net margin for $8,730 more payout.");
        let pairs: Vec<String> = all[0].pairs.iter().map(|(f, s)| format!("{f} {s}")).collect();
        assert_eq!(pairs, ["12300 margin", "8730 payout"]);
    }
}
