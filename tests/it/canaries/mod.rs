//! Every route × every role × own and other: the status that is due, and in what a
//! partner, or somebody who is not signed in, gets back, none of the canaries that were
//! planted in what belongs to others. Routes come from the table that declares them
//! (`web::declared`), so that a new one is tried without a word here.

mod regions;
mod seen;
mod statuses;
mod world;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode};
use spiffcast::app::data::Intake;
use spiffcast::app::identity::CameFrom;
use spiffcast::app::identity::people::{FirstPassword, NewUser};
use spiffcast::app::live::Live;
use spiffcast::app::port::{AskRequest, Copilot, Progress};
use spiffcast::auth::{Permission, Role, Via, Who};
use spiffcast::config::AccessSettings;
use spiffcast::web::{self, Declared, Options, router};
use tower::ServiceExt;

use crate::people::{People, Person};
use world::{CANARIES, OTHER, OTHER_NAME, OTHER_SALE, OWN, OWN_SALE};

const PASSWORD: &str = "correct horse battery";

struct House {
    router: Router,
    people: People,
    /// Answers: the partner's own, another's, one of staff.
    answers: [String; 3],
    _world: crate::history::World,
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Reply {
    fn place(&self) -> Option<String> {
        self.headers.get("location").and_then(|v| v.to_str().ok()).map(ToOwned::to_owned)
    }
}

fn somebody(role: Role, partner: Option<&str>) -> Who {
    let login = role.as_str().to_owned();
    let partner = partner.map(ToOwned::to_owned);
    Who { login, role, partner, via: Via::Terminal, ..Who::terminal() }
}

impl House {
    async fn new() -> Self {
        let world = world::company();
        if let Err(error) = world.import() {
            panic!("{error}");
        }
        let live: Arc<Live> = Arc::new(crate::data::live(&world.data()).await);
        let people = People::with(AccessSettings::default(), false).await;
        for role in Role::ALL {
            let partner = (role == Role::Partner).then(|| OWN.to_owned());
            let login = role.as_str().to_owned();
            let new = NewUser { login, name: String::new(), role, partner, regions: Vec::new() };
            let first = FirstPassword::Chosen(PASSWORD.to_owned());
            people.accounts.add_user(&Who::terminal(), new, first).await.expect("added");
        }
        let mut answers = Vec::new();
        for (who, question) in [
            (somebody(Role::Partner, Some(OWN)), "How much will I earn this quarter?".to_owned()),
            (somebody(Role::Partner, Some(OTHER)), "How much will I earn this quarter?".to_owned()),
            (somebody(Role::Manager, None), "raise the X SPIFF 5% for Q3 2026".to_owned()),
        ] {
            let copilot = Arc::clone(&live).on_behalf_of(Arc::new(who));
            let asked = AskRequest { question, ..AskRequest::default() };
            answers.push(copilot.ask(asked, Progress::new()).await.expect("an answer").run.id);
        }
        let intake: Arc<dyn Intake> = live.clone();
        let options = Options { intake: Some(intake), ..Options::default() };
        let router = router(live, people.accounts.clone(), options);
        let answers = answers.try_into().expect("three");
        Self { router, people, answers, _world: world }
    }

    /// A session of its own: some routes end the one they are asked in.
    async fn enter(&self, role: Role) -> Person {
        let came = CameFrom::default();
        Person::of(&self.people.accounts.sign_in(role.as_str(), PASSWORD, &came).await.expect("signed in"))
    }

    async fn send(&self, request: Builder, body: String) -> Reply {
        sent(&self.router, request, body).await
    }

    /// What can stand for a part of an address: whatever there is, own and others'.
    fn names(&self) -> Vec<String> {
        let [own, other, staff] = &self.answers;
        let fixed = [OWN, OTHER, OWN_SALE, OTHER_SALE, "spiff-x", "v1", "report.xlsx", "none"];
        let fixed = fixed.into_iter().map(ToOwned::to_owned);
        fixed.chain([own.clone(), other.clone(), staff.clone()]).collect()
    }
}

/// What a server says to a request.
async fn sent(router: &Router, request: Builder, body: String) -> Reply {
    let request = request.header("host", "127.0.0.1:8080").body(Body::from(body)).expect("a request");
    let response = router.clone().oneshot(request).await.expect("infallible");
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 64 << 20).await.expect("a body").to_vec();
    Reply { status: parts.status, headers: parts.headers, bytes }
}

