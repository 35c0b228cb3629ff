//! The text of a version: seven sections, each in agreement with the terms.

use super::rules_text;
use super::words::{date, list, partner_types};
use crate::company::products::Item;
use crate::terms::{Terms, Version};

/// What the author of a program wrote himself.
pub struct Words<'a> {
    /// What it is for.
    pub purpose: &'a str,
    /// What stands outside it, beside what the terms say.
    pub excluded: &'a str,
    /// One of three ways of putting the terms, 0 to 2.
    pub voice: usize,
}

/// The sections of a version: its author's own words, and the rest from the terms.
pub fn sections(version: &Version, words: &Words, items: &[Item]) -> Vec<(&'static str, Vec<String>)> {
    let (t, voice) = (&version.terms, words.voice);
    vec![
        ("Purpose", intro(version, words.purpose, voice)),
        ("Eligibility", eligibility(t, items, voice)),
        ("Calculation", rules_text::calculation(t, voice)),
        ("Caps", rules_text::caps(t, voice)),
        ("Exclusions", exclusions(t, words.excluded)),
        ("Claims", rules_text::claims(t, voice)),
        ("Returns", rules_text::returns(t, voice)),
    ]
}

fn intro(version: &Version, purpose: &str, voice: usize) -> Vec<String> {
    let t = &version.terms;
    let (from, to) = (date(t.from), date(t.to));
    let dates = match voice {
        0 => format!("This version is in force from {from} to {to}, both days included."),
        1 => format!("It covers sales made between {from} and {to}, the first and the last day included."),
        _ => format!("Sales dated {from} to {to} fall under this version."),
    };
    let mut clauses = vec![purpose.to_owned(), dates];
    if version.version > 1 {
        clauses.push(match voice {
            0 => "Sales made while an earlier version was in force remain under that version.".to_owned(),
            _ => "Earlier versions keep governing the sales that were made under them; nothing here reopens them.".to_owned(),
        });
    }
    clauses
}

fn eligibility(t: &Terms, items: &[Item], voice: usize) -> Vec<String> {
    let mut clauses = vec![who(t, voice)];
    if !t.regions.is_empty() || !t.partner_types.is_empty() {
        clauses.push(where_and_type(t));
    }
    clauses.push(products(t, items, voice));
    clauses.push(match voice {
        0 => "A partner whose status is inactive does not take part.".to_owned(),
        1 => "Inactive partners are not eligible.".to_owned(),
        _ => "The partner must have active status.".to_owned(),
    });
    clauses
}

fn who(t: &Terms, voice: usize) -> String {
    if t.tiers.is_empty() {
        return match voice {
            0 => "Partners of every tier may take part.".to_owned(),
            _ => "The program is open to all tiers.".to_owned(),
        };
    }
    let tiers = |last| list(&t.tiers, last);
    match voice {
        0 => format!(
            "Partners at tier {} may take part. The tier held on the day of the sale decides.",
            tiers("or")
        ),
        1 => format!(
            "Eligible are {} partners, judged by the tier that they hold on the date of sale.",
            tiers("and")
        ),
        _ => format!(
            "Only partners at tier {} earn under this program; a change of tier counts from the day it takes effect.",
            tiers("or")
        ),
    }
}

fn where_and_type(t: &Terms) -> String {
    let types = list(&partner_types(&t.partner_types), "and");
    let regions = list(&t.regions, "and");
    match (t.regions.is_empty(), t.partner_types.is_empty()) {
        (false, false) => format!("Participation is limited to {types} in {regions}."),
        (false, true) => format!("Participation is limited to partners in {regions}."),
        _ => format!("Participation is limited to {types}."),
    }
}

fn products(t: &Terms, items: &[Item], voice: usize) -> String {
    let named = |sku: &String| {
        items.iter().find(|i| i.sku == sku).map_or(sku.clone(), |i| format!("{} ({sku})", i.name()))
    };
    let skus: Vec<String> = t.skus.iter().map(named).collect();
    let families: Vec<String> = t.families.iter().map(|f| format!("the {f} family")).collect();
    let what: Vec<String> = skus.into_iter().chain(families).collect();
    match (what.is_empty(), voice) {
        (true, 0) => "All products on the price list qualify.".to_owned(),
        (true, _) => "Every product we sell counts.".to_owned(),
        (false, 0) => format!("The qualifying products are {}.", list(&what, "and")),
        (false, 1) => format!("Sales of {} qualify.", list(&what, "and")),
        (false, _) => format!("It applies to {} and to nothing else.", list(&what, "and")),
    }
}

fn exclusions(t: &Terms, excluded: &str) -> Vec<String> {
    let mut clauses = Vec::new();
    if t.deal_registration_required {
        clauses.push("A line without a deal registration of the same partner for the same product earns nothing. The registration must have been approved by the date of sale and must not have expired on it.".to_owned());
    }
    if t.new_customer_only {
        clauses.push("Sales to customers who have bought from us before, from whichever partner and whichever product, are excluded. All lines of the customer's first transaction qualify; a sale without a named customer never does.".to_owned());
    }
    if !t.bundle.is_empty() {
        clauses.push(format!(
            "The sale is excluded unless the same customer buys {} from the partner on the same day. Each line of a complete deal then earns for itself.",
            list(&t.bundle, "and")
        ));
    }
    clauses.push(excluded.to_owned());
    clauses
}
