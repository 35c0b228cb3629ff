//! Rows of the trail, read back: by filters for people, all of them for an export.

use futures::TryStreamExt;
use serde::Serialize;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::AuditRow;
use crate::store::{Store, StoreError};

/// Every row, oldest first.
pub(super) const ALL: &str = "SELECT seq, at, who, action, subject, detail, seal FROM audit ORDER BY seq";

/// A row of the trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SealedRow {
    /// Number, from 1, without gaps.
    pub seq: i64,
    /// RFC 3339, UTC.
    pub at: String,
    /// Login of who did it; empty where nobody did.
    pub who: String,
    /// What was done, in a word.
    pub action: String,
    /// Identifier of what it is about.
    pub subject: String,
    /// JSON, as text: the seal is over its bytes.
    pub detail: String,
    /// Seal over this row and the one before it, hexadecimal; empty in rows from before
    /// there were seals.
    pub seal: String,
}

impl SealedRow {
    pub(super) fn as_row(&self) -> AuditRow<'_> {
        let Self { at, who, action, subject, detail, .. } = self;
        AuditRow { at, who, action, subject, detail }
    }
}

/// Which rows are wanted. Empty texts want all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// What was done.
    pub action: String,
    /// Login of who did it.
    pub who: String,
    /// Part of the subject or the detail, in any case.
    pub words: String,
    /// Rows with a smaller number.
    pub before: Option<i64>,
    /// How many at most.
    pub limit: u32,
}

impl Store {
    /// Rows of the trail, newest first.
    pub async fn audit_rows(&self, filter: &Filter) -> Result<Vec<SealedRow>, StoreError> {
        let found = sqlx::query(
            "SELECT seq, at, who, action, subject, detail, seal FROM audit \
             WHERE (?1 = '' OR action = ?1) AND (?2 = '' OR who = ?2) AND (?3 IS NULL OR seq < ?3) \
             AND (?4 = '' OR instr(lower(subject), lower(?4)) > 0 OR instr(lower(detail), lower(?4)) > 0) \
             ORDER BY seq DESC LIMIT ?5",
        )
        .bind(&filter.action)
        .bind(&filter.who)
        .bind(filter.before)
        .bind(&filter.words)
        .bind(filter.limit)
        .fetch_all(&self.pool)
        .await?;
        found.iter().map(row).collect()
    }

    /// Every action that the trail tells of, by name.
    pub async fn audit_actions(&self) -> Result<Vec<String>, StoreError> {
        // From one action to the next through the index, not row by row.
        let sql = "WITH RECURSIVE found (action) AS (SELECT min(action) FROM audit UNION ALL \
                   SELECT (SELECT min(action) FROM audit WHERE action > found.action) FROM found \
                   WHERE found.action IS NOT NULL) SELECT action FROM found WHERE action IS NOT NULL";
        Ok(sqlx::query_scalar(sql).fetch_all(&self.pool).await?)
    }

    /// Gives every row, oldest first, to `each`; stops with its error.
    pub async fn each_audit_row<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(SealedRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut rows = sqlx::query(ALL).fetch(&self.pool);
        while let Some(found) = rows.try_next().await.map_err(StoreError::from)? {
            each(row(&found)?)?;
        }
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

pub(super) fn row(found: &SqliteRow) -> Result<SealedRow, StoreError> {
    Ok(SealedRow {
        seq: found.try_get(0)?,
        at: found.try_get(1)?,
        who: found.try_get(2)?,
        action: found.try_get(3)?,
        subject: found.try_get(4)?,
        detail: found.try_get(5)?,
        seal: found.try_get(6)?,
    })
}
