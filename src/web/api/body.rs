//! Bodies of the API: JSON with errors that say where and what was expected.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use spiffcast_engine::finding::{Finding, Severity};
use spiffcast_engine::scenario::Draft;

use crate::web::errors::Failure;

/// A JSON body.
pub struct ApiJson<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for ApiJson<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if essence != "application/json" {
            return Err(Failure::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Not a format we read",
                "Send the body as Content-Type: application/json.",
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            let too_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
            let detail = if too_large { "A body may hold up to 256 kB." } else { "The body broke off." };
            Failure::new(rejection.status(), "The body could not be read", detail)
        })?;
        serde_json::from_slice(&bytes).map(ApiJson).map_err(|error| {
            // What is no JSON at all is said first, whatever else does not fit.
            let syntax = serde_json::from_slice::<Value>(&bytes).err();
            refuse(&syntax.unwrap_or(error))
        })
    }
}

fn refuse(error: &serde_json::Error) -> Failure {
    let text = error.to_string();
    if text.contains("recursion limit") {
        return Failure::new(
            StatusCode::BAD_REQUEST,
            "The JSON is nested too deep",
            format!("128 levels are the most (line {}, column {}).", error.line(), error.column()),
        );
    }
    if error.is_data() {
        return unfit("", &text);
    }
    Failure::new(StatusCode::BAD_REQUEST, "The body is not valid JSON", format!("{text}."))
}

/// Valid JSON of the wrong shape.
fn unfit(field: &str, message: &str) -> Failure {
    let mut failure = Failure::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "The JSON does not fit",
        format!("{message}. The schema is at /api/v1/openapi.json."),
    );
    failure.findings.push(Finding {
        severity: Severity::Error,
        code: "does_not_fit_schema".to_owned(),
        field: field.to_owned(),
        message: message.to_owned(),
        hint: "Compare with the schema at /api/v1/openapi.json.".to_owned(),
    });
    failure
}

/// A scenario, bare or under `scenario`. Not by serde's untagged enum, whose error
/// would not say what is wrong.
pub fn draft(body: Value) -> Result<Draft, Failure> {
    let (field, value) = match body {
        Value::Object(mut map) if map.contains_key("scenario") => {
            let scenario = map.remove("scenario").unwrap_or_default();
            if let Some(other) = map.keys().next() {
                return Err(unfit(other, &format!("unknown field `{other}` beside `scenario`")));
            }
            ("scenario", scenario)
        }
        other => ("", other),
    };
    serde_json::from_value(value).map_err(|error| unfit(field, &error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_does_not_fit() {
        let failure = draft(serde_json::json!({"scenario": {"intent": "guess"}})).expect_err("unfit");
        assert_eq!(failure.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(failure.detail.contains("guess"), "{}", failure.detail);
        let failure = draft(serde_json::json!({"scenario": {}, "user": "admin"})).expect_err("unfit");
        assert!(failure.detail.contains("`user`"), "{}", failure.detail);
    }
}
