//! A question about a partner's earnings, answered: where it stands, what more sales
//! would pay, what the quarter is heading to, the rules behind it. Exact but for the
//! outlook, which is marked; told by the template, kept like any answer.

use std::collections::BTreeSet;

use spiffcast_engine::earnings::{self, OwnBooks, outlook, tell};
use spiffcast_engine::programs::cite::Cited;
use spiffcast_engine::reading::{Reading, Status};
use spiffcast_engine::scenario::{EarningsQuery, Scenario};

use crate::answer::{Answer, Citation, Earnings};
use crate::app::ask::{By, Said};
use crate::app::port::{AskError, Progress, Stage};
use crate::app::{keep, wording};
use crate::state::State;

/// Clauses cited under an answer.
const CLAUSES_CITED: usize = 12;

/// Answers a checked question about earnings.
pub async fn answer(
    state: &State,
    said: Said,
    reading: Reading,
    by: By,
    scenario: &Scenario,
    progress: &Progress,
) -> Result<Answer, AskError> {
    let Some(query) = scenario.earnings.clone().filter(|_| reading.status == Status::Ready) else {
        return Err(AskError::Internal("a question about earnings without a partner".to_owned()));
    };
    progress.report(Stage::Simulate, 0.0);
    let worker = state.clone();
    let work = move || Some(worked_out(&worker, &*worker.books(&query.partner)?, &query));
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|e| AskError::Internal(format!("the calculation broke off: {e}")))?;
    let (earnings, citations) = done.ok_or(AskError::NotFound)?;
    progress.report(Stage::Tell, 0.0);
    progress.check()?;
    let (headline, text) = told(&earnings);
    let run = keep::run(said.question, said.follows, said.partner, &by.usage);
    let bundle = keep::bundle(state, &reading, Some(scenario), 0, by.model.clone(), None);
    let answer = Answer {
        run,
        reading,
        forecast: None,
        earnings: Some(earnings),
        summary: Some(wording::template(headline, text)),
        citations,
        bundle,
    };
    keep::keep(state, &answer, &by.behind(), None).await?;
    progress.report(Stage::Tell, 1.0);
    Ok(answer)
}

fn worked_out(state: &State, books: &OwnBooks, query: &EarningsQuery) -> (Earnings, Vec<Citation>) {
    let statement = earnings::statement(books, None);
    let what_if = (!query.extra.is_empty()).then(|| earnings::what_if(books, &query.extra));
    let earnings = Earnings {
        partner: statement.partner,
        name: statement.name,
        as_of: statement.as_of,
        open_month: statement.open_month,
        currency: statement.currency,
        current: statement.current,
        standings: statement.standings,
        what_if,
        outlook: Some(outlook(books, &state.publication.shared, &query.extra, state.settings.seed)),
    };
    let citations = citations(books, &earnings);
    (earnings, citations)
}

fn told(earnings: &Earnings) -> (String, String) {
    let (name, currency) = (&earnings.name, &earnings.currency);
    let (headline, text) = match &earnings.what_if {
        Some(asked) => tell::what_if(asked, name, currency),
        None => {
            let due = (earnings.current.label.as_str(), earnings.current.due);
            tell::standings(&earnings.standings, due, name, currency)
        }
    };
    let ahead = earnings.outlook.as_ref().map(tell::outlook).unwrap_or_default();
    let text = [text, ahead].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
    (headline, text)
}

/// The clauses that the figures rest on, each once. Those that speak of a budget are
/// left out: a partner is told whether funds last, never how much they are.
fn citations(books: &OwnBooks, earnings: &Earnings) -> Vec<Citation> {
    let mut cited: Vec<(&str, &Cited)> = Vec::new();
    match &earnings.what_if {
        Some(asked) => {
            cited
                .extend(asked.programs.iter().filter_map(|g| Some((g.program.as_str(), g.clause.as_ref()?))));
            cited.extend(
                asked.not_counted.iter().filter_map(|n| Some((n.program.as_str(), n.clause.as_ref()?))),
            );
        }
        None => {
            let standings = earnings.standings.iter();
            cited.extend(standings.filter_map(|s| Some((s.program.as_str(), s.clause.as_ref()?))));
        }
    }
    let mut seen = BTreeSet::new();
    let quotes = cited
        .into_iter()
        .filter(|(program, cited)| seen.insert((program.to_string(), cited.version, cited.clause.clone())));
    quotes
        .filter_map(|(program, cited)| {
            let quote = books.clause(program, cited)?;
            Some(Citation {
                program: program.to_owned(),
                version: cited.version,
                clause: cited.clause.clone(),
                quote: quote.to_owned(),
            })
        })
        .filter(|citation| !citation.quote.to_lowercase().contains("budget"))
        .take(CLAUSES_CITED)
        .collect()
}
