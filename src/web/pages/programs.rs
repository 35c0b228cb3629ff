//! The rules: all programs with a search over their clauses, one with what it cost and
//! returned, one version with its terms and clauses, each clause with an address of its
//! own, and two versions side by side.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Deserialize;
use spiffcast_engine::calendar::Month;
use spiffcast_engine::company::Company;
use spiffcast_engine::programs::{Program, ProgramVersion};

use crate::app::examples;
use crate::app::port::AskRequest;
use crate::app::programs::{ClauseFound, ClauseQuery};
use crate::reports::format;
use crate::web::errors::{Failure, page};
use crate::web::layout::{AskBox, Layout};
use crate::web::view::accuracy::{self, EventLine};
use crate::web::view::changes::{self, Changes};
use crate::web::view::program::{self as record_view, Record};
use crate::web::view::question::clause_link;
use crate::web::view::terms::{self, TermLine};
use crate::web::visitor::Here;

#[derive(Template)]
#[template(path = "programs/list.html")]
struct ListPage {
    layout: Layout,
    search: Search,
    programs: Vec<ProgramLine>,
    today: String,
    year: String,
}

struct ProgramLine {
    id: String,
    name: String,
    kind: &'static str,
    rate: String,
    products: String,
    effective: String,
    state: &'static str,
    versions: usize,
    booked: String,
}

#[derive(Template)]
#[template(path = "programs/program.html")]
struct ProgramPage {
    layout: Layout,
    ask: AskBox,
    examples: Vec<String>,
    search: Search,
    id: String,
    name: String,
    about: String,
    versions: Vec<VersionLine>,
    /// `None` while it is being worked out.
    record: Option<Record>,
    past: Vec<EventLine>,
    /// Whether past changes were ever forecast again.
    past_known: bool,
}

struct VersionLine {
    version: u32,
    effective: String,
    rate: String,
    state: &'static str,
    clauses: usize,
    /// The version before it.
    before: Option<u32>,
}

#[derive(Template)]
#[template(path = "programs/version.html")]
struct VersionPage {
    layout: Layout,
    id: String,
    name: String,
    version: u32,
    kind: &'static str,
    state: &'static str,
    effective: String,
    terms: Vec<TermLine>,
    sections: Vec<Section>,
    others: Vec<u32>,
    before: Option<u32>,
    file: String,
    digest: String,
}

/// Clauses under one heading.
pub struct Section {
    /// The heading.
    pub heading: String,
    /// Number and words.
    pub clauses: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "programs/changes.html")]
struct ChangesPage {
    layout: Layout,
    id: String,
    name: String,
    versions: Vec<u32>,
    from: VersionLine,
    to: VersionLine,
    changes: Changes,
}

/// What the address looks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    all: Option<String>,
}

/// A search for clauses and what it found.
#[derive(Default)]
struct Search {
    text: String,
    every_version: bool,
    /// The program that is searched; empty for all.
    program: String,
    found: Vec<ClauseLine>,
    /// Whether the first of them answers, or is only the nearest there is.
    answers: bool,
}

struct ClauseLine {
    program: String,
    place: String,
    link: String,
    when: String,
    text: String,
}

impl Search {
    async fn of(app: &Here, asked: &Asked, program: Option<&str>) -> Result<Self, Failure> {
        let query = ClauseQuery {
            text: asked.q.trim().to_owned(),
            program: program.map(ToOwned::to_owned),
            every_version: asked.all.is_some(),
        };
        let (text, every_version) = (query.text.clone(), query.every_version);
        let found = if text.is_empty() { Vec::new() } else { app.copilot.clauses(query).await? };
        let company = app.copilot.company();
        Ok(Self {
            text,
            every_version,
            program: program.unwrap_or_default().to_owned(),
            answers: found.first().is_some_and(|clause| clause.answers),
            found: found.into_iter().map(|clause| clause_line(clause, &company)).collect(),
        })
    }
}

fn clause_line(found: ClauseFound, company: &Company) -> ClauseLine {
    let program = company.program(&found.program);
    ClauseLine {
        program: program.map_or_else(|| found.program.clone(), |p| p.name().to_owned()),
        place: format!("v{} §{}", found.version, found.clause),
        link: clause_link(&found.program, found.version, &found.clause),
        when: found.effective.map(|span| format::span(span.start, span.end)).unwrap_or_default(),
        text: found.text,
    }
}

/// `GET /programs`
pub async fn list(app: Here, asked: Result<Query<Asked>, QueryRejection>) -> Result<Response, Failure> {
    let company = app.copilot.company();
    let booked = booked(&company);
    let line = |program: &Program| {
        let shown = program.version_on(company.today()).unwrap_or_else(|| program.latest());
        let of_year = booked.get(program.id.as_str()).and_then(Decimal::to_f64);
        ProgramLine {
            id: program.id.clone(),
            name: program.name().to_owned(),
            kind: terms::kind(shown.terms.kind),
            rate: terms::rate(&shown.terms),
            products: terms::products(&shown.terms, &company.catalog),
            effective: terms::effective(&shown.terms),
            state: state(shown, &company),
            versions: program.versions.len(),
            booked: of_year.map_or_else(
                || format::NONE.to_owned(),
                |v| format::money_places(v, &company.catalog.currency, 0),
            ),
        }
    };
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    Ok(page(
        StatusCode::OK,
        &ListPage {
            layout: Layout::new(&app, "Programs", "programs"),
            search: Search::of(&app, &asked, None).await?,
            programs: company.programs.iter().map(line).collect(),
            today: format::date(company.today()),
            year: format::date(last_year(&company)),
        },
    ))
}

/// First day of the twelve months that end with the data.
fn last_year(company: &Company) -> chrono::NaiveDate {
    Month::of(company.as_of).plus(-11).first_day()
}

