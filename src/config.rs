//! Typed settings: defaults, then `spiffcast.toml` in the data folder, then the
//! environment. Secrets are held so that printing the settings does not show
//! them. Nothing here opens a connection.

mod access;
mod embeddings;
mod letterhead;
mod llm;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use spiffcast_engine::calendar::FiscalCalendar;

pub use access::AccessSettings;
pub use embeddings::EmbeddingSettings;
pub use letterhead::{LetterheadSettings, LogoFile};
pub use llm::{Endpoint, LlmSettings};

/// The folder that serves when no other is named.
pub const DEFAULT_DATA_DIR: &str = "spiffcast-data";

/// Name of the file with the key of the audit trail, in the data folder.
pub const AUDIT_KEY_FILE: &str = "audit.key";

/// Which reader reads first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReaderPolicy {
    /// Built-in where it is certain, else the language model where one is connected.
    #[default]
    Auto,
    /// Built-in only.
    BuiltIn,
    /// The language model first; the built-in reader where that is refused or fails.
    Llm,
}

impl ReaderPolicy {
    /// The word of the settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::BuiltIn => "built-in",
            Self::Llm => "llm",
        }
    }
}

impl std::str::FromStr for ReaderPolicy {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let all = [Self::Auto, Self::BuiltIn, Self::Llm];
        let found = all.into_iter().find(|policy| policy.as_str() == text.trim());
        found.ok_or_else(|| range("reader", text, "auto, built-in or llm"))
    }
}

/// What `spiffcast.toml` may say. All keys may be absent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SettingsFile {
    fiscal_first_month: Option<u32>,
    seed: Option<u64>,
    draws: Option<usize>,
    reader: Option<ReaderPolicy>,
    company_name: Option<String>,
    logo: Option<PathBuf>,
    llm_model: Option<String>,
    llm_base_url: Option<String>,
    llm_api_key_file: Option<PathBuf>,
    llm_azure_endpoint: Option<String>,
    llm_azure_deployment: Option<String>,
    llm_azure_api_version: Option<String>,
    llm_timeout_seconds: Option<u64>,
    llm_requests_max: Option<usize>,
    llm_summary: Option<bool>,
    backtest_in_background: Option<bool>,
    embeddings_model: Option<String>,
    embeddings_base_url: Option<String>,
    embeddings_timeout_seconds: Option<u64>,
    session_idle_hours: Option<u32>,
    session_days: Option<u32>,
    behind_tls: Option<bool>,
    host_names: Option<Vec<String>>,
    requests_per_minute: Option<u32>,
}

/// The settings in force.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Folder of imported data, answers and indexes.
    pub data_dir: PathBuf,
    /// Whether the folder was named on the command line.
    pub data_dir_named: bool,
    /// File with the key of the audit trail (`SPIFFCAST_AUDIT_KEY_FILE`);
    /// [`AUDIT_KEY_FILE`] in the data folder where none is named.
    pub audit_key_file: Option<PathBuf>,
    /// Fiscal calendar.
    pub calendar: FiscalCalendar,
    /// Seed of the draws.
    pub seed: u64,
    /// Number of draws, even, 200 to 10,000.
    pub draws: usize,
    /// Which reader reads.
    pub reader: ReaderPolicy,
    /// Whether `serve` makes the track record unasked once nobody asks anything.
    pub backtest_in_background: bool,
    /// Whose documents they are.
    pub letterhead: LetterheadSettings,
    /// The language model, where one is connected.
    pub llm: Option<LlmSettings>,
    /// The Qdrant server, where one is used.
    pub qdrant: Option<QdrantSettings>,
    /// The embeddings endpoint, where one is connected.
    pub embeddings: Option<EmbeddingSettings>,
    /// Sign-in, and the names that the server answers to.
    pub access: AccessSettings,
}

/// A Qdrant server.
#[derive(Debug, Clone)]
pub struct QdrantSettings {
    /// gRPC address, such as `http://127.0.0.1:6334`.
    pub url: String,
    /// Key, where the server asks for one.
    pub api_key: Option<Secret>,
}

