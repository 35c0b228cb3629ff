//! The clauses behind an answer: what is retrieved for a reader, and what governs
//! the programs that a scenario moves.

use spiffcast_engine::calendar::Span;
use spiffcast_engine::scenario::Scenario;

use super::ask::changed_programs;
use crate::answer::Citation;
use crate::language::CitedClause;
use crate::retrieval::{Hit, Kind, Query};
use crate::state::State;

/// Clauses put before a language model.
const CLAUSES_READ: usize = 8;
/// Clauses cited under an answer, a program.
const CLAUSES_CITED: usize = 5;

/// Clauses that may matter to a question, best first. A failed search costs the
/// answer its context, not its life.
pub async fn retrieve(state: &State, question: &str) -> Vec<CitedClause> {
    let query = Query {
        text: question.to_owned(),
        kinds: vec![Kind::Clause],
        programs: Vec::new(),
        in_force_on: None,
        limit: CLAUSES_READ,
    };
    search(state, &query).await.into_iter().filter_map(cited_clause).collect()
}

/// The clauses of the changed programs, in the version in force when the changes
/// begin, those nearest to the question first.
pub async fn governing(state: &State, question: Option<&str>, scenario: Option<&Scenario>) -> Vec<Citation> {
    let Some(scenario) = scenario else { return Vec::new() };
    let labels: Vec<&str> = scenario.options.iter().map(|o| o.label.as_str()).collect();
    let text = format!("{} {} rate calculation eligibility", question.unwrap_or_default(), labels.join(" "));
    let mut citations = Vec::new();
    for program in changed_programs(scenario) {
        let begins = scenario.period.start.max(state.company().today());
        let query = Query {
            text: text.clone(),
            kinds: vec![Kind::Clause],
            programs: vec![program],
            in_force_on: Some(Span::new(begins, begins.max(scenario.period.end))),
            limit: CLAUSES_CITED,
        };
        let hits = search(state, &query).await;
        citations.extend(hits.into_iter().filter_map(cited_clause).map(|c| Citation {
            program: c.program,
            version: c.version,
            clause: c.clause,
            quote: c.text,
        }));
    }
    citations
}

async fn search(state: &State, query: &Query) -> Vec<Hit> {
    state.retriever.search(query).await.unwrap_or_else(|error| {
        tracing::warn!("search failed: {error}");
        Vec::new()
    })
}

fn cited_clause(hit: Hit) -> Option<CitedClause> {
    Some(CitedClause { program: hit.program?, version: hit.version?, clause: hit.clause?, text: hit.text })
}
