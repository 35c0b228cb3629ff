//! Drafts of program versions: rows in, rows out, every change with its audit row and its
//! line of the thread in one transaction. Which step may follow which is decided by who
//! calls, inside that transaction, so that of two at once the second sees what the first
//! did.

use super::audit::{self, AuditRow};
use super::{Store, StoreError};

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// Identifier.
    pub id: String,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// Login.
    pub author: String,
    /// The answer it was made from.
    pub answer: String,
    /// Which option of it, from 0.
    pub option: i64,
    /// In words.
    pub title: String,
    /// The word of its state.
    pub state: String,
    /// One more with every change.
    pub revision: i64,
    /// JSON; empty in lists.
    pub content: String,
    /// The draft that it takes up again.
    pub revises: Option<String>,
    /// Who approved or rejected it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<String>,
}

/// A line of a draft's thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftEvent {
    /// RFC 3339, UTC.
    pub at: String,
    /// Login.
    pub who: String,
    /// What was done, in a word.
    pub what: String,
    /// What was said; may be empty.
    pub words: String,
}

/// What a step does to a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftStep {
    /// The word of the state after it.
    pub state: &'static str,
    /// New content; `None`: as it was.
    pub content: Option<String>,
    /// Whether this is the decision.
    pub decides: bool,
    /// Whether it changes the draft, or only speaks about it.
    pub changes: bool,
    /// Word of the thread.
    pub what: &'static str,
    /// What was said.
    pub words: String,
    /// Action of the audit row.
    pub action: &'static str,
    /// Detail of the audit row, JSON.
    pub detail: String,
}

const ONE: &str = "SELECT id, created_at, author, answer, option_no, title, state, revision, content, revises, decided_by, decided_at FROM drafts WHERE id = ?";

type Columns = (
    String,
    String,
    String,
    String,
    i64,
    String,
    String,
    i64,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
);

fn row(columns: Columns) -> DraftRow {
    let (
        id,
        created_at,
        author,
        answer,
        option,
        title,
        state,
        revision,
        content,
        revises,
        decided_by,
        decided_at,
    ) = columns;
    DraftRow {
        id,
        created_at,
        author,
        answer,
        option,
        title,
        state,
        revision,
        content,
        revises,
        decided_by,
        decided_at,
    }
}

