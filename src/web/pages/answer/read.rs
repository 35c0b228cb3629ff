//! "How I read your question", as the pages of answers show it.

use spiffcast_engine::company::Company;

use crate::answer::Answer;
use crate::auth::Permission;
use crate::reports::reading;
use crate::web::corrections::{self, Refused};
use crate::web::errors::FindingLine;
use crate::web::view::question::{self, Editing, Field, Piece};
use crate::web::visitor::Here;

/// "How I read your question".
pub struct ReadingBlock {
    /// The answer whose fields can be corrected; empty for none.
    pub corrects: String,
    /// Lists that its fields offer from.
    pub lists: Vec<(&'static str, Vec<String>)>,
    pub pieces: Vec<Piece>,
    pub fields: Vec<Field>,
    pub findings: Vec<FindingLine>,
    pub unused: Vec<String>,
    pub reader: &'static str,
    pub checks: Vec<String>,
}

/// `option` is the one that the page shows, `refused` a correction that is shown again.
pub fn block(
    app: &Here,
    answer: &Answer,
    company: &Company,
    option: usize,
    refused: Option<&Refused>,
) -> ReadingBlock {
    let read = &answer.reading;
    let editable = answer.forecast.is_some() && app.who().may(Permission::Ask);
    let editing = editable.then_some(Editing { option, refused });
    ReadingBlock {
        corrects: if editable { answer.run.id.clone() } else { String::new() },
        lists: if editable { corrections::lists(company).into() } else { Vec::new() },
        pieces: answer.run.question.as_deref().map(|q| question::pieces(q, read)).unwrap_or_default(),
        fields: question::fields(read, company, editing),
        findings: read.findings.iter().map(FindingLine::from).collect(),
        unused: read.unused_words.clone(),
        checks: reading::checks(read),
        reader: reading::reader(read),
    }
}
