//! Words by how close they are to a misspelled one. The first letter must agree, for
//! people seldom mistype it and short words differ by it.

use std::collections::HashMap;

/// A word with what rules most comparisons out.
#[derive(Debug, Clone)]
struct Entry {
    word: String,
    letters: u32,
}

/// Words by their first letter.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nearby {
    by_first: HashMap<char, Vec<Entry>>,
}

/// Shortest word that a misspelling may be taken for.
const LETTERS_MIN: usize = 4;

impl Nearby {
    /// Indexes words; short ones are left out.
    pub fn of<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let mut by_first: HashMap<char, Vec<Entry>> = HashMap::new();
        for word in words.filter(|w| w.len() >= LETTERS_MIN) {
            if let Some(first) = word.chars().next() {
                by_first
                    .entry(first)
                    .or_default()
                    .push(Entry { word: word.to_owned(), letters: letters(word) });
            }
        }
        for entries in by_first.values_mut() {
            entries.sort_by(|a, b| a.word.cmp(&b.word));
            entries.dedup_by(|a, b| a.word == b.word);
        }
        Self { by_first }
    }

    /// The fewest edits that lead to a word, and every word they lead to, sorted;
    /// `most + 1` and none where more would be needed.
    pub fn closest(&self, word: &str, most: usize) -> (usize, Vec<&str>) {
        let own = letters(word);
        let (mut best, mut found) = (most + 1, Vec::new());
        let entries = word.chars().next().and_then(|c| self.by_first.get(&c));
        for entry in entries.into_iter().flatten() {
            // An edit changes the set of letters by two at the most.
            let apart = (entry.letters ^ own).count_ones() as usize;
            if entry.word.len().abs_diff(word.len()) > most || apart > 2 * most {
                continue;
            }
            let distance = strsim::osa_distance(word, &entry.word);
            if distance < best {
                best = distance;
                found.clear();
            }
            if distance == best && best <= most {
                found.push(entry.word.as_str());
            }
        }
        (best, found)
    }
}

/// The letters of a word as a set; all that are not a to z share a bit.
fn letters(word: &str) -> u32 {
    word.chars()
        .fold(0, |set, c| set | if c.is_ascii_lowercase() { 1 << (c as u32 - 'a' as u32) } else { 1 << 26 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_all_words_that_are_as_close() {
        let nearby = Nearby::of(["product", "produce", "bluebird", "cat", "prodigal"].into_iter());
        assert_eq!(nearby.closest("produt", 1), (1, vec!["product"]));
        assert_eq!(nearby.closest("produte", 2), (1, vec!["produce"]));
        assert_eq!(nearby.closest("produc", 2), (1, vec!["produce", "product"]));
        assert_eq!(nearby.closest("bluebrid", 2), (1, vec!["bluebird"]));
        assert_eq!(nearby.closest("lbuebird", 2), (3, vec![]));
        assert_eq!(nearby.closest("cats", 1), (2, vec![]));
    }
}
