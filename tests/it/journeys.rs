//! Further journeys in a real browser: two tabs at once, questions that seek a value or
//! look back, a running simulation given up, an import and the way back, a scenario made
//! again and copied, a program looked at, and all of it with JavaScript off.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use spiffcast::app::live::Live;
use spiffcast::config::Settings;
use spiffcast::state::State;
use spiffcast::web::Options;

use crate::browser::{Browser, ENTER, ESCAPE, skipped};
use crate::data;
use crate::history::World;
use crate::samples::{QUESTION, Scripted};

pub(crate) async fn demo(folder: &Path, draws: usize) -> Arc<State> {
    let mut settings = Settings::load(None, |_| None).expect("defaults");
    settings.data_dir = folder.to_owned();
    settings.draws = draws;
    Arc::new(State::open(settings).await.expect("the demo company"))
}

pub(crate) async fn ask(browser: &Browser, question: &str) {
    browser.go("/").await;
    // Once the script is at work: before, Enter is a new line.
    browser
        .wait("#question[aria-autocomplete]")
        .await
        .send_keys(&format!("{question}{ENTER}"))
        .await
        .expect("keys");
}

/// What a page may weigh, in bytes.
pub(crate) const PAGE: i64 = 120_000;

/// Bytes of the page as it is sent, which have to stay below the limit.
pub(crate) async fn weighed(browser: &Browser, name: &str, most: i64) {
    let script = "const done = arguments[0]; \
        fetch(location.pathname).then((r) => r.text()).then((t) => done(new Blob([t]).size), () => done(-1))";
    let bytes = browser.client.execute_async(script, vec![]).await.expect("a page");
    eprintln!("{name}: {bytes} bytes of HTML");
    assert!(bytes.as_i64().is_some_and(|b| (1..=most).contains(&b)), "{name}: {bytes} bytes");
}

