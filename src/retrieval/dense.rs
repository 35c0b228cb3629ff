//! Vectors of meaning for clauses and programs, from an endpoint that somebody hands in
//! as a function: made once, kept in one file, compared exactly in memory, which is the
//! same for both homes of the words. Whatever goes wrong, the words alone answer and
//! [`Dense::trouble`] says why.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::corpus::Corpus;
use super::{Document, Kind, Query};

/// Texts handed over at once while the vectors are made.
const BATCH: usize = 64;
/// Longest time that opening the search waits for vectors to be made.
const OPEN_LIMIT: Duration = Duration::from_secs(60);
/// How long a failing endpoint is left alone, so that questions need not wait for it.
const PAUSE: Duration = Duration::from_secs(30);

/// What gives a vector for each text, or says why not.
pub type Embed = Arc<dyn Fn(Vec<String>) -> BoxFuture<'static, Result<Vec<Vec<f32>>, String>> + Send + Sync>;

/// A source of vectors.
#[derive(Clone)]
pub struct Embedder {
    /// Names model and place; vectors of another one are of no use.
    pub model: String,
    /// The function.
    pub embed: Embed,
}

/// The vectors of a corpus, each of length 1.
#[derive(Debug, Serialize, Deserialize)]
struct Table {
    /// Of the documents and the model.
    digest: String,
    dimensions: usize,
    /// Place of the document, and its vector.
    rows: Vec<(usize, Vec<f32>)>,
}

/// Search by meaning over a corpus.
pub(super) struct Dense {
    corpus: Arc<Corpus>,
    embedder: Embedder,
    file: PathBuf,
    digest: String,
    table: Mutex<Option<Arc<Table>>>,
    trouble: Mutex<Option<Trouble>>,
    /// Whether the vectors are being made.
    making: AtomicBool,
}

#[derive(Clone)]
struct Trouble {
    why: String,
    until: Instant,
}

impl Dense {
    /// Reads the vectors that were kept, or makes them.
    pub async fn open(corpus: Arc<Corpus>, folder: &Path, embedder: Embedder) -> Arc<Self> {
        let mut hash = Sha256::new();
        hash.update(&corpus.digest);
        hash.update(&embedder.model);
        let digest: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
        let file = folder.join("retrieval").join("vectors");
        let kept = kept(&file, &digest).map(Arc::new);
        let missing = kept.is_none();
        let dense = Arc::new(Self {
            corpus,
            embedder,
            file,
            digest,
            table: Mutex::new(kept),
            trouble: Mutex::default(),
            making: AtomicBool::new(false),
        });
        if missing && tokio::time::timeout(OPEN_LIMIT, dense.make()).await.is_err() {
            dense.making.store(false, Ordering::Relaxed);
            dense.fails(format!("the vectors were not made within {} s", OPEN_LIMIT.as_secs()));
        }
        dense
    }

    /// Why the last search went by words alone; nothing where it did not.
    pub fn trouble(&self) -> Option<String> {
        held(&self.trouble).as_ref().map(|t| t.why.clone())
    }

    /// The places of the documents nearest to a question, best first; nothing where the
    /// endpoint is of no use now.
    pub async fn near(self: &Arc<Self>, query: &Query, count: usize) -> Option<Vec<usize>> {
        if query.text.trim().is_empty() || self.rests() {
            return None;
        }
        let Some(table) = held(&self.table).clone() else {
            self.make_beside();
            return None;
        };
        let vector = match (self.embedder.embed)(vec![query.text.clone()]).await {
            Ok(vectors) => vectors.into_iter().next().unwrap_or_default(),
            Err(why) => {
                self.fails(why);
                return None;
            }
        };
        if vector.len() != table.dimensions {
            *held(&self.table) = None;
            self.fails_now("its vectors have another length than before; they are made again".to_owned());
            self.make_beside();
            return None;
        }
        *held(&self.trouble) = None;
        let (corpus, query) = (self.corpus.clone(), query.clone());
        let nearest = move || nearest(&table, &unit(vector), &corpus, &query, count);
        tokio::task::spawn_blocking(nearest).await.ok()
    }

