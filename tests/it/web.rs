//! The pages and the API through the router: what they show, what they refuse.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use scraper::{Html, Selector};
use serde_json::{Value, json};
use spiffcast::app::drafts::Approvals;
use spiffcast::app::port::Copilot;
use spiffcast::auth::Role;
use spiffcast::web::{self, Options, router};
use tower::ServiceExt;

use crate::people::{People, Person};
use crate::samples::{self, EmptyDesk, QUESTION, Scripted};

const HOST: &str = "127.0.0.1:8080";

struct Face {
    router: Router,
    copilot: Arc<Scripted>,
    people: People,
    /// A channel manager, as whom every request is sent.
    person: Person,
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Reply {
    fn page(&self) -> Html {
        assert_eq!(self.headers["content-type"], "text/html; charset=utf-8", "{}", self.text);
        Html::parse_document(&self.text)
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("JSON")
    }
}

fn options(wall: &str) -> Options {
    let wall: chrono::NaiveDate = wall.parse().expect("a date");
    let approvals: Option<Arc<dyn Approvals>> = Some(Arc::new(EmptyDesk));
    Options { wall_clock: Arc::new(move || wall), approvals, ..Options::default() }
}

impl Face {
    async fn new() -> Self {
        Self::with(Scripted::new(Duration::ZERO), options("2026-07-02")).await
    }

    async fn with(copilot: Arc<Scripted>, options: Options) -> Self {
        let people = People::demo().await;
        let person = people.enter(Role::Manager).await;
        Self { router: router(copilot.clone(), people.accounts.clone(), options), copilot, people, person }
    }

    async fn send(&self, mut request: Request<Body>) -> Reply {
        let cookie = self.person.cookie().parse().expect("a header");
        request.headers_mut().insert("cookie", cookie);
        request.headers_mut().insert("x-form-token", self.person.form_token().parse().expect("a header"));
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 4 << 20).await.expect("a body");
        let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
        Reply { status: parts.status, headers: parts.headers, text }
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).header("host", HOST).body(Body::empty()).expect("a request")).await
    }

    async fn form(&self, path: &str, body: &str) -> Reply {
        let request = Request::post(path)
            .header("host", HOST)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body.to_owned()));
        self.send(request.expect("a request")).await
    }

    async fn put(&self, path: &str, body: &str) -> Reply {
        self.json(Request::put(path), body).await
    }

    async fn post(&self, path: &str, body: &str) -> Reply {
        self.json(Request::post(path), body).await
    }

    async fn json(&self, request: axum::http::request::Builder, body: &str) -> Reply {
        let request = request
            .header("host", HOST)
            .header("content-type", "application/json")
            .body(Body::from(body.to_owned()));
        self.send(request.expect("a request")).await
    }

    /// Asks without scripts and gives the page that the redirect leads to.
    async fn ask(&self, body: &str) -> Reply {
        let reply = self.form("/ask", body).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
        let place = reply.headers["location"].to_str().expect("text").to_owned();
        let page = self.get(&place).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        page
    }
}

