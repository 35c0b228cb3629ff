//! The language model as second reader: against a scripted endpoint that is right,
//! plausibly wrong or broken, and against a small real model, which answers in the
//! right shape with the wrong content. Only a grounded draft counts.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use spiffcast::answer::Answer;
use spiffcast::app::port::{AskRequest, Copilot, Progress};
use spiffcast::config::{LlmSettings, Secret, Settings};
use spiffcast::state::State;
use spiffcast_engine::reading::Status;

/// Nobody's phrasing: the built-in reader is not certain of it.
const UNUSUAL: &str = "beef up the Product X SPIFF by 5% in Q3";

/// What the endpoint says, and what it was asked.
#[derive(Clone)]
struct Script {
    reply: Arc<dyn Fn() -> Response + Send + Sync>,
    asked: Arc<Mutex<Vec<Value>>>,
}

async fn complete(Shared(script): Shared<Script>, Json(body): Json<Value>) -> Response {
    script.asked.lock().expect("not poisoned").push(body);
    (script.reply)()
}

/// A scripted endpoint; what it was asked can be looked at afterwards.
async fn endpoint(reply: impl Fn() -> Response + Send + Sync + 'static) -> (SocketAddr, Script) {
    let script = Script { reply: Arc::new(reply), asked: Arc::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = Router::new().route("/v1/chat/completions", post(complete)).with_state(script.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, script)
}

/// A chat completion that holds a draft.
fn says(content: &str) -> Response {
    Json(json!({
        "id": "1", "object": "chat.completion", "created": 1, "model": "scripted",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}]
    }))
    .into_response()
}

fn draft(program: &str, operation: &str, value: &str, (start, end): (&str, &str), tiers: &[&str]) -> String {
    let include = if tiers.is_empty() {
        json!([])
    } else {
        json!([{"tiers": tiers, "regions": [], "partner_types": [], "partners": []}])
    };
    json!({
        "intent": "forecast",
        "period": {"start": start, "end": end, "label": "Q3 2026"},
        "audience": {"include": include, "exclude": []},
        "options": [{"label": "Product X SPIFF +5%", "levers": [{
            "program": program, "parameter": "rate", "operation": operation, "value": value,
            "tier_from": null, "period": null, "audience": null, "terms": null}]}],
        "sweep": null, "goal": null, "earnings": null, "lookup": null
    })
    .to_string()
}

const Q3: (&str, &str) = ("2026-07-01", "2026-09-30");

async fn copilot(base_url: String, folder: &tempfile::TempDir) -> State {
    let mut settings = Settings::load(None, |_| None).expect("defaults");
    settings.data_dir = folder.path().to_owned();
    settings.draws = 200;
    settings.llm = Some(LlmSettings {
        base_url: Some(base_url),
        model: "scripted".to_owned(),
        api_key: Secret::new("sk-canary"),
    });
    State::open(settings).await.expect("the demo company")
}

