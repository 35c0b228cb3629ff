//! The page of an answer without a forecast: what is to be settled, or why there is none.

use std::collections::BTreeMap;

use askama::Template;
use spiffcast_engine::company::Company;
use spiffcast_engine::reading::Status;

use super::read::{self, ReadingBlock};
use super::title;
use crate::answer::Answer;
use crate::app::port::AskRequest;
use crate::reports::grounds::{self, RuleLine};
use crate::web::corrections::Control;
use crate::web::layout::{AskBox, Layout};
use crate::web::visitor::Here;

#[derive(Template)]
#[template(path = "standstill.html")]
pub struct StandstillPage {
    layout: Layout,
    ask: AskBox,
    heading: &'static str,
    explanation: &'static str,
    question: String,
    /// The answer that was followed up on; empty for none.
    conversation: String,
    /// The partner it was asked for; empty for none.
    partner: String,
    chosen: Vec<(String, String)>,
    clarifications: Vec<ClarificationBlock>,
    single: bool,
    reading: ReadingBlock,
    rules: Vec<RuleLine>,
    summary: String,
    examples: Vec<String>,
}

struct ClarificationBlock {
    name: String,
    question: String,
    choices: Vec<(String, String)>,
}

/// The page; `chosen` are choices made before this one.
pub fn page(
    app: &Here,
    answer: &Answer,
    (heading, explanation): (&'static str, &'static str),
    chosen: BTreeMap<String, String>,
    company: &Company,
) -> StandstillPage {
    let question = title(answer);
    let clarifications: Vec<ClarificationBlock> = if answer.reading.status == Status::NeedsClarification {
        answer
            .reading
            .clarifications
            .iter()
            .map(|c| ClarificationBlock {
                name: format!("answer.{}", c.field),
                question: c.question.clone(),
                choices: c.choices.iter().map(|c| (c.id.clone(), c.label.clone())).collect(),
            })
            .collect()
    } else {
        Vec::new()
    };
    StandstillPage {
        layout: Layout::new(app, heading, "ask"),
        ask: AskBox::new(
            app,
            AskRequest {
                question: question.clone(),
                conversation: answer.run.follows.clone(),
                partner: answer.run.partner.clone(),
                ..AskRequest::default()
            },
        ),
        conversation: answer.run.follows.clone().unwrap_or_default(),
        partner: answer.run.partner.clone().unwrap_or_default(),
        heading,
        explanation,
        question,
        chosen: chosen.into_iter().map(|(field, choice)| (format!("answer.{field}"), choice)).collect(),
        single: clarifications.len() == 1,
        clarifications,
        reading: read::block(app, answer, company, 0, None),
        rules: grounds::rules(&answer.citations, company),
        summary: answer
            .summary
            .as_ref()
            .map_or_else(String::new, |s| format!("{} {}", s.headline, s.text).trim().to_owned()),
        examples: app.copilot.examples(),
    }
}
