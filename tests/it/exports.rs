//! Whatever leaves as a file leaves a row in the trail first: what it was of, its name and
//! the digest of its bytes.

use axum::http::StatusCode;
use sha2::{Digest, Sha256};
use spiffcast::app::audit::Filter;
use spiffcast::app::drafts::Approvals;
use spiffcast::app::drafts::steps::Action;
use spiffcast::auth::Role;

use crate::drafts::{House, QUESTION, who};

#[tokio::test(flavor = "multi_thread")]
async fn every_file_that_leaves_is_told_with_its_digest() {
    let house = House::new().await;
    let answer = house.ask(QUESTION).await.run.id;
    let draft = house.drafted(QUESTION).await;
    house.live.step(&who("dora", Role::Designer), &draft, Action::Submit, 1, "").await.expect("submitted");
    house.live.step(&who("finn", Role::Finance), &draft, Action::Approve, 2, "").await.expect("approved");
    let (designer, partner) =
        (house.people.enter(Role::Designer).await, house.people.enter(Role::Partner).await);
    let mut files: Vec<(String, &str, &_)> = Vec::new();
    for (extension, file) in [
        ("pdf", "report.pdf"),
        ("xlsx", "report.xlsx"),
        ("csv", "report.csv"),
        ("md", "report.md"),
        ("json", "report.json"),
    ] {
        files.push((format!("/answers/{answer}/report.{extension}"), file, &designer));
        files.push((format!("/api/v1/scenarios/{answer}/report.{extension}"), file, &designer));
    }
    for (address, file) in [
        ("/earnings/statement.csv", "statement.csv"),
        ("/earnings/statement.xlsx", "statement.xlsx"),
        ("/earnings/statement.pdf", "outlook.pdf"),
        ("/earnings/outlook.csv", "outlook.csv"),
        ("/earnings/outlook.xlsx", "outlook.xlsx"),
        ("/earnings/outlook.md", "outlook.md"),
        ("/earnings/outlook.json", "outlook.json"),
    ] {
        files.push((address.to_owned(), file, &partner));
    }
    for (address, file) in [
        (format!("/drafts/{draft}/files.zip"), "change.zip"),
        (format!("/drafts/{draft}/change.json"), "change.json"),
        (format!("/api/v1/drafts/{draft}/files.zip"), "change.zip"),
        (format!("/api/v1/drafts/{draft}/payload"), "change.json"),
    ] {
        files.push((address, file, &designer));
    }
    for (number, (address, file, person)) in files.iter().enumerate() {
        let reply = house.get(person, address).await;
        assert_eq!(reply.status, StatusCode::OK, "{address}: {}", reply.text());
        let filter = Filter { action: "export".to_owned(), limit: 100, ..Filter::default() };
        let rows = house.live.now().store.audit_rows(&filter).await.expect("rows");
        assert_eq!(rows.len(), number + 1, "{address}");
        let detail: serde_json::Value = serde_json::from_str(&rows[0].detail).expect("JSON");
        assert_eq!(detail["file"], *file, "{address}");
        assert_eq!(detail["digest"], format!("sha256:{:x}", Sha256::digest(&reply.bytes)), "{address}");
        assert_eq!(detail["bytes"], reply.bytes.len(), "{address}");
        let subjects = [answer.as_str(), draft.as_str(), "P-0001"];
        assert!(subjects.contains(&rows[0].subject.as_str()) && !rows[0].who.is_empty(), "{:?}", rows[0]);
    }
    // What is not given out is not told.
    assert_eq!(
        house.get(&designer, &format!("/answers/{answer}/report.exe")).await.status,
        StatusCode::NOT_FOUND
    );
    let filter = Filter { action: "export".to_owned(), limit: 100, ..Filter::default() };
    assert_eq!(house.live.now().store.audit_rows(&filter).await.expect("rows").len(), files.len());
}
