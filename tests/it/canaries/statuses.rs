//! The status that is due, as a table somebody has read: every route × every role × what is
//! one's own, another's, of the whole company and of nobody. The partner's own company and
//! the region of the limited manager are here, the other partner is elsewhere. But
//! for questions, bodies are empty: what a form must hold is tried elsewhere; here it is who
//! gets as far as the form.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::http::Request;
use spiffcast::app::data::Intake;
use spiffcast::app::disputes::{About, Disputes};
use spiffcast::app::drafts::Approvals;
use spiffcast::app::identity::CameFrom;
use spiffcast::app::identity::people::{FirstPassword, NewUser};
use spiffcast::app::live::Live;
use spiffcast::app::port::{AskRequest, Copilot, Progress};
use spiffcast::auth::{Role, Who};
use spiffcast::config::AccessSettings;
use spiffcast::web::{self, Declared, Options, router};

use super::regions::{HERE, RAISE, company, limited};
use super::world::{OTHER, OTHER_SALE, OWN, OWN_SALE};
use super::{PASSWORD, kind, sent, somebody};
use crate::people::{People, Person};

/// Everybody there is, by login.
const PEOPLE: [&str; 7] =
    ["manager", "limited", "designer", "partner", "finance", "auditor", "administrator"];

const EARN: &str = "How much will I earn this quarter?";

/// What one column of names stands for, in the addresses of routes.
struct Names {
    whose: &'static str,
    partner: &'static str,
    sale: &'static str,
    answer: String,
    dispute: String,
    draft: String,
    login: &'static str,
}

impl Names {
    fn put(&self, route: &Declared) -> String {
        let id = match route.path {
            path if path.contains("/disputes/") => &self.dispute,
            path if path.contains("/drafts/") => &self.draft,
            path if path.starts_with("/programs/") => "spiff-x",
            _ => &self.answer,
        };
        let part = |part: &str| match part {
            "{partner}" => self.partner.to_owned(),
            "{transaction}" => self.sale.to_owned(),
            "{program}" => "spiff-x".to_owned(),
            "{version}" => "v1".to_owned(),
            "{file}" => "report.csv".to_owned(),
            "{login}" => self.login.to_owned(),
            "{job}" => "none".to_owned(),
            "{id}" => id.to_owned(),
            plain => plain.to_owned(),
        };
        let path = route.path.split('/').map(part).collect::<Vec<_>>().join("/");
        // The pages of earnings name the partner in the query.
        match route.method == "GET" && path.starts_with("/earnings") {
            true => format!("{path}?partner={}", self.partner),
            false => path,
        }
    }
}

struct House {
    router: Router,
    people: People,
    names: Vec<Names>,
    _world: crate::history::World,
}

impl House {
    async fn new() -> Self {
        let world = company();
        if let Err(error) = world.import() {
            panic!("{error}");
        }
        let live: Arc<Live> = Arc::new(crate::data::live(&world.data()).await);
        let people = People::with(AccessSettings::default(), false).await;
        for login in PEOPLE.into_iter().chain(["spare-1", "spare-2"]) {
            let role = login.parse().unwrap_or(Role::Manager);
            let regions = if login == "limited" { vec![HERE.to_owned()] } else { Vec::new() };
            let partner = (role == Role::Partner).then(|| OWN.to_owned());
            let new = NewUser { login: login.to_owned(), name: String::new(), role, partner, regions };
            let first = FirstPassword::Chosen(PASSWORD.to_owned());
            people.accounts.add_user(&Who::terminal(), new, first).await.expect("added");
        }
        let names = names(&live, &people.accounts.disputes()).await;
        let intake: Option<Arc<dyn Intake>> = Some(live.clone());
        let approvals: Option<Arc<dyn Approvals>> = Some(live.clone());
        let router =
            router(live, people.accounts.clone(), Options { intake, approvals, ..Options::default() });
        Self { router, people, names, _world: world }
    }

