//! The same on the command line, the page and the API, and what hostile input gets.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::Value;
use spiffcast::app::port::{AskRequest, Copilot, Progress};
use spiffcast::auth::Role;
use spiffcast::config::Settings;
use spiffcast::state::State;
use spiffcast::web::{Options, router};
use spiffcast_engine::earnings::{OwnBooks, statement};
use spiffcast_engine::reading::Status;
use spiffcast_engine::sales::LineKind;
use tempfile::TempDir;

use super::company;
use crate::people::{People, Person};

const OWN: &str = "P-0042";

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spiffcast"));
    for key in ["OPENAI_API_KEY", "OPENAI_BASE_URL", "QDRANT_URL"] {
        command.env_remove(key);
    }
    command.current_dir(folder).args(arguments).output().expect("the binary runs")
}

#[test]
fn the_command_says_what_the_engine_says_and_refuses_what_cannot_be() {
    let folder = TempDir::new().expect("a folder");
    let json = |arguments: &[&str]| -> Value {
        let output = run(folder.path(), arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON and nothing else")
    };
    let told = statement(&OwnBooks::open(company(), OWN).expect("its books"), None);
    assert_eq!(json(&["earnings", OWN, "--json"]), serde_json::to_value(&told).expect("JSON"));
    let asked = json(&["earnings", OWN, "--what-if", "PX-100=20@2026-08", "--json"]);
    assert_eq!(asked["sales"][0]["units"], "20");
    assert_eq!(asked["programs"][0]["program"], "spiff-product-x", "{asked}");
    let outlook = json(&["earnings", OWN, "--outlook", "--what-if", "PX-100=20@2026-08", "--json"]);
    assert_eq!((&outlook["settled"]["basis"], &outlook["label"]), (&"exact".into(), &"Q3 2026".into()));
    assert_eq!(outlook["with_sales"]["total"]["basis"], "forecast");
    let text = run(folder.path(), &["earnings", OWN, "--outlook"]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(text.contains("forecast") && text.contains("Published snapshot"), "{text}");
    let text = run(folder.path(), &["earnings", OWN, "--period", "2026-Q2"]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(text.contains("Running programs") && text.contains("so far"), "{text}");
    for (arguments, code, said) in [
        (vec!["earnings", "P-9999"], 6, "no partner"),
        (vec!["earnings", OWN, "--what-if", "PX-100"], 2, "SKU=UNITS@YYYY-MM"),
        (vec!["earnings", OWN, "--what-if", "PX-100=-5@2026-08"], 5, "positive"),
        (vec!["earnings", OWN, "--what-if", "PX-100=1e9@2026-08"], 5, "Units"),
        (vec!["earnings", OWN, "--what-if", "PX-100=99999999999@2026-08"], 5, "more than"),
        (vec!["earnings", OWN, "--what-if", "PX-100=5@2026-05"], 5, "is over"),
        (vec!["earnings", OWN, "--what-if", "PX-100=5@2046-05"], 5, "too far"),
        (vec!["earnings", OWN, "--what-if", "PX-1=5@2026-08"], 5, "no SKU"),
        (vec!["earnings", OWN, "--period", "soon"], 5, "is not a period"),
        (vec!["earnings", OWN, "--why", "T-none"], 6, "no transaction"),
        (vec!["earnings", "P-9999", "--outlook"], 6, "no partner"),
        (vec!["ask", "--partner", "P-9999", "how much will I earn?"], 6, "no partner"),
    ] {
        let output = run(folder.path(), &arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
}

pub(super) async fn open(folder: &Path) -> State {
    let mut settings = Settings::load(None, |_| None).expect("defaults");
    settings.data_dir = folder.to_owned();
    settings.draws = 200;
    State::open(settings).await.expect("the demo company")
}

/// The router, and as whom it is asked.
pub(super) type Face = (Router, Person);

pub(super) async fn get((router, person): &Face, path: &str) -> (StatusCode, String) {
    let request = person.sends(Request::get(path)).header("host", "127.0.0.1:8787").body(Body::empty());
    let response = router.clone().oneshot_of(request.expect("a request")).await;
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 16 << 20).await.expect("a body");
    (parts.status, String::from_utf8_lossy(&bytes).into_owned())
}

/// `tower::ServiceExt::oneshot` under a name that reads well here.
pub(super) trait OneShot {
    async fn oneshot_of(self, request: Request<Body>) -> axum::response::Response;
}

impl OneShot for Router {
    async fn oneshot_of(self, request: Request<Body>) -> axum::response::Response {
        tower::ServiceExt::oneshot(self, request).await.expect("infallible")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn words_page_and_api_agree_and_keep_others_out() {
    let folder = TempDir::new().expect("a folder");
    let state = open(folder.path()).await;
    let ask = async |question: &str, partner: Option<&str>| {
        let (question, partner) = (question.to_owned(), partner.map(str::to_owned));
        let request = AskRequest { question, partner, ..AskRequest::default() };
        state.ask(request, Progress::new()).await.expect("an answer")
    };

    // In words, as the partner: exact, told, cited, kept.
    let answer = ask("What if I sell 20 more PX-100 in August?", Some(OWN)).await;
    assert_eq!(answer.reading.status, Status::Ready, "{:?}", answer.reading.findings);
    let earnings = answer.earnings.as_ref().expect("earnings");
    let what_if = earnings.what_if.as_ref().expect("a what-if");
    assert_eq!((earnings.partner.as_str(), what_if.sales[0].month.as_str()), (OWN, "2026-08"));
    let summary = answer.summary.as_ref().expect("a summary");
    assert!(summary.headline.contains("20 more PX-100 in August 2026"), "{}", summary.headline);
    assert!(answer.citations.iter().any(|c| c.program == "spiff-product-x"), "{:?}", answer.citations);
    assert_eq!(state.answer(&answer.run.id).await.expect("kept").as_ref(), Some(&answer));
    let again = ask("What if I sell 20 more PX-100 in August?", Some(OWN)).await;
    assert_eq!((&again.earnings, &again.bundle), (&answer.earnings, &answer.bundle), "the same bundle");

    // Staff names the partner; a distance asked for names a mark.
    let staff = ask("how much will P-0056 earn in Q3?", None).await;
    assert_eq!(staff.earnings.expect("earnings").partner, "P-0056");
    let far = ask("how far am I from the next tier of the volume rebate?", Some(OWN)).await;
    assert!(!far.earnings.expect("earnings").standings.is_empty());

    // Another partner, known or not, and another's questions: the same refusal.
    let other = &company().catalog.partners[company().catalog.partner("P-0056").expect("P-0056")];
    let mut refusals = Vec::new();
    for question in [
        format!("What will {} earn this quarter?", other.name),
        "What will Nosuch Partner Ltd earn this quarter?".to_owned(),
        "raise the Product X SPIFF 5% for Q3".to_owned(),
    ] {
        let refused = ask(&question, Some(OWN)).await;
        assert_eq!(refused.reading.status, Status::Unsupported, "{question}");
        let text = serde_json::to_string(&(
            &refused.reading,
            &refused.earnings,
            &refused.summary,
            &refused.citations,
        ));
        let text = text.expect("JSON");
        assert!(!text.contains(&other.name) && !text.contains(&other.id), "{text}");
        refusals.push(text);
    }
    refusals.dedup();
    assert_eq!(refusals.len(), 1, "{refusals:?}");
    // An identifier that somebody has is read as one that nobody has.
    let mut read = Vec::new();
    for id in [other.id.as_str(), "P-7777"] {
        let asked = ask(&format!("what if {id} sells 20 more PX-100 in August?"), Some(OWN)).await;
        assert_ne!(asked.reading.status, Status::Ready, "{id}");
        let text =
            serde_json::to_string(&(&asked.reading, &asked.earnings, &asked.summary, &asked.citations));
        read.push(text.expect("JSON").replace(&id[2..], "…"));
    }
    assert_eq!(read[0], read[1], "{read:?}");

    let people = People::demo().await;
    let router = router(Arc::new(state.clone()), people.accounts.clone(), Options::default());
    let face = (router.clone(), people.enter(Role::Manager).await);
    let (status, page) =
        get(&face, &format!("/earnings?partner={OWN}&sku=PX-100&units=20&month=2026-08")).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains(&summary.headline.replace('\'', "&#39;")), "the form says what the words say");
    assert!(page.contains("Q2 2026") && page.contains("July 2026 is open"), "{page}");
    assert!(!page.contains("style=") && !page.contains("onclick"), "strict policy");
    for (query, code, said) in [
        ("partner=P-9999", 404, "no such partner"),
        ("partner=P-0042&sku=PX-100&units=-3&month=2026-08", 200, "positive number"),
        ("partner=P-0042&sku=PX-100&units=3&month=2026-01", 200, "is over"),
        ("partner=P-0042&sku=%3Cscript%3E&units=3&month=2026-08", 200, "There is no SKU"),
        ("partner=P-0042&year=soon", 422, "is not a period"),
        ("", 200, "One partner"),
    ] {
        let (status, page) = get(&face, &format!("/earnings?{query}")).await;
        assert_eq!(status.as_u16(), code, "{query}");
        assert!(page.contains(said) && !page.contains("<script>"), "{query}: {page}");
    }
    let own_sale = company()
        .lines
        .iter()
        .rev()
        .find(|l| l.partner == company().catalog.partner(OWN).expect("it") && l.kind == LineKind::Sale);
    let sale = &own_sale.expect("a sale").transaction_id;
    let (status, page) = get(&face, &format!("/earnings/sales/{sale}?partner={OWN}")).await;
    assert!(status == StatusCode::OK && page.contains("Registered Deal Commission"), "{page}");
    assert_eq!(get(&face, &format!("/earnings/sales/{sale}?partner=P-0056")).await.0, StatusCode::NOT_FOUND);
    let (status, csv) = get(&face, &format!("/earnings/statement.csv?partner={OWN}&year=all")).await;
    let rows = csv::Reader::from_reader(csv.as_bytes()).into_records().count();
    let told = statement(&OwnBooks::open(company(), OWN).expect("its books"), None);
    let lines: usize = told.programs.iter().map(|p| p.lines.len()).sum();
    assert_eq!((status, rows), (StatusCode::OK, lines));
    assert_eq!(get(&face, &format!("/earnings/statement.xlsx?partner={OWN}")).await.0, StatusCode::OK);

    let (status, json) = get(&face, &format!("/api/v1/earnings/{OWN}?what_if=PX-100%3D20%402026-08")).await;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(status, StatusCode::OK, "{json}");
    assert_eq!(json["what_if"], serde_json::to_value(what_if).expect("JSON"));
    assert_eq!(json["statement"], serde_json::to_value(&told).expect("JSON"));
    for (path, code) in [
        ("/api/v1/earnings/P-9999", 404),
        ("/api/v1/earnings/P-0042?period=soon", 422),
        ("/api/v1/earnings/P-0042?what_if=x", 400),
        ("/api/v1/earnings/P-0042?what_if=PX-100%3D0%402026-08", 422),
        ("/api/v1/earnings/P-0042?budget=1", 400),
        ("/api/v1/earnings/P-0042/sales/none", 404),
    ] {
        let (status, body) = get(&face, path).await;
        assert_eq!(status.as_u16(), code, "{path}: {body}");
        assert!(body.contains("request_id"), "{path}: {body}");
    }

    // A partner's session brings its own partner, whatever the address says; another's
    // looks like one that does not exist.
    let partner = (router, people.enter(Role::Partner).await);
    let (status, page) = get(&partner, "/earnings").await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(!page.contains("partner-choice"), "it chooses nobody");
    assert_eq!(get(&partner, "/earnings?partner=P-0001").await.0, StatusCode::OK, "its own");
    for path in [
        "/earnings?partner=",
        "/earnings/statement.csv?partner=",
        "/earnings/statement.xlsx?partner=",
        "/earnings/sales?sale=T-1&partner=",
        "/earnings/sales/T-1?partner=",
        "/api/v1/earnings/",
    ] {
        let told = |text: String| text.split("Request").next().unwrap_or_default().to_owned();
        let (others, text) = get(&partner, &format!("{path}{OWN}")).await;
        let (nobodys, nothing) = get(&partner, &format!("{path}P-9999")).await;
        assert_eq!((others, nobodys), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND), "{path}");
        if !path.starts_with("/api/") {
            assert_eq!(told(text).len(), told(nothing).len(), "{path}");
        }
    }
}