/// By program what the books hold for periods that began in the last twelve months.
fn booked(company: &Company) -> BTreeMap<&str, Decimal> {
    let since = last_year(company);
    let mut by_program: BTreeMap<&str, Decimal> = BTreeMap::new();
    for payout in company.payouts.iter().filter(|p| p.period.start >= since) {
        let sum = by_program.entry(payout.program_id.as_str()).or_default();
        *sum = sum.saturating_add(payout.accrued);
    }
    by_program
}

/// `GET /programs/{id}`
pub async fn program(
    app: Here,
    Path(id): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Failure> {
    let company = app.copilot.company();
    let program = find(&company, &id)?;
    let record = app.copilot.program_record(&program.id).await?;
    let told = app.copilot.accuracy().await?.record;
    let currency = company.catalog.currency.as_str();
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let now = program.version_on(company.today()).unwrap_or_else(|| program.latest());
    let examples = examples::about(&company, program);
    let mut ask = AskBox::new(&app, AskRequest::default());
    if let Some(first) = examples.first() {
        ask.placeholder.clone_from(first);
    }
    ask.label = Some(format!("Ask about the {}", program.name()));
    Ok(page(
        StatusCode::OK,
        &ProgramPage {
            layout: Layout::new(&app, program.name(), "programs"),
            ask,
            examples,
            search: Search::of(&app, &asked, Some(&program.id)).await?,
            id: program.id.clone(),
            name: program.name().to_owned(),
            about: format!(
                "{}, {}: {}, {}.",
                terms::kind(now.terms.kind),
                state(now, &company),
                terms::rate(&now.terms),
                terms::effective(&now.terms)
            ),
            versions: program.versions.iter().rev().map(|v| version_line(v, program, &company)).collect(),
            record: record.map(|record| record_view::view(&record)),
            past_known: told.is_some(),
            past: told.map(|told| accuracy::events_of(&told, &program.id, currency)).unwrap_or_default(),
        },
    ))
}

fn version_line(version: &ProgramVersion, program: &Program, company: &Company) -> VersionLine {
    VersionLine {
        version: version.version,
        effective: terms::effective(&version.terms),
        rate: terms::rate(&version.terms),
        state: state(version, company),
        clauses: version.clauses.len(),
        before: before(version, program),
    }
}

/// The number of the version before one.
fn before(version: &ProgramVersion, program: &Program) -> Option<u32> {
    program.versions.iter().map(|v| v.version).filter(|n| *n < version.version).max()
}

/// Which versions are compared.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Compared {
    from: Option<u32>,
    to: Option<u32>,
}

/// `GET /programs/{id}/changes?from=1&to=2`: without them, the last two versions.
pub async fn changes(
    app: Here,
    Path(id): Path<String>,
    compared: Result<Query<Compared>, QueryRejection>,
) -> Result<Response, Failure> {
    let company = app.copilot.company();
    let program = find(&company, &id)?;
    let Query(compared) = compared.unwrap_or_default();
    let to = match compared.to {
        Some(n) => version_of(program, Some(n))?,
        None => program.latest(),
    };
    let from = version_of(program, compared.from.or_else(|| before(to, program)).or(Some(to.version)))?;
    Ok(page(
        StatusCode::OK,
        &ChangesPage {
            layout: Layout::new(&app, &format!("Changes of the {}", program.name()), "programs"),
            id: program.id.clone(),
            name: program.name().to_owned(),
            versions: program.versions.iter().map(|v| v.version).collect(),
            from: version_line(from, program, &company),
            to: version_line(to, program, &company),
            changes: changes::between(from, to, &company.catalog),
        },
    ))
}

/// `GET /programs/{id}/v{n}`
pub async fn version(app: Here, Path((id, version)): Path<(String, String)>) -> Result<Response, Failure> {
    let company = app.copilot.company();
    let program = find(&company, &id)?;
    let version = version_of(program, version.strip_prefix('v').and_then(|n| n.parse().ok()))?;
    Ok(page(
        StatusCode::OK,
        &VersionPage {
            layout: Layout::new(&app, &format!("{} v{}", version.name, version.version), "programs"),
            id: program.id.clone(),
            name: version.name.clone(),
            version: version.version,
            kind: terms::kind(version.terms.kind),
            state: state(version, &company),
            effective: terms::effective(&version.terms),
            terms: terms::lines(&version.terms, &company.catalog),
            sections: sections(version),
            others: program.versions.iter().map(|v| v.version).collect(),
            before: before(version, program),
            file: version.file.clone(),
            digest: version.digest.chars().take(12).collect(),
        },
    ))
}

/// The clauses of a version by their headings.
pub fn sections(version: &ProgramVersion) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for clause in &version.clauses {
        if sections.last().is_none_or(|s| s.heading != clause.heading) {
            sections.push(Section { heading: clause.heading.clone(), clauses: Vec::new() });
        }
        if let Some(section) = sections.last_mut() {
            section.clauses.push((clause.number.clone(), clause.text.clone()));
        }
    }
    sections
}

fn find<'a>(company: &'a Company, id: &str) -> Result<&'a Program, Failure> {
    company.program(id).ok_or_else(|| Failure::not_found("There is no program of this name."))
}

fn version_of(program: &Program, number: Option<u32>) -> Result<&ProgramVersion, Failure> {
    let found = program.versions.iter().find(|v| Some(v.version) == number);
    found.ok_or_else(|| Failure::not_found("This program has no such version."))
}

fn state(version: &ProgramVersion, company: &Company) -> &'static str {
    let span = version.terms.effective;
    match company.today() {
        today if span.contains(today) => "in force",
        today if span.start > today => "to come",
        _ => "ended",
    }
}
