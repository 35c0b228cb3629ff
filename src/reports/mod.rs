//! Documents people send on: an answer as CSV, Markdown or JSON. Reads an
//! [`Answer`] and writes bytes; computes no figure of its own.

mod csv;
mod markdown;

use crate::answer::Answer;
use crate::answer::ReportFormat;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The question was not simulated.
    #[error("this answer has no forecast to report; answer its open question first")]
    NoForecast,
    /// The table could not be written.
    #[error("the table could not be written: {0}")]
    Csv(#[from] ::csv::Error),
    /// The answer could not be written as JSON.
    #[error("the answer could not be written: {0}")]
    Json(#[from] serde_json::Error),
}

/// The report of an answer as a file.
pub fn render(answer: &Answer, format: ReportFormat) -> Result<Vec<u8>, ReportError> {
    match format {
        ReportFormat::Csv => csv::render(answer),
        ReportFormat::Markdown => markdown::render(answer),
        ReportFormat::Json => Ok(serde_json::to_vec_pretty(answer)?),
    }
}
