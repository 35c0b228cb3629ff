//! Two versions of a program side by side: terms line by line, clauses paired by number
//! or by what they say, with the words marked that are not in the other. Says what
//! differs; judges nothing.

use similar::TextDiff;
use spiffcast_engine::catalog::Catalog;
use spiffcast_engine::programs::terms::Terms;
use spiffcast_engine::programs::{Clause, ProgramVersion};

use super::diff::{Words, words};
use super::terms;

/// Clauses less alike than this are two clauses, whatever their numbers.
const ALIKE_MIN: f32 = 0.4;

/// A term in both versions.
#[derive(Debug, PartialEq, Eq)]
pub struct TermChange {
    /// What it is.
    pub name: &'static str,
    /// Before; empty where it was not set.
    pub before: Vec<Vec<Words>>,
    /// After.
    pub after: Vec<Vec<Words>>,
    /// Whether the two differ.
    pub changed: bool,
}

/// A clause in one version or in both.
#[derive(Debug, PartialEq, Eq)]
pub struct ClauseChange {
    /// Heading that it stands under.
    pub heading: String,
    /// Before: number and words; `None` where it is new.
    pub before: Option<(String, Vec<Words>)>,
    /// After; `None` where it is gone.
    pub after: Option<(String, Vec<Words>)>,
    /// `Changed`, `New`, `Gone`, `Now 2.3`; empty where it is the same.
    pub what: String,
}

/// What differs between two versions.
pub struct Changes {
    /// Every term that either has.
    pub terms: Vec<TermChange>,
    /// Clauses that are not the same, in the order of the later version.
    pub clauses: Vec<ClauseChange>,
    /// Clauses that are the same.
    pub same: usize,
}

/// Compares an earlier with a later version.
pub fn between(before: &ProgramVersion, after: &ProgramVersion, catalog: &Catalog) -> Changes {
    let all = clauses(&before.clauses, &after.clauses);
    let count = all.len();
    let clauses: Vec<ClauseChange> = all.into_iter().filter(|c| !c.what.is_empty()).collect();
    Changes {
        terms: term_changes(&before.terms, &after.terms, catalog),
        same: count - clauses.len(),
        clauses,
    }
}

/// Every term that either has, in the order of the later ones.
pub fn term_changes(before: &Terms, after: &Terms, catalog: &Catalog) -> Vec<TermChange> {
    let (old, new) = (terms::lines(before, catalog), terms::lines(after, catalog));
    let mut names: Vec<&'static str> = new.iter().map(|line| line.name).collect();
    for (at, line) in old.iter().enumerate() {
        if !names.contains(&line.name) {
            // Where it stood among its neighbours.
            let behind = old[..at].iter().rev().find_map(|l| names.iter().position(|n| *n == l.name));
            names.insert(behind.map_or(0, |at| at + 1), line.name);
        }
    }
    let values = |lines: &[terms::TermLine], name: &str| {
        lines.iter().find(|line| line.name == name).map(|line| line.values.clone()).unwrap_or_default()
    };
    let change = |name| {
        let (before, after) = (values(&old, name), values(&new, name));
        let changed = before != after;
        let lines = |own: &[String], other: &[String], old: bool| {
            let pair = |(i, text): (usize, &String)| match other.get(i) {
                // A term that is not there in the other version is marked as a whole.
                None => Words::all(text, changed),
                Some(other) if old => words(text, other).0,
                Some(other) => words(other, text).1,
            };
            own.iter().enumerate().map(pair).collect()
        };
        TermChange {
            name,
            before: lines(&before, &after, true),
            after: lines(&after, &before, false),
            changed,
        }
    };
    names.into_iter().map(change).collect()
}