/// Text that must not be printed.
#[derive(Clone, Default)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// Why the settings cannot be used; says what to change.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{path}: {message}")]
    Syntax {
        /// The file.
        path: String,
        /// Where and what.
        message: String,
    },
    /// A value is out of its range.
    #[error("{key} is {value}; it must be {expected}")]
    Range {
        /// The key.
        key: &'static str,
        /// What it is.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
}

impl Settings {
    /// Reads the settings for a data folder. `environment` looks up a variable;
    /// handed in so that tests need not touch the process.
    pub fn load(
        data_dir: Option<PathBuf>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let data_dir_named = data_dir.is_some();
        let data_dir = data_dir.unwrap_or_else(|| PathBuf::from(DEFAULT_DATA_DIR));
        let file = read_file(&data_dir.join("spiffcast.toml"))?;
        let filled = |key: &str| environment(key).filter(|v| !v.trim().is_empty());
        let llm = llm::llm(&filled, &file)?;
        let reader = filled("SPIFFCAST_READER").map(|word| word.parse()).transpose()?;
        let letterhead = letterhead::letterhead(&data_dir, &file)?;
        let settings = Self {
            letterhead,
            audit_key_file: filled("SPIFFCAST_AUDIT_KEY_FILE").map(PathBuf::from),
            data_dir,
            data_dir_named,
            calendar: FiscalCalendar { first_month: file.fiscal_first_month.unwrap_or(1) },
            seed: file.seed.unwrap_or(1),
            draws: file.draws.unwrap_or(2_000),
            reader: reader.or(file.reader).unwrap_or_default(),
            backtest_in_background: file.backtest_in_background.unwrap_or(true),
            llm,
            qdrant: filled("QDRANT_URL")
                .map(|url| QdrantSettings { url, api_key: filled("QDRANT_API_KEY").map(Secret) }),
            embeddings: embeddings::embeddings(&filled, &file)?,
            access: access::access(&file)?,
        };
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let month = self.calendar.first_month;
        if !(1..=12).contains(&month) {
            return Err(range("fiscal_first_month", month, "a month from 1 (January) to 12"));
        }
        if !(200..=10_000).contains(&self.draws) || !self.draws.is_multiple_of(2) {
            return Err(range("draws", self.draws, "an even number from 200 to 10000"));
        }
        Ok(())
    }

    /// Digest of the settings that change an answer.
    pub fn digest(&self) -> String {
        let text = format!(
            "fiscal_first_month={};seed={};draws={}",
            self.calendar.first_month, self.seed, self.draws
        );
        format!("sha256:{:x}", Sha256::digest(text))
    }
}

fn range(key: &'static str, value: impl ToString, expected: &'static str) -> ConfigError {
    ConfigError::Range { key, value: value.to_string(), expected }
}

fn read_file(path: &Path) -> Result<SettingsFile, ConfigError> {
    let shown = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text)
            .map_err(|e| ConfigError::Syntax { path: shown, message: e.to_string().trim().to_owned() }),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(SettingsFile::default()),
        Err(source) => Err(ConfigError::Read { path: shown, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(text: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("spiffcast.toml"), text).expect("written");
        folder
    }

    #[test]
    fn nothing_set_means_defaults_and_no_model() {
        let settings = Settings::load(None, |_| None).expect("defaults");
        assert_eq!((settings.seed, settings.draws, settings.calendar.first_month), (1, 2_000, 1));
        assert!(settings.llm.is_none() && settings.qdrant.is_none());
    }

    #[test]
    fn an_unknown_key_and_a_bad_month_are_refused_with_the_reason() {
        let folder = folder_with("fiscal_month = 4\n");
        let error = Settings::load(Some(folder.path().into()), |_| None).expect_err("unknown key");
        assert!(error.to_string().contains("fiscal_month"), "{error}");
        let folder = folder_with("fiscal_first_month = 13\n");
        let error = Settings::load(Some(folder.path().into()), |_| None).expect_err("bad month");
        assert!(error.to_string().contains("from 1 (January) to 12"), "{error}");
    }

    #[test]
    fn a_secret_is_not_printed() {
        let env = |key: &str| (key == "OPENAI_API_KEY").then(|| "sk-canary".to_owned());
        let settings = Settings::load(None, env).expect("settings");
        assert!(settings.llm.is_some());
        assert!(!format!("{settings:?}").contains("canary"));
    }
}
