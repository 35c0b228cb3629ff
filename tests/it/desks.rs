//! Drafts, disputes, outlooks and the choosing of a partner: in a real browser on the demo
//! company, and rendered from samples with names that pages have to bear.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use scraper::{Html, Selector};
use spiffcast::app::drafts::steps::State;
use spiffcast::app::live::Live;
use spiffcast::app::port::Copilot;
use spiffcast::auth::Role;
use spiffcast::config::Settings;
use spiffcast::web::{Options, router};
use tower::ServiceExt;

use crate::browser::{Browser, ENTER, skipped};
use crate::people::{People, Person};
use crate::samples::{QUESTION, Scripted};
use crate::samples_desk::{FullDesk, HTML, RIGHT_TO_LEFT};

const HOST: &str = "127.0.0.1:8080";

async fn live(folder: &std::path::Path) -> Arc<Live> {
    let mut settings = Settings::load(None, |_| None).expect("defaults");
    settings.data_dir = folder.to_owned();
    settings.draws = 200;
    Arc::new(Live::new(spiffcast::state::State::open(settings).await.expect("the demo company")))
}

async fn leave_and_enter(browser: &Browser, role: &str) {
    browser.run("document.querySelector('.who form').requestSubmit()").await;
    browser.wait(".personas").await;
    browser.enter(role).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_drafted_refused_and_approved_in_the_browser() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let live = live(folder.path()).await;
    let options = Options { approvals: Some(live.clone()), ..Options::default() };
    let browser = Browser::outside_with(live, options).await;
    browser.look(1280, "light").await;
    browser.enter("designer").await;
    browser.go("/drafts").await;
    browser.wait(".empty").await;
    browser.go("/").await;
    browser
        .wait("#question[aria-autocomplete]")
        .await
        .send_keys(&format!("{QUESTION}{ENTER}"))
        .await
        .expect("keys");
    // The box to follow up in lies over the foot of the window.
    browser.wait("form[action='/drafts'] button").await.send_keys(ENTER).await.expect("a key");
    browser.wait(".check-list").await;
    let draft = browser.path().await;
    assert!(draft.starts_with("/drafts/"), "{draft}");
    browser.pictures("draft").await;
    // Both sides of the text have the same room.
    let sides = browser
        .run(
            "const row = document.querySelector('details[open] .texts tr.changed');
             return [...row.cells].map((cell) => Math.round(cell.getBoundingClientRect().width));",
        )
        .await;
    assert_eq!(sides[0], sides[1], "{sides}");
    browser.wait("form[action$='/submit'] button").await.click().await.expect("a click");
    browser.wait(".waits, .hint").await;
    browser.go("/drafts").await;
    browser.pictures("drafts").await;

    // A rejection without a word is refused on the spot, with everything in place.
    leave_and_enter(&browser, "finance").await;
    browser.go(&draft).await;
    browser.wait("button[value=reject]").await.click().await.expect("a click");
    browser.wait(".problem").await;
    browser.wait(".check-list").await;
    browser.wait(".decide textarea").await.send_keys("As agreed.").await.expect("keys");
    browser.wait("button[value=approve]").await.click().await.expect("a click");
    browser.wait("#next").await;
    browser.pictures("draft-approved").await;
    let errors = browser.console_errors().await;
    assert!(errors.iter().all(|e| e["message"].as_str().is_some_and(|m| m.contains("422"))), "{errors:?}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_looks_ahead_and_disputes_and_finance_answers_in_the_browser() {
    if skipped() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let browser = Browser::outside(live(folder.path()).await).await;
    browser.look(1280, "light").await;
    browser.enter("partner").await;
    browser.go("/disputes").await;
    browser.wait(".empty").await;
    browser.go("/earnings?sku=PX-100&units=20&month=2026-08").await;
    let lead = browser.wait(".outlook-lead").await.text().await.expect("text");
    assert!(lead.contains("8 in 10 chance that it will be between $"), "{lead}");
    browser.pictures("earnings-outlook").await;
    let place = "return document.querySelector('a.dispute-link').getAttribute('href')";
    let place = browser.run(place).await;
    browser.go(place.as_str().expect("a link")).await;
    browser.pictures("dispute-new").await;
    browser
        .wait("textarea[name=words]")
        .await
        .send_keys(&format!("{HTML} {RIGHT_TO_LEFT} {}", "never_ending".repeat(20)))
        .await
        .expect("keys");
    browser.wait(".dispute-form button").await.click().await.expect("a click");
    browser.wait(".thread .comment").await;
    let dispute = browser.path().await;
    browser.pictures("dispute").await;

    leave_and_enter(&browser, "finance").await;
    browser.go("/disputes?partner=no+such+partner").await;
    browser.wait(".warn").await;
    browser.go("/disputes").await;
    browser.pictures("disputes").await;
    browser.go(&dispute).await;
    browser.pictures("dispute-answering").await;
    browser.wait("textarea[name=words]").await.send_keys("Right.").await.expect("keys");
    browser.wait("button[value=resolve]").await.click().await.expect("a click");
    browser.wait(".grade.strong").await;

    // The list follows what is typed; the one that is left is a step away.
    browser.go("/earnings").await;
    browser.pictures("earnings-choose").await;
    let box_to_find = browser.wait("input[name=find]").await;
    box_to_find.send_keys("zzz").await.expect("keys");
    browser.wait("[data-found] .empty").await;
    box_to_find.clear().await.expect("cleared");
    box_to_find.send_keys(&format!("P-0042{ENTER}")).await.expect("keys");
    browser.wait(".due-big").await;
    let errors = browser.console_errors().await;
    assert!(errors.is_empty(), "{errors:?}");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_and_ten_links_fit_wide_and_narrow() {
    if skipped() {
        return;
    }
    let options = Options { approvals: Some(Arc::new(FullDesk)), ..Options::default() };
    let browser = Browser::outside_with(Scripted::large(40), options).await;
    browser.look(1280, "light").await;
    browser.enter("designer").await;
    for state in State::ALL {
        browser.go(&format!("/drafts/{state}")).await;
        browser.wait("#thread").await;
        browser.pictures(&format!("draft-sample-{state}")).await;
    }
    browser.go("/drafts").await;
    browser.pictures("drafts-sample").await;
    browser.go("/earnings").await;
    browser.pictures("earnings-choose-sample").await;
    // Nobody has ten links today.
    let add = "const nav = document.querySelector('.top nav');
        while (nav.children.length < 10) nav.append(nav.lastElementChild.cloneNode(true));
        return document.querySelector('.top').getBoundingClientRect().height";
    let height = browser.run(add).await;
    assert!(height.as_f64() < Some(70.0), "one row at 1280: {height}");
    browser.look(390, "light").await;
    let wide = browser.run("return document.documentElement.scrollWidth").await;
    assert_eq!(wide, 390);
    browser.close().await;
}

/// Pages as somebody gets them.
struct Face {
    router: axum::Router,
    person: Person,
    _people: People,
}

impl Face {
    async fn of(copilot: Arc<dyn Copilot>, role: Role) -> Self {
        let people = People::demo().await;
        let person = people.enter(role).await;
        let options = Options { approvals: Some(Arc::new(FullDesk)), ..Options::default() };
        let router = router(copilot, people.accounts.clone(), options);
        Self { router, person, _people: people }
    }

    async fn get(&self, path: &str) -> (StatusCode, String, String) {
        let request = self.person.sends(Request::get(path)).header("host", HOST).body(Body::empty());
        let response = self.router.clone().oneshot(request.expect("a request")).await.expect("infallible");
        let place = response.headers().get("location").map(|v| v.to_str().expect("text").to_owned());
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 4 << 20).await.expect("a body");
        (status, place.unwrap_or_default(), String::from_utf8(bytes.to_vec()).expect("text"))
    }
}

fn count(page: &str, selector: &str) -> usize {
    Html::parse_document(page).select(&Selector::parse(selector).expect("a selector")).count()
}

#[tokio::test]
async fn every_state_of_a_draft_is_rendered_from_samples() {
    // What is offered to a designer who made it, to finance, to a reader.
    let offered: BTreeMap<Role, [(State, &str); 5]> = [
        (
            Role::Designer,
            [
                (State::Draft, "edit submit withdraw"),
                (State::Submitted, "withdraw"),
                (State::Approved, "next"),
                (State::Rejected, "revise"),
                (State::Withdrawn, "revise"),
            ],
        ),
        (
            Role::Finance,
            [
                (State::Draft, ""),
                (State::Submitted, "decide"),
                (State::Approved, "next"),
                (State::Rejected, ""),
                (State::Withdrawn, ""),
            ],
        ),
    ]
    .into();
    for (role, states) in offered {
        let face = Face::of(Scripted::new(std::time::Duration::ZERO), role).await;
        for (state, wanted) in states {
            let (status, _, page) = face.get(&format!("/drafts/{state}")).await;
            assert_eq!(status, StatusCode::OK, "{page}");
            let found: Vec<&str> = [
                ("edit", "details.edit"),
                ("submit", "form[action$='/submit']"),
                ("withdraw", "form[action$='/withdraw']"),
                ("revise", "form[action$='/revise']"),
                ("decide", ".decide"),
                ("next", "#next"),
            ]
            .into_iter()
            .filter(|(_, selector)| count(&page, selector) > 0)
            .map(|(name, _)| name)
            .collect();
            assert_eq!(found.join(" "), wanted, "{role}, {state}");
            assert!(!page.contains(HTML) && !page.contains("style="), "{page}");
            assert!(page.contains(RIGHT_TO_LEFT), "{page}");
            assert!(page.contains("<ins>$12,345.67</ins>") && page.contains("<del>$40</del>"), "{page}");
            assert!(page.len() < 60_000, "{} bytes", page.len());
        }
        let (_, _, list) = face.get("/drafts").await;
        assert_eq!(count(&list, ".drafts li"), State::ALL.len(), "{list}");
        // Nothing in it: no files, no months, nothing said.
        let (status, _, bare) = face.get("/drafts/bare").await;
        assert!(status == StatusCode::OK && count(&bare, "#impact-h, .change, .thread li") == 0, "{bare}");
    }
}

#[tokio::test]
async fn a_partner_is_chosen_among_ten_thousand() {
    let face = Face::of(Scripted::large(10_000), Role::Finance).await;
    let begun = Instant::now();
    let (status, _, page) = face.get("/earnings").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.len() < 15_000, "{} bytes", page.len());
    assert_eq!(count(&page, ".partners li"), 20);
    assert!(page.contains("20 of 10000 partners"), "{page}");
    let (_, _, found) = face.get("/earnings?find=P-0004").await;
    assert_eq!(count(&found, ".partners li"), 10, "{found}");
    let (_, _, found) = face.get(&format!("/earnings?find={}", urlencoded("النور 4711"))).await;
    assert!(found.is_empty() || found.contains("P-04711"), "{found}");
    let (status, place, _) = face.get("/earnings?find=p-04711").await;
    assert_eq!((status, place.as_str()), (StatusCode::SEE_OTHER, "/earnings?partner=P-04711"));
    let (_, _, none) = face.get(&format!("/earnings?find={}", urlencoded(HTML))).await;
    assert!(none.contains("No partner is called") && !none.contains(HTML), "{none}");
    eprintln!("choosing among 10,000 partners: {:?} for five pages", begun.elapsed());
}

fn urlencoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
