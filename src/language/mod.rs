//! The language model, behind any OpenAI-compatible endpoint through
//! async-openai. What it says is data for a draft: parsed against the schema of
//! the Rust types and handed back, never executed, never trusted. Whether a draft
//! is taken is decided in [`crate::app`], by the checks of the engine.

mod embeddings;
mod prompt;
mod schema;

use std::time::Duration;

use async_openai::Client;
use async_openai::config::OpenAIConfig;
use async_openai::types::chat::{
    ChatCompletionRequestMessage, ChatCompletionRequestSystemMessage, ChatCompletionRequestUserMessage,
    CreateChatCompletionRequest, CreateChatCompletionResponse, ResponseFormat, ResponseFormatJsonSchema,
};
use spiffcast_engine::company::Company;
use spiffcast_engine::scenario::Draft;

use crate::config::LlmSettings;

pub use embeddings::{EmbeddingError, Embeddings};
pub use prompt::{CitedClause, Question};

/// Longest time a reading may take, retries included.
const TIME_LIMIT: Duration = Duration::from_secs(20);
/// Most tokens of a reply; a draft needs a few hundred.
const REPLY_TOKENS_MAX: u32 = 1_500;
/// Longest reply that is looked at, in bytes.
const REPLY_BYTES_MAX: usize = 32 * 1024;

/// A connected model.
#[derive(Debug, Clone)]
pub struct LanguageModel {
    client: Client<OpenAIConfig>,
    model: String,
}

/// Why there is no draft. None of these stops an answer: the built-in reader
/// stands in.
#[derive(Debug, thiserror::Error)]
pub enum LanguageError {
    /// Nothing came in time.
    #[error("the language model did not answer within {} s", TIME_LIMIT.as_secs())]
    TimedOut,
    /// The endpoint refused or broke off. The detail is for the log: it may hold
    /// what the endpoint was sent.
    #[error("the language model could not be reached")]
    Endpoint(#[source] Box<async_openai::error::OpenAIError>),
    /// It declined.
    #[error("the language model declined to read the question")]
    Refused,
    /// Cut off, empty or longer than is looked at.
    #[error("the language model's reply was {0}")]
    Unusable(&'static str),
    /// Not a draft.
    #[error("the language model's reply is not a scenario: {0}")]
    Schema(serde_json::Error),
}

impl LanguageModel {
    /// Prepares the client; connects to nothing yet.
    pub fn connect(settings: &LlmSettings) -> Self {
        let config = OpenAIConfig::new().with_api_key(settings.api_key.expose());
        let config = match &settings.base_url {
            Some(url) => config.with_api_base(url.trim_end_matches('/')),
            None => config,
        };
        Self { client: Client::with_config(config), model: settings.model.clone() }
    }

    /// The model's name, for the bundle of an answer.
    pub fn name(&self) -> &str {
        &self.model
    }

    /// Asks the model to read a question. The draft has the right shape and
    /// nothing more: every word of it still has to be checked and grounded.
    pub async fn read(&self, question: &Question<'_>, company: &Company) -> Result<Draft, LanguageError> {
        let request = self.request(question, company);
        let chat = self.client.chat();
        let reply = tokio::time::timeout(TIME_LIMIT, chat.create(request))
            .await
            .map_err(|_| LanguageError::TimedOut)?
            .map_err(|e| LanguageError::Endpoint(Box::new(e)))?;
        draft_of(reply)
    }

    fn request(&self, question: &Question<'_>, company: &Company) -> CreateChatCompletionRequest {
        let schema = ResponseFormatJsonSchema {
            description: Some("A what-if scenario about partner incentive programs".to_owned()),
            name: "scenario".to_owned(),
            schema: schema::strict_draft(),
            strict: Some(true),
        };
        CreateChatCompletionRequest {
            model: self.model.clone(),
            messages: vec![
                ChatCompletionRequestMessage::System(ChatCompletionRequestSystemMessage::from(prompt::RULES)),
                ChatCompletionRequestMessage::User(ChatCompletionRequestUserMessage::from(
                    prompt::user_message(question, company),
                )),
            ],
            response_format: Some(ResponseFormat::JsonSchema { json_schema: schema }),
            temperature: Some(0.0),
            max_completion_tokens: Some(REPLY_TOKENS_MAX),
            ..CreateChatCompletionRequest::default()
        }
    }
}

fn draft_of(reply: CreateChatCompletionResponse) -> Result<Draft, LanguageError> {
    let choice = reply.choices.into_iter().next().ok_or(LanguageError::Unusable("empty"))?;
    if choice.message.refusal.is_some() {
        return Err(LanguageError::Refused);
    }
    let text = choice.message.content.unwrap_or_default();
    if text.trim().is_empty() {
        return Err(LanguageError::Unusable("empty"));
    }
    if text.len() > REPLY_BYTES_MAX {
        return Err(LanguageError::Unusable("too long"));
    }
    serde_json::from_str(text.trim()).map_err(LanguageError::Schema)
}
