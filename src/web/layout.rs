//! What every page has around it: title, addresses of the assets, how old the
//! data is, and the box to ask in.

use chrono::Datelike;

use super::visitor::{Here, Signed};
use super::{App, assets};
use crate::answer::Answer;
use crate::app::port::AskRequest;
use crate::auth::{Permission, Who};
use crate::reports::format;

/// The frame of a page.
pub struct Layout {
    /// Title of the page, without the product's name.
    pub title: String,
    /// Pages that this one may see.
    pub nav: Vec<NavLink>,
    /// Where this one begins.
    pub home: &'static str,
    /// Name and role of who is signed in.
    pub who: Option<(String, &'static str)>,
    /// What this one may do here.
    pub may: May,
    /// The box that is always there, for those who may ask; pages with one of their own
    /// leave it out.
    pub ask: Option<AskBox>,
    /// What every form carries that changes something.
    pub form_token: String,
    /// Address of the style sheet.
    pub css: String,
    /// Address of the script.
    pub js: String,
    /// Address of the icon.
    pub icon: String,
    /// `30 June 2026`; empty for whom the data is none of.
    pub as_of: String,
    /// What people should know.
    pub notices: Vec<String>,
    /// Version of the program.
    pub version: &'static str,
}

/// A page in the navigation.
pub struct NavLink {
    /// Its address.
    pub path: &'static str,
    /// Its name.
    pub label: &'static str,
    /// Whether it is the one shown.
    pub current: bool,
}

/// What somebody may do, for pages to leave out what would be refused.
#[derive(Default, Clone, Copy)]
pub struct May {
    /// Ask, correct, compare.
    pub ask: bool,
    /// Write notes.
    pub annotate: bool,
    /// Take reports away.
    pub export: bool,
    /// Have the track record computed.
    pub compute: bool,
    /// Bring in data.
    pub import: bool,
    /// See what partners are owed.
    pub earnings: bool,
    /// Make drafts of program versions.
    pub draft: bool,
    /// Decide on them.
    pub decide: bool,
    /// Dispute lines of one's own statement.
    pub dispute: bool,
}

impl May {
    fn of(who: &Who) -> Self {
        Self {
            ask: who.may(Permission::Ask),
            annotate: who.may(Permission::AnswersAnnotate),
            export: who.may(Permission::ReportsExport),
            compute: who.may(Permission::AccuracyCompute),
            import: who.may(Permission::DataImport),
            earnings: who.may(Permission::EarningsAny),
            draft: who.may(Permission::DraftsWrite),
            decide: who.may(Permission::DraftsDecide),
            dispute: who.may(Permission::DisputesOwn),
        }
    }
}

/// Pages in the navigation, in order, with the section that they are.
const PAGES: [(&str, &str, &str); 10] = [
    ("/", "Ask", "ask"),
    ("/scenarios", "Scenarios", "scenarios"),
    ("/programs", "Programs", "programs"),
    ("/drafts", "Drafts", "drafts"),
    ("/earnings", "Earnings", "earnings"),
    ("/disputes", "Disputes", "disputes"),
    ("/accuracy", "Accuracy", "accuracy"),
    ("/data", "Data", "data"),
    ("/audit", "Audit", "audit"),
    ("/users", "Users", "users"),
];

impl Layout {
    /// The frame for a page of this title, for who is signed in.
    pub fn new(app: &Here, title: &str, section: &'static str) -> Self {
        Self::for_visitor(app, Some(&app.signed), title, section)
    }

    /// The frame for a page that anybody may see, or for an error.
    pub fn for_visitor(app: &App, signed: Option<&Signed>, title: &str, section: &'static str) -> Self {
        let who = signed.map(|signed| &*signed.who);
        let shown = |path: &str| who.is_some_and(|who| app.shows(who, path));
        let link = |(path, label, name): (&'static str, &'static str, &str)| NavLink {
            path,
            label,
            current: name == section,
        };
        // Only who reads answers or earnings is told how the data is.
        let reads = who
            .is_some_and(|who| [Permission::DataRead, Permission::EarningsOwn].iter().any(|p| who.may(*p)));
        let asks = who.is_some_and(|who| who.may(Permission::Ask));
        Self {
            title: title.to_owned(),
            ask: asks.then(|| AskBox::new(app, AskRequest::default())),
            nav: PAGES.into_iter().filter(|(path, ..)| shown(path)).map(link).collect(),
            home: who.map_or("/sign-in", |who| app.home(who)),
            who: who.map(|who| (who.name.clone(), who.role.title())),
            may: who.map(May::of).unwrap_or_default(),
            form_token: signed.map(Signed::form_token).unwrap_or_default(),
            css: assets::url("app.css"),
            js: assets::url("js/app.js"),
            icon: assets::url("favicon.svg"),
            as_of: if reads { format::date(app.copilot.company().as_of) } else { String::new() },
            notices: if who.is_some_and(|who| who.may(Permission::AnswersRead)) {
                notices(app)
            } else {
                Vec::new()
            },
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

fn notices(app: &App) -> Vec<String> {
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
    notices
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
    /// What stands above it, where it is not the usual.
    pub label: Option<String>,
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
            label: None,
        }
    }
}
