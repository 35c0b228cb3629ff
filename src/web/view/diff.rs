//! Two texts beside each other: which lines stay, and which words of those that do not.
//! Knows nothing of what they say; what is the same is found by the crate `similar`.

use similar::{ChangeTag, DiffTag, TextDiff, capture_diff_slices};

/// Lines of a text that are compared at most; what follows is left out of both.
const LINES_MAX: usize = 1_500;

/// A stretch of words, and whether the other text lacks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The words.
    pub text: String,
    /// Whether they are not in the other text.
    pub marked: bool,
}

impl Words {
    /// A whole text, in one stretch.
    pub fn all(text: &str, marked: bool) -> Vec<Self> {
        vec![Self { text: text.to_owned(), marked }]
    }
}

/// A line beside another; an empty side has no line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideRow {
    /// As it was.
    pub before: Vec<Words>,
    /// As it is to be.
    pub after: Vec<Words>,
    /// Whether the two differ.
    pub changed: bool,
}

/// The lines of two texts, empty ones left out, in their order.
pub fn side_by_side(before: &str, after: &str) -> Vec<SideRow> {
    let (old, new) = (lines(before), lines(after));
    let mut rows = Vec::new();
    for op in capture_diff_slices(similar::Algorithm::Myers, &old, &new) {
        let (tag, gone, come) = op.as_tag_tuple();
        if tag == DiffTag::Equal {
            rows.extend(old[gone].iter().map(|line| {
                let same = Words::all(line, false);
                SideRow { before: same.clone(), after: same, changed: false }
            }));
        } else {
            paired(&old[gone], &new[come], &mut rows);
        }
    }
    rows
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim_end).filter(|line| !line.is_empty()).take(LINES_MAX).collect()
}

/// Lines that went and lines that came in their place, one beside the other.
fn paired(gone: &[&str], come: &[&str], rows: &mut Vec<SideRow>) {
    for at in 0..gone.len().max(come.len()) {
        let (before, after) = match (gone.get(at), come.get(at)) {
            (Some(old), Some(new)) => words(old, new),
            (old, new) => {
                let whole = |line: Option<&&str>| line.map(|l| Words::all(l, true)).unwrap_or_default();
                (whole(old), whole(new))
            }
        };
        rows.push(SideRow { before, after, changed: true });
    }
}

/// Both texts in stretches, marked where the other lacks them.
pub fn words(before: &str, after: &str) -> (Vec<Words>, Vec<Words>) {
    let (old_tokens, new_tokens) = (tokens(before), tokens(after));
    let diff = TextDiff::from_slices(&old_tokens, &new_tokens);
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for change in diff.iter_all_changes() {
        match change.tag() {
            ChangeTag::Equal => {
                push(&mut old, change.value(), false);
                push(&mut new, change.value(), false);
            }
            ChangeTag::Delete => push(&mut old, change.value(), true),
            ChangeTag::Insert => push(&mut new, change.value(), true),
        }
    }
    (joined(old), joined(new))
}

/// Words, the blanks between them, and the mark that ends a word, each by itself: a comma
/// that is added changes no word.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    for word in text.split_inclusive(' ') {
        let bare = word.trim_end_matches(' ');
        let core = bare.trim_end_matches([',', ';', ':', '.']);
        let parts = [core, &bare[core.len()..], &word[bare.len()..]];
        tokens.extend(parts.into_iter().filter(|part| !part.is_empty()));
    }
    tokens
}

fn push(to: &mut Vec<Words>, text: &str, marked: bool) {
    match to.last_mut() {
        Some(last) if last.marked == marked => last.text.push_str(text),
        _ => to.push(Words { text: text.to_owned(), marked }),
    }
}

/// One mark over words that only a blank keeps apart.
fn joined(words: Vec<Words>) -> Vec<Words> {
    let mut out: Vec<Words> = Vec::new();
    for (i, word) in words.iter().enumerate() {
        let between = word.text == " " && i > 0 && words.get(i + 1).is_some_and(|next| next.marked);
        push(&mut out, &word.text, word.marked || between);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(words: &[Words]) -> Vec<(&str, bool)> {
        words.iter().map(|w| (w.text.as_str(), w.marked)).collect()
    }

    #[test]
    fn changed_lines_stand_beside_each_other_with_their_words_marked() {
        let rows =
            side_by_side("# P\n\nPays $40.00 a unit.\nStays.\nGoes.", "# P\nPays $42.00 a unit.\nStays.\n");
        let changed: Vec<bool> = rows.iter().map(|row| row.changed).collect();
        assert_eq!(changed, [false, true, false, true]);
        assert_eq!(shown(&rows[1].before), [("Pays ", false), ("$40.00", true), (" a unit.", false)]);
        assert_eq!(shown(&rows[1].after), [("Pays ", false), ("$42.00", true), (" a unit.", false)]);
        assert_eq!((shown(&rows[3].before), rows[3].after.len()), (vec![("Goes.", true)], 0));
    }

    #[test]
    fn a_line_that_is_put_in_moves_the_others_and_changes_none() {
        let rows = side_by_side("One.\nTwo.", "One.\nNew.\nTwo.\nLast.");
        let changed: Vec<bool> = rows.iter().map(|row| row.changed).collect();
        assert_eq!(changed, [false, true, false, true]);
        assert_eq!((rows[1].before.len(), shown(&rows[1].after)), (0, vec![("New.", true)]));
    }

    #[test]
    fn nothing_and_the_same_are_no_change() {
        assert_eq!(side_by_side("", ""), []);
        assert!(side_by_side("a\nb", "a\n\nb").iter().all(|row| !row.changed));
    }

    #[test]
    fn a_mark_after_a_word_changes_no_word_and_marks_side_by_side_are_one() {
        let (old, new) = words("at tier Platinum or Gold.", "at tier Platinum, Gold or Silver.");
        assert!(!shown(&old).iter().any(|(text, marked)| *marked && text.contains("Platinum")), "{old:?}");
        assert!(!shown(&new).iter().any(|(text, marked)| *marked && text.contains("Platinum")), "{new:?}");
        let (_, dates) = words("to 30 September 2025, both", "to 31 December 2026, both");
        assert_eq!(shown(&dates)[1], ("31 December 2026", true));
    }
}
