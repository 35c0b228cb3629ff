//! The agreed text of a version, cut into numbered clauses. Tolerant of layouts:
//! what carries no number is numbered by position, and no text is lost. Knows
//! nothing of terms.

use std::collections::HashSet;

use crate::finding::SourceFinding;

use super::terms::Clause;

/// Cuts Markdown into clauses. Understood: `## 2 Eligibility` with paragraphs
/// `**2.1** text`, `2.1 text`, `§2.1 text`, or headings `### 2.1 Heading`. A
/// paragraph without a number belongs to the clause before it; the first one of a
/// section is the section's own clause. `first_line`: of the file.
pub fn parse(body: &str, first_line: usize) -> Vec<Clause> {
    let mut reader = Reader::default();
    for (at, line) in body.lines().enumerate() {
        reader.line(line, first_line + at);
    }
    reader.close();
    reader.clauses
}

/// Warnings about clauses: none at all, or a number given twice.
pub fn findings(file: &str, clauses: &[Clause]) -> Vec<SourceFinding> {
    if clauses.is_empty() {
        let message = "no clauses below the front matter; answers cannot cite this version";
        return vec![SourceFinding::warning(file, None, message)];
    }
    let mut seen = HashSet::new();
    let twice = clauses.iter().filter(|c| !seen.insert(c.number.as_str()));
    twice
        .map(|c| SourceFinding::warning(file, Some(c.line), format!("clause {} appears twice", c.number)))
        .collect()
}

#[derive(Default)]
struct Reader {
    clauses: Vec<Clause>,
    open: Option<Clause>,
    /// Number and heading of the section; empty before the first.
    section: String,
    heading: String,
    section_line: usize,
    /// Whether the section has a clause yet.
    filled: bool,
    sections: usize,
    subsections: usize,
}

impl Reader {
    fn line(&mut self, line: &str, at: usize) {
        let text = line.trim();
        if let Some((depth, title)) = heading(text) {
            self.heading(depth, title, at);
        } else if let Some((number, rest)) = self.paragraph_number(text) {
            self.close();
            self.start(number, self.heading.clone(), &rest, at);
        } else if let Some(open) = &mut self.open {
            open.text.push('\n');
            open.text.push_str(line.trim_end());
        } else if !text.is_empty() {
            let number = if self.section.is_empty() { "0".to_owned() } else { self.section.clone() };
            self.start(number, self.heading.clone(), text, at);
        }
    }

    fn heading(&mut self, depth: usize, title: &str, at: usize) {
        self.close();
        match number_at_start(title) {
            // `### 2.1 Heading` is a clause of its own, the section goes on.
            Some((number, rest)) if number.contains('.') => self.start(number, rest.to_owned(), "", at),
            Some((number, rest)) => self.begin_section(number, rest, at),
            // An unnumbered title of the whole page.
            None if depth == 1 && self.sections == 0 => self.heading = title.to_owned(),
            None if depth >= 3 && !self.section.is_empty() => {
                self.subsections += 1;
                self.start(format!("{}.{}", self.section, self.subsections), title.to_owned(), "", at);
            }
            None => {
                let number = (self.sections + 1).to_string();
                self.begin_section(number, title, at);
            }
        }
    }

    fn begin_section(&mut self, number: String, title: &str, at: usize) {
        self.fill_section();
        self.sections = number.parse().unwrap_or(self.sections + 1);
        self.section = number;
        self.heading = title.to_owned();
        self.section_line = at;
        self.subsections = 0;
        self.filled = false;
    }

    /// A section without any text keeps its heading as a clause.
    fn fill_section(&mut self) {
        if !self.filled && !self.section.is_empty() {
            self.clauses.push(Clause {
                number: self.section.clone(),
                heading: self.heading.clone(),
                text: String::new(),
                line: self.section_line,
            });
        }
    }

    fn start(&mut self, number: String, heading: String, text: &str, line: usize) {
        self.filled = true;
        self.open = Some(Clause { number, heading, text: text.to_owned(), line });
    }

    /// Ends the open clause.
    fn close(&mut self) {
        if let Some(mut open) = self.open.take() {
            open.text = open.text.trim().to_owned();
            self.clauses.push(open);
        }
    }

