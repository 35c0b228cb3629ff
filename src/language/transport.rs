//! One request to the endpoint, with everything that can go wrong on the way: retries
//! with back-off, no redirects, and replies cut at a limit while they come in. Below
//! async-openai, which sees either a complete reply of success or a [`Fault`]. Logs
//! nothing: what an endpoint says may repeat what it was sent.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode};

/// Longest reply of a language model, in bytes; a draft with its wrapping needs a few
/// thousand.
pub const REPLY_BYTES_MAX: usize = 256 * 1024;
/// Longest part of an endpoint's complaint that is looked at, in bytes.
const COMPLAINT_BYTES_MAX: usize = 4 * 1024;
/// Times that a request is sent at most.
const ATTEMPTS_MAX: u32 = 3;
/// First pause; each further one is twice as long, plus up to as much again by chance.
const PAUSE_FIRST: Duration = Duration::from_millis(200);
/// Longest pause that an endpoint may ask for. A longer one is not waited for.
const PAUSE_MAX: Duration = Duration::from_secs(8);
/// Longest time a connection may take to come about.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// Why an endpoint gave no reply that can be looked at.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It said no.
    #[error("it answered {code}: {complaint}")]
    Status {
        /// HTTP status.
        code: u16,
        /// The first part of what it said.
        complaint: String,
    },
    /// It pointed elsewhere. What it was sent is meant for it alone.
    #[error("it answered with a redirect ({0}), which is not followed; set its final address")]
    Redirect(u16),
    /// Longer than is looked at.
    #[error("its reply is longer than {0} bytes")]
    TooLong(usize),
    /// No connection, or one that broke off.
    #[error("{0}")]
    Broken(String),
}

impl From<Fault> for OpenAIError {
    fn from(fault: Fault) -> Self {
        Self::Boxed(Box::new(fault))
    }
}

/// The service that async-openai sends its requests through.
#[derive(Debug, Clone)]
pub struct Transport {
    client: Client,
    reply_bytes_max: usize,
}

impl Transport {
    /// Prepares the client for replies of so many bytes at most; connects to nothing yet.
    pub fn new(reply_bytes_max: usize) -> Self {
        let builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_LIMIT)
            .user_agent(concat!("spiffcast/", env!("CARGO_PKG_VERSION")));
        // Only a machine without any TLS roots fails here; the plain client then says so
        // with the first request.
        Self { client: builder.build().unwrap_or_default(), reply_bytes_max }
    }
}

impl tower::Service<HttpRequestFactory> for Transport {
    type Response = Response;
    type Error = OpenAIError;
    type Future = Pin<Box<dyn Future<Output = Result<Response, OpenAIError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), OpenAIError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequestFactory) -> Self::Future {
        let transport = self.clone();
        Box::pin(async move { send(&transport, &request).await })
    }
}

async fn send(transport: &Transport, request: &HttpRequestFactory) -> Result<Response, OpenAIError> {
    let mut attempt = 1;
    loop {
        let (fault, wanted) = match once(transport, request.build().await?).await {
            Ok(response) => return Ok(response),
            Err(failed) => failed,
        };
        let pause = wanted.unwrap_or_else(|| backoff(attempt));
        if attempt == ATTEMPTS_MAX || !passes(&fault) || pause > PAUSE_MAX {
            return Err(fault.into());
        }
        tokio::time::sleep(pause).await;
        attempt += 1;
    }
}

/// Whether the same request may do better a little later.
fn passes(fault: &Fault) -> bool {
    match fault {
        Fault::Status { code: 429, complaint } => !complaint.contains("insufficient_quota"),
        Fault::Status { code, .. } => matches!(code, 408 | 500 | 502 | 503 | 504 | 529),
        Fault::Broken(_) => true,
        Fault::Redirect(_) | Fault::TooLong(_) => false,
    }
}

/// A pause that many clients do not take at the same time.
fn backoff(attempt: u32) -> Duration {
    let base = PAUSE_FIRST * 2_u32.pow(attempt - 1);
    // Only spreads requests in time; nothing of an answer depends on it.
    let chance = RandomState::new().hash_one(attempt) % 1_000;
    base + base.mul_f64(chance as f64 / 1_000.0)
}

/// Sends once: a complete reply of success, or a fault and how long to wait after it.
async fn once(
    transport: &Transport,
    request: reqwest::Request,
) -> Result<Response, (Fault, Option<Duration>)> {
    let longest = transport.reply_bytes_max;
    let broken = |e: reqwest::Error| (Fault::Broken(told(e)), None);
    let mut response = transport.client.execute(request).await.map_err(broken)?;
    let (status, headers) = (response.status(), response.headers().clone());
    if status.is_redirection() {
        return Err((Fault::Redirect(status.as_u16()), None));
    }
    let limit = if status.is_success() { longest } else { COMPLAINT_BYTES_MAX };
    let announced = response.content_length().unwrap_or(0) > limit as u64;
    if status.is_success() && announced {
        return Err((Fault::TooLong(longest), None));
    }
    let mut body: Vec<u8> = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if body.len() + chunk.len() > limit {
            if status.is_success() {
                return Err((Fault::TooLong(longest), None));
            }
            body.extend_from_slice(&chunk[..limit - body.len()]);
            break;
        }
        body.extend_from_slice(&chunk);
    }
    if status.is_success() {
        return Ok(complete(status, body));
    }
    let complaint = String::from_utf8_lossy(&body).split_whitespace().collect::<Vec<_>>().join(" ");
    Err((Fault::Status { code: status.as_u16(), complaint }, wait(&headers)))
}

fn complete(status: StatusCode, body: Vec<u8>) -> Response {
    let mut response = http::Response::new(reqwest::Body::from(body));
    *response.status_mut() = status;
    response.into()
}

/// How long the endpoint asks to be left alone: seconds, as RFC 9110 and OpenAI have it.
/// A date is not read; the own back-off stands in.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok();
    let seconds = number("retry-after-ms").map(|ms| ms / 1_000.0).or_else(|| number(RETRY_AFTER.as_str()))?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// What broke, with its causes and without the address.
fn told(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_in_their_bounds() {
        for attempt in 1..ATTEMPTS_MAX {
            let base = PAUSE_FIRST * 2_u32.pow(attempt - 1);
            let pause = backoff(attempt);
            assert!(pause >= base && pause <= base * 2, "{pause:?}");
        }
    }

    #[test]
    fn what_an_endpoint_asks_for_is_read_in_seconds() {
        let mut headers = HeaderMap::new();
        assert_eq!(wait(&headers), None);
        headers.insert(RETRY_AFTER, "2".parse().expect("a value"));
        assert_eq!(wait(&headers), Some(Duration::from_secs(2)));
        headers.insert(RETRY_AFTER, "-1".parse().expect("a value"));
        assert_eq!(wait(&headers), None);
        headers.insert(RETRY_AFTER, "Wed, 21 Oct 2026 07:28:00 GMT".parse().expect("a value"));
        assert_eq!(wait(&headers), None);
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let status = |code, complaint: &str| Fault::Status { code, complaint: complaint.to_owned() };
        assert!(passes(&status(429, "slow down")) && passes(&status(503, "")));
        assert!(!passes(&status(429, "insufficient_quota")) && !passes(&status(401, "")));
        assert!(!passes(&Fault::TooLong(1)) && !passes(&Fault::Redirect(307)));
    }
}
