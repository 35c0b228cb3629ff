//! Retrieval: which clauses and catalogue entries a question is about. The only user
//! of the Qdrant crates. It must not read questions, decide anything, or know who
//! asks; it finds text.
//!
//! One trait, two homes: [`embedded`](open) inside the process, always there; and a
//! Qdrant server where one is configured, which falls back to the embedded one and
//! says so. Beside either, vectors of meaning where [`open_with`] is given a source.

mod corpus;
mod dense;
mod embedded;
mod excerpt;
mod hybrid;
mod meanings;
mod server;
mod sparse;
mod vocabulary;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::NaiveDate;
use serde::Serialize;
use spiffcast_engine::calendar::Span;
use spiffcast_engine::company::Company;
use spiffcast_engine::programs::terms::ProgramKind;

use crate::config::QdrantSettings;

pub use corpus::documents;
pub use dense::{Embed, Embedder};

/// What a document is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One clause of one program version.
    Clause,
    /// A program version as a whole.
    Program,
    /// A product.
    Product,
    /// A partner.
    Partner,
    /// A partner tier.
    Tier,
    /// A sales region.
    Region,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Clause => "clause",
            Self::Program => "program",
            Self::Product => "product",
            Self::Partner => "partner",
            Self::Tier => "tier",
            Self::Region => "region",
        }
    }
}

/// Something that can be found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Document {
    /// Unique, such as `clause:spiff-product-x:3:2.1` or `product:PX-100`.
    pub id: String,
    /// What it is about.
    pub kind: Kind,
    /// One line that names it.
    pub title: String,
    /// Its words.
    pub text: String,
    /// Of clauses and programs: the program.
    pub program: Option<String>,
    /// Of clauses and programs: the version.
    pub version: Option<u32>,
    /// Of clauses: the number.
    pub clause: Option<String>,
    /// Of clauses and programs: the days in force.
    pub effective: Option<Span>,
    /// Of clauses and programs: the kind of program.
    pub program_kind: Option<ProgramKind>,
    /// Of clauses: words that hold for the whole program.
    pub about: String,
    /// Of clauses and programs: who may take part.
    pub audience: Audience,
}

/// Some partners, by what they are. Empty lists mean everyone; all lists must match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Audience {
    /// Tier names.
    pub tiers: Vec<String>,
    /// Region names.
    pub regions: Vec<String>,
    /// Such as `reseller`.
    pub partner_types: Vec<String>,
}

/// What is looked for. Empty lists let everything pass.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// Any text, of any length; the first 4,000 characters count.
    pub text: String,
    /// Only documents of these kinds.
    pub kinds: Vec<Kind>,
    /// Only clauses and versions of these programs.
    pub programs: Vec<String>,
    /// Only versions in force on one of these days; documents that have no dates pass.
    pub in_force_on: Option<Span>,
    /// Only versions that some of these partners may take part in; documents that are
    /// open to anyone pass.
    pub audience: Audience,
    /// How many, at most 200.
    pub limit: usize,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Of the document, such as `clause:spiff-product-x:3:2.1`.
    pub id: String,
    /// What it is about.
    pub kind: Kind,
    /// One line that names it.
    pub title: String,
    /// Its words.
    pub text: String,
    /// Of clauses and programs: the program.
    pub program: Option<String>,
    /// Of clauses and programs: the version.
    pub version: Option<u32>,
    /// Of clauses: the number.
    pub clause: Option<String>,
    /// Of clauses and programs: the days in force.
    pub effective: Option<Span>,
    /// BM25 score, or what rank fusion gives; comparable within one search only.
    pub score: f32,
    /// Which share of what the question asks about, besides the names of programs, the
    /// document speaks of, 0 to 1; rare words weigh more. Comparable between searches.
    pub share: f32,
    /// The part of its text that holds the words looked for, at most 240 characters.
    pub excerpt: String,
}

/// The least share of what a question asks about that a document which answers it speaks
/// of. Of the judged questions nearly all find a clause above it, of questions about
/// other things few (data/questions/README.md): people word a rule their own way, so
/// half would be too much, and any rule shares a word with any question, so a tenth too
/// little.
pub const SHARE_MIN: f32 = 0.3;

/// Why nothing could be searched.
#[derive(Debug, thiserror::Error)]
pub enum RetrievalError {
    /// The index inside the process failed.
    #[error(
        "the search index failed: {0}; delete the folder `retrieval` of the state directory to build it again"
    )]
    Index(String),
    /// The server failed.
    #[error("the Qdrant server failed: {0}")]
    Server(String),
}

/// Finds documents by words.
#[async_trait]
pub trait Retriever: Send + Sync {
    /// The best documents, best first; ties in the order of the documents. Text in
    /// which there is nothing to look for finds nothing.
    ///
    /// # Errors
    /// [`RetrievalError`] where the index failed, never because of the text.
    async fn search(&self, query: &Query) -> Result<Vec<Hit>, RetrievalError>;

    /// Which index answers, in words.
    fn describe(&self) -> String;

    /// Why the index that was asked for does not answer; nothing where it does.
    fn notice(&self) -> Option<String>;
}

/// Opens the index of a company, in `folder` (the state directory), building it
/// where it is not there yet; on a Qdrant server too where one is configured.
///
/// # Errors
/// [`RetrievalError::Index`] where not even a temporary folder can hold the index.
/// An unreachable server is no error: the embedded index answers and
/// [`Retriever::notice`] says so.
pub async fn open(
    company: &Company,
    folder: &Path,
    server: Option<&QdrantSettings>,
) -> Result<Arc<dyn Retriever>, RetrievalError> {
    open_with(company, folder, server, None).await
}

/// As [`open`], with vectors of meaning beside the words where there is a source of
/// them. They are made once for these documents and this model, kept in `folder`, and
/// made again where documents, model or their length change.
///
/// # Errors
/// As [`open`]. A failing source is no error: words alone answer and
/// [`Retriever::notice`] says so.
pub async fn open_with(
    company: &Company,
    folder: &Path,
    server: Option<&QdrantSettings>,
    embedder: Option<Embedder>,
) -> Result<Arc<dyn Retriever>, RetrievalError> {
    let corpus = Arc::new(corpus::Corpus::new(documents(company))?);
    let (shared, place) = (corpus.clone(), folder.to_owned());
    let embedded = tokio::task::spawn_blocking(move || embedded::Embedded::open(shared, &place));
    let embedded = embedded.await.map_err(|e| RetrievalError::Index(e.to_string()))??;
    let words: Arc<dyn Retriever> = match server {
        None => Arc::new(embedded),
        Some(server) => Arc::new(server::WithFallback::open(corpus.clone(), server, embedded).await),
    };
    Ok(match embedder {
        None => words,
        Some(embedder) => {
            let dense = dense::Dense::open(corpus.clone(), folder, embedder).await;
            Arc::new(hybrid::Hybrid { words, dense, corpus })
        }
    })
}

/// A day as the number that filters compare.
fn ordinal(day: NaiveDate) -> i64 {
    i64::from(day.to_epoch_days())
}
