//! The chain behind the port: what the faces may ask, answered by [`State`].

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use spiffcast_engine::calendar::Month;
use spiffcast_engine::company::Company;
use spiffcast_engine::earnings::why::SaleExplained;
use spiffcast_engine::earnings::{Outlook, OwnBooks, Statement, WhatIf};
use spiffcast_engine::explore::changed_programs;
use spiffcast_engine::programs::ProgramVersion;
use spiffcast_engine::scenario::{Draft, ExtraSale};

use super::accuracy;
use super::ask;
use super::documents;
use super::earnings;
use super::examples;
use super::keep;
use super::port::{
    AccuracyReport, Annotation, AskError, AskRequest, Copilot, KeptAnswer, Progress, RecentAnswer,
    ScenarioList, ScenarioQuery,
};
use super::programs::{self, ClauseFound, ClauseQuery};
use super::{scenarios, scope};
use crate::answer::{Answer, ReportFormat};
use crate::auth::Who;
use crate::program_record::ProgramRecord;
use crate::state::State;

/// Months of actual sales shown before a forecast.
const ACTUAL_MONTHS: i32 = 18;

#[async_trait]
impl Copilot for State {
    fn on_behalf_of(self: Arc<Self>, who: Arc<Who>) -> Arc<dyn Copilot> {
        Arc::new(Self::clone(&self).on_behalf_of(who))
    }

    async fn ask(&self, request: AskRequest, progress: Progress) -> Result<Answer, AskError> {
        // Whatever a face hands in: a partner asks as itself.
        let request = match &self.who.partner {
            Some(own) => AskRequest { partner: Some(own.clone()), corrections: BTreeMap::new(), ..request },
            None => request,
        };
        // Staff asks for a partner that it knows.
        let unknown = |id: &String| State::company(self).catalog.partner(id).is_none();
        if self.regions().is_some() && request.partner.as_ref().is_some_and(unknown) {
            return Err(AskError::NotFound);
        }
        ask::ask(self, request, &progress).await
    }

    async fn simulate(&self, draft: Draft, progress: Progress) -> Result<Answer, AskError> {
        ask::simulate(self, draft, &progress).await
    }

