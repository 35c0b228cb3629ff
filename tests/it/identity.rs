//! Signing in, sessions, forms and keys through the router, with a clock of our own:
//! what lets in, what ends, and what is refused.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use spiffcast::app::identity::keys::NewKey;
use spiffcast::app::identity::people::{FirstPassword, NewUser};
use spiffcast::app::identity::{CameFrom, IdentityError};
use spiffcast::auth::{Permission, Role, Via, Who, token};
use spiffcast::config::AccessSettings;
use spiffcast::web::{self, Options, router};
use tower::ServiceExt;

use crate::people::{People, Person};
use crate::samples::Scripted;

const HOST: &str = "127.0.0.1:8080";
const PASSWORD: &str = "correct horse battery";
const HOUR: i64 = 3_600;

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

    /// The value of a cookie that is set.
    fn cookie(&self, name: &str) -> Option<String> {
        let set = self.headers.get_all("set-cookie").iter().filter_map(|v| v.to_str().ok());
        let mut values = set.filter_map(|line| line.split(';').next()?.strip_prefix(&format!("{name}=")));
        values.next().map(ToOwned::to_owned).filter(|value| !value.is_empty())
    }
}

fn new(login: &str, role: Role) -> NewUser {
    NewUser { login: login.to_owned(), name: String::new(), role, partner: None, regions: Vec::new() }
}

impl House {
    async fn with(access: AccessSettings) -> Self {
        let people = People::with(access, false).await;
        let router = router(Scripted::new(Duration::ZERO), people.accounts.clone(), Options::default());
        Self { router, people }
    }

    /// A data folder with a manager called ana.
    async fn new() -> Self {
        let house = Self::with(AccessSettings::default()).await;
        house.add("ana", Role::Manager).await;
        house
    }

    async fn add(&self, login: &str, role: Role) {
        let first = FirstPassword::Chosen(PASSWORD.to_owned());
        self.people.accounts.add_user(&Who::terminal(), new(login, role), first).await.expect("added");
    }

    async fn send(&self, request: Builder, body: impl Into<String>) -> Reply {
        let request = request.header("host", HOST).body(Body::from(body.into())).expect("a request");
        let (parts, body) = self.router.clone().oneshot(request).await.expect("infallible").into_parts();
        let bytes = to_bytes(body, 4 << 20).await.expect("a body");
        let text = String::from_utf8(bytes.to_vec()).expect("UTF-8");
        Reply { status: parts.status, headers: parts.headers, text }
    }

    async fn get(&self, path: &str, cookie: &str) -> Reply {
        self.send(Request::get(path).header("cookie", cookie), "").await
    }

