//! One function a command: arguments in, one use case called, lines out.

mod ask;
mod audit;
mod backtest;
mod backup;
mod data;
mod earnings;
mod evaluate;
mod report;
mod rules;
mod serve;
mod user;

use std::io::Write;
use std::time::Duration;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use spiffcast_engine::company::Company;

use super::Outcome;
use super::arguments::{Arguments, Command, Demo};
use crate::app::import;
use crate::app::ledger;
use crate::app::port::AskError;
use crate::app::{self, company};
use crate::config::{DEFAULT_DATA_DIR, Settings};
use crate::state::State;

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
        Command::Serve(serve) => serve::serve(arguments, serve).await,
        Command::Ask(ask) => ask::ask(arguments, ask).await,
        Command::Read { question, answers } => ask::read(arguments, &question, answers).await,
        Command::Simulate { file, json } => ask::simulate(arguments, &file, json).await,
        Command::Import { source } => data::import_files(arguments, &source).await,
        Command::Earnings { partner, why: Some(sale), json, .. } => {
            earnings::why(arguments, &partner, &sale, json)
        }
        Command::Earnings { partner, what_if, outlook: true, json, .. } => {
            earnings::outlook(arguments, &partner, what_if, json).await
        }
        Command::Earnings { partner, what_if, period, json, .. } => {
            earnings::earnings(arguments, &partner, what_if, period.as_deref(), json)
        }
        Command::Explain { partner, program, period, json } => {
            rules::explain(arguments, &partner, &program, &period, json)
        }
        Command::Reconcile { json } => rules::reconcile(arguments, json),
        Command::Accruals { program, json } => rules::accruals(arguments, program.as_deref(), json),
        Command::Check { source, json } => rules::check(arguments, source.as_deref(), json),
        Command::Backtest(asked) => backtest::backtest(arguments, asked).await,
        Command::Evaluate(asked) => evaluate::evaluate(arguments, asked).await,
        Command::Report { id, format, out } => report::report(arguments, &id, format, out.as_deref()).await,
        Command::Audit(command) => audit::audit(arguments, command).await,
        Command::Backup { file } => backup::backup(arguments, &file).await,
        Command::Restore { file, replace } => backup::restore(arguments, &file, replace).await,
        Command::User(command) => user::user(arguments, command).await,
        Command::Demo(Demo::Generate { seed, out, truth }) => data::generate(seed, &out, truth.as_deref()),
    }
}

fn settings(arguments: &Arguments) -> Result<Settings, Failure> {
    let environment = |key: &str| std::env::var(key).ok();
    let load = || Settings::load(arguments.data.clone(), environment).context("the settings cannot be used");
    // Settings themselves are among what a restore replaces.
    let folder = arguments.data.clone().unwrap_or_else(|| DEFAULT_DATA_DIR.into());
    if app::backup::finish(&folder)? {
        eprintln!("A restore that broke off was ended.");
    }
    Ok(load()?)
}

async fn open(arguments: &Arguments) -> Result<State, Failure> {
    let state = State::open(settings(arguments)?).await.map_err(anyhow::Error::from)?;
    // What an import that was killed left undone.
    match import::record_moves(&state.settings, &state.store).await {
        Ok(0) => {}
        Ok(rows) => tracing::warn!("{rows} rows of the audit trail were due to an import that broke off"),
        Err(error) => tracing::error!("an import could not be recorded: {error}"),
    }
    if let Err(error) = ledger::score_due(&state).await {
        tracing::warn!("forecasts given earlier could not be held against the data: {error}");
    }
    Ok(state)
}

/// The company alone, for commands that neither learn from it nor search it.
fn load(arguments: &Arguments) -> Result<Company, Failure> {
    Ok(company::load(&settings(arguments)?).map_err(anyhow::Error::from)?)
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(value).context("the answer has no JSON")?;
    // A reader that closed the pipe has read enough.
    let _ = writeln!(std::io::stdout(), "{json}");
    Ok(())
}
