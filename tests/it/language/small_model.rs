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
/// Questions of each set in the suite. A reply of this model takes the better part of a
/// minute on two busy cores; `spiffcast evaluate` puts as many as one likes.
const OF_EACH: usize = 2;

#[tokio::test(flavor = "multi_thread")]
async fn it_never_gets_a_wrong_scenario_past_the_checks() {
    let Ok(url) = std::env::var("SPIFFCAST_TEST_MODEL_URL") else {
        eprintln!("NOTICE: SPIFFCAST_TEST_MODEL_URL is not set; the small real model was not asked.");
        return;
    };
    let mut settings = LlmSettings::new(Endpoint::at(url), "small", Secret::default());
    settings.time_limit = Duration::from_secs(20);
    let readers = readers(Some(settings), Llm).await;
    let some = |set: &str| {
        let all = evaluate::questions(set).expect("a set without errors");
        let step = all.len() / OF_EACH;
        all.into_iter().step_by(step).take(OF_EACH).collect::<Vec<_>>()
    };
    let questions = [some(QUESTIONS), some(DEMO)].concat();
    let made = evaluate::run(&readers, &questions, &|_| ()).await;
    eprintln!(
        "small model: {} questions, {} requests, read by {:?}, silent errors {}, median {:.0} ms",
        made.score.questions,
        made.tokens.requests,
        made.read_by,
        made.score.silent_errors,
        made.latency_ms.p50
    );
    if made.tokens.requests == 0 {
        eprintln!("NOTICE: the small real model answered none of them in time.");
    }
    let silent: Vec<_> = made.wrong.iter().filter(|w| w.verdict == "silent_error").collect();
    assert!(silent.is_empty(), "{silent:#?}");
}