    /// Makes the vectors of every clause and program and keeps them.
    async fn make(&self) {
        self.making.store(true, Ordering::Relaxed);
        let made = self.made().await;
        self.making.store(false, Ordering::Relaxed);
        match made {
            Ok(table) => {
                keep(&self.file, &table);
                *held(&self.table) = Some(Arc::new(table));
                *held(&self.trouble) = None;
            }
            Err(why) => self.fails(why),
        }
    }

    async fn made(&self) -> Result<Table, String> {
        let meant = |d: &Document| matches!(d.kind, Kind::Clause | Kind::Program);
        let places: Vec<usize> =
            (0..self.corpus.documents.len()).filter(|at| meant(&self.corpus.documents[*at])).collect();
        let mut rows = Vec::with_capacity(places.len());
        for places in places.chunks(BATCH) {
            let text = |at: &usize| {
                let document = &self.corpus.documents[*at];
                format!("{}\n{}", document.title, document.text)
            };
            let vectors = (self.embedder.embed)(places.iter().map(text).collect()).await?;
            if vectors.len() != places.len() {
                return Err("it does not give one vector a text".to_owned());
            }
            rows.extend(places.iter().copied().zip(vectors.into_iter().map(unit)));
        }
        let dimensions = rows.first().map_or(0, |(_, v)| v.len());
        if rows.iter().any(|(_, v)| v.len() != dimensions || v.iter().any(|x| !x.is_finite())) {
            return Err("its vectors are not of one length".to_owned());
        }
        Ok(Table { digest: self.digest.clone(), dimensions, rows })
    }

    /// Makes the vectors while questions go on; once at a time.
    fn make_beside(self: &Arc<Self>) {
        if !self.making.swap(true, Ordering::Relaxed) {
            let dense = self.clone();
            tokio::spawn(async move { dense.make().await });
        }
    }

    fn rests(&self) -> bool {
        held(&self.trouble).as_ref().is_some_and(|t| Instant::now() < t.until)
    }

    fn fails(&self, why: String) {
        *held(&self.trouble) = Some(Trouble { why, until: Instant::now() + PAUSE });
    }

    fn fails_now(&self, why: String) {
        *held(&self.trouble) = Some(Trouble { why, until: Instant::now() });
    }
}

fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The nearest of the documents that pass the filters, by the cosine of the angle; ties
/// in document order.
fn nearest(table: &Table, vector: &[f32], corpus: &Corpus, query: &Query, count: usize) -> Vec<usize> {
    let passing = table.rows.iter().filter(|(at, _)| Corpus::passes(&corpus.documents[*at], query));
    let dot = |row: &[f32]| row.iter().zip(vector).map(|(a, b)| a * b).sum::<f32>();
    let mut scored: Vec<(usize, f32)> = passing.map(|(at, row)| (*at, dot(row))).collect();
    scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    scored.into_iter().take(count).map(|(at, _)| at).collect()
}

/// The vector of length 1 in the same direction.
fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|x| *x /= length);
    }
    vector
}

/// Vectors of these documents by this model, where the file holds them whole.
fn kept(file: &Path, digest: &str) -> Option<Table> {
    let table: Table = postcard::from_bytes(&fs::read(file).ok()?).ok()?;
    let whole = table.digest == digest && table.rows.iter().all(|(_, v)| v.len() == table.dimensions);
    whole.then_some(table)
}

/// Best effort: without the file the vectors are made again at the next start.
fn keep(file: &Path, table: &Table) {
    let written = || -> Option<()> {
        let making = file.with_extension("new");
        fs::create_dir_all(file.parent()?).ok()?;
        fs::write(&making, postcard::to_stdvec(table).ok()?).ok()?;
        fs::rename(making, file).ok()
    };
    if written().is_none() {
        tracing::debug!("the vectors of the rules could not be kept");
    }
}
