//! The journey in a real browser (headless Chromium through chromedriver): asks,
//! sees progress, reads the answer, follows a citation to its clause, and leaves
//! screenshots in `target/screenshots/` for people to look at. The server is the
//! real one, in this process; which copilot answers is the caller's choice.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::Method;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use spiffcast::app::live::Live;
use spiffcast::app::port::Copilot;
use spiffcast::web::{self, Options};
use url::{ParseError, Url};

use crate::data;
use crate::history::World;
use crate::journeys::{PAGE, weighed};
use crate::people::People;
use crate::samples::{QUESTION, Scripted};

pub(crate) const ENTER: &str = "\u{E007}";
pub(crate) const ESCAPE: &str = "\u{E00C}";
const DOWN: &str = "\u{E015}";

/// A command of chromedriver that the WebDriver standard does not know.
#[derive(Debug)]
struct Extra(&'static str, Value);

impl WebDriverCompatibleCommand for Extra {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.0))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.1.to_string()))
    }
}

/// A chromedriver of our own, ended with the test.
struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    fn start() -> Self {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "chromedriver cannot be started ({error}). Install the Debian packages `chromium` and \
                     `chromium-driver`, or set SPIFFCAST_SKIP_BROWSER=1 to leave the browser journeys out."
                )
            });
        let out = child.stdout.take().expect("stdout is piped");
        let mut lines = BufReader::new(out).lines().map_while(Result::ok);
        let port = lines
            .find_map(|line| line.split("successfully on port ").nth(1)?.trim_end_matches('.').parse().ok())
            .expect("chromedriver says its port");
        // Keeps reading, so that the driver never blocks on a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A browser on a running server.
pub(crate) struct Browser {
    pub client: Client,
    base: String,
    _driver: Driver,
    _profile: tempfile::TempDir,
    _people: People,
}

impl Browser {
    /// A browser that came in as the channel manager of the demo.
    pub async fn open(copilot: Arc<dyn Copilot>) -> Self {
        let browser = Self::outside(copilot).await;
        browser.enter("manager").await;
        browser
    }

    /// A browser before the sign-in.
    pub async fn outside(copilot: Arc<dyn Copilot>) -> Self {
        Self::outside_with(copilot, Options::default()).await
    }

    pub async fn outside_with(copilot: Arc<dyn Copilot>, options: Options) -> Self {
        let people = People::demo().await;
        let accounts = people.accounts.clone();
        let listener = web::bind(([127, 0, 0, 1], 0).into(), &accounts).await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(web::serve(listener, copilot, accounts, options, std::future::pending()));
        let driver = Driver::start();
        let profile = tempfile::tempdir().expect("a folder");
        let profile_argument = format!("--user-data-dir={}", profile.path().display());
        let capabilities = json!({
            "goog:chromeOptions": {
                "args": [
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                    "--disable-dev-shm-usage", "--hide-scrollbars", profile_argument,
                ],
            },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().expect("an object").clone())
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .expect("a browser session");
        Self { client, base, _driver: driver, _profile: profile, _people: people }
    }

    /// Comes in as one of the demo's people, with one click.
    pub async fn enter(&self, role: &str) {
        self.go("/sign-in").await;
        self.wait(&format!(".personas button[value={role}]")).await.click().await.expect("a click");
        self.wait(".who").await;
    }

    pub async fn go(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.expect("a page");
    }

    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.client.issue_cmd(Extra("goog/cdp/execute", body)).await.expect("a devtools command")
    }

