//! How a question was read, field by field: what each is called, what it says, where it
//! came from, and what was checked. Pages and documents share it.

use serde_json::Value;
use spiffcast_engine::company::Company;
use spiffcast_engine::reading::{Provenance, Reading, Source, Status};

use super::format;

/// A field of the scenario and where it came from.
pub struct ReadField<'a> {
    /// Its path in the scenario.
    pub path: &'a str,
    /// Name for people.
    pub name: String,
    /// Value for people; empty where nothing is settled yet.
    pub value: String,
    /// Its sources.
    pub sources: Vec<&'a Source>,
}

/// The fields in the order in which they were found, each once, and those of `always`
/// that nobody named.
pub fn fields<'a>(reading: &'a Reading, company: &Company, always: &[&'static str]) -> Vec<ReadField<'a>> {
    let scenario =
        reading.scenario.as_ref().and_then(|d| serde_json::to_value(d).ok()).unwrap_or(Value::Null);
    let field = |path: &'a str| ReadField {
        path,
        name: name(path),
        value: at_path(&scenario, place(path))
            .map(|v| value(&scenario, path, v, company))
            .unwrap_or_default(),
        sources: Vec::new(),
    };
    let mut fields: Vec<ReadField<'a>> = Vec::new();
    for entry in &reading.provenance {
        let at = fields.iter().position(|f| f.path == entry.field).unwrap_or_else(|| {
            fields.push(field(&entry.field));
            fields.len() - 1
        });
        fields[at].sources.push(&entry.source);
    }
    for path in always {
        if !fields.iter().any(|f| f.path == *path) {
            fields.push(field(path));
        }
    }
    fields
}

/// What kind of source it is, and its words, clause or reason.
pub fn told(source: &Source, company: &Company) -> (&'static str, String) {
    match source {
        Source::Question { text, .. } => ("your words", format!("“{text}”")),
        Source::Rule { program, version, clause } => {
            let name = company.program(program).map_or(program.as_str(), |p| p.name());
            ("rule", format!("{name} v{version} §{clause}"))
        }
        Source::Conversation { turn } => ("this conversation", format!("turn {turn}")),
        Source::Regions { names } => ("your regions", names.join(", ")),
        Source::Default { reason } => ("assumed", reason.clone()),
    }
}

/// Who read the question.
pub fn reader(reading: &Reading) -> &'static str {
    match reading.reader.as_str() {
        "llm" => "the language model, checked against your words",
        "none" => "nobody: it was handed in as data",
        _ => "the built-in reader",
    }
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
        "value" => "Amount".to_owned(),
        other => format::capital(&format::words(other)),
    };
    let option = path.strip_prefix("options[").and_then(|rest| rest.split(']').next()?.parse::<usize>().ok());
    match option {
        Some(i) if i > 0 => format!("{name} (option {})", i + 1),
        _ => name,
    }
}

/// Where the value of a field stands: a question about the rules may be about several
/// programs and keeps them as a list.
fn place(path: &str) -> &str {
    if path == "lookup.program" { "lookup.programs" } else { path }
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
        Value::Array(items) if path.starts_with("lookup.program") => {
            let name = |id: &str| company.program(id).map_or_else(|| id.to_owned(), |p| p.name().to_owned());
            items.iter().filter_map(Value::as_str).map(name).collect::<Vec<_>>().join(", ")
        }
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
    // A field that words and an assumption made together is assumed in part.
    let of = |p: &str, all: bool| {
        let is_default = |e: &Provenance| matches!(e.source, Source::Default { .. });
        let mut from = reading.provenance.iter().filter(|e| e.field == p);
        if all { from.all(is_default) } else { from.any(is_default) }
    };
    let defaults = fields.iter().filter(|p| of(p, true)).count();
    let partly = fields.iter().filter(|p| of(p, false)).count() - defaults;
    let mut checks = Vec::new();
    if !fields.is_empty() {
        let named = match (defaults, partly) {
            (0, 0) => "none of them assumed".to_owned(),
            (0, n) => format!("{n} of them assumed in part and named above"),
            (n, 0) => format!("{n} of them assumed and named above"),
            (n, m) => format!("{n} of them assumed and {m} in part, named above"),
        };
        checks.push(format!("Checked: all {} fields have a source, {named};", fields.len()));
    }
    let lead = if checks.is_empty() { "Checked: programs" } else { "programs" };
    checks.push(format!(
        "{lead} are in force in the period, values are within bounds, names are in the catalogue."
    ));
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_paths_and_names_fields() {
        let value = serde_json::json!({"options": [{"levers": [{"value": "5"}]}]});
        assert_eq!(at_path(&value, "options[0].levers[0].value"), Some(&Value::from("5")));
        assert_eq!(at_path(&value, "options[3].x"), None);
        assert_eq!(name("options[1].levers[0].program"), "Program (option 2)");
        assert_eq!(name("audience.include[0].tiers"), "Tiers");
    }

    #[test]
    fn what_words_and_an_assumption_made_together_is_assumed_in_part() {
        let entry = |field: &str, source: Source| Provenance { field: field.to_owned(), source };
        let words = || Source::Question { start: 0, end: 1, text: "x".to_owned() };
        let default = || Source::Default { reason: "the quarter".to_owned() };
        let mut reading = Reading {
            status: Status::Ready,
            scenario: None,
            reader: "built-in".to_owned(),
            unused_words: vec![],
            provenance: vec![entry("value", words()), entry("period", words())],
            clarifications: vec![],
            findings: vec![],
            chosen: vec![],
        };
        assert!(checks(&reading)[0].contains("all 2 fields have a source, none of them assumed"));
        reading.provenance.push(entry("period", default()));
        assert!(checks(&reading)[0].contains("1 of them assumed in part"), "{:?}", checks(&reading));
        reading.provenance.push(entry("audience", default()));
        assert!(checks(&reading)[0].contains("1 of them assumed and 1 in part"), "{:?}", checks(&reading));
    }
}
