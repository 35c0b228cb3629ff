//! The copilot that serves, behind a pointer: an import takes effect without a restart,
//! and a question that is at work ends with the data it began with.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use async_trait::async_trait;
use spiffcast_engine::company::Company;
use spiffcast_engine::earnings::why::SaleExplained;
use spiffcast_engine::earnings::{Outlook, Statement, WhatIf};
use spiffcast_engine::programs::ProgramVersion;
use spiffcast_engine::programs::reconcile::Reconciliation;
use spiffcast_engine::scenario::{Draft, ExtraSale};
use tokio::runtime::Handle;

use super::accuracy;
use super::data::{self, DataReport, Intake, LastImport};
use super::import::{self, ImportError, Imported, Step};
use super::port::{
    AccuracyReport, Annotation, AskError, AskRequest, Copilot, KeptAnswer, Progress, RecentAnswer,
    ScenarioList, ScenarioQuery, Stage,
};
use super::programs::{ClauseFound, ClauseQuery};
use super::upload::Upload;
use crate::answer::{Answer, ReportFormat};
use crate::auth::Who;
use crate::history::{self, HistoryError};
use crate::program_record::ProgramRecord;
use crate::state::State;

/// What serves now.
pub struct Live {
    state: RwLock<State>,
    last: Mutex<Option<LastImport>>,
    /// Held while an import or a step back is at work: one at a time.
    changing: tokio::sync::Mutex<()>,
}

/// Begins what is worked out before somebody asks for it: recorded payouts beside the
/// rules at once, and, when nothing else is to be done, how good forecasts were.
pub fn in_background(state: &State) {
    let compares = state.clone();
    tokio::task::spawn_blocking(move || compares.reconciliation());
    if state.settings.backtest_in_background {
        tokio::spawn(accuracy::in_background(state.clone()));
    }
}

impl Live {
    /// Serves a state until other data is imported.
    pub fn new(state: State) -> Self {
        Upload::clear(&state.settings.data_dir);
        Self { state: RwLock::new(state), last: Mutex::default(), changing: tokio::sync::Mutex::default() }
    }

    /// What serves now; cheap.
    pub fn now(&self) -> State {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Serves what is in the data folder now.
    async fn reopen(&self) -> Result<(), AskError> {
        let before = self.now();
        before.work.stop_background();
        let after = before.reopened().await.map_err(|e| AskError::Unavailable(e.to_string()))?;
        in_background(&after);
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = after;
        Ok(())
    }

    fn ended(&self, how: LastImport) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(how);
    }
}

#[async_trait]
impl Intake for Live {
    async fn data(&self, who: &Who) -> Result<DataReport, AskError> {
        let state = self.now();
        let limited = who.limited_to().is_some();
        let (company, has_previous) = (state.company(), history::has_previous(&state.settings.data_dir));
        let catalog = &company.catalog;
        Ok(DataReport {
            demo: state.demo,
            as_of: company.as_of,
            currency: catalog.currency.clone(),
            tables: state.digests.data.clone(),
            rules: state.digests.rules.clone(),
            counts: vec![
                ("partners", catalog.partners.len()),
                ("products", catalog.products.len()),
                ("programs", company.programs.len()),
                ("transaction lines", company.lines.len()),
                ("payout rows", company.payouts.len()),
            ],
            months: data::months(company),
            warnings: if limited { Vec::new() } else { state.warnings.to_vec() },
            has_previous,
            last: self
                .last
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone()
                .map(|last| if limited { last.without_rows() } else { last }),
        })
    }

    async fn reconciliation(&self, who: &Who) -> Result<Arc<Reconciliation>, AskError> {
        let state = self.now().on_behalf_of(Arc::new(who.clone()));
        tokio::task::spawn_blocking(move || state.reconciliation()).await.map_err(broke_off)
    }

    fn upload(&self) -> io::Result<Upload> {
        Upload::begin(&self.now().settings.data_dir)
    }

    async fn import(
        &self,
        who: &Who,
        upload: Upload,
        keep: bool,
        progress: Progress,
    ) -> Result<(), AskError> {
        let _alone = self.changing.lock().await;
        let at = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let by = who.login.clone();
        let result = imported(self.now(), by, upload, keep, progress).await?;
        match result {
            Ok(Imported { report, scored }) => {
                self.reopen().await?;
                self.ended(LastImport::Done { at, unchanged: report.unchanged, scored });
                Ok(())
            }
            Err(ImportError::History(HistoryError::Rejected { findings, errors })) => {
                self.ended(LastImport::Rejected { at, findings, errors });
                Ok(())
            }
            Err(error @ ImportError::History(_)) => Err(AskError::Unavailable(error.to_string())),
            Err(error) => {
                // The files may be in place: what serves is what the pointer names.
                self.reopen().await?;
                Err(AskError::Unavailable(error.to_string()))
            }
        }
    }

    async fn back(&self, who: &Who) -> Result<(), AskError> {
        let _alone = self.changing.lock().await;
        let folder = self.now().settings.data_dir.clone();
        let by = who.login.clone();
        let back = move |folder: PathBuf| history::back(&folder, &by);
        let went = tokio::task::spawn_blocking(move || back(folder)).await.map_err(broke_off)?;
        went.map_err(|e| AskError::Unavailable(e.to_string()))?;
        let now = self.now();
        let recorded = import::record_moves(&now.settings, &now.store).await;
        // The pointer moved: what serves is what it names, whatever else failed.
        self.reopen().await?;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
        recorded.map(|_| ()).map_err(|e| AskError::Unavailable(e.to_string()))
    }
}

