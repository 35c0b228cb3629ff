//! Vectors of meaning beside the words, from a scripted endpoint on a loopback port: what
//! they add, what is sent, and that words alone answer whenever it fails.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use spiffcast::config::{EmbeddingSettings, Secret};
use spiffcast::history::{self, Place};
use spiffcast::retrieval::{self, Kind, Query, Retriever};
use spiffcast::state::embedder;
use spiffcast_engine::calendar::{FiscalCalendar, Span};
use spiffcast_engine::company::Company;
use tempfile::TempDir;

fn company() -> &'static Company {
    static COMPANY: OnceLock<Company> = OnceLock::new();
    COMPANY.get_or_init(|| {
        history::load(&Place::Demo, FiscalCalendar::default()).expect("the demo company").company
    })
}

/// What the endpoint answers to the texts of a request.
type Reply = dyn Fn(&[String]) -> Response + Send + Sync;

#[derive(Clone)]
struct Endpoint {
    reply: Arc<Mutex<Arc<Reply>>>,
    /// How many texts each request held.
    asked: Arc<Mutex<Vec<usize>>>,
    address: SocketAddr,
}

async fn embed(Shared(endpoint): Shared<Endpoint>, Json(body): Json<Value>) -> Response {
    assert!(!body.to_string().contains("sk-canary"));
    let texts: Vec<String> = serde_json::from_value(body["input"].clone()).expect("texts");
    endpoint.asked.lock().expect("not poisoned").push(texts.len());
    let reply = endpoint.reply.lock().expect("not poisoned").clone();
    reply(&texts)
}