    pub async fn look(&self, width: u32, scheme: &str) {
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
        let feature = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", feature).await;
    }

    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.expect("a script")
    }

    /// Whole-page pictures, light and dark, wide and narrow; the page must not
    /// scroll sideways in any.
    pub async fn pictures(&self, name: &str) {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
        std::fs::create_dir_all(&folder).expect("a folder");
        for width in [1280, 390] {
            for scheme in ["light", "dark"] {
                self.look(width, scheme).await;
                let scroll = self.run("return document.documentElement.scrollWidth").await;
                assert!(
                    scroll.as_u64() <= Some(u64::from(width)),
                    "{name} scrolls sideways at {width}: {scroll}"
                );
                self.accessible(&format!("{name} at {width}, {scheme}")).await;
                let size = self.page_size(width).await;
                // As tall as the page, so that what sticks to the window's edge does not cover it.
                let tall = json!({ "width": width, "height": size["height"], "deviceScaleFactor": 1, "mobile": width < 600 });
                self.devtools("Emulation.setDeviceMetricsOverride", tall).await;
                let shot = json!({ "format": "png", "captureBeyondViewport": true, "clip": size });
                let shot = self.devtools("Page.captureScreenshot", shot).await;
                let png = decode(shot["data"].as_str().expect("a picture"));
                std::fs::write(folder.join(format!("{name}-{width}-{scheme}.png")), png).expect("a file");
            }
        }
        self.look(1280, "light").await;
    }

    /// No serious or critical finding of axe-core, where test.sh could fetch it.
    async fn accessible(&self, page: &str) {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/axe/axe.min.js");
        let Ok(axe) = std::fs::read_to_string(&file) else {
            eprintln!(
                "NOTICE: {} is not there (test.sh fetches it); {page} was not checked.",
                file.display()
            );
            return;
        };
        self.run(&axe).await;
        let check = "const done = arguments[0]; \
            axe.run(document, { resultTypes: ['violations'] }).then( \
                (r) => done(r.violations.filter((v) => ['serious', 'critical'].includes(v.impact)) \
                    .map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | ')}`)), \
                (e) => done([String(e)]))";
        let found = self.client.execute_async(check, vec![]).await.expect("a check");
        assert_eq!(found, json!([]), "axe-core on {page}");
    }

    /// The top of the page, for the README.
    async fn cover(&self, name: &str) {
        self.look(1280, "light").await;
        let tall = json!({ "width": 1280, "height": self.page_size(1280).await["height"], "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", tall).await;
        let clip = json!({ "x": 0, "y": 0, "width": 1280, "height": 1000, "scale": 1 });
        let shot = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let shot = self.devtools("Page.captureScreenshot", shot).await;
        let file =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("target/screenshots/{name}-cover.png"));
        std::fs::write(file, decode(shot["data"].as_str().expect("a picture"))).expect("a file");
        self.look(1280, "light").await;
    }

    async fn page_size(&self, width: u32) -> Value {
        let height = self.run("return document.documentElement.scrollHeight").await;
        json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 })
    }

    /// The first element that matches, once there is one. A page that changes
    /// under the search makes the driver give up: that is looked for again, on
    /// the new page.
    pub async fn wait(&self, selector: &str) -> fantoccini::elements::Element {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            match self.client.find(Locator::Css(selector)).await {
                Ok(element) => return element,
                Err(error) => assert!(Instant::now() < deadline, "{selector} did not appear: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until an expression holds on the page.
    pub async fn until(&self, condition: &str) {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let holds = self.client.execute(&format!("return Boolean({condition})"), vec![]).await;
            if holds.is_ok_and(|value| value == true) {
                return;
            }
            assert!(Instant::now() < deadline, "{condition} did not come to hold");
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.expect("an address");
        url.fragment().map_or_else(|| url.path().to_owned(), |f| format!("{}#{f}", url.path()))
    }

    /// What the console holds of errors since the last call.
    pub async fn console_errors(&self) -> Vec<Value> {
        let log = self.client.issue_cmd(Extra("se/log", json!({ "type": "browser" }))).await.expect("a log");
        let entries = log.as_array().cloned().unwrap_or_default();
        entries.into_iter().filter(|e| e["level"] == "SEVERE" || e["level"] == "WARNING").collect()
    }

    /// Chooses a file on the page Data and sends it.
    pub async fn send_file(&self, file: &std::path::Path) {
        let input = self.wait("#files").await;
        input.send_keys(file.to_str().expect("a path")).await.expect("chosen");
        self.wait("form.import button.primary").await.click().await.expect("a click");
    }

    pub async fn close(self) {
        self.client.clone().close().await.expect("closed");
    }
}

/// Decodes base64, as the devtools send pictures.
fn decode(text: &str) -> Vec<u8> {
    let value = |b: u8| match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<u8> = text.bytes().filter(|b| !b"=\n\r".contains(b)).map(value).collect();
    let mut out = Vec::with_capacity(digits.len() * 3 / 4);
    for chunk in digits.chunks(4) {
        let word = chunk.iter().enumerate().fold(0u32, |w, (i, d)| w | u32::from(*d) << (18 - 6 * i));
        out.extend_from_slice(&word.to_be_bytes()[1..chunk.len()]);
    }
    out
}

pub(crate) fn skipped() -> bool {
    std::env::var("SPIFFCAST_SKIP_BROWSER").is_ok_and(|v| v == "1")
}

/// Asks `question` of a copilot and follows it from the box to the clause.
/// Pictures are named after `name`.
pub async fn journey(copilot: Arc<dyn Copilot>, question: &str, name: &str) {
    let browser = Browser::open(copilot).await;
    browser.look(1280, "light").await;
    browser.go("/").await;
    browser.pictures(&format!("{name}-ask")).await;

    // The slash focuses the box; what the stages say is kept across the change of page.
    browser.wait("body").await.send_keys("/").await.expect("a key");
    let focused = browser.run("return document.activeElement.id").await;
    assert_eq!(focused, "question");
    browser
        .run(
            "const stage = document.querySelector('[data-stage]'); const seen = [];
             new MutationObserver(() => { seen.push(stage.textContent); sessionStorage.seen = JSON.stringify(seen); })
               .observe(stage, { childList: true, characterData: true, subtree: true });",
        )
        .await;
    let active = browser.client.active_element().await.expect("the box");
    active.send_keys(&format!("{question}{ENTER}")).await.expect("keys");
    browser.wait(".answer h1").await;
    let seen = browser.run("return sessionStorage.seen || ''").await;
    let seen = seen.as_str().unwrap_or_default();
    assert!(
        ["rules that matter", "Reading", "Checking", "Simulating"].iter().any(|s| seen.contains(s)),
        "{seen}"
    );
    assert!(browser.path().await.starts_with("/answers/"));
    let title = browser.client.title().await.expect("a title");
    assert!(title.contains(question), "{title}");
    browser.pictures(&format!("{name}-answer")).await;
    browser.cover(&format!("{name}-answer")).await;

    // Every chart is drawn once for this width, and its colours resolve.
    let drawn = browser
        .run(
            "const shown = [...document.querySelectorAll('svg.chart')].filter(s => s.getBoundingClientRect().height > 50);
             const line = document.querySelector('svg.chart.wide path[stroke^=var], svg.chart.wide polyline');
             return [shown.length, document.querySelectorAll('svg.chart.wide').length,
                     line ? getComputedStyle(line).stroke : 'none'];",
        )
        .await;
    assert!(drawn[0].as_u64() > Some(0) && drawn[0] == drawn[1], "{drawn}");
    assert!(drawn[2].as_str().is_some_and(|c| c.starts_with("rgb")), "{drawn}");

    // Every month of the first chart says its figures where one points at it.
    let pointed = browser
        .run(
            "const place = document.querySelector('.chart.wide .hit > rect[fill=none]');
             place.scrollIntoView({ block: 'center' });
             const box = place.getBoundingClientRect();
             const at = [box.x + box.width / 2, box.y + box.height / 2];
             document.elementFromPoint(...at).dispatchEvent(new PointerEvent('pointermove', { bubbles: true }));
             return place.closest('figure').querySelector('[data-readout]').textContent;",
        )
        .await;
    assert!(pointed.as_str().is_some_and(|words| words.contains("units")), "{pointed}");

    // The charts come first, the detail is folded: a link of the contents unfolds it.
    let top = browser
        .run("return document.querySelector('svg.chart.wide').getBoundingClientRect().top + scrollY")
        .await;
    eprintln!("{name}: the first chart begins {top} px down");
    assert!(top.as_f64().is_some_and(|top| top < 800.0), "{top}");
    for (anchor, inside) in [("evidence", ".evidence"), ("rules", "a.citation")] {
        let shown = format!("document.querySelector('#{anchor} {inside}').checkVisibility()");
        assert_eq!(browser.run(&format!("return {shown}")).await, false, "{anchor} is folded");
        browser.run("document.querySelector('.contents').open = true").await;
        browser.wait(&format!(".contents a[href='#{anchor}']")).await.click().await.expect("a click");
        browser.until(&shown).await;
    }
    let citation = browser.wait("a.citation").await;
    browser.run("document.querySelector('a.citation').scrollIntoView({ block: 'center' })").await;
    let link = citation.attr("href").await.expect("an attribute").expect("an address");
    citation.click().await.expect("a click");
    browser.wait(".clause:target").await;
    assert_eq!(browser.path().await, link);
    let seen = browser
        .run(
            "const r = document.querySelector('.clause:target').getBoundingClientRect();
             return r.top >= 0 && r.bottom <= innerHeight;",
        )
        .await;
    assert_eq!(seen, true, "the clause is in view");
    browser.pictures(&format!("{name}-clause")).await;
    browser.go("/programs").await;
    browser.wait(".ask-bar #question[aria-autocomplete]").await;
    browser.pictures(&format!("{name}-programs")).await;
    // The box is here too, a key away, and shows its progress over the page.
    browser.wait("body").await.send_keys("/").await.expect("a key");
    assert_eq!(browser.run("return document.activeElement.id").await, "question");
    let before = browser.run("return document.querySelector('h1').getBoundingClientRect().top").await;
    let active = browser.client.active_element().await.expect("the box");
    active.send_keys(&format!("{question}{ENTER}")).await.expect("keys");
    browser
        .until(
            "location.pathname.startsWith('/answers/') || !document.querySelector('[data-progress]').hidden",
        )
        .await;
    let after = "return location.pathname === '/programs' ? document.querySelector('h1').getBoundingClientRect().top : null";
    let after = browser.run(after).await;
    assert!(after.is_null() || after == before, "nothing moves: {before} and {after}");
    browser.wait(".answer h1").await;
    let errors = browser.console_errors().await;
    assert!(errors.is_empty(), "{errors:?}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_asked_answered_and_traced_to_its_clause() {
    if skipped() {
        return;
    }
    journey(Scripted::new(Duration::from_millis(60)), QUESTION, "scripted").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_company_answers_in_the_browser() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = spiffcast::config::Settings::load(None, |_| None).expect("defaults");
    settings.data_dir = folder.path().to_owned();
    let state = spiffcast::state::State::open(settings).await.expect("the demo company");
    journey(Arc::new(state), QUESTION, "demo").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn choices_cancelling_and_pages_without_scripts() {
    if skipped() {
        return;
    }
    let browser = Browser::open(Scripted::new(Duration::from_millis(150))).await;
    browser.look(1280, "light").await;

    // Cancelled by Escape: the form is as it was, and nothing was answered.
    browser.go("/").await;
    let question = browser.wait("#question").await;
    question.send_keys(&format!("take your time{ENTER}")).await.expect("keys");
    browser.wait("[data-progress]:not([hidden])").await;
    browser.pictures("progress").await;
    question.send_keys(ESCAPE).await.expect("a key");
    browser.wait("[data-progress][hidden]").await;
    assert_eq!(browser.path().await, "/");
    assert_eq!(question.prop("value").await.expect("a value").as_deref(), Some("take your time"));

    // An empty question is refused by the server too, and said in place.
    browser.run("document.querySelector('#question').required = false").await;
    browser.run("document.querySelector('#question').value = '  '").await;
    question.send_keys(ENTER).await.expect("a key");
    let problem = browser.wait("[data-problem]:not([hidden])").await;
    assert!(problem.text().await.expect("text").contains("The question is empty."));

    // A clarification is answered by a button.
    browser.go("/?q=raise%20it%20by%205%20for%20Q3").await;
    browser.wait("button.primary").await.click().await.expect("a click");
    let choice = browser.wait(".clarify button").await;
    browser.pictures("clarify").await;
    choice.click().await.expect("a click");
    browser.wait(".keys-row").await;
    let errors = browser.console_errors().await;
    assert!(errors.is_empty(), "{errors:?}");

    // A word of the question lights up its field, by script and by address.
    browser.run("document.querySelector('.word').focus()").await;
    browser.wait(".field.on").await;

    // Without scripts the same form leads to the same answer.
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    browser.go("/?q=how%20is%20the%20weather").await;
    browser.wait("button.primary").await.click().await.expect("a click");
    browser.wait(".standstill .findings").await;
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await;
    browser.pictures("unsupported").await;
    browser.go("/nothing-here").await;
    browser.pictures("not-found").await;
    browser.go("/programs/spiff-product-x").await;
    browser.pictures("program").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_is_corrected_in_place_and_the_answer_followed_up() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = spiffcast::config::Settings::load(None, |_| None).expect("defaults");
    settings.data_dir = folder.path().to_owned();
    settings.draws = 200;
    let state = spiffcast::state::State::open(settings).await.expect("the demo company");
    let browser = Browser::open(Arc::new(state)).await;
    browser.look(1280, "light").await;
    browser.go("/").await;
    browser.wait("#question").await.send_keys(&format!("{QUESTION}{ENTER}")).await.expect("keys");
    browser.wait("[data-correct]").await;
    browser.run("document.querySelectorAll('.correct').forEach(d => { d.open = true; })").await;
    browser.pictures("correcting").await;
    browser.go(&browser.path().await).await;

    // The value is opened, changed and sent with Enter.
    browser.run("document.querySelector('input[name$=\".value\"]').closest('details').open = true").await;
    let value = browser.wait("input[name$='.value']").await;
    value.clear().await.expect("cleared");
    value.send_keys(&format!("12{ENTER}")).await.expect("keys");
    browser.wait("#moved").await;
    // The page opened there: who cannot see it hears the heading first.
    browser.until("document.activeElement.id === 'moved'").await;
    let said = browser.wait(".fields").await.text().await.expect("text");
    assert!(said.contains("12%") && said.contains("turn 2"), "{said}");
    browser.pictures("moved").await;

    // What does not fit is said in place and the page stays.
    let here = browser.path().await;
    browser.run("document.querySelector('input[name=\"set.period\"]').closest('details').open = true").await;
    let period = browser.wait("input[name='set.period']").await;
    period.clear().await.expect("cleared");
    period.send_keys(&format!("whenever{ENTER}")).await.expect("keys");
    let problem = browser.wait("[data-problem]:not([hidden])").await;
    assert!(problem.text().await.expect("text").contains("is not a period"));
    let in_place = "return document.activeElement.name === 'set.period' && \
        !!document.activeElement.closest('details').querySelector('[data-problem]:not([hidden])')";
    assert_eq!(browser.run(in_place).await, true, "said in the chip, which has the focus");
    assert_eq!(browser.path().await, here);

    // The box below asks on: the rest of the scenario stays.
    let question = browser.wait("#question").await;
    question.send_keys(&format!("and for Gold only?{ENTER}")).await.expect("keys");
    browser.wait(".asked").await;
    let deadline = Instant::now() + Duration::from_secs(60);
    while browser.path().await == here {
        assert!(Instant::now() < deadline, "the follow-up was not answered");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let said = browser.wait(".fields").await.text().await.expect("text");
    assert!(said.contains("Gold"), "{said}");

    // The list holds all three; two are ticked and compared.
    browser.run("document.querySelector('textarea[name=note]').value = 'for the board'").await;
    browser.run("document.querySelector('.keep input[name=tags]').value = 'q3'").await;
    browser.run("document.querySelector('form.keep').requestSubmit()").await;
    browser.wait("#keep").await;
    browser.go("/scenarios?q=spiff").await;
    browser.wait(".list-said .tag").await;
    browser.pictures("scenarios").await;
    browser.run("[...document.querySelectorAll('input[name=compare]')].slice(0, 2).forEach(c => { c.checked = true; })").await;
    browser.run("document.querySelector('form.compare-form').requestSubmit()").await;
    browser.wait("#side-h").await;
    browser.pictures("compared").await;
    weighed(&browser, "compared", PAGE).await;
    let errors = browser.console_errors().await;
    assert!(errors.iter().all(|e| e["message"].as_str().is_some_and(|m| m.contains("422"))), "{errors:?}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_track_record_is_computed_with_progress_and_without_scripts() {
    if skipped() {
        return;
    }
    let browser = Browser::open(Scripted::new(Duration::from_millis(120))).await;
    browser.look(1280, "light").await;
    browser.go("/accuracy").await;
    browser.pictures("accuracy-empty").await;
    // Cancelled: the form is as it was.
    browser.wait("form[data-backtest] button.primary").await.click().await.expect("a click");
    browser.wait("form[data-backtest] [data-progress]:not([hidden])").await;
    browser.wait("form[data-backtest] [data-cancel]").await.click().await.expect("a click");
    browser.wait("form[data-backtest] [data-progress][hidden]").await;
    browser.wait("form[data-backtest] button.primary").await.click().await.expect("a click");
    browser.wait(".keys-row").await;
    browser.pictures("accuracy-sample").await;
    let errors = browser.console_errors().await;
    assert!(errors.is_empty(), "{errors:?}");
    browser.close().await;

    let browser = Browser::open(Scripted::new(Duration::ZERO)).await;
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    browser.go("/accuracy").await;
    browser.wait("form[data-backtest] button.primary").await.click().await.expect("a click");
    browser.wait(".keys-row").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_comes_in_with_one_click_and_sees_what_they_may() {
    if skipped() {
        return;
    }
    let browser = Browser::outside(Scripted::new(Duration::ZERO)).await;
    browser.look(1280, "light").await;
    browser.go("/programs/spiff-product-x").await;
    assert_eq!(browser.path().await, "/sign-in");
    browser.pictures("sign-in").await;
    // Back to the page that was wanted.
    browser.wait(".personas button[value=auditor]").await.click().await.expect("a click");
    browser.wait(".who").await;
    assert_eq!(browser.path().await, "/programs/spiff-product-x");
    browser.go("/scenarios").await;
    assert_eq!(browser.run("return document.querySelectorAll('#question').length").await, 0);
    browser.pictures("scenarios-auditor").await;
    browser.wait(".who form button").await.click().await.expect("a click");
    browser.wait(".personas").await;
    assert_eq!(browser.path().await, "/sign-in");

    for (role, home, pages) in [
        ("manager", "/", 4),
        ("designer", "/", 4),
        ("finance", "/scenarios", 3),
        ("administrator", "/users", 1),
    ] {
        browser.enter(role).await;
        assert_eq!(browser.path().await, home, "{role}");
        let shown = browser.run("return document.querySelectorAll('.top nav a').length").await;
        assert!(shown.as_u64() >= Some(pages), "{role}: {shown}");
        browser.wait(".who form button").await.click().await.expect("a click");
        browser.wait(".personas").await;
    }
    browser.enter("administrator").await;
    browser.wait("input[name=login]").await.send_keys("pia").await.expect("keys");
    browser.run("document.querySelector('form[action=\"/users\"] select').value = 'partner'").await;
    browser
        .wait("input[name=partner][placeholder]")
        .await
        .send_keys(&format!("P-0003{ENTER}"))
        .await
        .expect("keys");
    browser.wait(".secret").await;
    browser.pictures("users").await;

    browser.run("document.querySelector('.who form').requestSubmit()").await;
    browser.wait(".personas").await;
    browser.enter("manager").await;
    browser.go("/account").await;
    browser.run("document.querySelector('input[value=ask]').checked = true").await;
    browser.wait("input[name=name]").await.send_keys(&format!("nightly{ENTER}")).await.expect("keys");
    browser.wait(".secret").await;
    browser.pictures("account").await;
    browser.run("document.querySelector('.who form').requestSubmit()").await;
    browser.wait(".personas").await;
    browser.enter("partner").await;
    browser.pictures("partner").await;
    browser.go("/programs").await;
    browser.pictures("forbidden").await;
    let errors = browser.console_errors().await;
    let expected = |e: &Value| e["message"].as_str().is_some_and(|m| m.contains("403"));
    assert!(errors.iter().all(expected), "{errors:?}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_come_in_with_progress_and_what_is_wrong_is_shown() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let live: Arc<Live> = Arc::new(data::live(folder.path()).await);
    let options = Options { intake: Some(live.clone()), ..Options::default() };
    let browser = Browser::outside_with(live, options).await;
    browser.look(1280, "light").await;
    browser.enter("manager").await;
    browser.go("/data").await;
    assert_eq!(browser.run("return document.querySelectorAll('form[data-import]').length").await, 0);
    browser.go("/data/reconciliation").await;
    browser.wait("table").await;
    browser.pictures("reconciliation").await;

    browser.wait(".who form button").await.click().await.expect("a click");
    browser.wait(".personas").await;
    browser.enter("administrator").await;
    browser.go("/data").await;
    browser.pictures("data-demo").await;
    let good = folder.path().join("everything.zip");
    std::fs::write(&good, data::zipped(&World::new())).expect("written");
    browser.send_file(&good).await;
    browser.wait("#import.good").await;
    let bad = folder.path().join("transactions.csv");
    std::fs::write(&bad, data::BAD).expect("written");
    browser.send_file(&bad).await;
    browser.wait("#import.bad tbody tr").await;
    browser.pictures("data-rejected").await;
    let stranger = folder.path().join("partners.txt");
    std::fs::write(&stranger, "x").expect("written");
    browser.send_file(&stranger).await;
    let told = browser.wait("[data-problem]:not([hidden])").await.text().await.expect("words");
    assert!(told.contains("partners.txt") && told.contains("neither a table nor a program"), "{told}");
    let errors = browser.console_errors().await;
    assert!(errors.iter().all(|e| e["message"].as_str().is_some_and(|m| m.contains("422"))), "{errors:?}");

    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    browser.go("/data").await;
    browser.send_file(&bad).await;
    browser.wait("#import.bad tbody tr").await;
    browser.close().await;
}

/// Names are completed while one types, with the keys that people expect.
#[tokio::test(flavor = "multi_thread")]
async fn names_are_completed_by_keys_and_enter_still_asks() {
    if skipped() {
        return;
    }
    let browser = Browser::open(Scripted::new(Duration::ZERO)).await;
    browser.look(1280, "light").await;
    browser.go("/").await;
    let question = browser.wait("#question").await;
    question.send_keys("raise the Product X sp").await.expect("keys");
    browser.wait("#suggestions:not([hidden]) li").await;
    browser.pictures("suggestions").await;
    question.send_keys(DOWN).await.expect("a key");
    browser.wait("#suggestions li[aria-selected=true]").await;
    question.send_keys(ENTER).await.expect("a key");
    let written = browser.run("return document.querySelector('#question').value").await;
    assert!(written.as_str().is_some_and(|w| w.starts_with("raise the Product X SPIFF")), "{written}");
    assert_eq!(browser.path().await, "/");
    question.send_keys(" 5% for Q3").await.expect("keys");
    question.send_keys(ENTER).await.expect("a key");
    browser.wait(".answer-head").await;
    browser.close().await;
}
