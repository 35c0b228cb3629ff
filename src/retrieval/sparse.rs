//! Text to BM25 sparse vectors, the same for both homes of the index.

use std::collections::BTreeMap;

use qdrant_edge::SparseVector;
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

/// Marks tokens of the name, so that name and text have dimensions of their own. Token
/// numbers of BM25 are below it.
const NAME_BIT: u32 = 1 << 31;
/// What a match in the name weighs, against 1 in the text: a program that is called
/// by its name comes before one whose clauses mention it.
const NAME_WEIGHT: f32 = 3.0;

/// The BM25 models of one corpus: two fields in one sparse vector, each with its own
/// usual length and its own frequencies of words.
pub(super) struct Vectors {
    name: EdgeBm25,
    text: EdgeBm25,
}

impl Vectors {
    /// Models fitted to these pairs of name and text.
    pub fn new(fields: &[(String, String)]) -> Result<Self, RetrievalError> {
        Ok(Self { name: model(fields.iter().map(|f| &f.0))?, text: model(fields.iter().map(|f| &f.1))? })
    }

    pub fn of_document(&self, (name, text): &(String, String)) -> Sparse {
        join(self.name.embed_document(name), self.text.embed_document(text))
    }

    /// Control characters separate words; what is beyond the limit does not count.
    pub fn of_question(&self, text: &str) -> Sparse {
        let clean = |c: char| if c.is_control() { ' ' } else { c };
        let text: String = text.chars().take(QUESTION_CHARS_MAX).map(clean).collect();
        let mut name = self.name.embed_query(&text);
        name.values.iter_mut().for_each(|value| *value = NAME_WEIGHT);
        join(name, self.text.embed_query(&text))
    }
}

/// A model with the average length of these texts. Without texts any length does.
fn model<'t>(texts: impl ExactSizeIterator<Item = &'t String>) -> Result<EdgeBm25, RetrievalError> {
    let count = texts.len().max(1) as f64;
    let words: usize = texts.map(|t| t.split_whitespace().count()).sum();
    let length =
        NotNan::new((words as f64 / count).max(1.0)).map_err(|e| RetrievalError::Index(e.to_string()))?;
    let config = EdgeBm25Config { avg_len: length, ascii_folding: Some(true), ..EdgeBm25Config::default() };
    EdgeBm25::new(config).map_err(|e| RetrievalError::Index(e.to_string()))
}

fn join(name: SparseVector, text: SparseVector) -> Sparse {
    let marked = name.indices.into_iter().map(|i| i | NAME_BIT).zip(name.values);
    // A token may hash to 2^31 itself; it is put beside its neighbour.
    let plain = text.indices.into_iter().map(|i| i & !NAME_BIT).zip(text.values);
    let all: BTreeMap<u32, f32> = plain.chain(marked).collect();
    let (indices, values) = all.into_iter().unzip();
    Sparse { indices, values }
}
