//! The clauses behind an answer: what is retrieved for a reader, and what governs
//! the programs that a scenario moves.

use spiffcast_engine::calendar::Span;
use spiffcast_engine::explore::changed_programs;
use spiffcast_engine::scenario::{Parameter, Scenario};

use super::lookup::days_asked;
use super::read::{Readers, Retrieved};
use crate::answer::Citation;
use crate::language::{Candidates, CitedClause};
use crate::retrieval::{Hit, Kind, Query, Retriever};
use crate::state::State;

/// Clauses put before a language model.
const CLAUSES_READ: usize = 8;
/// Catalogue entries put before a language model.
const NAMES_READ: usize = 30;
/// Clauses cited under an answer, a program.
const CLAUSES_CITED: usize = 5;

/// Clauses that may matter to a question and the names that it may mean, best first.
/// Only a language model needs them. A failed search costs the answer its context, not
/// its life.
pub async fn retrieve(readers: &Readers, question: &str) -> Retrieved {
    if readers.second().is_none() {
        return Retrieved::default();
    }
    let query = |kinds: &[Kind], limit| Query {
        text: question.to_owned(),
        kinds: kinds.to_vec(),
        programs: Vec::new(),
        in_force_on: None,
        limit,
        ..Query::default()
    };
    let index = &*readers.retriever;
    let clauses = search(index, &query(&[Kind::Clause], CLAUSES_READ)).await;
    let names = search(index, &query(&[Kind::Program, Kind::Product, Kind::Partner], NAMES_READ)).await;
    let mut near = Candidates::default();
    for hit in &names {
        let id = hit.id.split(':').nth(1).unwrap_or_default().to_owned();
        let list = match hit.kind {
            Kind::Program => &mut near.programs,
            Kind::Product => &mut near.products,
            Kind::Partner => &mut near.partners,
            _ => continue,
        };
        // The index holds everybody; a prompt names whom the asker may know.
        let known = hit.kind != Kind::Partner || readers.company.catalog.partner(&id).is_some();
        if known && !list.contains(&id) {
            list.push(id);
        }
    }
    Retrieved { clauses: clauses.into_iter().filter_map(cited_clause).collect(), near }
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
        let hits = search(&*state.retriever, &query).await;
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

async fn search(index: &dyn Retriever, query: &Query) -> Vec<Hit> {
    index.search(query).await.unwrap_or_else(|error| {
        tracing::warn!("search failed: {error}");
        Vec::new()
    })
}

fn cited_clause(hit: Hit) -> Option<CitedClause> {
    Some(CitedClause { program: hit.program?, version: hit.version?, clause: hit.clause?, text: hit.text })
}
