//! Answers, users and the audit trail, kept in SQLite through sqlx. All SQL of the
//! product is in this module. It must not know how an answer is made.

mod accuracy;
mod audit;
mod disputes;
mod keys;
mod scenarios;
mod sessions;
mod users;

use std::path::Path;
use std::time::Duration;

use crate::config::{AUDIT_KEY_FILE, Settings};
use spiffcast_engine::reading::Status;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

pub use accuracy::{GivenRow, LedgerRow, RecordKey, ScoreRow};
pub use audit::{AuditRow, Filter, Head, NotAHead, SealedRow, Verified};
pub use disputes::{DisputeRow, DisputeWords, Moved};
pub use keys::{KeyHolder, KeyRow};
pub use scenarios::{NoteRow, ScenarioRow, Wanted};
pub use sessions::SessionRow;
pub use users::{UserChange, UserRow};

/// What is kept of an answer besides the answer itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRow {
    /// Identifier.
    pub id: String,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// The question or the label.
    pub title: String,
    /// How the reading ended.
    pub status: Status,
    /// The headline, where there is one.
    pub headline: Option<String>,
    /// Digests of data, rules and priors; empty in lists.
    pub made_from: String,
    /// Login of who asked.
    pub who: String,
}

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be made.
    #[error("cannot create {0}: {1}")]
    Folder(String, std::io::Error),
    /// The database said no.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The database was made by another version.
    #[error("database: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The key of the audit trail cannot be used: its file, and why.
    #[error("key of the audit trail, {0}: {1}")]
    Key(String, String),
}

/// The database of a data folder.
#[derive(Debug, Clone)]
pub struct Store {
    pool: SqlitePool,
    key: audit::Key,
}

impl Store {
    /// Opens the database of a data folder, with the key of its trail.
    pub async fn of(settings: &Settings) -> Result<Self, StoreError> {
        match &settings.audit_key_file {
            Some(file) => Self::open_with(&settings.data_dir, file).await,
            None => Self::open(&settings.data_dir).await,
        }
    }

    /// Opens `spiffcast.db` in a folder, making both where absent. Several
    /// processes may have it open: writers wait for each other.
    pub async fn open(folder: &Path) -> Result<Self, StoreError> {
        Self::open_with(folder, &folder.join(AUDIT_KEY_FILE)).await
    }

    /// [`Store::open`], with the key of the trail in another file.
    pub async fn open_with(folder: &Path, audit_key: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(|e| StoreError::Folder(folder.display().to_string(), e))?;
        let options = SqliteConnectOptions::new()
            .filename(folder.join("spiffcast.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10));
        let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
        sqlx::migrate!("./migrations").run(&pool).await?;
        let key = audit::open(&pool, audit_key).await?;
        Ok(Self { pool, key })
    }

    /// Copies the database, whole and of one moment, over an empty file.
    pub async fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        sqlx::query("VACUUM INTO ?").bind(file.display().to_string()).execute(&self.pool).await?;
        Ok(())
    }

    /// Keeps an answer, its audit row and, where it holds a forecast, its row of the
    /// ledger: all or nothing.
    pub async fn keep_answer(
        &self,
        row: &AnswerRow,
        answer: &str,
        audit: &str,
        given: Option<&GivenRow>,
    ) -> Result<(), StoreError> {
        let mut tx = self.writing().await?;
        sqlx::query(
            "INSERT INTO answers (id, created_at, title, status, headline, answer, made_from, who) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&row.id)
        .bind(&row.created_at)
        .bind(&row.title)
        .bind(status_word(row.status))
        .bind(&row.headline)
        .bind(answer)
        .bind(&row.made_from)
        .bind(&row.who)
        .execute(&mut *tx)
        .await?;
        let (at, who, subject) = (&row.created_at, &row.who, &row.id);
        let row_of_trail = AuditRow { at, who, action: "answer", subject, detail: audit };
        audit::record(&mut tx, &row_of_trail).await?;
        if let Some(given) = given {
            sqlx::query("INSERT INTO ledger (answer, ends, data, forecast, given) VALUES (?, ?, ?, ?, ?)")
                .bind(&row.id)
                .bind(given.ends.to_string())
                .bind(&given.data)
                .bind(&given.forecast)
                .bind(&given.given)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await
    }

    /// The JSON of a kept answer.
    pub async fn answer(&self, id: &str) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT answer FROM answers WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// The last answers, newest first.
    pub async fn recent(&self, limit: usize) -> Result<Vec<AnswerRow>, StoreError> {
        let rows: Vec<(String, String, String, String, Option<String>, String)> = sqlx::query_as(
            "SELECT id, created_at, title, status, headline, who FROM answers ORDER BY id DESC LIMIT ?",
        )
        .bind(limit.min(1_000) as i64)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(id, created_at, title, status, headline, who)| AnswerRow {
                id,
                created_at,
                title,
                status: status_of(&status),
                headline,
                made_from: String::new(),
                who,
            })
            .collect())
    }
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Ready => "ready",
        Status::NeedsClarification => "needs_clarification",
        Status::Unsupported => "unsupported",
        Status::Failed => "failed",
    }
}

fn status_of(word: &str) -> Status {
    match word {
        "ready" => Status::Ready,
        "needs_clarification" => Status::NeedsClarification,
        "unsupported" => Status::Unsupported,
        _ => Status::Failed,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(super) fn row(id: &str) -> AnswerRow {
        AnswerRow {
            id: id.into(),
            created_at: "2026-07-01T00:00:00Z".into(),
            title: "raise it".into(),
            status: Status::Ready,
            headline: Some("Costs more".into()),
            made_from: String::new(),
            who: "ana".into(),
        }
    }

    #[tokio::test]
    async fn an_answer_is_kept_with_its_audit_row_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("opened");
        store.keep_answer(&row("1"), "{}", "{}", None).await.expect("kept");
        store.keep_answer(&row("1"), "{\"other\":1}", "{}", None).await.expect_err("the same id twice");
        let trail: i64 =
            sqlx::query_scalar("SELECT count(*) FROM audit").fetch_one(&store.pool).await.expect("counted");
        assert_eq!(trail, 1);
        assert_eq!(store.answer("1").await.expect("read").as_deref(), Some("{}"));
        assert_eq!(store.recent(10).await.expect("listed"), [row("1")]);
    }

    #[tokio::test]
    async fn the_trail_cannot_be_changed() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("opened");
        let at = "2026-07-01T00:00:00Z";
        let row = AuditRow { at, who: "ana", action: "import", subject: "sha256:1", detail: "{}" };
        store.record(&row).await.expect("recorded");
        let told = ("import".to_owned(), "ana".to_owned(), "sha256:1".to_owned());
        assert_eq!(store.trail(9).await.expect("read"), [told]);
        for sql in ["UPDATE audit SET action = 'x'", "DELETE FROM audit"] {
            let error = sqlx::query(sql).execute(&store.pool).await.expect_err("refused");
            assert!(error.to_string().contains("append-only"), "{error}");
        }
    }
}
