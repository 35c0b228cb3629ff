//! What can be found: the documents of a company, and their vectors and filters in
//! the form both homes of the index store.

use serde::Serialize;
use sha2::{Digest, Sha256};
use spiffcast_engine::catalog::{Partner, Product};
use spiffcast_engine::company::Company;
use spiffcast_engine::programs::{Clause, Program, ProgramVersion};

use super::sparse::{Sparse, Vectors};
use super::{Document, Hit, Kind, Query, RetrievalError, excerpt, ordinal};

/// Layout of the index; a change makes old indexes invisible.
const LAYOUT: u32 = 1;
/// Most hits of one search.
const LIMIT_MAX: usize = 200;

/// Every clause and program version, product, partner, tier and region of a company.
pub fn documents(company: &Company) -> Vec<Document> {
    let mut documents = Vec::new();
    for program in &company.programs {
        for version in &program.versions {
            documents.push(of_version(company, program, version));
            let clauses = version.clauses.iter().map(|clause| of_clause(program, version, clause));
            documents.extend(clauses);
        }
    }
    let catalog = &company.catalog;
    documents.extend(catalog.products.iter().map(of_product));
    documents.extend(catalog.partners.iter().map(of_partner));
    let named = |kind: Kind, noun: &str, name: &str| {
        entry(
            kind,
            format!("{}:{name}", kind.as_str()),
            format!("{name} {noun}"),
            format!("Partners: {name}"),
        )
    };
    documents.extend(catalog.tiers().into_iter().map(|t| named(Kind::Tier, "tier", t)));
    documents.extend(catalog.regions().into_iter().map(|r| named(Kind::Region, "region", r)));
    documents
}

fn entry(kind: Kind, id: String, title: String, text: String) -> Document {
    Document {
        id,
        kind,
        title,
        text,
        program: None,
        version: None,
        clause: None,
        effective: None,
        program_kind: None,
    }
}

fn of_version(company: &Company, program: &Program, version: &ProgramVersion) -> Document {
    let terms = &version.terms;
    let covered = company.catalog.products.iter().filter(|p| {
        // A program that covers everything says nothing about a product.
        !(terms.applies_to.skus.is_empty() && terms.applies_to.families.is_empty())
            && terms.covers(&p.sku, &p.family)
    });
    let covered: Vec<String> = covered.map(|p| format!("{} {}", p.name, p.sku)).collect();
    let text = format!(
        "{} {} {} {} {}",
        program.id,
        terms.kind.as_str(),
        covered.join(", "),
        terms.eligible.tiers.join(" "),
        terms.eligible.regions.join(" ")
    );
    let id = format!("program:{}:{}", program.id, version.version);
    let title = format!("{} v{}", version.name, version.version);
    of_program(entry(Kind::Program, id, title, text), version)
}

fn of_clause(program: &Program, version: &ProgramVersion, clause: &Clause) -> Document {
    let id = format!("clause:{}:{}:{}", program.id, version.version, clause.number);
    let title = format!("{} v{} §{} {}", version.name, version.version, clause.number, clause.heading);
    let document = of_program(entry(Kind::Clause, id, title, clause.text.clone()), version);
    Document { clause: Some(clause.number.clone()), ..document }
}

fn of_program(document: Document, version: &ProgramVersion) -> Document {
    Document {
        program: Some(version.program.clone()),
        version: Some(version.version),
        effective: Some(version.terms.effective),
        program_kind: Some(version.terms.kind),
        ..document
    }
}

fn of_product(product: &Product) -> Document {
    let text = format!("{} {} product family {}", product.sku, product.name, product.family);
    entry(Kind::Product, format!("product:{}", product.sku), product.name.clone(), text)
}

fn of_partner(partner: &Partner) -> Document {
    let text = format!(
        "{} {} {} partner {} {} {}",
        partner.id,
        partner.name,
        partner.partner_type.as_str(),
        partner.tier,
        partner.region,
        partner.country.as_deref().unwrap_or_default()
    );
    entry(Kind::Partner, format!("partner:{}", partner.id), partner.name.clone(), text)
}

