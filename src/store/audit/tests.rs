//! What verification finds, each by doing it to a database past its triggers.

use super::*;

const AT: &str = "2026-07-01T00:00:00Z";

async fn store(folder: &Path) -> Store {
    Store::open(folder).await.expect("opened")
}

async fn with_rows(folder: &Path, rows: usize) -> Store {
    let store = store(folder).await;
    for n in 0..rows {
        told(&store, &n.to_string()).await;
    }
    store
}

async fn told(store: &Store, subject: &str) {
    let row = AuditRow { at: AT, who: "ana", action: "answer", subject, detail: "{\"a\":1}" };
    store.record(&row).await.expect("recorded");
}

/// As somebody does who can write the database file.
async fn behind_its_back(store: &Store, sql: &[&'static str]) {
    let gone = [
        "DROP TRIGGER IF EXISTS audit_is_never_changed",
        "DROP TRIGGER IF EXISTS audit_is_never_removed",
        "DROP TRIGGER IF EXISTS audit_rows_are_added_at_the_end",
    ];
    for sql in gone.iter().chain(sql) {
        sqlx::query(*sql).execute(&store.pool).await.expect("done");
    }
}

async fn first_bad(store: &Store, kept: Option<&Head>) -> (i64, String) {
    store.verify_audit(kept).await.expect("walked").broken.expect("something is wrong")
}

#[tokio::test]
async fn a_trail_that_nobody_touched_is_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let empty = store(folder.path()).await;
    let head = empty.audit_head().await.expect("a head");
    assert_eq!(head.to_string().parse(), Ok(head.clone()));
    assert_eq!(
        empty.verify_audit(Some(&head)).await.expect("walked"),
        Verified { head: head.clone(), broken: None }
    );
    let store = with_rows(folder.path(), 5).await;
    let five = store.audit_head().await.expect("a head");
    assert_eq!((five.seq, five.seal.len()), (5, 64));
    told(&store, "later").await;
    for kept in [&head, &five] {
        let found = store.verify_audit(Some(kept)).await.expect("walked");
        assert_eq!((found.head.seq, found.broken), (6, None));
    }
    assert!("5 abc".parse::<Head>().is_err() && "x".parse::<Head>().is_err());
    assert_eq!(format!("{five}\n").parse(), Ok(five));
}

#[tokio::test]
async fn a_row_that_was_changed_is_named_whatever_field_it_is() {
    let changes = [
        "UPDATE audit SET at = '2026-07-02T00:00:00Z' WHERE seq = 3",
        "UPDATE audit SET who = 'bob' WHERE seq = 3",
        "UPDATE audit SET action = 'import' WHERE seq = 3",
        "UPDATE audit SET detail = '{}' WHERE seq = 3",
        "UPDATE audit SET detail = x'7b7d' WHERE seq = 3",
        // The same bytes, parted otherwise between two fields.
        "UPDATE audit SET who = 'anaa', action = 'nswer' WHERE seq = 3",
        "UPDATE audit SET seal = '' WHERE seq = 3",
        "UPDATE audit SET seal = (SELECT seal FROM audit WHERE seq = 2) WHERE seq = 3",
    ];
    for change in changes {
        let folder = tempfile::tempdir().expect("a folder");
        let store = with_rows(folder.path(), 5).await;
        behind_its_back(&store, &[change]).await;
        assert_eq!(first_bad(&store, None).await.0, 3, "{change}");
    }
}

