//! Users. Rows in, rows out; every change leaves its audit row in the same transaction.

use sqlx::{FromRow, SqliteConnection};

use super::audit::{self, AuditRow};
use super::{Store, StoreError};

/// Somebody who may come in.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct UserRow {
    /// Identifier.
    pub id: i64,
    /// Lower case.
    pub login: String,
    /// Name on pages.
    pub name: String,
    /// Word of the role.
    pub role: String,
    /// Partner of role partner.
    pub partner: Option<String>,
    /// JSON list.
    pub regions: String,
    /// PHC string of argon2id.
    pub password: Option<String>,
    /// Whether a new password is due.
    pub must_change: bool,
    /// Whether it is one of the demo's.
    pub persona: bool,
    /// Whether it may not come in any longer.
    pub disabled: bool,
    /// Seconds since 1970.
    pub created_at: i64,
}

/// Columns of [`UserRow`].
pub(super) const COLUMNS: &str = "users.id, users.login, users.name, users.role, users.partner, users.regions, \
     users.password, users.must_change, users.persona, users.disabled, users.created_at";

/// What changes of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserChange {
    /// Another hash; whether it has to be changed at the next sign-in. `keep` names the
    /// one session that stays.
    Password {
        /// PHC string.
        hash: String,
        /// Whether it was made by somebody else.
        must_change: bool,
        /// Session that stays signed in.
        keep: Option<String>,
    },
    /// May not come in, or may again.
    Disabled(bool),
    /// Another role, with its partner and regions.
    Role {
        /// Word of the role.
        role: String,
        /// Partner of role partner.
        partner: Option<String>,
        /// JSON list.
        regions: String,
    },
}

impl Store {
    /// Adds a user; `None` where the login is taken.
    pub async fn add_user(&self, user: &UserRow, row: &AuditRow<'_>) -> Result<Option<i64>, StoreError> {
        let mut tx = self.writing().await?;
        let id: Option<i64> = sqlx::query_scalar(
            "INSERT INTO users (login, name, role, partner, regions, password, must_change, persona, created_at) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (login) DO NOTHING RETURNING id",
        )
        .bind(&user.login)
        .bind(&user.name)
        .bind(&user.role)
        .bind(&user.partner)
        .bind(&user.regions)
        .bind(&user.password)
        .bind(user.must_change)
        .bind(user.persona)
        .bind(user.created_at)
        .fetch_optional(&mut *tx)
        .await?;
        if id.is_some() {
            audit::record(&mut tx, row).await?;
            tx.commit().await?;
        }
        Ok(id)
    }

    /// Somebody by login.
    pub async fn user(&self, login: &str) -> Result<Option<UserRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM users WHERE login = ?");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(login).fetch_optional(&self.pool).await?)
    }

    /// The name of everybody who ever came in, personas too, by login.
    pub async fn user_names(&self) -> Result<Vec<(String, String)>, StoreError> {
        Ok(sqlx::query_as("SELECT login, name FROM users").fetch_all(&self.pool).await?)
    }

    /// Everybody by login; the demo's personas left out.
    pub async fn users(&self) -> Result<Vec<UserRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM users WHERE persona = 0 ORDER BY login");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(&self.pool).await?)
    }

    /// Whether there is anybody who can come in; personas do not count.
    pub async fn has_users(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM users WHERE persona = 0 AND disabled = 0)";
        Ok(sqlx::query_scalar(sql).fetch_one(&self.pool).await?)
    }

    /// Changes a user. Whatever changes, sessions end: the next sign-in is as the new one.
    pub async fn change_user(
        &self,
        id: i64,
        change: &UserChange,
        row: &AuditRow<'_>,
    ) -> Result<(), StoreError> {
        let mut tx = self.writing().await?;
        let mut stays = None;
        match change {
            UserChange::Password { hash, must_change, keep } => {
                stays = keep.as_deref();
                let sql = "UPDATE users SET password = ?, must_change = ? WHERE id = ?";
                sqlx::query(sql).bind(hash).bind(must_change).bind(id).execute(&mut *tx).await?;
            }
            UserChange::Disabled(disabled) => {
                let sql = "UPDATE users SET disabled = ? WHERE id = ?";
                sqlx::query(sql).bind(disabled).bind(id).execute(&mut *tx).await?;
            }
            UserChange::Role { role, partner, regions } => {
                let sql = "UPDATE users SET role = ?, partner = ?, regions = ? WHERE id = ?";
                let query = sqlx::query(sql).bind(role).bind(partner).bind(regions).bind(id);
                query.execute(&mut *tx).await?;
            }
        }
        end_sessions(&mut tx, id, stays).await?;
        audit::record(&mut tx, row).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Ends the sessions of a user, but the one named.
pub(super) async fn end_sessions(
    tx: &mut SqliteConnection,
    user: i64,
    but: Option<&str>,
) -> Result<u64, StoreError> {
    let sql = "DELETE FROM sessions WHERE user = ? AND id <> ?";
    let query = sqlx::query(sql).bind(user).bind(but.unwrap_or_default());
    Ok(query.execute(tx).await?.rows_affected())
}