/// The text of the first element that matches, once there is one.
async fn text(browser: &Browser, selector: &str) -> String {
    browser.wait(selector).await.text().await.expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_ask_and_edit_without_disturbing_each_other() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let browser = Browser::open(demo(folder.path(), 4_000).await).await;
    browser.look(1280, "light").await;
    let first = browser.client.window().await.expect("a tab");
    ask(&browser, "raise the Product X SPIFF 5% for Q3").await;
    let second = browser.client.new_window(true).await.expect("a tab").handle;
    browser.client.switch_to_window(second.clone()).await.expect("switched");
    ask(&browser, "pause the Product Y Sprint in Q4").await;
    // Both were at work; each tab gets its own answer.
    assert!(text(&browser, ".asked").await.contains("Product Y Sprint"));
    browser.client.switch_to_window(first.clone()).await.expect("switched");
    assert!(text(&browser, ".asked").await.contains("Product X SPIFF 5%"));
    let answer = browser.path().await;

    // The same answer in both, changed in one after the other: two answers, one past.
    for (tab, other, value) in [(&second, &first, "7"), (&first, &second, "12")] {
        browser.client.switch_to_window(other.clone()).await.expect("switched");
        let beside = browser.path().await;
        browser.client.switch_to_window(tab.clone()).await.expect("switched");
        browser.go(&answer).await;
        browser.wait("#question[aria-autocomplete]").await;
        browser.run("document.querySelector('input[name$=\".value\"]').closest('details').open = true").await;
        let field = browser.wait("input[name$='.value']").await;
        field.clear().await.expect("cleared");
        field.send_keys(&format!("{value}{ENTER}")).await.expect("keys");
        assert!(text(&browser, "#moved").await.contains("+5%"), "against the answer that was edited");
        assert!(text(&browser, ".fields").await.contains(&format!("{value}%")));
        browser.client.switch_to_window(other.clone()).await.expect("switched");
        assert_eq!(browser.path().await, beside, "the other tab stays where it is");
    }
    browser.go(&answer).await;
    assert!(text(&browser, ".fields").await.contains("5%"), "what was edited is kept as it was");
    let errors = browser.console_errors().await;
    assert!(errors.is_empty(), "{errors:?}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_goal_a_range_and_a_look_back_run_to_an_answer() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let browser = Browser::open(demo(folder.path(), 400).await).await;
    browser.look(1280, "light").await;
    ask(&browser, "What Product X SPIFF gets us to 10% more units in Q4?").await;
    let headline = text(&browser, ".answer h1").await;
    assert!(headline.contains("10%"), "{headline}");
    browser.wait("[id^='curve-']").await;
    browser.pictures("goal").await;
    weighed(&browser, "goal", PAGE).await;

    ask(&browser, "raise the Product X SPIFF between 3% and 8% in steps of 1 for Q3").await;
    let headline = text(&browser, ".answer h1").await;
    // One value, one figure: in the sentence, above the figures and in the chart.
    let amount =
        headline.rsplit_once('$').map(|(_, rest)| rest.split(' ').next().unwrap_or_default().to_owned());
    let amount = amount.expect("an amount");
    let lead = text(&browser, "[aria-labelledby^='curve-net'] .figure-lead").await;
    assert!(lead.contains(&amount), "{headline} / {lead}");
    assert!(text(&browser, ".keys-row").await.contains(&amount), "{headline}");
    let heading = text(&browser, "#figures-1").await;
    assert!(heading.starts_with("Product X SPIFF +") && !heading.contains("to 8"), "{heading}");
    browser.pictures("sweep").await;
    weighed(&browser, "sweep", PAGE).await;

    ask(&browser, "what if we had paused the Product X SPIFF last quarter").await;
    let headline = text(&browser, ".answer h1").await;
    assert!(headline.contains("would have"), "{headline}");
    browser.pictures("look-back").await;
    weighed(&browser, "look-back", PAGE).await;
    let errors = browser.console_errors().await;
    assert!(errors.is_empty(), "{errors:?}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_simulation_is_given_up_with_escape() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    // So many draws that it is at work for long.
    let browser = Browser::open(demo(folder.path(), 10_000).await).await;
    browser.look(1280, "light").await;
    ask(&browser, QUESTION).await;
    browser
        .until("[...document.querySelectorAll('[data-stage]')].some((s) => s.textContent.startsWith('Simulating'))")
        .await;
    browser.wait("#question").await.send_keys(ESCAPE).await.expect("a key");
    browser.wait("[data-progress][hidden]").await;
    assert_eq!(browser.path().await, "/");
    let value = browser.run("return document.querySelector('#question').value").await;
    assert_eq!(value, QUESTION, "what was asked stands in the box");
    // Nothing was kept, and the box asks again.
    browser.go("/scenarios").await;
    browser.wait(".empty").await;
    browser.go("/?q=raise%20it").await;
    browser.wait("#question[aria-autocomplete]").await;
    browser.wait("button.primary").await.click().await.expect("a click");
    browser.wait(".standstill").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_import_serves_and_the_way_back_is_one_click() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let live: Arc<Live> = Arc::new(data::live(folder.path()).await);
    let options = Options { intake: Some(live.clone()), ..Options::default() };
    let browser = Browser::outside_with(live, options).await;
    browser.look(1280, "light").await;
    browser.enter("administrator").await;
    let as_of = |browser: &Browser| {
        let client = browser.client.clone();
        async move {
            client.find(fantoccini::Locator::Css("h1")).await.expect("a title").text().await.expect("text")
        }
    };
    browser.go("/data").await;
    let demo_title = as_of(&browser).await;
    let one = folder.path().join("one.zip");
    std::fs::write(&one, data::zipped(&World::new())).expect("written");
    browser.send_file(&one).await;
    browser.wait("#import.good").await;
    let title = as_of(&browser).await;
    assert_ne!(title, demo_title);
    browser.pictures("data-imported").await;

    // A second one, a month longer; then back, and forth.
    let mut longer = World::new();
    let sales = longer.files.get_mut("transactions.csv").expect("sales");
    sales.extend_from_slice(b"T-900,1,2026-04-30,,P-1,PX-100,1,400,USD,,\n");
    let two = folder.path().join("two.zip");
    std::fs::write(&two, data::zipped(&longer)).expect("written");
    browser.send_file(&two).await;
    browser.until(&format!("document.querySelector('h1').textContent !== {}", json!(title))).await;
    browser.wait("#import.good").await;
    let later = as_of(&browser).await;
    browser.wait("form[action='/data/back'] button").await.click().await.expect("a click");
    browser.until(&format!("document.querySelector('h1').textContent === {}", json!(title))).await;
    browser.wait("form[action='/data/back'] button").await.click().await.expect("a click");
    browser.until(&format!("document.querySelector('h1').textContent === {}", json!(later))).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_answer_is_made_again_with_what_moved_and_copied() {
    if skipped() {
        return;
    }
    let browser = Browser::open(Scripted::new(Duration::ZERO)).await;
    browser.look(1280, "light").await;
    ask(&browser, QUESTION).await;
    let first = {
        browser.wait(".stale-note button").await;
        browser.path().await
    };
    browser.pictures("stale").await;
    browser.wait(".stale-note button").await.click().await.expect("a click");
    browser.wait("#moved").await;
    assert_ne!(browser.path().await, first);
    assert!(text(&browser, "section:has(#moved)").await.contains("Before"));
    let again = browser.path().await;
    browser.run("document.querySelector('form.duplicate').requestSubmit()").await;
    browser.until(&format!("location.pathname !== {}", json!(again))).await;
    browser.wait(".keys-row").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_looked_at_searched_compared_and_asked_about() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let browser = Browser::open(demo(folder.path(), 200).await).await;
    browser.look(1280, "light").await;
    browser.go("/programs").await;
    browser
        .wait("input[name=q]")
        .await
        .send_keys(&format!("goods that come back{ENTER}"))
        .await
        .expect("keys");
    browser.wait(".rules .citation").await;
    browser.pictures("clauses-found").await;
    browser.go("/programs/spiff-product-x").await;
    // The page looks again by itself until the record is there.
    browser.wait("table.costs").await;
    browser.pictures("program-demo").await;
    weighed(&browser, "program-demo", PAGE).await;
    browser.go("/programs/rebate-volume").await;
    browser.wait("table.costs").await;
    browser.pictures("program-rebate").await;
    browser.go("/programs/spiff-product-x/changes").await;
    browser.wait("ins").await;
    browser.pictures("program-changes").await;
    weighed(&browser, "program-changes", PAGE).await;
    browser.go("/programs/spiff-product-x").await;
    browser.wait(".ask-about .examples button").await.click().await.expect("a click");
    browser.wait(".answer h1").await;
    weighed(&browser, "an answer", PAGE).await;
    let errors = browser.console_errors().await;
    assert!(errors.is_empty(), "{errors:?}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_works_with_javascript_off() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let browser = Browser::open(demo(folder.path(), 200).await).await;
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    // Ask, by the box and by an example.
    browser.go("/?q=raise%20the%20Product%20X%20SPIFF%205%25%20for%20Q3").await;
    browser.wait(".ask-box button.primary").await.click().await.expect("a click");
    browser.wait(".keys-row").await;
    let first = browser.path().await;
    // A chip opens, is changed and sent.
    browser
        .wait(".correct:has(input[name$='.value']) > summary")
        .await
        .send_keys(ENTER)
        .await
        .expect("a key");
    let value = browser.wait("input[name$='.value']").await;
    value.clear().await.expect("cleared");
    value.send_keys(&format!("9{ENTER}")).await.expect("keys");
    browser.wait("#moved").await;
    // A table opens; a follow-up is asked.
    browser.wait("details.as-table > summary").await.send_keys(ENTER).await.expect("a key");
    browser.wait("details.as-table[open] table").await;
    let second = browser.path().await;
    assert_ne!(first, second);
    browser.wait("#question").await.send_keys("and for Gold only?").await.expect("keys");
    browser.wait(".follow button.primary").await.send_keys(ENTER).await.expect("a click");
    browser.wait("#moved").await;
    // A note is kept; a copy made.
    browser.wait(".keep textarea").await.send_keys("without scripts").await.expect("keys");
    browser.wait(".keep button[type=submit]").await.send_keys(ENTER).await.expect("a key");
    browser.wait("#keep").await;
    // Two are compared.
    browser.go("/scenarios").await;
    for nth in [1, 2] {
        browser
            .wait(&format!(".scenarios li:nth-child({nth}) input"))
            .await
            .send_keys(" ")
            .await
            .expect("a key");
    }
    browser.wait(".compare-form button[type=submit]").await.send_keys(ENTER).await.expect("a key");
    browser.wait("#side-h").await;
    // A program is searched, compared, and its page filled.
    browser.go("/programs/spiff-product-x?q=returns").await;
    browser.wait(".rules .citation").await;
    // What was still being worked out is there when one looks again.
    while browser.client.find(fantoccini::Locator::Css("[data-again]")).await.is_ok() {
        browser.wait("[data-again]").await.click().await.expect("a click");
    }
    browser.wait("table.costs").await;
    browser.go("/programs/spiff-product-x/changes").await;
    browser.wait("ins").await;
    browser.close().await;
}
