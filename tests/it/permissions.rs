//! Who may reach what: every route that is declared, asked for by everybody. The tables
//! of docs/PERMISSIONS.md are what the code says, so that a change to who may do what
//! is a change that somebody reads.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode};
use spiffcast::app::drafts::Approvals;
use spiffcast::app::port::Copilot;
use spiffcast::auth::{Permission, Role};
use spiffcast::web::{self, Declared, Options, router};
use tower::ServiceExt;

use crate::people::People;
use crate::samples::{self, EmptyDesk, Scripted};

const HOST: &str = "127.0.0.1:8080";

struct House {
    router: Router,
    copilot: Arc<Scripted>,
    people: People,
}

impl House {
    async fn new() -> Self {
        let people = People::demo().await;
        let copilot = Scripted::new(Duration::ZERO);
        let approvals: Option<Arc<dyn Approvals>> = Some(Arc::new(EmptyDesk));
        let options = Options { approvals, ..Options::default() };
        Self { router: router(copilot.clone(), people.accounts.clone(), options), copilot, people }
    }

    async fn send(&self, request: Builder, body: &str) -> (StatusCode, HeaderMap, String) {
        let request = request.header("host", HOST).body(Body::from(body.to_owned())).expect("a request");
        let (parts, body) = self.router.clone().oneshot(request).await.expect("infallible").into_parts();
        let bytes = to_bytes(body, 4 << 20).await.expect("a body");
        (parts.status, parts.headers, String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// The address of a route, with names that nothing has.
fn address(route: &Declared) -> String {
    let filled = route.path.split('/').map(|part| if part.starts_with('{') { "none" } else { part });
    filled.collect::<Vec<_>>().join("/")
}

fn request(route: &Declared) -> (Builder, &'static str) {
    let request = Request::builder().method(route.method).uri(address(route));
    let for_programs = route.path.starts_with("/api/");
    let kind = if for_programs { "application/json" } else { "application/x-www-form-urlencoded" };
    let body = if for_programs { "{}" } else { "" };
    (request.header("content-type", kind), body)
}

#[tokio::test]
async fn every_route_lets_in_whom_it_says_and_nobody_else() {
    let house = House::new().await;
    let declared = web::declared();
    assert!(declared.len() > 30, "{}", declared.len());
    for route in &declared {
        let named = format!("{} {}", route.method, route.path);
        let (anonymous, body) = request(route);
        let (status, headers, text) = house.send(anonymous, body).await;
        if route.needs.is_empty() {
            // A form of the sign-in without its token is refused, which is no matter of who asks.
            let expected = if route.method == "POST" { 403 } else { status.as_u16() };
            assert_eq!(status.as_u16(), expected, "{named}");
            assert!(!status.is_redirection() && status != StatusCode::UNAUTHORIZED, "{named}: {status}");
            continue;
        }
        if route.path.starts_with("/api/") {
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{named}");
            assert_eq!(headers["www-authenticate"], "Bearer", "{named}");
            assert_eq!(headers["content-type"], "application/problem+json", "{named}");
            assert!(text.contains("spiffcast user key"), "{named}: how to get a key is said");
        } else {
            assert_eq!(status, StatusCode::SEE_OTHER, "{named}");
            let place = headers["location"].to_str().expect("text");
            assert!(place.starts_with("/sign-in"), "{named} leads to {place}");
            assert_eq!(
                place.contains("?next="),
                route.method == "GET" && route.path != "/",
                "{named}: {place}"
            );
        }
        for role in Role::ALL {
            let person = house.people.enter(role).await;
            let (asked, body) = request(route);
            let (status, _, text) = house.send(person.sends(asked), body).await;
            let may = route.needs.iter().any(|permission| role.may(*permission));
            let refused = status == StatusCode::FORBIDDEN || status == StatusCode::UNAUTHORIZED;
            assert_eq!(!refused, may, "{role} asks for {named}: {status}\n{text}");
            if !may {
                assert!(text.contains(route.needs[0].title()), "{named} says what is needed: {text}");
            }
            assert!(status != StatusCode::INTERNAL_SERVER_ERROR, "{role} asks for {named}");
        }
    }
}

#[test]
fn what_anybody_may_reach_is_a_short_list() {
    let public: BTreeSet<String> = web::declared()
        .iter()
        .filter(|route| route.needs.is_empty())
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let expected = [
        "GET /favicon.ico",
        "GET /healthz",
        "GET /sign-in",
        "GET /static/{digest}/{*path}",
        "POST /sign-in",
        "POST /sign-in/persona",
    ];
    assert_eq!(public.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn routes_are_declared_through_the_table_alone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web");
    let mut waiting = vec![folder];
    let mut files = 0;
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
                continue;
            }
            files += 1;
            let text = std::fs::read_to_string(&path).expect("readable");
            if !path.ends_with("web/access.rs") {
                for way in [".route(", ".route_service(", ".nest(", ".nest_service(", "axum::routing"] {
                    assert!(
                        !text.contains(way),
                        "{} declares a route without the table: {way}",
                        path.display()
                    );
                }
            }
        }
    }
    assert!(files > 20, "{files}");
}

#[test]
fn the_tables_are_the_reviewed_ones() {
    let mut text = String::from(
        "# Who may do what\n\nWritten from the code (`src/auth/roles.rs`, `src/web`); a test holds this page to it. \
         What is not ticked is refused. A manager who is limited to regions may do the same with their partners \
         alone ([SECURITY.md](SECURITY.md)).\n\n| permission |",
    );
    for role in Role::ALL {
        let _ = write!(text, " {role} |");
    }
    text.push_str("\n|---|");
    text.push_str(&"---|".repeat(Role::ALL.len()));
    for permission in Permission::ALL {
        let _ = write!(text, "\n| {permission} |");
        for role in Role::ALL {
            text.push_str(if role.may(permission) { " yes |" } else { " |" });
        }
    }
    text.push_str("\n\n## Addresses\n\nOne of the permissions lets in; \"anybody\" needs no sign-in.\n\n| address | needs |\n|---|---|");
    for route in web::declared() {
        let words: Vec<&str> = route.needs.iter().map(|p| p.as_str()).collect();
        let words = if words.is_empty() { "anybody".to_owned() } else { words.join(" or ") };
        let _ = write!(text, "\n| `{} {}` | {words} |", route.method, route.path);
    }
    text.push('\n');
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/PERMISSIONS.md");
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    if kept != text && std::env::var_os("SPIFFCAST_WRITE_TABLES").is_some() {
        std::fs::write(&file, &text).expect("written");
        return;
    }
    assert_eq!(
        kept, text,
        "docs/PERMISSIONS.md is not what the code says: SPIFFCAST_WRITE_TABLES=1 writes it anew"
    );
}

/// Every `href` and `action` of a page that leads to this server.
fn leads_to(page: &str) -> BTreeSet<(&'static str, String)> {
    let page = scraper::Html::parse_document(page);
    let mut found = BTreeSet::new();
    for (method, selector, name) in [
        ("GET", "a[href]", "href"),
        ("GET", "form[method=get], form:not([method])", "action"),
        ("POST", "form[method=post]", "action"),
    ] {
        let selector = scraper::Selector::parse(selector).expect("a selector");
        for element in page.select(&selector) {
            let address = element.value().attr(name).unwrap_or_default();
            let path = address.split(['?', '#']).next().unwrap_or_default();
            if path.starts_with('/') {
                found.insert((method, path.to_owned()));
            }
        }
    }
    found
}

#[tokio::test]
async fn pages_offer_only_what_their_reader_may_do() {
    let house = House::new().await;
    let asked =
        spiffcast::app::port::AskRequest { question: samples::QUESTION.to_owned(), ..Default::default() };
    let answer = house.copilot.ask(asked, Default::default()).await.expect("an answer");
    let answer = format!("/answers/{}", answer.run.id);
    let pages = [
        "/",
        &answer,
        "/scenarios",
        "/drafts",
        "/programs",
        "/programs/spiff-product-x",
        "/accuracy",
        "/account",
        "/users",
        "/nothing",
    ];
    for role in Role::ALL {
        for page in pages {
            let person = house.people.enter(role).await;
            let (status, _, text) = house.send(person.sends(Request::get(page)), "").await;
            if status == StatusCode::FORBIDDEN {
                continue;
            }
            for (method, path) in leads_to(&text) {
                let fits = |route: &&Declared| {
                    let parts: Vec<&str> = route.path.split('/').collect();
                    let asked: Vec<&str> = path.split('/').collect();
                    route.method == method
                        && parts.len() == asked.len()
                        && parts
                            .iter()
                            .zip(&asked)
                            .all(|(part, asked)| part.starts_with('{') || part == asked)
                };
                let declared = web::declared();
                let route =
                    declared.iter().find(fits).unwrap_or_else(|| panic!("{page} leads nowhere: {path}"));
                let may = route.needs.iter().any(|permission| role.may(*permission));
                assert!(may || route.needs.is_empty(), "{page} offers {method} {path} to {role}");
            }
        }
    }
}

#[tokio::test]
async fn who_is_not_signed_in_is_told_nothing_of_the_company() {
    let house = House::new().await;
    for page in ["/sign-in", "/nothing", "/healthz", "/answers/1"] {
        let (_, _, text) = house.send(Request::get(page), "").await;
        for told in ["30 June 2026", "2026-06-30", "Product X", "Northwind"] {
            assert!(!text.contains(told), "{page} tells {told}");
        }
    }
    let partner = house.people.enter(Role::Partner).await;
    for page in ["/account", "/nothing", "/programs", "/scenarios"] {
        let (_, _, text) = house.send(partner.sends(Request::get(page)), "").await;
        for told in ["Product X", "Bluepeak", "Harbor"] {
            assert!(!text.contains(told), "{page} tells a partner {told}");
        }
    }
}

/// Run with `--release -- --ignored --nocapture`; the aim, with an audit row
/// (`rows_verified_a_second` measures it), is 2 ms.
#[tokio::test]
#[ignore = "a measure, not a test"]
async fn what_the_check_of_a_permission_takes() {
    const TIMES: u32 = 500;
    let house = House::new().await;
    let person = house.people.enter(Role::Manager).await;
    let mut took = Vec::new();
    for path in ["/healthz", "/suggest?q=x"] {
        let begun = std::time::Instant::now();
        for _ in 0..TIMES {
            house.send(person.sends(Request::get(path)), "").await;
        }
        took.push(begun.elapsed() / TIMES);
    }
    eprintln!("{:?} a request for anybody, {:?} with a session and a permission", took[0], took[1]);
}
