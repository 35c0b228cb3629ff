//! What the trail holds of a question: the clauses a model saw, what it was asked, its own
//! words whether or not they were taken, the reading and the digests. Never a key.

use serde_json::Value;
use spiffcast::answer::Answer;
use spiffcast::app::audit::Filter;
use spiffcast::config::ReaderPolicy::Auto;
use spiffcast::state::State;

use super::endpoint::Scripted;
use super::{UNUSUAL, ask, copilot, draft, right};

/// The detail of the row of an answer.
async fn row(state: &State, answer: &Answer) -> Value {
    let filter = Filter { action: "answer".to_owned(), limit: 10, ..Filter::default() };
    let rows = state.store.audit_rows(&filter).await.expect("rows");
    let row = rows.iter().find(|row| row.subject == answer.run.id).expect("its row");
    serde_json::from_str(&row.detail).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_row_of_a_question_holds_what_a_model_was_asked_and_said_taken_or_not() {
    let wrong = draft("spiff-product-x", "increase_by_percent", "50", super::Q3, &[]);
    for (reply, taken) in [(right(), true), (wrong, false), ("no JSON at all".to_owned(), false)] {
        let folder = tempfile::tempdir().expect("a folder");
        let endpoint = Scripted::saying(reply.clone()).await;
        let state = copilot(&folder, endpoint.settings(), Auto).await;
        let answer = ask(&state, UNUSUAL).await;
        assert_eq!(answer.reading.reader == "llm", taken, "{reply}");
        let told = row(&state, &answer).await;

        let exchange = &told["exchanges"][0];
        assert_eq!(exchange["model"], "scripted");
        let prompt = exchange["prompt"].as_array().expect("messages");
        let said = |message: &Value| message["content"].as_str().unwrap_or_default().to_owned();
        assert!(prompt.iter().any(|message| said(message).contains(UNUSUAL)), "{exchange}");
        let replies = exchange["replies"].as_array().expect("replies");
        // Told back once where it was not taken.
        assert_eq!(replies.len(), if taken { 1 } else { 2 }, "{reply}");
        assert!(replies.iter().all(|said| said == reply.as_str()), "{replies:?}");
        let clauses = told["retrieved"].as_array().expect("a list");
        assert!(clauses.iter().any(|c| c.as_str().is_some_and(|c| c.contains(" v"))), "{clauses:?}");
        assert_eq!(told["reading"], serde_json::to_value(&answer.reading).expect("JSON"));
        for digest in [&told["answer"], &told["bundle"]["data"]] {
            assert!(digest.as_str().is_some_and(|d| d.contains("sha256:")), "{told}");
        }
        assert_eq!(told["forecast"].is_string(), answer.forecast.is_some());
        let key = endpoint.settings().api_key;
        assert!(key.expose().is_empty() || !told.to_string().contains(key.expose()), "a key in the trail");
    }
}