/// What filters see of a document: days as numbers, those without dates always in force.
#[derive(Serialize)]
pub(super) struct Fields<'d> {
    pub id: &'d str,
    pub kind: &'static str,
    pub program: &'d str,
    pub from: i64,
    pub to: i64,
}

/// Documents with what is needed to index and search them. The point of a document
/// in either home is its position here.
pub(super) struct Corpus {
    pub documents: Vec<Document>,
    /// Hexadecimal digest of the documents and the layout.
    pub digest: String,
    vectors: Vectors,
}

impl Corpus {
    pub fn new(documents: Vec<Document>) -> Result<Self, RetrievalError> {
        let mut hash = Sha256::new();
        hash.update(LAYOUT.to_le_bytes());
        for document in &documents {
            // Documents are plain data; serde_json cannot fail on them.
            hash.update(serde_json::to_vec(document).unwrap_or_default());
        }
        let digest = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
        let fields: Vec<_> = documents.iter().map(fields).collect();
        let vectors = Vectors::new(&fields)?;
        Ok(Self { documents, digest, vectors })
    }

    /// The vector of a document.
    pub fn vector(&self, document: &Document) -> Sparse {
        self.vectors.of_document(&fields(document))
    }

    /// The vector of a question; `None` where there is nothing to look for.
    pub fn question(&self, query: &Query) -> Option<Sparse> {
        Some(self.vectors.of_question(&query.text)).filter(|v| !v.indices.is_empty())
    }

    /// What filters see of a document.
    pub fn payload(document: &Document) -> Fields<'_> {
        let (from, to) = match document.effective {
            Some(span) => (ordinal(span.start), ordinal(span.end)),
            None => (i64::from(i32::MIN), i64::from(i32::MAX)),
        };
        Fields {
            id: &document.id,
            kind: document.kind.as_str(),
            program: document.program.as_deref().unwrap_or_default(),
            from,
            to,
        }
    }

    /// How many hits to give.
    pub fn limit(query: &Query) -> usize {
        query.limit.min(LIMIT_MAX)
    }

    /// How many points to ask for next, best first, so that ties at the limit are
    /// settled by document order and not by chance; `None` where `found` of `asked`
    /// points already settle it.
    pub fn ask_for(query: &Query, asked: usize, found: &[(usize, f32)]) -> Option<usize> {
        let limit = Self::limit(query);
        if asked == 0 {
            return Some(limit + 50);
        }
        let tied = found.len() == asked && found.last().map(|f| f.1) == found.get(limit - 1).map(|f| f.1);
        tied.then_some(asked * 8)
    }

    /// Hits from points and scores: best first, ties in document order. An index adds
    /// up in the order it was built in, so the last digits of a score mean nothing and
    /// must not decide an order.
    pub fn hits(&self, query: &Query, mut found: Vec<(usize, f32)>) -> Vec<Hit> {
        for (_, score) in &mut found {
            *score = (*score * 1_000.0).round() / 1_000.0;
        }
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found.truncate(Self::limit(query));
        let hit = |(at, score): (usize, f32)| {
            let Document { id, kind, title, text, program, version, clause, effective, .. } =
                self.documents.get(at)?.clone();
            let excerpt = excerpt::excerpt(&text, &query.text);
            Some(Hit { id, kind, title, text, program, version, clause, effective, score, excerpt })
        };
        found.into_iter().filter_map(hit).collect()
    }
}

/// Name and text of a document. The text repeats the name, so that words split over
/// both still meet; programs are also known by their id with its words apart.
fn fields(document: &Document) -> (String, String) {
    let program = document.program.as_deref().unwrap_or_default().replace(['-', '_'], " ");
    (format!("{} {program}", document.title), format!("{} {}", document.title, document.text))
}
