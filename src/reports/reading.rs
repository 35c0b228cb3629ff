//! How a question was read, field by field: what each is called, what it says, where it
//! came from, and what was checked. Pages and documents share it.

use serde_json::Value;
use spiffcast_engine::company::Company;
use spiffcast_engine::reading::{Provenance, Reading, Source, Status};

use super::format;

/// A field of the scenario and where it came from.
pub struct ReadField<'a> {
    /// Its path in the scenario.
    pub path: String,
    /// Name for people.
    pub name: String,
    /// Value for people; empty where nothing is settled yet.
    pub value: String,
    /// Its sources.
    pub sources: Vec<&'a Source>,
}

/// The fields in the order in which they were found, each once, and those of `always`
/// that nobody named.
pub fn fields<'a>(reading: &'a Reading, company: &Company, always: &[String]) -> Vec<ReadField<'a>> {
    let scenario =
        reading.scenario.as_ref().and_then(|d| serde_json::to_value(d).ok()).unwrap_or(Value::Null);
    let field = |path: &str| ReadField {
        path: path.to_owned(),
        name: name(path),
        value: told_elsewhere(&scenario, path, company).unwrap_or_else(|| {
            let value_there = at_path(&scenario, place(path));
            value_there.map(|v| value(&scenario, path, v, company)).unwrap_or_default()
        }),
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
            // What was taken over as a whole was taken over in every part.
            let whole = |e: &&Provenance| {
                path.strip_prefix(&e.field).is_some_and(|rest| rest.starts_with(['.', '[']))
            };
            let sources = reading.provenance.iter().filter(whole).map(|entry| &entry.source).collect();
            fields.push(ReadField { sources, ..field(path) });
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
        Value::Object(_) if value.get("step").is_some() => sweep(value),
        Value::Object(_) if value.get("sku").is_some() => extra_sales(value),
        Value::Object(_) if value.get("metric").is_some() => goal(value),
        Value::Object(_) if path.ends_with(".terms") => terms(value, company),
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

/// The value of a field whose place in the scenario is empty, because another says it: of
/// a lever over a range, of a program that is launched, and of one that runs on.
fn told_elsewhere(scenario: &Value, path: &str, company: &Company) -> Option<String> {
    let lever = |path: &str| at_path(scenario, path);
    if let Some(stem) = path.strip_suffix(".active") {
        let (option, _) = stem.rsplit_once(".levers[")?;
        let levers = lever(&format!("{option}.levers"))?.as_array()?;
        let runs = levers.iter().find(|l| part(l, "parameter") == "active")?;
        return Some(if part(runs, "value") == "true" { "Runs on" } else { "Paused" }.to_owned());
    }
    let stem = path.strip_suffix(".value").filter(|stem| stem.ends_with(']'))?;
    if lever(path).is_some_and(|value| !value.is_null()) {
        return None;
    }
    if let Some(range) = scenario.get("sweep").filter(|range| range.is_object()) {
        let swept = format!("options[{}].levers[{}]", part(range, "option"), part(range, "lever"));
        return (swept == stem).then(|| sweep(range));
    }
    let terms = lever(&format!("{stem}.terms")).filter(|terms| terms.is_object())?;
    Some(pay(terms.get("rate")?, company))
}

/// What a rate pays: `$30.00 per unit`.
fn pay(rate: &Value, company: &Company) -> String {
    match (part(rate, "per_unit"), part(rate, "percent")) {
        (unit, _) if !unit.is_empty() => format!("{} per unit", amount(&unit, company)),
        (_, percent) if !percent.is_empty() => format!("{percent}% of revenue"),
        _ => "By tiers".to_owned(),
    }
}

/// Decimal text as money.
fn amount(text: &str, company: &Company) -> String {
    let money = |amount| format::money_places(amount, &company.catalog.currency, 2);
    text.parse::<f64>().map_or_else(|_| text.to_owned(), money)
}

/// A new program in a line: `SPIFF, $30.00 per unit, counts units by month, cap per partner
/// $2,000.00, for PX-200`.
fn terms(value: &Value, company: &Company) -> String {
    let kind = match part(value, "kind").as_str() {
        "spiff" => "SPIFF".to_owned(),
        "mdf" => "Marketing fund".to_owned(),
        other => format::capital(&format::words(other)),
    };
    let mut words = vec![kind];
    words.extend(value.get("rate").map(|rate| pay(rate, company)));
    words.push(format!("counts {} by {}", part(value, "measure"), part(value, "period")));
    for key in ["minimum", "target"] {
        words.extend(Some(part(value, key)).filter(|v| !v.is_empty()).map(|v| format!("{key} {v}")));
    }
    let caps = value.get("caps").and_then(Value::as_object);
    for (key, cap) in caps.into_iter().flatten() {
        let name =
            if key == "program_budget" { "budget".to_owned() } else { format!("cap {}", format::words(key)) };
        words.push(format!("{name} {}", amount(&plain(cap), company)));
    }
    let covered: Vec<String> = ["skus", "families"]
        .iter()
        .filter_map(|key| value.get("applies_to")?.get(key)?.as_array())
        .flatten()
        .map(plain)
        .collect();
    words.extend((!covered.is_empty()).then(|| format!("for {}", covered.join(", "))));
    words.join(", ")
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
    let words = |of: &Value, keys: &[&str]| -> String {
        let parts = keys.iter().map(|key| part(of, key)).filter(|p| !p.is_empty());
        parts.map(|p| format::words(&p)).collect::<Vec<_>>().join(" ")
    };
    let mut text = words(value, &["metric", "direction", "value", "relative"]);
    if value.get("gain").and_then(Value::as_bool) == Some(true) {
        text = text.replace(" absolute", "");
        text.push_str(" more than without the change");
    }
    for condition in value.get("subject_to").and_then(Value::as_array).into_iter().flatten() {
        text.push_str(&format!(", while {}", words(condition, &["metric", "direction", "value"])));
    }
    if let Ok(confidence) = part(value, "confidence").parse::<f64>() {
        text.push_str(&format!(", in {} of draws", format::percent(confidence)));
    }
    format::capital(&text)
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
