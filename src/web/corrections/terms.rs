//! The terms of a program that does not exist yet: a line for every key that its file
//! would have, and for the limits that it might have.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use spiffcast_engine::company::Company;

use super::SET;
use super::control::{Choice, Control, Editor};
use super::levers::Place;
use crate::reports::format;

/// Names of the lines begin with this; then the sort of the value, the path of the terms,
/// and the key after a bar.
const NEW: &str = "new.";
/// Keys that are offered where the terms do not have them: a limit is often the question.
const OFFERED: [&str; 7] = [
    "rate.per_unit",
    "rate.percent",
    "minimum",
    "target",
    "caps.per_partner",
    "caps.per_transaction",
    "caps.program_budget",
];
const KINDS: [(&str, &str); 5] = [
    ("spiff", "SPIFF"),
    ("rebate", "Rebate"),
    ("commission", "Commission"),
    ("growth", "Growth rebate"),
    ("mdf", "Marketing fund"),
];
const MEASURES: [(&str, &str); 2] = [("units", "Units"), ("revenue", "Revenue")];
const PERIODS: [(&str, &str); 5] = [
    ("transaction", "Transaction"),
    ("month", "Month"),
    ("quarter", "Quarter"),
    ("half", "Half-year"),
    ("year", "Year"),
];

/// A line a key. A key that is left empty is left out.
pub fn editor(place: &Place<'_>, company: &Company) -> Option<Editor> {
    let terms = place.lever.terms.as_ref()?;
    let stem = place.path.rsplit_once('.')?.0;
    let mut leaves = Vec::new();
    flatten(terms, String::new(), &mut leaves);
    let tiered = leaves.iter().any(|(key, _)| key.starts_with("rate.") && key.contains('['));
    for key in OFFERED {
        let other_rate = tiered && key.starts_with("rate.");
        if !other_rate && !leaves.iter().any(|(held, _)| held == key) {
            leaves.push((key.to_owned(), &Value::Null));
        }
    }
    let controls = leaves.iter().map(|(key, value)| control(&format!("{stem}.terms"), key, value)).collect();
    let hint = format!("Money in {}. What is left empty is left out.", company.catalog.currency);
    Some(Editor::line(controls, hint))
}

/// What it pays alone, where that is one rate.
pub fn rate(place: &Place<'_>) -> Option<Editor> {
    let rate = place.lever.terms.as_ref()?.get("rate")?;
    let is_held = |key: &&&str| rate.get(**key).is_some();
    let key = ["per_unit", "percent"].iter().find(is_held)?;
    let stem = place.path.rsplit_once('.')?.0;
    let name = format!("{SET}{stem}.terms.rate.{key}");
    let control = Control::text(name, &label(&format!("rate.{key}")), rate.get(key)?.as_str()?);
    Some(Editor::line(vec![control], ""))
}

/// The kind alone.
pub fn kind(path: &str, terms: &Value) -> Option<Editor> {
    let now = terms.get("kind")?.as_str()?;
    let choices = KINDS.iter().map(|(kind, words)| Choice::of(*kind, *words, now)).collect();
    Some(Editor::line(vec![Control::choose(format!("{SET}{path}"), "", now, choices)], ""))
}

/// Keys with their plain values; lists of texts are one value.
fn flatten<'v>(value: &'v Value, key: String, leaves: &mut Vec<(String, &'v Value)>) {
    let below = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    match value {
        Value::Object(entries) => {
            entries.iter().for_each(|(name, value)| flatten(value, below(name), leaves));
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (i, item) in items.iter().enumerate() {
                flatten(item, format!("{key}[{i}]"), leaves);
            }
        }
        _ => leaves.push((key, value)),
    }
}

