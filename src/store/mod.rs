//! Answers, users and the audit trail, kept in SQLite through sqlx. All SQL of the
//! product is in this module. It must not know how an answer is made.

mod accuracy;
mod audit;
mod disputes;
mod drafts;
mod folder;
mod keys;
mod scenarios;
mod sessions;
mod users;

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::config::{AUDIT_KEY_FILE, Settings};
use spiffcast_engine::reading::Status;
use sqlx::Connection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use accuracy::{GivenRow, LedgerRow, RecordKey, ScoreRow};
pub use audit::{AuditRow, Filter, Head, NotAHead, SealedRow, Verified};
pub use disputes::{DisputeRow, DisputeWords, Moved};
pub use drafts::{DraftEvent, DraftRow, DraftStep};
pub use folder::{Held, alone};
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
    /// The regions that it counts; none for the whole company, and in lists.
    pub regions: Vec<String>,
}

/// Condition that an answer counts nothing but the regions of the JSON array that is bound:
/// one of the whole company does not.
const WITHIN: &str = "answers.regions <> '[]' AND NOT EXISTS (SELECT 1 FROM json_each(answers.regions) AS own \
     WHERE own.value NOT IN (SELECT value FROM json_each(?)))";

/// Names as a column holds them, and as conditions are bound to them.
fn names_text(names: &[String]) -> String {
    serde_json::Value::from(names).to_string()
}

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be made.
    #[error("cannot create {0}: {1}")]
    Folder(String, std::io::Error),
    /// The database said no. What it said is for the log and the terminal, not for pages.
    #[error("the database does not answer")]
    Database(#[source] sqlx::Error),
    /// There is no room for what was to be written.
    #[error("the disk is full, or the database may not grow; make room and try again")]
    Full,
    /// The database was made by another version.
    #[error("database: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Somebody else has been writing for too long.
    #[error(
        "the database is busy: something else has been writing to it for {} seconds; try again, and look for \
         another program that has it open",
        BUSY_WAIT.as_secs()
    )]
    Busy,
    /// The database is being replaced.
    #[error("{0} is being restored from a backup; wait until that has ended")]
    Restoring(String),
    /// The key of the audit trail cannot be used: its file, and why.
    #[error("key of the audit trail, {0}: {1}")]
    Key(String, String),
}

/// SQLite's words for a lock that somebody else holds, in a table or as a whole.
const BUSY: [&str; 2] = ["5", "6"];
/// Its words for no room: of its own, and writing that failed because a file may not grow.
const FULL: [&str; 2] = ["13", "778"];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!("database: {error}");
        let code = error.as_database_error().and_then(|e| e.code()).unwrap_or_default();
        // The last byte is the kind, whatever stands before it.
        let kind = code.parse::<i64>().map(|n| (n & 0xff).to_string()).unwrap_or_default();
        if BUSY.contains(&kind.as_str()) || matches!(error, sqlx::Error::PoolTimedOut) {
            Self::Busy
        } else if FULL.contains(&&*code) || kind == FULL[0] {
            Self::Full
        } else {
            Self::Database(error)
        }
    }
}

/// Longest wait for whoever else writes: in this process for a turn, then for other
/// processes.
const BUSY_WAIT: Duration = Duration::from_secs(10);
/// Longest wait for a note that may be missing.
const NOTE_WAIT: Duration = Duration::from_millis(250);

/// The database of a data folder.
#[derive(Debug, Clone)]
pub struct Store {
    pool: SqlitePool,
    key: audit::Key,
    /// One writer of this process at a time: where another process holds the database,
    /// the others wait here and leave the connections to those who read.
    turn: Arc<Semaphore>,
    _in_use: Arc<Held>,
}

