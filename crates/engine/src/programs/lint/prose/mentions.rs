//! Tiers, regions, partner types and SKUs that the clauses on eligibility name,
//! against those that the terms admit. Sentences that exclude or rank ("Gold or
//! higher") are left alone.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, PartnerType};
use crate::programs::terms::{ProgramVersion, Terms};

use super::spoken::{Spoken, sentences};

/// A name that the text and the terms disagree on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Odd {
    /// Position of the clause.
    pub clause: usize,
    /// Byte of the clause's text.
    pub at: usize,
    /// What is wrong.
    pub says: String,
}

const SKU: &str = "SKU";

/// One list of the terms and what there is to name.
struct List {
    noun: &'static str,
    key: &'static str,
    /// The name in the data, and how texts write it.
    known: Vec<(String, Vec<String>)>,
    /// What the terms admit; `None`: everything.
    admitted: Option<BTreeSet<String>>,
    /// Admitted without being listed by name: products of a listed family.
    also: BTreeSet<String>,
}

/// All disagreements of a version.
pub(super) fn odd(version: &ProgramVersion, catalog: &Catalog, programs: &[&str]) -> Vec<Odd> {
    let mut found = Vec::new();
    for list in lists(&version.terms, catalog) {
        // Names of programs and products hold names of tiers and regions; a SKU may
        // be its product's name.
        let products = catalog.products.iter().map(|p| p.name.as_str()).filter(|_| list.noun != SKU);
        let blanked: Vec<&str> = programs.iter().copied().chain(products).collect();
        found.extend(of_list(version, &list, &blanked));
    }
    found
}

fn lists(terms: &Terms, catalog: &Catalog) -> Vec<List> {
    let plain = |names: Vec<&str>| names.into_iter().map(|n| (n.to_owned(), vec![n.to_owned()])).collect();
    let set = |names: &[String]| (!names.is_empty()).then(|| names.iter().cloned().collect());
    let e = &terms.eligible;
    let types: Vec<String> = e.partner_types.iter().map(|t| t.as_str().to_owned()).collect();
    let covered = catalog.products.iter().filter(|p| terms.covers(&p.sku, &p.family)).map(|p| p.sku.clone());
    let all_products = terms.applies_to.skus.is_empty() && terms.applies_to.families.is_empty();
    vec![
        List {
            noun: "tier",
            key: "eligible.tiers",
            known: plain(catalog.tiers()),
            admitted: set(&e.tiers),
            also: BTreeSet::new(),
        },
        List {
            noun: "region",
            key: "eligible.regions",
            known: plain(catalog.regions()),
            admitted: set(&e.regions),
            also: BTreeSet::new(),
        },
        List {
            noun: "partner type",
            key: "eligible.partner_types",
            known: PartnerType::ALL.into_iter().map(|t| (t.as_str().to_owned(), spelled(t))).collect(),
            admitted: set(&types),
            also: BTreeSet::new(),
        },
        List {
            noun: SKU,
            key: "applies_to.skus",
            known: plain(catalog.products.iter().map(|p| p.sku.as_str()).collect()),
            admitted: (!all_products).then(|| terms.applies_to.skus.iter().cloned().collect()),
            also: covered.collect(),
        },
    ]
}

fn spelled(partner_type: PartnerType) -> Vec<String> {
    let words: &[&str] = match partner_type {
        PartnerType::Reseller => &["resellers", "reseller"],
        PartnerType::Distributor => &["distributors", "distributor"],
        PartnerType::Msp => &["managed service providers", "managed service provider", "MSPs", "MSP", "msp"],
        PartnerType::Referral => &["referral partners", "referral partner", "referrers"],
    };
    let capital = |w: &str| w[..1].to_uppercase() + &w[1..];
    words.iter().flat_map(|w| [(*w).to_owned(), capital(w)]).collect()
}

fn of_list(version: &ProgramVersion, list: &List, blanked: &[&str]) -> Vec<Odd> {
    let mut named: Vec<(&str, usize, usize)> = Vec::new();
    for (ix, clause) in version.clauses.iter().enumerate().filter(|(_, c)| on_eligibility(&c.heading)) {
        for spoken in sentences(&clause.text).iter().filter(|s| admits(s)) {
            let text = blank(spoken.text, blanked);
            for (name, ways) in &list.known {
                if let Some(at) = ways.iter().find_map(|way| whole_word(&text, way)) {
                    named.push((name, ix, spoken.start + at));
                }
            }
        }
    }
    let Some((_, clause, at)) = named.first().copied() else { return Vec::new() };
    let names: BTreeSet<&str> = named.iter().map(|(name, _, _)| *name).collect();
    let odd = |clause, at, says: String| Odd { clause, at, says };
    let Some(admitted) = &list.admitted else {
        if names.len() == list.known.len() {
            return Vec::new();
        }
        let listed: Vec<&str> = names.into_iter().collect();
        let says = format!(
            "names {}, but {} is empty: every {} is admitted",
            listed.join(", "),
            list.key,
            list.noun
        );
        return vec![odd(clause, at, says)];
    };
    let foreign = named.iter().filter(|(n, _, _)| !admitted.contains(*n) && !list.also.contains(*n));
    let mut found: Vec<Odd> = foreign
        .map(|(name, clause, at)| {
            odd(*clause, *at, format!("names the {} {name}, which {} does not hold", list.noun, list.key))
        })
        .collect();
    for missing in admitted.iter().filter(|a| !names.contains(a.as_str())) {
        let says = format!("lists every {} but {missing}, which {} holds", list.noun, list.key);
        found.push(odd(clause, at, says));
    }
    found
}

fn on_eligibility(heading: &str) -> bool {
    let heading = heading.to_lowercase();
    ["eligib", "who ", "particip", "scope", "qualif", "partners", "products"]
        .iter()
        .any(|w| heading.contains(w))
}

/// Whether the names in a sentence are those that may take part.
fn admits(spoken: &Spoken<'_>) -> bool {
    let limits = [
        " partner",
        " tier",
        " limited to ",
        " open to ",
        " eligible ",
        " qualif",
        " only ",
        " take part ",
        " applies to ",
        " sales of ",
    ];
    let negates = [
        " not ",
        " except",
        " other than ",
        " exclud",
        " without ",
        " unless ",
        " no ",
        " nor ",
        " neither ",
    ];
    let ranks = [
        " or higher ",
        " and higher ",
        " and above ",
        " or above ",
        " or better ",
        " at least ",
        " upwards ",
    ];
    spoken.has(&limits) && !spoken.has(&negates) && !spoken.has(&ranks) && !spoken.example
}

/// The text with some names overwritten, every byte where it was.
fn blank(text: &str, names: &[&str]) -> String {
    let mut text = text.to_owned();
    for name in names.iter().filter(|n| !n.is_empty()) {
        text = text.replace(name, &"_".repeat(name.len()));
    }
    text
}

/// Where a word stands by itself.
pub(super) fn whole_word(text: &str, word: &str) -> Option<usize> {
    let joins = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        let before = text[..*at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(joins) && !after.is_some_and(joins)
    })
}
