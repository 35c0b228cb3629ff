//! What the rules pay, without a forecast: traces, replays, accruals
//! and the check of the program files.

use std::path::Path;

use spiffcast_engine::company::Company;
use spiffcast_engine::finding::Severity;
use spiffcast_engine::named_period::parse_period;
use spiffcast_engine::programs::accruals::{self, AccrualOptions};
use spiffcast_engine::programs::lint;
use spiffcast_engine::programs::reconcile;
use spiffcast_engine::programs::trace::{self, TraceOf};
use spiffcast_engine::programs::{RuleBook, trace_text};

use super::{Ended, Failure, load, print_json, settings};
use crate::app::company;
use crate::cli::arguments::Arguments;
use crate::cli::{Outcome, terminal};

/// Prints how a partner's pay under a program came about.
pub fn explain(arguments: &Arguments, partner: &str, program: &str, period: &str, json: bool) -> Ended {
    let company = load(arguments)?;
    let payee = company.catalog.partner(partner).ok_or_else(|| no_partner(partner))?;
    let period = parse_period(period, company.calendar)
        .map_err(|error| Failure { error: error.into(), outcome: Outcome::Findings })?;
    let of = TraceOf { partner: payee, program, period, through: None, extra: &[] };
    let rules = RuleBook::of(&company.programs);
    let trace = trace::trace(&company, &rules, of).ok_or_else(|| no_program(program, &company))?;
    if json {
        print_json(&trace)?
    } else {
        terminal::emit(&trace_text::render(&trace))
    }
    Ok(Outcome::Done)
}

/// Prints how the recorded payouts differ from what the rules give.
pub fn reconcile(arguments: &Arguments, json: bool) -> Ended {
    let report = reconcile::reconcile(&load(arguments)?);
    if json {
        print_json(&report)?
    } else {
        terminal::emit(&reconcile::text::render(&report))
    }
    Ok(Outcome::Done)
}

/// Prints what is due by program and month.
pub fn accruals(arguments: &Arguments, program: Option<&str>, json: bool) -> Ended {
    let company = load(arguments)?;
    if let Some(id) = program.filter(|id| company.program(id).is_none()) {
        return Err(no_program(id, &company));
    }
    let options = AccrualOptions { program, ..AccrualOptions::default() };
    let accruals = accruals::accruals(&company, &RuleBook::of(&company.programs), &options);
    if json {
        print_json(&accruals)?
    } else {
        terminal::emit(&accruals::text::render(&accruals))
    }
    Ok(Outcome::Done)
}

/// Prints what looks wrong in the program files. Files that cannot be read at all
/// fail with all their findings, as an import of them would.
pub fn check(arguments: &Arguments, source: Option<&Path>, json: bool) -> Ended {
    let company = match source {
        Some(folder) => company::examine(&settings(arguments)?, folder)
            .map_err(|error| Failure { error: error.into(), outcome: Outcome::Findings })?,
        None => load(arguments)?,
    };
    let findings = lint::lint(&company, company.today());
    if json {
        print_json(&findings)?
    } else {
        terminal::emit(&lint::render(&findings))
    }
    let broken = findings.iter().any(|f| f.severity == Severity::Error);
    Ok(if broken { Outcome::Findings } else { Outcome::Done })
}

pub(super) fn no_partner(partner: &str) -> Failure {
    let error = anyhow::anyhow!("no partner {partner:?}; identifiers are those of the partners table");
    Failure { error, outcome: Outcome::NotFound }
}

fn no_program(program: &str, company: &Company) -> Failure {
    let ids: Vec<&str> = company.programs.iter().map(|p| p.id.as_str()).collect();
    let error = anyhow::anyhow!("no program {program:?}; there are {}", ids.join(", "));
    Failure { error, outcome: Outcome::NotFound }
}
