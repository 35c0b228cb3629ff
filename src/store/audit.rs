//! Rows of the audit trail. Every row is written here, in the transaction of what it
//! tells about.

use sqlx::{Sqlite, Transaction};

use super::{Store, StoreError};

/// Something that was done.
#[derive(Debug, Clone, Copy)]
pub struct AuditRow<'a> {
    /// RFC 3339, UTC.
    pub at: &'a str,
    /// Login of who did it; empty where nobody did.
    pub who: &'a str,
    /// What was done, in a word.
    pub action: &'a str,
    /// Identifier of what it is about.
    pub subject: &'a str,
    /// JSON.
    pub detail: &'a str,
}

/// Writes a row within a transaction.
pub(super) async fn record(tx: &mut Transaction<'_, Sqlite>, row: &AuditRow<'_>) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO audit (at, who, action, subject, detail) VALUES (?, ?, ?, ?, ?)")
        .bind(row.at)
        .bind(row.who)
        .bind(row.action)
        .bind(row.subject)
        .bind(row.detail)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

impl Store {
    /// Leaves a row for something that has no table of its own.
    pub async fn record(&self, row: &AuditRow<'_>) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        record(&mut tx, row).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Actions of the trail with who did them and about what, oldest first.
    pub async fn trail(&self, limit: usize) -> Result<Vec<(String, String, String)>, StoreError> {
        Ok(sqlx::query_as("SELECT action, who, subject FROM audit ORDER BY seq LIMIT ?")
            .bind(limit.min(100_000) as i64)
            .fetch_all(&self.pool)
            .await?)
    }
}
