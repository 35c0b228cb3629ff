//! Reports of kept answers.

use std::io::Write;
use std::path::Path;

use anyhow::Context as _;

use super::{Ended, open};
use crate::answer::ReportFormat;
use crate::app::port::{AskError, Copilot};
use crate::cli::Outcome;
use crate::cli::arguments::{Arguments, Format};

/// Writes the report of an answer to a file or to standard output.
pub async fn report(arguments: &Arguments, id: &str, format: Format, out: Option<&Path>) -> Ended {
    let state = open(arguments).await?;
    let answer = state.answer(id).await?.ok_or(AskError::NotFound)?;
    let bytes = state.report(answer, format.into()).await?;
    state.exported(id, &format!("report.{}", ReportFormat::from(format).extension()), &bytes).await?;
    match out {
        Some(path) => {
            std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))?
        }
        None => std::io::stdout().write_all(&bytes).context("cannot write to standard output")?,
    }
    Ok(Outcome::Done)
}
