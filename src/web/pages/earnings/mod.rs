//! One partner's own view: the statement with marks, deadlines and a what-if form; why
//! a sale was counted or not; the statement as a file. Every handler learns whose
//! earnings it serves from [`scope`].

mod choose;
mod export;
mod lines;
mod rules;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use spiffcast_engine::calendar::Month;
use spiffcast_engine::earnings::Statement;
use spiffcast_engine::finding::Finding;
use spiffcast_engine::scenario::ExtraSale;

use crate::app::port::AskError;
use crate::web::errors::{Failure, page};
use crate::web::layout::Layout;
use crate::web::pages::ask::escape;
use crate::web::scope::{Scope, nobody, scope};
use crate::web::view::earnings::{self, Figure, Gains, Progress, SaleView, Section, Told};
use crate::web::view::outlook::{self, OutlookView};
use crate::web::visitor::Here;

use choose::{Chooser, chooser};

pub use export::{csv, outlook_csv, outlook_json, outlook_md, outlook_xlsx, pdf, xlsx};
pub use rules::rules;

/// Months that the what-if form offers.
const MONTHS_OFFERED: i32 = 6;

#[derive(Template)]
#[template(path = "earnings/page.html")]
struct EarningsPage {
    layout: Layout,
    partner: String,
    name: String,
    about: String,
    chooses: bool,
    chooser: Chooser,
    due: String,
    due_words: String,
    figures: Vec<Figure>,
    open_words: String,
    outlook: Option<OutlookView>,
    standings: Vec<Progress>,
    deadlines: Vec<String>,
    sections: Vec<Section>,
    years: Vec<(String, String, bool)>,
    year: String,
    products: Vec<(String, String)>,
    months: Vec<(String, String)>,
    asked: Asked,
    what_if: Option<Gains>,
    problems: Vec<String>,
}

#[derive(Template)]
#[template(path = "earnings/choose.html")]
struct ChoosePage {
    layout: Layout,
    chooser: Chooser,
}

#[derive(Template)]
#[template(path = "earnings/why.html")]
struct WhyPage {
    layout: Layout,
    partner: String,
    name: String,
    transaction: String,
    lines: Vec<SaleView>,
}

/// What the address asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    partner: String,
    find: String,
    year: String,
    sku: String,
    units: String,
    month: String,
}

impl Asked {
    fn extra(&self) -> Option<ExtraSale> {
        let [sku, units, on] = [&self.sku, &self.units, &self.month].map(|s| s.trim().to_owned());
        (!sku.is_empty() && !units.is_empty()).then_some(ExtraSale { sku, units, on })
    }
}

