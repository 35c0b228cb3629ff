//! Pages that other journeys pass by, with the real engine: a clarification that is
//! answered and taken away as a file, answers about the rules and about earnings, a sale,
//! the text of a program, the audit trail.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;
use spiffcast::app::port::Copilot;

use crate::browser::{Browser, skipped};
use crate::journeys::{PAGE, ask, demo, weighed};

/// The first file of a folder that ends so, once it is whole.
async fn arrived(folder: &Path, extension: &str) -> Vec<u8> {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let files = std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok);
        let whole = |path: &std::path::PathBuf| path.extension().is_some_and(|e| e == extension);
        if let Some(path) = files.map(|file| file.path()).find(whole) {
            return std::fs::read(path).expect("a file");
        }
        assert!(Instant::now() < deadline, "no .{extension} arrived in {}", folder.display());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clarification_is_answered_and_its_answer_taken_away() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let files = tempfile::tempdir().expect("a folder");
    let browser = Browser::open(demo(folder.path(), 200).await).await;
    browser.look(1280, "light").await;
    let place = json!({ "behavior": "allow", "downloadPath": files.path() });
    browser.devtools("Page.setDownloadBehavior", place).await;
    ask(&browser, "raise the Product X SPIFF by 5 for Q3").await;
    let choice = browser.wait(".clarify button").await;
    let label = choice.text().await.expect("text");
    assert!(browser.wait(".clarify legend").await.text().await.expect("text").len() > 10);
    browser.pictures("real-clarification").await;
    let choice = browser.wait(".clarify button").await;
    assert_eq!(choice.text().await.expect("text"), label);
    choice.click().await.expect("a click");
    browser.wait(".keys-row").await;
    assert!(browser.path().await.starts_with("/answers/"));
    weighed(&browser, "a clarified answer", PAGE).await;
    for extension in ["pdf", "xlsx", "md"] {
        let link = browser.wait(&format!(".downloads a[href$='report.{extension}']")).await;
        browser.run("document.querySelector('.downloads').scrollIntoView({ block: 'center' })").await;
        link.click().await.expect("a click");
        let bytes = arrived(files.path(), extension).await;
        match extension {
            "pdf" => assert!(bytes.starts_with(b"%PDF")),
            "xlsx" => assert!(bytes.starts_with(b"PK")),
            _ => assert!(String::from_utf8_lossy(&bytes).contains("not a commitment")),
        }
    }
    let errors = browser.console_errors().await;
    assert!(errors.is_empty(), "{errors:?}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_earnings_sales_and_the_trail_can_be_looked_at() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let state = demo(folder.path(), 200).await;
    let company = Copilot::company(&*state);
    let partner = company.catalog.partner("P-0042").expect("a partner");
    let own = company.lines.iter().find(|line| line.partner == partner).expect("a sale");
    let sale = own.transaction_id.clone();
    let browser = Browser::open(state).await;
    browser.look(1280, "light").await;
    ask(&browser, "What is the cap of the Product X SPIFF?").await;
    browser.wait(".standstill .rules .citation").await;
    browser.pictures("rule-answer").await;

    browser.go("/earnings?partner=P-0042").await;
    browser
        .wait("#in-words")
        .await
        .send_keys("what if I sell 20 more PX-100 in August?")
        .await
        .expect("keys");
    browser.run("document.querySelector('.what-if-words').requestSubmit()").await;
    browser.wait(".answer h1").await;
    browser.pictures("earnings-answer").await;
    weighed(&browser, "an earnings answer", PAGE).await;
    browser.go(&format!("/earnings/sales/{sale}?partner=P-0042")).await;
    browser.wait("main h1").await;
    browser.pictures("earnings-sale").await;
    browser.go("/earnings/rules/spiff-product-x/v3?partner=P-0042").await;
    browser.wait(".clause").await;
    browser.pictures("earnings-rules").await;
    let errors = browser.console_errors().await;
    assert!(errors.is_empty(), "{errors:?}");

    browser.client.delete_all_cookies().await.expect("signed out");
    browser.enter("auditor").await;
    browser.go("/audit").await;
    browser.wait("table.audit").await;
    browser.pictures("audit").await;
    let errors = browser.console_errors().await;
    assert!(errors.is_empty(), "{errors:?}");
    browser.close().await;
}
