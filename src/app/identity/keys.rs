//! API keys: made by their owner, or for somebody at the terminal; shown once, kept as
//! a digest, narrowed by scopes, over after some days.

use super::{Accounts, IdentityError, NOTED_EVERY_SECONDS, Result, row, who};
use crate::auth::{Permission, Role, Via, Who, token};
use crate::store::KeyRow;

/// Days that a key lives where nobody says otherwise.
pub const DAYS_DEFAULT: u32 = 90;
/// Most days that a key lives.
pub const DAYS_MAX: u32 = 730;
/// Most keys of one person that are in force.
const KEYS_MAX: usize = 20;
const NAME_CHARS_MAX: usize = 60;

/// A key that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Permission>,
    /// Days until it is over.
    pub days: u32,
}

impl Accounts {
    /// Makes a key for somebody; gives it back, to be shown once.
    ///
    /// # Errors
    /// [`IdentityError::Unfit`] with what is wrong.
    pub async fn add_key(&self, by: &Who, login: &str, new: NewKey) -> Result<String> {
        let user = match &by.via {
            // One's own, which may be a persona's.
            Via::Session(_) => self.store.user(&by.login).await?,
            _ => Some(self.somebody(login).await?),
        };
        let user = user.filter(|u| u.login == login.trim().to_lowercase());
        let user =
            user.ok_or_else(|| IdentityError::NotFound(format!("There is nobody with the login {login}.")))?;
        let role: Role = user.role.parse().map_err(|e| IdentityError::Internal(format!("{e}")))?;
        let name = new.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
            return unfit(format!("Say in up to {NAME_CHARS_MAX} characters what the key is for."));
        }
        if new.scopes.is_empty() {
            return unfit(format!("Choose what the key may do, of {}.", known(role)));
        }
        if let Some(scope) =
            new.scopes.iter().find(|s| !Permission::scopes_of(role).any(|known| known == **s))
        {
            return unfit(format!("A key of a {role} cannot carry {scope}; there are {}.", known(role)));
        }
        if !(1..=DAYS_MAX).contains(&new.days) {
            return unfit(format!("A key lives from 1 to {DAYS_MAX} days."));
        }
        let now = self.now();
        let held = self.store.keys(user.id).await?;
        if held.iter().filter(|k| is_in_force(k, now)).count() >= KEYS_MAX {
            return unfit(format!("{KEYS_MAX} keys are the most. Revoke one that is not needed."));
        }
        let (key, id) = (token::key()?, token::id()?);
        let mut scopes: Vec<&str> = new.scopes.iter().map(|s| s.as_str()).collect();
        scopes.sort_unstable();
        scopes.dedup();
        let kept = KeyRow {
            id: id.clone(),
            digest: token::digest(&key),
            user: user.id,
            name,
            scopes: scopes.join(" "),
            created_at: now,
            expires_at: Some(now + i64::from(new.days) * 86_400),
            used_at: None,
            revoked_at: None,
        };
        let told = serde_json::json!({ "user": user.login, "scopes": scopes, "days": new.days }).to_string();
        self.store.add_key(&kept, &row(&self.at(), &by.login, "key_created", &id, &told)).await?;
        Ok(key)
    }

    /// Who a key is; `None` where it is over, revoked or never was.
    pub async fn key(&self, key: &str) -> Result<Option<Who>> {
        if !key.strip_prefix(token::KEY_PREFIX).is_some_and(token::is_token) {
            return Ok(None);
        }
        let now = self.now();
        let found = self.store.key(&token::digest(key), now).await?;
        let Some(holder) = found.filter(|found| self.lets_in(&found.user)) else { return Ok(None) };
        if holder.used_at.is_none_or(|used_at| now - used_at >= NOTED_EVERY_SECONDS) {
            self.store.touch_key(&holder.id, now).await;
        }
        let scopes = holder.scopes.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let who = who(holder.user, Via::Key { id: holder.id, scopes })?;
        // Whose password is whose matters to sessions; the key was made for this program.
        Ok(Some(Who { must_change: false, ..who }))
    }

    /// The keys of somebody, newest first; whether each is in force.
    pub async fn keys(&self, who: &Who) -> Result<Vec<(KeyRow, bool)>> {
        let now = self.now();
        let keys = self.store.keys(who.user).await?;
        Ok(keys
            .into_iter()
            .map(|key| {
                let in_force = is_in_force(&key, now);
                (key, in_force)
            })
            .collect())
    }

    /// Ends one of somebody's own keys.
    pub async fn revoke_key(&self, who: &Who, id: &str) -> Result<()> {
        let at = self.at();
        let told = &row(&at, &who.login, "key_revoked", id, "{}");
        if self.store.revoke_key(who.user, id, self.now(), told).await? {
            Ok(())
        } else {
            Err(IdentityError::NotFound("You have no such key in force.".to_owned()))
        }
    }
}

fn is_in_force(key: &KeyRow, now: i64) -> bool {
    key.revoked_at.is_none() && key.expires_at.is_none_or(|end| end > now)
}

fn known(role: Role) -> String {
    Permission::scopes_of(role).map(Permission::as_str).collect::<Vec<_>>().join(", ")
}

fn unfit<T>(text: String) -> Result<T> {
    Err(IdentityError::Unfit(text))
}
