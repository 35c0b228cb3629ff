//! The rules: all programs, one with its versions, one version with its terms and
//! clauses, each clause with an address of its own.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use spiffcast_engine::company::Company;
use spiffcast_engine::programs::{Program, ProgramVersion};

use crate::reports::format;
use crate::web::errors::{Failure, page};
use crate::web::layout::Layout;
use crate::web::view::terms::{self, TermLine};
use crate::web::visitor::Here;

#[derive(Template)]
#[template(path = "programs/list.html")]
struct ListPage {
    layout: Layout,
    programs: Vec<ProgramLine>,
    today: String,
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
}

#[derive(Template)]
#[template(path = "programs/program.html")]
struct ProgramPage {
    layout: Layout,
    id: String,
    name: String,
    kind: &'static str,
    versions: Vec<VersionLine>,
}

struct VersionLine {
    version: u32,
    effective: String,
    rate: String,
    state: &'static str,
    clauses: usize,
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

/// `GET /programs`
pub async fn list(app: Here) -> Response {
    let company = app.copilot.company();
    let line = |program: &Program| {
        let shown = program.version_on(company.today()).unwrap_or_else(|| program.latest());
        ProgramLine {
            id: program.id.clone(),
            name: program.name().to_owned(),
            kind: terms::kind(shown.terms.kind),
            rate: terms::rate(&shown.terms),
            products: terms::products(&shown.terms, &company.catalog),
            effective: terms::effective(&shown.terms),
            state: state(shown, &company),
            versions: program.versions.len(),
        }
    };
    page(
        StatusCode::OK,
        &ListPage {
            layout: Layout::new(&app, "Programs", "programs"),
            programs: company.programs.iter().map(line).collect(),
            today: format::date(company.today()),
        },
    )
}

/// `GET /programs/{id}`
pub async fn program(app: Here, Path(id): Path<String>) -> Result<Response, Failure> {
    let company = app.copilot.company();
    let program = find(&company, &id)?;
    let versions = program.versions.iter().rev().map(|v| VersionLine {
        version: v.version,
        effective: terms::effective(&v.terms),
        rate: terms::rate(&v.terms),
        state: state(v, &company),
        clauses: v.clauses.len(),
    });
    Ok(page(
        StatusCode::OK,
        &ProgramPage {
            layout: Layout::new(&app, program.name(), "programs"),
            id: program.id.clone(),
            name: program.name().to_owned(),
            kind: terms::kind(program.latest().terms.kind),
            versions: versions.collect(),
        },
    ))
}

/// `GET /programs/{id}/v{n}`
pub async fn version(app: Here, Path((id, version)): Path<(String, String)>) -> Result<Response, Failure> {
    let company = app.copilot.company();
    let program = find(&company, &id)?;
    let number = version.strip_prefix('v').and_then(|n| n.parse::<u32>().ok());
    let version = program
        .versions
        .iter()
        .find(|v| Some(v.version) == number)
        .ok_or_else(|| Failure::not_found("This program has no such version."))?;
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

fn state(version: &ProgramVersion, company: &Company) -> &'static str {
    let span = version.terms.effective;
    match company.today() {
        today if span.contains(today) => "in force",
        today if span.start > today => "to come",
        _ => "ended",
    }
}
