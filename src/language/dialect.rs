//! What an endpoint understands. The first request asks for a strict JSON schema; where
//! the endpoint says that it knows none, a tool call is asked for, then JSON mode, then
//! plain text. What worked is remembered for the life of the process.

use serde_json::{Value, json};

use super::prompt::Message;

/// How a reply of a certain shape is asked for, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `response_format` with a strict JSON schema.
    Schema,
    /// A call of one tool, whose parameters have the schema.
    Tool,
    /// `response_format` of any JSON object; the schema stands in the prompt.
    Json,
    /// Nothing but words; the schema stands in the prompt.
    Words,
}

/// What an endpoint is spoken to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// How the shape is asked for.
    pub form: Form,
    /// Whether the temperature may be set: models that think first refuse it.
    temperature: bool,
    /// Whether the limit of a reply goes by its newer name.
    new_limit: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { form: Form::Schema, temperature: true, new_limit: true }
    }
}

/// A shape that is asked for.
pub struct Shape<'a> {
    /// Name of the schema or the tool.
    pub name: &'a str,
    /// What it is, for the model.
    pub description: &'a str,
    /// JSON schema in the strict form.
    pub schema: &'a Value,
}

impl Dialect {
    /// The body of a request.
    pub fn body(self, model: &str, messages: &[Message], shape: &Shape<'_>, tokens_max: u32) -> Value {
        let schema_in_words = matches!(self.form, Form::Json | Form::Words);
        let mut spoken: Vec<Value> =
            messages.iter().map(|m| json!({"role": m.role, "content": m.content})).collect();
        if schema_in_words && let Some(first) = spoken.first_mut() {
            let rules = messages.first().map_or("", |m| m.content.as_str());
            first["content"] =
                json!(format!("{rules} The JSON object must match this schema: {}", shape.schema));
        }
        let mut body = json!({"model": model, "messages": spoken, "stream": false});
        match self.form {
            Form::Schema => {
                body["response_format"] = json!({"type": "json_schema", "json_schema": {
                    "name": shape.name, "description": shape.description,
                    "schema": shape.schema, "strict": true}});
            }
            Form::Tool => {
                body["tools"] = json!([{"type": "function", "function": {
                    "name": shape.name, "description": shape.description, "parameters": shape.schema}}]);
                body["tool_choice"] = json!({"type": "function", "function": {"name": shape.name}});
            }
            Form::Json => body["response_format"] = json!({"type": "json_object"}),
            Form::Words => {}
        }
        if self.temperature {
            body["temperature"] = json!(0);
        }
        body[if self.new_limit { "max_completion_tokens" } else { "max_tokens" }] = json!(tokens_max);
        body
    }

    /// The dialect to try after an endpoint complained; nothing where its complaint is
    /// about something else.
    pub fn after(self, code: u16, complaint: &str) -> Option<Self> {
        if !matches!(code, 400 | 404 | 415 | 422 | 500 | 501) {
            return None;
        }
        let said = complaint.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
        if self.new_limit && says(&["max_completion_tokens"]) {
            return Some(Self { new_limit: false, ..self });
        }
        if self.temperature && says(&["temperature"]) {
            return Some(Self { temperature: false, ..self });
        }
        let form = match self.form {
            Form::Schema if says(&["response_format", "json_schema", "schema", "structured", "grammar"]) => {
                Form::Tool
            }
            Form::Tool if says(&["tool", "function", "jinja"]) => Form::Json,
            Form::Json if says(&["response_format", "json_object", "json mode", "grammar"]) => Form::Words,
            _ => return None,
        };
        Some(Self { form, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(dialect: Dialect) -> Value {
        let schema = json!({"type": "object"});
        let shape = Shape { name: "scenario", description: "", schema: &schema };
        dialect.body("m", &[Message::rules("Rules."), Message::data("Data.")], &shape, 9)
    }

    #[test]
    fn an_endpoint_that_knows_less_is_asked_for_less() {
        let mut dialect = Dialect::default();
        assert_eq!(body(dialect)["response_format"]["json_schema"]["strict"], true);
        dialect =
            dialect.after(400, "Invalid parameter: 'response_format' of type 'json_schema'").expect("tool");
        assert_eq!(body(dialect)["tool_choice"]["function"]["name"], "scenario");
        dialect = dialect.after(400, "This model does not support tools").expect("JSON mode");
        assert_eq!(body(dialect)["response_format"]["type"], "json_object");
        assert!(body(dialect)["messages"][0]["content"].as_str().is_some_and(|t| t.contains("this schema")));
        dialect = dialect.after(422, "unknown field response_format").expect("words");
        assert_eq!(body(dialect)["response_format"], Value::Null);
        assert_eq!(dialect.after(400, "response_format"), None);
    }

    #[test]
    fn models_that_refuse_a_parameter_are_spared_it() {
        let first = Dialect::default();
        let next = first.after(400, "Unsupported value: 'temperature' does not support 0").expect("another");
        assert_eq!((body(next)["temperature"].clone(), next.form), (Value::Null, Form::Schema));
        let next = first.after(400, "Unrecognized request argument supplied: max_completion_tokens");
        assert_eq!(body(next.expect("another"))["max_tokens"], 9);
    }

    #[test]
    fn other_complaints_change_nothing() {
        assert_eq!(Dialect::default().after(401, "response_format"), None);
        assert_eq!(Dialect::default().after(400, "The model does not exist"), None);
    }
}
