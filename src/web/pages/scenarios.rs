//! Kept answers: found by words, tags and shelf, set side by side, noted and put away.

use askama::Template;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use serde::Deserialize;
use spiffcast_engine::reading::Status;

use crate::app::port::{Annotation, KeptAnswer, ScenarioQuery, Shelf};
use crate::app::scenarios::PAGE;
use crate::reports::format;
use crate::web::errors::{Failure, page};
use crate::web::layout::Layout;
use crate::web::visitor::Here;

#[derive(Template)]
#[template(path = "scenarios.html")]
struct ScenariosPage {
    layout: Layout,
    query: Asked,
    lines: Vec<Line>,
    total: usize,
    tags: Vec<(String, String)>,
    shelves: [(&'static str, String, bool); 3],
    newer: Option<String>,
    older: Option<String>,
}

struct Line {
    id: String,
    title: String,
    headline: String,
    when: String,
    note: String,
    tags: Vec<(String, String)>,
    stale: bool,
    open: bool,
}

/// What the address asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    tag: String,
    shelf: String,
    page: usize,
}

impl Asked {
    fn shelf(&self) -> Shelf {
        match self.shelf.as_str() {
            "stale" => Shelf::Stale,
            "archived" => Shelf::Archived,
            _ => Shelf::Current,
        }
    }

    fn address(&self) -> String {
        let mut fields = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("q", &self.q), ("tag", &self.tag), ("shelf", &self.shelf)] {
            if !value.is_empty() {
                fields.append_pair(name, value);
            }
        }
        if self.page > 0 {
            fields.append_pair("page", &self.page.to_string());
        }
        let fields = fields.finish();
        if fields.is_empty() { "/scenarios".to_owned() } else { format!("/scenarios?{fields}") }
    }

    fn with_tag(&self, tag: &str) -> String {
        Self { tag: tag.to_owned(), page: 0, ..self.clone() }.address()
    }

    fn with_shelf(&self, shelf: &str) -> String {
        Self { shelf: shelf.to_owned(), page: 0, ..self.clone() }.address()
    }

    fn with_page(&self, page: usize) -> String {
        Self { page, ..self.clone() }.address()
    }
}

/// `GET /scenarios`
pub async fn list(app: Here, asked: Result<Query<Asked>, QueryRejection>) -> Result<Response, Failure> {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    let query = ScenarioQuery {
        text: asked.q.clone(),
        tag: Some(asked.tag.clone()).filter(|t| !t.is_empty()),
        shelf: asked.shelf(),
        page: asked.page,
    };
    let found = app.copilot.scenarios(query).await?;
    let line = |kept: KeptAnswer| line(kept, &asked);
    let shelf = asked.shelf();
    Ok(page(
        StatusCode::OK,
        &ScenariosPage {
            layout: Layout::new(&app, "Scenarios", "scenarios"),
            lines: found.scenarios.into_iter().map(line).collect(),
            total: found.total,
            tags: found.tags.iter().map(|tag| (tag.clone(), asked.with_tag(tag))).collect(),
            shelves: [
                ("All", asked.with_shelf(""), shelf == Shelf::Current),
                ("Stale", asked.with_shelf("stale"), shelf == Shelf::Stale),
                ("Put away", asked.with_shelf("archived"), shelf == Shelf::Archived),
            ],
            newer: asked.page.checked_sub(1).map(|page| asked.with_page(page)),
            older: ((asked.page + 1).saturating_mul(PAGE) < found.total)
                .then(|| asked.with_page(asked.page + 1)),
            query: asked,
        },
    ))
}

fn line(kept: KeptAnswer, asked: &Asked) -> Line {
    let headline = kept.headline.unwrap_or_else(|| match kept.status {
        Status::Ready => String::new(),
        Status::NeedsClarification => "Waits for a choice".to_owned(),
        Status::Unsupported => "Cannot be answered".to_owned(),
        Status::Failed => "Could not be read".to_owned(),
    });
    Line {
        tags: kept.tags.iter().map(|tag| (tag.clone(), asked.with_tag(tag))).collect(),
        id: kept.id,
        title: kept.title,
        headline,
        when: format::moment(&kept.created_at),
        note: kept.note,
        stale: kept.stale,
        open: kept.status != Status::Ready,
    }
}

/// What the form under an answer says about it.
#[derive(Debug, Deserialize)]
pub struct Said {
    #[serde(default)]
    note: String,
    #[serde(default)]
    tags: String,
    #[serde(default)]
    archived: Option<String>,
}

/// `POST /scenarios/{id}`
pub async fn annotate(
    app: Here,
    Path(id): Path<String>,
    said: Result<Form<Said>, FormRejection>,
) -> Result<Redirect, Failure> {
    let Form(said) = said.map_err(|rejection| {
        Failure::new(rejection.status(), "This form could not be read", "Go back and try again.")
    })?;
    let annotation = Annotation {
        note: said.note,
        tags: said.tags.split([',', ' ', '\n']).map(ToOwned::to_owned).collect(),
        archived: said.archived.is_some(),
    };
    app.copilot.annotate(&id, annotation).await?;
    let name: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    Ok(Redirect::to(&format!("/answers/{name}#keep")))
}

/// `POST /scenarios/{id}/duplicate`: keeps it once more and shows the copy.
pub async fn duplicate(app: Here, Path(id): Path<String>) -> Result<Redirect, Failure> {
    let copy = app.copilot.duplicate(&id).await?;
    Ok(Redirect::to(&format!("/answers/{copy}#keep")))
}
