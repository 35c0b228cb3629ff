//! One function a command: arguments in, one use case called, lines out.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use spiffcast_engine::reading::Status;
use spiffcast_engine::scenario::Draft;

use super::Outcome;
use super::arguments::{Arguments, Ask, Command, Demo, Format, Serve};
use super::terminal;
use crate::answer::Answer;
use crate::app::import::ImportError;
use crate::app::port::{AskError, AskRequest, Copilot, Progress};
use crate::app::{demo, earnings, import};
use crate::config::Settings;
use crate::state::State;
use crate::web;

/// A failure and its exit code.
pub struct Failure {
    /// What happened, for the terminal.
    pub error: anyhow::Error,
    /// The exit code.
    pub outcome: Outcome,
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self { error, outcome: Outcome::Broken }
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        let outcome = match &error {
            AskError::Findings(_) => Outcome::Findings,
            AskError::NotFound => Outcome::NotFound,
            _ => Outcome::Broken,
        };
        Self { error: error.into(), outcome }
    }
}

type Ended = Result<Outcome, Failure>;

/// Runs one command.
pub async fn dispatch(arguments: &Arguments, command: Command) -> Ended {
    match command {
        Command::Serve(serve) => self::serve(arguments, serve).await,
        Command::Ask(ask) => self::ask(arguments, ask).await,
        Command::Read { question, answers } => read(arguments, &question, answers).await,
        Command::Simulate { file, json } => simulate(arguments, &file, json).await,
        Command::Import { source } => import_files(arguments, &source).await,
        Command::Earnings { partner, json } => partner_earnings(arguments, &partner, json).await,
        Command::Report { id, format, out } => report(arguments, &id, format, out.as_deref()).await,
        Command::Demo(Demo::Generate { seed, out, truth }) => generate(seed, &out, truth.as_deref()),
    }
}

fn settings(arguments: &Arguments) -> Result<Settings, Failure> {
    let environment = |key: &str| std::env::var(key).ok();
    Ok(Settings::load(arguments.data.clone(), environment).context("the settings cannot be used")?)
}

async fn open(arguments: &Arguments) -> Result<State, Failure> {
    Ok(State::open(settings(arguments)?).await.map_err(anyhow::Error::from)?)
}

async fn serve(arguments: &Arguments, serve: Serve) -> Ended {
    let listener = web::bind(serve.listen).await.map_err(anyhow::Error::from)?;
    let address = listener.local_addr().context("the listener has no address")?;
    let state = open(arguments).await?;
    eprintln!("Spiffcast is ready: http://{address}/   (Ctrl-C stops it)");
    let shutdown = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    web::serve(listener, Arc::new(state), web::Options::default(), shutdown)
        .await
        .context("the server stopped")?;
    Ok(Outcome::Done)
}

async fn ask(arguments: &Arguments, ask: Ask) -> Ended {
    let state = open(arguments).await?;
    let request = AskRequest {
        question: ask.question,
        conversation: ask.conversation,
        answers: BTreeMap::from_iter(ask.answers),
    };
    let answer = watched(ask.json, |progress| state.ask(request, progress)).await?;
    print_answer(&answer, ask.json)
}

async fn read(arguments: &Arguments, question: &str, answers: Vec<(String, String)>) -> Ended {
    let state = open(arguments).await?;
    let request = AskRequest {
        question: question.to_owned(),
        conversation: None,
        answers: BTreeMap::from_iter(answers),
    };
    let reading = crate::app::ask::read_only(&state, &request).await?;
    print_json(&reading)?;
    Ok(ended(reading.status))
}

async fn simulate(arguments: &Arguments, file: &Path, json: bool) -> Ended {
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

async fn import_files(arguments: &Arguments, source: &Path) -> Ended {
    let settings = settings(arguments)?;
    let bar = bar();
    let result = import::import(&settings, source, &|stage| bar.set_message(stage.to_string())).await;
    bar.finish_and_clear();
    match result {
        Ok(report) => {
            terminal::print_import(&report, &settings.data_dir);
            Ok(Outcome::Done)
        }
        Err(ImportError::History(error)) => Err(Failure { error: error.into(), outcome: Outcome::Findings }),
        Err(error) => Err(anyhow::Error::from(error).into()),
    }
}

async fn partner_earnings(arguments: &Arguments, partner: &str, json: bool) -> Ended {
    let state = open(arguments).await?;
    let Some(statement) = earnings::statement(state.company(), partner) else {
        let error = anyhow::anyhow!("no partner {partner:?}; identifiers are those of the partners table");
        return Err(Failure { error, outcome: Outcome::NotFound });
    };
    if json {
        print_json(&statement)?
    } else {
        terminal::print_earnings(&statement)
    }
    Ok(Outcome::Done)
}

async fn report(arguments: &Arguments, id: &str, format: Format, out: Option<&Path>) -> Ended {
    let state = open(arguments).await?;
    let answer = state.answer(id).await?.ok_or(AskError::NotFound)?;
    let bytes = state.report(&answer, format.into())?;
    match out {
        Some(path) => {
            std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))?
        }
        None => std::io::stdout().write_all(&bytes).context("cannot write to standard output")?,
    }
    Ok(Outcome::Done)
}

fn generate(seed: u64, out: &Path, truth: Option<&Path>) -> Ended {
    demo::generate(seed, out, truth).map_err(anyhow::Error::from)?;
    eprintln!("The company of seed {seed} is in {}.", out.display());
    Ok(Outcome::Done)
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

fn bar() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

fn print_answer(answer: &Answer, json: bool) -> Ended {
    if json {
        print_json(answer)?
    } else {
        terminal::print_answer(answer)
    }
    Ok(ended(answer.reading.status))
}

fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(value).context("the answer has no JSON")?;
    // A reader that closed the pipe has read enough.
    let _ = writeln!(std::io::stdout(), "{json}");
    Ok(())
}

fn ended(status: Status) -> Outcome {
    match status {
        Status::Ready => Outcome::Done,
        Status::NeedsClarification => Outcome::NeedsClarification,
        Status::Unsupported | Status::Failed => Outcome::NotAnswered,
    }
}
