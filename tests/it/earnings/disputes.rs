//! Disputes through the pages: opened on an own line, answered by finance, closed; what
//! others open cannot be found, and every step is in the trail.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use spiffcast::app::disputes::{About, Act, DisputeError, OPEN_MAX, State, WORDS_MAX};
use spiffcast::app::port::Copilot;
use spiffcast::auth::{Role, Via, Who};
use spiffcast::web::{Options, router};
use spiffcast_engine::sales::LineKind;
use tempfile::TempDir;

use super::company;
use super::faces::{Face, OneShot, get, open};
use crate::people::People;

async fn post((router, person): &Face, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String, String) {
    let body: String =
        fields.iter().map(|(name, value)| format!("{name}={}&", value.replace('&', "%26"))).collect();
    let request = person
        .sends(Request::post(path))
        .header("host", "127.0.0.1:8787")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body));
    let response = router.clone().oneshot_of(request.expect("a request")).await;
    let (parts, body) = response.into_parts();
    let place = parts.headers.get("location").map(|v| v.to_str().expect("text").to_owned());
    let bytes = to_bytes(body, 4 << 20).await.expect("a body");
    (parts.status, place.unwrap_or_default(), String::from_utf8_lossy(&bytes).into_owned())
}

fn somebody(role: Role, partner: Option<&str>) -> Who {
    Who {
        user: 77,
        login: format!("some-{role}"),
        name: String::new(),
        role,
        partner: partner.map(str::to_owned),
        regions: Vec::new(),
        via: Via::Session("s".to_owned()),
        must_change: false,
    }
}

