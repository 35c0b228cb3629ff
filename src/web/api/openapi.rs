//! The description of the API: OpenAPI 3.1, its schemas (JSON Schema 2020-12) made
//! from the very types that are read and written.

use axum::Json;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};
use spiffcast_engine::earnings::why::SaleExplained;

use super::drafts::{DraftComment, DraftDecision, DraftList, DraftStepRequest, NewDraft};
use super::earnings::{EarningsOf, OwnQuestion};
use super::programs::ProgramList;
use super::{Health, SimulateRequest};
use crate::answer::{Answer, ReportFormat};
use crate::app::drafts::port::{DraftView, Edit, Payload};
use crate::app::port::{AccuracyReport, Annotation, AskRequest, KeptAnswer, ScenarioList, Shelf};
use crate::web::Declared;
use crate::web::errors::Problem;

/// Formats of reports.
const REPORTS: [&str; 5] = ["pdf", "xlsx", "csv", "md", "json"];

type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// One operation of the API.
pub struct Operation {
    /// Lower case.
    pub method: &'static str,
    /// With `{id}` for a parameter.
    pub path: &'static str,
    id: &'static str,
    summary: &'static str,
    /// Parameters of the query: name, schema, meaning.
    query: &'static [(&'static str, SchemaOf, &'static str)],
    request: Option<SchemaOf>,
    response: Option<SchemaOf>,
    /// Statuses of problem details.
    problems: &'static [u16],
}

