//! Goes through the trail from its first row and names the first that is not as it was
//! written. Changes nothing.

use futures::TryStreamExt;
use sqlx::Row;

use super::read::{self, SealedRow};
use super::{Before, Head, Key, SEAL};
use crate::store::{Store, StoreError};

/// How a trail was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The last row that is as it was written.
    pub head: Head,
    /// The first row that is not, and what is wrong with it.
    pub broken: Option<(i64, String)>,
}

impl Store {
    /// Goes through the whole trail; with `kept`, also whether it still holds that head.
    pub async fn verify_audit(&self, kept: Option<&Head>) -> Result<Verified, StoreError> {
        let mut walk = Walk { key: &self.key, kept, last: Head::default(), before: Before::default() };
        let mut rows = sqlx::query(read::ALL).fetch(&self.pool);
        while let Some(found) = rows.try_next().await? {
            let seq: i64 = found.try_get(0)?;
            let step = match read::row(&found) {
                Ok(row) => walk.step(row),
                Err(_) => Err("a field of it is no text".to_owned()),
            };
            if let Err(wrong) = step {
                return Ok(Verified { head: walk.last, broken: Some((seq, wrong)) });
            }
        }
        let broken = walk.end().err();
        Ok(Verified { head: walk.last, broken })
    }
}

struct Walk<'a> {
    key: &'a Key,
    kept: Option<&'a Head>,
    last: Head,
    /// Rows without a seal, until a row covers them.
    before: Before,
}

impl Walk<'_> {
    /// One row on; what is wrong with it otherwise.
    fn step(&mut self, row: SealedRow) -> Result<(), String> {
        if row.seq != self.last.seq + 1 {
            return Err(match row.seq - self.last.seq {
                2 => format!("row {} before it is missing", row.seq - 1),
                _ => format!("rows {} to {} before it are missing", self.last.seq + 1, row.seq - 1),
            });
        }
        if row.seal.is_empty() {
            // Rows from before there were seals come first.
            if !self.last.seal.is_empty() {
                return Err("it has no seal: it was not written by Spiffcast".to_owned());
            }
            self.before.add(&row);
        } else {
            self.sealed(&row)?;
        }
        if let Some(kept) = self.kept.filter(|kept| kept.seq == row.seq && kept.seal != row.seal) {
            return Err(format!(
                "it is not the row that head {} was taken of: the trail was written anew from here or before",
                kept.seq
            ));
        }
        self.last = Head { seq: row.seq, seal: row.seal };
        Ok(())
    }

    fn sealed(&self, row: &SealedRow) -> Result<(), String> {
        if self.key.seal(&self.last.seal, row.seq, &row.as_row()) != row.seal {
            return Err(
                "it is not what was sealed: it was changed or put in, or it was sealed with another key \
                        than this one"
                    .to_owned(),
            );
        }
        let first = self.last.seal.is_empty() && self.before.rows > 0;
        if first && row.action != SEAL {
            return Err(format!(
                "rows 1 to {} before it have no seal, and none covers them",
                self.before.rows
            ));
        }
        if first && row.detail != self.before.detail() {
            return Err(format!(
                "it covers the rows from before there were seals, and they are others now: one of rows 1 to {} \
                 was changed, put in or taken out",
                self.before.rows
            ));
        }
        Ok(())
    }

    /// What is wrong with where the trail ends.
    fn end(&self) -> Result<(), (i64, String)> {
        if self.last.seal.is_empty() && self.last.seq > 0 {
            return Err((1, "it has no seal, and no later row covers it: seals were taken away".to_owned()));
        }
        match self.kept {
            Some(kept) if kept.seq > self.last.seq => Err((
                self.last.seq + 1,
                format!("it is missing: the trail ends here, and head {} was taken of a later row", kept.seq),
            )),
            _ => Ok(()),
        }
    }
}
