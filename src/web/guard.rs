//! What every request passes: the name it asks for must be one of ours (a page
//! elsewhere may point its own name at 127.0.0.1), what changes something must come from our own
//! pages or from a program that is no browser, and every response carries the
//! headers that keep content where it belongs.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt, stream};
use tokio::time::Sleep;
use uuid::Uuid;

use super::App;
use super::errors::Failure;

const POLICY: &str = "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; \
                      frame-ancestors 'none'";
/// What pages here never ask a browser for.
const FEATURES: &str = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

/// Identifies a request in the log and on error pages.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Adds the request id and the security headers.
pub async fn headers(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = Uuid::now_v7().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // `no-referrer` would make browsers send `Origin: null` with our own forms.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("permissions-policy"), FEATURES),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if app.accounts.access().behind_tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", id);
    }
    response
}

/// Refuses a `Host` that is none of ours: this machine's loopback interface, the names
/// of the settings and, where other machines reach the server, bare addresses, which
/// no page elsewhere can point at it.
pub async fn known_host(State(app): State<App>, request: Request, next: Next) -> Response {
    let known = host(request.uri(), request.headers()).map(name_of).is_some_and(|name| {
        let named = app.accounts.access().host_names.iter().any(|known| name.eq_ignore_ascii_case(known));
        is_loopback(name) || named || (app.reachable && name.parse::<IpAddr>().is_ok())
    });
    if known {
        return next.run(request).await;
    }
    Failure::forbidden(
        "This address is not served",
        "Spiffcast answers to localhost, 127.0.0.1 and [::1], and to the host_names of spiffcast.toml. Open it under one of these names.",
    )
    .into_response()
}

/// Refuses what changes something and comes from another site's page.
pub async fn same_origin_changes(State(app): State<App>, request: Request, next: Next) -> Response {
    let scheme = if app.accounts.access().behind_tls { "https" } else { "http" };
    if !request.method().is_safe() && !is_same_origin(scheme, request.uri(), request.headers()) {
        return Failure::forbidden(
            "This request came from another site",
            "Questions are accepted from Spiffcast's own pages, or from programs that are no browser.",
        )
        .into_response();
    }
    next.run(request).await
}

/// Files may come for so many times as long as other bodies.
const FILES_TIMES: u32 = 120;

/// Cuts off bodies that come too slowly: what reads them gets an error, and whoever
/// sends them is told.
pub async fn timely_bodies(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let times = if kind.starts_with("multipart/form-data") { FILES_TIMES } else { 1 };
    let limit = app.options.body_time_max * times;
    let late = Arc::new(AtomicBool::new(false));
    let noted = Arc::clone(&late);
    let request = request.map(|body| Body::from_stream(within(body, limit, noted)));
    let response = next.run(request).await;
    if !late.load(Ordering::Relaxed) {
        return response;
    }
    let detail = "Nothing was done with it. Send it again, without pauses.";
    Failure::new(StatusCode::REQUEST_TIMEOUT, "The request came too slowly", detail).into_response()
}

/// The pieces of a body, and an error where it has not ended in time.
fn within(
    body: Body,
    limit: Duration,
    late: Arc<AtomicBool>,
) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    let deadline: Pin<Box<Sleep>> = Box::pin(tokio::time::sleep(limit));
    let begun = Some((body.into_data_stream(), deadline));
    stream::unfold(begun, move |going| {
        let late = Arc::clone(&late);
        async move {
            let (mut pieces, mut deadline) = going?;
            tokio::select! {
                biased;
                piece = pieces.next() => piece.map(|piece| (piece, Some((pieces, deadline)))),
                () = deadline.as_mut() => {
                    late.store(true, Ordering::Relaxed);
                    Some((Err(axum::Error::new(io::Error::from(io::ErrorKind::TimedOut))), None))
                }
            }
        }
    })
}

fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    uri.authority().map(|a| a.as_str()).or_else(|| headers.get(header::HOST)?.to_str().ok())
}

/// A host without its port; empty where it is none.
fn name_of(host: &str) -> &str {
    match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((v6, port)) if port.is_empty() || port.starts_with(':') => v6,
        Some(_) => "",
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    }
}

fn is_loopback(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn is_same_origin(scheme: &str, uri: &Uri, headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    match (headers.get(header::ORIGIN), host(uri, headers)) {
        (None, _) => true,
        (Some(origin), Some(host)) => origin.to_str().is_ok_and(|o| o == format!("{scheme}://{host}")),
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_pass() {
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "127.9.9.9", "[::1]", "[::1]:80"] {
            assert!(is_loopback(name_of(host)), "{host}");
        }
        for host in ["", "evil.test", "localhost.evil.test", "10.0.0.1:80", "[::1]evil", "[2001:db8::1]:80"] {
            assert!(!is_loopback(name_of(host)), "{host}");
        }
    }
}
