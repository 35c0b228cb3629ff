//! Drafts of program versions on the demo company, through pages, API and desk: the whole
//! way to files that pay what the option pays, and everything that is refused on it.

mod api;
mod refused;
mod rules;
mod way;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use spiffcast::answer::Answer;
use spiffcast::app::audit::Filter;
use spiffcast::app::drafts::Approvals;
use spiffcast::app::live::Live;
use spiffcast::app::port::{AskRequest, Copilot, Progress};
use spiffcast::auth::{Role, Who};
use spiffcast::config::Settings;
use spiffcast::state::State;
use spiffcast::web::{Options, router};
use tower::ServiceExt;

use crate::people::{People, Person};

const HOST: &str = "127.0.0.1:8080";
pub(crate) const QUESTION: &str = "raise the Product X SPIFF 5% for Q3";

/// The demo company in a folder of its own, served.
pub(crate) struct House {
    pub live: Arc<Live>,
    router: Router,
    pub people: People,
    folder: tempfile::TempDir,
}

pub(crate) struct Reply {
    pub status: StatusCode,
    headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).expect("JSON")
    }

    /// The draft that it leads to.
    fn draft(&self) -> String {
        let place = self.headers.get("location").unwrap_or_else(|| panic!("{}", self.text()));
        let place = place.to_str().expect("text").split('#').next().expect("a path");
        place.strip_prefix("/drafts/").expect("a draft").to_owned()
    }
}

fn settings(folder: &Path) -> Settings {
    let mut settings = Settings::load(None, |_| None).expect("defaults");
    settings.data_dir = folder.to_owned();
    settings.draws = 200;
    settings
}

impl House {
    pub async fn new() -> Self {
        Self::of(tempfile::tempdir().expect("a folder")).await
    }

    async fn of(folder: tempfile::TempDir) -> Self {
        let state = State::open(settings(folder.path())).await.expect("a company");
        let live = Arc::new(Live::new(state));
        let people = People::demo().await;
        let options = Options { approvals: Some(live.clone()), ..Options::default() };
        let router = router(live.clone(), people.accounts.clone(), options);
        Self { live, router, people, folder }
    }

    /// The same folder, served anew, as after a restart.
    async fn again(self) -> Self {
        let Self { live, router, folder, .. } = self;
        // The search flushes its files when it goes, which takes their folder.
        drop((live, router));
        Self::of(folder).await
    }

    pub async fn ask(&self, question: &str) -> Answer {
        let request = AskRequest { question: question.to_owned(), ..AskRequest::default() };
        Copilot::ask(&*self.live, request, Progress::new()).await.expect("an answer")
    }

    async fn send(&self, request: Request<Body>) -> Reply {
        let (parts, body) = self.router.clone().oneshot(request).await.expect("infallible").into_parts();
        let bytes = to_bytes(body, 8 << 20).await.expect("a body").to_vec();
        Reply { status: parts.status, headers: parts.headers, bytes }
    }

    pub async fn get(&self, person: &Person, path: &str) -> Reply {
        let request = Request::get(path).header("host", HOST).header("cookie", person.cookie());
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    /// Sends a form as a page of ours does: with its token among the fields.
    async fn form(&self, person: &Person, path: &str, fields: &[(&str, &str)]) -> Reply {
        let token = person.form_token();
        let all = fields.iter().copied().chain([("form_token", token.as_str())]);
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(all).finish();
        self.plain_form(person, path, body).await
    }

    async fn plain_form(&self, person: &Person, path: &str, body: String) -> Reply {
        let request = Request::post(path)
            .header("host", HOST)
            .header("cookie", person.cookie())
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    /// A draft of an answer, by its author at the desk.
    pub async fn drafted(&self, question: &str) -> String {
        let answer = self.ask(question).await;
        self.live.make(&who("dora", Role::Designer), &answer.run.id, 0).await.expect("a draft")
    }

    /// What the trail tells about a draft, oldest first: who did what.
    async fn trail(&self, draft: &str) -> Vec<(String, String)> {
        let filter = Filter { words: draft.to_owned(), limit: 100, ..Filter::default() };
        let rows = self.live.now().store.audit_rows(&filter).await.expect("read");
        let about = rows.into_iter().rev().filter(|row| row.subject == draft);
        about.map(|row| (row.who, row.action)).collect()
    }

    fn approved(&self, draft: &str, file: &str) -> PathBuf {
        self.folder.path().join("approved").join(draft).join(file)
    }
}

pub(crate) fn who(login: &str, role: Role) -> Who {
    Who { login: login.to_owned(), name: login.to_owned(), role, ..Who::terminal() }
}
