//! What can be found: the documents of a company, and their vectors and filters in
//! the form both homes of the index store.

use std::collections::BTreeSet;

use serde::Serialize;
use sha2::{Digest, Sha256};
use spiffcast_engine::catalog::{Partner, Product};
use spiffcast_engine::company::Company;
use spiffcast_engine::programs::terms::ProgramKind;
use spiffcast_engine::programs::{Clause, Program, ProgramVersion};

use super::sparse::{Fields, Sparse, Topic, Vectors};
use super::vocabulary::{self, Vocabulary};
use super::{Audience, Document, Hit, Kind, Query, RetrievalError, excerpt, ordinal};

/// Layout of the index; a change makes old indexes invisible.
const LAYOUT: u32 = 2;
/// Most hits of one search.
const LIMIT_MAX: usize = 200;

/// Every clause and program version, product, partner, tier and region of a company.
pub fn documents(company: &Company) -> Vec<Document> {
    let mut documents = Vec::new();
    for program in &company.programs {
        for version in &program.versions {
            documents.push(of_version(company, program, version));
            let about = about(company, version);
            let clauses = version.clauses.iter().map(|clause| of_clause(program, version, clause, &about));
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
        about: String::new(),
        audience: Audience::default(),
    }
}

fn of_version(company: &Company, program: &Program, version: &ProgramVersion) -> Document {
    let terms = &version.terms;
    let text = format!(
        "{} {} {} {} {}",
        program.id,
        terms.kind.as_str(),
        covered(company, version).join(", "),
        terms.eligible.tiers.join(" "),
        terms.eligible.regions.join(" ")
    );
    let id = format!("program:{}:{}", program.id, version.version);
    let title = format!("{} v{}", version.name, version.version);
    of_program(entry(Kind::Program, id, title, text), version)
}

/// The products that a version names or whose family it names.
fn covered(company: &Company, version: &ProgramVersion) -> Vec<String> {
    let terms = &version.terms;
    let covered = company.catalog.products.iter().filter(|p| {
        // A program that covers everything says nothing about a product.
        !(terms.applies_to.skus.is_empty() && terms.applies_to.families.is_empty())
            && terms.covers(&p.sku, &p.family)
    });
    covered.map(|p| format!("{} {}", p.name, p.sku)).collect()
}

fn of_clause(program: &Program, version: &ProgramVersion, clause: &Clause, about: &str) -> Document {
    let id = format!("clause:{}:{}:{}", program.id, version.version, clause.number);
    let title = format!("{} v{} §{} {}", version.name, version.version, clause.number, clause.heading);
    let document = of_program(entry(Kind::Clause, id, title, clause.text.clone()), version);
    Document { clause: Some(clause.number.clone()), about: about.to_owned(), ..document }
}

/// What holds for every clause of a version: what it covers, whom, and what such
/// programs are called.
fn about(company: &Company, version: &ProgramVersion) -> String {
    let audience = audience(version);
    let kind = match version.terms.kind {
        ProgramKind::Spiff => "spiff spif incentive bonus",
        ProgramKind::Rebate => "rebate bonus incentive",
        ProgramKind::Commission => "commission fee bonus incentive",
        ProgramKind::Mdf => "mdf market development fund co-op marketing money",
        ProgramKind::Growth => "growth rebate bonus incentive",
    };
    let words = [covered(company, version), audience.regions, audience.partner_types].concat();
    format!("{kind} {}", words.join(" "))
}

fn audience(version: &ProgramVersion) -> Audience {
    let eligible = &version.terms.eligible;
    Audience {
        tiers: eligible.tiers.clone(),
        regions: eligible.regions.clone(),
        partner_types: eligible.partner_types.iter().map(|t| t.as_str().to_owned()).collect(),
    }
}

fn of_program(document: Document, version: &ProgramVersion) -> Document {
    Document {
        program: Some(version.program.clone()),
        version: Some(version.version),
        effective: Some(version.terms.effective),
        program_kind: Some(version.terms.kind),
        audience: audience(version),
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
pub(super) struct Filtered<'d> {
    pub id: &'d str,
    pub kind: &'static str,
    pub program: &'d str,
    pub from: i64,
    pub to: i64,
    pub tiers: Vec<&'d str>,
    pub regions: Vec<&'d str>,
    pub partner_types: Vec<&'d str>,
}

/// In the place of a list: whoever it is may take part.
pub(super) const ANYONE: &str = "*";

/// The lists of a query's audience by the field that they are compared with; empty
/// lists let everything pass. What is open to anyone is open to these.
pub(super) fn audience_filter(query: &Query) -> Vec<(&'static str, Vec<String>)> {
    let Audience { tiers, regions, partner_types } = &query.audience;
    let fields = [("tiers", tiers), ("regions", regions), ("partner_types", partner_types)];
    let asked = fields.into_iter().filter(|(_, names)| !names.is_empty());
    asked.map(|(field, names)| (field, [names.as_slice(), &[ANYONE.to_owned()]].concat())).collect()
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
        let titles = |kind: Kind| documents.iter().filter(move |d| d.kind == kind).map(|d| d.title.as_str());
        // Titles of tiers and regions end with that word.
        let tiers = titles(Kind::Tier).filter_map(|t| t.strip_suffix(" tier"));
        let regions = titles(Kind::Region).filter_map(|t| t.strip_suffix(" region"));
        let skus = documents.iter().filter_map(|d| d.id.strip_prefix("product:"));
        let vocabulary = Vocabulary::new(tiers, regions, titles(Kind::Product).chain(skus));
        let programs: BTreeSet<_> = titles(Kind::Program).map(|t| vocabulary::words(called(t))).collect();
        let vectors = Vectors::new(&fields, vocabulary, programs.into_iter().collect())?;
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
    pub fn payload(document: &Document) -> Filtered<'_> {
        let (from, to) = match document.effective {
            Some(span) => (ordinal(span.start), ordinal(span.end)),
            None => (i64::from(i32::MIN), i64::from(i32::MAX)),
        };
        let Audience { tiers, regions, partner_types } = &document.audience;
        Filtered {
            id: &document.id,
            kind: document.kind.as_str(),
            program: document.program.as_deref().unwrap_or_default(),
            from,
            to,
            tiers: open(tiers),
            regions: open(regions),
            partner_types: open(partner_types),
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
        self.hits_in_order(query, found)
    }

    /// Whether a document passes the filters of a query, as both homes apply them.
    pub fn passes(document: &Document, query: &Query) -> bool {
        let seen = Self::payload(document);
        let among = |names: &[String], name: &str| names.is_empty() || names.iter().any(|n| n == name);
        let in_force = query
            .in_force_on
            .is_none_or(|span| seen.from <= ordinal(span.end) && seen.to >= ordinal(span.start));
        let open_to = audience_filter(query).into_iter().all(|(field, any)| {
            let names = match field {
                "tiers" => &seen.tiers,
                "regions" => &seen.regions,
                _ => &seen.partner_types,
            };
            names.iter().any(|name| any.iter().any(|a| a == name))
        });
        (query.kinds.is_empty() || query.kinds.contains(&document.kind))
            && among(&query.programs, seen.program)
            && in_force
            && open_to
    }

    /// The documents at these places with their scores, in this order.
    pub fn hits_in_order(&self, query: &Query, found: Vec<(usize, f32)>) -> Vec<Hit> {
        let topic = self.vectors.topic(&query.text);
        found.into_iter().filter_map(|(at, score)| self.hit(query, &topic, at, score)).collect()
    }

    fn hit(&self, query: &Query, topic: &Topic, at: usize, score: f32) -> Option<Hit> {
        let document = self.documents.get(at)?;
        let share = topic.share_in(&self.vector(document));
        let Document { id, kind, title, text, program, version, clause, effective, .. } = document.clone();
        let excerpt = excerpt::excerpt(&text, &query.text);
        Some(Hit { id, kind, title, text, program, version, clause, effective, score, share, excerpt })
    }
}

/// The words of a document. The text repeats the name, so that words split over both
/// still meet; programs are also known by their id with its words apart.
fn fields(document: &Document) -> Fields {
    let program = document.program.as_deref().unwrap_or_default().replace(['-', '_'], " ");
    let name = format!("{} {program}", document.title);
    let text = format!("{} {}", document.title, document.text);
    let plain = Fields { name, text, about: document.about.clone(), ..Fields::default() };
    match (document.kind, document.title.rsplit_once('§')) {
        (Kind::Clause, Some((program, heading))) => Fields {
            program: called(program).to_owned(),
            heading: heading.to_owned(),
            rule: document.text.clone(),
            ..plain
        },
        _ => plain,
    }
}

/// A list of an audience as filters see it.
fn open(names: &[String]) -> Vec<&str> {
    if names.is_empty() { vec![ANYONE] } else { names.iter().map(String::as_str).collect() }
}

/// The name of a program in a title: what stands before the version.
fn called(title: &str) -> &str {
    title.rsplit_once(" v").map_or(title, |(name, _)| name)
}
