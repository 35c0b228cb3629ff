//! Where a reading is put together: what was found, what it came from, what had to
//! be asked, and the answers already given. Keeps the four ways a reading can end
//! apart.

use std::ops::Range;

use serde_json::{Map, Value, json};

use crate::finding::Finding;
use crate::scenario::findings::{error, info, warning};

use super::days::Almanac;
use super::sheet::Sheet;
use super::{Choice, Chosen, Clarification, Context, Provenance, Source, conversation};

/// The path of a reading's first lever.
pub(crate) const FIRST: &str = "options[0].levers[0]";

/// A reading in the making.
pub(crate) struct Desk<'a> {
    pub context: &'a Context<'a>,
    pub sheet: Sheet<'a>,
    pub almanac: Almanac,
    pub provenance: Vec<Provenance>,
    pub clarifications: Vec<Clarification>,
    pub findings: Vec<Finding>,
    /// Choices that were made for this question.
    pub chosen: Vec<Chosen>,
    /// Set when the question is understood and outside what can be answered.
    pub unsupported: bool,
    /// Set when the period is past and the question looks back at it.
    pub hindcast: bool,
    /// A time that names no days.
    pub vague: Option<Range<usize>>,
    /// Path of the lever in the making.
    pub path: String,
}

/// A choice as it is offered.
pub(crate) fn choice(id: impl Into<String>, label: impl Into<String>, patch: Value) -> Choice {
    Choice { id: id.into(), label: label.into(), patch }
}

/// The choice of saying it differently.
pub(crate) fn rephrase() -> Choice {
    choice("rephrase", "I will say it differently", json!({}))
}

impl<'a> Desk<'a> {
    pub fn new(context: &'a Context<'a>, sheet: Sheet<'a>, almanac: Almanac) -> Self {
        Self {
            context,
            sheet,
            almanac,
            provenance: Vec::new(),
            clarifications: Vec::new(),
            findings: Vec::new(),
            chosen: Vec::new(),
            unsupported: false,
            hindcast: false,
            vague: None,
            path: FIRST.to_owned(),
        }
    }

    /// The answer given to a question about a field, now or earlier in the conversation,
    /// or `None` after asking it.
    pub fn ask(&mut self, field: &str, question: String, choices: Vec<Choice>) -> Option<String> {
        let open = Clarification { field: field.to_owned(), question, choices };
        if let Some(answer) = self.context.answers.get(field) {
            let ids: Vec<String> = open.choices.iter().map(|c| c.id.clone()).collect();
            if ids.contains(answer) {
                self.provenance.push(conversation::answered(field));
                let (field, choice) = (open.field, answer.clone());
                self.chosen.push(Chosen { field, question: open.question, choice, among: ids });
                return Some(answer.clone());
            }
            let message = format!("{answer:?} is not one of the choices");
            let hint = format!("Choose {}", ids.join(", "));
            self.findings.push(warning("unknown_choice", field, message, hint));
        } else if let Some(choice) = conversation::chosen_before(self.context, &open) {
            self.provenance.push(conversation::of_last_turn(self.context, field));
            let message = format!("Read as you chose before: {}", choice.label);
            self.findings.push(info("chosen_before", field, message));
            return Some(choice.id.clone());
        }
        if !self.clarifications.iter().any(|c| c.field == field) {
            self.clarifications.push(open);
        }
        None
    }

    /// Records where a field came from.
    pub fn said(&mut self, field: impl Into<String>, at: Range<usize>) {
        let source = self.sheet.source(at);
        self.provenance.push(Provenance { field: field.into(), source });
    }

    /// Records a named default.
    pub fn assumed(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.provenance
            .push(Provenance { field: field.into(), source: Source::Default { reason: reason.into() } });
    }

    /// Ends the reading as understood and not answered.
    pub fn outside(&mut self, code: &str, message: String, hint: &str) {
        self.unsupported = true;
        self.findings.push(error(code, "question", message, hint));
    }

    /// Ends the reading as failed.
    pub fn fail(&mut self, code: &str, field: impl Into<String>, message: String, hint: impl Into<String>) {
        self.findings.push(error(code, field, message, hint.into()));
    }

    /// A path below the lever.
    pub fn field(&self, key: &str) -> String {
        format!("{}.{key}", self.path)
    }

    /// A patch that sets keys of the lever.
    pub fn lever_patch(&self, keys: &[(&str, Value)]) -> Value {
        let entries = keys.iter().map(|(key, value)| (self.field(key), value.clone()));
        Value::Object(entries.collect::<Map<_, _>>())
    }
}
