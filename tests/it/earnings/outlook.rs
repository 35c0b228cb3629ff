//! The outlook on every face: exact and forecast apart, the same everywhere, and nothing
//! of another partner in any byte of it.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, StatusCode};
use rust_decimal::Decimal;
use serde_json::Value;
use spiffcast::app::port::{AskRequest, Copilot, Progress};
use spiffcast::auth::Role;
use spiffcast::state::State;
use spiffcast::web::{Options, router};
use tempfile::TempDir;

use super::company;
use super::faces::{Face, OneShot, get, open};
use super::scope::shaken;
use crate::people::People;

const OWN: &str = "P-0042";

async fn bytes((router, person): &Face, path: &str) -> Bytes {
    let request = person.sends(Request::get(path)).header("host", "127.0.0.1:8787").body(Body::empty());
    let response = router.clone().oneshot_of(request.expect("a request")).await;
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 16 << 20).await.expect("a body");
    assert_eq!(parts.status, StatusCode::OK, "{path}: {}", String::from_utf8_lossy(&bytes));
    bytes
}

/// A page without the tokens of its forms, which are others on each: in fields and in the
/// head of the page.
fn untokened(page: &Bytes) -> String {
    let text = String::from_utf8_lossy(page).into_owned();
    ["name=\"form_token\" value=\"", "name=\"form-token\" content=\""].into_iter().fold(
        text,
        |text, before| {
            let parts = text.split(before).enumerate();
            parts
                .map(|(n, part)| if n == 0 { part } else { part.split_once('"').map_or("", |p| p.1) })
                .collect()
        },
    )
}

