//! The audit trail: rows by action, person and words, newest first.

use askama::Template;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::app::audit::{AuditError, Filter, SealedRow};
use crate::reports::format;
use crate::web::errors::{Failure, page};
use crate::web::layout::Layout;
use crate::web::visitor::Here;

/// Rows on a page.
const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    layout: Layout,
    asked: Asked,
    actions: Vec<(String, String)>,
    rows: Vec<Line>,
    /// Number of rows in all.
    total: String,
    older: Option<String>,
    newest: Option<String>,
    filtered: bool,
}

struct Line {
    number: String,
    when: String,
    who: String,
    action: String,
    subject: String,
    /// Address of what it is about, where this one may see it.
    leads_to: Option<String>,
    detail: String,
    seal: String,
}

/// What the address asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    action: String,
    who: String,
    q: String,
    /// Rows before this one; empty: from the newest.
    before: String,
}

impl Asked {
    fn filter(&self) -> Filter {
        Filter {
            action: self.action.clone(),
            who: self.who.trim().to_lowercase(),
            words: self.q.trim().to_owned(),
            before: self.before.parse().ok(),
            limit: PAGE + 1,
        }
    }

    fn address(&self, before: &str) -> String {
        let mut fields = form_urlencoded::Serializer::new(String::new());
        for (name, value) in
            [("action", &*self.action), ("who", &self.who), ("q", &self.q), ("before", before)]
        {
            if !value.is_empty() {
                fields.append_pair(name, value);
            }
        }
        let fields = fields.finish();
        if fields.is_empty() { "/audit".to_owned() } else { format!("/audit?{fields}") }
    }
}

impl From<AuditError> for Failure {
    fn from(error: AuditError) -> Self {
        tracing::error!(%error, "the audit trail could not be read");
        Self::internal()
    }
}

/// `GET /audit`
pub async fn show(app: Here, asked: Result<Query<Asked>, QueryRejection>) -> Result<Response, Failure> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let trail = app.accounts.audit();
    let mut rows = trail.rows(&asked.filter()).await?;
    // One more than shown tells whether there are older ones.
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let older = rows.last().filter(|_| more).map(|row| asked.address(&row.seq.to_string()));
    let reads = app.shows(app.who(), "/answers/{id}");
    let drafts = app.shows(app.who(), "/drafts/{id}");
    let actions = trail.actions().await?;
    Ok(page(
        StatusCode::OK,
        &AuditPage {
            layout: Layout::new(&app, "Audit trail", "audit"),
            actions: actions.into_iter().map(|action| (format::words(&action), action)).collect(),
            rows: rows.into_iter().map(|row| line(row, reads, drafts)).collect(),
            total: format::count(trail.head().await?.seq as f64),
            older,
            newest: (!asked.before.is_empty()).then(|| asked.address("")),
            filtered: !(asked.action.is_empty() && asked.who.is_empty() && asked.q.is_empty()),
            asked,
        },
    ))
}

fn line(row: SealedRow, reads: bool, drafts: bool) -> Line {
    let leads_to = match row.action.as_str() {
        "answer" if reads => Some(format!("/answers/{}", row.subject)),
        action if drafts && (action == "draft" || action.starts_with("draft_")) => {
            Some(format!("/drafts/{}", row.subject))
        }
        _ => None,
    };
    // For people; the export has the bytes that were sealed.
    let detail = match serde_json::from_str::<serde_json::Value>(&row.detail) {
        Ok(serde_json::Value::Object(fields)) if fields.is_empty() => String::new(),
        Ok(value) => serde_json::to_string_pretty(&value).unwrap_or(row.detail),
        Err(_) => row.detail,
    };
    Line {
        number: row.seq.to_string(),
        when: format::moment(&row.at),
        who: row.who,
        action: format::words(&row.action),
        subject: row.subject,
        leads_to,
        detail,
        seal: row.seal,
    }
}
