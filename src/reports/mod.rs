//! What people take away from an answer: charts, and documents as PDF, XLSX,
//! CSV, Markdown or JSON. It draws and writes what it is given and computes no figure of its own.
//! Pages take their figures, charts and sentences from here too, so that one answer
//! says the same everywhere.

pub mod charts;
mod csv;
pub mod exhibits;
pub mod figures;
pub mod format;
pub mod grounds;
mod markdown;
pub mod metrics;
pub mod outlook;
mod pdf;
pub mod reading;
pub mod sentences;
pub mod side_by_side;
pub mod statement;
mod xlsx;

use serde::Serialize;
use spiffcast_engine::company::Company;
use spiffcast_engine::earnings::{Outlook, Statement};

use crate::answer::{Answer, ReportFormat};

/// What stands on a document besides its answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letterhead {
    /// Name of the company.
    pub company: Option<String>,
    /// Its logo.
    pub logo: Option<Logo>,
}

/// A picture, at most 1 MB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// The file.
    pub bytes: Vec<u8>,
    /// Whether it is an SVG; otherwise a PNG.
    pub svg: bool,
}

impl Logo {
    /// A name for the picture, with its extension.
    fn name(&self) -> &'static str {
        if self.svg { "logo.svg" } else { "logo.png" }
    }
}

/// What a report needs besides the answer.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    /// Names of programs and products.
    pub company: &'a Company,
    /// Months that were sold: (`2026-05`, units), oldest first.
    pub actuals: &'a [(String, f64)],
    /// Whose document it is.
    pub letterhead: &'a Letterhead,
}

/// What every document of an answer says of itself.
pub const IS_NOT: &str = "A draft recommendation, not a commitment.";

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
    /// The document could not be set.
    #[error("the document could not be set: {0}. If a logo is set, check that its file can be opened")]
    Pdf(String),
    /// The answer could not be written as JSON.
    #[error("the answer could not be written: {0}")]
    Json(#[from] serde_json::Error),
}

/// The report of an answer as a file.
pub fn render(answer: &Answer, format: ReportFormat, beside: &Beside<'_>) -> Result<Vec<u8>, ReportError> {
    match format {
        ReportFormat::Csv => csv::render(answer),
        ReportFormat::Markdown => markdown::render(answer, beside),
        ReportFormat::Pdf => pdf::render(answer, beside),
        ReportFormat::Xlsx => xlsx::render(answer, beside),
        ReportFormat::Json => json(answer),
    }
}

/// The answer as the API has it, with what it is not.
fn json(answer: &Answer) -> Result<Vec<u8>, ReportError> {
    #[derive(Serialize)]
    struct Told<'a> {
        #[serde(flatten)]
        answer: &'a Answer,
        note: &'static str,
    }
    Ok(serde_json::to_vec_pretty(&Told { answer, note: IS_NOT })?)
}

/// A partner's statement and outlook as a document.
pub fn partner(
    statement: &Statement,
    outlook: &Outlook,
    letterhead: &Letterhead,
) -> Result<Vec<u8>, ReportError> {
    pdf::partner(statement, outlook, letterhead)
}
