//! A manager who is limited to regions: every route, own region and others. What belongs to
//! partners elsewhere shows in nothing that this one gets back, answers of the whole company
//! look as if they were not there, and figures are of the own partners alone, and say so.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::http::{Request, StatusCode};
use spiffcast::answer::{Answer, ReportFormat};
use spiffcast::app::data::Intake;
use spiffcast::app::drafts::Approvals;
use spiffcast::app::drafts::port::DraftError;
use spiffcast::app::identity::keys::NewKey;
use spiffcast::app::identity::people::{FirstPassword, NewUser};
use spiffcast::app::live::Live;
use spiffcast::app::port::{AskError, AskRequest, Copilot, Progress};
use spiffcast::auth::{Permission, Role, Who};
use spiffcast::config::AccessSettings;
use spiffcast::web::{self, Options, router};
use spiffcast_engine::reading::{Source, Status};

use super::world::{self, CANARIES, OTHER, OTHER_NAME, OWN};
use super::{PASSWORD, Reply, bodies, kind, queries, seen, sent, somebody};
use crate::people::{People, Person};

/// The region of the manager and its partner; all others are in [`ELSEWHERE`].
pub(super) const HERE: &str = "AMER";
const ELSEWHERE: &str = "EMEA";
pub(super) const RAISE: &str = "raise the X SPIFF 5% for Q3 2026";
/// What the rules tell everybody who reads programs.
const IN_THE_RULES: [&str; 3] = ["613.57", "918273", "Quokka"];

/// Rival and child are in another region; the child's parent is the own partner.
pub(super) fn company() -> crate::history::World {
    let mut world = world::company();
    let text = String::from_utf8(world.files["partners.csv"].clone()).expect("text");
    let moved: Vec<String> = text
        .lines()
        .map(|line| if line.contains("CANARY") { line.replace(HERE, ELSEWHERE) } else { line.to_owned() })
        .collect();
    world.files.insert("partners.csv".to_owned(), moved.join("\n").into_bytes());
    world
}

pub(super) fn limited(regions: &[&str]) -> Who {
    let regions = regions.iter().map(|r| (*r).to_owned()).collect();
    Who { regions, ..somebody(Role::Manager, None) }
}

struct House {
    live: Arc<Live>,
    router: Router,
    people: People,
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
        let new = NewUser {
            login: "limited".to_owned(),
            name: String::new(),
            role: Role::Manager,
            partner: None,
            regions: vec![HERE.to_owned()],
        };
        let first = FirstPassword::Chosen(PASSWORD.to_owned());
        people.accounts.add_user(&Who::terminal(), new, first).await.expect("added");
        let intake: Option<Arc<dyn Intake>> = Some(live.clone());
        let approvals: Option<Arc<dyn Approvals>> = Some(live.clone());
        let options = Options { intake, approvals, ..Options::default() };
        let router = router(live.clone(), people.accounts.clone(), options);
        Self { live, router, people, _world: world }
    }

    async fn enter(&self) -> Person {
        let came = Default::default();
        Person::of(&self.people.accounts.sign_in("limited", PASSWORD, &came).await.expect("signed in"))
    }

    fn of(&self, who: Who) -> Arc<dyn Copilot> {
        Arc::clone(&self.live).on_behalf_of(Arc::new(who))
    }

    async fn ask(&self, who: Who, question: &str) -> Answer {
        let asked = AskRequest { question: question.to_owned(), ..AskRequest::default() };
        self.of(who).ask(asked, Progress::new()).await.expect("an answer")
    }

    async fn get(&self, path: &str) -> Reply {
        sent(&self.router, self.enter().await.sends(Request::get(path)), String::new()).await
    }
}

/// Canaries in a reply; what was asked for by name may be said again.
fn shown(reply: &Reply, asked: &str) -> Vec<&'static str> {
    let text = seen::text(&reply.headers, &reply.bytes);
    found(&text, asked)
}

