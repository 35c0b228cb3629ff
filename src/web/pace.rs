//! How fast one person, or one key, may ask: so many requests a minute, so many of them
//! at once. Nobody can so take the server from the others. Who is not signed in is
//! bounded by connections, and at the sign-in page by the throttle.

use std::num::NonZeroU32;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::App;
use super::errors::Failure;
use super::visitor::Visitor;

/// The pace of everybody. Cheap to clone.
#[derive(Clone, Default)]
pub struct Pace(Option<Arc<DefaultKeyedRateLimiter<String>>>);

impl Pace {
    /// A minute's requests, which may also come at once; `None`: as fast as they come.
    pub fn new(requests_per_minute: Option<NonZeroU32>) -> Self {
        Self(requests_per_minute.map(|number| Arc::new(RateLimiter::keyed(Quota::per_minute(number)))))
    }

    /// Counts a request; seconds to wait where it is one too many.
    fn seconds_to_wait(&self, login: &str) -> Option<u64> {
        let limiter = self.0.as_ref()?;
        let early = limiter.check_key(&login.to_owned()).err()?;
        Some(early.wait_time_from(DefaultClock::default().now()).as_secs().max(1))
    }
}

/// Turns away who asks too fast.
pub async fn kept(State(app): State<App>, request: Request, next: Next) -> Response {
    let known = match request.extensions().get::<Visitor>() {
        Some(Visitor::Known(signed)) => Some(&signed.who.login),
        _ => None,
    };
    let Some(seconds) = known.and_then(|login| app.pace.seconds_to_wait(login)) else {
        return next.run(request).await;
    };
    let detail = format!("Wait {seconds} s and ask again; the others here are to be served too.");
    let failure = Failure::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests", &detail);
    let mut response = failure.into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}