fn sales_of(partner: &str) -> Vec<String> {
    let ix = company().catalog.partner(partner).expect("a partner");
    let own = company().lines.iter().filter(|l| l.partner == ix && l.kind == LineKind::Sale);
    let mut sales: Vec<String> = own.map(|l| l.transaction_id.clone()).collect();
    sales.dedup();
    sales
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_is_opened_answered_and_closed_and_is_its_partners_alone() {
    let folder = TempDir::new().expect("a folder");
    let state = open(folder.path()).await;
    let people = People::demo().await;
    let router = router(Arc::new(state.clone()), people.accounts.clone(), Options::default());
    let partner: Face = (router.clone(), people.enter(Role::Partner).await);
    let finance: Face = (router.clone(), people.enter(Role::Finance).await);
    let manager: Face = (router.clone(), people.enter(Role::Manager).await);
    let (mine, theirs) = (sales_of("P-0001"), sales_of("P-0042"));

    // The statement and the sale lead to the form, for the partner alone.
    let sale_page = format!("/earnings/sales/{}", mine[0]);
    let (_, page) = get(&partner, &sale_page).await;
    assert!(page.contains("/disputes/new?transaction="), "{page}");
    let (_, page) = get(&manager, &format!("{sale_page}?partner=P-0001")).await;
    assert!(!page.contains("/disputes/new"), "staff disputes nothing");
    let (_, page) = get(&partner, "/earnings?year=all").await;
    let at = page.find("/disputes/new?program=").expect("a line can be disputed");
    let form = page[at..].split('"').next().expect("an address").replace("&amp;", "&").replace("&#38;", "&");
    let (status, page) = get(&partner, &form).await;
    assert!(status == StatusCode::OK && page.contains("What is wrong"), "{form}: {page}");

    let words = "It was <b>registered</b> in May; see D-17.";
    let fields = [("transaction", mine[0].as_str()), ("program", "spiff-product-x"), ("words", words)];
    let (status, place, page) = post(&partner, "/disputes", &fields).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
    let id = place.strip_prefix("/disputes/").expect("its page").to_owned();
    let (_, page) = get(&partner, &place).await;
    assert!(page.contains("&#60;b&#62;registered") || page.contains("&lt;b&gt;registered"), "{page}");
    // The same line twice, another's sale, no line, no words, too many words.
    let long = "x".repeat(WORDS_MAX + 1);
    for (fields, code) in [
        (vec![("transaction", mine[0].as_str()), ("program", "spiff-product-x"), ("words", "again")], 409),
        (vec![("transaction", theirs[0].as_str()), ("words", "mine?")], 422),
        (vec![("transaction", "T-none"), ("words", "where?")], 422),
        (
            vec![
                ("program", "spiff-product-x"),
                ("start", "1999-01-01"),
                ("end", "1999-01-31"),
                ("words", "old"),
            ],
            422,
        ),
        (vec![("words", "nothing named")], 422),
        (vec![("transaction", mine[1].as_str()), ("words", " ")], 422),
        (vec![("transaction", mine[1].as_str()), ("words", long.as_str())], 422),
    ] {
        let (status, _, page) = post(&partner, "/disputes", &fields).await;
        assert_eq!(status.as_u16(), code, "{fields:?}: {page}");
    }

    // Finance answers, the partner says more, finance closes. Nobody else does anything.
    let (_, page) = get(&finance, "/disputes?state=open").await;
    assert!(page.contains(&id), "{page}");
    let act = async |face: &Face, act: &str, words: &str| {
        post(face, &place, &[("act", act), ("words", words)]).await.0
    };
    assert_eq!(act(&manager, "answer", "no").await, StatusCode::FORBIDDEN);
    assert_eq!(act(&partner, "resolve", "I was right").await, StatusCode::NOT_FOUND);
    assert_eq!(act(&finance, "say", "as if I were the partner").await, StatusCode::NOT_FOUND);
    assert_eq!(act(&finance, "shrug", "hm").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(act(&finance, "answer", "Which registration?").await, StatusCode::SEE_OTHER);
    assert_eq!(act(&partner, "say", "D-17, approved on 3 May.").await, StatusCode::SEE_OTHER);
    assert_eq!(act(&finance, "resolve", "Right: it will be paid.").await, StatusCode::SEE_OTHER);
    assert_eq!(act(&partner, "say", "Thank you").await, StatusCode::CONFLICT);
    let (_, page) = get(&partner, &place).await;
    assert!(page.contains("Right: it will be paid.") && page.contains("closed"), "{page}");
    assert!(!page.contains("demo-finance") && !page.contains("Demo finance"), "the side, not who");
    let (_, page) = get(&manager, &place).await;
    assert!(page.contains("Demo finance") && !page.contains("name=\"words\""), "read, not answered");

    // Another partner finds nothing.
    let disputes = people.accounts.disputes();
    let other = somebody(Role::Partner, Some("P-0042"));
    let found = disputes.one(&other, company(), &id).await;
    assert!(matches!(found, Err(DisputeError::NotFound)), "{found:?}");
    assert!(matches!(
        disputes.act(&other, company(), &id, Act::Say, "hello").await,
        Err(DisputeError::NotFound)
    ));
    assert_eq!(disputes.list(&other, company(), "P-0001", None, 0).await.expect("its own").1, 0);

    let trail = people.accounts.trail().await.expect("the trail");
    let of_it: Vec<&str> =
        trail.iter().filter(|(_, _, about)| *about == id).map(|(what, ..)| what.as_str()).collect();
    assert_eq!(of_it, ["dispute_opened", "dispute_answered", "dispute_said", "dispute_resolved"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_has_so_many_open_disputes_and_two_closers_cannot_both_win() {
    let folder = TempDir::new().expect("a folder");
    let copilot: Arc<dyn Copilot> = Arc::new(open(folder.path()).await);
    let company = copilot.company();
    let people = People::demo().await;
    let disputes = people.accounts.disputes();
    let partner = somebody(Role::Partner, Some("P-0042"));
    let finance = somebody(Role::Finance, None);
    let sales = sales_of("P-0042");
    let about = |n: usize| About { transaction: sales[n].clone(), ..About::default() };
    let mut ids = Vec::new();
    for n in 0..OPEN_MAX as usize {
        ids.push(disputes.open(&partner, &*copilot, about(n), "wrong").await.expect("opened"));
    }
    let more = disputes.open(&partner, &*copilot, about(OPEN_MAX as usize), "wrong").await;
    assert!(matches!(more, Err(DisputeError::Refused(_))), "{more:?}");
    let (one, two) = tokio::join!(
        disputes.act(&finance, &company, &ids[0], Act::Resolve, "paid"),
        disputes.act(&finance, &company, &ids[0], Act::Reject, "not paid"),
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    let (dispute, said) = disputes.one(&finance, &company, &ids[0]).await.expect("it");
    assert!(dispute.state.is_closed() && said.len() == 2, "{dispute:?} {said:?}");
    // One closed makes room for another, and closed lines can be disputed again.
    disputes.open(&partner, &*copilot, about(0), "still wrong").await.expect("room");
    let (listed, all) =
        disputes.list(&finance, &company, "P-0042", Some(State::Open), 0).await.expect("listed");
    assert_eq!((listed.len() as i64, all), (OPEN_MAX, OPEN_MAX));
}

/// Run with `-- --ignored --nocapture`: whether what is another's is refused as fast as
/// what does not exist, in turns, medians.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measure, not a test"]
async fn what_anothers_dispute_and_none_take() {
    const TIMES: usize = 2_000;
    let folder = TempDir::new().expect("a folder");
    let copilot: Arc<dyn Copilot> = Arc::new(open(folder.path()).await);
    let (company, people) = (copilot.company(), People::demo().await);
    let disputes = people.accounts.disputes();
    let owner = somebody(Role::Partner, Some("P-0042"));
    let about = About { transaction: sales_of("P-0042")[0].clone(), ..About::default() };
    let theirs = disputes.open(&owner, &*copilot, about, "wrong").await.expect("opened");
    let none = uuid::Uuid::now_v7().to_string();
    let (other, mut took) = (somebody(Role::Partner, Some("P-0001")), [Vec::new(), Vec::new()]);
    for turn in 0..2 * TIMES {
        let begun = std::time::Instant::now();
        let found = disputes.one(&other, &company, [&theirs, &none][turn % 2]).await;
        took[turn % 2].push(begun.elapsed());
        assert!(matches!(found, Err(DisputeError::NotFound)));
    }
    took.iter_mut().for_each(|times| times.sort_unstable());
    eprintln!("another's {:?}, none {:?}", took[0][TIMES / 2], took[1][TIMES / 2]);
}