fn control(path: &str, key: &str, value: &Value) -> Control {
    let (sort, text) = match value {
        Value::Bool(is) => ("b", is.to_string()),
        Value::Number(number) => ("i", number.to_string()),
        Value::Array(items) => ("l", items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; ")),
        other => ("s", other.as_str().unwrap_or_default().to_owned()),
    };
    let name = format!("{NEW}{sort}.{path}|{key}");
    let known: &[(&str, &str)] = match key {
        "kind" => &KINDS,
        "measure" => &MEASURES,
        "period" => &PERIODS,
        _ if sort == "b" => &[("true", "Yes"), ("false", "No")],
        _ => return Control::optional(name, &label(key), text),
    };
    let choices = known.iter().map(|(value, words)| Choice::of(*value, *words, &text)).collect();
    Control::choose(name, &label(key), &text, choices)
}

/// What a key is called: `caps.per_partner` is a cap per partner.
fn label(key: &str) -> String {
    match key {
        "rate.per_unit" => "Rate per unit".to_owned(),
        "rate.percent" => "Rate in percent".to_owned(),
        "applies_to.skus" => "Products".to_owned(),
        "applies_to.families" => "Families".to_owned(),
        "measure" => "Counts".to_owned(),
        "period" => "Over a".to_owned(),
        "caps.per_partner" => "Cap per partner".to_owned(),
        "caps.per_transaction" => "Cap per transaction".to_owned(),
        "caps.program_budget" => "Budget".to_owned(),
        _ => format::capital(&format::words(&key.replace('.', " "))),
    }
}

/// The terms of a form.
pub fn read(fields: &[(String, String)]) -> BTreeMap<String, Value> {
    let mut all: BTreeMap<String, Value> = BTreeMap::new();
    for (name, text) in fields {
        let parts = name.strip_prefix(NEW).and_then(|rest| rest.split_once('.'));
        let Some((sort, (path, key))) = parts.and_then(|(sort, rest)| Some((sort, rest.split_once('|')?)))
        else {
            continue;
        };
        let terms = all.entry(path.to_owned()).or_insert_with(|| Value::Object(Map::new()));
        if let Some(value) = value(sort, text.trim()) {
            put(terms, key, value);
        }
    }
    all
}

fn value(sort: &str, text: &str) -> Option<Value> {
    if text.is_empty() {
        return None;
    }
    Some(match sort {
        "b" => Value::Bool(text == "true"),
        "i" => text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
        "l" => text.split([';', ',']).map(str::trim).filter(|item| !item.is_empty()).collect(),
        _ => Value::from(text),
    })
}

/// Most rows of a list of tables that are read from a form.
const ROWS_MAX: usize = 64;

/// Sets `rate.tiers[1].from`, making what is on the way.
fn put(root: &mut Value, key: &str, value: Value) {
    let mut at = root;
    for step in key.split('.') {
        let (name, row) = match step.strip_suffix(']').and_then(|s| s.split_once('[')) {
            Some((name, row)) => (name, row.parse::<usize>().ok()),
            None => (step, None),
        };
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        let Some(entries) = at.as_object_mut() else { return };
        at = entries.entry(name).or_insert(Value::Null);
        if let Some(row) = row {
            if row >= ROWS_MAX {
                return;
            }
            if !at.is_array() {
                *at = Value::Array(Vec::new());
            }
            let Some(rows) = at.as_array_mut() else { return };
            while rows.len() <= row {
                rows.push(Value::Null);
            }
            at = &mut rows[row];
        }
    }
    *at = value;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn terms_come_back_as_they_were_shown() {
        let terms = json!({
            "kind": "rebate", "new": { "only": true }, "claim_within_days": 30,
            "applies_to": { "skus": ["PX-1", "PX-2"] },
            "rate": { "tiers": [{ "from": "0", "percent": "1" }, { "from": "50", "percent": "2" }] },
        });
        let mut leaves = Vec::new();
        flatten(&terms, String::new(), &mut leaves);
        let fields: Vec<(String, String)> = leaves
            .iter()
            .map(|(key, value)| match control("options[0].levers[0].terms", key, value) {
                Control::Text { name, value, .. } => (name, value),
                Control::Choose { name, choices, .. } => {
                    (name, choices.into_iter().find(|c| c.chosen).expect("chosen").value)
                }
                _ => panic!("{key} is a line or a choice"),
            })
            .collect();
        assert_eq!(read(&fields), BTreeMap::from([("options[0].levers[0].terms".to_owned(), terms)]));
    }

    #[test]
    fn what_is_left_empty_is_left_out() {
        let field = |key: &str, text: &str| (format!("new.s.t|{key}"), text.to_owned());
        let read = read(&[field("caps.per_partner", " "), field("rate.per_unit", "30")]);
        assert_eq!(read["t"], json!({ "rate": { "per_unit": "30" } }));
    }
}
