//! The list of kept answers: found by words, tags and shelf, with notes. Rows in,
//! rows out.

use sqlx::{QueryBuilder, Sqlite};

use super::audit::{self, AuditRow};
use super::{Store, StoreError, status_of};
use spiffcast_engine::reading::Status;

/// Which answers are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Words that stand in the title, the headline or the note, in any order.
    pub words: Vec<String>,
    /// A tag it must have.
    pub tag: Option<String>,
    /// Whether those put away are listed, and they alone.
    pub archived: bool,
    /// Only those that were made from something else than this.
    pub not_from: Option<String>,
    /// Only those that count nothing but these regions; `None`: all.
    pub within: Option<Vec<String>>,
    /// Most rows.
    pub limit: usize,
    /// Rows left out before them.
    pub offset: usize,
}

/// A kept answer as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioRow {
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
    /// Digests of data, rules and priors.
    pub made_from: String,
    /// What somebody wrote about it.
    pub note: String,
    /// Sorted.
    pub tags: Vec<String>,
    /// Whether it is put away.
    pub archived: bool,
}

/// What somebody says about an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoteRow {
    /// Free text.
    pub note: String,
    /// Tags without spaces.
    pub tags: Vec<String>,
    /// Whether it is put away.
    pub archived: bool,
}

const COLUMNS: &str = "id, created_at, title, status, headline, made_from, note, tags, archived";

type Columns = (String, String, String, String, Option<String>, String, String, String, bool);

fn row(columns: Columns) -> ScenarioRow {
    let (id, created_at, title, status, headline, made_from, note, tags, archived) = columns;
    let tags = tags.split_whitespace().map(ToOwned::to_owned).collect();
    ScenarioRow {
        id,
        created_at,
        title,
        status: status_of(&status),
        headline,
        made_from,
        note,
        tags,
        archived,
    }
}

impl Store {
    /// The wanted answers, newest first, and how many there are in all.
    pub async fn scenarios(&self, wanted: &Wanted) -> Result<(Vec<ScenarioRow>, usize), StoreError> {
        let mut count = QueryBuilder::new("SELECT count(*) FROM answers");
        push_where(&mut count, wanted);
        let total: i64 = count.build_query_scalar().fetch_one(&self.pool).await?;
        let mut rows = QueryBuilder::new(format!("SELECT {COLUMNS} FROM answers"));
        push_where(&mut rows, wanted);
        rows.push(" ORDER BY id DESC LIMIT ").push_bind(wanted.limit as i64);
        rows.push(" OFFSET ").push_bind(wanted.offset as i64);
        let rows: Vec<Columns> = rows.build_query_as().fetch_all(&self.pool).await?;
        Ok((rows.into_iter().map(row).collect(), total as usize))
    }

    /// One of them.
    pub async fn scenario(&self, id: &str) -> Result<Option<ScenarioRow>, StoreError> {
        let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM answers WHERE id = "));
        query.push_bind(id.to_owned());
        let found: Option<Columns> = query.build_query_as().fetch_optional(&self.pool).await?;
        Ok(found.map(row))
    }

    /// Every tag of what is not put away; `within` as in [`Wanted::within`].
    pub async fn tags(&self, within: Option<&[String]>) -> Result<Vec<String>, StoreError> {
        let sql = format!(
            "SELECT DISTINCT tags FROM answers WHERE archived = 0 AND tags <> '' AND (? IS NULL OR ({}))",
            super::WITHIN
        );
        let within = within.map(super::names_text);
        let held: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .bind(within.clone())
            .bind(within)
            .fetch_all(&self.pool)
            .await?;
        let mut tags: Vec<String> =
            held.iter().flat_map(|tags| tags.split_whitespace()).map(ToOwned::to_owned).collect();
        tags.sort();
        tags.dedup();
        Ok(tags)
    }

    /// Puts what somebody says about an answer in the place of what was said before,
    /// with its audit row; whether there is such an answer.
    pub async fn annotate(
        &self,
        id: &str,
        (at, who): (&str, &str),
        said: &NoteRow,
    ) -> Result<bool, StoreError> {
        let tags = if said.tags.is_empty() { String::new() } else { format!(" {} ", said.tags.join(" ")) };
        let mut tx = self.writing().await?;
        let done = sqlx::query("UPDATE answers SET note = ?, tags = ?, archived = ? WHERE id = ?")
            .bind(&said.note)
            .bind(tags)
            .bind(said.archived)
            .bind(id)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        let detail = serde_json::json!({ "note": said.note, "tags": said.tags, "archived": said.archived });
        let detail = detail.to_string();
        let row = AuditRow { at, who, action: "annotate", subject: id, detail: &detail };
        audit::record(&mut tx, &row).await?;
        tx.commit().await?;
        Ok(true)
    }
}

