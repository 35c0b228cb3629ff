//! A scripted endpoint on a loopback port: it answers what a test wants, and what it
//! was asked can be looked at afterwards.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::Router;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use spiffcast::config::{Endpoint, LlmSettings, Secret};

/// What a test answers: to a body, the how-manieth from 0.
type Reply = dyn Fn(Value, usize) -> BoxFuture<'static, Response> + Send + Sync;

/// The key that must be seen nowhere but in the header of a request.
pub const KEY: &str = "sk-canary";

/// One request as it came in.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Path and query.
    pub uri: String,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Value,
}

/// A running endpoint.
#[derive(Clone)]
pub struct Scripted {
    reply: Arc<Reply>,
    asked: Arc<Mutex<Vec<Asked>>>,
    address: SocketAddr,
}

impl Scripted {
    /// Answers with `reply`, which gets the body and the number of requests before.
    pub async fn new(reply: impl Fn(Value, usize) -> Response + Send + Sync + 'static) -> Self {
        Self::slowly(move |body, before| {
            let response = reply(body, before);
            Box::pin(async move { response })
        })
        .await
    }

    /// Answers the same to everything.
    pub async fn saying(content: impl Into<String>) -> Self {
        let content = content.into();
        Self::new(move |_, _| says(&content)).await
    }

    /// Answers when it has thought about it.
    pub async fn slowly(
        reply: impl Fn(Value, usize) -> BoxFuture<'static, Response> + Send + Sync + 'static,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let scripted = Self { reply: Arc::new(reply), asked: Arc::default(), address };
        let router = Router::new().fallback(complete).with_state(scripted.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        scripted
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("not poisoned").clone()
    }

    /// The address that OpenAI's would stand for.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The address without a path.
    pub fn root(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Settings that lead here.
    pub fn settings(&self) -> LlmSettings {
        LlmSettings::new(Endpoint::at(self.base_url()), "scripted", Secret::new(KEY))
    }
}

async fn complete(
    Shared(scripted): Shared<Scripted>,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Response {
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    let before = {
        let mut asked = scripted.asked.lock().expect("not poisoned");
        asked.push(Asked { uri: uri.to_string(), headers, body: body.clone() });
        asked.len() - 1
    };
    (scripted.reply)(body, before).await
}

/// A chat completion that says something, with the tokens it took.
pub fn says(content: &str) -> Response {
    completion(json!({"role": "assistant", "content": content}), "stop")
}

/// A chat completion.
pub fn completion(message: Value, finish: &str) -> Response {
    Json(json!({
        "id": "1", "object": "chat.completion", "created": 1, "model": "scripted",
        "choices": [{"index": 0, "finish_reason": finish, "message": message}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    }))
    .into_response()
}

/// An error as OpenAI words it.
pub fn complains(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"error": {"message": message, "type": "invalid_request_error"}}))).into_response()
}

/// The question in a request, as the prompt holds it.
pub fn question_of(body: &Value) -> String {
    let prompt = body["messages"][1]["content"].as_str().unwrap_or_default();
    let line = prompt.lines().rev().find_map(|line| line.strip_prefix("Question: "));
    line.unwrap_or_default().to_owned()
}
