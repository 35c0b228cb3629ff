//! "How I read your question": the words of the question cut where fields begin
//! and end, and the fields with their values and where they came from.

use serde_json::Value;
use spiffcast_engine::reading::{Reading, Source, Status};

use crate::answer::Answer;
use crate::reports::format;
use crate::web::corrections::{self, Editor};
use spiffcast_engine::company::Company;

/// A piece of the question.
pub struct Piece {
    /// The words.
    pub text: String,
    /// Numbers of the fields that come from them, with spaces between; empty for none.
    pub fields: String,
    /// The first of them, to link to.
    pub first: usize,
    /// Whether it is the first piece of that field, and so carries its anchor.
    pub opens: bool,
    /// A word that carries weight and was not used.
    pub unused: bool,
}

/// A field of the scenario and where it came from.
pub struct Field {
    /// From 1.
    pub number: usize,
    /// Name for people.
    pub name: String,
    /// Value for people.
    pub value: String,
    /// Its sources.
    pub origins: Vec<Origin>,
    /// How it is corrected, where it can be.
    pub editor: Option<Editor>,
}

/// Where a value came from.
pub struct Origin {
    /// `your words`, `rule`, `this conversation` or `assumed`.
    pub kind: &'static str,
    /// The words, the clause, the reason.
    pub text: String,
    /// Where to read it; empty for nowhere.
    pub link: String,
}

/// The fields in the order in which they were found, each once; of a scenario that can
/// be corrected (`editable`) its period and audience too, where nobody named them.
pub fn fields(reading: &Reading, company: &Company, editable: bool) -> Vec<Field> {
    let scenario =
        reading.scenario.as_ref().and_then(|d| serde_json::to_value(d).ok()).unwrap_or(Value::Null);
    let draft = reading.scenario.as_ref().filter(|_| editable);
    let field = |number: usize, path: &str| Field {
        number,
        name: name(path),
        value: at_path(&scenario, path).map(|v| value(&scenario, path, v, company)).unwrap_or_default(),
        origins: Vec::new(),
        editor: draft.and_then(|draft| corrections::editor(path, draft, company)),
    };
    let mut fields: Vec<Field> = Vec::new();
    let mut paths: Vec<&str> = Vec::new();
    for entry in &reading.provenance {
        let at = paths.iter().position(|p| *p == entry.field).unwrap_or_else(|| {
            paths.push(&entry.field);
            fields.push(field(paths.len(), &entry.field));
            paths.len() - 1
        });
        fields[at].origins.push(origin(&entry.source, at + 1, company));
    }
    for path in ["period", "audience"] {
        if editable && !paths.contains(&path) {
            fields.push(field(fields.len() + 1, path));
        }
    }
    fields
}

fn origin(source: &Source, number: usize, company: &Company) -> Origin {
    match source {
        Source::Question { text, .. } => {
            Origin { kind: "your words", text: format!("“{text}”"), link: format!("#word-{number}") }
        }
        Source::Rule { program, version, clause } => Origin {
            kind: "rule",
            text: format!(
                "{} v{version} §{clause}",
                company.program(program).map_or(program.as_str(), |p| p.name())
            ),
            link: clause_link(program, *version, clause),
        },
        Source::Conversation { turn } => {
            Origin { kind: "this conversation", text: format!("turn {turn}"), link: String::new() }
        }
        Source::Default { reason } => Origin { kind: "assumed", text: reason.clone(), link: String::new() },
    }
}

/// The address of a clause.
pub fn clause_link(program: &str, version: u32, clause: &str) -> String {
    format!("/programs/{program}/v{version}#c{clause}")
}

/// The question in pieces. Offsets count Unicode scalar values; those outside the
/// question are left out.
pub fn pieces(question: &str, reading: &Reading) -> Vec<Piece> {
    let chars: Vec<char> = question.chars().collect();
    let mut paths: Vec<&str> = Vec::new();
    let mut spans: Vec<(usize, usize, usize)> = Vec::new();
    for entry in &reading.provenance {
        let number = paths.iter().position(|p| *p == entry.field).unwrap_or_else(|| {
            paths.push(&entry.field);
            paths.len() - 1
        }) + 1;
        if let Source::Question { start, end, .. } = &entry.source
            && start < end
            && *end <= chars.len()
        {
            spans.push((*start, *end, number));
        }
    }
    let unused = unused_spans(&chars, &reading.unused_words);
    let mut cuts: Vec<usize> = vec![0, chars.len()];
    cuts.extend(spans.iter().flat_map(|s| [s.0, s.1]));
    cuts.extend(unused.iter().flat_map(|s| [s.0, s.1]));
    cuts.sort_unstable();
    cuts.dedup();
    let mut opened: Vec<usize> = Vec::new();
    cuts.windows(2)
        .map(|cut| {
            let numbers: Vec<usize> =
                spans.iter().filter(|s| s.0 <= cut[0] && cut[1] <= s.1).map(|s| s.2).collect();
            let first = numbers.first().copied().unwrap_or(0);
            let opens = first > 0 && !opened.contains(&first);
            opened.push(first);
            Piece {
                text: chars[cut[0]..cut[1]].iter().collect(),
                first,
                opens,
                fields: numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
                unused: unused.iter().any(|s| s.0 <= cut[0] && cut[1] <= s.1),
            }
        })
        .collect()
}

