//! The JSON schema of a draft, from the Rust types, in the strict form that
//! structured-output endpoints want: every object closed, every property required.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use spiffcast_engine::scenario::Draft;

/// The strict schema of [`Draft`]. New programs are not asked of a model, so
/// `terms` is null.
pub fn strict_draft() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<Draft>().to_value();
    close(&mut schema);
    if let Some(root) = schema.as_object_mut() {
        root.remove("$schema");
    }
    schema
}

fn close(value: &mut Value) {
    match value {
        Value::Object(object) => close_object(object),
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// Keywords that strict mode does not know are dropped; they only repeat what the
/// checks of the engine say better.
const DROPPED: [&str; 5] = ["default", "format", "minimum", "title", "description"];

fn close_object(object: &mut Map<String, Value>) {
    // A property may be called like a keyword; only schemas lose keywords.
    let is_schema = ["type", "anyOf", "oneOf", "enum", "const"].iter().any(|k| object.contains_key(*k));
    if is_schema {
        DROPPED.iter().for_each(|keyword| {
            object.remove(*keyword);
        });
    }
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        if let Some(terms) = properties.get_mut("terms") {
            *terms = json!({"type": "null"});
        }
        let names: Vec<Value> = properties.keys().map(|k| Value::String(k.clone())).collect();
        for (_, property) in properties.iter_mut() {
            close(property);
        }
        object.insert("required".to_owned(), Value::Array(names));
        object.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    for (key, inner) in object.iter_mut() {
        if key != "properties" && key != "required" {
            close(inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects<'a>(value: &'a Value, found: &mut Vec<&'a Map<String, Value>>) {
        match value {
            Value::Object(object) => {
                if object.get("properties").is_some_and(Value::is_object) {
                    found.push(object);
                }
                object.values().for_each(|v| objects(v, found));
            }
            Value::Array(items) => items.iter().for_each(|v| objects(v, found)),
            _ => {}
        }
    }

    #[test]
    fn every_object_is_closed_and_every_property_required() {
        let schema = strict_draft();
        let mut found = Vec::new();
        objects(&schema, &mut found);
        assert!(found.len() >= 8, "drafts, options, levers, periods, audiences and goals are objects");
        for object in found {
            assert_eq!(object["additionalProperties"], Value::Bool(false));
            let properties = object["properties"].as_object().expect("an object");
            assert_eq!(object["required"].as_array().map(Vec::len), Some(properties.len()));
        }
    }
}
