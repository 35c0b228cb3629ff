//! What a running Spiffcast holds: one checked data set with what was learned from
//! it, and the connections to the edges. Built once; read by every question.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use spiffcast_engine::company::Company;
use spiffcast_engine::earnings::OwnBooks;
use spiffcast_engine::finding::SourceFinding;
use spiffcast_engine::model::Model;
use spiffcast_engine::programs::reconcile::{Reconciliation, reconcile, reconcile_some};
use spiffcast_engine::reading::Names;

use crate::auth::Who;
use crate::config::{EmbeddingSettings, Settings};
use crate::history::{self, DataSet, Digests, Place};
use crate::language::{Embeddings, LanguageModel};
use crate::learned;
use crate::priors::Known;
use crate::program_record::Records;
use crate::published::Publication;
use crate::retrieval::{self, Embedder, Retriever};
use crate::store::Store;
use crate::turns::Work;

/// Sets of regions that somebody is limited to, which stay made.
const LIMITED_MAX: usize = 16;
/// Partners whose books stay open.
const BOOKS_MAX: usize = 64;

/// Shared by every question; cheap to clone.
#[derive(Clone)]
pub struct State {
    /// Settings in force.
    pub settings: Arc<Settings>,
    /// The data set, its panel and what was learned from it.
    pub model: Arc<Model>,
    /// What of it was published for partners.
    pub publication: Publication,
    names: Arc<Names>,
    /// Digests of tables and rules.
    pub digests: Digests,
    /// What somebody should look at in the data; found by the import.
    pub warnings: Arc<[SourceFinding]>,
    /// What the user knows besides.
    pub known: Arc<Known>,
    /// Whether the embedded demo company serves.
    pub demo: bool,
    /// Search over clauses and catalogue.
    pub retriever: Arc<dyn Retriever>,
    /// The language model, where one is connected.
    pub language: Option<LanguageModel>,
    /// Answers and audit trail.
    pub store: Store,
    /// Who is at work.
    pub work: Arc<Work>,
    /// Partners' own books that were opened.
    books: Arc<Mutex<BTreeMap<String, Arc<OwnBooks>>>>,
    /// Records of programs that were looked at.
    pub records: Arc<Records>,
    /// Recorded payouts beside the rules, once they were compared.
    reconciled: Arc<OnceLock<Arc<Reconciliation>>>,
    /// On whose behalf it is: whoever sits at the terminal, until a face says who asks.
    pub who: Arc<Who>,
    /// What [`State::who`] knows of the company, where that is limited to regions.
    limited: Option<Arc<Limited>>,
    /// Those that were made, by their regions.
    all_limited: Arc<Mutex<BTreeMap<Vec<String>, Arc<Limited>>>>,
}

/// What somebody who is limited to regions knows of the company.
pub struct Limited {
    /// The regions, sorted.
    pub regions: Vec<String>,
    /// Their partners with what belongs to them ([`Company::of_regions`]).
    company: Arc<Company>,
    names: Arc<Names>,
    /// By partner of the whole company: whether it is one of them.
    counted: Vec<bool>,
    /// Their recorded payouts beside the rules, once they were compared.
    reconciled: OnceLock<Arc<Reconciliation>>,
}

impl Limited {
    fn of(whole: &Company, regions: &[String]) -> Self {
        let mut regions = regions.to_vec();
        regions.sort();
        regions.dedup();
        let company = Arc::new(whole.of_regions(&regions));
        let counted = whole.catalog.partners.iter().map(|p| regions.contains(&p.region)).collect();
        let names = Arc::new(Names::of(&company));
        Self { names, regions, company, counted, reconciled: OnceLock::new() }
    }
}

