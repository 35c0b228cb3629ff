//! Kept answers on the demo company: found, noted, put away, set side by side, and
//! made again once the rules are others.

use std::path::Path;

use spiffcast::answer::Answer;
use spiffcast::app::import;
use spiffcast::app::port::{Annotation, AskError, AskRequest, Copilot, Progress, ScenarioQuery, Shelf};
use spiffcast::config::Settings;
use spiffcast::state::State;

async fn copilot(folder: &Path) -> State {
    let mut settings = Settings::load(None, |_| None).expect("defaults");
    settings.data_dir = folder.to_owned();
    settings.draws = 200;
    State::open(settings).await.expect("a company")
}

async fn ask(state: &State, question: &str) -> Answer {
    let request = AskRequest { question: question.to_owned(), ..AskRequest::default() };
    state.ask(request, Progress::new()).await.expect("an answer")
}

async fn titles(state: &State, query: ScenarioQuery) -> Vec<String> {
    state.scenarios(query).await.expect("a list").scenarios.into_iter().map(|k| k.title).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_found_noted_and_compared_on_the_same_draws() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = copilot(folder.path()).await;
    let five = ask(&state, "raise the Product X SPIFF 5% for Q3").await;
    let ten = ask(&state, "raise the Product X SPIFF 10% for Q3").await;
    let vague = ask(&state, "raise it").await;
    let text = |text: &str| ScenarioQuery { text: text.to_owned(), ..ScenarioQuery::default() };
    assert_eq!(titles(&state, text("10% raise")).await, ["raise the Product X SPIFF 10% for Q3"]);

    let said = Annotation {
        note: "for the board".to_owned(),
        tags: vec!["Budget Round".to_owned(), "q3".to_owned(), String::new(), "Q3".to_owned()],
        archived: false,
    };
    state.annotate(&five.run.id, said).await.expect("kept");
    let kept = state.kept(&five.run.id).await.expect("read").expect("there");
    assert_eq!((kept.tags, kept.stale), (vec!["budget-round".to_owned(), "q3".to_owned()], false));
    let odd = Annotation { tags: vec!["<script>".to_owned()], ..Annotation::default() };
    assert!(matches!(state.annotate(&five.run.id, odd).await, Err(AskError::Findings(_))));
    let nowhere = state.annotate("0198-none", Annotation::default()).await;
    assert!(matches!(nowhere, Err(AskError::NotFound)));

    let ids = vec![five.run.id.clone(), ten.run.id.clone()];
    let both = state.compare(ids, Progress::new()).await.expect("compared");
    let asked = ask(&state, "compare the Product X SPIFF +5% with +10% in Q3").await;
    let units = |answer: &Answer| answer.forecast.as_ref().expect("a forecast").metrics["units"].clone();
    assert_eq!(units(&both), units(&asked), "as if it had been asked so");
    let change = |answer: &Answer| units(answer).difference[0];
    let does = |q: spiffcast_engine::forecast::Quantity| (q.mean, q.p10, q.p90);
    assert_eq!(does(change(&both)), does(change(&five)), "the same draws as alone");
    assert!(!both.forecast.as_ref().expect("a forecast").comparison.is_empty());

    let refused = |result: Result<Answer, AskError>| assert!(matches!(result, Err(AskError::Findings(_))));
    refused(state.compare(vec![five.run.id.clone(), five.run.id.clone()], Progress::new()).await);
    refused(state.compare(vec![vague.run.id.clone(), vague.run.id], Progress::new()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_stale_once_the_rules_are_others_and_is_made_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let source = tempfile::tempdir().expect("a folder");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo"), source.path());
    let data = folder.path();
    import_into(source.path(), data).await;
    let first = {
        let state = copilot(data).await;
        ask(&state, "raise the Product X SPIFF 5% for Q3").await
    };
    // The rate of the version in force becomes $44.
    let file = source.path().join("programs/spiff-product-x/v3.md");
    let text = std::fs::read_to_string(&file).expect("a program file");
    assert!(text.contains("per_unit = \"40.00\""), "{text}");
    std::fs::write(
        &file,
        text.replace("per_unit = \"40.00\"", "per_unit = \"44.00\"").replace("$40.00", "$44.00"),
    )
    .expect("written");
    import_into(source.path(), data).await;
    let state = copilot(data).await;
    let stale = ScenarioQuery { shelf: Shelf::Stale, ..ScenarioQuery::default() };
    assert_eq!(titles(&state, stale.clone()).await.len(), 1);
    let again = state.again(&first.run.id, Progress::new()).await.expect("answered again");
    assert_eq!(again.run.follows.as_deref(), Some(first.run.id.as_str()));
    assert_ne!(again.bundle.rules, first.bundle.rules);
    let payout =
        |answer: &Answer| answer.forecast.as_ref().expect("a forecast").metrics["payout"].baseline.mean;
    assert!(payout(&again) > payout(&first), "44 pays more than 40");
    assert_eq!(titles(&state, stale).await.len(), 1, "only the old one is stale");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

async fn import_into(source: &Path, data: &Path) {
    let mut settings = Settings::load(None, |_| None).expect("defaults");
    settings.data_dir = data.to_owned();
    import::import(&settings, "ana", source, &|_| ()).await.expect("imported");
}
