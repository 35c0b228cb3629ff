//! Text to BM25 sparse vectors, the same for both homes of the index. Four parts in
//! one vector: the name (program and heading), the text, what holds for the whole
//! program, and the meanings that rules share with questions in other words
//! ([`super::vocabulary`]).

use std::collections::{BTreeMap, HashMap};

use qdrant_edge::SparseVector;
use qdrant_edge::bm25_embed::{EdgeBm25, EdgeBm25Config};
use qdrant_edge::external::ordered_float::NotNan;

use super::RetrievalError;
use super::vocabulary::{self, Found, Vocabulary};

/// Characters of a question that count.
const QUESTION_CHARS_MAX: usize = 4_000;

/// A sparse vector: token numbers and weights, of equal length.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sparse {
    pub indices: Vec<u32>,
    pub values: Vec<f32>,
}

/// The words of a document, by the part they play.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields {
    /// What it is called.
    pub name: String,
    /// What it says, with its name.
    pub text: String,
    /// Of clauses: the name of the program, whose meanings they share.
    pub program: String,
    /// Of clauses: the heading.
    pub heading: String,
    /// Of clauses: what it says and nothing else.
    pub rule: String,
    /// What holds for the whole program: products, partners, kind.
    pub about: String,
}

/// Mark the part of a document that a token stands in, so that each part has dimensions
/// and frequencies of its own. The text has neither; meanings have the lowest numbers.
const NAME_BIT: u32 = 1 << 31;
const ABOUT_BIT: u32 = 1 << 30;
const TOKEN: u32 = ABOUT_BIT - 1;
/// What a match in the name weighs, against 1 in the text: a program that is called
/// by its name comes before one whose clauses mention it.
const NAME_WEIGHT: f32 = 3.0;
/// What a shared meaning weighs, against 1 for a shared word.
const MEANING_WEIGHT: f32 = 2.0;
/// How much of a meaning the name of a program gives to its clauses, the heading to what
/// stands under it, and the text to itself.
const MEANT_BY_NAME: f32 = 0.3;
const MEANT_BY_HEADING: f32 = 0.6;
const MEANT_BY_TEXT: f32 = 1.0;
/// What is left of a meaning that stands in the name of a program.
const CALLED: f32 = 0.5;

/// The BM25 models of one corpus: each part has its own usual length.
pub(super) struct Vectors {
    name: EdgeBm25,
    text: EdgeBm25,
    vocabulary: Vocabulary,
    /// Names of programs, in words.
    programs: Vec<Vec<String>>,
    /// In how many documents a dimension occurs.
    frequencies: HashMap<u32, u32>,
    documents: usize,
}

impl Vectors {
    /// Models fitted to these documents.
    pub fn new(
        fields: &[Fields],
        vocabulary: Vocabulary,
        programs: Vec<Vec<String>>,
    ) -> Result<Self, RetrievalError> {
        let name = model(fields.iter().map(|f| &f.name))?;
        let text = model(fields.iter().map(|f| &f.text))?;
        let (frequencies, documents) = (HashMap::new(), fields.len());
        let mut vectors = Self { name, text, vocabulary, programs, frequencies, documents };
        for field in fields {
            for index in vectors.of_document(field).indices {
                *vectors.frequencies.entry(index).or_default() += 1;
            }
        }
        Ok(vectors)
    }

    pub fn of_document(&self, fields: &Fields) -> Sparse {
        let mut all: BTreeMap<u32, f32> = BTreeMap::new();
        all.extend(marked(self.name.embed_document(&fields.name), NAME_BIT));
        all.extend(marked(self.text.embed_document(&fields.text), 0));
        all.extend(marked(self.name.embed_query(&fields.about), ABOUT_BIT));
        let parts = [
            (&fields.program, MEANT_BY_NAME),
            (&fields.heading, MEANT_BY_HEADING),
            (&fields.rule, MEANT_BY_TEXT),
        ];
        for (words, weight) in parts {
            let meant = self.vocabulary.meanings(&vocabulary::words(words));
            all.extend(meant.into_iter().map(|found| (found.meaning, weight)));
        }
        sparse(all)
    }

