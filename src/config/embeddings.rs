//! Settings of the embeddings endpoint: which model, where, how long to wait. The
//! environment goes before the file. Opens no connection.

use std::time::Duration;

use super::{ConfigError, Secret, SettingsFile, range};

/// An endpoint for vectors of texts.
#[derive(Debug, Clone)]
pub struct EmbeddingSettings {
    /// Such as `http://127.0.0.1:8080/v1`; `None`: OpenAI's own.
    pub base_url: Option<String>,
    /// Model name.
    pub model: String,
    /// Key; local servers need none.
    pub api_key: Secret,
    /// Longest time one request may take.
    pub time_limit: Duration,
}

/// Short, since every question waits for it.
const TIME_LIMIT_SECONDS: u64 = 5;

impl EmbeddingSettings {
    /// A model at an address, with the time limit that holds where none is set.
    pub fn new(base_url: Option<String>, model: impl Into<String>, api_key: Secret) -> Self {
        let time_limit = Duration::from_secs(TIME_LIMIT_SECONDS);
        Self { base_url, model: model.into(), api_key, time_limit }
    }
}

/// Embeddings are used where a model is named. The language model's address and key
/// serve unless there is an address of its own; a key goes to no address that it was
/// not set for.
pub(super) fn embeddings(
    filled: &impl Fn(&str) -> Option<String>,
    file: &SettingsFile,
) -> Result<Option<EmbeddingSettings>, ConfigError> {
    let Some(model) = filled("OPENAI_EMBEDDINGS_MODEL").or_else(|| file.embeddings_model.clone()) else {
        return Ok(None);
    };
    let own = filled("OPENAI_EMBEDDINGS_BASE_URL").or_else(|| file.embeddings_base_url.clone());
    let own_key = filled("OPENAI_EMBEDDINGS_API_KEY");
    let (base_url, key) = match own {
        Some(url) => (Some(address(&url)?), own_key),
        None => {
            let shared = filled("OPENAI_BASE_URL").map(|url| address(&url)).transpose()?;
            (shared, own_key.or_else(|| filled("OPENAI_API_KEY")))
        }
    };
    let mut settings =
        EmbeddingSettings::new(base_url, model.trim(), Secret::new(key.unwrap_or_default().trim()));
    if let Some(seconds) = file.embeddings_timeout_seconds {
        if !(1..=60).contains(&seconds) {
            return Err(range("embeddings_timeout_seconds", seconds, "a number of seconds from 1 to 60"));
        }
        settings.time_limit = Duration::from_secs(seconds);
    }
    Ok(Some(settings))
}

/// An address without a slash at its end. Names and passwords in it would be shown.
fn address(url: &str) -> Result<String, ConfigError> {
    let url = url.trim().trim_end_matches('/');
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.contains(['@', ' ', '?', '#']) => Ok(url.to_owned()),
        _ => Err(range(
            "the address of the embeddings endpoint",
            "not an address",
            "an address such as http://127.0.0.1:8080/v1, without user name, password or query",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(set: &[(&str, &str)]) -> Result<Option<EmbeddingSettings>, ConfigError> {
        let find = |key: &str| set.iter().find(|(k, _)| *k == key).map(|(_, v)| (*v).to_owned());
        embeddings(&find, &SettingsFile::default())
    }

    #[test]
    fn without_a_model_there_are_none() {
        assert!(of(&[("OPENAI_API_KEY", "sk-canary")]).expect("settings").is_none());
    }

    #[test]
    fn a_key_goes_only_where_it_was_set_for() {
        let model = ("OPENAI_EMBEDDINGS_MODEL", "m");
        let key = ("OPENAI_API_KEY", "sk-canary");
        let shared = of(&[model, key, ("OPENAI_BASE_URL", "http://a/v1/")]).expect("settings").expect("some");
        assert_eq!((shared.base_url.as_deref(), shared.api_key.expose()), (Some("http://a/v1"), "sk-canary"));
        let own = of(&[model, key, ("OPENAI_EMBEDDINGS_BASE_URL", "http://b/v1")]).expect("settings");
        let own = own.expect("some");
        assert_eq!((own.base_url.as_deref(), own.api_key.expose()), (Some("http://b/v1"), ""));
        assert!(!format!("{shared:?}").contains("canary"));
    }

    #[test]
    fn an_address_with_a_password_is_refused() {
        let set = [("OPENAI_EMBEDDINGS_MODEL", "m"), ("OPENAI_EMBEDDINGS_BASE_URL", "http://u:canary@b/v1")];
        let error = of(&set).expect_err("a password").to_string();
        assert!(error.contains("without user name") && !error.contains("canary"), "{error}");
    }
}
