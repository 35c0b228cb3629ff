//! Why a language model gave nothing. None of these stops an answer: the built-in
//! reader or the template stands in.

use super::transport::Fault;

/// Why there is no draft, or no wording.
#[derive(Debug, thiserror::Error)]
pub enum LanguageError {
    /// Nothing came in time.
    #[error("The language model did not answer within {0} s")]
    TimedOut(u64),
    /// As many requests as are allowed were at work for as long as one waits.
    #[error("The language model is busy with other questions")]
    Busy,
    /// The endpoint refused or broke off. The detail is for the log, never for a page.
    #[error("The language model could not be reached")]
    Endpoint(String),
    /// The endpoint refused the key.
    #[error("The language model's endpoint refused the key")]
    Key,
    /// The endpoint asks for patience that nobody has.
    #[error("The language model's endpoint takes no more requests for now")]
    Limited,
    /// It declined.
    #[error("The language model declined to answer")]
    Refused,
    /// Cut off, empty or longer than is looked at.
    #[error("The language model's reply was {0}")]
    Unusable(&'static str),
    /// Not of the shape that was asked for, twice. The detail may hold the model's words.
    #[error("The language model's reply is not of the shape that was asked for")]
    Shape(String),
    /// Of the right shape, and wrong, twice: what is wrong with it, which may hold the
    /// model's words.
    #[error("The language model's answer does not pass the checks")]
    Checks(Vec<String>),
}

impl LanguageError {
    /// What only the log is told, without the key.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::Endpoint(detail) | Self::Shape(detail) => Some(detail),
            _ => None,
        }
    }

    /// What a request ended with. `key` is taken out of what the endpoint said.
    pub(super) fn of(fault: &Fault, key: &str) -> Self {
        match fault {
            Fault::Status { code: 401 | 403, .. } => Self::Key,
            Fault::Status { code: 429, .. } => Self::Limited,
            Fault::TooLong(_) => Self::Unusable("too long"),
            other => Self::Endpoint(without(&other.to_string(), key)),
        }
    }
}

/// A text without a secret in it.
pub(super) fn without(text: &str, secret: &str) -> String {
    if secret.is_empty() { text.to_owned() } else { text.replace(secret, "…") }
}
