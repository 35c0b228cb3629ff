//! One partner's own view: its statement, what more sales would pay, what the quarter is
//! heading to, why a sale was not counted. Everything is served from [`OwnBooks`], which hold this partner's data and
//! nobody else's; the arithmetic is the engine's.

mod answer;

use spiffcast_engine::calendar::Span;
use spiffcast_engine::company::Company;
use spiffcast_engine::earnings::why::{SaleExplained, why as explain};
use spiffcast_engine::earnings::{
    Outlook, OwnBooks, Statement, WhatIf, outlook as foresee, rules as readable, statement as tell,
    what_if as imagine,
};
use spiffcast_engine::finding::Severity;
use spiffcast_engine::named_period::parse_period;
use spiffcast_engine::programs::ProgramVersion;
use spiffcast_engine::scenario::{EarningsQuery, ExtraSale, check_earnings};

use super::port::AskError;
use crate::state::State;

pub(super) use answer::answer;

/// The books of a partner.
///
/// # Errors
/// [`AskError::NotFound`] where there is no such partner.
pub fn books(company: &Company, partner: &str) -> Result<OwnBooks, AskError> {
    OwnBooks::open(company, partner).ok_or(AskError::NotFound)
}

/// The statement; `period` as people type it (`2026-Q2`, `2026`), `None` for all.
///
/// # Errors
/// Where the period cannot be read.
pub fn statement(books: &OwnBooks, period: Option<&str>) -> Result<Statement, AskError> {
    let calendar = books.calendar();
    let span: Option<Span> = match period {
        Some(text) => Some(parse_period(text, calendar).map_err(|error| {
            AskError::Findings(vec![finding("period", "unknown_period", error.to_string())])
        })?),
        None => None,
    };
    Ok(tell(books, span))
}

/// What more sales would pay.
///
/// # Errors
/// Everything that is wrong with the imagined sales.
pub fn what_if(company: &Company, books: &OwnBooks, extra: Vec<ExtraSale>) -> Result<WhatIf, AskError> {
    Ok(imagine(books, &checked(company, books, extra)?))
}

/// What the quarter will probably pay, from own books and the published snapshot.
///
/// # Errors
/// Everything that is wrong with the imagined sales.
pub fn outlook(state: &State, books: &OwnBooks, extra: Vec<ExtraSale>) -> Result<Outlook, AskError> {
    let extra = checked(state.company(), books, extra)?;
    Ok(foresee(books, &state.publication.shared, &extra, state.settings.seed))
}

/// The text of a program version.
///
/// # Errors
/// [`AskError::NotFound`] where the partner may not read it, or there is none.
pub fn rules(books: &OwnBooks, program: &str, version: u32) -> Result<ProgramVersion, AskError> {
    readable::readable(books, program, version).cloned().ok_or(AskError::NotFound)
}

fn checked(company: &Company, books: &OwnBooks, extra: Vec<ExtraSale>) -> Result<Vec<ExtraSale>, AskError> {
    let query = EarningsQuery { partner: books.partner().id.clone(), extra };
    let findings = check_earnings(&query, company);
    if findings.iter().any(|f| f.severity == Severity::Error) {
        return Err(AskError::Findings(findings));
    }
    Ok(query.extra)
}

/// Why a sale was counted or not.
///
/// # Errors
/// [`AskError::NotFound`] where this partner has no such transaction.
pub fn why(books: &OwnBooks, transaction: &str) -> Result<SaleExplained, AskError> {
    explain(books, transaction).ok_or(AskError::NotFound)
}

/// Reads `PX-100=20@2026-08`: an imagined sale as typed on a command line or in an
/// address.
///
/// # Errors
/// How to write it.
pub fn parse_extra(text: &str) -> Result<ExtraSale, String> {
    let parts = text.split_once('=').and_then(|(sku, rest)| Some((sku, rest.split_once('@')?)));
    let Some((sku, (units, on))) = parts else {
        return Err(format!("{text:?} is not SKU=UNITS@YYYY-MM, such as PX-100=20@2026-08"));
    };
    let [sku, units, on] = [sku, units, on].map(|part| part.trim().to_owned());
    Ok(ExtraSale { sku, units, on })
}

fn finding(field: &str, code: &str, message: String) -> spiffcast_engine::finding::Finding {
    spiffcast_engine::finding::Finding {
        severity: Severity::Error,
        code: code.to_owned(),
        field: field.to_owned(),
        message,
        hint: String::new(),
    }
}
