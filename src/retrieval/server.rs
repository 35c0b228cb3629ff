//! A Qdrant server as the home of the index: a collection named by the digest of its
//! documents, and an alias that moves to it once it is complete. Whatever goes wrong
//! there, the embedded index answers and the description says so.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use qdrant_client::qdrant::point_id::PointIdOptions;
use qdrant_client::qdrant::{
    Condition, CountPointsBuilder, CreateAliasBuilder, CreateCollectionBuilder,
    CreateFieldIndexCollectionBuilder, FieldType, Filter, Modifier, NamedVectors, PointStruct,
    Query as ServerQuery, QueryPointsBuilder, Range, SparseVectorParamsBuilder, SparseVectorsConfigBuilder,
    UpsertPointsBuilder, Vector, VectorInput,
};
use qdrant_client::{Payload, Qdrant};

use super::corpus::{Corpus, audience_filter};
use super::embedded::Embedded;
use super::sparse::Sparse;
use super::{Document, Hit, Query, RetrievalError, Retriever, ordinal};
use crate::config::QdrantSettings;

const VECTOR: &str = "text";
const ALIAS: &str = "spiffcast";
const BATCH: usize = 500;
const TIMEOUT: Duration = Duration::from_secs(5);

/// The server while it answers, else the embedded index.
pub(super) struct WithFallback {
    server: Result<Server, String>,
    embedded: Embedded,
    url: String,
    /// Why the last search was not answered by the server.
    trouble: Mutex<Option<String>>,
}

impl WithFallback {
    /// Connects and indexes; a failure is remembered, not returned.
    pub async fn open(corpus: Arc<Corpus>, settings: &QdrantSettings, embedded: Embedded) -> Self {
        let server = Server::open(corpus, settings).await.map_err(|e| plain(&e, &settings.url));
        Self { server, embedded, url: settings.url.clone(), trouble: Mutex::new(None) }
    }

    fn remember(&self, trouble: Option<String>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }
}

#[async_trait]
impl Retriever for WithFallback {
    async fn search(&self, query: &Query) -> Result<Vec<Hit>, RetrievalError> {
        if let Ok(server) = &self.server {
            match server.search(query).await {
                Ok(hits) => {
                    self.remember(None);
                    return Ok(hits);
                }
                Err(e) => self.remember(Some(plain(&e, &self.url))),
            }
        }
        self.embedded.search(query).await
    }

    fn describe(&self) -> String {
        match self.notice() {
            None => format!("Qdrant server at {}", shown_url(&self.url)),
            Some(_) => self.embedded.describe(),
        }
    }

    fn notice(&self) -> Option<String> {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let why = self.server.as_ref().err().cloned().or(trouble)?;
        Some(format!(
            "the Qdrant server at {} is not used ({why}); the built-in index answers",
            shown_url(&self.url)
        ))
    }
}

/// An error in a sentence, without the address, which may hold credentials, and
/// without the transport's own details.
fn plain(error: &RetrievalError, url: &str) -> String {
    let text = error.to_string().replace(url.trim_end_matches('/'), &shown_url(url));
    let ends = ["MetadataMap", ": tonic::"].into_iter().filter_map(|details| text.find(details));
    let end = ends.min().unwrap_or(text.len());
    text[..end].trim().to_owned()
}

/// Without credentials, path and query.
pub(super) fn shown_url(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    format!("{scheme}://{}", host.rsplit('@').next().unwrap_or_default())
}

struct Server {
    client: Qdrant,
    corpus: Arc<Corpus>,
    collection: String,
}

impl Server {
    async fn open(corpus: Arc<Corpus>, settings: &QdrantSettings) -> Result<Self, RetrievalError> {
        let config = Qdrant::from_url(&settings.url).timeout(TIMEOUT).connect_timeout(TIMEOUT);
        let config = match &settings.api_key {
            Some(key) => config.api_key(key.expose()),
            None => config,
        };
        let client = config.skip_compatibility_check().build().map_err(failed)?;
        let collection = format!("{ALIAS}-{}", &corpus.digest[..32]);
        let server = Self { client, corpus, collection };
        if !server.is_complete().await? {
            server.index().await?;
        }
        server.point_alias().await?;
        Ok(server)
    }

    async fn is_complete(&self) -> Result<bool, RetrievalError> {
        if !self.client.collection_exists(&self.collection).await.map_err(failed)? {
            return Ok(false);
        }
        let count =
            self.client.count(CountPointsBuilder::new(&self.collection).exact(true)).await.map_err(failed)?;
        Ok(count.result.is_some_and(|r| r.count == self.corpus.documents.len() as u64))
    }

    /// Fills the collection. Points have fixed numbers, so that two processes that do
    /// this at once, or one that was cut off, end with the same points.
    async fn index(&self) -> Result<(), RetrievalError> {
        if !self.client.collection_exists(&self.collection).await.map_err(failed)? {
            let mut sparse = SparseVectorsConfigBuilder::default();
            let idf = SparseVectorParamsBuilder::default().modifier(Modifier::Idf);
            sparse.add_named_vector_params(VECTOR, idf);
            let create = CreateCollectionBuilder::new(&self.collection).sparse_vectors_config(sparse);
            self.client.create_collection(create).await.map_err(failed)?;
        }
        for (field, kind) in [
            ("kind", FieldType::Keyword),
            ("program", FieldType::Keyword),
            ("from", FieldType::Integer),
            ("to", FieldType::Integer),
            ("tiers", FieldType::Keyword),
            ("regions", FieldType::Keyword),
            ("partner_types", FieldType::Keyword),
        ] {
            let create = CreateFieldIndexCollectionBuilder::new(&self.collection, field, kind).wait(true);
            self.client.create_field_index(create).await.map_err(failed)?;
        }
        let points = self.points();
        for batch in points.chunks(BATCH) {
            let upsert = UpsertPointsBuilder::new(&self.collection, batch.to_vec()).wait(true);
            self.client.upsert_points(upsert).await.map_err(failed)?;
        }
        Ok(())
    }

