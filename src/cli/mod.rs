//! The command line. Parses arguments, calls one use case of [`crate::app`], and
//! prints: answers on standard output, everything else on standard error.

mod arguments;
mod commands;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};

/// How a command ended, as an exit code (documented in `--help`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Done = 0,
    /// Something broke.
    Broken = 1,
    /// The question needs a choice.
    NeedsClarification = 3,
    /// The question could not be read, or is not answered yet.
    NotAnswered = 4,
    /// A file or a scenario has findings.
    Findings = 5,
    /// Nothing of that name.
    NotFound = 6,
}

/// Runs the command of the process.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("SPIFFCAST_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("spiffcast=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the runtime could not start: {error}");
            return ExitCode::from(Outcome::Broken as u8);
        }
    };
    let command = arguments.command.clone().unwrap_or(Command::Serve(Default::default()));
    match runtime.block_on(commands::dispatch(&arguments, command)) {
        Ok(outcome) => ExitCode::from(outcome as u8),
        Err(failure) => {
            eprintln!("error: {:#}", failure.error);
            ExitCode::from(failure.outcome as u8)
        }
    }
}
