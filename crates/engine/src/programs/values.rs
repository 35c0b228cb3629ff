//! A neutral tree of what was written, TOML or JSON, with lines where they are
//! known. Reads no meaning into it; [`super::keys`] does.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::finding::SourceFinding;

/// A value and the line it stands on (from 1; `None` for JSON).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spot {
    pub line: Option<usize>,
    pub node: Node,
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Text(String),
    Integer(i64),
    Boolean(bool),
    /// A number that is not an integer, as written.
    Number(String),
    /// A bare TOML date, as written.
    Date(String),
    List(Vec<Spot>),
    /// Keys with the lines they stand on.
    Table(Vec<(String, Option<usize>, Spot)>),
    Null,
}

impl Node {
    /// What people call it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Integer(_) => "a whole number",
            Self::Boolean(_) => "true or false",
            Self::Number(_) => "a bare number",
            Self::Date(_) => "a date",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Null => "nothing",
        }
    }

    /// The value as written, shortened; lists and tables only named.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(s) | Self::Number(s) | Self::Date(s) => shorten(s),
            Self::Integer(i) => i.to_string(),
            Self::Boolean(b) => b.to_string(),
            other => other.type_name().to_owned(),
        }
    }
}

/// At most 40 characters of a value.
pub(super) fn shorten(value: &str) -> String {
    const LONGEST: usize = 40;
    match value.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &value[..at]),
        None => value.to_owned(),
    }
}

/// Parses TOML that starts after `lines_before` lines of the file. Everything that
/// is not TOML is a finding.
pub(super) fn of_toml(
    file: &str,
    toml: &str,
    lines_before: usize,
    findings: &mut Vec<SourceFinding>,
) -> Spot {
    let lines = Lines { starts: line_starts(toml), before: lines_before };
    let (table, errors) = DeTable::parse_recoverable(toml);
    for error in errors {
        let line = error.span().map(|span| lines.at(span.start));
        let message = format!("not TOML: {}", error.message().trim());
        findings.push(SourceFinding::error(file, line, message));
    }
    Spot { line: Some(lines_before + 1), node: table_node(table.get_ref(), &lines) }
}

struct Lines {
    starts: Vec<usize>,
    before: usize,
}

impl Lines {
    fn at(&self, offset: usize) -> usize {
        self.before + self.starts.partition_point(|start| *start <= offset)
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

fn table_node(table: &DeTable<'_>, lines: &Lines) -> Node {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
        let key: &Spanned<toml::de::DeString<'_>> = key;
        (key.get_ref().to_string(), Some(lines.at(key.span().start)), spot(value, lines))
    };
    Node::Table(entries.into_iter().map(entry).collect())
}

fn spot(value: &Spanned<DeValue<'_>>, lines: &Lines) -> Spot {
    let node = match value.get_ref() {
        DeValue::String(s) => Node::Text(s.to_string()),
        DeValue::Integer(i) => match i64::from_str_radix(i.as_str(), i.radix()) {
            Ok(i) => Node::Integer(i),
            Err(_) => Node::Number(i.as_str().to_owned()),
        },
        DeValue::Float(f) => Node::Number(f.as_str().to_owned()),
        DeValue::Boolean(b) => Node::Boolean(*b),
        DeValue::Datetime(d) => Node::Date(d.to_string()),
        DeValue::Array(a) => Node::List(a.iter().map(|item| spot(item, lines)).collect()),
        DeValue::Table(t) => table_node(t, lines),
    };
    Spot { line: Some(lines.at(value.span().start)), node }
}

/// The same tree from JSON; there are no lines.
pub(super) fn of_json(value: &serde_json::Value) -> Spot {
    use serde_json::Value;
    let node = match value {
        Value::Null => Node::Null,
        Value::Bool(b) => Node::Boolean(*b),
        Value::Number(n) => n.as_i64().map_or_else(|| Node::Number(n.to_string()), Node::Integer),
        Value::String(s) => Node::Text(s.clone()),
        Value::Array(a) => Node::List(a.iter().map(of_json).collect()),
        Value::Object(o) => Node::Table(o.iter().map(|(k, v)| (k.clone(), None, of_json(v))).collect()),
    };
    Spot { line: None, node }
}
