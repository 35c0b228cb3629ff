//! Who may reach which address. Routes are declared through [`Routes`] alone, and a
//! route cannot be declared without a permission; what needs none is the short list of
//! [`Public`]. Everything else here turns away: anonymous visitors to the sign-in,
//! programs to a key, and everybody from what their role may not do.

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get, post, put};

use super::App;
use super::errors::Failure;
use super::visitor::Visitor;
use crate::auth::{Permission, Via, Who};

/// Any one of these permissions lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs(Vec<Permission>);

impl From<Permission> for Needs {
    fn from(permission: Permission) -> Self {
        Self(vec![permission])
    }
}

impl<const N: usize> From<[Permission; N]> for Needs {
    fn from(permissions: [Permission; N]) -> Self {
        const { assert!(N > 0, "a route needs a permission") };
        Self(permissions.to_vec())
    }
}

impl Needs {
    /// Whether somebody has one of them.
    pub fn lets_in(&self, who: &Who) -> bool {
        self.0.iter().any(|permission| who.may(*permission))
    }

    /// As scopes of a key are named.
    fn words(&self) -> String {
        self.0.iter().map(|p| p.as_str()).collect::<Vec<_>>().join(" or ")
    }

    /// As people say it.
    fn titles(&self) -> String {
        self.0.iter().map(|p| p.title()).collect::<Vec<_>>().join(" or ")
    }
}

/// What anybody may reach. The list is short on purpose; a test counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Public {
    /// The page to sign in.
    SignIn,
    /// Signing in with a password.
    SignInPassword,
    /// Coming in as one of the demo's people.
    SignInPersona,
    /// Styles, scripts and pictures.
    Asset,
    /// The icon.
    Favicon,
    /// Whether the server is up.
    Health,
}

impl Public {
    fn route(self) -> (&'static str, &'static str) {
        match self {
            Self::SignIn => ("GET", "/sign-in"),
            Self::SignInPassword => ("POST", "/sign-in"),
            Self::SignInPersona => ("POST", "/sign-in/persona"),
            Self::Asset => ("GET", "/static/{digest}/{*path}"),
            Self::Favicon => ("GET", "/favicon.ico"),
            Self::Health => ("GET", "/healthz"),
        }
    }
}

/// A route as it was declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Upper case.
    pub method: &'static str,
    /// With `{id}` for a parameter.
    pub path: &'static str,
    /// One of these lets in; empty for what anybody may reach.
    pub needs: Vec<Permission>,
}

/// Routes with their permissions.
pub struct Routes {
    router: Router<App>,
    declared: Vec<Declared>,
}

impl Routes {
    /// None yet.
    pub fn new() -> Self {
        Self { router: Router::new(), declared: Vec::new() }
    }

    /// A page or an operation that reads.
    pub fn get<H, T>(self, path: &'static str, needs: impl Into<Needs>, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.guarded("GET", path, needs.into(), get(handler))
    }

    /// A form, or an operation that makes something.
    pub fn post<H, T>(self, path: &'static str, needs: impl Into<Needs>, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.guarded("POST", path, needs.into(), post(handler))
    }

    /// An operation that puts something in the place of what was there.
    pub fn put<H, T>(self, path: &'static str, needs: impl Into<Needs>, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.guarded("PUT", path, needs.into(), put(handler))
    }

    /// What anybody may reach.
    pub fn public<H, T>(mut self, which: Public, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let (method, path) = which.route();
        let route = if method == "GET" { get(handler) } else { post(handler) };
        self.router = self.router.route(path, route);
        self.declared.push(Declared { method, path, needs: Vec::new() });
        self
    }

    fn guarded(
        mut self,
        method: &'static str,
        path: &'static str,
        needs: Needs,
        route: MethodRouter<App>,
    ) -> Self {
        self.declared.push(Declared { method, path, needs: needs.0.clone() });
        let route = route.route_layer(from_fn(move |request: Request, next: Next| {
            let needs = needs.clone();
            async move { require(&needs, request, next).await }
        }));
        self.router = self.router.route(path, route);
        self
    }

    /// The routes of another table besides these.
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.declared.extend(other.declared);
        self
    }

    /// The router, and what was declared of it.
    pub fn into_parts(self) -> (Router<App>, Vec<Declared>) {
        (self.router, self.declared)
    }
}

