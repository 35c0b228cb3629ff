//! What every page has around it: title, addresses of the assets, how old the
//! data is, and the box to ask in.

use chrono::Datelike;

use super::{App, assets};
use crate::answer::Answer;
use crate::app::port::AskRequest;
use crate::reports::format;

/// The frame of a page.
pub struct Layout {
    /// Title of the page, without the product's name.
    pub title: String,
    /// Which entry of the navigation is current.
    pub section: &'static str,
    /// Address of the style sheet.
    pub css: String,
    /// Address of the script.
    pub js: String,
    /// Address of the icon.
    pub icon: String,
    /// `Data to 30 June 2026`.
    pub as_of: String,
    /// What people should know.
    pub notices: Vec<String>,
    /// Version of the program.
    pub version: &'static str,
}

impl Layout {
    /// The frame for a page of this title.
    pub fn new(app: &App, title: &str, section: &'static str) -> Self {
        let company = app.copilot.company();
        let mut notices = app.copilot.notices();
        let (today, wall) = (company.today(), (app.options.wall_clock)());
        let quarter = |d: chrono::NaiveDate| (company.calendar.year_of(d), company.calendar.quarter_of(d));
        if quarter(wall) > quarter(today) {
            notices.push(format!(
                "Today is {}, but the data ends on {}: questions are answered as of {}. Import newer data to plan \
                 from today.",
                format::date(wall),
                format::date(company.as_of),
                format::date(today),
            ));
        }
        Self {
            title: title.to_owned(),
            section,
            css: assets::url("app.css"),
            js: assets::url("js/app.js"),
            icon: assets::url("favicon.svg"),
            as_of: format::date(company.as_of),
            notices,
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// The box to ask in.
pub struct AskBox {
    /// What stands in it.
    pub question: String,
    /// The answer it follows up on.
    pub conversation: Option<String>,
    /// The partner it is asked for.
    pub partner: Option<String>,
    /// An example, shown while it is empty.
    pub placeholder: String,
    /// `Q3 2026`: what "this quarter" means.
    pub quarter: String,
    /// Whether it follows up on the answer above it.
    pub follows: bool,
}

const FOLLOW_UP: &str = "and for EMEA only? · what about 10%? · or a new question";

impl AskBox {
    /// The box under an answer: what is asked there changes its scenario, or begins anew.
    pub fn following(app: &App, answer: &Answer) -> Self {
        let (conversation, partner) = (Some(answer.run.id.clone()), answer.run.partner.clone());
        let asked = AskRequest { conversation, partner, ..AskRequest::default() };
        Self { placeholder: FOLLOW_UP.to_owned(), follows: true, ..Self::new(app, asked) }
    }

    /// The box with a question in it.
    pub fn new(app: &App, asked: AskRequest) -> Self {
        let company = app.copilot.company();
        let today = company.today();
        let quarter = format!("Q{} {}", company.calendar.quarter_of(today), company.calendar.year_of(today));
        let example = app.copilot.examples().into_iter().next();
        Self {
            question: asked.question,
            conversation: asked.conversation,
            partner: asked.partner,
            placeholder: example
                .unwrap_or_else(|| format!("Raise a rate by 5% for Q{}", today.month0() / 3 + 1)),
            quarter,
            follows: false,
        }
    }
}