impl Operation {
    /// The permission that its route was declared with; `None` for what anybody may call.
    fn needs(&self, declared: &[Declared]) -> Option<String> {
        // A part with a parameter may be described more closely than it is routed.
        let like = |(one, other): (&str, &str)| one == other || (one.contains('{') && other.contains('{'));
        let at = |path: &str| {
            path.matches('/').count() == self.path.matches('/').count()
                && path.split('/').zip(self.path.split('/')).all(like)
        };
        let route = declared.iter().find(|r| at(r.path) && r.method.eq_ignore_ascii_case(self.method))?;
        let words: Vec<&str> = route.needs.iter().map(|p| p.as_str()).collect();
        (!words.is_empty()).then(|| words.join(" or "))
    }
}

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// Every operation.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        method: "post",
        path: "/api/v1/ask",
        id: "ask",
        summary: "Answers a question in words. Look at reading.status: only `ready` comes with a forecast.",
        query: &[],
        request: Some(of::<AskRequest>),
        response: Some(of::<Answer>),
        problems: &[400, 413, 415, 422, 503],
    },
    Operation {
        method: "post",
        path: "/api/v1/simulate",
        id: "simulate",
        summary: "Answers a scenario, bare or under the key `scenario`.",
        query: &[],
        request: Some(of::<SimulateRequest>),
        response: Some(of::<Answer>),
        problems: &[400, 413, 415, 422, 503],
    },
    Operation {
        method: "get",
        path: "/api/v1/scenarios",
        id: "listScenarios",
        summary: "Kept answers, newest first, 40 a page: `text`, `tag`, `shelf` (current, stale, archived), `page` in the query.",
        query: &[
            ("text", of::<String>, "Words of the question, the headline, the note or the tags."),
            ("tag", of::<String>, "A tag."),
            ("shelf", of::<Shelf>, "Which of them; `current` where it is left out."),
            ("page", of::<u32>, "Page, from 0."),
        ],
        request: None,
        response: Some(of::<ScenarioList>),
        problems: &[400, 503],
    },
    Operation {
        method: "put",
        path: "/api/v1/scenarios/{id}/note",
        id: "annotateScenario",
        summary: "Puts a note and tags in the place of those before, and puts the answer away or back.",
        query: &[],
        request: Some(of::<Annotation>),
        response: Some(of::<KeptAnswer>),
        problems: &[400, 404, 413, 415, 422, 503],
    },
    Operation {
        method: "get",
        path: "/api/v1/scenarios/{id}",
        id: "getScenario",
        summary: "An earlier answer by the `run.id` it was given.",
        query: &[],
        request: None,
        response: Some(of::<Answer>),
        problems: &[404],
    },
    Operation {
        method: "get",
        path: "/api/v1/scenarios/{id}/report.{format}",
        id: "getReport",
        summary: "An answer as a file: `pdf`, `xlsx`, `csv`, `md` or `json`. 422 where the answer has no forecast, but for `json`.",
        query: &[],
        request: None,
        response: None,
        problems: &[404, 422, 503],
    },
    Operation {
        method: "get",
        path: "/api/v1/programs",
        id: "listPrograms",
        summary: "Programs with the terms and clauses of every version.",
        query: &[],
        request: None,
        response: Some(of::<ProgramList>),
        problems: &[],
    },
    Operation {
        method: "get",
        path: "/api/v1/accuracy",
        id: "getAccuracy",
        summary: "How good forecasts have been here: past changes forecast again, and forecasts given.",
        query: &[],
        request: None,
        response: Some(of::<AccuracyReport>),
        problems: &[503],
    },
    Operation {
        method: "get",
        path: "/api/v1/earnings/{partner}",
        id: "getEarnings",
        summary: "A partner's statement, its marks and deadlines: `period` (such as 2026-Q2) and imagined sales `what_if` (such as PX-100=20@2026-08, repeatable) in the query.",
        query: &[
            (
                "period",
                of::<String>,
                "A quarter or a year, such as 2026-Q2 or 2026; all of the history where it is left out.",
            ),
            ("what_if", of::<Vec<String>>, "Imagined sales, each such as PX-100=20@2026-08."),
        ],
        request: None,
        response: Some(of::<EarningsOf>),
        problems: &[400, 404, 422, 503],
    },
    Operation {
        method: "get",
        path: "/api/v1/earnings/{partner}/sales/{transaction}",
        id: "explainSale",
        summary: "What every program does with a sale of the partner, with the reason where it does not count.",
        query: &[],
        request: None,
        response: Some(of::<SaleExplained>),
        problems: &[404, 503],
    },
    Operation {
        method: "post",
        path: "/api/v1/earnings/{partner}/ask",
        id: "askEarnings",
        summary: "Answers a question in words about a partner's earnings and the rules it may read, from its own books.",
        query: &[],
        request: Some(of::<OwnQuestion>),
        response: Some(of::<Answer>),
        problems: &[400, 404, 413, 415, 422, 503],
    },
    Operation {
        method: "get",
        path: "/api/v1/drafts",
        id: "listDrafts",
        summary: "Drafts of program versions, newest first.",
        query: &[(
            "state",
            of::<Option<String>>,
            "Of this state alone: draft, submitted, approved, rejected or withdrawn.",
        )],
        request: None,
        response: Some(of::<DraftList>),
        problems: &[400, 503],
    },
    Operation {
        method: "post",
        path: "/api/v1/drafts",
        id: "makeDraft",
        summary: "Makes a draft from an option of an answer: version files with the option's terms and a proposed text.",
        query: &[],
        request: Some(of::<NewDraft>),
        response: Some(of::<DraftView>),
        problems: &[400, 404, 413, 415, 422, 503],
    },
    Operation {
        method: "get",
        path: "/api/v1/drafts/{id}",
        id: "getDraft",
        summary: "A draft: its files beside those of today, what the checks say, what it accrues by month, its thread.",
        query: &[],
        request: None,
        response: Some(of::<DraftView>),
        problems: &[404, 503],
    },
    Operation {
        method: "put",
        path: "/api/v1/drafts/{id}/text",
        id: "editDraft",
        summary: "Puts another text in the place of a file's. Of its author, while it is a draft.",
        query: &[],
        request: Some(of::<Edit>),
        response: Some(of::<DraftView>),
        problems: &[400, 404, 409, 413, 415, 422, 503],
    },
    Operation {
        method: "post",
        path: "/api/v1/drafts/{id}/submit",
        id: "submitDraft",
        summary: "Hands a draft in for a decision. 409 where it is stale, changed since, or its checks fail.",
        query: &[],
        request: Some(of::<DraftStepRequest>),
        response: Some(of::<DraftView>),
        problems: &[400, 404, 409, 413, 415, 422, 503],
    },
    Operation {
        method: "post",
        path: "/api/v1/drafts/{id}/withdraw",
        id: "withdrawDraft",
        summary: "Takes a draft back.",
        query: &[],
        request: Some(of::<DraftStepRequest>),
        response: Some(of::<DraftView>),
        problems: &[400, 404, 409, 413, 415, 422, 503],
    },
    Operation {
        method: "post",
        path: "/api/v1/drafts/{id}/revise",
        id: "reviseDraft",
        summary: "Begins a new draft where a rejected or withdrawn one ended.",
        query: &[],
        request: None,
        response: Some(of::<DraftView>),
        problems: &[404, 409, 422, 503],
    },
    Operation {
        method: "post",
        path: "/api/v1/drafts/{id}/decision",
        id: "decideDraft",
        summary: "Approves or rejects a draft that somebody else made. By a signed-in person: no key carries this permission.",
        query: &[],
        request: Some(of::<DraftDecision>),
        response: Some(of::<DraftView>),
        problems: &[400, 404, 409, 413, 415, 422, 503],
    },
    Operation {
        method: "post",
        path: "/api/v1/drafts/{id}/comments",
        id: "commentDraft",
        summary: "Says something about a draft.",
        query: &[],
        request: Some(of::<DraftComment>),
        response: Some(of::<DraftView>),
        problems: &[400, 404, 413, 415, 422, 503],
    },
    Operation {
        method: "get",
        path: "/api/v1/drafts/{id}/payload",
        id: "getDraftPayload",
        summary: "An approved change as data for a PRM.",
        query: &[],
        request: None,
        response: Some(of::<Payload>),
        problems: &[404, 503],
    },
    Operation {
        method: "get",
        path: "/api/v1/drafts/{id}/files.zip",
        id: "getDraftFiles",
        summary: "The version files of an approved change as a zip that the import takes.",
        query: &[],
        request: None,
        response: None,
        problems: &[404, 503],
    },
    Operation {
        method: "get",
        path: "/api/v1/openapi.json",
        id: "describe",
        summary: "This description.",
        query: &[],
        request: None,
        response: None,
        problems: &[],
    },
    Operation {
        method: "get",
        path: "/healthz",
        id: "health",
        summary: "Whether the server is up.",
        query: &[],
        request: None,
        response: Some(of::<Health>),
        problems: &[],
    },
];

