//! What somebody sends who means harm, by hand: odd addresses, headers that claim what is
//! not so, fields that no form has, forms sent again, redirects that lead away. What
//! takes a socket is in [`wire`], what becomes of names in files in [`formulas`]; zip
//! bombs are in `app::upload` and `history::workbook`, other partners in
//! `tests/it/canaries`.

mod formulas;
mod wire;

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode};
use spiffcast::app::identity::CameFrom;
use spiffcast::app::identity::people::{FirstPassword, NewUser};
use spiffcast::auth::{Role, Who, token};
use spiffcast::config::AccessSettings;
use spiffcast::web::{self, Options, router};
use tower::ServiceExt;

use crate::people::{People, Person};
use crate::samples::Scripted;

const HOST: &str = "127.0.0.1:8080";
const PASSWORD: &str = "correct horse battery";

struct House {
    router: Router,
    people: People,
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Reply {
    fn place(&self) -> &str {
        self.headers.get("location").map_or("", |v| v.to_str().expect("text"))
    }
}

impl House {
    async fn new() -> Self {
        let people = People::with(AccessSettings::default(), false).await;
        for role in Role::ALL {
            let partner = (role == Role::Partner).then(|| "P-0001".to_owned());
            let login = role.as_str().to_owned();
            let new = NewUser { login, name: String::new(), role, partner, regions: Vec::new() };
            let first = FirstPassword::Chosen(PASSWORD.to_owned());
            people.accounts.add_user(&Who::terminal(), new, first).await.expect("added");
        }
        let router = router(Scripted::new(Duration::ZERO), people.accounts.clone(), Options::default());
        Self { router, people }
    }

    async fn enter(&self, role: Role) -> Person {
        let came = CameFrom::default();
        Person::of(&self.people.accounts.sign_in(role.as_str(), PASSWORD, &came).await.expect("signed in"))
    }

    async fn send(&self, request: Builder, body: &str) -> Reply {
        let request = request.header("host", HOST).body(Body::from(body.to_owned())).expect("a request");
        let (parts, body) = self.router.clone().oneshot(request).await.expect("infallible").into_parts();
        let bytes = to_bytes(body, 4 << 20).await.expect("a body");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Reply { status: parts.status, headers: parts.headers, text }
    }