/// `GET /earnings`
pub async fn show(app: Here, query: Result<Query<Asked>, QueryRejection>) -> Result<Response, Failure> {
    let Query(asked) = query.map_err(|rejection| {
        Failure::new(rejection.status(), "The address could not be read", rejection.body_text())
    })?;
    let Scope { partner, chooses } = scope(app.who(), Some(&asked.partner))?;
    let Some(partner) = partner else {
        return Ok(choose(&app, &asked.find));
    };
    let period = period(&app, &asked.year);
    let statement = of(app.copilot.statement(&partner, period).await)?;
    let extra = asked.extra();
    let (what_if, problems) = match extra.clone() {
        None => (None, Vec::new()),
        Some(extra) => match app.copilot.what_if(&partner, vec![extra]).await {
            Ok(found) => (Some(told(&statement).gains(&found)), Vec::new()),
            Err(AskError::Findings(findings)) => (None, findings.iter().map(Finding::said).collect()),
            Err(error) => return Err(error.into()),
        },
    };
    // Sales that cannot be imagined are left out of it.
    let extra = extra.filter(|_| problems.is_empty()).into_iter().collect();
    let outlook = match app.copilot.outlook(&partner, extra).await {
        Ok(outlook) => Some(outlook::outlook(&outlook)),
        Err(AskError::Unavailable(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let earnings = EarningsPage { what_if, problems, outlook, ..statement_page(&app, &statement, asked) };
    Ok(page(StatusCode::OK, &EarningsPage { chooses, ..earnings }))
}

/// Partners to choose from; the one that can be meant at once.
fn choose(app: &Here, find: &str) -> Response {
    let chooser = chooser(&app.copilot.company(), find);
    if let ([one], false) = (chooser.found.as_slice(), chooser.find.is_empty()) {
        return Redirect::to(&format!("/earnings?partner={}", escape(&one.id))).into_response();
    }
    page(StatusCode::OK, &ChoosePage { layout: Layout::new(app, "Earnings", "earnings"), chooser })
}

/// The fiscal year told: that of the data's last day unless another or `all` is named.
fn period(app: &Here, year: &str) -> Option<String> {
    let company = app.copilot.company();
    match year {
        "all" => None,
        "" => Some(company.calendar.year_of(company.as_of).to_string()),
        year => Some(year.to_owned()),
    }
}

/// What is not there and what is another's look the same.
fn of<T>(found: Result<T, AskError>) -> Result<T, Failure> {
    found.map_err(|error| match error {
        AskError::NotFound => nobody(),
        other => other.into(),
    })
}

fn told(statement: &Statement) -> Told<'_> {
    Told { name: &statement.name, currency: &statement.currency }
}

fn statement_page(app: &Here, statement: &Statement, asked: Asked) -> EarningsPage {
    let company = app.copilot.company();
    let today = company.today();
    let now = company.calendar.year_of(company.as_of);
    let year = if asked.year.is_empty() { now.to_string() } else { asked.year.clone() };
    let listed = (0..4).map(|back| (now - back).to_string()).map(|y| (y.clone(), y));
    let years = listed.chain([("all".to_owned(), "All".to_owned())]);
    let first = Month::of(today);
    EarningsPage {
        layout: Layout::new(app, &format!("Earnings of {}", statement.name), "earnings"),
        partner: statement.partner.clone(),
        name: statement.name.clone(),
        about: earnings::about(statement),
        chooses: false,
        chooser: Chooser::default(),
        due: lines::money(statement.current.due, statement),
        due_words: earnings::due_words(&statement.current),
        figures: lines::figures(statement),
        open_words: earnings::open_words(statement),
        outlook: None,
        standings: statement.standings.iter().map(|s| told(statement).progress(s)).collect(),
        deadlines: statement.deadlines.iter().map(earnings::deadline).collect(),
        sections: lines::sections(statement),
        years: years.map(|(value, label)| (value.clone(), label, value == year)).collect(),
        year,
        products: company.catalog.products.iter().map(|p| (p.sku.clone(), p.name.clone())).collect(),
        months: (0..MONTHS_OFFERED)
            .map(|n| first.plus(n).key())
            .map(|key| (key.clone(), crate::reports::format::month(&key, true)))
            .collect(),
        asked,
        what_if: None,
        problems: Vec::new(),
    }
}

/// `GET /earnings/sales?sale=…`: to the page of a sale.
pub async fn find(app: Here, Query(fields): Query<BTreeMap<String, String>>) -> Result<Redirect, Failure> {
    let field = |name: &str| fields.get(name).map(|v| v.trim()).filter(|v| !v.is_empty());
    let partner = scope(app.who(), field("partner"))?.one()?;
    let sale = field("sale").ok_or_else(|| Failure::not_found("No sale was named."))?;
    Ok(Redirect::to(&format!("/earnings/sales/{}?partner={}", escape(sale), escape(&partner))))
}

/// `GET /earnings/sales/{transaction}`
pub async fn why(
    app: Here,
    Path(transaction): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let partner = scope(app.who(), Some(&asked.partner))?.one()?;
    let found = app.copilot.why(&partner, &transaction).await.map_err(|error| match error {
        AskError::NotFound => Failure::not_found("This partner has no such transaction."),
        other => other.into(),
    })?;
    let company = app.copilot.company();
    let name = company.catalog.partner(&partner).map(|ix| company.catalog.partners[ix].name.clone());
    Ok(page(
        StatusCode::OK,
        &WhyPage {
            layout: Layout::new(&app, &format!("Sale {transaction}"), "earnings"),
            partner,
            name: name.unwrap_or_default(),
            lines: found.lines.iter().map(|line| earnings::sale(line, &found.currency)).collect(),
            transaction,
        },
    ))
}