    async fn enter(&self, login: &str) -> Person {
        Person::of(
            &self.people.accounts.sign_in(login, PASSWORD, &CameFrom::default()).await.expect("signed in"),
        )
    }

    /// The statuses of a route at an address: nobody's, then everybody's.
    async fn statuses(&self, route: &Declared, address: &str) -> Vec<u16> {
        let request =
            || Request::builder().method(route.method).uri(address).header("content-type", kind(route));
        let body = match route.path {
            "/api/v1/ask" => serde_json::json!({ "question": RAISE }).to_string(),
            path if path.ends_with("/ask") && path != "/ask" => {
                serde_json::json!({ "question": EARN }).to_string()
            }
            _ => String::new(),
        };
        let mut found = vec![sent(&self.router, request(), body.clone()).await.status.as_u16()];
        for login in PEOPLE {
            // Some routes end the session they are asked in.
            let person = self.enter(login).await;
            found.push(sent(&self.router, person.sends(request()), body.clone()).await.status.as_u16());
        }
        found
    }
}

async fn names(live: &Arc<Live>, disputes: &Disputes) -> Vec<Names> {
    let ask = async |who: Who, question: &str| {
        let asked = AskRequest { question: question.to_owned(), ..AskRequest::default() };
        let copilot = Arc::clone(live).on_behalf_of(Arc::new(who));
        copilot.ask(asked, Progress::new()).await.expect("an answer").run.id
    };
    let dispute = async |partner: &str, sale: &str| {
        let who = somebody(Role::Partner, Some(partner));
        let copilot = Arc::clone(live).on_behalf_of(Arc::new(who.clone()));
        let about = About { program: "spiff-x".to_owned(), transaction: sale.to_owned(), period: None };
        disputes.open(&who, &*copilot, about, "It was registered in May.").await.expect("opened")
    };
    let mut all = Vec::new();
    for (whose, partner, sale, login) in
        [("own", OWN, OWN_SALE, "spare-1"), ("another's", OTHER, OTHER_SALE, "spare-2")]
    {
        let answer = ask(somebody(Role::Partner, Some(partner)), EARN).await;
        let dispute = dispute(partner, sale).await;
        let draft = "none".to_owned();
        all.push(Names { whose, partner, sale, answer, dispute, draft, login });
    }
    let none = || "none".to_owned();
    let (limited, whole) =
        (ask(limited(&[HERE]), RAISE).await, ask(somebody(Role::Manager, None), RAISE).await);
    let draft = Approvals::make(&**live, &somebody(Role::Designer, None), &whole, 0).await.expect("a draft");
    let nobodys = |whose, answer, draft| Names {
        whose,
        partner: "P-NONE",
        sale: "NONE-1",
        answer,
        dispute: none(),
        draft,
        login: "none",
    };
    all.push(nobodys("nobody's", none(), none()));
    all.push(nobodys("the region's", limited, none()));
    all.push(nobodys("the whole's", whole, draft));
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_every_role_with_the_status_that_is_due() {
    let house = House::new().await;
    let line = |route: &str, whose: &str, of: &[String]| {
        let of: String = of.iter().map(|cell| format!("{cell:<10}")).collect();
        format!("{route:<56}{whose:<14}{}\n", of.trim_end())
    };
    let heads: Vec<String> = ["nobody"].into_iter().chain(PEOPLE).map(ToOwned::to_owned).collect();
    let mut table = line("", "of", &heads);
    for route in web::declared() {
        let mut tried = BTreeSet::new();
        for names in &house.names {
            let address = names.put(&route);
            // Names that lead to the same address say nothing more.
            if !tried.insert(address.clone()) {
                continue;
            }
            let statuses = house.statuses(&route, &address).await;
            let whose = if address == route.path { "" } else { names.whose };
            let statuses: Vec<String> = statuses.iter().map(u16::to_string).collect();
            table += &line(&format!("{} {}", route.method, route.path), whose, &statuses);
        }
    }
    insta::assert_snapshot!("statuses", table);
}
