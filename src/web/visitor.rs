//! Who a request is from, found out once, before anything is done: by the cookie of a
//! session, or by the key of a program. And the token that forms carry, without which
//! nothing is changed.

use std::net::{IpAddr, SocketAddr};
use std::ops::Deref;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::errors::Failure;
use super::{App, BODY_BYTES_MAX};
use crate::app::identity::{CameFrom, IdentityError};
use crate::auth::{Who, token};

/// The field of forms that holds the token.
pub const FORM_FIELD: &str = "form_token";
/// The header of scripts that holds it.
const FORM_HEADER: &str = "x-form-token";
/// Seconds that somebody may take over the sign-in page.
const BEFORE_SECONDS: i64 = 12 * 3_600;

/// Who a request is from.
#[derive(Clone)]
pub enum Visitor {
    /// Nobody known; with the token of the sign-in page where there is one.
    Anonymous(Option<String>),
    /// Somebody.
    Known(Arc<Signed>),
    /// A program with a key that is none.
    WrongKey,
    /// It cannot be found out now.
    Unavailable(Failure),
}

/// Somebody who is signed in.
pub struct Signed {
    /// Who it is.
    pub who: Arc<Who>,
    /// The token of the session; none with a key.
    pub session: Option<String>,
}

impl Signed {
    /// What the forms of this session carry.
    pub fn form_token(&self) -> String {
        self.session.as_deref().map(token::form_token).unwrap_or_default()
    }
}

/// The app on behalf of somebody: what handlers of guarded routes work with. Its
/// copilot makes and shows what this one may have made and see.
#[derive(Clone)]
pub(crate) struct Here {
    app: App,
    /// Who is signed in.
    pub signed: Arc<Signed>,
}

impl Here {
    /// The app for somebody.
    pub fn new(app: &App, signed: Arc<Signed>) -> Self {
        let copilot = Arc::clone(&app.copilot).on_behalf_of(Arc::clone(&signed.who));
        Self { app: App { copilot, ..app.clone() }, signed }
    }

    /// Who is signed in.
    pub fn who(&self) -> &Who {
        &self.signed.who
    }
}

impl Deref for Here {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl FromRequestParts<App> for Here {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        match parts.extensions.get::<Visitor>() {
            Some(Visitor::Known(signed)) => Ok(Self::new(app, Arc::clone(signed))),
            // The guard of the route let nobody else through.
            _ => Err(Failure::internal()),
        }
    }
}

/// Finds out who a request is from.
pub async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let visitor = visitor(&app, request.uri().path(), request.headers()).await;
    request.extensions_mut().insert(visitor);
    next.run(request).await
}

async fn visitor(app: &App, path: &str, headers: &HeaderMap) -> Visitor {
    if path.starts_with("/static/") || path == "/favicon.ico" {
        return Visitor::Anonymous(None);
    }
    let for_programs = path.starts_with("/api/");
    if let Some(sent) = headers.get(header::AUTHORIZATION).filter(|_| for_programs) {
        // Who shows a key is asked for that alone, whatever cookies come along.
        let key = sent.to_str().ok().and_then(|text| text.split_once(' '));
        let key = key.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let Some((_, key)) = key else { return Visitor::WrongKey };
        return match app.accounts.key(key.trim()).await {
            Ok(Some(who)) => Visitor::Known(Arc::new(Signed { who: Arc::new(who), session: None })),
            Ok(None) => Visitor::WrongKey,
            Err(error) => Visitor::Unavailable(error.into()),
        };
    }
    let cookies = app.cookies();
    if let Some(session) = cookie(headers, cookies.session) {
        match app.accounts.session(session).await {
            Ok(Some(who)) => {
                let (who, session) = (Arc::new(who), Some(session.to_owned()));
                return Visitor::Known(Arc::new(Signed { who, session }));
            }
            Ok(None) => {}
            Err(error) => return Visitor::Unavailable(error.into()),
        }
    }
    let before = cookie(headers, cookies.before).filter(|token| token::is_token(token));
    Visitor::Anonymous(before.map(ToOwned::to_owned))
}

impl From<IdentityError> for Failure {
    fn from(error: IdentityError) -> Self {
        let (status, title) = match &error {
            IdentityError::Unfit(_) => (StatusCode::UNPROCESSABLE_ENTITY, "This cannot be done as it stands"),
            IdentityError::Refused => (StatusCode::UNAUTHORIZED, "Not signed in"),
            IdentityError::Wait(_) => (StatusCode::TOO_MANY_REQUESTS, "Too many failed sign-ins"),
            IdentityError::Busy => (StatusCode::SERVICE_UNAVAILABLE, "Too many sign-ins at once"),
            IdentityError::NotFound(_) => (StatusCode::NOT_FOUND, "Nothing here"),
            IdentityError::Store(detail) => {
                tracing::error!(%detail, "accounts cannot be read or written");
                let detail = "The database does not answer. Try again in a few seconds.";
                let title = "Something that is needed does not answer";
                return Self::new(StatusCode::SERVICE_UNAVAILABLE, title, detail);
            }
            IdentityError::Internal(detail) => {
                tracing::error!(%detail, "accounts failed");
                return Self::internal();
            }
        };
        Self::new(status, title, error.to_string())
    }
}

