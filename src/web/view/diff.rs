//! Two texts beside each other: which lines stay, and which words of those that do not.
//! Knows nothing of what they say.

/// Lines of a text that are compared at most; what follows is left out of both.
const LINES_MAX: usize = 1_500;

/// A piece of a line, and whether it is on this side alone.
pub type Piece = (String, bool);

/// A line beside another; an empty side has no line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideRow {
    /// As it was.
    pub before: Vec<Piece>,
    /// As proposed.
    pub after: Vec<Piece>,
    /// Whether the two differ.
    pub changed: bool,
}

/// The lines of two texts, empty ones left out, in their order.
pub fn side_by_side(before: &str, after: &str) -> Vec<SideRow> {
    let (old, new) = (lines(before), lines(after));
    let (mut rows, mut gone, mut come) = (Vec::new(), Vec::new(), Vec::new());
    for step in steps(&old, &new) {
        match step {
            Step::Gone(at) => gone.push(old[at]),
            Step::Come(at) => come.push(new[at]),
            Step::Same(at) => {
                paired(&mut gone, &mut come, &mut rows);
                let same = vec![(old[at].to_owned(), false)];
                rows.push(SideRow { before: same.clone(), after: same, changed: false });
            }
        }
    }
    paired(&mut gone, &mut come, &mut rows);
    rows
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim_end).filter(|line| !line.is_empty()).take(LINES_MAX).collect()
}

/// Lines that went and lines that came in their place, one beside the other.
fn paired(gone: &mut Vec<&str>, come: &mut Vec<&str>, rows: &mut Vec<SideRow>) {
    let none = "";
    for at in 0..gone.len().max(come.len()) {
        let (old, new) = (gone.get(at).unwrap_or(&none), come.get(at).unwrap_or(&none));
        let (before, after) = words(old, new);
        rows.push(SideRow { before, after, changed: true });
    }
    gone.clear();
    come.clear();
}

/// Two lines by words, with those marked that the other does not have.
fn words(old: &str, new: &str) -> (Vec<Piece>, Vec<Piece>) {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.split_inclusive(' ').collect(), new.split_inclusive(' ').collect());
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for step in steps(&old, &new) {
        match step {
            Step::Gone(at) => piece(&mut before, old[at], true),
            Step::Come(at) => piece(&mut after, new[at], true),
            Step::Same(at) => {
                piece(&mut before, old[at], false);
                piece(&mut after, old[at], false);
            }
        }
    }
    (before, after)
}

fn piece(pieces: &mut Vec<Piece>, word: &str, marked: bool) {
    match pieces.last_mut() {
        Some((text, same)) if *same == marked => text.push_str(word),
        _ => pieces.push((word.to_owned(), marked)),
    }
}

enum Step {
    /// Position in the old ones.
    Same(usize),
    /// Position in the old ones.
    Gone(usize),
    /// Position in the new ones.
    Come(usize),
}

/// The shortest way from one list to the other, by the longest list that both hold.
fn steps(old: &[&str], new: &[&str]) -> Vec<Step> {
    let width = new.len() + 1;
    let mut longest = vec![0_u16; (old.len() + 1) * width];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            longest[a * width + b] = if old[a].trim_end() == new[b].trim_end() {
                longest[(a + 1) * width + b + 1] + 1
            } else {
                longest[(a + 1) * width + b].max(longest[a * width + b + 1])
            };
        }
    }
    let (mut a, mut b, mut steps) = (0, 0, Vec::new());
    while a < old.len() || b < new.len() {
        if a < old.len() && b < new.len() && old[a].trim_end() == new[b].trim_end() {
            steps.push(Step::Same(a));
            (a, b) = (a + 1, b + 1);
        } else if a < old.len()
            && (b == new.len() || longest[(a + 1) * width + b] >= longest[a * width + b + 1])
        {
            steps.push(Step::Gone(a));
            a += 1;
        } else {
            steps.push(Step::Come(b));
            b += 1;
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_lines_stand_beside_each_other_with_their_words_marked() {
        let rows =
            side_by_side("# P\n\nPays $40.00 a unit.\nStays.\nGoes.", "# P\nPays $42.00 a unit.\nStays.\n");
        let changed: Vec<bool> = rows.iter().map(|row| row.changed).collect();
        assert_eq!(changed, [false, true, false, true]);
        let piece = |text: &str, marked| (text.to_owned(), marked);
        assert_eq!(rows[1].before, [piece("Pays ", false), piece("$40.00 ", true), piece("a unit.", false)]);
        assert_eq!(rows[1].after, [piece("Pays ", false), piece("$42.00 ", true), piece("a unit.", false)]);
        assert_eq!((rows[3].before.len(), rows[3].after.len()), (1, 0));
    }

    #[test]
    fn nothing_and_the_same_are_no_change() {
        assert_eq!(side_by_side("", ""), []);
        assert!(side_by_side("a\nb", "a\n\nb").iter().all(|row| !row.changed));
    }
}
