//! The small real model as adversary: the right shape, the wrong content. Nothing wrong
//! may come through silently.

use std::time::Duration;

use spiffcast::app::evaluate;
use spiffcast::config::ReaderPolicy::Llm;
use spiffcast::config::{Endpoint, LlmSettings, Secret};

use super::readers;

/// Half of them phrased as nobody phrases them, so that the built-in reader is not
/// certain and only grounding stands between.
const QUESTIONS: &str = include_str!("unusual.jsonl");
const DEMO: &str = include_str!("../../../data/questions/demo.jsonl");
/// Questions put in all.
const MANY: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn it_never_gets_a_wrong_scenario_past_the_checks() {
    let Ok(url) = std::env::var("SPIFFCAST_TEST_MODEL_URL") else {
        eprintln!("NOTICE: SPIFFCAST_TEST_MODEL_URL is not set; the small real model was not asked.");
        return;
    };
    let mut settings = LlmSettings::new(Endpoint::at(url), "small", Secret::default());
    settings.time_limit = Duration::from_secs(120);
    let readers = readers(Some(settings), Llm).await;
    let mut questions = evaluate::questions(QUESTIONS).expect("a set without errors");
    let shipped = evaluate::questions(DEMO).expect("a set without errors");
    let step = shipped.len() / (MANY - questions.len());
    questions.extend(shipped.into_iter().step_by(step));
    questions.truncate(MANY);
    let made = evaluate::run(&readers, &questions, &|_| ()).await;
    eprintln!(
        "small model: {} questions, {} requests, read by {:?}, silent errors {}, median {:.0} ms",
        made.score.questions,
        made.tokens.requests,
        made.read_by,
        made.score.silent_errors,
        made.latency_ms.p50
    );
    assert!(made.tokens.requests > 0, "the model was never asked");
    let silent: Vec<_> = made.wrong.iter().filter(|w| w.verdict == "silent_error").collect();
    assert!(silent.is_empty(), "{silent:#?}");
}