/// `GET /api/v1/openapi.json`
pub async fn document() -> Json<Value> {
    Json(build())
}

fn build() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|s| s.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    let mut paths: Map<String, Value> = Map::new();
    let declared = crate::web::declared();
    for operation in OPERATIONS {
        let entry = paths.entry(operation.path).or_insert_with(|| json!({}));
        entry[operation.method] = describe(operation, &declared, &mut generator);
    }
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Spiffcast",
            "summary": "What-if questions about partner incentive programs",
            "description": "Every operation but `health` needs a key in `Authorization: Bearer KEY`, or the \
                            session of a browser; each says which permission. Money is in the company's currency; \
                            errors are problem details (RFC 9457).",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "security": [{ "key": [] }],
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": { "key": { "type": "http", "scheme": "bearer" } },
        },
    })
}

fn describe(operation: &Operation, declared: &[Declared], generator: &mut SchemaGenerator) -> Value {
    let body = match operation.response {
        Some(schema) => json!({ "schema": schema(generator) }),
        None => json!({ "schema": { "type": "object" } }),
    };
    let mut responses = Map::new();
    responses
        .insert("200".to_owned(), json!({ "description": "Done", "content": { "application/json": body } }));
    let problem = generator.subschema_for::<Problem>();
    // Who shows no key, or one that does not reach, is told so in the same shape.
    let turned_away: &[u16] = if operation.needs(declared).is_some() { &[401, 403] } else { &[] };
    let slow: &[u16] = if operation.request.is_some() { &[408] } else { &[] };
    for status in operation.problems.iter().chain(turned_away).chain(slow) {
        let text = match status {
            400 => "Not valid JSON, or not a query that is known",
            408 => "The body came too slowly",
            401 => "No key, or one that is not known, is over or was revoked",
            403 => "Not for this role, or not among the scopes of this key",
            404 => "Nothing of that name",
            409 => "Not now; `detail` says why",
            413 => "More than 256 kB",
            415 => "Not application/json",
            422 => "Understood and not acceptable; `findings` says why",
            _ => "Something that is needed does not answer, or too many questions at once",
        };
        responses.insert(
            status.to_string(),
            json!({ "description": text, "content": { "application/problem+json": { "schema": problem } } }),
        );
    }
    if operation.path.contains("{format}") {
        let file = json!({ "schema": { "type": "string", "format": "binary" } });
        let kinds = REPORTS.into_iter().filter_map(ReportFormat::from_extension);
        let whole = json!({ "schema": of::<Answer>(generator) });
        let content = kinds.map(|kind| {
            let is_answer = matches!(kind, ReportFormat::Json);
            (kind.media_type().to_owned(), if is_answer { whole.clone() } else { file.clone() })
        });
        let content: Map<String, Value> = content.collect();
        responses.insert("200".to_owned(), json!({ "description": "The file", "content": content }));
    }
    if operation.path.ends_with(".zip") {
        let content = json!({ "application/zip": { "schema": { "type": "string", "format": "binary" } } });
        responses.insert("200".to_owned(), json!({ "description": "The file", "content": content }));
    }
    let mut out = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "responses": responses,
    });
    match operation.needs(declared) {
        Some(needs) => out["x-permission"] = json!(needs),
        None => out["security"] = json!([]),
    }
    if let Some(schema) = operation.request {
        out["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": schema(generator) } } });
    }
    let parameters: Vec<Value> = ["id", "format", "partner", "transaction"]
        .into_iter()
        .filter(|name| operation.path.contains(&format!("{{{name}}}")))
        .map(|name| {
            let schema = match name {
                "format" => json!({ "type": "string", "enum": REPORTS }),
                _ => json!({ "type": "string" }),
            };
            json!({ "name": name, "in": "path", "required": true, "schema": schema })
        })
        .collect();
    let query = operation.query.iter().map(|(name, schema, what)| {
        json!({ "name": name, "in": "query", "description": what, "schema": schema(generator) })
    });
    let parameters: Vec<Value> = parameters.into_iter().chain(query).collect();
    if !parameters.is_empty() {
        out["parameters"] = parameters.into();
    }
    out
}
