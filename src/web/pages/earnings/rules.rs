//! The rules behind a partner's earnings, for the partner: the agreed text of versions
//! that it may earn under or that its statement cites, without budgets.

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::Asked;
use crate::app::port::AskError;
use crate::web::errors::{Failure, page};
use crate::web::layout::Layout;
use crate::web::pages::ask::escape;
use crate::web::pages::programs::{Section, sections};
use crate::web::scope::scope;
use crate::web::view::terms;
use crate::web::visitor::Here;

#[derive(Template)]
#[template(path = "earnings/rules.html")]
struct RulesPage {
    layout: Layout,
    partner: String,
    partner_name: String,
    name: String,
    version: u32,
    kind: &'static str,
    effective: String,
    sections: Vec<Section>,
}

/// `GET /earnings/rules/{program}/v{n}`
pub async fn rules(
    app: Here,
    Path((program, version)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let nothing = || Failure::not_found("There are no such rules for this partner.");
    let Some(partner) = scope(app.who(), Some(&asked.partner))?.partner else {
        // Staff without a partner in mind reads programs where they are.
        return Ok(
            Redirect::to(&format!("/programs/{}/{}", escape(&program), escape(&version))).into_response()
        );
    };
    let number = version.strip_prefix('v').and_then(|n| n.parse::<u32>().ok()).ok_or_else(nothing)?;
    let found = app.copilot.own_rules(&partner, &program, number).await.map_err(|error| match error {
        AskError::NotFound => nothing(),
        other => other.into(),
    })?;
    let company = app.copilot.company();
    let name = company.catalog.partner(&partner).map(|ix| company.catalog.partners[ix].name.clone());
    Ok(page(
        StatusCode::OK,
        &RulesPage {
            layout: Layout::new(&app, &format!("{} v{}", found.name, found.version), "earnings"),
            partner,
            partner_name: name.unwrap_or_default(),
            version: found.version,
            kind: terms::kind(found.terms.kind),
            effective: terms::effective(&found.terms),
            sections: sections(&found),
            name: found.name,
        },
    ))
}
