//! Disputes and what was said in them. Each step is one transaction: the state, the words
//! and the row of the trail, or nothing. Which step leads where is not known here.

use sqlx::FromRow;

use super::audit::{self, AuditRow};
use super::{Store, StoreError};

/// A dispute.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct DisputeRow {
    /// Identifier, sortable by time.
    pub id: String,
    /// Partner.
    pub partner: String,
    /// Program; empty for all.
    pub program: String,
    /// Transaction; empty for a line of a period.
    pub transaction_id: String,
    /// First day, ISO; empty with a transaction.
    pub period_start: String,
    /// Last day, ISO; empty with a transaction.
    pub period_end: String,
    /// What it came to when it was opened; empty: not counted.
    pub due: String,
    /// Its state.
    pub state: String,
    /// RFC 3339, UTC.
    pub opened_at: String,
    /// When it last moved, RFC 3339, UTC.
    pub moved_at: String,
}

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct DisputeWords {
    /// RFC 3339, UTC.
    pub at: String,
    /// Login.
    pub who: String,
    /// What was done with it.
    pub act: String,
    /// The words.
    pub said: String,
}

/// How an opening or a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// It is done.
    Done,
    /// There are as many as there may be: open disputes, or entries in the thread.
    Full,
    /// Another was first: the line is disputed already, or the state is another now.
    Late,
}

const COLUMNS: &str =
    "id, partner, program, transaction_id, period_start, period_end, due, state, opened_at, moved_at";
const LIVE: &str = "state IN ('open', 'answered')";

impl Store {
    /// Opens a dispute with its first words, unless the partner has `most` that are not
    /// closed.
    pub async fn open_dispute(
        &self,
        dispute: &DisputeRow,
        words: &DisputeWords,
        most: i64,
        row: &AuditRow<'_>,
    ) -> Result<Moved, StoreError> {
        let mut tx = self.writing().await?;
        let sql = format!("SELECT count(*) FROM disputes WHERE partner = ? AND {LIVE}");
        let live: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(&dispute.partner).fetch_one(&mut *tx).await?;
        if live >= most {
            return Ok(Moved::Full);
        }
        let sql = format!(
            "INSERT INTO disputes ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
        );
        let added = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(&dispute.id)
            .bind(&dispute.partner)
            .bind(&dispute.program)
            .bind(&dispute.transaction_id)
            .bind(&dispute.period_start)
            .bind(&dispute.period_end)
            .bind(&dispute.due)
            .bind(&dispute.state)
            .bind(&dispute.opened_at)
            .bind(&dispute.moved_at)
            .execute(&mut *tx)
            .await?;
        if added.rows_affected() == 0 {
            return Ok(Moved::Late);
        }
        say(&mut tx, &dispute.id, 1, words).await?;
        audit::record(&mut tx, row).await?;
        tx.commit().await?;
        Ok(Moved::Done)
    }

    /// Moves a dispute from one state to another, with words, unless it is in another
    /// state by now or its thread has `most` entries.
    pub async fn move_dispute(
        &self,
        id: &str,
        (from, to): (&str, &str),
        words: &DisputeWords,
        most: i64,
        row: &AuditRow<'_>,
    ) -> Result<Moved, StoreError> {
        let mut tx = self.writing().await?;
        let said: i64 = sqlx::query_scalar("SELECT count(*) FROM dispute_words WHERE dispute = ?")
            .bind(id)
            .fetch_one(&mut *tx)
            .await?;
        if said >= most {
            return Ok(Moved::Full);
        }
        let moved = sqlx::query("UPDATE disputes SET state = ?, moved_at = ? WHERE id = ? AND state = ?")
            .bind(to)
            .bind(&words.at)
            .bind(id)
            .bind(from)
            .execute(&mut *tx)
            .await?;
        if moved.rows_affected() == 0 {
            return Ok(Moved::Late);
        }
        say(&mut tx, id, said + 1, words).await?;
        audit::record(&mut tx, row).await?;
        tx.commit().await?;
        Ok(Moved::Done)
    }

    /// A dispute; of a partner alone where one is named, so that others are as if they were not.
    pub async fn dispute(&self, id: &str, partner: Option<&str>) -> Result<Option<DisputeRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM disputes WHERE id = ? AND partner = COALESCE(?, partner)");
        let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).bind(partner);
        Ok(query.fetch_optional(&self.pool).await?)
    }

    /// What was said in it, oldest first.
    pub async fn dispute_words(&self, id: &str) -> Result<Vec<DisputeWords>, StoreError> {
        let sql = "SELECT at, who, act, said FROM dispute_words WHERE dispute = ? ORDER BY seq";
        Ok(sqlx::query_as(sql).bind(id).fetch_all(&self.pool).await?)
    }

    /// Disputes of a partner and in a state, empty for any, of these partners alone where
    /// some are given; the last moved first. With how many there are in all.
    pub async fn disputes(
        &self,
        partner: &str,
        state: &str,
        among: Option<&[String]>,
        (page, size): (i64, i64),
    ) -> Result<(Vec<DisputeRow>, i64), StoreError> {
        let among = among.map(super::names_text);
        let wanted = "(? = '' OR partner = ?) AND (? = '' OR state = ?) \
                      AND (? IS NULL OR partner IN (SELECT value FROM json_each(?)))";
        let sql = format!(
            "SELECT {COLUMNS} FROM disputes WHERE {wanted} ORDER BY moved_at DESC, id DESC LIMIT ? OFFSET ?"
        );
        let rows = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(partner)
            .bind(partner)
            .bind(state)
            .bind(state)
            .bind(among.clone())
            .bind(among.clone())
            .bind(size)
            .bind(page.saturating_mul(size))
            .fetch_all(&self.pool)
            .await?;
        let sql = format!("SELECT count(*) FROM disputes WHERE {wanted}");
        let all = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .bind(partner)
            .bind(partner)
            .bind(state)
            .bind(state)
            .bind(among.clone())
            .bind(among.clone())
            .fetch_one(&self.pool)
            .await?;
        Ok((rows, all))
    }
}

async fn say(
    tx: &mut sqlx::SqliteConnection,
    dispute: &str,
    seq: i64,
    words: &DisputeWords,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO dispute_words (dispute, seq, at, who, act, said) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(dispute)
        .bind(seq)
        .bind(&words.at)
        .bind(&words.who)
        .bind(&words.act)
        .bind(&words.said)
        .execute(tx)
        .await?;
    Ok(())
}
