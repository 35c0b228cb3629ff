//! One reading against what was expected of it.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::{Expected, Question};
use crate::reading::{Reading, Status};

/// What a reading was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As expected, or as good.
    Right,
    /// Asked back, or about something else, where that was not expected.
    AskedNeedlessly,
    /// Neither answered nor asked, where one of them was expected.
    Refused,
    /// A scenario that is neither expected nor accepted.
    SilentError,
}

/// A verdict with the fields it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// Fields of the expectation that the reading has, and how many there are. Zero
    /// of zero where no scenario was expected.
    pub fields: (usize, usize),
}

/// Judges a reading.
pub fn judge(question: &Question, reading: &Reading) -> Judgement {
    let all = || std::iter::once(&question.expect).chain(&question.accept);
    let fields = match &question.expect {
        Expected { status: Status::Ready, scenario: Some(wanted), .. } => fields(wanted, &actual(reading)),
        _ => (0, 0),
    };
    let verdict = if all().any(|e| meets(e, reading)) {
        Verdict::Right
    } else {
        match reading.status {
            Status::Ready => Verdict::SilentError,
            Status::NeedsClarification => Verdict::AskedNeedlessly,
            Status::Unsupported | Status::Failed => Verdict::Refused,
        }
    };
    Judgement { verdict, fields }
}

fn meets(expected: &Expected, reading: &Reading) -> bool {
    if expected.status != reading.status {
        return false;
    }
    match (expected.status, &expected.scenario, &expected.field) {
        (Status::Ready, Some(wanted), _) => {
            let (right, all) = fields(wanted, &actual(reading));
            right == all
        }
        (Status::NeedsClarification, _, Some(field)) => {
            reading.clarifications.first().is_some_and(|c| names(&c.field, field))
        }
        _ => true,
    }
}

/// Whether a path holds a field: `options[0].levers[0].value` holds `value`.
fn names(path: &str, field: &str) -> bool {
    path == field || path.split(['.', '[', ']']).any(|part| part == field)
}

fn actual(reading: &Reading) -> Value {
    let draft = reading.scenario.as_ref().filter(|_| reading.status == Status::Ready);
    draft.and_then(|d| serde_json::to_value(d).ok()).unwrap_or(Value::Null)
}

/// Fields of the wanted scenario that the actual one has, of how many.
fn fields(wanted: &Value, actual: &Value) -> (usize, usize) {
    let (wanted, actual) = (flat(wanted, true), flat(actual, false));
    let right = wanted.iter().filter(|(key, value)| held(&actual, key, value)).count();
    // A lever or option too many is a field that is wrong.
    let surplus = ["levers", "options"].iter().filter(|k| wanted.get(**k) != actual.get(**k)).count();
    (right, wanted.len() + surplus.saturating_sub(usize::from(right < wanted.len())))
}

fn held(actual: &Map<String, Value>, key: &str, value: &Value) -> bool {
    match actual.get(key) {
        Some(found) if key.ends_with("terms") => within(value, found),
        Some(found) => found == value,
        None => value.is_null(),
    }
}

