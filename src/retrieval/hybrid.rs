//! Words and meaning together: both give an order, and reciprocal rank fusion makes one
//! of the two (Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms
//! Condorcet and individual Rank Learning Methods", SIGIR 2009).

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;

use super::corpus::Corpus;
use super::dense::Dense;
use super::{Hit, Query, RetrievalError, Retriever};

/// The constant of the fusion: how little the first places differ from the next.
const K: f32 = 60.0;
/// How many of either order take part, at least.
const POOL: usize = 50;

/// An index by words with vectors beside it.
pub(super) struct Hybrid {
    pub words: Arc<dyn Retriever>,
    pub dense: Arc<Dense>,
    pub corpus: Arc<Corpus>,
}

#[async_trait]
impl Retriever for Hybrid {
    async fn search(&self, query: &Query) -> Result<Vec<Hit>, RetrievalError> {
        let limit = Corpus::limit(query);
        if limit == 0 {
            return Ok(Vec::new());
        }
        let wide = Query { limit: limit.max(POOL), ..query.clone() };
        let (by_words, near) =
            futures::join!(self.words.search(&wide), self.dense.near(query, limit.max(POOL)));
        let mut by_words = by_words?;
        let Some(near) = near else {
            by_words.truncate(limit);
            return Ok(by_words);
        };
        let place: HashMap<&str, usize> =
            self.corpus.documents.iter().enumerate().map(|(at, d)| (d.id.as_str(), at)).collect();
        let worded = by_words.iter().filter_map(|hit| place.get(hit.id.as_str()).copied());
        let mut fused = fuse(&[worded.collect(), near]);
        fused.truncate(limit);
        Ok(self.corpus.hits_in_order(query, fused))
    }

    fn describe(&self) -> String {
        match self.dense.trouble() {
            None => format!("{}; words and embeddings", self.words.describe()),
            Some(_) => self.words.describe(),
        }
    }

    fn notice(&self) -> Option<String> {
        let dense = self.dense.trouble().map(|why| {
            format!("the embeddings endpoint is not used ({why}); the rules are searched by words alone")
        });
        let notices: Vec<String> = self.words.notice().into_iter().chain(dense).collect();
        (!notices.is_empty()).then(|| notices.join("; "))
    }
}

/// One order of several: each gives 1/(60 + rank) to what it holds. Ties in document
/// order.
fn fuse(orders: &[Vec<usize>]) -> Vec<(usize, f32)> {
    let mut scores: HashMap<usize, f32> = HashMap::new();
    for order in orders {
        for (rank, at) in order.iter().enumerate() {
            *scores.entry(*at).or_default() += 1.0 / (K + 1.0 + rank as f32);
        }
    }
    let mut fused: Vec<(usize, f32)> = scores.into_iter().collect();
    fused.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    fused
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_both_find_comes_first() {
        let fused: Vec<usize> = super::fuse(&[vec![7, 3, 9], vec![3, 5]]).into_iter().map(|f| f.0).collect();
        assert_eq!(fused, [3, 7, 5, 9]);
    }
}