async fn ask(state: &State, question: &str) -> Answer {
    let request = AskRequest { question: question.to_owned(), ..AskRequest::default() };
    state.ask(request, Progress::new()).await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certain_question_is_not_sent_anywhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let (address, script) = endpoint(|| says("{}")).await;
    let state = copilot(format!("http://{address}/v1"), &folder).await;
    let answer = ask(&state, "raise the Product X SPIFF 5% for Q3").await;
    assert_eq!((answer.reading.status, answer.reading.reader.as_str()), (Status::Ready, "built-in"));
    assert!(script.asked.lock().expect("not poisoned").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_request_is_strict_carries_the_clauses_and_no_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let (address, script) = endpoint(|| says("{}")).await;
    let state = copilot(format!("http://{address}/v1"), &folder).await;
    ask(&state, UNUSUAL).await;
    let asked = script.asked.lock().expect("not poisoned");
    let body = asked.first().expect("it was asked");
    assert_eq!(body["response_format"]["json_schema"]["strict"], true);
    assert_eq!(body["response_format"]["json_schema"]["schema"]["additionalProperties"], false);
    let prompt = body["messages"][1]["content"].as_str().expect("text");
    assert!(prompt.contains("spiff-product-x v3 §"), "{prompt}");
    assert!(!body.to_string().contains("sk-canary"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grounded_draft_is_taken_and_says_who_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let right = draft("spiff-product-x", "increase_by_percent", "5", Q3, &[]);
    let (address, _) = endpoint(move || says(&right)).await;
    let state = copilot(format!("http://{address}/v1"), &folder).await;
    let answer = ask(&state, UNUSUAL).await;
    assert_eq!((answer.reading.status, answer.reading.reader.as_str()), (Status::Ready, "llm"));
    assert_eq!(answer.bundle.model.as_deref(), Some("scripted"));
    assert!(answer.forecast.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn plausibly_wrong_drafts_are_refused_and_the_built_in_reading_stands() {
    let wrong = [
        ("another number", draft("spiff-product-x", "increase_by_percent", "15", Q3, &[])),
        ("the other direction", draft("spiff-product-x", "decrease_by_percent", "5", Q3, &[])),
        ("another program", draft("spiff-edge", "increase_by_percent", "5", Q3, &[])),
        (
            "another period",
            draft("spiff-product-x", "increase_by_percent", "5", ("2026-10-01", "2026-12-31"), &[]),
        ),
        ("an audience nobody named", draft("spiff-product-x", "increase_by_percent", "5", Q3, &["Gold"])),
        ("an amount for a percentage", draft("spiff-product-x", "increase_by_amount", "5", Q3, &[])),
        ("a program that does not exist", draft("spiff-product-q", "increase_by_percent", "5", Q3, &[])),
    ];
    for (what, content) in wrong {
        let folder = tempfile::tempdir().expect("a folder");
        let (address, _) = endpoint(move || says(&content)).await;
        let state = copilot(format!("http://{address}/v1"), &folder).await;
        let answer = ask(&state, UNUSUAL).await;
        assert_eq!(answer.reading.reader, "built-in", "{what} was taken");
        assert!(answer.reading.status != Status::Ready, "{what}");
        let codes: Vec<&str> = answer.reading.findings.iter().map(|f| f.code.as_str()).collect();
        assert!(codes.contains(&"llm_reading_refused"), "{what}: {codes:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_endpoint_costs_the_second_reader_and_not_the_answer() {
    type Reply = fn() -> Response;
    let broken: [(&str, Reply); 5] = [
        ("not JSON", || says("I would raise it.")),
        ("another shape", || says("{\"intent\": \"forecast\", \"sql\": \"DROP TABLE\"}")),
        ("empty", || says("")),
        ("refused by the server", || (StatusCode::UNAUTHORIZED, "no").into_response()),
        ("not a completion", || "hello".into_response()),
    ];
    for (what, reply) in broken {
        let folder = tempfile::tempdir().expect("a folder");
        let (address, _) = endpoint(reply).await;
        let state = copilot(format!("http://{address}/v1"), &folder).await;
        let answer =
            tokio::time::timeout(Duration::from_secs(60), ask(&state, UNUSUAL)).await.expect("in time");
        let said = answer.reading.findings.iter().any(|f| f.code == "llm_not_used");
        assert!(said && answer.reading.reader == "built-in", "{what}: {:?}", answer.reading.findings);
        assert!(!serde_json::to_string(&answer).expect("JSON").contains("sk-canary"), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_real_model_never_gets_a_wrong_scenario_past_the_checks() {
    let Ok(url) = std::env::var("SPIFFCAST_TEST_MODEL_URL") else {
        eprintln!("NOTICE: SPIFFCAST_TEST_MODEL_URL is not set; the small real model was not asked.");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let state = copilot(url, &folder).await;
    let answer = ask(&state, UNUSUAL).await;
    if answer.reading.reader == "llm" {
        let draft = answer.reading.scenario.expect("a scenario");
        let lever = &draft.options[0].levers[0];
        assert_eq!((lever.program.as_str(), lever.value.as_deref()), ("spiff-product-x", Some("5")));
        assert_eq!(draft.period.start.to_string(), "2026-07-01");
    } else {
        let codes: Vec<&str> = answer.reading.findings.iter().map(|f| f.code.as_str()).collect();
        assert!(codes.contains(&"llm_reading_refused") || codes.contains(&"llm_not_used"), "{codes:?}");
    }
}
