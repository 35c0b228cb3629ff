//! The clauses behind an answer: what is retrieved for a reader, and what governs
//! the programs that a scenario moves.

use spiffcast_engine::calendar::Span;
use spiffcast_engine::explore::changed_programs;
use spiffcast_engine::scenario::{Parameter, Scenario};

use super::lookup::days_asked;
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
        ..Query::default()
    };
    search(state, &query).await.into_iter().filter_map(cited_clause).collect()
}

/// The clauses of the changed programs, in the version in force when the changes
/// begin, those about the changed term first.
pub async fn governing(state: &State, scenario: Option<&Scenario>) -> Vec<Citation> {
    let Some(scenario) = scenario else { return Vec::new() };
    let mut citations = Vec::new();
    for program in changed_programs(scenario) {
        let levers = scenario.options.iter().flat_map(|o| &o.levers).filter(|l| l.program == program);
        let text = levers.map(|l| words_about(l.parameter)).collect::<Vec<_>>().join(" ");
        let begins = days_asked(scenario.period.start, scenario.period.end, state.company().today()).start;
        let query = Query {
            text,
            kinds: vec![Kind::Clause],
            programs: vec![program],
            in_force_on: Some(Span::new(begins, begins.max(scenario.period.end))),
            limit: CLAUSES_CITED,
            ..Query::default()
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

/// The words that rule texts use of a term.
fn words_about(parameter: Parameter) -> &'static str {
    use Parameter as P;
    match parameter {
        P::Rate | P::TierRate | P::TierThreshold | P::RateMode => {
            "calculation incentive rate paid per unit percent of revenue qualifying tier"
        }
        P::Minimum => "minimum below nothing is paid calculation",
        P::Target | P::AcceleratorMultiplier | P::AcceleratorAbove => "target attainment accelerator above",
        P::GrowthAbove => "growth over the same period of last year above",
        P::Override => "override parent share of qualifying revenue",
        P::CapPerPartner => "caps cap a partner can earn at most per period",
        P::CapPerTransaction => "caps cap of one transaction at most",
        P::ProgramBudget => "budget of this version over its whole life runs out",
        P::EligibleTiers => "eligibility partners at tier may take part",
        P::EligibleRegions => "eligibility partners in region may take part",
        P::EligiblePartnerTypes => "eligibility partner type reseller distributor may take part",
        P::DealRegistration => "deal registration approved required",
        P::NewCustomerOnly => "new customer first transaction",
        P::Products => "qualifying products covered",
        P::Active | P::Program => "version in force from to days included calculation",
    }
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