    async fn answer(&self, id: &str) -> Result<Option<Answer>, AskError> {
        let json = self.store.answer(id).await.map_err(unavailable)?;
        let answer: Option<Answer> = json
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|e| AskError::Internal(format!("a kept answer cannot be read: {e}")))?;
        // What was asked as another, or as nobody, is not there for a partner.
        let own = self.who.partner.as_ref();
        Ok(answer
            .filter(|answer| own.is_none() || answer.run.partner.as_ref() == own)
            // Nor, for who is limited to regions, what counts others.
            .filter(|answer| scope::may_read(self, answer)))
    }

    async fn scenarios(&self, query: ScenarioQuery) -> Result<ScenarioList, AskError> {
        scenarios::list(self, &query).await
    }

    async fn kept(&self, id: &str) -> Result<Option<KeptAnswer>, AskError> {
        scenarios::one(self, id).await
    }

    async fn annotate(&self, id: &str, said: Annotation) -> Result<(), AskError> {
        scenarios::annotate(self, id, &said).await
    }

    async fn again(&self, id: &str, progress: Progress) -> Result<Answer, AskError> {
        scenarios::again(self, id, &progress).await
    }

    async fn compare(&self, ids: Vec<String>, progress: Progress) -> Result<Answer, AskError> {
        scenarios::compare(self, &ids, &progress).await
    }

    async fn duplicate(&self, id: &str) -> Result<String, AskError> {
        scenarios::duplicate(self, id).await
    }

    async fn clauses(&self, query: ClauseQuery) -> Result<Vec<ClauseFound>, AskError> {
        programs::clauses(self, &query).await
    }

    async fn program_record(&self, program: &str) -> Result<Option<Arc<ProgramRecord>>, AskError> {
        programs::record(self, program).await
    }

    async fn recent(&self, limit: usize) -> Result<Vec<RecentAnswer>, AskError> {
        let rows = self.store.recent(limit, self.regions()).await.map_err(unavailable)?;
        Ok(rows
            .into_iter()
            .map(|row| RecentAnswer {
                id: row.id,
                title: row.title,
                headline: row.headline,
                status: row.status,
                created_at: row.created_at,
            })
            .collect())
    }

    fn company(&self) -> Arc<Company> {
        Arc::clone(State::company(self))
    }

    fn examples(&self) -> Vec<String> {
        examples::questions(State::company(self))
    }

    fn company_name(&self) -> Option<String> {
        self.settings.letterhead.company_name.clone()
    }

    fn notices(&self) -> Vec<String> {
        let mut notices = Vec::new();
        if self.demo {
            notices.push("This is the demo company. Your own data: spiffcast import FOLDER".to_owned());
        }
        if let Some(regions) = self.regions() {
            notices.push(format!(
                "You are limited to {}: partners and figures are of there alone.",
                regions.join(", ")
            ));
        }
        notices.extend(self.retriever.notice());
        notices.extend(self.known.findings.iter().map(|finding| finding.to_string()));
        notices
    }

    fn actuals(&self, answer: &Answer) -> Vec<(String, f64)> {
        let Some(draft) = &answer.reading.scenario else { return Vec::new() };
        let Some(forecast) = &answer.forecast else { return Vec::new() };
        let reached = forecast.by.partner.iter().map(|row| row.key.as_str()).collect();
        actuals(self, &changed_programs(draft), &reached)
    }

    async fn accuracy(&self) -> Result<AccuracyReport, AskError> {
        accuracy::report(self).await
    }

    async fn backtest(&self, progress: Progress) -> Result<(), AskError> {
        accuracy::backtest(self, accuracy::BacktestRequest::default(), &progress).await.map(|_| ())
    }

    async fn report(&self, answer: Answer, format: ReportFormat) -> Result<Vec<u8>, AskError> {
        documents::write(self, answer, format).await
    }

    async fn exported(&self, subject: &str, file: &str, bytes: &[u8]) -> Result<(), AskError> {
        keep::exported(&self.store, &self.who.login, subject, file, bytes).await.map_err(unavailable)
    }

    async fn statement(&self, partner: &str, period: Option<String>) -> Result<Statement, AskError> {
        own_books(self, partner, move |_, books| earnings::statement(books, period.as_deref())).await
    }

    async fn what_if(&self, partner: &str, extra: Vec<ExtraSale>) -> Result<WhatIf, AskError> {
        own_books(self, partner, move |state, books| earnings::what_if(State::company(state), books, extra))
            .await
    }

    async fn outlook(&self, partner: &str, extra: Vec<ExtraSale>) -> Result<Outlook, AskError> {
        own_books(self, partner, move |state, books| earnings::outlook(state, books, extra)).await
    }

    async fn own_rules(
        &self,
        partner: &str,
        program: &str,
        version: u32,
    ) -> Result<ProgramVersion, AskError> {
        let program = program.to_owned();
        own_books(self, partner, move |_, books| earnings::rules(books, &program, version)).await
    }

    async fn partner_report(&self, partner: &str, period: Option<String>) -> Result<Vec<u8>, AskError> {
        let _turn = self.work.report().await;
        own_books(self, partner, move |state, books| {
            let statement = earnings::statement(books, period.as_deref())?;
            let outlook = earnings::outlook(state, books, Vec::new())?;
            documents::of_partner(state, &statement, &outlook)
        })
        .await
    }

    async fn why(&self, partner: &str, transaction: &str) -> Result<SaleExplained, AskError> {
        let transaction = transaction.to_owned();
        own_books(self, partner, move |_, books| earnings::why(books, &transaction)).await
    }
}

/// Works on the books of a partner, off the async threads.
async fn own_books<T: Send + 'static>(
    state: &State,
    partner: &str,
    work: impl FnOnce(&State, &OwnBooks) -> Result<T, AskError> + Send + 'static,
) -> Result<T, AskError> {
    let (state, partner) = (state.clone(), partner.to_owned());
    let done = tokio::task::spawn_blocking(move || {
        let books = state.books(&partner).ok_or(AskError::NotFound)?;
        work(&state, &books)
    });
    done.await.map_err(|e| AskError::Internal(format!("the calculation broke off: {e}")))?
}

fn unavailable(error: crate::store::StoreError) -> AskError {
    AskError::Unavailable(error.to_string())
}

/// Units a month of the products that the programs cover, among the partners that the
/// forecast is about: past and future are of the same sales.
fn actuals(state: &State, programs: &[String], reached: &HashSet<&str>) -> Vec<(String, f64)> {
    // Positions are those of the whole company; whom it reached is of who asks.
    let (company, panel) = (state.whole(), &state.model.panel);
    let covers = |product: usize| {
        let product = &company.catalog.products[product];
        let latest = programs.iter().filter_map(|id| company.program(id)).map(|p| p.latest());
        latest.into_iter().any(|v| v.terms.covers(&product.sku, &product.family))
    };
    let last = Month::of(company.as_of);
    let first = last.plus(1 - ACTUAL_MONTHS).max(panel.first_month);
    (first.0..=last.0)
        .map(Month)
        .map(|month| {
            let t = (month.0 - panel.first_month.0) as usize;
            let counts = |partner: usize| reached.contains(company.catalog.partners[partner].id.as_str());
            let of_answer = |pair: &(usize, usize)| covers(pair.1) && counts(pair.0);
            let series = panel.series.iter().enumerate().filter(|(_, pair)| of_answer(pair));
            (month.key(), series.map(|(s, _)| panel.units[panel.at(s, t)]).sum())
        })
        .collect()
}