/// Where the unused words stand: each at its first place as a word of its own.
fn unused_spans(chars: &[char], words: &[String]) -> Vec<(usize, usize)> {
    let edge = |i: Option<usize>| i.and_then(|i| chars.get(i)).is_none_or(|c| !c.is_alphanumeric());
    words
        .iter()
        .filter_map(|word| {
            let word: Vec<char> = word.chars().collect();
            if word.is_empty() {
                return None;
            }
            let start = chars.windows(word.len()).enumerate().position(|(i, window)| {
                let same = window.iter().zip(&word).all(|(a, b)| a.to_lowercase().eq(b.to_lowercase()));
                same && edge(i.checked_sub(1)) && edge(Some(i + word.len()))
            })?;
            Some((start, start + word.len()))
        })
        .collect()
}

/// `options[0].levers[0].value` as `Value`; with several options, which one.
fn name(path: &str) -> String {
    let last = path.rsplit('.').next().unwrap_or(path);
    let last = last.split('[').next().unwrap_or(last);
    let name = match last {
        "tier_from" => "Tier from".to_owned(),
        "intent" => "Asked for".to_owned(),
        "operation" => "Change".to_owned(),
        "parameter" => "Term".to_owned(),
        "value" => "By or to".to_owned(),
        other => format::capital(&format::words(other)),
    };
    let option = path.strip_prefix("options[").and_then(|rest| rest.split(']').next()?.parse::<usize>().ok());
    match option {
        Some(i) if i > 0 => format!("{name} (option {})", i + 1),
        _ => name,
    }
}

fn at_path<'a>(root: &'a Value, path: &str) -> Option<&'a Value> {
    path.split(['.', '[']).map(|step| step.trim_end_matches(']')).try_fold(root, |value, step| {
        step.parse::<usize>().map_or_else(|_| value.get(step), |i| value.get(i))
    })
}