/// Addresses of a route, every name in every place.
fn addresses(route: &Declared, all: &[String]) -> Vec<String> {
    let mut found = vec![String::new()];
    for part in route.path.split('/').skip(1) {
        let names = if part.starts_with('{') { all.to_vec() } else { vec![part.to_owned()] };
        found = found
            .iter()
            .flat_map(|before| names.iter().map(move |name| format!("{before}/{name}")))
            .collect();
    }
    found
}

/// Questions of an address, own and others'.
fn queries() -> [String; 9] {
    let spelt: String = form_urlencoded::byte_serialize(OTHER_NAME.as_bytes()).collect();
    [
        String::new(),
        format!("?partner={OWN}"),
        format!("?partner={OTHER}"),
        format!("?partner={OTHER}&year=all"),
        "?year=all&period=2026".to_owned(),
        format!("?sale={OTHER_SALE}&partner={OTHER}"),
        format!("?sale={OTHER_SALE}"),
        format!("?q={spelt}&who={OTHER}&text={spelt}"),
        "?sku=PX-100&units=20&month=2026-08&what_if=PX-100%3D20%402026-08".to_owned(),
    ]
}

/// Bodies of forms and of the API, own and others'.
fn bodies(for_programs: bool) -> Vec<String> {
    let asked = [
        "How much will I earn this quarter?".to_owned(),
        format!("What will {OTHER_NAME} earn this quarter?"),
        format!("what if {OTHER} sells 20 more PX-100 in August?"),
        format!("why was {OTHER_SALE} not counted?"),
        "raise the X SPIFF 5% for Q3 2026".to_owned(),
        "which partners earn most?".to_owned(),
        "what is the budget of the X SPIFF?".to_owned(),
        "what does the X SPIFF say about its funds?".to_owned(),
        "who is eligible for a service push?".to_owned(),
        "what do resellers earn for each service?".to_owned(),
        format!("is {OTHER_NAME} eligible for the X SPIFF?"),
    ];
    let of = |question: &String| match for_programs {
        true => serde_json::json!({ "question": question }).to_string(),
        false => form_urlencoded::Serializer::new(String::new()).append_pair("question", question).finish(),
    };
    let mut bodies: Vec<String> = asked.iter().map(of).collect();
    // Fields that no form has: who asks is not among what is sent.
    bodies.push(match for_programs {
        true => {
            serde_json::json!({ "question": asked[0], "partner": OTHER, "who": "administrator" }).to_string()
        }
        false => format!(
            "{}&partner={OTHER}&role=administrator&login=administrator&transaction={OTHER_SALE}",
            bodies[0]
        ),
    });
    bodies
}

fn kind(route: &Declared) -> &'static str {
    if route.path.starts_with("/api/") { "application/json" } else { "application/x-www-form-urlencoded" }
}