/// Refuses what changes something and does not carry the token of the session's own
/// forms. A key needs none: no browser sends it of its own accord.
pub async fn own_forms(request: Request, next: Next) -> Response {
    let session = match request.extensions().get::<Visitor>() {
        Some(Visitor::Known(signed)) => signed.session.clone(),
        Some(Visitor::Anonymous(before)) if request.uri().path().starts_with("/sign-in") => {
            Some(before.clone().unwrap_or_default())
        }
        // Turned away by the guard of the route.
        _ => None,
    };
    let Some(session) = session.filter(|_| !request.method().is_safe()) else {
        return next.run(request).await;
    };
    let (request, carried) = match carried(request).await {
        Ok(found) => found,
        Err(failure) => return failure.into_response(),
    };
    // Without a session there is nothing a form could belong to.
    if !session.is_empty() && token::is_form_token(&session, &carried) {
        return next.run(request).await;
    }
    let detail = "The form is from another session, or from before you signed in. Go back, load the page again and try once more.";
    Failure::new(StatusCode::FORBIDDEN, "This form is no longer valid", detail).into_response()
}

/// The token that a request carries: in a header, in the field of a form, or in the
/// address that a form with files is sent to.
async fn carried(request: Request) -> Result<(Request, String), Failure> {
    if let Some(value) = request.headers().get(FORM_HEADER) {
        let value = value.to_str().unwrap_or_default().to_owned();
        return Ok((request, value));
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        // Files are not held in memory to look for a field: their form names it in its address.
        let query = request.uri().query().unwrap_or_default();
        let found = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == FORM_FIELD);
        let value = found.map(|(_, value)| value.into_owned()).unwrap_or_default();
        return Ok((request, value));
    }
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Ok((request, String::new()));
    }
    let (parts, body) = request.into_parts();
    let bytes: Bytes = to_bytes(body, BODY_BYTES_MAX).await.map_err(|_| {
        let detail = "A request may hold up to 256 kB. Shorten the question or the scenario.";
        Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "Too much at once", detail)
    })?;
    let found = form_urlencoded::parse(&bytes).find(|(name, _)| name == FORM_FIELD);
    let value = found.map(|(_, value)| value.into_owned()).unwrap_or_default();
    Ok((Request::from_parts(parts, Body::from(bytes)), value))
}

/// Names of the cookies.
pub struct Cookies {
    /// Of a session.
    pub session: &'static str,
    /// Of the sign-in page.
    pub before: &'static str,
    secure: bool,
}

impl Cookies {
    /// Behind TLS the names bind the cookies to this host and to TLS.
    pub fn of(behind_tls: bool) -> Self {
        if behind_tls {
            Self { session: "__Host-spiffcast_session", before: "__Host-spiffcast_before", secure: true }
        } else {
            Self { session: "spiffcast_session", before: "spiffcast_before", secure: false }
        }
    }

    fn set(&self, name: &str, value: &str, seconds: i64) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
        HeaderValue::from_str(&text).ok()
    }

    /// A session begins: its cookie, and an end of the one of the sign-in page.
    pub fn begin(&self, response: &mut Response, token: &str, seconds: i64) {
        self.append(response, [self.set(self.session, token, seconds), self.set(self.before, "", 0)]);
    }

    /// The session is over.
    pub fn end(&self, response: &mut Response) {
        self.append(response, [self.set(self.session, "", 0)]);
    }

    /// The sign-in page is open.
    pub fn before(&self, response: &mut Response, token: &str) {
        self.append(response, [self.set(self.before, token, BEFORE_SECONDS)]);
    }

    fn append<const N: usize>(&self, response: &mut Response, cookies: [Option<HeaderValue>; N]) {
        for cookie in cookies.into_iter().flatten() {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Where a sign-in comes from.
pub struct Origin(pub CameFrom);

impl FromRequestParts<App> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let text = |name| parts.headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
        // The proxy adds the address it sees at the end; what stands before is the visitor's word.
        let named = text("x-forwarded-for".parse().unwrap_or(header::FORWARDED));
        let named = named.and_then(|list| list.rsplit(',').next()?.trim().parse().ok());
        let address = if app.accounts.access().behind_tls { named.or(peer) } else { peer };
        let session = cookie(&parts.headers, app.cookies().session).map(ToOwned::to_owned);
        Ok(Self(CameFrom {
            address: address.map(network).unwrap_or_default(),
            agent: text(header::USER_AGENT).unwrap_or_default().to_owned(),
            session,
        }))
    }
}

/// An address as it is counted: of the sixth version the half that one household has.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_out_of_reach_of_scripts_and_bound_to_tls_behind_it() {
        let mut response = Response::default();
        Cookies::of(true).begin(&mut response, "abc", 60);
        let set: Vec<&str> =
            response.headers().get_all("set-cookie").iter().filter_map(|v| v.to_str().ok()).collect();
        assert_eq!(
            set[0],
            "__Host-spiffcast_session=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure"
        );
        assert!(set[1].starts_with("__Host-spiffcast_before=;") && set[1].contains("Max-Age=0"));
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", HeaderValue::from_static("xspiffcast_session=1; spiffcast_session=2"));
        assert_eq!(cookie(&headers, "spiffcast_session"), Some("2"));
        assert_eq!(cookie(&headers, "session"), None);
    }

    #[test]
    fn addresses_are_counted_by_household() {
        assert_eq!(network("203.0.113.9".parse().expect("an address")), "203.0.113.9");
        assert_eq!(network("::ffff:203.0.113.9".parse().expect("an address")), "203.0.113.9");
        assert_eq!(network("2001:db8:1:2:3:4:5:6".parse().expect("an address")), "2001:db8:1:2::/64");
    }
}