#[tokio::test]
async fn rows_put_in_and_taken_out_are_named() {
    let moved = "UPDATE audit SET seq = -seq WHERE seq > 2";
    let cases: [(&[&'static str], i64, &str); 5] = [
        (&["DELETE FROM audit WHERE seq = 3"], 4, "row 3 before it is missing"),
        (&["DELETE FROM audit WHERE seq IN (2, 3)"], 4, "rows 2 to 3 before it are missing"),
        (&["DELETE FROM audit WHERE seq = 1"], 2, "row 1 before it is missing"),
        // Numbers closed up again.
        (
            &["DELETE FROM audit WHERE seq = 3", "UPDATE audit SET seq = seq - 1 WHERE seq > 3"],
            3,
            "not what was sealed",
        ),
        (
            &[
                moved,
                "UPDATE audit SET seq = 1 - seq WHERE seq < 0",
                "INSERT INTO audit SELECT 3, at, action, subject, detail, who, seal FROM audit WHERE seq = 2",
            ],
            3,
            "not what was sealed",
        ),
    ];
    for (sql, row, words) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        let store = with_rows(folder.path(), 5).await;
        behind_its_back(&store, sql).await;
        let (found, told) = first_bad(&store, None).await;
        assert!(found == row && told.contains(words), "{sql:?}: row {found}: {told}");
    }
}

#[tokio::test]
async fn a_cut_end_is_found_by_a_head_that_was_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = with_rows(folder.path(), 5).await;
    let kept = store.audit_head().await.expect("a head");
    behind_its_back(&store, &["DELETE FROM audit WHERE seq > 3"]).await;
    assert_eq!(store.verify_audit(None).await.expect("walked").broken, None);
    let (row, told_of) = first_bad(&store, Some(&kept)).await;
    assert!(row == 4 && told_of.contains("head 5"), "{row}: {told_of}");
    // Other rows in their place do not hide it.
    for n in ["a", "b", "c"] {
        told(&store, n).await;
    }
    let (row, told_of) = first_bad(&store, Some(&kept)).await;
    assert!(row == 5 && told_of.contains("written anew"), "{row}: {told_of}");
    behind_its_back(&store, &["DELETE FROM audit"]).await;
    assert_eq!(first_bad(&store, Some(&kept)).await.0, 1);
}

#[tokio::test]
async fn a_trail_written_anew_with_the_key_is_found_by_a_head_that_was_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = with_rows(folder.path(), 5).await;
    let kept = store.audit_head().await.expect("a head");
    behind_its_back(&store, &["DELETE FROM audit"]).await;
    for n in 0..7 {
        told(&store, &format!("other {n}")).await;
    }
    assert_eq!(store.verify_audit(None).await.expect("walked").broken, None);
    let (row, told) = first_bad(&store, Some(&kept)).await;
    assert!(row == 5 && told.contains("written anew"), "{row}: {told}");
}

#[tokio::test]
async fn another_key_breaks_at_the_first_row_and_a_key_that_is_gone_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("audit.key");
    drop(with_rows(folder.path(), 3).await);
    std::fs::remove_file(&file).expect("removed");
    let error = Store::open(folder.path()).await.expect_err("no new key for a sealed trail").to_string();
    assert!(error.contains("put it back") && !file.exists(), "{error}");
    std::fs::write(&file, "no key").expect("written");
    let error = Store::open(folder.path()).await.expect_err("no key").to_string();
    assert!(error.contains("64 hexadecimal digits"), "{error}");
    std::fs::write(&file, "ab".repeat(32)).expect("written");
    let store = Store::open(folder.path()).await.expect("opened");
    assert_eq!(first_bad(&store, None).await.0, 1);
    assert!(!format!("{store:?}").contains("abab"));
}

#[cfg(unix)]
#[tokio::test]
async fn the_key_is_its_owners_alone_and_elsewhere_where_that_is_said() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, elsewhere) =
        (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let file = elsewhere.path().join("trail.key");
    Store::open_with(folder.path(), &file).await.expect("opened");
    assert_eq!(std::fs::metadata(&file).expect("made").permissions().mode() & 0o777, 0o600);
    assert!(!folder.path().join("audit.key").exists());
    assert_eq!(
        std::fs::read_dir(elsewhere.path()).expect("a folder").count(),
        1,
        "nothing is left beside it"
    );
}

/// Rows as they were before there were seals, and no key yet.
async fn rows_from_before(folder: &Path) {
    let store = store(folder).await;
    for _ in 0..3 {
        sqlx::query(
            "INSERT INTO audit (at, who, action, subject, detail) VALUES (?, 'ana', 'answer', '1', '{}')",
        )
        .bind(AT)
        .execute(&store.pool)
        .await
        .expect("written");
    }
    store.pool.close().await;
    std::fs::remove_file(folder.join("audit.key")).expect("removed");
}

