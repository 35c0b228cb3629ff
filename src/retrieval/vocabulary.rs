//! What the field calls its things: words and phrases that mean the same in rules and
//! in questions, so that "clawback" finds "what was paid too much is deducted when goods
//! come back". Knows incentive programs in general and no company: names of tiers,
//! regions and products are handed in. The table stands in [`super::meanings`].

use std::collections::HashMap;
use std::ops::Range;

use super::meanings::{DATES, FILLERS, MEANINGS, PRODUCT, REGION, TIER};

/// Words of a text: lower case, letters and digits; a percent sign is a word.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in text.chars() {
        match words.last_mut() {
            Some(word) if c.is_alphanumeric() => word.extend(c.to_lowercase()),
            // "won't", "partner's": what stands before the apostrophe.
            Some(word) if matches!(c, '\'' | '’') => word.push('\''),
            _ if c == '%' => words.extend(["percent".to_owned(), String::new()]),
            _ => words.push(String::new()),
        }
    }
    let plain = |word: String| word.split('\'').next().unwrap_or_default().to_owned();
    words.into_iter().map(plain).filter(|word| !word.is_empty()).collect()
}

/// A meaning found in a text: its number, and the words that carry it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub meaning: u32,
    pub words: Range<usize>,
}

struct Phrase {
    /// A word that ends with `*` stands for all that begin so.
    words: Vec<String>,
    meaning: u32,
}

impl Phrase {
    fn fits(&self, words: &[String]) -> bool {
        let fits = |(pattern, word): (&String, &String)| match pattern.strip_suffix('*') {
            Some(stem) => word.starts_with(stem),
            None => pattern == word,
        };
        self.words.len() <= words.len() && self.words.iter().zip(words).all(fits)
    }
}

/// The phrases of the field and the names of one company's tiers, regions and products.
pub(super) struct Vocabulary {
    /// By the first letter of the first word.
    phrases: HashMap<char, Vec<Phrase>>,
}

impl Vocabulary {
    /// The field's own words, with the names of tiers, regions and products.
    pub fn new<'n>(
        tiers: impl Iterator<Item = &'n str>,
        regions: impl Iterator<Item = &'n str>,
        products: impl Iterator<Item = &'n str>,
    ) -> Self {
        let mut all = Self { phrases: HashMap::new() };
        for (number, (_, phrases)) in MEANINGS.iter().enumerate() {
            phrases.iter().for_each(|phrase| all.add(phrase.split(' ').map(str::to_owned).collect(), number));
        }
        tiers.for_each(|name| all.add(words(name), number_of(TIER)));
        regions.for_each(|name| all.add(words(name), number_of(REGION)));
        products.for_each(|name| all.add(words(name), number_of(PRODUCT)));
        all
    }

    fn add(&mut self, words: Vec<String>, number: usize) {
        let Some(first) = words.first().and_then(|w| w.chars().next()) else { return };
        self.phrases.entry(first).or_default().push(Phrase { words, meaning: number as u32 });
    }

    /// Meanings in these words, from the left, the longest phrase first; a phrase may
    /// have several meanings.
    pub fn meanings(&self, words: &[String]) -> Vec<Found> {
        let (mut found, mut at) = (Vec::new(), 0);
        while let Some(word) = words.get(at) {
            let begin = word.chars().next().and_then(|first| self.phrases.get(&first));
            let fitting: Vec<&Phrase> =
                begin.into_iter().flatten().filter(|p| p.fits(&words[at..])).collect();
            let longest = fitting.iter().map(|p| p.words.len()).max().unwrap_or(0);
            let longest_ones = fitting.iter().filter(|p| p.words.len() == longest);
            found.extend(longest_ones.map(|p| Found { meaning: p.meaning, words: at..at + longest }));
            at += longest.max(1);
        }
        found
    }
}

/// Whether a word serves to ask and names nothing.
pub(super) fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word)
}

/// Whether a word says nothing about what a rule must speak of: it serves to ask, or it
/// belongs to a date, which the version in force answers.
pub(super) fn is_no_topic(word: &str) -> bool {
    let quarter = word.strip_prefix('q').is_some_and(|n| n.parse::<u8>().is_ok());
    is_filler(word) || quarter || DATES.contains(&word) || word.chars().all(|c| c.is_ascii_digit())
}

fn number_of(name: &str) -> usize {
    MEANINGS.iter().position(|(n, _)| *n == name).unwrap_or_default()
}

/// The words of a question that call a program by its name: the longest stretches of
/// two words or more that stand so in a name. What is asked about stands elsewhere.
pub(super) fn called(question: &[String], names: &[Vec<String>]) -> Vec<bool> {
    let mut called = vec![false; question.len()];
    let mut at = 0;
    while at < question.len() {
        let long = names.iter().map(|name| longest(&question[at..], name)).max().unwrap_or(0);
        if long >= 2 {
            called[at..at + long].fill(true);
        }
        at += long.max(1);
    }
    called
}

/// How many words from the start of a question stand together in a name.
fn longest(question: &[String], name: &[String]) -> usize {
    let run = |from: usize| question.iter().zip(&name[from..]).take_while(|(q, n)| q == n).count();
    (0..name.len()).map(run).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        Vocabulary::new(["Gold"].into_iter(), ["EMEA"].into_iter(), ["Pump 20"].into_iter())
    }

    fn meanings(text: &str) -> Vec<&'static str> {
        vocabulary().meanings(&words(text)).iter().map(|f| MEANINGS[f.meaning as usize].0).collect()
    }

    #[test]
    fn different_words_have_one_meaning() {
        assert_eq!(meanings("clawed back"), meanings("a refund"));
        assert_eq!(meanings("the ceiling"), meanings("Earnings stop at"));
        assert_eq!(meanings("Gold"), ["tier"]);
        assert_eq!(meanings("emea"), ["region"]);
        assert_eq!(meanings("the pump 20"), ["product"]);
    }

    #[test]
    fn the_longest_phrase_counts() {
        assert_eq!(meanings("limited to"), ["who"]);
        assert_eq!(meanings("limited"), ["cap"]);
    }

    #[test]
    fn a_name_is_told_from_what_is_asked_about_it() {
        let names = [words("Northern Growth Rebate")];
        assert_eq!(
            called(&words("does the growth rebate need growth"), &names)[..],
            [false, false, true, true, false, false]
        );
    }

    #[test]
    fn every_phrase_can_be_found() {
        for (name, phrases) in MEANINGS {
            for phrase in phrases.iter() {
                let text = phrase.replace('*', "");
                assert_eq!(words(&text).join(" "), text, "{name}");
                assert!(meanings(&text).contains(name), "{name}: {phrase}");
            }
        }
    }
}