fn push_where(query: &mut QueryBuilder<Sqlite>, wanted: &Wanted) {
    query.push(" WHERE archived = ").push_bind(wanted.archived);
    query.push(" AND ").push(super::NOT_A_PARTNERS);
    for word in &wanted.words {
        let pattern = format!("%{}%", escaped(word));
        query.push(" AND (title || ' ' || coalesce(headline, '') || ' ' || note || ' ' || tags) LIKE ");
        query.push_bind(pattern).push(" ESCAPE '\\'");
    }
    if let Some(tag) = &wanted.tag {
        query.push(" AND tags LIKE ").push_bind(format!("% {} %", escaped(tag))).push(" ESCAPE '\\'");
    }
    if let Some(regions) = &wanted.within {
        // The one place that is bound stands last.
        let (before, after) = super::WITHIN.split_once('?').unwrap_or((super::WITHIN, ""));
        query.push(" AND ").push(before).push_bind(super::names_text(regions)).push(after);
    }
    if let Some(made_from) = &wanted.not_from {
        query.push(" AND status = 'ready' AND made_from <> ").push_bind(made_from.clone());
    }
}

/// A text in which nothing is a wildcard.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::AnswerRow;
    use crate::store::tests::row;

    /// When, and who.
    const AT: (&str, &str) = ("2026-07-01T00:00:00Z", "ana");

    async fn store() -> (Store, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).await.expect("opened");
        for (id, title, made_from) in [
            ("1", "raise the Product X SPIFF 5%", "old rules"),
            ("2", "cut the rebate by 100%_\\ now", "new rules"),
            ("3", "pause the SPIFF", "new rules"),
        ] {
            let row = AnswerRow { title: title.into(), made_from: made_from.into(), ..row(id) };
            store.keep_answer(&row, "{}", "{}", None).await.expect("kept");
        }
        (store, folder)
    }

    async fn ids(store: &Store, wanted: Wanted) -> Vec<String> {
        let (rows, total) = store.scenarios(&Wanted { limit: 10, ..wanted }).await.expect("listed");
        assert_eq!(rows.len(), total);
        rows.into_iter().map(|r| r.id).collect()
    }

    #[tokio::test]
    async fn answers_are_found_by_words_tags_and_shelf() {
        let (store, _folder) = store().await;
        let words = |text: &str| Wanted {
            words: text.split(' ').map(ToOwned::to_owned).collect(),
            ..Wanted::default()
        };
        assert_eq!(ids(&store, Wanted::default()).await, ["3", "2", "1"]);
        assert_eq!(ids(&store, words("spiff raise")).await, ["1"]);
        assert_eq!(ids(&store, words("100%_\\")).await, ["2"], "what looks like a wildcard is none");
        assert!(ids(&store, words("%")).await == ["2", "1"] && ids(&store, words("r_ise")).await.is_empty());
        let stale = Wanted { not_from: Some("new rules".into()), ..Wanted::default() };
        assert_eq!(ids(&store, stale).await, ["1"]);

        let said = NoteRow { note: "for the board".into(), tags: vec!["q3".into()], archived: false };
        assert!(store.annotate("1", AT, &said).await.expect("kept"));
        assert!(!store.annotate("9", AT, &said).await.expect("no such answer"));
        assert_eq!(ids(&store, words("board")).await, ["1"]);
        let tagged = |tag: &str| Wanted { tag: Some(tag.into()), ..Wanted::default() };
        assert_eq!(ids(&store, tagged("q3")).await, ["1"]);
        assert!(ids(&store, tagged("q")).await.is_empty(), "a tag is a whole word");
        assert_eq!(store.tags(None).await.expect("read"), ["q3"]);
        let away = NoteRow { archived: true, ..said };
        assert!(store.annotate("1", AT, &away).await.expect("kept"));
        assert_eq!(ids(&store, Wanted::default()).await, ["3", "2"]);
        assert_eq!(ids(&store, Wanted { archived: true, ..Wanted::default() }).await, ["1"]);
        let kept = store.scenario("1").await.expect("read").expect("there");
        assert_eq!((kept.note.as_str(), kept.archived), ("for the board", true));
    }

    #[tokio::test]
    async fn a_page_is_a_part_of_the_whole() {
        let (store, _folder) = store().await;
        let wanted = Wanted { limit: 2, offset: 2, ..Wanted::default() };
        let (rows, total) = store.scenarios(&wanted).await.expect("listed");
        assert_eq!((rows.len(), total), (1, 3));
    }
}
