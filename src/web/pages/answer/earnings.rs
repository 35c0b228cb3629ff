//! The page of an answer about a partner's own earnings.

use askama::Template;
use spiffcast_engine::company::Company;

use super::read::{self, ReadingBlock};
use super::title;
use crate::answer::{Answer, Earnings};
use crate::reports::format;
use crate::reports::grounds::{self, RuleLine};
use crate::web::corrections::Control;
use crate::web::layout::{AskBox, Layout};
use crate::web::view::earnings::{self, Gains, Progress};
use crate::web::view::outlook::{self, OutlookView};
use crate::web::visitor::Here;

#[derive(Template)]
#[template(path = "earnings/answer.html")]
pub struct EarningsAnswerPage {
    layout: Layout,
    ask: AskBox,
    partner: String,
    question: String,
    headline: String,
    about: String,
    due: String,
    due_words: String,
    what_if: Option<Gains>,
    outlook: Option<OutlookView>,
    standings: Vec<Progress>,
    reading: ReadingBlock,
    rules: Vec<RuleLine>,
    bundle: Vec<(&'static str, String)>,
    when: String,
    as_of: String,
}

/// The page.
pub fn page(app: &Here, answer: &Answer, of: &Earnings, company: &Company) -> EarningsAnswerPage {
    let question = title(answer);
    let told = earnings::Told { name: &of.name, currency: &of.currency };
    let summary = answer.summary.as_ref();
    EarningsAnswerPage {
        layout: Layout::new(app, &question, "earnings"),
        ask: AskBox::following(app, answer),
        partner: of.partner.clone(),
        headline: summary.map_or_else(|| question.clone(), |s| s.headline.clone()),
        question,
        about: format!("{} ({}). Data through {}.", of.name, of.partner, format::date(of.as_of)),
        due: told.money(of.current.due),
        due_words: earnings::due_words(&of.current),
        what_if: of.what_if.as_ref().map(|asked| told.gains(asked)),
        outlook: of.outlook.as_ref().map(outlook::outlook),
        standings: of.standings.iter().map(|s| told.progress(s)).collect(),
        reading: read::block(app, answer, company, 0, None),
        rules: grounds::rules(&answer.citations, company),
        bundle: grounds::bundle(&answer.bundle),
        when: format::moment(&answer.run.created_at),
        as_of: format::date(of.as_of),
    }
}
