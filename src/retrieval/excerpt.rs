//! The part of a text that shows why it was found.

/// Longest excerpt, in characters.
const CHARS_MAX: usize = 240;

/// The stretch of the text that holds most of the question's words, cut at spaces.
pub(super) fn excerpt(text: &str, question: &str) -> String {
    let text: Vec<char> = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect();
    if text.len() <= CHARS_MAX {
        return text.into_iter().collect();
    }
    let words = words_of(question);
    let starts: Vec<usize> =
        std::iter::once(0).chain((1..text.len()).filter(|at| text[at - 1] == ' ')).collect();
    let word_end = |at: usize| (at..text.len()).find(|i| text[*i] == ' ').unwrap_or(text.len());
    let matches: Vec<(usize, usize)> = starts
        .iter()
        .map(|at| (*at, word_end(*at)))
        .filter(|(at, end)| words.contains(&plain(&text[*at..*end])))
        .collect();
    // Room for the marks of a cut on either side.
    let room = CHARS_MAX - 2;
    // A word counts where the cut leaves it whole.
    let held = |from: usize| matches.iter().filter(|(at, end)| from <= *at && *end < from + room).count();
    let mut best = 0;
    for from in starts {
        if held(from) > held(best) {
            best = from;
        }
    }
    cut(&text, best, room)
}

fn cut(text: &[char], from: usize, room: usize) -> String {
    let mut to = (from + room).min(text.len());
    if to < text.len() {
        to = (from + 1..to).rev().find(|i| text[*i] == ' ').unwrap_or(to);
    }
    let middle: String = text[from..to].iter().collect();
    let mark = |cut: bool| if cut { "…" } else { "" };
    format!("{}{}{}", mark(from > 0), middle.trim(), mark(to < text.len()))
}

fn words_of(question: &str) -> std::collections::HashSet<String> {
    let words = question.split_whitespace().take(200).map(|w| plain(&w.chars().collect::<Vec<_>>()));
    words.filter(|w| w.chars().count() > 2).collect()
}

fn plain(word: &[char]) -> String {
    word.iter().filter(|c| c.is_alphanumeric()).flat_map(|c| c.to_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_text_is_whole_and_long_text_is_cut_around_the_words() {
        assert_eq!(excerpt("Forty dollars\n a unit.", "rate"), "Forty dollars a unit.");
        let text =
            format!("{} the monthly cap is 5,000 dollars {}", "before ".repeat(100), "after ".repeat(100));
        let found = excerpt(&text, "What is the CAP?");
        assert!(found.contains("monthly cap"), "{found}");
        assert!(found.starts_with('…') && found.ends_with('…'));
        assert!(found.chars().count() <= CHARS_MAX);
    }

    #[test]
    fn odd_text_does_not_break_it() {
        for question in ["", "\u{0}\u{202e}", &"é".repeat(10_000)] {
            assert!(excerpt(&"漢字".repeat(500), question).chars().count() <= CHARS_MAX);
        }
    }
}
