//! Typed access to a tree of keys: every wrong, missing or unknown key becomes a
//! finding and reading goes on, so that all of them are found at once. Knows types
//! and limits of values, not what they mean together.

use std::cell::RefCell;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::finding::SourceFinding;

use super::values::{Node, Spot, shorten};

/// Where findings about one file gather.
pub(super) struct Notes {
    pub file: String,
    pub findings: RefCell<Vec<SourceFinding>>,
}

impl Notes {
    pub fn add(&self, finding: SourceFinding) {
        self.findings.borrow_mut().push(finding);
    }
}

/// One table of the tree.
#[derive(Clone, Copy)]
pub(super) struct Keys<'t> {
    notes: &'t Notes,
    path: &'t str,
    line: Option<usize>,
    entries: &'t [(String, Option<usize>, Spot)],
}

/// A value under its key.
#[derive(Clone, Copy)]
pub(super) struct Held<'t> {
    notes: &'t Notes,
    path: &'t str,
    key: &'t str,
    spot: &'t Spot,
}

/// What a decimal may be, both ends included.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub least: &'static str,
    pub most: &'static str,
}

/// Amounts of money and of measures.
pub(super) const AMOUNT: Bounds = Bounds { least: "0", most: "1000000000000" };
/// Amounts that must be more than nothing.
pub(super) const POSITIVE: Bounds = Bounds { least: "0.0000000001", most: "1000000000000" };
/// Money a unit.
pub(super) const PER_UNIT: Bounds = Bounds { least: "0", most: "10000000" };
/// Percent of revenue.
pub(super) const PERCENT: Bounds = Bounds { least: "0", most: "100" };
/// Percent of a target.
pub(super) const ATTAINMENT: Bounds = Bounds { least: "0", most: "1000" };
/// Factor of an accelerator.
pub(super) const FACTOR: Bounds = Bounds { least: "0", most: "100" };
/// Percent of growth.
pub(super) const GROWTH: Bounds = Bounds { least: "-100", most: "1000" };

/// More digits than this after the point are a slip.
const DIGITS: u32 = 10;

impl<'t> Keys<'t> {
    /// The tree of a file; anything but a table has no keys.
    pub fn root(notes: &'t Notes, spot: &'t Spot) -> Self {
        let entries: &[_] = match &spot.node {
            Node::Table(entries) => entries,
            other => {
                let message = format!("expected a table of keys, not {}", other.type_name());
                notes.add(SourceFinding::error(&*notes.file, spot.line, message));
                &[]
            }
        };
        Self { notes, path: "", line: spot.line, entries }
    }

    /// Reports keys that nobody knows, with the nearest known one.
    pub fn only(self, known: &[&str]) -> Self {
        for (key, line, spot) in self.entries {
            if known.contains(&key.as_str()) {
                continue;
            }
            let near = known
                .iter()
                .map(|k| (strsim::jaro_winkler(k, key), *k))
                .max_by(|a, b| a.0.total_cmp(&b.0))
                .filter(|(closeness, _)| *closeness > 0.75);
            let hint = near.map_or_else(
                || format!("expected one of: {}", known.join(", ")),
                |(_, name)| format!("did you mean `{name}`?"),
            );
            let message = format!("unknown key `{}`; {hint}", shorten(key));
            let finding = SourceFinding::error(&*self.notes.file, *line, message);
            self.notes.add(finding.at(join(self.path, key), spot.node.shown()));
        }
        self
    }

