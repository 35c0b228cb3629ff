//! What a partner must do by when so that pay is not lost: registered deals that run
//! out, and sales whose report is still missing. Reads dates only.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::sales::LineKind;

use super::books::OwnBooks;

/// What a deadline is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineKind {
    /// A registered deal must be sold while its registration holds.
    DealRegistration,
    /// A sale must be reported.
    Report,
    /// A registration waits for approval: a sale before it does not count.
    Approval,
}

/// Something to be done by a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Deadline {
    /// What about.
    pub kind: DeadlineKind,
    /// The registration or the transaction.
    pub id: String,
    /// Product.
    pub sku: String,
    /// Units, where known: estimated of a deal, sold of a sale.
    #[schemars(with = "Option<String>")]
    pub units: Option<Decimal>,
    /// The last day; null where there is none.
    pub by: Option<NaiveDate>,
    /// Days from today to it, today counted as 0.
    pub days_left: Option<i64>,
    /// Programs whose pay depends on it.
    pub programs: Vec<String>,
}

/// The deadlines that lie ahead, the nearest first.
pub fn deadlines(books: &OwnBooks) -> Vec<Deadline> {
    let mut all = registrations(books);
    all.extend(reports(books));
    all.sort_by(|a, b| (a.by.is_none(), a.by, &a.id).cmp(&(b.by.is_none(), b.by, &b.id)));
    all
}

/// Programs in force today that ask for something of a sale of a product.
fn asking(books: &OwnBooks, sku: &str, asks: impl Fn(&crate::programs::Terms) -> bool) -> Vec<String> {
    let company = books.company();
    let Some(product) = company.catalog.product(sku).map(|ix| &company.catalog.products[ix]) else {
        return Vec::new();
    };
    let in_force = company.programs.iter().filter_map(|p| p.version_on(company.today()));
    in_force
        .filter(|v| asks(&v.terms) && v.terms.covers(&product.sku, &product.family))
        .map(|v| v.program.clone())
        .collect()
}

/// Approved registrations that still hold and were not sold yet, and those that wait.
fn registrations(books: &OwnBooks) -> Vec<Deadline> {
    let company = books.company();
    let today = company.today();
    let sold = |id: &str| company.lines.iter().any(|l| l.deal_registration_id.as_deref() == Some(id));
    let open = company.registrations.iter().filter(|r| !sold(&r.id));
    open.filter_map(|deal| {
        let waits = deal.approved_on.is_none() && deal.status != "rejected" && deal.status != "approved";
        let holds = deal.approved_on.is_some() && deal.expires_on.is_none_or(|day| day >= today);
        let kind = match (holds, waits) {
            (true, _) => DeadlineKind::DealRegistration,
            (_, true) => DeadlineKind::Approval,
            _ => return None,
        };
        let sku = &company.catalog.products[deal.product].sku;
        Some(Deadline {
            kind,
            id: deal.id.clone(),
            sku: sku.clone(),
            units: deal.estimated_units,
            by: deal.expires_on.filter(|_| holds),
            days_left: deal.expires_on.filter(|_| holds).map(|day| (day - today).num_days()),
            programs: asking(books, sku, |terms| terms.eligible.deal_registration_required),
        })
    })
    .collect()
}

/// Sales without a day of report whose deadline did not pass yet, by the strictest
/// program that covers them.
fn reports(books: &OwnBooks) -> Vec<Deadline> {
    let company = books.company();
    let today = company.today();
    let missing = company.lines.iter().filter(|l| l.kind == LineKind::Sale && l.reported_on.is_none());
    missing
        .filter(|line| line.partner == super::books::OWN)
        .filter_map(|line| {
            let sku = &company.catalog.products[line.product].sku;
            let programs = asking(books, sku, |terms| {
                terms.claim_within_days.is_some() && terms.effective.contains(line.sold_on)
            });
            let days = programs
                .iter()
                .filter_map(|id| books.program(id)?.version_on(line.sold_on)?.terms.claim_within_days);
            let by = line.sold_on.checked_add_days(Days::new(u64::try_from(days.min()?).ok()?))?;
            (by >= today).then(|| Deadline {
                kind: DeadlineKind::Report,
                id: line.transaction_id.clone(),
                sku: sku.clone(),
                units: Some(line.units),
                by: Some(by),
                days_left: Some((by - today).num_days()),
                programs,
            })
        })
        .collect()
}
