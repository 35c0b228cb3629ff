//! What endpoints answer, read leniently: they agree on little more than these fields.
//! Strict is what is made of it afterwards.

use serde::Deserialize;
use serde_json::Value;

use super::error::LanguageError;

/// Longest text of a reply that is looked at, in bytes.
const TEXT_BYTES_MAX: usize = 32 * 1024;

/// A chat completion.
#[derive(Debug, Deserialize)]
pub struct Reply {
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Spent>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    message: Said,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Said {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<Call>>,
}

#[derive(Debug, Deserialize)]
struct Call {
    function: Function,
}

#[derive(Debug, Deserialize)]
struct Function {
    /// Text of JSON; some servers send the JSON itself.
    arguments: Value,
}

/// Tokens, as the endpoint counts them.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct Spent {
    /// Of what it was sent.
    #[serde(default)]
    pub prompt_tokens: u64,
    /// Of what it said.
    #[serde(default)]
    pub completion_tokens: u64,
}

impl Reply {
    /// What it cost.
    pub fn spent(&self) -> Spent {
        self.usage.unwrap_or_default()
    }

    /// The text that should be JSON: of the tool call where there is one, else of the
    /// message.
    pub fn text(self) -> Result<String, LanguageError> {
        let choice = self.choices.into_iter().next().ok_or(LanguageError::Unusable("empty"))?;
        if choice.message.refusal.is_some_and(|words| !words.is_empty())
            || choice.finish_reason.as_deref() == Some("content_filter")
        {
            return Err(LanguageError::Refused);
        }
        if choice.finish_reason.as_deref() == Some("length") {
            return Err(LanguageError::Unusable("cut off"));
        }
        let called = choice.message.tool_calls.and_then(|calls| calls.into_iter().next());
        let text = match called.map(|call| call.function.arguments) {
            Some(Value::String(text)) => text,
            Some(json) => json.to_string(),
            None => choice.message.content.unwrap_or_default(),
        };
        let text = bare(&text);
        match text.len() {
            0 => Err(LanguageError::Unusable("empty")),
            long if long > TEXT_BYTES_MAX => Err(LanguageError::Unusable("too long")),
            _ => Ok(text.to_owned()),
        }
    }
}

/// JSON without the fence that models like to put around it.
fn bare(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix("```json").or_else(|| text.strip_prefix("```"));
    inner.and_then(|t| t.strip_suffix("```")).unwrap_or(text).trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(message: Value, finish: &str) -> Result<String, LanguageError> {
        let reply = json!({"choices": [{"message": message, "finish_reason": finish}]});
        serde_json::from_value::<Reply>(reply).expect("a reply").text()
    }

    #[test]
    fn the_json_is_found_where_endpoints_put_it() {
        for message in [
            json!({"content": "{\"a\":1}"}),
            json!({"content": "```json\n{\"a\":1}\n```", "refusal": null}),
            json!({"content": null, "tool_calls": [{"function": {"name": "s", "arguments": "{\"a\":1}"}}]}),
            json!({"tool_calls": [{"function": {"arguments": {"a": 1}}}]}),
        ] {
            assert_eq!(text(message.clone(), "stop").expect("text"), "{\"a\":1}", "{message}");
        }
    }

    #[test]
    fn what_was_declined_or_cut_off_is_no_reply() {
        let declined = text(json!({"content": "", "refusal": "No."}), "stop");
        assert!(matches!(declined, Err(LanguageError::Refused)));
        assert!(matches!(text(json!({"content": "{"}), "length"), Err(LanguageError::Unusable("cut off"))));
        assert!(matches!(text(json!({"content": " "}), "stop"), Err(LanguageError::Unusable("empty"))));
        let long = "x".repeat(TEXT_BYTES_MAX + 1);
        assert!(matches!(text(json!({"content": long}), "stop"), Err(LanguageError::Unusable("too long"))));
    }
}
