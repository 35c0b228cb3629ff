//! Programs as people look at them, on the demo company: clauses found by words, what a
//! program cost and returned, copies of scenarios; and the pages that show it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use scraper::{Html, Selector};
use spiffcast::app::ask::read_only;
use spiffcast::app::examples;
use spiffcast::app::port::{Annotation, AskError, AskRequest, Copilot, Progress, ScenarioQuery};
use spiffcast::app::programs::ClauseQuery;
use spiffcast::auth::Role;
use spiffcast::config::Settings;
use spiffcast::program_record::{ProgramRecord, Returned};
use spiffcast::state::State;
use spiffcast::web::{Options, router};
use spiffcast_engine::company::Company;
use spiffcast_engine::programs::RuleBook;
use spiffcast_engine::programs::accruals::{AccrualOptions, accruals};
use spiffcast_engine::reading::Status;
use tower::ServiceExt;

use crate::people::People;
use crate::samples::{QUESTION, Scripted};

async fn demo(folder: &std::path::Path) -> State {
    let mut settings = Settings::load(None, |_| None).expect("defaults");
    settings.data_dir = folder.to_owned();
    settings.draws = 200;
    State::open(settings).await.expect("the demo company")
}

/// Waits as the page does by looking again.
async fn record(state: &State, program: &str) -> Arc<ProgramRecord> {
    for _ in 0..200 {
        if let Some(record) = state.program_record(program).await.expect("a record") {
            return record;
        }
    }
    panic!("the record of {program} was never there");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_of_a_program_is_what_the_calculator_and_the_books_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = demo(folder.path()).await;
    let company: Arc<Company> = Copilot::company(&state);
    let all = accruals(&company, &RuleBook::of(&company.programs), &AccrualOptions::default());
    let wanted = all.programs.iter().find(|p| p.program_id == "spiff-product-x").expect("accruals");
    let found = record(&state, "spiff-product-x").await;
    assert_eq!(found.accruals.as_ref(), Some(wanted), "alone as among all");

    let due: rust_decimal::Decimal = found.quarters.iter().map(|q| q.accrued).sum();
    assert_eq!(due, wanted.due.total, "quarters add up to what is due");
    let booked: rust_decimal::Decimal =
        company.payouts.iter().filter(|p| p.program_id == "spiff-product-x").map(|p| p.accrued).sum();
    assert_eq!(found.quarters.iter().map(|q| q.booked).sum::<rust_decimal::Decimal>(), booked);
    let sold: rust_decimal::Decimal = found.quarters.iter().map(|q| q.revenue).sum();
    assert!(sold > due && due > rust_decimal::Decimal::ZERO, "{sold} {due}");

    let Returned::LookedBack(back) = &found.returned else { panic!("{:?}", found.returned) };
    assert_eq!(back.label, "Q2 2026", "the last whole quarter");
    assert!(back.forecast.hindcast && !back.grades.is_empty());
    let units = back.forecast.metrics["units"].difference[0].mean.expect("a mean");
    assert!(units < 0.0, "without it less is sold: {units}");
    let asked = AskRequest { question: back.question.clone(), ..AskRequest::default() };
    let read = read_only(&state, &asked).await.expect("read");
    assert_eq!(read.status, Status::Ready, "{}: {:?}", back.question, read.findings);
    assert!(matches!(state.program_record("nothing").await, Err(AskError::NotFound)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fund_and_what_never_ran_are_not_estimated_and_say_why() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = demo(folder.path()).await;
    let company = Copilot::company(&state);
    let fund = company.programs.iter().find(|p| p.latest().terms.kind.as_str() == "mdf").expect("a fund");
    let Returned::NotEstimated(why) = &record(&state, &fund.id).await.returned else { panic!("estimated") };
    assert!(why.contains("a fund is set aside"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_offered_to_ask_about_a_program_can_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = demo(folder.path()).await;
    let company = Copilot::company(&state);
    for program in &company.programs {
        let questions = examples::about(&company, program);
        assert!(questions.len() >= 2, "{}", program.id);
        for question in questions {
            let asked = AskRequest { question: question.clone(), ..AskRequest::default() };
            let read = read_only(&state, &asked).await.expect("read");
            let settled = matches!(read.status, Status::Ready | Status::NeedsClarification);
            // A program that did not run then cannot be paused then; that is said.
            let not_then =
                read.findings.iter().any(|f| f.code.contains("force") || f.code.contains("period"));
            assert!(settled || not_then, "{question}: {:?} {:?}", read.status, read.findings);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clauses_are_found_by_words_in_force_or_of_every_version() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = demo(folder.path()).await;
    let find = |text: &str, program: Option<&str>, every_version| {
        let query =
            ClauseQuery { text: text.to_owned(), program: program.map(ToOwned::to_owned), every_version };
        state.clauses(query)
    };
    let company = Copilot::company(&state);
    let found = find("goods that come back", None, false).await.expect("a search");
    assert!(
        found.first().is_some_and(|c| c.answers && c.text.to_lowercase().contains("return")),
        "{found:?}"
    );
    assert!(found.iter().all(|c| c.effective.is_some_and(|span| span.contains(company.today()))));
    let own = find("rate a unit", Some("spiff-product-x"), true).await.expect("a search");
    assert!(own.iter().all(|c| c.program == "spiff-product-x"));
    let versions: std::collections::BTreeSet<u32> = own.iter().map(|c| c.version).collect();
    assert!(versions.len() > 1, "{versions:?}");
    assert!(find("", None, true).await.expect("a search").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_has_the_same_figures_and_a_note_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = demo(folder.path()).await;
    let request = AskRequest { question: QUESTION.to_owned(), ..AskRequest::default() };
    let first = state.ask(request, Progress::new()).await.expect("an answer");
    let said = Annotation { note: "for the board".to_owned(), tags: vec!["q3".to_owned()], archived: false };
    state.annotate(&first.run.id, said).await.expect("kept");
    let id = state.duplicate(&first.run.id).await.expect("copied");
    let copy = state.answer(&id).await.expect("read").expect("there");
    assert_ne!(copy.run.id, first.run.id);
    assert_eq!(
        (&copy.forecast, &copy.bundle, &copy.summary),
        (&first.forecast, &first.bundle, &first.summary)
    );
    let kept = state.kept(&id).await.expect("read").expect("there");
    assert_eq!((kept.note.as_str(), kept.tags), ("Copy: for the board", vec!["q3".to_owned()]));
    // Put away alone.
    state.annotate(&id, Annotation { archived: true, ..Annotation::default() }).await.expect("kept");
    let listed = state.scenarios(ScenarioQuery::default()).await.expect("a list");
    assert_eq!(listed.scenarios.iter().map(|s| s.id.as_str()).collect::<Vec<_>>(), [first.run.id.as_str()]);
    assert!(matches!(state.duplicate("0198-none").await, Err(AskError::NotFound)));
}

struct Pages {
    router: axum::Router,
    cookie: String,
    _people: People,
}

impl Pages {
    async fn of(copilot: Arc<dyn Copilot>, role: Role) -> Self {
        let people = People::demo().await;
        let person = people.enter(role).await;
        let router = router(copilot, people.accounts.clone(), Options::default());
        Self { router, cookie: person.cookie(), _people: people }
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).header("host", "127.0.0.1:8080").header("cookie", &self.cookie);
        let response = self.router.clone().oneshot(request.body(Body::empty()).expect("a request")).await;
        let response = response.expect("infallible");
        let status = response.status();
        let body = to_bytes(response.into_body(), 4 << 20).await.expect("a body");
        (status, String::from_utf8(body.to_vec()).expect("UTF-8"))
    }

    async fn page(&self, path: &str) -> Html {
        let (status, text) = self.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {text}");
        assert!(text.len() <= 120_000, "{path}: {} bytes", text.len());
        Html::parse_document(&text)
    }
}

fn all(page: &Html, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).expect("a selector");
    let words = |e: scraper::ElementRef<'_>| {
        e.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    page.select(&selector).map(words).collect()
}

#[tokio::test]
async fn the_page_of_a_program_tells_cost_return_budget_and_findings() {
    let pages = Pages::of(Scripted::new(Duration::ZERO), Role::Manager).await;
    let page = pages.page("/programs/spiff-product-x").await;
    let keys = all(&page, ".key");
    assert!(keys[0].starts_with("Accrued$12,000Q1 2026By the rules."), "{keys:?}");
    assert!(keys[1].starts_with("Effective rate3.00%of $400,000 that counted"), "{keys:?}");
    assert!(keys[2].starts_with("Budget left$126,350of $250,000, version 3"), "{keys:?}");
    let costs = all(&page, "table.costs tbody tr");
    assert_eq!(costs[0], "Year 2026 not over$20,600$23,800$23,000$400,0005.15%");
    assert!(costs[1].starts_with("Q2 2026 not over$8,600") && costs[1].ends_with("$0–"), "{costs:?}");
    let returned = all(&page, "#returned").concat();
    assert!(returned.contains("grade B for 1 product, grade C for 1 product"), "{returned}");
    // The sample's option brings $13,320 net: leaving it out takes that away.
    assert!(
        returned.contains("cost more than it brought") && returned.contains("−\u{2060}$13,320"),
        "{returned}"
    );
    let findings = all(&page, "#look .findings li");
    assert!(findings[0].starts_with("No partner ever reached the tier from <120,000>"), "{findings:?}");
    assert_eq!(all(&page, ".ask-about .examples button")[0], "raise the Product X SPIFF 5% for Q3");
    assert_eq!(all(&page, "label[for=question]"), ["Ask about the Product X SPIFF"]);
    assert_eq!(all(&page, "table.versions tbody tr td a"), ["What changed"]);

    let page = pages.page("/programs/rebate-volume").await;
    assert!(all(&page, "#returned").concat().contains("Not estimated"));
    let auditor = Pages::of(Scripted::new(Duration::ZERO), Role::Auditor).await;
    assert!(all(&auditor.page("/programs/spiff-product-x").await, "#question").is_empty(), "reads, asks not");
}

#[tokio::test]
async fn two_versions_stand_side_by_side_with_what_changed_marked() {
    let pages = Pages::of(Scripted::new(Duration::ZERO), Role::Manager).await;
    let page = pages.page("/programs/spiff-product-x/changes").await;
    assert!(all(&page, "h1")[0].ends_with("version 2 against version 3"));
    let changed = all(&page, "tr.changed");
    assert!(changed.iter().any(|row| row == "Rate $32.50 a unit $40 a unit"), "{changed:?}");
    assert!(
        all(&page, "del").contains(&"$32.50".to_owned()) && all(&page, "ins").contains(&"$40".to_owned())
    );
    assert!(
        all(&page, ".h-sub").contains(&"8 clauses are the same".to_owned()),
        "{:?}",
        all(&page, ".h-sub")
    );
    assert_eq!(pages.get("/programs/spiff-product-x/changes?from=2&to=9").await.0, StatusCode::NOT_FOUND);
    assert_eq!(pages.get("/programs/none/changes").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn clauses_found_are_quoted_with_their_place() {
    let pages = Pages::of(Scripted::new(Duration::ZERO), Role::Manager).await;
    let page = pages.page("/programs?q=come+back").await;
    let found = all(&page, ".rules .citation");
    assert_eq!(found, ["Volume <rebate> v1 §6.1", "Product X SPIFF v3 §6.1"]);
    assert_eq!(all(&page, ".rules blockquote").len(), 2);
    let page = pages.page("/programs/spiff-product-x?q=come+back&all=1").await;
    assert_eq!(all(&page, ".rules .citation").len(), 2, "both versions of this one");
    let page = pages.page("/programs?q=%3Cscript%3E").await;
    assert_eq!(all(&page, "#found-h"), ["No clause speaks of “<script>”"]);
}

/// Ten thousand partners, with names from right to left: no page lists them all.
#[tokio::test]
async fn pages_stay_small_and_whole_with_ten_thousand_partners() {
    let copilot = Scripted::large(10_000);
    let request =
        |n: usize| AskRequest { question: format!("raise שיעור {n} by 5%"), ..AskRequest::default() };
    for n in 0..90 {
        copilot.ask(request(n), Progress::new()).await.expect("an answer");
    }
    let pages = Pages::of(copilot, Role::Manager).await;
    let answer = pages.page("/answers/0198-0001").await;
    let movers = all(&answer, "[aria-labelledby^=movers] tbody th");
    assert_eq!(movers.len(), 10);
    assert_eq!(movers[0], "אור טכנולוגיות 0");
    assert!(all(&answer, "[aria-labelledby^=movers] .figure-lead")[0].contains("10,000 move at all"));
    for path in ["/", "/programs", "/programs/spiff-product-x", "/accuracy"] {
        pages.page(path).await;
    }
    let first = all(&pages.page("/scenarios").await, ".scenarios li");
    let last = all(&pages.page("/scenarios?page=2").await, ".scenarios li");
    assert_eq!((first.len(), last.len()), (40, 10), "paged");
    assert!(first[0].contains("שיעור 89") && last[9].contains("שיעור 0"));
}
