//! How long people stay signed in, and under which names the server answers.

use std::num::NonZeroU32;

use super::{ConfigError, SettingsFile, range};

/// Sign-in and addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessSettings {
    /// A session that was not used for so long is over, seconds.
    pub session_idle_seconds: i64,
    /// A session is over after so long, whatever is done with it, seconds.
    pub session_seconds: i64,
    /// Whether a proxy in front speaks TLS: cookies are then sent over TLS alone, and
    /// the address of a visitor is the last one that the proxy names.
    pub behind_tls: bool,
    /// Names, besides those of this machine, that the server answers to.
    pub host_names: Vec<String>,
    /// Requests a minute that one person or key may make.
    pub requests_per_minute: NonZeroU32,
}

/// Requests a minute, where the settings say nothing.
const REQUESTS: NonZeroU32 = NonZeroU32::new(600).expect("not zero");

impl Default for AccessSettings {
    fn default() -> Self {
        Self {
            session_idle_seconds: 12 * 3_600,
            session_seconds: 7 * 86_400,
            behind_tls: false,
            host_names: Vec::new(),
            requests_per_minute: REQUESTS,
        }
    }
}

pub(super) fn access(file: &SettingsFile) -> Result<AccessSettings, ConfigError> {
    let hours = file.session_idle_hours.unwrap_or(12);
    if !(1..=168).contains(&hours) {
        return Err(range("session_idle_hours", hours, "from 1 to 168"));
    }
    let days = file.session_days.unwrap_or(7);
    if !(1..=90).contains(&days) {
        return Err(range("session_days", days, "from 1 to 90"));
    }
    let host_names = file.host_names.clone().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    if let Some(name) = host_names.iter().find(|name| name.is_empty() || !name.chars().all(plain)) {
        return Err(range("host_names", name, "a list of names without port, such as spiffcast.example.com"));
    }
    let requests = file.requests_per_minute.unwrap_or(REQUESTS.get());
    let requests_per_minute = NonZeroU32::new(requests).filter(|n| (30..=1_000_000).contains(&n.get()));
    let Some(requests_per_minute) = requests_per_minute else {
        return Err(range("requests_per_minute", requests, "from 30 to 1000000"));
    };
    Ok(AccessSettings {
        requests_per_minute,
        session_idle_seconds: i64::from(hours) * 3_600,
        session_seconds: i64::from(days) * 86_400,
        behind_tls: file.behind_tls.unwrap_or(false),
        host_names: host_names.iter().map(|name| name.to_ascii_lowercase()).collect(),
    })
}
