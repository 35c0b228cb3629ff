//! One partner's own view on the terminal.

use spiffcast_engine::earnings::OwnBooks;
use spiffcast_engine::scenario::ExtraSale;

use super::{Ended, Failure, load, open, print_json, rules};
use crate::app::earnings;
use crate::app::port::{AskError, Copilot};
use crate::cli::arguments::Arguments;
use crate::cli::{Outcome, terminal};

/// Prints a partner's statement, or what imagined sales would pay it.
pub fn earnings(
    arguments: &Arguments,
    partner: &str,
    extra: Vec<ExtraSale>,
    period: Option<&str>,
    json: bool,
) -> Ended {
    let company = load(arguments)?;
    let books = OwnBooks::open(&company, partner).ok_or_else(|| rules::no_partner(partner))?;
    if !extra.is_empty() {
        let asked = earnings::what_if(&company, &books, extra)?;
        if json {
            print_json(&asked)?
        } else {
            terminal::earnings::print_what_if(&asked, &books.partner().name, &company.catalog.currency)
        }
        return Ok(Outcome::Done);
    }
    let statement = earnings::statement(&books, period)?;
    if json {
        print_json(&statement)?
    } else {
        terminal::earnings::print_statement(&statement)
    }
    Ok(Outcome::Done)
}

/// Prints what a partner's quarter will probably pay, with imagined sales where there are
/// some.
pub async fn outlook(arguments: &Arguments, partner: &str, extra: Vec<ExtraSale>, json: bool) -> Ended {
    let state = open(arguments).await?;
    let outlook = state.outlook(partner, extra).await.map_err(|error| match error {
        AskError::NotFound => rules::no_partner(partner),
        other => other.into(),
    })?;
    if json {
        print_json(&outlook)?
    } else {
        terminal::earnings::print_outlook(&outlook)
    }
    Ok(Outcome::Done)
}

/// Prints why a sale was counted or not.
pub fn why(arguments: &Arguments, partner: &str, transaction: &str, json: bool) -> Ended {
    let company = load(arguments)?;
    let books = OwnBooks::open(&company, partner).ok_or_else(|| rules::no_partner(partner))?;
    let explained = earnings::why(&books, transaction).map_err(|error| match error {
        AskError::NotFound => {
            let error = anyhow::anyhow!("{partner} has no transaction {transaction:?}");
            Failure { error, outcome: Outcome::NotFound }
        }
        other => other.into(),
    })?;
    if json {
        print_json(&explained)?
    } else {
        terminal::earnings::print_why(&explained)
    }
    Ok(Outcome::Done)
}
