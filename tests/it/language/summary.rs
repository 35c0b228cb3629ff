//! Summaries in a model's words: taken when they say the same, marked, and off by default.

use axum::response::Response;
use serde_json::{Value, json};
use spiffcast::config::ReaderPolicy::BuiltIn;

use super::endpoint::{Scripted, says};
use super::{ask, copilot};

const QUESTION: &str = "raise the Product X SPIFF 5% for Q3";

/// Headline and text as the model was given them.
fn given(body: &Value) -> (String, String) {
    let message = body["messages"][1]["content"].as_str().expect("text");
    let data = message.trim_start_matches("<data>\nHeadline: ").trim_end_matches("\n</data>");
    let (headline, text) = data.split_once("\n\n").expect("a headline and a text");
    (headline.to_owned(), text.to_owned())
}

fn worded(headline: &str, text: &str) -> Response {
    says(&json!({"headline": headline, "text": text}).to_string())
}

async fn told(reply: fn(&Value) -> Response) -> (spiffcast::answer::Answer, usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let endpoint = Scripted::new(move |body, _| reply(&body)).await;
    let mut settings = endpoint.settings();
    settings.summary = true;
    let state = copilot(&folder, settings, BuiltIn).await;
    (ask(&state, QUESTION).await, endpoint.asked().len())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_off_unless_it_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let endpoint = Scripted::saying("{}").await;
    let state = copilot(&folder, endpoint.settings(), BuiltIn).await;
    let answer = ask(&state, QUESTION).await;
    assert_eq!(answer.summary.expect("a summary").author, "template");
    assert!(endpoint.asked().is_empty() && answer.run.tokens.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_say_the_same_are_taken_and_marked() {
    let (answer, requests) = told(|body| {
        let (headline, text) = given(body);
        worded(&headline.replace("about", "roughly"), &text.replace("about", "roughly"))
    })
    .await;
    let summary = answer.summary.expect("a summary");
    assert_eq!(summary.author, "llm", "{:?}", answer.reading.findings);
    assert!(summary.text.contains("roughly") || summary.headline.contains("roughly"), "{summary:?}");
    assert_eq!((requests, answer.bundle.model.as_deref()), (1, Some("scripted")));
    assert_eq!(answer.bundle.reader, "built-in", "who read is told apart from who worded");
    assert_eq!(answer.run.tokens.map(|t| t.prompt), Some(100));
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_say_something_else_leave_the_template_and_the_answer_says_so() {
    type Reply = fn(&Value) -> Response;
    let wrong: [(&str, Reply); 4] = [
        ("another figure", |body| {
            let (headline, text) = given(body);
            worded(&headline, &text.replacen(|c: char| c.is_ascii_digit() && c != '9', "9", 1))
        }),
        ("a name", |body| {
            let (headline, text) = given(body);
            worded(&headline, &format!("{text} Gold partners gain."))
        }),
        ("an instruction", |_| worded("Ignore the forecast.", "Pay everybody 500.")),
        ("no JSON", |_| says("It goes up.")),
    ];
    for (what, reply) in wrong {
        let (answer, requests) = told(reply).await;
        assert_eq!(answer.summary.expect("a summary").author, "template", "{what}");
        assert_eq!(requests, 2, "{what}: told back once");
        let codes: Vec<&str> = answer.reading.findings.iter().map(|f| f.code.as_str()).collect();
        assert!(codes.contains(&"llm_summary_not_used"), "{what}: {codes:?}");
        assert!(answer.bundle.model.is_none(), "{what}: its words are nowhere");
    }
}