impl Endpoint {
    async fn new(reply: impl Fn(&[String]) -> Response + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let endpoint = Self { reply: Arc::new(Mutex::new(Arc::new(reply))), asked: Arc::default(), address };
        let router = Router::new().route("/v1/embeddings", post(embed)).with_state(endpoint.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        endpoint
    }

    fn now(&self, reply: impl Fn(&[String]) -> Response + Send + Sync + 'static) {
        *self.reply.lock().expect("not poisoned") = Arc::new(reply);
    }

    fn requests(&self) -> usize {
        self.asked.lock().expect("not poisoned").len()
    }

    async fn index(&self, folder: &Path, model: &str) -> Arc<dyn Retriever> {
        let url = format!("http://{}/v1", self.address);
        let mut settings = EmbeddingSettings::new(Some(url), model, Secret::new("sk-canary"));
        settings.time_limit = Duration::from_secs(2);
        let source = Some(embedder(&settings));
        retrieval::open_with(company(), folder, None, source).await.expect("an index")
    }
}

/// Vectors for texts, as OpenAI words them.
fn vectors(rows: Vec<Vec<f32>>) -> Response {
    let data: Vec<Value> = rows
        .into_iter()
        .enumerate()
        .map(|(index, row)| json!({"object": "embedding", "index": index, "embedding": row}))
        .collect();
    Json(json!({"object": "list", "model": "scripted", "data": data})).into_response()
}

/// A model that knows two things: what is about goods that come back, and the rest. The
/// question's word for it stands in no rule and in no list of words.
fn meaning(texts: &[String]) -> Response {
    let back = |text: &String| text.contains("Returns") || text.contains("boomerang");
    vectors(texts.iter().map(|t| if back(t) { vec![1.0, 0.1, 0.0] } else { vec![0.0, 0.1, 1.0] }).collect())
}

fn question(text: &str) -> Query {
    let today = company().today();
    Query {
        text: text.to_owned(),
        kinds: vec![Kind::Clause],
        in_force_on: Some(Span::new(today, today)),
        limit: 3,
        ..Query::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn meaning_finds_what_no_word_finds() {
    let folder = TempDir::new().expect("a folder");
    let endpoint = Endpoint::new(meaning).await;
    let asked = question("boomerang");
    let words = retrieval::open(company(), &folder.path().join("words"), None).await.expect("an index");
    let by_words = words.search(&asked).await.expect("hits");
    assert!(by_words.iter().all(|h| !h.title.contains("Returns")), "{by_words:#?}");
    let both = endpoint.index(folder.path(), "m").await;
    let hits = both.search(&asked).await.expect("hits");
    assert!(hits.iter().any(|h| h.title.contains("Returns")), "{hits:#?}");
    assert!(hits.iter().all(|h| h.effective.expect("days").contains(company().today())), "{hits:#?}");
    assert_eq!(both.notice(), None);
    assert!(both.describe().contains("embeddings"), "{}", both.describe());
    assert!(endpoint.asked.lock().expect("not poisoned").iter().all(|texts| *texts <= 64));
}

#[tokio::test(flavor = "multi_thread")]
async fn vectors_are_made_once_for_a_model_and_again_for_another() {
    let folder = TempDir::new().expect("a folder");
    let endpoint = Endpoint::new(meaning).await;
    drop(endpoint.index(folder.path(), "m").await);
    let made = endpoint.requests();
    assert!(made > 1, "{made} requests");
    drop(endpoint.index(folder.path(), "m").await);
    assert_eq!(endpoint.requests(), made, "kept");
    drop(endpoint.index(folder.path(), "another").await);
    assert_eq!(endpoint.requests(), 2 * made, "another model");
    std::fs::write(folder.path().join("retrieval/vectors"), "damaged").expect("written");
    drop(endpoint.index(folder.path(), "another").await);
    assert_eq!(endpoint.requests(), 3 * made, "damaged");
}

#[tokio::test(flavor = "multi_thread")]
async fn vectors_of_another_length_are_made_again() {
    let folder = TempDir::new().expect("a folder");
    let endpoint = Endpoint::new(meaning).await;
    let index = endpoint.index(folder.path(), "m").await;
    endpoint.now(|texts| vectors(texts.iter().map(|_| vec![1.0, 0.0, 0.0, 0.0]).collect()));
    assert!(!index.search(&question("monthly cap")).await.expect("hits").is_empty());
    assert!(index.notice().expect("a notice").contains("another length"));
    for _ in 0..200 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        index.search(&question("monthly cap")).await.expect("hits");
        if index.notice().is_none() && index.describe().contains("embeddings") {
            return;
        }
    }
    panic!("{:?}", index.notice());
}

#[tokio::test(flavor = "multi_thread")]
async fn words_alone_answer_while_the_endpoint_fails() {
    let refuses = |_: &[String]| (StatusCode::BAD_REQUEST, "sk-canary is not a key").into_response();
    let few = |_: &[String]| vectors(vec![vec![1.0]]);
    let uneven =
        |texts: &[String]| vectors((0..texts.len()).map(|i| vec![1.0; 1 + i % 2]).collect::<Vec<_>>());
    let garbage = |_: &[String]| "not JSON".into_response();
    let slow = |_: &[String]| {
        std::thread::sleep(Duration::from_secs(4));
        vectors(Vec::new())
    };
    let replies: [Arc<Reply>; 5] =
        [Arc::new(refuses), Arc::new(few), Arc::new(uneven), Arc::new(garbage), Arc::new(slow)];
    let asked = question("cap on the product x spiff per partner");
    let words_folder = TempDir::new().expect("a folder");
    let words = retrieval::open(company(), words_folder.path(), None).await.expect("an index");
    let expected = words.search(&asked).await.expect("hits");
    for reply in replies {
        let folder = TempDir::new().expect("a folder");
        let endpoint = Endpoint::new(move |texts| reply(texts)).await;
        let index = endpoint.index(folder.path(), "m").await;
        assert_eq!(index.search(&asked).await.expect("hits"), expected);
        let notice = index.notice().expect("a notice");
        assert!(notice.contains("words alone") && !notice.contains("canary"), "{notice}");
        assert!(!index.describe().contains("embeddings"), "{}", index.describe());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_fails_later_is_left_alone_for_a_while() {
    let folder = TempDir::new().expect("a folder");
    let endpoint = Endpoint::new(meaning).await;
    let index = endpoint.index(folder.path(), "m").await;
    let failures = Arc::new(AtomicUsize::new(0));
    let counted = failures.clone();
    endpoint.now(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        StatusCode::BAD_REQUEST.into_response()
    });
    for _ in 0..5 {
        assert!(!index.search(&question("monthly cap")).await.expect("hits").is_empty());
    }
    assert_eq!(failures.load(Ordering::Relaxed), 1, "asked again at once");
    assert!(index.notice().is_some());
}