    async fn form(&self, person: &Person, path: &str, fields: &[(&str, &str)]) -> Reply {
        let request =
            person.sends(Request::post(path)).header("content-type", "application/x-www-form-urlencoded");
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(request, &body).await
    }
}

#[tokio::test]
async fn odd_addresses_lead_nowhere() {
    let house = House::new().await;
    let partner = house.enter(Role::Partner).await;
    let ways_up =
        ["..", "%2e%2e", "..%2f", "..%5c", "%252e%252e%252f", "....//", "..;", "%c0%ae%c0%ae", ".%00."];
    let files = ["etc/passwd", "audit.key", "Cargo.toml", "spiffcast.db", "windows%5cwin.ini"];
    let mut asked = Vec::new();
    for before in [
        "",
        "/static",
        "/static/x",
        "/answers",
        "/answers/1",
        "/programs",
        "/api/v1/scenarios/1",
        "/earnings/sales",
    ] {
        for up in ways_up {
            asked.extend(files.iter().map(|file| format!("{before}/{up}/{up}/{up}/{file}")));
        }
    }
    asked.extend(
        [
            "/static/%00",
            "/programs/%0d%0aset-cookie:x=1",
            "/%0d%0alocation:%20//evil.test",
            "/answers/%ff%fe",
        ]
        .map(String::from),
    );
    asked.push(format!("/programs/{}", "x".repeat(20_000)));
    for address in asked {
        let reply = house.send(partner.sends(Request::get(&address)), "").await;
        assert!(!reply.status.is_server_error() && !reply.status.is_success(), "{address}: {}", reply.status);
        for told in ["root:", "[package]", "SQLite format"] {
            assert!(!reply.text.contains(told), "{address} tells {told}");
        }
        assert!(!reply.headers.contains_key("x") && !reply.place().contains("evil"), "{address}");
    }
    // Another spelling of an address is no way around its permission.
    for address in [
        "/audit",
        "/AUDIT",
        "/audit/",
        "//audit",
        "/%61udit",
        "/./audit",
        "/x/../audit",
        "/audit;x",
        "/audit%20",
        "/audit.json",
    ] {
        let reply = house.send(partner.sends(Request::get(address)), "").await;
        assert!(!reply.status.is_success() && !reply.text.contains("sign_in"), "{address}: {}", reply.status);
    }
    for method in ["TRACE", "CONNECT", "OPTIONS", "DELETE", "PATCH", "PROPFIND", "GET\u{41}"] {
        let reply = house.send(partner.sends(Request::builder().method(method).uri("/users")), "").await;
        assert!(reply.status.is_client_error(), "{method}: {}", reply.status);
    }
}

#[tokio::test]
async fn headers_that_claim_something_are_not_believed() {
    let house = House::new().await;
    let partner = house.enter(Role::Partner).await;
    for (name, value) in [
        ("x-original-url", "/earnings"),
        ("x-rewrite-url", "/earnings"),
        ("x-http-method-override", "GET"),
        ("x-forwarded-user", "administrator"),
        ("x-remote-user", "administrator"),
        ("x-user", "administrator"),
        ("x-real-ip", "127.0.0.1"),
        ("x-forwarded-host", "localhost"),
        ("authorization", "Basic YWRtaW5pc3RyYXRvcjo="),
        ("authorization", "Bearer spiffcast_administrator"),
    ] {
        let users = house.send(partner.sends(Request::get("/users")).header(name, value), "").await;
        assert_eq!(users.status, StatusCode::FORBIDDEN, "{name}: {value}");
        let nobody = house.send(Request::get("/users").header(name, value), "").await;
        assert_eq!(nobody.place(), "/sign-in?next=%2Fusers", "{name}: {value}");
        let api = house.send(Request::get("/api/v1/programs").header(name, value), "").await;
        assert_eq!(api.status, StatusCode::UNAUTHORIZED, "{name}: {value}");
    }
    // A name that is none of ours, in every place where one may stand.
    for forwarded in ["x-forwarded-host", "x-host", "x-forwarded-server", "forwarded"] {
        let page = house.send(Request::get("/users").header(forwarded, "evil.test"), "").await;
        assert!(page.place().starts_with("/sign-in"), "{forwarded}: {}", page.place());
        let page = house.send(Request::get("/sign-in").header(forwarded, "evil.test"), "").await;
        assert!(!page.text.contains("evil.test"), "{forwarded}");
    }
    for host in [
        "evil.test",
        "127.0.0.1.evil.test",
        "evil.test:8080",
        "127.0.0.1@evil.test",
        "localhost\u{2e}evil.test",
        "",
    ] {
        let request = Request::get("/sign-in").header("host", host).body(Body::empty()).expect("a request");
        let reply = house.router.clone().oneshot(request).await.expect("infallible");
        assert_eq!(reply.status(), StatusCode::FORBIDDEN, "{host}");
    }
    // An address that is only claimed is not counted: guesses add up.
    let mut last = StatusCode::OK;
    for n in 0..40 {
        let before = token::token().expect("a token");
        let form = token::form_token(&before);
        let login = format!("nobody-{n}");
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("form_token", form.as_str()),
                ("login", &login),
                ("password", "guess guess guess"),
            ])
            .finish();
        let request = Request::post("/sign-in")
            .header("cookie", format!("spiffcast_before={before}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-forwarded-for", format!("203.0.113.{n}"))
            .header("x-real-ip", format!("203.0.113.{n}"));
        last = house.send(request, &body).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn fields_that_no_form_has_do_nothing() {
    let house = House::new().await;
    let partner = house.enter(Role::Partner).await;
    let manager = house.enter(Role::Manager).await;
    let root = house.enter(Role::Administrator).await;
    let more = [
        ("login", "administrator"),
        ("user", "1"),
        ("role", "administrator"),
        ("partner", "P-0002"),
        ("persona", "1"),
        ("must_change", "0"),
        ("scope", "users-manage"),
        ("id", "1"),
    ];
    for route in web::declared().iter().filter(|r| r.method == "POST" && !r.path.starts_with("/api/")) {
        for person in [&partner, &manager] {
            let path = route.path.split('/').map(|p| if p.starts_with('{') { "administrator" } else { p });
            let path = path.collect::<Vec<_>>().join("/");
            if path == "/sign-out" || path == "/account/sign-out-everywhere" {
                continue;
            }
            let reply = house.form(person, &path, &more).await;
            assert_ne!(reply.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}: {}", reply.text);
        }
    }
    let people = house.people.accounts.people().await.expect("read");
    assert_eq!(people.len(), Role::ALL.len(), "nobody came");
    for person in people {
        assert_eq!(person.login, person.role.as_str(), "nobody is anything else");
        assert!(!person.disabled && person.partner.is_none_or(|p| p == "P-0001"));
        assert!(
            house.people.accounts.sign_in(person.role.as_str(), PASSWORD, &CameFrom::default()).await.is_ok()
        );
    }
    // A new user is what the form says and no more.
    let fields = [
        ("login", "new"),
        ("role", "auditor"),
        ("persona", "1"),
        ("password", "x"),
        ("must_change", "0"),
        ("id", "1"),
    ];
    assert_eq!(house.form(&root, "/users", &fields).await.status, StatusCode::OK);
    let people = house.people.accounts.people().await.expect("read");
    let new = people.iter().find(|p| p.login == "new").expect("added");
    assert!(new.must_change && !new.disabled && new.role == Role::Auditor);
    for body in [
        r#"{"question": "raise", "partner": "P-0002"}"#,
        r#"{"question": "raise", "who": "administrator"}"#,
        r#"{"question": "raise", "__proto__": {"role": "administrator"}}"#,
        r#"{"question": "raise", "question": "other"}"#,
    ] {
        let request = manager.sends(Request::post("/api/v1/ask")).header("content-type", "application/json");
        let reply = house.send(request, body).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {}", reply.text);
    }
}

#[tokio::test]
async fn a_form_sent_again_after_its_session_does_nothing() {
    let house = House::new().await;
    let root = house.enter(Role::Administrator).await;
    let add = [("login", "again"), ("role", "auditor")];
    let disable = [("disabled", "1")];
    assert_eq!(house.form(&root, "/sign-out", &[]).await.status, StatusCode::SEE_OTHER);
    for (path, fields) in [("/users", &add[..]), ("/users/manager/disabled", &disable[..])] {
        let reply = house.form(&root, path, fields).await;
        assert!(
            matches!(reply.status, StatusCode::SEE_OTHER | StatusCode::FORBIDDEN),
            "{path}: {}",
            reply.status
        );
    }
    let people = house.people.accounts.people().await.expect("read");
    assert!(people.iter().all(|p| p.login != "again" && !p.disabled));
    // The form of one session in another of the same person.
    let (one, two) = (house.enter(Role::Administrator).await, house.enter(Role::Administrator).await);
    let request =
        Request::post("/users").header("cookie", two.cookie()).header("x-form-token", one.form_token());
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(house.send(request, "login=again&role=auditor").await.status, StatusCode::FORBIDDEN);
    // What changes nothing a second time may be sent twice.
    let key = [("name", "k"), ("scope", "ask"), ("days", "1")];
    let manager = house.enter(Role::Manager).await;
    let (first, second) = (
        house.form(&manager, "/account/keys", &key).await,
        house.form(&manager, "/account/keys", &key).await,
    );
    assert_eq!((first.status, second.status), (StatusCode::OK, StatusCode::OK));
    assert_ne!(first.text, second.text, "another key, and both are listed to be revoked");
}

#[tokio::test]
async fn no_redirect_leads_to_another_site() {
    let house = House::new().await;
    let away = [
        "//evil.test",
        "https://evil.test",
        "/\\evil.test",
        "%2f%2fevil.test",
        "/%09/evil.test",
        "\\\\evil.test",
    ];
    for role in Role::ALL {
        for route in web::declared() {
            let person = house.enter(role).await;
            for target in away {
                let spelt: String = form_urlencoded::byte_serialize(target.as_bytes()).collect();
                let path = route.path.split('/').map(|p| if p.starts_with('{') { spelt.as_str() } else { p });
                let path = path.collect::<Vec<_>>().join("/");
                let fields = [
                    "next",
                    "sale",
                    "partner",
                    "place",
                    "url",
                    "redirect",
                    "return",
                    "follow",
                    "conversation",
                ];
                let pairs = fields.iter().map(|name| format!("{name}={spelt}")).collect::<Vec<_>>().join("&");
                let request = Request::builder().method(route.method).uri(format!("{path}?{pairs}"));
                let request = person.sends(request).header("referer", "https://evil.test/");
                let reply = house
                    .send(request.header("content-type", "application/x-www-form-urlencoded"), &pairs)
                    .await;
                let place = reply.place();
                let local =
                    place.is_empty() || (place.starts_with('/') && !place[1..].starts_with(['/', '\\']));
                assert!(local, "{} {path} as {role} leads to {place}", route.method);
                if !reply.headers.contains_key("location") {
                    break;
                }
            }
        }
    }
}
