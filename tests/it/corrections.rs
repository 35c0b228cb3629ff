//! Correcting a reading in place and following up, on the demo company: what is set
//! counts and nothing else moves, the page says what moved, and what does not fit is
//! said and changes nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use spiffcast::answer::Answer;
use spiffcast::app::port::{AskError, AskRequest, Copilot, Progress};
use spiffcast::auth::Role;
use spiffcast::config::Settings;
use spiffcast::state::State;
use spiffcast::web::{Options, router};
use spiffcast_engine::reading::{Source, Status};
use tower::ServiceExt;

use crate::people::People;

const VALUE: &str = "options[0].levers[0].value";

async fn copilot(folder: &tempfile::TempDir) -> State {
    let mut settings = Settings::load(None, |_| None).expect("defaults");
    settings.data_dir = folder.path().to_owned();
    settings.draws = 200;
    State::open(settings).await.expect("the demo company")
}

async fn ask(state: &State, question: &str, conversation: Option<&Answer>) -> Answer {
    let request = AskRequest {
        question: question.to_owned(),
        conversation: conversation.map(|answer| answer.run.id.clone()),
        ..AskRequest::default()
    };
    state.ask(request, Progress::new()).await.expect("an answer")
}

async fn correct(state: &State, answer: &Answer, set: &[(&str, Value)]) -> Result<Answer, AskError> {
    let request = AskRequest {
        conversation: Some(answer.run.id.clone()),
        corrections: set.iter().map(|(path, value)| ((*path).to_owned(), value.clone())).collect(),
        ..AskRequest::default()
    };
    state.ask(request, Progress::new()).await
}

fn payout(answer: &Answer) -> f64 {
    let forecast = answer.forecast.as_ref().expect("a forecast");
    forecast.metrics["payout"].difference[0].mean.expect("a mean")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_field_counts_and_nothing_else_moves() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = copilot(&folder).await;
    let first = ask(&state, "raise the Product X SPIFF 5% for Q3", None).await;
    let second = correct(&state, &first, &[(VALUE, json!("10"))]).await.expect("corrected");
    let asked = ask(&state, "raise the Product X SPIFF 10% for Q3", None).await;
    assert_eq!(second.forecast, asked.forecast, "as if it had been asked so");
    assert_eq!(second.reading.scenario, asked.reading.scenario);
    assert_eq!(second.run.follows.as_deref(), Some(first.run.id.as_str()));
    assert_eq!(second.run.question, first.run.question);
    let source = |answer: &Answer, field: &str| {
        let of = |p: &&spiffcast_engine::reading::Provenance| p.field == field;
        answer.reading.provenance.iter().find(of).map(|p| p.source.clone())
    };
    assert_eq!(source(&second, VALUE), Some(Source::Conversation { turn: 2 }));
    assert_eq!(source(&second, "period"), source(&first, "period"));

    let third = correct(&state, &second, &[("period", json!("Q4 2026"))]).await.expect("corrected");
    let scenario = third.reading.scenario.as_ref().expect("a scenario");
    assert_eq!(
        (scenario.period.label.as_str(), scenario.period.start.to_string().as_str()),
        ("Q4 2026", "2026-10-01")
    );
    assert_eq!(source(&third, "period"), Some(Source::Conversation { turn: 3 }));
    let fourth = ask(&state, "what about 20%?", Some(&third)).await;
    assert_eq!(fourth.reading.status, Status::Ready);
    let scenario = fourth.reading.scenario.as_ref().expect("a scenario");
    assert_eq!(scenario.options[0].levers[0].value.as_deref(), Some("20"));
    assert_eq!(scenario.period.label, "Q4 2026", "the correction stays in the conversation");
    assert!(payout(&fourth) > payout(&third));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_said_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = copilot(&folder).await;
    let first = ask(&state, "raise the Product X SPIFF 5% for Q3", None).await;
    let code = |result: Result<Answer, AskError>| match result {
        Err(AskError::Findings(findings)) => findings[0].code.clone(),
        other => panic!("findings were expected, not {other:?}"),
    };
    assert_eq!(code(correct(&state, &first, &[("options[3].label", json!("x"))]).await), "unknown_field");
    assert_eq!(code(correct(&state, &first, &[("period", json!("soon"))]).await), "period_not_understood");
    let huge = correct(&state, &first, &[(VALUE, json!("1000000000000000"))]).await;
    assert!(!code(huge).is_empty(), "bounds hold for corrections too");
    let program = correct(&state, &first, &[("options[0].levers[0].program", json!("spiff-nowhere"))]).await;
    assert!(code(program).contains("program"));
    let nobody = AskRequest {
        conversation: Some("0198-none".to_owned()),
        corrections: BTreeMap::from([(VALUE.to_owned(), json!("6"))]),
        ..AskRequest::default()
    };
    assert!(matches!(state.ask(nobody, Progress::new()).await, Err(AskError::NotFound)));
    assert_eq!(state.recent(10).await.expect("a list").len(), 1, "no answer was kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_offers_every_field_and_says_what_moved() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = Arc::new(copilot(&folder).await);
    let first = ask(&state, "raise the Product X SPIFF 5% for Q3 for Gold partners", None).await;
    let people = People::demo().await;
    let manager = people.enter(Role::Manager).await;
    let face = router(state.clone(), people.accounts.clone(), Options::default());
    let send = |request: Request<Body>| {
        let face = face.clone();
        async move {
            let (parts, body) = face.oneshot(request).await.expect("infallible").into_parts();
            let text =
                String::from_utf8(to_bytes(body, 4 << 20).await.expect("a body").to_vec()).expect("UTF-8");
            let place = parts.headers.get("location").map(|v| v.to_str().expect("text").to_owned());
            (parts.status, place, text)
        }
    };
    let get = |path: String| {
        manager.sends(Request::get(path)).header("host", "127.0.0.1").body(Body::empty()).expect("a request")
    };
    let post = |body: &str| {
        let request = manager.sends(Request::post("/ask")).header("host", "127.0.0.1");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.body(Body::from(body.to_owned())).expect("a request")
    };
    let (_, _, page) = send(get(format!("/answers/{}", first.run.id))).await;
    for name in ["program", "operation", "value"] {
        assert!(page.contains(&format!("name=\"set.options[0].levers[0].{name}\"")), "{name}");
    }
    assert!(page.contains("name=\"set.period\" value=\"Q3 2026\""));
    assert!(page.contains("value=\"Gold\" checked") && !page.contains("value=\"Silver\" checked"));
    assert!(!page.contains("id=\"moved\""), "nothing came before it");

    let id = &first.run.id;
    let body = format!(
        "conversation={id}&who.audience=1&who.audience.include.tiers=Silver&who.audience.exclude.regions=EMEA&who.audience.include.partners="
    );
    let (status, place, text) = send(post(&body)).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
    let place = place.expect("a place");
    let (_, _, page) = send(get(place.clone())).await;
    assert!(page.contains("id=\"moved\"") && page.contains(&format!("/answers/{id}")));
    let kept = state
        .answer(place.trim_start_matches("/answers/").trim_end_matches("#moved"))
        .await
        .expect("read")
        .expect("kept");
    let audience = &kept.reading.scenario.as_ref().expect("a scenario").audience;
    assert_eq!(audience.include[0].tiers, ["Silver"]);
    assert_eq!(audience.exclude[0].regions, ["EMEA"]);

    let (status, _, text) = send(post(&format!("conversation={id}&set.period=whenever"))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("is not a period"), "{text}");
}
