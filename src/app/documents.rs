//! Reports of answers as files: written off the async threads, a few at a time.

use spiffcast_engine::finding::{Finding, Severity};

use crate::answer::{Answer, ReportFormat};
use crate::reports::{self, Beside, Letterhead, Logo, ReportError};
use crate::state::State;

use spiffcast_engine::earnings::{Outlook, Statement};

use super::port::{AskError, Copilot};

/// Writes the report of an answer.
pub async fn write(state: &State, answer: Answer, format: ReportFormat) -> Result<Vec<u8>, AskError> {
    let _turn = state.work.report().await;
    let own = state.clone();
    let work = move || {
        let letterhead = letterhead(&own);
        // Only the document draws months that were sold.
        let actuals = if format == ReportFormat::Pdf { own.actuals(&answer) } else { Vec::new() };
        let beside = Beside { company: State::company(&own), actuals: &actuals, letterhead: &letterhead };
        reports::render(&answer, format, &beside)
    };
    let written = tokio::task::spawn_blocking(work).await;
    let written = written.map_err(|e| AskError::Internal(format!("the report broke off: {e}")))?;
    written.map_err(|e| match e {
        ReportError::NoForecast => AskError::Findings(vec![no_forecast(&e)]),
        other => AskError::Unavailable(other.to_string()),
    })
}

fn no_forecast(error: &ReportError) -> Finding {
    Finding {
        severity: Severity::Error,
        code: "no_forecast".to_owned(),
        field: String::new(),
        message: error.to_string(),
        hint: "As report.json it can be had as it is.".to_owned(),
    }
}

/// A partner's statement and outlook as a document. Takes a while: not for async threads.
pub fn of_partner(state: &State, statement: &Statement, outlook: &Outlook) -> Result<Vec<u8>, AskError> {
    let written = reports::partner(statement, outlook, &letterhead(state));
    written.map_err(|e| AskError::Unavailable(e.to_string()))
}

fn letterhead(state: &State) -> Letterhead {
    let set = &state.settings.letterhead;
    Letterhead {
        company: set.company_name.clone(),
        logo: set.logo.as_ref().map(|logo| Logo { bytes: logo.bytes.clone(), svg: logo.svg }),
    }
}
