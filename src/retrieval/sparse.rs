//! Text to BM25 sparse vectors, the same for both homes of the index.

use qdrant_edge::bm25_embed::{EdgeBm25, EdgeBm25Config};
use qdrant_edge::external::ordered_float::NotNan;

use super::RetrievalError;

/// Characters of a question that count.
const QUESTION_CHARS_MAX: usize = 4_000;

/// A sparse vector: token numbers and weights, of equal length.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sparse {
    pub indices: Vec<u32>,
    pub values: Vec<f32>,
}

/// The BM25 model of one corpus.
pub(super) struct Vectors {
    model: EdgeBm25,
}

impl Vectors {
    /// A model with the average length of these texts. Without texts any length does.
    pub fn new(texts: impl ExactSizeIterator<Item = String>) -> Result<Self, RetrievalError> {
        let count = texts.len().max(1) as f64;
        let words: usize = texts.map(|t| t.split_whitespace().count()).sum();
        let length =
            NotNan::new((words as f64 / count).max(1.0)).map_err(|e| RetrievalError::Index(e.to_string()))?;
        let config =
            EdgeBm25Config { avg_len: length, ascii_folding: Some(true), ..EdgeBm25Config::default() };
        let model = EdgeBm25::new(config).map_err(|e| RetrievalError::Index(e.to_string()))?;
        Ok(Self { model })
    }

    pub fn of_document(&self, text: &str) -> Sparse {
        let vector = self.model.embed_document(text);
        Sparse { indices: vector.indices, values: vector.values }
    }

    /// Control characters separate words; what is beyond the limit does not count.
    pub fn of_question(&self, text: &str) -> Sparse {
        let clean = |c: char| if c.is_control() { ' ' } else { c };
        let text: String = text.chars().take(QUESTION_CHARS_MAX).map(clean).collect();
        let vector = self.model.embed_query(&text);
        Sparse { indices: vector.indices, values: vector.values }
    }
}
