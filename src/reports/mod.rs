//! What people take away from an answer: charts, and documents as XLSX,
//! CSV, Markdown or JSON. It draws and writes what it is given and computes no figure of its own.

pub mod charts;
mod csv;
pub mod format;
mod markdown;
pub mod metrics;
pub mod sentences;
pub mod statement;
mod xlsx;

use crate::answer::{Answer, ReportFormat};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The question was not simulated.
    #[error("this answer has no forecast to report; answer its open question first")]
    NoForecast,
    /// The table could not be written.
    #[error("the table could not be written: {0}")]
    Csv(#[from] ::csv::Error),
    /// The workbook could not be written.
    #[error("the workbook could not be written: {0}")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    /// The answer could not be written as JSON.
    #[error("the answer could not be written: {0}")]
    Json(#[from] serde_json::Error),
}

/// The report of an answer as a file.
pub fn render(answer: &Answer, format: ReportFormat) -> Result<Vec<u8>, ReportError> {
    match format {
        ReportFormat::Csv => csv::render(answer),
        ReportFormat::Markdown => markdown::render(answer),
        ReportFormat::Xlsx => xlsx::render(answer),
        ReportFormat::Json => Ok(serde_json::to_vec_pretty(answer)?),
    }
}