impl Store {
    /// Keeps a new draft with the rules that it was made from: (program, digest).
    pub async fn add_draft(
        &self,
        draft: &DraftRow,
        programs: &[(String, String)],
        words: &str,
        detail: &str,
    ) -> Result<(), StoreError> {
        let mut tx = self.writing().await?;
        sqlx::query(
            "INSERT INTO drafts (id, created_at, author, answer, option_no, title, state, revision, content, revises, decided_by, decided_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
            .bind(&draft.id)
            .bind(&draft.created_at)
            .bind(&draft.author)
            .bind(&draft.answer)
            .bind(draft.option)
            .bind(&draft.title)
            .bind(&draft.state)
            .bind(draft.revision)
            .bind(&draft.content)
            .bind(&draft.revises)
            .bind(&draft.decided_by)
            .bind(&draft.decided_at)
            .execute(&mut *tx)
            .await?;
        for (program, base) in programs {
            sqlx::query("INSERT INTO draft_programs (draft, program, base) VALUES (?, ?, ?)")
                .bind(&draft.id)
                .bind(program)
                .bind(base)
                .execute(&mut *tx)
                .await?;
        }
        let (at, who) = (&draft.created_at, &draft.author);
        event(&mut tx, &draft.id, (at, who), "drafted", words).await?;
        audit::record(&mut tx, &AuditRow { at, who, action: "draft", subject: &draft.id, detail }).await?;
        tx.commit().await
    }

    /// One draft, whole.
    pub async fn draft(&self, id: &str) -> Result<Option<DraftRow>, StoreError> {
        let found: Option<Columns> = sqlx::query_as(ONE).bind(id).fetch_optional(&self.pool).await?;
        Ok(found.map(row))
    }

    /// Drafts without their content, newest first; all, or those of one state. `within`: made
    /// from answers that count nothing but these regions; `None`: all.
    pub async fn drafts(
        &self,
        state: Option<&str>,
        within: Option<&[String]>,
        limit: u32,
    ) -> Result<Vec<DraftRow>, StoreError> {
        let sql = format!(
            "SELECT id, created_at, author, answer, option_no, title, state, revision, '', revises, decided_by, decided_at FROM drafts \
             WHERE (? IS NULL OR state = ?) AND (? IS NULL OR answer IN (SELECT id FROM answers WHERE {})) \
             ORDER BY id DESC LIMIT ?",
            super::WITHIN
        );
        let within = within.map(super::names_text);
        let found: Vec<Columns> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(state)
            .bind(state)
            .bind(within.clone())
            .bind(within)
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
        Ok(found.into_iter().map(row).collect())
    }

    /// What was done with a draft and said about it, oldest first.
    pub async fn draft_events(&self, id: &str) -> Result<Vec<DraftEvent>, StoreError> {
        let sql = "SELECT at, who, what, words FROM draft_events WHERE draft = ? ORDER BY seq LIMIT 1000";
        let found: Vec<(String, String, String, String)> =
            sqlx::query_as(sql).bind(id).fetch_all(&self.pool).await?;
        Ok(found.into_iter().map(|(at, who, what, words)| DraftEvent { at, who, what, words }).collect())
    }

    /// Takes a step with a draft: `decide` is given the draft as it is now and the
    /// approved drafts that were made from the same rules of a program. `None`: there is
    /// no such draft; an inner error is that of `decide`, and nothing was done.
    pub async fn step_draft<E>(
        &self,
        id: &str,
        (at, who): (&str, &str),
        decide: impl FnOnce(&DraftRow, &[String]) -> Result<DraftStep, E> + Send,
    ) -> Result<Option<Result<DraftRow, E>>, StoreError> {
        let mut tx = self.writing().await?;
        let found: Option<Columns> = sqlx::query_as(ONE).bind(id).fetch_optional(&mut *tx).await?;
        let Some(before) = found.map(row) else { return Ok(None) };
        let rivals: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT d.id FROM draft_programs own JOIN draft_programs other \
             ON other.program = own.program AND other.base = own.base JOIN drafts d ON d.id = other.draft \
             WHERE own.draft = ?1 AND d.id <> ?1 AND d.state = 'approved' ORDER BY d.id",
        )
        .bind(id)
        .fetch_all(&mut *tx)
        .await?;
        let step = match decide(&before, &rivals) {
            Ok(step) => step,
            Err(refused) => return Ok(Some(Err(refused))),
        };
        let mut after = DraftRow { state: step.state.to_owned(), ..before };
        if step.changes {
            after.revision += 1;
            after.content = step.content.unwrap_or(after.content);
            if step.decides {
                (after.decided_by, after.decided_at) = (Some(who.to_owned()), Some(at.to_owned()));
            }
            sqlx::query(
                "UPDATE drafts SET state = ?, revision = ?, content = ?, decided_by = ?, decided_at = ? WHERE id = ?",
            )
            .bind(&after.state)
            .bind(after.revision)
            .bind(&after.content)
            .bind(&after.decided_by)
            .bind(&after.decided_at)
            .bind(id)
            .execute(&mut *tx)
            .await?;
        }
        event(&mut tx, id, (at, who), step.what, &step.words).await?;
        let row_of_trail = AuditRow { at, who, action: step.action, subject: id, detail: &step.detail };
        audit::record(&mut tx, &row_of_trail).await?;
        tx.commit().await?;
        Ok(Some(Ok(after)))
    }
}

async fn event(
    tx: &mut sqlx::SqliteConnection,
    draft: &str,
    (at, who): (&str, &str),
    what: &str,
    words: &str,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO draft_events (draft, at, who, what, words) VALUES (?, ?, ?, ?, ?)")
        .bind(draft)
        .bind(at)
        .bind(who)
        .bind(what)
        .bind(words)
        .execute(tx)
        .await?;
    Ok(())
}
