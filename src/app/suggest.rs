//! Names of the company that the words being typed may be the beginning of, and partners
//! by a part of their name. It completes and finds names; it does not read questions.

use std::collections::HashSet;

use serde::Serialize;
use spiffcast_engine::catalog::Partner;
use spiffcast_engine::company::Company;

/// Most names at once.
const SUGGESTIONS_MAX: usize = 7;
/// Most words that are looked at, from the last one back.
const WORDS_MAX: usize = 4;
/// Fewest letters that a name is looked up for.
const LETTERS_MIN: usize = 2;

/// A name to complete the words with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// The name.
    pub name: String,
    /// What it is of: `program`, `product`, `tier` …
    pub kind: &'static str,
    /// How many characters at the end of what was typed it takes the place of.
    pub replaces: usize,
}

/// Names that begin as the last words of `typed` do, or that have a word which does.
/// Longer beginnings first; then programs, products and families, tiers and regions,
/// partners.
pub fn suggestions(company: &Company, typed: &str) -> Vec<Suggestion> {
    let mut found: Vec<Suggestion> = Vec::new();
    let mut taken: HashSet<&str> = HashSet::new();
    for tail in tails(typed) {
        let begun = tail.to_lowercase();
        for (kind, name) in names(company) {
            if found.len() == SUGGESTIONS_MAX {
                return found;
            }
            if begins(name, &begun) && taken.insert(name) {
                found.push(Suggestion { name: name.to_owned(), kind, replaces: tail.chars().count() });
            }
        }
    }
    found
}

/// Partners whose identifier begins so, or whose name holds every word of `typed`: the one
/// of exactly this identifier or name alone, else names that begin so first, then by name.
/// All of them for nothing typed.
pub fn partners<'a>(company: &'a Company, typed: &str) -> Vec<&'a Partner> {
    let typed = typed.trim().to_lowercase();
    let words: Vec<&str> = typed.split_whitespace().collect();
    let mut found: Vec<(bool, String, &Partner)> = Vec::new();
    for partner in &company.catalog.partners {
        let (id, name) = (partner.id.to_lowercase(), partner.name.to_lowercase());
        if id == typed {
            return vec![partner];
        }
        if id.starts_with(&typed) || words.iter().all(|word| name.contains(word)) {
            found.push((!name.starts_with(&typed), name, partner));
        }
    }
    found.sort_by(|a, b| (a.0, &a.1, &a.2.id).cmp(&(b.0, &b.1, &b.2.id)));
    let exact = found.iter().filter(|(_, name, _)| *name == typed).count();
    if exact == 1 {
        found.retain(|(_, name, _)| *name == typed);
    }
    found.into_iter().map(|(.., partner)| partner).collect()
}

/// The last words of what was typed, the longest first; none after a space or a mark.
fn tails(typed: &str) -> Vec<&str> {
    if typed.ends_with(|c: char| !c.is_alphanumeric()) {
        return Vec::new();
    }
    let mut starts: Vec<usize> = typed
        .char_indices()
        .filter(|(at, c)| {
            c.is_alphanumeric() && !typed[..*at].ends_with(|p: char| p.is_alphanumeric() || p == '-')
        })
        .map(|(at, _)| at)
        .collect();
    starts.drain(..starts.len().saturating_sub(WORDS_MAX));
    starts.into_iter().map(|at| &typed[at..]).filter(|tail| tail.chars().count() >= LETTERS_MIN).collect()
}

/// Whether a name, or the rest of it from one of its words on, begins so; a name that is
/// written out already needs no completing.
fn begins(name: &str, begun: &str) -> bool {
    let name = name.to_lowercase();
    let words = name.char_indices().filter(|(at, _)| !name[..*at].ends_with(char::is_alphanumeric));
    name != begun && words.into_iter().any(|(at, _)| name[at..].starts_with(begun))
}

fn names(company: &Company) -> impl Iterator<Item = (&'static str, &str)> {
    let catalog = &company.catalog;
    let programs = company.programs.iter().map(|p| ("program", p.name()));
    let families = catalog.families().into_iter().map(|f| ("family", f));
    let products =
        catalog.products.iter().flat_map(|p| [("product", p.name.as_str()), ("product", p.sku.as_str())]);
    let tiers = catalog.tiers().into_iter().map(|t| ("tier", t));
    let regions = catalog.regions().into_iter().map(|r| ("region", r));
    let partners = catalog.partners.iter().map(|p| ("partner", p.name.as_str()));
    programs.chain(products).chain(families).chain(tiers).chain(regions).chain(partners)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_are_completed() {
        assert_eq!(tails("raise the Prod"), ["raise the Prod", "the Prod", "Prod"]);
        assert_eq!(tails("a b c d e PX-1"), ["c d e PX-1", "d e PX-1", "e PX-1", "PX-1"]);
        assert!(tails("raise ").is_empty() && tails("a").is_empty() && tails("").is_empty());
        assert!(begins("Product X SPIFF", "product x"));
        assert!(begins("Product X SPIFF", "spi"));
        assert!(!begins("Gold", "gold") && !begins("Gold", "old"));
    }
}