fn found(text: &str, asked: &str) -> Vec<&'static str> {
    let plain: String =
        text.chars().filter(|c| !matches!(c, ',' | '\u{a0}' | '\u{202f}' | '\u{2009}')).collect();
    let asked: String =
        form_urlencoded::parse(format!("x={asked}").as_bytes()).map(|(_, v)| v.into_owned()).collect();
    let secret =
        CANARIES.iter().filter(|(canary, _)| !IN_THE_RULES.contains(canary) && !asked.contains(canary));
    secret
        .filter(|(canary, _)| plain.contains(canary) || text.contains(canary))
        .map(|(_, what)| *what)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_shows_a_limited_manager_what_is_elsewhere() {
    let house = House::new().await;
    let whole = house.ask(somebody(Role::Manager, None), RAISE).await.run.id;
    let partners =
        house.ask(somebody(Role::Partner, Some(OTHER)), "How much will I earn this quarter?").await.run.id;
    let own = house.ask(limited(&[HERE]), RAISE).await.run.id;
    let designer = somebody(Role::Designer, None);
    let draft =
        Approvals::make(&*house.live, &designer, &whole, 0).await.expect("a draft of the whole company");
    let fixed = [OWN, OTHER, world::OWN_SALE, world::OTHER_SALE, "spiff-x", "v1", "report.xlsx", "none"];
    let names: Vec<String> =
        fixed.into_iter().map(ToOwned::to_owned).chain([whole, partners, own.clone(), draft]).collect();
    let mut holes: BTreeSet<String> = BTreeSet::new();
    let mut asked = 0;
    // What this one asks in words stands in its own lists afterwards: reading comes first.
    let mut routes = web::declared();
    routes.sort_by_key(|route| route.method != "GET");
    for route in routes {
        let may = route.needs.is_empty() || route.needs.iter().any(|p| Role::Manager.may(*p));
        let reads = route.method == "GET";
        let addresses = super::addresses(&route, &names);
        // Pairs of names are many; questions of the address are tried with single ones.
        let pairs = addresses.len() > names.len();
        let queries = if reads && !pairs { queries().to_vec() } else { vec![String::new()] };
        // Forms about something that is named: with every name, and the last body, which claims most.
        let mut bodies =
            if reads || !may { vec![String::new()] } else { bodies(route.path.starts_with("/api/")) };
        if route.path.contains('{') {
            bodies.drain(..bodies.len() - 1);
        }
        let one = house.enter().await;
        for address in addresses.iter().flat_map(|a| queries.iter().map(move |q| format!("{a}{q}"))) {
            for body in &bodies {
                let person = if reads { one.clone() } else { house.enter().await };
                let request = |method: &str, address: &str| {
                    person.sends(
                        Request::builder().method(method).uri(address).header("content-type", kind(&route)),
                    )
                };
                let reply = sent(&house.router, request(route.method, &address), body.clone()).await;
                asked += 1;
                let at =
                    format!("{} {} at {address} with {body:?}: {}", route.method, route.path, reply.status);
                let failed =
                    reply.status.is_server_error() && reply.status != StatusCode::SERVICE_UNAVAILABLE;
                assert!(!failed, "{at}");
                let sent_text = format!("{address} {body}");
                holes.extend(shown(&reply, &sent_text).into_iter().map(|what| format!("{what}: {at}")));
                if let Some(place) = reply.place().filter(|place| place.starts_with('/')) {
                    let on = sent(&house.router, request("GET", &place), String::new()).await;
                    let what = shown(&on, &format!("{sent_text} {place}"));
                    holes.extend(what.into_iter().map(|what| format!("{what}: {place} after {at}")));
                }
            }
        }
    }
    assert!(holes.is_empty(), "{} holes:\n{}", holes.len(), holes.into_iter().collect::<Vec<_>>().join("\n"));
    // Files say the same as pages: own partners alone.
    for file in ["pdf", "xlsx", "csv", "md", "json"] {
        let reply = house.get(&format!("/answers/{own}/report.{file}")).await;
        let text = seen::text(&reply.headers, &reply.bytes);
        assert_eq!(reply.status, StatusCode::OK, "{file}");
        assert_eq!(found(&text, ""), Vec::<&str>::new(), "{file}");
        let said = text.contains(&format!("Figures are of {HERE} alone"))
            || text.contains("figures are of these regions alone");
        assert!(said, "{file} says whom it counts: {text}");
    }
    eprintln!("{asked} requests of a limited manager, no canary");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_counts_others_is_not_there() {
    let house = House::new().await;
    let whole = house.ask(somebody(Role::Manager, None), RAISE).await;
    let own = house.ask(limited(&[HERE]), RAISE).await;
    assert_eq!(own.bundle.regions, [HERE]);
    // Elsewhere, and beyond: only what counts nothing but one's own regions.
    for (who, sees) in [
        (limited(&[HERE]), true),
        (limited(&[ELSEWHERE, HERE]), true),
        (limited(&[ELSEWHERE]), false),
        (somebody(Role::Manager, None), true),
        (somebody(Role::Finance, None), true),
    ] {
        let copilot = house.of(who.clone());
        let id = &own.run.id;
        assert_eq!(copilot.answer(id).await.expect("read").is_some(), sees, "{who:?}");
        assert_eq!(copilot.kept(id).await.expect("read").is_some(), sees, "{who:?}");
        assert_eq!(copilot.duplicate(id).await.is_ok(), sees, "{who:?}");
        let all = copilot.scenarios(Default::default()).await.expect("a list");
        assert_eq!(all.scenarios.iter().any(|s| s.id == *id), sees, "{who:?}");
        assert_eq!(copilot.recent(50).await.expect("a list").iter().any(|s| s.id == *id), sees, "{who:?}");
        let of_whole = who.regions.is_empty();
        assert_eq!(copilot.answer(&whole.run.id).await.expect("read").is_some(), of_whole, "{who:?}");
        assert_eq!(all.scenarios.iter().any(|s| s.id == whole.run.id), of_whole, "{who:?}");
        if !of_whole {
            let again = copilot.again(&whole.run.id, Progress::new()).await;
            assert!(matches!(again, Err(AskError::NotFound)), "{again:?}");
            let both = copilot.compare(vec![own.run.id.clone(), whole.run.id.clone()], Progress::new()).await;
            assert!(matches!(both, Err(AskError::NotFound)), "{both:?}");
            let said = copilot.annotate(&whole.run.id, Default::default()).await;
            assert!(matches!(said, Err(AskError::NotFound)), "{said:?}");
            assert_eq!(
                copilot.accuracy().await.expect("a report").forecasts,
                [],
                "what was asked of the whole"
            );
        }
    }
    // A copy counts what its original counts, whoever made it.
    let copy = house.of(somebody(Role::Manager, None)).duplicate(&own.run.id).await.expect("a copy");
    assert!(house.of(limited(&[HERE])).answer(&copy).await.expect("read").is_some());
    // As with a partner that does not exist, so with one elsewhere.
    for (partner, none) in [(OTHER, "P-NOTHING"), ("P-CANARY-8", "P-NOTHING")] {
        for path in
            ["/earnings?partner=NAME", "/earnings/statement.csv?partner=NAME", "/api/v1/earnings/NAME"]
        {
            let (one, two) = (
                house.get(&path.replace("NAME", partner)).await,
                house.get(&path.replace("NAME", none)).await,
            );
            assert_eq!((one.status, two.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND), "{path}");
            let bare = |reply: &Reply| seen::without_request(&String::from_utf8_lossy(&reply.bytes));
            assert_eq!(bare(&one), bare(&two), "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_narrowed_to_the_regions_and_its_figures_count_them_alone() {
    let house = House::new().await;
    let answer = house.ask(limited(&[HERE]), RAISE).await;
    let draft = answer.reading.scenario.as_ref().expect("a scenario");
    assert_eq!(draft.audience.include[0].regions, [HERE]);
    let from = answer.reading.provenance.iter().find(|entry| entry.field == "audience").expect("a source");
    assert_eq!(from.source, Source::Regions { names: vec![HERE.to_owned()] });
    let forecast = answer.forecast.as_ref().expect("a forecast");
    let keys =
        |rows: &[spiffcast_engine::forecast::Row]| rows.iter().map(|r| r.key.clone()).collect::<Vec<_>>();
    assert_eq!(
        (keys(&forecast.by.partner), keys(&forecast.by.region)),
        (vec![OWN.to_owned()], vec![HERE.to_owned()])
    );
    let mean = |name: &str| forecast.metrics[name].baseline.mean.expect("a mean");
    let row = &forecast.by.partner[0].metrics;
    assert!((mean("units") - row["units"].baseline.mean.expect("a mean")).abs() < 0.11);
    // Seven a month were sold by the own partner, sixty-one by all.
    assert!(mean("units") < 60.0, "{}", mean("units"));
    let whole = house.ask(somebody(Role::Manager, None), RAISE).await.forecast.expect("a forecast");
    assert!(whole.metrics["units"].baseline.mean.expect("a mean") > 120.0, "the whole company sells more");
    let summary = answer.summary.as_ref().expect("a summary");
    assert!(summary.headline.starts_with("AMER alone: "), "{}", summary.headline);
    let page =
        String::from_utf8(house.get(&format!("/answers/{}", answer.run.id)).await.bytes).expect("text");
    for said in ["Figures are of AMER alone", "your regions", "You are limited to AMER"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    // The same question twice gives the same bytes.
    let again = house.ask(limited(&[HERE]), RAISE).await;
    let bytes = |answer: &Answer| serde_json::to_string(&(&answer.forecast, &answer.bundle)).expect("JSON");
    assert_eq!(bytes(&again), bytes(&answer));
    // Both regions named: the own one; the other alone, or a partner there: refused.
    let both =
        house.ask(limited(&[HERE]), "raise the X SPIFF 5% for AMER and EMEA partners in Q3 2026").await;
    let asked = both.reading.scenario.filter(|_| both.reading.status == Status::Ready);
    if let Some(draft) = asked {
        assert!(draft.audience.include.iter().all(|entry| entry.regions == [HERE]), "{:?}", draft.audience);
    } else {
        assert_eq!(both.reading.status, Status::NeedsClarification, "{:?}", both.reading.findings);
    }
    let other = house.ask(limited(&[HERE]), "raise the X SPIFF 5% for EMEA partners in Q3 2026").await;
    assert_eq!((other.reading.status, other.forecast.is_none()), (Status::Unsupported, true));
    assert_eq!(other.reading.findings[0].message, "EMEA is not one of your regions");
    let named =
        house.ask(limited(&[HERE]), &format!("raise the X SPIFF 5% for {OTHER_NAME} in Q3 2026")).await;
    assert!(named.reading.status != Status::Ready && named.forecast.is_none());
    // A scenario that is handed in goes the same way.
    let mut draft = whole_draft(&house).await;
    for (who, partner) in [(OTHER, false), ("P-NOTHING", false), (OWN, true)] {
        draft.audience.include =
            vec![serde_json::from_value(serde_json::json!({ "partners": [who] })).expect("an entry")];
        let made = house.of(limited(&[HERE])).simulate(draft.clone(), Progress::new()).await;
        assert_eq!(made.is_ok(), partner, "{who}: {made:?}");
        if let Err(AskError::Findings(found)) = made {
            assert_eq!(found[0].code, "unknown_partner", "{who}: {found:?}");
        }
    }
}

async fn whole_draft(house: &House) -> spiffcast_engine::scenario::Draft {
    house.ask(somebody(Role::Manager, None), RAISE).await.reading.scenario.expect("a scenario")
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_files_and_drafts_carry_the_same_limits() {
    let house = House::new().await;
    let accounts = &house.people.accounts;
    let by = limited(&[HERE]);
    let by = Who { login: "limited".to_owned(), ..by };
    let scopes = vec![Permission::Ask, Permission::AnswersRead, Permission::EarningsAny];
    let new = NewKey { name: "nightly".to_owned(), scopes, days: 2 };
    let key = accounts.add_key(&by, "limited", new).await.expect("a key");
    let who = accounts.key(&key).await.expect("read").expect("somebody");
    assert_eq!(who.limited_to(), Some(&[HERE.to_owned()][..]));
    let request = |path: String| Request::get(path).header("authorization", format!("Bearer {key}"));
    let reply = sent(&house.router, request(format!("/api/v1/earnings/{OTHER}")), String::new()).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    let reply = sent(&house.router, request(format!("/api/v1/earnings/{OWN}")), String::new()).await;
    assert_eq!((reply.status, shown(&reply, "")), (StatusCode::OK, Vec::new()));

    let whole = house.ask(somebody(Role::Manager, None), RAISE).await;
    let designer = somebody(Role::Designer, None);
    let draft = Approvals::make(&*house.live, &designer, &whole.run.id, 0).await.expect("a draft");
    let desk: &dyn Approvals = &*house.live;
    assert!(desk.draft(&designer, &draft).await.is_ok());
    assert!(desk.draft(&by, &draft).await.is_err() && desk.revise(&by, &draft).await.is_err());
    assert_eq!(desk.drafts(&by, None).await.expect("a list"), []);
    // A version holds for everybody, and who is limited asks for some.
    let own = house.ask(by.clone(), RAISE).await;
    let refused = desk.make(&by, &own.run.id, 0).await;
    assert!(
        matches!(&refused, Err(DraftError::Unfit(why)) if why[0].contains("some partners only")),
        "{refused:?}"
    );
    let from_whole = desk.make(&by, &whole.run.id, 0).await;
    assert!(matches!(from_whole, Err(DraftError::NotFound(_))), "{from_whole:?}");
    let all = desk.drafts(&designer, None).await.expect("a list");
    assert_eq!(all.into_iter().map(|d| d.id).collect::<Vec<_>>(), [draft]);

    // Reconciliation: own rows alone, whose sums are theirs.
    let report = Intake::reconciliation(&*house.live, &by).await.expect("a report");
    let everybodys = Intake::reconciliation(&*house.live, &designer).await.expect("a report");
    assert!(report.differences.iter().all(|one| one.partner_id == OWN), "{:?}", report.differences);
    assert!(
        report.lines < everybodys.lines && everybodys.differences.iter().any(|one| one.partner_id == OTHER)
    );
    let file = house.of(by.clone()).report(own, ReportFormat::Csv).await.expect("a table");
    let table = String::from_utf8(file).expect("text");
    assert!(table.contains("counted,AMER"), "{table}");
    // What is known of the whole company alone is left out, in words.
    let record = house.of(by).program_record("spiff-x").await.expect("read").expect("at once");
    assert!(record.left_out.as_deref().is_some_and(|why| why.ends_with("limited to AMER.")), "{record:?}");
    assert!(record.accruals.is_none() && record.quarters.is_empty() && record.findings.is_empty());
}
