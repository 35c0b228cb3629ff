//! An answer printed from the browser: what only a screen can use is left out, what is
//! folded is there.

use serde_json::json;

use crate::browser::{Browser, skipped};
use crate::journeys::{ask, demo};

/// Whether everything that matches a selector is without a box on the page.
async fn gone(browser: &Browser, selector: &str) -> bool {
    let script = format!(
        "return [...document.querySelectorAll({selector:?})].every((e) => e.getClientRects().length === 0)"
    );
    browser.run(&script).await == json!(true)
}

/// How many match, and how many of them are seen.
async fn seen(browser: &Browser, selector: &str) -> (u64, u64) {
    let script = format!(
        "const all = [...document.querySelectorAll({selector:?})];
         return [all.length, all.filter((e) => e.checkVisibility() && e.getBoundingClientRect().height > 0).length]"
    );
    let counts = browser.run(&script).await;
    (counts[0].as_u64().expect("a count"), counts[1].as_u64().expect("a count"))
}

#[tokio::test(flavor = "multi_thread")]
async fn paper_has_no_forms_and_nothing_is_folded() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let browser = Browser::open(demo(folder.path(), 200).await).await;
    browser.look(1280, "light").await;
    ask(&browser, "raise the Product X SPIFF 5% for Q3").await;
    browser.wait(".keep textarea").await.send_keys("for the board").await.expect("keys");
    browser.run("document.querySelector('form.keep').requestSubmit()").await;
    browser.until("document.querySelector('#keep .on-paper')?.textContent === 'for the board'").await;

    let shown = ["form", "button", "#draft", ".notices", ".as-table > summary"];
    let folded = [".as-table table", ".bundle", "#evidence .evidence", "#reading .field"];
    for selector in shown {
        assert!(!gone(&browser, selector).await, "{selector} is on the screen");
    }
    assert_eq!(seen(&browser, ".as-table table").await.1, 0, "folded on the screen");
    let pencil = "return getComputedStyle(document.querySelector('.chip'), '::after').content";
    assert_eq!(browser.run(pencil).await, "\"✎\"");

    browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
    for selector in shown.iter().chain(&[".contents", ".again", ".drawn"]) {
        assert!(gone(&browser, selector).await, "{selector} is not on paper");
    }
    for selector in folded {
        let (all, seen) = seen(&browser, selector).await;
        assert!(all > 0 && all == seen, "{selector}: {seen} of {all} are on paper");
    }
    assert_eq!(browser.run(pencil).await, "none");
    let (chips, said) = seen(&browser, ".chip").await;
    assert!(chips > 0 && chips == said, "what the chips say stays");
    assert_eq!(seen(&browser, "#keep .on-paper").await, (1, 1), "the note is there, its form is not");
    browser.devtools("Emulation.setEmulatedMedia", json!({ "media": "" })).await;
    let errors = browser.console_errors().await;
    assert!(errors.is_empty(), "{errors:?}");
    browser.close().await;
}
