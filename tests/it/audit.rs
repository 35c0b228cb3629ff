//! The audit trail as it is met: from the terminal, and as a page.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use spiffcast::auth::Role;
use spiffcast::web::{Options, router};
use tower::ServiceExt;

use crate::people::{People, Person};
use crate::samples::Scripted;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spiffcast"));
    command.current_dir(folder).env_remove("SPIFFCAST_AUDIT_KEY_FILE");
    command.args(arguments).output().expect("the binary runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    said(&output)
}

fn refused(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = run(folder, arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
    told
}

#[test]
fn the_trail_is_verified_taken_away_and_backed_up_at_the_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    assert!(refused(folder, &["audit", "verify"], 6).contains("--data"));
    for login in ["ana", "bob", "cleo"] {
        done(folder, &["user", "add", login, "--role", "auditor", "--one-time"]);
    }
    assert!(done(folder, &["audit", "verify"]).starts_with("3 rows"));
    let head = done(folder, &["audit", "head"]);
    assert!(head.starts_with("3 ") && head.trim().len() == 66, "{head}");
    std::fs::write(folder.join("kept"), &head).expect("written");

    done(folder, &["audit", "export", "--out", "rows.jsonl"]);
    let rows = std::fs::read_to_string(folder.join("rows.jsonl")).expect("written");
    // Each export tells of itself.
    let again = done(folder, &["audit", "export"]);
    assert!(again.starts_with(&rows) && again.lines().count() == 5, "{again}");
    let rows: Vec<serde_json::Value> =
        rows.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(rows.iter().map(|row| row["seq"].as_i64()).collect::<Vec<_>>(), [1, 2, 3, 4].map(Some));
    assert_eq!((&rows[3]["action"], &rows[3]["subject"]), (&"export".into(), &"audit".into()));
    assert!(head.contains(rows[2]["seal"].as_str().expect("a seal")));
    refused(folder, &["audit", "export", "--out", "rows.jsonl"], 1);

    done(folder, &["backup", "kept.backup"]);
    assert_eq!(
        std::fs::read_to_string(folder.join("kept.backup.head")).expect("written"),
        done(folder, &["audit", "head"])
    );
    refused(folder, &["backup", "kept.backup"], 1);
    done(folder, &["user", "disable", "cleo"]);
    assert!(done(folder, &["audit", "verify", "--head", "kept"]).starts_with("7 rows"));
    assert!(refused(folder, &["audit", "verify", "--head", "rows.jsonl"], 1).contains("no head"));

    // The backup in place of the database is a whole trail that ends earlier, and says so.
    let database = folder.join("spiffcast-data/spiffcast.db");
    std::fs::write(folder.join("later"), done(folder, &["audit", "head"])).expect("written");
    done(folder, &["restore", "kept.backup", "--replace"]);
    done(folder, &["audit", "verify", "--head", "kept.backup.head"]);
    let told = refused(folder, &["audit", "verify", "--head", "later"], 1);
    assert!(told.contains("Row 7") && told.contains("written anew"), "{told}");

    // Somebody puts another name into the file itself.
    let mut bytes = std::fs::read(&database).expect("read");
    let name = br#"bob"#;
    let places: Vec<usize> =
        bytes.windows(3).enumerate().filter(|(_, w)| w == name).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + 3].copy_from_slice(b"rob");
    }
    std::fs::write(&database, bytes).expect("written");
    let told = refused(folder, &["audit", "verify"], 1);
    assert!(told.contains("Row 2"), "{told}");

    std::fs::remove_file(database.with_file_name("audit.key")).expect("removed");
    assert!(refused(folder, &["audit", "verify"], 1).contains("SPIFFCAST_AUDIT_KEY_FILE"));
}

struct House {
    router: axum::Router,
    people: People,
}

impl House {
    async fn new() -> Self {
        let people = People::demo().await;
        let router = router(Scripted::new(Duration::ZERO), people.accounts.clone(), Options::default());
        Self { router, people }
    }