    async fn form(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Reply {
        let request = Request::post(path).header("cookie", cookie);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(request, body).await
    }

    /// Fills in the form of the sign-in page.
    async fn type_in(&self, login: &str, password: &str, next: &str) -> Reply {
        let page = self.get("/sign-in", "").await;
        let before = page.cookie("spiffcast_before").expect("a cookie of the page");
        let form = token::form_token(&before);
        let fields =
            [("form_token", form.as_str()), ("login", login), ("password", password), ("next", next)];
        self.form("/sign-in", &format!("spiffcast_before={before}"), &fields).await
    }

    async fn sign_in(&self, login: &str) -> Person {
        let came = CameFrom::default();
        Person::of(&self.people.accounts.sign_in(login, PASSWORD, &came).await.expect("signed in"))
    }

    async fn is_in(&self, person: &Person) -> bool {
        self.get("/account", &person.cookie()).await.status == StatusCode::OK
    }
}

#[tokio::test]
async fn a_password_leads_in_and_back_to_where_one_wanted_to_go() {
    let house = House::new().await;
    let away = house.get("/programs/spiff-product-x?x=1", "").await;
    assert_eq!(away.status, StatusCode::SEE_OTHER);
    assert_eq!(away.place(), "/sign-in?next=%2Fprograms%2Fspiff-product-x%3Fx%3D1");
    let page = house.get(away.place(), "").await;
    assert!(page.text.contains(r#"name="next" value="/programs/spiff-product-x?x=1""#), "{}", page.text);
    assert!(!page.text.contains("personas"), "there are none outside of the demo");

    let entered = house.type_in(" Ana ", PASSWORD, "/programs/spiff-product-x?x=1").await;
    assert_eq!((entered.status, entered.place()), (StatusCode::SEE_OTHER, "/programs/spiff-product-x?x=1"));
    let set = entered.headers["set-cookie"].to_str().expect("text");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"), "{set}");
    let session = entered.cookie("spiffcast_session").expect("a session");
    let cookie = format!("spiffcast_session={session}");
    let home = house.get("/", &cookie).await;
    assert!(
        home.text.contains("Channel manager") && home.text.contains("/sign-out"),
        "who is signed in is said"
    );
    assert_eq!(house.get("/sign-in", &cookie).await.place(), "/", "who is in is led on");

    let trail = house.people.accounts.trail().await.expect("read");
    let told: Vec<(&str, &str)> = trail.iter().map(|(a, w, _)| (a.as_str(), w.as_str())).collect();
    assert_eq!(told, [("user_added", "terminal"), ("sign_in", "ana")]);
}

#[tokio::test]
async fn nothing_leads_to_another_site() {
    let house = House::new().await;
    for next in
        ["//evil.test", "https://evil.test/", "/\\evil.test", "/\t/evil.test", "javascript:alert(1)", "evil"]
    {
        let page = house.get(&format!("/sign-in?next={}", next.replace('\t', "%09")), "").await;
        assert!(!page.text.contains("evil") && !page.text.contains("javascript"), "{next}");
        assert_eq!(house.type_in("ana", PASSWORD, next).await.place(), "/", "{next}");
    }
    // An absolute address in the request line is no way around it.
    let tricked = Request::get("http://127.0.0.1:8080//evil.test/x");
    let away = house.send(tricked, "").await;
    assert!(!away.place().contains("evil"), "{}", away.place());
}

#[tokio::test]
async fn a_wrong_password_and_a_name_that_nobody_has_are_one() {
    let house = House::new().await;
    house.add("gone", Role::Finance).await;
    house.people.accounts.set_disabled(&Who::terminal(), "gone", true).await.expect("disabled");
    let mut said = Vec::new();
    for (login, password) in [("ana", "wrong horse battery"), ("nobody", PASSWORD), ("gone", PASSWORD)] {
        let before = house.people.passwords.computed();
        let reply = house.type_in(login, password, "").await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{login}");
        assert!(reply.cookie("spiffcast_session").is_none(), "{login}");
        assert_eq!(house.people.passwords.computed(), before + 1, "{login}: one hash, whoever it is");
        let problem = reply.text.split(r#"role="alert">"#).nth(1).and_then(|rest| rest.split('<').next());
        said.push(problem.expect("it says what is wrong").to_owned());
    }
    assert!(said.windows(2).all(|pair| pair[0] == pair[1]), "{said:?}");
    let trail = house.people.accounts.trail().await.expect("read");
    let failed: Vec<&str> =
        trail.iter().filter(|(a, ..)| a == "sign_in_failed").map(|(_, _, s)| s.as_str()).collect();
    assert_eq!(failed, ["ana", "unknown", "unknown"], "what nobody is called is not written down");
}

#[tokio::test]
async fn failed_sign_ins_wait_longer_and_longer() {
    let house = House::new().await;
    for login in ["ana", "nobody"] {
        for _ in 0..5 {
            assert_eq!(
                house.type_in(login, "wrong horse battery", "").await.status,
                StatusCode::UNAUTHORIZED
            );
        }
        let computed = house.people.passwords.computed();
        let refused = house.type_in(login, PASSWORD, "").await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{login}");
        assert_eq!(refused.headers["retry-after"], "1");
        assert_eq!(house.people.passwords.computed(), computed, "the password is not even looked at");
        house.people.wait(1);
        assert_eq!(house.type_in(login, "wrong horse battery", "").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(house.type_in(login, PASSWORD, "").await.headers["retry-after"], "2");
        house.people.wait(2);
    }
    assert_eq!(house.type_in("ana", PASSWORD, "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        house.type_in("ana", "wrong horse battery", "").await.status,
        StatusCode::UNAUTHORIZED,
        "counted anew"
    );
}

#[tokio::test]
async fn an_address_that_guesses_names_is_slowed_down_even_with_one_good_account() {
    let house = House::new().await;
    let came = CameFrom { address: "203.0.113.9".to_owned(), ..CameFrom::default() };
    let accounts = &house.people.accounts;
    for n in 0..30 {
        let refused = accounts.sign_in(&format!("name{n}"), PASSWORD, &came).await;
        assert!(matches!(refused, Err(IdentityError::Refused)), "{n}");
        if n % 10 == 5 {
            accounts.sign_in("ana", PASSWORD, &came).await.expect("a good account in between");
        }
    }
    assert!(matches!(accounts.sign_in("name", PASSWORD, &came).await, Err(IdentityError::Wait(1))));
    let elsewhere = CameFrom { address: "203.0.113.10".to_owned(), ..CameFrom::default() };
    accounts.sign_in("ana", PASSWORD, &elsewhere).await.expect("others are not held up");
}

#[tokio::test]
async fn many_attempts_at_once_do_not_slip_through() {
    let house = House::new().await;
    let accounts = &house.people.accounts;
    let came = CameFrom::default();
    let attempts = (0..20).map(|_| accounts.sign_in("ana", "wrong horse battery", &came));
    let ended = futures::future::join_all(attempts).await;
    let looked_at = ended.iter().filter(|e| matches!(e, Err(IdentityError::Refused))).count();
    assert_eq!(looked_at, 5, "the rest had to wait");
}

#[tokio::test]
async fn a_session_ends_when_idle_when_old_and_when_it_is_ended() {
    let house = House::new().await;
    let idle = house.sign_in("ana").await;
    house.people.wait(12 * HOUR - 1);
    assert!(house.is_in(&idle).await, "it is used, which keeps it");
    house.people.wait(12 * HOUR - 61);
    assert!(house.is_in(&idle).await);
    house.people.wait(12 * HOUR + 61);
    assert!(!house.is_in(&idle).await, "not used for twelve hours");

    let old = house.sign_in("ana").await;
    for _ in 0..15 {
        house.people.wait(11 * HOUR);
        assert!(house.is_in(&old).await);
    }
    house.people.wait(3 * HOUR);
    assert!(!house.is_in(&old).await, "seven days, whatever is done with it");

    let (left, stays) = (house.sign_in("ana").await, house.sign_in("ana").await);
    let out = house.form("/sign-out", &left.cookie(), &[("form_token", &left.form_token())]).await;
    assert_eq!((out.status, out.place()), (StatusCode::SEE_OTHER, "/sign-in"));
    assert!(!house.is_in(&left).await && house.is_in(&stays).await);
    let third = house.sign_in("ana").await;
    let everywhere = [("form_token", &*third.form_token())];
    house.form("/account/sign-out-everywhere", &third.cookie(), &everywhere).await;
    assert!(!house.is_in(&third).await && !house.is_in(&stays).await);
}

#[tokio::test]
async fn the_token_is_another_after_each_sign_in_and_the_one_before_is_over() {
    let house = House::new().await;
    let first = house.sign_in("ana").await;
    let came = CameFrom { session: Some(first.token().to_owned()), ..CameFrom::default() };
    let second = Person::of(&house.people.accounts.sign_in("ana", PASSWORD, &came).await.expect("signed in"));
    assert_ne!(first.token(), second.token());
    assert!(!house.is_in(&first).await && house.is_in(&second).await);
    // A token that somebody else chose is nobody's session, before a sign-in and after it.
    let chosen = "0".repeat(64);
    let cookie = format!("spiffcast_session={chosen}");
    assert_eq!(house.get("/account", &cookie).await.status, StatusCode::SEE_OTHER);
    let entered = house.type_in("ana", PASSWORD, "").await;
    assert_ne!(entered.cookie("spiffcast_session"), Some(chosen));
}

#[tokio::test]
async fn a_new_password_signs_the_others_out_and_a_disabled_one_is_out_at_once() {
    let house = House::new().await;
    let (mine, other) = (house.sign_in("ana").await, house.sign_in("ana").await);
    let change = |old: &'static str, again: &'static str| {
        let (house, mine) = (&house, &mine);
        async move {
            let token = mine.form_token();
            let fields =
                [("form_token", &*token), ("old", old), ("new", "another long password"), ("again", again)];
            house.form("/account/password", &mine.cookie(), &fields).await
        }
    };
    let wrong = change("not the old password", "another long password").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("The old password is not right"), "{}", wrong.text);
    assert_eq!(change(PASSWORD, "another lung password").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(house.is_in(&other).await);
    assert_eq!(change(PASSWORD, "another long password").await.status, StatusCode::OK);
    assert!(house.is_in(&mine).await && !house.is_in(&other).await);
    assert_eq!(house.type_in("ana", PASSWORD, "").await.status, StatusCode::UNAUTHORIZED);
    house.people.accounts.set_disabled(&Who::terminal(), "ana", true).await.expect("disabled");
    assert!(!house.is_in(&mine).await);
}

#[tokio::test]
async fn a_one_time_password_is_changed_before_anything_else() {
    let house = House::new().await;
    let by = Who::terminal();
    let made = house.people.accounts.add_user(&by, new("eve", Role::Auditor), FirstPassword::OneTime).await;
    let made = made.expect("added").expect("a password");
    let entered = house.type_in("eve", &made, "/scenarios").await;
    assert_eq!(entered.place(), "/account");
    let session = entered.cookie("spiffcast_session").expect("a session");
    let cookie = format!("spiffcast_session={session}");
    assert_eq!(house.get("/scenarios", &cookie).await.place(), "/account");
    assert_eq!(house.get("/api/v1/programs", &cookie).await.status, StatusCode::FORBIDDEN);
    let form = token::form_token(&session);
    let fields = [("form_token", &*form), ("old", &*made), ("new", PASSWORD), ("again", PASSWORD)];
    assert_eq!(house.form("/account/password", &cookie, &fields).await.place(), "/scenarios");
    assert_eq!(house.get("/scenarios", &cookie).await.status, StatusCode::OK);
}

#[tokio::test]
async fn nothing_is_changed_without_the_token_of_the_own_session() {
    let house = House::new().await;
    house.add("ben", Role::Manager).await;
    let (ana, ben) = (house.sign_in("ana").await, house.sign_in("ben").await);
    let question = ("question", "raise");
    for (carried, status) in [
        (None, 403),
        (Some(String::new()), 403),
        (Some("0".repeat(64)), 403),
        (Some(ben.form_token()), 403),
        (Some(ana.token().to_owned()), 403),
        (Some(ana.form_token()), 303),
    ] {
        let token = carried.clone().unwrap_or_default();
        let mut fields = vec![question];
        if carried.is_some() {
            fields.push(("form_token", &token));
        }
        let reply = house.form("/ask", &ana.cookie(), &fields).await;
        assert_eq!(reply.status.as_u16(), status, "{carried:?}");
    }
    // Every route that changes something, by its method alone.
    for route in web::declared().iter().filter(|r| r.method != "GET" && !r.needs.is_empty()) {
        let path = route.path.replace("{id}", "none").replace("{login}", "none").replace("{job}", "none");
        let request = Request::builder().method(route.method).uri(&path).header("cookie", ana.cookie());
        let reply = house.send(request.header("content-type", "application/json"), "{}").await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{} {path}", route.method);
    }
    assert!(house.is_in(&ana).await);
    // A form with files names its token in its address: files are not held to look for it.
    house.add("rita", Role::Administrator).await;
    let root = house.sign_in("rita").await;
    for (carried, status) in [(ana.form_token(), 403), (String::new(), 403), (root.form_token(), 404)] {
        let request =
            Request::post(format!("/data/import?form_token={carried}")).header("cookie", root.cookie());
        let request = request.header("content-type", "multipart/form-data; boundary=x");
        assert_eq!(house.send(request, "--x--").await.status.as_u16(), status, "{carried}");
    }
    // The form of the sign-in: of nobody, of another page, of a session.
    let page = house.get("/sign-in", "").await;
    let mine = format!("spiffcast_before={}", page.cookie("spiffcast_before").expect("a cookie"));
    let other = token::form_token(&token::token().expect("a token"));
    let typed = [("login", "ana"), ("password", PASSWORD)];
    for (cookie, carried) in [
        ("", ""),
        (mine.as_str(), ""),
        (&mine, &other),
        ("", &other),
        ("spiffcast_before=", &token::form_token("")),
    ] {
        let fields = [typed[0], typed[1], ("form_token", carried)];
        let reply = house.form("/sign-in", cookie, &fields).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{cookie}: {carried}");
    }
}

async fn by_key(house: &House, key: &str, method: &str, path: &str, body: &Value) -> Reply {
    let request =
        Request::builder().method(method).uri(path).header("authorization", format!("Bearer {key}"));
    house.send(request.header("content-type", "application/json"), body.to_string()).await
}

#[tokio::test]
async fn a_key_does_what_its_scopes_say_until_it_is_over() {
    let house = House::new().await;
    let accounts = &house.people.accounts;
    let by = Who::terminal();
    let wanted =
        |scopes: &[Permission], days| NewKey { name: "nightly".to_owned(), scopes: scopes.to_vec(), days };
    let key = accounts.add_key(&by, "ana", wanted(&[Permission::Ask], 2)).await.expect("a key");
    let asked = json!({ "question": "raise" });
    // No token of a form: no browser sends a key of its own accord.
    assert_eq!(by_key(&house, &key, "POST", "/api/v1/ask", &asked).await.status, StatusCode::OK);
    let beyond = by_key(&house, &key, "GET", "/api/v1/programs", &json!(null)).await;
    assert_eq!(beyond.status, StatusCode::FORBIDDEN);
    assert!(beyond.text.contains("programs-read"), "{}", beyond.text);
    // A key is for the API: pages take no notice of it.
    assert_eq!(by_key(&house, &key, "GET", "/account", &json!(null)).await.status, StatusCode::SEE_OTHER);
    for wrong in ["", "x", &key[..key.len() - 1], &format!("{key}0"), &key.replace("spiffcast_", "")] {
        assert_eq!(
            by_key(&house, wrong, "POST", "/api/v1/ask", &asked).await.status,
            StatusCode::UNAUTHORIZED,
            "{wrong}"
        );
    }
    // A wrong key does not fall back on the cookie beside it.
    let ana = house.sign_in("ana").await;
    let request =
        Request::get("/api/v1/programs").header("cookie", ana.cookie()).header("authorization", "Bearer x");
    assert_eq!(house.send(request, "").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(house.get("/api/v1/programs", &ana.cookie()).await.status, StatusCode::OK);

    let who = accounts.key(&key).await.expect("read").expect("in force");
    assert!(matches!(&who.via, Via::Key { scopes, .. } if *scopes == [Permission::Ask]));
    let listed = accounts.keys(&who).await.expect("listed");
    assert!(
        listed[0].0.used_at.is_some() && !format!("{listed:?}").contains(&key),
        "only its digest is kept"
    );
    house.people.wait(2 * 24 * HOUR);
    assert_eq!(
        by_key(&house, &key, "POST", "/api/v1/ask", &asked).await.status,
        StatusCode::UNAUTHORIZED,
        "over"
    );

    let key = accounts.add_key(&by, "ana", wanted(&[Permission::Ask], 2)).await.expect("a key");
    let id = accounts.keys(&who).await.expect("listed")[0].0.id.clone();
    house.add("ben", Role::Manager).await;
    let ben = house.sign_in("ben").await;
    let token = ben.form_token();
    let stolen =
        house.form(&format!("/account/keys/{id}/revoke"), &ben.cookie(), &[("form_token", &token)]).await;
    assert_eq!(stolen.status, StatusCode::NOT_FOUND, "somebody else's key");
    let ana = house.sign_in("ana").await;
    let token = ana.form_token();
    house.form(&format!("/account/keys/{id}/revoke"), &ana.cookie(), &[("form_token", &token)]).await;
    assert_eq!(
        by_key(&house, &key, "POST", "/api/v1/ask", &asked).await.status,
        StatusCode::UNAUTHORIZED,
        "revoked"
    );

    let key = accounts.add_key(&by, "ana", wanted(&[Permission::Ask], 2)).await.expect("a key");
    accounts.set_role(&by, "ana", &new("ana", Role::Auditor)).await.expect("changed");
    assert_eq!(
        by_key(&house, &key, "POST", "/api/v1/ask", &asked).await.status,
        StatusCode::FORBIDDEN,
        "not its role now"
    );
    accounts.set_disabled(&by, "ana", true).await.expect("disabled");
    assert_eq!(by_key(&house, &key, "POST", "/api/v1/ask", &asked).await.status, StatusCode::UNAUTHORIZED);

    for (scopes, days) in [
        (&[][..], 9),
        (&[Permission::UsersManage], 9),
        (&[Permission::EarningsOwn], 9),
        (&[Permission::Ask], 0),
        (&[Permission::Ask], 731),
    ] {
        let refused = accounts.add_key(&by, "ben", wanted(scopes, days)).await;
        assert!(matches!(refused, Err(IdentityError::Unfit(_))), "{scopes:?} {days}");
    }
}

#[tokio::test]
async fn a_key_is_made_on_the_page_and_shown_once() {
    let house = House::new().await;
    let ana = house.sign_in("ana").await;
    let token = ana.form_token();
    let fields = [
        ("form_token", &*token),
        ("name", "<b>nightly</b>"),
        ("scope", "ask"),
        ("scope", "answers-read"),
        ("days", "30"),
    ];
    let made = house.form("/account/keys", &ana.cookie(), &fields).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    let key =
        made.text.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).expect("a key").to_owned();
    assert!(key.starts_with(token::KEY_PREFIX), "{key}");
    assert_eq!(by_key(&house, &key, "GET", "/api/v1/scenarios", &json!(null)).await.status, StatusCode::OK);
    let again = house.get("/account", &ana.cookie()).await;
    assert!(
        !again.text.contains(&key)
            && again.text.contains("read answers and scenarios, ask what-if questions"),
        "{}",
        again.text
    );
    assert!(!again.text.contains("<b>nightly"), "names are escaped");
    let fields = [("form_token", &*token), ("name", "x"), ("scope", "users-manage"), ("days", "30")];
    assert_eq!(
        house.form("/account/keys", &ana.cookie(), &fields).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn administrators_add_disable_and_reset() {
    let house = House::new().await;
    house.add("rita", Role::Administrator).await;
    let root = house.sign_in("rita").await;
    let ana = house.sign_in("ana").await;
    let token = root.form_token();
    let form = async |path: &str, fields: &[(&str, &str)]| {
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("form_token", &*token)]).collect();
        house.form(path, &root.cookie(), &fields).await
    };
    let added = form("/users", &[("login", "Pia"), ("role", "partner"), ("partner", "P-0003")]).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.text);
    let made = added
        .text
        .split("<code>")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .expect("a password")
        .to_owned();
    assert_eq!(house.type_in("pia", &made, "").await.place(), "/account");
    for fields in [
        &[("login", "pia"), ("role", "auditor")][..],
        &[("login", "pat"), ("role", "partner")],
        &[("login", "pat"), ("role", "partner"), ("partner", "P-9999")],
        &[("login", "pat"), ("role", "auditor"), ("partner", "P-0003")],
        &[("login", "pat"), ("role", "auditor"), ("regions", "EMEA")],
        &[("login", "pat"), ("role", "manager"), ("regions", "MARS")],
        &[("login", "pat"), ("role", "king")],
        &[("login", "demo-manager"), ("role", "manager")],
        &[("login", "p at"), ("role", "manager")],
    ] {
        assert_eq!(form("/users", fields).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
    }
    assert!(house.is_in(&ana).await);
    form("/users/ana/disabled", &[("disabled", "1")]).await;
    assert!(!house.is_in(&ana).await);
    form("/users/ana/disabled", &[("disabled", "0")]).await;
    let ana = house.sign_in("ana").await;
    form("/users/ana/role", &[("role", "auditor")]).await;
    assert!(!house.is_in(&ana).await, "another role is another session");
    let ana = house.sign_in("ana").await;
    assert_eq!(form("/users/ana/password", &[]).await.status, StatusCode::OK);
    assert!(!house.is_in(&ana).await);
    let myself = form("/users/rita/disabled", &[("disabled", "1")]).await;
    assert_eq!(myself.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody locks themselves out");
    assert_eq!(form("/users/nobody/password", &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn personas_exist_in_the_demo_alone_and_an_empty_folder_says_what_to_do() {
    let demo = People::demo().await;
    let manager = demo.enter(Role::Manager).await;
    assert!(demo.accounts.session(manager.token()).await.expect("read").is_some());
    assert!(demo.accounts.people().await.expect("read").is_empty(), "they are no users");
    assert!(!demo.accounts.may_leave_this_machine().await.expect("read"));
    let login = demo.accounts.sign_in("demo-manager", "", &CameFrom::default()).await;
    assert!(matches!(login, Err(IdentityError::Refused)), "no password leads in");

    let house = House::with(AccessSettings::default()).await;
    let page = house.get("/sign-in", "").await;
    assert!(page.text.contains("spiffcast user add ana --role manager"), "{}", page.text);
    assert!(!page.text.contains("type=\"password\""));
    let before = page.cookie("spiffcast_before").expect("a cookie");
    let form = token::form_token(&before);
    let entered = house
        .form(
            "/sign-in/persona",
            &format!("spiffcast_before={before}"),
            &[("form_token", &form), ("role", "manager")],
        )
        .await;
    assert_eq!(entered.status, StatusCode::NOT_FOUND);
    let anywhere = "0.0.0.0:0".parse().expect("an address");
    assert!(web::bind(anywhere, &house.people.accounts).await.is_err(), "nobody would have to sign in");
    house.add("ana", Role::Manager).await;
    assert!(web::bind(anywhere, &house.people.accounts).await.is_ok());
}

#[tokio::test]
async fn behind_tls_cookies_are_bound_to_it_and_names_are_those_of_the_settings() {
    let access = AccessSettings {
        behind_tls: true,
        host_names: vec!["spiffcast.example.com".to_owned()],
        ..AccessSettings::default()
    };
    let house = House::with(access).await;
    house.add("ana", Role::Manager).await;
    let ask = |host: &'static str| {
        let request = Request::get("/sign-in").header("host", host).body(Body::empty()).expect("a request");
        house.router.clone().oneshot(request)
    };
    let page = ask("spiffcast.example.com").await.expect("infallible");
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.headers()["strict-transport-security"].to_str().expect("text").contains("max-age"));
    let set = page.headers()["set-cookie"].to_str().expect("text");
    assert!(set.starts_with("__Host-spiffcast_before=") && set.contains("; Secure"), "{set}");
    for host in ["evil.test", "spiffcast.example.com.evil.test", "203.0.113.9"] {
        assert_eq!(ask(host).await.expect("infallible").status(), StatusCode::FORBIDDEN, "{host}");
    }
}

#[tokio::test]
async fn every_response_carries_the_headers_and_nothing_is_kept_by_browsers() {
    let house = House::new().await;
    let ana = house.sign_in("ana").await;
    for (path, cookie) in [
        ("/sign-in", ""),
        ("/", ""),
        ("/account", &*ana.cookie()),
        ("/api/v1/programs", ""),
        ("/users", &*ana.cookie()),
    ] {
        let reply = house.get(path, cookie).await;
        let header = |name: &str| reply.headers[name].to_str().expect("text").to_owned();
        let policy = header("content-security-policy");
        assert!(
            policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin");
        assert!(header("permissions-policy").contains("camera=()"));
    }
}

#[tokio::test]
async fn a_question_at_work_is_its_askers_alone() {
    let house = House::new().await;
    house.add("ben", Role::Manager).await;
    let (ana, ben) = (house.sign_in("ana").await, house.sign_in("ben").await);
    let (mine, other) = (ana.form_token(), ben.form_token());
    let fields = [("form_token", &*mine), ("question", "take your time")];
    let started = house.form("/ask/start", &ana.cookie(), &fields).await;
    let started: Value = serde_json::from_str(&started.text).expect("JSON");
    let (events, cancel) =
        (started["events"].as_str().expect("text"), started["cancel"].as_str().expect("text"));
    assert_eq!(house.get(events, &ben.cookie()).await.status, StatusCode::NOT_FOUND);
    let foreign = house.form(cancel, &ben.cookie(), &[("form_token", &other)]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let own = house.form(cancel, &ana.cookie(), &[("form_token", &mine)]).await;
    assert_eq!(own.status, StatusCode::NO_CONTENT);
}
