//! Questions, readings and scenarios.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Read};
use std::path::Path;

use anyhow::Context as _;
use indicatif::ProgressBar;
use spiffcast_engine::reading::Status;
use spiffcast_engine::scenario::Draft;

use super::{Ended, Failure, bar, open, print_json};
use crate::answer::Answer;
use crate::app::port::{AskError, AskRequest, Copilot, Progress};
use crate::cli::arguments::{Arguments, Ask};
use crate::cli::{Outcome, terminal};

pub async fn ask(arguments: &Arguments, ask: Ask) -> Ended {
    let state = open(arguments).await?;
    if let Some(id) = ask.partner.as_deref().filter(|id| state.company().catalog.partner(id).is_none()) {
        return Err(super::rules::no_partner(id));
    }
    let request = AskRequest {
        question: ask.question,
        conversation: ask.conversation,
        answers: BTreeMap::from_iter(ask.answers),
        corrections: ask.set.into_iter().map(|(field, value)| (field, value.into())).collect(),
        partner: ask.partner,
    };
    let answer = watched(ask.json, |progress| state.ask(request, progress)).await?;
    print_answer(&answer, ask.json)
}

pub async fn read(arguments: &Arguments, question: &str, answers: Vec<(String, String)>) -> Ended {
    let state = open(arguments).await?;
    let request = AskRequest {
        question: question.to_owned(),
        answers: BTreeMap::from_iter(answers),
        ..AskRequest::default()
    };
    let reading = crate::app::ask::read_only(&state, &request).await?;
    print_json(&reading)?;
    Ok(ended(reading.status))
}

pub async fn simulate(arguments: &Arguments, file: &Path, json: bool) -> Ended {
    let text = read_text(file).with_context(|| format!("cannot read {}", file.display()))?;
    let draft: Draft = serde_json::from_str(&text).map_err(|e| Failure {
        error: anyhow::anyhow!("{}: not a scenario: {e}", file.display()),
        outcome: Outcome::Findings,
    })?;
    let state = open(arguments).await?;
    let answer = watched(json, |progress| state.simulate(draft, progress)).await?;
    print_answer(&answer, json)
}

/// Longest scenario file, in bytes.
const SCENARIO_BYTES_MAX: u64 = 1024 * 1024;

fn read_text(file: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    if file.as_os_str() == "-" {
        std::io::stdin().take(SCENARIO_BYTES_MAX).read_to_string(&mut text)?;
    } else {
        std::fs::File::open(file)?.take(SCENARIO_BYTES_MAX).read_to_string(&mut text)?;
    }
    Ok(text)
}

/// Runs a use case while its progress is shown on the terminal, where there is one.
async fn watched<F>(quiet: bool, work: impl FnOnce(Progress) -> F) -> Result<Answer, Failure>
where
    F: Future<Output = Result<Answer, AskError>>,
{
    let progress = Progress::new();
    let bar = if quiet || !std::io::stderr().is_terminal() { ProgressBar::hidden() } else { bar() };
    let mut steps = progress.subscribe();
    let shown = bar.clone();
    let watcher = tokio::spawn(async move {
        while steps.changed().await.is_ok() {
            let step = *steps.borrow();
            shown.set_message(format!("{} {:.0}%", step.stage.as_str(), step.done * 100.0));
        }
    });
    let answer = work(progress).await;
    watcher.abort();
    bar.finish_and_clear();
    Ok(answer?)
}

fn print_answer(answer: &Answer, json: bool) -> Ended {
    if json {
        print_json(answer)?
    } else {
        terminal::print_answer(answer)
    }
    Ok(ended(answer.reading.status))
}

fn ended(status: Status) -> Outcome {
    match status {
        Status::Ready => Outcome::Done,
        Status::NeedsClarification => Outcome::NeedsClarification,
        Status::Unsupported | Status::Failed => Outcome::NotAnswered,
    }
}
