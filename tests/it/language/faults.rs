//! Endpoints that break: each costs the second reader and not the answer.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use spiffcast::app::read::Read;
use spiffcast::config::ReaderPolicy::Auto;
use spiffcast::config::{Endpoint, LlmSettings, Secret};

use super::endpoint::{KEY, Scripted, complains, completion, says};
use super::{UNUSUAL, ask, codes, copilot, read, readers, right};

/// Reads the unusual question with an endpoint.
async fn with(settings: LlmSettings) -> Read {
    let readers = readers(Some(settings), Auto).await;
    tokio::time::timeout(Duration::from_secs(60), read(&readers, UNUSUAL, &[])).await.expect("in time")
}

fn stood_in(read: &Read) -> bool {
    read.reading.reader == "built-in" && codes(read).contains(&"llm_not_used") && read.model.is_none()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_endpoint_costs_the_second_reader_and_not_the_answer() {
    type Reply = fn() -> Response;
    let broken: [(&str, usize, Reply); 10] = [
        ("not JSON", 2, || says("I would raise it.")),
        ("another shape", 2, || says("{\"intent\": \"forecast\", \"sql\": \"DROP TABLE\"}")),
        ("empty", 1, || says("")),
        ("cut off", 1, || completion(json!({"content": "{\"intent\": \"fore"}), "length")),
        ("declined", 1, || completion(json!({"content": null, "refusal": "I can't help."}), "stop")),
        ("filtered", 1, || completion(json!({"content": ""}), "content_filter")),
        ("refused by the server", 1, || (StatusCode::UNAUTHORIZED, "no").into_response()),
        ("not a completion", 1, || "hello".into_response()),
        ("broken inside", 3, || complains(StatusCode::INTERNAL_SERVER_ERROR, "oops")),
        ("no choice at all", 1, || axum::Json(json!({"choices": []})).into_response()),
    ];
    for (what, requests, reply) in broken {
        let endpoint = Scripted::new(move |_, _| reply()).await;
        let read = with(endpoint.settings()).await;
        assert!(stood_in(&read), "{what}: {:?}", codes(&read));
        assert_eq!(endpoint.asked().len(), requests, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_is_tried_again_after_a_pause() {
    for status in [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE] {
        let endpoint = Scripted::new(move |_, before| match before {
            0 => (status, [(header::RETRY_AFTER, "1")], "later").into_response(),
            1 => (status, "later").into_response(),
            _ => says(&right()),
        })
        .await;
        let started = Instant::now();
        let read = with(endpoint.settings()).await;
        assert_eq!((read.reading.reader.as_str(), endpoint.asked().len()), ("llm", 3), "{status}");
        assert!(started.elapsed() >= Duration::from_secs(1), "the pause that was asked for is kept");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_that_nobody_has_time_for_is_not_taken() {
    let endpoint = Scripted::new(|_, _| {
        (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "3600")], "later").into_response()
    })
    .await;
    let started = Instant::now();
    let read = with(endpoint.settings()).await;
    assert!(stood_in(&read) && endpoint.asked().len() == 1);
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_time_limit_holds_for_everything() {
    let endpoint = Scripted::slowly(|_, _| {
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(30)).await;
            says(&right())
        })
    })
    .await;
    let mut settings = endpoint.settings();
    settings.time_limit = Duration::from_secs(1);
    let started = Instant::now();
    let read = with(settings).await;
    assert!(stood_in(&read) && started.elapsed() < Duration::from_secs(5));
    let said = read.reading.findings.iter().any(|f| f.message.contains("within 1 s"));
    assert!(said, "{:?}", read.reading.findings);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_cut_is_tried_again() {
    let endpoint = Scripted::new(|_, before| {
        if before > 0 {
            return says(&right());
        }
        let parts = [Ok(Bytes::from("{\"choices\": [")), Err(std::io::Error::other("cut"))];
        let body = Body::from_stream(futures::stream::iter(parts));
        ([(header::CONTENT_TYPE, "application/json")], body).into_response()
    })
    .await;
    let read = with(endpoint.settings()).await;
    assert_eq!((read.reading.reader.as_str(), endpoint.asked().len()), ("llm", 2));
}

/// A reply without an end; how much of it was taken is counted.
fn endless(taken: Arc<Mutex<usize>>) -> Response {
    let chunk = Bytes::from(vec![b' '; 16 * 1024]);
    let stream = futures::stream::repeat_with(move || {
        *taken.lock().expect("not poisoned") += chunk.len();
        Ok::<_, std::io::Error>(chunk.clone())
    });
    ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(stream)).into_response()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_without_an_end_is_left_while_it_comes_in() {
    let taken = Arc::new(Mutex::new(0));
    let counted = taken.clone();
    let endpoint = Scripted::new(move |_, _| endless(counted.clone())).await;
    let started = Instant::now();
    let read = with(endpoint.settings()).await;
    assert!(stood_in(&read) && endpoint.asked().len() == 1);
    assert!(started.elapsed() < Duration::from_secs(10));
    let taken = *taken.lock().expect("not poisoned");
    assert!(taken < 64 * 1024 * 1024, "{taken} bytes were taken");
    let said = read.reading.findings.iter().any(|f| f.message.contains("too long"));
    assert!(said, "{:?}", read.reading.findings);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_followed() {
    let other = Scripted::saying(right()).await;
    let place = format!("{}/chat/completions", other.base_url());
    let endpoint = Scripted::new(move |_, _| {
        (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, place.clone())]).into_response()
    })
    .await;
    let read = with(endpoint.settings()).await;
    assert!(stood_in(&read) && endpoint.asked().len() == 1);
    assert!(other.asked().is_empty(), "the question and the key went elsewhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_listens() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let read =
        with(LlmSettings::new(Endpoint::at(format!("http://{address}/v1")), "m", Secret::new(KEY))).await;
    assert!(stood_in(&read));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_requests_run_at_a_time_than_are_allowed() {
    let (now, most) = (Arc::new(Mutex::new(0_usize)), Arc::new(Mutex::new(0_usize)));
    let (running, seen) = (now.clone(), most.clone());
    let endpoint = Scripted::slowly(move |_, _| {
        let (running, seen) = (running.clone(), seen.clone());
        Box::pin(async move {
            let count = {
                let mut running = running.lock().expect("not poisoned");
                *running += 1;
                *running
            };
            {
                let mut seen = seen.lock().expect("not poisoned");
                *seen = (*seen).max(count);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            *running.lock().expect("not poisoned") -= 1;
            says(&right())
        })
    })
    .await;
    let mut settings = endpoint.settings();
    settings.requests_max = 2;
    let readers = readers(Some(settings), Auto).await;
    let reads = (0..8).map(|_| read(&readers, UNUSUAL, &[]));
    let reads = futures::future::join_all(reads).await;
    assert!(reads.iter().all(|r| r.reading.reader == "llm"));
    assert_eq!(*most.lock().expect("not poisoned"), 2);
}

/// Answers only what it understands; everything else it complains about.
fn understands(body: &Value, knows: &str) -> Response {
    let complaint = match (&body["response_format"]["type"], body["tools"].is_array()) {
        (Value::String(form), _) if form == "json_schema" && knows != "schema" => {
            "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model"
        }
        (_, true) if knows != "tools" => "this model does not support tools",
        (Value::String(form), _) if form == "json_object" && knows != "json" => {
            "'response_format.type' must be 'text'"
        }
        _ => return says(&right()),
    };
    complains(StatusCode::BAD_REQUEST, complaint)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_knows_no_schema_is_asked_in_the_way_it_knows() {
    for (knows, tries) in [("schema", 1), ("tools", 2), ("json", 3), ("words", 4)] {
        let endpoint = Scripted::new(move |body, _| understands(&body, knows)).await;
        let readers = readers(Some(endpoint.settings()), Auto).await;
        assert_eq!(read(&readers, UNUSUAL, &[]).await.reading.reader, "llm", "{knows}");
        assert_eq!(endpoint.asked().len(), tries, "{knows}");
        let rules = endpoint.asked()[tries - 1].body["messages"][0]["content"].to_string();
        assert_eq!(rules.contains("must match this schema"), ["json", "words"].contains(&knows), "{knows}");
        // What worked is remembered.
        assert_eq!(read(&readers, UNUSUAL, &[]).await.reading.reader, "llm", "{knows}");
        assert_eq!(endpoint.asked().len(), tries + 1, "{knows}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_refuses_a_parameter_is_asked_without_it() {
    let endpoint = Scripted::new(|body, _| {
        if !body["temperature"].is_null() {
            return complains(StatusCode::BAD_REQUEST, "Unsupported value: 'temperature' does not support 0");
        }
        if !body["max_completion_tokens"].is_null() {
            let told = "Unrecognized request argument supplied: max_completion_tokens";
            return complains(StatusCode::BAD_REQUEST, told);
        }
        says(&right())
    })
    .await;
    assert_eq!(with(endpoint.settings()).await.reading.reader, "llm");
}

#[tokio::test(flavor = "multi_thread")]
async fn azure_is_asked_for_a_deployment_with_its_own_header() {
    let endpoint = Scripted::saying(right()).await;
    let azure = Endpoint::Azure {
        resource: endpoint.root(),
        deployment: "reads".to_owned(),
        api_version: "2024-10-21".to_owned(),
    };
    let read = with(LlmSettings::new(azure, "reads", Secret::new(KEY))).await;
    assert_eq!(read.reading.reader, "llm");
    let asked = &endpoint.asked()[0];
    assert_eq!(asked.uri, "/openai/deployments/reads/chat/completions?api-version=2024-10-21");
    assert_eq!(asked.headers.get("api-key").and_then(|v| v.to_str().ok()), Some(KEY));
    assert!(asked.headers.get(header::AUTHORIZATION).is_none());
}

/// Everything that is logged, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("not poisoned").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_key_that_an_endpoint_repeats_stands_in_no_log_and_no_answer() {
    let log = Log::default();
    let folder = tempfile::tempdir().expect("a folder");
    for status in [StatusCode::BAD_REQUEST, StatusCode::INTERNAL_SERVER_ERROR, StatusCode::OK] {
        let endpoint =
            Scripted::new(move |_, _| (status, format!("Incorrect API key provided: {KEY}")).into_response())
                .await;
        let state = copilot(&folder, endpoint.settings(), Auto).await;
        let guard = tracing::subscriber::set_default(subscriber_of(&log));
        let answer = ask(&state, UNUSUAL).await;
        drop(guard);
        assert_eq!(answer.reading.reader, "built-in");
        assert!(!serde_json::to_string(&answer).expect("JSON").contains(KEY), "{status}");
    }
    let written = String::from_utf8(log.0.lock().expect("not poisoned").clone()).expect("text");
    assert!(written.contains("language model endpoint"), "the fault is logged");
    let ours = written.lines().filter(|line| line.contains(" spiffcast"));
    assert!(!ours.clone().any(|line| line.contains(KEY)), "{}", ours.collect::<String>());
}

fn subscriber_of(log: &Log) -> impl tracing::Subscriber + Send + Sync + use<> {
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish()
}
