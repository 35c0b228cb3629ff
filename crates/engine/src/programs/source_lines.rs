//! Where the keys and clauses of a program file stand, so that a check that comes
//! long after reading can still name the line. Positions only, no values.

use super::terms::Clause;
use super::values::{Node, Spot};

/// Lines of one program file, from 1. Empty where terms did not come from a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceLines {
    /// By path, such as `caps.per_partner` or `rate.tiers[1].from`.
    keys: Vec<(String, usize)>,
    /// By position of the clause: the line its words begin on.
    texts: Vec<usize>,
}

impl SourceLines {
    /// Collects the lines of a tree of keys and of the clauses cut from `body`,
    /// whose first line is `first_line` of the file.
    pub(super) fn of(root: &Spot, clauses: &[Clause], body: &str, first_line: usize) -> Self {
        let mut keys = Vec::new();
        walk(root, "", &mut keys);
        let lines: Vec<&str> = body.lines().collect();
        let texts = clauses.iter().map(|c| text_line(c, &lines, first_line)).collect();
        Self { keys, texts }
    }

    /// The line of a key, or of the nearest table around it that is there.
    pub fn key(&self, path: &str) -> Option<usize> {
        let mut path = path;
        loop {
            if let Some((_, line)) = self.keys.iter().find(|(known, _)| known == path) {
                return Some(*line);
            }
            path = &path[..path.rfind(['.', '['])?];
        }
    }

    /// The line on which the words of the clause at a position begin: that of its
    /// number, or a later one under a heading.
    pub fn clause_text(&self, at: usize) -> Option<usize> {
        self.texts.get(at).copied()
    }
}

fn walk(spot: &Spot, path: &str, keys: &mut Vec<(String, usize)>) {
    match &spot.node {
        Node::Table(entries) => {
            for (key, line, value) in entries {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                keys.extend(line.map(|line| (path.clone(), line)));
                walk(value, &path, keys);
            }
        }
        Node::List(items) => {
            for (at, item) in items.iter().enumerate() {
                let path = format!("{path}[{at}]");
                keys.extend(item.line.map(|line| (path.clone(), line)));
                walk(item, &path, keys);
            }
        }
        _ => {}
    }
}

/// The first line at or after the clause's own that holds the first of its words.
fn text_line(clause: &Clause, body: &[&str], first_line: usize) -> usize {
    let words = clause.text.lines().next().unwrap_or_default().trim();
    // A bold mark may have been taken out of the middle; its first word stays.
    let word = words.split_whitespace().next().unwrap_or_default();
    let from = clause.line.saturating_sub(first_line);
    let found = body.iter().skip(from).position(|line| {
        let heading = line.trim_start().starts_with('#');
        !heading && line.contains(word) && !word.is_empty()
    });
    clause.line + found.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use crate::programs::front_matter::parse;

    #[test]
    fn keys_and_words_are_found_again() {
        let text = "+++\nid = \"p\"\nversion = 1\nname = \"P\"\nkind = \"spiff\"\ncurrency = \"USD\"\neffective = { from = \"2026-01-01\", to = \"2026-12-31\" }\nmeasure = \"units\"\nperiod = \"month\"\nminimum = \"5\"\n[rate]\nmode = \"marginal\"\ntiers = [\n  { from = \"0\", percent = \"1\" },\n  { from = \"9\", percent = \"2\" },\n]\n+++\n## 1 Purpose\n**1.1** Sell.\n### 1.2 More\n\n\nSell more.\n";
        let (version, _) = parse("programs/p/v1.md", text).expect("a program");
        let key = |path: &str| version.lines.key(path);
        assert_eq!((key("minimum"), key("rate.mode"), key("rate.tiers")), (Some(10), Some(12), Some(13)));
        assert_eq!(key("rate.tiers[1].from"), Some(15));
        // What is not there stands where its table stands, or nowhere.
        assert_eq!((key("effective.since"), key("caps.per_partner")), (Some(7), None));
        assert_eq!((version.lines.clause_text(0), version.lines.clause_text(1)), (Some(19), Some(23)));
        assert_eq!(version.clauses[1].line, 20);
    }
}