/// Off the threads that serve: an import reads and computes for seconds.
async fn imported(
    state: State,
    by: String,
    upload: Upload,
    keep: bool,
    progress: Progress,
) -> Result<Result<Imported, ImportError>, AskError> {
    let runtime = Handle::current();
    let work = move || {
        if keep {
            history::complete(upload.folder(), &state.settings.data_dir)?;
        }
        let told = |step: Step| match step {
            Step::Files(stage) => progress.report(Stage::Files, share(stage)),
            Step::Learning(done) => progress.report(Stage::Learn, done),
        };
        runtime.block_on(import::import(&state.settings, &by, upload.folder(), &told))
    };
    tokio::task::spawn_blocking(work).await.map_err(broke_off)
}

/// Roughly how much of the work on the files is done.
fn share(stage: history::Stage) -> f64 {
    use history::Stage as S;
    match stage {
        S::Reading { table: "transactions" } => 0.2,
        S::Checking { table: "transactions", .. } => 0.4,
        S::Reading { .. } | S::Checking { .. } => 0.1,
        S::Packing => 0.7,
        S::Writing => 0.9,
        S::Publishing => 1.0,
    }
}

fn broke_off(error: tokio::task::JoinError) -> AskError {
    AskError::Internal(error.to_string())
}

#[async_trait]
impl Copilot for Live {
    /// With the data that serves now: what is asked ends with what it began with.
    fn on_behalf_of(self: Arc<Self>, who: Arc<Who>) -> Arc<dyn Copilot> {
        Arc::new(self.now().on_behalf_of(who))
    }

    async fn ask(&self, request: AskRequest, progress: Progress) -> Result<Answer, AskError> {
        self.now().ask(request, progress).await
    }

    async fn simulate(&self, draft: Draft, progress: Progress) -> Result<Answer, AskError> {
        self.now().simulate(draft, progress).await
    }

    async fn answer(&self, id: &str) -> Result<Option<Answer>, AskError> {
        self.now().answer(id).await
    }

    async fn scenarios(&self, query: ScenarioQuery) -> Result<ScenarioList, AskError> {
        Copilot::scenarios(&self.now(), query).await
    }

    async fn kept(&self, id: &str) -> Result<Option<KeptAnswer>, AskError> {
        self.now().kept(id).await
    }

    async fn annotate(&self, id: &str, said: Annotation) -> Result<(), AskError> {
        self.now().annotate(id, said).await
    }

    async fn again(&self, id: &str, progress: Progress) -> Result<Answer, AskError> {
        self.now().again(id, progress).await
    }

    async fn compare(&self, ids: Vec<String>, progress: Progress) -> Result<Answer, AskError> {
        self.now().compare(ids, progress).await
    }

    async fn duplicate(&self, id: &str) -> Result<String, AskError> {
        self.now().duplicate(id).await
    }

    async fn clauses(&self, query: ClauseQuery) -> Result<Vec<ClauseFound>, AskError> {
        self.now().clauses(query).await
    }

    async fn program_record(&self, program: &str) -> Result<Option<Arc<ProgramRecord>>, AskError> {
        self.now().program_record(program).await
    }

    async fn recent(&self, limit: usize) -> Result<Vec<RecentAnswer>, AskError> {
        self.now().recent(limit).await
    }

    fn company(&self) -> Arc<Company> {
        Copilot::company(&self.now())
    }

    fn examples(&self) -> Vec<String> {
        self.now().examples()
    }

    fn notices(&self) -> Vec<String> {
        self.now().notices()
    }

    fn actuals(&self, answer: &Answer) -> Vec<(String, f64)> {
        self.now().actuals(answer)
    }

    async fn accuracy(&self) -> Result<AccuracyReport, AskError> {
        self.now().accuracy().await
    }

    async fn backtest(&self, progress: Progress) -> Result<(), AskError> {
        self.now().backtest(progress).await
    }

    async fn statement(&self, partner: &str, period: Option<String>) -> Result<Statement, AskError> {
        self.now().statement(partner, period).await
    }

    async fn what_if(&self, partner: &str, extra: Vec<ExtraSale>) -> Result<WhatIf, AskError> {
        self.now().what_if(partner, extra).await
    }

    async fn outlook(&self, partner: &str, extra: Vec<ExtraSale>) -> Result<Outlook, AskError> {
        self.now().outlook(partner, extra).await
    }

    async fn own_rules(
        &self,
        partner: &str,
        program: &str,
        version: u32,
    ) -> Result<ProgramVersion, AskError> {
        self.now().own_rules(partner, program, version).await
    }

    async fn partner_report(&self, partner: &str, period: Option<String>) -> Result<Vec<u8>, AskError> {
        self.now().partner_report(partner, period).await
    }

    async fn why(&self, partner: &str, transaction: &str) -> Result<SaleExplained, AskError> {
        self.now().why(partner, transaction).await
    }

    async fn report(&self, answer: Answer, format: ReportFormat) -> Result<Vec<u8>, AskError> {
        Copilot::report(&self.now(), answer, format).await
    }

    async fn exported(&self, subject: &str, file: &str, bytes: &[u8]) -> Result<(), AskError> {
        self.now().exported(subject, file, bytes).await
    }
}
