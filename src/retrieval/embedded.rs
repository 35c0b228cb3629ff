//! The index inside the process: a Qdrant Edge shard in a folder named by the digest
//! of its documents. Built beside its place and renamed into it; an index that does
//! not open or does not hold every document is built again.

use std::fs::{self, File};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use qdrant_edge::{
    CreateIndex, EdgeConfig, EdgeShard, EdgeSparseVectorParamsBuilder, FieldIndexOperations, Filter,
    Modifier, NamedQuery, PayloadFieldSchema, PayloadSchemaType, PointId, PointInsertOperations,
    PointOperations, PointStruct, QueryEnum, QueryRequest, ScoringQuery, SparseVector, UpdateOperation,
    Vector, VectorInternal, Vectors, WalOptions, WithPayloadInterface, WithVector,
};
use serde_json::{Value, json};

use super::corpus::{Corpus, audience_filter};
use super::sparse::Sparse;
use super::{Hit, Query, RetrievalError, Retriever, ordinal};

/// Name of the vector in every point.
const VECTOR: &str = "text";
/// Points of one insertion.
const BATCH: usize = 500;

/// The embedded index.
pub(super) struct Embedded {
    index: Arc<Index>,
    corpus: Arc<Corpus>,
    home: String,
}

/// The open shard. Fields are dropped in order: the shard writes into the folder.
struct Index {
    shard: EdgeShard,
    _home: Home,
}

