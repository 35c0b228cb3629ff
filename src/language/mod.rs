//! The language model, behind any OpenAI-compatible endpoint or Azure OpenAI, through
//! async-openai. What it says is data: a draft parsed against the schema of the Rust
//! types, or a wording; handed back, never executed, never trusted. Whether it is taken
//! is decided in [`crate::app`], by the checks of the engine.

mod dialect;
mod embeddings;
mod error;
mod prompt;
mod reply;
mod schema;
mod transport;
mod wording;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_openai::Client;
use async_openai::config::{AzureConfig, Config, OPENAI_API_BASE, OpenAIConfig};
use async_openai::error::OpenAIError;
use serde_json::Value;
use spiffcast_engine::company::Company;
use spiffcast_engine::scenario::Draft;
use tokio::sync::Semaphore;

use crate::config::{Endpoint, LlmSettings, Secret};
use dialect::{Dialect, Shape};
use prompt::Message;
use reply::Reply;
use transport::{Fault, Transport};

pub use embeddings::{EmbeddingError, Embeddings};
pub use error::LanguageError;
pub use prompt::{Candidates, CitedClause, Question};
pub use wording::Worded;

/// Most tokens of a reply; a draft needs a few hundred.
const REPLY_TOKENS_MAX: u32 = 1_500;
/// Longest wait for other questions to be done with the model.
const WAIT_LIMIT: Duration = Duration::from_secs(5);
/// Times that a dialect is changed within one request at most: every step of every part.
const DIALECTS_MAX: usize = 6;

/// A connected model. Cheap to clone; all clones share limits and what was learned
/// about the endpoint.
#[derive(Clone)]
pub struct LanguageModel(Arc<Inner>);

struct Inner {
    client: Client<Arc<dyn Config>>,
    model: String,
    key: Secret,
    time_limit: Duration,
    permits: Semaphore,
    dialect: Mutex<Dialect>,
}

impl std::fmt::Debug for LanguageModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LanguageModel").field("model", &self.0.model).finish_non_exhaustive()
    }
}

/// What was put before a model and what it said, for the trail: whether or not it was taken.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Exchange {
    /// Name of the model.
    pub model: String,
    /// The messages of the last request; the ones before are the beginning of it.
    pub prompt: Vec<Message>,
    /// Its replies, word by word; fewer than requests where one came to nothing.
    pub replies: Vec<String>,
}

/// What asking a model took, whether or not its answer was of use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// Requests answered.
    pub requests: u64,
    /// Tokens sent, as the endpoint counts them; 0 where it does not.
    pub prompt_tokens: u64,
    /// Tokens received.
    pub completion_tokens: u64,
    /// What was said.
    pub exchanges: Vec<Exchange>,
}

impl Usage {
    /// Adds what something else took.
    pub fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.prompt_tokens += other.prompt_tokens;
        self.completion_tokens += other.completion_tokens;
        self.exchanges.extend(other.exchanges);
    }

    /// The model that was asked first, whether or not its answer was of use.
    pub fn model(&self) -> Option<&str> {
        self.exchanges.first().map(|e| e.model.as_str())
    }
}

/// What came of asking, and what it took.
#[derive(Debug)]
pub struct Asked<T> {
    /// What was accepted, or why nothing was.
    pub result: Result<T, LanguageError>,
    /// What it took.
    pub usage: Usage,
}

/// What is wrong with a reply; told back to the model once.
enum Rejected {
    /// Not of the shape that was asked for.
    Shape(String),
    /// Of the shape, and wrong.
    Checks(Vec<String>),
}

impl LanguageModel {
    /// Prepares the client; connects to nothing yet.
    pub fn connect(settings: &LlmSettings) -> Self {
        let client = Client::with_config(config(settings))
            .with_http_service(Transport::new(transport::REPLY_BYTES_MAX));
        Self(Arc::new(Inner {
            client,
            model: settings.model.clone(),
            key: settings.api_key.clone(),
            time_limit: settings.time_limit,
            permits: Semaphore::new(settings.requests_max),
            dialect: Mutex::default(),
        }))
    }

    /// The model's name, for the bundle of an answer.
    pub fn name(&self) -> &str {
        &self.0.model
    }

    /// Asks the model to read a question. `accept` makes of a draft what the caller
    /// wants, or says what is wrong with it; that is told back to the model once.
    pub async fn read<T>(
        &self,
        question: &Question<'_>,
        company: &Company,
        accept: impl Fn(Draft) -> Result<T, Vec<String>>,
    ) -> Asked<T> {
        let schema = schema::strict_draft();
        let shape = Shape {
            name: "scenario",
            description: "A what-if scenario about partner incentive programs",
            schema: &schema,
        };
        let messages =
            vec![Message::rules(prompt::RULES), Message::data(prompt::user_message(question, company))];
        let take = |text: &str| {
            let draft: Draft = serde_json::from_str(text).map_err(|e| Rejected::Shape(e.to_string()))?;
            accept(draft).map_err(Rejected::Checks)
        };
        self.ask(&shape, messages, take).await
    }

