//! Settings of the language model: which endpoint, which model, which limits. The
//! environment goes before the file; a key is never written in the file itself, only
//! in the environment or in a file of its own. Opens no connection.

use std::path::Path;
use std::time::Duration;

use super::{ConfigError, Secret, SettingsFile, range};

/// Where the model is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// Anything that speaks OpenAI's chat completions: OpenAI, vLLM, Ollama, llama.cpp.
    OpenAi {
        /// Such as `http://127.0.0.1:8080/v1`; `None`: OpenAI's own.
        base_url: Option<String>,
        /// Of OpenAI accounts with several.
        organization: Option<String>,
        /// Of OpenAI accounts with several.
        project: Option<String>,
    },
    /// Azure OpenAI: a deployment of a resource.
    Azure {
        /// Such as `https://my-resource.openai.azure.com`.
        resource: String,
        /// Name of the deployment.
        deployment: String,
        /// Version of the API, a date.
        api_version: String,
    },
}

impl Endpoint {
    /// An endpoint of the OpenAI kind at an address.
    pub fn at(base_url: impl Into<String>) -> Self {
        Self::OpenAi { base_url: Some(base_url.into()), organization: None, project: None }
    }
}

/// A language model and how much may be asked of it.
#[derive(Debug, Clone)]
pub struct LlmSettings {
    /// Where it is.
    pub endpoint: Endpoint,
    /// Model name.
    pub model: String,
    /// Key; local servers need none.
    pub api_key: Secret,
    /// Longest time one reading or one wording may take, with every retry and repair.
    pub time_limit: Duration,
    /// Most requests at a time.
    pub requests_max: usize,
    /// Whether the model may word summaries.
    pub summary: bool,
}

impl LlmSettings {
    /// A model at an endpoint, with the limits that hold where nothing else is set.
    pub fn new(endpoint: Endpoint, model: impl Into<String>, api_key: Secret) -> Self {
        Self {
            endpoint,
            model: model.into(),
            api_key,
            time_limit: Duration::from_secs(TIME_LIMIT_SECONDS),
            requests_max: REQUESTS_MAX,
            summary: false,
        }
    }
}

const TIME_LIMIT_SECONDS: u64 = 20;
const REQUESTS_MAX: usize = 4;
/// OpenAI's smallest model that takes strict schemas.
const MODEL: &str = "gpt-4o-mini";
/// The first general version of Azure's API with strict schemas.
const AZURE_API_VERSION: &str = "2024-10-21";

/// A model is connected when a key or an address is set.
pub(super) fn llm(
    filled: &impl Fn(&str) -> Option<String>,
    file: &SettingsFile,
) -> Result<Option<LlmSettings>, ConfigError> {
    let azure = filled("AZURE_OPENAI_ENDPOINT").or_else(|| file.llm_azure_endpoint.clone());
    let base_url = filled("OPENAI_BASE_URL").or_else(|| file.llm_base_url.clone());
    let key_of_environment =
        if azure.is_some() { filled("AZURE_OPENAI_API_KEY") } else { filled("OPENAI_API_KEY") };
    let api_key = match (key_of_environment, &file.llm_api_key_file) {
        (Some(key), _) => Some(key),
        (None, Some(path)) => Some(key_in(path)?),
        (None, None) => None,
    };
    if azure.is_none() && base_url.is_none() && api_key.is_none() {
        return Ok(None);
    }
    let model = filled("OPENAI_MODEL").or_else(|| file.llm_model.clone());
    let (endpoint, model) = match azure {
        Some(resource) => azure_endpoint(filled, file, resource, model)?,
        None => {
            let endpoint = Endpoint::OpenAi {
                base_url: base_url.map(|url| address("llm_base_url", &url)).transpose()?,
                organization: filled("OPENAI_ORG_ID").map(|id| sent("OPENAI_ORG_ID", &id)).transpose()?,
                project: filled("OPENAI_PROJECT_ID").map(|id| sent("OPENAI_PROJECT_ID", &id)).transpose()?,
            };
            (endpoint, model.unwrap_or_else(|| MODEL.to_owned()))
        }
    };
    let key = api_key.map(|key| sent("the key of the language model", &key)).transpose()?;
    let mut settings = LlmSettings::new(endpoint, model, Secret::new(key.unwrap_or_default()));
    limits(&mut settings, filled, file)?;
    Ok(Some(settings))
}

fn azure_endpoint(
    filled: &impl Fn(&str) -> Option<String>,
    file: &SettingsFile,
    resource: String,
    model: Option<String>,
) -> Result<(Endpoint, String), ConfigError> {
    let Some(deployment) = filled("AZURE_OPENAI_DEPLOYMENT").or_else(|| file.llm_azure_deployment.clone())
    else {
        return Err(range(
            "llm_azure_deployment",
            "not set",
            "the name of a deployment (or AZURE_OPENAI_DEPLOYMENT), since an Azure endpoint is set",
        ));
    };
    let api_version = filled("AZURE_OPENAI_API_VERSION").or_else(|| file.llm_azure_api_version.clone());
    let endpoint = Endpoint::Azure {
        resource: address("llm_azure_endpoint", &resource)?,
        deployment: deployment.trim().to_owned(),
        api_version: api_version.unwrap_or_else(|| AZURE_API_VERSION.to_owned()),
    };
    Ok((endpoint, model.unwrap_or(deployment)))
}

