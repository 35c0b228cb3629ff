//! Signing in and out. Every attempt is counted before its password is looked at, and
//! costs the same whether anybody has the name or not.

use sha2::{Digest, Sha256};

use super::{Accounts, IdentityError, NOTED_EVERY_SECONDS, Result, row, who};
use crate::auth::throttle::Counted;
use crate::auth::{Via, Who, password, token};
use crate::store::{SessionRow, UserChange, UserRow};

/// Characters kept of what a browser says it is.
const AGENT_CHARS_MAX: usize = 160;

/// Where a sign-in comes from.
#[derive(Debug, Clone, Default)]
pub struct CameFrom {
    /// Network address, as text.
    pub address: String,
    /// What the browser says it is.
    pub agent: String,
    /// Token of the session before, which ends with a new one.
    pub session: Option<String>,
}

/// A session that was begun.
#[derive(Clone)]
pub struct Begun {
    /// The token, for the cookie alone.
    pub token: String,
    /// Who it is.
    pub who: Who,
    /// Seconds until it is over at the latest.
    pub seconds: i64,
}

impl Accounts {
    /// Signs somebody in with a password.
    ///
    /// # Errors
    /// [`IdentityError::Refused`] for a wrong login and a wrong password alike;
    /// [`IdentityError::Wait`] after too many.
    pub async fn sign_in(&self, login: &str, password: &str, came: &CameFrom) -> Result<Begun> {
        let login = login.trim().to_lowercase();
        let (by_login, by_address) = (hashed(&login), hashed(&came.address));
        let counted = [(Counted::Login, by_login.as_str()), (Counted::Address, by_address.as_str())];
        if let Some(seconds) = self.store.begin_attempt(counted, self.now()).await? {
            return Err(IdentityError::Wait(seconds));
        }
        let user = self.store.user(&login).await?;
        let user = user.filter(|u| !u.disabled && !u.persona && u.password.is_some());
        let stored = user.as_ref().and_then(|u| u.password.as_deref());
        let right = self.passwords.is_right(stored, password).await?;
        match user {
            Some(user) if right => {
                self.store.end_attempt(counted).await?;
                self.begin(user, "sign_in", came).await
            }
            user => {
                // Somebody may have typed a password where the login goes: what nobody
                // is called is not written down.
                let known = if user.is_some() { login.as_str() } else { "unknown" };
                let detail = serde_json::json!({ "address": came.address }).to_string();
                self.store.record(&row(&self.at(), "", "sign_in_failed", known, &detail)).await?;
                Err(IdentityError::Refused)
            }
        }
    }

    /// Begins a session with a token of its own, whatever came before.
    pub(super) async fn begin(&self, user: UserRow, action: &str, came: &CameFrom) -> Result<Begun> {
        if let Some(before) = &came.session {
            self.sign_out(before).await?;
        }
        let (token, now, at) = (token::token()?, self.now(), self.at());
        let session = SessionRow {
            digest: token::digest(&token),
            id: token::id()?,
            user: user.id,
            created_at: now,
            used_at: now,
            ends_at: now + self.access.session_seconds,
            agent: came.agent.chars().filter(|c| !c.is_control()).take(AGENT_CHARS_MAX).collect(),
        };
        let detail = serde_json::json!({ "session": session.id, "address": came.address }).to_string();
        let told = row(&at, &user.login, action, &user.login, &detail);
        self.store.begin_session(&session, self.idle_since(), &told).await?;
        let who = who(user, Via::Session(session.id))?;
        Ok(Begun { token, who, seconds: self.access.session_seconds })
    }

    /// Who a session is; `None` where it is over or never was.
    pub async fn session(&self, token: &str) -> Result<Option<Who>> {
        if !token::is_token(token) {
            return Ok(None);
        }
        let (digest, now) = (token::digest(token), self.now());
        let found = self.store.session(&digest, now, self.idle_since()).await?;
        let Some((user, id, used_at)) = found.filter(|(user, ..)| self.lets_in(user)) else {
            return Ok(None);
        };
        if now - used_at >= NOTED_EVERY_SECONDS {
            self.store.touch_session(&digest, now).await;
        }
        who(user, Via::Session(id)).map(Some)
    }

    /// Personas exist in the demo alone.
    pub(super) fn lets_in(&self, user: &UserRow) -> bool {
        !user.persona || self.is_demo()
    }

    /// Ends a session; nothing happens where there is none.
    pub async fn sign_out(&self, token: &str) -> Result<()> {
        if let Some(who) = self.session(token).await? {
            let (at, digest) = (self.at(), token::digest(token));
            let told = row(&at, &who.login, "sign_out", &who.login, "{}");
            self.store.end_session(&digest, &told).await?;
        }
        Ok(())
    }

    /// Ends every session of somebody, the one that asks too.
    pub async fn sign_out_everywhere(&self, who: &Who) -> Result<()> {
        let at = self.at();
        let told = &row(&at, &who.login, "sign_out_everywhere", &who.login, "{}");
        self.store.end_sessions(who.user, told).await?;
        Ok(())
    }

    /// The sessions of somebody, last used first.
    pub async fn sessions(&self, who: &Who) -> Result<Vec<SessionRow>> {
        Ok(self.store.sessions(who.user, self.now(), self.idle_since()).await?)
    }

    /// Changes somebody's own password; all other sessions end.
    ///
    /// # Errors
    /// [`IdentityError::Refused`] where the old one is wrong, which counts as a failed
    /// sign-in.
    pub async fn change_password(&self, who: &Who, old: &str, new: &str) -> Result<()> {
        let Via::Session(session) = &who.via else {
            return Err(IdentityError::Unfit("A password is changed after signing in with it.".to_owned()));
        };
        let user =
            self.store.user(&who.login).await?.filter(|u| !u.persona).ok_or_else(|| {
                IdentityError::Unfit("The people of the demo have no passwords.".to_owned())
            })?;
        password::check(new, &who.login)?;
        let by_login = hashed(&who.login);
        let by_session = hashed(session);
        let counted = [(Counted::Login, by_login.as_str()), (Counted::Address, by_session.as_str())];
        if let Some(seconds) = self.store.begin_attempt(counted, self.now()).await? {
            return Err(IdentityError::Wait(seconds));
        }
        if !self.passwords.is_right(user.password.as_deref(), old).await? {
            let detail = serde_json::json!({ "session": session, "for": "password_change" }).to_string();
            self.store.record(&row(&self.at(), &who.login, "sign_in_failed", &who.login, &detail)).await?;
            return Err(IdentityError::Refused);
        }
        self.store.end_attempt(counted).await?;
        if new == old {
            return Err(IdentityError::Unfit("That is the password you have. Choose another.".to_owned()));
        }
        let hash = self.passwords.hash(new).await?;
        let change = UserChange::Password { hash, must_change: false, keep: Some(session.clone()) };
        let at = self.at();
        let told = &row(&at, &who.login, "password_changed", &who.login, "{}");
        Ok(self.store.change_user(user.id, &change, told).await?)
    }
}

/// Names and addresses are counted by their digest.
fn hashed(subject: &str) -> String {
    format!("{:x}", Sha256::digest(subject))
}
