//! Who may come in: signing in and out (`sign_in`), people (`people`), API keys
//! (`keys`). It decides who somebody is; what they may then do is the table's
//! ([`crate::auth::roles`]). It must not know HTTP: tokens go in and out as text.

pub mod keys;
pub mod people;
mod personas;
mod sign_in;

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::app::audit::Trail;
use crate::app::disputes::Disputes;
use crate::auth::password::{PasswordError, Passwords};
use crate::auth::token::NoRandomness;
use crate::auth::{Via, Who};
use crate::config::{AccessSettings, Settings};
use crate::state;
use crate::store::{AuditRow, Store, StoreError, UserRow};

pub use sign_in::{Begun, CameFrom};

/// A session or a key that is in use is noted as such once in so many seconds, so that
/// reading a page writes nothing.
const NOTED_EVERY_SECONDS: i64 = 60;

/// The time on the wall; handed in so that tests own it.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Why something about people was not done; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// What was typed is not acceptable.
    #[error("{0}")]
    Unfit(String),
    /// Wrong login or wrong password: never said which.
    #[error("This login and password do not belong together.")]
    Refused,
    /// Too many failed sign-ins.
    #[error("Too many sign-ins failed. Try again in {0} seconds.")]
    Wait(i64),
    /// Too many sign-ins at once.
    #[error("Too many people are signing in at once. Try again in a few seconds.")]
    Busy,
    /// Nobody of that name, no key of that name.
    #[error("{0}")]
    NotFound(String),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault of ours; for the log.
    #[error("internal error: {0}")]
    Internal(String),
}

impl From<PasswordError> for IdentityError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Unfit(text) => Self::Unfit(text),
            PasswordError::Busy => Self::Busy,
            PasswordError::Broken(text) => Self::Internal(text),
        }
    }
}

impl From<NoRandomness> for IdentityError {
    fn from(error: NoRandomness) -> Self {
        Self::Internal(error.to_string())
    }
}

type Result<T> = std::result::Result<T, IdentityError>;

/// Everybody who may come in. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    store: Store,
    passwords: Passwords,
    access: Arc<AccessSettings>,
    demo: Arc<dyn Fn() -> bool + Send + Sync>,
    clock: Clock,
}

impl Accounts {
    /// The accounts of a data folder.
    ///
    /// # Errors
    /// Where the database cannot be opened.
    pub async fn open(settings: &Settings) -> Result<Self> {
        let store = Store::of(settings).await?;
        let access = Arc::new(settings.access.clone());
        let (passwords, settings) = (Passwords::strong()?, settings.clone());
        // Looked at each time: an import ends the demo while the server runs, and its
        // people with it. A named folder without data is no demo.
        let demo = Arc::new(move || state::is_demo(&settings).unwrap_or(false));
        Ok(Self { store, passwords, access, demo, clock: Arc::new(Utc::now) })
    }

    /// Accounts of other making: with the clock and the cost of passwords of a test.
    /// `demo`: whether personas are let in.
    pub fn with(
        store: Store,
        passwords: Passwords,
        access: AccessSettings,
        demo: bool,
        clock: Clock,
    ) -> Self {
        Self { store, passwords, access: Arc::new(access), demo: Arc::new(move || demo), clock }
    }

    /// Whether this is the demo, where anybody can be anybody.
    pub fn is_demo(&self) -> bool {
        (self.demo)()
    }

    /// How long people stay signed in, and under which names the server answers.
    pub fn access(&self) -> &AccessSettings {
        &self.access
    }

    /// Whether anybody can sign in with a password.
    pub async fn has_users(&self) -> Result<bool> {
        Ok(self.store.has_users().await?)
    }

    /// Whether the server may be reached from other machines: where everybody who comes
    /// has to sign in as somebody.
    pub async fn may_leave_this_machine(&self) -> Result<bool> {
        Ok(!self.is_demo() && self.has_users().await?)
    }

    /// The audit trail beside them.
    pub fn audit(&self) -> Trail {
        Trail::of(self.store.clone())
    }

    /// The disputes beside them.
    pub fn disputes(&self) -> Disputes {
        Disputes::of(self.store.clone(), Arc::clone(&self.clock))
    }

    /// Actions of the trail with who did them and about what, oldest first.
    pub async fn trail(&self) -> Result<Vec<(String, String, String)>> {
        Ok(self.store.trail(100_000).await?)
    }

    fn now(&self) -> i64 {
        (self.clock)().timestamp()
    }

    /// Sessions last used then or before are over.
    fn idle_since(&self) -> i64 {
        self.now() - self.access.session_idle_seconds
    }

    /// The time for a row of the trail.
    fn at(&self) -> String {
        (self.clock)().to_rfc3339_opts(SecondsFormat::Millis, true)
    }
}

/// A row of the trail whose texts live elsewhere.
fn row<'a>(at: &'a str, who: &'a str, action: &'a str, subject: &'a str, detail: &'a str) -> AuditRow<'a> {
    AuditRow { at, who, action, subject, detail }
}

/// Somebody as the rest of the program knows them.
fn who(user: UserRow, via: Via) -> Result<Who> {
    let internal = |error: String| IdentityError::Internal(format!("user {}: {error}", user.id));
    Ok(Who {
        role: user.role.parse().map_err(|e: crate::auth::roles::UnknownWord| internal(e.to_string()))?,
        regions: serde_json::from_str(&user.regions).map_err(|e| internal(e.to_string()))?,
        user: user.id,
        login: user.login,
        name: user.name,
        partner: user.partner,
        via,
        must_change: user.must_change,
    })
}