    /// A key that may be absent. JSON null counts as absent.
    pub fn get(self, key: &'static str) -> Option<Held<'t>> {
        let (_, _, spot) = self.entries.iter().find(|(k, _, _)| k == key)?;
        (spot.node != Node::Null).then_some(Held { notes: self.notes, path: self.path, key, spot })
    }

    /// A key that must be there.
    pub fn need(self, key: &'static str) -> Option<Held<'t>> {
        let held = self.get(key);
        if held.is_none() {
            self.error(key, format!("missing key `{}`", join(self.path, key)));
        }
        held
    }

    /// Whether a key is there.
    pub fn has(self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// An error about this table.
    pub fn error(self, key: &str, message: impl Into<String>) {
        self.notes
            .add(self.finding(SourceFinding::error(&*self.notes.file, self.line_of(key), message), key));
    }

    /// A warning about this table.
    pub fn warning(self, key: &str, message: impl Into<String>) {
        self.notes
            .add(self.finding(SourceFinding::warning(&*self.notes.file, self.line_of(key), message), key));
    }

    fn finding(self, finding: SourceFinding, key: &str) -> SourceFinding {
        SourceFinding { column: Some(join(self.path, key)), ..finding }
    }

    fn line_of(self, key: &str) -> Option<usize> {
        self.entries.iter().find(|(k, _, _)| k == key).and_then(|(_, line, _)| *line).or(self.line)
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

impl<'t> Held<'t> {
    /// An error about this value.
    pub fn error(self, message: impl Into<String>) {
        let finding = SourceFinding::error(&*self.notes.file, self.spot.line, message);
        self.notes.add(finding.at(join(self.path, self.key), self.spot.node.shown()));
    }

    /// A warning about this value.
    pub fn warning(self, message: impl Into<String>) {
        let finding = SourceFinding::warning(&*self.notes.file, self.spot.line, message);
        self.notes.add(finding.at(join(self.path, self.key), self.spot.node.shown()));
    }

    fn wrong<T>(self, expected: &str) -> Option<T> {
        self.error(format!("expected {expected}, not {}", self.spot.node.type_name()));
        None
    }

    /// A nested table.
    pub fn table(self) -> Option<Keys<'t>> {
        match &self.spot.node {
            Node::Table(entries) => {
                Some(Keys { notes: self.notes, path: self.key, line: self.spot.line, entries })
            }
            _ => self.wrong("a table"),
        }
    }

    /// Text that is not empty.
    pub fn text(self) -> Option<&'t str> {
        match &self.spot.node {
            Node::Text(text) if text.trim().is_empty() => {
                self.error("must not be empty");
                None
            }
            Node::Text(text) if text.chars().any(char::is_control) => {
                self.error("must not hold line breaks or control characters");
                None
            }
            Node::Text(text) => Some(text),
            _ => self.wrong("text in quotes"),
        }
    }

    /// A whole number in a range.
    pub fn integer(self, least: i64, most: i64) -> Option<i64> {
        match self.spot.node {
            Node::Integer(i) if (least..=most).contains(&i) => Some(i),
            Node::Integer(_) => {
                self.error(format!("must lie between {least} and {most}"));
                None
            }
            _ => self.wrong("a whole number"),
        }
    }

    /// True or false.
    pub fn boolean(self) -> Option<bool> {
        match self.spot.node {
            Node::Boolean(b) => Some(b),
            _ => self.wrong("true or false without quotes"),
        }
    }

    /// A decimal, written as text so that no digit is lost.
    pub fn decimal(self, bounds: Bounds) -> Option<Decimal> {
        let text = match &self.spot.node {
            Node::Text(text) => text.trim(),
            Node::Integer(_) | Node::Number(_) => {
                let shown = self.spot.node.shown();
                self.error(format!("write decimals as text in quotes: \"{shown}\""));
                return None;
            }
            _ => return self.wrong("a decimal as text, such as \"2.5\""),
        };
        let Some(value) = decimal(text) else {
            self.error("not a decimal; write digits and at most one point, such as \"2.5\"");
            return None;
        };
        let bound = |text: &str| decimal(text).unwrap_or_default();
        if value < bound(bounds.least) || value > bound(bounds.most) {
            let least = if bounds.least == POSITIVE.least { "more than 0" } else { bounds.least };
            self.error(format!("must lie between {least} and {}", bounds.most));
            return None;
        }
        if value.normalize().scale() > DIGITS {
            self.error(format!("has more than {DIGITS} digits after the point"));
            return None;
        }
        Some(value)
    }

    /// An ISO day, as text or bare.
    pub fn day(self) -> Option<NaiveDate> {
        let (Node::Text(text) | Node::Date(text)) = &self.spot.node else {
            return self.wrong("a day as text, such as \"2026-07-01\"");
        };
        let day = (text.len() == 10).then(|| text.parse::<NaiveDate>().ok()).flatten();
        if day.is_none() {
            self.error("not a day of the calendar; expected YYYY-MM-DD");
        }
        day
    }

    /// One of some words.
    pub fn word<T: Copy>(self, words: &[(&str, T)]) -> Option<T> {
        let text = self.text()?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.error(format!("expected one of: {}", all.join(", ")));
        }
        found
    }

    /// A list; the values stay under this key.
    pub fn list(self) -> Option<Vec<Held<'t>>> {
        match &self.spot.node {
            Node::List(items) => Some(items.iter().map(|spot| Held { spot, ..self }).collect()),
            _ => self.wrong("a list"),
        }
    }

    /// A list of text without repetitions.
    pub fn texts(self) -> Vec<String> {
        let mut texts: Vec<String> = Vec::new();
        for item in self.list().unwrap_or_default() {
            match item.text() {
                Some(text) if texts.iter().any(|t| t == text) => item.warning("named twice"),
                Some(text) => texts.push(text.to_owned()),
                None => {}
            }
        }
        texts
    }
}

/// Digits with at most one point and a leading minus; nothing else.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |s: &str| !s.is_empty() && s.len() <= 28 && s.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(part) { None } else { Decimal::from_str_exact(text).ok() }
}