    fn points(&self) -> Vec<PointStruct> {
        let point = |(at, document): (usize, &Document)| {
            let Sparse { indices, values } = self.corpus.vector(document);
            let vectors = NamedVectors::default().add_vector(VECTOR, Vector::new_sparse(indices, values));
            PointStruct::new(at as u64, vectors, payload(document))
        };
        self.corpus.documents.iter().enumerate().map(point).collect()
    }

    /// The alias is for people and other tools; searches name the collection, so that
    /// a move under a running server cannot mix up its documents. It moves in one step,
    /// once the new collection is complete, so that it always leads to one; only then is
    /// the collection that it left removed.
    async fn point_alias(&self) -> Result<(), RetrievalError> {
        let before = self.aliased().await?;
        if before.as_deref() == Some(&self.collection) {
            return Ok(());
        }
        // A server sets an alias that exists to its new collection.
        self.client.create_alias(CreateAliasBuilder::new(&self.collection, ALIAS)).await.map_err(failed)?;
        if self.aliased().await?.as_deref() != Some(&self.collection) {
            return Err(failed(format!("the alias {ALIAS} does not move to {}", self.collection)));
        }
        if let Some(old) = before.filter(|name| name.starts_with(ALIAS)) {
            self.client.delete_collection(old).await.map_err(failed)?;
        }
        Ok(())
    }

    /// The collection that the alias leads to.
    async fn aliased(&self) -> Result<Option<String>, RetrievalError> {
        let aliases = self.client.list_aliases().await.map_err(failed)?.aliases;
        Ok(aliases.into_iter().find(|a| a.alias_name == ALIAS).map(|a| a.collection_name))
    }

    async fn search(&self, query: &Query) -> Result<Vec<Hit>, RetrievalError> {
        let (Some(vector), 1..) = (self.corpus.question(query), Corpus::limit(query)) else {
            return Ok(Vec::new());
        };
        let (mut asked, mut found) = (0, Vec::new());
        while let Some(count) = Corpus::ask_for(query, asked, &found) {
            asked = count;
            found = self.points_near(&vector, query, asked).await?;
        }
        Ok(self.corpus.hits(query, found))
    }

    async fn points_near(
        &self,
        vector: &Sparse,
        query: &Query,
        count: usize,
    ) -> Result<Vec<(usize, f32)>, RetrievalError> {
        let vector = VectorInput::new_sparse(vector.indices.clone(), vector.values.clone());
        let request = QueryPointsBuilder::new(&self.collection)
            .query(ServerQuery::new_nearest(vector))
            .using(VECTOR)
            .filter(filter(query))
            .limit(count as u64)
            .with_payload(false);
        let response = self.client.query(request).await.map_err(failed)?;
        let found = response.result.into_iter().filter_map(|point| match point.id?.point_id_options? {
            PointIdOptions::Num(at) => Some((usize::try_from(at).ok()?, point.score)),
            PointIdOptions::Uuid(_) => None,
        });
        Ok(found.collect())
    }
}

/// The same fields as in the embedded index.
fn payload(document: &Document) -> Payload {
    let fields = Corpus::payload(document);
    let mut payload = Payload::new();
    payload.insert("id", fields.id);
    payload.insert("kind", fields.kind);
    payload.insert("program", fields.program);
    payload.insert("from", fields.from);
    payload.insert("to", fields.to);
    payload.insert("tiers", fields.tiers);
    payload.insert("regions", fields.regions);
    payload.insert("partner_types", fields.partner_types);
    payload
}

fn filter(query: &Query) -> Filter {
    let mut must = Vec::new();
    if !query.kinds.is_empty() {
        let kinds: Vec<String> = query.kinds.iter().map(|k| k.as_str().to_owned()).collect();
        must.push(Condition::matches("kind", kinds));
    }
    if !query.programs.is_empty() {
        must.push(Condition::matches("program", query.programs.clone()));
    }
    if let Some(span) = query.in_force_on {
        let at_most = Range { lte: Some(ordinal(span.end) as f64), ..Range::default() };
        let at_least = Range { gte: Some(ordinal(span.start) as f64), ..Range::default() };
        must.push(Condition::range("from", at_most));
        must.push(Condition::range("to", at_least));
    }
    must.extend(audience_filter(query).into_iter().map(|(key, any)| Condition::matches(key, any)));
    Filter::must(must)
}

fn failed(error: impl std::fmt::Display) -> RetrievalError {
    RetrievalError::Server(error.to_string())
}

#[cfg(test)]
mod tests {
    #[test]
    fn shown_urls_hold_no_secret() {
        assert_eq!(super::shown_url("https://user:pass@q.example:6334/x?key=1"), "https://q.example:6334");
        assert_eq!(super::shown_url("localhost:6334"), "http://localhost:6334");
    }
}