    /// Control characters separate words; what is beyond the limit does not count.
    pub fn of_question(&self, text: &str) -> Sparse {
        let Asked { words, meant, called } = self.asked(text);
        // "5%" is an amount; the 5 must not find §5.
        let amount = |at: usize| words.get(at + 1).is_some_and(|next| next == "percent");
        let counts = |(at, word): &(usize, &String)| !vocabulary::is_filler(word) && !amount(*at);
        let told: Vec<&str> =
            words.iter().enumerate().filter(counts).map(|(_, word)| word.as_str()).collect();
        let told = told.join(" ");
        let mut all: BTreeMap<u32, f32> = BTreeMap::new();
        all.extend(marked(self.name.embed_query(&told), NAME_BIT).map(|(i, _)| (i, NAME_WEIGHT)));
        all.extend(marked(self.text.embed_query(&told), 0));
        all.extend(marked(self.name.embed_query(&told), ABOUT_BIT));
        for found in meant {
            let in_name = found.words.clone().all(|at| called[at]);
            let weight = all.entry(found.meaning).or_default();
            *weight = weight.max(if in_name { MEANING_WEIGHT * CALLED } else { MEANING_WEIGHT });
        }
        sparse(all)
    }

    fn asked(&self, text: &str) -> Asked {
        let clean = |c: char| if c.is_control() { ' ' } else { c };
        let text: String = text.chars().take(QUESTION_CHARS_MAX).map(clean).collect();
        let words = vocabulary::words(&text);
        let called = vocabulary::called(&words, &self.programs);
        let meant = self.vocabulary.meanings(&words);
        Asked { words, meant, called }
    }

    /// What a question asks about besides the names of programs.
    pub fn topic(&self, text: &str) -> Topic {
        let Asked { words, meant, called } = self.asked(text);
        let mut parts = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let here: Vec<&Found> = meant.iter().filter(|f| f.words.contains(&at)).collect();
            // A phrase counts once, at its first word.
            let later = here.iter().any(|f| f.words.start != at);
            if called[at] || later || (here.is_empty() && vocabulary::is_no_topic(word)) {
                continue;
            }
            let meanings: Vec<u32> = here.iter().map(|f| f.meaning).collect();
            let own: Vec<u32> = marked(self.text.embed_query(word), 0).map(|(i, _)| i).collect();
            // What the field says in many ways weighs as the meaning does, not as the
            // rare word that was chosen for it. A stop word weighs nothing.
            let weighed = if meanings.is_empty() { &own } else { &meanings };
            let weight = weighed.iter().map(|i| self.rarity(*i)).fold(0.0, f32::max);
            let elsewhere = self.name.embed_query(word);
            let named =
                marked(elsewhere.clone(), NAME_BIT).chain(marked(elsewhere, ABOUT_BIT)).map(|(i, _)| i);
            parts.push(Part { weight, any: meanings.into_iter().chain(own).chain(named).collect() });
        }
        Topic { parts }
    }

    /// How much a dimension tells documents apart: the inverse frequency of BM25.
    fn rarity(&self, index: u32) -> f32 {
        let (all, with) =
            (self.documents as f32, self.frequencies.get(&index).copied().unwrap_or_default() as f32);
        ((all - with + 0.5) / (with + 0.5)).ln_1p()
    }
}

/// The words of a question, the meanings in them, and which words call a program by name.
struct Asked {
    words: Vec<String>,
    meant: Vec<Found>,
    called: Vec<bool>,
}

/// What a question asks about, word by word.
pub(super) struct Topic {
    parts: Vec<Part>,
}

struct Part {
    weight: f32,
    /// Dimensions any of which answers it.
    any: Vec<u32>,
}

impl Topic {
    /// Which share of what is asked about a document speaks of, 0 to 1. A question that
    /// holds nothing but a name is answered by whatever was found.
    pub fn share_in(&self, document: &Sparse) -> f32 {
        let asked: f32 = self.parts.iter().map(|p| p.weight).sum();
        if asked <= 0.0 {
            return 1.0;
        }
        let holds = |part: &&Part| part.any.iter().any(|i| document.indices.binary_search(i).is_ok());
        self.parts.iter().filter(holds).map(|p| p.weight).fold(0.0, |sum, weight| sum + weight) / asked
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

/// Tokens with the mark of their part. The few that lose a bit of their number to it
/// share a dimension with another word.
fn marked(tokens: SparseVector, part: u32) -> impl Iterator<Item = (u32, f32)> {
    tokens.indices.into_iter().map(move |i| (i & TOKEN) | part).zip(tokens.values)
}

fn sparse(all: BTreeMap<u32, f32>) -> Sparse {
    let (indices, values) = all.into_iter().unzip();
    Sparse { indices, values }
}