/// What keeps the folder of the shard ours.
enum Home {
    /// Locked against other processes.
    Locked(#[expect(dead_code, reason = "held for its lock")] File),
    /// Removed when dropped.
    Temporary(PathBuf),
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Self::Temporary(folder) = self {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

impl Embedded {
    /// Opens or builds the index. A folder that cannot be written or that another
    /// process has open is no error: a temporary one serves.
    pub fn open(corpus: Arc<Corpus>, folder: &Path) -> Result<Self, RetrievalError> {
        let kept = kept(&corpus, &folder.join("retrieval")).ok().flatten();
        let (index, home) = match kept {
            Some((shard, lock)) => {
                (Index { shard, _home: Home::Locked(lock) }, "kept in the state directory")
            }
            None => (temporary(&corpus)?, "in a temporary folder"),
        };
        Ok(Self { index: Arc::new(index), corpus, home: home.to_owned() })
    }
}

#[async_trait]
impl Retriever for Embedded {
    async fn search(&self, query: &Query) -> Result<Vec<Hit>, RetrievalError> {
        let (Some(vector), 1..) = (self.corpus.question(query), Corpus::limit(query)) else {
            return Ok(Vec::new());
        };
        let (index, corpus, query) = (self.index.clone(), self.corpus.clone(), query.clone());
        let searched = tokio::task::spawn_blocking(move || {
            let found = guarded(|| search(&index.shard, &vector, &query))?;
            Ok(corpus.hits(&query, found))
        });
        searched.await.map_err(|e| RetrievalError::Index(e.to_string()))?
    }

    fn describe(&self) -> String {
        format!("Qdrant inside the process, {} documents, {}", self.corpus.documents.len(), self.home)
    }

    fn notice(&self) -> Option<String> {
        None
    }
}

/// The shard in the state directory, with the lock that keeps other processes out;
/// `None` where another process holds it.
fn kept(corpus: &Corpus, folder: &Path) -> Result<Option<(EdgeShard, File)>, RetrievalError> {
    fs::create_dir_all(folder).map_err(failed)?;
    let lock = File::create(folder.join("lock")).map_err(failed)?;
    if lock.try_lock().is_err() {
        return Ok(None);
    }
    let place = folder.join(&corpus.digest);
    if place.is_dir() {
        let open = || guarded(|| EdgeShard::load(&place, None).map_err(failed));
        if let Ok(shard) = open()
            && shard.info().points_count == corpus.documents.len()
        {
            return Ok(Some((shard, lock)));
        }
        fs::remove_dir_all(&place).map_err(failed)?;
    }
    let making = folder.join(".new");
    if making.exists() {
        fs::remove_dir_all(&making).map_err(failed)?;
    }
    fs::create_dir_all(&making).map_err(failed)?;
    drop(build(corpus, &making)?);
    fs::rename(&making, &place).map_err(failed)?;
    remove_others(folder, &corpus.digest);
    let shard = guarded(|| EdgeShard::load(&place, None).map_err(failed))?;
    Ok(Some((shard, lock)))
}

/// Removes the indexes of other documents. Best effort.
fn remove_others(folder: &Path, digest: &str) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() && entry.file_name() != digest {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn temporary(corpus: &Corpus) -> Result<Index, RetrievalError> {
    let folder = std::env::temp_dir().join(format!("spiffcast-retrieval-{}", uuid::Uuid::now_v7()));
    fs::create_dir_all(&folder).map_err(failed)?;
    let home = Home::Temporary(folder.clone());
    Ok(Index { shard: build(corpus, &folder)?, _home: home })
}

fn build(corpus: &Corpus, folder: &Path) -> Result<EdgeShard, RetrievalError> {
    guarded(|| {
        let idf = EdgeSparseVectorParamsBuilder::new().modifier(Modifier::Idf).build();
        // The default write-ahead log reserves 32 MiB; the documents need far less.
        let wal = WalOptions { segment_capacity: 1 << 20, ..WalOptions::default() };
        let config = EdgeConfig::builder().sparse_vector(VECTOR, idf).wal_options(wal).build();
        let shard = EdgeShard::new(folder, config).map_err(failed)?;
        for (field, schema) in [
            ("kind", PayloadSchemaType::Keyword),
            ("program", PayloadSchemaType::Keyword),
            ("from", PayloadSchemaType::Integer),
            ("to", PayloadSchemaType::Integer),
            ("tiers", PayloadSchemaType::Keyword),
            ("regions", PayloadSchemaType::Keyword),
            ("partner_types", PayloadSchemaType::Keyword),
        ] {
            let field_name =
                field.try_into().map_err(|()| RetrievalError::Index(format!("field {field}")))?;
            let field_schema = Some(PayloadFieldSchema::FieldType(schema));
            let create = FieldIndexOperations::CreateIndex(CreateIndex { field_name, field_schema });
            shard.update(UpdateOperation::FieldIndexOperation(create)).map_err(failed)?;
        }
        let points = points(corpus)?;
        for batch in points.chunks(BATCH) {
            let insert = PointInsertOperations::PointsList(batch.iter().cloned().map(Into::into).collect());
            let upsert = PointOperations::UpsertPoints(insert);
            shard.update(UpdateOperation::PointOperation(upsert)).map_err(failed)?;
        }
        shard.flush();
        Ok(shard)
    })
}

fn points(corpus: &Corpus) -> Result<Vec<PointStruct>, RetrievalError> {
    let point = |(at, document)| {
        let Sparse { indices, values } = corpus.vector(document);
        let vector = Vector::new_sparse(indices, values).map_err(failed)?;
        let payload = serde_json::to_value(Corpus::payload(document)).map_err(failed)?;
        Ok(PointStruct::new(PointId::NumId(at as u64), Vectors::new_named([(VECTOR, vector)]), payload))
    };
    corpus.documents.iter().enumerate().map(point).collect()
}

fn search(shard: &EdgeShard, vector: &Sparse, query: &Query) -> Result<Vec<(usize, f32)>, RetrievalError> {
    let (mut asked, mut found) = (0, Vec::new());
    while let Some(count) = Corpus::ask_for(query, asked, &found) {
        asked = count;
        found = points_near(shard, vector, query, asked)?;
    }
    Ok(found)
}

fn points_near(
    shard: &EdgeShard,
    vector: &Sparse,
    query: &Query,
    count: usize,
) -> Result<Vec<(usize, f32)>, RetrievalError> {
    let vector = SparseVector { indices: vector.indices.clone(), values: vector.values.clone() };
    let nearest = NamedQuery { query: VectorInternal::Sparse(vector), using: Some(VECTOR.to_owned()) };
    let request = QueryRequest {
        prefetches: Vec::new(),
        query: Some(ScoringQuery::Vector(QueryEnum::Nearest(nearest))),
        filter: filter(query)?,
        score_threshold: None,
        limit: count,
        offset: 0,
        params: None,
        with_vector: WithVector::Bool(false),
        with_payload: WithPayloadInterface::Bool(false),
    };
    let found = shard.query(request).map_err(failed)?;
    let point = |id: PointId| match id {
        PointId::NumId(at) => usize::try_from(at).ok(),
        PointId::Uuid(_) => None,
    };
    Ok(found.into_iter().filter_map(|hit| Some((point(hit.id)?, hit.score))).collect())
}

/// The filter in Qdrant's own JSON.
fn filter(query: &Query) -> Result<Option<Filter>, RetrievalError> {
    let mut must: Vec<Value> = Vec::new();
    if !query.kinds.is_empty() {
        let kinds: Vec<&str> = query.kinds.iter().map(|k| k.as_str()).collect();
        must.push(json!({"key": "kind", "match": {"any": kinds}}));
    }
    if !query.programs.is_empty() {
        must.push(json!({"key": "program", "match": {"any": query.programs}}));
    }
    if let Some(span) = query.in_force_on {
        must.push(json!({"key": "from", "range": {"lte": ordinal(span.end)}}));
        must.push(json!({"key": "to", "range": {"gte": ordinal(span.start)}}));
    }
    must.extend(
        audience_filter(query).into_iter().map(|(key, any)| json!({"key": key, "match": {"any": any}})),
    );
    if must.is_empty() {
        return Ok(None);
    }
    serde_json::from_value(json!({ "must": must })).map(Some).map_err(failed)
}

/// The shard asserts its invariants; a damaged file must not take the server down.
fn guarded<T>(work: impl FnOnce() -> Result<T, RetrievalError>) -> Result<T, RetrievalError> {
    let caught = catch_unwind(AssertUnwindSafe(work));
    caught.unwrap_or_else(|_| Err(RetrievalError::Index("the index is damaged".into())))
}

fn failed(error: impl std::fmt::Display) -> RetrievalError {
    RetrievalError::Index(error.to_string())
}
