//! People to test with: signed in for real, through the same accounts as everybody.
//! There is no way to turn sign-in off; this is how a test gets past it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::http::request::Builder;
use chrono::{DateTime, TimeDelta, Utc};
use spiffcast::app::identity::{Accounts, Begun, CameFrom};
use spiffcast::auth::password::Passwords;
use spiffcast::auth::{Role, token};
use spiffcast::config::AccessSettings;
use spiffcast::store::Store;

use crate::samples;

/// Accounts of their own folder, with a clock that the test moves.
pub struct People {
    pub accounts: Accounts,
    pub passwords: Passwords,
    clock: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
}

/// Somebody who is signed in.
#[derive(Clone)]
pub struct Person {
    token: String,
}

impl People {
    /// The people of a demo.
    pub async fn demo() -> Self {
        Self::with(AccessSettings::default(), true).await
    }

    /// With other settings, or outside of the demo, where nobody is yet.
    pub async fn with(access: AccessSettings, demo: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("a store");
        // As weak as argon2 goes: tests sign in often.
        let passwords = Passwords::with(8, 1).expect("parameters");
        let clock = Arc::new(AtomicI64::new(0));
        let begin: DateTime<Utc> = "2026-07-02T09:00:00Z".parse().expect("a time");
        let moved = Arc::clone(&clock);
        let now = Arc::new(move || begin + TimeDelta::seconds(moved.load(Ordering::Relaxed)));
        let accounts = Accounts::with(store, passwords.clone(), access, demo, now);
        Self { accounts, passwords, clock, _folder: folder }
    }

    /// Lets time pass.
    pub fn wait(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    /// A session of one of the demo's people.
    pub async fn enter(&self, role: Role) -> Person {
        let came = CameFrom::default();
        let begun = self.accounts.enter_as(role, &samples::company(), &came).await.expect("a session");
        Person::of(&begun)
    }
}

impl Person {
    pub fn of(begun: &Begun) -> Self {
        Self { token: begun.token.clone() }
    }

    pub fn token(&self) -> &str {
        &self.token
    }

    pub fn form_token(&self) -> String {
        token::form_token(&self.token)
    }

    pub fn cookie(&self) -> String {
        format!("spiffcast_session={}", self.token)
    }

    /// A request as this one's browser sends it from a page of ours.
    pub fn sends(&self, request: Builder) -> Builder {
        request.header("cookie", self.cookie()).header("x-form-token", self.form_token())
    }
}
