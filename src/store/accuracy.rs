//! Track records and the ledger of forecasts given: rows in, rows out. What they say
//! is text to it.

use chrono::NaiveDate;

use super::audit::{self, AuditRow};
use super::{Store, StoreError};

/// Which track record: of which data, and how it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordKey {
    /// Digest of data, rules, settings and engine.
    pub digest: String,
    /// Past days forecast from.
    pub origins: usize,
    /// Longest look at a change, in months.
    pub months: usize,
}

/// What is kept of a forecast when it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenRow {
    /// Last day that it speaks of.
    pub ends: NaiveDate,
    /// Digest of the data it was made from.
    pub data: String,
    /// Digest of the forecast.
    pub forecast: String,
    /// What was said, JSON.
    pub given: String,
}

/// A forecast of the ledger with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// Identifier of the answer.
    pub answer: String,
    /// The question, or the label.
    pub title: String,
    /// When it was answered, RFC 3339.
    pub created_at: String,
    /// What was said, JSON.
    pub given: String,
    /// What came, JSON; `None` until the period is over.
    pub score: Option<String>,
}

/// A score to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreRow {
    /// Identifier of the answer.
    pub answer: String,
    /// What came, JSON.
    pub score: String,
    /// Whether it is final.
    pub whole: bool,
}

impl Store {
    /// The track record of a key, as JSON, and when it was made.
    pub async fn track_record(&self, key: &RecordKey) -> Result<Option<(String, String)>, StoreError> {
        let sql = "SELECT made_at, record FROM track_records WHERE digest = ? AND origins = ? AND months = ?";
        let query = sqlx::query_as(sql).bind(&key.digest).bind(key.origins as i64).bind(key.months as i64);
        Ok(query.fetch_optional(&self.pool).await?)
    }

    /// The newest track record of a digest, however it was made.
    pub async fn latest_track_record(&self, digest: &str) -> Result<Option<(String, String)>, StoreError> {
        let sql = "SELECT made_at, record FROM track_records WHERE digest = ? ORDER BY made_at DESC, origins DESC LIMIT 1";
        Ok(sqlx::query_as(sql).bind(digest).fetch_optional(&self.pool).await?)
    }

