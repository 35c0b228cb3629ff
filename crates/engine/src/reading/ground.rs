//! Grounding.
use crate::company::Company;
use crate::finding::Finding;
use crate::scenario::Draft;

/// A clause that a draft cites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// Program.
    pub program: String,
    /// Version.
    pub version: u32,
    /// Number of the clause.
    pub clause: String,
    /// Its words.
    pub text: String,
}

/// Grounds.
pub fn ground(_draft: &Draft, _question: &str, _cited: &[Cited], _company: &Company) -> Vec<Finding> {
    vec![]
}