    /// Asks under every limit: one time for all of it, one permit, one repair.
    async fn ask<T>(
        &self,
        shape: &Shape<'_>,
        messages: Vec<Message>,
        take: impl Fn(&str) -> Result<T, Rejected>,
    ) -> Asked<T> {
        let exchange = Exchange { model: self.0.model.clone(), prompt: Vec::new(), replies: Vec::new() };
        let mut usage = Usage { exchanges: vec![exchange], ..Usage::default() };
        let limit = self.0.time_limit;
        let rounds = self.rounds(shape, messages, take, &mut usage);
        let result = match tokio::time::timeout(limit, rounds).await {
            Ok(result) => result,
            Err(_) => Err(LanguageError::TimedOut(limit.as_secs())),
        };
        // Nothing was sent where no place was free.
        usage.exchanges.retain(|e| !e.prompt.is_empty());
        Asked { result, usage }
    }

    async fn rounds<T>(
        &self,
        shape: &Shape<'_>,
        mut messages: Vec<Message>,
        take: impl Fn(&str) -> Result<T, Rejected>,
        usage: &mut Usage,
    ) -> Result<T, LanguageError> {
        let waited = tokio::time::timeout(WAIT_LIMIT, self.0.permits.acquire()).await;
        let Ok(Ok(_permit)) = waited else { return Err(LanguageError::Busy) };
        let text = self.say(shape, &messages, usage).await?;
        let findings = match take(&text) {
            Ok(taken) => return Ok(taken),
            Err(Rejected::Shape(why)) => vec![format!("It does not match the schema: {why}")],
            Err(Rejected::Checks(findings)) => findings,
        };
        messages.push(Message::said(&text));
        messages.push(Message::data(prompt::repair(&findings)));
        let text = self.say(shape, &messages, usage).await?;
        take(&text).map_err(|rejected| match rejected {
            Rejected::Shape(why) => LanguageError::Shape(why),
            Rejected::Checks(findings) => LanguageError::Checks(findings),
        })
    }

    /// One reply, in the best dialect that the endpoint understands.
    async fn say(
        &self,
        shape: &Shape<'_>,
        messages: &[Message],
        usage: &mut Usage,
    ) -> Result<String, LanguageError> {
        if let Some(exchange) = usage.exchanges.last_mut() {
            exchange.prompt = messages.to_vec();
        }
        let mut dialect = *self.dialect();
        for _ in 0..=DIALECTS_MAX {
            let body = dialect.body(&self.0.model, messages, shape, REPLY_TOKENS_MAX);
            let sent = self.0.client.chat().create_byot::<Value, Reply>(body).await;
            let error = match sent {
                Ok(reply) => {
                    *self.dialect() = dialect;
                    let spent = reply.spent();
                    usage.requests += 1;
                    usage.prompt_tokens += spent.prompt_tokens;
                    usage.completion_tokens += spent.completion_tokens;
                    let text = reply.text()?;
                    if let Some(exchange) = usage.exchanges.last_mut() {
                        exchange.replies.push(text.clone());
                    }
                    return Ok(text);
                }
                Err(error) => error,
            };
            match other_dialect(dialect, &error) {
                Some(next) => dialect = next,
                None => return Err(self.failed(&error)),
            }
        }
        Err(LanguageError::Endpoint("it complains about every way of asking".to_owned()))
    }

    /// What the endpoint understands, as far as is known.
    fn dialect(&self) -> std::sync::MutexGuard<'_, Dialect> {
        self.0.dialect.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self, error: &OpenAIError) -> LanguageError {
        let key = self.0.key.expose();
        match fault(error) {
            Some(fault) => LanguageError::of(fault, key),
            None if matches!(error, OpenAIError::JSONDeserialize(..)) => {
                LanguageError::Unusable("not a chat completion")
            }
            None => LanguageError::Endpoint(error::without(&error.to_string(), key)),
        }
    }
}

fn fault(error: &OpenAIError) -> Option<&Fault> {
    match error {
        OpenAIError::Boxed(boxed) => boxed.downcast_ref(),
        _ => None,
    }
}

fn other_dialect(dialect: Dialect, error: &OpenAIError) -> Option<Dialect> {
    match fault(error)? {
        Fault::Status { code, complaint } => dialect.after(*code, complaint),
        _ => None,
    }
}

/// Everything is set here, so that nothing is taken from the environment unseen.
fn config(settings: &LlmSettings) -> Arc<dyn Config> {
    let key = settings.api_key.expose();
    match &settings.endpoint {
        Endpoint::OpenAi { base_url, organization, project } => Arc::new(
            OpenAIConfig::new()
                .with_api_key(key)
                .with_api_base(base_url.as_deref().unwrap_or(OPENAI_API_BASE))
                .with_org_id(organization.as_deref().unwrap_or_default())
                .with_project_id(project.as_deref().unwrap_or_default()),
        ),
        Endpoint::Azure { resource, deployment, api_version } => Arc::new(
            AzureConfig::new()
                .with_api_key(key)
                .with_api_base(resource)
                .with_deployment_id(deployment)
                .with_api_version(api_version),
        ),
    }
}
