//! API keys. A key is found by its digest alone.

use sqlx::FromRow;

use super::audit::{self, AuditRow};
use super::users::{self, UserRow};
use super::{Store, StoreError};

/// A key of a user.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct KeyRow {
    /// Its name in lists.
    pub id: String,
    /// SHA-256 of the key.
    pub digest: String,
    /// Whose it is.
    pub user: i64,
    /// What it is for, in its owner's words.
    pub name: String,
    /// Permissions, a space between.
    pub scopes: String,
    /// Seconds since 1970.
    pub created_at: i64,
    /// Seconds since 1970.
    pub expires_at: Option<i64>,
    /// Seconds since 1970.
    pub used_at: Option<i64>,
    /// Seconds since 1970.
    pub revoked_at: Option<i64>,
}

const COLUMNS: &str = "id, digest, user, name, scopes, created_at, expires_at, used_at, revoked_at";

#[derive(FromRow)]
struct Found {
    #[sqlx(flatten)]
    user: UserRow,
    key_id: String,
    key_scopes: String,
    key_used_at: Option<i64>,
}

/// Whose a key is and what it may do.
#[derive(Debug, Clone)]
pub struct KeyHolder {
    /// Whose it is.
    pub user: UserRow,
    /// Its name in lists.
    pub id: String,
    /// Permissions, a space between.
    pub scopes: String,
    /// Seconds since 1970.
    pub used_at: Option<i64>,
}

impl Store {
    /// Adds a key.
    pub async fn add_key(&self, key: &KeyRow, row: &AuditRow<'_>) -> Result<(), StoreError> {
        let mut tx = self.writing().await?;
        sqlx::query(
            "INSERT INTO api_keys (id, digest, user, name, scopes, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&key.id)
        .bind(&key.digest)
        .bind(key.user)
        .bind(&key.name)
        .bind(&key.scopes)
        .bind(key.created_at)
        .bind(key.expires_at)
        .execute(&mut *tx)
        .await?;
        audit::record(&mut tx, row).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The holder of a key that is in force, where it may come in.
    pub async fn key(&self, digest: &str, now: i64) -> Result<Option<KeyHolder>, StoreError> {
        let columns = users::COLUMNS;
        let sql = format!(
            "SELECT {columns}, api_keys.id AS key_id, api_keys.scopes AS key_scopes, api_keys.used_at AS key_used_at \
             FROM api_keys JOIN users ON users.id = api_keys.user \
             WHERE api_keys.digest = ? AND api_keys.revoked_at IS NULL \
             AND (api_keys.expires_at IS NULL OR api_keys.expires_at > ?) AND users.disabled = 0"
        );
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(digest).bind(now);
        let found: Option<Found> = query.fetch_optional(&self.pool).await?;
        Ok(found.map(|found| KeyHolder {
            user: found.user,
            id: found.key_id,
            scopes: found.key_scopes,
            used_at: found.key_used_at,
        }))
    }

    /// Notes that a key is in use.
    pub async fn touch_key(&self, id: &str, now: i64) {
        let id = id.to_owned();
        self.note(|pool| async move {
            let query = sqlx::query("UPDATE api_keys SET used_at = ? WHERE id = ?");
            query.bind(now).bind(id).execute(&pool).await.map(|_| ())
        })
        .await;
    }

    /// The keys of a user, newest first, those that are over too.
    pub async fn keys(&self, user: i64) -> Result<Vec<KeyRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM api_keys WHERE user = ? ORDER BY created_at DESC, id");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(user).fetch_all(&self.pool).await?)
    }

    /// Ends a key of a user; whether there was such a key in force.
    pub async fn revoke_key(
        &self,
        user: i64,
        id: &str,
        now: i64,
        row: &AuditRow<'_>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.writing().await?;
        let sql = "UPDATE api_keys SET revoked_at = ? WHERE id = ? AND user = ? AND revoked_at IS NULL";
        let query = sqlx::query(sql).bind(now).bind(id).bind(user);
        if query.execute(&mut *tx).await?.rows_affected() == 0 {
            return Ok(false);
        }
        audit::record(&mut tx, row).await?;
        tx.commit().await?;
        Ok(true)
    }
}
