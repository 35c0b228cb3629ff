//! Vectors of texts from any OpenAI-compatible endpoint. What comes back is numbers,
//! checked for their count and shape and for nothing else; the search decides what they
//! are worth. Keeps nothing and logs nothing.

use std::time::Duration;

use async_openai::Client;
use async_openai::config::{OPENAI_API_BASE, OpenAIConfig};
use serde::Deserialize;
use serde_json::json;

use super::transport::Transport;
use crate::config::EmbeddingSettings;

/// Texts of one request.
const BATCH: usize = 64;
/// Longest text that is sent, in characters; what is beyond is cut.
const TEXT_CHARS_MAX: usize = 8_000;
/// Numbers of one vector at most; the longest models in use give 4,096.
const DIMENSIONS_MAX: usize = 16_384;
/// Longest reply, in bytes: a batch of vectors of 4,096 numbers, written out, takes 6 MB.
const REPLY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A connected endpoint for vectors.
#[derive(Debug, Clone)]
pub struct Embeddings {
    client: Client<OpenAIConfig>,
    model: String,
    limit: Duration,
}

/// Why there are no vectors. The search by words goes on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmbeddingError {
    /// Nothing came in time.
    #[error("it did not answer within {0} s")]
    TimedOut(u64),
    /// It refused or broke off. What it said may repeat what it was sent.
    #[error("it could not be reached or refused the request")]
    Endpoint,
    /// Not one vector of the same length for each text.
    #[error("its reply does not hold one vector a text")]
    Unusable,
}

/// What is read of a reply: servers differ in the rest.
#[derive(Deserialize)]
struct Reply {
    data: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    index: Option<usize>,
    embedding: Vec<f32>,
}

impl Embeddings {
    /// Prepares the client; connects to nothing yet. Everything is set here, so that
    /// nothing is taken from the environment unseen.
    pub fn connect(settings: &EmbeddingSettings) -> Self {
        let config = OpenAIConfig::new()
            .with_api_key(settings.api_key.expose())
            .with_api_base(settings.base_url.as_deref().unwrap_or(OPENAI_API_BASE).trim_end_matches('/'))
            .with_org_id("")
            .with_project_id("");
        Self {
            client: Client::with_config(config).with_http_service(Transport::new(REPLY_BYTES_MAX)),
            model: settings.model.clone(),
            limit: settings.time_limit,
        }
    }

    /// A vector for each text, all of one length, in the order of the texts. The time
    /// limit holds for each request of at most 64 texts.
    ///
    /// # Errors
    /// [`EmbeddingError`] with the first request that fails; what came before is lost.
    pub async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbeddingError> {
        let mut vectors: Vec<Vec<f32>> = Vec::with_capacity(texts.len());
        for batch in texts.chunks(BATCH) {
            let got = tokio::time::timeout(self.limit, self.request(batch)).await;
            vectors.extend(got.map_err(|_| EmbeddingError::TimedOut(self.limit.as_secs()))??);
        }
        let length = vectors.first().map_or(0, Vec::len);
        let sound = |v: &Vec<f32>| v.len() == length && v.iter().all(|x| x.is_finite());
        let usable = vectors.len() == texts.len() && length <= DIMENSIONS_MAX && vectors.iter().all(sound);
        if usable && (length > 0 || texts.is_empty()) { Ok(vectors) } else { Err(EmbeddingError::Unusable) }
    }

    async fn request(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbeddingError> {
        let cut = |text: &String| text.chars().take(TEXT_CHARS_MAX).collect::<String>();
        let input: Vec<String> = texts.iter().map(cut).collect();
        let body = json!({"model": self.model, "input": input, "encoding_format": "float"});
        let embeddings = self.client.embeddings();
        let reply: Reply = embeddings.create_byot(body).await.map_err(|error| match error {
            async_openai::error::OpenAIError::JSONDeserialize(..) => EmbeddingError::Unusable,
            _ => EmbeddingError::Endpoint,
        })?;
        if reply.data.len() != texts.len() {
            return Err(EmbeddingError::Unusable);
        }
        let mut rows: Vec<(usize, Vec<f32>)> =
            reply.data.into_iter().enumerate().map(|(at, r)| (r.index.unwrap_or(at), r.embedding)).collect();
        rows.sort_by_key(|(index, _)| *index);
        let each_once = rows.iter().enumerate().all(|(at, (index, _))| at == *index);
        if each_once { Ok(rows.into_iter().map(|(_, v)| v).collect()) } else { Err(EmbeddingError::Unusable) }
    }
}