fn all(page: &Html, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).expect("a selector");
    page.select(&selector)
        .map(|e| e.text().collect::<Vec<_>>().join("").split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

fn attributes(page: &Html, selector: &str, name: &str) -> Vec<String> {
    let selector = Selector::parse(selector).expect("a selector");
    page.select(&selector).filter_map(|e| e.value().attr(name).map(ToOwned::to_owned)).collect()
}

#[tokio::test]
async fn the_ask_page_offers_examples_and_recent_answers() {
    let face = Face::new().await;
    let page = face.get("/").await.page();
    assert_eq!(all(&page, ".examples button").len(), 5);
    assert_eq!(attributes(&page, "textarea[name=question]", "required"), [""]);
    assert!(all(&page, ".recent .empty")[0].contains("No question"));
    assert_eq!(all(&page, ".as-of"), ["Data to 30 June 2026"]);
    assert_eq!(all(&page, ".notices li"), ["Demo company: generated data, read-only."]);

    face.ask("question=%3Cscript%3Ealert(1)%3C/script%3E+raise").await;
    let reply = face.get("/").await;
    assert!(!reply.text.contains("<script>alert"), "names must be escaped");
    assert_eq!(all(&reply.page(), ".recent li a"), ["<script>alert(1)</script> raise"]);
    let page = face.get("/?q=cut+it").await.page();
    assert_eq!(all(&page, "textarea"), ["cut it"]);
}

#[tokio::test]
async fn a_wall_clock_in_a_later_quarter_is_said() {
    for (wall, said) in
        [("2026-07-01", false), ("2026-09-30", false), ("2026-10-01", true), ("2027-01-05", true)]
    {
        let face = Face::with(Scripted::new(Duration::ZERO), options(wall)).await;
        let notices = all(&face.get("/").await.page(), ".notices li");
        assert_eq!(notices.iter().any(|n| n.contains("the data ends on 30 June 2026")), said, "{wall}");
    }
}

#[tokio::test]
async fn without_scripts_a_question_leads_to_its_answer() {
    let face = Face::new().await;
    let reply = face.ask("question=raise+the+Product+X+SPIFF+5%25+for+Q3").await;
    assert!(reply.text.len() <= 120_000, "{} bytes", reply.text.len());
    let page = reply.page();
    assert!(all(&page, "h1")[0].starts_with("Raising the Product X SPIFF"));
    assert_eq!(all(&page, ".asked")[0], format!("Question: {QUESTION}"));
    let keys = all(&page, ".key");
    assert_eq!(keys.len(), 3);
    assert!(keys[0].contains("Net margin +\u{2060}$13,320"), "{}", keys[0]);
    assert!(
        keys[1].contains("8 in 10 chance that the extra payout is between $7,710 and $9,750."),
        "{}",
        keys[1]
    );
    let payout = &all(&page, ".figures tbody tr")[3];
    assert!(
        payout.contains("$118,420") && payout.contains("$127,150") && payout.contains("+\u{2060}$8,730"),
        "{payout}"
    );
    assert!(!all(&page, ".figures").concat().contains("Fund accrual"), "an empty fund is no row");
    assert!(!reply.text.contains(" style="), "the content policy forbids style attributes");
    assert!(!reply.text.contains("<style"));
}

#[tokio::test]
async fn the_answer_has_charts_with_words_and_tables() {
    let face = Face::new().await;
    let page = face.ask("question=raise+the+Product+X+SPIFF+5%25+for+Q3").await.page();
    let labels = attributes(&page, ".chart-figure [role=img]", "aria-label");
    assert_eq!(labels.len(), 5, "months, waterfall, budget, movers, past changes");
    let shown = ["monthly units", "Waterfall", "left today", "Northwind", "3,120 before, 3,455 after"];
    for (label, words) in labels.iter().zip(shown) {
        assert!(label.contains(words), "{words} in {label}");
    }
    assert_eq!(all(&page, "[role=img] > svg.chart.wide + svg.chart.narrow").len(), labels.len());
    assert_eq!(all(&page, "details.as-table summary").len(), 4);
    let months = all(&page, "details.as-table tbody")[0].clone();
    assert!(months.contains("January 2025") && months.contains("September 2026"), "{months}");
    assert!(all(&page, "h2").iter().any(|h| h == "Budget of Product X SPIFF"));
    let movers = all(&page, "details.as-table tbody tr th");
    assert!(
        movers.contains(&"אור טכנולוגיות".to_owned()) && movers.contains(&"<b>Bold</b> Partners".to_owned())
    );
}

#[tokio::test]
async fn the_reading_ties_words_to_fields_and_rules() {
    let face = Face::new().await;
    let page = face.ask("question=raise+the+Product+X+SPIFF+5%25+for+Q3").await.page();
    let words = all(&page, ".question-words .word");
    assert_eq!(words, ["raise", "Product X SPIFF", "5%", "Q3"]);
    for link in attributes(&page, ".question-words .word, .origins a[href^='#']", "href") {
        let id = link.trim_start_matches('#');
        assert_eq!(attributes(&page, &format!("[id='{id}']"), "id").len(), 1, "{link} leads nowhere");
    }
    let fields = all(&page, ".field");
    assert!(
        fields.iter().any(|f| f.starts_with("Period Q3 2026 (1 July – 30 September 2026)")),
        "{fields:?}"
    );
    assert!(fields.iter().any(|f| f.contains("Amount 5%")), "{fields:?}");
    assert!(fields.iter().any(|f| f.contains("Everyone") && f.contains("assumed")), "{fields:?}");

    let link = attributes(&page, ".rules a.citation", "href").remove(0);
    assert_eq!(link, "/programs/spiff-product-x/v3#c2.1");
    let (path, anchor) = link.split_once('#').expect("an anchor");
    let rule = face.get(path).await.page();
    assert!(all(&rule, &format!("[id='{anchor}']"))[0].contains("earns $40.00"));
    let evidence = all(&page, ".evidence");
    assert!(
        evidence[0].starts_with("B Product X Standard (PX-100)")
            && evidence[0].contains("72% of the estimate")
    );
    assert!(all(&page, ".bundle")[0].contains("sha256:4b1d"));
}

#[tokio::test]
async fn weak_evidence_puts_the_breakeven_first() {
    let face = Face::new().await;
    let page = face.ask("question=raise+the+never+varied+SPIFF").await.page();
    assert!(all(&page, ".key")[0].starts_with("Breakeven lift +0.9%"), "{:?}", all(&page, ".key"));
    assert_eq!(all(&page, ".grade")[0], "PRIOR ONLY");
}

#[tokio::test]
async fn a_choice_is_asked_for_and_handed_in() {
    let face = Face::new().await;
    let page = face.ask("question=raise+it+by+5+for+Q3").await.page();
    assert_eq!(all(&page, ".clarify legend"), ["Raise the rate by 5 percent or by $5?"]);
    assert_eq!(attributes(&page, ".clarify button", "value"), ["relative", "amount"]);
    assert_eq!(
        attributes(&page, ".clarify button", "name"),
        vec!["answer.options[0].levers[0].operation"; 2]
    );
    assert_eq!(attributes(&page, ".clarify input[name=question]", "value"), ["raise it by 5 for Q3"]);
    let body = "question=raise+it+by+5+for+Q3&answer.options%5B0%5D.levers%5B0%5D.operation=amount";
    let reply = face.form("/ask", body).await;
    let place = reply.headers["location"].to_str().expect("text");
    assert!(place.ends_with("?answer.options%5B0%5D.levers%5B0%5D.operation=amount"), "{place}");
    assert!(all(&face.get(place).await.page(), "h1")[0].starts_with("Raising"));
}

#[tokio::test]
async fn what_cannot_be_answered_says_why_and_keeps_the_form() {
    let face = Face::new().await;
    let page = face.ask("question=how+is+the+weather").await.page();
    assert_eq!(all(&page, "h1"), ["This is outside of what can be answered"]);
    assert!(all(&page, ".findings")[0].contains("Say which program to change"));
    assert_eq!(all(&page, ".word.unused"), ["weather"]);
    assert_eq!(all(&page, "textarea"), ["how is the weather"]);
    assert_eq!(all(&page, ".examples button").len(), 5);

    let reply = face.form("/ask", "question=++").await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(all(&reply.page(), ".findings")[0].contains("The question is empty."));
    assert_eq!(all(&reply.page(), "textarea").len(), 1);
    assert_eq!(face.form("/ask", "question=down").await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn programs_can_be_read_clause_by_clause() {
    let face = Face::new().await;
    let list = face.get("/programs").await;
    assert!(!list.text.contains("Volume <rebate>"), "names must be escaped");
    let rows = all(&list.page(), "table.rows tbody tr");
    assert_eq!(rows.len(), 2);
    assert!(rows[1].contains("$40 a unit") && rows[1].contains("in force"), "{}", rows[1]);
    let versions = all(&face.get("/programs/spiff-product-x").await.page(), "table.versions tbody tr");
    assert!(versions[0].starts_with("Version 3") && versions[1].contains("$32.50 a unit"), "{versions:?}");
    let page = face.get("/programs/rebate-volume/v1").await.page();
    let terms = all(&page, ".terms tr");
    assert!(terms.iter().any(|t| t.contains("from $50,000: 3% of net revenue")), "{terms:?}");
    assert!(terms.iter().any(|t| t == "Cap a partner$5,000 a quarter"), "{terms:?}");
    assert_eq!(all(&page, ".clause").len(), 8);
}

#[tokio::test]
async fn failures_are_designed_and_tell_no_internals() {
    let face = Face::new().await;
    for path in [
        "/nothing",
        "/answers/none",
        "/programs/none",
        "/programs/spiff-product-x/v9",
        "/programs/spiff-product-x/3",
        "/answers/a/b.exe",
        "/static/000000000000/app.css",
        "/ask/progress/none",
    ] {
        let reply = face.get(path).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
        let id = reply.headers["x-request-id"].to_str().expect("text");
        assert!(all(&reply.page(), ".error-page")[0].contains(id), "{path}");
    }
    let reply = face.get("/ask").await;
    assert_eq!(
        (reply.status, reply.headers["allow"].to_str().expect("text")),
        (StatusCode::METHOD_NOT_ALLOWED, "POST")
    );
    assert_eq!(all(&reply.page(), "h1"), ["Not possible at this address"]);
    for question in ["panic", "secret+fault"] {
        let reply = face.form("/ask", &format!("question={question}")).await;
        assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!reply.text.contains("SECRET") && !reply.text.contains("scripted"), "{}", reply.text);
        assert!(reply.text.contains("Something went wrong on our side"));
    }
    let huge = format!("question={}", "x".repeat(300_000));
    assert_eq!(face.form("/ask", &huge).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let bad =
        face.send(Request::post("/ask").header("host", HOST).body(Body::from("x")).expect("a request")).await;
    assert_eq!(bad.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn every_response_carries_the_headers_and_pages_stay_small() {
    let face = Face::new().await;
    for path in ["/", "/programs", "/nothing", "/healthz", "/api/v1/programs"] {
        let reply = face.get(path).await;
        let policy = reply.headers["content-security-policy"].to_str().expect("text");
        assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{path}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"));
        assert_eq!(reply.headers["x-content-type-options"], "nosniff");
        assert_eq!(reply.headers["referrer-policy"], "same-origin");
        assert_eq!(reply.headers["cache-control"], "no-store", "{path}");
    }
    let page = face.get("/").await.page();
    let mut bytes = 0;
    let mut assets = attributes(&page, "link[rel=stylesheet]", "href");
    assets.extend(attributes(&page, "script", "src"));
    let scripts = assets[1].rsplit_once('/').expect("a folder").0.to_owned();
    assets.extend(["ask.js", "reading.js", "charts.js", "form.js"].map(|name| format!("{scripts}/{name}")));
    for path in assets {
        let reply = face.get(&path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        assert!(reply.headers["cache-control"].to_str().expect("text").contains("immutable"));
        bytes += reply.text.len();
    }
    let answer = face.ask("question=raise").await;
    assert!(answer.text.len() + bytes < 300_000, "{} bytes", answer.text.len() + bytes);
    assert!(all(&page, "script").iter().all(String::is_empty), "no inline script");
    let zipped = face.person.sends(Request::get("/"));
    let zipped = zipped.header("host", HOST).header("accept-encoding", "gzip").body(Body::empty());
    let zipped = face.router.clone().oneshot(zipped.expect("a request")).await.expect("infallible");
    assert_eq!(zipped.headers()["content-encoding"], "gzip");
}

#[tokio::test]
async fn only_this_machine_and_its_own_pages_are_served() {
    let face = Face::new().await;
    for (host, status) in [
        ("localhost:9", 200),
        ("[::1]:9", 200),
        ("evil.test", 403),
        ("127.0.0.1.evil.test", 403),
        ("192.168.0.9", 403),
    ] {
        let request = Request::get("/").header("host", host).body(Body::empty()).expect("a request");
        assert_eq!(face.send(request).await.status.as_u16(), status, "{host}");
    }
    let none = Request::get("/").body(Body::empty()).expect("a request");
    assert_eq!(face.send(none).await.status, StatusCode::FORBIDDEN);
    for (name, value, status) in [
        ("origin", "http://127.0.0.1:8080", 303),
        ("origin", "http://127.0.0.1:9999", 403),
        ("origin", "null", 403),
        ("sec-fetch-site", "same-origin", 303),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "cross-site", 403),
    ] {
        let request = Request::post("/ask")
            .header("host", HOST)
            .header(name, value)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from("question=raise"));
        assert_eq!(face.send(request.expect("a request")).await.status.as_u16(), status, "{name}: {value}");
    }
    let anywhere = "0.0.0.0:0".parse().expect("an address");
    let refused = web::bind(anywhere, &face.people.accounts).await.expect_err("refused");
    assert!(refused.to_string().contains("not a loopback address"), "{refused}");
}

#[tokio::test]
async fn progress_comes_as_events_and_ends_with_the_answer() {
    let face = Face::new().await;
    let started = face.form("/ask/start", "question=raise+the+Product+X+SPIFF").await.json();
    let events = face.get(started["events"].as_str().expect("a path")).await;
    assert_eq!(events.headers["content-type"], "text/event-stream");
    assert!(events.text.contains("event: progress"), "{}", events.text);
    let last = events.text.trim_end().rsplit("\n\n").next().expect("an event").to_owned();
    assert!(last.starts_with("event: done"), "{last}");
    let data: Value = serde_json::from_str(last.split_once("data: ").expect("data").1).expect("JSON");
    let location = data["location"].as_str().expect("a location");
    assert_eq!(face.get(location).await.status, StatusCode::OK);

    let failed = face.form("/ask/start", "question=secret+fault").await.json();
    let events = face.get(failed["events"].as_str().expect("a path")).await.text;
    assert!(events.contains("event: failed") && !events.contains("SECRET"), "{events}");
    let failed = face.form("/ask/start", "question=panic").await.json();
    let events = face.get(failed["events"].as_str().expect("a path")).await.text;
    assert!(events.contains("event: failed"), "{events}");
}

#[tokio::test]
async fn a_question_can_be_cancelled_and_places_are_bounded() {
    let options = Options { questions_max: 2, ..options("2026-07-02") };
    let face = Face::with(Scripted::new(Duration::from_secs(30)), options).await;
    let first = face.form("/ask/start", "question=raise").await.json();
    face.form("/ask/start", "question=raise").await.json();
    let third = face.form("/ask/start", "question=raise").await;
    assert_eq!(third.status, StatusCode::SERVICE_UNAVAILABLE);
    let cancelled = face.form(first["cancel"].as_str().expect("a path"), "").await;
    assert_eq!(cancelled.status, StatusCode::NO_CONTENT);
    let events = face.get(first["events"].as_str().expect("a path")).await.text;
    assert!(events.contains("event: cancelled"), "{events}");
    assert!(face.copilot.recent(9).await.expect("a list").is_empty());
}

#[tokio::test]
async fn nobody_takes_the_server_from_the_others_by_asking_fast() {
    let options = Options { requests_per_minute: std::num::NonZeroU32::new(30), ..options("2026-07-02") };
    let face = Face::with(Scripted::new(Duration::ZERO), options).await;
    for request in 0..30 {
        assert_eq!(face.get("/scenarios").await.status, StatusCode::OK, "{request}");
    }
    for path in ["/scenarios", "/api/v1/scenarios"] {
        let refused = face.get(path).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        let seconds: u64 = refused.headers["retry-after"].to_str().expect("text").parse().expect("seconds");
        assert!((1..=3).contains(&seconds), "{seconds}");
    }
    let other = Face { person: face.people.enter(Role::Designer).await, ..face };
    assert_eq!(other.get("/scenarios").await.status, StatusCode::OK);
}

#[tokio::test]
async fn reports_come_as_files() {
    let face = Face::new().await;
    face.ask("question=raise").await;
    for (extension, kind) in [
        ("pdf", "application/pdf"),
        ("csv", "text/csv"),
        ("md", "text/markdown"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("json", "application/json"),
    ] {
        let reply = face.get(&format!("/answers/0198-0001/report.{extension}")).await;
        assert!(reply.headers["content-type"].to_str().expect("text").starts_with(kind));
        let named = format!("attachment; filename=\"spiffcast-0198-0001.{extension}\"");
        assert_eq!(reply.headers["content-disposition"], named.as_str());
        assert_eq!(reply.text, format!("{extension} 0198-0001"));
        let api = face.get(&format!("/api/v1/scenarios/0198-0001/report.{extension}")).await;
        assert_eq!((api.text, &api.headers["content-type"]), (reply.text, &reply.headers["content-type"]));
    }
    assert_eq!(face.get("/api/v1/scenarios/0198-0001/report.doc").await.json()["status"], 404);
}

#[tokio::test]
async fn the_api_answers_and_explains_itself() {
    let face = Face::new().await;
    let asked = face.post("/api/v1/ask", &json!({ "question": QUESTION }).to_string()).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text);
    assert_eq!(asked.json()["forecast"]["metrics"]["payout"]["difference"][0]["mean"], 8730.0);
    let id = asked.json()["run"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(face.get(&format!("/api/v1/scenarios/{id}")).await.json()["run"]["id"], id.as_str());
    let draft = serde_json::to_value(samples::draft()).expect("JSON");
    for body in [draft.clone(), json!({ "scenario": draft })] {
        let reply = face.post("/api/v1/simulate", &body.to_string()).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        assert_eq!(reply.json()["run"]["question"], Value::Null);
    }
    let programs = face.get("/api/v1/programs").await.json();
    assert_eq!(programs["programs"][1]["versions"][1]["clauses"][2]["number"], "2.1");
    assert_eq!(face.get("/healthz").await.json()["status"], "ok");
}

#[tokio::test]
async fn api_errors_are_problem_details() {
    let face = Face::new().await;
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    for (body, status, said) in [
        ("{", 400, "EOF"),
        (deep.as_str(), 400, "128 levels"),
        (r#"{"question": 5}"#, 422, "expected a string"),
        (r#"{"question": "x", "user": "root"}"#, 422, "unknown field `user`"),
        (r#"{"question": ""}"#, 422, "checks found"),
    ] {
        let reply = face.post("/api/v1/ask", body).await;
        assert_eq!(reply.status.as_u16(), status, "{body}: {}", reply.text);
        assert_eq!(reply.headers["content-type"], "application/problem+json");
        let problem = reply.json();
        assert_eq!(problem["status"], status);
        assert!(problem["detail"].as_str().expect("text").contains(said), "{body}: {problem}");
        assert_eq!(problem["request_id"], reply.headers["x-request-id"].to_str().expect("text"));
    }
    let empty = face.post("/api/v1/ask", r#"{"question": ""}"#).await.json();
    assert_eq!(empty["findings"][0]["code"], "empty_question");
    let plain = Request::post("/api/v1/ask")
        .header("host", HOST)
        .header("content-type", "text/plain")
        .body(Body::from("{}"));
    assert_eq!(face.send(plain.expect("a request")).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    for path in ["/api/v1/none", "/api/v1/scenarios/none"] {
        let reply = face.get(path).await;
        assert_eq!((reply.status.as_u16(), reply.json()["status"].as_u64()), (404, Some(404)));
    }
    assert_eq!(face.get("/api/v1/ask").await.json()["status"], 405);
}

#[tokio::test]
async fn the_description_is_whole() {
    let face = Face::new().await;
    let document = face.get("/api/v1/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    let paths = document["paths"].as_object().expect("paths");
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("operations") {
            assert!(operation["operationId"].is_string() && operation["responses"]["200"].is_object());
            let guarded = operation["x-permission"].is_string() && operation["responses"]["401"].is_object();
            assert_eq!(guarded, path != "/healthz", "{path} says which permission it needs");
            let named = ["{id}", "{partner}", "{transaction}"];
            let path = named.iter().fold(path.clone(), |path, name| path.replace(name, "none"));
            let reply = match method.as_str() {
                "get" => face.get(&path).await,
                "put" => face.put(&path, "{}").await,
                _ => face.post(&path, "{}").await,
            };
            // Who asks is a manager; a body that lacks something is told so before anything.
            let schema = operation["requestBody"].pointer("/content/application~1json/schema/$ref");
            let schema = schema.and_then(Value::as_str).and_then(|at| document.pointer(&at[1..]));
            let lacking = schema.is_some_and(|schema| schema["required"].is_array());
            let expected = if operation["x-permission"] == "drafts-decide" {
                403
            } else if path.contains("none") && !lacking {
                404
            } else if method == "get" {
                200
            } else {
                422
            };
            assert_eq!(reply.status.as_u16(), expected, "{method} {path} is described but not served so");
        }
    }
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 30, "{}", references.len());
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("inside the document");
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    assert!(document["components"]["schemas"]["Answer"]["properties"]["forecast"].is_object());
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if let ("$ref", Value::String(reference)) = (key.as_str(), value) {
                    references.push(reference.clone());
                }
                collect(value, references);
            }
        }
        Value::Array(items) => items.iter().for_each(|v| collect(v, references)),
        _ => {}
    }
}

#[tokio::test]
async fn the_accuracy_page_computes_when_asked_and_shows_what_was_said_and_what_came() {
    let face = Face::new().await;
    let page = face.get("/accuracy").await.page();
    assert_eq!(attributes(&page, "form[data-backtest]", "action"), ["/accuracy"]);
    assert!(all(&page, ".lede")[0].contains("Not computed yet"), "{:?}", all(&page, ".lede"));
    assert_eq!(attributes(&page, "nav a[aria-current]", "href"), ["/accuracy"]);
    let before = face.get("/api/v1/accuracy").await.json();
    assert_eq!((&before["state"], &before["record"]), (&json!("not_computed"), &Value::Null));

    let reply = face.form("/accuracy", "").await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
    assert_eq!(reply.headers["location"], "/accuracy");
    let reply = face.get("/accuracy").await;
    assert!(!reply.text.contains("<i>Product X</i>"), "names must be escaped");
    let page = reply.page();
    assert_eq!(
        all(&page, "h1"),
        [
            "Of 3 past changes, 2 sold within the range that would have been given; units were off by 11.5%, payouts by 8.6%."
        ]
    );
    assert_eq!(all(&page, ".key-value"), ["2 of 3", "11.5%", "8.6%"]);
    // Newest first; the end of a program has no pay.
    let rows = all(&page, "#given ~ section, .events tbody tr th a");
    assert!(rows.iter().any(|r| r == "Product X SPIFF <new> changed, 1 Jan 2026"), "{rows:?}");
    assert_eq!(all(&page, ".events .outside"), ["−17%"]);
    let given = all(&page, "#given tbody tr");
    assert!(
        given[0].contains("Done: Product X SPIFF +5%.") && given[0].contains("1,301, outside"),
        "{given:?}"
    );
    assert!(given[1].contains("not over yet"), "{given:?}");
    assert_eq!(all(&page, "svg.chart.wide").len(), 2);
    let after = face.get("/api/v1/accuracy").await.json();
    assert_eq!(after["record"]["what_ifs"]["units"]["inside_80"], 2);
    assert_eq!(after["forecasts"][0]["score"]["rules"], "option");

    // Begun with progress: its events end at the page.
    let started = face.form("/accuracy/start", "").await.json();
    let events = face.get(started["events"].as_str().expect("an address")).await;
    assert!(!events.text.contains("Finding the rules"), "it is no question: {}", events.text);
    assert!(events.text.contains(r#"{"location":"/accuracy"}"#), "{}", events.text);
}