fn value(scenario: &Value, path: &str, value: &Value, company: &Company) -> String {
    match value {
        Value::String(text) if path.ends_with("program") => {
            company.program(text).map_or_else(|| text.clone(), |p| p.name().to_owned())
        }
        Value::String(text) if path.ends_with("value") => {
            let sibling = path.strip_suffix("value").map(|stem| format!("{stem}operation"));
            let operation = sibling.and_then(|p| at_path(scenario, &p)?.as_str().map(ToOwned::to_owned));
            match operation.as_deref() {
                Some(o) if o.ends_with("by_percent") => format!("{text}%"),
                Some(o) if o.ends_with("by_points") => format!("{text} points"),
                _ => text.clone(),
            }
        }
        Value::String(text) => format::capital(&format::words(text)),
        Value::Object(_) if path.ends_with("period") => period(value),
        Value::Object(_) if path.ends_with("audience") => audience(value, company),
        Value::Object(_) if value.get("from").is_some() => sweep(value),
        Value::Object(_) if value.get("sku").is_some() => extra_sales(value),
        Value::Object(_) if value.get("metric").is_some() => goal(value),
        // A whole option, taken over from the question before.
        Value::Object(object) => object.get("label").and_then(Value::as_str).unwrap_or_default().to_owned(),
        Value::Null => String::new(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => plain(other),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// A part of an object as text; empty where it is missing or null.
fn part(value: &Value, key: &str) -> String {
    value.get(key).filter(|v| !v.is_null()).map(plain).unwrap_or_default()
}

/// The values tried: `3 to 8 in steps of 1`.
fn sweep(value: &Value) -> String {
    format!("{} to {} in steps of {}", part(value, "from"), part(value, "to"), part(value, "step"))
}

/// What is sought: `Units at least 5 percent`.
fn goal(value: &Value) -> String {
    let parts = ["metric", "direction", "value", "relative"].map(|key| part(value, key));
    let words: Vec<String> = parts.iter().filter(|p| !p.is_empty()).map(|p| format::words(p)).collect();
    format::capital(&words.join(" "))
}

/// Sales imagined: `20 more PX-100 in August 2026`.
fn extra_sales(value: &Value) -> String {
    let on = part(value, "on");
    let on = if on.is_empty() { on } else { format!(" in {}", format::month(&on, true)) };
    format!("{} more {}{on}", part(value, "units"), part(value, "sku"))
}

fn period(value: &Value) -> String {
    let day = |key: &str| value.get(key)?.as_str()?.parse::<chrono::NaiveDate>().ok();
    match (day("start"), day("end")) {
        (Some(start), Some(end)) => {
            let label = value.get("label").and_then(Value::as_str).unwrap_or_default();
            format!("{label} ({})", format::span(start, end)).trim().to_owned()
        }
        _ => String::new(),
    }
}

fn audience(value: &Value, company: &Company) -> String {
    let side = |key: &str| -> Vec<String> {
        let entries = value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        entries.iter().map(|e| entry(e, company)).filter(|e| !e.is_empty()).collect()
    };
    let (include, exclude) = (side("include"), side("exclude"));
    let mut text = if include.is_empty() { "Everyone".to_owned() } else { include.join(" or ") };
    if !exclude.is_empty() {
        text.push_str(&format!(", except {}", exclude.join(" and ")));
    }
    text
}

fn entry(entry: &Value, company: &Company) -> String {
    let list = |key: &str| -> Vec<String> {
        let items = entry.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        items.iter().map(plain).collect()
    };
    let partners = list("partners").into_iter().map(|id| {
        company
            .catalog
            .partner(&id)
            .map_or_else(|| id.clone(), |ix| company.catalog.partners[ix].name.clone())
    });
    let parts = [list("tiers"), list("partner_types"), list("regions"), partners.collect()];
    parts.iter().filter(|p| !p.is_empty()).map(|p| p.join(" or ")).collect::<Vec<_>>().join(", ")
}

/// What was checked before anything was simulated; nothing for a reading that is not
/// ready.
pub fn checks(reading: &Reading) -> Vec<String> {
    if reading.status != Status::Ready {
        return Vec::new();
    }
    let mut fields: Vec<&str> = reading.provenance.iter().map(|p| p.field.as_str()).collect();
    fields.sort_unstable();
    fields.dedup();
    let assumed = |p: &&&str| {
        let from = reading.provenance.iter().filter(|e| e.field == ***p);
        from.into_iter().all(|e| matches!(e.source, Source::Default { .. }))
    };
    let defaults = fields.iter().filter(assumed).count();
    let mut checks = Vec::new();
    if !fields.is_empty() {
        let named = match defaults {
            0 => "none of them assumed".to_owned(),
            1 => "1 of them assumed and named above".to_owned(),
            n => format!("{n} of them assumed and named above"),
        };
        checks.push(format!("Checked: all {} fields have a source, {named};", fields.len()));
    }
    let lead = if checks.is_empty() { "Checked: programs" } else { "programs" };
    checks.push(format!(
        "{lead} are in force in the period, values are within bounds, names are in the catalogue."
    ));
    checks
}

/// What the page says when a reading has no forecast; `None` for one that is ready.
pub fn standstill(answer: &Answer) -> Option<(&'static str, &'static str)> {
    match answer.reading.status {
        Status::Ready => None,
        Status::NeedsClarification => Some((
            "One thing to settle first",
            "This can be read in more than one way. Choose what you mean; nothing was simulated yet.",
        )),
        Status::Unsupported => Some((
            "This is outside of what can be answered",
            "The question was understood, but no forecast can be made for it.",
        )),
        Status::Failed => Some((
            "This question could not be read",
            "Name a program, what to change about it, by how much and when: “raise the Product X SPIFF 5% for Q3”.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use spiffcast_engine::reading::Provenance;

    use super::*;

    fn reading(spans: &[(&str, usize, usize)], unused: &[&str]) -> Reading {
        Reading {
            status: Status::Ready,
            scenario: None,
            reader: "built-in".to_owned(),
            unused_words: unused.iter().map(ToString::to_string).collect(),
            provenance: spans
                .iter()
                .map(|(field, start, end)| Provenance {
                    field: (*field).to_owned(),
                    source: Source::Question { start: *start, end: *end, text: String::new() },
                })
                .collect(),
            clarifications: vec![],
            findings: vec![],
        }
    }

    #[test]
    fn cuts_by_scalar_values_and_overlaps() {
        let pieces =
            pieces("é€ raise 5% now", &reading(&[("a", 3, 11), ("b", 9, 11), ("c", 90, 99)], &["NOW"]));
        let shown: Vec<(&str, &str, bool)> =
            pieces.iter().map(|p| (p.text.as_str(), p.fields.as_str(), p.unused)).collect();
        assert_eq!(
            shown,
            [
                ("é€ ", "", false),
                ("raise ", "1", false),
                ("5%", "1 2", false),
                (" ", "", false),
                ("now", "", true)
            ]
        );
    }

    #[test]
    fn an_unused_word_is_a_whole_word() {
        let pieces = pieces("another thing, other", &reading(&[], &["other"]));
        let unused: Vec<&str> = pieces.iter().filter(|p| p.unused).map(|p| p.text.as_str()).collect();
        assert_eq!(unused, ["other"]);
        assert_eq!(pieces.last().map(|p| p.text.as_str()), Some("other"));
    }

    #[test]
    fn walks_paths_and_names_fields() {
        let value = serde_json::json!({"options": [{"levers": [{"value": "5"}]}]});
        assert_eq!(at_path(&value, "options[0].levers[0].value"), Some(&Value::from("5")));
        assert_eq!(at_path(&value, "options[3].x"), None);
        assert_eq!(name("options[1].levers[0].program"), "Program (option 2)");
        assert_eq!(name("audience.include[0].tiers"), "Tiers");
    }
}
