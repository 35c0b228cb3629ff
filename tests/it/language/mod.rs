//! The language model as second reader: against a scripted endpoint that is right,
//! plausibly wrong or broken, and against a small real model, which answers in the
//! right shape with the wrong content. Only a grounded draft counts.

mod endpoint;
mod evaluating;
mod faults;
mod injection;
mod policy;
mod sets;
mod small_model;
mod summary;
mod trail;

use std::path::Path;

use serde_json::json;
use spiffcast::answer::Answer;
use spiffcast::app::evaluate::{self, About};
use spiffcast::app::port::{AskRequest, Copilot, Progress};
use spiffcast::app::read::{self, Read, Readers, Retrieved, ToRead};
use spiffcast::config::{LlmSettings, ReaderPolicy, Settings};
use spiffcast::language::LanguageModel;
use spiffcast::state::State;
use tokio::sync::OnceCell;

/// Nobody's phrasing: the built-in reader is not certain of it.
const UNUSUAL: &str = "zhuzh up the Product X SPIFF by 5% in Q3";

const Q3: (&str, &str) = ("2026-07-01", "2026-09-30");

/// A draft with one lever on a rate, as a model would write it.
fn draft(program: &str, operation: &str, value: &str, (start, end): (&str, &str), tiers: &[&str]) -> String {
    let include = if tiers.is_empty() {
        json!([])
    } else {
        json!([{"tiers": tiers, "regions": [], "partner_types": [], "partners": []}])
    };
    json!({
        "intent": "forecast",
        "period": {"start": start, "end": end, "label": "Q3 2026"},
        "audience": {"include": include, "exclude": []},
        "options": [{"label": "Product X SPIFF +5%", "levers": [{
            "program": program, "parameter": "rate", "operation": operation, "value": value,
            "tier_from": null, "period": null, "audience": null, "terms": null}]}],
        "sweep": null, "goal": null, "earnings": null, "lookup": null
    })
    .to_string()
}

/// What [`UNUSUAL`] means.
fn right() -> String {
    draft("spiff-product-x", "increase_by_percent", "5", Q3, &[])
}

fn settings(folder: &Path, llm: Option<LlmSettings>, reader: ReaderPolicy) -> Settings {
    let mut settings = Settings::load(None, |_| None).expect("defaults");
    settings.data_dir = folder.to_owned();
    settings.draws = 200;
    settings.llm = llm;
    settings.reader = reader;
    settings
}

/// A running Spiffcast over the demo company.
async fn copilot(folder: &tempfile::TempDir, llm: LlmSettings, reader: ReaderPolicy) -> State {
    State::open(settings(folder.path(), Some(llm), reader)).await.expect("the demo company")
}

async fn ask(state: &State, question: &str) -> Answer {
    let request = AskRequest { question: question.to_owned(), ..AskRequest::default() };
    state.ask(request, Progress::new()).await.expect("an answer")
}

/// Readers over the demo company, without a forecast behind them: opened once, then
/// given another model.
async fn readers(llm: Option<LlmSettings>, policy: ReaderPolicy) -> Readers {
    Readers { language: llm.as_ref().map(LanguageModel::connect), policy, ..over(About::Demo).await }
}

/// Readers over a company. Its index stays for the next run of the tests.
async fn over(about: About) -> Readers {
    static DEMO: OnceCell<Readers> = OnceCell::const_new();
    static SECOND: OnceCell<Readers> = OnceCell::const_new();
    let (once, name) = match about {
        About::Second => (&SECOND, "language-second"),
        _ => (&DEMO, "language-demo"),
    };
    let open = || async {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let settings = settings(&folder, None, ReaderPolicy::Llm);
        evaluate::readers(&settings, about).await.expect("a generated company")
    };
    once.get_or_init(open).await.clone()
}

/// Reads a question, with answers to what was asked back.
async fn read(readers: &Readers, question: &str, answers: &[(&str, &str)]) -> Read {
    let answers = answers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let asked = ToRead { question, answers: &answers, previous: None, partner: None };
    read::read(readers, asked, &Retrieved::default()).await
}

/// Codes of what was found.
fn codes(read: &Read) -> Vec<&str> {
    read.reading.findings.iter().map(|f| f.code.as_str()).collect()
}