    /// Keeps a track record in the place of an older one of its key.
    pub async fn keep_track_record(
        &self,
        key: &RecordKey,
        made_at: &str,
        record: &str,
    ) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        sqlx::query(
            "INSERT OR REPLACE INTO track_records (digest, origins, months, made_at, record) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(&key.digest)
        .bind(key.origins as i64)
        .bind(key.months as i64)
        .bind(made_at)
        .bind(record)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Forecasts whose period was over on a day and whose score is not final, with what
    /// they said; those already scored with this data are left out.
    pub async fn due_in_ledger(
        &self,
        on: NaiveDate,
        data: &str,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT answer, given FROM ledger WHERE whole = 0 AND ends <= ? \
                   AND (scored_data IS NULL OR scored_data <> ?) ORDER BY answer";
        Ok(sqlx::query_as(sql).bind(on.to_string()).bind(data).fetch_all(&self.pool).await?)
    }

    /// Keeps scores and the audit row that says so, all or nothing.
    pub async fn keep_scores(&self, at: &str, data: &str, scores: &[ScoreRow]) -> Result<(), StoreError> {
        let mut tx = self.writing().await?;
        for row in scores {
            sqlx::query(
                "UPDATE ledger SET score = ?, scored_data = ?, scored_at = ?, whole = ? WHERE answer = ? AND whole = 0",
            )
            .bind(&row.score)
            .bind(data)
            .bind(at)
            .bind(row.whole)
            .bind(&row.answer)
            .execute(&mut *tx)
            .await?;
        }
        let answers: Vec<&str> = scores.iter().map(|s| s.answer.as_str()).collect();
        let detail = serde_json::json!({ "answers": answers }).to_string();
        // Nobody asked for it: it follows from the data.
        let row = AuditRow { at, who: "", action: "score", subject: data, detail: &detail };
        audit::record(&mut tx, &row).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The ledger: scored forecasts first, then those that wait, each newest first.
    pub async fn ledger(&self, limit: usize) -> Result<Vec<LedgerRow>, StoreError> {
        let sql = "SELECT ledger.answer, title, created_at, given, score FROM ledger \
                   JOIN answers ON answers.id = ledger.answer \
                   ORDER BY score IS NULL, ledger.answer DESC LIMIT ?";
        let rows: Vec<(String, String, String, String, Option<String>)> =
            sqlx::query_as(sql).bind(limit as i64).fetch_all(&self.pool).await?;
        let row =
            |(answer, title, created_at, given, score)| LedgerRow { answer, title, created_at, given, score };
        Ok(rows.into_iter().map(row).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::row;

    fn given(ends: &str) -> GivenRow {
        let ends = ends.parse().expect("a day");
        GivenRow { ends, data: "sha256:a".into(), forecast: "sha256:f".into(), given: "{}".into() }
    }

    #[tokio::test]
    async fn forecasts_wait_until_their_period_is_over_and_their_score_is_final() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("opened");
        store.keep_answer(&row("1"), "{}", "{}", Some(&given("2026-03-31"))).await.expect("kept");
        store.keep_answer(&row("2"), "{}", "{}", Some(&given("2026-09-30"))).await.expect("kept");
        store.keep_answer(&row("3"), "{}", "{}", None).await.expect("kept");
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let due = |on: &'static str, data: &'static str| {
            let store = store.clone();
            async move {
                let due = store.due_in_ledger(day(on), data).await.expect("read");
                due.into_iter().map(|(answer, _)| answer).collect::<Vec<_>>()
            }
        };
        assert!(due("2026-03-30", "b").await.is_empty());
        assert_eq!(due("2026-03-31", "b").await, ["1"]);
        let score = |score: &str, whole| ScoreRow { answer: "1".into(), score: score.into(), whole };
        store.keep_scores("2026-04-01T00:00:00Z", "b", &[score("{\"n\":1}", false)]).await.expect("kept");
        assert!(due("2026-06-30", "b").await.is_empty(), "not again with the same data");
        assert_eq!(due("2026-06-30", "c").await, ["1"]);
        store.keep_scores("2026-07-01T00:00:00Z", "c", &[score("{\"n\":2}", true)]).await.expect("kept");
        store.keep_scores("2026-07-02T00:00:00Z", "d", &[score("{\"n\":3}", true)]).await.expect("kept");
        assert!(due("2026-06-30", "d").await.is_empty(), "a final score stays");
        let ledger = store.ledger(10).await.expect("read");
        let told: Vec<_> = ledger.iter().map(|r| (r.answer.as_str(), r.score.as_deref())).collect();
        assert_eq!(told, [("1", Some("{\"n\":2}")), ("2", None)]);
    }

    #[tokio::test]
    async fn the_newest_track_record_of_the_data_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("opened");
        let key = |digest: &str, origins| RecordKey { digest: digest.into(), origins, months: 3 };
        store.keep_track_record(&key("a", 4), "2026-07-01T00:00:00Z", "four").await.expect("kept");
        store.keep_track_record(&key("a", 6), "2026-07-02T00:00:00Z", "six").await.expect("kept");
        store.keep_track_record(&key("b", 4), "2026-07-03T00:00:00Z", "other").await.expect("kept");
        let text = |found: Option<(String, String)>| found.map(|(_, record)| record);
        assert_eq!(text(store.track_record(&key("a", 4)).await.expect("read")).as_deref(), Some("four"));
        assert_eq!(text(store.latest_track_record("a").await.expect("read")).as_deref(), Some("six"));
        store.keep_track_record(&key("a", 4), "2026-07-04T00:00:00Z", "again").await.expect("kept");
        assert_eq!(text(store.latest_track_record("a").await.expect("read")).as_deref(), Some("again"));
        assert_eq!(store.latest_track_record("c").await.expect("read"), None);
    }
}