/// Pairs clauses: the same words first, then the same number or the most alike.
fn clauses(before: &[Clause], after: &[Clause]) -> Vec<ClauseChange> {
    let mut left: Vec<Option<&Clause>> = before.iter().map(Some).collect();
    let mut partner: Vec<Option<&Clause>> = vec![None; after.len()];
    for (clause, partner) in after.iter().zip(&mut partner) {
        let same = |old: &&mut Option<&Clause>| old.is_some_and(|old| old.text == clause.text);
        let numbered = |old: &&mut Option<&Clause>| old.is_some_and(|old| old.number == clause.number);
        let found = match left.iter_mut().find(|old| same(old) && numbered(old)) {
            Some(found) => Some(found),
            None => left.iter_mut().find(same),
        };
        *partner = found.and_then(Option::take);
    }
    for (clause, partner) in after.iter().zip(&mut partner).filter(|(_, partner)| partner.is_none()) {
        let alike = |old: &Clause| likeness(&old.text, &clause.text);
        let best = left
            .iter_mut()
            .filter_map(|slot| slot.map(|old| (alike(old), old.number == clause.number, slot)))
            .filter(|(alike, ..)| *alike >= ALIKE_MIN)
            .max_by(|a, b| (a.1, a.0).partial_cmp(&(b.1, b.0)).unwrap_or(std::cmp::Ordering::Equal));
        *partner = best.and_then(|(.., slot)| slot.take());
    }
    let gone = left.iter().flatten().map(|old| ClauseChange {
        heading: old.heading.clone(),
        before: Some((old.number.clone(), Words::all(&old.text, true))),
        after: None,
        what: "Gone".to_owned(),
    });
    let told = after.iter().zip(&partner).map(|(clause, partner)| told(*partner, clause));
    told.chain(gone).collect()
}

/// Share of the words that both have, from 0 to 1; any two texts share their blanks.
fn likeness(one: &str, other: &str) -> f32 {
    let words = |text| str::split_whitespace(text).collect::<Vec<&str>>();
    TextDiff::from_slices(&words(one), &words(other)).ratio()
}

fn told(before: Option<&Clause>, after: &Clause) -> ClauseChange {
    let heading = after.heading.clone();
    let Some(old) = before else {
        let new = Words::all(&after.text, true);
        return ClauseChange {
            heading,
            before: None,
            after: Some((after.number.clone(), new)),
            what: "New".to_owned(),
        };
    };
    let (was, is) = words(&old.text, &after.text);
    let what = match (old.text == after.text, old.number == after.number) {
        (true, true) => String::new(),
        (true, false) => format!("Now {}", after.number),
        (false, _) => "Changed".to_owned(),
    };
    ClauseChange {
        heading,
        before: Some((old.number.clone(), was)),
        after: Some((after.number.clone(), is)),
        what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(number: &str, text: &str) -> Clause {
        Clause { number: number.to_owned(), heading: "Pay".to_owned(), text: text.to_owned(), line: 1 }
    }

    fn marked(side: &Option<(String, Vec<Words>)>) -> Vec<String> {
        let words = side.iter().flat_map(|(_, words)| words);
        words.filter(|w| w.marked).map(|w| w.text.trim().to_owned()).collect()
    }

    #[test]
    fn an_inserted_clause_moves_the_others_and_changes_none() {
        let before = [clause("1.1", "The rate is $40 a unit."), clause("1.2", "Pay is rounded once.")];
        let after = [
            clause("1.1", "Only new customers count for anything here."),
            clause("1.2", "The rate is $42 a unit."),
            clause("1.3", "Pay is rounded once."),
        ];
        let found = clauses(&before, &after);
        let what: Vec<&str> = found.iter().map(|c| c.what.as_str()).collect();
        assert_eq!(what, ["New", "Changed", "Now 1.3"]);
        assert_eq!(
            (marked(&found[1].before), marked(&found[1].after)),
            (vec!["$40".into()], vec!["$42".into()])
        );
    }

    #[test]
    fn what_is_gone_is_told_and_what_is_the_same_is_not() {
        let found = clauses(
            &[clause("1.1", "Same."), clause("1.2", "Something else entirely.")],
            &[clause("1.1", "Same.")],
        );
        assert_eq!((found[0].what.as_str(), found[1].what.as_str()), ("", "Gone"));
        assert!(found[1].after.is_none());
    }
}
