//! The programs as JSON: terms with the keys of the engine, clauses in full.

use axum::Json;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

use crate::web::visitor::Here;

/// All programs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProgramList {
    /// Last day of the data.
    as_of: NaiveDate,
    /// Sorted by identifier.
    programs: Vec<ProgramItem>,
}

/// One program.
#[derive(Debug, Serialize, JsonSchema)]
struct ProgramItem {
    /// Identifier.
    id: String,
    /// Name of the newest version.
    name: String,
    /// Ascending.
    versions: Vec<VersionItem>,
}

/// One version.
#[derive(Debug, Serialize, JsonSchema)]
struct VersionItem {
    /// From 1.
    version: u32,
    /// Display name.
    name: String,
    /// First day in force.
    effective_from: NaiveDate,
    /// Last day in force.
    effective_to: NaiveDate,
    /// What it pays.
    terms: serde_json::Value,
    /// The agreed text.
    clauses: Vec<ClauseItem>,
}

/// A clause.
#[derive(Debug, Serialize, JsonSchema)]
struct ClauseItem {
    /// Such as `2.1`.
    number: String,
    /// Heading it stands under.
    heading: String,
    /// The words.
    text: String,
}

/// `GET /api/v1/programs`
pub async fn list(app: Here) -> Json<ProgramList> {
    let company = app.copilot.company();
    let version = |v: &spiffcast_engine::programs::ProgramVersion| VersionItem {
        version: v.version,
        name: v.name.clone(),
        effective_from: v.terms.effective.start,
        effective_to: v.terms.effective.end,
        terms: serde_json::to_value(&v.terms).unwrap_or_default(),
        clauses: v
            .clauses
            .iter()
            .map(|c| ClauseItem {
                number: c.number.clone(),
                heading: c.heading.clone(),
                text: c.text.clone(),
            })
            .collect(),
    };
    let programs = company
        .programs
        .iter()
        .map(|p| ProgramItem {
            id: p.id.clone(),
            name: p.name().to_owned(),
            versions: p.versions.iter().map(version).collect(),
        })
        .collect();
    Json(ProgramList { as_of: company.as_of, programs })
}