fn pdf_text(bytes: &[u8]) -> String {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("outlook.pdf");
    std::fs::write(&file, bytes).expect("written");
    let out = Command::new("pdftotext").arg(&file).arg("-").output().expect("poppler");
    String::from_utf8_lossy(&out.stdout).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same snapshot over a company in which everybody else did something else.
async fn elsewhere(folder: &Path, partner: &str) -> State {
    let mut state = open(folder).await;
    let partner = company().catalog.partner(partner).expect("a partner");
    let mut model = spiffcast_engine::model::Model::clone(&state.model);
    model.company = Arc::new(shaken(partner));
    state.model = Arc::new(model);
    state
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_do_after_the_snapshot_changes_no_byte_on_any_face() {
    let folder = TempDir::new().expect("a folder");
    let state = open(folder.path()).await;
    let kept = std::fs::read_dir(folder.path().join("published")).expect("published").count();
    assert_eq!(kept, 1, "a snapshot is kept beside the data");
    let people = People::demo().await;
    let persona = "P-0001";
    let extra = "sku=PX-100&units=20&month=2026-08";
    for (role, partner, paths) in [
        (
            Role::Partner,
            persona,
            vec![
                "/earnings".to_owned(),
                format!("/earnings?{extra}"),
                "/earnings/statement.pdf".to_owned(),
                "/earnings/outlook.csv".to_owned(),
                "/earnings/statement.xlsx".to_owned(),
            ],
        ),
        (
            Role::Manager,
            OWN,
            vec![
                format!("/api/v1/earnings/{OWN}?what_if=PX-100%3D20%402026-08"),
                format!("/earnings/statement.pdf?partner={OWN}&year=all"),
                format!("/earnings/outlook.csv?partner={OWN}"),
            ],
        ),
    ] {
        let other = elsewhere(folder.path(), partner).await;
        assert_eq!(state.publication.shared.digest(), other.publication.shared.digest(), "frozen");
        let face =
            |state: &State| router(Arc::new(state.clone()), people.accounts.clone(), Options::default());
        let person = people.enter(role).await;
        let (before, after) = ((face(&state), person.clone()), (face(&other), person));
        for path in &paths {
            let (one, two) = (bytes(&before, path).await, bytes(&after, path).await);
            if path.contains(".pdf") || path.contains(".xlsx") || path.contains(".csv") {
                assert!(one == two, "{path} differs");
            } else {
                assert_eq!(untokened(&one), untokened(&two), "{path}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn exact_and_forecast_are_told_apart_and_the_same_on_every_face() {
    let folder = TempDir::new().expect("a folder");
    let state = open(folder.path()).await;
    let people = People::demo().await;
    let face: Face = (
        router(Arc::new(state.clone()), people.accounts.clone(), Options::default()),
        people.enter(Role::Manager).await,
    );
    let json = |text: String| -> Value { serde_json::from_str(&text).expect("JSON") };
    let (_, plain) = get(&face, &format!("/api/v1/earnings/{OWN}")).await;
    let plain = json(plain);
    let outlook = &plain["outlook"];
    let amount = |value: &Value| -> Decimal { value.as_str().expect("text").parse().expect("a decimal") };
    assert_eq!(outlook["settled"]["basis"], "exact");
    for part in ["rest", "total"] {
        let of = &outlook["coming"][part];
        assert_eq!(of["basis"], "forecast");
        let [low, middle, high] = ["p10", "p50", "p90"].map(|p| amount(&of[p]));
        assert!(low <= middle && middle <= high && low < high, "{of}");
    }
    let (settled, coming) = (amount(&outlook["settled"]["amount"]), &outlook["coming"]);
    assert_eq!(settled.round() + amount(&coming["rest"]["p50"]), amount(&coming["total"]["p50"]));
    assert!(outlook["with_sales"].is_null());
    let programs = outlook["programs"].as_array().expect("programs");
    assert!(programs.len() >= 3, "{outlook}");
    let tiers: Vec<f64> = programs.iter().filter_map(|p| p["next_tier"]["chance"].as_f64()).collect();
    assert!(!tiers.is_empty() && tiers.iter().all(|c| (0.0..=1.0).contains(c)), "{tiers:?}");

    // More sales of the quarter move it, on the same luck.
    let (_, with) = get(&face, &format!("/api/v1/earnings/{OWN}?what_if=PX-100%3D200%402026-08")).await;
    let with = json(with);
    assert_eq!(with["outlook"]["coming"], outlook["coming"], "as it stands");
    let more = amount(&with["outlook"]["with_sales"]["total"]["p50"]);
    assert!(more > amount(&coming["total"]["p50"]), "{more}");

    // The same in words, on the page and in the files.
    let asked = AskRequest {
        question: "what if I sell 200 more PX-100 in August?".to_owned(),
        partner: Some(OWN.to_owned()),
        ..AskRequest::default()
    };
    let answer = state.ask(asked, Progress::new()).await.expect("an answer");
    let told = serde_json::to_value(answer.earnings.expect("earnings").outlook).expect("JSON");
    assert_eq!(told, with["outlook"]);
    let text = answer.summary.expect("a summary").text;
    assert!(text.contains("(forecast") && text.contains("(exact)"), "{text}");
    let (_, page) = get(&face, &format!("/earnings?partner={OWN}&sku=PX-100&units=200&month=2026-08")).await;
    for said in ["What Q3 2026 is heading to", "basis exact", "basis forecast", "With the sales"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let document = bytes(&face, &format!("/earnings/statement.pdf?partner={OWN}")).await;
    assert!(document.starts_with(b"%PDF"));
    let text = pdf_text(&document);
    for said in
        ["What the quarter is heading to", "exact", "forecast", "Statement", "What this document is not"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    let rows = bytes(&face, &format!("/earnings/outlook.csv?partner={OWN}")).await;
    let mut rows = csv::Reader::from_reader(&rows[..]);
    let basis: Vec<String> = rows.records().map(|r| r.expect("a row")[8].to_owned()).collect();
    assert!(basis.iter().all(|b| b == "exact" || b == "forecast") && basis.len() >= 3 * programs.len());

    // Nothing says how much a budget holds, how much is left, or who else there is.
    let other = &company().catalog.partners[company().catalog.partner("P-0056").expect("P-0056")];
    let told = plain["outlook"].to_string();
    for canary in [other.name.as_str(), "budget", "P-0056"] {
        assert!(!told.contains(canary) && !text.contains(canary), "{canary}");
    }
}