    async fn get(&self, person: &Person, address: &str) -> (StatusCode, String) {
        let request = Request::builder().uri(address).header("host", "127.0.0.1:8080");
        let request = person.sends(request).body(Body::empty()).expect("a request");
        let (parts, body) = self.router.clone().oneshot(request).await.expect("infallible").into_parts();
        let bytes = to_bytes(body, 4 << 20).await.expect("a body");
        (parts.status, String::from_utf8_lossy(&bytes).into_owned())
    }
}

fn texts(page: &str, selector: &str) -> Vec<String> {
    let selector = scraper::Selector::parse(selector).expect("a selector");
    let page = scraper::Html::parse_document(page);
    page.select(&selector).map(|found| found.text().collect::<String>().trim().to_owned()).collect()
}

fn link(page: &str, name: &str) -> Option<String> {
    let selector = scraper::Selector::parse(".list-foot a").expect("a selector");
    let page = scraper::Html::parse_document(page);
    let found = page.select(&selector).find(|a| a.text().collect::<String>() == name);
    found.and_then(|a| a.value().attr("href").map(ToOwned::to_owned))
}

const NUMBERS: &str = "table.audit th[scope=row]";

#[tokio::test]
async fn the_page_shows_rows_by_filters_and_leads_to_older_ones() {
    let house = House::new().await;
    let auditor = house.people.enter(Role::Auditor).await;
    let (status, first) = house.get(&auditor, "/audit").await;
    assert_eq!(status, StatusCode::OK, "{first}");
    let before = texts(&first, NUMBERS).len();
    assert!(before > 0);
    for _ in 0..60 {
        house.people.enter(Role::Manager).await;
    }
    let total = house.people.accounts.audit().head().await.expect("a head").seq;
    let (_, newest) = house.get(&auditor, "/audit").await;
    assert_eq!(texts(&newest, "nav [aria-current=page]"), ["Audit"]);
    let mut numbers = texts(&newest, NUMBERS);
    assert_eq!(numbers.len(), 50);
    assert!(link(&newest, "Newest").is_none());
    let (_, older) = house.get(&auditor, &link(&newest, "Older").expect("older rows")).await;
    numbers.extend(texts(&older, NUMBERS));
    if let Some(rest) = link(&older, "Older") {
        numbers.extend(texts(&house.get(&auditor, &rest).await.1, NUMBERS));
    }
    let expected: Vec<String> = (1..=total).rev().map(|n| n.to_string()).collect();
    assert_eq!(numbers, expected, "every row once");
    assert_eq!(link(&older, "Newest").as_deref(), Some("/audit"));

    let options = texts(&newest, ".audit-filters option");
    assert!(options.len() > 1, "{options:?}");
    let (_, none) = house.get(&auditor, "/audit?q=%3Cscript%3Enowhere").await;
    assert!(texts(&none, NUMBERS).is_empty() && none.contains("No row is like that"));
    assert!(!none.contains("<script>nowhere"), "what was typed is escaped");
    let row = house.people.accounts.audit().rows(&all(1)).await.expect("rows").remove(0);
    let address = format!("/audit?action={}&who={}", row.action, row.who);
    let (_, some) = house.get(&auditor, &address).await;
    let who = texts(&some, "table.audit td[data-label=Who]");
    assert!(who.len() > 1 && who.iter().all(|who| *who == row.who), "{who:?}");
    assert!(some.contains(&row.seal), "the seal can be compared with an export");
}

fn all(limit: u32) -> spiffcast::app::audit::Filter {
    spiffcast::app::audit::Filter { limit, ..Default::default() }
}

#[tokio::test]
async fn the_page_is_the_auditors_and_the_administrators() {
    let house = House::new().await;
    for role in Role::ALL {
        let person = house.people.enter(role).await;
        let may = matches!(role, Role::Auditor | Role::Administrator);
        let (status, page) = house.get(&person, "/audit").await;
        let expected = if may { StatusCode::OK } else { StatusCode::FORBIDDEN };
        assert_eq!(status, expected, "{role}");
        assert_eq!(texts(&page, "header nav a").contains(&"Audit".to_owned()), may, "{role}");
    }
}
