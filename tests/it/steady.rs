//! Nothing jumps while an answer comes in: the browser's own account of layout shifts,
//! wide and narrow, from the box through the progress to the answer. Prints when the
//! largest thing of each page was painted; judges no time.

use std::sync::Arc;

use serde_json::{Value, json};
use spiffcast::config::Settings;
use spiffcast::state::State;

use crate::browser::{Browser, ENTER, skipped};

/// What Chromium calls good is 0.1; here nothing moves that a person would see.
const SHIFT_MAX: f64 = 0.01;

/// Runs in every page before its own scripts, and keeps what the browser says beyond it.
const WATCH: &str = r#"
    const kept = (name, value) => {
        const all = JSON.parse(sessionStorage.getItem(name) ?? "[]");
        sessionStorage.setItem(name, JSON.stringify([...all, value]));
    };
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
        if (entry.hadRecentInput) return;
        const moved = entry.sources.map((s) => s.node?.outerHTML?.slice(0, 120) ?? "text");
        kept("shifts", { page: location.pathname, value: entry.value, moved });
    })).observe({ type: "layout-shift", buffered: true });
    new PerformanceObserver((list) => list.getEntries().forEach((entry) =>
        kept("paints", { page: location.pathname, after: Math.round(entry.startTime) })
    )).observe({ type: "largest-contentful-paint", buffered: true });
"#;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_jumps_while_an_answer_comes_in() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = Settings::load(None, |_| None).expect("defaults");
    settings.data_dir = folder.path().to_owned();
    let state = State::open(settings).await.expect("the demo company");
    let browser = Browser::open(Arc::new(state)).await;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await;
    for width in [1280, 390] {
        browser.look(width, "light").await;
        browser.go("/").await;
        let field = browser.wait("#question[aria-autocomplete]").await;
        field.send_keys("raise the Product X SPIFF 5% for Q3").await.expect("keys");
        // What moves right after a key is not counted; the progress comes later than that.
        tokio::time::sleep(std::time::Duration::from_millis(700)).await;
        field.send_keys(ENTER).await.expect("keys");
        browser.wait(".answer h1").await;
        browser.run("window.scrollTo(0, document.body.scrollHeight)").await;
        browser.until("document.readyState === 'complete'").await;
        let told = browser.run("return [sessionStorage.shifts ?? '[]', sessionStorage.paints ?? '[]']").await;
        let [shifts, paints] = [0, 1].map(|at| -> Vec<Value> {
            serde_json::from_str(told[at].as_str().expect("text")).expect("a list")
        });
        eprintln!("{width} wide, largest paints: {}", json!(paints));
        assert!(paints.iter().any(|p| p["page"] == "/"), "the browser tells nothing: {paints:?}");
        let sum: f64 = shifts.iter().filter_map(|s| s["value"].as_f64()).sum();
        assert!(sum < SHIFT_MAX, "{width} wide, {sum:.4}: {}", json!(shifts));
        browser.run("sessionStorage.clear()").await;
    }
    browser.close().await;
}