/// Why Spiffcast cannot start; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A folder was named that holds no imported data.
    #[error(
        "{0} holds no imported data. Import some with `spiffcast import SRC --data {0}`, or leave --data out to use the demo company."
    )]
    NoData(String),
    /// The data cannot be read.
    #[error(transparent)]
    History(#[from] history::HistoryError),
    /// The search cannot be built.
    #[error("the search over the rules could not be built: {0}")]
    Retrieval(#[from] retrieval::RetrievalError),
    /// The database cannot be opened.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}

impl State {
    /// Loads the data set of the settings' folder, or the demo company where none
    /// was imported, learns from it and opens the edges.
    pub async fn open(settings: Settings) -> Result<Self, StartError> {
        let started = Instant::now();
        let (place, data) = load(&settings)?;
        tracing::debug!("data loaded after {:.2?}", started.elapsed());
        for warning in &data.warnings {
            tracing::debug!("{warning}");
        }
        let company = Arc::new(data.company);
        let known = Known::of(&settings.data_dir, &company.catalog);
        for finding in &known.findings {
            tracing::warn!("{finding}");
        }
        let model = learned::model(&settings, &data.digests, &known, company, data.panel, &|_| ());
        let model = Arc::new(model);
        let publication = Publication::of(&settings, &data.digests, &model);
        tracing::debug!("learned from it after {:.2?}", started.elapsed());
        let (server, embedder) = (settings.qdrant.as_ref(), settings.embeddings.as_ref().map(embedder));
        let retriever = retrieval::open_with(&model.company, &settings.data_dir, server, embedder).await?;
        tracing::debug!("search ready after {:.2?}", started.elapsed());
        let language = settings.llm.as_ref().map(LanguageModel::connect);
        let store = Store::of(&settings).await?;
        Ok(Self {
            demo: matches!(place, Place::Demo),
            settings: Arc::new(settings),
            names: Arc::new(Names::of(&model.company)),
            model,
            publication,
            digests: data.digests,
            warnings: data.warnings.into(),
            known: Arc::new(known),
            retriever,
            language,
            store,
            work: Arc::default(),
            books: Arc::default(),
            records: Arc::default(),
            reconciled: Arc::default(),
            who: Arc::new(Who::terminal()),
            limited: None,
            all_limited: Arc::default(),
        })
    }

    /// The state after an import: the data that serves now, at work with the same people.
    pub async fn reopened(&self) -> Result<Self, StartError> {
        let opened = Self::open(Settings::clone(&self.settings)).await?;
        Ok(Self { work: Arc::clone(&self.work), ..opened })
    }

    /// The same, on behalf of somebody: [`State::company`], names and books are then what
    /// this one may know of.
    pub fn on_behalf_of(self, who: Arc<Who>) -> Self {
        let limited = who.limited_to().map(|regions| self.limited(regions));
        Self { who, limited, ..self }
    }

    fn limited(&self, regions: &[String]) -> Arc<Limited> {
        let mut made = self.all_limited.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(limited) = made.get(regions) {
            return Arc::clone(limited);
        }
        if made.len() >= LIMITED_MAX {
            made.clear();
        }
        let limited = Arc::new(Limited::of(self.whole(), regions));
        made.insert(regions.to_vec(), Arc::clone(&limited));
        limited
    }

    /// The regions that who asks is limited to, sorted; `None`: sees the whole company.
    pub fn regions(&self) -> Option<&[String]> {
        self.limited.as_ref().map(|limited| limited.regions.as_slice())
    }

    /// By partner of [`State::whole`]: whether figures for who asks count it; `None`: all.
    pub fn counted(&self) -> Option<&[bool]> {
        self.limited.as_ref().map(|limited| limited.counted.as_slice())
    }

    /// The names that questions of who asks are read with.
    pub fn names(&self) -> &Arc<Names> {
        self.limited.as_ref().map_or(&self.names, |limited| &limited.names)
    }

    /// A partner's own books, `None` where who asks knows no such partner. What others' sales
    /// decide about it is worked out once and stands until other data serve.
    pub fn books(&self, partner: &str) -> Option<Arc<OwnBooks>> {
        self.company().catalog.partner(partner)?;
        let known = || self.books.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(books) = known().get(partner) {
            return Some(Arc::clone(books));
        }
        let books = Arc::new(self.publication.books(self.whole(), partner)?);
        let mut open = known();
        if open.len() >= BOOKS_MAX {
            open.clear();
        }
        open.insert(partner.to_owned(), Arc::clone(&books));
        Some(books)
    }

    /// Recorded payouts beside what the rules give, of the partners that who asks may know
    /// of. Settles the whole company the first time, which takes a while where it is large.
    pub fn reconciliation(&self) -> Arc<Reconciliation> {
        let made = match &self.limited {
            Some(limited) => {
                limited.reconciled.get_or_init(|| Arc::new(reconcile_some(self.whole(), &limited.counted)))
            }
            None => self.reconciled.get_or_init(|| Arc::new(reconcile(self.whole()))),
        };
        Arc::clone(made)
    }

    /// The company as who asks may know it: narrowed to their regions where they are limited
    /// to some. Positions of partners are its own.
    pub fn company(&self) -> &Arc<Company> {
        self.limited.as_ref().map_or(self.whole(), |limited| &limited.company)
    }

    /// The whole company, whoever asks: for what is worked out with everybody and shown of
    /// some. `app::scope` and a test name those who may use it.
    pub fn whole(&self) -> &Arc<Company> {
        &self.model.company
    }
}

/// The endpoint of the settings as the search uses it.
pub fn embedder(settings: &EmbeddingSettings) -> Embedder {
    let endpoint = Embeddings::connect(settings);
    let embed = move |texts: Vec<String>| -> futures::future::BoxFuture<'static, _> {
        let endpoint = endpoint.clone();
        Box::pin(async move { endpoint.embed(&texts).await.map_err(|error| error.to_string()) })
    };
    let place = settings.base_url.as_deref().unwrap_or_default();
    Embedder { model: format!("{} {place}", settings.model), embed: Arc::new(embed) }
}

/// Whether the demo company serves: nothing was imported, and no folder was named.
///
/// # Errors
/// Where a folder was named that holds no data.
pub fn is_demo(settings: &Settings) -> Result<bool, StartError> {
    place(settings).map(|place| matches!(place, Place::Demo))
}

/// The data set of the settings' folder, and where it is.
pub fn load(settings: &Settings) -> Result<(Place, DataSet), StartError> {
    let place = place(settings)?;
    let data = history::load(&place, settings.calendar)?;
    Ok((place, data))
}

/// Imported data where there is some, else the demo company; a folder that was
/// named must hold data.
fn place(settings: &Settings) -> Result<Place, StartError> {
    let folder: &Path = &settings.data_dir;
    if history::has_data(folder) {
        Ok(Place::Folder(folder.to_owned()))
    } else if settings.data_dir_named {
        Err(StartError::NoData(folder.display().to_string()))
    } else {
        Ok(Place::Demo)
    }
}