    /// `**2.1** text`, `**2.1 Title.** text`, `§2.1 text`, `2.1 text`: a number with
    /// a point in it, of this section when the section is numbered. A bare figure
    /// at the start of a sentence ("2.5 percent of …") is not one.
    fn paragraph_number(&self, text: &str) -> Option<(String, String)> {
        let text = text.strip_prefix("- ").unwrap_or(text);
        let bold = text.strip_prefix("**").or_else(|| text.strip_prefix("__"));
        let marked = bold.is_some() || text.starts_with('§');
        let (number, rest) = number_at_start(bold.unwrap_or(text))?;
        let section = number.split('.').next().unwrap_or_default();
        let foreign = !self.section.is_empty() && section != self.section;
        if !number.contains('.') || (!marked && (foreign || counts_something(rest))) {
            return None;
        }
        Some((number, unmark(rest, bold.is_some())))
    }
}

/// The rest of a paragraph whose bold mark was opened before its number, without
/// the mark that closes it.
fn unmark(rest: &str, bold: bool) -> String {
    let mark = if rest.contains("**") { "**" } else { "__" };
    if bold { rest.replacen(mark, "", 1).trim_start().to_owned() } else { rest.to_owned() }
}

fn counts_something(rest: &str) -> bool {
    rest.starts_with('%') || ["percent", "units", "points", "times"].iter().any(|w| rest.starts_with(w))
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let depth = line.bytes().take_while(|b| *b == b'#').count();
    let title = line.get(depth..)?;
    ((1..=6).contains(&depth) && title.starts_with([' ', '\t']))
        .then(|| (depth, title.trim().trim_end_matches('#').trim()))
}

/// `2`, `2.`, `2)`, `§2.1`, `2.1:` and what follows, at the start of a text.
fn number_at_start(text: &str) -> Option<(String, &str)> {
    let text = text.strip_prefix('§').unwrap_or(text).trim_start();
    let end = text.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
    let (number, rest) = text.split_at(end);
    let number = number.trim_end_matches('.');
    let whole = number.split('.').all(|part| !part.is_empty() && part.len() <= 4);
    let ends = rest.is_empty() || rest.starts_with([' ', '\t', ':', ')', '*', '_', '—', '–', '-']);
    if number.is_empty() || !whole || !ends {
        return None;
    }
    Some((number.to_owned(), rest.trim_start_matches([' ', '\t', ':', ')', '—', '–', '-'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str) -> Vec<(String, String, String, usize)> {
        parse(body, 10).into_iter().map(|c| (c.number, c.heading, c.text, c.line)).collect()
    }

    fn clause(number: &str, heading: &str, text: &str, line: usize) -> (String, String, String, usize) {
        (number.into(), heading.into(), text.into(), line)
    }

    #[test]
    fn every_way_to_number_is_understood() {
        let body = "# Product X SPIFF\n\n## 1 Purpose\n**1.1** Sell more.\n\nMuch more.\n\n## 2. Eligibility\n2.1 Gold partners.\n§2.2 Also Silver.\n**2.3 Claims.** In 30 days.\n### 2.4 Exclusions\nNo bids.\n- 2.5 Lists too.";
        assert_eq!(
            of(body),
            [
                clause("1.1", "Purpose", "Sell more.\n\nMuch more.", 13),
                clause("2.1", "Eligibility", "Gold partners.", 18),
                clause("2.2", "Eligibility", "Also Silver.", 19),
                clause("2.3", "Eligibility", "Claims. In 30 days.", 20),
                clause("2.4", "Exclusions", "No bids.", 21),
                clause("2.5", "Eligibility", "Lists too.", 23),
            ]
        );
    }

    #[test]
    fn what_has_no_number_is_numbered_by_position_and_nothing_is_lost() {
        let body = "Preamble.\n## Purpose\nSell.\n## Calculation\n### Rate\nForty.\n2.5 percent is a figure.\n## Empty\n## 9 Last\nEnd.\n3.5 million too.";
        assert_eq!(
            of(body),
            [
                clause("0", "", "Preamble.", 10),
                clause("1", "Purpose", "Sell.", 12),
                clause("2.1", "Rate", "Forty.\n2.5 percent is a figure.", 14),
                clause("3", "Empty", "", 17),
                clause("9", "Last", "End.\n3.5 million too.", 19),
            ]
        );
    }

    #[test]
    fn findings_name_repeated_numbers() {
        let clauses = parse("## 1 A\n1.1 x\n1.1 y", 1);
        assert_eq!(findings("f.md", &clauses).len(), 1);
        assert_eq!(findings("f.md", &[]).len(), 1);
    }
}
