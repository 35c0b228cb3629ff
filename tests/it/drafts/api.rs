//! The same desk as JSON.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use spiffcast::auth::{Permission, Role};

use super::{HOST, House, QUESTION, Reply};
use crate::people::Person;

async fn call(house: &House, person: &Person, method: &str, path: &str, body: Value) -> Reply {
    let request = Request::builder().method(method).uri(path).header("host", HOST);
    let request = person.sends(request).header("content-type", "application/json");
    house.send(request.body(Body::from(body.to_string())).expect("a request")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_take_the_same_way() {
    let house = House::new().await;
    let (designer, finance) =
        (house.people.enter(Role::Designer).await, house.people.enter(Role::Finance).await);
    let answer = house.ask(QUESTION).await;
    let made =
        call(&house, &designer, "POST", "/api/v1/drafts", json!({ "answer": answer.run.id, "option": 0 }))
            .await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text());
    let made = made.json();
    let id = made["id"].as_str().expect("an id");
    assert_eq!((&made["state"], &made["checks"]["errors"]), (&json!("draft"), &json!(0)));
    assert_eq!(made["impact"].as_array().expect("months").last().expect("a sum")["month"], "all");
    let at = |tail: &str| format!("/api/v1/drafts/{id}{tail}");
    let other =
        call(&house, &designer, "POST", "/api/v1/drafts", json!({ "answer": answer.run.id, "option": 7 }))
            .await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    let early = call(&house, &finance, "GET", &at("/payload"), json!(null)).await;
    assert_eq!(early.status, StatusCode::NOT_FOUND);

    let sent = call(&house, &designer, "POST", &at("/submit"), json!({ "revision": 1 })).await;
    assert_eq!(sent.json()["state"], "submitted");
    let decision = json!({ "decision": "approve", "revision": 1 });
    let old = call(&house, &finance, "POST", &at("/decision"), decision).await;
    assert_eq!(old.status, StatusCode::CONFLICT, "another revision was looked at");
    let forged = json!({ "decision": "approve", "revision": 2, "who": "finn" });
    assert_eq!(
        call(&house, &finance, "POST", &at("/decision"), forged).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let decision = json!({ "decision": "approve", "revision": 2 });
    let done = call(&house, &finance, "POST", &at("/decision"), decision.clone()).await;
    assert_eq!(done.json()["state"], "approved", "{}", done.text());
    let twice = call(&house, &finance, "POST", &at("/decision"), decision).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);

    let payload = call(&house, &designer, "GET", &at("/payload"), json!(null)).await.json();
    assert_eq!(payload["kind"], "spiffcast.program-change");
    let versions = payload["versions"].as_array().expect("versions");
    let told: Vec<(&str, &str)> = versions
        .iter()
        .map(|v| (v["part"].as_str().expect("text"), v["file"].as_str().expect("text")))
        .collect();
    assert_eq!(
        told,
        [
            ("ends", "programs/spiff-product-x/v3.md"),
            ("changed", "programs/spiff-product-x/v4.md"),
            ("resumes", "programs/spiff-product-x/v5.md")
        ]
    );
    assert_eq!(versions[1]["terms"]["rate"]["flat"]["per_unit"], "42.00");
    let zip = call(&house, &designer, "GET", &at("/files.zip"), json!(null)).await;
    assert_eq!(zip.headers["content-type"], "application/zip");
    let listed = call(&house, &finance, "GET", "/api/v1/drafts?state=approved", json!(null)).await.json();
    assert_eq!(listed["drafts"].as_array().expect("a list").len(), 1);
}

#[test]
fn a_decision_is_somebodys_word_and_no_keys() {
    assert!(!Permission::DraftsDecide.can_be_scope());
    assert!(Permission::scopes_of(Role::Finance).all(|scope| scope != Permission::DraftsDecide));
}
