//! The audit trail: rows that are only ever added, each sealed over the one before it
//! with a key that is not in the database ([`key`]). Every row is written here, in the
//! transaction of what it tells about. Whoever changes, inserts or removes a row without
//! the key breaks the chain at it ([`verify`]); whoever cuts the end off, or has the key
//! and writes all of it anew, is found by a head that was kept elsewhere. Says nothing
//! about what the rows mean.

mod key;
mod read;
#[cfg(test)]
mod tests;
mod verify;

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::str::FromStr;

use futures::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};
use tokio::sync::OwnedSemaphorePermit;

use super::{Store, StoreError};

pub use key::Key;
pub use read::{Filter, SealedRow};
pub use verify::Verified;

/// Action of the row that covers those from before there were seals.
const SEAL: &str = "seal";

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

/// The last row and its seal: what to keep elsewhere. As text: number, space, seal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// Number of the last row; 0 for an empty trail.
    pub seq: i64,
    /// Its seal, 64 hexadecimal digits; zeros for an empty trail.
    pub seal: String,
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:0>64}", self.seq, self.seal)
    }
}

/// A text that is no [`Head`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no head of an audit trail: that is a number, a space and 64 hexadecimal digits")]
pub struct NotAHead;

impl FromStr for Head {
    type Err = NotAHead;

    fn from_str(text: &str) -> Result<Self, NotAHead> {
        let (seq, seal) = text.trim().split_once(' ').ok_or(NotAHead)?;
        let seq: i64 = seq.parse().map_err(|_| NotAHead)?;
        let sound = seq >= 0 && seal.len() == 64 && seal.bytes().all(|b| b.is_ascii_hexdigit());
        if !sound {
            return Err(NotAHead);
        }
        Ok(Self { seq, seal: if seq == 0 { String::new() } else { seal.to_ascii_lowercase() } })
    }
}

/// A transaction that may append to the trail. It has begun for writing (`BEGIN
/// IMMEDIATE`), so that no other row can come between the last one and the new one.
pub(super) struct Writing {
    tx: Transaction<'static, Sqlite>,
    key: Key,
    _turn: OwnedSemaphorePermit,
}

impl Writing {
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        Ok(self.tx.commit().await?)
    }
}

impl Deref for Writing {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.tx
    }
}

impl DerefMut for Writing {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.tx
    }
}

/// Writes a row, sealed over the last one.
pub(super) async fn record(tx: &mut Writing, row: &AuditRow<'_>) -> Result<(), StoreError> {
    let key = tx.key.clone();
    append(tx, &key, row).await
}

async fn append(tx: &mut SqliteConnection, key: &Key, row: &AuditRow<'_>) -> Result<(), StoreError> {
    let last: Option<(i64, String)> = sqlx::query_as("SELECT seq, seal FROM audit ORDER BY seq DESC LIMIT 1")
        .fetch_optional(&mut *tx)
        .await?;
    let (last, before) = last.unwrap_or_default();
    sqlx::query(
        "INSERT INTO audit (seq, at, who, action, subject, detail, seal) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(last + 1)
    .bind(row.at)
    .bind(row.who)
    .bind(row.action)
    .bind(row.subject)
    .bind(row.detail)
    .bind(key.seal(&before, last + 1, row))
    .execute(tx)
    .await?;
    Ok(())
}

/// The key of a trail. With the first opening it is made, and a row covers those from
/// before; never later, so that taking the seals away does not pass for an old trail.
///
/// # Errors
/// [`StoreError::Key`] where the key cannot be read or made, or is gone although rows
/// were sealed with it.
pub(super) async fn open(pool: &SqlitePool, file: &Path) -> Result<Key, StoreError> {
    if let Some(key) = Key::read(file)? {
        return Ok(key);
    }
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    // Another process may have been first.
    if let Some(key) = Key::read(file)? {
        return Ok(key);
    }
    let sealed = "SELECT EXISTS (SELECT 1 FROM audit WHERE seal <> '')";
    if sqlx::query_scalar(sealed).fetch_one(&mut *tx).await? {
        return Err(StoreError::Key(
            file.display().to_string(),
            "it is gone, although the audit trail was sealed with it; put it back, or name its place in \
             SPIFFCAST_AUDIT_KEY_FILE"
                .to_owned(),
        ));
    }
    let key = Key::make(file)?;
    let mut before = Before::default();
    let mut rows = sqlx::query(read::ALL).fetch(&mut *tx);
    while let Some(found) = rows.try_next().await? {
        before.add(&read::row(&found)?);
    }
    drop(rows);
    if before.rows > 0 {
        let (at, detail) = (now(), before.detail());
        let row = AuditRow { at: &at, who: "", action: SEAL, subject: "", detail: &detail };
        append(&mut tx, &key, &row).await?;
    }
    tx.commit().await?;
    Ok(key)
}

/// Rows from before there were seals: how many, and a digest over all of them.
#[derive(Default)]
struct Before {
    rows: i64,
    digest: Sha256,
}

impl Before {
    fn add(&mut self, row: &SealedRow) {
        self.rows += 1;
        feed(row.seq, "", &row.as_row(), &mut |bytes| self.digest.update(bytes));
    }

    fn detail(&self) -> String {
        let digest = format!("sha256:{:x}", self.digest.clone().finalize());
        serde_json::json!({ "rows": self.rows, "digest": digest }).to_string()
    }
}

/// What a row is, as bytes: its number, the seal before it and every field, each with
/// its length first, so that nothing can move from one to the next.
fn feed(seq: i64, before: &str, row: &AuditRow<'_>, take: &mut impl FnMut(&[u8])) {
    take(&seq.to_le_bytes());
    for part in [before, row.at, row.who, row.action, row.subject, row.detail] {
        take(&(part.len() as u64).to_le_bytes());
        take(part.as_bytes());
    }
}

fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

impl Store {
    /// Begins what leaves a row in the trail.
    pub(super) async fn writing(&self) -> Result<Writing, StoreError> {
        let turn = self.turn().await?;
        let tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Writing { tx, key: self.key.clone(), _turn: turn })
    }

    /// Leaves a row for something that has no table of its own.
    pub async fn record(&self, row: &AuditRow<'_>) -> Result<(), StoreError> {
        let mut tx = self.writing().await?;
        record(&mut tx, row).await?;
        tx.commit().await
    }

    /// Leaves a row where there is none of its action yet that has `mark` in its detail;
    /// whether it did.
    pub async fn record_once(&self, row: &AuditRow<'_>, mark: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM audit WHERE action = ? AND instr(detail, ?) > 0)";
        let is_there = || sqlx::query_scalar(sql).bind(row.action).bind(mark);
        if is_there().fetch_one(&self.pool).await? {
            return Ok(false);
        }
        let mut tx = self.writing().await?;
        // Another process may have been first.
        if is_there().fetch_one(&mut *tx).await? {
            return Ok(false);
        }
        record(&mut tx, row).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The last row of the trail and its seal.
    pub async fn audit_head(&self) -> Result<Head, StoreError> {
        let sql = "SELECT seq, seal FROM audit ORDER BY seq DESC LIMIT 1";
        let last: Option<(i64, String)> = sqlx::query_as(sql).fetch_optional(&self.pool).await?;
        let (seq, seal) = last.unwrap_or_default();
        Ok(Head { seq, seal })
    }
}
