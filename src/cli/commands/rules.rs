//! What the rules pay, without a forecast: statements, traces, replays, accruals
//! and the check of the program files.

use super::{Ended, Failure, load, print_json};
use crate::app::earnings;
use crate::cli::arguments::Arguments;
use crate::cli::{Outcome, terminal};

/// Prints what a partner has earned.
pub fn partner_earnings(arguments: &Arguments, partner: &str, json: bool) -> Ended {
    let data = load(arguments)?;
    let Some(statement) = earnings::statement(&data.company, partner) else {
        let error = anyhow::anyhow!("no partner {partner:?}; identifiers are those of the partners table");
        return Err(Failure { error, outcome: Outcome::NotFound });
    };
    if json {
        print_json(&statement)?
    } else {
        terminal::print_earnings(&statement)
    }
    Ok(Outcome::Done)
}