fn limits(
    settings: &mut LlmSettings,
    filled: &impl Fn(&str) -> Option<String>,
    file: &SettingsFile,
) -> Result<(), ConfigError> {
    if let Some(seconds) = file.llm_timeout_seconds {
        if !(1..=300).contains(&seconds) {
            return Err(range("llm_timeout_seconds", seconds, "a number of seconds from 1 to 300"));
        }
        settings.time_limit = Duration::from_secs(seconds);
    }
    if let Some(requests) = file.llm_requests_max {
        if !(1..=64).contains(&requests) {
            return Err(range("llm_requests_max", requests, "a number from 1 to 64"));
        }
        settings.requests_max = requests;
    }
    settings.summary = match filled("SPIFFCAST_LLM_SUMMARY").as_deref().map(str::trim) {
        None => file.llm_summary.unwrap_or(false),
        Some("true" | "1") => true,
        Some("false" | "0") => false,
        Some(other) => return Err(range("SPIFFCAST_LLM_SUMMARY", other, "true or false")),
    };
    Ok(())
}

/// An address without a slash at its end. Names and passwords in it would be logged.
fn address(key: &'static str, url: &str) -> Result<String, ConfigError> {
    let url = url.trim().trim_end_matches('/');
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.contains(['@', ' ', '?', '#']) => Ok(url.to_owned()),
        _ => Err(range(
            key,
            "not an address",
            "an address such as http://127.0.0.1:8080/v1, without user name, password or query",
        )),
    }
}

/// Text that goes into a header as it is.
fn sent(key: &'static str, text: &str) -> Result<String, ConfigError> {
    let text = text.trim();
    if text.chars().all(|c| c.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err(range(key, "not usable", "printable ASCII without spaces"))
    }
}

/// Longest key file, in bytes.
const KEY_BYTES_MAX: usize = 16 * 1024;

fn key_in(path: &Path) -> Result<String, ConfigError> {
    let shown = path.display().to_string();
    let text =
        std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: shown.clone(), source })?;
    if text.trim().is_empty() || text.len() > KEY_BYTES_MAX {
        let message = "holds no key; it must hold the key of the language model and nothing else".to_owned();
        return Err(ConfigError::Syntax { path: shown, message });
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(environment: &[(&str, &str)], file: &str) -> Result<Option<LlmSettings>, ConfigError> {
        let file: SettingsFile = toml::from_str(file).expect("a file");
        llm(&|key| environment.iter().find(|(k, _)| *k == key).map(|(_, v)| (*v).to_owned()), &file)
    }

    #[test]
    fn the_environment_goes_before_the_file() {
        let file = "llm_base_url = \"http://a/v1\"\nllm_model = \"small\"\nllm_timeout_seconds = 5";
        let llm = with(&[("OPENAI_BASE_URL", "http://b/v1/")], file).expect("settings").expect("a model");
        assert_eq!((llm.endpoint, llm.model.as_str()), (Endpoint::at("http://b/v1"), "small"));
        assert_eq!((llm.time_limit, llm.summary), (Duration::from_secs(5), false));
    }

    #[test]
    fn azure_needs_a_deployment_and_names_the_model_by_it() {
        let resource = ("AZURE_OPENAI_ENDPOINT", "https://r.openai.azure.com/");
        let error = with(&[resource], "").expect_err("no deployment");
        assert!(error.to_string().contains("AZURE_OPENAI_DEPLOYMENT"), "{error}");
        let llm = with(&[resource, ("AZURE_OPENAI_DEPLOYMENT", "reads")], "").expect("settings");
        let llm = llm.expect("a model");
        let Endpoint::Azure { resource, api_version, .. } = &llm.endpoint else { panic!("not Azure") };
        assert_eq!((resource.as_str(), llm.model.as_str()), ("https://r.openai.azure.com", "reads"));
        assert_eq!(api_version, AZURE_API_VERSION);
    }

    #[test]
    fn what_cannot_be_sent_or_should_not_be_shown_is_refused_without_showing_it() {
        for environment in
            [("OPENAI_API_KEY", "sk-canary\nX-Other: 1"), ("OPENAI_BASE_URL", "http://me:canary@host/v1")]
        {
            let error = with(&[environment], "").expect_err("refused").to_string();
            assert!(!error.contains("canary"), "{error}");
        }
    }

    #[test]
    fn a_key_may_stand_in_a_file_of_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        std::fs::write(&path, "sk-of-a-file\n").expect("written");
        let file = format!("llm_api_key_file = {:?}", path.display().to_string());
        let llm = with(&[], &file).expect("settings").expect("a model");
        assert_eq!(llm.api_key.expose(), "sk-of-a-file");
        std::fs::write(&path, "\n").expect("written");
        assert!(with(&[], &file).is_err());
    }
}