/// What a partner asked about its own earnings is no scenario: it stands in the audit
/// trail, and in no list of others.
const NOT_A_PARTNERS: &str = "who NOT IN (SELECT login FROM users WHERE role = 'partner')";

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
        let in_use = folder::in_use(folder)?;
        Self::open_held(folder, audit_key, in_use).await
    }

    async fn open_held(folder: &Path, audit_key: &Path, in_use: Held) -> Result<Self, StoreError> {
        let _opening = folder::opening(folder).await?;
        let options = SqliteConnectOptions::new()
            .filename(folder.join("spiffcast.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_WAIT);
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            // SQLite takes a transaction back itself where the disk is full, and the
            // connection then counts one that is no more: nothing could be begun on it.
            .after_release(|connection, _| {
                Box::pin(async move {
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
            .connect_with(options)
            .await?;
        sqlx::migrate!("./migrations").run(&pool).await?;
        let key = audit::open(&pool, audit_key).await?;
        Ok(Self { pool, key, turn: Arc::new(Semaphore::new(1)), _in_use: Arc::new(in_use) })
    }

    /// Closes the database: what is in its log goes into its file.
    pub async fn close(self) {
        self.pool.close().await;
    }

    /// Waits for a turn to write.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        let turn = tokio::time::timeout(BUSY_WAIT, Arc::clone(&self.turn).acquire_owned()).await;
        turn.ok().and_then(Result::ok).ok_or(StoreError::Busy)
    }

    /// Writes a note that may be missing, such as when a session was used last: nobody
    /// waits long for it, or is turned away because it cannot be written now.
    async fn note<F>(&self, work: impl FnOnce(SqlitePool) -> F + Send)
    where
        F: Future<Output = Result<(), sqlx::Error>> + Send + 'static,
    {
        let turn = tokio::time::timeout(NOTE_WAIT, Arc::clone(&self.turn).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return };
        let work = work(self.pool.clone());
        let written = tokio::spawn(async move {
            let _turn = turn;
            if let Err(error) = work.await {
                tracing::warn!("a note could not be kept: {error}");
            }
        });
        let _ = tokio::time::timeout(NOTE_WAIT, written).await;
    }

    /// The head of the trail of a folder that the caller holds alone ([`alone`]), which
    /// is otherwise left as it is.
    pub async fn look_at(folder: &Path, audit_key: &Path) -> Result<Head, StoreError> {
        let store = Self::open_held(folder, audit_key, Held::by_caller()).await?;
        let head = store.audit_head().await;
        store.close().await;
        head
    }

    /// What SQLite finds wrong with the file itself; `None` where it is sound.
    pub async fn damage(&self) -> Result<Option<String>, StoreError> {
        let found: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&self.pool).await?;
        Ok(Some(found).filter(|found| found != "ok"))
    }

    /// Ends every session, because those of a backup may have been ended since, and
    /// leaves the row that tells of the restore.
    pub async fn restored(&self, row: &AuditRow<'_>) -> Result<(), StoreError> {
        let mut tx = self.writing().await?;
        sqlx::query("DELETE FROM sessions").execute(&mut *tx).await?;
        audit::record(&mut tx, row).await?;
        tx.commit().await
    }

    /// Copies the database, whole and of one moment, to a file that is not there yet.
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
            "INSERT INTO answers (id, created_at, title, status, headline, answer, made_from, who, regions) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&row.id)
        .bind(&row.created_at)
        .bind(&row.title)
        .bind(status_word(row.status))
        .bind(&row.headline)
        .bind(answer)
        .bind(&row.made_from)
        .bind(&row.who)
        .bind(names_text(&row.regions))
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

    /// The last answers, newest first; `within`: of those that count nothing but these
    /// regions, `None`: of all.
    pub async fn recent(
        &self,
        limit: usize,
        within: Option<&[String]>,
    ) -> Result<Vec<AnswerRow>, StoreError> {
        let query = format!(
            "SELECT id, created_at, title, status, headline, who FROM answers WHERE {NOT_A_PARTNERS} \
             AND (? IS NULL OR ({WITHIN})) ORDER BY id DESC LIMIT ?"
        );
        let within = within.map(names_text);
        let rows: Vec<(String, String, String, String, Option<String>, String)> =
            sqlx::query_as(sqlx::AssertSqlSafe(query))
                .bind(within.clone())
                .bind(within)
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
                regions: Vec::new(),
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
            regions: Vec::new(),
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
        assert_eq!(store.recent(10, None).await.expect("listed"), [row("1")]);
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
        let over = "INSERT OR REPLACE INTO audit (seq, at, who, action, subject, detail) \
                    VALUES (1, '', 'bob', 'import', '', '{}')";
        for sql in ["UPDATE audit SET action = 'x'", "DELETE FROM audit", over] {
            let error = sqlx::query(sql).execute(&store.pool).await.expect_err("refused");
            assert!(error.to_string().contains("append-only"), "{error}");
        }
    }
}
