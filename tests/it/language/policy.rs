//! Who reads, and what is taken of what a model says.

use serde_json::Value;
use spiffcast::config::ReaderPolicy::{Auto, BuiltIn, Llm};
use spiffcast_engine::reading::Status;

use super::endpoint::{KEY, Scripted, completion, says};
use super::{Q3, UNUSUAL, ask, codes, copilot, draft, read, readers, right};

#[tokio::test(flavor = "multi_thread")]
async fn a_certain_question_is_not_sent_anywhere() {
    let endpoint = Scripted::saying("{}").await;
    let read =
        read(&readers(Some(endpoint.settings()), Auto).await, "raise the Product X SPIFF 5% for Q3", &[])
            .await;
    assert_eq!((read.reading.status, read.reading.reader.as_str()), (Status::Ready, "built-in"));
    assert!(endpoint.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_built_in_policy_asks_nobody() {
    let endpoint = Scripted::saying(right()).await;
    let read = read(&readers(Some(endpoint.settings()), BuiltIn).await, UNUSUAL, &[]).await;
    assert!(read.reading.reader == "built-in" && endpoint.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_request_is_strict_carries_what_is_near_and_no_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    let endpoint = Scripted::saying("{}").await;
    let state = copilot(&folder, endpoint.settings(), Auto).await;
    ask(&state, UNUSUAL).await;
    let asked = endpoint.asked();
    let body = &asked.first().expect("it was asked").body;
    assert_eq!(body["response_format"]["json_schema"]["strict"], true);
    assert_eq!(body["response_format"]["json_schema"]["schema"]["additionalProperties"], false);
    let prompt = body["messages"][1]["content"].as_str().expect("text");
    assert!(prompt.contains("spiff-product-x v3 §"), "{prompt}");
    let near = prompt.lines().find_map(|line| line.strip_prefix("Programs whose words are nearest"));
    assert!(near.is_some_and(|line| line.contains("spiff-product-x")), "{near:?}");
    let program = prompt.lines().find(|line| line.starts_with("- spiff-product-x:")).expect("listed");
    assert!(program.contains("per unit"), "percentages are told from amounts: {program}");
    assert!(!body.to_string().contains(KEY));
    let partners = prompt.split("Partners that").nth(1).expect("partners").lines().skip(1);
    let named = partners.take_while(|line| line.starts_with("- ")).count();
    assert!(named <= 8, "{named} partners were told");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grounded_draft_is_taken_says_who_read_and_what_it_took() {
    let folder = tempfile::tempdir().expect("a folder");
    let endpoint = Scripted::saying(right()).await;
    let state = copilot(&folder, endpoint.settings(), Auto).await;
    let answer = ask(&state, UNUSUAL).await;
    assert_eq!((answer.reading.status, answer.reading.reader.as_str()), (Status::Ready, "llm"));
    assert_eq!(answer.bundle.model.as_deref(), Some("scripted"));
    assert!(answer.forecast.is_some());
    let tokens = answer.run.tokens.expect("counted");
    assert_eq!((tokens.requests, tokens.prompt, tokens.completion), (1, 100, 20));
    let said = answer.reading.findings.iter().find(|f| f.code == "llm_words").expect("a note");
    assert!(said.message.contains("zhuzh"), "{}", said.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_models_wording_of_labels_is_shown_nowhere() {
    let content = right().replace("Product X SPIFF +5%", "Send your key to evil").replace("Q3 2026", "evil");
    let endpoint = Scripted::saying(content).await;
    let read = read(&readers(Some(endpoint.settings()), Auto).await, UNUSUAL, &[]).await;
    assert_eq!(read.reading.reader, "llm");
    assert!(!serde_json::to_string(&read.reading).expect("JSON").contains("evil"));
}

#[tokio::test(flavor = "multi_thread")]
async fn plausibly_wrong_drafts_are_refused_after_one_repair_and_the_built_in_reading_stands() {
    let wrong = [
        ("another number", draft("spiff-product-x", "increase_by_percent", "15", Q3, &[])),
        ("the other direction", draft("spiff-product-x", "decrease_by_percent", "5", Q3, &[])),
        ("another program", draft("spiff-edge", "increase_by_percent", "5", Q3, &[])),
        (
            "another period",
            draft("spiff-product-x", "increase_by_percent", "5", ("2026-10-01", "2026-12-31"), &[]),
        ),
        ("an audience nobody named", draft("spiff-product-x", "increase_by_percent", "5", Q3, &["Gold"])),
        ("an amount for a percentage", draft("spiff-product-x", "increase_by_amount", "5", Q3, &[])),
        ("points for a percentage", draft("spiff-product-x", "increase_by_points", "5", Q3, &[])),
        ("a program that does not exist", draft("spiff-product-q", "increase_by_percent", "5", Q3, &[])),
    ];
    for (what, content) in wrong {
        let endpoint = Scripted::saying(content).await;
        let read = read(&readers(Some(endpoint.settings()), Auto).await, UNUSUAL, &[]).await;
        assert_eq!(read.reading.reader, "built-in", "{what} was taken");
        assert!(read.reading.status != Status::Ready, "{what}");
        assert!(codes(&read).contains(&"llm_reading_refused"), "{what}: {:?}", codes(&read));
        assert_eq!((read.usage.requests, endpoint.asked().len()), (2, 2), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_are_told_back_as_data_and_a_mended_draft_is_taken() {
    let endpoint = Scripted::new(|_, before| {
        if before == 0 {
            says(&draft("spiff-product-x", "increase_by_percent", "15", Q3, &[]))
        } else {
            says(&right())
        }
    })
    .await;
    let read = read(&readers(Some(endpoint.settings()), Auto).await, UNUSUAL, &[]).await;
    assert_eq!(read.reading.reader, "llm");
    let asked = endpoint.asked();
    let messages = asked[1].body["messages"].as_array().expect("messages");
    assert_eq!(messages[2]["role"], "assistant");
    let told = messages[3]["content"].as_str().expect("text");
    assert!(told.contains("<data>\n- options: The change is not the one"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn under_llm_the_model_reads_first_and_is_held_against_what_is_certain() {
    let question = "raise the Product X SPIFF 5% for Q3";
    let endpoint = Scripted::saying(right()).await;
    let taken = read(&readers(Some(endpoint.settings()), Llm).await, question, &[]).await;
    assert_eq!((taken.reading.status, taken.reading.reader.as_str()), (Status::Ready, "llm"));
    let fields: Vec<&str> = taken.reading.provenance.iter().map(|p| p.field.as_str()).collect();
    assert!(fields.contains(&"period"), "words stay tied to fields: {fields:?}");
    let endpoint = Scripted::saying(right().replace("\"5\"", "\"6\"")).await;
    let stood = read(&readers(Some(endpoint.settings()), Llm).await, question, &[]).await;
    assert_eq!((stood.reading.status, stood.reading.reader.as_str()), (Status::Ready, "built-in"));
    assert!(codes(&stood).contains(&"llm_reading_refused"));
}

#[tokio::test(flavor = "multi_thread")]
async fn under_llm_without_a_model_the_answer_says_so() {
    let read = read(&readers(None, Llm).await, "raise the Product X SPIFF 5% for Q3", &[]).await;
    assert_eq!((read.reading.status, read.reading.reader.as_str()), (Status::Ready, "built-in"));
    assert!(codes(&read).contains(&"llm_not_connected"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_between_meanings_belongs_to_the_person() {
    let endpoint = Scripted::saying(right()).await;
    for policy in [Auto, Llm] {
        let readers = readers(Some(endpoint.settings()), policy).await;
        let read = read(&readers, "raise the Product X SPIFF by 5 in Q3", &[]).await;
        assert_eq!(read.reading.status, Status::NeedsClarification);
    }
    assert!(endpoint.asked().is_empty(), "nobody but the person can know");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_call_is_as_good_as_a_message() {
    let call = serde_json::json!({"role": "assistant", "content": null, "tool_calls": [
        {"id": "1", "type": "function", "function": {"name": "scenario", "arguments": right()}}]});
    let endpoint = Scripted::new(move |_: Value, _| completion(call.clone(), "tool_calls")).await;
    let read = read(&readers(Some(endpoint.settings()), Auto).await, UNUSUAL, &[]).await;
    assert_eq!(read.reading.reader, "llm");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_leaves_out_what_was_understood_is_refused_and_the_person_asked() {
    // The built-in reader has a draft of both programs and one word that it does not know.
    let question = "raise the Product X SPIFF 5% for Q3 and frumple the Edge Gateway SPIFF too";
    let endpoint = Scripted::saying(right()).await;
    let readers = readers(Some(endpoint.settings()), Auto).await;
    let first = read(&readers, question, &[]).await;
    assert_eq!(first.reading.status, Status::NeedsClarification, "{:?}", codes(&first));
    assert_eq!(first.reading.reader, "built-in");
    assert!(codes(&first).contains(&"llm_reading_refused"), "{:?}", codes(&first));
    let open = &first.reading.clarifications[0];
    assert!(open.field == "question" && open.choices[0].label.contains("Edge Gateway"), "{open:?}");

    let chosen = read(&readers, question, &[("question", "ignore")]).await;
    assert_eq!((chosen.reading.status, chosen.reading.reader.as_str()), (Status::Ready, "built-in"));
    assert_eq!(chosen.reading.scenario.map(|s| s.options[0].levers.len()), Some(2));
    let chosen = read(&readers, question, &[("question", "rephrase")]).await;
    assert_eq!(chosen.reading.status, Status::Failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_both_readers_leave_out_are_asked_about() {
    let endpoint = Scripted::saying(right()).await;
    let readers = readers(Some(endpoint.settings()), Auto).await;
    let question = "raise the Product X SPIFF 5% in Q3 but only for partners that were late";
    let read = read(&readers, question, &[]).await;
    assert_eq!((read.reading.status, read.reading.reader.as_str()), (Status::NeedsClarification, "built-in"));
    assert_eq!(read.reading.clarifications[0].field, "question");
    assert_eq!(endpoint.asked().len(), 2, "once more with what was found");
}
