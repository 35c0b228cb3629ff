//! The rules that a partner may read: those of versions that it may or might have earned
//! under, and those that its statement rests on. What clauses say of shared funds is not
//! told (`redacted`): a partner is told whether funds last, never how much they are.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::catalog::{Catalog, Partner};
use crate::company::Company;
use crate::programs::terms::{Clause, Eligible};
use crate::programs::{Program, ProgramVersion};

use super::books::OwnBooks;

/// Stands for a clause about shared funds.
pub const FUNDS_CLAUSE: &str =
    "This clause is about the funds of the program. Whether they last is shown with your earnings.";

/// A version that this partner may read; `None` for others', whether they exist or not.
pub fn readable<'b>(books: &'b OwnBooks, program: &str, version: u32) -> Option<&'b ProgramVersion> {
    let found = books.program(program)?.versions.iter().find(|v| v.version == version)?;
    let cited = || {
        let own = books.payouts().iter().map(|p| (&p.program_id, p.program_version));
        let recorded = books.company().payouts.iter().map(|p| (&p.program_id, p.program_version));
        own.chain(recorded).any(|(id, number)| id == program && number == version)
    };
    (may_earn(&found.terms.eligible, books.partner()) || cited()).then_some(found)
}

/// Whether there is a version of a program that this partner may read.
pub(super) fn any_readable(books: &OwnBooks, program: &str) -> bool {
    let versions = books.program(program).map_or(&[][..], |p| &p.versions);
    versions.iter().any(|v| readable(books, program, v.version).is_some())
}

/// The company that a partner's own words are read against: the programs and versions that
/// it may read and the products, but no other partner, no sale and no sum of money.
pub fn in_words(books: &OwnBooks) -> Company {
    let own = books.company();
    let versions = |program: &Program| {
        let mut program = program.clone();
        program.versions.retain(|v| readable(books, &v.program, v.version).is_some());
        program
    };
    let programs = own.programs.iter().map(versions).filter(|p| !p.versions.is_empty()).collect();
    let Catalog { products, currency, .. } = own.catalog.clone();
    Company {
        catalog: Catalog::new(vec![books.partner().clone()], products, currency),
        programs,
        lines: Vec::new(),
        registrations: Vec::new(),
        targets: Vec::new(),
        payouts: Vec::new(),
        as_of: own.as_of,
        calendar: own.calendar,
    }
}

/// A clause as a partner reads it; `None` where it may not read the version, or the clause
/// is about shared funds.
pub fn told<'b>(books: &'b OwnBooks, program: &str, version: u32, clause: &str) -> Option<&'b str> {
    let found = readable(books, program, version)?.clauses.iter().find(|c| c.number == clause)?;
    (found.text != FUNDS_CLAUSE).then_some(found.text.as_str())
}

/// Whether a partner passes the tests that ask about partners only, in a tier that it
/// holds or held.
fn may_earn(eligible: &Eligible, partner: &Partner) -> bool {
    let held: BTreeSet<&str> =
        partner.tier_history.iter().map(|(_, tier)| tier.as_str()).chain([partner.tier.as_str()]).collect();
    let tier = eligible.tiers.is_empty() || eligible.tiers.iter().any(|t| held.contains(t.as_str()));
    let region = eligible.regions.is_empty() || eligible.regions.contains(&partner.region);
    let of_type = eligible.partner_types.is_empty() || eligible.partner_types.contains(&partner.partner_type);
    tier && region && of_type
}

/// Takes the budgets out of a program's text.
pub(super) fn redact(program: &mut Program) {
    let budgets: Vec<Decimal> = program.versions.iter().filter_map(|v| v.terms.caps.program_budget).collect();
    for clause in program.versions.iter_mut().flat_map(|v| &mut v.clauses) {
        redacted(clause, &budgets);
    }
}

fn redacted(clause: &mut Clause, budgets: &[Decimal]) {
    let text = clause.text.to_lowercase();
    let told = ["budget", "set aside", "shared fund"].iter().any(|word| text.contains(word));
    let none = text.contains("no budget") && budgets.is_empty();
    let amount = numbers(&text).any(|number| budgets.contains(&number));
    if amount || told && !none {
        clause.text = FUNDS_CLAUSE.to_owned();
    }
}

/// The numbers of a text, thousands set apart by commas or not.
fn numbers(text: &str) -> impl Iterator<Item = Decimal> {
    let pieces = text.split(|c: char| !c.is_ascii_digit() && c != ',' && c != '.');
    pieces.filter_map(|piece| piece.trim_matches([',', '.']).replace(',', "").parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_about_funds_are_not_told_in_any_words() {
        let clause = |text: &str| Clause {
            number: "5.1".to_owned(),
            heading: String::new(),
            text: text.to_owned(),
            line: 1,
        };
        let budget = [Decimal::from(60_000)];
        for text in [
            "The budget of this version is $60,000 over its whole life.",
            "We have set aside sixty thousand dollars for this version.",
            "Pay ends once 60000.00 are used up.",
        ] {
            let mut clause = clause(text);
            redacted(&mut clause, &budget);
            assert_eq!(clause.text, FUNDS_CLAUSE, "{text}");
        }
        for text in ["Each unit pays $40.", "Tiers begin at $50,000 and 160,000."] {
            let mut clause = clause(text);
            redacted(&mut clause, &budget);
            assert_eq!(clause.text, text);
        }
        let mut free = clause("There is no cap and no budget limit under this version.");
        redacted(&mut free, &[]);
        assert_ne!(free.text, FUNDS_CLAUSE);
    }
}