#[tokio::test]
async fn rows_from_before_the_seals_are_covered_by_the_first_that_is_sealed() {
    let folder = tempfile::tempdir().expect("a folder");
    rows_from_before(folder.path()).await;
    let store = with_rows(folder.path(), 2).await;
    assert_eq!(store.trail(9).await.expect("read")[3].0, SEAL);
    assert_eq!(store.verify_audit(None).await.expect("walked").broken, None);
    // Opened again: not a second time.
    drop(with_rows(folder.path(), 0).await);
    assert_eq!(store.audit_head().await.expect("a head").seq, 6);
    behind_its_back(&store, &["UPDATE audit SET who = 'bob' WHERE seq = 2"]).await;
    let (row, told) = first_bad(&store, None).await;
    assert!(row == 4 && told.contains("one of rows 1 to 3"), "{row}: {told}");
}

#[tokio::test]
async fn a_trail_without_its_seals_does_not_pass_for_one_from_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = with_rows(folder.path(), 3).await;
    behind_its_back(&first, &["UPDATE audit SET seal = '', who = 'bob'"]).await;
    let again = store(folder.path()).await;
    assert_eq!(first_bad(&again, None).await.0, 1);
    told(&again, "later").await;
    let (row, told) = first_bad(&again, None).await;
    assert!(row == 4 && told.contains("none covers them"), "{row}: {told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_writers_at_once_make_one_chain() {
    let folder = tempfile::tempdir().expect("a folder");
    store(folder.path()).await.pool.close().await;
    std::fs::remove_file(folder.path().join("audit.key")).expect("removed");
    // Each opens the folder itself and finds no key, as several processes do.
    let writers = (0..4).map(|writer| {
        let folder = folder.path().to_owned();
        tokio::spawn(async move {
            let store = store(&folder).await;
            for n in 0..25 {
                told(&store, &format!("{writer} {n}")).await;
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("written");
    }
    let found = store(folder.path()).await.verify_audit(None).await.expect("walked");
    assert_eq!((found.head.seq, found.broken), (100, None));
}

#[tokio::test]
async fn rows_are_found_by_action_person_and_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(folder.path()).await;
    for (who, action, subject) in [
        ("ana", "answer", "A-1"),
        ("bob", "answer", "A-2"),
        ("ana", "import", "sha256:7"),
        ("", "score", "sha256:7"),
    ] {
        let row = AuditRow { at: AT, who, action, subject, detail: "{\"Reading\":\"50%_\"}" };
        store.record(&row).await.expect("recorded");
    }
    assert_eq!(store.audit_actions().await.expect("read"), ["answer", "import", "score"]);
    let all = Filter { limit: 9, ..Filter::default() };
    let cases = [
        (all.clone(), vec![4, 3, 2, 1]),
        (Filter { limit: 2, ..all.clone() }, vec![4, 3]),
        (Filter { before: Some(3), ..all.clone() }, vec![2, 1]),
        (Filter { action: "answer".into(), ..all.clone() }, vec![2, 1]),
        (Filter { action: "answer".into(), who: "ana".into(), ..all.clone() }, vec![1]),
        (Filter { words: "SHA256".into(), ..all.clone() }, vec![4, 3]),
        (Filter { words: "reading\":\"50%_".into(), who: "bob".into(), ..all.clone() }, vec![2]),
        (Filter { words: "50__".into(), ..all }, vec![]),
    ];
    for (filter, expected) in cases {
        let rows = store.audit_rows(&filter).await.expect("read");
        assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), expected, "{filter:?}");
    }
}

/// Run with `--release -- --ignored --nocapture`; the aim is 100,000 rows a second.
#[tokio::test]
#[ignore = "a measure, not a test"]
async fn rows_verified_a_second() {
    const ROWS: i64 = 200_000;
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(folder.path()).await;
    let detail =
        serde_json::json!({ "question": "raise the Product X SPIFF 5% for Q3".repeat(8) }).to_string();
    let mut tx = store.writing().await.expect("begun");
    for n in 0..ROWS {
        let subject = n.to_string();
        let row = AuditRow { at: AT, who: "ana", action: "answer", subject: &subject, detail: &detail };
        record(&mut tx, &row).await.expect("recorded");
    }
    tx.commit().await.expect("kept");
    let begun = std::time::Instant::now();
    assert_eq!(store.verify_audit(None).await.expect("walked").head.seq, ROWS);
    eprintln!("{:.0} rows a second", ROWS as f64 / begun.elapsed().as_secs_f64());
    let begun = std::time::Instant::now();
    for _ in 0..200 {
        told(&store, "one more").await;
    }
    eprintln!("{:.2} ms to add a row", begun.elapsed().as_secs_f64() * 1_000.0 / 200.0);
}