/// A scenario as keys and comparable values: levers with the period and the audience
/// that hold for them, sorted; numbers and lists in one form.
fn flat(scenario: &Value, wanted: bool) -> Map<String, Value> {
    let mut out = Map::new();
    let intent = scenario.get("intent").cloned().unwrap_or(Value::Null);
    for key in ["intent", "sweep", "goal", "earnings", "lookup"] {
        match scenario.get(key) {
            Some(Value::Object(part)) => {
                for (inner, value) in part {
                    out.insert(format!("{key}.{inner}"), plain(value));
                }
            }
            Some(value) if !value.is_null() => drop(out.insert(key.to_owned(), value.clone())),
            _ => {}
        }
    }
    let rules_only = intent == "earnings" || intent == "lookup";
    let options = scenario.get("options").and_then(Value::as_array).cloned().unwrap_or_default();
    if rules_only || options.is_empty() {
        if let Some(period) = scenario.get("period").filter(|_| wanted || rules_only) {
            out.insert("period".to_owned(), days(period));
        }
        return out;
    }
    out.insert("options".to_owned(), json!(options.len()));
    for (o, option) in options.iter().enumerate() {
        let levers = option.get("levers").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut flat: Vec<Map<String, Value>> = levers.iter().flat_map(|l| apart(l, scenario)).collect();
        flat.sort_by_key(|l| {
            ["program", "parameter", "tier_from", "value", "period", "audience"]
                .map(|k| sort_text(l.get(k)))
                .join("\u{1}")
        });
        out.insert(format!("{o}.levers"), json!(flat.len()));
        for (l, lever) in flat.into_iter().enumerate() {
            for (key, value) in lever {
                out.insert(format!("{o}.{l}.{key}"), value);
            }
        }
    }
    out
}

fn sort_text(value: Option<&Value>) -> String {
    value.map(Value::to_string).unwrap_or_default()
}

/// A lever as comparable keys; one for every name where several are added at once.
fn apart(lever: &Value, scenario: &Value) -> Vec<Map<String, Value>> {
    let text = |key: &str| lever.get(key).cloned().unwrap_or(Value::Null);
    let launch = text("operation") == "launch";
    let own = |key: &str| lever.get(key).filter(|v| !v.is_null()).or(scenario.get(key));
    let mut base = Map::new();
    for key in ["parameter", "operation"] {
        // A key that the expectation leaves out is not compared.
        if lever.get(key).is_some() {
            base.insert(key.to_owned(), text(key));
        }
    }
    if !launch {
        base.insert("program".to_owned(), text("program"));
    }
    base.insert("tier_from".to_owned(), plain(&text("tier_from")));
    if let Some(period) = own("period") {
        base.insert("period".to_owned(), days(period));
    }
    base.insert("audience".to_owned(), own("audience").map_or_else(|| people(&json!({})), people));
    base.insert("terms".to_owned(), if launch { text("terms") } else { Value::Null });
    let value = text("value");
    let several = matches!(text("operation").as_str(), Some("add" | "remove"));
    match value.as_str().filter(|v| several && v.contains(',')) {
        Some(names) => names
            .split(',')
            .map(|name| {
                let mut one = base.clone();
                one.insert("value".to_owned(), json!(name.trim()));
                one
            })
            .collect(),
        None => {
            base.insert("value".to_owned(), plain(&value));
            vec![base]
        }
    }
}

fn days(period: &Value) -> Value {
    json!([period.get("start"), period.get("end")])
}

/// An audience with its names and entries in an order of their own.
fn people(audience: &Value) -> Value {
    let entries = |side: &str| {
        let mut entries: Vec<String> = audience
            .get(side)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|entry| {
                let lists = ["tiers", "regions", "partner_types", "partners"].map(|key| {
                    let mut names: Vec<String> = entry
                        .get(key)
                        .and_then(Value::as_array)
                        .into_iter()
                        .flatten()
                        .filter_map(|n| n.as_str().map(str::to_owned))
                        .collect();
                    names.sort();
                    names.join("+")
                });
                lists.join("/")
            })
            .collect();
        entries.sort();
        entries
    };
    json!([entries("include"), entries("exclude")])
}

/// Numbers in one form, so that `5` and `5.00` are the same.
fn plain(value: &Value) -> Value {
    match value {
        Value::String(text) => match text.parse::<Decimal>() {
            Ok(number) => json!(number.normalize().to_string()),
            Err(_) => value.clone(),
        },
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), plain(v))).collect(),
        _ => value.clone(),
    }
}

/// Whether everything wanted is in what was found.
fn within(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            wanted.iter().all(|(key, value)| found.get(key).is_some_and(|f| within(value, f)))
        }
        _ => plain(wanted) == plain(found),
    }
}
