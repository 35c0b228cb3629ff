//! Sessions of browsers, and failed sign-ins. A session is found by the digest of its
//! token alone.

use sqlx::FromRow;

use super::audit::{self, AuditRow};
use super::users::{self, UserRow};
use super::{Store, StoreError};
use crate::auth::throttle::{Counted, FORGOTTEN_AFTER_SECONDS};

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct SessionRow {
    /// SHA-256 of the token.
    pub digest: String,
    /// Its name in lists.
    pub id: String,
    /// Whose it is.
    pub user: i64,
    /// Seconds since 1970.
    pub created_at: i64,
    /// Seconds since 1970.
    pub used_at: i64,
    /// Seconds since 1970: its end, whatever is done with it.
    pub ends_at: i64,
    /// What the browser says it is.
    pub agent: String,
}

#[derive(FromRow)]
struct Found {
    #[sqlx(flatten)]
    user: UserRow,
    session_id: String,
    session_used_at: i64,
}

impl Store {
    /// Begins a session, with its audit row. Sessions that are over go.
    pub async fn begin_session(
        &self,
        session: &SessionRow,
        idle_since: i64,
        row: &AuditRow<'_>,
    ) -> Result<(), StoreError> {
        let mut tx = self.writing().await?;
        sqlx::query("DELETE FROM sessions WHERE ends_at <= ? OR used_at <= ?")
            .bind(session.created_at)
            .bind(idle_since)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "INSERT INTO sessions (digest, id, user, created_at, used_at, ends_at, agent) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&session.digest)
        .bind(&session.id)
        .bind(session.user)
        .bind(session.created_at)
        .bind(session.used_at)
        .bind(session.ends_at)
        .bind(&session.agent)
        .execute(&mut *tx)
        .await?;
        audit::record(&mut tx, row).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Who a session is, its name, and when it was used last; only a session that is
    /// not over, of somebody who may come in.
    pub async fn session(
        &self,
        digest: &str,
        now: i64,
        idle_since: i64,
    ) -> Result<Option<(UserRow, String, i64)>, StoreError> {
        let columns = users::COLUMNS;
        let sql = format!(
            "SELECT {columns}, sessions.id AS session_id, sessions.used_at AS session_used_at FROM sessions \
             JOIN users ON users.id = sessions.user \
             WHERE sessions.digest = ? AND sessions.ends_at > ? AND sessions.used_at > ? AND users.disabled = 0"
        );
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(digest).bind(now).bind(idle_since);
        let found: Option<Found> = query.fetch_optional(&self.pool).await?;
        Ok(found.map(|found| (found.user, found.session_id, found.session_used_at)))
    }

    /// Notes that a session is in use.
    pub async fn touch_session(&self, digest: &str, now: i64) {
        let digest = digest.to_owned();
        self.note(|pool| async move {
            let query = sqlx::query("UPDATE sessions SET used_at = ? WHERE digest = ?");
            query.bind(now).bind(digest).execute(&pool).await.map(|_| ())
        })
        .await;
    }

    /// The sessions of a user that are not over, last used first.
    pub async fn sessions(
        &self,
        user: i64,
        now: i64,
        idle_since: i64,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let sql = "SELECT digest, id, user, created_at, used_at, ends_at, agent FROM sessions \
                   WHERE user = ? AND ends_at > ? AND used_at > ? ORDER BY used_at DESC, id";
        let query = sqlx::query_as(sql).bind(user).bind(now).bind(idle_since);
        Ok(query.fetch_all(&self.pool).await?)
    }

    /// Ends one session.
    pub async fn end_session(&self, digest: &str, row: &AuditRow<'_>) -> Result<(), StoreError> {
        let mut tx = self.writing().await?;
        sqlx::query("DELETE FROM sessions WHERE digest = ?").bind(digest).execute(&mut *tx).await?;
        audit::record(&mut tx, row).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Ends every session of a user; how many there were.
    pub async fn end_sessions(&self, user: i64, row: &AuditRow<'_>) -> Result<u64, StoreError> {
        let mut tx = self.writing().await?;
        let ended = users::end_sessions(&mut tx, user, None).await?;
        audit::record(&mut tx, row).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Counts an attempt to sign in before its password is looked at, so that many at
    /// once do not slip through; seconds to wait where it may not be looked at. What is
    /// refused is not counted.
    pub async fn begin_attempt(
        &self,
        subjects: [(Counted, &str); 2],
        now: i64,
    ) -> Result<Option<i64>, StoreError> {
        // A write first: two attempts at once wait for each other instead of both
        // reading the old count.
        let _turn = self.turn().await?;
        let mut tx = self.pool.begin().await?;
        sqlx::query("DELETE FROM sign_in_attempts WHERE last_at <= ?")
            .bind(now - FORGOTTEN_AFTER_SECONDS)
            .execute(&mut *tx)
            .await?;
        let mut counts = [0_u32; 2];
        for ((counted, subject), count) in subjects.into_iter().zip(&mut counts) {
            let sql =
                "SELECT failures, blocked_until FROM sign_in_attempts WHERE counted = ? AND subject = ?";
            let query = sqlx::query_as(sql).bind(counted.as_str()).bind(subject);
            let (failures, blocked_until): (u32, i64) =
                query.fetch_optional(&mut *tx).await?.unwrap_or_default();
            if blocked_until > now {
                return Ok(Some(blocked_until - now));
            }
            *count = failures.saturating_add(1);
        }
        for ((counted, subject), count) in subjects.into_iter().zip(counts) {
            sqlx::query(
                "INSERT INTO sign_in_attempts (counted, subject, failures, last_at, blocked_until) \
                 VALUES (?, ?, ?, ?, ?) ON CONFLICT (counted, subject) DO UPDATE \
                 SET failures = excluded.failures, last_at = excluded.last_at, blocked_until = excluded.blocked_until",
            )
            .bind(counted.as_str())
            .bind(subject)
            .bind(count)
            .bind(now)
            .bind(now + counted.delay_seconds(count))
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(None)
    }

    /// Takes an attempt back that was right: the login begins anew; of the address only
    /// this one attempt goes, so that one good account does not open the door to guesses.
    pub async fn end_attempt(&self, subjects: [(Counted, &str); 2]) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        let mut tx = self.pool.begin().await?;
        for (counted, subject) in subjects {
            let sql = match counted {
                Counted::Login => "DELETE FROM sign_in_attempts WHERE counted = ? AND subject = ?",
                Counted::Address => {
                    "UPDATE sign_in_attempts SET failures = max(failures - 1, 0), blocked_until = 0 \
                     WHERE counted = ? AND subject = ?"
                }
            };
            sqlx::query(sql).bind(counted.as_str()).bind(subject).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