/// What stands in a reply and must not; what was asked for by name may be said again.
fn shown(reply: &Reply, asked: &str) -> Vec<&'static str> {
    let text = seen::text(&reply.headers, &reply.bytes);
    let plain: String =
        text.chars().filter(|c| !matches!(c, ',' | '\u{a0}' | '\u{202f}' | '\u{2009}')).collect();
    let asked = form_urlencoded::parse(format!("x={asked}").as_bytes())
        .map(|(_, v)| v.into_owned())
        .collect::<String>();
    let canaries = CANARIES.iter().filter(|(canary, _)| !asked.contains(canary));
    canaries
        .filter(|(canary, _)| plain.contains(canary) || text.contains(canary))
        .map(|(_, what)| *what)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_gives_every_role_what_is_due_and_no_partner_what_is_anothers() {
    let house = House::new().await;
    let mut holes: BTreeSet<String> = BTreeSet::new();
    let (mut asked, mut canaries_seen) = (0, BTreeSet::new());
    for route in web::declared() {
        let named = format!("{} {}", route.method, route.path);
        let request = |address: &str| {
            Request::builder().method(route.method).uri(address).header("content-type", kind(&route))
        };
        let reads = route.method == "GET";
        let addresses = addresses(&route, &house.names());
        for role in Role::ALL {
            let may = route.needs.is_empty() || route.needs.iter().any(|permission| role.may(*permission));
            // A partner tries everything where it may come in; others, and elsewhere, once.
            let thorough = role == Role::Partner && may;
            let queries: Vec<String> =
                if thorough && reads { queries().to_vec() } else { vec![String::new()] };
            let bodies = if thorough && !reads {
                bodies(route.path.starts_with("/api/"))
            } else {
                vec![String::new()]
            };
            let addresses = if thorough { &addresses[..] } else { &addresses[..1] };
            // Reading ends no session; other routes may.
            let one = house.enter(role).await;
            for address in addresses.iter().flat_map(|a| queries.iter().map(move |q| format!("{a}{q}"))) {
                for body in &bodies {
                    let person = if reads { one.clone() } else { house.enter(role).await };
                    let reply = house.send(person.sends(request(&address)), body.clone()).await;
                    asked += 1;
                    let at = format!("{role}: {named} at {address} with {body:?}: {}", reply.status);
                    if !route.needs.is_empty() {
                        let refused =
                            matches!(reply.status, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED);
                        assert_eq!(!refused, may, "{at}");
                    }
                    let failed =
                        reply.status.is_server_error() && reply.status != StatusCode::SERVICE_UNAVAILABLE;
                    assert!(!failed, "{at}");
                    if role == Role::Partner {
                        let sent = format!("{address} {body}");
                        holes.extend(shown(&reply, &sent).into_iter().map(|what| format!("{what}: {at}")));
                        if let Some(place) = reply.place().filter(|place| place.starts_with('/')) {
                            let on = house.send(person.sends(Request::get(&place)), String::new()).await;
                            let sent = format!("{sent} {place}");
                            holes.extend(
                                shown(&on, &sent)
                                    .into_iter()
                                    .map(|what| format!("{what}: {place} after {at}")),
                            );
                        }
                    } else if may {
                        canaries_seen.extend(shown(&reply, ""));
                    }
                }
            }
        }
        // Nobody, everywhere.
        for address in &addresses {
            let reply = house.send(request(address), String::new()).await;
            asked += 1;
            holes.extend(
                shown(&reply, address).into_iter().map(|what| format!("{what}: {named} for anybody")),
            );
        }
    }
    assert!(holes.is_empty(), "{} holes:\n{}", holes.len(), holes.into_iter().collect::<Vec<_>>().join("\n"));
    // The canaries are there to be seen by those who may.
    assert!(canaries_seen.len() >= 4, "{canaries_seen:?}");
    eprintln!("{asked} requests, no canary");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_anothers_looks_like_what_does_not_exist() {
    let house = House::new().await;
    let partner = house.enter(Role::Partner).await;
    let [_, other, staff] = house.answers.clone();
    for route in web::declared() {
        let may = route.needs.iter().any(|permission| Role::Partner.may(*permission));
        if route.method != "GET" || !may || !route.path.contains('{') {
            continue;
        }
        // One name at a time stands for another's, the rest for the own.
        let parts: Vec<&str> = route.path.split('/').collect();
        let filled =
            |own: &dyn Fn(&str) -> String| parts.iter().map(|p| own(p)).collect::<Vec<_>>().join("/");
        let of = |transaction: &str, partner: &str, answer: &str| {
            filled(&|part: &str| match part {
                "{partner}" => partner.to_owned(),
                "{transaction}" => transaction.to_owned(),
                part if part.starts_with('{') => answer.to_owned(),
                part => part.to_owned(),
            })
        };
        let nothing = of("NOTHING-1", "P-NOTHING", "00000000-0000-7000-8000-000000000000");
        let there = house.send(partner.sends(Request::get(&nothing)), String::new()).await;
        for anothers in
            [of(OTHER_SALE, OTHER, &other), of(OTHER_SALE, OWN, &staff), of(OWN_SALE, OTHER, &staff)]
        {
            // Not every route has a name for what could be another's.
            if ![OTHER, OTHER_SALE, &other, &staff].iter().any(|name| anothers.contains(*name)) {
                continue;
            }
            let reply = house.send(partner.sends(Request::get(&anothers)), String::new()).await;
            // The same but for the names that were asked for, and the number of the request.
            let bare = |reply: &Reply, asked: &str| {
                let text = String::from_utf8_lossy(&reply.bytes).into_owned();
                let asked: Vec<&str> = asked.split('/').filter(|p| p.len() > 3).collect();
                asked.into_iter().fold(seen::without_request(&text), |text, name| text.replace(name, "NAME"))
            };
            assert_eq!(reply.status, there.status, "{anothers}");
            assert_eq!(bare(&reply, &anothers), bare(&there, &nothing), "{anothers}");
        }
    }
    assert!(Role::Partner.may(Permission::EarningsOwn));
}