/// Lets a request through to its handler, or turns it away.
async fn require(needs: &Needs, request: Request, next: Next) -> Response {
    let for_programs = request.uri().path().starts_with("/api/");
    match request.extensions().get::<Visitor>() {
        Some(Visitor::Known(signed))
            if signed.who.must_change && !needs.0.contains(&Permission::OwnAccount) =>
        {
            if for_programs {
                change_first().into_response()
            } else {
                Redirect::to("/account").into_response()
            }
        }
        Some(Visitor::Known(signed)) if needs.lets_in(&signed.who) => next.run(request).await,
        Some(Visitor::Known(signed)) => not_yours(&signed.who, needs).into_response(),
        Some(Visitor::Unavailable(failure)) => failure.clone().into_response(),
        Some(Visitor::WrongKey) => no_key("This key is not known here, is over, or was revoked."),
        Some(Visitor::Anonymous(_)) | None if for_programs => no_key("This needs an API key."),
        Some(Visitor::Anonymous(_)) | None => to_sign_in(&request),
    }
}

/// Somebody whose role, or whose key, does not reach.
fn not_yours(who: &Who, needs: &Needs) -> Failure {
    let detail = match &who.via {
        Via::Key { .. } if needs.0.iter().any(|p| who.role.may(*p)) => {
            format!("This key does not carry the scope {}. Make one that does under /account.", needs.words())
        }
        _ => format!(
            "You are signed in as {} ({}). This page is for people who may {}. Ask an administrator if you should.",
            who.name,
            who.role.title(),
            needs.titles()
        ),
    };
    Failure::new(StatusCode::FORBIDDEN, "Not for your role", detail)
}

fn change_first() -> Failure {
    let detail = "The password was made by somebody else. Sign in and choose your own first.";
    Failure::new(StatusCode::FORBIDDEN, "A new password is due", detail)
}

/// A program without a key that works.
fn no_key(title: &str) -> Response {
    let detail = "Send Authorization: Bearer KEY. Make a key under /account after signing in, or with `spiffcast user key LOGIN --scopes ask,answers-read`.";
    let mut response = Failure::new(StatusCode::UNAUTHORIZED, title, detail).into_response();
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// To the sign-in, and back to the page that was wanted.
fn to_sign_in(request: &Request) -> Response {
    let wanted = request.uri().path_and_query().map_or("/", |p| p.as_str());
    let back = request.method().is_safe().then(|| local_path(wanted)).flatten();
    Redirect::to(&sign_in_address(back.filter(|path| *path != "/"))).into_response()
}

/// The sign-in, which leads on to `next`.
fn sign_in_address(next: Option<&str>) -> String {
    match next {
        Some(next) => {
            let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
            format!("/sign-in?next={next}")
        }
        None => "/sign-in".to_owned(),
    }
}

/// Longest path that a sign-in leads on to.
const NEXT_BYTES_MAX: usize = 2_000;

/// A path of this server, and nothing that a browser could take for another one:
/// `//other.test`, `/\other.test`, or either with what browsers leave out of addresses.
pub fn local_path(path: &str) -> Option<&str> {
    let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let local = path.starts_with('/') && !path.starts_with("//");
    let elsewhere = !path.starts_with("/sign-in") && !path.starts_with("/api/");
    (plain && local && elsewhere && path.len() <= NEXT_BYTES_MAX).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_server_are_led_on_to() {
        for path in ["/", "/answers/1?answer.x=a%20b", "/programs/p/v1", "/scenarios?q=//x"] {
            assert_eq!(local_path(path), Some(path));
        }
        let long = format!("/{}", "x".repeat(NEXT_BYTES_MAX));
        for path in [
            "",
            "answers",
            "//evil.test",
            "///evil.test",
            "/\\evil.test",
            "\\\\evil.test",
            "https://evil.test",
            "javascript:alert(1)",
            "/\t/evil.test",
            "/\n/evil.test",
            " /x",
            "/é",
            "/sign-in",
            "/sign-in?next=/x",
            "/api/v1/programs",
            &long,
        ] {
            assert_eq!(local_path(path), None, "{path:?}");
        }
    }
}
